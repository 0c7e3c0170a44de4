/*
 * arrivals.h - the articles of a list of files, one after the other, ready to be added to an index.
 *
 *     files -> lines -> records -> prepared articles, and what is none
 *
 * On the calling thread; ahead.h runs it on one of its own.
 */
#ifndef WP_ENGINE_ARRIVALS_H
#define WP_ENGINE_ARRIVALS_H

#include "base/memory.h"
#include "engine/prepared.h"

/* What comes next of the inputs: by its status
 *     WP_OK                                 an article
 *     WP_EFORMAT, WP_EUTF8, WP_ETEXT        a line that is no record: words say why
 *     WP_ETOOBIG                            likewise; has an id when it is the text that is too long
 *     WP_EDAMAGED                           the file is damaged here: the next arrival is of the next file
 * Zero-initialised is empty; may be filled again and again. Moves from thread to thread as a whole. */
struct wp_arrival {
    enum wp_status status;
    const char *words;      /* static */
    struct wp_error damage; /* of WP_EDAMAGED */
    const char *file;       /* its name, as given in the options */
    uint64_t line;          /* its number, from 1 */
    uint64_t input_bytes;   /* read of this file and those before, as they lie, when it came */
    struct wp_buffer bytes; /* the line as it stands in the file, without its end; then the id */
    size_t line_len, id_len;
    bool id_given;   /* the id is FILE:LINE, because the record has none */
    bool unprepared; /* nothing is prepared yet: wp_arrivals_prepare */
    struct wp_prepared prepared;
};

static inline const uint8_t *wp_arrival_id(const struct wp_arrival *a) {
    return a->bytes.data + a->line_len;
}
/* Bytes beside the struct itself. */
static inline size_t wp_arrival_bytes(const struct wp_arrival *a) {
    bool prepared = a->status == WP_OK && !a->unprepared;
    return a->bytes.len + (prepared ? wp_prepared_bytes(&a->prepared) : 0);
}
void wp_arrival_release(struct wp_arrival *a);
/* Gives buffers back that are larger than `keep_bytes`. */
void wp_arrival_trim(struct wp_arrival *a, size_t keep_bytes);

struct wp_arrivals_options {
    const char *const *files; /* as wp_file_open takes them; names and list are borrowed */
    size_t file_count;
    const struct wp_fields *fields; /* borrowed; NULL: the defaults */
    size_t max_record_bytes;
    const struct wp_agency_table *agencies; /* prepared.h */
    const char *date_format;
    bool (*may_wait)(void *self, bool first); /* as of struct wp_line_file; then WP_ECANCELED */
    void *self;
};

struct wp_arrivals;

/* WP_ENOMEM; WP_EINVAL for the fields. *out is NULL after a failure. */
enum wp_status wp_arrivals_open(struct wp_arrivals **out, const struct wp_arrivals_options *options,
                                struct wp_error *err);
/* NULL is fine. */
void wp_arrivals_close(struct wp_arrivals *a);

/* Fills *out with what comes next; without `prepare` an article comes unprepared, for who may find that it is
 * not wanted. WP_END behind the last file. Every other status is final: a file cannot be opened or read,
 * WP_ENOMEM, WP_ECANCELED. */
enum wp_status wp_arrivals_next(struct wp_arrivals *a, bool prepare, struct wp_arrival *out,
                                struct wp_error *err);
/* Prepares an article that came unprepared, perhaps of another struct wp_arrivals with the same options; its
 * status may become WP_ETOOBIG by that. Does nothing with any other arrival. WP_ENOMEM. */
enum wp_status wp_arrivals_prepare(struct wp_arrivals *a, struct wp_arrival *arrival, struct wp_error *err);

#endif
