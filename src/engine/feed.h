/*
 * feed.h - one input on its way from raw blocks to batches of whole lines.
 *
 *     raw blocks  ->  decoder  ->  batch being filled  ->  cut at a line end  ->  batch for a harvest
 *
 * Used by the reader (many inputs, blocks from the event loop) and by the second pass that writes the kept
 * records, so that both see the same lines. One thread at a time.
 */
#ifndef WP_ENGINE_FEED_H
#define WP_ENGINE_FEED_H

#include "base/codec.h"
#include "input/lines.h"

struct wp_raw {
    struct wp_raw *next;
    uint8_t *data;
    size_t len, used; /* used: decoded so far */
};

/* Whole lines of one file, on their way to a harvest. */
struct wp_sheaf {
    struct wp_sheaf *next;
    struct wp_batch_buf lines;
    uint32_t file;
    uint64_t sequence;     /* of the batch in its file, from 0 */
    uint64_t lines_before; /* lines of the file before it, when the feed counts them */
    bool as_it_lies;       /* its bytes stand in the file just so, at lines.offset */
};

#define WP_SHEAF_BYTES ((size_t)1 << 20)

/* WP_SHEAF_BYTES large; NULL when out of memory. Freeing takes NULL. */
struct wp_sheaf *wp_sheaf_new(void);
void wp_sheaf_free(struct wp_sheaf *b);

struct wp_feed {
    uint32_t file;
    uint64_t sequence;
    bool counts_lines; /* set after wp_feed_init: fill lines_before. For who must tell a place at once. */
    bool regular;      /* set after wp_feed_init: the input is a file that can be read again */
    uint64_t lines_seen;
    struct wp_decoder *decoder; /* owned */
    struct wp_lines lines;
};

/* The decoder must be fresh or reset and is taken over (wp_feed_release frees it, unless it was set NULL). */
void wp_feed_init(struct wp_feed *f, uint32_t file, size_t max_record_bytes, struct wp_decoder *decoder);
void wp_feed_release(struct wp_feed *f);

/* Gives an empty batch its number and what the one before left over. WP_ENOMEM. */
enum wp_status wp_feed_begin(struct wp_feed *f, struct wp_sheaf *b);
/* Decodes raw (moving raw->used) into the batch. WP_OK: raw is used up. WP_END: the batch is full and cut.
 * WP_EDAMAGED: nothing more can be had from the input, end the stream. */
enum wp_status wp_feed_decode(struct wp_feed *f, struct wp_raw *raw, struct wp_sheaf *b,
                              struct wp_error *err);
/* No more raw blocks: cuts the last batch (which may be empty). WP_EDAMAGED when the input ends too early;
 * the batch is good in that case too. damaged: the input ended in damage before, so that a partial last line
 * is dropped. */
enum wp_status wp_feed_end(struct wp_feed *f, struct wp_sheaf *b, bool damaged, struct wp_error *err);

#endif
