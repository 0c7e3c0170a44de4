/*
 * shingle_avx2.c - the kernels of shingle.h for AVX2.
 *
 * Spans are sorted into the lists of span.h by appending to every list and counting only where they belong;
 * nothing in the loop depends on a guess but whether a length is rare.
 */
#include "sketch/shingle.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>
#include "sketch/span.h"

enum { BATCH = 512, LIST = BATCH + 1 };

struct lists {
    uint16_t span[WP_SPAN_CLASSES][LIST];
    size_t count[WP_SPAN_CLASSES];
};

static enum wp_span_class rare_class(uint32_t len) {
    return len < 17 ? WP_SPAN_SHORT : len <= 96 ? WP_SPAN_65 : len <= 128 ? WP_SPAN_97 : WP_SPAN_LONG;
}

static inline void sort_spans(const uint32_t *starts, unsigned width, size_t count, struct lists *l) {
    uint16_t rare[LIST];
    size_t n17 = 0, n33 = 0, rares = 0;
    memset(l->count, 0, sizeof l->count);
    for (size_t i = 0; i < count; i++) {
        uint32_t over = starts[i + width] - starts[i] - 1 - 17;
        l->span[WP_SPAN_17][n17] = l->span[WP_SPAN_33][n33] = rare[rares] = (uint16_t)i;
        n17 += over < 16;
        n33 += over - 16 < 32;
        rares += over >= 48;
    }
    l->count[WP_SPAN_17] = n17;
    l->count[WP_SPAN_33] = n33;
    for (size_t k = 0; k < rares; k++) {
        size_t i = rare[k];
        enum wp_span_class class = rare_class(starts[i + width] - starts[i] - 1);
        l->span[class][l->count[class]++] = (uint16_t)i;
    }
}

static void hash_spans(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes) {
    struct lists lists;
    for (size_t base = 0; base < count; base += BATCH) {
        size_t n = count - base < BATCH ? count - base : BATCH;
        const uint32_t *starts = tokens->starts + base;
        struct wp_span_batch batch = {tokens->text, starts, starts + width, hashes + base};
        sort_spans(starts, width, n, &lists);
        wp_span_hash_lists(&batch, &lists.span[0][0], LIST, lists.count);
    }
}

static void sketch_hashes(const uint64_t *hashes, size_t count, uint8_t *sketch) {
    uint32_t least[WP_SKETCH_BINS];
    wp_span_least(hashes, count, least);
    for (size_t i = 0; i < WP_SKETCH_BINS; i++)
        sketch[i] = least[i] == WP_SKETCH_EMPTY ? 0 : WP_SKETCH_VALUE(least[i]);
}

static size_t select_hashes(const uint64_t *hashes, size_t count, uint64_t limit, uint64_t *out) {
    const __m256i flip = _mm256_set1_epi64x(INT64_MIN);
    const __m256i most = _mm256_xor_si256(_mm256_set1_epi64x((long long)limit), flip);
    size_t n = 0, i = 0;
    for (; i + 4 <= count; i += 4) {
        __m256i h = _mm256_loadu_si256((const __m256i *)(const void *)(hashes + i));
        __m256i above = _mm256_cmpgt_epi64(_mm256_xor_si256(h, flip), most);
        unsigned in = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(above)) ^ 15;
        for (; in; in &= in - 1) out[n++] = hashes[i + _tzcnt_u32(in)];
    }
    for (; i < count; i++) {
        out[n] = hashes[i];
        n += hashes[i] <= limit;
    }
    return n;
}

static struct wp_hash128 exact_hash(const uint8_t *data, size_t len) {
    return wp_hash128(data, len);
}

const struct wp_shingle_kernel wp_shingle_avx2 = {hash_spans, sketch_hashes, select_hashes, exact_hash};

#endif
