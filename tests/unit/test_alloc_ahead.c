/*
 * test_alloc_ahead.c - reading ahead when memory runs out at every possible place: WP_ENOMEM, or all that
 * there is by way of the calling thread; everything released.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/ahead.h"
#include "support/fail_alloc.h"

enum { LINES = 12 };

static int read_all(void *how) {
    static const char *const files[] = {"one", "two"};
    struct wp_ahead_options options = *(const struct wp_ahead_options *)how;
    options.inputs = (struct wp_arrivals_options){
        .files = files, .file_count = 2, .max_record_bytes = 1 << 20, .agencies = wp_agency_table_builtin()};
    struct wp_ahead *a;
    struct wp_arrival *arrival;
    struct wp_error err = {0};
    unsigned count = 0;
    enum wp_status status = wp_ahead_new(&a, &options, &err);
    if (status != WP_OK) return status;
    while ((status = wp_ahead_next(a, &arrival, &err)) == WP_OK) {
        if (++count > LINES && (status = wp_ahead_prepare(a, arrival, &err)) != WP_OK) break;
        assert_int_equal(arrival->status, WP_OK);
    }
    assert_int_equal(err.status, status == WP_END ? WP_OK : status);
    wp_ahead_free(a);
    if (status == WP_END) assert_int_equal(count, 2 * LINES);
    return status == WP_END ? WP_OK : status;
}

static void test_read(void **state) {
    static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM, .may_recover = true};
    (void)state;
    alarm(110);
    for (int i = 0; i < 4; i++) {
        struct wp_ahead_options how = {.threaded = i & 1, .unprepared = i & 2};
        assert_true(fail_alloc_each(read_all, &how, &plan) > 10);
    }
}

static void write_lines(const char *name) {
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    for (unsigned i = 0; i < LINES; i++) {
        fprintf(f, "{\"title\":\"A ti\\u0074le\",\"url\":\"https:\\/\\/o.com/\",\"text\":\"");
        for (unsigned w = 0; w < 40 + 300 * i; w++) fprintf(f, "word%u\\n", w);
        fprintf(f, i % 2 ? "\"}\n" : "\",\"id\":\"i%u\"}\n", i);
    }
    assert_int_equal(fclose(f), 0);
}

int main(void) {
    char scratch[] = "wp_alloc_ahead.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    write_lines("one");
    write_lines("two");
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (remove("one") != 0 || remove("two") != 0 || chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
