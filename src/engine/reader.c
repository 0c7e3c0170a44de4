/* reader.c - making and ending the reader; the sink. See reader.h and reader_state.h. */
#include "engine/reader_state.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

void wp_reader_stop(struct wp_reader *r, const struct wp_error *err) {
    wp_run_fail(r->run, err);
    pthread_mutex_lock(&r->lock);
    r->stopped = true;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    if (r->wake) r->wake(r->wake_self);
}

void wp_reader_stop_with(struct wp_reader *r, enum wp_status status) {
    struct wp_error err;
    wp_fail(&err, status, "%s", wp_status_text(status));
    wp_reader_stop(r, &err);
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
    wp_queue_give_raw(r, raw_of(r, block));
    pthread_mutex_unlock(&r->lock);
}

/* Standard input and named pipes. */
static bool comes_by_pipe(const char *name) {
    return strcmp(name, "-") == 0 || wp_file_kind(name) == WP_FILE_OTHER;
}

static enum wp_status sink_open(void *self, uint32_t file, uint64_t size_bytes) {
    struct wp_reader *r = self;
    (void)size_bytes;
    struct wp_input *in = wp_zalloc(1, sizeof *in);
    if (!in) {
        wp_reader_stop_with(r, WP_ENOMEM);
        return WP_ENOMEM;
    }
    in->copied = r->copies && comes_by_pipe(r->run->files[file]);
    struct wp_decoder *decoder = NULL;
    pthread_mutex_lock(&r->lock);
    enum wp_status status = wp_queue_take_decoder(r, &decoder);
    wp_feed_init(&in->feed, file, r->run->settings.max_record_bytes, decoder);
    in->feed.counts_lines = r->run->settings.strict;
    in->feed.regular =
        strcmp(r->run->files[file], "-") != 0 && wp_file_kind(r->run->files[file]) == WP_FILE_REGULAR;
    r->inputs[file] = in;
    pthread_mutex_unlock(&r->lock);
    if (status != WP_OK) wp_reader_stop_with(r, status);
    return status;
}

static enum wp_status sink_block(void *self, uint32_t file, uint8_t *block, size_t len) {
    struct wp_reader *r = self;
    struct wp_raw *raw = raw_of(r, block);
    *raw = (struct wp_raw){.data = block, .len = len};
    pthread_mutex_lock(&r->lock);
    struct wp_input *in = r->inputs[file];
    if (in->first)
        in->last->next = raw;
    else
        in->first = raw;
    in->last = raw;
    in->waiting++;
    wp_queue_list(r, in);
    bool stopped = r->stopped;
    pthread_mutex_unlock(&r->lock);
    return stopped ? WP_ECANCELED : WP_OK;
}

static enum wp_status sink_close(void *self, uint32_t file, const struct wp_error *err) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    struct wp_input *in = r->inputs[file];
    in->closed = true;
    if (err) {
        wp_queue_note_failure(r, file, err);
        in->cut = true;
    }
    wp_queue_list(r, in);
    pthread_mutex_unlock(&r->lock);
    return WP_OK;
}

static bool sink_more(void *self, uint32_t file) {
    struct wp_reader *r = self;
    pthread_mutex_lock(&r->lock);
    const struct wp_input *in = r->inputs[file];
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
        wp_queue_give_raw(r, &r->raws[i]);
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
        status = wp_pool_start(&r->pool, run->settings.threads, wp_reader_work, r, err);
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
        if (r->inputs[i]) wp_queue_forget(r, r->inputs[i]);
    while (r->ready) wp_queue_give_batch(r, wp_queue_pop_ready(r));
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
