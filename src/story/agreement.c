/* agreement.c - see agreement.h. */
#include "story/agreement.h"

#include <stdlib.h>
#include "base/memory.h"

/* Stories are numbered while they change; a number whose story has become empty is free. */
struct division {
    const struct wp_graph *graph;
    int64_t sure, absent;
    uint32_t *of;   /* by node: number of its story */
    uint32_t *size; /* by number */
    uint32_t *free; /* a stack of free numbers */
    uint32_t free_count;
    /* scratch, by number; zero between looks */
    int64_t *sum;
    uint32_t *links;
    bool *wanted;      /* some link is a copy */
    uint32_t *touched; /* the numbers above that are in use */
    uint32_t touched_count;
};

static void division_release(struct division *d) {
    wp_free(d->of);
    wp_free(d->size);
    wp_free(d->free);
    wp_free(d->sum);
    wp_free(d->links);
    wp_free(d->wanted);
    wp_free(d->touched);
}

/* Everybody alone. */
static enum wp_status division_init(struct division *d, const struct wp_graph *g, int32_t absent) {
    uint32_t n = g->nodes;
    *d = (struct division){.graph = g, .absent = absent};
    d->of = wp_alloc(n, sizeof *d->of);
    d->size = wp_alloc(n, sizeof *d->size);
    d->free = wp_alloc(n, sizeof *d->free);
    d->sum = wp_zalloc(n, sizeof *d->sum);
    d->links = wp_zalloc(n, sizeof *d->links);
    d->wanted = wp_zalloc(n, sizeof *d->wanted);
    d->touched = wp_alloc(n, sizeof *d->touched);
    if (!d->of || !d->size || !d->free || !d->sum || !d->links || !d->wanted || !d->touched) return WP_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        d->of[i] = i;
        d->size[i] = 1;
    }
    return WP_OK;
}

/* ---- moves of one article ---- */

/* Sums up what the node has in common with each story that it has edges to. */
static void look_around(struct division *d, uint32_t node) {
    const struct wp_graph *g = d->graph;
    d->touched_count = 0;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        uint32_t story = d->of[g->neighbour[e]];
        if (!d->links[story]) d->touched[d->touched_count++] = story;
        d->links[story]++;
        d->sum[story] += g->gain[e];
        d->wanted[story] |= g->gain[e] > 0;
    }
}

static void forget(struct division *d) {
    for (uint32_t i = 0; i < d->touched_count; i++) {
        uint32_t story = d->touched[i];
        d->sum[story] = 0;
        d->links[story] = 0;
        d->wanted[story] = false;
    }
}

static int64_t with_absent(const struct division *d, int64_t sum, uint64_t absent, uint64_t most) {
    return sum + d->absent * (int64_t)(absent < most ? absent : most);
}

/* What the node gains in a story of `others` besides itself. */
static int64_t gain_in(const struct division *d, uint32_t story, uint32_t others) {
    return with_absent(d, d->sum[story], others - d->links[story], WP_AGREEMENT_ABSENT);
}

static void move(struct division *d, uint32_t node, uint32_t to) {
    uint32_t from = d->of[node];
    d->of[node] = to;
    d->size[to]++;
    if (!--d->size[from]) d->free[d->free_count++] = from;
}

/* Moves the node to where it gains most; its own story wins ties, then the lower number. */
static bool settle(struct division *d, uint32_t node) {
    uint32_t own = d->of[node], best = own;
    look_around(d, node);
    int64_t best_gain = gain_in(d, own, d->size[own] - 1);
    bool leaves = best_gain < 0;
    if (leaves) best_gain = 0;
    for (uint32_t i = 0; i < d->touched_count; i++) {
        uint32_t story = d->touched[i];
        if (story == own || !d->wanted[story]) continue;
        int64_t gain = gain_in(d, story, d->size[story]);
        if (gain < best_gain || (gain == best_gain && (best == own || story > best))) continue;
        best = story;
        best_gain = gain;
        leaves = false;
    }
    forget(d);
    if (leaves) best = d->free[--d->free_count]; /* its story has others, so that some number is free */
    if (best != own) move(d, node, best);
    return best != own;
}

/* ---- two stories become one ---- */

struct bridge {
    uint32_t a, b; /* numbers of two stories, a < b */
    int64_t gain;
    uint64_t links;
};

static int by_stories(const void *x, const void *y) {
    const struct bridge *p = x, *q = y;
    if (p->a != q->a) return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

static int by_gain(const void *x, const void *y) {
    const struct bridge *p = x, *q = y;
    return p->gain != q->gain ? (p->gain > q->gain ? -1 : 1) : by_stories(x, y);
}

/* Every edge that leads from one story to another; bridges has room for all edges. */
static size_t list_bridges(const struct division *d, struct bridge *bridges) {
    const struct wp_graph *g = d->graph;
    size_t count = 0;
    for (uint32_t n = 0; n < g->nodes; n++) {
        for (uint64_t e = g->first[n]; e < g->first[n + 1]; e++) {
            uint32_t a = d->of[n], b = d->of[g->neighbour[e]];
            if (g->neighbour[e] > n && a != b)
                bridges[count++] = (struct bridge){a < b ? a : b, a < b ? b : a, g->gain[e], 1};
        }
    }
    return count;
}

/* One entry for each two stories that gain by becoming one. */
static size_t sum_bridges(const struct division *d, struct bridge *bridges, size_t count) {
    size_t kept = 0;
    for (size_t i = 0, end; i < count; i = end) {
        struct bridge sum = bridges[i];
        for (end = i + 1; end < count && by_stories(&bridges[end], &bridges[i]) == 0; end++) {
            sum.gain += bridges[end].gain;
            sum.links++;
        }
        uint64_t size_a = d->size[sum.a], size_b = d->size[sum.b], least = size_a < size_b ? size_a : size_b;
        sum.gain = with_absent(d, sum.gain, size_a * size_b - sum.links, least * WP_AGREEMENT_ABSENT);
        if (sum.gain > 0) bridges[kept++] = sum;
    }
    return kept;
}

/* Joins what gains most first; a story takes part in one joining a round. Returns whether any was joined. */
static bool join_stories(struct division *d, struct bridge *bridges) {
    size_t count = list_bridges(d, bridges);
    if (!count) return false;
    qsort(bridges, count, sizeof *bridges, by_stories);
    count = sum_bridges(d, bridges, count);
    if (!count) return false;
    qsort(bridges, count, sizeof *bridges, by_gain);
    for (uint32_t i = 0; i < d->graph->nodes; i++) d->touched[i] = i; /* by number: where its members go */
    for (size_t i = 0; i < count; i++) {
        const struct bridge *b = &bridges[i];
        if (d->wanted[b->a] || d->wanted[b->b]) continue;
        d->wanted[b->a] = d->wanted[b->b] = true;
        d->touched[b->b] = b->a;
    }
    for (size_t i = 0; i < count; i++) d->wanted[bridges[i].a] = d->wanted[bridges[i].b] = false;
    for (uint32_t n = 0; n < d->graph->nodes; n++)
        if (d->touched[d->of[n]] != d->of[n]) move(d, n, d->touched[d->of[n]]);
    return true;
}

static enum wp_status search(struct division *d) {
    const struct wp_graph *g = d->graph;
    struct bridge *bridges = wp_alloc(g->first[g->nodes] / 2, sizeof *bridges);
    if (!bridges) return WP_ENOMEM;
    for (int round = 0; round < WP_AGREEMENT_ROUNDS; round++) {
        bool changed = false;
        for (uint32_t n = 0; n < g->nodes; n++) changed |= settle(d, n);
        changed |= join_stories(d, bridges);
        if (!changed) break;
    }
    wp_free(bridges);
    return WP_OK;
}

/* ---- representatives ---- */

/* How many members of its own story the node matches, and the gains of all its edges within it. */
static uint32_t links_within(const struct division *d, uint32_t node, int64_t *gain) {
    const struct wp_graph *g = d->graph;
    uint32_t copies = 0, links = 0;
    *gain = 0;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        if (d->of[g->neighbour[e]] != d->of[node]) continue;
        links++;
        copies += g->gain[e] > 0;
        *gain += g->gain[e];
    }
    *gain += d->absent * (int64_t)(d->size[d->of[node]] - 1 - links);
    return copies;
}

static bool matches(const struct wp_graph *g, uint32_t a, uint32_t b) {
    uint64_t entry = wp_graph_find(g, a, b);
    return entry != UINT64_MAX && g->gain[entry] > 0;
}

/* Is the node a sure copy of a member that matches the representative? */
static bool matches_through(const struct division *d, uint32_t node, uint32_t representative) {
    const struct wp_graph *g = d->graph;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        uint32_t other = g->neighbour[e];
        if (g->gain[e] >= d->sure && d->of[other] == d->of[node] && matches(g, other, representative))
            return true;
    }
    return false;
}

static bool belongs(const struct division *d, uint32_t node, uint32_t representative) {
    int64_t gain;
    return node == representative || matches(d->graph, node, representative) ||
           2 * links_within(d, node, &gain) >= d->size[d->of[node]] - 1 ||
           matches_through(d, node, representative);
}

/* The member with the most gain stands for each story. */
static void choose_representatives(struct division *d, uint32_t *chosen) {
    int64_t gain, *most = d->sum;
    for (uint32_t n = 0; n < d->graph->nodes; n++) chosen[n] = WP_NODE_NONE;
    for (uint32_t n = 0; n < d->graph->nodes; n++) {
        uint32_t number = d->of[n];
        links_within(d, n, &gain);
        if (chosen[number] != WP_NODE_NONE && gain <= most[number]) continue;
        chosen[number] = n;
        most[number] = gain;
    }
}

/* Who does not belong leaves, all such at once. Whether any did. */
static bool drop_strangers(struct division *d, uint32_t *chosen) {
    bool any = false, *leaves = d->wanted; /* by node here */
    for (uint32_t n = 0; n < d->graph->nodes; n++) {
        leaves[n] = !belongs(d, n, chosen[d->of[n]]);
        any |= leaves[n];
    }
    for (uint32_t n = 0; n < d->graph->nodes; n++) {
        if (!leaves[n]) continue;
        move(d, n, d->free[--d->free_count]); /* its representative stays: some number is free */
        chosen[d->of[n]] = n;
    }
    return any;
}

/* Leaving goes on until all that are left belong: half of the others may have been half by those who left. */
static void name_stories(struct division *d, uint32_t *story) {
    uint32_t *chosen = d->touched; /* by number */
    choose_representatives(d, chosen);
    while (drop_strangers(d, chosen)) {
    }
    for (uint32_t n = 0; n < d->graph->nodes; n++) story[n] = chosen[d->of[n]];
}

enum wp_status wp_agree(const struct wp_graph *g, int32_t sure, int32_t absent, uint32_t *story) {
    struct division d;
    enum wp_status status = division_init(&d, g, absent);
    d.sure = sure;
    if (status == WP_OK) status = search(&d);
    if (status == WP_OK) name_stories(&d, story);
    division_release(&d);
    return status;
}
