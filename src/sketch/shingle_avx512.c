/*
 * shingle_avx512.c - hashing, MinHash and selection for AVX-512, see shingle.h and xxh3.h.
 *
 * Lengths of spans follow no pattern: a branch on them is mispredicted every third time, which costs more
 * than the hash. So spans are taken level by level instead of one by one: the two terms that all have, eight
 * spans at a time; then the spans that go on are pressed into a list, and the same is done for those. Sums
 * of a deeper level come back by vpexpandq, in the order in which they were pressed out.
 *
 *     level 0   a b c d e f g h     two terms each
 *     level 1   b c g               two more for those above 32 bytes
 *     level 2   g                   above 64
 *
 * Eight spans' terms of 2 x 8 bytes stand in four vectors: fronts in the low halves, backs in the high.
 */
#include "sketch/shingle.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>
#include "sketch/xxh3.h"

enum {
    LANES = 8,
    CHUNK = 256, /* spans whose sums are held at a time: all lists stay in the first cache */
};

/* Spans as begins and ends; whole vectors are read and written. */
struct spans {
    uint32_t begin[CHUNK + 2 * LANES], end[CHUNK + 2 * LANES];
};

/* --- terms --- */

/* Low half ^ high half of the 128-bit products of eight pairs. */
static inline __m512i fold_products(__m512i a, __m512i b) {
    const __m512i low32 = _mm512_set1_epi64(0xffffffff);
    __m512i ah = _mm512_srli_epi64(a, 32), bh = _mm512_srli_epi64(b, 32);
    __m512i ll = _mm512_mul_epu32(a, b), lh = _mm512_mul_epu32(a, bh);
    __m512i hl = _mm512_mul_epu32(ah, b), hh = _mm512_mul_epu32(ah, bh);
    __m512i cross =
        _mm512_add_epi64(_mm512_add_epi64(_mm512_srli_epi64(ll, 32), _mm512_and_si512(hl, low32)), lh);
    __m512i high =
        _mm512_add_epi64(_mm512_add_epi64(_mm512_srli_epi64(hl, 32), _mm512_srli_epi64(cross, 32)), hh);
    __m512i low = _mm512_mask_shuffle_epi32(ll, 0xaaaa, cross, 0xa0);
    return _mm512_xor_si512(low, high);
}

static inline __m128i load16(const uint8_t *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* 16 bytes at each of four positions, every other of at. */
static inline __m512i load_four(const uint8_t *text, const uint32_t *at) {
    __m256i low =
        _mm256_inserti128_si256(_mm256_castsi128_si256(load16(text + at[0])), load16(text + at[2]), 1);
    __m512i v = _mm512_mask_broadcast_i32x4(_mm512_castsi256_si512(low), 0x0f00, load16(text + at[4]));
    return _mm512_mask_broadcast_i32x4(v, 0xf000, load16(text + at[6]));
}

/* The terms of the 16 bytes at text + at[0..8). */
static inline __m512i eight_terms(const uint8_t *text, const uint32_t *at, __m512i secret) {
    __m512i even = _mm512_xor_si512(load_four(text, at), secret);
    __m512i odd = _mm512_xor_si512(load_four(text, at + 1), secret);
    return fold_products(_mm512_unpacklo_epi64(even, odd), _mm512_unpackhi_epi64(even, odd));
}

static inline __m512i load_secret(const uint64_t *words) {
    return _mm512_broadcast_i32x4(load16((const uint8_t *)words));
}

/* sums[i] = the level's terms of span i; whole vectors of LANES. */
static inline void level_terms(const uint8_t *text, unsigned level, const uint32_t *begin,
                               const uint32_t *end, size_t count, uint64_t *sums) {
    const __m512i front_secret = load_secret(wp_xxh3_secret[level]);
    const __m512i back_secret = load_secret(wp_xxh3_secret[level] + 2);
    const uint8_t *front = text + (size_t)16 * level, *back = text - 16 - (size_t)16 * level;
    for (size_t i = 0; i < count; i += LANES) {
        __m512i sum = eight_terms(front, begin + i, front_secret);
        sum = _mm512_add_epi64(sum, eight_terms(back, end + i, back_secret));
        _mm512_storeu_si512(sums + i, sum);
    }
}

/* --- levels --- */

static inline __m256i load_u32(const uint32_t *p) {
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void store_u32(uint32_t *p, __m256i v) {
    _mm256_storeu_si256((__m256i *)(void *)p, v);
}

/* Presses spans longer than `above`, and not too long for terms, into *to; which[i / LANES] tells which. */
static inline size_t press(const struct spans *from, size_t count, unsigned above, struct spans *to,
                           __mmask8 *which) {
    const __m256i least = _mm256_set1_epi32((int)above + 1),
                  width = _mm256_set1_epi32(WP_XXH3_LEN_MAX - (int)above);
    size_t n = 0;
    for (size_t i = 0; i < count; i += LANES) {
        __m256i begin = load_u32(from->begin + i), end = load_u32(from->end + i);
        __m256i over = _mm256_sub_epi32(_mm256_sub_epi32(end, begin), least);
        __mmask8 m = _mm256_cmplt_epu32_mask(over, width);
        which[i / LANES] = m;
        store_u32(to->begin + n, _mm256_maskz_compress_epi32(m, begin));
        store_u32(to->end + n, _mm256_maskz_compress_epi32(m, end));
        n += (size_t)_mm_popcnt_u32(m);
    }
    store_u32(to->begin + n, _mm256_setzero_si256());
    store_u32(to->end + n, _mm256_setzero_si256());
    return n;
}

/* Adds the terms of `level` and above to the sums of the spans that have them. `above` the level's bytes. */
static inline void add_level(const uint8_t *text, unsigned level, const struct spans *spans, size_t count,
                             uint64_t *sums);

static void add_level3(const uint8_t *text, const struct spans *spans, size_t count, uint64_t *sums) {
    add_level(text, 3, spans, count, sums);
}

static void add_level2(const uint8_t *text, const struct spans *spans, size_t count, uint64_t *sums) {
    add_level(text, 2, spans, count, sums);
}

static inline void add_level(const uint8_t *text, unsigned level, const struct spans *spans, size_t count,
                             uint64_t *sums) {
    struct spans more;
    __mmask8 which[CHUNK / LANES + 1];
    uint64_t terms[CHUNK + LANES];
    size_t n = press(spans, count, 32 * level, &more, which);
    if (n == 0) return;
    level_terms(text, level, more.begin, more.end, n, terms);
    if (level == 1) add_level2(text, &more, n, terms);
    if (level == 2) add_level3(text, &more, n, terms);
    const uint64_t *next = terms;
    for (size_t i = 0; i < count; i += LANES) {
        __mmask8 m = which[i / LANES];
        __m512i add = _mm512_loadu_si512(next);
        __asm__("" : "+v"(add)); /* vpexpandq from memory is many times slower */
        add = _mm512_maskz_expand_epi64(m, add);
        _mm512_storeu_si512(sums + i, _mm512_add_epi64(_mm512_loadu_si512(sums + i), add));
        next += _mm_popcnt_u32(m);
    }
}

/* --- spans --- */

static inline __m512i mix(__m512i sum, __m256i length) {
    const __m512i factor = _mm512_set1_epi64((long long)WP_XXH3_LENGTH_FACTOR);
    const __m512i mixer = _mm512_set1_epi64((long long)WP_XXH3_MIX_FACTOR);
    __m512i h = _mm512_add_epi64(sum, _mm512_mullo_epi64(_mm512_cvtepu32_epi64(length), factor));
    h = _mm512_mullo_epi64(_mm512_xor_si512(h, _mm512_srli_epi64(h, 37)), mixer);
    return _mm512_xor_si512(h, _mm512_srli_epi64(h, 32));
}

/* Hashes of count <= CHUNK spans; hashes has LANES more. */
static void hash_chunk(const uint8_t *text, const struct spans *spans, size_t count, uint64_t *hashes) {
    const __m256i least = _mm256_set1_epi32(WP_XXH3_LEN_MIN),
                  most = _mm256_set1_epi32(WP_XXH3_LEN_MAX - WP_XXH3_LEN_MIN);
    uint64_t sums[CHUNK + LANES];
    level_terms(text, 0, spans->begin, spans->end, count, sums);
    add_level(text, 1, spans, count, sums);
    for (size_t i = 0; i < count; i += LANES) {
        __m256i length = _mm256_sub_epi32(load_u32(spans->end + i), load_u32(spans->begin + i));
        _mm512_storeu_si512(hashes + i, mix(_mm512_loadu_si512(sums + i), length));
        __mmask8 odd = _mm256_cmpgt_epu32_mask(_mm256_sub_epi32(length, least), most);
        if (__builtin_expect(odd, 0))
            for (unsigned m = odd; m; m &= m - 1) {
                size_t k = i + (unsigned)__builtin_ctz(m);
                hashes[k] = wp_hash64(text + spans->begin[k], spans->end[k] - spans->begin[k]);
            }
    }
}

static void hash_spans(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes) {
    struct spans spans;
    const __m256i one = _mm256_set1_epi32(1);
    for (size_t at = 0; at < count; at += CHUNK) {
        const uint32_t *begin = tokens->starts + at, *end = begin + width;
        size_t n = count - at < CHUNK ? count - at : CHUNK;
        for (size_t i = 0; i < n; i += LANES) {
            __mmask8 in = n - i >= LANES ? 255 : (__mmask8)((1u << (n - i)) - 1);
            store_u32(spans.begin + i, _mm256_maskz_loadu_epi32(in, begin + i));
            store_u32(spans.end + i, _mm256_maskz_sub_epi32(in, _mm256_maskz_loadu_epi32(in, end + i), one));
        }
        hash_chunk(tokens->text, &spans, n, hashes + at);
    }
}

/* --- MinHash --- */

/* Sketch values of 16 bins. */
static inline __m128i sketch_values(__m512i key) {
    const __m512i byte = _mm512_set1_epi32(255), one = _mm512_set1_epi32(1);
    __m512i v = _mm512_and_si512(key, byte);
    v = _mm512_maskz_mov_epi32(_mm512_cmpneq_epi32_mask(v, byte), v); /* % 255 */
    v = _mm512_maskz_add_epi32(_mm512_cmpneq_epi32_mask(key, _mm512_set1_epi32(-1)), v, one);
    return _mm512_cvtepi32_epi8(v);
}

static inline void lower(uint32_t *least, uint64_t hash) {
    uint32_t *bin = &least[WP_SKETCH_BIN(hash)], key = WP_SKETCH_KEY(hash);
    *bin = key < *bin ? key : *bin;
}

/* Neighbours go into tables of their own, so that a bin is hardly ever read just after it was written. */
static void sketch_hashes(const uint64_t *hashes, size_t count, uint8_t *sketch) {
    uint32_t even[WP_SKETCH_BINS], odd[WP_SKETCH_BINS];
    memset(even, 255, sizeof even);
    memset(odd, 255, sizeof odd);
    size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        lower(even, hashes[i]);
        lower(odd, hashes[i + 1]);
    }
    if (i < count) lower(even, hashes[i]);
    for (size_t k = 0; k < WP_SKETCH_BINS; k += 16) {
        __m512i key = _mm512_min_epu32(_mm512_loadu_si512(even + k), _mm512_loadu_si512(odd + k));
        _mm_storeu_si128((__m128i *)(void *)(sketch + k), sketch_values(key));
    }
}

/* --- selection --- */

static size_t select_hashes(const uint64_t *hashes, size_t count, uint64_t limit, uint64_t *out) {
    const __m512i most = _mm512_set1_epi64((long long)limit);
    size_t n = 0, i = 0;
    for (; i + LANES <= count; i += LANES) {
        __m512i h = _mm512_loadu_si512(hashes + i);
        __mmask8 m = _mm512_cmple_epu64_mask(h, most);
        _mm512_storeu_si512(out + n, _mm512_maskz_compress_epi64(m, h));
        n += (size_t)_mm_popcnt_u32(m);
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

const struct wp_shingle_kernel wp_shingle_avx512 = {hash_spans, sketch_hashes, select_hashes, exact_hash};

#endif
