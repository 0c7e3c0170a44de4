/*
 * explain_story.c - explain --story: why each member is in.
 *
 * The story is looked up in the stories of a run by the beginning of its name, then the records of its
 * members in the dumps, in one pass over them; what is said of both is report/story_explanation.
 */
#include "cli/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/intern.h"
#include "engine/run.h"
#include "input/date.h"
#include "input/owner.h"
#include "input/paths.h"
#include "report/story_explanation.h"

/* A line of the stories, and all texts of a story. */
#define STORY_LINE_BYTES ((size_t)1 << 30)
#define STORY_BYTES_MAX ((size_t)1 << 30)

/* What is kept of a member's record; `next` is another member of the same id, + 1. */
struct member {
    bool found;
    size_t next;
    char *owner, *title;
    struct wp_buffer text;
    int64_t date; /* WP_DATE_UNKNOWN */
};

struct story {
    const struct wp_explain_context *context;
    struct wp_owner_cache *owners;
    struct wp_buffer line; /* of the stories, and padding behind it */
    bool found, whole;     /* whole: its name is all of what was asked for */
    struct wp_cluster_line cluster;
    struct member *members;
    struct wp_explained_member *shown; /* by member, as far as the line tells */
    struct wp_intern ids;
    size_t *first; /* by number of the id: member of that id, + 1 */
    size_t missing, bytes;
};

static void release(struct story *s) {
    for (size_t i = 0; s->members && i < s->cluster.count; i++) {
        wp_free(s->members[i].owner);
        wp_free(s->members[i].title);
        wp_buffer_release(&s->members[i].text);
    }
    wp_free(s->members);
    wp_free(s->shown);
    wp_free(s->first);
    wp_intern_release(&s->ids);
    wp_cluster_line_release(&s->cluster);
    wp_buffer_release(&s->line);
    wp_owner_cache_free(s->owners);
}

/* ---- the story ---- */

static enum wp_status keep_line(struct story *s, const uint8_t *line, size_t len) {
    s->line.len = 0;
    WP_TRY(wp_buffer_reserve(&s->line, len + WP_LINE_FILE_PADDING, SIZE_MAX));
    memcpy(s->line.data, line, len);
    memset(s->line.data + len, 0, WP_LINE_FILE_PADDING);
    s->line.len = len;
    s->found = true;
    return WP_OK;
}

/* Looks at one line: keeps it when its story's name begins with what was asked for. */
static enum wp_status look_at_line(struct story *s, const struct wp_line_file *f, const uint8_t *line,
                                   size_t len, struct wp_error *err) {
    const char *asked = s->context->settings->story, *reason;
    size_t asked_len = strlen(asked);
    struct wp_cluster_line *c = &s->cluster;
    enum wp_status status = wp_cluster_line_read(c, line, len, &reason);
    if (status != WP_OK) {
        wp_fail(err, status, "%s", reason);
        wp_error_place(err, f->file.name, f->number);
        return status;
    }
    if (!c->has_members || c->name.len < asked_len || memcmp(c->name.data, asked, asked_len) != 0)
        return WP_OK;
    s->whole = c->name.len == asked_len;
    if (s->found && !s->whole)
        return wp_fail_file(err, WP_EINVAL, f->file.name,
                            "the name of more than one story begins with '%s': give more of it", asked);
    return keep_line(s, line, len) == WP_OK ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status find_line(struct story *s, struct wp_error *err) {
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    enum wp_status status = WP_OK;
    WP_TRY(wp_line_file_open(&f, s->context->settings->stories, STORY_LINE_BYTES, err));
    while (status == WP_OK && !s->whole) {
        status = wp_line_file_next(&f, &line, &len, err);
        if (status == WP_OK && len) status = look_at_line(s, &f, line, len, err);
    }
    if ((status == WP_OK || status == WP_END) && !s->found)
        status = wp_fail_file(err, WP_ENOENT, f.file.name, "no story's name begins with '%s'",
                              s->context->settings->story);
    wp_line_file_close(&f);
    return status == WP_END ? WP_OK : status;
}

/* NAN when it is none. */
static double number_of(const struct wp_cluster_text *t) {
    char text[32], *end;
    if (!t->len || t->len >= sizeof text) return NAN;
    memcpy(text, t->data, t->len);
    text[t->len] = '\0';
    double number = strtod(text, &end);
    return *end ? NAN : number;
}

/* What the story's line says of its members; WP_EFORMAT when it was not written by a run. */
static enum wp_status read_members(struct story *s, struct wp_error *err) {
    struct wp_cluster_line *c = &s->cluster;
    size_t leads = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct wp_cluster_detail *d = &c->details[i];
        uint32_t number = wp_intern_find(&s->ids, d->to.data ? d->to.data : "", d->to.len);
        struct wp_explained_member *m = &s->shown[i];
        *m = (struct wp_explained_member){.id = c->members[i],
                                          .relation = d->relation,
                                          .coverage = number_of(&d->coverage),
                                          .jaccard = number_of(&d->jaccard)};
        if (!d->relation.data || number == WP_INTERN_NONE || isnan(m->coverage) || isnan(m->jaccard))
            return wp_fail_file(err, WP_EFORMAT, s->context->settings->stories,
                                "the story's members do not tell what they matched, as those of wireprint "
                                "dedup --stories do");
        bool lead = d->relation.len == 4 && memcmp(d->relation.data, "lead", 4) == 0;
        leads += lead;
        m->to = lead ? i : s->first[number] - 1;
        if (!lead && m->to == i && s->members[i].next) m->to = s->members[i].next - 1;
        if (!lead && m->to == i) leads = 2; /* a member that matched itself */
    }
    if (leads == 1 && c->count >= 2) return WP_OK;
    return wp_fail_file(err, WP_EFORMAT, s->context->settings->stories,
                        "the story has no single lead, or one member");
}

/* Numbers the ids. Members of one id are chained in their order. */
static enum wp_status number_ids(struct story *s) {
    struct wp_cluster_line *c = &s->cluster;
    s->members = wp_zalloc(c->count, sizeof *s->members);
    s->shown = wp_zalloc(c->count, sizeof *s->shown);
    s->first = wp_zalloc(c->count, sizeof *s->first);
    if (!s->members || !s->shown || !s->first) return WP_ENOMEM;
    for (size_t i = c->count; i-- > 0;) {
        uint32_t number;
        WP_TRY(wp_intern_add(&s->ids, c->members[i].data, c->members[i].len, &number, NULL));
        s->members[i].next = s->first[number];
        s->first[number] = i + 1;
    }
    s->missing = c->count;
    return WP_OK;
}

static enum wp_status read_story(struct story *s, struct wp_error *err) {
    const char *reason;
    WP_TRY(find_line(s, err));
    enum wp_status status = wp_cluster_line_read(&s->cluster, s->line.data, s->line.len, &reason);
    if (status == WP_OK) status = number_ids(s);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    return read_members(s, err);
}

/* ---- its members' records ---- */

static char *copy_text(const void *data, size_t len) {
    char *copy = wp_alloc(len + 1, 1);
    if (!copy) return NULL;
    memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

static enum wp_status take_record(struct story *s, struct member *m, const struct wp_record *r) {
    const char *owner;
    size_t len;
    if (r->text_len > STORY_BYTES_MAX - s->bytes) return WP_ETOOBIG;
    s->bytes += r->text_len;
    WP_TRY(wp_buffer_add(&m->text, r->text, r->text_len));
    wp_owner_find(s->owners, r, &owner, &len);
    if (len && !(m->owner = copy_text(owner, len))) return WP_ENOMEM;
    if (r->title_len && !(m->title = copy_text(r->title, r->title_len))) return WP_ENOMEM;
    m->date = WP_DATE_UNKNOWN;
    if (r->date_len)
        wp_date_parse((const char *)r->date, r->date_len, s->context->run->date_format, &m->date);
    m->found = true;
    s->missing--;
    return WP_OK;
}

static enum wp_status look_at_record(struct story *s, const struct wp_record *r, const struct wp_line_file *f,
                                     struct wp_buffer *room) {
    const char *id;
    size_t len, at;
    WP_TRY(wp_explain_id(r, f, room, &id, &len));
    uint32_t number = wp_intern_find(&s->ids, id, len);
    if (number == WP_INTERN_NONE) return WP_OK;
    for (at = s->first[number]; at && s->members[at - 1].found; at = s->members[at - 1].next) {
    }
    return at ? take_record(s, &s->members[at - 1], r) : WP_OK;
}

/* The next record of a file that is one; dedup tells of the others. WP_END behind the last. */
static enum wp_status next_record(struct wp_line_file *f, struct wp_record_parser *parser,
                                  struct wp_record *record, struct wp_error *err) {
    const uint8_t *line;
    const char *reason;
    size_t len;
    for (;;) {
        enum wp_status status = wp_line_file_next(f, &line, &len, err);
        if (status == WP_OK && wp_record_parse(parser, line, len, record, &reason) == WP_OK) return WP_OK;
        if (status != WP_OK && status != WP_ETOOBIG) return status;
    }
}

static enum wp_status search_file(struct story *s, const char *name, struct wp_record_parser *parser,
                                  struct wp_buffer *room, struct wp_error *err) {
    struct wp_line_file f;
    struct wp_record record;
    enum wp_status status = wp_line_file_open(&f, name, WP_EXPLAIN_RECORD_BYTES, err);
    while (s->missing && status == WP_OK) {
        status = next_record(&f, parser, &record, err);
        if (status != WP_OK) break;
        status = look_at_record(s, &record, &f, room);
        if (status != WP_OK) wp_fail_file(err, status, name, "%s", wp_status_text(status));
    }
    wp_line_file_close(&f);
    return status == WP_END ? WP_OK : status;
}

static enum wp_status tell_missing(const struct story *s, struct wp_error *err) {
    size_t i = 0;
    while (s->members[i].found) i++;
    const struct wp_cluster_text *id = &s->cluster.members[i];
    int shown = id->len < 120 ? (int)id->len : 120;
    if (s->missing == 1)
        return wp_fail(err, WP_ENOENT, "the story's member '%.*s' is not in the dump", shown, id->data);
    return wp_fail(err, WP_ENOENT, "%zu members of the story are not in the dump, '%.*s' is the first",
                   s->missing, shown, id->data);
}

static enum wp_status find_records(struct story *s, const char *const *dumps, size_t count,
                                   struct wp_error *err) {
    struct wp_paths paths;
    struct wp_record_parser *parser;
    struct wp_buffer room = {0};
    WP_TRY(wp_paths_expand(&paths, dumps, count, err));
    enum wp_status status = wp_record_parser_new(&parser, &s->context->run->fields, err);
    for (size_t i = 0; i < paths.count && s->missing && status == WP_OK; i++)
        status = search_file(s, paths.names[i], parser, &room, err);
    wp_record_parser_free(parser);
    wp_buffer_release(&room);
    wp_paths_release(&paths);
    return status == WP_OK && s->missing ? tell_missing(s, err) : status;
}

static enum wp_status explain(struct story *s, struct wp_buffer *out, struct wp_error *err) {
    for (size_t i = 0; i < s->cluster.count; i++) {
        const struct member *m = &s->members[i];
        s->shown[i].text = (struct wp_pair_text){
            .text = m->text.data ? m->text.data : (const uint8_t *)"",
            .len = m->text.len,
            .owner = m->owner ? wp_owner_number(m->owner, strlen(m->owner)) : 0,
            .date = m->date,
        };
        s->shown[i].owner = m->owner;
        s->shown[i].title = m->title;
    }
    struct wp_story_explanation x = {.name = s->cluster.name,
                                     .members = s->shown,
                                     .count = s->cluster.count,
                                     .compare_by = s->context->compare_by,
                                     .color = s->context->color,
                                     .full = s->context->settings->full};
    enum wp_status status =
        s->context->settings->json ? wp_story_explanation_json(&x, out) : wp_story_explanation_text(&x, out);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

enum wp_status wp_explain_story(const struct wp_explain_context *context, const char *const *dumps,
                                size_t count, struct wp_buffer *out, struct wp_error *err) {
    struct story s = {.context = context};
    wp_intern_init(&s.ids, SIZE_MAX); /* of one line, which has a maximum */
    enum wp_status status = wp_owner_cache_new(&s.owners);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    wp_owner_cache_join(s.owners, context->owner_groups);
    status = read_story(&s, err);
    if (status == WP_OK) status = find_records(&s, dumps, count, err);
    if (status == WP_OK) status = explain(&s, out, err);
    release(&s);
    return status;
}
