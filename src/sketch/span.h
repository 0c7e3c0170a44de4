/*
 * span.h - inside src/sketch: XXH3-64 of many spans without guessing their lengths.
 *
 * Span lengths of running text fall on both sides of 32 and 64 bytes at random, and a processor that guesses
 * the branch wrong loses more than the hash costs. So spans are first sorted by length class into lists, and
 * each list is hashed by code that has no branch on the length. The arithmetic is XXH3's, by its own inlined
 * functions; what is in no class is hashed by XXH3_64bits.
 */
#ifndef WP_SKETCH_SPAN_H
#define WP_SKETCH_SPAN_H

#include "base/hash.h"
#include "sketch/shingle.h"

/* Classes and the least length in each; a span of class k is as long as that or longer. */
enum wp_span_class {
    WP_SPAN_SHORT,
    WP_SPAN_17,
    WP_SPAN_33,
    WP_SPAN_65,
    WP_SPAN_97,
    WP_SPAN_LONG,
    WP_SPAN_CLASSES
};

/* XXH3_mix16B without its struct of two halves, which compilers send through memory. */
static inline uint64_t wp_span_mix(const uint8_t *p, const uint8_t *secret) {
    unsigned __int128 m = (unsigned __int128)(XXH_readLE64(p) ^ XXH_readLE64(secret)) *
                          (XXH_readLE64(p + 8) ^ XXH_readLE64(secret + 8));
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline __attribute__((always_inline)) uint64_t
wp_span_hash(const uint8_t *p, size_t len, const uint8_t *secret, enum wp_span_class class) {
    if (class == WP_SPAN_SHORT || class == WP_SPAN_LONG) return wp_hash64(p, len);
    uint64_t acc = len * XXH_PRIME64_1;
    const uint8_t *end = p + len;
    acc += wp_span_mix(p, secret) + wp_span_mix(end - 16, secret + 16);
    if (class >= WP_SPAN_33) acc += wp_span_mix(p + 16, secret + 32) + wp_span_mix(end - 32, secret + 48);
    if (class >= WP_SPAN_65) acc += wp_span_mix(p + 32, secret + 64) + wp_span_mix(end - 48, secret + 80);
    if (class >= WP_SPAN_97) acc += wp_span_mix(p + 48, secret + 96) + wp_span_mix(end - 64, secret + 112);
    acc ^= acc >> 37; /* XXH3_avalanche */
    acc *= UINT64_C(0x165667919e3779f9);
    return acc ^ acc >> 32;
}

/* Spans of one batch: span i covers text[starts[i] .. ends[i]-1). */
struct wp_span_batch {
    const uint8_t *text;
    const uint32_t *starts, *ends;
    uint64_t *hashes;
};

/* hashes[i] for the n spans i of the list, all of one class. A function for each class, so that each has all
 * registers for its constants; longer classes read theirs from memory. */
#define WP_SPAN_LIST(class, hide)                                                                            \
    static __attribute__((noinline)) void wp_span_list_##class(const struct wp_span_batch *b,                \
                                                               const uint16_t *list, size_t n) {             \
        const uint8_t *text = b->text, *secret = XXH3_kSecret;                                               \
        const uint32_t *starts = b->starts, *ends = b->ends;                                                 \
        uint64_t *hashes = b->hashes;                                                                        \
        if (hide) __asm__("" : "+r"(secret));                                                                \
        for (const uint16_t *end = list + n; list < end; list++) {                                           \
            size_t i = *list, from = starts[i];                                                              \
            hashes[i] = wp_span_hash(text + from, ends[i] - from - 1, secret, class);                        \
        }                                                                                                    \
    }
WP_SPAN_LIST(WP_SPAN_SHORT, 0)
WP_SPAN_LIST(WP_SPAN_17, 0)
WP_SPAN_LIST(WP_SPAN_33, 1)
WP_SPAN_LIST(WP_SPAN_65, 1)
WP_SPAN_LIST(WP_SPAN_97, 1)
WP_SPAN_LIST(WP_SPAN_LONG, 0)
#undef WP_SPAN_LIST

/* Hashes a batch: the list of class k begins at lists[k * stride] and holds count[k] numbers of spans. */
static inline void wp_span_hash_lists(const struct wp_span_batch *b, const uint16_t *lists, size_t stride,
                                      const size_t *count) {
    wp_span_list_WP_SPAN_17(b, lists + WP_SPAN_17 * stride, count[WP_SPAN_17]);
    wp_span_list_WP_SPAN_33(b, lists + WP_SPAN_33 * stride, count[WP_SPAN_33]);
    wp_span_list_WP_SPAN_65(b, lists + WP_SPAN_65 * stride, count[WP_SPAN_65]);
    wp_span_list_WP_SPAN_97(b, lists + WP_SPAN_97 * stride, count[WP_SPAN_97]);
    wp_span_list_WP_SPAN_SHORT(b, lists + WP_SPAN_SHORT * stride, count[WP_SPAN_SHORT]);
    wp_span_list_WP_SPAN_LONG(b, lists + WP_SPAN_LONG * stride, count[WP_SPAN_LONG]);
}

/* The least key in each MinHash bin, WP_SKETCH_EMPTY where none is. */
static inline void wp_span_least(const uint64_t *hashes, size_t count, uint32_t *least) {
    for (size_t i = 0; i < WP_SKETCH_BINS; i++) least[i] = WP_SKETCH_EMPTY;
    for (size_t i = 0; i < count; i++) {
        uint32_t *bin = &least[WP_SKETCH_BIN(hashes[i])], key = WP_SKETCH_KEY(hashes[i]), old = *bin;
        *bin = key < old ? key : old;
    }
}

#endif
