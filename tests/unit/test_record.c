/*
 * test_record.c - fields by name and by path, types, statuses, where views point, limits. What is JSON and
 * what is not stands in tests/model/test_record_table.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "input/json.h"
#include "input/record.h"

static struct wp_record_parser *parser;
static uint8_t *last_line;

static enum wp_status parse_bytes(const void *line, size_t len, struct wp_record *r) {
    const char *reason = NULL;
    free(last_line);
    last_line = calloc(len + WP_RECORD_PADDING, 1);
    memcpy(last_line, line, len);
    enum wp_status status = wp_record_parse(parser, last_line, len, r, &reason);
    assert_non_null(reason);
    if (status != WP_OK) assert_true(reason[0]);
    return status;
}

static struct wp_record good(const char *line) {
    struct wp_record r;
    assert_int_equal(parse_bytes(line, strlen(line), &r), WP_OK);
    return r;
}

static void expect_status(const char *line, enum wp_status status) {
    struct wp_record r;
    assert_int_equal(parse_bytes(line, strlen(line), &r), status);
}

#define EXPECT(r, field, value)                                                                              \
    do {                                                                                                     \
        assert_non_null((r).field);                                                                          \
        assert_int_equal((r).field##_len, strlen(value));                                                    \
        assert_memory_equal((r).field, value, strlen(value));                                                \
    } while (0)

static void use_fields(const struct wp_fields *fields) {
    wp_record_parser_free(parser);
    assert_int_equal(wp_record_parser_new(&parser, fields, NULL), WP_OK);
}

static void default_fields(void **state) {
    (void)state;
    use_fields(NULL);
    struct wp_record r =
        good("{\"id\":\"7\",\"url\":\"http:\\/\\/a.b\\/c\",\"source\":\"S\",\"date\":\"2021-09-16\","
             "\"title\":\"T \\u00e9\",\"text\":\"line\\nline\",\"lang\":\"en\"}\r\n");
    EXPECT(r, id, "7");
    EXPECT(r, url, "http://a.b/c");
    EXPECT(r, source, "S");
    EXPECT(r, date, "2021-09-16");
    EXPECT(r, title, "T \xc3\xa9");
    EXPECT(r, text, "line\nline");
    r = good("{\"text\":\"\"}");
    EXPECT(r, id, "");
    EXPECT(r, url, "");
    EXPECT(r, text, "");
}

static void types_of_values(void **state) {
    (void)state;
    use_fields(NULL);
    struct wp_record r = good("{\"id\": 12345678901234567890123 ,\"date\":1.50e3,\"text\":\"x\"}");
    EXPECT(r, id, "12345678901234567890123");
    EXPECT(r, date, "1.50e3");
    static const char *const absent[] = {"null", "true", "false", "[\"a\"]", "{\"id\":1}", "\"\""};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        char line[100];
        snprintf(line, sizeof line, "{\"id\":%s,\"text\":\"x\"}", absent[i]);
        r = good(line);
        assert_int_equal(r.id_len, 0);
    }
    r = good("{\"id\":1,\"id\":2,\"text\":\"a\",\"text\":\"b\"}"); /* the first counts */
    EXPECT(r, id, "1");
    EXPECT(r, text, "a");
    r = good("{\"text\":\"a\\ud83d\\ude00b\\ud83dc\\ude00d\"}");
    EXPECT(r, text,
           "a\xf0\x9f\x98\x80"
           "b\xef\xbf\xbd"
           "c\xef\xbf\xbd"
           "d");
}

static void statuses(void **state) {
    (void)state;
    use_fields(NULL);
    expect_status("", WP_END);
    expect_status(" \t\r\n", WP_END);
    expect_status("{}", WP_ETEXT);
    expect_status("{\"text\":null}", WP_ETEXT);
    expect_status("{\"text\":5}", WP_ETEXT);
    expect_status("{\"text\":[\"a\"]}", WP_ETEXT);
    expect_status("{\"Text\":\"a\"}", WP_ETEXT);
    expect_status("{\"a\":{\"text\":\"a\"}}", WP_ETEXT);
    expect_status("[]", WP_EFORMAT);
    expect_status("\"text\"", WP_EFORMAT);
    expect_status("12", WP_EFORMAT);
    expect_status("{\"text\":\"a\"} x", WP_EFORMAT);
    expect_status("{\"text\":\"a\"}{}", WP_EFORMAT);
    expect_status("{\"text\":\"a\"", WP_EFORMAT);
    expect_status("{\"text\":\"a", WP_EFORMAT);
    expect_status("{\"text\":\"a\"}]", WP_EFORMAT);
    expect_status("not json", WP_EFORMAT);
    expect_status("{\"text\":\"a\tb\"}", WP_EFORMAT);
    expect_status("{\"text\":\"a\",\"b\":\"\\q\"}", WP_EFORMAT);
    expect_status("{\"text\":\"a\",\"\\q\":1}", WP_EFORMAT);
    expect_status("{\"text\":\"a\xff\"}", WP_EUTF8);
    expect_status("{\"text\":\"a\",\"b\":\"\xed\xa0\x80\"}", WP_EUTF8);
    expect_status("{\"text\":\"a\xc3", WP_EUTF8);
    struct wp_record r;
    assert_int_equal(parse_bytes("{\"text\":\"a\"}\0", 13, &r), WP_EFORMAT);
}

static void named_fields(void **state) {
    (void)state;
    struct wp_fields f = {
        .id = "meta.key", .text = "body", .url = "", .title = "meta.head.line", .date = "body"};
    use_fields(&f);
    struct wp_record r = good("{\"url\":\"u\",\"meta\":{\"x\":[{\"key\":0}],\"key\":9,\"head\":{\"line\":"
                              "\"H\"}},\"body\":\"a\\nb\"}");
    EXPECT(r, id, "9");
    EXPECT(r, title, "H");
    EXPECT(r, text, "a\nb");
    EXPECT(r, date, "a\nb"); /* two fields may be one member */
    EXPECT(r, url, "");
    r = good("{\"meta.key\":\"flat\",\"meta.head\":{\"line\":\"mixed\"},\"body\":\"\"}");
    EXPECT(r, id, "flat");
    EXPECT(r, title, "mixed");
    r = good("{\"m\\u0065ta\":{\"k\\u0065y\":\"escaped\"},\"body\":\"\"}");
    EXPECT(r, id, "escaped");
    r = good("{\"meta\":5,\"meta.ke\":1,\"meta.key2\":2,\"body\":\"\"}");
    assert_int_equal(r.id_len, 0);
    expect_status("{\"text\":\"a\"}", WP_ETEXT);
    struct wp_fields none = {.text = ""};
    struct wp_error err;
    struct wp_record_parser *p;
    assert_int_equal(wp_record_parser_new(&p, &none, &err), WP_EINVAL);
    assert_null(p);
}

static void languages(void **state) {
    (void)state;
    use_fields(NULL);
    struct wp_record r = good("{\"text\":\"a\",\"lang\":\"pt-BR\",\"language\":\"en\"}");
    EXPECT(r, lang, "pt-BR");
    r = good("{\"text\":\"a\",\"lang\":[\"en\"]}");
    EXPECT(r, lang, "");
    struct wp_fields f = {.lang = "meta.language"}, none = {.lang = ""};
    use_fields(&f);
    r = good("{\"text\":\"a\",\"lang\":\"en\",\"meta\":{\"language\":\"\\u0065s\"}}");
    EXPECT(r, lang, "es");
    use_fields(&none);
    r = good("{\"text\":\"a\",\"lang\":\"en\"}");
    EXPECT(r, lang, "");
}

static void views_point_into_the_line(void **state) {
    (void)state;
    use_fields(NULL);
    static const char line[] = "{\"id\":\"abc\",\"text\":\"no escapes\"}";
    struct wp_record r = good(line);
    assert_ptr_equal(r.id, last_line + 7);
    assert_ptr_equal(r.text, last_line + (strstr(line, "no ") - line));
}

static void depth(void **state) {
    (void)state;
    use_fields(NULL);
    char line[2 * 1000 + 64];
    for (int n = 1; n <= 1000; n += n < 240 || n > 270 ? 50 : 1) {
        char *p = line + sprintf(line, "{\"text\":\"x\",\"a\":");
        memset(p, '[', (size_t)n);
        memset(p + n, ']', (size_t)n);
        strcpy(p + 2 * n, "}");
        struct wp_record r;
        enum wp_status status = parse_bytes(line, strlen(line), &r);
        if (n < WP_JSON_DEPTH_MAX - 2) assert_int_equal(status, WP_OK);
        if (n > WP_JSON_DEPTH_MAX) assert_int_equal(status, WP_EFORMAT);
    }
}

/* One giant line, then ordinary ones: the parser shrinks again and goes on. */
static void large_lines(void **state) {
    (void)state;
    use_fields(NULL);
    size_t n = 6 << 20;
    char *line = malloc(n + 100);
    struct wp_record r;
    for (int i = 0; i < 3; i++) {
        size_t from = (size_t)sprintf(line, "{\"text\":\"\\n");
        memset(line + from, 'x', n);
        strcpy(line + from + n, "\\n\"}");
        assert_int_equal(parse_bytes(line, strlen(line), &r), WP_OK);
        assert_int_equal(r.text_len, n + 2);
        assert_true(r.text[0] == '\n' && r.text[1] == 'x' && r.text[n + 1] == '\n');
        r = good("{\"text\":\"sm\\tall\"}");
        EXPECT(r, text, "sm\tall");
    }
    free(line);
}

static int tear_down(void **state) {
    (void)state;
    wp_record_parser_free(parser);
    free(last_line);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_fields), cmocka_unit_test(types_of_values),
        cmocka_unit_test(statuses),       cmocka_unit_test(named_fields),
        cmocka_unit_test(depth),          cmocka_unit_test(views_point_into_the_line),
        cmocka_unit_test(large_lines),    cmocka_unit_test(languages),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, tear_down);
}
