/*
 * test_json.c - JSON strings: what RFC 8259 says must be escaped is, valid UTF-8 stays, and what is none by
 * table 3-7 of the Unicode standard becomes U+FFFD byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/json.h"

static void expect_len(const char *data, size_t len, const char *json) {
    struct wp_buffer out = {0};
    assert_int_equal(wp_buffer_add(&out, "x", 1), WP_OK); /* appends */
    assert_int_equal(wp_json_string(&out, data, len), WP_OK);
    if (out.len != strlen(json) + 1 || memcmp(out.data + 1, json, strlen(json)) != 0)
        print_message("got %.*s, want %s\n", (int)out.len - 1, (const char *)out.data + 1, json);
    assert_int_equal(out.len, strlen(json) + 1);
    assert_memory_equal(out.data + 1, json, strlen(json));
    wp_buffer_release(&out);
}

static void expect(const char *data, const char *json) {
    expect_len(data, strlen(data), json);
}

static void escapes(void **state) {
    (void)state;
    expect("", "\"\"");
    expect("plain words", "\"plain words\"");
    expect("a\"b\\c/d", "\"a\\\"b\\\\c/d\"");
    expect("\n\r\t", "\"\\n\\r\\t\"");
    expect_len("a\0b", 3, "\"a\\u0000b\"");
    expect("\x01\x1f\b\f", "\"\\u0001\\u001f\\u0008\\u000c\"");
    expect("\x7f", "\"\x7f\"");
}

static void utf8_stays(void **state) {
    (void)state;
    expect("\u00e9\u4e2d\U0001f600", "\"\u00e9\u4e2d\U0001f600\"");
    expect("\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
           "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf"
           "\xbf\"");
}

#define BAD "\xef\xbf\xbd"

static void what_is_none(void **state) {
    (void)state;
    expect("a\x80z", "\"a" BAD "z\"");
    expect("\xff\xfe", "\"" BAD BAD "\"");
    expect("\xc0\xaf", "\"" BAD BAD "\""); /* a slash, too long */
    expect("\xc1\xbf", "\"" BAD BAD "\"");
    expect("\xe0\x9f\xbf", "\"" BAD BAD BAD "\"");
    expect("\xed\xa0\x80", "\"" BAD BAD BAD "\""); /* half a surrogate */
    expect("\xf0\x8f\xbf\xbf", "\"" BAD BAD BAD BAD "\"");
    expect("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""); /* above U+10FFFF */
    expect("\xf5\x80\x80\x80", "\"" BAD BAD BAD BAD "\"");
    expect("x\xe4\xb8", "\"x" BAD BAD "\"");       /* cut at the end */
    expect("\xe4\xb8\x22", "\"" BAD BAD "\\\"\""); /* a quote is never swallowed */
    expect("\xf0\x9f\x98", "\"" BAD BAD BAD "\"");
    expect("\xc3", "\"" BAD "\"");
    expect("\xe4\xb8\xad\x80", "\"\xe4\xb8\xad" BAD "\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(escapes), cmocka_unit_test(utf8_stays),
                                       cmocka_unit_test(what_is_none)};
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
