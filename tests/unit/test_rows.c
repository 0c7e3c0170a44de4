/*
 * test_rows.c - rows of several sizes, written in ranges in any order by several threads, with memory for
 * all, for some and for none of them; every row comes back as it was written.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/rows.h"
#include "base/thread.h"
#include "support/random.h"

enum { ROW_MAX = 4096, RANGES_MAX = 4000 };

struct range {
    uint32_t first, count;
};

struct job {
    struct wp_rows rows;
    struct range ranges[RANGES_MAX];
    size_t count;
};

static void fill(uint8_t *row, size_t bytes, uint32_t number) {
    struct random r = {number};
    for (size_t i = 0; i < bytes; i += 8) {
        uint64_t v = random_next(&r);
        memcpy(row + i, &v, bytes - i < 8 ? bytes - i : 8);
    }
}

static enum wp_status write_range(void *self, size_t index, unsigned worker) {
    (void)worker;
    struct job *job = self;
    const struct range *range = &job->ranges[index];
    size_t bytes = job->rows.row_bytes;
    uint8_t *rows = malloc(range->count * bytes + 1);
    for (uint32_t i = 0; i < range->count; i++) fill(rows + i * bytes, bytes, range->first + i);
    enum wp_status status = wp_rows_write(&job->rows, range->first, range->count, rows, NULL);
    free(rows);
    return status;
}

/* Cuts 0..total-1 into ranges of random length, then shuffles them. */
static void cut(struct job *job, uint32_t total, uint32_t longest, struct random *r) {
    job->count = 0;
    for (uint32_t at = 0; at < total;) {
        uint32_t n = (uint32_t)random_below(r, longest + 1);
        if (n > total - at) n = total - at;
        assert_true(job->count < RANGES_MAX);
        job->ranges[job->count++] = (struct range){at, n};
        at += n;
    }
    for (size_t i = job->count; i > 1; i--) {
        size_t j = random_below(r, i);
        struct range swap = job->ranges[i - 1];
        job->ranges[i - 1] = job->ranges[j];
        job->ranges[j] = swap;
    }
}

static void check(size_t row_bytes, uint32_t total, size_t limit, unsigned threads) {
    static struct job job;
    struct wp_budget budget;
    struct random r = {row_bytes + limit};
    uint8_t want[ROW_MAX], scratch[ROW_MAX];
    wp_budget_init(&budget, limit, ".");
    assert_int_equal(wp_rows_init(&job.rows, row_bytes, &budget), WP_OK);
    cut(&job, total, total / 200 + 10, &r);
    struct wp_parallel_work work = {write_range, &job, NULL};
    assert_int_equal(wp_parallel(threads, job.count, &work), WP_OK);
    for (uint32_t i = 0; i < 30000; i++) {
        uint32_t row = i < 5000 ? total - 1 - i * (total / 5000) : (uint32_t)random_below(&r, total);
        fill(want, row_bytes, row);
        const void *got = wp_rows_get(&job.rows, row, scratch, NULL);
        assert_non_null(got);
        assert_memory_equal(got, want, row_bytes);
    }
    size_t chunk = row_bytes << job.rows.shift, full = (size_t)total * row_bytes / chunk;
    size_t spilled = atomic_load(&budget.spilled_bytes);
    if (limit == SIZE_MAX) assert_int_equal(spilled, 0);
    if (limit == 0) assert_int_equal(spilled, full * chunk); /* all but the last one, which is not full */
    if (limit) assert_true(limit == SIZE_MAX || spilled > 0);
    wp_rows_release(&job.rows);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

static void sizes(void **state) {
    (void)state;
    check(64, 150001, SIZE_MAX, 4);
    check(64, 150001, 0, 4);
    check(64, 150001, 5 << 20, 3);
    check(256, 30000, 0, 1);
    check(256, 30000, 3 << 20, 2);
    check(16, 500000, 0, 4);
    check(1, 5000000, 0, 2);
    check(24, 300007, 1 << 20, 4); /* no power of two */
    check(4096, 5000, 0, 2);
}

static void empty(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_rows rows;
    wp_budget_init(&budget, 0, ".");
    assert_int_equal(wp_rows_init(&rows, 8, &budget), WP_OK);
    assert_int_equal(wp_rows_write(&rows, 0, 0, NULL, NULL), WP_OK);
    wp_rows_release(&rows);
    wp_rows_release(&rows); /* as zero-initialised */
}

/* The highest number that a row may have lies within the directory. */
static void last_row(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_rows rows;
    uint8_t row[256], scratch[256];
    wp_budget_init(&budget, SIZE_MAX, ".");
    assert_int_equal(wp_rows_init(&rows, sizeof row, &budget), WP_OK);
    fill(row, sizeof row, 7);
    assert_int_equal(wp_rows_write(&rows, UINT32_MAX - 2, 1, row, NULL), WP_OK);
    assert_memory_equal(wp_rows_get(&rows, UINT32_MAX - 2, scratch, NULL), row, sizeof row);
    wp_rows_release(&rows);
}

static void no_room_on_disk(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_rows rows;
    struct wp_error err = {0};
    wp_budget_init(&budget, 0, "no-such-directory");
    assert_int_equal(wp_rows_init(&rows, 4096, &budget), WP_OK);
    uint8_t *many = calloc(512, 4096); /* one chunk of 2 MiB */
    assert_int_equal(wp_rows_write(&rows, 0, 512, many, &err), WP_ENOENT);
    assert_int_equal(err.status, WP_ENOENT);
    free(many);
    wp_rows_release(&rows);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sizes), cmocka_unit_test(empty),
                                       cmocka_unit_test(last_row), cmocka_unit_test(no_room_on_disk)};
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
