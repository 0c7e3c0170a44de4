/*
 * test_unicode.c - UTF-8 codec at its edges, a few table entries, and what the brief classes promise: that
 * they say the same as the entries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/unicode.h"

static unsigned kind(uint32_t c) {
    return wp_unicode_entry(wp_unicode_get(), c) & WP_CHAR_KIND_MASK;
}

static void decoding(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        unsigned taken;
        uint32_t code;
    } cases[] = {
        {"a", 1, 1, 'a'},
        {"\x7f", 1, 1, 0x7f},
        {"\xc2\x80", 2, 2, 0x80},
        {"\xdf\xbf", 2, 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 3, 0x800},
        {"\xef\xbf\xbf", 3, 3, 0xffff},
        {"\xed\x9f\xbf", 3, 3, 0xd7ff},
        {"\xee\x80\x80", 3, 3, 0xe000},
        {"\xf0\x90\x80\x80", 4, 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
        {"\xc1\xbf", 2, 0, 0},
        {"\xe0\x9f\xbf", 3, 0, 0},
        {"\xf0\x8f\xbf\xbf", 4, 0, 0},
        {"\xf4\x90\x80\x80", 4, 0, 0},
        {"\xed\xa0\x80", 3, 0, 0},
        {"\xed\xbf\xbf", 3, 0, 0},
        {"\x80", 1, 0, 0},
        {"\xc2", 1, 0, 0},
        {"\xe1\x80", 2, 0, 0},
        {"\xf1\x80\x80", 3, 0, 0},
        {"\xf5\x80\x80\x80", 4, 0, 0},
        {"\xff\x80\x80\x80", 4, 0, 0},
        {"\xc2"
         "a",
         2, 0, 0},
        {"\xe1\x80"
         "a",
         3, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t c = 0;
        assert_int_equal(wp_utf8_decode((const uint8_t *)cases[i].bytes, cases[i].len, &c), cases[i].taken);
        if (cases[i].taken) assert_int_equal(c, cases[i].code);
    }
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        uint8_t bytes[4] = {0};
        uint32_t back;
        if (c >= 0xd800 && c <= 0xdfff) continue;
        unsigned n = wp_utf8_encode(c, bytes);
        assert_int_equal(wp_utf8_decode(bytes, n, &back), n);
        assert_int_equal(back, c);
        assert_int_equal(wp_utf8_decode(bytes, n - 1 ? n - 1 : 1, &back), n == 1 ? 1 : 0);
    }
}

static void entries(void **state) {
    (void)state;
    const struct wp_unicode *u = wp_unicode_get();
    assert_ptr_equal(u, wp_unicode_get());
    assert_int_equal(kind(' '), WP_CHAR_SEPARATOR);
    assert_int_equal(kind('a'), WP_CHAR_JOIN);
    assert_int_equal(kind('A'), WP_CHAR_MAP);
    assert_int_equal(kind(0xad), WP_CHAR_VANISH);
    assert_int_equal(kind(0x200b), WP_CHAR_SEPARATOR);
    assert_int_equal(kind(0x4e2d), WP_CHAR_ALONE);
    assert_int_equal(kind(0x20000), WP_CHAR_ALONE);
    assert_int_equal(kind(0xf9d1), WP_CHAR_MAP_ALONE);
    assert_int_equal(kind(0x2f800), WP_CHAR_SLOW);
    assert_int_equal(kind(0x301), WP_CHAR_SLOW);
    assert_int_equal(kind(0x1f6a8), WP_CHAR_SEPARATOR);
    assert_int_equal(kind(0x110000), WP_CHAR_SEPARATOR);
    assert_int_equal(kind(UINT32_MAX), WP_CHAR_SEPARATOR);
    assert_true(wp_unicode_entry(u, 0x64e) & WP_CHAR_NONSTARTER); /* fatha: simple, class 30 */
    assert_int_equal(wp_unicode_entry(u, 0x64e) >> WP_CHAR_CCC_SHIFT & 255, 30);
    assert_true(wp_unicode_entry(u, 0x1161) & WP_CHAR_NONSTARTER); /* Hangul vowel: class 0, composes */
    assert_true(wp_unicode_entry(u, 0x665) & WP_CHAR_DIGIT);
    assert_false(wp_unicode_entry(u, 0x2160) & WP_CHAR_DIGIT);
    size_t len;
    const uint8_t *text = wp_unicode_text(u, wp_unicode_entry(u, 0xfdfa), &len);
    assert_int_equal(len, 33);
    assert_memory_equal(text, "\u0635\u0644\u0649 ", 7);
}

static void brief_says_the_same(void **state) {
    (void)state;
    const struct wp_unicode *u = wp_unicode_get();
    for (uint32_t c = 0; c < WP_BRIEF_CODES; c++) {
        uint32_t e = wp_unicode_entry(u, c);
        unsigned brief = u->brief[c], k = e & WP_CHAR_KIND_MASK;
        if (brief == 0) assert_true(k == WP_CHAR_SEPARATOR && !(e & WP_CHAR_NONSTARTER));
        if (brief & WP_BRIEF_ALONE) assert_int_equal(k, WP_CHAR_ALONE);
        if (brief & WP_BRIEF_VANISH) assert_int_equal(k, WP_CHAR_VANISH);
        if (brief == WP_BRIEF_WORD) assert_int_equal(k, WP_CHAR_JOIN);
        if (!(brief & (WP_BRIEF_SPECIAL | WP_BRIEF_MARK)))
            assert_false(e & (WP_CHAR_NONSTARTER | WP_CHAR_CLOSED));
        unsigned page = c / 64,
                 even = (u->even[0][page / 8] >> page % 8 & 1) << 1 | (u->even[1][page / 8] >> page % 8 & 1);
        if (even == 0) assert_int_equal(brief, 0);
        if (even == 2) assert_int_equal(brief, WP_BRIEF_WORD);
        if (even == 3) assert_int_equal(brief, WP_BRIEF_WORD | WP_BRIEF_ALONE);
        if (c < 0x800) assert_int_equal(even, 1);
    }
}

/* What the kernel for Han is told of code points is what their briefs say, and what it is told most of holds
 * the block of unified ideographs. */
static void han_says_the_same(void **state) {
    (void)state;
    const struct wp_unicode *u = wp_unicode_get();
    const uint8_t alone = WP_BRIEF_WORD | WP_BRIEF_ALONE;
    assert_true(u->han_begin <= 0x4e00 && u->han_begin + u->han_count >= 0x9fa6);
    for (uint32_t i = 0; i < u->han_count; i++) assert_int_equal(u->brief[u->han_begin + i], alone);
    for (int b = 0; b < WP_UNICODE_HAN_BLOCKS; b++)
        for (uint32_t i = 0; i < 256; i++) {
            unsigned sign = u->han_signs[b][i / 4] >> i % 4 * 2 & 3;
            uint8_t brief = u->brief[wp_unicode_han_blocks[b] * 256 + i];
            assert_int_equal(sign, brief == 0 ? WP_HAN_SIGN_APART : brief == alone ? WP_HAN_SIGN_ALONE : 0);
        }
}

/* What agency_table.c takes for granted of Han. */
static void han_folds_to_itself(void **state) {
    (void)state;
    for (uint32_t c = 0x4000; c < 0xa000; c++) {
        unsigned k = wp_unicode_entry(wp_unicode_get(), c) & WP_CHAR_KIND_MASK;
        assert_true(k == WP_CHAR_SEPARATOR || k == WP_CHAR_JOIN || k == WP_CHAR_ALONE);
    }
}

/* Long runs of marks are put into order by counting, short ones by insertion: both are stable. */
static void mark_order(void **state) {
    (void)state;
    struct wp_normal n = {0};
    for (size_t count = 1; count < 200; count++) {
        assert_int_equal(wp_normal_reserve(&n, count + 1), WP_OK);
        size_t made = count + 1, low = 0;
        n.codes[0] = 'z';
        for (size_t i = 1; i <= count; i++) n.codes[i] = i % 3 ? 0x5b0 + (int32_t)(i % 4) : 0x591;
        for (size_t i = 1; i <= count; i++) low += i % 3 && i % 4 == 0;
        assert_int_equal(wp_unicode_normalize(&n, &made), WP_OK);
        assert_int_equal(made, count + 1);
        assert_int_equal(n.codes[0], 'z');
        for (size_t i = 1; i <= count; i++) assert_true((n.codes[i] == 0x5b0) == (i <= low));
    }
    wp_normal_release(&n);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(decoding),
                                       cmocka_unit_test(entries),
                                       cmocka_unit_test(brief_says_the_same),
                                       cmocka_unit_test(han_says_the_same),
                                       cmocka_unit_test(han_folds_to_itself),
                                       cmocka_unit_test(mark_order)};
    return cmocka_run_group_tests_name("unicode", tests, NULL, NULL);
}
