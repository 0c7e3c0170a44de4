/*
 * test_alloc_base.c - growing buffers when memory runs out, and the helper that makes it run out.
 *
 * The first test shows that the helper can fail: a call that hides a failure is found. The second is the
 * pattern that tests of larger parts follow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "support/fail_alloc.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

static int call_nothing(void *context) {
    (void)context;
    return WP_OK;
}

static int call_hides_failure(void *context) {
    (void)context;
    void *first = wp_alloc(1, 10), *second = wp_alloc(1, 10);
    int status = first ? WP_OK : WP_ENOMEM; /* the second is forgotten */
    wp_free(first);
    wp_free(second);
    return status;
}

static void helper_finds_what_it_should(void **state) {
    (void)state;
    assert_int_equal(fail_alloc_each(call_nothing, NULL, &plan), 0);
    assert_int_equal(fail_alloc_each(call_hides_failure, NULL, &plan), -1 - 1);
}

static int call_buffer(void *context) {
    struct wp_buffer b = {0};
    enum wp_status status = WP_OK;
    (void)context;
    for (int i = 0; status == WP_OK && i < 5000; i++) status = wp_buffer_print(&b, "%d ", i);
    /* What was in it before the failure is still there. */
    if (b.len) assert_memory_equal(b.data, "0 ", 2);
    wp_buffer_release(&b);
    return status;
}

static void buffer_grows_or_says_so(void **state) {
    (void)state;
    assert_true(fail_alloc_each(call_buffer, NULL, &plan) >= 2);
}

static int call_array(void *context) {
    uint64_t *numbers = NULL;
    size_t count = 0, cap = 0;
    enum wp_status status = WP_OK;
    (void)context;
    for (uint64_t i = 0; i < 1000; i++) {
        status = WP_GROW(numbers, count, cap);
        if (status != WP_OK) break;
        numbers[count++] = i;
    }
    for (size_t i = 0; i < count; i++) assert_int_equal(numbers[i], i);
    wp_free(numbers);
    return status;
}

static void array_grows_or_says_so(void **state) {
    (void)state;
    assert_true(fail_alloc_each(call_array, NULL, &plan) >= 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helper_finds_what_it_should),
        cmocka_unit_test(buffer_grows_or_says_so),
        cmocka_unit_test(array_grows_or_says_so),
    };
    return cmocka_run_group_tests_name("alloc_base", tests, NULL, NULL);
}
