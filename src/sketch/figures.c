/* figures.c - see figures.h. */
#include "sketch/figures.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#include "base/hash.h"

enum { FIND_STEP = 64 }; /* as many bytes are readable behind a text (tokens.h) */

/* Bytes of the digit that stands at text[at], 0 when none does. */
static unsigned digit_at(const uint8_t *text, size_t at) {
    uint8_t c = text[at], next = text[at + 1];
    if (c >= '0' && c <= '9') return 1;
    return (c == 0xd9 && next >= 0xa0 && next <= 0xa9) || (c == 0xdb && next >= 0xb0 && next <= 0xb9) ? 2 : 0;
}

#if defined(__SSE2__)
/* Where among 16 bytes a digit or the first byte of one stands. */
static inline __m128i digits_among(__m128i bytes) {
    __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8('0')); /* a digit is 0 to 9 now */
    __m128i ascii = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(9)), above);
    __m128i arabic = _mm_cmpeq_epi8(_mm_or_si128(bytes, _mm_set1_epi8(2)), _mm_set1_epi8((char)0xdb));
    return _mm_or_si128(ascii, arabic); /* d9 or db */
}

static inline __m128i load16(const uint8_t *text) {
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}
#endif

/* The first place from `at` on where a digit or the first byte of one stands, `len` when there is none. Up to
 * FIND_STEP bytes behind the text are read. */
static size_t find_digit(const uint8_t *text, size_t at, size_t len) {
#if defined(__SSE2__)
    for (; at < len; at += FIND_STEP) {
        __m128i a = digits_among(load16(text + at)), b = digits_among(load16(text + at + 16));
        __m128i c = digits_among(load16(text + at + 32)), d = digits_among(load16(text + at + 48));
        if (!_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d)))) continue;
        uint64_t mask =
            (uint64_t)(unsigned)_mm_movemask_epi8(a) | (uint64_t)(unsigned)_mm_movemask_epi8(b) << 16 |
            (uint64_t)(unsigned)_mm_movemask_epi8(c) << 32 | (uint64_t)(unsigned)_mm_movemask_epi8(d) << 48;
        at += (size_t)__builtin_ctzll(mask);
        return at < len ? at : len;
    }
    return len;
#else
    while (at < len && !(text[at] >= '0' && text[at] <= '9') && text[at] != 0xd9 && text[at] != 0xdb) at++;
    return at;
#endif
}

static void insert(struct wp_figures *f, uint16_t hash) {
    unsigned at = 0;
    while (at < f->count && f->lowest[at] < hash) at++;
    if (at < f->count && f->lowest[at] == hash) return;
    f->more |= f->count == WP_FIGURES_MAX;
    if (at == WP_FIGURES_MAX) return;
    unsigned kept = f->count < WP_FIGURES_MAX ? f->count : WP_FIGURES_MAX - 1;
    memmove(f->lowest + at + 1, f->lowest + at, (kept - at) * sizeof *f->lowest);
    f->lowest[at] = hash;
    f->count = (uint8_t)(kept + 1);
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

void wp_figures_take(struct wp_figures *figures, const struct wp_tokens *tokens) {
    const uint8_t *text = tokens->text;
    size_t len = tokens->text_len;
    *figures = (struct wp_figures){.count = 0};
    for (size_t at = 0; (at = find_digit(text, at, len)) < len;) {
        bool begins = at == 0 || text[at - 1] == ' ';
        size_t end = begins ? figure_end(text, at, len) : at;
        if (end > at + digit_at(text, at)) insert(figures, (uint16_t)wp_hash64(text + at, end - at));
        at = end > at ? end : at + 1;
    }
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
