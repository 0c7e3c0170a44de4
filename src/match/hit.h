/*
 * hit.h - how a hit is kept: a pair of articles that share a sampled shingle.
 *
 * A run has some 50 hits an article, more than anything else, so that none is larger than its ranks need. The
 * part is that of the lower rank a, and tells its upper bits:
 *
 *     (a - first rank of the part) << rank_bits | b        in `bytes` bytes, 5 of them for a million articles
 */
#ifndef WP_MATCH_HIT_H
#define WP_MATCH_HIT_H

#include <stddef.h>
#include <stdint.h>

enum { WP_HIT_PARTS = 128 };

struct wp_hit_form {
    uint32_t ranks_per_part;
    unsigned rank_bits, bytes;
};

static inline uint32_t wp_hits_ranks_per_part(uint64_t articles) {
    return (uint32_t)(articles / WP_HIT_PARTS + 1);
}

/* articles: below 2^32. */
static inline struct wp_hit_form wp_hit_form(uint64_t articles) {
    struct wp_hit_form f = {.ranks_per_part = wp_hits_ranks_per_part(articles), .rank_bits = 1, .bytes = 1};
    while (articles >> f.rank_bits) f.rank_bits++;
    while (f.bytes < 8 && (uint64_t)f.ranks_per_part << f.rank_bits >> 8 * f.bytes) f.bytes++;
    return f;
}

static inline size_t wp_hit_part(const struct wp_hit_form *f, uint32_t a) {
    return a / f->ranks_per_part;
}

/* a < b, both below the articles. */
static inline uint64_t wp_hit_pack(const struct wp_hit_form *f, uint32_t a, uint32_t b) {
    return (uint64_t)(a % f->ranks_per_part) << f->rank_bits | b;
}

/* a << 32 | b */
static inline uint64_t wp_hit_pair(const struct wp_hit_form *f, size_t part, uint64_t hit) {
    uint64_t a = (hit >> f->rank_bits) + (uint64_t)part * f->ranks_per_part;
    return a << 32 | (hit & (((uint64_t)1 << f->rank_bits) - 1));
}

#endif
