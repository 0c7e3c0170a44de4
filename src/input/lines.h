/*
 * lines.h - cutting decoded bytes into batches of whole lines.
 *
 * Decoded bytes are written straight into a batch, behind the beginning of a line that the batch before left
 * over; then the batch is cut behind its last newline. So nothing is copied but one partial line a batch.
 *
 *     wp_lines_begin     | carried |                                  |
 *     decode             | carried | ... \n ......... \n ... \n partial
 *     wp_lines_cut       | whole lines                      | -> carried over, then padding
 *
 * A UTF-8 byte order mark at the very beginning is taken away. \r before \n belongs to the line. A line of
 * more than max_record bytes is given up as soon as that is known, and its bytes are dropped as they come, so
 * memory stays bounded: it ends its batch, which has `too_long` set. The last line of a file may lack its
 * newline.
 *
 * The loop (read = decode into room, at_end = nothing more to come):
 *     begin; do { room; read; batch.len += n; } while (!wp_lines_cut(lines, batch, at_end));
 * One struct wp_lines per file, used by one thread at a time; batches travel.
 */
#ifndef WP_INPUT_LINES_H
#define WP_INPUT_LINES_H

#include <stdbool.h>
#include <string.h>
#include "base/memory.h"

/* Readable bytes behind the last line of every batch (zeros). */
#define WP_LINES_PADDING 64
/* The least room that wp_lines_room gives. */
#define WP_LINES_ROOM_MIN ((size_t)16 << 10)

struct wp_batch_buf {
    uint8_t *data;
    size_t len;      /* while filling: bytes so far; after the cut: whole lines */
    size_t cap;      /* allocated, padding included */
    size_t normal;   /* the size to go back to after one that had to grow */
    uint64_t offset; /* of data[0] in the decoded file */
    bool too_long;   /* behind the last line here comes one that is too long and was dropped */
};

/* `bytes` should be some times larger than a usual line; it grows only for a line that does not fit, up to
 * max_record and a bit. WP_ENOMEM. Zero-initialised may be released. */
enum wp_status wp_batch_buf_init(struct wp_batch_buf *b, size_t bytes);
void wp_batch_buf_release(struct wp_batch_buf *b);

struct wp_lines {
    size_t max_record;      /* longest line accepted, newline not counted */
    struct wp_buffer carry; /* the beginning of a line */
    uint64_t offset;        /* of carry in the decoded file */
    bool started;           /* past the byte order mark */
    bool skipping;          /* inside a line that is too long */
};

/* Ready for the first byte of a file. Also between files; zero-initialise before the first time. */
void wp_lines_init(struct wp_lines *l, size_t max_record);
void wp_lines_release(struct wp_lines *l);

/* Empties the batch and puts what was carried over at its front. WP_ENOMEM. */
enum wp_status wp_lines_begin(struct wp_lines *l, struct wp_batch_buf *b);

/* Where to decode to: at *room, *cap bytes (WP_LINES_ROOM_MIN or more); grows the batch if it must. After
 * writing n bytes there add n to b->len. WP_ENOMEM. */
enum wp_status wp_lines_room(struct wp_batch_buf *b, uint8_t **room, size_t *cap);

/*
 * True: the batch is finished; it may hold no line at all. False: it holds no end of a line yet; decode more
 * into it. At the end of the file (at_end) always true, and a last line without newline counts. When the file
 * ends in damage, cut with at_end = false: the line that the damage cut is not given out, and false means
 * that there is nothing in the batch. Out of memory for the partial line: *status is WP_ENOMEM, else WP_OK.
 */
bool wp_lines_cut(struct wp_lines *l, struct wp_batch_buf *b, bool at_end, enum wp_status *status);

/* A walk over the lines of a batch. */
struct wp_line_cursor {
    const uint8_t *at, *end;
    bool too_long; /* one more line behind the end */
    size_t max_record;
    uint32_t number; /* of the line that was given last, from 1 within the batch */
};

struct wp_line {
    const uint8_t *data; /* NULL for one that was dropped */
    size_t len;          /* without the newline */
    bool too_long;
};

static inline struct wp_line_cursor wp_line_first(const struct wp_batch_buf *b, size_t max_record) {
    return (struct wp_line_cursor){b->data, b->data + b->len, b->too_long, max_record, 0};
}

/* The next line of a batch; false behind the last. */
static inline bool wp_line_next(struct wp_line_cursor *c, struct wp_line *line) {
    if (c->at < c->end) {
        const uint8_t *newline = memchr(c->at, '\n', (size_t)(c->end - c->at));
        const uint8_t *stop = newline ? newline : c->end;
        *line = (struct wp_line){c->at, (size_t)(stop - c->at), (size_t)(stop - c->at) > c->max_record};
        c->at = newline ? newline + 1 : c->end;
    } else if (c->too_long) {
        *line = (struct wp_line){NULL, 0, true};
        c->too_long = false;
    } else {
        return false;
    }
    c->number++;
    return true;
}

#endif
