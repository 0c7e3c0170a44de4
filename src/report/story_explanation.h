/*
 * story_explanation.h - why each member is in its story, for people and for programs.
 *
 * Relation, coverage and Jaccard are what the run told; the longest run and, when all is wanted, the marked
 * passages come of comparing the texts once more, without agency lines and what is known as furniture.
 * Control characters of the texts never reach the terminal.
 */
#ifndef WP_REPORT_STORY_EXPLANATION_H
#define WP_REPORT_STORY_EXPLANATION_H

#include <stdbool.h>
#include "base/memory.h"
#include "report/cluster_line.h"
#include "report/compare.h"

/* Borrowed. */
struct wp_explained_member {
    struct wp_cluster_text id, relation;
    size_t to; /* index of the member that it matched; its own for the lead */
    double coverage, jaccard;
    struct wp_pair_text text;
    const char *owner, *title; /* NULL = unknown */
};

struct wp_story_explanation {
    struct wp_cluster_text name;
    const struct wp_explained_member *members;
    size_t count; /* 2 or more, one of them the lead */
    const struct wp_pair_settings *compare_by;
    bool color;
    bool full; /* the texts too; as JSON, the shared passages as byte ranges of `id` (a) and `to` (b) */
};

/* The member of least coverage, of equals that of least Jaccard, then the first; never the lead. */
size_t wp_story_weakest(const struct wp_explained_member *members, size_t count);

/* A line for each member, then the weakest link; then the texts of every member and of what it matched.
 * Appended to *out. WP_ENOMEM, and WP_ETOOBIG for a text that cannot be compared (compare.h). */
enum wp_status wp_story_explanation_text(const struct wp_story_explanation *x, struct wp_buffer *out);
/* One object on one line. Likewise. */
enum wp_status wp_story_explanation_json(const struct wp_story_explanation *x, struct wp_buffer *out);

#endif
