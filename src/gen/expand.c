/* expand.c - see expand.h. */
#include "gen/expand.h"

#include <string.h>

enum wp_status wp_gen_put(struct wp_buffer *out, const char *text) {
    return wp_buffer_add(out, text, strlen(text));
}

enum wp_status wp_gen_put_number(struct wp_buffer *out, uint64_t number, unsigned digits) {
    char text[24];
    size_t at = sizeof text;
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
        if (digits) digits--;
    } while ((number || digits) && at > 0);
    return wp_buffer_add(out, text + at, sizeof text - at);
}

enum wp_status wp_gen_expand(const char *pattern, const struct wp_gen_gaps *gaps, struct wp_buffer *out) {
    for (;;) {
        size_t len = strcspn(pattern, "{");
        WP_TRY(wp_buffer_add(out, pattern, len));
        pattern += len;
        if (!pattern[0] || !pattern[1]) return WP_OK;
        WP_TRY(gaps->fill(gaps->self, pattern[1], out));
        pattern += pattern[2] ? 3 : 2;
    }
}
