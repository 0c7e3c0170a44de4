/*
 * parts.h - items of one size thrown into numbered parts by several threads, gathered part by part later.
 *
 * The order of items within a part is not kept: who gathers sorts. Each thread has its own sender, which
 * holds a small run of items per part so that the part's lock is taken once a run. Chunks that fill up leave
 * memory when the budget is used up.
 */
#ifndef WP_BASE_PARTS_H
#define WP_BASE_PARTS_H

#include "base/bytes.h"
#include "base/chunks.h"
#include "base/spill.h"

struct wp_part {
    pthread_mutex_t lock; /* guards the rest */
    uint64_t *chunks;     /* address of a chunk in memory, or offset << 1 | 1 in the spill file */
    size_t count, cap;    /* of chunks; the last one may be partly filled */
    size_t used;          /* bytes in the last chunk */
    uint64_t items;
};

struct wp_parts {
    size_t item_bytes, part_count, chunk_bytes; /* constant */
    struct wp_chunk_pool *pool;                 /* of its chunks; NULL: they are allocated one by one */
    struct wp_spill spill;
    struct wp_part *parts;
};

struct wp_parts_sender {
    struct wp_parts *parts;
    uint8_t *runs; /* part_count runs of run_items, run_bytes from one to the next, with slack */
    size_t item_bytes, run_bytes;
    uint32_t *counts; /* items waiting per part */
    uint32_t run_items;
};

/* part_count: 1..65536. A chunk holds about chunk_bytes. */
enum wp_status wp_parts_init(struct wp_parts *p, size_t item_bytes, size_t part_count, size_t chunk_bytes,
                             struct wp_budget *budget);
/* Chunks come from a pool of that size or more, which outlives the parts. Before anything is sent. */
void wp_parts_use_pool(struct wp_parts *p, struct wp_chunk_pool *pool);
void wp_parts_release(struct wp_parts *p);
uint64_t wp_parts_count(const struct wp_parts *p, size_t part);

enum wp_status wp_parts_sender_init(struct wp_parts_sender *s, struct wp_parts *p, uint32_t run_items);
/* Sends what waits. Must be called before the parts are gathered. */
enum wp_status wp_parts_sender_flush(struct wp_parts_sender *s, struct wp_error *err);
void wp_parts_sender_release(struct wp_parts_sender *s);
/* Moves the run of one part out. */
enum wp_status wp_parts_send_run(struct wp_parts_sender *s, size_t part, struct wp_error *err);

/* Adds one item of up to 8 bytes: the lowest ones of a number. */
static inline enum wp_status wp_parts_send64(struct wp_parts_sender *s, size_t part, uint64_t item,
                                             struct wp_error *err) {
    uint32_t n = s->counts[part];
    wp_store64(s->runs + part * s->run_bytes + n * s->item_bytes, item); /* the next one covers the rest */
    s->counts[part] = n + 1;
    return n + 1 < s->run_items ? WP_OK : wp_parts_send_run(s, part, err);
}
/* Adds one item of item_bytes. */
enum wp_status wp_parts_send(struct wp_parts_sender *s, size_t part, const void *item, struct wp_error *err);

/* Copies all items of a part to out, which has room for wp_parts_count of them. When one sender alone has
 * filled the part, they come in the order of sending. Any thread, after filling. */
enum wp_status wp_parts_read(struct wp_parts *p, size_t part, void *out, struct wp_error *err);
/* The same, and frees the part's memory. One thread per part. */
enum wp_status wp_parts_take(struct wp_parts *p, size_t part, void *out, struct wp_error *err);
/* The same of items that wp_parts_send64 added, as numbers. */
enum wp_status wp_parts_take64(struct wp_parts *p, size_t part, uint64_t *out, struct wp_error *err);

#endif
