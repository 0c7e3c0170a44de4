/*
 * index_api.c - the index calls of the public header.
 *
 * A handle is a writer (engine/online.h, one call at a time) or a store for reading, and a few finders that
 * are handed to whoever asks: finding takes the lock only to get one and to give it back.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "base/json.h"
#include "engine/online.h"
#include "engine/run.h"
#include "report/reprints.h"

/* Finders kept for the next call; more threads at once make more, which are freed afterwards. */
enum { FINDERS_KEPT = 16, FINDER_BYTES = 1024 * WP_PROFILE_BYTES };

/* The terms of a reader, as they were when it read them; shared with its snapshots. */
struct read_terms {
    atomic_uint users;
    unsigned generation; /* later ones have a higher number */
    struct wp_terms terms;
};

struct wp_index {
    bool writes;
    struct wp_online online; /* when it writes */
    struct wp_store store;   /* else */
    pthread_mutex_t turn;    /* guards online and what follows */
    struct wp_record_parser *parser;
    struct wp_buffer line, to;
    pthread_mutex_t lock;     /* guards what follows */
    struct read_terms *terms; /* a reader's, of snapshots from now on */
    struct wp_finder *finders[FINDERS_KEPT];
    size_t finder_count;
    /* Of the views and the terms that the finders are good for, which remember articles by number, and what
     * of them counts. */
    unsigned incarnation;
    struct read_terms *finder_terms;
};

struct wp_snapshot {
    struct wp_index *index;
    struct wp_view *view;
    struct read_terms *terms; /* a reader's */
};

struct wp_found {
    struct wp_reprints reprints;
};

static struct wp_store *store_of(wp_index *index) {
    return index->writes ? &index->online.store : &index->store;
}

static const struct wp_terms *terms_of(const wp_snapshot *s) {
    return s->terms ? &s->terms->terms : &s->index->online.terms;
}

static struct read_terms *share_terms(struct read_terms *t) {
    if (t) atomic_fetch_add(&t->users, 1);
    return t;
}

static void drop_terms(struct read_terms *t) {
    if (!t || atomic_fetch_sub(&t->users, 1) != 1) return;
    wp_terms_close(&t->terms);
    wp_free(t);
}

/* With one user; generation 0. */
static enum wp_status new_terms(struct read_terms **out, struct wp_error *err) {
    *out = wp_zalloc(1, sizeof **out);
    if (!*out) return wp_fail(err, WP_ENOMEM, "out of memory");
    atomic_init(&(*out)->users, 1);
    return WP_OK;
}

/* ---- opening ---- */

static void free_index(wp_index *index) {
    for (size_t i = 0; i < index->finder_count; i++) wp_finder_free(index->finders[i]);
    drop_terms(index->finder_terms);
    drop_terms(index->terms);
    wp_record_parser_free(index->parser);
    wp_buffer_release(&index->line);
    wp_buffer_release(&index->to);
    pthread_mutex_destroy(&index->turn);
    pthread_mutex_destroy(&index->lock);
    wp_free(index);
}

static enum wp_status open_for_reading(wp_index *index, const char *dir,
                                       const struct wp_online_options *options, struct wp_error *err) {
    WP_TRY(wp_store_open(&index->store, dir, &options->store, err));
    enum wp_status status = new_terms(&index->terms, err);
    if (status == WP_OK) status = wp_terms_open(&index->terms->terms, dir, &options->terms, err);
    if (status == WP_OK)
        wp_store_join_owners(&index->store, &index->terms->terms.owners);
    else
        wp_store_abandon(&index->store);
    return status;
}

enum wp_status wp_index_open(const char *dir, const struct wp_index_options *options, wp_index **out,
                             struct wp_error *err) {
    *out = NULL;
    if (options->size != sizeof *options)
        return wp_fail(err, WP_EINVAL, "struct wp_index_options is of another version");
    wp_index *index = wp_zalloc(1, sizeof *index);
    if (!index) return wp_fail(err, WP_ENOMEM, "out of memory");
    index->writes = options->write;
    pthread_mutex_init(&index->turn, NULL);
    pthread_mutex_init(&index->lock, NULL);
    struct wp_online_options online = {
        .store = {.write = index->writes, .create = options->create, .lazy = options->lazy},
        .memory_bytes = options->memory,
        .date_format = options->date_format,
        .terms = {options->owners, options->agencies, options->no_furniture}};
    enum wp_status status = wp_record_parser_new(&index->parser, NULL, err);
    if (status == WP_OK)
        status = index->writes ? wp_online_open(&index->online, dir, &online, err)
                               : open_for_reading(index, dir, &online, err);
    if (status == WP_OK)
        *out = index;
    else
        free_index(index);
    return status;
}

enum wp_status wp_index_close(wp_index *index, struct wp_error *err) {
    enum wp_status status = WP_OK;
    if (!index) return WP_OK;
    if (index->writes)
        status = wp_online_close(&index->online, err);
    else
        wp_store_abandon(&index->store);
    free_index(index);
    return status;
}

/* ---- adding ---- */

static enum wp_status put_field(struct wp_buffer *line, const char *name, const char *value, size_t len) {
    WP_TRY(wp_buffer_print(line, "%c\"%s\":", line->len ? ',' : '{', name));
    return wp_json_string(line, value, len);
}

/* The article as the record that is stored. */
static enum wp_status make_line(struct wp_buffer *line, const struct wp_article *a) {
    line->len = 0;
    WP_TRY(put_field(line, "id", a->id, strlen(a->id)));
    if (a->url) WP_TRY(put_field(line, "url", a->url, strlen(a->url)));
    if (a->source) WP_TRY(put_field(line, "source", a->source, strlen(a->source)));
    if (a->title) WP_TRY(put_field(line, "title", a->title, strlen(a->title)));
    if (a->date) WP_TRY(put_field(line, "date", a->date, strlen(a->date)));
    WP_TRY(put_field(line, "text", a->text, a->text_len));
    WP_TRY(wp_buffer_print(line, "}"));
    WP_TRY(wp_buffer_reserve(line, WP_RECORD_PADDING, SIZE_MAX));
    memset(line->data + line->len, 0, WP_RECORD_PADDING);
    return WP_OK;
}

/* The verdict, the events and the ids that they speak of, in one piece. index->to holds the ids, each with a
 * NUL: that of the verdict, then those of the events. */
static struct wp_verdict *make_verdict(const struct wp_online *o, const struct wp_online_verdict *v,
                                       const struct wp_buffer *ids) {
    struct wp_story_event *events;
    struct wp_verdict *out = wp_zalloc(1, sizeof *out + o->event_count * sizeof *events + ids->len);
    if (!out) return NULL;
    bool new = v->relation == WP_RELATION_NONE;
    events = (struct wp_story_event *)(out + 1);
    char *id = (char *)(events + o->event_count);
    memcpy(id, ids->data, ids->len);
    *out = (struct wp_verdict){.number = v->number,
                               .story = v->story,
                               .relation = v->banner ? "banner"
                                           : new     ? "new"
                                                     : wp_relation_name(v->relation),
                               .to = new || !*id ? NULL : id,
                               .coverage = v->coverage,
                               .jaccard = v->jaccard,
                               .first_seen = v->first_seen,
                               .known = v->unchanged,
                               .replaced = v->replaced,
                               .events = events,
                               .event_count = o->event_count};
    for (size_t i = 0; i < o->event_count; i++) {
        const struct wp_online_event *e = &o->events[i];
        id += strlen(id) + 1;
        events[i] = (struct wp_story_event){.event = e->kind == WP_EVENT_MOVE ? "move" : "merge",
                                            .number = e->number == WP_NUMBER_NONE ? UINT64_MAX : e->number,
                                            .story = e->story,
                                            .into = e->into == WP_NUMBER_NONE ? UINT64_MAX : e->into,
                                            .id = id};
    }
    return out;
}

/* The id of an article (none, or one that has gone: an empty one) with a NUL behind. */
static enum wp_status put_id(wp_index *index, uint32_t number, struct wp_error *err) {
    enum wp_status status =
        number == WP_NUMBER_NONE ? WP_OK : wp_online_id(&index->online, number, &index->to, err);
    if (status != WP_ENOENT) WP_TRY(status);
    return wp_buffer_add(&index->to, "", 1) == WP_OK ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status add(wp_index *index, const struct wp_article *article, struct wp_verdict **out,
                          struct wp_error *err) {
    struct wp_online_verdict v;
    struct wp_record record;
    const char *words = "out of memory";
    enum wp_status status = make_line(&index->line, article);
    if (status == WP_OK)
        status = wp_record_parse(index->parser, index->line.data, index->line.len, &record, &words);
    if (status != WP_OK) return wp_fail(err, status, "%s", words);
    struct wp_online_article a = {.record = &record, .line = index->line.data, .line_len = index->line.len};
    WP_TRY(wp_online_add(&index->online, &a, &v, err));
    index->to.len = 0;
    WP_TRY(put_id(index, v.to, err));
    for (size_t i = 0; i < index->online.event_count; i++)
        WP_TRY(put_id(index, index->online.events[i].number, err));
    *out = make_verdict(&index->online, &v, &index->to);
    return *out ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory; the article was added");
}

enum wp_status wp_index_add(wp_index *index, const struct wp_article *article, struct wp_verdict **out,
                            struct wp_error *err) {
    *out = NULL;
    if (!index->writes) return wp_fail(err, WP_EINVAL, "the index is open for reading");
    if (!article->text) return wp_fail(err, WP_ETEXT, "no text");
    if (!article->id || !*article->id) return wp_fail(err, WP_EINVAL, "an article of an index needs an id");
    if (article->text_len > WP_BLOCK_BYTES_MAX / 4) return wp_fail(err, WP_ETOOBIG, "the text is too long");
    pthread_mutex_lock(&index->turn);
    enum wp_status status = add(index, article, out, err);
    pthread_mutex_unlock(&index->turn);
    return status;
}

void wp_verdict_free(struct wp_verdict *verdict) {
    wp_free(verdict);
}

enum wp_status wp_index_delete(wp_index *index, const char *id, struct wp_error *err) {
    uint32_t number;
    if (!index->writes) return wp_fail(err, WP_EINVAL, "the index is open for reading");
    pthread_mutex_lock(&index->turn);
    enum wp_status status = wp_online_number(&index->online, (const uint8_t *)id, strlen(id), &number, err);
    if (status == WP_OK && number == WP_NUMBER_NONE)
        status = wp_fail(err, WP_ENOENT, "no article of the index has the id '%s'", id);
    if (status == WP_OK) status = wp_online_delete(&index->online, number, err);
    pthread_mutex_unlock(&index->turn);
    return status;
}

enum wp_status wp_index_commit(wp_index *index, struct wp_error *err) {
    if (!index->writes) return wp_fail(err, WP_EINVAL, "the index is open for reading");
    pthread_mutex_lock(&index->turn);
    enum wp_status status = wp_online_commit(&index->online, err);
    pthread_mutex_unlock(&index->turn);
    return status;
}

/* ---- finding ---- */

/* Snapshots from now on have these terms, and owners joined by them. */
static void exchange_terms(wp_index *index, struct read_terms *terms) {
    pthread_mutex_lock(&index->lock);
    struct read_terms *before = index->terms;
    terms->generation = before->generation + 1;
    index->terms = terms;
    wp_store_join_owners(&index->store, &terms->terms.owners);
    pthread_mutex_unlock(&index->lock);
    drop_terms(before);
}

/* The terms are read first: when they cannot be, nothing has changed. */
static enum wp_status refresh(wp_index *index, bool *changed, struct wp_error *err) {
    struct read_terms *terms = NULL;
    enum wp_status status = WP_OK;
    if (!wp_terms_are_current(&index->terms->terms)) {
        status = new_terms(&terms, err);
        if (status == WP_OK)
            status = wp_terms_renew(&terms->terms, &index->terms->terms, index->store.dir, err);
    }
    if (status == WP_OK) status = wp_store_refresh(&index->store, changed, err);
    if (status == WP_OK && terms) {
        exchange_terms(index, terms);
        *changed = true;
    } else {
        drop_terms(terms);
    }
    return status;
}

enum wp_status wp_index_refresh(wp_index *index, int *changed, struct wp_error *err) {
    bool any = false;
    if (changed) *changed = 0;
    if (index->writes) return WP_OK;
    pthread_mutex_lock(&index->turn);
    enum wp_status status = refresh(index, &any, err);
    pthread_mutex_unlock(&index->turn);
    if (changed) *changed = status == WP_OK && any;
    return status;
}

enum wp_status wp_index_snapshot(wp_index *index, wp_snapshot **out, struct wp_error *err) {
    *out = wp_zalloc(1, sizeof **out);
    if (*out) {
        pthread_mutex_lock(&index->lock); /* view and terms belong together */
        (*out)->view = wp_store_snapshot(store_of(index));
        (*out)->terms = share_terms(index->terms);
        pthread_mutex_unlock(&index->lock);
        (*out)->index = index;
        if ((*out)->view) return WP_OK;
        drop_terms((*out)->terms);
    }
    wp_free(*out);
    *out = NULL;
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_snapshot_free(wp_snapshot *snapshot) {
    if (!snapshot) return;
    wp_view_drop(snapshot->view);
    drop_terms(snapshot->terms);
    wp_free(snapshot);
}

uint64_t wp_snapshot_articles(const wp_snapshot *snapshot) {
    uint64_t gone = 0;
    const struct wp_state *s = snapshot->view->state;
    for (size_t w = 0; w < s->words; w++) gone += (uint64_t)__builtin_popcountll(s->dead[w]);
    return snapshot->view->end - gone;
}

static enum wp_status take_finder(const wp_snapshot *snapshot, struct wp_finder **out, struct wp_error *err) {
    wp_index *index = snapshot->index;
    pthread_mutex_lock(&index->lock);
    bool of_use = index->finder_count && index->incarnation == snapshot->view->incarnation &&
                  index->finder_terms == snapshot->terms;
    *out = of_use ? index->finders[--index->finder_count] : NULL;
    pthread_mutex_unlock(&index->lock);
    return *out ? WP_OK : wp_finder_new(out, FINDER_BYTES, terms_of(snapshot)->agencies, err);
}

/* Was the snapshot taken after those that the finders are good for? */
static bool is_newer(const wp_snapshot *snapshot) {
    const wp_index *index = snapshot->index;
    if (snapshot->view->incarnation != index->incarnation)
        return snapshot->view->incarnation > index->incarnation;
    return snapshot->terms &&
           (!index->finder_terms || snapshot->terms->generation > index->finder_terms->generation);
}

/* The newest snapshot's finders are kept. */
static void give_finder(const wp_snapshot *snapshot, struct wp_finder *finder) {
    wp_index *index = snapshot->index;
    pthread_mutex_lock(&index->lock);
    if (is_newer(snapshot)) {
        while (index->finder_count) wp_finder_free(index->finders[--index->finder_count]);
        drop_terms(index->finder_terms);
        index->finder_terms = share_terms(snapshot->terms);
        index->incarnation = snapshot->view->incarnation;
    }
    bool kept = index->finder_count < FINDERS_KEPT && index->incarnation == snapshot->view->incarnation &&
                index->finder_terms == snapshot->terms;
    if (kept) index->finders[index->finder_count++] = finder;
    pthread_mutex_unlock(&index->lock);
    if (!kept) wp_finder_free(finder);
}

static enum wp_status owner_number(const struct wp_terms *terms, const char *url, const char *source,
                                   uint32_t *number) {
    struct wp_record record = {.url = (const uint8_t *)(url ? url : ""),
                               .url_len = url ? strlen(url) : 0,
                               .source = (const uint8_t *)(source ? source : ""),
                               .source_len = source ? strlen(source) : 0};
    return wp_terms_owner(terms, &record, number);
}

/* The stored article that the query names: its text is copied to *text. */
static enum wp_status take_stored(struct wp_finder *f, const struct wp_view *view, const char *id,
                                  struct wp_reprint_query *q, struct wp_buffer *text, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    WP_TRY(wp_view_number(view, (const uint8_t *)id, strlen(id), &q->except, &row, err));
    if (q->except == WP_NUMBER_NONE)
        return wp_fail(err, WP_ENOENT, "no article of the index has the id '%s'", id);
    WP_TRY(wp_profiles_record(&f->profiles, view, NULL, q->except, &row, &stored, err));
    if (wp_buffer_add(text, stored.record.text, stored.record.text_len) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    q->text = text->data;
    q->len = text->len;
    q->text_owner = row.owner;
    q->text_date = row.date;
    return WP_OK;
}

static enum wp_status find(wp_snapshot *snapshot, struct wp_finder *finder, const struct wp_query *query,
                           struct wp_found *found, struct wp_error *err) {
    struct wp_buffer text = {0};
    const struct wp_terms *terms = terms_of(snapshot);
    struct wp_reprint_query q = {.text = (const uint8_t *)query->text,
                                 .len = query->text_len,
                                 .except = WP_NUMBER_NONE,
                                 .text_date = INT64_MIN,
                                 .min_coverage = query->min_coverage,
                                 .since = query->has_since ? query->since : INT64_MIN,
                                 .until = query->has_until ? query->until : INT64_MIN,
                                 .limit = query->limit,
                                 .passages = query->passages,
                                 .groups = terms->groups};
    enum wp_status status = owner_number(terms, query->url, NULL, &q.text_owner);
    if (status == WP_OK) status = owner_number(terms, NULL, query->owner, &q.owner);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    if (!query->text) status = take_stored(finder, snapshot->view, query->id, &q, &text, err);
    if (status == WP_OK) status = wp_reprints_find(&found->reprints, finder, snapshot->view, &q, err);
    wp_buffer_release(&text);
    return status;
}

enum wp_status wp_snapshot_find(wp_snapshot *snapshot, const struct wp_query *query, wp_found **out,
                                struct wp_error *err) {
    struct wp_finder *finder;
    *out = NULL;
    if (query->size != sizeof *query) return wp_fail(err, WP_EINVAL, "struct wp_query is of another version");
    if (!query->text && !query->id) return wp_fail(err, WP_EINVAL, "a query needs a text or an id");
    WP_TRY(take_finder(snapshot, &finder, err));
    struct wp_found *found = wp_zalloc(1, sizeof *found);
    enum wp_status status =
        found ? find(snapshot, finder, query, found, err) : wp_fail(err, WP_ENOMEM, "out of memory");
    give_finder(snapshot, finder);
    if (status == WP_OK)
        *out = found;
    else
        wp_found_free(found);
    return status;
}

void wp_found_free(wp_found *found) {
    if (!found) return;
    wp_reprints_release(&found->reprints);
    wp_free(found);
}

size_t wp_found_count(const wp_found *found) {
    return found->reprints.count;
}

enum wp_status wp_found_get(const wp_found *found, size_t index, struct wp_found_item *out) {
    if (index >= found->reprints.count) return WP_EINVAL;
    const struct wp_reprint *r = &found->reprints.items[index];
    *out = (struct wp_found_item){.number = r->number,
                                  .story = r->story,
                                  .id = r->id,
                                  .url = r->url,
                                  .owner = r->owner,
                                  .title = r->title,
                                  .date = r->date,
                                  .relation = wp_relation_name(r->relation),
                                  .coverage = r->coverage,
                                  .coverage_text = r->coverage_text,
                                  .coverage_article = r->coverage_article,
                                  .jaccard = r->jaccard,
                                  .longest = r->longest,
                                  .passages = r->passages,
                                  .passage_count = r->passage_count};
    return WP_OK;
}
