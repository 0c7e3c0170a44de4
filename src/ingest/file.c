/*
 * file.c - reading files and devices by uv_fs_read on libuv's pool.
 *
 * A file with a size is read at explicit offsets, up to the size that it had when it was opened: several
 * reads may be under way, and no read is spent on finding the end. They may be done in any order; the ring
 * hands them over in theirs. A read that falls short makes those behind it stale: they are thrown away and
 * done again from there. Files that tell no size, and devices, are read one block after the other until there
 * is no more.
 */
#include "ingest/loop.h"

#include <errno.h>
#include <fcntl.h>

/* What one call of read may be asked for. */
#define READ_BYTES_MAX ((size_t)1 << 30)

static struct wp_read *ring_at(struct wp_slot *slot, unsigned i) {
    return &slot->read[(slot->head + i) % WP_INGEST_READS_PER_FILE];
}

static void ring_drop(struct wp_slot *slot) {
    slot->head = (slot->head + 1) % WP_INGEST_READS_PER_FILE;
    slot->reads--;
}

static void give_back(struct wp_slot *slot, struct wp_read *read) {
    slot->ing->sink.unused(slot->ing->sink.self, read->block);
    ring_drop(slot);
}

static void on_read(uv_fs_t *req) {
    struct wp_read *read = req->data;
    read->result = req->result;
    read->busy = false;
    uv_fs_req_cleanup(req);
}

static void deliver_one(struct wp_slot *slot, struct wp_read *read) {
    if (read->stale) {
        give_back(slot, read);
    } else if (read->result < 0) {
        wp_slot_end(slot, (int)read->result, "cannot read");
    } else if (read->result == 0) {
        bool cut = slot->kind == SLOT_FILE;
        wp_slot_end(slot, cut ? UV_EIO : 0, cut ? "became shorter while it was read" : NULL);
    } else {
        size_t len = (size_t)read->result;
        ring_drop(slot);
        wp_ingest_deliver(slot, read->block, len);
        if (len == read->len || slot->kind != SLOT_FILE) return;
        for (unsigned i = 0; i < slot->reads; i++) ring_at(slot, i)->stale = true;
        slot->next = slot->pos;
    }
}

void wp_file_deliver(struct wp_slot *slot) {
    struct wp_ingest *ing = slot->ing;
    while (slot->reads > 0 && !ring_at(slot, 0)->busy && slot->state == SLOT_READING && ing->status == WP_OK)
        deliver_one(slot, ring_at(slot, 0));
    bool done = slot->kind == SLOT_FILE && slot->pos >= slot->size;
    if (done && slot->state == SLOT_READING && ing->status == WP_OK) wp_slot_end(slot, 0, NULL);
}

static bool wants_read(const struct wp_slot *slot) {
    if (slot->kind == SLOT_SERIAL) return slot->reads == 0;
    return slot->reads < WP_INGEST_READS_PER_FILE && slot->next < slot->size;
}

static void begin_read(struct wp_slot *slot, uint8_t *block, size_t cap) {
    struct wp_read *read = ring_at(slot, slot->reads);
    uint64_t left = slot->size - slot->next;
    if (cap > READ_BYTES_MAX) cap = READ_BYTES_MAX;
    read->block = block;
    read->len = cap < left ? cap : (size_t)left;
    read->stale = false;
    read->busy = true;
    read->req.data = read;
    slot->reads++;
    uv_buf_t buf = uv_buf_init((char *)block, (unsigned)read->len);
    int64_t offset = slot->kind == SLOT_FILE ? (int64_t)slot->next : -1;
    int code = uv_fs_read(&slot->ing->loop, &read->req, slot->fd, &buf, 1, offset, on_read);
    slot->next += read->len;
    if (code == 0) return;
    read->busy = false;
    read->result = code;
}

bool wp_slot_file_read(struct wp_slot *slot) {
    if (slot->kind == SLOT_FILE && slot->next == 0 && slot->reads == 0)
        (void)posix_fadvise(slot->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    while (wants_read(slot) && wp_ingest_more(slot)) {
        size_t cap = 0;
        uint8_t *block = wp_ingest_take(slot->ing, slot, &cap);
        if (!block) return false;
        begin_read(slot, block, cap);
    }
    return true;
}

bool wp_file_unwind(struct wp_slot *slot) {
    while (slot->reads > 0 && !ring_at(slot, 0)->busy) give_back(slot, ring_at(slot, 0));
    return slot->reads == 0;
}
