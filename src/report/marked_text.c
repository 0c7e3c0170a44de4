/*
 * marked_text.c - see marked_text.h.
 *
 * Each token is given to the lowest passage that covers it; neighbours of the same passage make a segment. A
 * passage that owns no token of this side is hidden in others: its number is shown at the segment in which it
 * begins. Furniture is a segment of its own, whatever passages reach into it.
 */
#include "report/marked_text.h"

#include <stdlib.h>
#include <string.h>
#include "text/unicode.h"

#define FURNITURE UINT32_MAX /* stands for the number of a passage */

static const char replacement[] = "\xef\xbf\xbd";

static bool is_control(uint32_t c) {
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0);
}

enum wp_status wp_shown_text(const uint8_t *text, size_t len, struct wp_buffer *out) {
    size_t from = 0, at = 0;
    while (at < len) {
        uint32_t c = 0;
        unsigned bytes = wp_utf8_decode(text + at, len - at, &c);
        if (bytes && !is_control(c)) {
            at += bytes;
            continue;
        }
        bool line_end = c == '\r' && at + 1 < len && text[at + 1] == '\n';
        WP_TRY(wp_buffer_add(out, text + from, at - from));
        if (!line_end) WP_TRY(wp_buffer_add(out, replacement, sizeof replacement - 1));
        from = at += bytes ? bytes : 1;
    }
    return wp_buffer_add(out, text + from, len - from);
}

/* Moves a place to cut to where a character begins, by up to three bytes to the left. */
static size_t cut_at(const uint8_t *text, size_t at) {
    for (int i = 0; i < 3 && at && (text[at] & 0xc0) == 0x80; i++) at--;
    return at;
}

static enum wp_status add_unshared(const uint8_t *text, size_t len, const struct wp_marking *m,
                                   struct wp_buffer *out) {
    if (len <= m->unshared_bytes) return wp_shown_text(text, len, out);
    size_t head = cut_at(text, m->unshared_bytes / 2), tail = cut_at(text, len - m->unshared_bytes / 2);
    WP_TRY(wp_shown_text(text, head, out));
    WP_TRY(wp_buffer_print(out, "%s [... %zu bytes ...] %s", m->color ? "\033[2m" : "", tail - head,
                           m->color ? "\033[0m" : ""));
    return wp_shown_text(text + tail, len - tail, out);
}

/* A passage as seen from one side. */
struct mark {
    uint32_t first, tokens, number;
    bool visible;
};

struct view {
    const struct wp_side *side;
    struct mark *marks; /* by first token */
    size_t count;
    uint32_t *owner; /* by token: number of its passage, 0 = none, FURNITURE */
};

static int compare_numbers(const void *x, const void *y) {
    const struct mark *p = x, *q = y;
    return p->number < q->number ? -1 : p->number > q->number;
}

static int compare_places(const void *x, const void *y) {
    const struct mark *p = x, *q = y;
    if (p->first != q->first) return p->first < q->first ? -1 : 1;
    return compare_numbers(x, y);
}

/* Gives each token to the lowest passage that covers it. */
static void give_tokens(struct view *v) {
    qsort(v->marks, v->count, sizeof *v->marks, compare_numbers);
    for (size_t k = 0; k < v->count; k++) {
        struct mark *mark = &v->marks[k];
        for (uint32_t i = mark->first; i < mark->first + mark->tokens; i++) {
            if (v->owner[i]) continue;
            v->owner[i] = mark->number;
            mark->visible = true;
        }
    }
    qsort(v->marks, v->count, sizeof *v->marks, compare_places);
}

static enum wp_status make_view(struct view *v, const struct wp_pair *pair, bool side_a) {
    const struct wp_token_passages *p = &pair->passages;
    *v = (struct view){.side = side_a ? &pair->a : &pair->b, .count = p->count};
    v->marks = wp_alloc(p->count, sizeof *v->marks);
    v->owner = wp_zalloc((size_t)v->side->stream.tokens + 1, sizeof *v->owner);
    if (!v->marks || !v->owner) return WP_ENOMEM;
    for (size_t k = 0; k < p->count; k++) {
        const struct wp_token_passage *q = &p->items[k];
        v->marks[k] = (struct mark){side_a ? q->a : q->b, q->tokens, (uint32_t)k + 1, false};
    }
    for (uint32_t i = 0; i < v->side->stream.tokens; i++)
        if (wp_side_is_beside(v->side, i)) v->owner[i] = FURNITURE;
    if (v->count) give_tokens(v);
    return WP_OK;
}

/* The numbers of hidden passages that begin in a segment, each behind `before`. */
static enum wp_status add_hidden(const struct view *v, uint32_t first, uint32_t end, size_t *next,
                                 const char *before, struct wp_buffer *out) {
    for (; *next < v->count && v->marks[*next].first < end; ++*next)
        if (!v->marks[*next].visible && v->marks[*next].first >= first)
            WP_TRY(wp_buffer_print(out, "%s%u", before, v->marks[*next].number));
    return WP_OK;
}

static enum wp_status open_furniture(const struct view *v, uint32_t first, uint32_t end, size_t *next,
                                     const struct wp_marking *m, struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out, "%s", m->color ? "\033[2m" : "{{"));
    size_t before = out->len;
    WP_TRY(add_hidden(v, first, end, next, "#", out));
    return out->len == before ? WP_OK : wp_buffer_print(out, ": ");
}

/* Opens a segment: its number, and those of hidden passages that begin in it. */
static enum wp_status open_segment(const struct view *v, uint32_t first, uint32_t end, size_t *next,
                                   const struct wp_marking *m, struct wp_buffer *out) {
    static const int colors[] = {32, 33, 36, 35, 34, 31};
    uint32_t number = v->owner[first];
    if (number == FURNITURE) return open_furniture(v, first, end, next, m, out);
    int color = colors[(number - 1) % (sizeof colors / sizeof *colors)];
    WP_TRY(m->color ? wp_buffer_print(out, "\033[1;%dm[%u", color, number)
                    : wp_buffer_print(out, "[[%u", number));
    WP_TRY(add_hidden(v, first, end, next, ",", out));
    return m->color ? wp_buffer_print(out, "]\033[0;%dm", color) : wp_buffer_print(out, ": ");
}

static const char *segment_end(const struct view *v, uint32_t first, const struct wp_marking *m) {
    return m->color ? "\033[0m" : v->owner[first] == FURNITURE ? "}}" : "]]";
}

static enum wp_status add_segments(const struct view *v, const struct wp_marking *m, struct wp_buffer *out) {
    const struct wp_side *side = v->side;
    size_t done = 0, next = 0; /* bytes shown; first mark not looked at */
    for (uint32_t i = 0, end; i < side->stream.tokens; i = end) {
        for (end = i + 1; end < side->stream.tokens && v->owner[end] == v->owner[i];) end++;
        if (!v->owner[i]) continue;
        struct wp_source_range bytes = wp_side_bytes(side, i, end - i);
        if (bytes.begin < done) bytes.begin = (uint32_t)done; /* two tokens out of one character */
        if (bytes.end < bytes.begin) bytes.end = bytes.begin;
        WP_TRY(add_unshared(side->text + done, bytes.begin - done, m, out));
        WP_TRY(open_segment(v, i, end, &next, m, out));
        struct wp_marking inside = {.unshared_bytes =
                                        v->owner[i] == FURNITURE ? m->unshared_bytes : SIZE_MAX};
        WP_TRY(add_unshared(side->text + bytes.begin, bytes.end - bytes.begin, &inside, out));
        WP_TRY(wp_buffer_print(out, "%s", segment_end(v, i, m)));
        done = bytes.end;
    }
    return add_unshared(side->text + done, side->len - done, m, out);
}

enum wp_status wp_marked_text(const struct wp_pair *pair, bool side_a, const struct wp_marking *marking,
                              struct wp_buffer *out) {
    struct view v;
    enum wp_status status = make_view(&v, pair, side_a);
    if (status == WP_OK) status = add_segments(&v, marking, out);
    wp_free(v.marks);
    wp_free(v.owner);
    return status;
}
