/*
 * estimate.c - see estimate.h.
 *
 * Written with the compiler's 16-byte vectors: every processor has such, and 256 bytes are 16 of them.
 * Counters are bytes: a lane counts 16 at most.
 */
#include "sketch/estimate.h"

#include <string.h>

typedef uint8_t lanes __attribute__((vector_size(16)));

static inline lanes load(const uint8_t *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Sum of 16 bytes, each at most 16: halves are added without a carry between bytes. */
static inline unsigned sum(lanes v) {
    uint64_t w[2];
    memcpy(w, &v, sizeof w);
    return (unsigned)((w[0] + w[1]) * UINT64_C(0x0101010101010101) >> 56);
}

double wp_sketch_jaccard(const uint8_t a[WP_SKETCH_BINS], const uint8_t b[WP_SKETCH_BINS]) {
    const lanes zero = {0};
    lanes equal = zero, empty = zero, either = zero;
    for (unsigned i = 0; i < WP_SKETCH_BINS; i += 16) {
        lanes x = load(a + i), y = load(b + i);
        equal -= (lanes)(x == y); /* true is 255, that is -1 */
        empty -= (lanes)((x | y) == zero);
        either -= (lanes)(((lanes)(x == zero) | (lanes)(y == zero)) != zero);
    }
    unsigned none = sum(empty), matches, filled = WP_SKETCH_BINS - none, both;
    (void)either;
    matches = sum(equal) - none;
    both = WP_SKETCH_BINS - sum(either);
    if (filled == 0) return 0;
    double j = ((double)WP_SKETCH_VALUES * matches - both) / ((WP_SKETCH_VALUES - 1.0) * filled);
    return j < 0 ? 0 : j > 1 ? 1 : j;
}
