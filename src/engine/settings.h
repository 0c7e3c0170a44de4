/*
 * settings.h - what a batch run is asked to do.
 *
 * Filled with defaults by wp_settings_init and changed by name (wp_settings_set), so that the command line,
 * the library and later the service read the same words. Strings, the groups of owners, the table of agencies
 * and known furniture are borrowed and must outlive the run.
 */
#ifndef WP_ENGINE_SETTINGS_H
#define WP_ENGINE_SETTINGS_H

#include <stdbool.h>
#include "input/owner_groups.h"
#include "input/record.h"
#include "match/relation.h"
#include "text/agency.h"

struct wp_known;

enum wp_keep { WP_KEEP_EARLIEST, WP_KEEP_LONGEST, WP_KEEP_FIRST, WP_KEEP_SOURCE };

struct wp_settings {
    struct wp_rule rule;
    bool verify_exact; /* false: answers from fingerprints alone */
    enum wp_keep keep;
    const char *keep_words; /* as given, for the summary */
    const char *sources;    /* with WP_KEEP_SOURCE: names in order of preference, by commas */
    unsigned threads;       /* 1..WP_THREADS_MAX */
    uint64_t memory_bytes;  /* of the whole run; 0 = as much as it takes */
    const char *tmp_dir;
    const char *date_format; /* NULL: the built-in forms only */
    uint64_t max_record_bytes;
    bool furniture;       /* learn what belongs to the sites, and leave it out (story rule) */
    bool keeps_furniture; /* and keep what is needed to write it down afterwards (ledger.h) */
    bool strict;          /* the first bad record ends the run */
    struct wp_fields fields;
    const struct wp_owner_groups *owner_groups; /* NULL: every owner stands alone. Set by who has read them */
    const struct wp_agency_table *agencies;     /* NULL: the built-in ones. Set likewise */
    const struct wp_known *known;               /* furniture of earlier runs; NULL: none. Likewise */
};

#define WP_MAX_RECORD_BYTES ((uint64_t)64 << 20)
/* Below this a run has no room for its blocks, its threads and one part of its postings. */
#define WP_MEMORY_MIN_BYTES ((uint64_t)64 << 20)

void wp_settings_init(struct wp_settings *s);
/* Sets one setting by the name of its flag ("match", "verify", "keep", "furniture", "threads", "memory",
 * "tmp", "date-format", "max-record", "id-field" ...). WP_EINVAL with words for an unknown name or a value
 * that does not fit: *s is then as it was. */
enum wp_status wp_settings_set(struct wp_settings *s, const char *name, const char *value,
                               struct wp_error *err);
const char *wp_keep_name(enum wp_keep keep);

#endif
