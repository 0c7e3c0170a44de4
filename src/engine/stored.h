/*
 * stored.h - an article as the index keeps it: its line as it came, and what is needed to read it again.
 *
 *     varint: names << 16 | id    how many bytes of each follow; both are 0 for most
 *     id                          that was given from outside, when the line has none
 *     names                       of the fields, when they are not the defaults: seven strings, each ended by
 *                                 a NUL, in the order of struct wp_fields; "" is the default, 0xff no field
 *     line
 *
 * So dumps whose fields go by different names may stand in one index, and a record can be read by whoever
 * has it.
 */
#ifndef WP_ENGINE_STORED_H
#define WP_ENGINE_STORED_H

#include "base/memory.h"
#include "input/record.h"

enum { WP_STORED_ID_MAX = 65535, WP_STORED_NAMES_MAX = 4096, WP_STORED_PARSERS = 8 };

/* Names as they are stored, appended to *out; nothing when all are the defaults, or fields is NULL.
 * WP_ETOOBIG when together they are longer than WP_STORED_NAMES_MAX, WP_ENOMEM. */
enum wp_status wp_stored_names_make(struct wp_buffer *out, const struct wp_fields *fields);

/* A record for storing; what stood in *out is gone. The id may be of 0 bytes, and so may names. WP_ETOOBIG
 * when either is longer than its maximum, WP_ENOMEM. */
struct wp_stored_parts {
    const uint8_t *line, *id, *names;
    size_t line_len, id_len, names_len;
};
enum wp_status wp_stored_record_make(struct wp_buffer *out, const struct wp_stored_parts *parts);

/* A parser for each set of names that was met; of very many sets the last ones. One thread. */
struct wp_stored_parser {
    uint8_t *names; /* owned, as stored; the parser borrows from them */
    size_t names_len;
    struct wp_record_parser *parser;
};
struct wp_stored_reader {
    struct wp_stored_parser parsers[WP_STORED_PARSERS];
    size_t count, next;
};
/* Zero-initialised is ready. */
void wp_stored_reader_release(struct wp_stored_reader *r);

/* A stored record, taken apart. Views of the stored bytes, and of the parser. */
struct wp_stored_record {
    const uint8_t *line;
    size_t line_len;
    struct wp_record record; /* parsed; id is the one from outside when there is one */
};
/* Views live until the reader's next use. WP_EDAMAGED without words, WP_ENOMEM. */
enum wp_status wp_stored_record_split(struct wp_stored_record *out, struct wp_stored_reader *r,
                                      const uint8_t *stored, size_t len);

#endif
