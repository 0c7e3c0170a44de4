/*
 * agency.h - whose wire story a text is, and which bytes at its two ends say so and are no text.
 *
 *     LAGOS, April 5 (Reuters) - The bridge over ...  ... he said. (Additional reporting by B. Ade)
 *     |<----- head: no text ---->|                              |<------- tail: no text ------->|
 *                             head_end                     tail_begin
 *
 * Recognised are datelines, bylines and lines of credit that name an agency, update prefixes ("UPDATE 2-"),
 * names signed at the end, alone or in brackets, copyright lines and end marks. The names and phrases stand
 * in a table, agencies.tsv, which is compiled in; a file of the same form adds to it.
 *
 * An article about an agency is none of its stories: a name counts only where a credit stands, at the
 * beginning of a text or of one of its first lines, or closing its last ones, and only when it fills its
 * brackets, its line, or the place before a dash. Nothing but the first WP_AGENCY_HEAD_BYTES and the last
 * WP_AGENCY_TAIL_BYTES is looked at.
 */
#ifndef WP_TEXT_AGENCY_H
#define WP_TEXT_AGENCY_H

#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

/* Bytes looked at, at either end (blanks at the very end are not counted). */
#define WP_AGENCY_HEAD_BYTES 400
#define WP_AGENCY_TAIL_BYTES 320

/* Immutable once made: any number of threads may use one. */
struct wp_agency_table;

/* The built-in rows and then those of the file `extra` (NULL = none), which may add forms to an agency, new
 * agencies, and take over forms. WP_EFORMAT with file and line for a row that is none, WP_ETOOBIG, WP_ENOMEM,
 * WP_ENOENT and the like. */
enum wp_status wp_agency_table_new(const char *extra, struct wp_agency_table **out, struct wp_error *err);
/* The same with the file's bytes in memory; `file` is its name for errors. */
enum wp_status wp_agency_table_parse(const uint8_t *rows, size_t len, const char *file,
                                     struct wp_agency_table **out, struct wp_error *err);
void wp_agency_table_free(struct wp_agency_table *table);
/* The built-in rows alone: made by the first call that succeeds, the same for all from then on, and not to be
 * freed. NULL: there is no memory now. Any thread. */
const struct wp_agency_table *wp_agency_table_builtin(void);

/* Agencies are numbered from 1, in the order of their first rows. */
uint16_t wp_agency_count(const struct wp_agency_table *table);
/* The short name ("AP"), borrowed from the table; "" for 0 and beyond the last. */
const char *wp_agency_name(const struct wp_agency_table *table, uint16_t number);

struct wp_agency_found {
    uint16_t agency;     /* 0 = none named; of several the first */
    uint32_t head_end;   /* bytes [0, head_end) are no text; with a headline above the dateline */
    uint32_t tail_begin; /* bytes [tail_begin, len) are no text; head_end <= tail_begin <= len */
};

/* Of len bytes of UTF-8, less than 2^31; bytes that are none separate words, as in tokens.h. Nothing outside
 * of them is read. Both places are boundaries of characters. */
void wp_agency_find(const struct wp_agency_table *table, const uint8_t *text, size_t len,
                    struct wp_agency_found *out);

#endif
