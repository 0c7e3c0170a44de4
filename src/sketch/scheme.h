/*
 * scheme.h - every parameter that changes a fingerprint, in one place.
 *
 * SKETCH.md describes the scheme in prose. To change anything here is to make another scheme: the id changes
 * with the text of the parameters, and files that carry another id are refused.
 */
#ifndef WP_SKETCH_SCHEME_H
#define WP_SKETCH_SCHEME_H

#include <stdint.h>

enum {
    WP_WIDTH_WORDS = 5, /* tokens of a shingle */
    WP_WIDTH_ALONE = 8, /* the same when more than half of the tokens are single code points */
    WP_SAMPLE_RATE = 12,
    WP_SAMPLES_MIN = 16,
    WP_SAMPLES_MAX = 128,
    WP_SKETCH_BINS = 256,
    WP_SKETCH_VALUES = 255, /* a filled bin holds 1..255, an empty one 0 */
    WP_NUMBERS_MAX = 16,
    WP_SIMHASH_WIDTH = 2, /* tokens of a SimHash feature */
};

/* Shingle hashes h < 2^64 / 12, that is h <= this, are sampled. */
#define WP_SAMPLE_LIMIT (UINT64_MAX / WP_SAMPLE_RATE)

/* Where a shingle hash's bits go: the sample is decided by the high end, the sketch by 40 low bits. */
#define WP_SKETCH_BIN(hash) ((unsigned)((hash)&255))
#define WP_SKETCH_KEY(hash) ((uint32_t)((hash) >> 8))
#define WP_SKETCH_VALUE(key) ((uint8_t)(1 + ((key)&255) % WP_SKETCH_VALUES))
#define WP_SKETCH_EMPTY UINT32_MAX /* key of a bin that nothing fell into */

/* Tokens of a shingle in a text of so many tokens. */
static inline unsigned wp_scheme_width(uint64_t tokens, uint64_t alone) {
    return 2 * alone > tokens ? WP_WIDTH_ALONE : WP_WIDTH_WORDS;
}

/* The canonical text of the parameters, as SKETCH.md gives it. wp_scheme_id, in the public header, is its
 * XXH3-64. */
const char *wp_scheme_text(void);

#endif
