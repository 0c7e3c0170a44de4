/*
 * chunks.h - chunks of one size, cut from large areas and used again and again.
 *
 * Stores of a run fill some ten thousand chunks of a few pages each, free them in another order, and the next
 * stage fills as many again. From the allocator of the system each page of them is faulted in by itself, and
 * what the stage before has freed is either held by threads that do not need it or given back and faulted in
 * anew. Here areas are of huge pages, and a chunk that was given back is the next one taken: what the stages
 * need one after the other is there once.
 */
#ifndef WP_BASE_CHUNKS_H
#define WP_BASE_CHUNKS_H

#include <pthread.h>
#include <stdint.h>
#include "base/memory.h"

struct wp_chunk_pool {
    size_t chunk_bytes;   /* constant */
    pthread_mutex_t lock; /* guards the rest */
    uint8_t **areas;
    size_t area_count, area_cap;
    size_t cut;     /* chunks cut from the last area so far */
    uint8_t **idle; /* chunks given back, with room for all there are */
    size_t idle_count, idle_cap;
};

/* chunk_bytes: a power of two from 4 KiB to 2 MiB. */
void wp_chunk_pool_init(struct wp_chunk_pool *p, size_t chunk_bytes);
/* All chunks are gone with it. Zero-initialised may be released. */
void wp_chunk_pool_release(struct wp_chunk_pool *p);
/* A chunk, contents undefined; NULL when out of memory. Any thread, as the two below. */
void *wp_chunk_take(struct wp_chunk_pool *p);
void wp_chunk_give(struct wp_chunk_pool *p, void *chunk);
/* Gives the memory of idle chunks back to the system; they can be taken again. */
void wp_chunk_pool_trim(struct wp_chunk_pool *p);

#endif
