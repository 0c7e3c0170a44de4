/*
 * row_table.h - the rows of a segment, packed, any one of them read where it lies.
 *
 * Hashes stand as they are: they cannot be made smaller. Of the other columns the segment knows the least
 * value and how many bits the distance from it takes (the shape), so that every row has the same length and
 * one is read without its neighbours, in a cache line or two. Rows of articles that have gone are not there.
 * Where there are such, a second section says which, and where the others are:
 *
 *     rows     id (128 bits) | exact hash (128) | title (128) | columns, packed      by number
 *     places   rows before these 480 (32 bits) | 480 bits: is there                  none when all are there
 *
 * The columns and the bytes of a shape are told in FORMAT.md.
 */
#ifndef WP_INDEX_ROW_TABLE_H
#define WP_INDEX_ROW_TABLE_H

#include "index/packed.h"
#include "index/section.h"

enum { WP_ROW_COLUMNS = 15, WP_ROW_SHAPE_BYTES = WP_ROW_COLUMNS + 1 + 8 + 4 * (WP_ROW_COLUMNS - 1) };

struct wp_row_shape {
    uint64_t least[WP_ROW_COLUMNS], most[WP_ROW_COLUMNS];
    uint8_t bits[WP_ROW_COLUMNS]; /* set by wp_row_shape_end, or by reading */
    uint32_t row_bytes;
};

/* Making a shape: every row that will be there, then the end. */
void wp_row_shape_begin(struct wp_row_shape *s);
void wp_row_shape_take(struct wp_row_shape *s, const struct wp_row *row, uint32_t number);
/* Where records will be is not known yet: any place of any text file. */
void wp_row_shape_take_any_record(struct wp_row_shape *s);
void wp_row_shape_end(struct wp_row_shape *s);
void wp_row_shape_write(uint8_t out[WP_ROW_SHAPE_BYTES], const struct wp_row_shape *s);
/* Returns 0, or -1 when no shape is like that. */
int wp_row_shape_read(struct wp_row_shape *s, const uint8_t in[WP_ROW_SHAPE_BYTES]);

/* The rows of articles `first` to first + count - 1. Any thread may read. */
struct wp_row_table {
    uint32_t first, count;
    struct wp_row_shape shape;
    struct wp_section rows, places;
};
/* Are the two sections as long as they must be, with `there` rows that are there? */
int wp_row_table_valid(const struct wp_row_table *t, uint64_t there);
/* How many rows are there. */
static inline uint64_t wp_row_table_there(const struct wp_row_table *t) {
    return t->rows.len / t->shape.row_bytes;
}
/* The row of a number in range; one that has gone is all zeros. WP_EDAMAGED. */
enum wp_status wp_row_table_read(const struct wp_row_table *t, uint32_t number, struct wp_row *row,
                                 struct wp_error *err);
/* Ask for the memory that reading it will need, where that is known without a look. */
void wp_row_table_prefetch(const struct wp_row_table *t, uint32_t number);
/* The articles from the first to the last one that has some of its row in bytes [at, at + len) of the rows;
 * all of them when `places` is damaged. */
void wp_row_table_covers(const struct wp_row_table *t, uint64_t at, uint64_t len, uint32_t *first,
                         uint32_t *count);

/* Writes the rows of articles from `first` on, as two sections. Release in any case. */
struct wp_row_writer {
    struct wp_section_writer *out;
    const struct wp_row_shape *shape; /* borrowed */
    uint32_t first, next;             /* number of the row that comes next */
    uint32_t there;
    struct wp_buffer packed, places;
};
/* Begins the section of rows. */
enum wp_status wp_row_writer_begin(struct wp_row_writer *w, struct wp_section_writer *out, uint32_t kind,
                                   const struct wp_row_shape *shape, uint32_t first, struct wp_error *err);
/* Rows come by number; NULL: the article has gone. WP_ENOMEM. */
enum wp_status wp_row_writer_add(struct wp_row_writer *w, const struct wp_row *row, struct wp_error *err);
/* Ends that section. */
enum wp_status wp_row_writer_end(struct wp_row_writer *w, struct wp_error *err);
/* Writes the section of places, when it is its turn. */
enum wp_status wp_row_writer_places(struct wp_row_writer *w, uint32_t kind, struct wp_error *err);
void wp_row_writer_release(struct wp_row_writer *w);

#endif
