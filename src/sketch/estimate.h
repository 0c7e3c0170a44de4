/*
 * estimate.h - Jaccard from two one-permutation MinHash sketches.
 *
 * With E bins empty in both and M filled bins equal, of B = 256 - E the share M / B estimates Jaccard (Li,
 * Owen, Zhang 2012), too high because different minima agree in their 255 stored values by chance; that is
 * taken off: J = (M / B - c) / (1 - c), c = 1 / 255, not below 0 (Li, Koenig 2010). Root mean square error
 * 0.02-0.03.
 */
#ifndef WP_SKETCH_ESTIMATE_H
#define WP_SKETCH_ESTIMATE_H

#include "sketch/scheme.h"
#include "sketch/simhash.h"

/* 0..1; 0 when both are empty. */
double wp_sketch_jaccard(const uint8_t a[WP_SKETCH_BINS], const uint8_t b[WP_SKETCH_BINS]);

#endif
