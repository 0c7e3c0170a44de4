/*
 * reprints.h - every reprint of a text that an index holds, best first, with what both have in common.
 *
 * Filled from a view by a finder (engine/finder.h), so that any thread may ask while the index grows.
 */
#ifndef WP_REPORT_REPRINTS_H
#define WP_REPORT_REPRINTS_H

#include "engine/finder.h"
#include "input/owner.h"

#define WP_REPRINTS_LIMIT 100

struct wp_reprint_query {
    const uint8_t *text;
    size_t len;
    uint32_t text_owner;  /* who publishes the text (engine/run.h); 0 = not known */
    int64_t text_date;    /* when; INT64_MIN = not known */
    uint32_t except;      /* an article that is left out, or WP_NUMBER_NONE */
    double min_coverage;  /* of the shorter text; 0 = all that match */
    int64_t since, until; /* dates, INT64_MIN = no bound; articles without a date are then left out */
    uint32_t owner;       /* only articles of this one; 0 = of all */
    uint32_t limit;       /* at most so many; 0 = WP_REPRINTS_LIMIT */
    bool passages;        /* find the passages, too */
    const struct wp_owner_groups *groups; /* by which owners are named; may be NULL */
};

/* Strings end in NUL; "" is unknown. */
struct wp_reprint {
    uint32_t number, story;
    const char *id, *url, *owner, *title;
    int64_t date;
    enum wp_relation relation;
    double coverage; /* of the shorter one */
    double coverage_text, coverage_article, jaccard;
    uint32_t longest; /* words of the longest passage */
    const struct wp_found_passage *passages;
    size_t passage_count;
};

struct wp_reprints {
    struct wp_reprint *items;
    size_t count, cap;
    char **blocks; /* owned: the strings and passages of the items */
    size_t block_count, block_cap;
};

/* WP_EDAMAGED, WP_ETOOBIG, WP_ENOMEM. Release in any case. */
enum wp_status wp_reprints_find(struct wp_reprints *out, struct wp_finder *finder, const struct wp_view *view,
                                const struct wp_reprint_query *query, struct wp_error *err);
void wp_reprints_release(struct wp_reprints *r);

/* One as a line of JSON, and as a few lines of text. Appends. */
enum wp_status wp_reprint_json(struct wp_buffer *out, const struct wp_reprint *r);
enum wp_status wp_reprint_text(struct wp_buffer *out, const struct wp_reprint *r);

#endif
