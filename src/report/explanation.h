/*
 * explanation.h - why two texts match, for people and for programs.
 *
 * As text: the relation and what decided it, the figures, then both texts with their shared passages,
 * numbered the same on both sides: in colour, or as [[1: ...]]; furniture and agency lines are dim, or stand
 * in {{...}}. As JSON: the same figures, and the passages and the furniture as byte ranges of the original
 * texts. Control characters of the texts never reach the terminal.
 *
 * What the story rule would read and is not known is told, and so is that a run may not compare the two.
 */
#ifndef WP_REPORT_EXPLANATION_H
#define WP_REPORT_EXPLANATION_H

#include "report/compare.h"

/* An unshared part of more bytes than this is cut to its two ends unless all is wanted. */
#define WP_EXPLAIN_UNSHARED_BYTES 400

/* What is known of either article besides its text; NULL = unknown. Borrowed. */
struct wp_explained {
    const char *name; /* file or id */
    const char *owner;
    const char *title;
    int64_t date; /* WP_DATE_UNKNOWN */
};

struct wp_explanation {
    const struct wp_pair *pair;
    struct wp_explained a, b;
    bool color;
    bool full;            /* nothing is cut */
    bool furniture_known; /* and was taken out of the pair */
};

/* Appends it to *out. WP_ENOMEM. */
enum wp_status wp_explanation_text(const struct wp_explanation *x, struct wp_buffer *out);
/* One object on one line. */
enum wp_status wp_explanation_json(const struct wp_explanation *x, struct wp_buffer *out);
/* Appends "passages":[...] of a pair: byte ranges of both texts, and words. */
enum wp_status wp_explanation_passages(const struct wp_pair *pair, struct wp_buffer *out);

#endif
