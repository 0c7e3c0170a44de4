/*
 * graph.h - articles and the pairs of them that were compared.
 */
#ifndef WP_STORY_GRAPH_H
#define WP_STORY_GRAPH_H

#include <stdbool.h>
#include "base/status.h"

/* An edge between two articles, a < b by node number. */
struct wp_edge {
    uint32_t a, b;
    int32_t gain;   /* above 0: copies, the surer the more; else how little they have in common */
    uint32_t match; /* what the caller wants to find again */
};

#define WP_NODE_NONE UINT32_MAX

/* Neighbours of node n: entries first[n] .. first[n + 1] - 1, ascending. */
struct wp_graph {
    uint32_t nodes;
    uint64_t *first;
    uint32_t *neighbour;
    int32_t *gain;
    uint32_t *match;
};

/* Builds the graph of edges sorted by (a, b) without repeats; nodes are 0..nodes-1. WP_ENOMEM. */
enum wp_status wp_graph_init(struct wp_graph *g, uint32_t nodes, const struct wp_edge *edges, size_t count);
void wp_graph_release(struct wp_graph *g);
/* The entry for edge (a, b), or UINT64_MAX. */
uint64_t wp_graph_find(const struct wp_graph *g, uint32_t a, uint32_t b);

#endif
