/*
 * sort.c - least significant digit first; insertion for a few keys. See sort.h.
 *
 * A pass costs as much as there are values of a digit and as there are keys: some hundred keys are sorted by
 * digits of 8 bits, more by 11. More than the caches hold are first parted by their highest bits, so that all
 * further passes find a part at hand.
 */
#include "base/sort.h"

#include <string.h>

#define FEW 80
#define SOME 2048
#define SOME_DIGIT_BITS 8
#define DIGIT_BITS 11
#define MANY (1u << 18)
#define PART_BITS 8

static void insertion_sort(uint64_t *keys, size_t count, unsigned low_bit) {
    for (size_t i = 1; i < count; i++) {
        uint64_t key = keys[i];
        size_t j = i;
        for (; j > 0 && keys[j - 1] >> low_bit > key >> low_bit; j--) keys[j] = keys[j - 1];
        keys[j] = key;
    }
}

/* `bits` is known where this is called, and the loops are made for it. */
static inline __attribute__((always_inline)) void sort_digit(const uint64_t *from, uint64_t *to, size_t count,
                                                             unsigned shift, unsigned bits) {
    uint32_t at[1u << DIGIT_BITS];
    const uint64_t mask = (1u << bits) - 1;
    memset(at, 0, sizeof *at << bits);
    for (size_t i = 0; i < count; i++) at[from[i] >> shift & mask]++;
    uint32_t sum = 0;
    for (size_t d = 0; d <= mask; d++) {
        uint32_t n = at[d];
        at[d] = sum;
        sum += n;
    }
    for (size_t i = 0; i < count; i++) to[at[from[i] >> shift & mask]++] = from[i];
}

static void sort_digit_of_some(const uint64_t *from, uint64_t *to, size_t count, unsigned shift) {
    sort_digit(from, to, count, shift, SOME_DIGIT_BITS);
}

static void sort_digit_of_many(const uint64_t *from, uint64_t *to, size_t count, unsigned shift) {
    sort_digit(from, to, count, shift, DIGIT_BITS);
}

/* The bits that are not the same in all keys. */
static uint64_t differing_bits(const uint64_t *keys, size_t count) {
    uint64_t any = 0, all = ~(uint64_t)0;
    for (size_t i = 0; i < count; i++) {
        any |= keys[i];
        all &= keys[i];
    }
    return any & ~all;
}

static uint64_t *sort_digits(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bit) {
    uint64_t differs = differing_bits(keys, count);
    unsigned bits = count <= SOME ? SOME_DIGIT_BITS : DIGIT_BITS;
    for (unsigned shift = low_bit; shift < 64; shift += bits) {
        if (!(differs >> shift & ((1u << bits) - 1))) continue;
        if (count <= SOME)
            sort_digit_of_some(keys, scratch, count, shift);
        else
            sort_digit_of_many(keys, scratch, count, shift);
        uint64_t *swap = keys;
        keys = scratch;
        scratch = swap;
    }
    return keys;
}

/* Returns scratch. `shift`: of the digit that the keys are parted by; above it they are the same. */
static uint64_t *sort_parts(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bit,
                            unsigned shift) {
    size_t begin = 0;
    sort_digit(keys, scratch, count, shift, PART_BITS);
    while (begin < count) {
        size_t end = begin + 1;
        while (end < count && scratch[end] >> shift == scratch[begin] >> shift) end++;
        uint64_t *part = scratch + begin;
        const uint64_t *sorted = sort_digits(part, keys + begin, end - begin, low_bit);
        if (sorted != part) memcpy(part, sorted, (end - begin) * sizeof *part);
        begin = end;
    }
    return scratch;
}

uint64_t *wp_sort64(uint64_t *keys, uint64_t *scratch, size_t count) {
    return wp_sort64_from(keys, scratch, count, 0);
}

uint64_t *wp_sort64_from(uint64_t *keys, uint64_t *scratch, size_t count, unsigned low_bit) {
    if (count <= FEW) {
        insertion_sort(keys, count, low_bit);
        return keys;
    }
    uint64_t differs = count > MANY ? differing_bits(keys, count) >> low_bit : 0;
    if (differs >> PART_BITS) {
        unsigned highest = 63 - (unsigned)__builtin_clzll(differs) + low_bit;
        return sort_parts(keys, scratch, count, low_bit, highest + 1 - PART_BITS);
    }
    return sort_digits(keys, scratch, count, low_bit);
}
