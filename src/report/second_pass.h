/*
 * second_pass.h - the lines of articles once more, in input order.
 *
 * The inputs are read again (pipes from the copies that the reader kept), line by line; the run knows the
 * file and line of every article. An input that changed in between is told, not guessed about. Inputs in
 * which nothing is wanted are not opened, and of those that are, reading ends behind the last line wanted.
 */
#ifndef WP_REPORT_SECOND_PASS_H
#define WP_REPORT_SECOND_PASS_H

#include "engine/run.h"

#define WP_SECOND_PASS_NONE UINT64_MAX

struct wp_second_pass {
    struct wp_run *run;
    struct wp_file *copies; /* by file: what stands for inputs that were pipes; NULL when there is none */
    const struct wp_file_stamp *stamps; /* by file: as inputs were before reading; NULL: not compared */
    /* Moves *rank (at most the number of articles) on to the first whose line is wanted, or to
     * WP_SECOND_PASS_NONE. */
    enum wp_status (*next)(void *self, uint64_t *rank, struct wp_error *err);
    /* One line without its line end; WP_RECORD_PADDING readable bytes stand behind it. */
    enum wp_status (*visit)(void *self, uint32_t rank, const uint8_t *line, size_t len, struct wp_error *err);
    void *self;
};

/* WP_EDAMAGED for an input that changed, WP_ECANCELED, WP_ENOMEM, those of reading, next and visit. */
enum wp_status wp_second_pass_run(const struct wp_second_pass *pass, struct wp_error *err);

#endif
