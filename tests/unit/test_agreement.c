/*
 * test_agreement.c - divisions worked out by hand: dense groups, bridges between them, chains, what speaks
 * against a story, and a story too big for all its pairs. Random graphs are in
 * tests/model/test_agreement_model.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "match/relation.h"
#include "story/agreement.h"
#include "support/random.h"

enum { NODES_MAX = 600, EDGES_MAX = 40000, ABSENT = WP_GAIN_MIN, SURE = WP_GAIN_MAX };

struct world {
    uint32_t nodes;
    struct wp_edge edges[EDGES_MAX];
    size_t count;
    uint32_t story[NODES_MAX];
};

static struct world w;

static void link_up(uint32_t a, uint32_t b, int32_t gain) {
    assert_true(w.count < EDGES_MAX);
    w.edges[w.count++] = (struct wp_edge){a < b ? a : b, a < b ? b : a, gain, 0};
}

static int by_nodes(const void *x, const void *y) {
    const struct wp_edge *p = x, *q = y;
    if (p->a != q->a) return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static void agree(void) {
    struct wp_graph g;
    if (w.count) qsort(w.edges, w.count, sizeof *w.edges, by_nodes);
    assert_int_equal(wp_graph_init(&g, w.nodes, w.edges, w.count), WP_OK);
    assert_int_equal(wp_agree(&g, SURE, ABSENT, w.story), WP_OK);
    wp_graph_release(&g);
}

static void begin(uint32_t nodes) {
    w.nodes = nodes;
    w.count = 0;
}

static void expect(const uint32_t *want) {
    for (uint32_t n = 0; n < w.nodes; n++) assert_int_equal(w.story[n], want[n]);
}

static void clique(uint32_t first, uint32_t count, int32_t gain) {
    for (uint32_t a = first; a < first + count; a++)
        for (uint32_t b = a + 1; b < first + count; b++) link_up(a, b, gain);
}

static void alone(void **state) {
    (void)state;
    begin(0);
    agree();
    begin(3);
    agree();
    expect((uint32_t[]){0, 1, 2});
    begin(3); /* excerpts and pairs without gain join nothing */
    link_up(0, 1, WP_GAIN_MIN);
    link_up(1, 2, 0);
    agree();
    expect((uint32_t[]){0, 1, 2});
}

/* The one with the most gain stands for all, of equal ones the earlier. */
static void representatives(void **state) {
    (void)state;
    begin(2);
    link_up(0, 1, 1); /* the most doubtful copy is one */
    agree();
    expect((uint32_t[]){0, 0});
    begin(4);
    clique(0, 4, 300);
    agree();
    expect((uint32_t[]){0, 0, 0, 0});
    begin(3);
    link_up(0, 1, 100);
    link_up(0, 2, 100);
    link_up(1, 2, 400);
    agree();
    expect((uint32_t[]){1, 1, 1});
}

/* Of two reprints of one story each may have kept another half: two copies outweigh a pair apart. */
static void a_pair_apart(void **state) {
    (void)state;
    begin(3);
    link_up(0, 1, SURE);
    link_up(1, 2, SURE);
    link_up(0, 2, WP_GAIN_MIN);
    agree();
    expect((uint32_t[]){1, 1, 1});
    begin(3);
    link_up(0, 1, SURE);
    link_up(1, 2, 199); /* less than the pair apart takes */
    link_up(0, 2, WP_GAIN_MIN);
    agree();
    expect((uint32_t[]){0, 0, 2});
}

/* What has one article in common makes no story: in a star of doubtful copies every two members are apart. */
static void star_of_unlike(void **state) {
    (void)state;
    begin(9);
    for (uint32_t n = 1; n < 9; n++) link_up(0, n, 100);
    agree();
    uint32_t together = 0;
    for (uint32_t n = 1; n < 9; n++) together += w.story[n] == w.story[0];
    assert_int_equal(together, 1); /* the second would bring 100 and take 200 */
}

/* The end of a text whose beginning another kept: a sure copy of one that matches the representative stays,
 * a doubtful one leaves, though each gains by staying. */
static void matched_through_another(void **state) {
    (void)state;
    for (int sure = 0; sure < 2; sure++) {
        begin(6);
        clique(0, 4, SURE);
        link_up(3, 4, SURE);
        link_up(3, 5, SURE - !sure);
        for (uint32_t n = 0; n < 3; n++) link_up(n, 4, -150), link_up(n, 5, -1);
        link_up(4, 5, -1);
        agree();
        expect((uint32_t[]){3, 3, 3, 3, 3, 3});
        begin(6); /* one further away: 5 matches 4 alone, which matches 3, which stands for all */
        clique(0, 4, SURE);
        link_up(3, 4, SURE);
        link_up(4, 5, SURE - !sure);
        for (uint32_t n = 0; n < 4; n++) link_up(n, 5, -1);
        for (uint32_t n = 0; n < 3; n++) link_up(n, 4, -150);
        agree();
        expect(sure ? (uint32_t[]){3, 3, 3, 3, 3, 3} : (uint32_t[]){3, 3, 3, 3, 3, 5});
    }
}

/* Two dense groups, and one pair between them, sure or doubtful. */
static void weak_bridge(void **state) {
    (void)state;
    for (int32_t gain = 1; gain <= SURE; gain += 499) {
        begin(10);
        clique(0, 5, SURE);
        clique(5, 5, SURE);
        link_up(4, 5, gain);
        agree();
        for (uint32_t n = 0; n < 10; n++)
            assert_int_equal(w.story[n] == w.story[n < 5 ? 0 : 9], 1), assert_true(w.story[n] / 5 == n / 5);
    }
}

/* Members of two stories that were begun apart come together by the pairs between them, not by moving one by
 * one: every one loses by going over alone. */
static void joined_in_two_steps(void **state) {
    (void)state;
    begin(8);
    clique(0, 4, SURE);
    clique(4, 4, SURE);
    for (uint32_t a = 0; a < 4; a++)
        for (uint32_t b = 4; b < 8; b++) link_up(a, b, (a + b) % 4 ? 50 : -100);
    agree();
    for (uint32_t n = 1; n < 8; n++) assert_int_equal(w.story[n], w.story[0]);
}

/* The first ones and the near ones before: what match/hits.h pairs of a shingle that is in all. */
static void big_story(void **state) {
    (void)state;
    enum { COPIES = 500, FIRST = 8, NEAR = 4 };
    begin(COPIES);
    for (uint32_t n = 1; n < COPIES; n++) {
        uint32_t near = n < NEAR ? 0 : n - NEAR;
        for (uint32_t o = 0; o < (near < FIRST ? near : FIRST); o++) link_up(o, n, SURE);
        for (uint32_t o = near; o < n; o++) link_up(o, n, SURE);
    }
    agree();
    for (uint32_t n = 0; n < COPIES; n++) assert_int_equal(w.story[n], w.story[0]);
    assert_true(w.story[0] < FIRST);
}

/* Two of them, and a few pairs across: they stay two. */
static void two_big_stories(void **state) {
    (void)state;
    enum { COPIES = 200, FIRST = 8, NEAR = 4 };
    begin(2 * COPIES);
    for (uint32_t base = 0; base < 2 * COPIES; base += COPIES)
        for (uint32_t n = 1; n < COPIES; n++) {
            uint32_t near = n < NEAR ? 0 : n - NEAR;
            for (uint32_t o = 0; o < (near < FIRST ? near : FIRST); o++) link_up(base + o, base + n, SURE);
            for (uint32_t o = near; o < n; o++) link_up(base + o, base + n, SURE);
        }
    for (uint32_t n = 20; n < 30; n++) link_up(n, COPIES + n, SURE);
    agree();
    for (uint32_t n = 0; n < 2 * COPIES; n++) {
        assert_int_equal(w.story[n], w.story[n / COPIES * COPIES]);
        assert_int_equal(w.story[n] / COPIES, n / COPIES);
    }
}

/* Dense groups come out as they are, however the articles are numbered. */
static void any_numbering(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct random r = {seed};
        uint32_t as[60];
        begin(60);
        for (uint32_t n = 0; n < 60; n++) as[n] = n;
        for (uint32_t n = 59; n > 0; n--) {
            uint32_t other = (uint32_t)random_below(&r, n + 1), kept = as[n];
            as[n] = as[other];
            as[other] = kept;
        }
        for (uint32_t a = 0; a < 60; a++)
            for (uint32_t b = a + 1; b < 60; b++) {
                bool same = a / 6 == b / 6;
                if (same) link_up(as[a], as[b], 200 + (int32_t)random_below(&r, 301));
                if (!same && random_below(&r, 40) == 0)
                    link_up(as[a], as[b], (int32_t)random_below(&r, 200) - 100);
            }
        agree();
        for (uint32_t a = 0; a < 60; a++)
            for (uint32_t b = 0; b < 60; b++)
                assert_int_equal(w.story[as[a]] == w.story[as[b]], a / 6 == b / 6);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(alone),
                                       cmocka_unit_test(representatives),
                                       cmocka_unit_test(a_pair_apart),
                                       cmocka_unit_test(star_of_unlike),
                                       cmocka_unit_test(matched_through_another),
                                       cmocka_unit_test(weak_bridge),
                                       cmocka_unit_test(joined_in_two_steps),
                                       cmocka_unit_test(big_story),
                                       cmocka_unit_test(two_big_stories),
                                       cmocka_unit_test(any_numbering)};
    return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
