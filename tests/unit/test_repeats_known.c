/*
 * test_repeats_known.c - one list of articles sifted: what is known before is taken out of few articles and
 * left to this run's own judgement in more, what is learnt does not depend on it, and all of it is counted.
 */
#include "match/repeats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { ARTICLES = 40, SHINGLE = 12345 };

static uint32_t owners[ARTICLES];
static struct wp_title titles[ARTICLES];
static _Atomic uint8_t counts[ARTICLES], known_counts[ARTICLES];
static struct wp_bits unspoken;
static struct wp_budget budget;
static struct wp_parts examples, met;
static struct wp_furniture known;
static uint64_t ranks[ARTICLES];
static size_t left;

static const struct wp_title *title_of(void *self, uint32_t rank, struct wp_title *scratch,
                                       struct wp_error *err) {
    (void)self, (void)scratch, (void)err;
    return &titles[rank];
}

static enum wp_status earlier(void *self, uint32_t rank, int64_t *date, struct wp_error *err) {
    (void)self, (void)err;
    if (1000 - (int64_t)rank < *date) *date = 1000 - (int64_t)rank;
    return WP_OK;
}

static void begin(void) {
    memset(owners, 0, sizeof owners);
    memset((void *)counts, 0, sizeof counts);
    memset((void *)known_counts, 0, sizeof known_counts);
    for (uint16_t i = 0; i < ARTICLES; i++) titles[i] = (struct wp_title){{(uint16_t)(i + 1)}};
    assert_int_equal(wp_bits_init(&unspoken, ARTICLES), WP_OK);
    assert_int_equal(wp_furniture_init(&known), WP_OK);
    wp_budget_init(&budget, SIZE_MAX, ".");
    assert_int_equal(wp_parts_init(&examples, 8, WP_EXAMPLE_PARTS, 4096, &budget), WP_OK);
    assert_int_equal(wp_parts_init(&met, sizeof(struct wp_furniture_met), WP_EXAMPLE_PARTS, 4096, &budget),
                     WP_OK);
}

static void end(void) {
    wp_parts_release(&examples);
    wp_parts_release(&met);
    wp_furniture_release(&known);
    wp_bits_release(&unspoken);
}

/* Sifts the list of ranks 0 .. count - 1. */
static void sift(size_t count) {
    struct wp_repeats r = {.owners = owners,
                           .unspoken = &unspoken,
                           .title = title_of,
                           .earlier = earlier,
                           .known = &known,
                           .counts = counts,
                           .known_counts = known_counts,
                           .examples = &examples,
                           .met = &met};
    struct wp_repeats_worker w = {0};
    for (size_t i = 0; i < count; i++) ranks[i] = i;
    left = count;
    assert_int_equal(wp_repeats_worker_init(&w, &r), WP_OK);
    assert_int_equal(wp_repeats_sift(&r, &w, SHINGLE, ranks, &left, NULL), WP_OK);
    assert_int_equal(wp_repeats_worker_flush(&w, NULL), WP_OK);
    wp_repeats_worker_release(&w);
}

static void assert_met(uint32_t owner, uint32_t articles, int64_t first_seen) {
    struct wp_furniture_met item;
    size_t part = owner % WP_EXAMPLE_PARTS;
    assert_int_equal(wp_parts_count(&met, part), 1);
    assert_int_equal(wp_parts_take(&met, part, &item, NULL), WP_OK);
    assert_int_equal(item.owner, owner);
    assert_int_equal(item.articles, articles);
    assert_int_equal(item.first_seen, first_seen);
    assert_int_equal(item.shingle, SHINGLE);
}

static void test_known_of_an_owner(void **state) {
    (void)state;
    for (size_t of_owner = 2; of_owner <= 6; of_owner++) {
        begin();
        for (size_t i = 0; i < of_owner; i++) owners[i] = 7;
        owners[of_owner] = owners[of_owner + 1] = 8; /* whose it is not */
        for (size_t i = 0; i < ARTICLES; i++)
            titles[i].words[0] = 1; /* alike: this run learns nothing by itself */
        assert_int_equal(wp_furniture_add(&known, 7, SHINGLE), WP_OK);
        sift(of_owner + 2);
        bool few = of_owner < 4;
        assert_int_equal(left, few ? 2 : of_owner + 2);
        assert_int_equal(ranks[0], few ? of_owner : 0);
        for (size_t i = 0; i < of_owner + 2; i++) {
            assert_int_equal(counts[i], i < of_owner && few);
            assert_int_equal(known_counts[i], i < of_owner && !few);
        }
        assert_met(7, (uint32_t)of_owner, 1000 - (int64_t)of_owner + 1);
        assert_int_equal(wp_parts_count(&examples, 7), 0);
        end();
    }
}

/* Of all: taken from whoever has an owner, if there are few articles in all. */
static void test_known_of_all(void **state) {
    (void)state;
    for (size_t count = 2; count <= 5; count++) {
        begin();
        for (size_t i = 0; i < count; i++) owners[i] = (uint32_t)i; /* the first has none */
        assert_int_equal(wp_furniture_add(&known, WP_FURNITURE_OF_ALL, SHINGLE), WP_OK);
        sift(count);
        assert_int_equal(left, count < 4 ? 1 : count);
        assert_int_equal(ranks[0], 0);
        assert_int_equal(counts[0] + known_counts[0], 0);
        assert_int_equal(counts[1], count < 4);
        assert_int_equal(known_counts[1], count >= 4);
        assert_int_equal(wp_parts_count(&met, 0), count - 1);
        end();
    }
}

static void test_learning_does_not_depend_on_it(void **state) {
    (void)state;
    for (int is_known = 0; is_known < 2; is_known++) {
        begin();
        for (size_t i = 0; i < 9; i++) owners[i] = 7;
        if (is_known) assert_int_equal(wp_furniture_add(&known, 7, SHINGLE), WP_OK);
        sift(9);
        assert_int_equal(left, 0);
        assert_int_equal(wp_parts_count(&examples, 7), WP_FURNITURE_STORIES);
        for (size_t i = 0; i < 9; i++) assert_int_equal(counts[i], 1);
        for (size_t i = 0; i < 9; i++) assert_int_equal(known_counts[i], 0);
        assert_met(7, 9, 992);
        end();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_of_an_owner),
                                       cmocka_unit_test(test_known_of_all),
                                       cmocka_unit_test(test_learning_does_not_depend_on_it)};
    return cmocka_run_group_tests_name("repeats_known", tests, NULL, NULL);
}
