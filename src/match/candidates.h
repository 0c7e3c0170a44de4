/*
 * candidates.h - from hits to candidates: pairs that met often enough to be worth verifying.
 *
 * Two meetings make a candidate; articles with very few samples ("sparse") may meet once. Candidates come out
 * sorted by (a, b), a < b, part after part in rank order.
 */
#ifndef WP_MATCH_CANDIDATES_H
#define WP_MATCH_CANDIDATES_H

#include "base/bits.h"
#include "base/parts.h"
#include "match/hit.h"

enum { WP_CANDIDATE_HITS = 2, WP_SPARSE_SAMPLES = 4 };

struct wp_candidate {
    uint32_t a, b; /* ranks, a < b */
    uint32_t hits; /* sampled shingles in which they met */
};

/* Zero-initialised is empty; released by the caller. */
struct wp_candidate_list {
    struct wp_candidate *items;
    size_t count, cap;
    uint64_t *keys, *scratch, *table;
    size_t key_cap;
};

/* Fills the list from one part of the hits, which is consumed; they are of that form. sparse: by rank,
 * articles with fewer than WP_SPARSE_SAMPLES samples; NULL: there are none. One thread per part and list. */
enum wp_status wp_candidates_gather(struct wp_candidate_list *list, struct wp_parts *hits, size_t part,
                                    const struct wp_hit_form *form, const struct wp_bits *sparse,
                                    struct wp_error *err);
/* Room for so many 8-byte keys, and as many to sort them with; what was there is lost. WP_ENOMEM. */
enum wp_status wp_candidate_list_make_room(struct wp_candidate_list *list, size_t count);
void wp_candidate_list_release(struct wp_candidate_list *list);

#endif
