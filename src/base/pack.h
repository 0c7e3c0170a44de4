/*
 * pack.h - single zstd blocks, with a dictionary or without: what an index keeps its texts in.
 *
 * A block is one zstd frame, in parts (zstd's blocks) that are unpacked one after the other. It carries
 * neither its dictionary's id nor a checksum: who stores it knows both, and the length it unpacks to. A
 * dictionary is any bytes that zstd's training made (wp_dictionary_train) and is borrowed. A packer or
 * unpacker belongs to one thread at a time.
 *
 * What is to be packed is put where the packer says: right behind the dictionary. So the two are one stretch
 * of memory to zstd, which looks for matches in one stretch much faster than in two, and finds the same. What
 * is unpacked comes to stand behind the dictionary likewise, and is copied from there: that takes two thirds
 * of the time of unpacking it to where it is wanted. There is room for one block at a time behind a
 * dictionary; who finds it taken by another thread does without.
 */
#ifndef WP_BASE_PACK_H
#define WP_BASE_PACK_H

#include <stddef.h>
#include <stdint.h>
#include "base/memory.h"

struct wp_packer;
struct wp_unpacker;

/* level: zstd's. dictionary may be NULL with 0 bytes; it is copied. WP_ENOMEM. */
enum wp_status wp_packer_new(struct wp_packer **p, int level, const void *dictionary, size_t bytes);
void wp_packer_free(struct wp_packer *p);
/* Where the `len` bytes of the next block are to be put; NULL when out of memory. Until wp_pack. */
uint8_t *wp_packer_room(struct wp_packer *p, size_t len);
/* Packs the `len` bytes that were put there and appends them to *out. Who unpacks them may stop behind the
 * first `part` of them; 0 or len: no need for that, and a few bytes saved. WP_ENOMEM. */
enum wp_status wp_pack(struct wp_packer *p, size_t len, size_t part, struct wp_buffer *out);

/* A dictionary made ready for unpacking. Any thread, several at once. The data is copied. WP_ENOMEM. */
struct wp_dictionary;
enum wp_status wp_dictionary_new(struct wp_dictionary **d, const void *data, size_t bytes);
void wp_dictionary_free(struct wp_dictionary *d);

enum wp_status wp_unpacker_new(struct wp_unpacker **u);
void wp_unpacker_free(struct wp_unpacker *u);
/* Unpacks a block of which it is known that it holds `len` bytes, into out[len]. dictionary may be NULL.
 * WP_EDAMAGED when it does not. */
enum wp_status wp_unpack(struct wp_unpacker *u, struct wp_dictionary *dictionary, const void *block,
                         size_t block_len, void *out, size_t len);

/* The same from the front on, and no further than need be. All is borrowed, and the room behind the
 * dictionary taken, until wp_unpack_end, which comes in any case. */
enum wp_status wp_unpack_begin(struct wp_unpacker *u, struct wp_dictionary *dictionary, const void *block,
                               size_t block_len, void *out, size_t len);
/* Goes on until the first `bytes` of out (at most len) are there; *got of them are, that many or more.
 * WP_EDAMAGED when the block has less. What comes behind them is not looked at. */
enum wp_status wp_unpack_to(struct wp_unpacker *u, size_t bytes, size_t *got);
void wp_unpack_end(struct wp_unpacker *u);

/* Makes a dictionary of up to `most` bytes from samples that lie one behind the other; returns how long it
 * is, 0 when there is too little to learn from. out has room for `most`. */
size_t wp_dictionary_train(const void *samples, const size_t *lengths, unsigned count, void *out,
                           size_t most);

#endif
