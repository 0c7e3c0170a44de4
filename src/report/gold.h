/*
 * gold.h - reading what a run found and what is true: clusters, labelled pairs, or what is to be kept apart.
 *
 * Clusters come as JSON lines (cluster_line.h; lines without "members" are passed over) or as id<TAB>cluster.
 * Labelled pairs come as TSV with a header that names at least id_a, id_b and label; weight, rel and
 * confidence are read where they are. What is to be kept apart is a TSV whose header names id_a and id_b, or
 * id alone; it has no labels, so a reader must ask for it. Files may be compressed. Ids are numbered by one
 * table for all files of a scoring, so that numbers can be compared.
 */
#ifndef WP_REPORT_GOLD_H
#define WP_REPORT_GOLD_H

#include <stdbool.h>
#include "base/intern.h"
#include "report/score.h"

/* All ids and names of one scoring. */
#define WP_GOLD_MAX_BYTES ((size_t)16 << 30)
#define WP_GOLD_MAX_LINE_BYTES ((size_t)1 << 30)

struct wp_clusters {
    struct wp_intern names; /* of clusters, by number; "line N" for one without a name */
    uint32_t *cluster;      /* by id number: cluster, or WP_CLUSTER_NONE; `count` of them */
    size_t count, cap;
    uint64_t listed;   /* members read */
    uint64_t repeated; /* of them such whose id was in a cluster already; the last one counts */
};

struct wp_labelled_pair {
    uint32_t a, b;       /* id numbers */
    uint32_t rel;        /* number in rels; WP_INTERN_NONE without that column */
    uint32_t confidence; /* number in confidences, likewise */
    double weight;       /* 1 without that column */
    bool same;           /* the label says: one story */
};

struct wp_labelled_pairs {
    struct wp_labelled_pair *pairs;
    size_t count, cap;
    struct wp_intern rels, confidences;
    bool weighted; /* there is a column of weights */
};

enum wp_gold_kind { WP_GOLD_CLUSTERS, WP_GOLD_PAIRS };

/* Exactly one of the two is filled. */
struct wp_gold {
    enum wp_gold_kind kind;
    struct wp_clusters clusters;
    struct wp_labelled_pairs pairs;
};

struct wp_apart_row {
    uint32_t a, b; /* id numbers: two articles of two stories; b is WP_INTERN_NONE: `a` is in no story */
};

struct wp_apart {
    struct wp_apart_row *rows;
    size_t count, cap;
    bool pairs; /* every row has a b; else none has */
};

/* copy, version, exact, same, true, yes, 1: one story. Every other label: two. */
bool wp_label_is_same(const char *label, size_t len);

/* Reads a file, numbering its ids in *ids. WP_EFORMAT with file and line for a line that does not fit,
 * WP_ETOOBIG, WP_ENOMEM and those of reading. On failure *out is empty. */
enum wp_status wp_clusters_read(struct wp_clusters *out, const char *file, struct wp_intern *ids,
                                struct wp_error *err);
enum wp_status wp_gold_read(struct wp_gold *out, const char *file, struct wp_intern *ids,
                            struct wp_error *err);
enum wp_status wp_apart_read(struct wp_apart *out, const char *file, struct wp_intern *ids,
                             struct wp_error *err);

/* The cluster of an id, also of one that was numbered after the file was read. */
static inline uint32_t wp_clusters_of(const struct wp_clusters *c, uint32_t id) {
    return id < c->count ? c->cluster[id] : WP_CLUSTER_NONE;
}

void wp_clusters_release(struct wp_clusters *c);
void wp_gold_release(struct wp_gold *g);
void wp_apart_release(struct wp_apart *a);

#endif
