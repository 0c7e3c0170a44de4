/* recover.c - see recover.h. */
#include "index/recover.h"

#include "base/memory.h"

#define LOG_BYTES_MAX ((uint64_t)1 << 32)

struct recovery {
    struct wp_recovery *to;
    const struct wp_manifest *files;
    struct wp_log_cursor log;
    struct wp_buffer bytes; /* of the log */
    struct wp_texts texts;  /* opened when a block must be looked at */
    struct wp_text_reader reader;
    const char *dir;
    uint64_t synced; /* bytes of the log that were on the disk */
};

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* The log from byte `from` on, each byte at its place. */
static enum wp_status read_log(struct recovery *r, const char *name, uint64_t from, struct wp_error *err) {
    struct wp_file f = {0};
    uint64_t size;
    WP_TRY(wp_file_open(&f, name, err));
    enum wp_status status = wp_file_size(&f, &size, err);
    if (status == WP_OK && size > LOG_BYTES_MAX)
        status = wp_fail_file(err, WP_EDAMAGED, name, "is longer than a log can be");
    if (status == WP_OK && wp_buffer_reserve(&r->bytes, (size_t)size + 1, SIZE_MAX) != WP_OK)
        status = no_memory(err);
    if (status == WP_OK && size < from)
        status = wp_fail_file(err, WP_EDAMAGED, name, "is shorter than it was");
    if (status == WP_OK) status = wp_file_read_at(&f, r->bytes.data + from, (size_t)(size - from), from, err);
    if (status == WP_OK) r->bytes.len = (size_t)size;
    wp_file_close(&f, NULL);
    return status;
}

/* What the last frames know to have been on the disk. */
static enum wp_status find_synced(struct recovery *r, struct wp_error *err) {
    struct wp_log_cursor c = r->log;
    enum wp_status status;
    while ((status = wp_log_next_frame(&c, err)) == WP_OK)
        if (c.synced > r->synced) r->synced = c.synced;
    return status == WP_END ? WP_OK : status;
}

/* The end of the text file that the frame speaks of. */
static enum wp_status frame_texts(const struct wp_log_cursor *frame, uint64_t *end, struct wp_error *err) {
    struct wp_log_cursor c = *frame;
    struct wp_log_item item;
    enum wp_status status;
    while ((status = wp_log_next(&c, &item, err)) == WP_OK)
        if (item.kind == WP_LOG_TEXTS) *end = item.number;
    return status == WP_END ? WP_OK : status;
}

/* Are the blocks from the last end to this one whole? WP_END: no, and that is how the log ends. */
static enum wp_status check_blocks(struct recovery *r, uint64_t end, struct wp_error *err) {
    uint64_t at = r->to->texts_bytes;
    if (!r->texts.file.open) WP_TRY(wp_texts_open(&r->texts, r->dir, r->files->growing, err));
    while (at < end) {
        enum wp_status status = wp_texts_check(&r->texts, &r->reader, at, &at, NULL);
        if (status == WP_EDAMAGED || status == WP_END) return WP_END;
        if (status != WP_OK) return wp_fail(err, status, "a text block cannot be read");
    }
    return at == end ? WP_OK : WP_END;
}

static enum wp_status take_article(struct recovery *r, const struct wp_log_item *item, struct wp_error *err) {
    uint64_t keys[WP_KEYS_PER_ARTICLE];
    for (uint32_t i = 0; i < item->key_count; i++) keys[i] = wp_key_load(item->keys + 5 * i);
    if (wp_memtable_is_full(r->to->memtable->table) || item->row.samples != item->key_count)
        return wp_fail_file(err, WP_EDAMAGED, r->log.name, "holds more than a log can");
    if (wp_memtable_add(r->to->memtable->table, &item->row, keys, item->key_count) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

static enum wp_status take_item(struct recovery *r, const struct wp_log_item *item, struct wp_error *err) {
    enum wp_status status = WP_OK;
    const struct wp_memtable *m = r->to->memtable->table;
    bool named = item->kind >= WP_LOG_DEAD && item->kind <= WP_LOG_MOVE;
    bool banner = item->kind == WP_LOG_MOVE && item->story == WP_NUMBER_NONE;
    if (named && (item->number >= m->first + m->rows || (item->story >= m->first + m->rows && !banner)))
        return wp_fail_file(err, WP_EDAMAGED, r->log.name, "speaks of an article that there is not");
    if (item->kind != WP_LOG_ARTICLE && item->kind != WP_LOG_TEXTS && wp_state_edit(&r->to->state) != WP_OK)
        return no_memory(err);
    switch (item->kind) {
    case WP_LOG_ARTICLE: return take_article(r, item, err);
    case WP_LOG_DEAD: status = wp_state_kill(r->to->state, item->number); break;
    case WP_LOG_MERGE: status = wp_state_merge(r->to->state, item->number, item->story); break;
    case WP_LOG_MOVE: status = wp_state_move(r->to->state, item->number, item->story); break;
    case WP_LOG_TEXTS: r->to->texts_bytes = item->number; break;
    case WP_LOG_FURNITURE: status = wp_state_learn(r->to->state, item->number, item->shingle); break;
    }
    return status == WP_OK ? WP_OK : no_memory(err);
}

static enum wp_status take_frame(struct recovery *r, struct wp_error *err) {
    struct wp_log_item item;
    enum wp_status status;
    uint64_t end = r->to->texts_bytes;
    WP_TRY(frame_texts(&r->log, &end, err));
    if (r->log.end > r->synced && end > r->to->texts_bytes) WP_TRY(check_blocks(r, end, err));
    while ((status = wp_log_next(&r->log, &item, err)) == WP_OK) WP_TRY(take_item(r, &item, err));
    if (status == WP_END) r->to->log_bytes = r->log.end;
    return status == WP_END ? WP_OK : status;
}

static enum wp_status replay_frames(struct recovery *r, struct wp_error *err) {
    enum wp_status status;
    WP_TRY(find_synced(r, err));
    while ((status = wp_log_next_frame(&r->log, err)) == WP_OK)
        if ((status = take_frame(r, err)) != WP_OK) break;
    r->to->log_dropped = r->bytes.len - r->to->log_bytes;
    return status == WP_END ? WP_OK : status;
}

static enum wp_status replay(struct recovery *r, const char *name, struct wp_error *err) {
    WP_TRY(read_log(r, name, 0, err));
    WP_TRY(wp_log_open(&r->log, r->bytes.data, r->bytes.len, r->files->log, name, err));
    r->to->log_bytes = r->log.end;
    return replay_frames(r, err);
}

static enum wp_status replay_more(struct recovery *r, const char *name, struct wp_error *err) {
    uint64_t from = r->to->log_bytes;
    WP_TRY(read_log(r, name, from, err));
    r->log = (struct wp_log_cursor){
        .data = r->bytes.data, .len = r->bytes.len, .name = name, .at = (size_t)from, .end = (size_t)from};
    return replay_frames(r, err);
}

static enum wp_status recover(struct recovery *r, struct wp_error *err) {
    const struct wp_manifest *m = r->files;
    if (m->state)
        WP_TRY(wp_state_read(&r->to->state, r->dir, m->state, m->next_number, err));
    else if (wp_state_new(&r->to->state) != WP_OK)
        return no_memory(err);
    if (wp_shared_memtable_new(&r->to->memtable, m->next_number) != WP_OK) return no_memory(err);
    for (size_t i = 0; i < m->texts_count; i++)
        if (m->texts[i].number == m->growing) r->to->texts_bytes = m->texts[i].bytes;
    if (!m->log) return WP_OK;
    char *name = wp_index_name(r->dir, WP_INDEX_LOG, m->log);
    enum wp_status status = name ? replay(r, name, err) : no_memory(err);
    wp_free(name);
    return status;
}

static void release(struct recovery *r) {
    wp_buffer_release(&r->bytes);
    wp_texts_release(&r->texts);
    wp_text_reader_release(&r->reader);
}

enum wp_status wp_recover(struct wp_recovery *to, const char *dir, const struct wp_manifest *files,
                          struct wp_error *err) {
    struct recovery r = {.to = to, .files = files, .dir = dir};
    *to = (struct wp_recovery){0};
    enum wp_status status = recover(&r, err);
    release(&r);
    if (status != WP_OK) wp_recovery_release(to);
    return status;
}

enum wp_status wp_recover_more(struct wp_recovery *to, const char *dir, const struct wp_manifest *files,
                               struct wp_error *err) {
    struct recovery r = {.to = to, .files = files, .dir = dir};
    char *name = wp_index_name(dir, WP_INDEX_LOG, files->log);
    enum wp_status status = name ? replay_more(&r, name, err) : no_memory(err);
    wp_free(name);
    release(&r);
    return status;
}

void wp_recovery_release(struct wp_recovery *r) {
    wp_shared_memtable_drop(r->memtable);
    wp_state_drop(r->state);
    *r = (struct wp_recovery){0};
}
