/*
 * sample.h - which shingles stand for a text in the index.
 *
 * The distinct hashes h < 2^64/12, ascending; when fewer than 16, the 16 lowest distinct hashes (all when
 * there are fewer); when more than 128, the 128 lowest.
 */
#ifndef WP_SKETCH_SAMPLE_H
#define WP_SKETCH_SAMPLE_H

#include "sketch/shingle.h"

/* Fills samples[0..returned) ascending and distinct; samples has room for WP_SAMPLES_MAX. scratch has room
 * for count + WP_SHINGLE_SLACK. */
unsigned wp_sample_select(const struct wp_shingle_kernel *kernel, const uint64_t *hashes, size_t count,
                          uint64_t *scratch, uint64_t *samples);

/* Sorts numbers that are spread evenly over 0..limit, limit >= WP_SAMPLE_LIMIT, (slower, not wrong, when they
 * are not) and drops repetitions; returns how many are left. */
size_t wp_sample_sort(uint64_t *numbers, size_t count, uint64_t limit);

#endif
