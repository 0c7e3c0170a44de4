/*
 * hits.h - from postings to hits: two articles that share a sampled shingle.
 *
 * A shingle of up to `pairs_max` articles gives all their pairs. One of more would give work that grows with
 * the square, so its articles, in input order, are each paired with the `first` first ones and the `near`
 * ones just before: bounded work a posting, and still a chain and a star through every copy of a big story,
 * because its copies share many shingles and meet at the same first ones.
 *
 * Hits go into parts by the lower rank, ready for counting (candidates.h).
 */
#ifndef WP_MATCH_HITS_H
#define WP_MATCH_HITS_H

#include "base/bits.h"
#include "base/order.h"
#include "base/parts.h"

enum { WP_HIT_PARTS = 256, WP_HIT_CHUNK_BYTES = 32768, WP_HIT_RUN = 64 };

struct wp_fanout {
    uint32_t pairs_max; /* articles of a shingle up to which all pairs are made */
    uint32_t first, near;
};

struct wp_hits_stage { /* constant while it runs, but for what the fields point to */
    const struct wp_order *order;
    const struct wp_bits *skipped; /* by slot: exact copies, represented by another article */
    struct wp_parts *postings;     /* consumed part by part */
    struct wp_parts *hits;
    uint32_t ranks_per_part; /* of hits */
    struct wp_fanout fanout;
};

/* A worker's memory; grows to the largest part. Zero-initialised, then wp_hits_worker_init. */
struct wp_hits_worker {
    struct wp_parts_sender sender;
    uint64_t *items, *scratch, *table;
    size_t cap;
};

uint32_t wp_hits_ranks_per_part(uint64_t articles);
enum wp_status wp_hits_worker_init(struct wp_hits_worker *w, const struct wp_hits_stage *stage);
/* Makes the hits of one part of the postings. */
enum wp_status wp_hits_run(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                           struct wp_error *err);
enum wp_status wp_hits_worker_finish(struct wp_hits_worker *w, struct wp_error *err);
void wp_hits_worker_release(struct wp_hits_worker *w);

#endif
