/*
 * test_twins.c - families by a key, against a plain search: the first in input order stands for each; keys
 * that agree although the articles do not are told apart by the callback; its failure is passed on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/twins.h"
#include "support/random.h"

enum { ARTICLES = 3000 };

struct world {
    uint64_t key[ARTICLES];   /* by slot */
    uint32_t truth[ARTICLES]; /* by slot: what the callback compares */
    unsigned asked, fail_at;
};

static int same(void *self, uint32_t slot_a, uint32_t slot_b, struct wp_error *err) {
    struct world *w = self;
    if (++w->asked == w->fail_at) return wp_fail(err, WP_EIO, "as asked for");
    return w->truth[slot_a] == w->truth[slot_b];
}

static enum wp_status find(struct world *w, struct wp_twin_list *list, struct wp_order *order) {
    struct wp_budget budget;
    struct wp_parts parts;
    struct wp_parts_sender s;
    struct wp_error err = {0};
    wp_budget_init(&budget, 0, ".");
    for (uint32_t slot = 0; slot < ARTICLES;
         slot++) { /* ranks: slots in blocks of 100, the blocks backwards */
        if (slot % 100) continue;
        struct wp_segment segment = {.count = 100, .lines = 100, .sequence = ARTICLES - slot};
        assert_int_equal(wp_order_add(order, &segment), WP_OK);
    }
    assert_int_equal(wp_order_settle(order), WP_OK);
    assert_int_equal(wp_parts_init(&parts, 8, WP_TWIN_PARTS, 512, &budget), WP_OK);
    assert_int_equal(wp_parts_sender_init(&s, &parts, 3), WP_OK);
    for (uint32_t slot = 0; slot < ARTICLES; slot++)
        assert_int_equal(
            wp_parts_send64(&s, wp_twin_part(w->key[slot]), wp_twin_pack(w->key[slot], slot), NULL), WP_OK);
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    wp_parts_sender_release(&s);
    struct wp_twins_stage stage = {order, &parts, same, w};
    enum wp_status status = wp_twins_find(&stage, list, &err);
    assert_int_equal(err.status, status);
    wp_parts_release(&parts);
    return status;
}

static void make_world(struct world *w, uint64_t seed) {
    struct random r = {seed};
    *w = (struct world){0};
    for (uint32_t slot = 0; slot < ARTICLES; slot++) {
        uint32_t text = (uint32_t)random_below(&r, 2000);
        struct random key = {text % 1900}; /* 100 pairs of texts share a key */
        w->truth[slot] = text;
        w->key[slot] = random_next(&key);
    }
}

static void against_search(void **state) {
    (void)state;
    static struct world w;
    make_world(&w, 1);
    struct wp_twin_list list = {0};
    struct wp_order order = {0};
    assert_int_equal(find(&w, &list, &order), WP_OK);
    static uint32_t first[ARTICLES]; /* by rank */
    size_t twins = 0;
    for (uint32_t rank = 0; rank < ARTICLES; rank++) {
        first[rank] = rank;
        for (uint32_t earlier = 0; earlier < rank && first[rank] == rank; earlier++)
            if (w.truth[wp_order_slot(&order, earlier)] == w.truth[wp_order_slot(&order, rank)])
                first[rank] = earlier;
        twins += first[rank] != rank;
    }
    assert_int_equal(list.count, twins);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(first[list.items[i].twin], list.items[i].first);
        assert_true(list.items[i].first < list.items[i].twin);
        if (i == 0) continue;
        assert_true(
            list.items[i - 1].first < list.items[i].first ||
            (list.items[i - 1].first == list.items[i].first && list.items[i - 1].twin < list.items[i].twin));
    }
    for (uint32_t rank = 0; rank < ARTICLES; rank++) {
        size_t begin, end, count = 0;
        wp_twins_of(&list, rank, &begin, &end);
        for (uint32_t other = 0; other < ARTICLES; other++) count += other != rank && first[other] == rank;
        assert_int_equal(end - begin, count);
        for (size_t i = begin; i < end; i++) assert_int_equal(list.items[i].first, rank);
    }
    wp_twin_list_release(&list);
    wp_order_release(&order);
}

static void failing_callback(void **state) {
    (void)state;
    static struct world w;
    make_world(&w, 2);
    w.fail_at = 50;
    struct wp_twin_list list = {0};
    struct wp_order order = {0};
    assert_int_equal(find(&w, &list, &order), WP_EIO);
    assert_int_equal(w.asked, 50);
    wp_twin_list_release(&list);
    wp_order_release(&order);
}

/* A family of n costs n questions. */
static void one_family(void **state) {
    (void)state;
    static struct world w;
    struct wp_twin_list list = {0};
    struct wp_order order = {0};
    assert_int_equal(find(&w, &list, &order), WP_OK);
    assert_int_equal(list.count, ARTICLES - 1);
    for (uint32_t i = 0; i + 1 < ARTICLES; i++) {
        assert_int_equal(list.items[i].first, 0);
        assert_int_equal(list.items[i].twin, i + 1);
    }
    assert_int_equal(w.asked, ARTICLES - 1);
    wp_twin_list_release(&list);
    wp_order_release(&order);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_search), cmocka_unit_test(failing_callback),
                                       cmocka_unit_test(one_family)};
    return cmocka_run_group_tests_name("twins", tests, NULL, NULL);
}
