/* figures.c - see figures.h. */
#include "sketch/figures.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include "base/hash.h"

enum { STEP = 64 }; /* bytes looked at together; as many are readable behind a text (tokens.h) */

/* Bytes of the digit that stands at text[at], 0 when none does. */
static unsigned digit_at(const uint8_t *text, size_t at) {
    uint8_t c = text[at], next = text[at + 1];
    if (c >= '0' && c <= '9') return 1;
    return (c == 0xd9 && next >= 0xa0 && next <= 0xa9) || (c == 0xdb && next >= 0xb0 && next <= 0xb9) ? 2 : 0;
}

#if defined(__SSE2__)
static inline __m128i load16(const uint8_t *text) {
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}

/* Where among 16 bytes a digit stands. */
static inline __m128i ascii_digits(__m128i bytes) {
    __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8('0')); /* a digit is 0 to 9 now */
    return _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(9)), above);
}

/* Where among 16 bytes the first byte of an Arabic digit may stand: d9 or db, and behind it no letter, of
 * which Arabic text is full, but a byte from a0 on. */
static inline __m128i arabic_digits(__m128i bytes, __m128i next) {
    __m128i leads = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(2)), _mm_set1_epi8((char)0xdb));
    return _mm_and_si128(leads, _mm_cmpeq_epi8(_mm_max_epu8(next, _mm_set1_epi8((char)0xa0)), next));
}

/* Bit i: at text[i], of STEP bytes, a digit or the first byte of one may stand. STEP + 1 bytes are read. */
static uint64_t digits_among(const uint8_t *text) {
    __m128i bytes[4], digits[4];
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++) bytes[i] = load16(text + 16 * i);
    for (unsigned i = 0; i < 4; i++) digits[i] = ascii_digits(bytes[i]);
    __m128i any = _mm_or_si128(_mm_or_si128(bytes[0], bytes[1]), _mm_or_si128(bytes[2], bytes[3]));
    if (_mm_movemask_epi8(any)) /* not all of it is ASCII */
        for (unsigned i = 0; i < 4; i++)
            digits[i] = _mm_or_si128(digits[i], arabic_digits(bytes[i], load16(text + 16 * i + 1)));
    for (unsigned i = 0; i < 4; i++) mask |= (uint64_t)(unsigned)_mm_movemask_epi8(digits[i]) << 16 * i;
    return mask;
}
#else
static uint64_t digits_among(const uint8_t *text) {
    uint64_t mask = 0;
    for (unsigned i = 0; i < STEP; i++)
        mask |= (uint64_t)((text[i] >= '0' && text[i] <= '9') || text[i] == 0xd9 || text[i] == 0xdb) << i;
    return mask;
}
#endif

/* The lowest hashes so far, ascending, the largest numbers behind them, and room to move them whole. */
struct lowest {
    uint16_t hashes[2 * WP_FIGURES_MAX + 1];
    unsigned count;
    bool more;
};

/* Without a step that depends on where the hash belongs: all are compared, and as many moved. */
static inline void insert(struct lowest *l, uint16_t hash) {
    unsigned at = 0;
    uint16_t moved[WP_FIGURES_MAX];
    for (unsigned i = 0; i < WP_FIGURES_MAX; i++) at += l->hashes[i] < hash;
    if (at < l->count && l->hashes[at] == hash) return;
    memcpy(moved, l->hashes + at, sizeof moved);
    memcpy(l->hashes + at + 1, moved, sizeof moved);
    l->hashes[at] = hash;
    l->more |= l->count == WP_FIGURES_MAX;
    l->count += l->count < WP_FIGURES_MAX;
}

/* Where the figure that begins at text[at] ends: behind its last digit. */
static size_t figure_end(const uint8_t *text, size_t at, size_t len) {
    size_t end = at;
    for (unsigned digit; at < len && (digit = digit_at(text, at));) {
        at += digit;
        end = at;
        if (at < len && text[at] == ' ') at++; /* the next token goes on if it is a number */
    }
    return end;
}

/* The same, from the digits of the step it begins in: most figures are one run of ASCII digits there. */
static inline size_t figure_end_in(const uint8_t *text, size_t at, size_t len, uint64_t digits,
                                   unsigned bit) {
    uint64_t others = ~(digits >> bit);
    unsigned run = others ? (unsigned)__builtin_ctzll(others) : STEP;
    size_t end = at + run;
    bool one = bit + run < STEP && text[end - 1] <= '9' && !(text[end] == ' ' && digit_at(text, end + 1));
    return one ? end : figure_end(text, at, len);
}

/* A figure begins where a token does. Of a run of digits only the first can be at such a place. */
void wp_figures_take(struct wp_figures *figures, const struct wp_tokens *tokens) {
    const uint8_t *text = tokens->text;
    size_t len = tokens->text_len, done = 0;
    uint64_t before = 0; /* 1: a digit stands before this step */
    struct lowest lowest = {.count = 0};
    memset(lowest.hashes, 0xff, sizeof lowest.hashes);
    for (size_t first = 0; first < len; first += STEP) {
        uint64_t digits = digits_among(text + first), starts = digits & ~(digits << 1 | before);
        before = digits >> (STEP - 1);
        for (; starts; starts &= starts - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(starts);
            size_t at = first + bit;
            if (at >= len) break;
            if (at < done || (at && text[at - 1] != ' ')) continue;
            done = figure_end_in(text, at, len, digits, bit);
            if (done > at + digit_at(text, at)) insert(&lowest, (uint16_t)wp_hash64(text + at, done - at));
        }
    }
    *figures = (struct wp_figures){.count = (uint8_t)lowest.count, .more = lowest.more};
    memcpy(figures->lowest, lowest.hashes, lowest.count * sizeof *lowest.hashes);
}

struct wp_figures_shared wp_figures_compare(const struct wp_figures *a, const struct wp_figures *b) {
    unsigned limit = UINT16_MAX, in_a = 0, in_b = 0, common = 0;
    if (a->more) limit = a->lowest[a->count - 1];
    if (b->more && b->lowest[b->count - 1] < limit) limit = b->lowest[b->count - 1];
    while (in_a < a->count && a->lowest[in_a] <= limit) in_a++;
    while (in_b < b->count && b->lowest[in_b] <= limit) in_b++;
    for (unsigned i = 0, j = 0; i < in_a && j < in_b;) {
        unsigned x = a->lowest[i], y = b->lowest[j];
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    return (struct wp_figures_shared){in_a < in_b ? in_a : in_b, common};
}
