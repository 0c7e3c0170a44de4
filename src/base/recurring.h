/*
 * recurring.h - which of many hashes come more than once: two tables of bits, seen, and seen again.
 *
 * Shingles, and pairs of articles, mostly come once; those are dropped before anything dear, such as sorting,
 * is done with them. With WP_RECURRING_BITS bits a hash in either table, one in eight that come once is taken
 * for one that came again, so that whoever needs certainty counts what is left. None that came again is
 * missed.
 */
#ifndef WP_BASE_RECURRING_H
#define WP_BASE_RECURRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { WP_RECURRING_BITS = 8, WP_RECURRING_LOG_MIN = 6, WP_RECURRING_LOG_MAX = 32 };

struct wp_recurring {
    uint64_t *once, *again; /* borrowed */
    unsigned shift;         /* a hash's place is its top bits */
};

/* The bits in one table, as a power of two. */
static inline unsigned wp_recurring_log_(size_t count) {
    unsigned log = WP_RECURRING_LOG_MIN;
    while (((size_t)1 << log) < count * WP_RECURRING_BITS && log < WP_RECURRING_LOG_MAX) log++;
    return log;
}

/* The 64-bit words of memory that wp_recurring_begin wants for `count` hashes; never fewer for more of them.
 */
static inline size_t wp_recurring_words(size_t count) {
    return ((size_t)2 << wp_recurring_log_(count)) / 64;
}

/* Nothing is seen yet. words: of wp_recurring_words(count), overwritten, and used until the end. */
static inline struct wp_recurring wp_recurring_begin(uint64_t *words, size_t count) {
    size_t all = wp_recurring_words(count);
    memset(words, 0, all * sizeof *words);
    return (struct wp_recurring){words, words + all / 2, 64 - wp_recurring_log_(count)};
}

/* Hashes must be spread evenly in their top bits. */
static inline void wp_recurring_note(const struct wp_recurring *s, uint64_t hash) {
    uint64_t at = hash >> s->shift, bit = (uint64_t)1 << at % 64;
    s->again[at / 64] |= s->once[at / 64] & bit;
    s->once[at / 64] |= bit;
}

/* Was it, perhaps, noted more than once? */
static inline bool wp_recurring_maybe(const struct wp_recurring *s, uint64_t hash) {
    uint64_t at = hash >> s->shift;
    return s->again[at / 64] >> at % 64 & 1;
}

#endif
