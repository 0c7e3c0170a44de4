/* sort.h - radix sort of 64-bit keys, for postings and pairs. */
#ifndef WP_BASE_SORT_H
#define WP_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts keys ascending; scratch has room for count as well. Digits that are the same in all keys cost
 * nothing. Returns the array that holds the result: keys or scratch. */
uint64_t *wp_sort64(uint64_t *keys, uint64_t *scratch, size_t count);
/* The same by the bits from `low_bit` up only; those below keep the order they came in. */
uint64_t *wp_sort64_from(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bit);

#endif
