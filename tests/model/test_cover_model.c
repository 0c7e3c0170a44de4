/*
 * test_cover_model.c - covers of random graphs against the rules in cover.h, looked at one by one: who stands
 * for a story is strongest among those it could have been, every member matches the representative or half of
 * the story, and nobody who could join is left alone.
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
#include "support/random.h"

enum { NODES_MAX = 120 };

struct model {
    uint32_t nodes;
    float weight[NODES_MAX][NODES_MAX]; /* 0 = no edge */
    double strength[NODES_MAX];
    struct wp_edge edges[NODES_MAX * NODES_MAX];
    size_t count;
    uint32_t star[NODES_MAX];
};

static void add(struct model *m, uint32_t a, uint32_t b, float weight) {
    if (a == b) return;
    m->weight[a][b] = m->weight[b][a] = weight;
}

/* Weights in 64ths, so that sums are exact in whatever order they are made. */
static float weight_of(struct random *r) {
    return (float)(1 + random_below(r, 64)) / 64;
}

static void make(struct model *m, uint64_t seed) {
    struct random r = {seed};
    memset(m, 0, sizeof *m);
    m->nodes = 2 + (uint32_t)random_below(&r, NODES_MAX - 1);
    uint32_t groups = 1 + (uint32_t)random_below(&r, 10);
    uint64_t inside = random_below(&r, 101), outside = random_below(&r, 8);
    for (uint32_t a = 0; a < m->nodes; a++)
        for (uint32_t b = a + 1; b < m->nodes; b++)
            if (random_below(&r, 100) < (a % groups == b % groups ? inside : outside))
                add(m, a, b, weight_of(&r));
    for (uint32_t a = 0; a < m->nodes; a++)
        for (uint32_t b = 0; b < m->nodes; b++) {
            m->strength[a] += (double)m->weight[a][b];
            if (a < b && m->weight[a][b] > 0)
                m->edges[m->count++] = (struct wp_edge){a, b, m->weight[a][b], 0};
        }
}

static void cover(struct model *m) {
    struct wp_graph g;
    assert_int_equal(wp_graph_init(&g, m->nodes, m->edges, m->count), WP_OK);
    assert_int_equal(wp_cover(&g, m->star), WP_OK);
    wp_graph_release(&g);
}

static bool stronger(const struct model *m, uint32_t a, uint32_t b) {
    return m->strength[a] != m->strength[b] ? m->strength[a] > m->strength[b] : a < b;
}

/* The rules, told again as slowly as they read: the strongest free node joins the story of which it matches
 * most members, if that is half of it; else it founds one and takes its free neighbours. */
static void slow_cover(const struct model *m, uint32_t *star) {
    uint32_t size[NODES_MAX] = {0};
    for (uint32_t n = 0; n < m->nodes; n++) star[n] = WP_NODE_NONE;
    for (;;) {
        uint32_t node = WP_NODE_NONE, best = WP_NODE_NONE, best_links = 0;
        for (uint32_t n = 0; n < m->nodes; n++)
            if (star[n] == WP_NODE_NONE && (node == WP_NODE_NONE || stronger(m, n, node))) node = n;
        if (node == WP_NODE_NONE) return;
        for (uint32_t s = 0; s < m->nodes; s++) {
            uint32_t links = 0;
            for (uint32_t n = 0; n < m->nodes; n++) links += star[n] == s && m->weight[node][n] > 0;
            if (links > best_links) best = s, best_links = links;
        }
        if (best != WP_NODE_NONE && 2 * best_links >= size[best]) {
            star[node] = best;
            size[best]++;
            continue;
        }
        for (uint32_t n = 0; n < m->nodes; n++)
            if (n == node || (star[n] == WP_NODE_NONE && m->weight[node][n] > 0))
                star[n] = node, size[node]++;
    }
}

static void check_members(const struct model *m) {
    for (uint32_t n = 0; n < m->nodes; n++) {
        uint32_t rep = m->star[n], size = 0, links = 0;
        assert_true(rep < m->nodes);
        assert_int_equal(m->star[rep], rep);
        if (rep == n) continue;
        for (uint32_t o = 0; o < m->nodes; o++) {
            size += m->star[o] == rep;
            links += m->star[o] == rep && m->weight[n][o] > 0;
        }
        assert_true(links > 0);
        /* Half of the story as it was when n joined; later members can only be those that match half, too. */
        assert_true(m->weight[n][rep] > 0 || 4 * links >= size);
    }
}

static void against_the_rules(void **state) {
    (void)state;
    static struct model m;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        uint32_t want[NODES_MAX];
        make(&m, seed);
        cover(&m);
        slow_cover(&m, want);
        for (uint32_t n = 0; n < m.nodes; n++) {
            if (m.star[n] != want[n]) print_message("seed %d, node %u\n", (int)seed, n);
            assert_int_equal(m.star[n], want[n]);
        }
        check_members(&m);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_the_rules)};
    return cmocka_run_group_tests_name("cover_model", tests, NULL, NULL);
}
