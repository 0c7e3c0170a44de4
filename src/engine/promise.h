/*
 * promise.h - from hits to the candidates that are worth verifying, and these by neighbourhood.
 *
 * What the meetings promise: samples are a known share of an article's shingles, so hits / share estimates
 * the shared ones. What lies below the least passage that the rule would report is dropped.
 *
 * Articles whose texts are to be read are wanted in many pairs, and those may lie anywhere in a dump. So the
 * pairs of a run go by neighbourhood (match/neighbourhoods.h) into parts, and what a part needs is fetched
 * once, by and large.
 */
#ifndef WP_ENGINE_PROMISE_H
#define WP_ENGINE_PROMISE_H

#include "engine/run.h"
#include "match/candidates.h"
#include "match/neighbourhoods.h"

/* The candidates of one part of the hits that promise enough, sorted; the part is consumed. The run counts
 * them. One thread per part and list. */
enum wp_status wp_promising_take(struct wp_run *run, size_t part, struct wp_candidate_list *list,
                                 struct wp_error *err);

/* All of a run, by neighbourhood. Zero-initialised is empty. */
struct wp_promising {
    struct wp_neighbourhoods near;
    struct wp_parts pairs; /* a << 32 | b; WP_HIT_PARTS of them */
};

/* Gathers them on all threads of the run; its hits are consumed. To be released in any case. */
enum wp_status wp_promising_gather(struct wp_promising *p, struct wp_run *run, struct wp_error *err);
void wp_promising_release(struct wp_promising *p);
/* The pairs of one part into the list, neighbourhood after neighbourhood, sorted there; how often they met is
 * no longer known. The part is consumed. One thread per part and list. */
enum wp_status wp_promising_part(struct wp_promising *p, size_t part, struct wp_candidate_list *list,
                                 struct wp_error *err);

#endif
