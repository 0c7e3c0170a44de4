/* cover.c - see cover.h. */
#include "story/cover.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum wp_status wp_graph_init(struct wp_graph *g, uint32_t nodes, const struct wp_edge *edges, size_t count) {
    *g = (struct wp_graph){.nodes = nodes};
    g->first = wp_zalloc((size_t)nodes + 2, sizeof *g->first);
    g->neighbour = wp_alloc(2 * count, sizeof *g->neighbour);
    g->weight = wp_alloc(2 * count, sizeof *g->weight);
    g->match = wp_alloc(2 * count, sizeof *g->match);
    if (!g->first || !g->neighbour || !g->weight || !g->match) {
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
            g->weight[entry] = edges[i].weight;
            g->match[entry] = edges[i].match;
        }
    }
    return WP_OK;
}

void wp_graph_release(struct wp_graph *g) {
    wp_free(g->first);
    wp_free(g->neighbour);
    wp_free(g->weight);
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

struct strength {
    double sum;
    uint32_t node;
};

static int compare_strength(const void *x, const void *y) {
    const struct strength *a = x, *b = y;
    if (a->sum != b->sum) return a->sum > b->sum ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

struct cover {
    const struct wp_graph *graph;
    uint32_t *star;
    uint32_t *size;  /* of the story, by representative */
    uint32_t *links; /* scratch, by representative: edges from the node looked at; zero between looks */
};

/* The story that the free node belongs to by the rule of WP_COVER_SHARE: the one with the most links, the
 * earlier representative on a tie; WP_NODE_NONE when there is none. */
static uint32_t find_story(struct cover *c, uint32_t node) {
    const struct wp_graph *g = c->graph;
    uint32_t best = WP_NODE_NONE, best_links = 0;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        uint32_t star = c->star[g->neighbour[e]];
        if (star == WP_NODE_NONE) continue;
        uint32_t links = ++c->links[star];
        if (links > best_links || (links == best_links && star < best)) {
            best = star;
            best_links = links;
        }
    }
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        uint32_t star = c->star[g->neighbour[e]];
        if (star != WP_NODE_NONE) c->links[star] = 0;
    }
    return best != WP_NODE_NONE && best_links >= WP_COVER_SHARE * c->size[best] ? best : WP_NODE_NONE;
}

static void found_story(struct cover *c, uint32_t node) {
    const struct wp_graph *g = c->graph;
    c->star[node] = node;
    c->size[node] = 1;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        if (c->star[g->neighbour[e]] != WP_NODE_NONE) continue;
        c->star[g->neighbour[e]] = node;
        c->size[node]++;
    }
}

static void assign_all(struct cover *c, const struct strength *order) {
    for (uint32_t i = 0; i < c->graph->nodes; i++) {
        uint32_t node = order[i].node;
        if (c->star[node] != WP_NODE_NONE) continue;
        uint32_t story = find_story(c, node);
        if (story == WP_NODE_NONE) {
            found_story(c, node);
        } else {
            c->star[node] = story;
            c->size[story]++;
        }
    }
}

enum wp_status wp_cover(const struct wp_graph *g, uint32_t *star) {
    struct strength *order = wp_alloc(g->nodes, sizeof *order);
    struct cover c = {.graph = g, .star = star};
    c.size = wp_zalloc(g->nodes, sizeof *c.size);
    c.links = wp_zalloc(g->nodes, sizeof *c.links);
    enum wp_status status = order && c.size && c.links ? WP_OK : WP_ENOMEM;
    if (status == WP_OK) {
        memset(star, 0xff, g->nodes * sizeof *star);
        for (uint32_t n = 0; n < g->nodes; n++) {
            order[n] = (struct strength){0, n};
            for (uint64_t e = g->first[n]; e < g->first[n + 1]; e++) order[n].sum += (double)g->weight[e];
        }
        if (g->nodes) qsort(order, g->nodes, sizeof *order, compare_strength);
        assign_all(&c, order);
    }
    wp_free(order);
    wp_free(c.size);
    wp_free(c.links);
    return status;
}
