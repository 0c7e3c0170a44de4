/* segment.c - opening and reading a segment: see segment.h. */
#include "index/segment.h"

#include "index/manifest.h"

enum { SHAPE_AT = 12, META_BYTES = SHAPE_AT + WP_ROW_SHAPE_BYTES };

static enum wp_status bad(const struct wp_index_segment *s, const char *what, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, s->name, "%s", what);
}

static enum wp_status read_meta(struct wp_index_segment *s, const uint8_t *meta, size_t len,
                                const struct wp_manifest_segment *entry, struct wp_error *err) {
    if (len < META_BYTES) return bad(s, "the footer does not add up", err);
    s->first = wp_load32(meta);
    s->count = wp_load32(meta + 4);
    s->texts_count = wp_load32(meta + 8);
    if (s->texts_count > WP_SEGMENT_TEXTS_MAX || len != META_BYTES + 4 * (size_t)s->texts_count)
        return bad(s, "the footer does not add up", err);
    if (wp_row_shape_read(&s->rows.shape, meta + SHAPE_AT) != 0)
        return bad(s, "the footer does not add up", err);
    if (s->first != entry->first || s->count != entry->count)
        return bad(s, "holds other articles than the manifest says", err);
    s->texts = wp_alloc(s->texts_count, sizeof *s->texts);
    if (!s->texts) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < s->texts_count; i++) s->texts[i] = wp_load32(meta + META_BYTES + 4 * i);
    return WP_OK;
}

static enum wp_status init_keys(struct wp_index_segment *s, enum wp_key_kind kind,
                                const struct wp_section_entry *entries,
                                const struct wp_section_entry *directory, struct wp_error *err) {
    struct wp_keys *k = &s->keys[kind];
    k->shape = (struct wp_key_shape){entries->c, entries->a, entries->b};
    if (!wp_key_shape_valid(&k->shape, directory->len)) return bad(s, "a list of keys does not add up", err);
    WP_TRY(wp_section_init(&k->entries, entries, s->map.data, s->map.len, s->name, err));
    return wp_section_init(&k->directory, directory, s->map.data, s->map.len, s->name, err);
}

static enum wp_status init_rows(struct wp_index_segment *s, const struct wp_section_entry *rows,
                                const struct wp_section_entry *places, struct wp_error *err) {
    struct wp_row_table *t = &s->rows;
    t->first = s->first;
    t->count = s->count;
    WP_TRY(wp_section_init(&t->rows, rows, s->map.data, s->map.len, s->name, err));
    WP_TRY(wp_section_init(&t->places, places, s->map.data, s->map.len, s->name, err));
    return wp_row_table_valid(t, rows->c) ? WP_OK : bad(s, "the rows do not add up", err);
}

static enum wp_status open_segment(struct wp_index_segment *s, const struct wp_manifest_segment *entry,
                                   struct wp_error *err) {
    struct wp_section_entry sections[WP_SECTIONS_MAX];
    const uint8_t *meta;
    size_t meta_len;
    unsigned n;
    WP_TRY(wp_map_open(&s->map, s->name, 1, err));
    WP_TRY(wp_header_check(s->map.data, s->map.len, WP_INDEX_SEGMENT, s->number, s->name, err));
    if (s->map.len != entry->bytes) return bad(s, "is not as long as the manifest says", err);
    WP_TRY(wp_sections_read(s->map.data, s->map.len, s->name, &meta, &meta_len, sections, &n, err));
    WP_TRY(read_meta(s, meta, meta_len, entry, err));
    if (n != WP_SECTION_PLACES) return bad(s, "the footer does not add up", err);
    for (unsigned i = 0; i < n; i++)
        if (sections[i].kind != i + 1) return bad(s, "the footer does not add up", err);
    WP_TRY(init_rows(s, &sections[WP_SECTION_ROWS - 1], &sections[WP_SECTION_PLACES - 1], err));
    for (int kind = 0; kind < WP_KEY_KINDS; kind++)
        WP_TRY(init_keys(s, (enum wp_key_kind)kind, &sections[1 + 2 * kind], &sections[2 + 2 * kind], err));
    return WP_OK;
}

enum wp_status wp_segment_open(struct wp_index_segment **out, const char *dir,
                               const struct wp_manifest_segment *entry, struct wp_error *err) {
    struct wp_index_segment *s = wp_zalloc(1, sizeof *s);
    *out = NULL;
    if (!s) return wp_fail(err, WP_ENOMEM, "out of memory");
    atomic_init(&s->users, 1);
    s->number = entry->number;
    s->name = wp_index_name(dir, WP_INDEX_SEGMENT, entry->number);
    enum wp_status status = s->name ? open_segment(s, entry, err) : wp_fail(err, WP_ENOMEM, "out of memory");
    if (status == WP_OK)
        *out = s;
    else
        wp_segment_drop(s);
    return status;
}

struct wp_index_segment *wp_segment_share(struct wp_index_segment *s) {
    atomic_fetch_add(&s->users, 1);
    return s;
}

void wp_segment_drop(struct wp_index_segment *s) {
    if (!s || atomic_fetch_sub(&s->users, 1) != 1) return;
    wp_section_release(&s->rows.rows);
    wp_section_release(&s->rows.places);
    for (int i = 0; i < WP_KEY_KINDS; i++) {
        wp_section_release(&s->keys[i].entries);
        wp_section_release(&s->keys[i].directory);
    }
    wp_windows_release(&s->windows);
    wp_map_close(&s->map);
    wp_free(s->texts);
    wp_free(s->name);
    wp_free(s);
}

enum wp_status wp_segment_watch(struct wp_index_segment *s, struct wp_resident *r) {
    if (s->windows.of) return WP_OK;
    WP_TRY(wp_windows_watch(&s->windows, r, &s->map));
    wp_windows_touch(&s->windows, s->map.len - 1, 1); /* the trailer was read */
    s->rows.rows.windows = s->rows.places.windows = &s->windows;
    for (int i = 0; i < WP_KEY_KINDS; i++)
        s->keys[i].entries.windows = s->keys[i].directory.windows = &s->windows;
    return WP_OK;
}

void wp_segment_forget(const struct wp_index_segment *s) {
    struct wp_windows *windows = s->rows.rows.windows;
    if (windows)
        wp_windows_forget(windows);
    else
        wp_map_forget(&s->map, 0, s->map.len);
}

enum wp_status wp_segment_row(const struct wp_index_segment *s, uint32_t number, struct wp_row *row,
                              struct wp_error *err) {
    WP_TRY(wp_row_table_read(&s->rows, number, row, err));
    if (!wp_row_is_gone(row) && row->texts >= s->texts_count)
        return bad(s, "a row refers to a text file that is not listed", err);
    return WP_OK;
}
