/* stream_avx512.c - eight shingles at once, bit-equal to wp_stream_unpack. */
#include "engine/stream.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define STEP 8

/* The low five bytes of eight shingles. */
#define KEPT 0x1f1f1f1f1f1f1f1fu

static inline uint64_t first_bytes(size_t shingles) {
    return ((uint64_t)1 << shingles * WP_STREAM_BYTES) - 1;
}

static inline void pack(uint8_t *to, __m512i shingles, size_t count) {
    _mm512_mask_storeu_epi8(to, first_bytes(count), _mm512_maskz_compress_epi8(KEPT, shingles));
}

void wp_stream_pack_avx512(uint8_t *to, const uint64_t *shingles, size_t count) {
    size_t i = 0;
    for (; i + STEP <= count; i += STEP)
        pack(to + i * WP_STREAM_BYTES, _mm512_loadu_si512(shingles + i), STEP);
    size_t left = count - i;
    if (!left) return;
    pack(to + i * WP_STREAM_BYTES, _mm512_maskz_loadu_epi64((__mmask8)((1u << left) - 1), shingles + i),
         left);
}

static inline __m512i unpack(const uint8_t *from, size_t count) {
    return _mm512_maskz_expand_epi8(KEPT, _mm512_maskz_loadu_epi8(first_bytes(count), from));
}

void wp_stream_unpack_avx512(uint64_t *to, const uint8_t *from, size_t count) {
    size_t i = 0;
    for (; i + STEP <= count; i += STEP)
        _mm512_storeu_si512(to + i, unpack(from + i * WP_STREAM_BYTES, STEP));
    size_t left = count - i;
    if (!left) return;
    _mm512_mask_storeu_epi64(to + i, (__mmask8)((1u << left) - 1), unpack(from + i * WP_STREAM_BYTES, left));
}

#endif
