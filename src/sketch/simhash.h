/*
 * simhash.h - 128-bit SimHash over word bigrams (Charikar 2002; over single words it has no usable threshold
 * on news).
 *
 * Every bigram, as often as it stands, votes with each bit of its XXH3-128; a bit of the result is set when
 * more bigrams have it than not. A text of one token or none has the SimHash 0.
 */
#ifndef WP_SKETCH_SIMHASH_H
#define WP_SKETCH_SIMHASH_H

#include "base/hash.h"
#include "text/tokens.h"

struct wp_hash128 wp_simhash(const struct wp_tokens *tokens);

/* Bits that differ, 0..128. */
static inline unsigned wp_simhash_distance(struct wp_hash128 a, struct wp_hash128 b) {
    return (unsigned)(__builtin_popcountll(a.low ^ b.low) + __builtin_popcountll(a.high ^ b.high));
}

#endif
