/*
 * hits.h - from postings to hits: two articles that share a sampled shingle.
 *
 * A shingle of up to `pairs_max` articles gives all their pairs. More articles share it when it belongs to a
 * big story or, far more often, to the furniture of a site; all their pairs would be work that grows with the
 * square. Such shingles are put aside ("common") and counted per article, and come second. Then an article is
 * paired through them only if enough of its samples are common: `mixed_share` of them by shingles of several
 * owners, or `own_share` by shingles of any kind, because what nearly all come from one owner is most likely
 * its furniture, unless it is nearly all there is. When still too many are left, each, in input order, meets
 * the `first` first ones and the `near` ones just before: bounded work a posting, and yet a chain and a star
 * through every copy of a big story, because its copies share many shingles and meet at the same first ones.
 *
 * Hits go into parts by the lower rank, ready for counting (candidates.h).
 */
#ifndef WP_MATCH_HITS_H
#define WP_MATCH_HITS_H

#include "base/bits.h"
#include "base/order.h"
#include "base/parts.h"
#include "match/hit.h"
#include "match/postings.h"
#include "match/repeats.h"

enum { WP_HIT_CHUNK_BYTES = WP_POSTING_CHUNK_BYTES, WP_HIT_RUN = 256 };
enum { WP_COMMON_CHUNK_BYTES = 4096, WP_COMMON_RUN = 16 };

struct wp_fanout {
    uint32_t pairs_max; /* articles of a shingle up to which all pairs are made */
    uint32_t first, near;
    double mixed_share, own_share; /* 0..1 */
};

/* Shares of an article's samples, counted by rank in the first round. */
struct wp_common_counts {
    _Atomic uint8_t *any, *mixed;
};

/* One owner has more than this share of a common shingle's articles: the shingle is its own. */
#define WP_OWN_SHARE 0.9

struct wp_hits_stage { /* constant while it runs, but for what the fields point to */
    const struct wp_order *order;
    const struct wp_bits *skipped; /* by slot: exact copies, represented by another article */
    struct wp_parts *postings;     /* consumed part by part */
    struct wp_parts *common;       /* filled by the first round, consumed by the second */
    struct wp_common_counts counts;
    const struct wp_bits *crowded_any,
        *crowded_mixed;               /* by rank: paired through such shingles; set between the rounds */
    const uint32_t *owners;           /* by rank; 0 = none or not known */
    const struct wp_repeats *repeats; /* takes furniture out first; NULL: nothing is */
    struct wp_parts *hits;
    struct wp_hit_form form; /* of hits */
    struct wp_fanout fanout;
};

/* A worker's memory; grows to the largest part. */
struct wp_hits_worker {
    struct wp_parts_sender hits, common;
    struct wp_repeats_worker repeats;
    uint64_t *items, *scratch, *table;
    size_t cap;
    uint64_t common_shingles, common_postings; /* put aside so far, and the articles they are in */
};

enum wp_status wp_hits_worker_init(struct wp_hits_worker *w, const struct wp_hits_stage *stage);
/* First round: the hits of one part of the postings. Second round: those of one part of the common shingles,
 * after all workers have flushed. */
enum wp_status wp_hits_run(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                           struct wp_error *err);
enum wp_status wp_hits_run_common(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                                  struct wp_error *err);
/* Sends what waits; at the end of each round. */
enum wp_status wp_hits_worker_flush(struct wp_hits_worker *w, struct wp_error *err);
void wp_hits_worker_release(struct wp_hits_worker *w);

#endif
