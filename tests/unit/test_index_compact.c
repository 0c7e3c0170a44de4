/*
 * test_index_compact.c - what compacting gets rid of, and what it leaves alone: records, rows and keys of
 * dead articles go, those of the living are read as before, under the same numbers, from as many text files
 * as it takes; done again it does nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "index/check.h"
#include "index/store.h"
#include "support/disk.h"
#include "support/random.h"

enum { ARTICLES = 300, MORE = 40, RECORD = 700, FULL = 20000 };

static const char dir[] = "index";
static const struct wp_store_options writing = {
    .write = true, .create = true, .flush_rows = 25, .texts_bytes = FULL};
static struct wp_error err;
static bool deleted[ARTICLES + MORE];

static void make_record(uint32_t number, uint8_t out[RECORD]) {
    struct random r = {number + 1};
    for (size_t i = 0; i < RECORD; i++) out[i] = (uint8_t)('0' + random_below(&r, 64));
}

static void add(struct wp_store *s, uint32_t number) {
    uint8_t record[RECORD];
    uint64_t keys[] = {number * 7919u + 1, 42};
    struct wp_row row = {
        .id = {number, 1}, .exact = {number, 2}, .samples = 2, .story = number, .to = WP_NUMBER_NONE};
    make_record(number, record);
    assert_int_equal(wp_store_next(s), number);
    assert_int_equal(wp_store_add(s, &row, record, RECORD, keys, &err), WP_OK);
}

static void delete (struct wp_store *s, uint32_t number) {
    assert_int_equal(wp_store_kill(s, number, &err), WP_OK);
    deleted[number] = true;
}

static void tell(void *self, const struct wp_damage *damage) {
    (void)self;
    print_message("%s: %s\n", damage->error.file, damage->error.reason);
}

/* The living are there, the dead are not; rows there are `rows`. */
static void check_all(const struct wp_view *v, uint32_t end, uint64_t rows) {
    struct wp_text_reader r = {0};
    struct wp_check_counts counts;
    uint64_t there = 0;
    assert_int_equal(v->end, end);
    for (uint32_t n = 0; n < end; n++) {
        struct wp_row row;
        uint8_t want[RECORD];
        const uint8_t *record;
        size_t len;
        enum wp_status status = wp_view_row(v, n, &row, &err);
        assert_int_equal(status, deleted[n] ? WP_END : WP_OK);
        if (status != WP_OK) continue;
        assert_int_equal(row.id.low, n);
        assert_int_equal(wp_view_record(v, &r, n, &row, &record, &len, &err), WP_OK);
        make_record(n, want);
        assert_int_equal(len, RECORD);
        assert_memory_equal(record, want, RECORD);
    }
    for (size_t i = 0; i < v->segment_count; i++) there += wp_row_table_there(&v->segments[i]->rows);
    assert_int_equal(there, rows);
    wp_text_reader_release(&r);
    assert_int_equal(wp_index_check(dir, tell, NULL, &counts, &err), WP_OK);
    assert_int_equal(counts.damages, 0);
}

static uint64_t text_bytes(const struct wp_store *s) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < s->files.texts_count; i++) bytes += s->files.texts[i].bytes;
    return bytes;
}

/* A third of the articles is dead, the first hundred and the last ones among them. */
static void test_rewrite(void **state) {
    (void)state;
    struct wp_store s;
    unsigned dead = 0;
    assert_int_equal(wp_store_open(&s, dir, &writing, &err), WP_OK);
    for (uint32_t n = 0; n < ARTICLES; n++) add(&s, n);
    for (uint32_t n = 0; n < ARTICLES; n++)
        if (n < 100 || n % 7 == 3 || n > 290) delete (&s, n);
    for (uint32_t n = 0; n < ARTICLES; n++) dead += deleted[n];
    assert_int_equal(wp_store_commit(&s, &err), WP_OK);
    struct wp_view *before = wp_store_snapshot(&s);
    uint64_t in_segments = 0;
    for (size_t i = 0; i < before->segment_count; i++)
        in_segments += wp_row_table_there(&before->segments[i]->rows);
    assert_int_equal(wp_store_compact(&s, &err), WP_OK);
    check_all(s.now, ARTICLES, ARTICLES - dead);
    assert_int_equal(s.files.segment_count, 1);
    assert_int_equal(s.files.segments[0].first, 100);       /* 100 % 7 is not 3 */
    assert_int_equal(s.files.segments[0].count, 290 - 100); /* 290 % 7 is */
    assert_true(s.files.texts_count >= (ARTICLES - dead) * (uint64_t)RECORD * 3 / 4 / (FULL + 20000));
    assert_true(s.files.texts_count >= 4);
    assert_true(text_bytes(&s) < (ARTICLES - dead) * (uint64_t)RECORD);
    uint64_t bytes = text_bytes(&s);
    uint32_t next = s.files.next_file;
    check_all(before, ARTICLES, in_segments); /* files that have gone stay readable */
    wp_view_drop(before);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);

    assert_int_equal(wp_store_open(&s, dir, &writing, &err), WP_OK); /* again: there is nothing to do */
    assert_int_equal(wp_store_compact(&s, &err), WP_OK);
    assert_true(text_bytes(&s) == bytes && s.files.segment_count == 1);
    assert_true(s.files.next_file <= next + 3); /* a log and states of open and close, no more */
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

/* What is added behind it is merged without a record being moved. */
static void test_merge(void **state) {
    (void)state;
    struct wp_store s;
    uint64_t living = 0;
    assert_int_equal(wp_store_open(&s, dir, &writing, &err), WP_OK);
    uint32_t first_texts = s.files.texts[0].number;
    for (uint32_t n = ARTICLES; n < ARTICLES + MORE; n++) add(&s, n);
    assert_int_equal(wp_store_compact(&s, &err), WP_OK);
    for (uint32_t n = 0; n < ARTICLES + MORE; n++) living += !deleted[n];
    check_all(s.now, ARTICLES + MORE, living);
    assert_int_equal(s.files.segment_count, 1);
    assert_int_equal(s.files.texts[0].number, first_texts);
    assert_int_equal(s.files.segments[0].first, 100);
    assert_int_equal(s.files.segments[0].count, ARTICLES + MORE - 100);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

static void test_nothing_left(void **state) {
    (void)state;
    struct wp_store s;
    assert_int_equal(wp_store_open(&s, dir, &writing, &err), WP_OK);
    for (uint32_t n = 0; n < ARTICLES + MORE; n++)
        if (!deleted[n]) delete (&s, n);
    assert_int_equal(wp_store_compact(&s, &err), WP_OK);
    check_all(s.now, ARTICLES + MORE, 0);
    assert_int_equal(s.files.segment_count, 0);
    assert_true(text_bytes(&s) < 1000);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

int main(void) {
    char scratch[] = "wp_compact.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rewrite), cmocka_unit_test(test_merge),
                                       cmocka_unit_test(test_nothing_left)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_remove_directory(dir);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
