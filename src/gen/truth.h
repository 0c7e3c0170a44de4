/*
 * truth.h - the truth file: which articles belong together, and what was done to each; see TRUTH.md.
 *
 * Fed with every article in order. A story is written when its last member has come (or at the end, when the
 * dump stops before that), so memory holds the stories of a few days and no more. A story of which only one
 * member came is none.
 */
#ifndef WP_GEN_TRUTH_H
#define WP_GEN_TRUTH_H

#include "base/output.h"
#include "gen/change.h"
#include "gen/order.h"

/* Counts of what was written, for the summary. */
struct wp_gen_counts {
    uint64_t articles, stories, members, largest;
    uint64_t kinds[WP_GEN_BANNER + 1];
};

struct wp_gen_truth_story;

/* Zero-initialised is ready; `out` may be NULL: then it only counts. */
struct wp_gen_truth {
    struct wp_output *out;
    struct wp_gen_counts counts;
    struct wp_gen_truth_story *open; /* ring: story n is at n % cap */
    size_t cap;
    uint64_t first, end; /* stories first..end-1 may be open */
    struct wp_buffer line;
};

enum wp_status wp_gen_truth_add(struct wp_gen_truth *t, const struct wp_gen_order *order,
                                const struct wp_gen_note *note, struct wp_error *err);
/* Writes the stories that are open still. */
enum wp_status wp_gen_truth_end(struct wp_gen_truth *t, struct wp_error *err);
void wp_gen_truth_release(struct wp_gen_truth *t);

#endif
