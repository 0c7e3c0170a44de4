/*
 * test_escape.c - every kernel against a decoder that goes byte by byte, on random strings in which escapes
 * are frequent, at all offsets and lengths; then single escapes against the table of RFC 8259.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "input/escape.h"

#define LEN_MAX 400

static unsigned seed = 1;

static unsigned next(unsigned below) {
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % below;
}

static long hex(const char *s, const char *end) {
    char digits[5] = "";
    if (end - s < 4) return -1;
    for (int i = 0; i < 4; i++) {
        if (!strchr("0123456789abcdefABCDEF", s[i]) || !s[i]) return -1;
        digits[i] = s[i];
    }
    return strtol(digits, NULL, 16);
}

static size_t utf8(long c, char *out) {
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)),
               out[2] = (char)(0x80 | (c & 63)), 3;
    return out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)),
           out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63)), 4;
}

/* Length of what s[0, len) stands for, -1 when it is not well formed. */
static long slow(const char *s, size_t len, char *out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *end = s + len;
    size_t o = 0;
    while (s < end) {
        if (*s != '\\') {
            out[o++] = *s++;
            continue;
        }
        if (++s == end) return -1;
        const char *short_form = *s ? strchr(from, *s) : NULL;
        if (short_form) {
            out[o++] = to[short_form - from];
            s++;
            continue;
        }
        long c = *s == 'u' ? hex(s + 1, end) : -1;
        if (c < 0) return -1;
        s += 5;
        long low =
            c >= 0xd800 && c < 0xdc00 && end - s >= 6 && s[0] == '\\' && s[1] == 'u' ? hex(s + 2, end) : -1;
        if (low >= 0xdc00 && low < 0xe000) {
            c = 0x10000 + (c - 0xd800) * 0x400 + (low - 0xdc00);
            s += 6;
        } else if (c >= 0xd800 && c < 0xe000) {
            c = 0xfffd;
        }
        o += utf8(c, out + o);
    }
    return (long)o;
}

static void check(wp_escape_decoder *decode, const char *text, size_t len) {
    char expected[LEN_MAX * 2];
    size_t got = 0;
    uint8_t *in = malloc(len + WP_ESCAPE_PADDING), *out = malloc(len + WP_ESCAPE_PADDING);
    memcpy(in, text, len);
    memset(in + len, '\\', WP_ESCAPE_PADDING);
    long want = slow(text, len, expected);
    assert_int_equal(decode(in, len, out, &got), want >= 0);
    assert_int_equal(wp_escape_check(in, len), want >= 0);
    if (want >= 0) {
        assert_int_equal(got, want);
        assert_memory_equal(out, expected, got);
    }
    const char *first = memchr(text, '\\', len);
    assert_int_equal(wp_escape_find(in, len), first ? (size_t)(first - text) : len);
    free(in);
    free(out);
}

static void check_all(const char *text, size_t len) {
    check(wp_escape_decode, text, len);
    if (wp_cpu_level() >= WP_CPU_AVX512) check(wp_escape_decode_avx512, text, len);
}

static const char *const pieces[] = {"\\n",
                                     "\\\"",
                                     "\\\\",
                                     "\\/",
                                     "\\t",
                                     "\\u00e9",
                                     "\\ud83d\\ude00",
                                     "\\udead",
                                     "\\ud83d",
                                     "a",
                                     "word ",
                                     "\xc3\xa9",
                                     "0123456789012345678901234567890123456789"};
static const char *const broken[] = {"\\x", "\\u12g4", "\\u", "\\u123", "\\\xc3\xa9", "\\", "\\N", "\\0"};

static void random_strings(void **state) {
    (void)state;
    char text[LEN_MAX + 50];
    for (int round = 0; round < 40000; round++) {
        size_t len = 0, most = next(LEN_MAX - 60);
        unsigned plain = next(30);
        while (len < most) {
            const char *piece = pieces[next(sizeof pieces / sizeof *pieces)];
            if (next(30) < plain) piece = "x";
            if (next(300) == 0) piece = broken[next(sizeof broken / sizeof *broken)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        check_all(text, len);
    }
}

/* An escape at each place of a block, and the string's end at each place behind it. */
static void every_place(void **state) {
    (void)state;
    char text[LEN_MAX];
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces + sizeof broken / sizeof *broken; i++) {
        size_t good = sizeof pieces / sizeof *pieces;
        const char *piece = i < good ? pieces[i] : broken[i - good];
        for (size_t at = 0; at < 140; at++)
            for (size_t cut = 0; cut < 14; cut++) {
                memset(text, 'z', sizeof text);
                memcpy(text + at, piece, strlen(piece));
                check_all(text, at + cut);
            }
    }
}

/* Runs of backslashes of every length, across blocks. */
static void runs(void **state) {
    (void)state;
    char text[LEN_MAX];
    for (size_t at = 0; at < 70; at++)
        for (size_t n = 0; n < 140; n++) {
            memset(text, 'n', sizeof text);
            memset(text + at, '\\', n);
            check_all(text, at + n);
            check_all(text, at + n + 1);
        }
}

static void whole_table(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[2] = {'\\', (char)c};
        check_all(text, 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_strings),
        cmocka_unit_test(every_place),
        cmocka_unit_test(runs),
        cmocka_unit_test(whole_table),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
