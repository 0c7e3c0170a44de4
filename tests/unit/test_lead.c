/* test_lead.c - the keys of the policies put members in the order that lead.h tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "story/lead.h"

static void dates(void **state) {
    (void)state;
    const int64_t rising[] = {INT64_MIN + 1, -1000000,      -1,        0,        1,
                              1600000000,    INT64_MAX - 1, INT64_MAX, INT64_MIN};
    size_t count = sizeof rising / sizeof *rising;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            assert_int_equal(wp_lead_before(wp_lead_by_date(rising[i]), wp_lead_by_date(rising[j])),
                             i < j && !(rising[i] == INT64_MAX && rising[j] == INT64_MIN));
}

static void lengths(void **state) {
    (void)state;
    const uint32_t falling[] = {UINT32_MAX, 1000, 999, 1, 0};
    for (size_t i = 0; i < 5; i++)
        for (size_t j = 0; j < 5; j++)
            assert_int_equal(wp_lead_before(wp_lead_by_length(falling[i]), wp_lead_by_length(falling[j])),
                             i < j);
}

static void sources(void **state) {
    (void)state;
    const struct wp_lead_key rising[] = {
        wp_lead_by_source(0, 5), wp_lead_by_source(0, INT64_MIN),  wp_lead_by_source(1, -7),
        wp_lead_by_source(1, 0), wp_lead_by_source(UINT32_MAX, 1), wp_lead_by_source(UINT32_MAX, INT64_MIN)};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++) assert_int_equal(wp_lead_before(rising[i], rising[j]), i < j);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates), cmocka_unit_test(lengths),
                                       cmocka_unit_test(sources)};
    return cmocka_run_group_tests_name("lead", tests, NULL, NULL);
}
