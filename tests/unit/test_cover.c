/*
 * test_cover.c - the graph and its lookups, and covers worked out by hand. Random graphs against the rules
 * are in tests/model/test_cover_model.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "story/cover.h"

/* The cover of edges sorted by (a, b), into star. */
static void cover(uint32_t nodes, const struct wp_edge *edges, size_t count, uint32_t *star) {
    struct wp_graph g;
    assert_int_equal(wp_graph_init(&g, nodes, edges, count), WP_OK);
    assert_int_equal(wp_cover(&g, star), WP_OK);
    wp_graph_release(&g);
}

static void expect(const uint32_t *star, const uint32_t *want, size_t nodes) {
    for (size_t i = 0; i < nodes; i++) assert_int_equal(star[i], want[i]);
}

static void graph(void **state) {
    (void)state;
    const struct wp_edge edges[] = {{0, 2, 0.5f, 10}, {0, 4, 0.6f, 11}, {1, 2, 0.7f, 12}, {2, 3, 0.8f, 13}};
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
        assert_true(g.weight[there] == edges[i].weight && g.weight[back] == edges[i].weight);
    }
    assert_true(wp_graph_find(&g, 0, 1) == UINT64_MAX);
    assert_true(wp_graph_find(&g, 0, 3) == UINT64_MAX);
    assert_true(wp_graph_find(&g, 4, 4) == UINT64_MAX);
    wp_graph_release(&g);
    wp_graph_release(&g);
}

static void no_edges(void **state) {
    (void)state;
    uint32_t star[3] = {9, 9, 9};
    cover(0, NULL, 0, star);
    cover(3, NULL, 0, star);
    expect(star, (uint32_t[]){0, 1, 2}, 3);
}

/* 0 - 1 - 2 - 3 - 4 - 5: a chain is no story. 1 is strongest (ties go to the earlier) and takes 0 and 2; 3
 * matches one of these three, which is too little, and takes 4; 5 matches half of those two. */
static void chain(void **state) {
    (void)state;
    const struct wp_edge edges[] = {{0, 1, 1, 0}, {1, 2, 1, 1}, {2, 3, 1, 2}, {3, 4, 1, 3}, {4, 5, 1, 4}};
    uint32_t star[6];
    cover(6, edges, 5, star);
    expect(star, (uint32_t[]){1, 1, 1, 3, 3, 3}, 6);
}

/* A clique is one story, and so is one from which edges are missing here and there: node 5 matches all but
 * the representative, which is more than WP_COVER_SHARE of the story. */
static void nearly_a_clique(void **state) {
    (void)state;
    struct wp_edge edges[15];
    size_t count = 0;
    for (uint32_t a = 0; a < 6; a++)
        for (uint32_t b = a + 1; b < 6; b++)
            if (!(a == 0 && b == 5)) edges[count++] = (struct wp_edge){a, b, a == 0 ? 1.0f : 0.7f, 0};
    uint32_t star[6];
    cover(6, edges, count, star);
    expect(star, (uint32_t[]){0, 0, 0, 0, 0, 0}, 6);
}

/* Two stories of four, and a bridge between them: the stronger of its ends takes the other one, and with it
 * nobody else of the second story. */
static void bridge(void **state) {
    (void)state;
    struct wp_edge edges[13];
    size_t count = 0;
    for (uint32_t a = 0; a < 8; a++)
        for (uint32_t b = a + 1; b < 8; b++)
            if (a / 4 == b / 4 || (a == 3 && b == 4)) edges[count++] = (struct wp_edge){a, b, 0.75f, 0};
    uint32_t star[8];
    cover(8, edges, count, star);
    expect(star, (uint32_t[]){3, 3, 3, 3, 3, 5, 5, 5}, 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(graph), cmocka_unit_test(no_edges),
                                       cmocka_unit_test(chain), cmocka_unit_test(nearly_a_clique),
                                       cmocka_unit_test(bridge)};
    return cmocka_run_group_tests_name("cover", tests, NULL, NULL);
}
