/*
 * test_blobs.c - strings of many lengths from several writers, in memory, partly and wholly in the spill
 * file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/blobs.h"
#include "base/thread.h"
#include "support/random.h"

enum { WRITERS = 4, STRINGS = 3000, LONGEST = 3 << 20 };

struct string {
    uint64_t ref;
    size_t len;
};

struct job {
    struct wp_blobs blobs;
    struct string strings[WRITERS][STRINGS];
};

static uint8_t byte_at(size_t writer, size_t string, size_t i) {
    return (uint8_t)(writer * 57 + string * 31 + i * 7 + (i >> 8) * 13);
}

static size_t length_of(struct random *r, size_t i) {
    if (i == 1500) return LONGEST; /* longer than a chunk */
    if (i == 1501) return WP_BLOB_CHUNK_BYTES;
    if (i == 1502) return WP_BLOB_CHUNK_BYTES - 1;
    if (i == 1503 || i == 1504) return 1;
    return 1 + random_below(r, i % 10 ? 200 : 20000);
}

static enum wp_status write_strings(void *self, size_t writer, unsigned worker) {
    (void)worker;
    struct job *job = self;
    struct wp_blob_writer w;
    struct random r = {writer};
    enum wp_status status = WP_OK;
    wp_blob_writer_init(&w, &job->blobs);
    for (size_t i = 0; i < STRINGS && status == WP_OK; i++) {
        struct string *s = &job->strings[writer][i];
        uint8_t *area;
        s->len = length_of(&r, i);
        status = wp_blob_reserve(&w, s->len, &area, &s->ref, NULL);
        for (size_t k = 0; k < s->len && status == WP_OK; k++) area[k] = byte_at(writer, i, k);
    }
    if (status == WP_OK) status = wp_blob_writer_finish(&w, NULL);
    wp_blob_writer_release(&w);
    return status;
}

static void check(size_t limit, size_t ram_limit) {
    struct job *job = calloc(1, sizeof *job);
    struct wp_budget budget;
    uint8_t *scratch = malloc(LONGEST);
    wp_budget_init(&budget, limit, ".");
    wp_blobs_init(&job->blobs, &budget, ram_limit);
    struct wp_parallel_work work = {write_strings, job, NULL};
    assert_int_equal(wp_parallel(WRITERS, WRITERS, &work), WP_OK);
    size_t in_ram = 0, total = 0;
    for (size_t w = 0; w < WRITERS; w++)
        for (size_t i = 0; i < STRINGS; i++) {
            const struct string *s = &job->strings[w][i];
            const uint8_t *got = wp_blobs_get(&job->blobs, s->ref, s->len, scratch, NULL);
            assert_non_null(got);
            bool ram = got != scratch;
            size_t k = 0;
            while (k < s->len && got[k] == byte_at(w, i, k)) k++;
            assert_int_equal(k, s->len);
            in_ram += ram ? s->len : 0;
            total += s->len;
        }
    assert_int_equal(in_ram + atomic_load(&budget.spilled_bytes), total);
    assert_true(in_ram <= ram_limit);
    assert_int_equal(atomic_load(&budget.used_bytes), in_ram);
    if (limit == SIZE_MAX && ram_limit == SIZE_MAX) assert_int_equal(in_ram, total);
    if (ram_limit > LONGEST && limit) assert_true(in_ram > 0);
    wp_blobs_release(&job->blobs);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
    free(scratch);
    free(job);
}

static void in_memory(void **state) {
    (void)state;
    check(SIZE_MAX, SIZE_MAX);
}

static void partly(void **state) {
    (void)state;
    check(SIZE_MAX, 8 << 20);
    check(6 << 20, SIZE_MAX);
}

static void in_the_file(void **state) {
    (void)state;
    check(SIZE_MAX, 0);
}

static void failures(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_blobs blobs;
    struct wp_blob_writer w;
    struct wp_error err = {0};
    uint8_t *area;
    uint64_t ref;
    wp_budget_init(&budget, 0, "no-such-directory");
    wp_blobs_init(&blobs, &budget, 0);
    wp_blob_writer_init(&w, &blobs);
    assert_int_equal(wp_blob_writer_finish(&w, &err), WP_OK); /* nothing written yet */
    assert_int_equal(wp_blob_reserve(&w, (size_t)1 << 32, &area, &ref, &err), WP_ETOOBIG);
    assert_int_equal(wp_blob_reserve(&w, 10, &area, &ref, &err), WP_OK);
    assert_int_equal(wp_blob_writer_finish(&w, &err), WP_ENOENT);
    assert_int_equal(err.status, WP_ENOENT);
    wp_blob_writer_release(&w);
    wp_blobs_release(&blobs);
    wp_blobs_release(&blobs);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_memory), cmocka_unit_test(partly),
                                       cmocka_unit_test(in_the_file), cmocka_unit_test(failures)};
    return cmocka_run_group_tests_name("blobs", tests, NULL, NULL);
}
