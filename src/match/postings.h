/*
 * postings.h - (sampled shingle -> article), thrown into parts by shingle.
 *
 * A posting is 8 bytes: 32 bits of the shingle's hash and the article's slot. The part is 10 further bits of
 * the hash, so that 42 bits tell shingles apart: of the 40 million postings of a million articles some 200
 * meet by chance, and a candidate needs two meetings. Sampling looks at the top of the hash, parts and keys
 * at the bottom, so that short articles, which are sampled more densely, spread as evenly as long ones.
 */
#ifndef WP_MATCH_POSTINGS_H
#define WP_MATCH_POSTINGS_H

#include "base/parts.h"

enum { WP_POSTING_PART_BITS = 10, WP_POSTING_PARTS = 1 << WP_POSTING_PART_BITS };
enum { WP_POSTING_CHUNK_BYTES = 16384, WP_POSTING_RUN = 128 };

static inline size_t wp_posting_part(uint64_t shingle) {
    return shingle & (WP_POSTING_PARTS - 1);
}

static inline uint64_t wp_posting_pack(uint64_t shingle, uint32_t slot) {
    return (shingle >> WP_POSTING_PART_BITS) << 32 | slot;
}

static inline uint32_t wp_posting_key(uint64_t posting) {
    return (uint32_t)(posting >> 32);
}

static inline uint32_t wp_posting_slot(uint64_t posting) {
    return (uint32_t)posting;
}

/* Leaves only the postings whose key stands more than once in the array (and a few others: who needs
 * certainty compares neighbours after sorting), order kept. Returns how many. `table` has
 * wp_posting_table_words(count) words and is overwritten. Most shingles stand in one article only, so this
 * spares most of the sorting. */
size_t wp_postings_repeated(uint64_t *postings, size_t count, uint64_t *table);
size_t wp_posting_table_words(size_t count);

#endif
