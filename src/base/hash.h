/*
 * hash.h - xxHash, the only place that includes it.
 *
 * Every hash of wireprint is XXH3 without a seed, that is, with its fixed 192-byte secret: with a seed,
 * inputs can be chosen that collide for every seed. Inlined, because most inputs are spans of five short
 * words.
 */
#ifndef WP_BASE_HASH_H
#define WP_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wcast-align"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

struct wp_hash128 {
    uint64_t low, high;
};

static inline uint64_t wp_hash64(const void *data, size_t len) {
    return XXH3_64bits(data, len);
}

static inline struct wp_hash128 wp_hash128(const void *data, size_t len) {
    XXH128_hash_t h = XXH3_128bits(data, len);
    return (struct wp_hash128){h.low64, h.high64};
}

static inline bool wp_hash128_equal(struct wp_hash128 a, struct wp_hash128 b) {
    return a.low == b.low && a.high == b.high;
}

#endif
