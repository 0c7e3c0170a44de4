/*
 * reader.h - between the ingester and the harvest: blocks in, whole lines to all threads.
 *
 *     ingest (loop thread)  --raw blocks-->  streams  --batches of lines-->  harvests
 *                                            decoding    parsing, fingerprints
 *
 * A worker either decodes (one worker at a time per file, so that a stream stays in order) or harvests a
 * batch (any worker, any order). Decoding comes first while batches are few, so that the others have food;
 * otherwise batches come first, so that they do not pile up. Blocks and batches come from fixed pools: when
 * workers fall behind, the ingester gets no block and stops reading; when it falls behind, workers sleep.
 *
 * The reader is a sink for blocks (wp_reader_sink) and knows nothing of the event loop.
 */
#ifndef WP_ENGINE_READER_H
#define WP_ENGINE_READER_H

#include "engine/run.h"
#include "ingest/ingest.h"

enum {
    WP_READER_BLOCK_BYTES =
        1 << 20, /* raw; a trip through the event loop costs 20-30 us whatever it brings */
    WP_READER_FILES_AHEAD = 32,
    WP_READER_BLOCKS_PER_FILE = 4,
};

/* A file that ended early. */
struct wp_file_failure {
    uint32_t file;
    struct wp_error error;
};

struct wp_reader;

/* Makes the reader and starts the run's threads. wake(wake_self) is called whenever blocks are free again.
 * keep_pipes: keep a copy of what is read from "-" and from named pipes (as it comes) for a second pass. */
enum wp_status wp_reader_new(struct wp_reader **out, struct wp_run *run, bool keep_pipes,
                             struct wp_error *err);
void wp_reader_on_free(struct wp_reader *r, void (*wake)(void *self), void *self);
/* tick(tick_self) is called by the ingester's thread every WP_INGEST_TICK_MS, for progress. Before reading.
 */
void wp_reader_on_tick(struct wp_reader *r, void (*tick)(void *self), void *self);
/* The reader as a sink. */
struct wp_ingest_sink wp_reader_sink(struct wp_reader *r);

/* True once reading has failed or was ended: further blocks are in vain. Any thread. */
bool wp_reader_stopped(struct wp_reader *r);

/* When no more blocks will come: waits for the workers. WP_OK, or the first failure. canceled: drop what
 * waits. */
enum wp_status wp_reader_finish(struct wp_reader *r, bool canceled, struct wp_error *err);

/* Files that could not be read to their end, by number; valid until wp_reader_free. After finishing. */
const struct wp_file_failure *wp_reader_failures(const struct wp_reader *r, size_t *count);
/* The copies of standard input and named pipes, by file (one that is not open: read it by its name), or NULL
 * when none were to be kept. */
struct wp_file *wp_reader_copies(struct wp_reader *r);
/* Raw bytes decoded and decoded bytes so far. Any thread. */
void wp_reader_progress(const struct wp_reader *r, uint64_t *raw_bytes, uint64_t *decoded_bytes);
void wp_reader_free(struct wp_reader *r);

#endif
