/*
 * segment_write.c - making segments: out of a memtable, and by merging others. See segment.h.
 *
 * A flush sorts the keys of a memtable by radix and writes them down. A merge walks over the lists of its
 * segments side by side: they are sorted, and so is what comes out, with nothing but a cursor each in memory.
 */
#include "base/memory.h"
#include "base/sort.h"
#include "index/manifest.h"
#include "index/segment.h"

enum { LOCAL_BITS = 17 }; /* of an article in a memtable */
_Static_assert((uint32_t)WP_MEMTABLE_ROWS <= 1u << LOCAL_BITS, "an article's place fits beside its key");

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status open_writer(struct wp_section_writer *w, const struct wp_fs *fs, const char *dir,
                                  uint32_t number, struct wp_error *err) {
    *w = (struct wp_section_writer){0};
    char *name = wp_index_name(dir, WP_INDEX_SEGMENT, number);
    enum wp_status status = name ? wp_section_writer_open(w, fs, name, number, err) : no_memory(err);
    wp_free(name);
    return status;
}

/* What the footer says of a segment. */
struct meta {
    uint32_t first, count;
    const struct wp_row_shape *shape;
    const uint32_t *texts;
    uint32_t texts_count;
};

/* Footer and end; *bytes is how long the file is. */
static enum wp_status finish(struct wp_section_writer *w, const struct meta *m, uint64_t *bytes,
                             struct wp_error *err) {
    size_t front = 12 + WP_ROW_SHAPE_BYTES, len = front + 4 * (size_t)m->texts_count;
    uint8_t *meta = wp_alloc(len, 1);
    if (!meta) return no_memory(err);
    wp_store32(meta, m->first);
    wp_store32(meta + 4, m->count);
    wp_store32(meta + 8, m->texts_count);
    wp_row_shape_write(meta + 12, m->shape);
    for (uint32_t i = 0; i < m->texts_count; i++) wp_store32(meta + front + 4 * i, m->texts[i]);
    enum wp_status status = wp_section_writer_finish(w, meta, len, err);
    *bytes = w->offset;
    wp_free(meta);
    return status;
}

/* ---- from a memtable ---- */

/* `shape` must last as long as the writer. */
static enum wp_status write_rows(struct wp_row_writer *rows, struct wp_row_shape *shape,
                                 struct wp_section_writer *w, const struct wp_memtable *m,
                                 struct wp_error *err) {
    wp_row_shape_begin(shape);
    for (uint32_t i = 0; i < m->rows; i++)
        wp_row_shape_take(shape, wp_memtable_row(m, m->first + i), m->first + i);
    wp_row_shape_end(shape);
    WP_TRY(wp_row_writer_begin(rows, w, WP_SECTION_ROWS, shape, m->first, err));
    for (uint32_t i = 0; i < m->rows; i++)
        WP_TRY(wp_row_writer_add(rows, wp_memtable_row(m, m->first + i), err));
    return wp_row_writer_end(rows, err);
}

static uint64_t place_key(uint64_t key, uint32_t place) {
    return (key & WP_KEY_MASK) << LOCAL_BITS | place;
}

/* The keys of one kind as key << LOCAL_BITS | place, places ascending. Of texts and ids each row has one. */
static size_t gather_keys(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t *keys) {
    size_t n = 0;
    for (uint32_t i = 0; kind != WP_KEY_SHINGLE && i < m->rows; i++) {
        const struct wp_row *row = wp_memtable_row(m, m->first + i);
        keys[n++] = place_key(kind == WP_KEY_EXACT ? row->exact.low : row->id.low, i);
    }
    for (uint32_t i = 0; kind == WP_KEY_SHINGLE && i < m->entries; i++) {
        const struct wp_memtable_entry *e = wp_memtable_entry(m, i);
        if (e->key >> WP_KEY_BITS == WP_KEY_SHINGLE) keys[n++] = place_key(e->key, e->number - m->first);
    }
    return n;
}

static enum wp_status write_keys(struct wp_section_writer *w, const struct wp_memtable *m, uint64_t *keys,
                                 enum wp_key_kind kind, struct wp_error *err) {
    struct wp_keys_writer list = {0};
    size_t n = gather_keys(m, kind, keys);
    const uint64_t *sorted = wp_sort64_from(keys, keys + n, n, LOCAL_BITS);
    enum wp_status status = wp_keys_begin(&list, w, kind, n, m->rows, err);
    for (size_t i = 0; i < n && status == WP_OK; i++)
        status = wp_keys_add(&list, sorted[i] >> LOCAL_BITS, sorted[i] & ((1u << LOCAL_BITS) - 1), err);
    if (status == WP_OK) status = wp_keys_end(&list, kind, err);
    wp_keys_writer_release(&list);
    return status;
}

static enum wp_status write_all_keys(struct wp_section_writer *w, struct wp_memtable *m,
                                     struct wp_error *err) {
    uint64_t *keys = wp_memtable_sorting(m);
    enum wp_status status = keys ? WP_OK : no_memory(err);
    for (int kind = 0; kind < WP_KEY_KINDS && status == WP_OK; kind++)
        status = write_keys(w, m, keys, (enum wp_key_kind)kind, err);
    return status;
}

enum wp_status wp_segment_write(struct wp_memtable *m, const struct wp_fs *fs, const char *dir,
                                uint32_t number, uint32_t texts, uint64_t *bytes, struct wp_error *err) {
    struct wp_section_writer w;
    struct wp_row_writer rows = {0};
    struct wp_row_shape shape;
    const struct meta meta = {m->first, m->rows, &shape, &texts, 1};
    enum wp_status status = open_writer(&w, fs, dir, number, err);
    if (status == WP_OK) status = write_rows(&rows, &shape, &w, m, err);
    if (status == WP_OK) status = write_all_keys(&w, m, err);
    if (status == WP_OK) status = wp_row_writer_places(&rows, WP_SECTION_PLACES, err);
    if (status == WP_OK) status = finish(&w, &meta, bytes, err);
    wp_row_writer_release(&rows);
    wp_section_writer_release(&w);
    return status;
}

/* ---- by merging ---- */

struct merge {
    struct wp_index_segment *const *from;
    size_t count;
    const struct wp_state *state;
    const struct wp_segment_moves *moves;
    uint32_t first, articles; /* of the new segment: from the first one that lives to the last */
    struct wp_row_shape shape;
    uint32_t *texts; /* its text files */
    uint32_t texts_count;
    size_t texts_cap;
    uint32_t **places; /* by segment, by place in its list: place in the new list + 1, 0 = none yet */
    uint64_t keys[WP_KEY_KINDS]; /* entries that will be left */
};

static void merge_release(struct merge *m) {
    for (size_t i = 0; m->places && i < m->count; i++) wp_free(m->places[i]);
    wp_free(m->places);
    wp_free(m->texts);
}

static enum wp_status merge_init(struct merge *m) {
    m->places = wp_zalloc(m->count, sizeof *m->places);
    if (!m->places) return WP_ENOMEM;
    for (size_t i = 0; i < m->count; i++) {
        m->places[i] = wp_zalloc(m->from[i]->texts_count, sizeof **m->places);
        if (!m->places[i]) return WP_ENOMEM;
    }
    return WP_OK;
}

/* The place of a text file in the new list. */
static enum wp_status text_place(struct merge *m, uint32_t number, uint32_t *place, struct wp_error *err) {
    for (uint32_t i = m->texts_count; i-- > 0;) {
        if (m->texts[i] != number) continue;
        *place = i;
        return WP_OK;
    }
    if (m->texts_count == WP_SEGMENT_TEXTS_MAX)
        return wp_fail(err, WP_ETOOBIG, "the records of a segment are in too many files");
    if (WP_GROW(m->texts, m->texts_count, m->texts_cap) != WP_OK) return no_memory(err);
    *place = m->texts_count;
    m->texts[m->texts_count++] = number;
    return WP_OK;
}

/* From a place in a segment's list to that in the new one. Segments may share a file. */
static enum wp_status map_texts(struct merge *m, size_t segment, uint16_t *place, struct wp_error *err) {
    uint32_t *mapped = &m->places[segment][*place], to = 0;
    if (!*mapped) {
        WP_TRY(text_place(m, m->from[segment]->texts[*place], &to, err));
        *mapped = to + 1;
    }
    *place = (uint16_t)(*mapped - 1);
    return WP_OK;
}

/* WP_END when the article is dead. */
static enum wp_status living_row(const struct merge *m, size_t segment, uint32_t number, struct wp_row *row,
                                 struct wp_error *err) {
    if (wp_state_is_dead(m->state, number)) return WP_END;
    WP_TRY(wp_segment_row(m->from[segment], number, row, err));
    return wp_row_is_gone(row) ? WP_END : WP_OK;
}

/* Looks at all rows first: which articles the new segment is about, how many keys there will be, the shape of
 * its rows. */
static enum wp_status survey(struct merge *m, struct wp_error *err) {
    uint32_t end = 0;
    m->first = UINT32_MAX;
    wp_row_shape_begin(&m->shape);
    if (m->moves) wp_row_shape_take_any_record(&m->shape);
    for (size_t i = 0; i < m->count; i++) {
        const struct wp_index_segment *s = m->from[i];
        for (uint32_t n = s->first; n < s->first + s->count; n++) {
            struct wp_row row;
            enum wp_status status = living_row(m, i, n, &row, err);
            if ((n - s->first) % WP_SEGMENT_WALK == 0) wp_segment_forget(s);
            if (status == WP_END) continue;
            WP_TRY(status);
            if (!m->moves) WP_TRY(map_texts(m, i, &row.texts, err));
            wp_row_shape_take(&m->shape, &row, n);
            m->keys[WP_KEY_SHINGLE] += row.samples;
            m->keys[WP_KEY_EXACT]++;
            m->keys[WP_KEY_ID]++;
            if (m->first == UINT32_MAX) m->first = n;
            end = n + 1;
        }
    }
    wp_row_shape_end(&m->shape);
    /* Where records of the dead stay in the text files, so do their numbers: what repairs lost rows counts
     * both. */
    if (!m->moves || m->first == UINT32_MAX) {
        const struct wp_index_segment *last = m->from[m->count - 1];
        m->first = m->from[0]->first;
        end = last->first + last->count;
    }
    m->articles = end - m->first;
    return WP_OK;
}

/* The row as it will be, or WP_END. */
static enum wp_status merged_row(struct merge *m, size_t segment, uint32_t number, struct wp_row *row,
                                 struct wp_error *err) {
    WP_TRY(living_row(m, segment, number, row, err));
    if (!m->moves) return map_texts(m, segment, &row->texts, err);
    uint32_t file, place;
    WP_TRY(m->moves->move(m->moves->self, number, row, &file, err));
    WP_TRY(text_place(m, file, &place, err));
    row->texts = (uint16_t)place;
    return WP_OK;
}

static enum wp_status merge_rows(struct merge *m, struct wp_row_writer *rows, struct wp_section_writer *w,
                                 struct wp_error *err) {
    WP_TRY(wp_row_writer_begin(rows, w, WP_SECTION_ROWS, &m->shape, m->first, err));
    for (size_t i = 0; i < m->count; i++) {
        const struct wp_index_segment *s = m->from[i];
        uint32_t begin = s->first > m->first ? s->first : m->first, end = s->first + s->count;
        if (end > m->first + m->articles) end = m->first + m->articles;
        while (rows->next < begin && begin < end) WP_TRY(wp_row_writer_add(rows, NULL, err));
        while (rows->next < end) {
            struct wp_row row;
            enum wp_status status = merged_row(m, i, rows->next, &row, err);
            if (status != WP_OK && status != WP_END) return status;
            if ((rows->next - s->first) % WP_SEGMENT_WALK == 0) wp_segment_forget(s);
            WP_TRY(wp_row_writer_add(rows, status == WP_OK ? &row : NULL, err));
        }
    }
    return wp_row_writer_end(rows, err);
}

/* One list on its way. */
struct source {
    struct wp_key_cursor cursor;
    uint64_t key;
    uint32_t number;
    bool ended;
};

static enum wp_status advance(const struct merge *m, const struct wp_index_segment *s, struct source *from,
                              struct wp_error *err) {
    uint32_t article;
    for (;;) {
        enum wp_status status = wp_key_cursor_next(&from->cursor, &from->key, &article, err);
        from->ended = status == WP_END;
        if (status != WP_OK) return from->ended ? WP_OK : status;
        from->number = s->first + article;
        if (article >= s->count) return wp_fail_file(err, WP_EDAMAGED, s->name, "a key has no article");
        if (!wp_state_is_dead(m->state, from->number)) return WP_OK;
    }
}

/* Sources in the order of their articles: of equal keys the first source's comes first. */
static enum wp_status merge_sources(const struct merge *m, struct source *sources,
                                    struct wp_keys_writer *list, struct wp_error *err) {
    for (;;) {
        struct source *least = NULL;
        for (size_t i = 0; i < m->count; i++)
            if (!sources[i].ended && (!least || sources[i].key < least->key)) least = &sources[i];
        if (!least) return WP_OK;
        for (size_t i = 0; list->added % WP_SEGMENT_WALK == 0 && i < m->count; i++)
            wp_segment_forget(m->from[i]);
        WP_TRY(wp_keys_add(list, least->key, least->number - m->first, err));
        WP_TRY(advance(m, m->from[least - sources], least, err));
    }
}

static enum wp_status merge_keys(const struct merge *m, struct wp_section_writer *w, enum wp_key_kind kind,
                                 struct wp_error *err) {
    struct wp_keys_writer list = {0};
    struct source *sources = wp_zalloc(m->count, sizeof *sources);
    if (!sources) return no_memory(err);
    enum wp_status status = wp_keys_begin(&list, w, kind, m->keys[kind], m->articles, err);
    for (size_t i = 0; i < m->count && status == WP_OK; i++) {
        wp_key_cursor_init(&sources[i].cursor, &m->from[i]->keys[kind]);
        status = advance(m, m->from[i], &sources[i], err);
    }
    if (status == WP_OK) status = merge_sources(m, sources, &list, err);
    if (status == WP_OK) status = wp_keys_end(&list, kind, err);
    wp_keys_writer_release(&list);
    wp_free(sources);
    return status;
}

enum wp_status wp_segment_merge(struct wp_index_segment *const *from, size_t count,
                                const struct wp_state *state, const struct wp_segment_moves *moves,
                                const struct wp_fs *fs, const char *dir, struct wp_manifest_segment *entry,
                                struct wp_error *err) {
    struct merge m = {.from = from, .count = count, .state = state, .moves = moves};
    struct wp_section_writer w = {0};
    struct wp_row_writer rows = {0};
    enum wp_status status = merge_init(&m) == WP_OK ? survey(&m, err) : no_memory(err);
    if (status == WP_OK) status = open_writer(&w, fs, dir, entry->number, err);
    if (status == WP_OK) status = merge_rows(&m, &rows, &w, err);
    for (int kind = 0; kind < WP_KEY_KINDS && status == WP_OK; kind++)
        status = merge_keys(&m, &w, (enum wp_key_kind)kind, err);
    if (status == WP_OK) status = wp_row_writer_places(&rows, WP_SECTION_PLACES, err);
    entry->first = m.first;
    entry->count = m.articles;
    const struct meta meta = {m.first, m.articles, &m.shape, m.texts, m.texts_count};
    if (status == WP_OK) status = finish(&w, &meta, &entry->bytes, err);
    wp_row_writer_release(&rows);
    wp_section_writer_release(&w);
    merge_release(&m);
    return status;
}
