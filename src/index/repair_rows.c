/*
 * repair_rows.c - which record belongs to which number. See salvage.h.
 *
 * Rows that can be read say where their records are. The numbers whose rows cannot be read stand in runs, and
 * the records that no row speaks of lie, in the same order, between those of a run's neighbours. When there
 * are as many as numbers, or as many as numbers that are not dead and none can be missing, it is known which
 * is whose; else it may be by their keys.
 */
#include "base/memory.h"
#include "index/salvage.h"

enum wp_status wp_salvage_row(const struct wp_salvaged_range *r, uint32_t number, struct wp_row *row) {
    if (r->rows) {
        const struct wp_salvaged_row *known = &r->rows[number - r->first];
        *row = known->row;
        return known->known ? WP_OK : WP_EDAMAGED;
    }
    if (!r->segment) return WP_EDAMAGED;
    enum wp_status status = wp_segment_row(r->segment, number, row, NULL);
    return status == WP_OK && wp_row_is_gone(row) ? WP_END : status;
}

uint32_t wp_salvage_texts_of(const struct wp_salvage *s, const struct wp_salvaged_range *r,
                             const struct wp_row *row) {
    return r->segment ? r->segment->texts[row->texts] : s->files.growing;
}

/* ---- what is known ---- */

static void name_texts(const struct wp_salvage *s, uint32_t texts, const struct wp_row *row,
                       struct wp_error *why) {
    char *name = wp_index_name(s->dir, WP_INDEX_TEXTS, texts);
    wp_fail_file(why, WP_EDAMAGED, name ? name : "", "its record was in a block that is damaged");
    wp_error_offset(why, row->block);
    wp_free(name);
}

static enum wp_status kill(struct wp_salvage *s, uint32_t number, struct wp_error *err) {
    return wp_state_kill(s->state, number) == WP_OK ? WP_OK : wp_salvage_no_memory(err);
}

/* A row that is known: where is its record? */
static enum wp_status place_row(struct wp_salvage *s, uint32_t number, uint32_t texts,
                                const struct wp_row *row, struct wp_error *err) {
    struct wp_repair_note note = {.what = WP_REPAIR_LOST, .number = number};
    uint64_t ordinal;
    if (wp_salvage_ordinal(s, texts, row->block, row->place, &ordinal)) {
        s->places[number] = ordinal + 1;
        wp_bits_set(&s->taken, ordinal);
        return WP_OK;
    }
    if (wp_state_is_dead(s->state, number)) return WP_OK;
    name_texts(s, texts, row, &note.why);
    wp_salvage_guess_id(s, texts, row);
    note.story = wp_state_story(s->state, number, row->story);
    note.id = s->scratch.data;
    note.id_len = s->scratch.len;
    wp_salvage_note(s, &note);
    return kill(s, number, err);
}

/* What a repair put where an article was lost. */
static bool is_placeholder(const struct wp_row *row) {
    return !row->id.low && !row->id.high;
}

static enum wp_status place_range(struct wp_salvage *s, const struct wp_salvaged_range *r,
                                  struct wp_error *err) {
    for (uint32_t n = r->first; n < r->first + r->count; n++) {
        struct wp_row row;
        enum wp_status status = wp_salvage_row(r, n, &row);
        if (status == WP_EDAMAGED) {
            wp_bits_set(&s->wanted, n);
        } else if (status == WP_END || (status == WP_OK && is_placeholder(&row))) {
            WP_TRY(kill(s, n, err)); /* it was dead, even if that is not known any more */
        } else if (status == WP_OK) {
            WP_TRY(place_row(s, n, wp_salvage_texts_of(s, r, &row), &row, err));
        } else {
            return wp_fail(err, status, "a row cannot be read");
        }
    }
    return WP_OK;
}

static enum wp_status place_known(struct wp_salvage *s, struct wp_error *err) {
    for (size_t i = 0; i < s->files.segment_count; i++) {
        struct wp_index_segment *segment = s->segments[i];
        if (!segment) continue;
        struct wp_salvaged_range r = {.first = segment->first, .count = segment->count, .segment = segment};
        WP_TRY(place_range(s, &r, err));
    }
    for (size_t i = 0; i < s->range_count; i++) WP_TRY(place_range(s, &s->ranges[i], err));
    return WP_OK;
}

/* ---- what is wanted ---- */

static struct wp_salvaged_run next_run(const struct wp_salvage *s, uint32_t from) {
    struct wp_salvaged_run r = {.first = from, .end = s->records};
    while (r.first < s->end && !wp_bits_get(&s->wanted, r.first)) r.first++;
    for (uint32_t n = r.first, dead = 0; n < s->end; n++) {
        bool wanted = wp_bits_get(&s->wanted, n), is_dead = wp_state_is_dead(s->state, n);
        if (!wanted && (!is_dead || s->places[n])) break;
        dead += is_dead; /* one that has gone stands between two that are wanted, and parts nothing */
        if (!wanted) continue;
        r.count = n + 1 - r.first;
        r.dead = dead;
    }
    for (uint32_t n = r.first; n-- > 0 && !r.begin;) r.begin = s->places[n];
    for (uint32_t n = r.first + r.count; n < s->end && r.end == s->records; n++)
        if (s->places[n]) r.end = s->places[n] - 1;
    for (uint64_t at = r.begin; at < r.end; at++) r.records += !wp_bits_get(&s->taken, at);
    return r;
}

/* Who is not in the run is told by id: it may be that it was deleted. */
static enum wp_status leave_out(struct wp_salvage *s, const struct wp_salvaged_run *r, struct wp_error *err) {
    for (uint64_t at = r->begin; at < r->end; at++) {
        struct wp_repair_note note = {.what = WP_REPAIR_LEFT};
        struct wp_made_article made;
        if (wp_bits_get(&s->taken, at)) continue;
        enum wp_status status = wp_salvage_make(s, at, &made, &note.why);
        if (status != WP_OK && status != WP_EDAMAGED) return wp_fail(err, status, "%s", note.why.reason);
        note.id = made.id;
        note.id_len = status == WP_OK ? made.id_len : 0;
        wp_salvage_note(s, &note);
    }
    return WP_OK;
}

static uint64_t offset_of(const struct wp_salvage *s, uint64_t ordinal) {
    uint64_t block;
    uint32_t place;
    wp_salvage_place(s, ordinal, &block, &place);
    return block;
}

/* Is there room in a text file, between two offsets, for records that are not known any more? */
static bool has_hole(const struct wp_salvaged_texts *t, uint64_t begin, uint64_t end) {
    for (size_t i = 0; i < t->hole_count; i++)
        if (t->holes[i].begin >= begin && t->holes[i].begin < end) return true;
    return t->lost;
}

/* May records of the run be lost? It lies between the records of its neighbours, where it has some. */
static bool may_miss(const struct wp_salvage *s, const struct wp_salvaged_run *r) {
    for (size_t i = 0; i < s->texts_count; i++) {
        const struct wp_salvaged_texts *t = &s->texts[i];
        uint64_t begin = 0, end = UINT64_MAX, behind = t->first + t->records;
        if (r->begin > behind || (r->end < t->first && r->end < s->records)) continue;
        if (r->begin > t->first) begin = offset_of(s, r->begin - 1);
        if (r->end < behind) end = offset_of(s, r->end);
        if (has_hole(t, begin, end)) return true;
    }
    return false;
}

static bool is_settled(const struct wp_salvage *s, const struct wp_salvaged_run *r) {
    for (uint32_t n = r->first; n < r->first + r->count; n++)
        if (!s->places[n] && !wp_state_is_dead(s->state, n)) return false;
    return true;
}

static enum wp_status settle_run(struct wp_salvage *s, const struct wp_salvaged_run *r,
                                 struct wp_error *err) {
    bool all = r->records == r->count;
    bool living = r->records == r->count - r->dead && !may_miss(s, r);
    uint64_t at = r->begin;
    if (!all && !living) {
        WP_TRY(wp_salvage_match_keys(s, r, err));
        return is_settled(s, r) ? WP_OK : leave_out(s, r, err);
    }
    for (uint32_t n = r->first; n < r->first + r->count; n++) {
        if (!all && wp_state_is_dead(s->state, n)) continue;
        while (wp_bits_get(&s->taken, at)) at++;
        s->places[n] = at + 1;
        wp_bits_set(&s->taken, at);
    }
    return WP_OK;
}

static enum wp_status settle_wanted(struct wp_salvage *s, struct wp_error *err) {
    for (uint32_t from = 0; from < s->end;) {
        struct wp_salvaged_run r = next_run(s, from);
        if (r.count) WP_TRY(settle_run(s, &r, err));
        from = r.first + r.count;
    }
    return WP_OK;
}

/* Articles behind the last number, of which there is nothing but their records. */
static enum wp_status add_tail(struct wp_salvage *s, struct wp_error *err) {
    uint64_t last = 0, records = s->records;
    uint32_t before = 0;
    if (!s->tail_unknown) return WP_OK;
    for (uint32_t n = s->end; n-- > 0 && !last;) {
        last = s->places[n];
        before += !last && wp_bits_get(&s->wanted, n);
    }
    records -= last;
    for (uint64_t n = before; n < records && s->end < WP_NUMBER_NONE; n++) {
        if (WP_GROW(s->log, s->log_count, s->log_cap) != WP_OK) return wp_salvage_no_memory(err);
        s->log[s->log_count++] = (struct wp_salvaged_row){.known = false};
        s->end++;
    }
    return WP_OK;
}

/* Room for numbers and records; the log may become longer by as many articles as there are records. */
static enum wp_status make_room(struct wp_salvage *s, struct wp_error *err) {
    uint64_t most = s->end + (s->tail_unknown ? s->records : 0);
    s->places = wp_zalloc(most + 1, sizeof *s->places);
    if (!s->places || wp_bits_init(&s->wanted, most) != WP_OK || wp_bits_init(&s->taken, s->records) != WP_OK)
        return wp_salvage_no_memory(err);
    return WP_OK;
}

static enum wp_status add_log_range(struct wp_salvage *s, uint32_t known, struct wp_error *err) {
    if (!s->log_count) return WP_OK;
    if (WP_GROW(s->ranges, s->range_count, s->range_cap) != WP_OK) return wp_salvage_no_memory(err);
    s->ranges[s->range_count++] = (struct wp_salvaged_range){
        .first = s->files.next_number, .count = (uint32_t)s->log_count, .rows = s->log};
    for (uint32_t n = s->files.next_number + known; n < s->end; n++) wp_bits_set(&s->wanted, n);
    return WP_OK;
}

enum wp_status wp_salvage_rows(struct wp_salvage *s, struct wp_error *err) {
    uint32_t known = (uint32_t)s->log_count;
    struct wp_salvaged_range log = {.first = s->files.next_number, .count = known, .rows = s->log};
    WP_TRY(make_room(s, err));
    WP_TRY(place_known(s, err));
    if (known) WP_TRY(place_range(s, &log, err));
    WP_TRY(add_tail(s, err));
    WP_TRY(add_log_range(s, known, err));
    return settle_wanted(s, err);
}
