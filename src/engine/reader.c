/* reader.c - the pools, the queues and the workers between them. See reader.h. */
#include "engine/reader.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/thread.h"
#include "engine/harvest.h"
#include "engine/feed.h"

/* One file that is open or not yet decoded to its end. Guarded by the reader's lock, but for `feed` and
 * `open`, which belong to the worker that set `busy`. */
struct input {
    struct input *next; /* in the list of inputs with something to do */
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
    struct input **inputs; /* by file; NULL before opening and after the end */
    struct input *todo, *todo_last;
    struct wp_decoder **decoders; /* idle ones */
    size_t decoder_count, decoder_cap;
    struct wp_file_failure *failures;
    size_t failure_count, failure_cap;
    bool no_more, stopped, no_memory;

    _Atomic uint64_t raw_bytes, decoded_bytes;
};

static void stop(struct wp_reader *r, const struct wp_error *err) {
    wp_run_fail(r->run, err);
    pthread_mutex_lock(&r->lock);
    r->stopped = true;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    if (r->wake) r->wake(r->wake_self);
}

static void stop_with(struct wp_reader *r, enum wp_status status) {
    struct wp_error err;
    wp_fail(&err, status, "%s", wp_status_text(status));
    stop(r, &err);
}

/* ---- with the lock held ---- */

static void list_input(struct wp_reader *r, struct input *in) {
    if (in->listed || in->busy || (!in->first && !in->closed)) return;
    in->listed = true;
    in->next = NULL;
    if (r->todo)
        r->todo_last->next = in;
    else
        r->todo = in;
    r->todo_last = in;
    pthread_cond_signal(&r->work);
}

static void push_ready(struct wp_reader *r, struct wp_sheaf *b) {
    b->next = NULL;
    if (r->ready)
        r->ready_last->next = b;
    else
        r->ready = b;
    r->ready_last = b;
    r->ready_count++;
    pthread_cond_signal(&r->work);
}

static struct wp_sheaf *pop_ready(struct wp_reader *r) {
    struct wp_sheaf *b = r->ready;
    r->ready = b->next;
    r->ready_count--;
    return b;
}

/* An empty batch, or NULL when all are in use, or when there is no memory for one (no_memory is then set:
 * waiting for another one to come free could be waiting for ever). */
static struct wp_sheaf *take_batch(struct wp_reader *r) {
    struct wp_sheaf *b = r->free_batches;
    if (b) {
        r->free_batches = b->next;
    } else if (r->batches_made < r->batch_max) {
        b = wp_sheaf_new();
        r->batches_made += b != NULL;
        r->no_memory |= !b;
    }
    return b;
}

static void give_batch(struct wp_reader *r, struct wp_sheaf *b) {
    if (!b) return;
    b->next = r->free_batches;
    r->free_batches = b;
    if (r->todo) pthread_cond_signal(&r->work);
}

static void give_raw(struct wp_reader *r, struct wp_raw *raw) {
    raw->next = r->free_raws;
    r->free_raws = raw;
}

static struct wp_raw *pop_raw(struct input *in) {
    struct wp_raw *raw = in->first;
    if (!raw) return NULL;
    in->first = raw->next;
    in->waiting--;
    return raw;
}

static enum wp_status take_decoder(struct wp_reader *r, struct wp_decoder **out) {
    if (r->decoder_count) {
        *out = r->decoders[--r->decoder_count];
        wp_decoder_reset(*out);
        return WP_OK;
    }
    return wp_decoder_new(out);
}

static void give_decoder(struct wp_reader *r, struct wp_decoder *d) {
    if (d && r->decoder_count < WP_READER_FILES_AHEAD &&
        WP_GROW(r->decoders, r->decoder_count, r->decoder_cap) == WP_OK)
        r->decoders[r->decoder_count++] = d;
    else
        wp_decoder_free(d);
}

static void forget_input(struct wp_reader *r, struct input *in) {
    for (struct wp_raw *raw; (raw = pop_raw(in));) give_raw(r, raw);
    give_decoder(r, in->feed.decoder);
    in->feed.decoder = NULL;
    r->inputs[in->feed.file] = NULL;
    wp_feed_release(&in->feed);
    give_batch(r, in->open);
    wp_free(in);
}

static void note_failure(struct wp_reader *r, uint32_t file, const struct wp_error *err) {
    if (WP_GROW(r->failures, r->failure_count, r->failure_cap) != WP_OK) return;
    struct wp_file_failure *f = &r->failures[r->failure_count++];
    *f = (struct wp_file_failure){file, *err};
    wp_error_place(&f->error, r->run->files[file], 0);
}

/* ---- decoding: by the worker that is busy with the input, without the lock ---- */

static enum wp_status copy_raw(struct wp_reader *r, const struct input *in, const struct wp_raw *raw,
                               struct wp_error *err) {
    struct wp_file *copy = &r->copies[in->feed.file];
    if (!copy->open) WP_TRY(wp_file_open_temp(copy, r->run->settings.tmp_dir, err));
    return wp_file_write(copy, raw->data, raw->len, err);
}

static void end_early(struct wp_reader *r, struct input *in, const struct wp_error *err) {
    in->dead = true;
    pthread_mutex_lock(&r->lock);
    note_failure(r, in->feed.file, err);
    pthread_mutex_unlock(&r->lock);
}

/* Decodes a raw block into the open batch. WP_OK: the block is used up; WP_END: the batch is full. */
static enum wp_status decode_raw(struct wp_reader *r, struct input *in, struct wp_raw *raw) {
    struct wp_error err = {0};
    size_t before = raw->used, len = in->open->lines.len;
    if (in->dead) return WP_OK;
    enum wp_status status = WP_OK;
    if (in->copied && before == 0) status = copy_raw(r, in, raw, &err);
    if (status == WP_OK) status = wp_feed_decode(&in->feed, raw, in->open, &err);
    atomic_fetch_add_explicit(&r->raw_bytes, raw->used - before, memory_order_relaxed);
    if (in->open->lines.len > len)
        atomic_fetch_add_explicit(&r->decoded_bytes, in->open->lines.len - len, memory_order_relaxed);
    if (status == WP_EDAMAGED) {
        end_early(r, in, &err);
        return WP_OK;
    }
    if (status != WP_OK && status != WP_END) stop(r, &err);
    return status;
}

/* No block is left and none will come: finishes the open batch. */
static void end_stream(struct wp_reader *r, struct input *in) {
    struct wp_error err = {0};
    enum wp_status status = wp_feed_end(&in->feed, in->open, in->dead || in->cut, &err); /* closed: no race */
    if (status == WP_EDAMAGED)
        end_early(r, in, &err);
    else if (status != WP_OK)
        stop(r, &err);
}

/* The next raw block of the input, still in its queue; NULL when there is none. */
static struct wp_raw *peek_raw(struct wp_reader *r, const struct input *in, bool *closed) {
    pthread_mutex_lock(&r->lock);
    struct wp_raw *raw = in->first;
    *closed = in->closed;
    pthread_mutex_unlock(&r->lock);
    return raw;
}

/* One step with an input: fills its open batch until that is full or no block is left. */
static enum wp_status fill_batch(struct wp_reader *r, struct input *in, bool *ended) {
    bool closed, freed = false;
    enum wp_status status = WP_OK;
    for (struct wp_raw *raw; status == WP_OK && (raw = peek_raw(r, in, &closed));) {
        status = decode_raw(r, in, raw);
        if (status != WP_OK) break;
        pthread_mutex_lock(&r->lock);
        give_raw(r, pop_raw(in));
        pthread_mutex_unlock(&r->lock);
        freed = true;
    }
    if (status == WP_OK && closed) {
        end_stream(r, in);
        *ended = true;
    }
    if (freed && r->wake) r->wake(r->wake_self);
    return status;
}

/* `batch` is an empty one, for when the input has none open. */
static void work_on_input(struct wp_reader *r, struct input *in, struct wp_sheaf *batch) {
    bool ended = false;
    enum wp_status status = WP_OK;
    if (!in->open) {
        in->open = batch;
        batch = NULL;
        status = wp_feed_begin(&in->feed, in->open);
        if (status != WP_OK) stop_with(r, status);
    }
    if (status == WP_OK) status = fill_batch(r, in, &ended);
    pthread_mutex_lock(&r->lock);
    in->busy = false;
    r->busy_count--;
    if (status == WP_END || ended) {
        push_ready(r, in->open);
        in->open = NULL;
    }
    give_batch(r, batch);
    if (ended)
        forget_input(r, in);
    else
        list_input(r, in);
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
}

/* ---- harvesting ---- */

static enum wp_status harvest_lines(struct wp_reader *r, struct wp_harvest *h, const struct wp_sheaf *b,
                                    struct wp_error *err) {
    struct wp_line_cursor cursor = wp_line_first(&b->lines, r->run->settings.max_record_bytes);
    struct wp_line line;
    wp_harvest_begin(h, b->file, b->sequence);
    while (wp_line_next(&cursor, &line)) {
        if (line.too_long)
            wp_harvest_reject(h, cursor.number - 1, WP_ETOOBIG, "longer than --max-record");
        else
            WP_TRY(wp_harvest_line(h, line.data, line.len, cursor.number - 1, err));
    }
    return wp_harvest_end(h, cursor.number, err);
}

static void work_on_batch(struct wp_reader *r, struct wp_sheaf *b, struct wp_harvest *h) {
    struct wp_error err = {0};
    if (harvest_lines(r, h, b, &err) != WP_OK) {
        if (err.line) err.line += b->lines_before;
        stop(r, &err);
    }
    pthread_mutex_lock(&r->lock);
    give_batch(r, b);
    r->busy_count--;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
}

/* ---- workers ---- */

/* With the lock held: waits for something to do. False when all is done. */
static bool next_task(struct wp_reader *r, struct input **in, struct wp_sheaf **batch) {
    for (;;) {
        *in = NULL;
        *batch = NULL;
        if (r->stopped || atomic_load(&r->run->cancel)) return false;
        if (r->todo && r->ready_count < r->food && (*batch = take_batch(r))) {
            *in = r->todo;
            r->todo = (*in)->next;
            (*in)->listed = false;
            (*in)->busy = true;
        } else if (r->no_memory) {
            return false;
        } else if (r->ready) {
            *batch = pop_ready(r);
        } else if (r->no_more && !r->todo && !r->busy_count) {
            return false;
        } else {
            pthread_cond_wait(&r->work, &r->lock);
            continue;
        }
        r->busy_count++;
        return true;
    }
}

static void worker(void *self, unsigned number) {
    struct wp_reader *r = self;
    struct wp_error err = {0};
    struct input *in;
    struct wp_sheaf *batch;
    if (wp_harvest_new(&r->harvests[number], r->run, &err) != WP_OK) {
        stop(r, &err);
        return;
    }
    for (;;) {
        pthread_mutex_lock(&r->lock);
        bool more = next_task(r, &in, &batch), no_memory = r->no_memory;
        pthread_mutex_unlock(&r->lock);
        if (no_memory) stop_with(r, WP_ENOMEM);
        if (!more) break;
        if (in)
            work_on_input(r, in, batch);
        else
            work_on_batch(r, batch, r->harvests[number]);
    }
    pthread_mutex_lock(&r->lock);
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    if (wp_harvest_finish(r->harvests[number], &err) != WP_OK) stop(r, &err);
}

/* ---- the sink: on the ingester's thread ---- */

static uint8_t *sink_acquire(void *self, size_t *cap) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    struct wp_raw *raw = r->free_raws;
    if (raw) r->free_raws = raw->next;
    pthread_mutex_unlock(&r->lock);
    *cap = WP_READER_BLOCK_BYTES;
    return raw ? raw->data : NULL;
}

static struct wp_raw *raw_of(struct wp_reader *r, const uint8_t *block) {
    return &r->raws[(size_t)(block - r->raw_area) / WP_READER_BLOCK_BYTES];
}

static void sink_unused(void *self, uint8_t *block) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    give_raw(r, raw_of(r, block));
    pthread_mutex_unlock(&r->lock);
}

/* Standard input and named pipes. */
static bool comes_by_pipe(const char *name) {
    return strcmp(name, "-") == 0 || wp_file_kind(name) == WP_FILE_OTHER;
}

static enum wp_status sink_open(void *self, uint32_t file, uint64_t size_bytes) {
    struct wp_reader *r = self;
    (void)size_bytes;
    struct input *in = wp_zalloc(1, sizeof *in);
    if (!in) {
        stop_with(r, WP_ENOMEM);
        return WP_ENOMEM;
    }
    in->copied = r->copies && comes_by_pipe(r->run->files[file]);
    struct wp_decoder *decoder = NULL;
    pthread_mutex_lock(&r->lock);
    enum wp_status status = take_decoder(r, &decoder);
    wp_feed_init(&in->feed, file, r->run->settings.max_record_bytes, decoder);
    in->feed.counts_lines = r->run->settings.strict;
    r->inputs[file] = in;
    pthread_mutex_unlock(&r->lock);
    if (status != WP_OK) stop_with(r, status);
    return status;
}

static enum wp_status sink_block(void *self, uint32_t file, uint8_t *block, size_t len) {
    struct wp_reader *r = self;
    struct wp_raw *raw = raw_of(r, block);
    *raw = (struct wp_raw){.data = block, .len = len};
    pthread_mutex_lock(&r->lock);
    struct input *in = r->inputs[file];
    if (in->first)
        in->last->next = raw;
    else
        in->first = raw;
    in->last = raw;
    in->waiting++;
    list_input(r, in);
    bool stopped = r->stopped;
    pthread_mutex_unlock(&r->lock);
    return stopped ? WP_ECANCELED : WP_OK;
}

static enum wp_status sink_close(void *self, uint32_t file, const struct wp_error *err) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    struct input *in = r->inputs[file];
    in->closed = true;
    if (err) {
        note_failure(r, file, err);
        in->cut = true;
    }
    list_input(r, in);
    pthread_mutex_unlock(&r->lock);
    return WP_OK;
}

static bool sink_more(void *self, uint32_t file) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    const struct input *in = r->inputs[file];
    bool more = !in || in->waiting < WP_READER_BLOCKS_PER_FILE;
    pthread_mutex_unlock(&r->lock);
    return more;
}

static void sink_tick(void *self) {
    struct wp_reader *r = self;
    if (r->tick) r->tick(r->tick_self);
}

/* ---- making and ending ---- */

static enum wp_status make_pools(struct wp_reader *r, unsigned threads) {
    r->raw_count = WP_READER_FILES_AHEAD + 2 * WP_READER_BLOCKS_PER_FILE + 2 * threads;
    r->batch_max = r->raw_count + WP_READER_FILES_AHEAD + 3 * threads;
    r->food = 2 * threads;
    r->raw_area = wp_alloc(r->raw_count, WP_READER_BLOCK_BYTES);
    r->raws = wp_zalloc(r->raw_count, sizeof *r->raws);
    r->inputs = wp_zalloc(r->run->file_count, sizeof *r->inputs);
    r->harvests = wp_zalloc(threads, sizeof *r->harvests);
    if (!r->raw_area || !r->raws || !r->inputs || !r->harvests) return WP_ENOMEM;
    for (unsigned i = 0; i < r->raw_count; i++) {
        r->raws[i].data = r->raw_area + (size_t)i * WP_READER_BLOCK_BYTES;
        give_raw(r, &r->raws[i]);
    }
    return WP_OK;
}

enum wp_status wp_reader_new(struct wp_reader **out, struct wp_run *run, bool keep_pipes,
                             struct wp_error *err) {
    struct wp_reader *r = wp_zalloc(1, sizeof *r);
    if (!r) return wp_fail(err, WP_ENOMEM, "out of memory");
    r->run = run;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->work, NULL);
    enum wp_status status = make_pools(r, run->settings.threads);
    if (status == WP_OK && keep_pipes) {
        r->copies = wp_zalloc(run->file_count, sizeof *r->copies);
        status = r->copies ? WP_OK : WP_ENOMEM;
    }
    if (status != WP_OK)
        wp_fail(err, status, "out of memory");
    else
        status = wp_pool_start(&r->pool, run->settings.threads, worker, r, err);
    if (status != WP_OK) {
        wp_reader_free(r);
        return status;
    }
    *out = r;
    return WP_OK;
}

void wp_reader_on_free(struct wp_reader *r, void (*wake)(void *self), void *self) {
    pthread_mutex_lock(&r->lock);
    r->wake = wake;
    r->wake_self = self;
    pthread_mutex_unlock(&r->lock);
}

void wp_reader_on_tick(struct wp_reader *r, void (*tick)(void *self), void *self) {
    r->tick = tick;
    r->tick_self = self;
}

struct wp_ingest_sink wp_reader_sink(struct wp_reader *r) {
    return (struct wp_ingest_sink){.self = r,
                                   .acquire = sink_acquire,
                                   .unused = sink_unused,
                                   .open = sink_open,
                                   .block = sink_block,
                                   .close = sink_close,
                                   .more = sink_more,
                                   .tick = sink_tick};
}

static int compare_failures(const void *x, const void *y) {
    const struct wp_file_failure *a = x, *b = y;
    return a->file < b->file ? -1 : a->file > b->file;
}

enum wp_status wp_reader_finish(struct wp_reader *r, bool canceled, struct wp_error *err) {
    pthread_mutex_lock(&r->lock);
    r->no_more = true;
    r->stopped |= canceled;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    wp_pool_join(&r->pool);
    if (r->run->error.status != WP_OK) {
        if (err) *err = r->run->error;
        return r->run->error.status;
    }
    if (canceled || atomic_load(&r->run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
    if (r->failure_count) qsort(r->failures, r->failure_count, sizeof *r->failures, compare_failures);
    return WP_OK;
}

bool wp_reader_stopped(struct wp_reader *r) {
    pthread_mutex_lock(&r->lock);
    bool stopped = r->stopped;
    pthread_mutex_unlock(&r->lock);
    return stopped;
}

const struct wp_file_failure *wp_reader_failures(const struct wp_reader *r, size_t *count) {
    *count = r->failure_count;
    return r->failures;
}

struct wp_file *wp_reader_copies(struct wp_reader *r) {
    return r->copies;
}

void wp_reader_progress(const struct wp_reader *r, uint64_t *raw_bytes, uint64_t *decoded_bytes) {
    *raw_bytes = atomic_load_explicit(&r->raw_bytes, memory_order_relaxed);
    *decoded_bytes = atomic_load_explicit(&r->decoded_bytes, memory_order_relaxed);
}

void wp_reader_free(struct wp_reader *r) {
    if (!r) return;
    wp_pool_join(&r->pool);
    for (size_t i = 0; r->inputs && i < r->run->file_count; i++)
        if (r->inputs[i]) forget_input(r, r->inputs[i]);
    while (r->ready) give_batch(r, pop_ready(r));
    for (struct wp_sheaf *b; (b = r->free_batches);) {
        r->free_batches = b->next;
        wp_sheaf_free(b);
    }
    for (size_t i = 0; i < r->decoder_count; i++) wp_decoder_free(r->decoders[i]);
    for (unsigned i = 0; r->harvests && i < r->run->settings.threads; i++) wp_harvest_free(r->harvests[i]);
    wp_free(r->harvests);
    wp_free(r->decoders);
    wp_free(r->failures);
    wp_free(r->inputs);
    wp_free(r->raws);
    wp_free(r->raw_area);
    for (size_t i = 0; r->copies && i < r->run->file_count; i++) wp_file_close(&r->copies[i], NULL);
    wp_free(r->copies);
    pthread_cond_destroy(&r->work);
    pthread_mutex_destroy(&r->lock);
    wp_free(r);
}
