/*
 * kept.h - the second pass: the records that are kept, and the others, byte for byte as they came.
 *
 * By one pass over the inputs (second_pass.h): an input that changed in between is told, not guessed about.
 */
#ifndef WP_REPORT_KEPT_H
#define WP_REPORT_KEPT_H

#include "base/output.h"
#include "engine/run.h"

struct wp_kept {
    struct wp_run *run;
    struct wp_output *kept, *removed; /* either may be NULL */
    struct wp_file *copies; /* by file: what stands for inputs that were pipes; NULL when there is none */
    const struct wp_file_stamp *stamps; /* by file: as inputs were before reading; NULL: not compared */
    uint64_t kept_count, removed_count; /* set */
};

enum wp_status wp_write_kept(struct wp_kept *k, struct wp_error *err);

#endif
