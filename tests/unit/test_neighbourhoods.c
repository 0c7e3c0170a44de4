/* test_neighbourhoods.c - who is joined as far as there is room, against labels that are rewritten by hand;
 * many threads join what one would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/thread.h"
#include "match/neighbourhoods.h"
#include "support/random.h"

enum { ARTICLES = 3000, PAIRS = 4000, THREADS = 4 };

static void fill(struct wp_candidate *pairs, uint32_t count, uint32_t reach) {
    struct random r = {11};
    for (uint32_t i = 0; i < count; i++) {
        pairs[i].a = (uint32_t)random_below(&r, ARTICLES - reach);
        pairs[i].b = pairs[i].a + 1 + (uint32_t)random_below(&r, reach - 1);
    }
}

/* The slow way: every article has the number of its set, the smallest of them. */
static void join_slowly(uint32_t label[ARTICLES], const struct wp_candidate *c) {
    uint32_t x = label[c->a], y = label[c->b], members = 0;
    for (uint32_t i = 0; i < ARTICLES; i++) members += label[i] == x || label[i] == y;
    if (x == y || members > WP_NEIGHBOURHOOD_MAX) return;
    for (uint32_t i = 0; i < ARTICLES; i++)
        if (label[i] == x || label[i] == y) label[i] = x < y ? x : y;
}

static void joined_while_there_is_room(void **state) {
    (void)state;
    static struct wp_candidate pairs[PAIRS];
    static uint32_t label[ARTICLES];
    struct wp_neighbourhoods n;
    uint32_t largest = 0;
    fill(pairs, PAIRS, ARTICLES / 2); /* nearly all would be one */
    assert_int_equal(wp_neighbourhoods_init(&n, ARTICLES), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i++) label[i] = i;
    for (uint32_t i = 0; i < PAIRS; i++) join_slowly(label, &pairs[i]);
    wp_neighbourhoods_join(&n, pairs, PAIRS / 2);
    wp_neighbourhoods_join(&n, pairs + PAIRS / 2, PAIRS - PAIRS / 2);
    for (uint32_t i = 0, members = 0; i < ARTICLES; i++, members = 0) {
        assert_int_equal(wp_neighbourhood_of(&n, i), label[i]);
        for (uint32_t j = 0; j < ARTICLES; j++) members += label[j] == i;
        largest = members > largest ? members : largest;
    }
    assert_in_range(largest, WP_NEIGHBOURHOOD_MAX - 5, WP_NEIGHBOURHOOD_MAX); /* the bound was met */
    wp_neighbourhoods_release(&n);
    wp_neighbourhoods_release(&n);
}

struct job {
    struct wp_neighbourhoods near;
    struct wp_candidate pairs[PAIRS];
};

static enum wp_status join_some(void *self, size_t index, unsigned worker) {
    struct job *job = self;
    (void)worker;
    wp_neighbourhoods_join(&job->near, job->pairs + index * 8, 8);
    return WP_OK;
}

/* Without a set that reaches the bound, the order of the pairs does not matter. */
static void joined_by_many_threads(void **state) {
    (void)state;
    static struct job job;
    struct wp_neighbourhoods alone;
    struct wp_parallel_work work = {join_some, &job, NULL};
    fill(job.pairs, PAIRS / 4, 40);
    assert_int_equal(wp_neighbourhoods_init(&alone, ARTICLES), WP_OK);
    assert_int_equal(wp_neighbourhoods_init(&job.near, ARTICLES), WP_OK);
    wp_neighbourhoods_join(&alone, job.pairs, PAIRS / 4);
    assert_int_equal(wp_parallel(THREADS, PAIRS / 4 / 8, &work), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i++)
        assert_int_equal(wp_neighbourhood_of(&job.near, i), wp_neighbourhood_of(&alone, i));
    wp_neighbourhoods_release(&alone);
    wp_neighbourhoods_release(&job.near);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_while_there_is_room),
        cmocka_unit_test(joined_by_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
