/*
 * repair_log.c - what a log holds, past damage. See salvage.h.
 *
 * Articles have no numbers in a log: each is the next one. Where frames are missing, the text file knows how
 * many articles were in them, since it has a record of each. When it is damaged there as well the count is
 * lost, and so are the rows behind: their records are numbered anew.
 */
#include "base/memory.h"
#include "index/log.h"
#include "index/salvage.h"

#define LOG_BYTES_MAX ((uint64_t)1 << 32)

struct reading {
    struct wp_salvage *s;
    struct wp_log_cursor cursor;
    struct wp_buffer bytes;
    uint64_t next;  /* ordinal of the record that the next article should have */
    bool gap, lost; /* gap: articles may be missing before the next one; lost: it is not known how many */
};

static enum wp_status add_row(struct wp_salvage *s, const struct wp_row *row, struct wp_error *err) {
    if (WP_GROW(s->log, s->log_count, s->log_cap) != WP_OK) return wp_salvage_no_memory(err);
    s->log[s->log_count++] =
        row ? (struct wp_salvaged_row){*row, true} : (struct wp_salvaged_row){.known = false};
    return WP_OK;
}

/* Are all bytes between two places of a text file sound blocks? */
static bool is_whole(const struct wp_salvaged_texts *t, uint64_t begin, uint64_t end) {
    for (size_t i = 0; i < t->hole_count; i++)
        if (t->holes[i].begin < end && t->holes[i].end > begin) return false;
    return true;
}

/* An article behind a gap: as many records as lie in between were articles of the gap. */
static enum wp_status pass_gap(struct reading *r, const struct wp_row *row, struct wp_error *err) {
    struct wp_salvage *s = r->s;
    const struct wp_salvaged_texts *t = wp_salvage_find_texts(s, s->files.growing);
    uint64_t ordinal, block = 0;
    uint32_t place;
    r->lost = !t || !wp_salvage_ordinal(s, t->number, row->block, row->place, &ordinal) || ordinal < r->next;
    if (!r->lost && ordinal > r->next) {
        wp_salvage_place(s, r->next, &block, &place);
        r->lost = !is_whole(t, block, row->block);
    }
    for (; !r->lost && r->next < ordinal; r->next++) WP_TRY(add_row(s, NULL, err));
    r->gap = false;
    return WP_OK;
}

static enum wp_status take_article(struct reading *r, const struct wp_row *row, struct wp_error *err) {
    uint64_t ordinal;
    if (r->gap) WP_TRY(pass_gap(r, row, err));
    if (r->lost) return WP_OK;
    if (wp_salvage_ordinal(r->s, r->s->files.growing, row->block, row->place, &ordinal))
        r->next = ordinal + 1;
    return add_row(r->s, row, err);
}

static enum wp_status take_frame(struct reading *r, struct wp_error *err) {
    struct wp_salvage *s = r->s;
    struct wp_log_item item;
    enum wp_status status;
    while ((status = wp_log_next(&r->cursor, &item, err)) == WP_OK) {
        if (item.kind == WP_LOG_TEXTS) continue;
        if (item.kind == WP_LOG_ARTICLE) {
            WP_TRY(take_article(r, &item.row, err));
            continue;
        }
        if (WP_GROW(s->changes, s->change_count, s->change_cap) != WP_OK) return wp_salvage_no_memory(err);
        s->changes[s->change_count++] =
            (struct wp_salvaged_change){item.kind, item.number, item.story, item.shingle};
    }
    return status == WP_END ? WP_OK : status;
}

static enum wp_status read_bytes(struct reading *r, const char *name, struct wp_error *err) {
    struct wp_file f = {0};
    uint64_t size;
    WP_TRY(wp_file_open(&f, name, err));
    enum wp_status status = wp_file_size(&f, &size, err);
    if (status == WP_OK && size > LOG_BYTES_MAX) size = LOG_BYTES_MAX;
    if (status == WP_OK && wp_buffer_reserve(&r->bytes, (size_t)size + 1, SIZE_MAX) != WP_OK)
        status = wp_salvage_no_memory(err);
    if (status == WP_OK) status = wp_file_read_at(&f, r->bytes.data, (size_t)size, 0, err);
    if (status == WP_OK) r->bytes.len = (size_t)size;
    wp_file_close(&f, NULL);
    return status;
}

/* Goes to the next frame, however far that is; WP_END. */
static enum wp_status next_frame(struct reading *r, enum wp_status status, const struct wp_error *why,
                                 struct wp_error *err) {
    r->s->log_damaged = r->gap = true;
    WP_TRY(wp_salvage_note_file(r->s, status, why, err));
    return wp_log_skip(&r->cursor);
}

static enum wp_status read_frames(struct reading *r, const char *name, struct wp_error *err) {
    struct wp_error why = {0};
    enum wp_status status = read_bytes(r, name, &why);
    if (status == WP_OK)
        status = wp_log_open(&r->cursor, r->bytes.data, r->bytes.len, r->s->files.log, name, &why);
    if (status == WP_EDAMAGED && r->bytes.len > WP_HEADER_BYTES) { /* the frames may be sound */
        r->cursor.at = r->cursor.end = WP_HEADER_BYTES;
        r->s->log_damaged = true;
        WP_TRY(wp_salvage_note_file(r->s, status, &why, err));
        status = WP_OK;
    }
    if (status != WP_OK) { /* nothing of it: the text file has the records */
        r->s->log_damaged = r->lost = true;
        return wp_salvage_note_file(r->s, status, &why, err);
    }
    for (;;) {
        status = wp_log_next_frame(&r->cursor, &why);
        if (status == WP_EDAMAGED) status = next_frame(r, status, &why, err);
        if (status == WP_END) return WP_OK;
        WP_TRY(status);
        status = take_frame(r, &why);
        if (status == WP_EDAMAGED) {
            r->s->log_damaged = r->gap = true;
            status = wp_salvage_note_file(r->s, status, &why, err);
        }
        WP_TRY(status);
    }
}

/* Ordinal of the first record that the log may speak of. */
static uint64_t first_ordinal(const struct wp_salvage *s) {
    const struct wp_salvaged_texts *t = wp_salvage_find_texts(s, s->files.growing);
    uint64_t begin = 0;
    for (size_t i = 0; i < s->files.texts_count; i++)
        if (s->files.texts[i].number == s->files.growing) begin = s->files.texts[i].bytes;
    for (size_t i = 0; t && i < t->block_count; i++)
        if (t->blocks[i].offset >= begin) return t->blocks[i].first;
    return t ? t->first + t->records : s->records;
}

enum wp_status wp_salvage_log(struct wp_salvage *s, struct wp_error *err) {
    struct reading r = {.s = s, .next = first_ordinal(s)};
    if (!s->files.log) return WP_OK;
    char *name = wp_index_name(s->dir, WP_INDEX_LOG, s->files.log);
    enum wp_status status = name ? read_frames(&r, name, err) : wp_salvage_no_memory(err);
    wp_free(name);
    wp_buffer_release(&r.bytes);
    if (r.lost || (r.gap && s->log_damaged)) s->tail_unknown = true;
    return status;
}

/* Numbers from the log's end on were given anew: what the log says of them means others. */
enum wp_status wp_salvage_apply_changes(struct wp_salvage *s, struct wp_error *err) {
    uint64_t end = (uint64_t)s->files.next_number + s->log_count;
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < s->change_count && status == WP_OK; i++) {
        const struct wp_salvaged_change *c = &s->changes[i];
        bool banner = c->kind == WP_LOG_MOVE && c->story == WP_NUMBER_NONE;
        bool there = c->number < end && (c->story < end || banner);
        if (c->kind == WP_LOG_FURNITURE) status = wp_state_learn(s->state, c->number, c->shingle);
        if (!there) continue;
        if (c->kind == WP_LOG_DEAD) status = wp_state_kill(s->state, c->number);
        if (c->kind == WP_LOG_MERGE) status = wp_state_merge(s->state, c->number, c->story);
        if (c->kind == WP_LOG_MOVE) status = wp_state_move(s->state, c->number, c->story);
    }
    return status == WP_OK ? WP_OK : wp_salvage_no_memory(err);
}
