/* test_name_list.c - names of members: sorted by their bytes, each once, as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "report/name_list.h"

static void expect(struct wp_name_list *l, const char *names, const char *json) {
    struct wp_buffer out = {0};
    wp_name_list_clear(l);
    while (*names) {
        size_t len = strcspn(names, " ");
        assert_int_equal(wp_name_list_add(l, names, len), WP_OK);
        names += len + (names[len] == ' ');
    }
    wp_name_list_settle(l);
    assert_int_equal(wp_name_list_json(l, &out), WP_OK);
    assert_int_equal(out.len, strlen(json));
    assert_memory_equal(out.data, json, out.len);
    wp_buffer_release(&out);
}

static void test_lists(void **state) {
    (void)state;
    struct wp_name_list l = {0};
    expect(&l, "", "[]");
    expect(&l, "b a b", "[\"a\",\"b\"]");
    expect(&l, "b b b", "[\"b\"]");
    expect(&l, "ab a abc a ab", "[\"a\",\"ab\",\"abc\"]");
    expect(&l, "\xc3\xa9 z \"q\"", "[\"\\\"q\\\"\",\"z\",\"\xc3\xa9\"]");
    expect(&l, "", "[]"); /* of another story */
    assert_int_equal(wp_name_list_add(&l, NULL, 0), WP_OK);
    assert_int_equal(l.count, 0);
    wp_name_list_release(&l);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
