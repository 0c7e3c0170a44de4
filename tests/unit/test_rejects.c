/*
 * test_rejects.c - counted by reason; the first ten by place are told, in whatever order threads bring them,
 * as a plain sorted list has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/rejects.h"
#include "support/random.h"

enum { REJECTS = 400 };

static const enum wp_status statuses[] = {WP_EFORMAT, WP_EUTF8, WP_ETEXT, WP_ETOOBIG};

static int by_place(const void *x, const void *y) {
    const struct wp_reject *a = x, *b = y;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->sequence != b->sequence) return a->sequence < b->sequence ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

static void reasons(void **state) {
    (void)state;
    static const char *const names[] = {"not_json", "not_utf8", "no_text", "too_long"};
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) {
        assert_int_equal(wp_reject_status(i), statuses[i]);
        assert_string_equal(wp_reject_name(i), names[i]);
    }
    struct wp_rejects r = {0};
    assert_null(wp_rejects_first(&r));
    assert_int_equal(wp_rejects_total(&r), 0);
    struct wp_reject odd = {.status = WP_EIO};
    wp_rejects_add(&r, &odd);
    assert_int_equal(r.counts[0], 1);
}

static void check(uint64_t seed, size_t count, size_t collectors) {
    struct random r = {seed};
    struct wp_reject list[REJECTS];
    struct wp_rejects all = {0}, parts[8];
    memset(parts, 0, sizeof parts);
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct wp_reject){.file = (uint32_t)random_below(&r, 3),
                                     .sequence = random_below(&r, 5),
                                     .line = (uint32_t)i * 7919 % 10007, /* no two at one place */
                                     .status = statuses[random_below(&r, 4)],
                                     .words = "words"};
        wp_rejects_add(&parts[random_below(&r, collectors)], &list[i]);
    }
    for (size_t i = 0; i < collectors; i++) wp_rejects_merge(&all, &parts[i]);
    if (count) qsort(list, count, sizeof *list, by_place);
    assert_int_equal(wp_rejects_total(&all), count);
    for (size_t reason = 0; reason < WP_REJECT_REASONS; reason++) {
        size_t seen = 0;
        for (size_t i = 0; i < count; i++) {
            if (list[i].status != statuses[reason]) continue;
            if (seen < WP_REJECTS_TOLD) assert_int_equal(by_place(&all.told[reason][seen], &list[i]), 0);
            seen++;
        }
        assert_int_equal(all.counts[reason], seen);
        assert_int_equal(all.told_count[reason], seen < WP_REJECTS_TOLD ? seen : WP_REJECTS_TOLD);
    }
    const struct wp_reject *first = wp_rejects_first(&all);
    assert_int_equal(first != NULL, count > 0);
    if (first) assert_int_equal(by_place(first, &list[0]), 0);
}

static void first_ten(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        check(seed, 0, 1);
        check(seed, 1, 1);
        check(seed, 12, 2);
        check(seed, 60, 8);
        check(seed, REJECTS, 3);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reasons), cmocka_unit_test(first_ten)};
    return cmocka_run_group_tests_name("rejects", tests, NULL, NULL);
}
