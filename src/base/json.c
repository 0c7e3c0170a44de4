/* json.c - see json.h. */
#include "base/json.h"

/* Bytes of the valid UTF-8 sequence at p (Unicode table 3-7), or 0. */
static size_t sequence_length(const uint8_t *p, size_t left) {
    static const uint8_t low[] = {[0xE0] = 0xA0, [0xF0] = 0x90, [0xF4] = 0x80};
    uint8_t lead = p[0];
    size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4 || len > left) return 0;
    uint8_t least = lead == 0xE0 || lead == 0xF0 ? low[lead] : 0x80;
    uint8_t most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < least || p[1] > most) return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return len;
}

static enum wp_status put_special(struct wp_buffer *out, uint8_t c) {
    switch (c) {
    case '"': return wp_buffer_add(out, "\\\"", 2);
    case '\\': return wp_buffer_add(out, "\\\\", 2);
    case '\n': return wp_buffer_add(out, "\\n", 2);
    case '\r': return wp_buffer_add(out, "\\r", 2);
    case '\t': return wp_buffer_add(out, "\\t", 2);
    default: return wp_buffer_print(out, "\\u%04x", c);
    }
}

enum wp_status wp_json_string(struct wp_buffer *out, const void *data, size_t len) {
    const uint8_t *p = data;
    size_t done = 0;
    WP_TRY(wp_buffer_add(out, "\"", 1));
    for (size_t i = 0; i < len;) {
        size_t n = sequence_length(p + i, len - i);
        if (n && p[i] >= 0x20 && p[i] != '"' && p[i] != '\\') {
            i += n;
            continue;
        }
        WP_TRY(wp_buffer_add(out, p + done, i - done));
        WP_TRY(n ? put_special(out, p[i]) : wp_buffer_add(out, "\xEF\xBF\xBD", 3));
        done = ++i;
    }
    WP_TRY(wp_buffer_add(out, p + done, len - done));
    return wp_buffer_add(out, "\"", 1);
}
