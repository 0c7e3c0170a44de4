/* queue.c - the reader's pools and queues. See reader_state.h. */
#include "engine/reader_state.h"

#include "base/memory.h"

void wp_queue_list(struct wp_reader *r, struct wp_input *in) {
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

void wp_queue_push_ready(struct wp_reader *r, struct wp_sheaf *b) {
    b->next = NULL;
    if (r->ready)
        r->ready_last->next = b;
    else
        r->ready = b;
    r->ready_last = b;
    r->ready_count++;
    pthread_cond_signal(&r->work);
}

struct wp_sheaf *wp_queue_pop_ready(struct wp_reader *r) {
    struct wp_sheaf *b = r->ready;
    r->ready = b->next;
    r->ready_count--;
    return b;
}

/* An empty batch, or NULL when all are in use, or when there is no memory for one (no_memory is then set:
 * waiting for another one to come free could be waiting for ever). */
struct wp_sheaf *wp_queue_take_batch(struct wp_reader *r) {
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

void wp_queue_give_batch(struct wp_reader *r, struct wp_sheaf *b) {
    if (!b) return;
    b->next = r->free_batches;
    r->free_batches = b;
    if (r->todo) pthread_cond_signal(&r->work);
}

void wp_queue_give_raw(struct wp_reader *r, struct wp_raw *raw) {
    raw->next = r->free_raws;
    r->free_raws = raw;
}

struct wp_raw *wp_queue_pop_raw(struct wp_input *in) {
    struct wp_raw *raw = in->first;
    if (!raw) return NULL;
    in->first = raw->next;
    in->waiting--;
    return raw;
}

enum wp_status wp_queue_take_decoder(struct wp_reader *r, struct wp_decoder **out) {
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

void wp_queue_forget(struct wp_reader *r, struct wp_input *in) {
    for (struct wp_raw *raw; (raw = wp_queue_pop_raw(in));) wp_queue_give_raw(r, raw);
    give_decoder(r, in->feed.decoder);
    in->feed.decoder = NULL;
    r->inputs[in->feed.file] = NULL;
    wp_feed_release(&in->feed);
    wp_queue_give_batch(r, in->open);
    wp_free(in);
}

void wp_queue_note_failure(struct wp_reader *r, uint32_t file, const struct wp_error *err) {
    if (WP_GROW(r->failures, r->failure_count, r->failure_cap) != WP_OK) return;
    struct wp_file_failure *f = &r->failures[r->failure_count++];
    *f = (struct wp_file_failure){file, *err};
    wp_error_place(&f->error, r->run->files[file], 0);
}

/* With the lock held: waits for something to do. False when all is done. */
bool wp_queue_next(struct wp_reader *r, struct wp_input **in, struct wp_sheaf **batch) {
    for (;;) {
        *in = NULL;
        *batch = NULL;
        if (r->stopped || atomic_load(&r->run->cancel)) return false;
        if (r->todo && r->ready_count < r->food && (*batch = wp_queue_take_batch(r))) {
            *in = r->todo;
            r->todo = (*in)->next;
            (*in)->listed = false;
            (*in)->busy = true;
        } else if (r->no_memory) {
            return false;
        } else if (r->ready) {
            *batch = wp_queue_pop_ready(r);
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
