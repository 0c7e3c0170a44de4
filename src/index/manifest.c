/* manifest.c - see manifest.h. */
#include "index/manifest.h"

#include "index/small_file.h"

enum { SEGMENT_BYTES = 24, TEXTS_BYTES = 12, FRONT_BYTES = 20, FILES_MAX = 1 << 20 };

void wp_manifest_release(struct wp_manifest *m) {
    wp_free(m->segments);
    wp_free(m->texts);
    *m = (struct wp_manifest){0};
}

enum wp_status wp_manifest_add_segment(struct wp_manifest *m, const struct wp_manifest_segment *s) {
    WP_TRY(WP_GROW(m->segments, m->segment_count, m->segment_cap));
    m->segments[m->segment_count++] = *s;
    return WP_OK;
}

enum wp_status wp_manifest_add_texts(struct wp_manifest *m, uint32_t number, uint64_t bytes) {
    WP_TRY(WP_GROW(m->texts, m->texts_count, m->texts_cap));
    m->texts[m->texts_count++] = (struct wp_manifest_texts){number, bytes};
    return WP_OK;
}

enum wp_status wp_manifest_copy(struct wp_manifest *to, const struct wp_manifest *from) {
    enum wp_status status = WP_OK;
    *to = (struct wp_manifest){.next_file = from->next_file,
                               .next_number = from->next_number,
                               .log = from->log,
                               .growing = from->growing,
                               .state = from->state};
    for (size_t i = 0; i < from->segment_count && status == WP_OK; i++)
        status = wp_manifest_add_segment(to, &from->segments[i]);
    for (size_t i = 0; i < from->texts_count && status == WP_OK; i++)
        status = wp_manifest_add_texts(to, from->texts[i].number, from->texts[i].bytes);
    if (status != WP_OK) wp_manifest_release(to);
    return status;
}

bool wp_manifest_is_same(const struct wp_manifest *a, const struct wp_manifest *b) {
    bool same = a->next_file == b->next_file && a->next_number == b->next_number && a->log == b->log &&
                a->growing == b->growing && a->state == b->state && a->segment_count == b->segment_count &&
                a->texts_count == b->texts_count;
    for (size_t i = 0; same && i < a->segment_count; i++)
        same = a->segments[i].number == b->segments[i].number;
    for (size_t i = 0; same && i < a->texts_count; i++)
        same = a->texts[i].number == b->texts[i].number && a->texts[i].bytes == b->texts[i].bytes;
    return same;
}

/* ---- reading ---- */

static enum wp_status does_not_add_up(const char *name, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, name, "the manifest does not add up");
}

/* The two lists, which fill the bytes up to `end` exactly. */
static enum wp_status read_lists(struct wp_manifest *m, const uint8_t *p, const uint8_t *end,
                                 const char *name, struct wp_error *err) {
    uint32_t next = 0;
    if (end - p < 4) return does_not_add_up(name, err);
    uint32_t n = wp_load32(p);
    p += 4;
    if (n > FILES_MAX || (size_t)(end - p) < (size_t)n * SEGMENT_BYTES + 4) return does_not_add_up(name, err);
    for (; n; n--, p += SEGMENT_BYTES) {
        struct wp_manifest_segment s = {wp_load32(p), wp_load32(p + 4), wp_load32(p + 8), wp_load32(p + 12),
                                        wp_load64(p + 16)};
        if (s.first < next || s.count > m->next_number || s.first > m->next_number - s.count)
            return does_not_add_up(name, err);
        next = s.first + s.count;
        if (wp_manifest_add_segment(m, &s) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    }
    n = wp_load32(p);
    p += 4;
    if (n > FILES_MAX || (size_t)(end - p) != (size_t)n * TEXTS_BYTES) return does_not_add_up(name, err);
    for (; n; n--, p += TEXTS_BYTES)
        if (wp_manifest_add_texts(m, wp_load32(p), wp_load64(p + 4)) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
    return WP_OK;
}

static enum wp_status read_manifest(struct wp_manifest *m, const struct wp_buffer *b, const char *name,
                                    struct wp_error *err) {
    struct wp_block_head head = {0};
    WP_TRY(wp_header_check(b->data, b->len, WP_INDEX_MANIFEST, 0, name, err));
    const uint8_t *at = b->data + WP_HEADER_BYTES, *p = at + WP_BLOCK_HEAD_BYTES;
    size_t left = b->len - WP_HEADER_BYTES;
    if (left >= WP_BLOCK_HEAD_BYTES) wp_block_head_read(&head, at);
    if (left < WP_BLOCK_HEAD_BYTES + FRONT_BYTES || head.magic != WP_MAGIC_MANIFEST ||
        head.stored != left - WP_BLOCK_HEAD_BYTES || !wp_block_is_sound(at, p, head.stored))
        return wp_fail_file(err, WP_EDAMAGED, name, "the manifest is damaged");
    m->next_file = wp_load32(p);
    m->next_number = wp_load32(p + 4);
    m->log = wp_load32(p + 8);
    m->growing = wp_load32(p + 12);
    m->state = wp_load32(p + 16);
    return read_lists(m, p + FRONT_BYTES, p + head.stored, name, err);
}

enum wp_status wp_manifest_read(struct wp_manifest *m, const char *dir, struct wp_error *err) {
    struct wp_buffer b = {0};
    *m = (struct wp_manifest){0};
    char *name = wp_path_join(dir, WP_MANIFEST_NAME);
    if (!name) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_status status = wp_small_file_read(&b, name, (uint64_t)FILES_MAX * 64, "is no manifest", err);
    if (status == WP_OK) status = read_manifest(m, &b, name, err);
    wp_buffer_release(&b);
    wp_free(name);
    return status;
}

/* ---- writing ---- */

static enum wp_status put32(struct wp_buffer *b, uint32_t v) {
    uint8_t word[4];
    wp_store32(word, v);
    return wp_buffer_add(b, word, sizeof word);
}

static enum wp_status put64(struct wp_buffer *b, uint64_t v) {
    WP_TRY(put32(b, (uint32_t)v));
    return put32(b, (uint32_t)(v >> 32));
}

static enum wp_status make_file(const struct wp_manifest *m, struct wp_buffer *b) {
    uint8_t front[WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES] = {0};
    wp_header_write(front, WP_INDEX_MANIFEST, 0);
    WP_TRY(wp_buffer_add(b, front, sizeof front));
    WP_TRY(put32(b, m->next_file));
    WP_TRY(put32(b, m->next_number));
    WP_TRY(put32(b, m->log));
    WP_TRY(put32(b, m->growing));
    WP_TRY(put32(b, m->state));
    WP_TRY(put32(b, (uint32_t)m->segment_count));
    for (size_t i = 0; i < m->segment_count; i++) {
        const struct wp_manifest_segment *s = &m->segments[i];
        WP_TRY(put32(b, s->number));
        WP_TRY(put32(b, s->level));
        WP_TRY(put32(b, s->first));
        WP_TRY(put32(b, s->count));
        WP_TRY(put64(b, s->bytes));
    }
    WP_TRY(put32(b, (uint32_t)m->texts_count));
    for (size_t i = 0; i < m->texts_count; i++) {
        WP_TRY(put32(b, m->texts[i].number));
        WP_TRY(put64(b, m->texts[i].bytes));
    }
    wp_block_head_write(b->data + WP_HEADER_BYTES, WP_MAGIC_MANIFEST, 0, 0, b->data + sizeof front,
                        b->len - sizeof front);
    return WP_OK;
}

enum wp_status wp_manifest_write(const struct wp_manifest *m, const struct wp_fs *fs, const char *dir,
                                 struct wp_error *err) {
    struct wp_buffer b = {0};
    enum wp_status status = make_file(m, &b);
    if (status == WP_OK)
        status = wp_small_file_replace(&b, fs, dir, WP_MANIFEST_NAME, WP_MANIFEST_ASIDE, err);
    else
        wp_fail(err, status, "out of memory");
    wp_buffer_release(&b);
    return status;
}
