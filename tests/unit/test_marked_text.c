/* test_marked_text.c - marks, numbers, cutting, and nothing that a terminal would obey. */
#include "report/marked_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct wp_buffer out;

static const char *marked(const char *a, const char *b, bool side_a, struct wp_marking m) {
    struct wp_pair pair;
    assert_int_equal(wp_pair_make_whole(&pair, (const uint8_t *)a, strlen(a), (const uint8_t *)b, strlen(b)),
                     WP_OK);
    out.len = 0;
    assert_int_equal(wp_marked_text(&pair, side_a, &m, &out), WP_OK);
    assert_int_equal(wp_buffer_add(&out, "", 1), WP_OK);
    wp_pair_release(&pair);
    return (const char *)out.data;
}

static const struct wp_marking plain = {.unshared_bytes = SIZE_MAX};

static void test_numbers_are_the_same_on_both_sides(void **state) {
    (void)state;
    static const char a[] = "Start. One two three four five. Mid, six seven eight nine ten!";
    static const char b[] = "six seven eight nine ten - and then - ONE TWO, THREE FOUR FIVE end";
    assert_string_equal(marked(a, b, true, plain),
                        "Start. [[1: One two three four five]]. Mid, [[2: six seven eight nine ten]]!");
    assert_string_equal(marked(a, b, false, plain),
                        "[[2: six seven eight nine ten]] - and then - [[1: ONE TWO, THREE FOUR FIVE]] end");
}

static void test_nothing_shared_and_empty(void **state) {
    (void)state;
    assert_string_equal(marked("only this", "and that", true, plain), "only this");
    assert_string_equal(marked("", "and that", true, plain), "");
}

static void test_a_passage_inside_another_is_named_beside_it(void **state) {
    (void)state;
    /* b says the middle a second time; on side a it lies inside passage 1 */
    static const char a[] = "w1 w2 w3 w4 w5 w6 w7 w8 w9";
    static const char b[] = "w1 w2 w3 w4 w5 w6 w7 w8 w9 again w3 w4 w5 w6 w7";
    assert_string_equal(marked(a, b, true, plain), "[[1,2: w1 w2 w3 w4 w5 w6 w7 w8 w9]]");
    assert_string_equal(marked(a, b, false, plain),
                        "[[1: w1 w2 w3 w4 w5 w6 w7 w8 w9]] again [[2: w3 w4 w5 w6 w7]]");
}

static void test_colors(void **state) {
    (void)state;
    struct wp_marking m = {.color = true, .unshared_bytes = SIZE_MAX};
    assert_string_equal(marked("x a b c d e", "a b c d e", true, m),
                        "x \033[1;32m[1]\033[0;32ma b c d e\033[0m");
}

static void test_long_unshared_parts_are_cut_between_characters(void **state) {
    (void)state;
    char a[400] = "";
    for (int i = 0; i < 100; i++) strcat(a, "\xc3\xa9 ");
    strcat(a, "one two three four five");
    struct wp_marking m = {.unshared_bytes = 20};
    /* 300 bytes: ten at the head would end inside the fourth e-acute, so nine; ten at the end begin at a
     * space */
    assert_string_equal(marked(a, "one two three four five", true, m),
                        "\xc3\xa9 \xc3\xa9 \xc3\xa9  [... 281 bytes ...]  \xc3\xa9 \xc3\xa9 \xc3\xa9 "
                        "[[1: one two three four five]]");
}

static void test_terminals_are_not_obeyed(void **state) {
    (void)state;
    static const uint8_t text[] = "a\033[31mb\tc\r\nd\re\x7f\xc2\x9bz\xff\xc3";
    out.len = 0;
    assert_int_equal(wp_shown_text(text, sizeof text - 1, &out), WP_OK);
    assert_int_equal(wp_buffer_add(&out, "", 1), WP_OK);
    assert_string_equal((const char *)out.data, "a\xef\xbf\xbd[31mb\tc\nd\xef\xbf\xbd"
                                                "e\xef\xbf\xbd\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd");
}

static int tear_down(void **state) {
    (void)state;
    wp_buffer_release(&out);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_the_same_on_both_sides),
        cmocka_unit_test(test_nothing_shared_and_empty),
        cmocka_unit_test(test_a_passage_inside_another_is_named_beside_it),
        cmocka_unit_test(test_colors),
        cmocka_unit_test(test_long_unshared_parts_are_cut_between_characters),
        cmocka_unit_test(test_terminals_are_not_obeyed),
    };
    return cmocka_run_group_tests_name("marked text", tests, NULL, tear_down);
}
