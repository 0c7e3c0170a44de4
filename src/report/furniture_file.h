/*
 * furniture_file.h - what is known of furniture after a run, as a file for later runs.
 *
 * What was known before, with what this run met of it, and what the run has learnt (engine/ledger.h), in the
 * form of engine/known.h. No text is kept in memory while articles are read: the example of each passage is
 * fetched now, from a plain file by its place, else by one more pass over the inputs.
 */
#ifndef WP_REPORT_FURNITURE_FILE_H
#define WP_REPORT_FURNITURE_FILE_H

#include "base/output.h"
#include "engine/known.h"

struct wp_furniture_file {
    struct wp_run *run;     /* finished, with settings.keeps_furniture */
    struct wp_known *known; /* settings.known; what was learnt is added */
    struct wp_file *copies; /* as in second_pass.h */
    const struct wp_file_stamp *stamps;
    uint64_t passages, left_out; /* set: written, and learnt but not written for lack of room */
};

/* Passages by owner (those of all first), then the most frequent first, then by their words. Once a run.
 * WP_EDAMAGED for an input that changed, WP_ECANCELED, WP_ENOMEM, those of reading and writing. */
enum wp_status wp_write_furniture(struct wp_furniture_file *f, struct wp_output *out, struct wp_error *err);

#endif
