/* test_intern.c - numbers are dense and stable, borrowed strings stay, bounds hold, failures change nothing.
 */
#include "base/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void test_numbers_are_dense_and_stable(void **state) {
    (void)state;
    struct wp_intern t;
    wp_intern_init(&t, SIZE_MAX);
    const char *first = NULL;
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 50000; i++) {
            char text[32];
            int len = snprintf(text, sizeof text, "outlet/%u", i * 7u);
            uint32_t number;
            bool added;
            assert_int_equal(wp_intern_add(&t, text, (size_t)len, &number, &added), WP_OK);
            assert_int_equal(number, i);
            assert_int_equal(added, round == 0);
            if (i == 0 && round == 0) first = wp_intern_text(&t, 0, NULL);
        }
    }
    assert_int_equal(wp_intern_count(&t), 50000);
    assert_ptr_equal(wp_intern_text(&t, 0, NULL), first);
    size_t len;
    assert_string_equal(wp_intern_text(&t, 49999, &len), "outlet/349993");
    assert_int_equal(len, strlen("outlet/349993"));
    assert_int_equal(wp_intern_find(&t, "outlet/349993", len), 49999);
    assert_int_equal(wp_intern_find(&t, "outlet/349994", len), WP_INTERN_NONE);
    wp_intern_release(&t);
}

static void test_any_bytes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t len;
    } cases[] = {{"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3}, {"\xff\xfe", 2}};
    struct wp_intern t;
    wp_intern_init(&t, SIZE_MAX);
    assert_int_equal(wp_intern_find(&t, "", 0), WP_INTERN_NONE);
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t number;
        assert_int_equal(wp_intern_add(&t, cases[i].text, cases[i].len, &number, NULL), WP_OK);
        assert_int_equal(number, i);
    }
    for (uint32_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len;
        const char *text = wp_intern_text(&t, i, &len);
        assert_int_equal(len, cases[i].len);
        assert_memory_equal(text, cases[i].text, len + 1);
        assert_int_equal(wp_intern_find(&t, cases[i].text, len), i);
    }
    wp_intern_release(&t);
}

static void test_long_strings(void **state) {
    (void)state;
    struct wp_intern t;
    wp_intern_init(&t, SIZE_MAX);
    size_t big = (size_t)3 << 20;
    char *text = wp_alloc(big, 1);
    memset(text, 'x', big);
    uint32_t number;
    assert_int_equal(wp_intern_add(&t, text, big, &number, NULL), WP_OK);
    assert_int_equal(wp_intern_add(&t, text, big - 1, &number, NULL), WP_OK);
    assert_int_equal(number, 1);
    assert_int_equal(wp_intern_add(&t, "short", 5, &number, NULL), WP_OK);
    assert_int_equal(wp_intern_find(&t, text, big), 0);
    assert_int_equal(wp_intern_find(&t, text, big - 1), 1);
    wp_free(text);
    wp_intern_release(&t);
}

static void test_maximum_is_kept_and_changes_nothing(void **state) {
    (void)state;
    const size_t max = 100000;
    struct wp_intern t;
    wp_intern_init(&t, max);
    uint32_t added = 0;
    enum wp_status status;
    for (;;) {
        char text[32];
        uint32_t number;
        int len = snprintf(text, sizeof text, "%u", added);
        status = wp_intern_add(&t, text, (size_t)len, &number, NULL);
        if (status != WP_OK) break;
        assert_true(t.bytes <= max);
        added++;
    }
    assert_int_equal(status, WP_ETOOBIG);
    assert_true(added > 500);
    assert_int_equal(wp_intern_count(&t), added);
    for (uint32_t i = 0; i < added; i++) {
        char text[32];
        int len = snprintf(text, sizeof text, "%u", i);
        assert_int_equal(wp_intern_find(&t, text, (size_t)len), i);
    }
    wp_intern_release(&t);
    uint32_t number;
    assert_int_equal(wp_intern_add(&t, "again", 5, &number, NULL), WP_OK);
    wp_intern_release(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_dense_and_stable),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_long_strings),
        cmocka_unit_test(test_maximum_is_kept_and_changes_nothing),
    };
    return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
