/*
 * repair_write.c - what was found, in new files. See salvage.h.
 *
 * Articles go to a memtable by their numbers, with keys made from their records, and from there to segments.
 * A number whose article is dead or lost gets a row of nothing, which the state says is dead: the next merge
 * takes it away.
 */
#include "base/memory.h"
#include "index/salvage.h"

/* A segment being filled. */
struct sink {
    struct wp_salvage *s;
    struct wp_memtable *table;
    uint32_t level, texts, living; /* texts: file of its records, 0 = none yet */
    uint32_t last_added;           /* when the article before was added */
};

static enum wp_status end_segment(struct sink *k, struct wp_error *err) {
    struct wp_salvage *s = k->s;
    struct wp_memtable *m = k->table;
    enum wp_status status = WP_OK;
    if (m && k->living) {
        struct wp_manifest_segment entry = {
            .number = s->made.next_file++, .level = k->level, .first = m->first, .count = m->rows};
        status = wp_segment_write(m, &s->guard.fs, s->dir, entry.number, k->texts, &entry.bytes, err);
        if (status == WP_OK && wp_manifest_add_segment(&s->made, &entry) != WP_OK)
            status = wp_salvage_no_memory(err);
    }
    wp_memtable_free(m);
    k->table = NULL;
    k->texts = k->living = 0;
    return status;
}

/* texts 0: a number without an article. */
static enum wp_status put(struct sink *k, uint32_t number, const struct wp_row *row, const uint64_t *keys,
                          uint32_t texts, struct wp_error *err) {
    bool other = texts && k->texts && texts != k->texts;
    if (k->table && (other || wp_memtable_is_full(k->table))) WP_TRY(end_segment(k, err));
    if (!k->table && wp_memtable_new(&k->table, number) != WP_OK) return wp_salvage_no_memory(err);
    if (texts) {
        k->texts = texts;
        k->living++;
        k->last_added = row->added;
    }
    return wp_memtable_add(k->table, row, keys, row->samples) == WP_OK ? WP_OK : wp_salvage_no_memory(err);
}

static enum wp_status put_nothing(struct sink *k, uint32_t number, struct wp_error *err) {
    static const struct wp_row nothing = {.date = INT64_MIN, .to = WP_NUMBER_NONE, .added = 1};
    if (wp_state_kill(k->s->state, number) != WP_OK) return wp_salvage_no_memory(err);
    return put(k, number, &nothing, NULL, 0, err);
}

/* Its row is of no use, so that its story is known if it was moved there, and else not. */
static enum wp_status lose(struct sink *k, uint32_t number, const struct wp_error *why,
                           struct wp_error *err) {
    struct wp_repair_note note = {.what = WP_REPAIR_LOST,
                                  .number = number,
                                  .story = wp_state_story(k->s->state, number, WP_NUMBER_NONE),
                                  .why = *why};
    wp_salvage_note(k->s, &note);
    return put_nothing(k, number, err);
}

static bool is_same(const struct wp_row *a, const struct wp_row *b) {
    return wp_hash128_equal(a->id, b->id) && wp_hash128_equal(a->exact, b->exact);
}

/* An article that has a record. */
static enum wp_status put_article(struct sink *k, const struct wp_salvaged_range *r, uint32_t number,
                                  struct wp_error *err) {
    struct wp_salvage *s = k->s;
    struct wp_made_article made;
    struct wp_row row;
    struct wp_error why = {0};
    uint64_t block, ordinal = s->places[number] - 1;
    uint32_t place, texts = wp_salvage_place(s, ordinal, &block, &place)->number;
    bool wanted = wp_bits_get(&s->wanted, number);
    enum wp_status status = wp_salvage_make(s, ordinal, &made, &why);
    if (status == WP_OK && !wanted && wp_salvage_row(r, number, &row) == WP_OK && !is_same(&row, &made.row))
        status = wp_fail_file(&why, WP_EDAMAGED, s->dir, "its record is not the one that was added");
    if (status == WP_EDAMAGED) return lose(k, number, &why, err);
    if (status != WP_OK) return wp_fail(err, status, "%s", why.reason);
    if (wanted) {
        struct wp_repair_note note = {
            .what = WP_REPAIR_ALONE, .number = number, .id = made.id, .id_len = made.id_len};
        wp_salvage_note(s, &note);
        row = made.row;
        row.story = number;
        row.to = WP_NUMBER_NONE;
        row.added = k->last_added ? k->last_added : 1;
    }
    row.samples = made.row.samples;
    row.texts = 0;
    return put(k, number, &row, made.keys, texts, err);
}

static enum wp_status write_range(struct wp_salvage *s, const struct wp_salvaged_range *r,
                                  struct wp_error *err) {
    struct sink k = {.s = s, .level = r->level};
    struct wp_error why = {0};
    enum wp_status status = WP_OK;
    wp_fail_file(&why, WP_EDAMAGED, s->dir, "neither its row nor its record is known");
    for (uint32_t n = r->first; n < r->first + r->count && status == WP_OK; n++) {
        if (wp_state_is_dead(s->state, n))
            status = put_nothing(&k, n, err);
        else if (s->places[n])
            status = put_article(&k, r, n, err);
        else
            status = lose(&k, n, &why, err);
    }
    if (status == WP_OK) status = end_segment(&k, err);
    wp_memtable_free(k.table);
    return status;
}

/* ---- versions ---- */

/* Is there a later living article of the same id? */
static enum wp_status is_replaced(const struct wp_view *v, uint32_t number, const struct wp_row *row,
                                  uint32_t *numbers, bool *replaced, struct wp_error *err) {
    static const struct wp_key_limits limits = {WP_KEY_ALL_MAX, 4, 64};
    uint32_t given;
    uint64_t total;
    *replaced = false;
    WP_TRY(wp_view_find(v, WP_KEY_ID, row->id.low, &limits, numbers, &given, &total, err));
    for (uint32_t i = given; i-- > 0 && numbers[i] > number && !*replaced;) {
        struct wp_row later;
        enum wp_status status = wp_view_row(v, numbers[i], &later, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        *replaced = wp_hash128_equal(later.id, row->id);
    }
    return WP_OK;
}

/* Which versions were replaced is not known any more: all but the last of each id. */
static enum wp_status kill_replaced(struct wp_salvage *s, struct wp_error *err) {
    struct wp_view *v;
    struct wp_bits dead = {0};
    uint32_t *numbers = wp_alloc(WP_KEY_ALL_MAX, sizeof *numbers);
    if (!numbers || wp_bits_init(&dead, s->end) != WP_OK) {
        wp_free(numbers);
        return wp_salvage_no_memory(err);
    }
    enum wp_status status = wp_view_new(&v, s->dir, &s->made, wp_state_share(s->state), NULL, NULL, err);
    for (uint32_t n = 0; n < s->end && status == WP_OK; n++) {
        struct wp_row row;
        bool replaced;
        enum wp_status there = wp_view_row(v, n, &row, err);
        if (there == WP_OK) status = is_replaced(v, n, &row, numbers, &replaced, err);
        if (there == WP_OK && status == WP_OK && replaced) wp_bits_set(&dead, n);
        if (there != WP_OK && there != WP_END) status = there;
    }
    wp_view_drop(v);
    for (uint32_t n = 0; n < s->end && status == WP_OK; n++)
        if (wp_bits_get(&dead, n) && wp_state_kill(s->state, n) != WP_OK) status = wp_salvage_no_memory(err);
    wp_bits_release(&dead);
    wp_free(numbers);
    return status;
}

/* ---- the manifest ---- */

/* Kept segments and new ones, by their articles. */
static enum wp_status add_kept(struct wp_salvage *s, struct wp_error *err) {
    for (size_t i = 0; i < s->files.segment_count; i++) {
        if (!s->segments[i]) continue;
        if (wp_manifest_add_segment(&s->made, &s->files.segments[i]) != WP_OK)
            return wp_salvage_no_memory(err);
    }
    for (size_t i = 1; i < s->made.segment_count; i++) { /* few, and nearly in order */
        struct wp_manifest_segment e = s->made.segments[i];
        size_t at = i;
        for (; at && s->made.segments[at - 1].first > e.first; at--)
            s->made.segments[at] = s->made.segments[at - 1];
        s->made.segments[at] = e;
    }
    return WP_OK;
}

static enum wp_status add_texts(struct wp_salvage *s, struct wp_error *err) {
    for (size_t i = 0; i < s->texts_count; i++) {
        const struct wp_salvaged_texts *t = &s->texts[i];
        if (t->lost) continue;
        if (t->number == s->files.growing) s->made.growing = t->number;
        if (wp_manifest_add_texts(&s->made, t->number, t->end) != WP_OK) return wp_salvage_no_memory(err);
    }
    return WP_OK;
}

/* Keeps a damaged file under another name, so that nobody removes it. What fails here harms nothing. */
static void put_aside(struct wp_salvage *s, enum wp_index_kind kind, uint32_t number) {
    struct wp_buffer aside = {0};
    char *name = wp_salvage_name(s, kind, number);
    if (name && wp_file_kind(name) == WP_FILE_REGULAR &&
        wp_buffer_print(&aside, "%s%s%c", name, WP_DAMAGED_END, '\0') == WP_OK)
        s->guard.fs.rename(s->guard.fs.self, name, (char *)aside.data, NULL);
    wp_buffer_release(&aside);
    wp_free(name);
}

static void remove_file(struct wp_salvage *s, enum wp_index_kind kind, uint32_t number) {
    char *name = number ? wp_index_name(s->dir, kind, number) : NULL;
    if (name) s->guard.fs.remove(s->guard.fs.self, name, NULL);
    wp_free(name);
}

static void clear_away(struct wp_salvage *s) {
    for (size_t i = 0; i < s->files.segment_count; i++)
        if (!s->segments[i]) put_aside(s, WP_INDEX_SEGMENT, s->files.segments[i].number);
    for (size_t i = 0; i < s->texts_count; i++)
        if (s->texts[i].lost) put_aside(s, WP_INDEX_TEXTS, s->texts[i].number);
    if (s->log_damaged) put_aside(s, WP_INDEX_LOG, s->files.log);
    if (s->settings_lost) put_aside(s, WP_INDEX_SETTINGS, 0);
    if (s->state_lost) put_aside(s, WP_INDEX_STATE, s->files.state);
    remove_file(s, WP_INDEX_LOG, s->log_damaged ? 0 : s->files.log);
    remove_file(s, WP_INDEX_STATE, s->state_lost ? 0 : s->files.state);
    s->guard.fs.sync_directory(s->guard.fs.self, s->dir, NULL);
}

enum wp_status wp_salvage_write(struct wp_salvage *s, struct wp_error *err) {
    s->made = (struct wp_manifest){.next_file = s->files.next_file, .next_number = s->end};
    for (size_t i = 0; i < s->range_count; i++) WP_TRY(write_range(s, &s->ranges[i], err));
    WP_TRY(add_kept(s, err));
    WP_TRY(add_texts(s, err));
    if (s->state_lost || s->log_damaged || s->files_made || s->counts->alone) WP_TRY(kill_replaced(s, err));
    s->made.state = s->made.next_file++;
    WP_TRY(wp_state_write(s->state, &s->guard.fs, s->dir, s->made.state, err));
    WP_TRY(wp_manifest_write(&s->made, &s->guard.fs, s->dir, err));
    clear_away(s);
    return WP_OK;
}
