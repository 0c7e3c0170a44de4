/*
 * record.h - one line of JSON becomes a record.
 *
 * A record is an object with a text; id, url, source, title, date and language may be missing. Views point
 * into the line where a value stands there without escapes, else into the parser; so they live until the next
 * call with the same parser and as long as the line. A view has WP_RECORD_VIEW_PADDING readable bytes behind
 * it, which hold anything. An empty view has a non-NULL pointer.
 *
 * A value counts as absent when it is null, true, false, an object or an array, and as what it says when it
 * is a string or a number (a number as the digits that stand in the line, so 007 would be no JSON but 1.50
 * stays 1.50). Where a key stands twice, the first counts.
 */
#ifndef WP_INPUT_RECORD_H
#define WP_INPUT_RECORD_H

#include "base/status.h"

/* Readable bytes that must stand behind a line, whatever they hold; following lines will do. */
#define WP_RECORD_PADDING 64
#define WP_RECORD_VIEW_PADDING 64

/* Which member holds what: "name", or "a.b" for the member b of the object a (or a member named "a.b"). NULL
 * means the default: id, text, url, source, title, date, lang. An empty name means that there is no such
 * field. */
struct wp_fields {
    const char *id, *text, *url, *source, *title, *date, *lang;
};

/* Lengths are 0 for what is absent; an id that is there but empty counts as absent too. */
struct wp_record {
    const uint8_t *text, *id, *url, *source, *title, *date, *lang;
    size_t text_len, id_len, url_len, source_len, title_len, date_len, lang_len;
};

/* WP_EINVAL when the text field is empty: nothing could be read. NULL is fine. */
enum wp_status wp_fields_check(const struct wp_fields *fields, struct wp_error *err);

struct wp_record_parser;

/* The names in `fields` (which may be NULL: all defaults) are borrowed and must outlive the parser. One
 * parser per thread. WP_ENOMEM; WP_EINVAL of wp_fields_check. */
enum wp_status wp_record_parser_new(struct wp_record_parser **p, const struct wp_fields *fields,
                                    struct wp_error *err);
void wp_record_parser_free(struct wp_record_parser *p);

/*
 * Parses one line; a line end (\n, \r\n) may be part of it. All of it is checked, also what is not used.
 * A half surrogate (\ud800) becomes U+FFFD.
 *
 *   WP_OK       *out is filled
 *   WP_END      nothing but white space: no record, and nothing wrong
 *   WP_EFORMAT  not one JSON object
 *   WP_EUTF8    not UTF-8 somewhere
 *   WP_ETEXT    no text, or a text that is no string
 *   WP_ETOOBIG, WP_ENOMEM
 *
 * *reason is set to a fixed text unless it returns WP_OK.
 */
enum wp_status wp_record_parse(struct wp_record_parser *p, const uint8_t *line, size_t len,
                               struct wp_record *out, const char **reason);

#endif
