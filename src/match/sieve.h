/*
 * sieve.h - which of many shingles may stand in a set.
 *
 * Texts are compared with sets that have next to nothing of them: another article's shingles, an owner's
 * furniture. A set's sieve is a table of words; a shingle has two bits in one of them. Who finds both set
 * looks the shingle up; of what is not in the set about 1 in 50 gets so far at four shingles to a word.
 *
 *     bits 0..5    of a shingle: the first bit      bits 6..33   the word, as many as there are words
 *     bits 34..39                the second bit
 *
 * A shingle has the same bits in its word however many words there are.
 */
#ifndef WP_MATCH_SIEVE_H
#define WP_MATCH_SIEVE_H

#include <stddef.h>
#include <stdint.h>
#include "base/cpu.h"

enum { WP_SIEVE_SECOND_BIT = 34 }; /* its six bits are the last of the 40 that count (furniture.h) */

/* The word of a shingle, of mask + 1 (a power of two), and its bits there. */
static inline size_t wp_sieve_word(uint64_t shingle, size_t mask) {
    return shingle >> 6 & mask;
}

static inline uint64_t wp_sieve_bits(uint64_t shingle) {
    return (uint64_t)1 << shingle % 64 | (uint64_t)1 << (shingle >> WP_SIEVE_SECOND_BIT) % 64;
}

/* Has the word both bits of the shingle? */
static inline uint64_t wp_sieve_passes(uint64_t word, uint64_t shingle) {
    return word >> shingle % 64 & word >> (shingle >> WP_SIEVE_SECOND_BIT) % 64 & 1;
}

/* Puts the positions of those of shingles[0, count) that pass into `positions`, ascending, which has room for
 * count. Returns how many. Kernels differ in speed only. */
typedef uint32_t wp_sieve(const uint64_t *words, size_t mask, const uint64_t *shingles, uint32_t count,
                          uint32_t *positions);
/* The best kernel for a processor of that level (wp_cpu_level). */
wp_sieve *wp_sieve_choose(enum wp_cpu level);

wp_sieve wp_sieve_portable;
wp_sieve wp_sieve_avx512;

#endif
