/*
 * slot.c - one open input, from open to close.
 *
 * Everything is opened with O_NONBLOCK: it means nothing to files, and a FIFO without a writer opens at once.
 * Standard input is duplicated, so that each slot owns its descriptor. Its O_NONBLOCK flag is shared with
 * whoever started us, and for a terminal also with our own output: a terminal is opened anew, for others the
 * flag is put back.
 */
#include "ingest/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_open(uv_fs_t *req) {
    struct wp_slot *slot = req->data;
    slot->fd = req->result >= 0 ? (uv_file)req->result : -1;
    slot->open_code = req->result >= 0 ? 0 : (int)req->result;
    slot->state = SLOT_OPENED;
    uv_fs_req_cleanup(req);
}

static void open_stdin(struct wp_slot *slot) {
    slot->is_stdin = true;
    slot->fd = -1;
    if (isatty(STDIN_FILENO))
        slot->fd = open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (slot->fd < 0) {
        slot->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        slot->stdin_flags = slot->fd < 0 ? -1 : fcntl(STDIN_FILENO, F_GETFL);
    }
    slot->open_code = slot->fd < 0 ? -errno : 0;
    slot->state = SLOT_OPENED;
}

void wp_slot_open(struct wp_slot *slot, uint32_t file) {
    struct wp_ingest *ing = slot->ing;
    *slot = (struct wp_slot){.ing = ing, .state = SLOT_OPENING, .file = file, .fd = -1, .stdin_flags = -1};
    if (strcmp(ing->names[file], "-") == 0) {
        open_stdin(slot);
        return;
    }
    slot->req.data = slot;
    int flags = UV_FS_O_RDONLY | UV_FS_O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
    int code = uv_fs_open(&ing->loop, &slot->req, ing->names[file], flags, 0, on_open);
    if (code == 0) return;
    slot->open_code = code;
    slot->state = SLOT_OPENED;
}

/* Regular files are read at offsets up to the size they have now. */
static void look_file(struct wp_slot *slot, const struct stat *st) {
    off_t start = slot->is_stdin ? lseek(slot->fd, 0, SEEK_CUR) : 0;
    slot->pos = slot->next = start > 0 ? (uint64_t)start : 0;
    slot->size = st->st_size > 0 ? (uint64_t)st->st_size : WP_INGEST_SIZE_UNKNOWN; /* /proc tells 0 */
    slot->kind = st->st_size > 0 ? SLOT_FILE : SLOT_SERIAL;
}

static void look_other(struct wp_slot *slot) {
    slot->size = WP_INGEST_SIZE_UNKNOWN;
    slot->kind = SLOT_STREAM;
    slot->open_code = wp_stream_init(slot);
    if (slot->open_code != UV_EPERM) return;
    /* A device that is always ready. On the pool it may block. */
    slot->open_code = 0;
    slot->kind = SLOT_SERIAL;
    int flags = fcntl(slot->fd, F_GETFL);
    if (flags >= 0) fcntl(slot->fd, F_SETFL, flags & ~O_NONBLOCK);
}

/* fstat of what was just opened needs no disk: not worth a trip to the pool. */
static uint64_t look(struct wp_slot *slot) {
    struct stat st;
    if (slot->open_code != 0) return WP_INGEST_SIZE_UNKNOWN;
    if (fstat(slot->fd, &st) != 0) {
        slot->open_code = -errno;
    } else if (S_ISDIR(st.st_mode)) {
        slot->open_code = UV_EISDIR;
    } else if (S_ISREG(st.st_mode)) {
        look_file(slot, &st);
        uint64_t size = (uint64_t)st.st_size;
        return size > slot->pos ? size - slot->pos : 0;
    } else {
        look_other(slot);
    }
    return WP_INGEST_SIZE_UNKNOWN;
}

void wp_slot_announce(struct wp_slot *slot) {
    struct wp_ingest *ing = slot->ing;
    uint64_t size = look(slot);
    slot->state = SLOT_READING;
    wp_ingest_stop(ing, ing->sink.open(ing->sink.self, slot->file, size));
    if (ing->status == WP_OK && slot->open_code != 0) wp_slot_end(slot, slot->open_code, "cannot open");
}

void wp_slot_end(struct wp_slot *slot, int code, const char *what) {
    struct wp_ingest *ing = slot->ing;
    struct wp_error err;
    slot->state = SLOT_ENDING;
    if (what) {
        wp_fail_errno(&err, -code, ing->names[slot->file], what);
        if (slot->pos > 0) wp_error_offset(&err, slot->pos);
    }
    wp_ingest_stop(ing, ing->sink.close(ing->sink.self, slot->file, what ? &err : NULL));
}

static void on_close(uv_fs_t *req) {
    struct wp_slot *slot = req->data;
    slot->state = SLOT_FREE;
    slot->fd = -1;
    uv_fs_req_cleanup(req);
}

/* Leaves standard input as a reader without offsets of its own would have left it. */
static void restore_stdin(struct wp_slot *slot) {
    if (slot->stdin_flags >= 0) fcntl(slot->fd, F_SETFL, slot->stdin_flags);
    if (slot->kind == SLOT_FILE) (void)lseek(slot->fd, (off_t)slot->pos, SEEK_SET);
}

void wp_slot_unwind(struct wp_slot *slot) {
    if (!wp_file_unwind(slot) || !wp_stream_unwind(slot)) return;
    if (slot->fd < 0) {
        slot->state = SLOT_FREE;
        return;
    }
    if (slot->is_stdin) restore_stdin(slot);
    slot->state = SLOT_CLOSING;
    slot->req.data = slot;
    if (uv_fs_close(&slot->ing->loop, &slot->req, slot->fd, on_close) == 0) return;
    close(slot->fd);
    slot->state = SLOT_FREE;
}
