/* bits.h - one bit per number; setting is safe from several threads. */
#ifndef WP_BASE_BITS_H
#define WP_BASE_BITS_H

#include <stdatomic.h>
#include <stdbool.h>
#include "base/memory.h"

struct wp_bits {
    _Atomic uint64_t *words;
    uint64_t count;
};

/* count bits, all clear. */
static inline enum wp_status wp_bits_init(struct wp_bits *b, uint64_t count) {
    b->count = count;
    b->words = wp_zalloc(count / 64 + 1, sizeof *b->words);
    return b->words ? WP_OK : WP_ENOMEM;
}

static inline void wp_bits_release(struct wp_bits *b) {
    wp_free((void *)b->words);
    b->words = NULL;
}

static inline void wp_bits_set(struct wp_bits *b, uint64_t i) {
    atomic_fetch_or_explicit(&b->words[i / 64], (uint64_t)1 << (i % 64), memory_order_relaxed);
}

static inline bool wp_bits_get(const struct wp_bits *b, uint64_t i) {
    return atomic_load_explicit(&b->words[i / 64], memory_order_relaxed) >> (i % 64) & 1;
}

#endif
