/*
 * loop.h - what the parts of the ingester share; the one place that includes libuv.
 *
 *   ingest.c   the ingester's life, the pump (who may read next), signals
 *   slot.c     one open input from open to close
 *   file.c     reading what has offsets, and devices: uv_fs_read on libuv's pool
 *   stream.c   reading pipes, sockets and terminals: uv_poll and read on the loop's thread
 *
 * libuv's callbacks only note what happened. Everything else, above all each call of the sink, is done by the
 * pump, which runs once after each turn of the loop. So no sink call is ever inside another, and the order of
 * events within a turn does not matter.
 *
 *   FREE -> OPENING -> OPENED -> READING -> ENDING -> CLOSING -> FREE
 *           uv_fs_open  |        blocks     |         uv_fs_close
 *                       sink.open           sink.close; waits for reads under way and the poll handle
 */
#ifndef WP_INGEST_LOOP_H
#define WP_INGEST_LOOP_H

#include <stdatomic.h>
#include <uv.h>
#include "ingest/ingest.h"

struct wp_slot;

enum wp_slot_state { SLOT_FREE, SLOT_OPENING, SLOT_OPENED, SLOT_READING, SLOT_ENDING, SLOT_CLOSING };

enum wp_slot_kind {
    SLOT_FILE,   /* has a size and offsets */
    SLOT_SERIAL, /* read one after the other until there is no more: devices, files that tell no size */
    SLOT_STREAM, /* tells when it has something */
};

/* One read of a file; all fields but `result` are the loop's while it is under way, too. */
struct wp_read {
    uv_fs_t req;
    uint8_t *block;
    size_t len;     /* asked for */
    ssize_t result; /* bytes, or a negative errno */
    bool busy;      /* under way */
    bool stale;     /* an earlier read fell short: this one is not at the right place */
};

/* One open input. Loop only. */
struct wp_slot {
    struct wp_ingest *ing;
    enum wp_slot_state state;
    enum wp_slot_kind kind;
    uint32_t file;
    uv_file fd;    /* -1 = none */
    int open_code; /* 0 or a negative errno from opening */
    uv_fs_t req;   /* open and close */

    /* files */
    uint64_t size; /* offset of the end; WP_INGEST_SIZE_UNKNOWN for SLOT_SERIAL */
    uint64_t pos;  /* offset up to which blocks were delivered */
    uint64_t next; /* offset of the next read to begin */
    struct wp_read read[WP_INGEST_READS_PER_FILE]; /* a ring */
    unsigned head, reads;                          /* the oldest; how many are in use */

    /* streams */
    uv_poll_t poll;
    bool poll_open, poll_closing, polling;
    bool readable;
    uint8_t *block; /* being filled, or NULL */
    size_t fill, cap;

    /* standard input */
    bool is_stdin;
    int stdin_flags; /* to be put back; -1 = nothing */
};

struct wp_ingest {
    /* constant */
    const char *const *names;
    uint32_t count;
    struct wp_ingest_sink sink;
    unsigned slot_count;
    bool catch_signals, has_loop;

    /* any thread */
    uv_async_t async;
    atomic_bool canceled;

    /* loop only */
    uv_loop_t loop;
    uv_timer_t timer;
    uv_signal_t sigint, sigterm;
    struct wp_slot *slots;
    struct wp_slot **open; /* slots in use, in the order of their files */
    unsigned open_count;
    uint32_t next_file;
    uint8_t *reserve; /* the block that only the first file may use, or NULL */
    size_t reserve_cap;
    bool ran, ticked;
    enum wp_status status; /* other than WP_OK: the run is being stopped */
};

/* ingest.c */

/* A block for the slot, or NULL; keeps the rule of the reserve. */
uint8_t *wp_ingest_take(struct wp_ingest *ing, const struct wp_slot *slot, size_t *cap);
/* Stops the run with status, unless it is WP_OK or the run is being stopped already. */
void wp_ingest_stop(struct wp_ingest *ing, enum wp_status status);
/* Hands a block over to the sink and moves the slot's position. */
void wp_ingest_deliver(struct wp_slot *slot, uint8_t *block, size_t len);
bool wp_ingest_more(const struct wp_slot *slot);

/* slot.c: one input from open to close. */

/* Begins to open the file. */
void wp_slot_open(struct wp_slot *slot, uint32_t file);
/* Tells the sink about a slot that is SLOT_OPENED: it is SLOT_READING or SLOT_ENDING afterwards. */
void wp_slot_announce(struct wp_slot *slot);
/* No more is read. Tells the sink, with code (a negative errno) and what failed, or 0 and NULL for a clean
 * end. */
void wp_slot_end(struct wp_slot *slot, int code, const char *what);
/* SLOT_ENDING: gives back blocks and closes as far as nothing is under way any more. */
void wp_slot_unwind(struct wp_slot *slot);

/* file.c */

/* Hands over what has been read, in order. */
void wp_file_deliver(struct wp_slot *slot);
/* Begins as many reads as may be. false: the sink had no block. */
bool wp_slot_file_read(struct wp_slot *slot);
/* Gives back blocks of reads that are done. true when none is under way. */
bool wp_file_unwind(struct wp_slot *slot);

/* stream.c */

/* 0, or a negative errno; UV_EPERM: not the kind that tells when it has something. */
int wp_stream_init(struct wp_slot *slot);
/* Reads what is there, up to a block. false: the sink had no block. */
bool wp_stream_read(struct wp_slot *slot);
/* Hands over a block that is only partly full. */
void wp_stream_flush(struct wp_slot *slot);
/* Gives back the block and closes the handle. true when it is closed. */
bool wp_stream_unwind(struct wp_slot *slot);

#endif
