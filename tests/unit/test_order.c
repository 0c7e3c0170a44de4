/*
 * test_order.c - slots and ranks against a plain list of all articles sorted by place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/order.h"
#include "support/random.h"

enum { SEGMENTS_MAX = 2000, ARTICLES_MAX = 200000 };

struct article {
    uint32_t file;
    uint64_t sequence;
    uint32_t number; /* in its segment */
    uint32_t slot;
};

static int by_place(const void *x, const void *y) {
    const struct article *a = x, *b = y;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    if (a->sequence != b->sequence) return a->sequence < b->sequence ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static void check(size_t segments, uint32_t files, uint32_t longest, uint64_t seed) {
    static struct article articles[ARTICLES_MAX];
    struct wp_segment *list = calloc(segments, sizeof *list);
    struct wp_order order = {0};
    struct random r = {seed};
    uint64_t next[16] = {0}, lines = 0;
    size_t count = 0;
    for (size_t i = 0; i < segments; i++) {
        list[i].file = (uint32_t)random_below(&r, files);
        list[i].sequence = next[list[i].file]++;
        list[i].count = random_below(&r, 3) ? (uint32_t)random_below(&r, longest + 1) : 0;
        list[i].lines = list[i].count + (uint32_t)random_below(&r, 5);
        lines += list[i].lines;
    }
    for (size_t i = segments; i > 1; i--) {
        size_t j = random_below(&r, i);
        struct wp_segment swap = list[i - 1];
        list[i - 1] = list[j];
        list[j] = swap;
    }
    for (size_t i = 0; i < segments; i++) {
        struct wp_segment s = list[i];
        assert_int_equal(wp_order_add(&order, &s), WP_OK);
        assert_int_equal(s.slot, count);
        for (uint32_t k = 0; k < s.count; k++)
            articles[count++] = (struct article){s.file, s.sequence, k, s.slot + k};
    }
    assert_int_equal(order.articles, count);
    assert_int_equal(order.lines, lines);
    assert_int_equal(wp_order_settle(&order), WP_OK);
    if (count) qsort(articles, count, sizeof *articles, by_place);
    for (uint32_t rank = 0; rank < count; rank++) {
        const struct article *a = &articles[rank];
        assert_int_equal(wp_order_slot(&order, rank), a->slot);
        assert_int_equal(wp_order_rank(&order, a->slot), rank);
        const struct wp_segment *s = wp_order_of_rank(&order, rank);
        assert_int_equal(s->file, a->file);
        assert_int_equal(s->sequence, a->sequence);
        assert_int_equal(wp_order_of_slot(&order, a->slot)->rank, s->rank);
    }
    for (size_t i = 0; i < order.count; i++) { /* lines count on through a file, from 1 */
        const struct wp_segment *s = &order.by_rank[i];
        uint64_t before = 1;
        for (size_t k = 0; k < segments; k++)
            if (list[k].file == s->file && list[k].sequence < s->sequence) before += list[k].lines;
        assert_int_equal(s->first_line, before);
    }
    wp_order_release(&order);
    free(list);
}

static void random_orders(void **state) {
    (void)state;
    check(0, 1, 0, 1);
    check(1, 1, 10, 2);
    check(20, 3, 0, 3); /* no article anywhere */
    check(40, 3, 1, 4);
    check(300, 16, 5, 5);
    check(600, 7, 400, 6);
    check(30, 2, 5000, 7); /* longer than what a hint covers */
}

static void limit(void **state) {
    (void)state;
    struct wp_order order = {0};
    struct wp_segment most = {.count = UINT32_MAX - 1, .lines = 1}, one = {.count = 1, .sequence = 1},
                      none = {.sequence = 2};
    assert_int_equal(wp_order_add(&order, &most), WP_OK);
    assert_int_equal(wp_order_add(&order, &one), WP_ETOOBIG);
    assert_int_equal(wp_order_add(&order, &none), WP_OK);
    assert_int_equal(order.articles, UINT32_MAX - 1);
    wp_order_release(&order);
    wp_order_release(&order);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_orders), cmocka_unit_test(limit)};
    return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
