/*
 * sieve_avx512.c - eight shingles at once, bit-equal to wp_sieve_portable.
 *
 * The words are fetched one by one: gathering them takes longer on the processors at hand. A word turned
 * right by a shingle has the bit in question lowest.
 */
#include "match/sieve.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define STEP 8

static inline __m512i fetch_words(const uint64_t *words, size_t mask, const uint64_t *shingles) {
    long long w[STEP];
    for (unsigned i = 0; i < STEP; i++) w[i] = (long long)words[wp_sieve_word(shingles[i], mask)];
    return _mm512_setr_epi64(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
}

/* Bit i: shingles[i] passes. */
static inline __mmask8 sift(const uint64_t *words, size_t mask, const uint64_t *shingles) {
    __m512i of = _mm512_loadu_si512(shingles), word = fetch_words(words, mask, shingles);
    __m512i first = _mm512_rorv_epi64(word, of);
    __m512i second = _mm512_rorv_epi64(word, _mm512_srli_epi64(of, WP_SIEVE_SECOND_BIT));
    return _mm512_test_epi64_mask(_mm512_and_si512(first, second), _mm512_set1_epi64(1));
}

uint32_t wp_sieve_avx512(const uint64_t *restrict words, size_t mask, const uint64_t *restrict shingles,
                         uint32_t count, uint32_t *restrict positions) {
    __m256i at = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    uint32_t found = 0, i = 0;
    for (; i + STEP <= count; i += STEP) { /* found <= i: what is written stays below count */
        __mmask8 passes = sift(words, mask, shingles + i);
        _mm256_storeu_si256((__m256i *)(void *)(positions + found), _mm256_maskz_compress_epi32(passes, at));
        found += (uint32_t)__builtin_popcount(passes);
        at = _mm256_add_epi32(at, _mm256_set1_epi32(STEP));
    }
    for (; i < count; i++) {
        positions[found] = i;
        found += (uint32_t)wp_sieve_passes(words[wp_sieve_word(shingles[i], mask)], shingles[i]);
    }
    return found;
}

#endif
