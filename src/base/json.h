/* json.h - writing JSON strings and numbers into a buffer. Reading is src/input's. */
#ifndef WP_BASE_JSON_H
#define WP_BASE_JSON_H

#include "base/memory.h"

/* Appends data as a quoted JSON string. Control characters, quotes and backslashes are escaped, valid UTF-8
 * stays as it is, and each byte that is not part of valid UTF-8 becomes U+FFFD. */
enum wp_status wp_json_string(struct wp_buffer *out, const void *data, size_t len);

#endif
