/* section.c - see section.h. */
#include "index/section.h"

#include "base/memory.h"

enum {
    TRAILER_BYTES = 32,   /* footer's offset 8, length 8, checksum 8; checksum of these 8 */
    OUT_BYTES = 64 << 10, /* the system keeps it in pieces as large as that, and maps it in such */
};

static uint64_t block_count(uint64_t len) {
    return (len + WP_CHECK_BYTES - 1) / WP_CHECK_BYTES;
}

/* ---- reading ---- */

enum wp_status wp_section_init(struct wp_section *s, const struct wp_section_entry *entry,
                               const uint8_t *file, size_t file_len, const char *name, struct wp_error *err) {
    uint64_t checks = block_count(entry->len) * 8;
    *s = (struct wp_section){.name = name, .offset = entry->offset, .len = entry->len};
    if (entry->offset > file_len || entry->len > file_len - entry->offset ||
        checks > file_len - entry->offset - entry->len)
        return wp_fail_file(err, WP_EDAMAGED, name, "a section lies outside of the file");
    s->data = file + entry->offset;
    s->checks = s->data + entry->len;
    return wp_bits_init(&s->checked, block_count(entry->len)) == WP_OK
               ? WP_OK
               : wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_section_release(struct wp_section *s) {
    wp_bits_release(&s->checked);
    *s = (struct wp_section){0};
}

static enum wp_status check_block(const struct wp_section *s, uint64_t block, struct wp_error *err) {
    uint64_t begin = block * WP_CHECK_BYTES, len = s->len - begin;
    if (len > WP_CHECK_BYTES) len = WP_CHECK_BYTES;
    if (s->windows) { /* the whole block, and its checksum */
        wp_windows_touch(s->windows, s->offset + begin, len);
        wp_windows_touch(s->windows, s->offset + s->len + 8 * block, 8);
    }
    if (wp_hash64(s->data + begin, (size_t)len) != wp_load64(s->checks + 8 * block)) {
        wp_fail_file(err, WP_EDAMAGED, s->name, "a block of %llu bytes is damaged", (unsigned long long)len);
        wp_error_offset(err, s->offset + begin);
        return WP_EDAMAGED;
    }
    wp_bits_set((struct wp_bits *)&s->checked, block);
    return WP_OK;
}

enum wp_status wp_section_check(const struct wp_section *s, uint64_t offset, uint64_t len,
                                struct wp_error *err) {
    if (offset > s->len || len > s->len - offset)
        return wp_fail_file(err, WP_EDAMAGED, s->name, "refers to bytes that it does not have");
    if (!len) return WP_OK;
    if (s->windows) wp_windows_touch(s->windows, s->offset + offset, len);
    for (uint64_t b = offset / WP_CHECK_BYTES; b <= (offset + len - 1) / WP_CHECK_BYTES; b++)
        if (!wp_bits_get(&s->checked, b)) WP_TRY(check_block(s, b, err));
    return WP_OK;
}

/* May a copy be taken: is it short, and sound as far as is known? */
static bool can_copy(const struct wp_section *s, uint64_t offset, uint64_t len) {
    if (!s->windows || !len || len > WP_SECTION_COPY_BYTES || offset > s->len || len > s->len - offset)
        return false;
    return wp_bits_get(&s->checked, offset / WP_CHECK_BYTES) &&
           wp_bits_get(&s->checked, (offset + len - 1) / WP_CHECK_BYTES);
}

enum wp_status wp_section_fetch_(const struct wp_section *s, uint64_t offset, uint64_t len,
                                 uint8_t copy[WP_SECTION_COPY_BYTES], struct wp_section_bytes *bytes,
                                 struct wp_error *err) {
    if (copy && can_copy(s, offset, len) && !wp_windows_have_room(s->windows, s->offset + offset, len)) {
        *bytes = (struct wp_section_bytes){copy, len};
        return wp_map_copy(s->windows->map, (size_t)(s->offset + offset), (size_t)len, copy, err);
    }
    WP_TRY(wp_section_check(s, offset, len, err));
    *bytes = (struct wp_section_bytes){s->data + offset, s->len - offset};
    return WP_OK;
}

static void read_entry(struct wp_section_entry *e, const uint8_t *p) {
    e->kind = wp_load32(p);
    e->a = wp_load32(p + 4);
    e->b = wp_load32(p + 8);
    e->offset = wp_load64(p + 16);
    e->len = wp_load64(p + 24);
    e->c = wp_load64(p + 32);
}

/* Footer: caller's bytes | entries | count 4 | length of the caller's bytes 4. */
enum wp_status wp_sections_read(const uint8_t *file, size_t len, const char *name, const uint8_t **meta,
                                size_t *meta_len, struct wp_section_entry *entries, unsigned *count,
                                struct wp_error *err) {
    if (len < WP_HEADER_BYTES + TRAILER_BYTES) return wp_fail_file(err, WP_EDAMAGED, name, "is cut short");
    const uint8_t *trailer = file + len - TRAILER_BYTES;
    uint64_t offset = wp_load64(trailer), bytes = wp_load64(trailer + 8);
    if (wp_load64(trailer + 24) != wp_hash64(trailer, 24) || offset > len - TRAILER_BYTES ||
        bytes != len - TRAILER_BYTES - offset || bytes < 8)
        return wp_fail_file(err, WP_EDAMAGED, name, "the trailer is damaged, or the file is cut short");
    const uint8_t *footer = file + offset;
    if (wp_load64(trailer + 16) != wp_hash64(footer, (size_t)bytes))
        return wp_fail_file(err, WP_EDAMAGED, name, "the footer is damaged");
    uint32_t n = wp_load32(footer + bytes - 8), own = wp_load32(footer + bytes - 4);
    if (n > WP_SECTIONS_MAX || (uint64_t)own + (uint64_t)n * WP_SECTION_ENTRY_BYTES + 8 != bytes)
        return wp_fail_file(err, WP_EDAMAGED, name, "the footer does not add up");
    for (uint32_t i = 0; i < n; i++) read_entry(&entries[i], footer + own + i * WP_SECTION_ENTRY_BYTES);
    *meta = footer;
    *meta_len = own;
    *count = n;
    return WP_OK;
}

/* ---- writing ---- */

static enum wp_status flush(struct wp_section_writer *w, struct wp_error *err) {
    if (!w->out_used) return WP_OK;
    WP_TRY(w->fs->write(w->fs->self, &w->file, w->out, w->out_used, err));
    w->out_used = 0;
    return WP_OK;
}

static enum wp_status put(struct wp_section_writer *w, const void *data, size_t len, struct wp_error *err) {
    for (const uint8_t *from = data; len;) {
        size_t n = OUT_BYTES - w->out_used;
        if (n > len) n = len;
        memcpy(w->out + w->out_used, from, n);
        w->out_used += n;
        w->offset += n;
        from += n;
        len -= n;
        if (w->out_used == OUT_BYTES) WP_TRY(flush(w, err));
    }
    return WP_OK;
}

enum wp_status wp_section_writer_open(struct wp_section_writer *w, const struct wp_fs *fs, const char *name,
                                      uint32_t number, struct wp_error *err) {
    uint8_t header[WP_HEADER_BYTES];
    *w = (struct wp_section_writer){.fs = fs};
    w->buffer = wp_alloc(WP_CHECK_BYTES, 1);
    w->out = wp_alloc(OUT_BYTES, 1);
    if (!w->buffer || !w->out) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(fs->create(fs->self, name, &w->file, err));
    wp_header_write(header, WP_INDEX_SEGMENT, number);
    return put(w, header, sizeof header, err);
}

enum wp_status wp_section_begin(struct wp_section_writer *w, uint32_t kind, struct wp_error *err) {
    if (w->count == WP_SECTIONS_MAX) return wp_fail(err, WP_EINVAL, "too many sections");
    w->sections[w->count] = (struct wp_section_entry){.kind = kind, .offset = w->offset};
    w->checks.len = 0;
    w->used = 0;
    return WP_OK;
}

static enum wp_status end_block(struct wp_section_writer *w, struct wp_error *err) {
    uint8_t check[8];
    if (!w->used) return WP_OK;
    wp_store64(check, wp_hash64(w->buffer, w->used));
    if (wp_buffer_add(&w->checks, check, sizeof check) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(put(w, w->buffer, w->used, err));
    w->sections[w->count].len += w->used;
    w->used = 0;
    return WP_OK;
}

enum wp_status wp_section_write(struct wp_section_writer *w, const void *data, size_t len,
                                struct wp_error *err) {
    for (const uint8_t *from = data; len;) {
        size_t n = WP_CHECK_BYTES - w->used;
        if (n > len) n = len;
        memcpy(w->buffer + w->used, from, n);
        w->used += n;
        from += n;
        len -= n;
        if (w->used == WP_CHECK_BYTES) WP_TRY(end_block(w, err));
    }
    return WP_OK;
}

enum wp_status wp_section_end(struct wp_section_writer *w, uint32_t a, uint32_t b, uint64_t c,
                              struct wp_error *err) {
    WP_TRY(end_block(w, err));
    WP_TRY(put(w, w->checks.data, w->checks.len, err));
    struct wp_section_entry *e = &w->sections[w->count++];
    e->a = a;
    e->b = b;
    e->c = c;
    return WP_OK;
}

static enum wp_status make_footer(const struct wp_section_writer *w, const void *meta, size_t meta_len,
                                  struct wp_buffer *footer) {
    uint8_t entry[WP_SECTION_ENTRY_BYTES] = {0}, tail[8];
    WP_TRY(wp_buffer_add(footer, meta, meta_len));
    for (unsigned i = 0; i < w->count; i++) {
        const struct wp_section_entry *e = &w->sections[i];
        wp_store32(entry, e->kind);
        wp_store32(entry + 4, e->a);
        wp_store32(entry + 8, e->b);
        wp_store64(entry + 16, e->offset);
        wp_store64(entry + 24, e->len);
        wp_store64(entry + 32, e->c);
        WP_TRY(wp_buffer_add(footer, entry, sizeof entry));
    }
    wp_store32(tail, w->count);
    wp_store32(tail + 4, (uint32_t)meta_len);
    return wp_buffer_add(footer, tail, sizeof tail);
}

enum wp_status wp_section_writer_finish(struct wp_section_writer *w, const void *meta, size_t meta_len,
                                        struct wp_error *err) {
    struct wp_buffer footer = {0};
    uint8_t trailer[TRAILER_BYTES];
    enum wp_status status = make_footer(w, meta, meta_len, &footer);
    if (status != WP_OK) {
        wp_buffer_release(&footer);
        return wp_fail(err, status, "out of memory");
    }
    wp_store64(trailer, w->offset);
    wp_store64(trailer + 8, footer.len);
    wp_store64(trailer + 16, wp_hash64(footer.data, footer.len));
    wp_store64(trailer + 24, wp_hash64(trailer, 24));
    status = put(w, footer.data, footer.len, err);
    wp_buffer_release(&footer);
    if (status == WP_OK) status = put(w, trailer, sizeof trailer, err);
    if (status == WP_OK) status = flush(w, err);
    if (status == WP_OK) status = w->fs->sync(w->fs->self, &w->file, err);
    enum wp_status closed = wp_file_close(&w->file, status == WP_OK ? err : NULL);
    return status == WP_OK ? closed : status;
}

void wp_section_writer_release(struct wp_section_writer *w) {
    wp_file_close(&w->file, NULL);
    wp_buffer_release(&w->checks);
    wp_free(w->buffer);
    wp_free(w->out);
    *w = (struct wp_section_writer){0};
}
