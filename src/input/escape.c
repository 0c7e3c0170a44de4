/*
 * escape.c - see escape.h.
 *
 * Text is copied sixteen bytes at a time, backslash or not; where there is one, both sides are set behind it
 * and go on from there. News has one escape in some hundred bytes, each of which costs a branch that cannot
 * be foreseen; the AVX-512 kernel (escape_avx512.c) has none.
 */
#include "input/escape.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define STEP 16
#define BAD_HEX 0xffffffffu
#define REPLACEMENT 0xfffdu

_Static_assert(STEP <= WP_ESCAPE_PADDING, "steps stay in the padding");

/* A bit for each of the 16 bytes at s that is a backslash; the first byte is bit 0. */
#ifdef __SSE2__
static inline unsigned backslashes(const uint8_t *s) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)s);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}
#else
static inline unsigned backslashes(const uint8_t *s) {
    unsigned bits = 0;
    for (unsigned i = 0; i < STEP; i++) bits |= (unsigned)(s[i] == '\\') << i;
    return bits;
}
#endif

size_t wp_escape_find(const uint8_t *s, size_t len) {
    for (size_t i = 0; i < len; i += STEP) {
        unsigned bits = backslashes(s + i);
        if (bits) {
            size_t at = i + (size_t)__builtin_ctz(bits);
            return at < len ? at : len;
        }
    }
    return len;
}

static uint32_t hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : BAD_HEX;
}

/* The four digits at s, or a value above 0xffff. */
static uint32_t hex4(const uint8_t *s) {
    uint32_t a = hex_digit(s[0]), b = hex_digit(s[1]), c = hex_digit(s[2]), d = hex_digit(s[3]);
    return (a | b | c | d) == BAD_HEX ? BAD_HEX : a << 12 | b << 8 | c << 4 | d;
}

static size_t put_utf8(uint8_t *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (c & 63));
    return 4;
}

/* What a letter behind a backslash stands for; 0 = u, or nothing. */
static const uint8_t letters[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* \uXXXX, or two of them that are a pair. */
static size_t read_hex(const uint8_t *s, size_t left, uint32_t *c) {
    if (left < 6 || s[1] != 'u' || (*c = hex4(s + 2)) > 0xffff) return 0;
    if (*c < 0xd800 || *c > 0xdfff) return 6;
    if (*c < 0xdc00 && left >= 12 && s[6] == '\\' && s[7] == 'u') {
        uint32_t low = hex4(s + 8);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
            return 12;
        }
    }
    *c = REPLACEMENT;
    return 6;
}

size_t wp_escape_one(const uint8_t *s, size_t left, uint8_t *out, size_t *put) {
    uint32_t c = 0;
    if (left < 2) return 0;
    out[0] = letters[s[1]];
    *put = 1;
    if (out[0]) return 2;
    size_t n = read_hex(s, left, &c);
    if (n) *put = put_utf8(out, c);
    return n;
}

wp_escape_decoder *wp_escape_choose(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level >= WP_CPU_AVX512) return wp_escape_decode_avx512;
#endif
    (void)level;
    return wp_escape_decode;
}

bool wp_escape_check(const uint8_t *s, size_t len) {
    uint8_t out[4];
    size_t put;
    for (size_t i = wp_escape_find(s, len); i < len; i += wp_escape_find(s + i, len - i)) {
        size_t n = wp_escape_one(s + i, len - i, out, &put);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

bool wp_escape_decode(const uint8_t *s, size_t len, uint8_t *out, size_t *out_len) {
    size_t i = 0, o = 0;
    while (i < len) {
        unsigned bits = backslashes(s + i);
        memcpy(out + o, s + i, STEP);
        size_t plain = bits ? (size_t)__builtin_ctz(bits) : STEP;
        if (plain >= len - i) {
            o += len - i;
            break;
        }
        i += plain;
        o += plain;
        if (!bits) continue;
        size_t put, n = wp_escape_one(s + i, len - i, out + o, &put);
        if (n == 0) return false;
        i += n;
        o += put;
    }
    *out_len = o;
    return true;
}
