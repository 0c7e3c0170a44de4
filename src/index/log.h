/*
 * log.h - the write-ahead log of a generation: what was added and changed since the last flush.
 *
 *     header | frame | frame | ...
 *
 * A frame is what one commit made lasting: a head (format.h), then items. The head's `a` is how many bytes of
 * the log were known to be on the disk when the frame was written (0 when nothing is synced). So a reader can
 * tell two endings apart: a torn frame with nothing but torn frames behind it is a commit that did not come
 * to its end, and is dropped; a broken frame that a later one knows to have been on the disk is damage.
 *
 * Items (the first byte is the kind):
 *
 *     ARTICLE   row (80) | keys (16 bits) | 5 bytes each     numbers count on from the generation's first
 *     DEAD      number (32)                                 deleted, expired or replaced
 *     MERGE     story (32) | into (32)                      two stories turned out to be one; into itself:
 * the merge is taken back MOVE      number (32) | story (32)                    an article belongs to another
 * story, or to none TEXTS     end (32)                                    the text file is whole up to there
 *     FURNITURE owner (32) | shingle (40)                   is no text of the owner's (match/furniture.h)
 */
#ifndef WP_INDEX_LOG_H
#define WP_INDEX_LOG_H

#include <stdbool.h>
#include "base/fs.h"
#include "base/memory.h"
#include "index/format.h"

enum wp_log_kind {
    WP_LOG_ARTICLE = 1,
    WP_LOG_DEAD = 2,
    WP_LOG_MERGE = 3,
    WP_LOG_MOVE = 4,
    WP_LOG_TEXTS = 5,
    WP_LOG_FURNITURE = 6,
};

struct wp_log_item {
    enum wp_log_kind kind;
    struct wp_row row;   /* ARTICLE */
    const uint8_t *keys; /* ARTICLE: key_count times 5 bytes; borrowed */
    uint32_t key_count;
    uint32_t number, story; /* the others; TEXTS has its end in number, FURNITURE its owner */
    uint64_t shingle;       /* FURNITURE */
};

/* ---- writing ---- */

struct wp_log_writer {
    const struct wp_fs *fs;
    struct wp_file file;
    uint32_t number;
    uint64_t written, synced; /* bytes */
    struct wp_buffer frame;   /* head and items of the commit being collected; empty = nothing to commit */
};

enum wp_status wp_log_create(struct wp_log_writer *w, const struct wp_fs *fs, const char *dir,
                             uint32_t number, struct wp_error *err);
/* Goes on behind the first `bytes` bytes. */
enum wp_status wp_log_resume(struct wp_log_writer *w, const struct wp_fs *fs, const char *dir,
                             uint32_t number, uint64_t bytes, struct wp_error *err);
/* Adds to the frame; keys of an article are its sampled shingles. WP_ENOMEM; the frame is then as it was. */
enum wp_status wp_log_add_article(struct wp_log_writer *w, const struct wp_row *row, const uint64_t *keys,
                                  uint32_t key_count);
/* Writes the row of an article again that was added to the frame when it had `at` bytes: it has changed
 * since.
 */
void wp_log_change_row(struct wp_log_writer *w, size_t at, const struct wp_row *row);
enum wp_status wp_log_add(struct wp_log_writer *w, enum wp_log_kind kind, uint32_t number, uint32_t story);
enum wp_status wp_log_add_furniture(struct wp_log_writer *w, uint32_t owner, uint64_t shingle);
/* Writes the frame, without sync. */
enum wp_status wp_log_write(struct wp_log_writer *w, struct wp_error *err);
enum wp_status wp_log_sync(struct wp_log_writer *w, struct wp_error *err);
void wp_log_writer_release(struct wp_log_writer *w);

/* ---- reading ---- */

/* A walk over a log in memory. */
struct wp_log_cursor {
    const uint8_t *data;
    size_t len;
    const char *name;
    size_t frame;    /* where the frame at hand begins */
    size_t at, end;  /* of its items */
    uint64_t synced; /* what the frame knows to have been on the disk */
};

/* WP_EDAMAGED, WP_EVERSION, WP_ESCHEME. */
enum wp_status wp_log_open(struct wp_log_cursor *c, const uint8_t *data, size_t len, uint32_t number,
                           const char *name, struct wp_error *err);
/* Goes to the next frame. WP_END: none is left, and what stands behind c->end (if anything) is a commit that
 * did not come to its end. WP_EDAMAGED with the offset: see above. */
enum wp_status wp_log_next_frame(struct wp_log_cursor *c, struct wp_error *err);
/* The next item of the frame; WP_END behind the last. */
enum wp_status wp_log_next(struct wp_log_cursor *c, struct wp_log_item *item, struct wp_error *err);
/* For repair: goes on to the next sound frame behind a damaged one, wherever it is. WP_END when none is. */
enum wp_status wp_log_skip(struct wp_log_cursor *c);

static inline uint64_t wp_key_load(const uint8_t *p) {
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32;
}

#endif
