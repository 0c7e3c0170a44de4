/* stories.c - stories.jsonl. See answers.h. */
#include "report/answers.h"

#include <inttypes.h>
#include "base/json.h"

struct writer {
    struct wp_run *run;
    struct wp_output *out;
    struct wp_buffer line, id;
};

/* The id of a rank as a JSON string. */
static enum wp_status put_id(struct writer *w, uint32_t rank, struct wp_error *err) {
    WP_TRY(wp_run_id(w->run, rank, &w->id, err));
    return wp_json_string(&w->line, w->id.data, w->id.len);
}

static enum wp_status put_member(struct writer *w, const struct wp_story *story, const struct wp_member *m,
                                 struct wp_error *err) {
    bool lead = m->rank == story->lead;
    WP_TRY(wp_buffer_print(&w->line, "{\"id\":"));
    WP_TRY(put_id(w, m->rank, err));
    WP_TRY(wp_buffer_print(&w->line,
                           ",\"relation\":\"%s\",\"to\":", lead ? "lead" : wp_relation_name(m->relation)));
    WP_TRY(put_id(w, m->to, err));
    return wp_buffer_print(&w->line, ",\"coverage\":%.4f,\"jaccard\":%.4f}", (double)m->coverage,
                           (double)m->jaccard);
}

/* A story is named after the text of its lead, so that the same story has the same name in every run over it.
 */
static enum wp_status put_story(struct writer *w, const struct wp_story *story, struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(w->run, story->lead, &scratch, err);
    if (!row) return err->status;
    w->line.len = 0;
    WP_TRY(wp_buffer_print(&w->line,
                           "{\"story\":\"%016" PRIx64 "\",\"lead\":", row->exact.high ^ row->exact.low));
    WP_TRY(put_id(w, story->lead, err));
    WP_TRY(wp_buffer_print(&w->line, ",\"size\":%" PRIu32, story->size));
    if (!w->run->settings.verify_exact) WP_TRY(wp_buffer_print(&w->line, ",\"verify\":\"sketch\""));
    WP_TRY(wp_buffer_print(&w->line, ",\"members\":["));
    for (uint32_t i = 0; i < story->size; i++) {
        if (i) WP_TRY(wp_buffer_add(&w->line, ",", 1));
        WP_TRY(put_member(w, story, &w->run->stories.members[story->first + i], err));
    }
    return wp_buffer_print(&w->line, "]}\n");
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
    return status;
}
