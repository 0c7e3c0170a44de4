/* graph.c - see graph.h. */
#include "story/graph.h"

#include "base/memory.h"

enum wp_status wp_graph_init(struct wp_graph *g, uint32_t nodes, const struct wp_edge *edges, size_t count) {
    *g = (struct wp_graph){.nodes = nodes};
    g->first = wp_zalloc((size_t)nodes + 2, sizeof *g->first);
    g->neighbour = wp_alloc(2 * count, sizeof *g->neighbour);
    g->gain = wp_alloc(2 * count, sizeof *g->gain);
    g->match = wp_alloc(2 * count, sizeof *g->match);
    if (!g->first || !g->neighbour || !g->gain || !g->match) {
        wp_graph_release(g);
        return WP_ENOMEM;
    }
    uint64_t *at = g->first + 1; /* at[n] runs from first[n] to first[n + 1] while filling */
    for (size_t i = 0; i < count; i++) {
        at[edges[i].a + 1]++;
        at[edges[i].b + 1]++;
    }
    for (uint32_t n = 0; n < nodes; n++) at[n + 1] += at[n];
    /* Lower neighbours first, then higher ones: both come ascending, because edges are sorted by (a, b). */
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < count; i++) {
            uint32_t from = pass ? edges[i].a : edges[i].b, to = pass ? edges[i].b : edges[i].a;
            uint64_t entry = at[from]++;
            g->neighbour[entry] = to;
            g->gain[entry] = edges[i].gain;
            g->match[entry] = edges[i].match;
        }
    }
    return WP_OK;
}

void wp_graph_release(struct wp_graph *g) {
    wp_free(g->first);
    wp_free(g->neighbour);
    wp_free(g->gain);
    wp_free(g->match);
    *g = (struct wp_graph){0};
}

uint64_t wp_graph_find(const struct wp_graph *g, uint32_t a, uint32_t b) {
    uint64_t low = g->first[a], high = g->first[a + 1];
    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        if (g->neighbour[mid] < b)
            low = mid + 1;
        else
            high = mid;
    }
    return low < g->first[a + 1] && g->neighbour[low] == b ? low : UINT64_MAX;
}
