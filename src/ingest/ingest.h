/*
 * ingest.h - libuv moves the bytes: files, pipes and terminals in, raw blocks out to a sink.
 *
 * One thread runs one loop. It opens the named inputs in order, several ahead, reads them without ever
 * blocking, and hands over blocks as they are on disk: still compressed, cut anywhere. The blocks are the
 * sink's: the ingester asks for one, fills it, gives it back. While the sink has none (no credit), nothing is
 * read.
 *
 * No deadlock for a sink that takes files in order. The *first* file is the lowest-numbered one that is not
 * yet read to its end. Free blocks go to it first; and another file gets one only while the ingester holds a
 * further one in reserve, which only the first file may use. So however much the later files have piled up,
 * the first one always finds a block: the reserve, or one that the sink frees by working on the first file's
 * own blocks. With a single block in all, the files are read strictly one after the other. What keeps later
 * files from taking all *but* one block is the sink's `more`.
 *
 * It leaves decompression, records and directories (given as a file they are an error) to others, and puts no
 * work but reading, opening and closing on libuv's pool.
 */
#ifndef WP_INGEST_INGEST_H
#define WP_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

/* Reads of one regular file that may be under way at once (at explicit offsets, delivered in order). */
#define WP_INGEST_READS_PER_FILE 2
/* Between two calls of `tick`; also the longest time that a slow pipe's bytes wait for their block to fill
 * up. */
#define WP_INGEST_TICK_MS 100
/* More files than this are never open at once, whatever is asked for. */
#define WP_INGEST_FILES_MAX 256
/* A size that the system does not tell: pipes, devices, files that cannot be opened. */
#define WP_INGEST_SIZE_UNKNOWN UINT64_MAX

/* Where blocks come from and go to. All calls are made by wp_ingest_run, on its thread, and must be quick and
 * must not block; none may call wp_ingest_run or wp_ingest_free. `file` is the index in `names`.
 *
 * Each file gets one `open`, in the order of the names; then its blocks in order; then one `close`. Files
 * overlap, so that the second may close before the first. After a fatal status or a cancel nothing is called
 * any more but `unused`, and files that were open get no `close`. */
struct wp_ingest_sink {
    void *self;
    /* A block to read into and its size (1 or more) in *cap, or NULL: none now. Whoever makes one free again,
     * or makes `more` true again, calls wp_ingest_wake afterwards. */
    uint8_t *(*acquire)(void *self, size_t *cap);
    /* Gives an acquired block back unread. No wake is needed for it. */
    void (*unused)(void *self, uint8_t *block);
    /* The file's size as the system tells it (what is left of it, for a standard input in the middle of a
     * file). */
    enum wp_status (*open)(void *self, uint32_t file, uint64_t size_bytes);
    /* The next len > 0 bytes of the file. Takes the block, also when it fails. */
    enum wp_status (*block)(void *self, uint32_t file, uint8_t *block, size_t len);
    /* The file's end; err is NULL, or says (borrowed) why there is no more: what came before stands. A status
     * other than WP_OK is fatal: returning err->status is how a sink is strict. */
    enum wp_status (*close)(void *self, uint32_t file, const struct wp_error *err);
    /* May a further block be read for this file now? false stops this file alone. NULL: always. */
    bool (*more)(void *self, uint32_t file);
    /* Every WP_INGEST_TICK_MS while running. May be NULL. */
    void (*tick)(void *self);
};

struct wp_ingest;

/* Makes an ingester for names[0..count-1]: paths, or "-" (at most once: WP_EINVAL) for standard input. Up to
 * files_ahead (1 to WP_INGEST_FILES_MAX; clamped) are open at once. Names are borrowed until wp_ingest_free,
 * *sink is copied. Opens no input yet. WP_ENOMEM, WP_ESYSTEM. */
enum wp_status wp_ingest_new(struct wp_ingest **out, const char *const *names, size_t count,
                             const struct wp_ingest_sink *sink, unsigned files_ahead, struct wp_error *err);

/* Asks that SIGINT and SIGTERM cancel the run: their handlers are replaced while wp_ingest_run runs, and
 * reset to the system's default when it returns. Before wp_ingest_run. */
void wp_ingest_catch_signals(struct wp_ingest *ing);

/* Reads everything; once per ingester. WP_OK when each file was closed, with or without error. WP_ECANCELED
 * after wp_ingest_cancel or a caught signal; the sink's status when it failed (then *err is left as it is:
 * the sink knows the words); WP_ESYSTEM or WP_ENOMEM. When it returns, no request is under way, every file is
 * closed and every block is back with the sink. */
enum wp_status wp_ingest_run(struct wp_ingest *ing, struct wp_error *err);

/* There may be free blocks again, or `more` may be true again: look. Cheap; many calls may count as one. Any
 * thread, from wp_ingest_new to wp_ingest_free. */
void wp_ingest_wake(struct wp_ingest *ing);

/* Stops the run as soon as what is under way has ended. Any thread, also from a signal handler, from
 * wp_ingest_new to wp_ingest_free; before wp_ingest_run, which then returns at once. */
void wp_ingest_cancel(struct wp_ingest *ing);

/* True once a signal was caught or wp_ingest_cancel called. Any thread. */
bool wp_ingest_canceled(const struct wp_ingest *ing);

/* Not while running. NULL is fine. */
void wp_ingest_free(struct wp_ingest *ing);

#endif
