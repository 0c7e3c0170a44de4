/*
 * cover.h - from matches to stories: a greedy star cover.
 *
 * Connected components would chain unlike articles through ones in between, so that a few bridges make one
 * blob of a hundred. Here a story is a star: a representative and articles that match it. The article with
 * the strongest matches (sum of weights, then input order) that is still free becomes a representative and
 * takes its free neighbours. An article that is free but matches at least WP_COVER_SHARE of a story already
 * made joins that story rather than founding one of its own; it hangs on the member that it matches best.
 *
 * Everything is decided by weights and ranks, so the result does not depend on the order in which edges come.
 */
#ifndef WP_STORY_COVER_H
#define WP_STORY_COVER_H

#include <stdbool.h>
#include "base/status.h"

/* An edge between two articles, a < b by node number. */
struct wp_edge {
    uint32_t a, b;
    float weight;   /* how sure: more is surer; 0 < weight <= 1 */
    uint32_t match; /* what the caller wants to find again; WP_EDGE_NONE for none */
};

#define WP_NODE_NONE UINT32_MAX
#define WP_COVER_SHARE 0.5

/* Neighbours of node n: entries first[n] .. first[n + 1] - 1, ascending. */
struct wp_graph {
    uint32_t nodes;
    uint64_t *first;
    uint32_t *neighbour;
    float *weight;
    uint32_t *match;
};

/* Builds the graph of edges sorted by (a, b) without repeats; nodes are 0..nodes-1. */
enum wp_status wp_graph_init(struct wp_graph *g, uint32_t nodes, const struct wp_edge *edges, size_t count);
void wp_graph_release(struct wp_graph *g);
/* The entry for edge (a, b), or UINT64_MAX. */
uint64_t wp_graph_find(const struct wp_graph *g, uint32_t a, uint32_t b);

/* star[n] becomes the representative of n's story (itself for a representative and for an article on its
 * own); star has g->nodes entries. */
enum wp_status wp_cover(const struct wp_graph *g, uint32_t *star);

#endif
