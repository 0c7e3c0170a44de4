/* truth.c - see truth.h and TRUTH.md. */
#include "gen/truth.h"

#include <string.h>

#include "gen/article.h"
#include "gen/expand.h"

#define STORY_MAX_BYTES ((size_t)4 << 20)

struct wp_gen_truth_story {
    struct wp_buffer members; /* objects, comma between them */
    uint64_t count;
    bool done;
};

static const char *const change_names[] = {
#define WP_GEN_CHANGE_NAME(field, name, share, meaning) name,
    WP_GEN_MIX_MAP(WP_GEN_CHANGE_NAME)
#undef WP_GEN_CHANGE_NAME
};

/* Room for story `number`, the newest. Open stories keep their place in the larger ring. */
static enum wp_status open_story(struct wp_gen_truth *t, uint64_t number) {
    if (!t->end) t->first = t->end = number;
    while (t->end <= number) {
        if (t->end - t->first >= t->cap) {
            size_t cap = t->cap ? 2 * t->cap : 64;
            struct wp_gen_truth_story *open = wp_zalloc(cap, sizeof *open);
            if (!open) return WP_ENOMEM;
            for (uint64_t i = t->first; i < t->end; i++) open[i % cap] = t->open[i % t->cap];
            wp_free(t->open);
            t->open = open;
            t->cap = cap;
        }
        t->open[t->end++ % t->cap] = (struct wp_gen_truth_story){0};
    }
    return WP_OK;
}

static enum wp_status put_share(struct wp_buffer *b, uint32_t thousandths) {
    WP_TRY(wp_gen_put_number(b, thousandths / 1000, 0));
    WP_TRY(wp_gen_put(b, "."));
    return wp_gen_put_number(b, thousandths % 1000, 3);
}

static enum wp_status put_changes(struct wp_buffer *b, const struct wp_gen_note *note) {
    bool first = true;
    WP_TRY(wp_gen_put(b, "["));
    for (uint32_t i = 0; i < WP_GEN_MIX_COUNT; i++) {
        if (!(note->changes >> i & 1)) continue;
        WP_TRY(wp_gen_put(b, first ? "\"" : ",\""));
        WP_TRY(wp_gen_put(b, change_names[i]));
        if (i == WP_GEN_MIX_CUT) {
            WP_TRY(wp_gen_put(b, ":"));
            WP_TRY(put_share(b, note->cut));
        }
        WP_TRY(wp_gen_put(b, "\""));
        first = false;
    }
    return wp_gen_put(b, "]");
}

static enum wp_status put_id(struct wp_buffer *b, const char *name, uint64_t number) {
    WP_TRY(wp_gen_put(b, name));
    WP_TRY(wp_gen_put_id(b, number));
    return wp_gen_put(b, "\"");
}

static enum wp_status put_member(struct wp_buffer *b, const struct wp_gen_order *o,
                                 const struct wp_gen_note *note) {
    WP_TRY(put_id(b, b->len ? ",{\"id\":\"" : "{\"id\":\"", o->line[o->depth - 1].number));
    if (o->depth == 1) return wp_gen_put(b, ",\"change\":[]}");
    WP_TRY(put_id(b, ",\"of\":\"", o->line[o->depth - 2].number));
    WP_TRY(wp_gen_put(b, ",\"change\":"));
    WP_TRY(put_changes(b, note));
    WP_TRY(wp_gen_put(b, ",\"kept\":"));
    WP_TRY(put_share(b, note->kept));
    return wp_gen_put(b, "}");
}

static enum wp_status write_story(struct wp_gen_truth *t, uint64_t number, struct wp_error *err) {
    struct wp_gen_truth_story *s = &t->open[number % t->cap];
    if (s->count >= 2) {
        t->counts.stories++;
        t->counts.members += s->count;
        if (s->count > t->counts.largest) t->counts.largest = s->count;
        t->line.len = 0;
        enum wp_status status = wp_gen_put(&t->line, "{\"story\":\"s");
        if (status == WP_OK) status = wp_gen_put_number(&t->line, number, 6);
        if (status == WP_OK) status = wp_gen_put(&t->line, "\",\"members\":[");
        if (status == WP_OK) status = wp_buffer_add(&t->line, s->members.data, s->members.len);
        if (status == WP_OK) status = wp_gen_put(&t->line, "]}\n");
        if (status != WP_OK) return wp_fail(err, status, "writing the truth");
        if (t->out) WP_TRY(wp_output_write(t->out, t->line.data, t->line.len, err));
    }
    wp_buffer_release(&s->members);
    s->done = true;
    while (t->first < t->end && t->open[t->first % t->cap].done) t->first++;
    return WP_OK;
}

static enum wp_status put_link(struct wp_buffer *b, const char *kind, uint64_t from, uint64_t to) {
    WP_TRY(wp_gen_put(b, "{\"link\":\""));
    WP_TRY(wp_gen_put(b, kind));
    WP_TRY(put_id(b, "\",\"a\":\"", from));
    WP_TRY(put_id(b, ",\"b\":\"", to));
    return WP_OK;
}

/* What ties an article outside stories to others: lines of their own. */
static enum wp_status put_links(struct wp_buffer *b, const struct wp_gen_order *o,
                                const struct wp_gen_note *note) {
    static const char *const names[] = {[WP_GEN_EXCERPT] = "excerpt",
                                        [WP_GEN_TEMPLATE] = "template",
                                        [WP_GEN_BACKGROUND] = "background",
                                        [WP_GEN_BANNER] = NULL};
    const struct wp_gen_node *self = &o->line[o->depth - 1];
    for (uint32_t i = 0; i < o->passages; i++) {
        WP_TRY(put_link(b, "roundup", self->number, o->passage[i].number));
        WP_TRY(wp_gen_put(b, "}\n"));
    }
    if (self->kind == WP_GEN_BANNER) {
        WP_TRY(put_id(b, "{\"banner\":\"", self->number));
        return wp_gen_put(b, "}\n");
    }
    if (!o->link) return WP_OK;
    WP_TRY(put_link(b, names[self->kind], self->number, o->link));
    if (self->kind == WP_GEN_EXCERPT) {
        WP_TRY(wp_gen_put(b, ",\"kept\":"));
        WP_TRY(put_share(b, note->kept));
    }
    return wp_gen_put(b, "}\n");
}

static enum wp_status add_member(struct wp_gen_truth *t, const struct wp_gen_order *order,
                                 const struct wp_gen_note *note) {
    if (order->depth == 1) WP_TRY(open_story(t, order->story));
    struct wp_gen_truth_story *s = &t->open[order->story % t->cap];
    if (s->members.len > STORY_MAX_BYTES) return WP_ETOOBIG;
    s->count++;
    return put_member(&s->members, order, note);
}

enum wp_status wp_gen_truth_add(struct wp_gen_truth *t, const struct wp_gen_order *order,
                                const struct wp_gen_note *note, struct wp_error *err) {
    enum wp_status status;
    t->counts.articles++;
    t->counts.kinds[order->line[order->depth - 1].kind]++;
    if (order->story) {
        status = add_member(t, order, note);
        if (status != WP_OK) return wp_fail(err, status, "keeping the truth of a story");
        return order->last_of_story ? write_story(t, order->story, err) : WP_OK;
    }
    t->line.len = 0;
    status = put_links(&t->line, order, note);
    if (status != WP_OK) return wp_fail(err, status, "writing the truth");
    return t->out ? wp_output_write(t->out, t->line.data, t->line.len, err) : WP_OK;
}

enum wp_status wp_gen_truth_end(struct wp_gen_truth *t, struct wp_error *err) {
    while (t->first < t->end) WP_TRY(write_story(t, t->first, err));
    return WP_OK;
}

void wp_gen_truth_release(struct wp_gen_truth *t) {
    for (uint64_t i = t->first; i < t->end; i++) wp_buffer_release(&t->open[i % t->cap].members);
    wp_free(t->open);
    wp_buffer_release(&t->line);
    *t = (struct wp_gen_truth){0};
}
