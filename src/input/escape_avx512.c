/*
 * escape_avx512.c - escapes of 64 bytes at once, bit-equal to wp_escape_decode.
 *
 * In each block the backslashes that begin an escape are found by arithmetic on the mask of all backslashes
 * (in a run of them, every second one is itself escaped), the letters behind them go through a table, and the
 * backslashes are squeezed out: no branch depends on where they are. Only \u and errors leave that path.
 *
 *     s        a  \  n  b  \  \  \  "  c
 *     begins      1        1     1            squeezed out
 *     escaped        1        1     1         through the table: LF, \, "
 */
#include "input/escape.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define BLOCK 64

/* What the seven-bit letters stand for, 0 = not a short escape. */
static const uint8_t letters[128] __attribute__((aligned(64))) = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The bytes that a backslash stands before. *carry: the block before ended in a backslash that begins an
 * escape; set for the block behind. */
static inline uint64_t find_escaped(uint64_t backslash, uint64_t *carry) {
    const uint64_t even = 0x5555555555555555u;
    backslash &= ~*carry;
    uint64_t follows = backslash << 1 | *carry;
    uint64_t odd_starts = backslash & ~even & ~follows, ends;
    *carry = __builtin_add_overflow(odd_starts, backslash, &ends);
    return (even ^ ends << 1) & follows;
}

/* Writes the block without the bytes in `drop`. Returns how many are left of `all`. */
static inline size_t squeeze(uint8_t *out, __m512i bytes, uint64_t keep) {
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(keep, bytes));
    return (size_t)__builtin_popcountll(keep);
}

bool wp_escape_decode_avx512(const uint8_t *s, size_t len, uint8_t *out, size_t *out_len) {
    const __m512i low = _mm512_load_si512(letters), high = _mm512_load_si512(letters + BLOCK);
    uint64_t carry = 0;
    size_t i = 0, o = 0;
    while (i < len) {
        uint64_t all = len - i >= BLOCK ? ~0ull : (1ull << (len - i)) - 1;
        __m512i bytes = _mm512_loadu_si512(s + i);
        uint64_t backslash = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')) & all;
        uint64_t escaped = find_escaped(backslash, &carry);
        if (escaped & ~all) return false; /* the string ends in a backslash */
        __m512i decoded = _mm512_permutex2var_epi8(low, bytes, high);
        uint64_t odd = escaped & (_mm512_testn_epi8_mask(decoded, decoded) | _mm512_movepi8_mask(bytes));
        uint64_t keep = all & ~(backslash & ~escaped);
        bytes = _mm512_mask_mov_epi8(bytes, escaped, decoded);
        if (!odd) {
            o += squeeze(out + o, bytes, keep);
            i += BLOCK;
            continue;
        }
        /* Up to the backslash of the first odd one as usual, then one by one while they come in a row. */
        size_t at = (size_t)__builtin_ctzll(odd), put, n;
        o += squeeze(out + o, bytes, keep & ((1ull << at) - 1));
        i += at - 1; /* one block back when at is 0: that backslash was the last byte of it */
        do {
            n = wp_escape_one(s + i, len - i, out + o, &put);
            if (n == 0) return false;
            i += n;
            o += put;
        } while (i < len && s[i] == '\\');
        carry = 0;
    }
    *out_len = o;
    return !carry;
}

#endif
