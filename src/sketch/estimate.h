/*
 * estimate.h - how alike two texts are, by their fingerprints alone.
 */
#ifndef WP_SKETCH_ESTIMATE_H
#define WP_SKETCH_ESTIMATE_H

#include <stdint.h>
#include "sketch/scheme.h"
#include "sketch/simhash.h"

/* Estimated Jaccard similarity of the shingle sets behind two MinHash sketches, 0..1: equal filled bins, less
 * those expected equal by chance (one in 255 of what differs), over bins that are filled in either. 0 when
 * both are empty. Standard error about 0.02-0.03. Any alignment. */
double wp_sketch_jaccard(const uint8_t a[WP_SKETCH_BINS], const uint8_t b[WP_SKETCH_BINS]);

#endif
