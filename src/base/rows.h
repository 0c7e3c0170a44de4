/*
 * rows.h - many rows of one size, numbered from 0, in memory up to the budget and in a file beyond it.
 *
 * Rows are reserved in ranges, filled by whoever reserved them (several threads fill different rows at once),
 * and read after all filling has ended. A chunk holds 2^shift rows; full chunks leave memory when the budget
 * is used up.
 */
#ifndef WP_BASE_ROWS_H
#define WP_BASE_ROWS_H

#include "base/spill.h"

struct wp_rows_chunk {
    uint8_t *ram;            /* NULL when spilled */
    uint64_t offset;         /* in the spill file when ram is NULL */
    _Atomic uint32_t filled; /* rows written so far */
};

enum { WP_ROWS_DIRECTORY = 4096 }; /* chunks per page of the directory, and pages */

struct wp_rows {
    size_t row_bytes; /* constant, as is shift */
    unsigned shift;
    struct wp_spill spill;
    struct wp_rows_chunk **pages; /* WP_ROWS_DIRECTORY of them, made as needed */
    pthread_mutex_t lock;         /* guards the making of pages and chunks */
};

/* row_bytes: 1..4096. */
enum wp_status wp_rows_init(struct wp_rows *r, size_t row_bytes, struct wp_budget *budget);
void wp_rows_release(struct wp_rows *r);
/* Copies rows first..first+count-1 in. Every row is written exactly once. Any thread. */
enum wp_status wp_rows_write(struct wp_rows *r, uint32_t first, uint32_t count, const void *rows,
                             struct wp_error *err);
/* The row, in place or read into scratch (row_bytes); NULL when reading failed. Any thread, after filling. */
const void *wp_rows_get(struct wp_rows *r, uint32_t row, void *scratch, struct wp_error *err);
/* The row will be asked for soon: brings it near, if it is in memory. Any thread, after filling. */
void wp_rows_expect(struct wp_rows *r, uint32_t row);

#endif
