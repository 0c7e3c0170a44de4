/*
 * ingest.c - the ingester's life and its pump.
 *
 * The pump runs after each turn of the loop and does, until nothing moves any more: close what has ended,
 * open what comes next, announce what was opened (in order), deliver what was read, begin new reads (first
 * file first).
 */
#include "ingest/loop.h"

#include <string.h>
#include "base/memory.h"

/* Blocks. */

/* The lowest-numbered file that is not yet read to its end. */
static const struct wp_slot *first_slot(const struct wp_ingest *ing) {
    for (unsigned i = 0; i < ing->open_count; i++)
        if (ing->open[i]->state < SLOT_ENDING) return ing->open[i];
    return NULL;
}

uint8_t *wp_ingest_take(struct wp_ingest *ing, const struct wp_slot *slot, size_t *cap) {
    const struct wp_ingest_sink *sink = &ing->sink;
    bool first = slot == first_slot(ing);
    if (!first && !ing->reserve) ing->reserve = sink->acquire(sink->self, &ing->reserve_cap);
    if (!first && !ing->reserve) return NULL;
    uint8_t *block = sink->acquire(sink->self, cap);
    if (!block && first && ing->reserve) {
        block = ing->reserve;
        *cap = ing->reserve_cap;
        ing->reserve = NULL;
    }
    return block;
}

bool wp_ingest_more(const struct wp_slot *slot) {
    const struct wp_ingest_sink *sink = &slot->ing->sink;
    return !sink->more || sink->more(sink->self, slot->file);
}

void wp_ingest_deliver(struct wp_slot *slot, uint8_t *block, size_t len) {
    struct wp_ingest *ing = slot->ing;
    slot->pos += len;
    wp_ingest_stop(ing, ing->sink.block(ing->sink.self, slot->file, block, len));
}

void wp_ingest_stop(struct wp_ingest *ing, enum wp_status status) {
    if (ing->status == WP_OK) ing->status = status;
}

/* The pump. */

static bool stopping(const struct wp_ingest *ing) {
    return ing->status != WP_OK;
}

static void unwind_slots(struct wp_ingest *ing) {
    unsigned kept = 0;
    for (unsigned i = 0; i < ing->open_count; i++) {
        struct wp_slot *slot = ing->open[i];
        bool idle = slot->state == SLOT_OPENED || slot->state == SLOT_READING;
        if (idle && stopping(ing)) slot->state = SLOT_ENDING;
        if (slot->state == SLOT_ENDING) wp_slot_unwind(slot);
        if (slot->state != SLOT_FREE) ing->open[kept++] = slot;
    }
    ing->open_count = kept;
}

static void open_slots(struct wp_ingest *ing) {
    for (unsigned i = 0; i < ing->slot_count && ing->next_file < ing->count; i++) {
        if (ing->slots[i].state != SLOT_FREE) continue;
        ing->open[ing->open_count++] = &ing->slots[i];
        wp_slot_open(&ing->slots[i], ing->next_file++);
    }
}

/* In order: what is behind a file that is still being opened waits. */
static void announce_slots(struct wp_ingest *ing) {
    for (unsigned i = 0; i < ing->open_count && !stopping(ing); i++) {
        if (ing->open[i]->state == SLOT_OPENING) return;
        if (ing->open[i]->state == SLOT_OPENED) wp_slot_announce(ing->open[i]);
    }
}

static void deliver_slots(struct wp_ingest *ing) {
    for (unsigned i = 0; i < ing->open_count && !stopping(ing); i++) {
        struct wp_slot *slot = ing->open[i];
        if (slot->state != SLOT_READING) continue;
        if (slot->kind != SLOT_STREAM)
            wp_file_deliver(slot);
        else if (ing->ticked)
            wp_stream_flush(slot);
    }
    ing->ticked = false;
}

static void read_slots(struct wp_ingest *ing) {
    for (unsigned i = 0; i < ing->open_count && !stopping(ing); i++) {
        struct wp_slot *slot = ing->open[i];
        if (slot->state != SLOT_READING) continue;
        if (!(slot->kind == SLOT_STREAM ? wp_stream_read(slot) : wp_slot_file_read(slot))) return;
    }
}

static bool room_to_open(const struct wp_ingest *ing) {
    return ing->open_count < ing->slot_count && ing->next_file < ing->count;
}

/* Begins with unwinding, which takes slots that were closed since off the list, before they are used again.
 * Files that end without an event to come (they could not be opened) make room at once: then once more. */
static void pump(struct wp_ingest *ing) {
    if (wp_ingest_canceled(ing)) wp_ingest_stop(ing, WP_ECANCELED);
    unwind_slots(ing);
    while (!stopping(ing)) {
        open_slots(ing);
        announce_slots(ing);
        deliver_slots(ing);
        read_slots(ing);
        unwind_slots(ing);
        if (!room_to_open(ing)) break;
    }
}

/* The run. */

static void on_tick(uv_timer_t *timer) {
    struct wp_ingest *ing = timer->data;
    ing->ticked = true;
    if (ing->sink.tick && !stopping(ing)) ing->sink.tick(ing->sink.self);
}

/* The turn of the loop is all that is needed: the pump follows. */
static void on_wake(uv_async_t *async) {
    (void)async;
}

static void on_signal(uv_signal_t *handle, int number) {
    (void)number;
    wp_ingest_cancel(handle->data);
}

static enum wp_status run_begin(struct wp_ingest *ing, struct wp_error *err) {
    int code = uv_timer_start(&ing->timer, on_tick, WP_INGEST_TICK_MS, WP_INGEST_TICK_MS);
    if (code == 0 && ing->catch_signals) code = uv_signal_start(&ing->sigint, on_signal, SIGINT);
    if (code == 0 && ing->catch_signals) code = uv_signal_start(&ing->sigterm, on_signal, SIGTERM);
    return code == 0 ? WP_OK : wp_fail_errno(err, -code, NULL, "cannot start the event loop");
}

static void run_end(struct wp_ingest *ing) {
    uv_timer_stop(&ing->timer);
    uv_signal_stop(&ing->sigint);
    uv_signal_stop(&ing->sigterm);
    if (ing->reserve) ing->sink.unused(ing->sink.self, ing->reserve);
    ing->reserve = NULL;
}

enum wp_status wp_ingest_run(struct wp_ingest *ing, struct wp_error *err) {
    if (ing->ran) return wp_fail(err, WP_EINVAL, "an ingester runs once");
    ing->ran = true;
    enum wp_status status = run_begin(ing, err);
    if (status == WP_OK) {
        pump(ing);
        while (ing->open_count > 0 || (!stopping(ing) && ing->next_file < ing->count)) {
            uv_run(&ing->loop, UV_RUN_ONCE);
            pump(ing);
        }
        status = ing->status;
        if (status == WP_ECANCELED && wp_ingest_canceled(ing)) wp_fail(err, status, "interrupted");
    }
    run_end(ing);
    return status;
}

/* Life. */

void wp_ingest_wake(struct wp_ingest *ing) {
    uv_async_send(&ing->async);
}

void wp_ingest_cancel(struct wp_ingest *ing) {
    atomic_store(&ing->canceled, true);
    uv_async_send(&ing->async);
}

bool wp_ingest_canceled(const struct wp_ingest *ing) {
    return atomic_load(&ing->canceled);
}

void wp_ingest_catch_signals(struct wp_ingest *ing) {
    ing->catch_signals = true;
}

static enum wp_status check_names(const char *const *names, size_t count, struct wp_error *err) {
    unsigned dashes = 0;
    if (count > UINT32_MAX) return wp_fail(err, WP_ETOOBIG, "more than %u files", UINT32_MAX);
    for (size_t i = 0; i < count; i++) dashes += strcmp(names[i], "-") == 0;
    return dashes <= 1 ? WP_OK : wp_fail(err, WP_EINVAL, "standard input is given more than once");
}

static int handles_init(struct wp_ingest *ing) {
    int code = uv_async_init(&ing->loop, &ing->async, on_wake);
    if (code == 0) code = uv_signal_init(&ing->loop, &ing->sigint);
    if (code == 0) code = uv_signal_init(&ing->loop, &ing->sigterm);
    if (code == 0) code = uv_timer_init(&ing->loop, &ing->timer);
    ing->sigint.data = ing->sigterm.data = ing->timer.data = ing;
    return code;
}

static void close_handle(uv_handle_t *handle, void *arg) {
    (void)arg;
    if (!uv_is_closing(handle)) uv_close(handle, NULL);
}

static void loop_release(struct wp_ingest *ing) {
    uv_walk(&ing->loop, close_handle, NULL);
    uv_run(&ing->loop, UV_RUN_DEFAULT);
    uv_loop_close(&ing->loop);
}

static int slots_init(struct wp_ingest *ing, unsigned files_ahead) {
    if (files_ahead > WP_INGEST_FILES_MAX) files_ahead = WP_INGEST_FILES_MAX;
    if (files_ahead > ing->count) files_ahead = ing->count;
    ing->slot_count = files_ahead > 0 ? files_ahead : 1;
    ing->slots = wp_zalloc(ing->slot_count, sizeof *ing->slots);
    ing->open = wp_zalloc(ing->slot_count, sizeof(struct wp_slot *));
    if (!ing->slots || !ing->open) return UV_ENOMEM;
    for (unsigned i = 0; i < ing->slot_count; i++) ing->slots[i].ing = ing;
    return 0;
}

enum wp_status wp_ingest_new(struct wp_ingest **out, const char *const *names, size_t count,
                             const struct wp_ingest_sink *sink, unsigned files_ahead, struct wp_error *err) {
    *out = NULL;
    WP_TRY(check_names(names, count, err));
    struct wp_ingest *ing = wp_zalloc(1, sizeof *ing);
    if (!ing) return wp_fail(err, WP_ENOMEM, "no memory for the ingester");
    ing->names = names;
    ing->count = (uint32_t)count;
    ing->sink = *sink;
    int code = slots_init(ing, files_ahead);
    if (code == 0) code = uv_loop_init(&ing->loop);
    ing->has_loop = code == 0;
    if (code == 0) code = handles_init(ing);
    if (code == 0) {
        *out = ing;
        return WP_OK;
    }
    wp_ingest_free(ing);
    return wp_fail_errno(err, -code, NULL, "cannot make the event loop");
}

void wp_ingest_free(struct wp_ingest *ing) {
    if (!ing) return;
    if (ing->has_loop) loop_release(ing);
    wp_free(ing->slots);
    wp_free(ing->open);
    wp_free(ing);
}
