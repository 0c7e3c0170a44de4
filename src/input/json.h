/*
 * json.h - finding named values in one line of JSON, and checking all of the line.
 *
 * The C side of json.cc, the only C++ file and the only one that knows simdjson. Values are handed out raw: a
 * pointer into the line and a length, strings without their quotes and with their escapes (escape.h decodes
 * them; escapes of strings that nobody asked for are checked here).
 */
#ifndef WP_INPUT_JSON_H
#define WP_INPUT_JSON_H

#include "base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Readable bytes that must stand behind a line; what they hold does not matter. */
#define WP_JSON_PADDING 64
/* More values than this are never asked for at once. */
#define WP_JSON_PATHS_MAX 8
/* Objects and arrays inside each other. */
#define WP_JSON_DEPTH_MAX 256

enum wp_json_kind { WP_JSON_ABSENT, WP_JSON_STRING, WP_JSON_NUMBER, WP_JSON_OTHER };

struct wp_json_value {
    enum wp_json_kind kind;
    const uint8_t *data; /* STRING: between the quotes; NUMBER: the digits as they stand; else undefined */
    size_t len;
};

struct wp_json;

/* `paths` are borrowed and must outlive the handle. "a.b" is the member b of the object a, or the member of
 * the name "a.b". WP_ENOMEM, WP_EINVAL when count > WP_JSON_PATHS_MAX. */
enum wp_status wp_json_new(struct wp_json **j, const char *const *paths, size_t count);
void wp_json_free(struct wp_json *j);

/*
 * Parses one document, an object, and fills values[i] for paths[i]; of members with the same name the first
 * counts.
 *
 *   WP_END      nothing but white space
 *   WP_EFORMAT  not one JSON object, or not JSON somewhere (*reason tells)
 *   WP_EUTF8    not UTF-8 somewhere
 *   WP_ETOOBIG  4 GiB or more
 *   WP_ENOMEM
 *
 * On failure values are undefined. One handle, one thread.
 */
enum wp_status wp_json_read(struct wp_json *j, const uint8_t *line, size_t len, struct wp_json_value *values,
                            const char **reason);

#ifdef __cplusplus
}
#endif
#endif
