/*
 * score.h - how well a clustering agrees with another, and yes-or-no answers with the truth.
 *
 * Counts are whole numbers and exact: pairs of up to 2^32 articles fit in 64 bits, and the adjusted Rand
 * index is put together in 128. Nothing here reads files or prints. All functions: any thread.
 */
#ifndef WP_REPORT_SCORE_H
#define WP_REPORT_SCORE_H

#include <stdbool.h>
#include "base/memory.h"

/* Answers held against the truth, each with a weight. */
struct wp_tally {
    double hits, false_alarms, misses; /* sums of weights */
    uint64_t pairs;                    /* all that were added */
};

void wp_tally_add(struct wp_tally *t, bool truth, bool said, double weight);

struct wp_score {
    double precision, recall, f1;
};

/* What there is nothing to get wrong in is 1: precision when nothing was said, recall when nothing was true.
 */
struct wp_score wp_tally_score(const struct wp_tally *t);

/* The cluster of an article that is in none: it stands alone. */
#define WP_CLUSTER_NONE UINT32_MAX
#define WP_SCORE_MAX_ARTICLES ((uint64_t)1 << 32)

/* A found cluster that holds articles of several true ones. */
struct wp_wrong_merge {
    uint32_t cluster; /* WP_CLUSTER_NONE when there is none */
    uint32_t size;
    uint32_t parts;       /* true clusters in it; an article in no true cluster is a part by itself */
    uint64_t wrong_pairs; /* pairs of its articles that do not belong together */
};

struct wp_partition_score {
    uint64_t articles;
    uint64_t found_pairs, true_pairs, common_pairs; /* pairs of articles in one cluster */
    struct wp_score pairs;
    double adjusted_rand;
    struct wp_score bcubed;
    struct wp_wrong_merge worst; /* most wrong pairs; of equals the first cluster */
};

/* Two clusterings of `count` articles: found[i] and truth[i] are the clusters of article i, numbered from 0
 * without large gaps, or WP_CLUSTER_NONE. `articles` >= count says how many there are in all: the others
 * stand alone in both. WP_EINVAL when articles < count or > WP_SCORE_MAX_ARTICLES, WP_ENOMEM. */
enum wp_status wp_score_partitions(const uint32_t *found, const uint32_t *truth, uint32_t count,
                                   uint64_t articles, struct wp_partition_score *out);

#endif
