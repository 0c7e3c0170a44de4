/*
 * unicode.h - what each code point does to the token stream; the only place that includes utf8proc.
 *
 * The token stream of a text is NFKC(casefold(NFKC(text))), then a class for each code point. Nearly every
 * code point can be settled alone, by one table word: it is a separator, it stands for itself, it vanishes,
 * it becomes a fixed string. What cannot (a mark that composes with what is before it, marks out of order) is
 * settled by wp_unicode_normalize on its segment: a starter and the non-starters behind it. Text may be cut
 * before any starter (wp_unicode_entry without WP_CHAR_NONSTARTER): normalisation never reaches across.
 *
 * The table is filled once, at the first call of wp_unicode_get (about a millisecond), and never changes.
 */
#ifndef WP_TEXT_UNICODE_H
#define WP_TEXT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

/* Low three bits of an entry. */
enum wp_char_kind {
    WP_CHAR_SEPARATOR = 0, /* ends a token */
    WP_CHAR_JOIN = 1,      /* itself, joins its neighbours */
    WP_CHAR_ALONE = 2,     /* itself, a token by itself */
    WP_CHAR_VANISH = 3,    /* nothing, the neighbours join */
    WP_CHAR_MAP = 4,       /* wp_unicode_text: code points that join, 0x20 where a token ends */
    WP_CHAR_MAP_ALONE = 5, /* wp_unicode_text: one code point that is a token by itself */
    WP_CHAR_SLOW = 6,      /* its segment goes through wp_unicode_normalize, also when it stands alone */
};

enum {
    WP_CHAR_KIND_MASK = 7,
    WP_CHAR_NONSTARTER = 8, /* may interact with what is before it */
    WP_CHAR_DIGIT = 16,     /* general category Nd, and stands for itself */
    WP_CHAR_CLOSED = 32,    /* a starter that must be normalised together with non-starters behind it */
    WP_CHAR_CCC_SHIFT = 8,  /* of a non-starter of kind JOIN or ALONE: canonical combining class, 8 bits */
};

/* What the vector kernels need to know of a code point below 0x10000, in one byte; 0 is a separator. */
enum {
    WP_BRIEF_WORD = 1,    /* itself, part of a token */
    WP_BRIEF_ALONE = 2,   /* with WORD: a token by itself */
    WP_BRIEF_MARK = 4,    /* with WORD: a non-starter that stays as it is unless another is beside it */
    WP_BRIEF_SPECIAL = 8, /* none of these: see the entry */
    WP_BRIEF_VANISH = 16, /* nothing */
    WP_BRIEF_RAISED = 32, /* with WORD: becomes the code point 32 higher, which is as long */
    WP_BRIEF_CODES = 0x10000,
};

/* Scripts that are written without spaces: the ranges of reference/exact_join.py. */
static inline bool wp_unicode_is_alone(uint32_t c) {
    return c >= 0x0e00 &&
           (c <= 0x0eff || (c >= 0x1000 && c <= 0x109f) || (c >= 0x1780 && c <= 0x17ff) ||
            (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x4e00 && c <= 0x9fff) ||
            (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff));
}

enum {
    WP_UNICODE_NEAR = 0x20000,
    WP_UNICODE_PAGE = 64,
    WP_UNICODE_PAGES = WP_UNICODE_NEAR / WP_UNICODE_PAGE
};
enum { WP_UNICODE_POOL_BYTES = 1 << 18 };

/* Where, by 256 code points, the signs and the kana stand that are common in text of Han, and what they are:
 * a token by itself (WORD | ALONE), or a separator. */
enum { WP_UNICODE_HAN_BLOCKS = 3, WP_HAN_SIGN_APART = 1, WP_HAN_SIGN_ALONE = 2 };
static const uint8_t wp_unicode_han_blocks[WP_UNICODE_HAN_BLOCKS] = {0x20, 0x30, 0xff};

/* Constant after it is filled. */
struct wp_unicode {
    uint16_t page[WP_UNICODE_PAGES]; /* code point / 64 -> page number; equal pages are shared */
    uint32_t entry[WP_UNICODE_PAGES][WP_UNICODE_PAGE];
    uint8_t pool[WP_UNICODE_POOL_BYTES]; /* texts of MAP entries, each on a multiple of 4 */
    uint8_t ascii[128];                  /* folded byte, 0 = separator */
    uint8_t brief[WP_BRIEF_CODES];       /* WP_BRIEF_ bits */
    uint8_t even[2][128]; /* one bit per 64 code points: 00 all separators, 10 all WORD, 11 all WORD | ALONE,
                             01 mixed; what two bytes can encode counts as mixed */
    uint32_t han_begin, han_count;                /* the longest run of code points that are WORD | ALONE */
    uint8_t han_signs[WP_UNICODE_HAN_BLOCKS][64]; /* WP_HAN_SIGN_ bits of wp_unicode_han_blocks, two for each,
                                                     the lowest for the first */
    uint16_t pages;                               /* in use */
    uint32_t pool_used;
};

/* The table; never NULL. Any thread. */
const struct wp_unicode *wp_unicode_get(void);

/* Entry of a code point from 0x20000 on, computed. */
uint32_t wp_unicode_entry_far(uint32_t c);

/* Entry of any value; what is no code point is a separator. */
static inline uint32_t wp_unicode_entry(const struct wp_unicode *u, uint32_t c) {
    return c < WP_UNICODE_NEAR ? u->entry[u->page[c / WP_UNICODE_PAGE]][c % WP_UNICODE_PAGE]
                               : wp_unicode_entry_far(c);
}

/* The text of an entry of kind MAP or MAP_ALONE. */
static inline const uint8_t *wp_unicode_text(const struct wp_unicode *u, uint32_t entry, size_t *len) {
    *len = entry >> 8 & 255;
    return u->pool + (size_t)(entry >> 16) * 4;
}

/* SEPARATOR, JOIN, ALONE or VANISH for a code point of a text that is normalised already. */
enum wp_char_kind wp_unicode_class(uint32_t c);

/* Scratch of wp_unicode_normalize. Zero-initialised is empty. Not for two threads. */
struct wp_normal {
    int32_t *codes, *spare;
    size_t cap;
};

/* NFKC(casefold(NFKC(segment))) of count code points given in n->codes (after wp_normal_reserve); the result
 * replaces them. *count is set to the new count. Linear in the count. WP_ENOMEM. */
enum wp_status wp_unicode_normalize(struct wp_normal *n, size_t *count);

/* Room for count code points in n->codes, contents kept. WP_ENOMEM. */
enum wp_status wp_normal_reserve(struct wp_normal *n, size_t count);
void wp_normal_release(struct wp_normal *n);

/* Decodes the code point at in[0..len), len >= 1: its length, or 0 when no well-formed UTF-8 sequence (RFC
 * 3629) begins there. */
static inline unsigned wp_utf8_decode(const uint8_t *in, size_t len, uint32_t *c) {
    uint32_t a = in[0];
    if (a < 0x80) return *c = a, 1;
    if (a < 0xc2 || len < 2 || (in[1] & 0xc0) != 0x80) return 0;
    if (a < 0xe0) return *c = (a & 31) << 6 | (in[1] & 63), 2;
    if (len < 3 || (in[2] & 0xc0) != 0x80) return 0;
    if (a < 0xf0) {
        uint32_t v = (a & 15) << 12 | (uint32_t)(in[1] & 63) << 6 | (in[2] & 63);
        return v < 0x800 || v - 0xd800 < 0x800 ? 0 : (*c = v, 3);
    }
    if (a > 0xf4 || len < 4 || (in[3] & 0xc0) != 0x80) return 0;
    uint32_t v = (a & 7) << 18 | (uint32_t)(in[1] & 63) << 12 | (uint32_t)(in[2] & 63) << 6 | (in[3] & 63);
    return v - 0x10000 >= 0x100000 ? 0 : (*c = v, 4);
}

/* Writes c, a code point, as UTF-8 to out (4 bytes of room); returns the length. */
static inline unsigned wp_utf8_encode(uint32_t c, uint8_t *out) {
    if (c < 0x80) return out[0] = (uint8_t)c, 1;
    if (c < 0x800) return out[0] = (uint8_t)(0xc0 | c >> 6), out[1] = (uint8_t)(0x80 | (c & 63)), 2;
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12), out[1] = (uint8_t)(0x80 | (c >> 6 & 63));
        return out[2] = (uint8_t)(0x80 | (c & 63)), 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18), out[1] = (uint8_t)(0x80 | (c >> 12 & 63));
    return out[2] = (uint8_t)(0x80 | (c >> 6 & 63)), out[3] = (uint8_t)(0x80 | (c & 63)), 4;
}

#endif
