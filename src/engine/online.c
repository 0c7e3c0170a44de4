/* online.c - see online.h. */
#include "engine/online.h"

#include <string.h>
#include <time.h>
#include "engine/online_story.h"

/* What was seen is gathered from the whole index when a SEEN_PART-th of it was added, but SEEN_MIN articles:
 * by then the look-ups before have cost as much. */
enum { SEEN_MIN = 4096, SEEN_PART = 16 };

/* Articles after which the memory is shared out anew; and looked at, but after each of the first ones, when
 * everything is touched for the first time. */
enum { SHARE_ARTICLES = 4096, LOOK_ARTICLES = 64 };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* Jaccard is told of this one match alone. */
static enum wp_status fill_verdict(struct wp_online *o, const struct wp_found_match *match,
                                   struct wp_online_verdict *v, struct wp_error *err) {
    struct wp_found_match m = *match;
    bool exact = m.relation == WP_RELATION_EXACT;
    if (!exact) WP_TRY(wp_finder_count_distinct(o->finder, wp_store_now(&o->store), &o->store, &m, err));
    v->to = m.number;
    v->relation = m.relation;
    v->coverage = exact ? 1 : wp_overlap_coverage(&m.overlap);
    v->jaccard = exact ? 1 : wp_overlap_jaccard(&m.overlap);
    return WP_OK;
}

/* Decides by the finder's matches. */
static enum wp_status decide(struct wp_online *o, struct wp_online_verdict *v, struct wp_error *err) {
    wp_ties_gather(o);
    const struct wp_tie *join = wp_ties_choose(o);
    if (!join && !o->finder->match_count) return WP_OK;
    if (join) v->story = join->story;
    const struct wp_found_match *best = join ? join->best : &o->finder->matches[0];
    return fill_verdict(o, join && join->founder ? join->founder : best, v, err);
}

/* ---- opening ---- */

/* `more` bytes are going to be allocated. */
static void limit_segments(struct wp_online *o, uint64_t more) {
    struct wp_memory_use use = wp_memory_in_use();
    wp_resident_limit(o->store.resident, wp_ration_segments(&o->ration, use.own ? use.own + more : 0));
}

/* May the table of seen keys be twice as large? Less is not worth building it anew. */
static bool may_seen_grow(const struct wp_online *o) {
    return !o->seen_stays && 2 * wp_seen_bytes(&o->seen) <= o->ration.seen_bytes;
}

/* Bytes of the one that is going to be made soon, or 0. */
static size_t seen_wanted(const struct wp_online *o) {
    if (o->seen.words && !(wp_seen_is_nearly_full(&o->seen) && may_seen_grow(o))) return 0;
    return wp_seen_size(wp_store_now(&o->store), SIZE_MAX);
}

/* What the index itself takes becomes more, and what is shared less. */
static void share_memory(struct wp_online *o) {
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_ration_needs needs = {.memory_bytes = o->memory_bytes,
                                    .articles = now->end,
                                    .furniture = now->state->furniture_count,
                                    .segment_bytes = wp_view_segment_bytes(now),
                                    .waiting = now->memtable ? now->memtable->table->rows : 0,
                                    .seen_bytes = wp_seen_bytes(&o->seen),
                                    .seen_wanted = seen_wanted(o)};
    o->ration = wp_ration_of(&needs);
    if (o->finder) wp_profiles_limit(&o->finder->profiles, o->ration.profile_bytes);
    if (!o->flushes_given) wp_store_flush_at(&o->store, o->ration.flush_rows);
}

/* A table that is of no use any more makes room for what is. */
static void drop_seen(struct wp_online *o) {
    if (!o->seen.words || o->ration.seen_bytes) return;
    wp_seen_release(&o->seen);
    o->finder->batch.seen = NULL;
    share_memory(o);
}

/* What is freed leaves holes, which the allocator keeps. */
static void keep_within_memory(struct wp_online *o) {
    if (o->added > LOOK_ARTICLES && o->added % LOOK_ARTICLES) return;
    if (o->added % SHARE_ARTICLES == 0) {
        share_memory(o);
        drop_seen(o);
        if (wp_memory_in_use().own > o->ration.own_bytes) wp_memory_trim();
    }
    limit_segments(o, 0);
}

static enum wp_status take_names(struct wp_online *o, const struct wp_fields *fields, struct wp_error *err) {
    enum wp_status status = wp_stored_names_make(&o->names, fields);
    if (status == WP_ETOOBIG) return wp_fail(err, WP_EINVAL, "the names of the fields are too long");
    return status == WP_OK ? WP_OK : no_memory(err);
}

static enum wp_status take_terms(struct wp_online *o, const struct wp_online_options *options,
                                 struct wp_error *err) {
    WP_TRY(wp_terms_open_writing(&o->terms, &o->store, &options->terms, err));
    wp_store_join_owners(&o->store, &o->terms.owners);
    share_memory(o);
    limit_segments(o, 0);
    WP_TRY(wp_finder_new(&o->finder, o->ration.profile_bytes, o->terms.agencies, err));
    return WP_OK;
}

enum wp_status wp_online_open(struct wp_online *o, const char *dir, const struct wp_online_options *options,
                              struct wp_error *err) {
    *o = (struct wp_online){.now = options->now,
                            .memory_bytes = options->memory_bytes ? options->memory_bytes : WP_ONLINE_MEMORY,
                            .flushes_given = options->store.flush_rows != 0};
    enum wp_status status = wp_store_open(&o->store, dir, &options->store, err);
    if (status == WP_OK) status = take_terms(o, options, err);
    if (status == WP_OK)
        status = wp_preparer_init(&o->preparer, o->terms.agencies, options->date_format, err);
    if (status == WP_OK) status = take_names(o, options->fields, err);
    if (status == WP_OK) status = wp_stories_gather(o, err);
    if (status == WP_OK)
        limit_segments(o, 0);
    else
        wp_online_abandon(o);
    return status;
}

static void release(struct wp_online *o) {
    wp_finder_free(o->finder);
    wp_preparer_release(&o->preparer);
    wp_prepared_release(&o->prepared);
    wp_terms_close(&o->terms);
    wp_free(o->stories);
    wp_free(o->next);
    wp_free(o->events);
    wp_free(o->masked);
    wp_free(o->touched);
    wp_buffer_release(&o->stored);
    wp_seen_release(&o->seen);
    wp_buffer_release(&o->names);
    *o = (struct wp_online){0};
}

enum wp_status wp_online_close(struct wp_online *o, struct wp_error *err) {
    enum wp_status status = o->finder ? wp_store_close(&o->store, err) : WP_OK;
    release(o);
    return status;
}

void wp_online_abandon(struct wp_online *o) {
    wp_store_abandon(&o->store);
    release(o);
}

/* ---- ids ---- */

enum wp_status wp_view_number(const struct wp_view *v, const uint8_t *id, size_t len, uint32_t *number,
                              struct wp_row *row, struct wp_error *err) {
    static const struct wp_key_limits limits = {WP_KEY_ALL_MAX, 4, 64};
    uint32_t numbers[WP_KEY_ALL_MAX], given;
    struct wp_hash128 hash = wp_hash128(id, len);
    uint64_t total;
    *number = WP_NUMBER_NONE;
    WP_TRY(wp_view_find(v, WP_KEY_ID, hash.low, &limits, numbers, &given, &total, err));
    for (uint32_t i = given; i-- > 0;) { /* the living version is the last */
        enum wp_status status = wp_view_row(v, numbers[i], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (!wp_hash128_equal(row->id, hash)) continue;
        *number = numbers[i];
        return WP_OK;
    }
    return WP_OK;
}

/* Of most ids it is known that they are not there. */
static enum wp_status find_number(const struct wp_online *o, const uint8_t *id, size_t len, uint32_t *number,
                                  struct wp_row *row, struct wp_error *err) {
    *number = WP_NUMBER_NONE;
    if (o->seen.words && !wp_seen_may_have_key(&o->seen, WP_KEY_ID, wp_hash128(id, len).low)) return WP_OK;
    return wp_view_number(wp_store_now(&o->store), id, len, number, row, err);
}

enum wp_status wp_online_number(struct wp_online *o, const uint8_t *id, size_t len, uint32_t *number,
                                struct wp_error *err) {
    struct wp_row row;
    return find_number(o, id, len, number, &row, err);
}

enum wp_status wp_online_id(struct wp_online *o, uint32_t number, struct wp_buffer *out,
                            struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    struct wp_profiles *p = &o->finder->profiles;
    size_t len;
    const uint8_t *kept = wp_profiles_id(p, number, &len);
    if (kept) return wp_buffer_add(out, kept, len) == WP_OK ? WP_OK : no_memory(err);
    enum wp_status status = wp_view_any_row(wp_store_now(&o->store), number, &row, err);
    if (status == WP_END) return wp_fail(err, WP_ENOENT, "there is no article %u", number);
    WP_TRY(status);
    status = wp_profiles_record(p, wp_store_now(&o->store), &o->store, number, &row, &stored, err);
    if (status == WP_EDAMAGED && wp_state_is_dead(wp_store_now(&o->store)->state, number))
        return wp_fail(err, WP_ENOENT, "article %u was lost", number);
    WP_TRY(status);
    return wp_buffer_add(out, stored.record.id, stored.record.id_len) == WP_OK ? WP_OK : no_memory(err);
}

/* ---- adding ---- */

static struct wp_row make_row(const struct wp_online *o, const struct wp_online_arrival *a) {
    struct wp_row row = wp_finder_row(o->finder, a->id, a->id_len);
    row.owner = a->prepared->owner;
    row.added = o->now ? o->now : (uint32_t)time(NULL);
    return row;
}

/* What is known of an article that is there already. */
static void recall(const struct wp_online *o, uint32_t number, const struct wp_row *row,
                   struct wp_online_verdict *v) {
    *v = (struct wp_online_verdict){.number = number,
                                    .story = wp_online_story(o, number, row),
                                    .to = WP_NUMBER_NONE,
                                    .banner = wp_row_is_banner(wp_store_now(&o->store), number, row),
                                    .unchanged = true};
    if (!v->banner) {
        v->to = row->to;
        v->relation = (enum wp_relation)row->relation;
        v->coverage = wp_share_unpack(row->coverage);
        v->jaccard = wp_share_unpack(row->jaccard);
    }
    v->first_seen = o->stories[v->story].first_seen;
}

static enum wp_status leave(struct wp_online *o, uint32_t number, const struct wp_row *row,
                            struct wp_error *err) {
    uint32_t story = wp_online_story(o, number, row);
    WP_TRY(wp_store_kill(&o->store, number, err));
    return wp_stories_leave(o, story, number, row, err);
}

/* Finds what the text at hand matches. An exact copy needs no further search: what it matches is what the
 * text before it did. */
static enum wp_status judge(struct wp_online *o, uint32_t except, struct wp_online_verdict *v,
                            struct wp_error *err) {
    uint32_t number;
    struct wp_row row;
    WP_TRY(wp_online_learn(o, err));
    const struct wp_view *now = wp_store_now(&o->store); /* learning may have changed it */
    WP_TRY(wp_online_is_banner(o, WP_NUMBER_NONE, &v->banner, err));
    if (v->banner) {
        v->story = v->number;
        return WP_OK;
    }
    WP_TRY(wp_finder_exact(o->finder, now, &number, &row, err));
    if (number != WP_NUMBER_NONE) {
        v->to = number;
        v->story = wp_online_story(o, number, &row);
        v->relation = WP_RELATION_EXACT;
        v->coverage = v->jaccard = 1;
        return WP_OK;
    }
    WP_TRY(wp_finder_search(o->finder, now, &o->store, &wp_search_adding, except, err));
    return decide(o, v, err);
}

/* Is a table of seen keys to be built, the first one or a larger one? */
static bool is_seen_due(const struct wp_online *o) {
    if (!o->ration.seen_bytes || !may_seen_grow(o)) return false;
    if (o->seen.words) return wp_seen_is_full(&o->seen);
    return o->added >= SEEN_MIN && o->added >= wp_store_now(&o->store)->end / SEEN_PART;
}

/* Without memory for it, keys are looked up as before. */
static enum wp_status build_seen(struct wp_online *o, struct wp_error *err) {
    const struct wp_view *now = wp_store_now(&o->store);
    size_t bytes = wp_seen_size(now, o->ration.seen_bytes);
    limit_segments(o, bytes);
    enum wp_status status = wp_seen_build(&o->seen, bytes, now, o->finder->owners, err);
    if (o->seen.words) o->finder->batch.seen = &o->seen;
    o->seen_stays = status == WP_ENOMEM;
    return o->seen_stays ? WP_OK : status;
}

static enum wp_status remember_keys(struct wp_online *o, const struct wp_row *row, struct wp_error *err) {
    const struct wp_fingerprint *print = &o->finder->print;
    wp_seen_add(&o->seen, o->finder->owner, print->samples, print->sample_count);
    wp_seen_add_key(&o->seen, WP_KEY_EXACT, row->exact.low);
    wp_seen_add_key(&o->seen, WP_KEY_ID, row->id.low);
    o->added += o->added < UINT32_MAX;
    keep_within_memory(o);
    return is_seen_due(o) ? build_seen(o, err) : WP_OK;
}

static enum wp_status store(struct wp_online *o, const struct wp_online_arrival *a, struct wp_row *row,
                            const struct wp_online_verdict *v, struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    row->story = v->story;
    row->to = v->to;
    row->relation = v->banner ? WP_ROW_BANNER : (uint8_t)v->relation;
    row->coverage = wp_share_pack(v->coverage);
    row->jaccard = wp_share_pack(v->jaccard);
    struct wp_stored_parts parts = {.line = a->line,
                                    .line_len = a->line_len,
                                    .id = a->id,
                                    .id_len = a->id_given ? a->id_len : 0,
                                    .names = o->names.data,
                                    .names_len = o->names.len};
    enum wp_status status = wp_stored_record_make(&o->stored, &parts);
    if (status == WP_OK) status = wp_stories_reach(o, v->number);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    WP_TRY(wp_store_add(&o->store, row, o->stored.data, o->stored.len, f->print.samples, err));
    if (wp_finder_know_owner(o->finder, f->owner) != WP_OK) return no_memory(err);
    wp_masked_note(o, v->number);
    WP_TRY(remember_keys(o, row, err));
    wp_stories_join(o, v->story, v->number, row->date);
    wp_profiles_put(&o->finder->profiles, v->number, &f->text, a->id, a->id_len);
    return WP_OK;
}

static enum wp_status add(struct wp_online *o, const struct wp_online_arrival *a, struct wp_online_verdict *v,
                          struct wp_error *err) {
    struct wp_row old_row;
    uint32_t old;
    o->event_count = o->tie_count = o->touched_count = 0;
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t owner = wp_view_owner(now, a->prepared->owner);
    WP_TRY(wp_finder_adopt(o->finder, a->prepared, owner, a->prepared->date, err));
    WP_TRY(find_number(o, a->id, a->id_len, &old, &old_row, err));
    struct wp_row row = make_row(o, a);
    bool there = old != WP_NUMBER_NONE;
    if (there && wp_hash128_equal(old_row.exact, row.exact)) {
        recall(o, old, &old_row, v);
        return WP_OK;
    }
    *v = (struct wp_online_verdict){
        .number = wp_store_next(&o->store), .to = WP_NUMBER_NONE, .replaced = there};
    v->story = there ? wp_online_story(o, old, &old_row) : v->number;
    WP_TRY(wp_store_make_room(&o->store, err)); /* what follows is one commit */
    WP_TRY(judge(o, old, v, err));
    WP_TRY(store(o, a, &row, v, err));
    if (there) WP_TRY(leave(o, old, &old_row, err));
    WP_TRY(wp_online_doubt(o, v->number, v->story, err));
    WP_TRY(wp_online_repair(o, err));
    v->story = wp_online_story(o, v->number, &row);
    v->first_seen = o->stories[v->story].first_seen;
    return WP_OK;
}

/* After a failure everything since the last commit is taken back, here as in the store: half an article must
 * never be committed. What is too long was refused before anything was added. */
static enum wp_status settle(struct wp_online *o, enum wp_status status) {
    struct wp_error second = {0};
    if (status == WP_OK || status == WP_ETOOBIG) return status;
    wp_finder_reset(o->finder);
    wp_store_go_back(&o->store);
    if (o->store.failure.status == WP_OK && wp_stories_gather(o, &second) != WP_OK) o->store.failure = second;
    return status;
}

enum wp_status wp_online_add_prepared(struct wp_online *o, const struct wp_online_arrival *arrival,
                                      struct wp_online_verdict *out, struct wp_error *err) {
    return settle(o, add(o, arrival, out, err));
}

enum wp_status wp_online_add(struct wp_online *o, const struct wp_online_article *article,
                             struct wp_online_verdict *out, struct wp_error *err) {
    bool given = article->given_id_len != 0;
    struct wp_online_arrival a = {.prepared = &o->prepared,
                                  .line = article->line,
                                  .line_len = article->line_len,
                                  .id = given ? article->given_id : article->record->id,
                                  .id_len = given ? article->given_id_len : article->record->id_len,
                                  .id_given = given};
    enum wp_status status = wp_preparer_run(&o->preparer, article->record, &o->prepared, err);
    return settle(o, status == WP_OK ? add(o, &a, out, err) : status);
}

enum wp_status wp_online_commit(struct wp_online *o, struct wp_error *err) {
    return settle(o, wp_store_commit(&o->store, err));
}

enum wp_status wp_online_delete(struct wp_online *o, uint32_t number, struct wp_error *err) {
    struct wp_row row;
    enum wp_status status = wp_view_row(wp_store_now(&o->store), number, &row, err);
    if (status == WP_END) return wp_fail(err, WP_ENOENT, "there is no article %u", number);
    WP_TRY(status);
    return settle(o, leave(o, number, &row, err));
}
