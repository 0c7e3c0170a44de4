/*
 * spill.h - memory with a limit: what does not fit goes to a temporary file.
 *
 * A budget counts the bytes of long-lived chunks over all stores of a run. A store fills chunks; when a chunk
 * is full and the budget is used up, the chunk is written to the store's spill file and its memory is given
 * back. What is read again comes from wherever it lies, so that no result depends on the limit.
 *
 *     wp_rows    rows of one size, by number            (row headers, sketches)
 *     wp_blobs   byte strings, by reference             (ids, shingle streams)
 *     wp_parts   unordered fixed-size items, by part    (postings, hits, matches)
 *
 * The file has no name from the start, so that nothing is left behind, however the process ends.
 */
#ifndef WP_BASE_SPILL_H
#define WP_BASE_SPILL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include "base/file.h"
#include "base/status.h"

struct wp_budget {
    size_t limit_bytes; /* constant */
    _Atomic size_t used_bytes;
    const char *dir;                /* where spill files go; constant, borrowed */
    _Atomic uint64_t spilled_bytes; /* written to spill files so far, for the summary */
};

void wp_budget_init(struct wp_budget *b, size_t limit_bytes, const char *dir);
/* Counts bytes in (always) and out; full: is the limit passed? Any thread. */
void wp_budget_take(struct wp_budget *b, size_t bytes);
void wp_budget_give(struct wp_budget *b, size_t bytes);
bool wp_budget_full(struct wp_budget *b);

struct wp_spill {
    struct wp_budget *budget;
    pthread_mutex_t lock; /* guards the opening of file */
    struct wp_file file;
    atomic_bool open; /* set once, when file may be used */
    _Atomic uint64_t end;
};

void wp_spill_init(struct wp_spill *s, struct wp_budget *budget);
void wp_spill_release(struct wp_spill *s);
/* Appends len bytes; *offset says where. Any thread. */
enum wp_status wp_spill_write(struct wp_spill *s, const void *data, size_t len, uint64_t *offset,
                              struct wp_error *err);
/* Reads exactly len bytes at offset. Any thread. */
enum wp_status wp_spill_read(struct wp_spill *s, void *data, size_t len, uint64_t offset,
                             struct wp_error *err);

#endif
