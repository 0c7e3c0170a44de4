/*
 * summary.h - what a run did, in numbers: as JSON for programs and in a few lines for people.
 */
#ifndef WP_REPORT_SUMMARY_H
#define WP_REPORT_SUMMARY_H

#include "base/output.h"
#include "engine/reader.h"
#include "engine/run.h"

/* What only the caller knows. */
struct wp_summary {
    struct wp_run *run;
    const struct wp_file_failure *failures;
    size_t failure_count;
    uint64_t raw_bytes, decoded_bytes;
    uint64_t match_lines, match_lines_left_out;
    uint64_t furniture_passages, furniture_left_out; /* of --furniture */
    double wall_seconds, output_seconds;
};

struct wp_totals {
    uint64_t read, kept, removed, rejected; /* read = kept + removed + rejected */
    uint64_t stories, largest;
};

struct wp_totals wp_summary_totals(const struct wp_run *run);
/* One JSON object, indented, with a line end. */
enum wp_status wp_summary_write(const struct wp_summary *s, struct wp_output *out, struct wp_error *err);
/* A few lines without escape sequences, appended to *out. */
enum wp_status wp_summary_text(const struct wp_summary *s, struct wp_buffer *out);
/* The records refused (the first ones of each reason), the files that ended early and the repeated ids, a
 * line each. */
enum wp_status wp_summary_complaints(const struct wp_summary *s, struct wp_buffer *out, struct wp_error *err);

#endif
