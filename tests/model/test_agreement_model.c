/*
 * test_agreement_model.c - divisions of random small graphs against slow, obvious code: the search as
 * agreement.h tells it, over a table of all pairs; what a division is worth, by adding up all pairs; and what
 * is promised of representatives, looked at member by member.
 *
 * Graphs have no more than WP_AGREEMENT_ABSENT + 1 articles where worth is compared, so that all pairs that
 * never met count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "story/agreement.h"
#include "support/random.h"

enum { NODES_MAX = 60, ABSENT = -200, SURE = 400 };

struct model {
    uint32_t nodes;
    bool met[NODES_MAX][NODES_MAX];
    int32_t gain[NODES_MAX][NODES_MAX]; /* ABSENT where they never met */
    struct wp_edge edges[NODES_MAX * NODES_MAX];
    size_t count;
    uint32_t story[NODES_MAX];
};

/* Gains are mostly distinct; groups of copies with noise inside and between. */
static void make(struct model *m, uint64_t seed, uint32_t nodes_max) {
    struct random r = {seed};
    m->nodes = 1 + (uint32_t)random_below(&r, nodes_max);
    m->count = 0;
    uint32_t groups = 1 + (uint32_t)random_below(&r, 5);
    uint64_t inside = random_below(&r, 101), outside = random_below(&r, 60), copies = random_below(&r, 101);
    for (uint32_t a = 0; a < m->nodes; a++)
        for (uint32_t b = a; b < m->nodes; b++) {
            bool same = a % groups == b % groups;
            m->met[a][b] = m->met[b][a] = a != b && random_below(&r, 100) < (same ? inside : outside);
            m->gain[a][b] = m->gain[b][a] = ABSENT;
            if (!m->met[a][b]) continue;
            bool copy = random_below(&r, 100) < (same ? 50 + copies / 2 : copies / 3);
            int32_t gain = copy ? 1 + (int32_t)random_below(&r, 500) : -(int32_t)random_below(&r, 201);
            m->gain[a][b] = m->gain[b][a] = gain;
            m->edges[m->count++] = (struct wp_edge){a, b, gain, 0};
        }
}

static void agree(struct model *m) {
    struct wp_graph g;
    assert_int_equal(wp_graph_init(&g, m->nodes, m->edges, m->count), WP_OK);
    assert_int_equal(wp_agree(&g, SURE, ABSENT, m->story), WP_OK);
    wp_graph_release(&g);
}

static int64_t worth(const struct model *m, const uint32_t *story) {
    int64_t sum = 0;
    for (uint32_t a = 0; a < m->nodes; a++)
        for (uint32_t b = a + 1; b < m->nodes; b++) sum += story[a] == story[b] ? m->gain[a][b] : 0;
    return sum;
}

/* ---- the search of agreement.h, slowly ---- */

struct division {
    const struct model *m;
    uint32_t of[NODES_MAX];               /* by node: number of its story */
    uint32_t free[NODES_MAX], free_count; /* numbers of none, the one that came last is given out first */
};

static uint32_t size_of(const struct division *d, uint32_t story) {
    uint32_t size = 0;
    for (uint32_t n = 0; n < d->m->nodes; n++) size += d->of[n] == story;
    return size;
}

static void move(struct division *d, uint32_t n, uint32_t to) {
    uint32_t from = d->of[n];
    d->of[n] = to;
    if (!size_of(d, from)) d->free[d->free_count++] = from;
}

static int64_t with_absent(int64_t sum, uint64_t absent, uint64_t most) {
    return sum + ABSENT * (int64_t)(absent < most ? absent : most);
}

/* What n gains in a story, itself left out; *copy: some member is a copy. */
static int64_t gain_in(const struct division *d, uint32_t n, uint32_t story, bool *copy) {
    const struct model *m = d->m;
    int64_t sum = 0;
    uint32_t absent = 0;
    *copy = false;
    for (uint32_t o = 0; o < m->nodes; o++) {
        if (o == n || d->of[o] != story) continue;
        sum += m->met[n][o] ? m->gain[n][o] : 0;
        absent += !m->met[n][o];
        *copy |= m->gain[n][o] > 0;
    }
    return with_absent(sum, absent, WP_AGREEMENT_ABSENT);
}

/* Step 2 for one article: only stories with a copy of it are looked at; its own wins ties, then the lower. */
static bool settle(struct division *d, uint32_t n) {
    bool copy;
    uint32_t own = d->of[n], best = own;
    int64_t most = gain_in(d, n, own, &copy);
    bool loses = most < 0;
    if (loses) most = 0;
    for (uint32_t story = 0; story < d->m->nodes; story++) {
        if (story == own || !size_of(d, story)) continue;
        int64_t gain = gain_in(d, n, story, &copy);
        if (!copy || gain <= most) continue;
        best = story;
        most = gain;
    }
    if (best == own && !loses) return false;
    move(d, n, best == own ? d->free[--d->free_count] : best);
    return true;
}

/* What two stories gain by becoming one; 0 when no two members met. */
static int64_t gain_joined(const struct division *d, uint32_t a, uint32_t b) {
    const struct model *m = d->m;
    uint64_t size_a = size_of(d, a), size_b = size_of(d, b), links = 0;
    int64_t sum = 0;
    for (uint32_t x = 0; x < m->nodes; x++)
        for (uint32_t y = 0; y < m->nodes; y++)
            if (d->of[x] == a && d->of[y] == b && m->met[x][y]) sum += m->gain[x][y], links++;
    uint64_t least = size_a < size_b ? size_a : size_b;
    return links ? with_absent(sum, size_a * size_b - links, least * WP_AGREEMENT_ABSENT) : 0;
}

/* Step 3: the greatest gain first, as it was before any joined; each story takes part once. */
static bool join(struct division *d) {
    static int64_t gain[NODES_MAX][NODES_MAX];
    uint32_t into[NODES_MAX], n = d->m->nodes;
    bool taken[NODES_MAX] = {false}, any = false;
    for (uint32_t a = 0; a < n; a++) {
        into[a] = a;
        for (uint32_t b = a + 1; b < n; b++) gain[a][b] = gain_joined(d, a, b);
    }
    for (;;) {
        uint32_t best_a = 0, best_b = 0;
        for (uint32_t a = 0; a < n; a++)
            for (uint32_t b = a + 1; b < n; b++)
                if (!taken[a] && !taken[b] && gain[a][b] > (best_b ? gain[best_a][best_b] : 0))
                    best_a = a, best_b = b;
        if (!best_b) break;
        taken[best_a] = taken[best_b] = any = true;
        into[best_b] = best_a;
    }
    for (uint32_t i = 0; i < n; i++)
        if (into[d->of[i]] != d->of[i]) move(d, i, into[d->of[i]]);
    return any;
}

static void search(struct division *d, const struct model *m) {
    *d = (struct division){.m = m};
    for (uint32_t n = 0; n < m->nodes; n++) d->of[n] = n;
    for (int round = 0; round < WP_AGREEMENT_ROUNDS; round++) {
        bool changed = false;
        for (uint32_t n = 0; n < m->nodes; n++) changed |= settle(d, n);
        changed |= join(d);
        if (!changed) break;
    }
}

/* The gains of n with all others of its story, also those that it never met. */
static int64_t gain_within(const struct division *d, uint32_t n) {
    int64_t sum = 0;
    for (uint32_t o = 0; o < d->m->nodes; o++) sum += o != n && d->of[o] == d->of[n] ? d->m->gain[n][o] : 0;
    return sum;
}

/* It matches the representative, half of the others, or is a sure copy of one that matches it. */
static bool belongs(const struct model *m, const uint32_t *story, uint32_t n) {
    uint32_t others = 0, copies = 0;
    bool through = false;
    for (uint32_t o = 0; o < m->nodes; o++) {
        if (o == n || story[o] != story[n]) continue;
        others++;
        copies += m->gain[n][o] > 0;
        through |= m->gain[n][o] >= SURE && m->gain[o][story[n]] > 0;
    }
    return n == story[n] || through || m->gain[n][story[n]] > 0 || 2 * copies >= others;
}

static void name(const struct division *d, uint32_t *story) {
    const struct model *m = d->m;
    for (uint32_t n = 0; n < m->nodes; n++) {
        story[n] = WP_NODE_NONE;
        for (uint32_t o = 0; o < m->nodes; o++)
            if (d->of[o] == d->of[n] &&
                (story[n] == WP_NODE_NONE || gain_within(d, o) > gain_within(d, story[n])))
                story[n] = o;
    }
    for (bool left = true; left;) {
        bool leaves[NODES_MAX];
        left = false;
        for (uint32_t n = 0; n < m->nodes; n++) left |= leaves[n] = !belongs(m, story, n);
        for (uint32_t n = 0; n < m->nodes; n++)
            if (leaves[n]) story[n] = n;
    }
}

static void same_as_the_slow_search(void **state) {
    (void)state;
    static struct model m;
    static struct division d;
    uint32_t want[NODES_MAX];
    for (uint64_t seed = 0; seed < 3000; seed++) {
        make(&m, seed, seed % 8 ? 16 : NODES_MAX);
        agree(&m);
        search(&d, &m);
        name(&d, want);
        for (uint32_t n = 0; n < m.nodes; n++) {
            if (m.story[n] != want[n]) print_message("seed %d, node %u\n", (int)seed, n);
            assert_int_equal(m.story[n], want[n]);
        }
    }
}

static void expect_members_belong(const struct model *m) {
    for (uint32_t n = 0; n < m->nodes; n++) {
        uint32_t rep = m->story[n], copies = 0;
        assert_true(rep < m->nodes);
        assert_int_equal(m->story[rep], rep);
        assert_true(belongs(m, m->story, n));
        for (uint32_t o = 0; o < m->nodes; o++) copies += m->story[o] == rep && m->gain[n][o] > 0;
        if (rep != n) assert_true(copies > 0); /* what a member matched can always be told */
    }
}

static void members_belong(void **state) {
    (void)state;
    static struct model m;
    for (uint64_t seed = 0; seed < 20000; seed++) {
        make(&m, seed, seed % 4 ? 14 : NODES_MAX);
        agree(&m);
        expect_members_belong(&m);
    }
}

/* The division of the nodes from n on that is worth most, by trying all. */
static int64_t best_worth(const struct model *m, uint32_t *story, uint32_t n, uint32_t stories) {
    if (n == m->nodes) return worth(m, story);
    int64_t best = INT64_MIN;
    for (uint32_t s = 0; s <= stories; s++) {
        story[n] = s;
        int64_t found = best_worth(m, story, n + 1, stories + (s == stories));
        if (found > best) best = found;
    }
    return best;
}

/* No division is worth less than all alone; and a local search, which promises no more, comes near the best.
 */
static void worth_it(void **state) {
    (void)state;
    static struct model m;
    uint32_t of[NODES_MAX];
    int64_t found = 0, best = 0;
    for (uint64_t seed = 0; seed < 20000; seed++) {
        make(&m, seed, WP_AGREEMENT_ABSENT + 1);
        agree(&m);
        assert_true(worth(&m, m.story) >= 0);
        if (m.nodes > 7) continue;
        int64_t most = best_worth(&m, of, 0, 0);
        assert_true(worth(&m, m.story) <= most);
        found += worth(&m, m.story);
        best += most;
    }
    print_message("%.3f of the best\n", (double)found / (double)best);
    assert_true((double)found >= 0.97 * (double)best);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_as_the_slow_search),
                                       cmocka_unit_test(members_belong), cmocka_unit_test(worth_it)};
    return cmocka_run_group_tests_name("agreement_model", tests, NULL, NULL);
}
