/*
 * estimate.c - see estimate.h.
 *
 * Written with the compiler's 16-byte vectors: every processor has such, and 256 bytes are 16 of them.
 * Counters are bytes: a lane counts 32 at most.
 */
#include "sketch/estimate.h"

#include <string.h>

typedef uint8_t lanes __attribute__((vector_size(16)));

static inline lanes load(const uint8_t *p) {
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Sum of 16 bytes, each at most 32. */
static inline unsigned sum(lanes v) {
    const uint64_t low = UINT64_C(0x00ff00ff00ff00ff);
    uint64_t w[2];
    memcpy(w, &v, sizeof w);
    uint64_t bytes = w[0] + w[1], pairs = (bytes & low) + (bytes >> 8 & low);
    return (unsigned)(pairs * UINT64_C(0x0001000100010001) >> 48);
}

double wp_sketch_jaccard(const uint8_t a[WP_SKETCH_BINS], const uint8_t b[WP_SKETCH_BINS]) {
    const lanes zero = {0};
    lanes equal = zero, zeros = zero, empty = zero;
#pragma GCC unroll 2 /* all of it at once would not fit the registers */
    for (unsigned i = 0; i < WP_SKETCH_BINS; i += 16) {
        lanes x = load(a + i), y = load(b + i);
        lanes x_empty = (lanes)(x == zero), y_empty = (lanes)(y == zero);
        equal -= (lanes)(x == y); /* true is 255, that is -1 */
        zeros -= x_empty;
        zeros -= y_empty;
        empty -= x_empty & y_empty;
    }
    unsigned none = sum(empty), filled = WP_SKETCH_BINS - none, matches = sum(equal) - none;
    unsigned both = WP_SKETCH_BINS + none - sum(zeros);
    if (filled == 0) return 0;
    double j = ((double)WP_SKETCH_VALUES * matches - both) / ((WP_SKETCH_VALUES - 1.0) * filled);
    return j < 0 ? 0 : j > 1 ? 1 : j;
}
