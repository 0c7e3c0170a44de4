/*
 * pack_ahead.h - text blocks are packed on a thread of their own, while the writer goes on.
 *
 *     writer      put, put, put ...                     take, take: packed blocks, in the order of putting
 *     thread           pack       pack       pack
 *
 * Few blocks are on their way, and few bytes; who wants to put one more takes one first. What comes out is
 * what packing on the spot gives.
 *
 * All but the thread inside: one thread, the writer's.
 */
#ifndef WP_INDEX_PACK_AHEAD_H
#define WP_INDEX_PACK_AHEAD_H

#include <stdbool.h>
#include "base/memory.h"

enum {
    WP_PACK_AHEAD = 16,                /* blocks on their way, at most; */
    WP_PACK_AHEAD_BYTES_MAX = 4 << 20, /* more of their bytes than this only when it is one block */
};

struct wp_packer;
struct wp_pack_ahead;

/* What a block of a text file is made of. Zero-initialised is empty. */
struct wp_text_block {
    struct wp_buffer lengths; /* of the records, as they are stored: 32 bits each */
    struct wp_buffer records; /* one behind the other */
};
static inline size_t wp_text_block_count(const struct wp_text_block *b) {
    return b->lengths.len / 4;
}
static inline size_t wp_text_block_bytes(const struct wp_text_block *b) {
    return b->lengths.len + b->records.len;
}
void wp_text_block_release(struct wp_text_block *b);

/* Packs one block, in two parts when it is not too short: appends head and packed bytes to *out. WP_ENOMEM:
 * *out is as before. */
enum wp_status wp_text_block_pack(struct wp_packer *packer, const struct wp_text_block *block,
                                  struct wp_buffer *out);

/* The packer is borrowed, and the thread's alone until wp_pack_ahead_free. NULL when there is no memory or no
 * thread to be had: then it goes on without. */
struct wp_pack_ahead *wp_pack_ahead_new(struct wp_packer *packer);
/* Waits for the thread; what was not taken is lost. NULL is fine. */
void wp_pack_ahead_free(struct wp_pack_ahead *p);

/* Blocks on their way. */
size_t wp_pack_ahead_count(const struct wp_pack_ahead *p);
/* Is there no room for a block of so many bytes? */
bool wp_pack_ahead_is_full(const struct wp_pack_ahead *p, size_t bytes);
/* Hands a block over: it is exchanged for an empty one. Not when full. */
void wp_pack_ahead_put(struct wp_pack_ahead *p, struct wp_text_block *block);
/* Appends the oldest block on its way to *out, and waits for it if need be. WP_ENOMEM, in this call and in
 * every further one; nothing is appended. */
enum wp_status wp_pack_ahead_take(struct wp_pack_ahead *p, struct wp_buffer *out);

#endif
