/* format.c - see format.h. */
#include "index/format.h"

#include <stdio.h>
#include "base/file.h"
#include "base/memory.h"

static const uint8_t magic[8] = {'w', 'i', 'r', 'e', 'p', 'r', 'n', 't'};

static void put16(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static uint16_t get16(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

void wp_row_write(uint8_t out[WP_ROW_BYTES], const struct wp_row *row) {
    wp_store64(out, row->id.low);
    wp_store64(out + 8, row->id.high);
    wp_store64(out + 16, row->exact.low);
    wp_store64(out + 24, row->exact.high);
    wp_store64(out + 32, (uint64_t)row->date);
    wp_store32(out + 40, row->tokens);
    wp_store32(out + 44, row->shingles);
    wp_store32(out + 48, row->owner);
    wp_store32(out + 52, row->story);
    wp_store32(out + 56, row->to);
    wp_store32(out + 60, row->block);
    put16(out + 64, row->place);
    put16(out + 66, row->texts);
    put16(out + 68, row->samples);
    out[70] = row->width;
    out[71] = wp_row_ties(row);
    put16(out + 72, row->coverage);
    put16(out + 74, row->jaccard);
    wp_store32(out + 76, row->added);
    for (int i = 0; i < WP_TITLE_WORDS; i++) put16(out + 80 + 2 * i, row->title.words[i]);
}

void wp_row_read(struct wp_row *row, const uint8_t in[WP_ROW_BYTES]) {
    row->id = (struct wp_hash128){wp_load64(in), wp_load64(in + 8)};
    row->exact = (struct wp_hash128){wp_load64(in + 16), wp_load64(in + 24)};
    row->date = (int64_t)wp_load64(in + 32);
    row->tokens = wp_load32(in + 40);
    row->shingles = wp_load32(in + 44);
    row->owner = wp_load32(in + 48);
    row->story = wp_load32(in + 52);
    row->to = wp_load32(in + 56);
    row->block = wp_load32(in + 60);
    row->place = get16(in + 64);
    row->texts = get16(in + 66);
    row->samples = get16(in + 68);
    row->width = in[70];
    wp_row_set_ties(row, in[71]);
    row->coverage = get16(in + 72);
    row->jaccard = get16(in + 74);
    row->added = wp_load32(in + 76);
    for (int i = 0; i < WP_TITLE_WORDS; i++) row->title.words[i] = get16(in + 80 + 2 * i);
}

void wp_header_write(uint8_t out[WP_HEADER_BYTES], enum wp_index_kind kind, uint32_t number) {
    memcpy(out, magic, sizeof magic);
    wp_store32(out + 8, kind);
    wp_store32(out + 12, WP_INDEX_VERSION);
    wp_store64(out + 16, wp_scheme_id());
    wp_store64(out + 24, number);
    wp_store64(out + 32, wp_hash64(out, 32));
}

enum wp_status wp_header_check(const uint8_t *data, size_t len, enum wp_index_kind kind, uint32_t number,
                               const char *name, struct wp_error *err) {
    static const char *const kinds[] = {"", "manifest", "log", "text file", "segment", "state", "settings"};
    if (len < WP_HEADER_BYTES || memcmp(data, magic, sizeof magic) != 0)
        return wp_fail_file(err, WP_EDAMAGED, name, "is no file of an index");
    if (wp_load64(data + 32) != wp_hash64(data, 32))
        return wp_fail_file(err, WP_EDAMAGED, name, "the header is damaged");
    uint32_t version = wp_load32(data + 12);
    if (version < WP_INDEX_VERSION_OLDEST || version > WP_INDEX_VERSION)
        return wp_fail_file(err, WP_EVERSION, name, "has format version %u, this program reads %d to %d",
                            version, WP_INDEX_VERSION_OLDEST, WP_INDEX_VERSION);
    if (wp_load64(data + 16) != wp_scheme_id())
        return wp_fail_file(err, WP_ESCHEME, name,
                            "was made with fingerprint scheme %016llx, this program has %016llx",
                            (unsigned long long)wp_load64(data + 16), (unsigned long long)wp_scheme_id());
    if (wp_load32(data + 8) != kind || wp_load64(data + 24) != number)
        return wp_fail_file(err, WP_EDAMAGED, name, "is not the %s that it should be", kinds[kind]);
    return WP_OK;
}

void wp_block_head_write(uint8_t out[WP_BLOCK_HEAD_BYTES], uint32_t block_magic, uint32_t a, uint32_t b,
                         const void *data, size_t stored) {
    wp_store32(out, block_magic);
    wp_store32(out + 4, (uint32_t)stored);
    wp_store32(out + 8, a);
    wp_store32(out + 12, b);
    wp_store64(out + 16, wp_hash64(data, stored) + wp_hash64(out, 16));
}

void wp_block_head_read(struct wp_block_head *head, const uint8_t in[WP_BLOCK_HEAD_BYTES]) {
    *head = (struct wp_block_head){wp_load32(in), wp_load32(in + 4), wp_load32(in + 8), wp_load32(in + 12),
                                   wp_load64(in + 16)};
}

int wp_block_is_sound(const uint8_t head[WP_BLOCK_HEAD_BYTES], const void *data, size_t stored) {
    return wp_load64(head + 16) == wp_hash64(data, stored) + wp_hash64(head, 16);
}

char *wp_index_name(const char *dir, enum wp_index_kind kind, uint32_t number) {
    static const char *const ends[] = {"", "manifest", "log", "txt", "seg", "state"};
    char name[32];
    snprintf(name, sizeof name, "%06u.%s", number, ends[kind]);
    return wp_path_join(dir, kind == WP_INDEX_MANIFEST ? WP_MANIFEST_NAME : name);
}
