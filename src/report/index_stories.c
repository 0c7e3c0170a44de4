/* index_stories.c - see index_stories.h. */
#include "report/index_stories.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/json.h"
#include "engine/run.h"
#include "report/verdict.h"
#include "story/lead.h"

enum { COMPARED_MAX = 64 };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* ---- gathering ---- */

static int compare_members(const void *x, const void *y) {
    const struct wp_index_member *a = x, *b = y;
    if (a->story != b->story) return a->story < b->story ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

static int compare_numbers(const void *x, const void *y) {
    const uint32_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static enum wp_status count_owners(const struct wp_index_member *m, uint32_t count, uint32_t *owners) {
    uint32_t *all = wp_alloc(count, sizeof *all), n = 0;
    if (!all) return WP_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        if (m[i].owner) all[n++] = m[i].owner;
    if (n) qsort(all, n, sizeof *all, compare_numbers);
    *owners = 0;
    for (uint32_t i = 0; i < n; i++) *owners += i == 0 || all[i] != all[i - 1];
    wp_free(all);
    return WP_OK;
}

static enum wp_status sum_up(struct wp_index_story *s, const struct wp_index_member *m) {
    s->first_seen = s->last_seen = INT64_MIN;
    s->lead = m[0].number;
    struct wp_lead_key best = wp_lead_by_date(m[0].date);
    for (uint32_t i = 0; i < s->size; i++) {
        struct wp_lead_key key = wp_lead_by_date(m[i].date);
        if (wp_lead_before(key, best)) {
            best = key;
            s->lead = m[i].number;
        }
        if (m[i].date == INT64_MIN) continue;
        if (s->first_seen == INT64_MIN || m[i].date < s->first_seen) s->first_seen = m[i].date;
        if (m[i].date > s->last_seen) s->last_seen = m[i].date;
    }
    if (s->size > 1) return count_owners(m, s->size, &s->owners);
    s->owners = m[0].owner != 0;
    return WP_OK;
}

static enum wp_status gather_members(struct wp_index_stories *s, const struct wp_view *view,
                                     struct wp_error *err) {
    for (uint32_t n = 0; n < view->end; n++) {
        struct wp_row row;
        enum wp_status status = wp_view_row(view, n, &row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (WP_GROW(s->members, s->member_count, s->member_cap) != WP_OK) return no_memory(err);
        s->members[s->member_count++] =
            (struct wp_index_member){wp_state_story(view->state, n, row.story), n, row.owner, row.date};
    }
    return WP_OK;
}

enum wp_status wp_index_stories_gather(struct wp_index_stories *s, const struct wp_view *view,
                                       struct wp_error *err) {
    *s = (struct wp_index_stories){0};
    WP_TRY(gather_members(s, view, err));
    if (s->member_count) qsort(s->members, s->member_count, sizeof *s->members, compare_members);
    for (size_t i = 0, end; i < s->member_count; i = end) {
        for (end = i + 1; end < s->member_count && s->members[end].story == s->members[i].story;) end++;
        if (WP_GROW(s->items, s->count, s->cap) != WP_OK) return no_memory(err);
        struct wp_index_story *story = &s->items[s->count];
        *story =
            (struct wp_index_story){.story = s->members[i].story, .size = (uint32_t)(end - i), .first = i};
        if (sum_up(story, &s->members[i]) != WP_OK) return no_memory(err);
        s->count++;
    }
    return WP_OK;
}

void wp_index_stories_release(struct wp_index_stories *s) {
    wp_free(s->members);
    wp_free(s->items);
    *s = (struct wp_index_stories){0};
}

/* ---- writing ---- */

void wp_index_writer_release(struct wp_index_writer *w) {
    wp_owner_cache_free(w->owner_names);
    wp_name_list_release(&w->owners);
    wp_name_list_release(&w->agencies);
    wp_name_list_release(&w->languages);
    wp_buffer_release(&w->line);
    wp_buffer_release(&w->id);
}

static enum wp_status load(struct wp_index_writer *w, uint32_t number, struct wp_row *row,
                           struct wp_stored_record *stored, struct wp_error *err) {
    enum wp_status status = wp_view_any_row(w->view, number, row, err);
    if (status == WP_END) return wp_fail(err, WP_EDAMAGED, "there is no article %u", number);
    WP_TRY(status);
    return wp_profiles_record(w->profiles, w->view, NULL, number, row, stored, err);
}

/* The article's id as a JSON string. */
static enum wp_status put_id(struct wp_index_writer *w, uint32_t number, struct wp_row *row,
                             struct wp_error *err) {
    struct wp_stored_record stored;
    WP_TRY(load(w, number, row, &stored, err));
    if (wp_json_string(&w->line, stored.record.id, stored.record.id_len) != WP_OK) return no_memory(err);
    return WP_OK;
}

/* Whose wire a text is; "" when it names no agency. */
static const char *wire_of(const struct wp_index_writer *w, const struct wp_record *record) {
    struct wp_agency_found found;
    wp_agency_find(w->terms->agencies, record->text, record->text_len, &found);
    return wp_agency_name(w->terms->agencies, found.agency);
}

/* Keeps what the story tells of its members together. */
static enum wp_status note_names(struct wp_index_writer *w, const struct wp_record *record,
                                 const char *wire) {
    const char *owner;
    size_t len;
    wp_owner_find(w->owner_names, record, &owner, &len);
    WP_TRY(wp_name_list_add(&w->owners, owner, len));
    WP_TRY(wp_name_list_add(&w->agencies, wire, strlen(wire)));
    return wp_name_list_add(&w->languages, record->lang,
                            record->lang_len <= WP_LANGUAGE_BYTES_MAX ? record->lang_len : 0);
}

/* What a member is to its story. */
struct link {
    uint32_t to;
    enum wp_relation relation;
    double coverage, jaccard;
};

/* Does what was told when the article came still hold: is what it matched there, and in the same story? */
static enum wp_status stands_as_told(struct wp_index_writer *w, const struct wp_index_member *m,
                                     const struct wp_row *row, bool *yes, struct wp_error *err) {
    struct wp_row to;
    *yes = false;
    if (row->relation != WP_RELATION_EXACT && row->relation != WP_RELATION_COPY) return WP_OK;
    enum wp_status status = wp_view_row(w->view, row->to, &to, err);
    if (status == WP_END) return WP_OK;
    WP_TRY(status);
    *yes = wp_state_story(w->view->state, row->to, to.story) == m->story;
    return WP_OK;
}

/* The member that it matches best, the lead where that is a copy; of a story of many the first are looked at.
 */
static enum wp_status compare(struct wp_index_writer *w, const struct wp_index_stories *s,
                              const struct wp_index_story *story, const struct wp_index_member *m,
                              const struct wp_row *row, struct link *out, struct wp_error *err) {
    int most = INT_MIN;
    *out = (struct link){.to = story->lead, .relation = WP_RELATION_COPY};
    if (row->shingles > WP_OVERLAP_MAX_SHINGLES) return WP_OK;
    WP_TRY(wp_finder_take_stored(w->finder, w->view, NULL, m->number, row, err));
    for (uint32_t i = 0; i <= story->size && i <= COMPARED_MAX; i++) {
        struct wp_found_match match = {.number = i ? s->members[story->first + i - 1].number : story->lead};
        if (match.number == m->number || (i && most > 0 && out->to == story->lead)) continue;
        WP_TRY(wp_view_row(w->view, match.number, &match.row, err));
        if (match.row.width != row->width || match.row.shingles > WP_OVERLAP_MAX_SHINGLES) continue;
        WP_TRY(wp_finder_compare(w->finder, w->view, NULL, &match, err));
        if (match.gain <= most) continue;
        bool exact = match.relation == WP_RELATION_EXACT;
        WP_TRY(wp_finder_count_distinct(w->finder, w->view, NULL, &match, err));
        most = match.gain;
        *out = (struct link){.to = match.number,
                             .relation = match.relation,
                             .coverage = exact ? 1 : wp_overlap_coverage(&match.overlap),
                             .jaccard = exact ? 1 : wp_overlap_jaccard(&match.overlap)};
    }
    if (out->relation == WP_RELATION_NONE) out->relation = WP_RELATION_COPY;
    return WP_OK;
}

static enum wp_status link_of(struct wp_index_writer *w, const struct wp_index_stories *s,
                              const struct wp_index_story *story, const struct wp_index_member *m,
                              const struct wp_row *row, struct link *link, struct wp_error *err) {
    bool told;
    *link = (struct link){m->number, WP_RELATION_NONE, 1, 1};
    if (m->number == story->lead) return WP_OK;
    WP_TRY(stands_as_told(w, m, row, &told, err));
    if (!told) return compare(w, s, story, m, row, link, err);
    *link = (struct link){row->to, (enum wp_relation)row->relation, wp_share_unpack(row->coverage),
                          wp_share_unpack(row->jaccard)};
    return WP_OK;
}

static enum wp_status put_link(struct wp_index_writer *w, const struct link *link, struct wp_error *err) {
    struct wp_row to;
    bool lead = link->relation == WP_RELATION_NONE;
    if (wp_buffer_print(&w->line, ",\"relation\":\"%s\",\"to\":",
                        lead ? "lead" : wp_relation_name(link->relation)) != WP_OK)
        return no_memory(err);
    WP_TRY(put_id(w, link->to, &to, err));
    enum wp_status status =
        wp_buffer_print(&w->line, ",\"coverage\":%.4f,\"jaccard\":%.4f", link->coverage, link->jaccard);
    return status == WP_OK ? WP_OK : no_memory(err);
}

static enum wp_status put_member(struct wp_index_writer *w, const struct wp_index_stories *s,
                                 const struct wp_index_story *story, uint32_t i, struct wp_error *err) {
    const struct wp_index_member *m = &s->members[story->first + i];
    struct wp_row row;
    struct link link;
    struct wp_stored_record stored;
    WP_TRY(load(w, m->number, &row, &stored, err));
    const char *wire = wire_of(w, &stored.record);
    enum wp_status status = wp_buffer_print(&w->line, "{\"id\":");
    if (status == WP_OK) status = wp_json_string(&w->line, stored.record.id, stored.record.id_len);
    if (status == WP_OK) status = note_names(w, &stored.record, wire);
    if (status != WP_OK) return no_memory(err);
    WP_TRY(link_of(w, s, story, m, &row, &link, err));
    WP_TRY(put_link(w, &link, err));
    if (*wire) status = wp_buffer_print(&w->line, ",\"wire\":");
    if (*wire && status == WP_OK) status = wp_json_string(&w->line, wire, strlen(wire));
    if (status == WP_OK) status = wp_buffer_add(&w->line, "}", 1);
    return status == WP_OK ? WP_OK : no_memory(err);
}

static enum wp_status put_names(struct wp_index_writer *w, const char *key, struct wp_name_list *names) {
    wp_name_list_settle(names);
    WP_TRY(wp_buffer_print(&w->line, ",\"%s\":", key));
    return wp_name_list_json(names, &w->line);
}

static enum wp_status put_facts(struct wp_index_writer *w, const struct wp_index_story *story) {
    WP_TRY(wp_buffer_print(&w->line, "],\"first_seen\":"));
    WP_TRY(wp_json_date(&w->line, story->first_seen));
    WP_TRY(wp_buffer_print(&w->line, ",\"last_seen\":"));
    WP_TRY(wp_json_date(&w->line, story->last_seen));
    WP_TRY(put_names(w, "owners", &w->owners));
    WP_TRY(put_names(w, "wire", &w->agencies));
    WP_TRY(put_names(w, "languages", &w->languages));
    return wp_buffer_print(&w->line, "}\n");
}

static enum wp_status begin_story(struct wp_index_writer *w) {
    w->line.len = 0;
    wp_name_list_clear(&w->owners);
    wp_name_list_clear(&w->agencies);
    wp_name_list_clear(&w->languages);
    if (w->owner_names) return WP_OK;
    WP_TRY(wp_owner_cache_new(&w->owner_names));
    wp_owner_cache_join(w->owner_names, w->terms->groups);
    return WP_OK;
}

enum wp_status wp_index_story_write(struct wp_index_writer *w, const struct wp_index_stories *s,
                                    const struct wp_index_story *story, struct wp_error *err) {
    struct wp_row row;
    enum wp_status status = begin_story(w);
    if (status == WP_OK) status = wp_buffer_print(&w->line, "{\"story\":\"%u\",\"lead\":", story->story);
    if (status != WP_OK) return no_memory(err);
    WP_TRY(put_id(w, story->lead, &row, err));
    status = wp_buffer_print(&w->line, ",\"size\":%u,\"members\":[", story->size);
    for (uint32_t i = 0; i < story->size && status == WP_OK; i++) {
        if (i) status = wp_buffer_add(&w->line, ",", 1);
        if (status == WP_OK) WP_TRY(put_member(w, s, story, i, err));
    }
    if (status == WP_OK) status = put_facts(w, story);
    if (status != WP_OK) return no_memory(err);
    return wp_output_write(w->out, w->line.data, w->line.len, err);
}

enum wp_status wp_index_story_is_wire(struct wp_index_writer *w, const struct wp_index_stories *s,
                                      const struct wp_index_story *story, const char *agency, bool *is_wire,
                                      struct wp_error *err) {
    *is_wire = false;
    for (uint32_t i = 0; i < story->size && !*is_wire; i++) {
        struct wp_row row;
        struct wp_stored_record stored;
        WP_TRY(load(w, s->members[story->first + i].number, &row, &stored, err));
        *is_wire = strcasecmp(wire_of(w, &stored.record), agency) == 0;
    }
    return WP_OK;
}

enum wp_status wp_index_record_write(struct wp_index_writer *w, uint32_t number, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    WP_TRY(load(w, number, &row, &stored, err));
    WP_TRY(wp_output_write(w->out, stored.line, stored.line_len, err));
    return wp_output_write(w->out, "\n", 1, err);
}

/* Tabs and line ends in an id would break the table. */
static enum wp_status put_plain(struct wp_buffer *line, const struct wp_buffer *id) {
    size_t at = line->len;
    WP_TRY(wp_buffer_add(line, id->data, id->len));
    for (; at < line->len; at++)
        if (line->data[at] == '\t' || line->data[at] == '\n' || line->data[at] == '\r') line->data[at] = ' ';
    return WP_OK;
}

static enum wp_status put_match(struct wp_index_writer *w, const struct wp_buffer *own,
                                const struct wp_found_match *m, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    bool exact = m->relation == WP_RELATION_EXACT;
    WP_TRY(load(w, m->number, &row, &stored, err));
    w->id.len = w->line.len = 0;
    enum wp_status status = wp_buffer_add(&w->id, stored.record.id, stored.record.id_len);
    if (status == WP_OK) status = put_plain(&w->line, &w->id);
    if (status == WP_OK) status = wp_buffer_add(&w->line, "\t", 1);
    if (status == WP_OK) status = put_plain(&w->line, own);
    if (status == WP_OK)
        status = wp_buffer_print(&w->line, "\t%s\t%.4f\t%.4f\t%.4f\n", wp_relation_name(m->relation),
                                 exact ? 1 : wp_overlap_coverage(&m->overlap),
                                 exact ? 1 : wp_overlap_jaccard(&m->overlap),
                                 exact ? 1 : wp_overlap_containment(&m->overlap));
    if (status != WP_OK) return no_memory(err);
    return wp_output_write(w->out, w->line.data, w->line.len, err);
}

static enum wp_status write_matches_of(struct wp_index_writer *w, struct wp_finder *finder, uint32_t number,
                                       struct wp_buffer *own, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    enum wp_status status = wp_view_row(w->view, number, &row, err);
    if (status == WP_END) return WP_OK;
    WP_TRY(status);
    WP_TRY(wp_finder_take_record(finder, w->view, NULL, number, &row, &stored, err));
    own->len = 0;
    if (wp_buffer_add(own, stored.record.id, stored.record.id_len) != WP_OK) return no_memory(err);
    WP_TRY(wp_finder_search(finder, w->view, NULL, &wp_search_exporting, number, err));
    for (size_t i = 0; i < finder->match_count; i++) {
        if (finder->matches[i].number >= number) continue;
        WP_TRY(wp_finder_count_distinct(finder, w->view, NULL, &finder->matches[i], err));
        WP_TRY(put_match(w, own, &finder->matches[i], err));
    }
    return WP_OK;
}

enum wp_status wp_index_matches_write(struct wp_index_writer *w, struct wp_finder *finder,
                                      struct wp_error *err) {
    struct wp_buffer own = {0};
    enum wp_status status = WP_OK;
    for (uint32_t n = 0; n < w->view->end && status == WP_OK; n++)
        status = write_matches_of(w, finder, n, &own, err);
    wp_buffer_release(&own);
    return status;
}
