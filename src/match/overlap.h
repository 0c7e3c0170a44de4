/*
 * overlap.h - what two articles share, exactly, from their shingles in order.
 *
 * One article is set as the base, then many others are compared with it. A stream holds one hash per shingle
 * in the order of the text: shingle i stands for the tokens i .. i + width - 1. Hashes must be spread evenly
 * in their low 40 bits; the bits above may be cut off, but then in both streams. Two shingles are equal when
 * their hashes are. Streams of different width share nothing.
 *
 *     tokens     the prime minister said on friday that the bridge
 *     shingles   [-------- 0 --------]                              a token is covered when it stands in a
 *                    [-------- 1 ----------]                        shingle that the other article has too
 *                        [-------- 2 ------------] ...
 *
 * The counts are sets (distinct shingles) for jaccard and containment, and tokens for coverage. Furniture
 * that was taken out of a text (furniture.h) is in none of them: its shingles equal no other, and its tokens
 * do not count.
 */
#ifndef WP_MATCH_OVERLAP_H
#define WP_MATCH_OVERLAP_H

#include <stdbool.h>
#include "match/furniture.h"
#include "match/sieve.h"

#define WP_OVERLAP_NONE UINT32_MAX

/* An article has at most this many shingles: a record of 64 MiB with a token in every other byte. */
#define WP_OVERLAP_MAX_SHINGLES ((uint32_t)1 << 25)

/* The longest run is exact as long as its search takes no more steps than this; a text that says the same few
 * words many hundred times passes it, and the longest run seen until then is reported. */
#define WP_OVERLAP_RUN_STEPS ((uint32_t)1 << 20)

/* Borrowed; count must be tokens - width + 1, or 0 when there are fewer tokens than width. width is 1..64. */
struct wp_stream {
    const uint64_t *shingles;
    uint32_t count;
    uint32_t tokens;
    uint32_t width;
    uint32_t distinct;          /* different shingles, if known (saves counting them); 0 = not known */
    const struct wp_mask *mask; /* what of the text does not count; NULL: all counts */
};

/* The tokens that count. */
static inline uint32_t wp_stream_own(const struct wp_stream *s) {
    return s->mask ? s->mask->own : s->tokens;
}

/* a is the base, b the other. */
struct wp_overlap {
    uint32_t shared; /* distinct shingles in both */
    uint32_t distinct_a;
    uint32_t distinct_b;           /* 0 when it was neither known nor asked for */
    uint32_t covered_a, covered_b; /* tokens that count and stand in a shared shingle */
    uint32_t tokens_a, tokens_b;   /* tokens that count */
    uint32_t width;                /* tokens to a shingle, of a */
    uint32_t longest_run; /* tokens of the longest run that both have in one piece; 0 unless asked for */
};

/* Scratch for one thread. Buffers grow to the longest article seen and are used again. The base's shingles
 * stand in a table of chains: heads by the lowest bits, links by position. */
struct wp_overlap_base {
    struct wp_stream a; /* borrowed: its shingles must stay until the next set */
    wp_sieve *sift;
    uint64_t *sieve;   /* of its shingles */
    uint32_t *heads;   /* position + 1 of a shingle with these low bits, 0 = none; head_mask + 1 of them */
    uint32_t *links;   /* by position: position + 1 of another such shingle, 0 = none */
    uint32_t *first;   /* by position: where its shingle stands first */
    uint32_t *next;    /* by position: where its shingle stands next, or WP_OVERLAP_NONE */
    uint32_t *repeats; /* positions that are not the first of their shingle, ascending */
    uint32_t head_mask, sieve_mask, repeat_count;
    size_t head_cap, position_cap;

    uint32_t *hit_b, *hit_a; /* of the last compare: positions in b that a has, and one in a for each */
    uint32_t hit_count;
    uint8_t *marks; /* by position in a and in b: 1 = shared */
    size_t hit_cap, mark_cap;
    struct wp_overlap_base *counter; /* made when a distinct count is wanted first */
};

void wp_overlap_base_init(struct wp_overlap_base *base);
void wp_overlap_base_release(struct wp_overlap_base *base);

/* Makes `a` the base. WP_ETOOBIG for more than WP_OVERLAP_MAX_SHINGLES, WP_EINVAL for a bad width or count,
 * WP_ENOMEM. */
enum wp_status wp_overlap_base_set(struct wp_overlap_base *base, const struct wp_stream *a);

/* What costs extra, or-ed. */
enum wp_overlap_want {
    WP_OVERLAP_RUN = 1,      /* the longest run */
    WP_OVERLAP_DISTINCT = 2, /* the different shingles of b, where its stream does not tell them */
};

/* Compares b with the base and fills *out. Errors as above. */
enum wp_status wp_overlap_compare(struct wp_overlap_base *base, const struct wp_stream *b, unsigned want,
                                  struct wp_overlap *out);

/* Sets o->longest_run afterwards; b as it was compared last. */
void wp_overlap_find_run(const struct wp_overlap_base *base, const struct wp_stream *b, struct wp_overlap *o);

/* Sets o->distinct_b afterwards, for Jaccard and containment; b as it was compared. WP_ENOMEM. */
enum wp_status wp_overlap_count_distinct(struct wp_overlap_base *base, const struct wp_stream *b,
                                         struct wp_overlap *o);

/* The first position in the base of a shingle, or WP_OVERLAP_NONE; base->next leads on from there. */
uint32_t wp_overlap_base_find(const struct wp_overlap_base *base, uint64_t shingle);

static inline double wp_ratio_(uint64_t part, uint64_t whole) {
    return whole ? (double)part / (double)whole : 0.0;
}

/* Shared shingles by all different shingles of the two. 0 when neither has any. */
static inline double wp_overlap_jaccard(const struct wp_overlap *o) {
    return wp_ratio_(o->shared, (uint64_t)o->distinct_a + o->distinct_b - o->shared);
}

/* Shared shingles by those of the article that has fewer. */
static inline double wp_overlap_containment(const struct wp_overlap *o) {
    return wp_ratio_(o->shared, o->distinct_a < o->distinct_b ? o->distinct_a : o->distinct_b);
}

/* Covered tokens by all tokens, of either article. */
static inline double wp_overlap_coverage_a(const struct wp_overlap *o) {
    return wp_ratio_(o->covered_a, o->tokens_a);
}

static inline double wp_overlap_coverage_b(const struct wp_overlap *o) {
    return wp_ratio_(o->covered_b, o->tokens_b);
}

/* The share of the shorter article's tokens that stand in shared shingles (of equal lengths the smaller
 * share, so that the order of the two does not matter). */
static inline double wp_overlap_coverage(const struct wp_overlap *o) {
    if (o->tokens_a != o->tokens_b)
        return o->tokens_a < o->tokens_b ? wp_overlap_coverage_a(o) : wp_overlap_coverage_b(o);
    return wp_ratio_(o->covered_a < o->covered_b ? o->covered_a : o->covered_b, o->tokens_a);
}

/* Is the share wp_overlap_coverage gives b's? */
static inline bool wp_overlap_b_shorter(const struct wp_overlap *o) {
    return o->tokens_a != o->tokens_b ? o->tokens_b < o->tokens_a : o->covered_b < o->covered_a;
}

/* The same share of the longer article (of equal lengths the greater). */
static inline double wp_overlap_coverage_longer(const struct wp_overlap *o) {
    if (o->tokens_a != o->tokens_b)
        return o->tokens_a > o->tokens_b ? wp_overlap_coverage_a(o) : wp_overlap_coverage_b(o);
    return wp_ratio_(o->covered_a > o->covered_b ? o->covered_a : o->covered_b, o->tokens_a);
}

#endif
