/*
 * batch.c - the batch calls of wireprint.h: a run that is fed article by article on the caller's thread.
 *
 * One harvest takes everything as one segment of one nameless file, so that an article's rank is the order of
 * adding.
 */
#include <string.h>
#include "base/memory.h"
#include "engine/harvest.h"
#include "engine/run.h"

enum { SEGMENT_ARTICLES = 1024 };

struct wp_batch_run {
    struct wp_settings settings;
    struct wp_owner_groups *owner_groups;
    struct wp_agency_table *agencies;
    char **words; /* copies of setting values, which the settings point to */
    size_t word_count, word_cap;
    struct wp_run run;
    struct wp_harvest *harvest;
    bool started, finished;
    uint32_t in_segment;
    uint64_t sequence;
    /* walking over the matches: those of one part, merged with the exact copies */
    struct wp_match *matches;
    size_t match_cap, match_count, match_at, part, copy_at;
};

static const char *const no_file[] = {"(article)"};

enum wp_status wp_batch_new(wp_batch_run **out) {
    wp_batch_run *b = wp_zalloc(1, sizeof *b);
    *out = b;
    if (!b) return WP_ENOMEM;
    wp_settings_init(&b->settings);
    return WP_OK;
}

void wp_batch_free(wp_batch_run *b) {
    if (!b) return;
    wp_harvest_free(b->harvest);
    if (b->started) wp_run_release(&b->run);
    for (size_t i = 0; i < b->word_count; i++) wp_free(b->words[i]);
    wp_free(b->words);
    wp_owner_groups_free(b->owner_groups);
    wp_agency_table_free(b->agencies);
    wp_free(b->matches);
    wp_free(b);
}

static enum wp_status set_owners(wp_batch_run *b, const char *file, struct wp_error *err) {
    struct wp_owner_groups *groups;
    WP_TRY(wp_owner_groups_read(&groups, file, err));
    wp_owner_groups_free(b->owner_groups);
    b->settings.owner_groups = b->owner_groups = groups;
    return WP_OK;
}

static enum wp_status set_agencies(wp_batch_run *b, const char *file, struct wp_error *err) {
    struct wp_agency_table *table;
    WP_TRY(wp_agency_table_new(file, &table, err));
    wp_agency_table_free(b->agencies);
    b->settings.agencies = b->agencies = table;
    return WP_OK;
}

/* Settings of reading records from files: "text-field" and the like. */
static bool is_of_files(const char *name) {
    size_t len = strlen(name);
    return len > 6 && strcmp(name + len - 6, "-field") == 0;
}

enum wp_status wp_batch_set(wp_batch_run *b, const char *name, const char *value, struct wp_error *err) {
    if (b->started) return wp_fail(err, WP_EINVAL, "settings come before the first article");
    if (is_of_files(name))
        return wp_fail(err, WP_EINVAL, "a batch has no records with fields for '%s'", name);
    if (strcmp(name, "owners") == 0) return set_owners(b, value, err);
    if (strcmp(name, "agencies") == 0) return set_agencies(b, value, err);
    size_t bytes = strlen(value) + 1;
    char *copy = WP_GROW(b->words, b->word_count, b->word_cap) == WP_OK ? wp_alloc(bytes, 1) : NULL;
    if (!copy) return wp_fail(err, WP_ENOMEM, "out of memory");
    memcpy(copy, value, bytes);
    b->words[b->word_count++] = copy;
    return wp_settings_set(&b->settings, name, copy, err);
}

static void begin_segment(wp_batch_run *b) {
    wp_harvest_begin(b->harvest, &(struct wp_origin){.sequence = b->sequence++});
}

static enum wp_status start(wp_batch_run *b, struct wp_error *err) {
    if (b->started) return WP_OK;
    WP_TRY(wp_run_init(&b->run, &b->settings, no_file, 1, err));
    b->started = true;
    WP_TRY(wp_harvest_new(&b->harvest, &b->run, err));
    begin_segment(b);
    return WP_OK;
}

static void view(const char *string, const uint8_t **data, size_t *len) {
    *data = (const uint8_t *)(string ? string : "");
    *len = string ? strlen(string) : 0;
}

enum wp_status wp_batch_add(wp_batch_run *b, const struct wp_article *article, struct wp_error *err) {
    struct wp_record record = {.text = (const uint8_t *)article->text, .text_len = article->text_len};
    struct wp_error unasked;
    if (!err) err = &unasked; /* what is below reads it */
    if (b->finished) return wp_fail(err, WP_EINVAL, "the batch is finished");
    if (!article->text) return wp_fail(err, WP_ETEXT, "no text");
    if (article->text_len > b->settings.max_record_bytes)
        return wp_fail(err, WP_ETOOBIG, "the text is longer than max-record");
    WP_TRY(start(b, err));
    view(article->id, &record.id, &record.id_len);
    view(article->url, &record.url, &record.url_len);
    view(article->source, &record.source, &record.source_len);
    view(article->date, &record.date, &record.date_len);
    view(article->title, &record.title, &record.title_len);
    WP_TRY(wp_harvest_add(b->harvest, &record, b->in_segment, err));
    if (++b->in_segment < SEGMENT_ARTICLES) return WP_OK;
    WP_TRY(wp_harvest_end(b->harvest, b->in_segment, err));
    b->in_segment = 0;
    begin_segment(b);
    return WP_OK;
}

enum wp_status wp_batch_finish(wp_batch_run *b, struct wp_error *err) {
    struct wp_error unasked = {0};
    if (!err) err = &unasked;
    if (b->finished) return WP_OK;
    WP_TRY(start(b, err));
    WP_TRY(wp_harvest_end(b->harvest, b->in_segment, err));
    WP_TRY(wp_harvest_finish(b->harvest, err));
    WP_TRY(wp_run_finish(&b->run, err));
    b->finished = true;
    return WP_OK;
}

size_t wp_batch_story_count(const wp_batch_run *b) {
    return b->run.stories.count;
}

size_t wp_batch_story_size(const wp_batch_run *b, size_t story) {
    return story < b->run.stories.count ? b->run.stories.items[story].size : 0;
}

uint64_t wp_batch_story_lead(const wp_batch_run *b, size_t story) {
    return story < b->run.stories.count ? b->run.stories.items[story].lead : UINT64_MAX;
}

enum wp_status wp_batch_story_member(const wp_batch_run *b, size_t story, size_t member,
                                     struct wp_batch_member *out) {
    if (member >= wp_batch_story_size(b, story)) return WP_EINVAL;
    const struct wp_story *s = &b->run.stories.items[story];
    const struct wp_member *m = &b->run.stories.members[s->first + member];
    *out = (struct wp_batch_member){.article = m->rank,
                                    .to = m->to,
                                    .relation = m->rank == s->lead ? "lead" : wp_relation_name(m->relation),
                                    .coverage = (double)m->coverage,
                                    .jaccard = (double)m->jaccard};
    return WP_OK;
}

/* Makes match_at point to a match, reading the next parts as needed; false when there is none left. */
static enum wp_status next_part(wp_batch_run *b, struct wp_error *err) {
    while (b->match_at == b->match_count && b->part < b->run.matches.part_count) {
        size_t count = wp_parts_count(&b->run.matches, b->part);
        while (count > b->match_cap)
            if (wp_grow_((void **)&b->matches, &b->match_cap, sizeof *b->matches) != WP_OK)
                return wp_fail(err, WP_ENOMEM, "out of memory");
        WP_TRY(wp_parts_read(&b->run.matches, b->part++, b->matches, err));
        b->match_count = count;
        b->match_at = 0;
    }
    return WP_OK;
}

enum wp_status wp_batch_match_next(wp_batch_run *b, struct wp_batch_match *out, struct wp_error *err) {
    struct wp_error unasked;
    if (!err) err = &unasked;
    if (!b->finished) return wp_fail(err, WP_EINVAL, "the batch is not finished");
    WP_TRY(next_part(b, err));
    const struct wp_match *m = b->match_at < b->match_count ? &b->matches[b->match_at] : NULL;
    const struct wp_twin *c = b->copy_at < b->run.copies.count ? &b->run.copies.items[b->copy_at] : NULL;
    if (!m && !c) return WP_END;
    if (!m || (c && (c->first < m->a || (c->first == m->a && c->twin < m->b)))) {
        *out = (struct wp_batch_match){c->first, c->twin, wp_relation_name(WP_RELATION_EXACT), 1, 1, 1};
        b->copy_at++;
        return WP_OK;
    }
    *out = (struct wp_batch_match){m->a,
                                   m->b,
                                   wp_relation_name(m->relation),
                                   (double)m->coverage,
                                   (double)m->jaccard,
                                   (double)m->containment};
    b->match_at++;
    return WP_OK;
}
