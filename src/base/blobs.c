/* blobs.c - see blobs.h. A reference is the chunk's number << 21 | the offset in it. */
#include "base/blobs.h"

#include <string.h>
#include "base/memory.h"

#define OFFSET_BITS 21

void wp_blobs_init(struct wp_blobs *b, struct wp_budget *budget, size_t ram_limit_bytes) {
    memset(b, 0, sizeof *b);
    wp_spill_init(&b->spill, budget);
    b->ram_limit_bytes = ram_limit_bytes;
    pthread_mutex_init(&b->lock, NULL);
}

void wp_blobs_release(struct wp_blobs *b) {
    for (size_t i = 0; i < b->count; i++) {
        if (!b->chunks[i].ram) continue;
        wp_free(b->chunks[i].ram);
        wp_budget_give(b->spill.budget, b->chunks[i].bytes);
    }
    wp_free(b->chunks);
    if (b->spill.budget) {
        wp_spill_release(&b->spill);
        pthread_mutex_destroy(&b->lock);
    }
    memset(b, 0, sizeof *b);
}

void wp_blob_writer_init(struct wp_blob_writer *w, struct wp_blobs *b) {
    *w = (struct wp_blob_writer){.blobs = b};
}

/* Takes a number for a new chunk. */
static enum wp_status number_chunk(struct wp_blobs *b, uint64_t *number) {
    pthread_mutex_lock(&b->lock);
    enum wp_status status = WP_GROW(b->chunks, b->count, b->cap);
    if (status == WP_OK) {
        *number = b->count++;
        b->chunks[*number] = (struct wp_blob_chunk){0};
    }
    pthread_mutex_unlock(&b->lock);
    return status;
}

/* Puts what the writer's chunk holds where it will stay. A spilled chunk's memory remains with the writer. */
static enum wp_status file_chunk(struct wp_blob_writer *w, struct wp_error *err) {
    struct wp_blobs *b = w->blobs;
    if (!w->used) return WP_OK;
    struct wp_blob_chunk filed = {.bytes = w->used};
    bool room = atomic_fetch_add(&b->ram_bytes, filed.bytes) + filed.bytes <= b->ram_limit_bytes;
    if (room && !wp_budget_full(b->spill.budget)) {
        wp_budget_take(b->spill.budget, filed.bytes);
        filed.ram = w->chunk;
        w->chunk = NULL;
        w->cap = 0;
    } else {
        atomic_fetch_sub(&b->ram_bytes, filed.bytes);
        WP_TRY(wp_spill_write(&b->spill, w->chunk, filed.bytes, &filed.offset, err));
    }
    w->used = 0;
    pthread_mutex_lock(&b->lock);
    b->chunks[w->number] = filed;
    pthread_mutex_unlock(&b->lock);
    return WP_OK;
}

/* An empty chunk with room for len bytes, and a number for it. What will go to the file is written before it
 * leaves the cache. */
static enum wp_status open_chunk(struct wp_blob_writer *w, size_t len, struct wp_error *err) {
    WP_TRY(file_chunk(w, err));
    size_t cap = wp_blobs_have_room(w->blobs) ? WP_BLOB_CHUNK_BYTES : WP_BLOB_SPILLED_BYTES;
    if (len > cap) cap = len;
    enum wp_status status = number_chunk(w->blobs, &w->number);
    if (status == WP_OK && w->cap != cap) {
        wp_free(w->chunk);
        w->chunk = wp_alloc_large(cap);
        w->cap = w->chunk ? cap : 0;
    }
    return status == WP_OK && w->chunk ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

enum wp_status wp_blob_reserve(struct wp_blob_writer *w, size_t len, uint8_t **area, uint64_t *ref,
                               struct wp_error *err) {
    if (len > UINT32_MAX) return wp_fail(err, WP_ETOOBIG, "a string of %zu bytes is too long to keep", len);
    if (!w->used || w->used + len > w->cap) WP_TRY(open_chunk(w, len, err));
    *area = w->chunk + w->used;
    *ref = w->number << OFFSET_BITS | w->used;
    w->used += len;
    return WP_OK;
}

bool wp_blobs_have_room(struct wp_blobs *b) {
    return atomic_load(&b->ram_bytes) + WP_BLOB_CHUNK_BYTES <= b->ram_limit_bytes &&
           !wp_budget_full(b->spill.budget);
}

enum wp_status wp_blob_writer_finish(struct wp_blob_writer *w, struct wp_error *err) {
    return file_chunk(w, err);
}

void wp_blob_writer_release(struct wp_blob_writer *w) {
    wp_free(w->chunk);
    *w = (struct wp_blob_writer){0};
}

const uint8_t *wp_blobs_get(struct wp_blobs *b, uint64_t ref, size_t len, void *scratch,
                            struct wp_error *err) {
    const struct wp_blob_chunk *chunk = &b->chunks[ref >> OFFSET_BITS];
    uint64_t at = ref & (((uint64_t)1 << OFFSET_BITS) - 1);
    if (chunk->ram) return chunk->ram + at;
    if (wp_spill_read(&b->spill, scratch, len, chunk->offset + at, err) != WP_OK) return NULL;
    return scratch;
}

bool wp_blobs_same_chunk(uint64_t ref_a, uint64_t ref_b) {
    return ref_a >> OFFSET_BITS == ref_b >> OFFSET_BITS;
}
