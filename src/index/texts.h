/*
 * texts.h - the records of an index, byte for byte, in packed blocks.
 *
 *     header | dictionary block | block | block | ...
 *
 * A block is a head (format.h) and one zstd frame; unpacked it is
 *
 *     length of record 0, of record 1, ... (32 bits each) | record 0 | record 1 | ...
 *
 * with the number of records in the head's `a` and the unpacked length in `b`. The frame is in two parts
 * (zstd's blocks), the first ends with a record: who wants one of that unpacks no more. Any other division is
 * as good, or none. A text file grows while its generation is being filled, by whole blocks, and is never
 * rewritten. Where a record is: the offset of its block, and its place in it. The dictionary is learnt from
 * records of the generation before.
 */
#ifndef WP_INDEX_TEXTS_H
#define WP_INDEX_TEXTS_H

#include "base/fs.h"
#include "base/pack.h"
#include "index/format.h"
#include "index/pack_ahead.h"

enum {
    WP_TEXT_BLOCK_BYTES = 20 << 10,       /* before packing; a block ends with the record that passes it */
    WP_TEXT_LEVEL = 1,                    /* zstd's */
    WP_TEXT_DICTIONARY_BYTES = 256 << 10, /* at most */
};

/* ---- reading ---- */

/* An open text file. Any thread may read, each with a reader of its own. */
struct wp_texts {
    uint32_t number;
    struct wp_file file;
    uint64_t first; /* offset of the first block */
    struct wp_buffer dictionary;
    struct wp_dictionary *ready; /* the same for unpacking; NULL when there is none */
    uint64_t id;                 /* of this opening, never used twice in a process: for caches */
};

/* WP_ENOENT, WP_EDAMAGED, WP_EVERSION, WP_ESCHEME, WP_EIO, WP_ENOMEM. Release in any case. */
enum wp_status wp_texts_open(struct wp_texts *t, const char *dir, uint32_t number, struct wp_error *err);
void wp_texts_release(struct wp_texts *t);

/* A thread's scratch: the block that was read last. Zero-initialised is empty. */
struct wp_text_reader {
    struct wp_unpacker *unpacker;
    struct wp_buffer packed, block; /* the block: what of it is unpacked, */
    size_t bytes;                   /* of so many bytes */
    uint64_t id;                    /* of the texts that the block is of; 0 = none */
    uint64_t offset, next;
    uint32_t records;
};
void wp_text_reader_release(struct wp_text_reader *r);

/* Unpacks all of the block at `offset` (nothing to do when it is at hand), checking it. r->records and
 * r->next (the offset behind it) are then set. WP_END at the end of the file, WP_EDAMAGED with the offset. */
enum wp_status wp_texts_load(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                             struct wp_error *err);
/* The record at a place; borrowed until the reader reads again. 64 readable bytes stand behind it. The block
 * is unpacked so far only, unless the reader comes from it or from the one before: who reads on wants all. */
enum wp_status wp_texts_get(const struct wp_texts *t, struct wp_text_reader *r, uint64_t block,
                            uint32_t place, const uint8_t **data, size_t *len, struct wp_error *err);
/* Reads and checks the stored bytes of a block without unpacking it; *next is the offset behind. WP_END at
 * the end of the file. */
enum wp_status wp_texts_check(const struct wp_texts *t, struct wp_text_reader *r, uint64_t offset,
                              uint64_t *next, struct wp_error *err);

/* How many records there are in the blocks before `end`, by their heads alone. WP_EDAMAGED. */
enum wp_status wp_texts_count(const struct wp_texts *t, uint64_t end, uint64_t *records,
                              struct wp_error *err);

/* ---- writing ---- */

struct wp_texts_writer {
    const struct wp_fs *fs;
    struct wp_file file;
    uint32_t number;
    uint64_t written;          /* bytes of the file */
    struct wp_buffer packed;   /* blocks that go behind that */
    struct wp_text_block open; /* goes behind those */
    struct wp_packer *packer;
    /* Packing on a thread of its own: blocks are numbered from the last writing on, and where each is comes
     * out later. */
    struct wp_pack_ahead *ahead; /* NULL: blocks are packed on the spot */
    uint32_t *places;            /* where they are, by block, as far as it is known */
    size_t place_count, place_cap;
    uint64_t ahead_bytes; /* of records since the last writing */
};

/* Makes the file, with that dictionary (0 bytes: none). */
enum wp_status wp_texts_create(struct wp_texts_writer *w, const struct wp_fs *fs, const char *dir,
                               uint32_t number, const struct wp_buffer *dictionary, struct wp_error *err);
/* Goes on behind the first `bytes` bytes of a file; t is the same file, opened. */
enum wp_status wp_texts_resume(struct wp_texts_writer *w, const struct wp_fs *fs, const char *dir,
                               const struct wp_texts *t, uint64_t bytes, struct wp_error *err);
/* From now on blocks are packed on a thread of their own, if there is one to be had. Before the first record
 * since the last writing. The file will hold the same bytes. */
void wp_texts_pack_ahead(struct wp_texts_writer *w);
/* Takes a record into the open block; *block and *place say where it will be, once wp_texts_place has turned
 * the block. Writes nothing. */
enum wp_status wp_texts_add(struct wp_texts_writer *w, const uint8_t *record, size_t len, uint32_t *block,
                            uint16_t *place, struct wp_error *err);
/* The bytes of the file with what waits, which counts as it came: no less than they will be, or hardly; and
 * the same whether blocks are packed ahead or not. */
uint64_t wp_texts_size(const struct wp_texts_writer *w);
/* Ends the open block and writes what waits, without sync. */
enum wp_status wp_texts_write(struct wp_texts_writer *w, struct wp_error *err);
/* The offset of a block that wp_texts_add named: of those that went with the last writing, until a record is
 * added. The same number when blocks are packed on the spot. */
uint32_t wp_texts_place(const struct wp_texts_writer *w, uint32_t block);
enum wp_status wp_texts_sync(struct wp_texts_writer *w, struct wp_error *err);
/* A record that was added since the last writing. t: the file, opened. */
enum wp_status wp_texts_waiting(struct wp_texts_writer *w, const struct wp_texts *t, struct wp_text_reader *r,
                                uint32_t block, uint32_t place, const uint8_t **data, size_t *len,
                                struct wp_error *err);
void wp_texts_writer_release(struct wp_texts_writer *w);

#endif
