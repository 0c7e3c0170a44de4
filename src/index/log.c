/* log.c - see log.h. */
#include "index/log.h"

enum {
    KEY_BYTES = 5,
    NUMBER_ITEM_BYTES = 1 + 4,
    PAIR_ITEM_BYTES = 1 + 4 + 4,
    FURNITURE_ITEM_BYTES = 1 + 4 + KEY_BYTES,
    ARTICLE_BYTES = 1 + WP_ROW_BYTES + 2
};

/* ---- writing ---- */

enum wp_status wp_log_create(struct wp_log_writer *w, const struct wp_fs *fs, const char *dir,
                             uint32_t number, struct wp_error *err) {
    uint8_t header[WP_HEADER_BYTES];
    *w = (struct wp_log_writer){.fs = fs, .number = number};
    char *name = wp_index_name(dir, WP_INDEX_LOG, number);
    enum wp_status status = name ? fs->create(fs->self, name, &w->file, err) : WP_ENOMEM;
    if (!name) wp_fail(err, WP_ENOMEM, "out of memory");
    wp_free(name);
    WP_TRY(status);
    wp_header_write(header, WP_INDEX_LOG, number);
    WP_TRY(fs->write(fs->self, &w->file, header, sizeof header, err));
    w->written = sizeof header;
    return WP_OK;
}

enum wp_status wp_log_resume(struct wp_log_writer *w, const struct wp_fs *fs, const char *dir,
                             uint32_t number, uint64_t bytes, struct wp_error *err) {
    *w = (struct wp_log_writer){.fs = fs, .number = number, .written = bytes};
    char *name = wp_index_name(dir, WP_INDEX_LOG, number);
    enum wp_status status = name ? fs->append(fs->self, name, bytes, &w->file, err) : WP_ENOMEM;
    if (!name) wp_fail(err, WP_ENOMEM, "out of memory");
    wp_free(name);
    return status;
}

/* Room for an item, behind the head's; NULL when out of memory. */
static uint8_t *reserve(struct wp_log_writer *w, size_t bytes) {
    size_t head = w->frame.len ? 0 : WP_BLOCK_HEAD_BYTES;
    if (wp_buffer_reserve(&w->frame, head + bytes, SIZE_MAX) != WP_OK) return NULL;
    w->frame.len += head + bytes;
    return w->frame.data + w->frame.len - bytes;
}

enum wp_status wp_log_add_article(struct wp_log_writer *w, const struct wp_row *row, const uint64_t *keys,
                                  uint32_t key_count) {
    uint8_t *p = reserve(w, ARTICLE_BYTES + (size_t)key_count * KEY_BYTES);
    if (!p) return WP_ENOMEM;
    *p++ = WP_LOG_ARTICLE;
    wp_row_write(p, row);
    p += WP_ROW_BYTES;
    *p++ = (uint8_t)key_count;
    *p++ = (uint8_t)(key_count >> 8);
    for (uint32_t i = 0; i < key_count; i++, p += KEY_BYTES) {
        uint8_t word[8];
        wp_store64(word, keys[i]);
        memcpy(p, word, KEY_BYTES);
    }
    return WP_OK;
}

void wp_log_change_row(struct wp_log_writer *w, size_t at, const struct wp_row *row) {
    if (!at) at = WP_BLOCK_HEAD_BYTES; /* the first item stands behind the head */
    wp_row_write(w->frame.data + at + 1, row);
}

static bool is_pair(enum wp_log_kind kind) {
    return kind == WP_LOG_MERGE || kind == WP_LOG_MOVE;
}

enum wp_status wp_log_add(struct wp_log_writer *w, enum wp_log_kind kind, uint32_t number, uint32_t story) {
    uint8_t *p = reserve(w, is_pair(kind) ? PAIR_ITEM_BYTES : NUMBER_ITEM_BYTES);
    if (!p) return WP_ENOMEM;
    *p = (uint8_t)kind;
    wp_store32(p + 1, number);
    if (is_pair(kind)) wp_store32(p + 5, story);
    return WP_OK;
}

enum wp_status wp_log_add_furniture(struct wp_log_writer *w, uint32_t owner, uint64_t shingle) {
    uint8_t word[8], *p = reserve(w, FURNITURE_ITEM_BYTES);
    if (!p) return WP_ENOMEM;
    *p = WP_LOG_FURNITURE;
    wp_store32(p + 1, owner);
    wp_store64(word, shingle);
    memcpy(p + 5, word, KEY_BYTES);
    return WP_OK;
}

enum wp_status wp_log_write(struct wp_log_writer *w, struct wp_error *err) {
    if (!w->frame.len) return WP_OK;
    size_t stored = w->frame.len - WP_BLOCK_HEAD_BYTES;
    if (stored > INT32_MAX) return wp_fail(err, WP_ETOOBIG, "a commit of 2 GiB or more");
    wp_block_head_write(w->frame.data, WP_MAGIC_FRAME, (uint32_t)w->synced, (uint32_t)(w->synced >> 32),
                        w->frame.data + WP_BLOCK_HEAD_BYTES, stored);
    WP_TRY(w->fs->write(w->fs->self, &w->file, w->frame.data, w->frame.len, err));
    w->written += w->frame.len;
    w->frame.len = 0;
    return WP_OK;
}

enum wp_status wp_log_sync(struct wp_log_writer *w, struct wp_error *err) {
    WP_TRY(w->fs->sync(w->fs->self, &w->file, err));
    w->synced = w->written;
    return WP_OK;
}

void wp_log_writer_release(struct wp_log_writer *w) {
    wp_file_close(&w->file, NULL);
    wp_buffer_release(&w->frame);
    *w = (struct wp_log_writer){0};
}

/* ---- reading ---- */

enum wp_status wp_log_open(struct wp_log_cursor *c, const uint8_t *data, size_t len, uint32_t number,
                           const char *name, struct wp_error *err) {
    *c = (struct wp_log_cursor){.data = data, .len = len, .name = name};
    WP_TRY(wp_header_check(data, len, WP_INDEX_LOG, number, name, err));
    c->at = c->end = WP_HEADER_BYTES;
    return WP_OK;
}

/* Is there a sound frame at that place? */
static bool read_frame(const struct wp_log_cursor *c, size_t at, struct wp_block_head *head) {
    if (c->len - at < WP_BLOCK_HEAD_BYTES) return false;
    wp_block_head_read(head, c->data + at);
    return head->magic == WP_MAGIC_FRAME && head->stored <= c->len - at - WP_BLOCK_HEAD_BYTES &&
           wp_block_is_sound(c->data + at, c->data + at + WP_BLOCK_HEAD_BYTES, head->stored);
}

/* The first sound frame from `at` on; c->len when there is none. */
static size_t find_frame(const struct wp_log_cursor *c, size_t at, struct wp_block_head *head) {
    for (; at + WP_BLOCK_HEAD_BYTES <= c->len; at++)
        if (wp_load32(c->data + at) == WP_MAGIC_FRAME && read_frame(c, at, head)) return at;
    return c->len;
}

static void enter(struct wp_log_cursor *c, size_t at, const struct wp_block_head *head) {
    c->frame = at;
    c->at = at + WP_BLOCK_HEAD_BYTES;
    c->end = c->at + head->stored;
    c->synced = head->a | (uint64_t)head->b << 32;
}

enum wp_status wp_log_next_frame(struct wp_log_cursor *c, struct wp_error *err) {
    struct wp_block_head head;
    size_t at = c->end;
    if (at == c->len) return WP_END;
    if (read_frame(c, at, &head)) {
        enter(c, at, &head);
        return WP_OK;
    }
    for (size_t later = find_frame(c, at + 1, &head); later < c->len;
         later = find_frame(c, later + 1, &head)) {
        uint64_t synced = head.a | (uint64_t)head.b << 32;
        if (synced <= at) continue;
        wp_fail_file(err, WP_EDAMAGED, c->name, "a frame is damaged");
        wp_error_offset(err, at);
        return WP_EDAMAGED;
    }
    return WP_END;
}

enum wp_status wp_log_skip(struct wp_log_cursor *c) {
    struct wp_block_head head;
    size_t at = find_frame(c, c->end + 1, &head);
    if (at == c->len) return WP_END;
    enter(c, at, &head);
    return WP_OK;
}

static enum wp_status bad_item(const struct wp_log_cursor *c, struct wp_error *err) {
    wp_fail_file(err, WP_EDAMAGED, c->name, "a frame holds what is no item");
    wp_error_offset(err, c->at);
    return WP_EDAMAGED;
}

static enum wp_status next_article(struct wp_log_cursor *c, struct wp_log_item *item, struct wp_error *err) {
    const uint8_t *p = c->data + c->at;
    if (c->end - c->at < ARTICLE_BYTES) return bad_item(c, err);
    wp_row_read(&item->row, p + 1);
    item->key_count = (uint32_t)(p[1 + WP_ROW_BYTES] | p[2 + WP_ROW_BYTES] << 8);
    item->keys = p + ARTICLE_BYTES;
    size_t bytes = ARTICLE_BYTES + (size_t)item->key_count * KEY_BYTES;
    if (item->key_count > WP_KEYS_PER_ARTICLE || c->end - c->at < bytes) return bad_item(c, err);
    c->at += bytes;
    return WP_OK;
}

enum wp_status wp_log_next(struct wp_log_cursor *c, struct wp_log_item *item, struct wp_error *err) {
    if (c->at == c->end) return WP_END;
    const uint8_t *p = c->data + c->at;
    *item = (struct wp_log_item){.kind = (enum wp_log_kind) * p};
    if (item->kind == WP_LOG_ARTICLE) return next_article(c, item, err);
    if (item->kind < WP_LOG_ARTICLE || item->kind > WP_LOG_FURNITURE) return bad_item(c, err);
    size_t bytes = is_pair(item->kind) ? PAIR_ITEM_BYTES : NUMBER_ITEM_BYTES;
    if (item->kind == WP_LOG_FURNITURE) bytes = FURNITURE_ITEM_BYTES;
    if (c->end - c->at < bytes) return bad_item(c, err);
    item->number = wp_load32(p + 1);
    if (is_pair(item->kind)) item->story = wp_load32(p + 5);
    if (item->kind == WP_LOG_FURNITURE) item->shingle = wp_key_load(p + 5);
    c->at += bytes;
    return WP_OK;
}
