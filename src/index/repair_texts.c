/*
 * repair_texts.c - text files: what can be read of them, and making them whole. See salvage.h.
 *
 * A file is read block by block. Where no sound block begins the next one is looked for, and what lies in
 * between is a hole. A file with holes is written anew with an empty block in place of each, and takes the
 * old one's name: whatever refers to one of the other blocks still does.
 */
#include "base/memory.h"
#include "index/salvage.h"

enum {
    FRONT_BYTES = WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES, /* before the dictionary */
    EMPTY_BYTES = 8, /* the shortest zstd frame that holds nothing: its magic and how long it is */
    HOLE_MIN = WP_BLOCK_HEAD_BYTES + EMPTY_BYTES,
    COPY_BYTES = 1 << 20,
    RECORD_MARGIN = 64,         /* readable bytes behind a record */
    GUESS_BYTES_MAX = 64 << 20, /* of a block that is looked into although it is damaged */
};
#define ZSTD_SKIPPABLE 0x184d2a50u

/* ---- finding blocks ---- */

/* Is there a block at `at` whose checksum fits? *status is WP_OK or what stops the search. */
static bool is_block(struct wp_salvage *s, const struct wp_file *f, uint64_t at, uint64_t size,
                     enum wp_status *status, struct wp_error *err) {
    uint8_t bytes[WP_BLOCK_HEAD_BYTES];
    struct wp_block_head head;
    struct wp_buffer *b = &s->scratch;
    if (size - at < sizeof bytes) return false;
    *status = wp_file_read_at(f, bytes, sizeof bytes, at, err);
    if (*status != WP_OK) return false;
    wp_block_head_read(&head, bytes);
    if (head.magic != WP_MAGIC_TEXT_BLOCK || head.stored > size - at - sizeof bytes) return false;
    b->len = 0;
    if (wp_buffer_reserve(b, head.stored, SIZE_MAX) != WP_OK) *status = wp_salvage_no_memory(err);
    if (*status == WP_OK) *status = wp_file_read_at(f, b->data, head.stored, at + sizeof bytes, err);
    return *status == WP_OK && wp_block_is_sound(bytes, b->data, head.stored);
}

/* The first place from `at` on where such a block begins; size when there is none. */
static enum wp_status find_block(struct wp_salvage *s, const struct wp_file *f, uint64_t at, uint64_t size,
                                 uint64_t *found, struct wp_error *err) {
    static const size_t piece = 64 << 10;
    enum wp_status status = WP_OK;
    uint8_t *bytes = wp_alloc(piece, 1);
    if (!bytes) return wp_salvage_no_memory(err);
    *found = size;
    while (at + 4 <= size && *found == size && status == WP_OK) {
        size_t len = size - at < piece ? (size_t)(size - at) : piece;
        status = wp_file_read_at(f, bytes, len, at, err);
        for (size_t i = 0; i + 4 <= len && *found == size && status == WP_OK; i++)
            if (wp_load32(bytes + i) == WP_MAGIC_TEXT_BLOCK && is_block(s, f, at + i, size, &status, err))
                *found = at + i;
        at += len == piece ? piece - 3 : len;
    }
    wp_free(bytes);
    return status;
}

/* ---- the front: header and dictionary ---- */

/* Is this a header at all, of whatever file? */
static bool is_header(const uint8_t *header) {
    return wp_load64(header + 32) == wp_hash64(header, 32);
}

/* Does the checksum in the file fit these bytes, under the head that they should have? */
static bool is_dictionary(const uint8_t *front, const uint8_t *data, size_t len) {
    uint8_t head[WP_BLOCK_HEAD_BYTES];
    wp_block_head_write(head, WP_MAGIC_DICTIONARY, 0, 0, data, len);
    return !len || wp_load64(head + 16) == wp_load64(front + WP_HEADER_BYTES + 16);
}

/* The dictionary that a file of the index learnt is handed on from text file to text file. */
static const struct wp_buffer *same_dictionary(const struct wp_salvage *s, size_t len) {
    for (size_t i = 0; i < s->texts_count; i++)
        if (!s->texts[i].lost && s->texts[i].texts.dictionary.len == len)
            return &s->texts[i].texts.dictionary;
    return NULL;
}

/* Header and dictionary as they must have been, to *front; left empty when that is not known. */
static enum wp_status make_front(struct wp_salvage *s, uint32_t number, const struct wp_file *f,
                                 uint64_t size, struct wp_buffer *front, struct wp_error *err) {
    uint8_t old[FRONT_BYTES];
    uint64_t first;
    if (size < FRONT_BYTES) return WP_OK;
    WP_TRY(wp_file_read_at(f, old, sizeof old, 0, err));
    if (is_header(old) && wp_header_check(old, sizeof old, WP_INDEX_TEXTS, number, f->name, NULL) != WP_OK)
        return WP_OK; /* another file under this name */
    WP_TRY(find_block(s, f, WP_HEADER_BYTES, size, &first, err));
    size_t len = (size_t)first - FRONT_BYTES;
    if (first < FRONT_BYTES || len > WP_TEXT_DICTIONARY_BYTES) return WP_OK;
    if (wp_buffer_reserve(front, FRONT_BYTES + len, SIZE_MAX) != WP_OK) return wp_salvage_no_memory(err);
    uint8_t *data = front->data + FRONT_BYTES;
    WP_TRY(wp_file_read_at(f, data, len, FRONT_BYTES, err));
    if (!is_dictionary(old, data, len)) {
        const struct wp_buffer *same = same_dictionary(s, len);
        if (!same) return WP_OK;
        memcpy(data, same->data, len);
    }
    wp_header_write(front->data, WP_INDEX_TEXTS, number);
    wp_block_head_write(front->data + WP_HEADER_BYTES, WP_MAGIC_DICTIONARY, 0, 0, data, len);
    front->len = FRONT_BYTES + len;
    return WP_OK;
}

/* ---- writing a file anew ---- */

enum wp_status wp_salvage_copy_bytes(struct wp_salvage *s, const struct wp_file *from, uint64_t begin,
                                     uint64_t end, struct wp_file *to, struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_buffer *b = &s->scratch;
    b->len = 0;
    if (wp_buffer_reserve(b, COPY_BYTES, SIZE_MAX) != WP_OK) return wp_salvage_no_memory(err);
    for (size_t n; begin < end; begin += n) {
        n = end - begin < COPY_BYTES ? (size_t)(end - begin) : COPY_BYTES;
        WP_TRY(wp_file_read_at(from, b->data, n, begin, err));
        WP_TRY(fs->write(fs->self, to, b->data, n, err));
    }
    return WP_OK;
}

/* A block without records, `len` bytes long. */
static enum wp_status fill_hole(struct wp_salvage *s, uint64_t len, struct wp_file *to,
                                struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_buffer *b = &s->scratch;
    b->len = 0;
    if (wp_buffer_reserve(b, (size_t)len, WP_BLOCK_BYTES_MAX) != WP_OK) return wp_salvage_no_memory(err);
    size_t stored = (size_t)len - WP_BLOCK_HEAD_BYTES;
    uint8_t *data = b->data + WP_BLOCK_HEAD_BYTES;
    memset(data, 0, stored);
    wp_store32(data, ZSTD_SKIPPABLE);
    wp_store32(data + 4, (uint32_t)stored - EMPTY_BYTES);
    wp_block_head_write(b->data, WP_MAGIC_TEXT_BLOCK, 0, 0, data, stored);
    return fs->write(fs->self, to, b->data, (size_t)len, err);
}

/* What a file with another front, and with its holes filled, is made of. */
struct mended {
    const struct wp_salvaged_texts *texts;
    const struct wp_file *from;
    const struct wp_buffer *front;
};

static enum wp_status write_mended(struct wp_salvage *s, void *self, struct wp_file *to,
                                   struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    const struct mended *m = self;
    const struct wp_salvaged_texts *t = m->texts;
    uint64_t at = m->front->len;
    if (at) WP_TRY(fs->write(fs->self, to, m->front->data, m->front->len, err));
    for (size_t i = 0; i < t->hole_count; i++) {
        WP_TRY(wp_salvage_copy_bytes(s, m->from, at, t->holes[i].begin, to, err));
        WP_TRY(fill_hole(s, t->holes[i].end - t->holes[i].begin, to, err));
        at = t->holes[i].end;
    }
    return wp_salvage_copy_bytes(s, m->from, at, t->end, to, err);
}

enum wp_status wp_salvage_replace(struct wp_salvage *s, const char *name, wp_salvage_writer *write,
                                  void *self, struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_buffer aside = {0};
    struct wp_file to = {0};
    bool named = wp_buffer_print(&aside, "%s%s%c", name, WP_ASIDE_END, '\0') == WP_OK;
    enum wp_status status =
        named ? fs->create(fs->self, (char *)aside.data, &to, err) : wp_salvage_no_memory(err);
    if (status == WP_OK) status = write(s, self, &to, err);
    if (status == WP_OK) status = fs->sync(fs->self, &to, err);
    wp_file_close(&to, NULL);
    if (status == WP_OK) status = fs->rename(fs->self, (char *)aside.data, name, err);
    if (status == WP_OK) status = fs->sync_directory(fs->self, s->dir, err);
    wp_buffer_release(&aside);
    return status;
}

/* The file with another front, if one is given, and with its holes filled, under its own name. */
static enum wp_status replace(struct wp_salvage *s, const struct wp_salvaged_texts *t,
                              const struct wp_file *from, const struct wp_buffer *front,
                              struct wp_error *err) {
    struct mended m = {t, from, front};
    return wp_salvage_replace(s, from->name, write_mended, &m, err);
}

/* The file that a text file was first stays open as t->before; otherwise it is closed. */
static void keep_before(struct wp_salvaged_texts *t, struct wp_file *from) {
    if (t->before.open) {
        wp_file_close(from, NULL);
        return;
    }
    t->before = *from;
    *from = (struct wp_file){0};
}

enum wp_status wp_salvage_header(struct wp_salvage *s, enum wp_index_kind kind, uint32_t number,
                                 struct wp_error *err) {
    uint8_t header[WP_HEADER_BYTES];
    const struct wp_buffer front = {header, sizeof header, sizeof header};
    struct wp_salvaged_texts t = {.number = number};
    struct wp_file f = {0};
    struct wp_error why = {0};
    char *name = wp_salvage_name(s, kind, number);
    enum wp_status status = name ? wp_file_open(&f, name, err) : wp_salvage_no_memory(err);
    if (status == WP_OK) status = wp_file_size(&f, &t.end, err);
    bool whole = status == WP_OK && t.end > sizeof header;
    if (whole) status = wp_file_read_at(&f, header, sizeof header, 0, err);
    if (whole && status == WP_OK && !is_header(header)) {
        wp_fail_file(&why, WP_EDAMAGED, name, "the header is damaged");
        status = wp_salvage_note_file(s, WP_EDAMAGED, &why, err);
        wp_header_write(header, kind, number);
        if (status == WP_OK) status = replace(s, &t, &f, &front, err);
    }
    wp_file_close(&f, NULL);
    wp_free(name);
    return status == WP_ENOENT ? WP_OK : status;
}

/* ---- reading through ---- */

static enum wp_status add_hole(struct wp_salvaged_texts *t, uint64_t begin, uint64_t end,
                               struct wp_error *err) {
    if (WP_GROW(t->holes, t->hole_count, t->hole_cap) != WP_OK) return wp_salvage_no_memory(err);
    if (end - begin < HOLE_MIN) end = begin + HOLE_MIN; /* at the end of the file only */
    t->holes[t->hole_count++] = (struct wp_salvaged_hole){begin, end};
    if (end > t->end) t->end = end;
    return WP_OK;
}

/* The next sound block behind a hole that begins at `at`, or the end. */
static enum wp_status pass_hole(struct wp_salvage *s, const struct wp_texts *texts, uint64_t at,
                                uint64_t size, uint64_t *next, struct wp_error *err) {
    for (uint64_t from = at + HOLE_MIN; from < size; from = *next + 1) {
        WP_TRY(find_block(s, &texts->file, from, size, next, err));
        if (*next == size) return WP_OK;
        enum wp_status status = wp_texts_load(texts, &s->reader, *next, err);
        if (status != WP_EDAMAGED) return status;
    }
    *next = size;
    return WP_OK;
}

/* Blocks and holes of an open file. What stands behind `least` and is no block was never committed. */
static enum wp_status scan(struct wp_salvage *s, struct wp_salvaged_texts *t, uint64_t least,
                           struct wp_error *err) {
    uint64_t size, next;
    struct wp_error why = {0};
    t->block_count = t->hole_count = 0;
    t->records = 0;
    WP_TRY(wp_file_size(&t->texts.file, &size, err));
    t->end = size;
    for (uint64_t at = t->texts.first; at < size; at = next) {
        enum wp_status status = wp_texts_load(&t->texts, &s->reader, at, &why);
        if (status == WP_OK) {
            if (WP_GROW(t->blocks, t->block_count, t->block_cap) != WP_OK) return wp_salvage_no_memory(err);
            t->blocks[t->block_count++] = (struct wp_salvaged_block){at, t->records};
            t->records += s->reader.records;
            next = s->reader.next;
            continue;
        }
        if (status == WP_EDAMAGED) status = pass_hole(s, &t->texts, at, size, &next, err);
        if (status != WP_OK) return status;
        if (next == size && at >= least) {
            t->end = at;
            return WP_OK;
        }
        WP_TRY(wp_salvage_note_file(s, WP_EDAMAGED, &why, err));
        WP_TRY(add_hole(t, at, next, err));
    }
    if (size >= least) return WP_OK;
    wp_fail_file(&why, WP_EDAMAGED, t->texts.file.name, "is %llu bytes shorter than it should be",
                 (unsigned long long)(least - size));
    WP_TRY(wp_salvage_note_file(s, WP_EDAMAGED, &why, err));
    return add_hole(t, size, least, err);
}

/* Gives a file whose beginning is damaged another one, if that is known. */
static enum wp_status mend_front(struct wp_salvage *s, struct wp_salvaged_texts *t, struct wp_error *err) {
    struct wp_buffer front = {0};
    struct wp_file f = {0};
    char *name = wp_index_name(s->dir, WP_INDEX_TEXTS, t->number);
    enum wp_status status = name ? wp_file_open(&f, name, err) : wp_salvage_no_memory(err);
    wp_free(name);
    if (status == WP_OK) status = wp_file_size(&f, &t->end, err);
    if (status == WP_OK) status = make_front(s, t->number, &f, t->end, &front, err);
    t->lost = !front.len;
    if (status == WP_OK && !t->lost) status = replace(s, t, &f, &front, err);
    if (status == WP_OK && !t->lost) keep_before(t, &f);
    wp_file_close(&f, NULL);
    wp_buffer_release(&front);
    return status;
}

static enum wp_status open_and_mend(struct wp_salvage *s, struct wp_salvaged_texts *t, uint64_t least,
                                    struct wp_error *err) {
    static const struct wp_buffer no_front = {0};
    struct wp_error why = {0};
    enum wp_status status = wp_texts_open(&t->texts, s->dir, t->number, &why);
    if (status != WP_OK) {
        wp_texts_release(&t->texts);
        t->damaged = true;
        WP_TRY(wp_salvage_note_file(s, status, &why, err));
        t->lost = status == WP_ENOENT;
        if (!t->lost) WP_TRY(mend_front(s, t, err));
        if (t->lost) return WP_OK;
        WP_TRY(wp_texts_open(&t->texts, s->dir, t->number, err));
    }
    WP_TRY(scan(s, t, least, err));
    if (!t->hole_count) return WP_OK;
    t->damaged = true;
    struct wp_file from = t->texts.file;
    t->texts.file = (struct wp_file){0};
    status = replace(s, t, &from, &no_front, err);
    keep_before(t, &from);
    wp_texts_release(&t->texts);
    return status == WP_OK ? wp_texts_open(&t->texts, s->dir, t->number, err) : status;
}

enum wp_status wp_salvage_texts(struct wp_salvage *s, uint32_t number, uint64_t least, struct wp_error *err) {
    if (WP_GROW(s->texts, s->texts_count, s->texts_cap) != WP_OK) return wp_salvage_no_memory(err);
    struct wp_salvaged_texts *t = &s->texts[s->texts_count++];
    *t = (struct wp_salvaged_texts){.number = number};
    return open_and_mend(s, t, least, err);
}

void wp_salvaged_texts_release(struct wp_salvaged_texts *t) {
    wp_texts_release(&t->texts);
    wp_file_close(&t->before, NULL);
    wp_free(t->blocks);
    wp_free(t->holes);
}

/* ---- records by ordinal ---- */

void wp_salvage_count_records(struct wp_salvage *s) {
    s->records = 0;
    for (size_t i = 0; i < s->texts_count; i++) {
        struct wp_salvaged_texts *t = &s->texts[i];
        t->first = s->records;
        for (size_t j = 0; j < t->block_count; j++) t->blocks[j].first += t->first;
        s->records += t->records;
    }
}

struct wp_salvaged_texts *wp_salvage_find_texts(const struct wp_salvage *s, uint32_t number) {
    for (size_t i = 0; i < s->texts_count; i++)
        if (s->texts[i].number == number) return s->texts[i].lost ? NULL : &s->texts[i];
    return NULL;
}

/* Ordinal behind the last record of a block. */
static uint64_t block_end(const struct wp_salvaged_texts *t, size_t block) {
    return block + 1 < t->block_count ? t->blocks[block + 1].first : t->first + t->records;
}

bool wp_salvage_ordinal(const struct wp_salvage *s, uint32_t texts, uint64_t block, uint32_t place,
                        uint64_t *ordinal) {
    const struct wp_salvaged_texts *t = wp_salvage_find_texts(s, texts);
    size_t low = 0, high = t ? t->block_count : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (t->blocks[mid].offset < block)
            low = mid + 1;
        else
            high = mid;
    }
    if (!t || low == t->block_count || t->blocks[low].offset != block) return false;
    *ordinal = t->blocks[low].first + place;
    return *ordinal < block_end(t, low);
}

const struct wp_salvaged_texts *wp_salvage_place(const struct wp_salvage *s, uint64_t ordinal,
                                                 uint64_t *block, uint32_t *place) {
    const struct wp_salvaged_texts *t = s->texts;
    while (ordinal >= t->first + t->records) t++;
    size_t low = 0, high = t->block_count;
    while (high - low > 1) { /* the last block that begins at or before it; empty ones begin where they end */
        size_t mid = low + (high - low) / 2;
        if (t->blocks[mid].first <= ordinal)
            low = mid;
        else
            high = mid;
    }
    *block = t->blocks[low].offset;
    *place = (uint32_t)(ordinal - t->blocks[low].first);
    return t;
}

enum wp_status wp_salvage_make(struct wp_salvage *s, uint64_t ordinal, struct wp_made_article *out,
                               struct wp_error *err) {
    uint64_t block;
    uint32_t place;
    const uint8_t *data;
    size_t len;
    const struct wp_article_maker *maker = &s->options->maker;
    const struct wp_salvaged_texts *t = wp_salvage_place(s, ordinal, &block, &place);
    WP_TRY(wp_texts_get(&t->texts, &s->reader, block, place, &data, &len, err));
    enum wp_status status = maker->make(maker->self, data, len, out);
    if (status != WP_OK) return wp_fail_file(err, status, t->texts.file.name, "holds what is no record");
    out->row.block = (uint32_t)block;
    out->row.place = (uint16_t)place;
    out->row.texts = 0;
    return WP_OK;
}

/* Unpacks a block of which nothing is known to be right to *out. */
static bool try_unpack(const struct wp_salvaged_texts *t, uint64_t offset, struct wp_buffer *out,
                       uint32_t *records) {
    uint8_t bytes[WP_BLOCK_HEAD_BYTES];
    struct wp_block_head head;
    struct wp_buffer packed = {0};
    struct wp_unpacker *unpacker = NULL;
    if (wp_file_read_at(&t->before, bytes, sizeof bytes, offset, NULL) != WP_OK) return false;
    wp_block_head_read(&head, bytes);
    *records = head.a;
    bool good = head.stored <= GUESS_BYTES_MAX && head.b <= GUESS_BYTES_MAX &&
                4 * (uint64_t)head.a <= head.b &&
                wp_buffer_reserve(&packed, head.stored, SIZE_MAX) == WP_OK &&
                wp_buffer_reserve(out, head.b + RECORD_MARGIN, SIZE_MAX) == WP_OK &&
                wp_unpacker_new(&unpacker) == WP_OK &&
                wp_file_read_at(&t->before, packed.data, head.stored, offset + sizeof bytes, NULL) == WP_OK &&
                wp_unpack(unpacker, t->texts.ready, packed.data, head.stored, out->data, head.b) == WP_OK;
    if (good) {
        out->len = head.b;
        memset(out->data + head.b, 0, RECORD_MARGIN);
    }
    wp_unpacker_free(unpacker);
    wp_buffer_release(&packed);
    return good;
}

/* A damaged block may unpack all the same: what of it is right is seen by the hash of the id. */
void wp_salvage_guess_id(struct wp_salvage *s, uint32_t texts, const struct wp_row *row) {
    struct wp_salvaged_texts *t = wp_salvage_find_texts(s, texts);
    struct wp_buffer block = {0};
    struct wp_made_article made;
    uint32_t records;
    s->scratch.len = 0;
    if (t && t->before.open && try_unpack(t, row->block, &block, &records) && row->place < records) {
        uint64_t at = 4 * (uint64_t)records, len = wp_load32(block.data + 4 * row->place);
        for (uint32_t i = 0; i < row->place; i++) at += wp_load32(block.data + 4 * i);
        bool inside = at <= block.len && len <= block.len - at;
        const struct wp_article_maker *maker = &s->options->maker;
        if (inside && maker->make(maker->self, block.data + at, (size_t)len, &made) == WP_OK) {
            struct wp_hash128 hash = wp_hash128(made.id, made.id_len);
            if (wp_hash128_equal(hash, row->id)) wp_buffer_add(&s->scratch, made.id, made.id_len);
        }
    }
    wp_buffer_release(&block);
}
