/*
 * test_tokens_model.c - every kernel against a slow, obvious tokeniser.
 *
 * The model cuts broken bytes out (each is a space), normalises the whole string by utf8proc, case-folds,
 * normalises again, and classifies code point by code point; it shares nothing with src/text. Texts are drawn
 * from pools of code points that are hard in one way each, and mixed; every text lies between two pages that
 * may not be read, at either end of its page, so that a byte read too far ends the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <utf8proc.h>

#include "text/tokens.h"

enum { LEVELS = 3, PAGE = 4096, AREA = 8 * PAGE, TEXT_MAX = 2000, OUT_MAX = TEXT_MAX * 40 };
static const char *const levels[LEVELS] = {"portable", "avx2", "avx512"};

/* --- the model --- */

struct model {
    char text[OUT_MAX];
    uint32_t starts[OUT_MAX];
    size_t len, count, alone;
};

static bool in_ranges(int32_t c) {
    static const int32_t ranges[][2] = {{0x0e00, 0x0eff}, {0x1000, 0x109f},  {0x1780, 0x17ff},
                                        {0x3040, 0x30ff}, {0x3400, 0x4dbf},  {0x4e00, 0x9fff},
                                        {0xf900, 0xfaff}, {0x20000, 0x3ffff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

/* Copies text with a space for every byte that no well-formed sequence covers. */
static size_t mend(const uint8_t *in, size_t len, uint8_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t k = utf8proc_iterate(in + i, (utf8proc_ssize_t)(len - i), &c);
        if (k <= 0) {
            out[n++] = ' ';
            i++;
            continue;
        }
        memcpy(out + n, in + i, (size_t)k);
        n += (size_t)k;
        i += (size_t)k;
    }
    return n;
}

static uint8_t *map(const uint8_t *in, size_t len, int options, size_t *out_len) {
    uint8_t *out = NULL;
    utf8proc_ssize_t k = utf8proc_map(in, (utf8proc_ssize_t)len, &out, (utf8proc_option_t)options);
    assert_true(k >= 0);
    *out_len = (size_t)k;
    return out;
}

static void put_code(struct model *m, int32_t c, bool *open) {
    const char *category = utf8proc_category_string(c);
    if (strcmp(category, "Cf") == 0 && c != 0x200b) return;
    bool word = strchr("LNM", category[0]) != NULL, alone = word && in_ranges(c);
    if (!word || alone) *open = false;
    if (!word) return;
    if (!*open) {
        if (m->count) m->text[m->len++] = ' ';
        m->starts[m->count++] = (uint32_t)m->len;
    }
    m->len += (size_t)utf8proc_encode_char(c, (uint8_t *)m->text + m->len);
    *open = !alone;
    m->alone += alone;
}

static void run_model(const uint8_t *text, size_t len, struct model *m) {
    static uint8_t mended[TEXT_MAX];
    size_t n = mend(text, len, mended), k;
    const int nfkc = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
    uint8_t *first = map(mended, n, nfkc, &k), *second = map(first, k, UTF8PROC_CASEFOLD, &k),
            *third = map(second, k, nfkc, &k);
    m->len = m->count = m->alone = 0;
    bool open = false;
    for (size_t i = 0; i < k;) {
        utf8proc_int32_t c;
        i += (size_t)utf8proc_iterate(third + i, (utf8proc_ssize_t)(k - i), &c);
        put_code(m, c, &open);
    }
    free(first);
    free(second);
    free(third);
}

/* --- texts --- */

static uint64_t seed = 0x9e3779b97f4a7c15;

static uint32_t draw(uint32_t n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 32) % n);
}

/* U+11A7 is drawn nowhere: utf8proc 2.8 loses it behind a Hangul syllable as if it were a final (the final
 * consonants begin at U+11A8). */

/* Ranges of code points; a pool is a few of them, ended by {0, 0}. */
typedef int32_t pool[8][2];
static const pool pools[] = {
    {{'a', 'z'}, {'A', 'Z'}, {' ', ' '}, {' ', ' '}},
    {{0, 127}},
    {{'a', 'z'}, {' ', ' '}, {0x2010, 0x2027}, {'a', 'z'}, {0xa0, 0xa0}, {0x2018, 0x201d}},
    {{0x80, 0x24f}, {'a', 'z'}, {' ', ' '}, {0xc0, 0xff}},
    {{0x300, 0x36f}, {'a', 'z'}, {'A', 'Z'}, {0x300, 0x30f}, {0xc0, 0xff}},
    {{0x370, 0x52f}, {' ', ' '}, {0x410, 0x44f}, {0x391, 0x3c9}, {0x300, 0x345}},
    {{0x590, 0x6ff}, {' ', ' '}, {0x621, 0x64a}, {0x64b, 0x655}, {0x200c, 0x200f}, {0x621, 0x64a}},
    {{0x621, 0x64a}, {' ', ' '}, {0x621, 0x64a}, {0x621, 0x64a}, {0x660, 0x669}, {0x60c, 0x60c}},
    {{0x900, 0x97f}, {' ', ' '}, {0x904, 0x939}, {0x93c, 0x94d}, {0x980, 0xdff}},
    {{0xe00, 0xeff}, {'a', 'z'}, {' ', ' '}, {0xe01, 0xe4e}, {0x1000, 0x109f}, {0x1780, 0x17ff}},
    {{0x1100, 0x11ff}, {0xac00, 0xd7a3}, {0x1161, 0x1175}, {0x11a8, 0x11c2}, {' ', ' '}, {0xac00, 0xd7a3}},
    {{0x3040, 0x30ff}, {0x3099, 0x309c}, {0x304b, 0x3068}, {0xff61, 0xff9f}, {' ', ' '}, {'a', 'z'}},
    {{0x4e00, 0x9fff},
     {0x4e00, 0x9fff},
     {0x4e00, 0x9fff},
     {0x3000, 0x3011},
     {0xff00, 0xff20},
     {0x4e00, 0x9fff}},
    {{0x4e00, 0x9fff},
     {0x4e00, 0x9fff},
     {0x4e00, 0x9fff},
     {0x4e00, 0x9fff},
     {0x3041, 0x309c},
     {0x3000, 0x3003},
     {'0', '9'},
     {0xff0c, 0xff1b}},
    {{0x4e00, 0x9fff}, {'a', 'c'}, {0x4e00, 0x4e10}, {' ', ' '}, {0x300, 0x301}, {'0', '9'}},
    {{0x1e00, 0x1fff}, {0x300, 0x345}, {0x3b1, 0x3c9}, {' ', ' '}, {0x1f80, 0x1ffc}},
    {{0x2000, 0x206f}, {'a', 'z'}, {0x200b, 0x200f}, {0xad, 0xad}, {0x2011, 0x2024}, {0xfeff, 0xfeff}},
    {{0x2070, 0x24ff}, {0x3200, 0x33ff}, {'a', 'z'}, {'0', '9'}, {0xbc, 0xbe}, {' ', ' '}},
    {{0xf900, 0xfaff}, {0xfb00, 0xfb4f}, {0xfb50, 0xfdff}, {0xfe00, 0xfeff}, {0xff00, 0xffef}, {' ', ' '}},
    {{0x1f300, 0x1f6ff}, {'a', 'z'}, {' ', ' '}, {0x1d400, 0x1d7ff}, {0xfe0f, 0xfe0f}, {0x200d, 0x200d}},
    {{0x20000, 0x2a6df}, {0x2f800, 0x2fa1f}, {0x10000, 0x1ffff}, {0xe0001, 0xe007f}, {0x4e00, 0x4e20}},
    {{0x1d15e, 0x1d172},
     {0x110ba, 0x110bb},
     {0x11131, 0x11132},
     {0x1134b, 0x11357},
     {0x10a0d, 0x10a3f},
     {0x1e8d0, 0x1e943}},
    {{0, 0x10ffff}},
    {{0, 0xffff}},
    {{0xfdfa, 0xfdfb}, {0x3300, 0x3357}, {0x1f82, 0x1f83}, {0x390, 0x390}, {0xdf, 0xdf}, {0x130, 0x131}},
};
enum { POOLS = sizeof pools / sizeof *pools };

static int32_t draw_code(const pool *p) {
    size_t n = 1;
    while (n < 8 && (*p)[n][1]) n++;
    const int32_t *range = (*p)[draw((uint32_t)n)];
    int32_t c = range[0] + (int32_t)draw((uint32_t)(range[1] - range[0] + 1));
    return (c >= 0xd800 && c <= 0xdfff) || c == 0x11a7 ? 0xfffd : c;
}

/* Up to `most` bytes; `mixing` of 100 characters come from a second pool. */
static size_t draw_text(uint8_t *out, size_t most, uint32_t mixing) {
    const pool *one = &pools[draw(POOLS)], *two = &pools[draw(POOLS)];
    size_t n = 0;
    while (n + 4 <= most)
        n += (size_t)utf8proc_encode_char(draw_code(draw(100) < mixing ? two : one), out + n);
    return n;
}

static void break_bytes(uint8_t *text, size_t len, uint32_t times) {
    static const uint8_t evil[] = {0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4,
                                   0xf5, 0xf8, 0xff, 0x80, 0xbf, 0xa0, 0x9f, 0};
    for (uint32_t i = 0; i < times && len; i++)
        text[draw((uint32_t)len)] = draw(2) ? evil[draw(sizeof evil)] : (uint8_t)draw(256);
    for (size_t i = 0; i + 2 < len; i++)
        if (memcmp(text + i, "\xe1\x86\xa7", 3) == 0) text[i + 2]++;
}

/* --- comparing --- */

struct bench {
    uint8_t *area; /* AREA bytes between two pages that may not be touched */
    struct wp_tokenizer *tokenizers[LEVELS];
};

static void show(const uint8_t *text, size_t len, const char *what) {
    print_message("%s, text of %zu bytes:", what, len);
    for (size_t i = 0; i < len; i++) print_message(" %02x", text[i]);
    print_message("\n");
}

static void require_same(const struct model *m, const struct wp_tokens *t, const uint8_t *text, size_t len,
                         const char *what) {
    bool same = t->count == m->count && t->alone == m->alone && t->text_len == m->len &&
                memcmp(t->text, m->text, m->len) == 0 &&
                memcmp(t->starts, m->starts, m->count * sizeof *m->starts) == 0 &&
                t->starts[t->count] == (m->count ? m->len + 1 : 0) &&
                (!m->count || t->text[t->text_len] == ' ');
    if (same) return;
    show(text, len, what);
    print_message("want %zu tokens '%.*s'\nhave %zu tokens '%.*s'\n", m->count, (int)m->len, m->text,
                  t->count, (int)t->text_len, t->text);
    fail();
}

/* Ranges lie in the text, in order, and a token made from its range alone is (part of) itself. */
static void check_ranges(struct bench *b, const struct model *m, const uint8_t *text, size_t len) {
    struct wp_tokens t;
    const struct wp_source_range *r;
    assert_int_equal(wp_tokens_with_offsets(b->tokenizers[0], text, len, &t, &r), WP_OK);
    require_same(m, &t, text, len, "offsets");
    for (size_t i = 0; i < t.count; i++) {
        assert_true(r[i].begin < r[i].end && r[i].end <= len);
        if (i) assert_true(r[i].begin >= r[i - 1].begin && r[i].end >= r[i - 1].end);
    }
}

static void check(struct bench *b, const uint8_t *text, size_t len, bool at_end) {
    static struct model m;
    run_model(text, len, &m);
    uint8_t *at = at_end ? b->area + AREA - len : b->area;
    memcpy(at, text, len);
    for (int k = 0; k < LEVELS; k++) {
        struct wp_tokens t;
        assert_int_equal(wp_tokenizer_run(b->tokenizers[k], at, len, &t), WP_OK);
        require_same(&m, &t, text, len, levels[k]);
    }
    check_ranges(b, &m, at, len);
}

/* --- tests --- */

static void random_texts(void **state) {
    uint8_t text[TEXT_MAX];
    for (int i = 0; i < 20000; i++)
        check(*state, text, draw_text(text, 1 + draw(i % 10 ? 160 : 900), draw(3) * 20), i % 2);
}

static void broken_texts(void **state) {
    uint8_t text[TEXT_MAX];
    for (int i = 0; i < 20000; i++) {
        size_t len = draw_text(text, 1 + draw(200), draw(3) * 20);
        break_bytes(text, len, 1 + draw(6));
        check(*state, text, len, i % 2);
    }
}

/* Every length to 300, also through the middle of a character, from every position in a vector. */
static void lengths(void **state) {
    uint8_t text[512];
    for (int p = 0; p < 40; p++) {
        draw_text(text, 400, p % 2 * 30);
        for (size_t len = 0; len <= 300; len++) check(*state, text + p, len, len % 2);
    }
}

static void alignments(void **state) {
    struct bench *b = *state;
    static struct model m;
    uint8_t text[512];
    for (int p = 0; p < 20; p++) {
        size_t len = draw_text(text, 260 + draw(100), 20);
        run_model(text, len, &m);
        for (size_t shift = 0; shift < 64; shift++) {
            memcpy(b->area + shift, text, len);
            for (int k = 0; k < LEVELS; k++) {
                struct wp_tokens t;
                assert_int_equal(wp_tokenizer_run(b->tokenizers[k], b->area + shift, len, &t), WP_OK);
                require_same(&m, &t, text, len, levels[k]);
            }
        }
    }
}

/* One odd character behind 0 to 140 plain ones: what kernels must know of the byte behind a block. */
static void boundaries(void **state) {
    static const int32_t odd[] = {0xe9,   0xc9,    0x301,  0x2019, 0x200b, 0xad,   0x627,  0x64e, 0x4e2d,
                                  0xff21, 0xfb01,  0x1100, 0xac00, 0xe01,  0xe38,  0xbd,   0x130, 0x1f600,
                                  0xdf,   0x20000, 0x345,  0x9bc,  0x3099, 0x11a8, 0x1161, 0x93c};
    static const int32_t plain[] = {'a', ' ', 0x627, 0x4e2d, 0xe3, 0xac01, 0x304b};
    uint8_t text[TEXT_MAX];
    for (size_t p = 0; p < sizeof plain / sizeof *plain; p++)
        for (size_t o = 0; o < sizeof odd / sizeof *odd; o++)
            for (unsigned before = 0; before <= 140; before++) {
                size_t n = (size_t)utf8proc_encode_char(0x2019, text);
                for (unsigned i = 0; i < before; i++) n += (size_t)utf8proc_encode_char(plain[p], text + n);
                n += (size_t)utf8proc_encode_char(odd[o], text + n);
                for (unsigned i = draw(70); i > 0; i--) n += (size_t)utf8proc_encode_char(plain[p], text + n);
                check(*state, text, n, before % 2);
                check(*state, text + 3, n - 3, before % 2);
            }
}

/* Each code point alone, between letters, behind and before a base with an accent. */
static void every_code_point(void **state) {
    uint8_t text[256];
    for (int32_t c = 0; c <= 0x10ffff; c += c < 0x3134f ? 1 : 61) {
        if ((c >= 0xd800 && c <= 0xdfff) || c == 0x11a7) continue;
        size_t n = 0;
        n += (size_t)utf8proc_encode_char(c, text + n);
        text[n++] = ' ';
        text[n++] = 'A';
        n += (size_t)utf8proc_encode_char(c, text + n);
        text[n++] = 'b';
        n += (size_t)utf8proc_encode_char(c, text + n);
        n += (size_t)utf8proc_encode_char(0x301, text + n);
        n += (size_t)utf8proc_encode_char(0x323, text + n);
        n += (size_t)utf8proc_encode_char(c, text + n);
        n += (size_t)utf8proc_encode_char(c, text + n);
        check(*state, text, n, c % 2);
        if (c > 0x3ffff || (c > 0x20000 && c < 0x2f800)) c += 16;
    }
}

/* Long runs of marks: settled in linear time, like the model's short ones. */
static void many_marks(void **state) {
    struct bench *b = *state;
    static const char *const marks[] = {"\u0301", "\u0323", "\u0345", "\u05b4", "\u064e", "\u0651"};
    uint8_t text[TEXT_MAX];
    for (int i = 0; i < 300; i++) {
        size_t n = draw_text(text, 20, 0);
        while (n < 100 + draw(400)) {
            const char *m = marks[draw(6)];
            memcpy(text + n, m, 2);
            n += 2;
        }
        check(b, text, n, true);
    }
    size_t big = (size_t)4 << 20;
    uint8_t *long_text = malloc(big);
    assert_non_null(long_text);
    for (size_t i = 0; i < big; i += 2) memcpy(long_text + i, marks[draw(6)], 2);
    long_text[0] = 'a', long_text[1] = ' ';
    struct wp_tokens t;
    for (int k = 0; k < LEVELS; k++) {
        assert_int_equal(wp_tokenizer_run(b->tokenizers[k], long_text, big, &t), WP_OK);
        assert_int_equal(t.count, 2);
    }
    free(long_text);
}

static int set_up(void **state) {
    static struct bench b;
    uint8_t *area = mmap(NULL, AREA + 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (area == MAP_FAILED || mprotect(area, PAGE, PROT_NONE) ||
        mprotect(area + PAGE + AREA, PAGE, PROT_NONE))
        return -1;
    b.area = area + PAGE;
    for (int k = 0; k < LEVELS; k++) {
        setenv("WIREPRINT_CPU", levels[k], 1);
        if (wp_tokenizer_new(&b.tokenizers[k]) != WP_OK) return -1;
    }
    *state = &b;
    return 0;
}

static int tear_down(void **state) {
    struct bench *b = *state;
    for (int k = 0; k < LEVELS; k++) wp_tokenizer_free(b->tokenizers[k]);
    return munmap(b->area - PAGE, AREA + 2 * PAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_texts), cmocka_unit_test(broken_texts), cmocka_unit_test(lengths),
        cmocka_unit_test(alignments),   cmocka_unit_test(boundaries),   cmocka_unit_test(every_code_point),
        cmocka_unit_test(many_marks),
    };
    return cmocka_run_group_tests_name("tokens_model", tests, set_up, tear_down);
}
