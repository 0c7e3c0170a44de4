/*
 * shingle_avx2.c - hashing, MinHash and selection for AVX2, see shingle.h and xxh3.h.
 *
 * As shingle_avx512.c does it: level by level, so that nothing branches on the length of a span. Four spans
 * at a time; lists are made by appending every span and counting only those that belong there, and carry the
 * span's number, by which its terms are added to its sum.
 */
#include "sketch/shingle.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>
#include "sketch/xxh3.h"

enum {
    LANES = 4,
    CHUNK = 256, /* spans whose sums are held at a time: all lists stay in the first cache */
};

/* Spans as positions of their begins, and of the byte behind the space behind them. Vectors are read whole:
 * up to LANES - 1 positions more, all inside the text. */
struct spans {
    const uint32_t *begin, *end;
    size_t count;
};

/* Spans that go on to a level, and which of the chunk they are. */
struct span_list {
    uint32_t begin[CHUNK + LANES], end[CHUNK + LANES];
    uint16_t number[CHUNK + 1];
    size_t count;
};

/* --- terms --- */

/* Low half ^ high half of the 128-bit products of four pairs. */
static inline __m256i fold_products(__m256i a, __m256i b) {
    const __m256i low32 = _mm256_set1_epi64x(0xffffffff);
    __m256i ah = _mm256_srli_epi64(a, 32), bh = _mm256_srli_epi64(b, 32);
    __m256i ll = _mm256_mul_epu32(a, b), lh = _mm256_mul_epu32(a, bh);
    __m256i hl = _mm256_mul_epu32(ah, b), hh = _mm256_mul_epu32(ah, bh);
    __m256i cross = _mm256_add_epi64(_mm256_srli_epi64(ll, 32), _mm256_and_si256(hl, low32));
    cross = _mm256_add_epi64(cross, lh);
    __m256i high = _mm256_add_epi64(_mm256_srli_epi64(hl, 32), _mm256_srli_epi64(cross, 32));
    high = _mm256_add_epi64(high, hh);
    __m256i low = _mm256_blend_epi32(ll, _mm256_shuffle_epi32(cross, 0xa0), 0xaa);
    return _mm256_xor_si256(low, high);
}

static inline __m128i load16(const uint8_t *p) {
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* 16 bytes at each of two positions, every other of at. */
static inline __m256i load_two(const uint8_t *text, const uint32_t *at) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(text + at[0])), load16(text + at[2]), 1);
}

/* The terms of the 16 bytes at text + at[0..4). */
static inline __m256i four_terms(const uint8_t *text, const uint32_t *at, __m256i secret) {
    __m256i even = _mm256_xor_si256(load_two(text, at), secret);
    __m256i odd = _mm256_xor_si256(load_two(text, at + 1), secret);
    return fold_products(_mm256_unpacklo_epi64(even, odd), _mm256_unpackhi_epi64(even, odd));
}

static inline __m256i load_secret(const uint64_t *words) {
    return _mm256_broadcastsi128_si256(load16((const uint8_t *)words));
}

/* sums[i] = the level's terms of span i; whole vectors of LANES. */
static inline void level_terms(const uint8_t *text, unsigned level, const struct spans *spans,
                               uint64_t *sums) {
    const __m256i front_secret = load_secret(wp_xxh3_secret[level]);
    const __m256i back_secret = load_secret(wp_xxh3_secret[level] + 2);
    const uint8_t *front = text + (size_t)16 * level, *back = text - 17 - (size_t)16 * level;
    for (size_t i = 0; i < spans->count; i += LANES) {
        __m256i sum = four_terms(front, spans->begin + i, front_secret);
        sum = _mm256_add_epi64(sum, four_terms(back, spans->end + i, back_secret));
        _mm256_storeu_si256((__m256i *)(void *)(sums + i), sum);
    }
}

/* --- levels --- */

/* Those spans that are longer than `above`, and not too long for terms. */
static inline void press(const struct spans *from, const uint16_t *number, unsigned above,
                         struct span_list *to) {
    const uint32_t *begin = from->begin, *end = from->end;
    size_t n = 0, count = from->count;
    for (size_t i = 0; i < count; i++) {
        uint32_t b = begin[i], e = end[i];
        to->begin[n] = b;
        to->end[n] = e;
        to->number[n] = number ? number[i] : (uint16_t)i;
        n += e - b - above - 2 < WP_XXH3_LEN_MAX - above;
    }
    memset(to->begin + n, 0, LANES * sizeof *to->begin);
    memset(to->end + n, 0, LANES * sizeof *to->end);
    to->count = n;
}

/* Adds the terms of all levels but the first to the sums of the spans that have them. */
static void add_levels(const uint8_t *text, const struct spans *spans, uint64_t *sums) {
    struct span_list lists[2];
    uint64_t terms[CHUNK + LANES];
    struct spans from = *spans;
    const uint16_t *number = NULL;
    for (unsigned level = 1; level < WP_XXH3_LEVELS; level++) {
        struct span_list *list = &lists[level % 2];
        press(&from, number, 32 * level, list);
        if (list->count == 0) return;
        from = (struct spans){list->begin, list->end, list->count};
        number = list->number;
        level_terms(text, level, &from, terms);
        for (size_t i = 0; i < from.count; i++) sums[number[i]] += terms[i];
    }
}

/* --- spans --- */

/* Low halves of the products of 64-bit numbers. */
static inline __m256i multiply(__m256i a, uint64_t by) {
    const __m256i low = _mm256_set1_epi64x((long long)by), high = _mm256_set1_epi64x((long long)(by >> 32));
    __m256i cross = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), low);
    cross = _mm256_add_epi64(cross, _mm256_mul_epu32(a, high));
    return _mm256_add_epi64(_mm256_mul_epu32(a, low), _mm256_slli_epi64(cross, 32));
}

static inline __m256i mix(__m256i sum, __m128i length) {
    __m256i h = _mm256_add_epi64(sum, multiply(_mm256_cvtepu32_epi64(length), WP_XXH3_LENGTH_FACTOR));
    h = multiply(_mm256_xor_si256(h, _mm256_srli_epi64(h, 37)), WP_XXH3_MIX_FACTOR);
    return _mm256_xor_si256(h, _mm256_srli_epi64(h, 32));
}

/* Hashes of at most CHUNK spans; hashes has LANES more. */
static void hash_chunk(const uint8_t *text, const struct spans *spans, uint64_t *hashes) {
    const uint32_t *begin = spans->begin, *end = spans->end;
    const size_t count = spans->count;
    uint64_t sums[CHUNK + LANES];
    level_terms(text, 0, spans, sums);
    add_levels(text, spans, sums);
    for (size_t i = 0; i < count; i += LANES) {
        __m128i length =
            _mm_sub_epi32(load16((const uint8_t *)(end + i)), load16((const uint8_t *)(begin + i)));
        length = _mm_sub_epi32(length, _mm_set1_epi32(1));
        __m256i sum = _mm256_loadu_si256((const __m256i *)(const void *)(sums + i));
        _mm256_storeu_si256((__m256i *)(void *)(hashes + i), mix(sum, length));
        __m128i usual = _mm_and_si128(_mm_cmpgt_epi32(length, _mm_set1_epi32(WP_XXH3_LEN_MIN - 1)),
                                      _mm_cmpgt_epi32(_mm_set1_epi32(WP_XXH3_LEN_MAX + 1), length));
        unsigned other = 15 ^ (unsigned)_mm_movemask_ps(_mm_castsi128_ps(usual));
        for (; __builtin_expect(other != 0, 0); other &= other - 1) {
            size_t k = i + (unsigned)__builtin_ctz(other);
            if (k < count) hashes[k] = wp_hash64(text + begin[k], end[k] - begin[k] - 1);
        }
    }
}

static void hash_spans(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes) {
    for (size_t at = 0; at < count; at += CHUNK) {
        const uint32_t *begin = tokens->starts + at;
        struct spans spans = {begin, begin + width, count - at < CHUNK ? count - at : CHUNK};
        hash_chunk(tokens->text, &spans, hashes + at);
    }
}

/* --- MinHash --- */

/* WP_SKETCH_BIN is the first byte of a hash in memory, WP_SKETCH_KEY the four behind it. */
static inline void lower(uint32_t *least, const uint64_t *hash) {
    uint32_t key;
    uint8_t bin;
    memcpy(&bin, hash, 1);
    memcpy(&key, (const uint8_t *)hash + 1, sizeof key);
    uint32_t old = least[bin];
    least[bin] = key < old ? key : old;
}

/* Neighbours go into tables of their own, so that a bin is hardly ever read just after it was written. */
static void sketch_hashes(const uint64_t *hashes, size_t count, uint8_t *sketch) {
    uint32_t even[WP_SKETCH_BINS], odd[WP_SKETCH_BINS];
    memset(even, 255, sizeof even);
    memset(odd, 255, sizeof odd);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        lower(even, &hashes[i]);
        lower(odd, &hashes[i + 1]);
        lower(even, &hashes[i + 2]);
        lower(odd, &hashes[i + 3]);
    }
    for (; i < count; i++) lower(even, &hashes[i]);
    for (size_t k = 0; k < WP_SKETCH_BINS; k++) {
        uint32_t key = even[k] < odd[k] ? even[k] : odd[k], value = (key & 255) + 1;
        value = value == 256 ? 1 : value; /* 1 + (key & 255) % 255 */
        sketch[k] = (uint8_t)(key == WP_SKETCH_EMPTY ? 0 : value);
    }
}

/* --- selection --- */

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
