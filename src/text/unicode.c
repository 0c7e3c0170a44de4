/*
 * unicode.c - see unicode.h.
 *
 * A code point is a starter here when nothing before it can change it: in its own full decomposition, and in
 * that of what case folding makes of it, the first code point has combining class 0 and is never the second
 * half of a composition. Non-starters that neither decompose nor compose nor fold ("simple" marks: Arabic
 * vowels, Devanagari virama, Thai tones) stay as they are behind any starter as long as their classes do not
 * fall; all others are WP_CHAR_SLOW.
 *
 * A starter whose result ends in a mark of class > 0 is CLOSED: a simple mark behind it might move before
 * that mark. For any other starter it cannot matter: a mark that went into a composition does so with another
 * mark of lower class in between, too.
 */
#include "text/unicode.h"

#include <pthread.h>
#include <string.h>
#include <utf8proc.h>
#include "base/memory.h"

enum {
    CHAR_CODES_MAX = 64, /* code points that one becomes: 18 at most in Unicode (U+FDFA) */
    SORT_SHORT = 16,
    HANGUL_FIRST = 0xac00,
    HANGUL_LAST = 0xd7a3,
};

static struct wp_unicode table;
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static int ccc(int32_t c) {
    return utf8proc_get_property(c)->combining_class;
}

enum wp_char_kind wp_unicode_class(uint32_t c) {
    utf8proc_category_t k = utf8proc_get_property((utf8proc_int32_t)c)->category;
    if (k == UTF8PROC_CATEGORY_CF && c != 0x200b) return WP_CHAR_VANISH;
    if (k < UTF8PROC_CATEGORY_LU || k > UTF8PROC_CATEGORY_NO) return WP_CHAR_SEPARATOR;
    return wp_unicode_is_alone(c) ? WP_CHAR_ALONE : WP_CHAR_JOIN;
}

/* --- normalisation of a few code points --- */

enum wp_status wp_normal_reserve(struct wp_normal *n, size_t count) {
    if (count <= n->cap) return WP_OK;
    size_t cap = n->cap ? n->cap : 256;
    while (cap < count) cap *= 2;
    int32_t *codes = wp_realloc(n->codes, cap, sizeof *codes);
    if (!codes) return WP_ENOMEM;
    n->codes = codes;
    int32_t *spare = wp_realloc(n->spare, cap, sizeof *spare);
    if (!spare) return WP_ENOMEM;
    n->spare = spare;
    n->cap = cap;
    return WP_OK;
}

void wp_normal_release(struct wp_normal *n) {
    wp_free(n->codes);
    wp_free(n->spare);
    *n = (struct wp_normal){0};
}

/* Stable, by combining class, of a run of marks: long runs by counting, so that no input takes square time.
 */
static void sort_marks(int32_t *codes, size_t count, int32_t *spare) {
    if (count <= SORT_SHORT) {
        for (size_t i = 1; i < count; i++) {
            int32_t c = codes[i];
            int k = ccc(c);
            size_t j = i;
            for (; j > 0 && ccc(codes[j - 1]) > k; j--) codes[j] = codes[j - 1];
            codes[j] = c;
        }
        return;
    }
    size_t start[257] = {0};
    for (size_t i = 0; i < count; i++) start[ccc(codes[i]) + 1]++;
    for (int k = 0; k < 256; k++) start[k + 1] += start[k];
    for (size_t i = 0; i < count; i++) spare[start[ccc(codes[i])]++] = codes[i];
    memcpy(codes, spare, count * sizeof *codes);
}

static void reorder(int32_t *codes, size_t count, int32_t *spare) {
    for (size_t i = 0; i < count;) {
        if (ccc(codes[i]) == 0) {
            i++;
            continue;
        }
        size_t end = i + 1;
        while (end < count && ccc(codes[end]) != 0) end++;
        if (end > i + 1) sort_marks(codes + i, end - i, spare);
        i = end;
    }
}

/* Replaces each code point by its expansion under `options`, in n. */
static enum wp_status expand(struct wp_normal *n, size_t *count, utf8proc_option_t options) {
    size_t made = 0;
    WP_TRY(wp_normal_reserve(n, *count + CHAR_CODES_MAX));
    for (size_t i = 0; i < *count; i++) {
        if (n->cap - made < CHAR_CODES_MAX) WP_TRY(wp_normal_reserve(n, made + CHAR_CODES_MAX));
        utf8proc_ssize_t k =
            utf8proc_decompose_char(n->codes[i], n->spare + made, CHAR_CODES_MAX, options, NULL);
        if (k < 0 || k > CHAR_CODES_MAX) return WP_EINVAL;
        made += (size_t)k;
    }
    int32_t *codes = n->codes;
    n->codes = n->spare;
    n->spare = codes;
    *count = made;
    return WP_OK;
}

static enum wp_status nfkc(struct wp_normal *n, size_t *count) {
    WP_TRY(expand(n, count, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE));
    reorder(n->codes, *count, n->spare);
    utf8proc_ssize_t k = utf8proc_normalize_utf32(n->codes, (utf8proc_ssize_t)*count,
                                                  UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
    if (k < 0) return WP_EINVAL;
    *count = (size_t)k;
    return WP_OK;
}

enum wp_status wp_unicode_normalize(struct wp_normal *n, size_t *count) {
    WP_TRY(nfkc(n, count));
    WP_TRY(expand(n, count, UTF8PROC_CASEFOLD));
    return nfkc(n, count);
}

/* --- entries --- */

/* Scratch on the stack for the normalisation of one code point. */
struct single {
    int32_t a[4 * CHAR_CODES_MAX], b[4 * CHAR_CODES_MAX];
    struct wp_normal n;
};

/* One bit per code point that is not the first in some canonical decomposition: a superset of what composes
 * with something before it. Filled before the entries. */
static uint64_t second_half[WP_UNICODE_NEAR / 64];

static void mark_second(int32_t c) {
    if (c >= 0 && c < WP_UNICODE_NEAR) second_half[c / 64] |= (uint64_t)1 << (c % 64);
}

static bool composes_backward(int32_t c) {
    return c < WP_UNICODE_NEAR && (second_half[c / 64] >> (c % 64) & 1);
}

static void find_second_halves(void) {
    for (int32_t c = 0x1161; c <= 0x1175; c++) mark_second(c); /* Hangul vowels and finals compose by rule */
    for (int32_t c = 0x11a8; c <= 0x11c2; c++) mark_second(c);
    for (int32_t c = 0xc0; c < WP_UNICODE_NEAR; c++) {
        if (c == 0x3400) c = 0xa000; /* ideographs and Hangul syllables: nothing in them */
        if (c == HANGUL_FIRST) c = HANGUL_LAST + 1;
        const utf8proc_property_t *p = utf8proc_get_property(c);
        if (p->decomp_seqindex == UINT16_MAX || p->decomp_type) continue;
        int32_t full[CHAR_CODES_MAX];
        utf8proc_ssize_t k =
            utf8proc_decompose_char(c, full, CHAR_CODES_MAX, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, NULL);
        for (utf8proc_ssize_t i = 1; i < k && i < CHAR_CODES_MAX; i++) mark_second(full[i]);
    }
}

/* Whether nothing before c can change it, as far as c's own decomposition tells. */
static bool begins_apart(int32_t c) {
    int32_t full[CHAR_CODES_MAX];
    utf8proc_ssize_t k = utf8proc_decompose_char(
        c, full, CHAR_CODES_MAX, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, NULL);
    return k > 0 && k <= CHAR_CODES_MAX && ccc(full[0]) == 0 && !composes_backward(full[0]);
}

/* Text of the code points with their classes applied into text[256]; the kind it makes, SLOW when it fits
 * none. */
static enum wp_char_kind render(const int32_t *codes, size_t count, uint8_t *text, size_t *len) {
    size_t n = 0, alone = 0;
    for (size_t i = 0; i < count; i++) {
        enum wp_char_kind k = wp_unicode_class((uint32_t)codes[i]);
        if (n > 240) return WP_CHAR_SLOW;
        if (k == WP_CHAR_VANISH) continue;
        alone += k == WP_CHAR_ALONE;
        if (k == WP_CHAR_SEPARATOR)
            text[n++] = ' ';
        else
            n += wp_utf8_encode((uint32_t)codes[i], text + n);
    }
    *len = n;
    if (alone) return count == 1 ? WP_CHAR_MAP_ALONE : WP_CHAR_SLOW;
    return WP_CHAR_MAP;
}

static uint32_t store_text(struct wp_unicode *u, enum wp_char_kind kind, const uint8_t *text, size_t len) {
    if (!u || u->pool_used + len > sizeof u->pool || len > 255) return WP_CHAR_SLOW;
    uint32_t entry = kind | (uint32_t)len << 8 | (u->pool_used / 4) << 16;
    memcpy(u->pool + u->pool_used, text, len);
    u->pool_used = (u->pool_used + (uint32_t)len + 3) & ~3u;
    return entry;
}

/* Entry of a code point that decomposes or folds. u takes its text; NULL makes it SLOW. */
static uint32_t changing_entry(struct wp_unicode *u, int32_t c) {
    struct single s;
    s.n = (struct wp_normal){s.a, s.b, 4 * CHAR_CODES_MAX};
    size_t count = 1;
    s.n.codes[0] = c;
    if (nfkc(&s.n, &count) != WP_OK) return WP_CHAR_SLOW | WP_CHAR_NONSTARTER;
    bool apart = begins_apart(c), closed = count && ccc(s.n.codes[count - 1]);
    if (expand(&s.n, &count, UTF8PROC_CASEFOLD) != WP_OK || !count || !apart || !begins_apart(s.n.codes[0]))
        return WP_CHAR_SLOW | WP_CHAR_NONSTARTER;
    if (nfkc(&s.n, &count) != WP_OK) return WP_CHAR_SLOW | WP_CHAR_NONSTARTER;
    closed |= count && ccc(s.n.codes[count - 1]);
    uint32_t flags = closed ? WP_CHAR_CLOSED : 0;
    if (count == 1) {
        enum wp_char_kind k = wp_unicode_class((uint32_t)s.n.codes[0]);
        if (s.n.codes[0] == c || k == WP_CHAR_SEPARATOR || k == WP_CHAR_VANISH) return k | flags;
    }
    uint8_t text[256];
    size_t len;
    enum wp_char_kind kind = render(s.n.codes, count, text, &len);
    return (kind == WP_CHAR_SLOW ? (uint32_t)WP_CHAR_SLOW : store_text(u, kind, text, len)) | flags;
}

static uint32_t make_entry(struct wp_unicode *u, int32_t c) {
    const utf8proc_property_t *p = utf8proc_get_property(c);
    bool changes = p->decomp_seqindex != UINT16_MAX || p->casefold_seqindex != UINT16_MAX;
    if (changes) return changing_entry(u, c);
    if (p->combining_class) {
        if (composes_backward(c)) return WP_CHAR_SLOW | WP_CHAR_NONSTARTER;
        return wp_unicode_class((uint32_t)c) | WP_CHAR_NONSTARTER |
               (uint32_t)p->combining_class << WP_CHAR_CCC_SHIFT;
    }
    if (composes_backward(c)) return WP_CHAR_SLOW | WP_CHAR_NONSTARTER;
    return wp_unicode_class((uint32_t)c) | (p->category == UTF8PROC_CATEGORY_ND ? WP_CHAR_DIGIT : 0);
}

uint32_t wp_unicode_entry_far(uint32_t c) {
    if (c > 0x10ffff) return WP_CHAR_SEPARATOR;
    wp_unicode_get(); /* the second halves are needed */
    return make_entry(NULL, (int32_t)c);
}

/* Appends the page unless one of the last few, or the first, is the same. */
static uint16_t share_page(struct wp_unicode *u, const uint32_t *page) {
    size_t bytes = WP_UNICODE_PAGE * sizeof *page;
    for (unsigned i = 0; i < 8 && i < u->pages; i++) {
        if (memcmp(u->entry[i], page, bytes) == 0) return (uint16_t)i;
        if (memcmp(u->entry[u->pages - 1 - i], page, bytes) == 0) return (uint16_t)(u->pages - 1 - i);
    }
    memcpy(u->entry[u->pages], page, bytes);
    return u->pages++;
}

static uint8_t brief_of(const struct wp_unicode *u, uint32_t c) {
    uint32_t e = wp_unicode_entry(u, c);
    unsigned kind = e & WP_CHAR_KIND_MASK;
    uint8_t raised[4];
    size_t len;
    if (e & WP_CHAR_CLOSED || (c >= 0xd800 && c <= 0xdfff)) return WP_BRIEF_SPECIAL;
    if (kind == WP_CHAR_JOIN || kind == WP_CHAR_ALONE)
        return (uint8_t)(WP_BRIEF_WORD | (kind == WP_CHAR_ALONE ? WP_BRIEF_ALONE : 0) |
                         (e & WP_CHAR_NONSTARTER ? WP_BRIEF_MARK : 0));
    if (e & WP_CHAR_NONSTARTER) return WP_BRIEF_SPECIAL;
    if (kind == WP_CHAR_SEPARATOR) return 0;
    if (kind == WP_CHAR_VANISH) return WP_BRIEF_VANISH;
    if (kind != WP_CHAR_MAP || c < 0x80 || c + 32 >= 0x800) return WP_BRIEF_SPECIAL;
    const uint8_t *text = wp_unicode_text(u, e, &len);
    if (len == 2 && wp_utf8_encode(c + 32, raised) == 2 && memcmp(raised, text, 2) == 0)
        return WP_BRIEF_WORD | WP_BRIEF_RAISED;
    return WP_BRIEF_SPECIAL;
}

static void fill_brief(struct wp_unicode *u) {
    for (uint32_t p = 0; p < WP_BRIEF_CODES / 64; p++) {
        uint8_t *page = u->brief + (size_t)p * 64, bit = (uint8_t)(1 << (p % 8));
        bool even = true;
        for (uint32_t i = 0; i < 64; i++) {
            page[i] = brief_of(u, p * 64 + i);
            even &= page[i] == page[0];
        }
        uint8_t all = page[0];
        even &= p >= 32; /* a three-byte sequence there is overlong, and must be looked at */
        if (even && all == WP_BRIEF_WORD)
            u->even[0][p / 8] |= bit;
        else if (even && all == (WP_BRIEF_WORD | WP_BRIEF_ALONE))
            u->even[0][p / 8] |= bit, u->even[1][p / 8] |= bit;
        else if (!even || all != 0)
            u->even[1][p / 8] |= bit;
    }
}

static void fill_han(struct wp_unicode *u) {
    const uint8_t alone = WP_BRIEF_WORD | WP_BRIEF_ALONE;
    for (uint32_t c = 0, run = 0; c < WP_BRIEF_CODES; c++) {
        run = u->brief[c] == alone ? run + 1 : 0;
        if (run <= u->han_count) continue;
        u->han_count = run;
        u->han_begin = c + 1 - run;
    }
    for (int b = 0; b < WP_UNICODE_HAN_BLOCKS; b++)
        for (uint32_t i = 0; i < 256; i++) {
            uint8_t brief = u->brief[wp_unicode_han_blocks[b] << 8 | i];
            unsigned sign = brief == alone ? WP_HAN_SIGN_ALONE : brief == 0 ? WP_HAN_SIGN_APART : 0;
            u->han_signs[b][i / 4] |= (uint8_t)(sign << i % 4 * 2);
        }
}

static void fill(void) {
    struct wp_unicode *u = &table;
    find_second_halves();
    uint32_t page[WP_UNICODE_PAGE];
    for (unsigned p = 0; p < WP_UNICODE_PAGES; p++) {
        for (unsigned i = 0; i < WP_UNICODE_PAGE; i++)
            page[i] = make_entry(u, (int32_t)(p * WP_UNICODE_PAGE + i));
        u->page[p] = share_page(u, page);
    }
    for (uint8_t c = 0; c < 128; c++) {
        uint32_t e = wp_unicode_entry(u, c);
        size_t len;
        if ((e & WP_CHAR_KIND_MASK) == WP_CHAR_JOIN) u->ascii[c] = c;
        if ((e & WP_CHAR_KIND_MASK) == WP_CHAR_MAP) u->ascii[c] = *wp_unicode_text(u, e, &len);
    }
    fill_brief(u);
    fill_han(u);
}

const struct wp_unicode *wp_unicode_get(void) {
    pthread_once(&table_once, fill);
    return &table;
}
