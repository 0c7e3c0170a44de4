/* stories.c - stories.jsonl. See answers.h. */
#include "report/answers.h"

#include <inttypes.h>
#include <string.h>
#include "base/json.h"
#include "input/date.h"
#include "report/story_facts.h"

struct writer {
    struct wp_run *run;
    struct wp_output *out;
    struct wp_buffer line, id;
    struct wp_story_facts facts;
};

/* The id of a rank as a JSON string. */
static enum wp_status put_id(struct writer *w, uint32_t rank, struct wp_error *err) {
    WP_TRY(wp_run_id(w->run, rank, &w->id, err));
    return wp_json_string(&w->line, w->id.data, w->id.len);
}

/* ,"wire":"AP" where an agency is named. */
static enum wp_status put_wire(struct writer *w, uint32_t rank, struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(w->run, rank, &scratch, err);
    if (!row) return err->status;
    if (!row->wire.agency) return WP_OK;
    const char *name = wp_agency_name(w->run->agencies, row->wire.agency);
    WP_TRY(wp_buffer_print(&w->line, ",\"wire\":"));
    return wp_json_string(&w->line, name, strlen(name));
}

static enum wp_status put_member(struct writer *w, const struct wp_story *story, const struct wp_member *m,
                                 struct wp_error *err) {
    bool lead = m->rank == story->lead;
    WP_TRY(wp_buffer_print(&w->line, "{\"id\":"));
    WP_TRY(put_id(w, m->rank, err));
    WP_TRY(wp_buffer_print(&w->line,
                           ",\"relation\":\"%s\",\"to\":", lead ? "lead" : wp_relation_name(m->relation)));
    WP_TRY(put_id(w, m->to, err));
    WP_TRY(wp_buffer_print(&w->line, ",\"coverage\":%.4f,\"jaccard\":%.4f", (double)m->coverage,
                           (double)m->jaccard));
    WP_TRY(put_wire(w, m->rank, err));
    return wp_buffer_add(&w->line, "}", 1);
}

static enum wp_status put_date(struct writer *w, const char *key, int64_t date) {
    char text[WP_DATE_TEXT_BYTES];
    if (date == WP_DATE_UNKNOWN) return wp_buffer_print(&w->line, ",\"%s\":null", key);
    return wp_buffer_print(&w->line, ",\"%s\":\"%s\"", key, wp_date_text(date, text));
}

static enum wp_status put_names(struct writer *w, const char *key, const struct wp_fact_names *names) {
    if (names->unknown) return wp_buffer_print(&w->line, ",\"%s\":null", key);
    WP_TRY(wp_buffer_print(&w->line, ",\"%s\":[", key));
    for (size_t i = 0; i < names->count; i++) {
        if (i) WP_TRY(wp_buffer_add(&w->line, ",", 1));
        WP_TRY(wp_json_string(&w->line, names->items[i].text, names->items[i].len));
    }
    return wp_buffer_add(&w->line, "]", 1);
}

static enum wp_status put_facts(struct writer *w, const struct wp_story *story, struct wp_error *err) {
    WP_TRY(wp_story_facts_gather(&w->facts, w->run, story, err));
    WP_TRY(put_date(w, "first_seen", w->facts.first_seen));
    WP_TRY(put_date(w, "last_seen", w->facts.last_seen));
    WP_TRY(put_names(w, "owners", &w->facts.owners));
    if (w->run->agencies) WP_TRY(put_names(w, "wire", &w->facts.agencies));
    return put_names(w, "languages", &w->facts.languages);
}

static enum wp_status put_story(struct writer *w, const struct wp_story *story, struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(w->run, story->lead, &scratch, err);
    if (!row) return err->status;
    w->line.len = 0;
    WP_TRY(wp_buffer_print(&w->line, "{\"story\":\"%016" PRIx64 "\",\"lead\":", wp_story_name(row)));
    WP_TRY(put_id(w, story->lead, err));
    WP_TRY(wp_buffer_print(&w->line, ",\"size\":%" PRIu32, story->size));
    if (!w->run->settings.verify_exact) WP_TRY(wp_buffer_print(&w->line, ",\"verify\":\"sketch\""));
    WP_TRY(wp_buffer_print(&w->line, ",\"members\":["));
    for (uint32_t i = 0; i < story->size; i++) {
        if (i) WP_TRY(wp_buffer_add(&w->line, ",", 1));
        WP_TRY(put_member(w, story, &w->run->stories.members[story->first + i], err));
    }
    WP_TRY(wp_buffer_add(&w->line, "]", 1));
    WP_TRY(put_facts(w, story, err));
    return wp_buffer_add(&w->line, "}\n", 2);
}

enum wp_status wp_write_stories(struct wp_run *run, struct wp_output *out, struct wp_error *err) {
    struct writer w = {.run = run, .out = out};
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < run->stories.count && status == WP_OK; i++) {
        status = put_story(&w, &run->stories.items[i], err);
        if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
        if (status == WP_OK) status = wp_output_write(out, w.line.data, w.line.len, err);
    }
    wp_buffer_release(&w.line);
    wp_buffer_release(&w.id);
    wp_story_facts_release(&w.facts);
    return status;
}
