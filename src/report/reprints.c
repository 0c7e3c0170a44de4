/* reprints.c - see reprints.h. */
#include "report/reprints.h"

#include <string.h>
#include "base/json.h"
#include "report/compare.h"
#include "report/verdict.h"

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_reprints_release(struct wp_reprints *r) {
    for (size_t i = 0; i < r->block_count; i++) wp_free(r->blocks[i]);
    wp_free(r->blocks);
    wp_free(r->items);
    *r = (struct wp_reprints){0};
}

/* Memory that lives as long as the answer. */
static void *keep(struct wp_reprints *r, size_t bytes) {
    if (WP_GROW(r->blocks, r->block_count, r->block_cap) != WP_OK) return NULL;
    char *block = wp_alloc(bytes, 1);
    if (block) r->blocks[r->block_count++] = block;
    return block;
}

static const char *keep_string(struct wp_reprints *r, const void *data, size_t len) {
    char *copy = keep(r, len + 1);
    if (!copy) return NULL;
    if (len) memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

static bool is_wanted(const struct wp_reprint_query *q, const struct wp_found_match *m) {
    bool exact = m->relation == WP_RELATION_EXACT;
    if (q->owner && m->row.owner != q->owner) return false;
    if ((q->since != INT64_MIN || q->until != INT64_MIN) && m->row.date == INT64_MIN) return false;
    if (q->since != INT64_MIN && m->row.date < q->since) return false;
    if (q->until != INT64_MIN && m->row.date > q->until) return false;
    return exact || wp_overlap_coverage(&m->overlap) >= q->min_coverage;
}

static enum wp_status add_passages(struct wp_reprints *r, struct wp_reprint *item,
                                   const struct wp_reprint_query *q, const struct wp_record *record) {
    struct wp_pair pair;
    enum wp_status status = wp_pair_make_whole(&pair, q->text, q->len, record->text, record->text_len);
    struct wp_found_passage *p = NULL;
    if (status == WP_OK) p = keep(r, pair.passages.count * sizeof *p + 1);
    if (status == WP_OK && !p) status = WP_ENOMEM;
    for (size_t i = 0; status == WP_OK && i < pair.passages.count; i++) {
        const struct wp_token_passage *t = &pair.passages.items[i];
        struct wp_source_range text = wp_side_bytes(&pair.a, t->a, t->tokens);
        struct wp_source_range article = wp_side_bytes(&pair.b, t->b, t->tokens);
        p[i] = (struct wp_found_passage){text.begin, text.end, article.begin, article.end, t->tokens};
    }
    item->passages = p;
    item->passage_count = status == WP_OK ? pair.passages.count : 0;
    wp_pair_release(&pair);
    return status;
}

struct filler {
    struct wp_reprints *to;
    struct wp_finder *finder;
    const struct wp_view *view;
    const struct wp_reprint_query *query;
    struct wp_owner_cache *owners;
};

static enum wp_status add_strings(struct filler *f, struct wp_reprint *item, const struct wp_record *record) {
    const char *owner;
    size_t len;
    wp_owner_find(f->owners, record, &owner, &len);
    item->id = keep_string(f->to, record->id, record->id_len);
    item->url = keep_string(f->to, record->url, record->url_len);
    item->title = keep_string(f->to, record->title, record->title_len);
    item->owner = keep_string(f->to, owner, len);
    return item->id && item->url && item->title && item->owner ? WP_OK : WP_ENOMEM;
}

static enum wp_status add_item(struct filler *f, const struct wp_found_match *m, struct wp_error *err) {
    struct wp_stored_record stored;
    bool exact = m->relation == WP_RELATION_EXACT;
    const struct wp_overlap *o = &m->overlap;
    struct wp_reprint item = {.number = m->number,
                              .story = wp_state_story(f->view->state, m->number, m->row.story),
                              .date = m->row.date,
                              .relation = m->relation,
                              .coverage = exact ? 1 : wp_overlap_coverage(o),
                              .coverage_text = exact ? 1 : wp_overlap_coverage_a(o),
                              .coverage_article = exact ? 1 : wp_overlap_coverage_b(o),
                              .jaccard = exact ? 1 : wp_overlap_jaccard(o),
                              .longest = exact ? m->row.tokens : o->longest_run};
    WP_TRY(wp_profiles_record(&f->finder->profiles, f->view, NULL, m->number, &m->row, &stored, err));
    enum wp_status status = add_strings(f, &item, &stored.record);
    if (status == WP_OK && f->query->passages) status = add_passages(f->to, &item, f->query, &stored.record);
    if (status == WP_OK) status = WP_GROW(f->to->items, f->to->count, f->to->cap);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    f->to->items[f->to->count++] = item;
    return WP_OK;
}

enum wp_status wp_reprints_find(struct wp_reprints *out, struct wp_finder *finder, const struct wp_view *view,
                                const struct wp_reprint_query *query, struct wp_error *err) {
    struct filler f = {.to = out, .finder = finder, .view = view, .query = query};
    uint32_t limit = query->limit ? query->limit : WP_REPRINTS_LIMIT;
    struct wp_record record = {.text = query->text, .text_len = query->len};
    *out = (struct wp_reprints){0};
    WP_TRY(wp_finder_take(finder, &record, query->text_owner, query->text_date, err));
    const struct wp_search *search =
        finder->print.sample_count < WP_PASSAGE_SAMPLES ? &wp_search_passage : &wp_search_finding;
    WP_TRY(wp_finder_search(finder, view, NULL, search, query->except, err));
    if (wp_owner_cache_new(&f.owners) != WP_OK) return no_memory(err);
    wp_owner_cache_join(f.owners, query->groups);
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < finder->match_count && out->count < limit && status == WP_OK; i++)
        if (is_wanted(query, &finder->matches[i])) status = add_item(&f, &finder->matches[i], err);
    wp_owner_cache_free(f.owners);
    return status;
}

/* ---- telling ---- */

static enum wp_status put_string(struct wp_buffer *out, const char *name, const char *value) {
    WP_TRY(wp_buffer_print(out, ",\"%s\":", name));
    return *value ? wp_json_string(out, value, strlen(value)) : wp_buffer_print(out, "null");
}

enum wp_status wp_reprint_json(struct wp_buffer *out, const struct wp_reprint *r) {
    WP_TRY(wp_buffer_print(out, "{\"id\":"));
    WP_TRY(wp_json_string(out, r->id, strlen(r->id)));
    WP_TRY(put_string(out, "url", r->url));
    WP_TRY(put_string(out, "owner", r->owner));
    WP_TRY(put_string(out, "title", r->title));
    WP_TRY(wp_buffer_print(out, ",\"date\":"));
    WP_TRY(wp_json_date(out, r->date));
    WP_TRY(wp_buffer_print(out,
                           ",\"story\":\"%u\",\"relation\":\"%s\",\"coverage\":%.4f,\"coverage_text\":%.4f,"
                           "\"coverage_article\":%.4f,\"jaccard\":%.4f,\"longest\":%u,\"passages\":[",
                           r->story, wp_relation_name(r->relation), r->coverage, r->coverage_text,
                           r->coverage_article, r->jaccard, r->longest));
    for (size_t i = 0; i < r->passage_count; i++) {
        const struct wp_found_passage *p = &r->passages[i];
        WP_TRY(wp_buffer_print(out, "%s{\"text\":[%u,%u],\"article\":[%u,%u],\"words\":%u}", i ? "," : "",
                               p->begin_text, p->end_text, p->begin_article, p->end_article, p->words));
    }
    return wp_buffer_print(out, "]}\n");
}

enum wp_status wp_reprint_text(struct wp_buffer *out, const struct wp_reprint *r) {
    struct wp_buffer date = {0};
    size_t begin = out->len;
    enum wp_status status = wp_json_date(&date, r->date);
    if (status == WP_OK)
        status =
            wp_buffer_print(out, "%-7s %5.1f %%  %5.1f %%  %5u  %-16.*s  %-24s  %s%s%s",
                            wp_relation_name(r->relation), 100 * r->coverage_text, 100 * r->coverage_article,
                            r->longest, 16, r->date == INT64_MIN ? "-" : (const char *)date.data + 1,
                            *r->owner ? r->owner : "-", r->id, *r->url ? "  " : "", r->url);
    wp_buffer_release(&date);
    WP_TRY(status);
    wp_text_disarm((char *)out->data + begin, out->len - begin);
    return wp_buffer_add(out, "\n", 1);
}
