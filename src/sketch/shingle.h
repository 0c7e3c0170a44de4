/*
 * shingle.h - hashes of token spans, and what is distilled from them: samples, MinHash bins.
 *
 * These are the kernels of src/sketch. The portable ones (shingle.c) are the specification; the others are
 * bit-equal and chosen by the fingerprinter. A span's hash is XXH3-64 over its bytes in the folded text, the
 * single spaces between its tokens included.
 */
#ifndef WP_SKETCH_SHINGLE_H
#define WP_SKETCH_SHINGLE_H

#include <stddef.h>
#include <stdint.h>
#include "base/cpu.h"
#include "base/hash.h"
#include "sketch/scheme.h"
#include "text/tokens.h"

/* Scratch room that the kernels want behind the last hash. */
#define WP_SHINGLE_SLACK 64

/* One set of functions for each level. */
struct wp_shingle_kernel {
    /* hashes[i] = hash of tokens i .. i+width-1, for i < count; count + width - 1 tokens.
     * hashes has WP_SHINGLE_SLACK more. */
    void (*hash)(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes);
    /* The MinHash sketch of the hashes into sketch[256]. */
    void (*sketch)(const uint64_t *hashes, size_t count, uint8_t *sketch);
    /* Copies the hashes <= limit, in order, to out (room for count + WP_SHINGLE_SLACK); returns how many. */
    size_t (*select)(const uint64_t *hashes, size_t count, uint64_t limit, uint64_t *out);
    /* XXH3-128, with the widest vectors of the level. */
    struct wp_hash128 (*exact)(const uint8_t *data, size_t len);
};

extern const struct wp_shingle_kernel wp_shingle_portable;
#if defined(__x86_64__)
extern const struct wp_shingle_kernel wp_shingle_avx2, wp_shingle_avx512;
#endif

const struct wp_shingle_kernel *wp_shingle_kernel(enum wp_cpu level);

#endif
