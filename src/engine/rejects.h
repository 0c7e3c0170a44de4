/*
 * rejects.h - records that were refused: counted by reason, the first ones of each kept to be told.
 *
 * "First" is by file and place in it, not by time, so that the report is the same for any number of threads.
 */
#ifndef WP_ENGINE_REJECTS_H
#define WP_ENGINE_REJECTS_H

#include <stddef.h>
#include "base/status.h"

enum { WP_REJECTS_TOLD = 10, WP_REJECT_REASONS = 4 };

struct wp_reject {
    uint32_t file;
    uint32_t line;     /* in the segment, from 0 */
    uint64_t sequence; /* of the segment */
    enum wp_status status;
    const char *words; /* static */
};

struct wp_rejects {
    uint64_t counts[WP_REJECT_REASONS];
    struct wp_reject told[WP_REJECT_REASONS][WP_REJECTS_TOLD]; /* each list sorted by place */
    size_t told_count[WP_REJECT_REASONS];
};

/* WP_EFORMAT, WP_EUTF8, WP_ETEXT, WP_ETOOBIG by number. */
enum wp_status wp_reject_status(size_t reason);
/* The name of a reason in the summary: "not_json", "not_utf8", "no_text", "too_long". */
const char *wp_reject_name(size_t reason);

/* Counts one. Statuses that are no reason are counted as WP_EFORMAT. */
void wp_rejects_add(struct wp_rejects *r, const struct wp_reject *reject);
/* Adds what a thread collected on its own. */
void wp_rejects_merge(struct wp_rejects *into, const struct wp_rejects *from);
uint64_t wp_rejects_total(const struct wp_rejects *r);
/* The first by place over all reasons, or NULL. */
const struct wp_reject *wp_rejects_first(const struct wp_rejects *r);

#endif
