/* sieve.c - see sieve.h. No branch depends on the text. */
#include "match/sieve.h"

uint32_t wp_sieve_portable(const uint64_t *restrict words, size_t mask, const uint64_t *restrict shingles,
                           uint32_t count, uint32_t *restrict positions) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        positions[found] = i;
        found += (uint32_t)wp_sieve_passes(words[wp_sieve_word(shingles[i], mask)], shingles[i]);
    }
    return found;
}

wp_sieve *wp_sieve_choose(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level >= WP_CPU_AVX512) return wp_sieve_avx512;
#endif
    (void)level;
    return wp_sieve_portable;
}
