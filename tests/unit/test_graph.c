/* test_graph.c - neighbours in order, edges found from either end, nodes without any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "story/graph.h"
#include "support/random.h"

static void small(void **state) {
    (void)state;
    const struct wp_edge edges[] = {{0, 2, 50, 10}, {0, 4, -60, 11}, {1, 2, 70, 12}, {2, 3, 0, 13}};
    const uint32_t neighbours[5][4] = {{2, 4}, {2}, {0, 1, 3}, {2}, {0}};
    const uint64_t degrees[5] = {2, 1, 3, 1, 1};
    struct wp_graph g;
    assert_int_equal(wp_graph_init(&g, 5, edges, 4), WP_OK);
    for (uint32_t n = 0; n < 5; n++) {
        assert_int_equal(g.first[n + 1] - g.first[n], degrees[n]);
        for (uint64_t i = 0; i < degrees[n]; i++)
            assert_int_equal(g.neighbour[g.first[n] + i], neighbours[n][i]);
    }
    for (size_t i = 0; i < 4; i++) {
        uint64_t there = wp_graph_find(&g, edges[i].a, edges[i].b),
                 back = wp_graph_find(&g, edges[i].b, edges[i].a);
        assert_int_equal(g.match[there], edges[i].match);
        assert_int_equal(g.match[back], edges[i].match);
        assert_int_equal(g.gain[there], edges[i].gain);
        assert_int_equal(g.gain[back], edges[i].gain);
    }
    assert_true(wp_graph_find(&g, 0, 1) == UINT64_MAX);
    assert_true(wp_graph_find(&g, 0, 3) == UINT64_MAX);
    assert_true(wp_graph_find(&g, 4, 4) == UINT64_MAX);
    wp_graph_release(&g);
    wp_graph_release(&g);
}

static void no_edges(void **state) {
    (void)state;
    struct wp_graph g;
    for (uint32_t nodes = 0; nodes < 4; nodes++) {
        assert_int_equal(wp_graph_init(&g, nodes, NULL, 0), WP_OK);
        for (uint32_t n = 0; n <= nodes; n++) assert_int_equal(g.first[n], 0);
        for (uint32_t n = 0; n < nodes; n++) assert_true(wp_graph_find(&g, n, 0) == UINT64_MAX);
        wp_graph_release(&g);
    }
}

enum { NODES = 60 };

/* Against a table of all pairs. */
static void random_graphs(void **state) {
    (void)state;
    static uint32_t number[NODES][NODES]; /* of the edge + 1 */
    static struct wp_edge edges[NODES * NODES];
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct random r = {seed};
        struct wp_graph g;
        uint32_t nodes = 1 + (uint32_t)random_below(&r, NODES);
        uint64_t density = random_below(&r, 101);
        size_t count = 0;
        for (uint32_t a = 0; a < nodes; a++)
            for (uint32_t b = a; b < nodes; b++) {
                number[a][b] = number[b][a] = 0;
                if (a == b || random_below(&r, 100) >= density) continue;
                int32_t gain = (int32_t)random_below(&r, 700) - 200;
                edges[count] = (struct wp_edge){a, b, gain, (uint32_t)random_next(&r)};
                number[a][b] = number[b][a] = (uint32_t)++count;
            }
        assert_int_equal(wp_graph_init(&g, nodes, edges, count), WP_OK);
        assert_int_equal(g.first[nodes], 2 * count);
        for (uint32_t a = 0; a < nodes; a++)
            for (uint32_t b = 0; b < nodes; b++) {
                uint64_t entry = wp_graph_find(&g, a, b);
                assert_int_equal(entry != UINT64_MAX, number[a][b] != 0);
                if (!number[a][b]) continue;
                const struct wp_edge *e = &edges[number[a][b] - 1];
                assert_in_range(entry, g.first[a], g.first[a + 1] - 1);
                assert_int_equal(g.neighbour[entry], b);
                assert_int_equal(g.gain[entry], e->gain);
                assert_int_equal(g.match[entry], e->match);
                if (entry > g.first[a]) assert_true(g.neighbour[entry - 1] < b);
            }
        wp_graph_release(&g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(small), cmocka_unit_test(no_edges),
                                       cmocka_unit_test(random_graphs)};
    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
