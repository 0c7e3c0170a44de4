/*
 * passages.c - see passages.h.
 *
 * B is read from left to right; where a shared shingle begins, the longest run with A from there on is a
 * passage, and reading goes on behind it. Then A is read in the same way, for tokens that are covered but
 * stand in no passage yet: these are repeats.
 */
#include "report/passages.h"

#include <stdlib.h>
#include <string.h>

/* Work spent on one passage before what was found is taken. */
#define SEARCH_STEPS ((uint32_t)1 << 16)

/* One reading: `other` is searched, `reader` is read. */
struct reading {
    const struct wp_overlap_base *other;
    const struct wp_stream *reader;
    uint8_t *done; /* tokens of A that stand in a passage, when A is read */
    bool reader_is_a;
    struct wp_token_passages *out;
};

/* The longest run of shingles from reader position j on, at *i in the other; 0 when there is none. Of equal
 * ones that which stands first at or behind `after`, so that passages keep their order where they can. */
static uint32_t longest_from(const struct reading *r, uint32_t j, uint32_t after, uint32_t *i) {
    const struct wp_stream *other = &r->other->a, *reader = r->reader;
    uint32_t best = 0, steps = 0, at = wp_overlap_base_find(r->other, reader->shingles[j]);
    for (; at != WP_OVERLAP_NONE && steps < SEARCH_STEPS; at = r->other->next[at]) {
        uint32_t len = 1;
        while (at + len < other->count && j + len < reader->count &&
               other->shingles[at + len] == reader->shingles[j + len])
            len++;
        steps += len;
        if (len > best || (len == best && *i < after && at >= after)) {
            best = len;
            *i = at;
        }
    }
    return best;
}

/* Adds the run, of repeats without the tokens at either end that stand in a passage already. */
static enum wp_status add_passage(struct reading *r, uint32_t j, uint32_t i, uint32_t tokens) {
    while (tokens && r->done[j]) j++, i++, tokens--;
    while (tokens && r->done[j + tokens - 1]) tokens--;
    if (!tokens) return WP_OK;
    WP_TRY(WP_GROW(r->out->items, r->out->count, r->out->cap));
    if (r->reader_is_a) memset(r->done + j, 1, tokens);
    r->out->items[r->out->count++] =
        (struct wp_token_passage){.a = r->reader_is_a ? j : i, .b = r->reader_is_a ? i : j, .tokens = tokens};
    return WP_OK;
}

static enum wp_status read_passages(struct reading *r) {
    uint32_t width = r->reader->width, after = 0;
    for (uint32_t j = 0; j < r->reader->count;) {
        uint32_t i = 0, len = longest_from(r, j, after, &i);
        if (len) {
            WP_TRY(add_passage(r, j, i, len + width - 1));
            after = i + len;
        }
        j += len ? len : 1;
    }
    return WP_OK;
}

/* Reads `reader` against `other`; tokens of passages found before are marked first. */
static enum wp_status read_against(struct wp_token_passages *out, const struct wp_stream *other,
                                   const struct wp_stream *reader, bool reader_is_a) {
    struct wp_overlap_base base;
    struct reading r = {.other = &base, .reader = reader, .reader_is_a = reader_is_a, .out = out};
    wp_overlap_base_init(&base);
    enum wp_status status = wp_overlap_base_set(&base, other);
    if (status == WP_OK && !(r.done = wp_zalloc(reader->tokens, 1))) status = WP_ENOMEM;
    if (status == WP_OK && reader_is_a)
        for (size_t k = 0; k < out->count; k++) memset(r.done + out->items[k].a, 1, out->items[k].tokens);
    if (status == WP_OK) status = read_passages(&r);
    wp_free(r.done);
    wp_overlap_base_release(&base);
    return status;
}

static int compare_passages(const void *x, const void *y) {
    const struct wp_token_passage *p = x, *q = y;
    if (p->a != q->a) return p->a < q->a ? -1 : 1;
    return p->b < q->b ? -1 : p->b > q->b;
}

enum wp_status wp_token_passages_find(struct wp_token_passages *out, const struct wp_stream *a,
                                      const struct wp_stream *b) {
    *out = (struct wp_token_passages){0};
    if (a->width != b->width || !a->count || !b->count) return WP_OK;
    WP_TRY(read_against(out, a, b, false));
    WP_TRY(read_against(out, b, a, true));
    if (out->count) qsort(out->items, out->count, sizeof *out->items, compare_passages);
    return WP_OK;
}

void wp_token_passages_release(struct wp_token_passages *p) {
    wp_free(p->items);
    *p = (struct wp_token_passages){0};
}
