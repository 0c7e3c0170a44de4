/* texts.c - see texts.h. */
#include "index/texts.h"

#include <stdatomic.h>

/* Readable bytes behind a record, for parsers that read whole vectors. */
enum { PADDING = 64 };

/* ---- reading ---- */

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status damaged(const struct wp_texts *t, uint64_t offset, const char *what,
                              struct wp_error *err) {
    wp_fail_file(err, WP_EDAMAGED, t->file.name, "%s", what);
    wp_error_offset(err, offset);
    return WP_EDAMAGED;
}

/* Reads the block at `offset` as it is stored, head included, into *stored, and checks it. */
static enum wp_status read_stored(const struct wp_texts *t, uint64_t offset, uint32_t magic,
                                  struct wp_buffer *stored, struct wp_block_head *head,
                                  struct wp_error *err) {
    uint8_t bytes[WP_BLOCK_HEAD_BYTES];
    uint64_t size;
    WP_TRY(wp_file_size(&t->file, &size, err));
    if (offset == size) return WP_END;
    if (offset > size || size - offset < sizeof bytes) return damaged(t, offset, "a block is cut short", err);
    WP_TRY(wp_file_read_at(&t->file, bytes, sizeof bytes, offset, err));
    wp_block_head_read(head, bytes);
    if (head->magic != magic) return damaged(t, offset, "there is no block where one should be", err);
    if (head->stored > size - offset - sizeof bytes) return damaged(t, offset, "a block is cut short", err);
    stored->len = 0;
    if (wp_buffer_reserve(stored, head->stored, SIZE_MAX) != WP_OK) return no_memory(err);
    WP_TRY(wp_file_read_at(&t->file, stored->data, head->stored, offset + sizeof bytes, err));
    stored->len = head->stored;
    if (!wp_block_is_sound(bytes, stored->data, stored->len))
        return damaged(t, offset, "a block is damaged", err);
    return WP_OK;
}

static enum wp_status open_texts(struct wp_texts *t, const char *name, uint32_t number,
                                 struct wp_error *err) {
    uint8_t header[WP_HEADER_BYTES] = {0};
    struct wp_block_head head;
    uint64_t size;
    WP_TRY(wp_file_open(&t->file, name, err));
    WP_TRY(wp_file_size(&t->file, &size, err));
    if (size >= sizeof header) WP_TRY(wp_file_read_at(&t->file, header, sizeof header, 0, err));
    WP_TRY(wp_header_check(header, sizeof header, WP_INDEX_TEXTS, number, name, err));
    enum wp_status status = read_stored(t, sizeof header, WP_MAGIC_DICTIONARY, &t->dictionary, &head, err);
    if (status == WP_END) return damaged(t, sizeof header, "the dictionary is missing", err);
    WP_TRY(status);
    t->first = sizeof header + WP_BLOCK_HEAD_BYTES + t->dictionary.len;
    if (t->dictionary.len && wp_dictionary_new(&t->ready, t->dictionary.data, t->dictionary.len) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

enum wp_status wp_texts_open(struct wp_texts *t, const char *dir, uint32_t number, struct wp_error *err) {
    static _Atomic uint64_t openings;
    *t = (struct wp_texts){.number = number, .id = atomic_fetch_add(&openings, 1) + 1};
    char *name = wp_index_name(dir, WP_INDEX_TEXTS, number);
    enum wp_status status = name ? open_texts(t, name, number, err) : no_memory(err);
    wp_free(name);
    return status;
}

void wp_texts_release(struct wp_texts *t) {
    wp_file_close(&t->file, NULL);
    wp_buffer_release(&t->dictionary);
    wp_dictionary_free(t->ready);
    *t = (struct wp_texts){0};
}

void wp_text_reader_release(struct wp_text_reader *r) {
    wp_unpacker_free(r->unpacker);
    wp_buffer_release(&r->packed);
    wp_buffer_release(&r->block);
    *r = (struct wp_text_reader){0};
}

/* Do the lengths of the records fill the block exactly? */
static bool adds_up(const uint8_t *block, size_t len, uint32_t records) {
    uint64_t sum = 4 * (uint64_t)records;
    for (uint32_t i = 0; i < records && sum <= len; i++) sum += wp_load32(block + 4 * i);
    return sum == len;
}

/* Where a record begins in the unpacked block, whose lengths are there; places up to the number of records.
 */
static size_t record_begin(const struct wp_text_reader *r, uint32_t place) {
    size_t at = 4 * (size_t)r->records;
    for (uint32_t i = 0; i < place; i++) at += wp_load32(r->block.data + 4 * i);
    return at;
}

/* How far: a place, or all of the block. */
#define ALL UINT32_MAX

/* Unpacks to r->block, which has room, until the record at `place` is there. */
static enum wp_status unpack_to(const struct wp_texts *t, struct wp_text_reader *r, const uint8_t *stored,
                                size_t len, uint32_t place) {
    size_t got = r->bytes;
    if (place == ALL) {
        WP_TRY(wp_unpack(r->unpacker, t->ready, stored, len, r->block.data, r->bytes));
        if (!adds_up(r->block.data, r->bytes, r->records)) return WP_EDAMAGED;
    } else {
        enum wp_status status = wp_unpack_begin(r->unpacker, t->ready, stored, len, r->block.data, r->bytes);
        if (status == WP_OK) status = wp_unpack_to(r->unpacker, 4 * (size_t)r->records, &got);
        if (status == WP_OK && !adds_up(r->block.data, r->bytes, r->records)) status = WP_EDAMAGED;
        if (status == WP_OK) status = wp_unpack_to(r->unpacker, record_begin(r, place + 1), &got);
        wp_unpack_end(r->unpacker);
        WP_TRY(status);
    }
    memset(r->block.data + got, 0, PADDING);
    r->block.len = got;
    return WP_OK;
}

/* Unpacks stored bytes to r->block. */
static enum wp_status unpack(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                             const struct wp_block_head *head, const uint8_t *stored, uint32_t place,
                             struct wp_error *err) {
    if (head->b > WP_BLOCK_BYTES_MAX || 4 * (uint64_t)head->a > head->b)
        return damaged(t, offset, "a block does not add up", err);
    if (place != ALL && place >= head->a)
        return damaged(t, offset, "a block has fewer records than it should", err);
    if (!r->unpacker && wp_unpacker_new(&r->unpacker) != WP_OK) return no_memory(err);
    r->id = 0;
    r->block.len = 0;
    r->bytes = head->b;
    r->records = head->a;
    if (wp_buffer_reserve(&r->block, r->bytes + PADDING, SIZE_MAX) != WP_OK) return no_memory(err);
    if (unpack_to(t, r, stored, head->stored, place) != WP_OK)
        return damaged(t, offset, "a block cannot be unpacked", err);
    r->id = t->id;
    r->offset = offset;
    r->next = offset + WP_BLOCK_HEAD_BYTES + head->stored;
    return WP_OK;
}

/* Is the block at hand? */
static bool is_at(const struct wp_texts *t, const struct wp_text_reader *r, uint64_t offset) {
    return r->id == t->id && r->offset == offset;
}

static enum wp_status load(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                           uint32_t place, struct wp_error *err) {
    struct wp_block_head head;
    WP_TRY(read_stored(t, offset, WP_MAGIC_TEXT_BLOCK, &r->packed, &head, err));
    return unpack(t, r, offset, &head, r->packed.data, place, err);
}

enum wp_status wp_texts_load(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                             struct wp_error *err) {
    return is_at(t, r, offset) && r->block.len == r->bytes ? WP_OK : load(t, r, offset, ALL, err);
}

enum wp_status wp_texts_check(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                              uint64_t *next, struct wp_error *err) {
    struct wp_block_head head;
    WP_TRY(read_stored(t, offset, WP_MAGIC_TEXT_BLOCK, &r->packed, &head, err));
    *next = offset + WP_BLOCK_HEAD_BYTES + head.stored;
    return WP_OK;
}

enum wp_status wp_texts_count(const struct wp_texts *t, uint64_t end, uint64_t *records,
                              struct wp_error *err) {
    *records = 0;
    for (uint64_t at = t->first; at < end;) {
        uint8_t bytes[WP_BLOCK_HEAD_BYTES];
        struct wp_block_head head;
        if (end - at < sizeof bytes) return damaged(t, at, "a block is cut short", err);
        WP_TRY(wp_file_read_at(&t->file, bytes, sizeof bytes, at, err));
        wp_block_head_read(&head, bytes);
        if (head.magic != WP_MAGIC_TEXT_BLOCK)
            return damaged(t, at, "there is no block where one should be", err);
        *records += head.a;
        at += sizeof bytes + head.stored;
    }
    return WP_OK;
}

/* A record of the block at hand; false: it is not unpacked so far, or there is none. */
static bool pick(const struct wp_text_reader *r, uint32_t place, const uint8_t **data, size_t *len) {
    if (place >= r->records) return false;
    size_t begin = record_begin(r, place);
    *data = r->block.data + begin;
    *len = wp_load32(r->block.data + 4 * place);
    return begin + *len <= r->block.len;
}

enum wp_status wp_texts_get(const struct wp_texts *t, struct wp_text_reader *r, uint64_t block,
                            uint32_t place, const uint8_t **data, size_t *len, struct wp_error *err) {
    if (is_at(t, r, block) && pick(r, place, data, len)) return WP_OK;
    bool reads_on = r->id == t->id && (r->offset == block || r->next == block);
    enum wp_status status = load(t, r, block, reads_on ? ALL : place, err);
    if (status == WP_END) return damaged(t, block, "a block is missing", err);
    WP_TRY(status);
    if (pick(r, place, data, len)) return WP_OK;
    return damaged(t, block, "a block has fewer records than it should", err);
}

/* ---- writing ---- */

static enum wp_status init_writer(struct wp_texts_writer *w, const struct wp_fs *fs, uint32_t number,
                                  const struct wp_buffer *dictionary, struct wp_error *err) {
    *w = (struct wp_texts_writer){.fs = fs, .number = number};
    return wp_packer_new(&w->packer, WP_TEXT_LEVEL, dictionary->data, dictionary->len) == WP_OK
               ? WP_OK
               : no_memory(err);
}

enum wp_status wp_texts_create(struct wp_texts_writer *w, const struct wp_fs *fs, const char *dir,
                               uint32_t number, const struct wp_buffer *dictionary, struct wp_error *err) {
    uint8_t head[WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES];
    WP_TRY(init_writer(w, fs, number, dictionary, err));
    wp_header_write(head, WP_INDEX_TEXTS, number);
    wp_block_head_write(head + WP_HEADER_BYTES, WP_MAGIC_DICTIONARY, 0, 0, dictionary->data, dictionary->len);
    if (wp_buffer_add(&w->packed, head, sizeof head) != WP_OK ||
        wp_buffer_add(&w->packed, dictionary->data, dictionary->len) != WP_OK)
        return no_memory(err);
    char *name = wp_index_name(dir, WP_INDEX_TEXTS, number);
    enum wp_status status = name ? fs->create(fs->self, name, &w->file, err) : no_memory(err);
    wp_free(name);
    return status;
}

enum wp_status wp_texts_resume(struct wp_texts_writer *w, const struct wp_fs *fs, const char *dir,
                               const struct wp_texts *t, uint64_t bytes, struct wp_error *err) {
    WP_TRY(init_writer(w, fs, t->number, &t->dictionary, err));
    w->written = bytes;
    char *name = wp_index_name(dir, WP_INDEX_TEXTS, t->number);
    enum wp_status status = name ? fs->append(fs->self, name, bytes, &w->file, err) : no_memory(err);
    wp_free(name);
    return status;
}

void wp_texts_pack_ahead(struct wp_texts_writer *w) {
    if (!w->ahead) w->ahead = wp_pack_ahead_new(w->packer);
}

/* Takes the oldest block that is on its way. */
static enum wp_status take_packed(struct wp_texts_writer *w) {
    WP_TRY(WP_GROW(w->places, w->place_count, w->place_cap));
    uint64_t offset = w->written + w->packed.len;
    WP_TRY(wp_pack_ahead_take(w->ahead, &w->packed));
    w->places[w->place_count++] = (uint32_t)offset;
    return WP_OK;
}

/* Packs the open block behind those that wait, or has it packed. */
static enum wp_status end_block(struct wp_texts_writer *w) {
    struct wp_text_block *open = &w->open;
    if (!wp_text_block_count(open)) return WP_OK;
    while (w->ahead && wp_pack_ahead_is_full(w->ahead, wp_text_block_bytes(open))) WP_TRY(take_packed(w));
    if (w->ahead) {
        wp_pack_ahead_put(w->ahead, open);
        return WP_OK;
    }
    WP_TRY(wp_text_block_pack(w->packer, open, &w->packed));
    open->lengths.len = open->records.len = 0;
    return WP_OK;
}

uint64_t wp_texts_size(const struct wp_texts_writer *w) {
    return w->written + w->ahead_bytes;
}

/* What names the open block: where it will be, or how many there are before it. */
static enum wp_status name_block(const struct wp_texts_writer *w, uint32_t *block, struct wp_error *err) {
    uint64_t offset = w->written + w->packed.len;
    if (w->ahead) {
        *block = (uint32_t)(w->place_count + wp_pack_ahead_count(w->ahead));
        offset = wp_texts_size(w);
    } else {
        *block = (uint32_t)offset;
    }
    return offset > UINT32_MAX ? wp_fail(err, WP_ETOOBIG, "a text file is full") : WP_OK;
}

/* Does a record of so many bytes go to the next block? */
static bool is_full(const struct wp_text_block *b, size_t len) {
    size_t count = wp_text_block_count(b);
    return b->records.len >= WP_TEXT_BLOCK_BYTES || count == WP_BLOCK_RECORDS_MAX ||
           (count && b->records.len + len > WP_BLOCK_BYTES_MAX / 2);
}

enum wp_status wp_texts_add(struct wp_texts_writer *w, const uint8_t *record, size_t len, uint32_t *block,
                            uint16_t *place, struct wp_error *err) {
    struct wp_text_block *open = &w->open;
    uint8_t length[4];
    if (len > WP_BLOCK_BYTES_MAX / 2) return wp_fail(err, WP_ETOOBIG, "a record of a GiB or more");
    if (is_full(open, len) && end_block(w) != WP_OK) return no_memory(err);
    if (!w->ahead_bytes) w->place_count = 0; /* the first record since the last writing */
    WP_TRY(name_block(w, block, err));
    wp_store32(length, (uint32_t)len);
    if (wp_buffer_reserve(&open->lengths, sizeof length, SIZE_MAX) != WP_OK ||
        wp_buffer_add(&open->records, record, len) != WP_OK)
        return no_memory(err);
    *place = (uint16_t)wp_text_block_count(open);
    (void)wp_buffer_add(&open->lengths, length, sizeof length); /* there is room */
    w->ahead_bytes += len + 1;
    return WP_OK;
}

enum wp_status wp_texts_write(struct wp_texts_writer *w, struct wp_error *err) {
    if (end_block(w) != WP_OK) return no_memory(err);
    while (w->ahead && wp_pack_ahead_count(w->ahead))
        if (take_packed(w) != WP_OK) return no_memory(err);
    if (!w->packed.len) return WP_OK;
    WP_TRY(w->fs->write(w->fs->self, &w->file, w->packed.data, w->packed.len, err));
    w->written += w->packed.len;
    w->packed.len = 0;
    w->ahead_bytes = 0;
    return WP_OK;
}

uint32_t wp_texts_place(const struct wp_texts_writer *w, uint32_t block) {
    return w->ahead && block < w->place_count ? w->places[block] : block;
}

enum wp_status wp_texts_sync(struct wp_texts_writer *w, struct wp_error *err) {
    return w->fs->sync(w->fs->self, &w->file, err);
}

/* A record of the open block. */
static enum wp_status copy_open(const struct wp_texts_writer *w, struct wp_text_reader *r, uint32_t place,
                                const uint8_t **data, size_t *len, struct wp_error *err) {
    size_t offset = 0;
    for (uint32_t i = 0; i < place; i++) offset += wp_load32(w->open.lengths.data + 4 * i);
    *len = wp_load32(w->open.lengths.data + 4 * place);
    r->id = 0;
    r->block.len = 0;
    if (wp_buffer_reserve(&r->block, *len + PADDING, SIZE_MAX) != WP_OK) return no_memory(err);
    if (*len) memcpy(r->block.data, w->open.records.data + offset, *len);
    memset(r->block.data + *len, 0, PADDING);
    *data = r->block.data;
    return WP_OK;
}

enum wp_status wp_texts_waiting(struct wp_texts_writer *w, const struct wp_texts *t, struct wp_text_reader *r,
                                uint32_t block, uint32_t place, const uint8_t **data, size_t *len,
                                struct wp_error *err) {
    uint32_t open;
    (void)name_block(w, &open, NULL);
    if (block == open) return copy_open(w, r, place, data, len, err);
    while (w->ahead && w->place_count <= block)
        if (take_packed(w) != WP_OK) return no_memory(err);
    block = wp_texts_place(w, block);
    const uint8_t *stored = w->packed.data + (block - w->written);
    struct wp_block_head head;
    wp_block_head_read(&head, stored);
    WP_TRY(unpack(t, r, block, &head, stored + WP_BLOCK_HEAD_BYTES, place, err));
    (void)pick(r, place, data, len); /* it is there */
    return WP_OK;
}

void wp_texts_writer_release(struct wp_texts_writer *w) {
    wp_file_close(&w->file, NULL);
    wp_pack_ahead_free(w->ahead);
    wp_buffer_release(&w->packed);
    wp_text_block_release(&w->open);
    wp_free(w->places);
    wp_packer_free(w->packer);
    *w = (struct wp_texts_writer){0};
}
