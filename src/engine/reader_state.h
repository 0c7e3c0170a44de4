/*
 * reader_state.h - inside the reader: its state, and the queues that the loop thread and the workers share.
 *
 *     reader.c   making and ending; the sink, called on the loop thread
 *     queue.c    pools and queues, all calls with the lock held
 *     worker.c   what the threads do: decoding, harvesting
 */
#ifndef WP_ENGINE_READER_STATE_H
#define WP_ENGINE_READER_STATE_H

#include "base/thread.h"
#include "engine/feed.h"
#include "engine/harvest.h"
#include "engine/reader.h"

/* One file that is open or not yet decoded to its end. Guarded by the reader's lock, but for `feed` and
 * `open`, which belong to the worker that set `busy`. */
struct wp_input {
    struct wp_input *next; /* in the list of inputs with something to do */
    struct wp_feed feed;
    struct wp_sheaf *open;       /* being filled; NULL when there is none */
    struct wp_raw *first, *last; /* raw blocks waiting */
    unsigned waiting;
    bool listed, busy, closed;
    bool copied; /* comes through a pipe, and is wanted again */
    bool cut;    /* closed by a read error: the blocks that came before are used */
    bool dead;   /* damaged: the rest is dropped. Of the worker, like feed */
};

struct wp_reader {
    struct wp_run *run;
    void (*wake)(void *self); /* constant once reading has begun */
    void *wake_self;
    void (*tick)(void *self);
    void *tick_self;
    struct wp_file
        *copies; /* by file, of what cannot be read twice; each used by the worker that is busy with it */
    uint8_t *raw_area;
    struct wp_raw *raws;
    unsigned raw_count, batch_max, food; /* food: batches that should be ready before decoding can wait */
    struct wp_harvest **harvests;        /* by worker */
    struct wp_pool pool;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    struct wp_raw *free_raws;
    struct wp_sheaf *free_batches, *ready, *ready_last;
    unsigned batches_made, ready_count, busy_count;
    struct wp_input **inputs; /* by file; NULL before opening and after the end */
    struct wp_input *todo, *todo_last;
    struct wp_decoder **decoders; /* idle ones */
    size_t decoder_count, decoder_cap;
    struct wp_file_failure *failures;
    size_t failure_count, failure_cap;
    bool no_more, stopped, no_memory;

    _Atomic uint64_t raw_bytes, decoded_bytes;
};

/* Ends the run with a failure: the first one counts. Without the lock. */
void wp_reader_stop(struct wp_reader *r, const struct wp_error *err);
void wp_reader_stop_with(struct wp_reader *r, enum wp_status status);

/* What one thread of the pool does (worker.c). */
void wp_reader_work(void *self, unsigned number);

/* ---- queue.c: with the lock held ---- */

/* Lists an input when there is something to do with it. */
void wp_queue_list(struct wp_reader *r, struct wp_input *in);
/* Batches on their way to a harvest. Popping needs one to be there. */
void wp_queue_push_ready(struct wp_reader *r, struct wp_sheaf *b);
struct wp_sheaf *wp_queue_pop_ready(struct wp_reader *r);
/* An empty batch, or NULL when all are in use, or when there is no memory for one (no_memory is then set). */
struct wp_sheaf *wp_queue_take_batch(struct wp_reader *r);
void wp_queue_give_batch(struct wp_reader *r, struct wp_sheaf *b);
/* Raw blocks: back to the pool; out of an input's queue (NULL when that is empty). */
void wp_queue_give_raw(struct wp_reader *r, struct wp_raw *raw);
struct wp_raw *wp_queue_pop_raw(struct wp_input *in);
/* A decoder ready for a new file. WP_ENOMEM. */
enum wp_status wp_queue_take_decoder(struct wp_reader *r, struct wp_decoder **out);
/* Ends an input and gives back all it holds. */
void wp_queue_forget(struct wp_reader *r, struct wp_input *in);
/* Notes that a file ended early. */
void wp_queue_note_failure(struct wp_reader *r, uint32_t file, const struct wp_error *err);
/* Waits for something to do: an input (with an empty batch) or a batch to harvest. False when all is done. */
bool wp_queue_next(struct wp_reader *r, struct wp_input **in, struct wp_sheaf **batch);

#endif
