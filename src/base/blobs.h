/*
 * blobs.h - many byte strings, each known by a reference, in memory up to the budget and in a file beyond it.
 *
 * Every writing thread has a writer of its own with an open chunk; reading starts after all writers are
 * finished. A string stands whole in one chunk (2 MiB, smaller in the file); one longer gets a chunk to
 * itself.
 */
#ifndef WP_BASE_BLOBS_H
#define WP_BASE_BLOBS_H

#include "base/spill.h"

struct wp_blob_chunk {
    uint8_t *ram;    /* NULL when spilled */
    uint64_t offset; /* in the spill file when ram is NULL */
    size_t bytes;
};

struct wp_blobs {
    struct wp_spill spill;
    size_t ram_limit_bytes; /* chunks of this store stay in memory up to this and the budget; constant */
    _Atomic size_t ram_bytes;
    pthread_mutex_t lock; /* guards chunks, count and cap */
    struct wp_blob_chunk *chunks;
    size_t count, cap;
};

struct wp_blob_writer {
    struct wp_blobs *blobs;
    uint8_t *chunk; /* NULL when there is none */
    size_t used, cap;
    uint64_t number; /* of the open chunk */
};

enum { WP_BLOB_CHUNK_BYTES = 2 << 20, WP_BLOB_SPILLED_BYTES = 256 << 10 };

void wp_blobs_init(struct wp_blobs *b, struct wp_budget *budget, size_t ram_limit_bytes);
void wp_blobs_release(struct wp_blobs *b);
void wp_blob_writer_init(struct wp_blob_writer *w, struct wp_blobs *b);

/* Room for len bytes (below 2^32) in *area, filled by the caller before the next call; *ref names it. */
enum wp_status wp_blob_reserve(struct wp_blob_writer *w, size_t len, uint8_t **area, uint64_t *ref,
                               struct wp_error *err);
/* Is there still memory for another chunk? What is written then may yet go to the file: others write too. */
bool wp_blobs_have_room(struct wp_blobs *b);
/* Files the open chunk; without this the last strings are lost. */
enum wp_status wp_blob_writer_finish(struct wp_blob_writer *w, struct wp_error *err);
void wp_blob_writer_release(struct wp_blob_writer *w);
/* The string, in place or read into scratch (len bytes); NULL when reading failed. Any thread. */
const uint8_t *wp_blobs_get(struct wp_blobs *b, uint64_t ref, size_t len, void *scratch,
                            struct wp_error *err);
/* True when two strings stand in one chunk: then what lies from the first to the end of the second, the
 * difference of their references and a length, can be had by one wp_blobs_get. */
bool wp_blobs_same_chunk(uint64_t ref_a, uint64_t ref_b);

#endif
