/* worker.c - what the reader's threads do: decode raw blocks to batches, harvest batches. See reader_state.h.
 */
#include "engine/reader_state.h"

/* ---- decoding: by the worker that is busy with the input, without the lock ---- */

static enum wp_status copy_raw(struct wp_reader *r, const struct wp_input *in, const struct wp_raw *raw,
                               struct wp_error *err) {
    struct wp_file *copy = &r->copies[in->feed.file];
    if (!copy->open) WP_TRY(wp_file_open_temp(copy, r->run->settings.tmp_dir, err));
    return wp_file_write(copy, raw->data, raw->len, err);
}

static void end_early(struct wp_reader *r, struct wp_input *in, const struct wp_error *err) {
    in->dead = true;
    pthread_mutex_lock(&r->lock);
    wp_queue_note_failure(r, in->feed.file, err);
    pthread_mutex_unlock(&r->lock);
}

/* Decodes a raw block into the open batch. WP_OK: the block is used up; WP_END: the batch is full. */
static enum wp_status decode_raw(struct wp_reader *r, struct wp_input *in, struct wp_raw *raw) {
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
    if (status != WP_OK && status != WP_END) wp_reader_stop(r, &err);
    return status;
}

/* No block is left and none will come: finishes the open batch. */
static void end_stream(struct wp_reader *r, struct wp_input *in) {
    struct wp_error err = {0};
    enum wp_status status = wp_feed_end(&in->feed, in->open, in->dead || in->cut, &err); /* closed: no race */
    if (status == WP_EDAMAGED)
        end_early(r, in, &err);
    else if (status != WP_OK)
        wp_reader_stop(r, &err);
}

/* The next raw block of the input, still in its queue; NULL when there is none. */
static struct wp_raw *peek_raw(struct wp_reader *r, const struct wp_input *in, bool *closed) {
    pthread_mutex_lock(&r->lock);
    struct wp_raw *raw = in->first;
    *closed = in->closed;
    pthread_mutex_unlock(&r->lock);
    return raw;
}

/* One step with an input: fills its open batch until that is full or no block is left. */
static enum wp_status fill_batch(struct wp_reader *r, struct wp_input *in, bool *ended) {
    bool closed, freed = false;
    enum wp_status status = WP_OK;
    for (struct wp_raw *raw; status == WP_OK && (raw = peek_raw(r, in, &closed));) {
        status = decode_raw(r, in, raw);
        if (status != WP_OK) break;
        pthread_mutex_lock(&r->lock);
        wp_queue_give_raw(r, wp_queue_pop_raw(in));
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
static void work_on_input(struct wp_reader *r, struct wp_input *in, struct wp_sheaf *batch) {
    bool ended = false;
    enum wp_status status = WP_OK;
    if (!in->open) {
        in->open = batch;
        batch = NULL;
        status = wp_feed_begin(&in->feed, in->open);
        if (status != WP_OK) wp_reader_stop_with(r, status);
    }
    if (status == WP_OK) status = fill_batch(r, in, &ended);
    pthread_mutex_lock(&r->lock);
    in->busy = false;
    r->busy_count--;
    if (status == WP_END || ended) {
        wp_queue_push_ready(r, in->open);
        in->open = NULL;
    }
    wp_queue_give_batch(r, batch);
    if (ended)
        wp_queue_forget(r, in);
    else
        wp_queue_list(r, in);
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
}

/* ---- harvesting ---- */

static enum wp_status harvest_lines(struct wp_reader *r, struct wp_harvest *h, const struct wp_sheaf *b,
                                    struct wp_error *err) {
    struct wp_line_cursor cursor = wp_line_first(&b->lines, r->run->settings.max_record_bytes);
    struct wp_line line;
    struct wp_origin origin = {.file = b->file, .sequence = b->sequence, .offset = b->lines.offset};
    if (b->as_it_lies) origin.data = b->lines.data;
    wp_harvest_begin(h, &origin);
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
        wp_reader_stop(r, &err);
    }
    pthread_mutex_lock(&r->lock);
    wp_queue_give_batch(r, b);
    r->busy_count--;
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
}

/* ---- the thread ---- */

void wp_reader_work(void *self, unsigned number) {
    struct wp_reader *r = self;
    struct wp_error err = {0};
    struct wp_input *in;
    struct wp_sheaf *batch;
    if (wp_harvest_new(&r->harvests[number], r->run, &err) != WP_OK) {
        wp_reader_stop(r, &err);
        return;
    }
    for (;;) {
        pthread_mutex_lock(&r->lock);
        bool more = wp_queue_next(r, &in, &batch), no_memory = r->no_memory;
        pthread_mutex_unlock(&r->lock);
        if (no_memory) wp_reader_stop_with(r, WP_ENOMEM);
        if (!more) break;
        if (in)
            work_on_input(r, in, batch);
        else
            work_on_batch(r, batch, r->harvests[number]);
    }
    pthread_mutex_lock(&r->lock);
    pthread_cond_broadcast(&r->work);
    pthread_mutex_unlock(&r->lock);
    if (wp_harvest_finish(r->harvests[number], &err) != WP_OK) wp_reader_stop(r, &err);
}
