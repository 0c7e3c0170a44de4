/*
 * test_ledger.c - from learnt shingles to passages: the longest first, every shingle in one, what is held by
 * another passage is cut off, long ones in pieces; counts and dates from what was met.
 */
#include "engine/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/shelf.h"

enum { OWNER = 7, ARTICLES_MAX = 4 };

struct fixture {
    struct wp_run run; /* of it only what the ledger reads */
    struct wp_shelf shelf;
    struct wp_shelved articles[ARTICLES_MAX];
    struct wp_ledger_lines lines;
};

static void begin(struct fixture *f, uint64_t *shingles) {
    *f = (struct fixture){0};
    assert_int_equal(wp_furniture_init(&f->run.furniture), WP_OK);
    f->shelf = (struct wp_shelf){.articles = f->articles, .shingles = shingles};
}

/* An article whose shingles are the next `count` on the shelf. */
static void put(struct fixture *f, uint32_t rank, uint32_t count, uint8_t width, int64_t date) {
    f->articles[f->shelf.count++] = (struct wp_shelved){
        .rank = rank,
        .offset = f->shelf.used,
        .row = {.shingles = count, .tokens = count + width - 1, .width = width, .date = date}};
    f->shelf.used += count;
}

static void enter(struct fixture *f, const uint64_t *shingles, size_t count) {
    struct wp_learnt *learnt = malloc(count * sizeof *learnt);
    assert_non_null(learnt);
    for (size_t i = 0; i < count; i++) learnt[i] = (struct wp_learnt){OWNER, shingles[i]};
    assert_int_equal(wp_ledger_enter(&f->run, &f->shelf, learnt, count, &f->lines), WP_OK);
    free(learnt);
}

static void release(struct fixture *f) {
    wp_furniture_release(&f->run.furniture);
    free(f->run.ledger.met);
    free(f->lines.items);
}

static void assert_line(const struct fixture *f, size_t i, uint32_t rank, uint32_t first, uint32_t tokens) {
    assert_true(i < f->lines.count);
    const struct wp_ledger_line *line = &f->lines.items[i];
    assert_int_equal(line->owner, OWNER);
    assert_int_equal(line->rank, rank);
    assert_int_equal(line->first, first);
    assert_int_equal(line->tokens, tokens);
}

static void test_the_longest_first(void **state) {
    (void)state;
    struct fixture f;
    uint64_t shingles[] = {91, 10, 11, 12, 92,             /* rank 40: three in a row */
                           10, 11, 12, 13, 93, 20, 94, 12, /* rank 50: four in a row, 20, and 12 again */
                           95, 9,  10, 11, 20};            /* rank 60: 9 is new, in a row of three */
    static const uint64_t learnt[] = {9, 10, 11, 12, 13, 20};
    begin(&f, shingles);
    put(&f, 40, 5, 5, 1000);
    put(&f, 50, 8, 5, WP_DATE_UNKNOWN);
    put(&f, 60, 5, 5, 500);
    enter(&f, learnt, 6);
    /* four in a row: those of the article that was put first; of 9 10 11 20 only the ends are new, and what
     * lies between comes along */
    assert_int_equal(f.lines.count, 2);
    assert_line(&f, 0, 50, 0, 4 + 4);
    assert_line(&f, 1, 60, 1, 4 + 4);
    release(&f);
}

static void test_what_is_held_is_cut_off(void **state) {
    (void)state;
    struct fixture f;
    uint64_t shingles[] = {10, 11, 12, 13, 90, 8, 9, 10, 91, 12, 13, 14, 15};
    static const uint64_t learnt[] = {8, 9, 10, 11, 12, 13, 14, 15};
    begin(&f, shingles);
    put(&f, 3, 4, 5, WP_DATE_UNKNOWN);
    put(&f, 2, 9, 8, WP_DATE_UNKNOWN);
    /* 9 is known from before */
    assert_int_equal(wp_furniture_add(&f.run.furniture, OWNER, 9), WP_OK);
    enter(&f, learnt, 8);
    assert_int_equal(f.lines.count, 3);
    assert_line(&f, 0, 3, 0, 4 + 4); /* 10 11 12 13 */
    assert_line(&f, 1, 2, 7, 2 + 7); /* 14 15, without 12 13 */
    assert_line(&f, 2, 2, 1, 1 + 7); /* 8, without 9 10 */
    assert_int_equal(f.lines.items[0].span, 5);
    assert_int_equal(f.lines.items[1].span, 8);
    assert_int_equal(f.lines.items[0].print, wp_ledger_print(shingles, 4));
    assert_int_not_equal(f.lines.items[0].print, wp_ledger_print(shingles, 3));
    shingles[0] |= (uint64_t)1 << 40; /* does not count */
    assert_int_equal(f.lines.items[0].print, wp_ledger_print(shingles, 4));
    release(&f);
}

static void test_counts_and_dates(void **state) {
    (void)state;
    struct fixture f;
    uint64_t shingles[] = {10, 11, 10, 10, 11, 11, 12};
    static const uint64_t learnt[] = {10, 11, 12};
    begin(&f, shingles);
    put(&f, 0, 3, 5, 300); /* 10 twice */
    put(&f, 1, 2, 5, WP_DATE_UNKNOWN);
    put(&f, 2, 2, 5, 200);
    enter(&f, learnt, 3);
    assert_int_equal(f.lines.count, 2);
    assert_int_equal(f.lines.items[0].articles, 3); /* 11 stands in all three */
    assert_int_equal(f.lines.items[0].first_seen, 200);
    assert_int_equal(f.lines.items[1].articles, 1); /* 12 */
    assert_int_equal(f.lines.items[1].first_seen, 200);
    release(&f);
    begin(&f, shingles);
    put(&f, 0, 3, 5, WP_DATE_UNKNOWN);
    f.run.ledger.met = malloc(2 * sizeof *f.run.ledger.met);
    f.run.ledger.met[0] = (struct wp_furniture_met){11, INT64_MAX, OWNER, 40};
    f.run.ledger.met[1] = (struct wp_furniture_met){10, 100, OWNER + 1, 50}; /* of somebody else */
    f.run.ledger.met_count = 2;
    enter(&f, learnt, 3);
    assert_int_equal(f.lines.count, 1);
    assert_int_equal(f.lines.items[0].articles, 40);
    assert_int_equal(f.lines.items[0].first_seen, WP_DATE_UNKNOWN);
    release(&f);
}

static void test_long_ones_come_in_pieces(void **state) {
    (void)state;
    enum { COUNT = 10000, PIECE = 4096 };
    struct fixture f;
    uint64_t *shingles = malloc(COUNT * sizeof *shingles);
    for (uint64_t i = 0; i < COUNT; i++) shingles[i] = 100 + i;
    begin(&f, shingles);
    put(&f, 0, COUNT, 5, WP_DATE_UNKNOWN);
    enter(&f, shingles, COUNT);
    assert_int_equal(f.lines.count, 3);
    assert_line(&f, 0, 0, 0, PIECE + 4);
    assert_line(&f, 1, 0, PIECE, PIECE + 4);
    assert_line(&f, 2, 0, 2 * PIECE, COUNT - 2 * PIECE + 4);
    release(&f);
    free(shingles);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_longest_first), cmocka_unit_test(test_what_is_held_is_cut_off),
        cmocka_unit_test(test_counts_and_dates), cmocka_unit_test(test_long_ones_come_in_pieces)};
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
