/*
 * test_alloc_agency.c - wp_agency_table_new when memory runs out at every possible place: WP_ENOMEM with
 * words, no table, no leak.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "support/fail_alloc.h"
#include "text/agency.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};
static const char file[] = "agencies_alloc.tsv";

static int make(void *context) {
    (void)context;
    struct wp_agency_table *t;
    struct wp_error err = {0};
    enum wp_status status = wp_agency_table_new(file, &t, &err);
    if (status != WP_OK) {
        assert_null(t);
        assert_int_equal(err.status, status);
        assert_int_not_equal(*err.reason, 0);
        return status;
    }
    assert_string_equal(wp_agency_name(t, wp_agency_count(t)), "Korval");
    wp_agency_table_free(t);
    return WP_OK;
}

static void tables(void **state) {
    (void)state;
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    fputs("agency\tKorval\tKorval News Service\ten\n", f);
    fclose(f);
    assert_true(fail_alloc_each(make, NULL, &plan) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables)};
    return cmocka_run_group_tests_name("alloc_agency", tests, NULL, NULL);
}
