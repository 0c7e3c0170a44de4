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

/* Spans as positions of their begins, and of the byte behind the space behind them. Vectors are read whole:
 * up to LANES - 1 positions more, all inside the text. */
struct spans {
    const uint32_t *begin, *end;
    size_t count;
};

/* Room for a list of spans. */
struct span_list {
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
    __m256i high =
        _mm256_inserti128_si256(_mm256_castsi128_si256(load16(text + at[4])), load16(text + at[6]), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
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
static inline void level_terms(const uint8_t *text, unsigned level, const struct spans *spans,
                               uint64_t *sums) {
    const __m512i front_secret = load_secret(wp_xxh3_secret[level]);
    const __m512i back_secret = load_secret(wp_xxh3_secret[level] + 2);
    const uint8_t *front = text + (size_t)16 * level, *back = text - 17 - (size_t)16 * level;
    for (size_t i = 0; i < spans->count; i += LANES) {
        __m512i sum = eight_terms(front, spans->begin + i, front_secret);
        sum = _mm512_add_epi64(sum, eight_terms(back, spans->end + i, back_secret));
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

static inline __m256i span_lengths(const struct spans *spans, size_t i) {
    __m256i with_space = _mm256_sub_epi32(load_u32(spans->end + i), load_u32(spans->begin + i));
    return _mm256_sub_epi32(with_space, _mm256_set1_epi32(1));
}

/* Presses the spans longer than `above`, and not too long for terms, into *to; bit i % LANES of which[i /
 * LANES] tells whether span i went there. */
static inline size_t press(const struct spans *from, unsigned above, struct span_list *to, __mmask8 *which) {
    const __m256i least = _mm256_set1_epi32((int)above + 1);
    const __m256i width = _mm256_set1_epi32(WP_XXH3_LEN_MAX - (int)above);
    size_t n = 0;
    for (size_t i = 0; i < from->count; i += LANES) {
        __mmask8 m = _mm256_cmplt_epu32_mask(_mm256_sub_epi32(span_lengths(from, i), least), width);
        which[i / LANES] = m;
        store_u32(to->begin + n, _mm256_maskz_compress_epi32(m, load_u32(from->begin + i)));
        store_u32(to->end + n, _mm256_maskz_compress_epi32(m, load_u32(from->end + i)));
        n += (size_t)_mm_popcnt_u32(m);
    }
    store_u32(to->begin + n, _mm256_setzero_si256());
    store_u32(to->end + n, _mm256_setzero_si256());
    return n;
}

/* sums[i] += terms[k] for the k-th span i that `which` has. */
static inline void add_pressed(uint64_t *sums, size_t count, const __mmask8 *which, const uint64_t *terms) {
    for (size_t i = 0; i < count; i += LANES) {
        __mmask8 m = which[i / LANES];
        __m512i add = _mm512_loadu_si512(terms);
        __asm__("" : "+v"(add)); /* keeps the load apart: vpexpandq from memory is many times slower */
        add = _mm512_add_epi64(_mm512_loadu_si512(sums + i), _mm512_maskz_expand_epi64(m, add));
        _mm512_storeu_si512(sums + i, add);
        terms += _mm_popcnt_u32(m);
    }
}

/* Adds the terms of `level` and of those above it to the sums of the spans that have them. */
static inline __attribute__((always_inline)) void
add_level(const uint8_t *text, unsigned level, const struct spans *spans, uint64_t *sums,
          void (*add_next)(const uint8_t *, const struct spans *, uint64_t *)) {
    struct span_list list;
    __mmask8 which[CHUNK / LANES + 1];
    uint64_t terms[CHUNK + LANES];
    struct spans more = {list.begin, list.end, press(spans, 32 * level, &list, which)};
    if (more.count == 0) return;
    level_terms(text, level, &more, terms);
    if (add_next) add_next(text, &more, terms);
    add_pressed(sums, spans->count, which, terms);
}

static void add_level3(const uint8_t *text, const struct spans *spans, uint64_t *sums) {
    add_level(text, 3, spans, sums, NULL);
}

static void add_level2(const uint8_t *text, const struct spans *spans, uint64_t *sums) {
    add_level(text, 2, spans, sums, add_level3);
}

/* --- spans --- */

static inline __m512i mix(__m512i sum, __m256i length) {
    const __m512i factor = _mm512_set1_epi64((long long)WP_XXH3_LENGTH_FACTOR);
    const __m512i mixer = _mm512_set1_epi64((long long)WP_XXH3_MIX_FACTOR);
    __m512i h = _mm512_add_epi64(sum, _mm512_mullo_epi64(_mm512_cvtepu32_epi64(length), factor));
    h = _mm512_mullo_epi64(_mm512_xor_si512(h, _mm512_srli_epi64(h, 37)), mixer);
    return _mm512_xor_si512(h, _mm512_srli_epi64(h, 32));
}

/* Hashes of at most CHUNK spans; hashes has LANES more. */
static void hash_chunk(const uint8_t *text, const struct spans *spans, uint64_t *hashes) {
    const __m256i least = _mm256_set1_epi32(WP_XXH3_LEN_MIN);
    const __m256i most = _mm256_set1_epi32(WP_XXH3_LEN_MAX);
    uint64_t sums[CHUNK + LANES];
    level_terms(text, 0, spans, sums);
    add_level(text, 1, spans, sums, add_level2);
    for (size_t i = 0; i < spans->count; i += LANES) {
        __m256i length = span_lengths(spans, i);
        _mm512_storeu_si512(hashes + i, mix(_mm512_loadu_si512(sums + i), length));
        /* By vectors and movemask: gcc 12 may reload a spilled 8-bit mask register as 32 bits. */
        __m256i unusual =
            _mm256_or_si256(_mm256_cmpgt_epi32(least, length), _mm256_cmpgt_epi32(length, most));
        unsigned other = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(unusual));
        if (__builtin_expect(other == 0, 1)) continue;
        if (spans->count - i < LANES) other &= (1u << (spans->count - i)) - 1;
        for (; other; other &= other - 1) {
            size_t k = i + (unsigned)__builtin_ctz(other);
            hashes[k] = wp_hash64(text + spans->begin[k], spans->end[k] - spans->begin[k] - 1);
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

/* Sketch values of 16 bins. */
static inline __m128i sketch_values(__m512i key) {
    const __m512i byte = _mm512_set1_epi32(255), one = _mm512_set1_epi32(1);
    __m512i v = _mm512_and_si512(key, byte);
    v = _mm512_maskz_mov_epi32(_mm512_cmpneq_epi32_mask(v, byte), v); /* % 255 */
    v = _mm512_maskz_add_epi32(_mm512_cmpneq_epi32_mask(key, _mm512_set1_epi32(-1)), v, one);
    return _mm512_cvtepi32_epi8(v);
}

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
