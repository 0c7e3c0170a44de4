/* story_explanation.c - see story_explanation.h. */
#include "report/story_explanation.h"

#include <inttypes.h>
#include <string.h>
#include "base/json.h"
#include "input/date.h"
#include "report/explanation.h"
#include "report/marked_text.h"

static bool is_lead(const struct wp_story_explanation *x, size_t i) {
    return x->members[i].to == i;
}

size_t wp_story_weakest(const struct wp_explained_member *members, size_t count) {
    size_t weakest = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct wp_explained_member *m = &members[i], *w = &members[weakest == SIZE_MAX ? 0 : weakest];
        if (m->to == i) continue;
        bool weaker = weakest == SIZE_MAX || m->coverage < w->coverage ||
                      (m->coverage == w->coverage && m->jaccard < w->jaccard);
        if (weaker) weakest = i;
    }
    return weakest;
}

/* The member beside what it matched. Release in any case. */
static enum wp_status make_pair(const struct wp_story_explanation *x, size_t i, struct wp_pair *pair) {
    const struct wp_explained_member *m = &x->members[i], *to = &x->members[m->to];
    return wp_pair_make(pair, &m->text, &to->text, x->compare_by);
}

static enum wp_status longest_run(const struct wp_story_explanation *x, size_t i, uint32_t *words) {
    struct wp_pair pair;
    enum wp_status status = make_pair(x, i, &pair);
    *words = status == WP_OK ? pair.overlap.longest_run : 0;
    wp_pair_release(&pair);
    return status;
}

/* NULL when it is not known. */
static const char *date_of(const struct wp_explained_member *m, char room[WP_DATE_TEXT_BYTES]) {
    return m->text.date == WP_DATE_UNKNOWN ? NULL : wp_date_text(m->text.date, room);
}

/* ---- for people ---- */

static enum wp_status add_bold(struct wp_buffer *out, bool color, bool on) {
    return wp_buffer_print(out, "%s", !color ? "" : on ? "\033[1m" : "\033[0m");
}

/* Of a line: without its line ends and without what controls a terminal. */
static enum wp_status add_shown(struct wp_buffer *out, const void *text, size_t len) {
    size_t begin = out->len;
    WP_TRY(wp_shown_text(text, len, out));
    wp_text_disarm((char *)out->data + begin, out->len - begin);
    return WP_OK;
}

static enum wp_status add_id(const struct wp_story_explanation *x, size_t i, struct wp_buffer *out) {
    return add_shown(out, x->members[i].id.data, x->members[i].id.len);
}

/* relation, coverage, Jaccard, longest run, date, id [to id] (owner): title */
static enum wp_status add_member(const struct wp_story_explanation *x, size_t i, struct wp_buffer *out) {
    const struct wp_explained_member *m = &x->members[i];
    char room[WP_DATE_TEXT_BYTES];
    const char *shown = date_of(m, room), *date = shown ? shown : "-";
    uint32_t words;
    size_t begin = out->len;
    WP_TRY(add_shown(out, m->relation.data, m->relation.len));
    int pad = out->len - begin < 8 ? (int)(8 - (out->len - begin)) : 0;
    if (is_lead(x, i)) {
        WP_TRY(wp_buffer_print(out, "%*s  %8s  %7s  %11s  %-20s  ", pad, "", "-", "-", "-", date));
        WP_TRY(add_id(x, i, out));
    } else {
        WP_TRY(longest_run(x, i, &words));
        WP_TRY(wp_buffer_print(out, "%*s  %8.4f  %7.4f  %11" PRIu32 "  %-20s  ", pad, "", m->coverage,
                               m->jaccard, words, date));
        WP_TRY(add_id(x, i, out));
        WP_TRY(wp_buffer_print(out, " to "));
        WP_TRY(add_id(x, m->to, out));
    }
    if (m->owner) {
        WP_TRY(wp_buffer_print(out, " ("));
        WP_TRY(add_shown(out, m->owner, strlen(m->owner)));
        WP_TRY(wp_buffer_print(out, ")"));
    }
    if (m->title) {
        WP_TRY(wp_buffer_print(out, ": "));
        WP_TRY(add_shown(out, m->title, strlen(m->title)));
    }
    return wp_buffer_print(out, "\n");
}

static enum wp_status add_weakest(const struct wp_story_explanation *x, struct wp_buffer *out) {
    size_t i = wp_story_weakest(x->members, x->count);
    const struct wp_explained_member *m = &x->members[i];
    uint32_t words;
    WP_TRY(longest_run(x, i, &words));
    WP_TRY(wp_buffer_print(out, "\nThe weakest link is "));
    WP_TRY(add_id(x, i, out));
    WP_TRY(wp_buffer_print(out, " to "));
    WP_TRY(add_id(x, m->to, out));
    return wp_buffer_print(out,
                           ": %.1f %% of the shorter text are shared, Jaccard is %.4f, and the longest run "
                           "has %" PRIu32 " words.\n",
                           100 * m->coverage, m->jaccard, words);
}

static enum wp_status add_side(const struct wp_story_explanation *x, const struct wp_pair *pair, bool side_a,
                               size_t i, struct wp_buffer *out) {
    const struct wp_marking marking = {x->color, SIZE_MAX};
    WP_TRY(wp_buffer_print(out, "--- "));
    WP_TRY(add_id(x, i, out));
    WP_TRY(wp_buffer_print(out, " ---\n"));
    WP_TRY(wp_marked_text(pair, side_a, &marking, out));
    return out->data[out->len - 1] == '\n' ? WP_OK : wp_buffer_print(out, "\n");
}

static enum wp_status add_texts(const struct wp_story_explanation *x, size_t i, struct wp_buffer *out) {
    struct wp_pair pair;
    enum wp_status status = make_pair(x, i, &pair);
    if (status == WP_OK) status = wp_buffer_print(out, "\n");
    if (status == WP_OK) status = add_bold(out, x->color, true);
    if (status == WP_OK) status = add_id(x, i, out);
    if (status == WP_OK) status = wp_buffer_print(out, " to ");
    if (status == WP_OK) status = add_id(x, x->members[i].to, out);
    if (status == WP_OK) status = add_bold(out, x->color, false);
    if (status == WP_OK) status = wp_buffer_print(out, "\n");
    if (status == WP_OK) status = add_side(x, &pair, true, i, out);
    if (status == WP_OK) status = add_side(x, &pair, false, x->members[i].to, out);
    wp_pair_release(&pair);
    return status;
}

static size_t lead_of(const struct wp_story_explanation *x) {
    size_t i = 0;
    while (i + 1 < x->count && !is_lead(x, i)) i++;
    return i;
}

enum wp_status wp_story_explanation_text(const struct wp_story_explanation *x, struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out, "story "));
    WP_TRY(add_shown(out, x->name.data, x->name.len));
    WP_TRY(wp_buffer_print(out, ": %zu articles, the lead is ", x->count));
    WP_TRY(add_id(x, lead_of(x), out));
    WP_TRY(wp_buffer_print(out, "\n\n"));
    WP_TRY(add_bold(out, x->color, true));
    WP_TRY(wp_buffer_print(out, "%-8s  %8s  %7s  %11s  %-20s  %s", "relation", "coverage", "Jaccard",
                           "longest run", "date", "article"));
    WP_TRY(add_bold(out, x->color, false));
    WP_TRY(wp_buffer_print(out, "\n"));
    for (size_t i = 0; i < x->count; i++) WP_TRY(add_member(x, i, out));
    WP_TRY(add_weakest(x, out));
    for (size_t i = 0; x->full && i < x->count; i++)
        if (!is_lead(x, i)) WP_TRY(add_texts(x, i, out));
    return WP_OK;
}

/* ---- for programs ---- */

static enum wp_status add_json_id(const struct wp_story_explanation *x, const char *key, size_t i,
                                  struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out, "\"%s\":", key));
    return wp_json_string(out, x->members[i].id.data, x->members[i].id.len);
}

static enum wp_status add_json_text(const char *key, const char *text, struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out, ",\"%s\":", key));
    return text ? wp_json_string(out, text, strlen(text)) : wp_buffer_print(out, "null");
}

static enum wp_status add_json_pair(const struct wp_story_explanation *x, size_t i, struct wp_buffer *out) {
    struct wp_pair pair;
    enum wp_status status = make_pair(x, i, &pair);
    if (status == WP_OK) status = wp_buffer_print(out, ",\"longest_run\":%" PRIu32, pair.overlap.longest_run);
    if (status == WP_OK && x->full) status = wp_buffer_print(out, ",");
    if (status == WP_OK && x->full) status = wp_explanation_passages(&pair, out);
    wp_pair_release(&pair);
    return status;
}

static enum wp_status add_json_member(const struct wp_story_explanation *x, size_t i, struct wp_buffer *out) {
    const struct wp_explained_member *m = &x->members[i];
    char date[WP_DATE_TEXT_BYTES];
    WP_TRY(wp_buffer_print(out, "%s{", i ? "," : ""));
    WP_TRY(add_json_id(x, "id", i, out));
    WP_TRY(wp_buffer_print(out, ",\"relation\":"));
    WP_TRY(wp_json_string(out, m->relation.data, m->relation.len));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_id(x, "to", m->to, out));
    WP_TRY(wp_buffer_print(out, ",\"coverage\":%.4f,\"jaccard\":%.4f", m->coverage, m->jaccard));
    WP_TRY(add_json_text("owner", m->owner, out));
    WP_TRY(add_json_text("date", date_of(m, date), out));
    WP_TRY(add_json_text("title", m->title, out));
    if (!is_lead(x, i)) WP_TRY(add_json_pair(x, i, out));
    return wp_buffer_print(out, "}");
}

enum wp_status wp_story_explanation_json(const struct wp_story_explanation *x, struct wp_buffer *out) {
    size_t weakest = wp_story_weakest(x->members, x->count);
    const struct wp_explained_member *w = &x->members[weakest];
    WP_TRY(wp_buffer_print(out, "{\"story\":"));
    WP_TRY(wp_json_string(out, x->name.data, x->name.len));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_id(x, "lead", lead_of(x), out));
    WP_TRY(wp_buffer_print(out, ",\"size\":%zu,\"weakest\":{", x->count));
    WP_TRY(add_json_id(x, "id", weakest, out));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_id(x, "to", w->to, out));
    WP_TRY(
        wp_buffer_print(out, ",\"coverage\":%.4f,\"jaccard\":%.4f},\"members\":[", w->coverage, w->jaccard));
    for (size_t i = 0; i < x->count; i++) WP_TRY(add_json_member(x, i, out));
    return wp_buffer_print(out, "]}\n");
}
