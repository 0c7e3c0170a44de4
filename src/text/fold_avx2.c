/*
 * fold_avx2.c - the folding kernel for AVX2: 32 bytes at a time.
 *
 * Like fold_avx512.c, with bit masks of a block, but bytes are pressed together eight at a time by a table of
 * shuffles, and characters outside ASCII are looked up one by one. A block in which there are more than a few
 * of those, or one that the masks cannot express, goes through wp_fold_step, which is as fast for them.
 */
#include "text/fold.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

enum {
    BLOCK = 32,
    WIDE_MAX = 9, /* bytes outside ASCII in a block of masks */
    A_WHILE = 96, /* bytes that go through the portable code when there are more */
    DENSE = 16,   /* with more than these, running text in another script: */
    LONG_WHILE = 512,
    AT_ONCE = 6, /* token starts written without asking whether they are there */
};

/* Shuffle that moves the bytes of the bits in m (0..255) to the front. */
#define BITS(m)                                                                                              \
    (((m)&1) + ((m) >> 1 & 1) + ((m) >> 2 & 1) + ((m) >> 3 & 1) + ((m) >> 4 & 1) + ((m) >> 5 & 1) +          \
     ((m) >> 6 & 1))
#define MOVE(m, k) ((uint64_t)((m) >> (k)&1) * (k) << 8 * BITS((m) & ((1 << (k)) - 1)))
#define ROW(m) (MOVE(m, 1) | MOVE(m, 2) | MOVE(m, 3) | MOVE(m, 4) | MOVE(m, 5) | MOVE(m, 6) | MOVE(m, 7))
#define ROWS4(m) ROW(m), ROW((m) + 1), ROW((m) + 2), ROW((m) + 3)
#define ROWS16(m) ROWS4(m), ROWS4((m) + 4), ROWS4((m) + 8), ROWS4((m) + 12)
#define ROWS64(m) ROWS16(m), ROWS16((m) + 16), ROWS16((m) + 32), ROWS16((m) + 48)
static const uint64_t press_table[256] = {ROWS64(0), ROWS64(64), ROWS64(128), ROWS64(192)};

static inline uint32_t below(unsigned n) {
    return _bzhi_u32(~(uint32_t)0, n);
}

static inline unsigned count_bits(uint32_t m) {
    return (unsigned)_mm_popcnt_u32(m);
}

static inline uint8_t *press8(uint8_t *to, __m128i bytes, uint32_t keep) {
    __m128i by = _mm_loadl_epi64((const __m128i *)(const void *)&press_table[keep & 255]);
    _mm_storel_epi64((__m128i *)(void *)to, _mm_shuffle_epi8(bytes, by));
    return to + count_bits(keep & 255);
}

static inline void put_starts(struct wp_fold *f, uint32_t first, uint32_t keep) {
    uint32_t *starts = f->starts + f->count, base = (uint32_t)f->out;
    f->count += count_bits(first);
    for (int k = 0; k < AT_ONCE; k++) {
        *starts++ = base + count_bits(_bzhi_u32(keep, _tzcnt_u32(first)));
        first = _blsr_u32(first);
    }
    for (; first; first = _blsr_u32(first)) *starts++ = base + count_bits(_bzhi_u32(keep, _tzcnt_u32(first)));
}

/* The first `settled` bytes; `word` has no bits behind them. */
static inline void put_words(struct wp_fold *f, __m256i bytes, uint32_t word, unsigned settled) {
    uint32_t before = word << 1 | f->open, keep = (word | before) & below(settled);
    put_starts(f, word & ~before, keep);
    uint8_t *to = f->text + f->out;
    __m128i low = _mm256_castsi256_si128(bytes), high = _mm256_extracti128_si256(bytes, 1);
    to = press8(to, low, keep);
    to = press8(to, _mm_unpackhi_epi64(low, low), keep >> 8);
    to = press8(to, high, keep >> 16);
    to = press8(to, _mm_unpackhi_epi64(high, high), keep >> 24);
    f->out = (size_t)(to - f->text);
    f->open = word >> (settled - 1) & 1;
}

/* Whether c < b < d for ASCII bytes b of v. */
static inline __m256i between(__m256i v, char c, char d) {
    return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8(c)),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8(d), v));
}

/* Adds the word bytes of what is not ASCII to *word. Returns how many bytes of the block are settled: up to
 * the last starter before the first character that is not plainly part of a word or plainly not. */
static unsigned look_up(const struct wp_fold *f, uint32_t high, uint32_t *word) {
    const uint8_t *in = f->in + f->pos;
    size_t left = f->len - f->pos;
    uint32_t rest = high;
    unsigned last = BLOCK; /* where the last character outside ASCII begins */
    while (rest) {
        unsigned at = _tzcnt_u32(rest);
        uint32_t c;
        unsigned n = at < left ? wp_utf8_decode(in + at, left - at, &c) : 0;
        uint8_t brief = n == 2 || n == 3 ? f->unicode->brief[c] : WP_BRIEF_SPECIAL;
        if (brief & ~WP_BRIEF_WORD || at + n > BLOCK)
            return last != BLOCK && at && (high >> (at - 1) & 1) ? last : at ? at - 1 : 0;
        uint32_t bytes = below(n) << at;
        if (brief) *word |= bytes;
        rest &= ~bytes;
        last = at;
    }
    return high >> (BLOCK - 1) ? last : BLOCK - 1;
}

static bool fold_mixed(struct wp_fold *f, __m256i v, __m256i folded, uint32_t word) {
    uint32_t high = (uint32_t)_mm256_movemask_epi8(v);
    if (count_bits(high) > WIDE_MAX) return false;
    unsigned settled = look_up(f, high, &word);
    if (settled == 0) return false;
    word &= below(settled);
    /* Separators that are kept must be spaces; of a wide one the first byte is kept. */
    __m256i wide = _mm256_blendv_epi8(folded, v, v);
    uint32_t spaces = ~word;
    __m256i picks = _mm256_shuffle_epi8(_mm256_set1_epi32((int)spaces),
                                        _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
                                                         2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3));
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i blank = _mm256_cmpeq_epi8(_mm256_and_si256(picks, bit), bit);
    put_words(f, _mm256_blendv_epi8(wide, _mm256_set1_epi8(' '), blank), word, settled);
    f->pos += settled;
    return true;
}

/* A whole block at f->pos. */
static inline void fold_block(struct wp_fold *f, __m256i v) {
    __m256i lower = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
    __m256i words = _mm256_or_si256(between(lower, 'a' - 1, 'z' + 1), between(v, '0' - 1, '9' + 1));
    __m256i folded = _mm256_blendv_epi8(_mm256_set1_epi8(' '), lower, words);
    uint32_t word = (uint32_t)_mm256_movemask_epi8(words);
    if (_mm256_movemask_epi8(v)) {
        if (fold_mixed(f, v, folded, word)) return;
        bool dense = count_bits((uint32_t)_mm256_movemask_epi8(v)) > DENSE;
        wp_fold_step(f, f->pos + (dense ? LONG_WHILE : A_WHILE));
        return;
    }
    unsigned settled = f->len - f->pos > BLOCK && f->in[f->pos + BLOCK] >= 0x80 ? BLOCK - 1 : BLOCK;
    put_words(f, folded, word & below(settled), settled);
    f->pos += settled;
}

void wp_fold_avx2(struct wp_fold *f) {
    while (f->len - f->pos >= BLOCK && f->status == WP_OK)
        fold_block(f, _mm256_loadu_si256((const __m256i *)(const void *)(f->in + f->pos)));
    if (f->pos < f->len && f->status == WP_OK) wp_fold_step(f, f->len);
}

#endif
