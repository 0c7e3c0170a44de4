/*
 * explain.h - what `wireprint explain` does for two articles and for a story, and what both need.
 */
#ifndef WP_CLI_EXPLAIN_H
#define WP_CLI_EXPLAIN_H

#include <stdbool.h>
#include "base/memory.h"
#include "cli/input_flags.h"
#include "input/line_file.h"
#include "input/owner_groups.h"
#include "input/record.h"
#include "report/compare.h"

/* A record's line, and a whole file that is one text. */
#define WP_EXPLAIN_RECORD_BYTES ((size_t)64 << 20)
#define WP_EXPLAIN_FILE_BYTES ((size_t)256 << 20)

struct wp_explain_settings {
    const char *in, *story, *stories, *color, *match, *owners, *furniture, *agencies;
    bool json, full;
    struct wp_field_flags fields;
};

/* The id of a record as the answers of a run have it: its own, or FILE:LINE, the line last given by f. It is
 * written to *room if need be, and lives as long as that and the record. WP_ENOMEM. */
enum wp_status wp_explain_id(const struct wp_record *record, const struct wp_line_file *f,
                             struct wp_buffer *room, const char **id, size_t *len);

struct wp_explain_context {
    const struct wp_explain_settings *settings;
    const struct wp_settings *run; /* what a run would be told: names of fields, form of dates */
    const struct wp_pair_settings *compare_by;
    const struct wp_owner_groups *owner_groups; /* NULL: none */
    bool color;
};

/* explain --story: appends what is to be printed. dumps[0..count): where the articles are looked for. */
enum wp_status wp_explain_story(const struct wp_explain_context *context, const char *const *dumps,
                                size_t count, struct wp_buffer *out, struct wp_error *err);

#endif
