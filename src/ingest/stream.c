/*
 * stream.c - reading pipes, sockets and terminals when the system says that they have something.
 *
 * A block is taken only when there is something to read, so that a silent pipe holds none. A pipe gives
 * little at a time: the block is kept until it is full, the stream has ended or a tick has passed. At most
 * one block is read in a turn of the loop, so that a fast pipe leaves time to others.
 */
#include "ingest/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* What a pipe is asked to hold: fewer and larger reads. The system may refuse. */
#define PIPE_BYTES (1 << 20)

static void on_readable(uv_poll_t *poll, int status, int events) {
    struct wp_slot *slot = poll->data;
    (void)status; /* the read will tell */
    (void)events;
    slot->readable = true;
    slot->polling = false;
    uv_poll_stop(poll);
}

static void on_poll_closed(uv_handle_t *handle) {
    struct wp_slot *slot = handle->data;
    slot->poll_open = false;
}

int wp_stream_init(struct wp_slot *slot) {
    int code = uv_poll_init(&slot->ing->loop, &slot->poll, slot->fd);
    if (code != 0) return code;
    slot->poll.data = slot;
    slot->poll_open = true;
    (void)fcntl(slot->fd, F_SETPIPE_SZ, PIPE_BYTES);
    return 0;
}

void wp_stream_flush(struct wp_slot *slot) {
    if (slot->fill == 0) return;
    uint8_t *block = slot->block;
    size_t len = slot->fill;
    slot->block = NULL;
    slot->fill = 0;
    wp_ingest_deliver(slot, block, len);
}

static void stream_end(struct wp_slot *slot, int code) {
    wp_stream_flush(slot);
    if (slot->ing->status == WP_OK) wp_slot_end(slot, code, code ? "cannot read" : NULL);
}

static void stream_fill(struct wp_slot *slot) {
    while (slot->fill < slot->cap) {
        ssize_t got = read(slot->fd, slot->block + slot->fill, slot->cap - slot->fill);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
        if (got <= 0) {
            stream_end(slot, got < 0 ? -errno : 0);
            return;
        }
        slot->fill += (size_t)got;
    }
    slot->readable = false; /* when the block is full: ask again, in the next turn */
    if (slot->fill == slot->cap) wp_stream_flush(slot);
}

bool wp_stream_read(struct wp_slot *slot) {
    if (!slot->block && !wp_ingest_more(slot)) return true;
    if (slot->readable && !slot->block) {
        slot->block = wp_ingest_take(slot->ing, slot, &slot->cap);
        if (!slot->block) return false;
    }
    if (slot->readable) stream_fill(slot);
    if (slot->state != SLOT_READING || slot->polling) return true;
    int code = uv_poll_start(&slot->poll, UV_READABLE, on_readable);
    slot->polling = code == 0;
    if (code != 0) stream_end(slot, code);
    return true;
}

bool wp_stream_unwind(struct wp_slot *slot) {
    if (slot->block) slot->ing->sink.unused(slot->ing->sink.self, slot->block);
    slot->block = NULL;
    if (slot->poll_open && !slot->poll_closing) {
        slot->poll_closing = true;
        uv_close((uv_handle_t *)&slot->poll, on_poll_closed);
    }
    return !slot->poll_open;
}
