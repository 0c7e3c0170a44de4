/* sort.c - least significant digit first, 11 bits at a time; insertion for a few keys. See sort.h. */
#include "base/sort.h"

#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)
#define FEW 48

static void insertion_sort(uint64_t *keys, size_t count, unsigned low_bit) {
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t j = i;
        for (; j > 0 && keys[j - 1] >> low_bit > key >> low_bit; j--) keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

static void sort_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift) {
    uint32_t at[DIGITS];
    memset(at, 0, sizeof at);
    for (size_t i = 0; i < count; i++) at[from[i] >> shift & (DIGITS - 1)]++;
    uint32_t sum = 0;
    for (size_t d = 0; d < DIGITS; d++) {
        uint32_t n = at[d];
        at[d] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++) to[at[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

uint64_t *wp_sort64(uint64_t *keys, uint64_t *scratch, size_t count) {
    return wp_sort64_from(keys, scratch, count, 0);
}

uint64_t *wp_sort64_from(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bit) {
    if (count <= FEW) {
        insertion_sort(keys, count, low_bit);
        return keys;
    }
    uint64_t any = 0, all = ~(uint64_t)0;
    for (size_t i = 0; i < count; i++) {
        any |= keys[i];
        all &= keys[i];
    }
    uint64_t differs = any & ~all;
    for (unsigned shift = low_bit; shift < 64; shift += DIGIT_BITS) {
        if (!(differs >> shift & (DIGITS - 1))) continue;
        sort_digit(keys, scratch, count, shift);
        uint64_t *swap = keys;
        keys = scratch;
        scratch = swap;
    }
    return keys;
}
