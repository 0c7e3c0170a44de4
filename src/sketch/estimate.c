/* estimate.c - see estimate.h. The loop is written for the compiler's vectoriser: 256 bytes, no branches. */
#include "sketch/estimate.h"

double wp_sketch_jaccard(const uint8_t a[WP_SKETCH_BINS], const uint8_t b[WP_SKETCH_BINS]) {
    const double chance = 1.0 / WP_SKETCH_VALUES;
    unsigned equal = 0, empty = 0;
    for (unsigned block = 0; block < WP_SKETCH_BINS; block += 128) { /* byte counters hold 128 */
        uint8_t equals = 0, empties = 0;
        for (unsigned i = block; i < block + 128; i++) {
            equals = (uint8_t)(equals + (a[i] == b[i]));
            empties = (uint8_t)(empties + ((a[i] | b[i]) == 0));
        }
        equal += equals;
        empty += empties;
    }
    if (empty == WP_SKETCH_BINS) return 0;
    double share = (double)(equal - empty) / (double)(WP_SKETCH_BINS - empty);
    return share <= chance ? 0 : (share - chance) / (1 - chance);
}
