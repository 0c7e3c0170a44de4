/* marks.c - quotes and dashes as an outlet's system writes them; see change.h. */
#include <string.h>

#include "gen/change.h"

struct mark {
    const char *curly, *straight;
};

static const struct mark marks_table[] = {
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x98", "'"},  {"\xe2\x80\x99", "'"},
    {"\xe2\x80\x93", "-"},  {"\xe2\x80\x94", "--"}, {"\xe2\x80\xa6", "..."}};

static enum wp_status straighten(const uint8_t *p, const uint8_t *end, struct wp_buffer *out) {
    while (p < end) {
        const uint8_t *mark = memchr(p, 0xe2, (size_t)(end - p)), *next = mark ? mark + 1 : end;
        if (!mark) mark = end;
        WP_TRY(wp_buffer_add(out, p, (size_t)(mark - p)));
        const char *as = NULL;
        for (size_t i = 0; end - mark >= 3 && i < sizeof marks_table / sizeof *marks_table && !as; i++)
            if (memcmp(mark, marks_table[i].curly, 3) == 0) as = marks_table[i].straight;
        if (as) {
            WP_TRY(wp_buffer_add(out, as, strlen(as)));
            next = mark + 3;
        } else {
            WP_TRY(wp_buffer_add(out, mark, (size_t)(next - mark)));
        }
        p = next;
    }
    return WP_OK;
}

static const char *curly_for(uint8_t before, uint8_t mark) {
    bool opens = before <= ' ' || before == '(' || before == '"';
    if (mark == '"') return opens ? "\xe2\x80\x9c" : "\xe2\x80\x9d";
    return opens ? "\xe2\x80\x98" : "\xe2\x80\x99";
}

static enum wp_status curl(const uint8_t *p, const uint8_t *end, struct wp_buffer *out) {
    uint8_t before = ' ';
    for (const uint8_t *from = p; p <= end; p++) {
        if (p < end && *p != '"' && *p != '\'') continue;
        if (p > from) before = p[-1];
        WP_TRY(wp_buffer_add(out, from, (size_t)(p - from)));
        if (p == end) break;
        WP_TRY(wp_buffer_add(out, curly_for(before, *p), 3));
        before = *p;
        from = p + 1;
    }
    return WP_OK;
}

enum wp_status wp_gen_marks(enum wp_gen_marks marks, struct wp_buffer *out, size_t from,
                            struct wp_buffer *scratch) {
    const uint8_t *p = out->data + from, *end = out->data + out->len;
    if (marks == WP_GEN_MARKS_AS_WRITTEN) return WP_OK;
    scratch->len = 0;
    WP_TRY(marks == WP_GEN_MARKS_STRAIGHT ? straighten(p, end, scratch) : curl(p, end, scratch));
    out->len = from;
    return wp_buffer_add(out, scratch->data, scratch->len);
}
