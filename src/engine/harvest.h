/*
 * harvest.h - one thread's way from records to the stores of a run.
 *
 * A segment (a stretch of lines of one file) is collected in the thread's own arrays; when it ends, its
 * articles get their slots and everything is moved into the run's stores. Nothing of the record is kept but
 * its id, its fingerprint and, for exact verification, its stream of shingles.
 */
#ifndef WP_ENGINE_HARVEST_H
#define WP_ENGINE_HARVEST_H

#include "engine/run.h"

struct wp_harvest;

enum wp_status wp_harvest_new(struct wp_harvest **out, struct wp_run *run, struct wp_error *err);
/* Moves out what waits in the thread's buffers; must be called before the stages after reading. */
enum wp_status wp_harvest_finish(struct wp_harvest *h, struct wp_error *err);
void wp_harvest_free(struct wp_harvest *h);

/* Where a segment comes from. */
struct wp_origin {
    uint32_t file;
    uint64_t sequence; /* of the segment in its file */
    /* Lines of a plain regular file are read again once memory for what is kept aside is used up: data[0]
     * stands at `offset` in the file. NULL: they cannot be read again. */
    const uint8_t *data;
    uint64_t offset;
};

/* A segment: begin, then lines in order, then end with the number of lines it had. */
void wp_harvest_begin(struct wp_harvest *h, const struct wp_origin *origin);
/* WP_ETOOBIG: the record is not taken, and the harvest goes on; every other failure is final. */
enum wp_status wp_harvest_add(struct wp_harvest *h, const struct wp_record *record, uint32_t line,
                              struct wp_error *err);
void wp_harvest_reject(struct wp_harvest *h, uint32_t line, enum wp_status status, const char *words);
/* Parses a line and adds or rejects it. The line needs WP_RECORD_PADDING readable bytes behind it. */
enum wp_status wp_harvest_line(struct wp_harvest *h, const uint8_t *line, size_t len, uint32_t number,
                               struct wp_error *err);
/* WP_EFORMAT etc. with words for the first reject of the segment in a strict run; err->line is then its line
 * in the segment, from 1. */
enum wp_status wp_harvest_end(struct wp_harvest *h, uint32_t lines, struct wp_error *err);

#endif
