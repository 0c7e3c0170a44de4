/* test_cluster_line.c - what a line of clusters may look like, and what it may not. */
#include "report/cluster_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static struct wp_cluster_line parsed;
static const char *reason;

static enum wp_status read_line(const char *text) {
    static uint8_t line[4096 + 64];
    size_t len = strlen(text);
    memset(line, 0, sizeof line);
    memcpy(line, text, len);
    return wp_cluster_line_read(&parsed, line, len, &reason);
}

static void assert_text(const struct wp_cluster_text *t, const char *expected) {
    assert_int_equal(t->len, strlen(expected));
    assert_memory_equal(t->data, expected, t->len);
}

static void test_a_line_of_stories(void **state) {
    (void)state;
    assert_int_equal(
        read_line("{\"story\":\"s1\",\"lead\":\"a\",\"size\":2,\"members\":[{\"id\":\"a\",\"relation\":"
                  "\"lead\"},{\"relation\":\"copy\",\"x\":{\"id\":\"no\"},\"id\":\"b\",\"j\":0.5}]}"),
        WP_OK);
    assert_true(parsed.has_members);
    assert_text(&parsed.name, "s1");
    assert_int_equal(parsed.count, 2);
    assert_text(&parsed.members[0], "a");
    assert_text(&parsed.members[1], "b");
}

static void test_numbers_escapes_and_bare_ids(void **state) {
    (void)state;
    assert_int_equal(
        read_line(
            " { \"members\" : [ 12, \"caf\\u00e9\\n\", {\"id\": -7.50}, \"\\ud83d\\ude00\" ] ,"
            "\"cluster\" : 99, \"id\": \"x\", \"more\": [[1,2],{\"a\":null}, true, 1e-5, \"]\\\"\"] } \r\n"),
        WP_OK);
    assert_text(&parsed.name, "99");
    assert_int_equal(parsed.count, 4);
    assert_text(&parsed.members[0], "12");
    assert_text(&parsed.members[1], "caf\xc3\xa9\n");
    assert_text(&parsed.members[2], "-7.50");
    assert_text(&parsed.members[3], "\xf0\x9f\x98\x80");
}

static void test_lines_about_something_else(void **state) {
    (void)state;
    assert_int_equal(read_line("{}"), WP_OK);
    assert_false(parsed.has_members);
    assert_int_equal(read_line("{\"id\":\"article\",\"done\":[\"cut\"]}"), WP_OK);
    assert_false(parsed.has_members);
    assert_int_equal(parsed.count, 0);
    assert_int_equal(read_line("{\"members\":[]}"), WP_OK);
    assert_true(parsed.has_members);
    assert_null(parsed.name.data);
}

static void test_what_members_tell(void **state) {
    (void)state;
    assert_int_equal(
        read_line("{\"members\":[{\"id\":\"a\",\"relation\":\"c\\u006fpy\",\"to\":7,\"coverage\":0.5100,"
                  "\"jaccard\":-1e-2,\"relation\":\"other\"},\"b\",{\"coverage\":null,\"to\":[1],\"x\":2,"
                  "\"id\":\"c\",\"jaccard\":\"\"}]}"),
        WP_OK);
    assert_int_equal(parsed.count, 3);
    assert_text(&parsed.details[0].relation, "copy"); /* the first one */
    assert_text(&parsed.details[0].to, "7");
    assert_text(&parsed.details[0].coverage, "0.5100");
    assert_text(&parsed.details[0].jaccard, "-1e-2");
    assert_text(&parsed.members[0], "a");
    assert_text(&parsed.members[2], "c");
    for (size_t i = 1; i < 3; i++) {
        assert_null(parsed.details[i].relation.data);
        assert_null(parsed.details[i].to.data);
        assert_null(parsed.details[i].coverage.data);
        assert_int_equal(parsed.details[i].jaccard.len, 0);
    }
    assert_int_equal(read_line("{\"members\":[{\"id\":\"a\",\"to\":\"\\x\"}]}"), WP_EFORMAT);
    assert_int_equal(read_line("{\"members\":[{\"id\":\"a\",\"to\":"), WP_EFORMAT);
}

static void test_what_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "[]",
                                      "{",
                                      "{\"members\"",
                                      "{\"members\":",
                                      "{\"members\":[",
                                      "{\"members\":[\"a\"",
                                      "{\"members\":[\"a\"}",
                                      "{\"members\":[\"a\",]}",
                                      "{\"members\":[{}]}",
                                      "{\"members\":[{\"no\":1}]}",
                                      "{\"members\":[{\"id\":null}]}",
                                      "{\"members\":[{\"id\":[1]}]}",
                                      "{\"members\":[null]}",
                                      "{\"members\":{}}",
                                      "{\"members\":[\"\\x\"]}",
                                      "{\"members\":[\"a]}",
                                      "{\"members\":[]} x",
                                      "{\"a\":nul}",
                                      "{\"a\":}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{\"a\":\"\x01\"}",
                                      "{\"a\":1,}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_line(bad[i]), WP_EFORMAT);
        assert_non_null(reason);
    }
    char deep[300] = "{\"a\":";
    memset(deep + 5, '[', 200);
    assert_int_equal(read_line(deep), WP_EFORMAT);
    assert_string_equal(reason, "too deep");
}

static int tear_down(void **state) {
    (void)state;
    wp_cluster_line_release(&parsed);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_of_stories),
        cmocka_unit_test(test_numbers_escapes_and_bare_ids),
        cmocka_unit_test(test_lines_about_something_else),
        cmocka_unit_test(test_what_members_tell),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests_name("cluster line", tests, NULL, tear_down);
}
