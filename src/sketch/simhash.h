/*
 * simhash.h - 128 bits in which similar texts mostly agree.
 *
 * Each occurrence of two consecutive tokens votes with its XXH3-128 (over "first second", one space); a bit
 * is set when more than half of the votes have it set. No votes, or a tie: 0.
 */
#ifndef WP_SKETCH_SIMHASH_H
#define WP_SKETCH_SIMHASH_H

#include "base/hash.h"
#include "text/tokens.h"

struct wp_hash128 wp_simhash(const struct wp_tokens *tokens);

/* Bits in which two SimHashes differ, 0..128. */
static inline unsigned wp_simhash_distance(struct wp_hash128 a, struct wp_hash128 b) {
    return (unsigned)(__builtin_popcountll(a.low ^ b.low) + __builtin_popcountll(a.high ^ b.high));
}

#endif
