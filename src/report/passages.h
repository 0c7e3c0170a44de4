/*
 * passages.h - the passages that two articles share, laid side by side.
 *
 * A passage is a run of tokens that stands in both without a gap, as long as it can be. Together the passages
 * mark exactly the tokens that count as covered (match/overlap.h), on both sides:
 *
 *     A   . . 1 1 1 1 1 1 . . 2 2 2 2 2 . 3 3 3
 *     B   2 2 2 2 2 . . . 1 1 1 1 1 1 . .
 *
 * Where one passage ends and the next begins they may have a few tokens in common, fewer than a shingle has.
 * What A says twice and B once (3 is the same words as the end of 1) is a passage for each time.
 */
#ifndef WP_REPORT_PASSAGES_H
#define WP_REPORT_PASSAGES_H

#include "match/overlap.h"

struct wp_token_passage {
    uint32_t a, b;   /* first token on either side */
    uint32_t tokens; /* how many, the same on both */
};

struct wp_token_passages {
    struct wp_token_passage *items; /* by a, then b */
    size_t count, cap;
};

/* Finds the passages of two streams. To find the longest where words repeat themselves a lot is given up
 * after a bounded search; coverage is exact even then. WP_EINVAL and WP_ETOOBIG as wp_overlap_base_set,
 * WP_ENOMEM; *out is to be released in any case. */
enum wp_status wp_token_passages_find(struct wp_token_passages *out, const struct wp_stream *a,
                                      const struct wp_stream *b);
void wp_token_passages_release(struct wp_token_passages *p);

#endif
