/*
 * ledger.h - which passages were learnt, where an example of each stands, how often and since when they were
 * met: what --furniture writes down. Kept in a run with settings.keeps_furniture only.
 *
 * What is learnt are shingles. A passage is a run of them that stands without a gap in one of the articles
 * that were looked at. The longest are taken first, until every shingle stands in one; of a later run only
 * the part between the first and the last shingle that is new. Read back (known.h), the passages make just
 * the shingles that were learnt.
 */
#ifndef WP_ENGINE_LEDGER_H
#define WP_ENGINE_LEDGER_H

#include "match/repeats.h"

struct wp_run;
struct wp_shelf;

/* A shingle that is furniture of an owner. */
struct wp_learnt {
    uint32_t owner;
    uint64_t shingle;
};

struct wp_ledger_line {
    uint32_t owner;         /* WP_FURNITURE_OF_ALL */
    uint32_t rank;          /* an article in which it stands, */
    uint32_t first, tokens; /* and where in it */
    uint64_t print;         /* wp_ledger_print of its shingles */
    uint64_t articles;      /* as known.h says it of `count` */
    int64_t first_seen;     /* WP_DATE_UNKNOWN */
    uint8_t span;           /* tokens to a shingle */
};

struct wp_ledger_lines {
    struct wp_ledger_line *items;
    size_t count, cap;
    uint64_t left_out; /* for lack of room: more than WP_KNOWN_LINES_MAX */
};

/* What this run met of a passage that was known before. */
struct wp_known_met {
    uint64_t articles;
    int64_t first_seen;
};

struct wp_ledger {
    struct wp_ledger_lines lines; /* by rank, then first, then owner */
    struct wp_known_met *known;   /* by line of settings.known */
    struct wp_furniture_met *met; /* by owner, then shingle, one of each; while furniture is learnt */
    size_t met_count;
};

void wp_ledger_release(struct wp_ledger *ledger);

/* A hash of shingles, of which the low WP_FURNITURE_SHINGLE_BITS count. */
uint64_t wp_ledger_print(const uint64_t *shingles, size_t count);

/* Before learning: takes what was met while hits were made, counts known passages by it. */
enum wp_status wp_ledger_begin(struct wp_run *run, struct wp_error *err);

/* Adds passages to *lines so that each of learnt[0..count), all of one owner and ascending, stands in one,
 * unless a known passage has it. The shelf holds the articles that they were learnt from. Any thread. */
enum wp_status wp_ledger_enter(struct wp_run *run, const struct wp_shelf *shelf,
                               const struct wp_learnt *learnt, size_t count, struct wp_ledger_lines *lines);

/* After learning: moves lists[0..count) into the run's ledger. WP_ENOMEM. */
enum wp_status wp_ledger_end(struct wp_run *run, struct wp_ledger_lines *lists, size_t count);

#endif
