/*
 * segment.h - an immutable, sorted part of the index: the rows and keys of a range of articles.
 *
 *     header | rows | shingle keys, directory | text keys, directory | id keys, directory | places of rows
 *            | footer | trailer
 *
 * (each section followed by its checksums: section.h). Rows stand by number (row_table.h), keys by key
 * (keys.h). Where an article has gone for good there is no row and there are no keys. The records themselves
 * stay in the text files, which the footer names; rows refer to them by place in that list:
 *
 *     footer   first number | articles | text files (32 bits each) | shape of the rows | number of each text
 * file
 */
#ifndef WP_INDEX_SEGMENT_H
#define WP_INDEX_SEGMENT_H

#include <stdatomic.h>
#include "base/map.h"
#include "index/keys.h"
#include "index/memtable.h"
#include "index/row_table.h"
#include "index/state.h"

enum {
    WP_SECTION_ROWS = 1,
    WP_SECTION_KEYS = 2, /* and its directory behind it, for each kind */
    WP_SECTION_PLACES = WP_SECTION_KEYS + 2 * WP_KEY_KINDS,
    WP_SEGMENT_TEXTS_MAX = 65535
};

/* An open segment. Immutable, shared, any thread. */
struct wp_index_segment {
    atomic_uint users;
    uint32_t number, first, count;
    char *name;
    struct wp_map map;
    struct wp_windows windows;
    struct wp_row_table rows;
    struct wp_keys keys[WP_KEY_KINDS];
    uint32_t *texts; /* file numbers */
    uint32_t texts_count;
};

/* With one user. WP_EDAMAGED when it is not what it should be: `first`, `count` and `bytes` as the manifest
 * has them. */
struct wp_manifest_segment;
enum wp_status wp_segment_open(struct wp_index_segment **out, const char *dir,
                               const struct wp_manifest_segment *entry, struct wp_error *err);
struct wp_index_segment *wp_segment_share(struct wp_index_segment *s);
void wp_segment_drop(struct wp_index_segment *s);

/* Keeps what is in memory of its file within a limit (resident.h), from before others see the segment until
 * it is dropped. Does nothing for one that is watched. WP_ENOMEM. */
enum wp_status wp_segment_watch(struct wp_index_segment *s, struct wp_resident *r);

/* Gives back the memory that touched pages of its file take (base/map.h). Who walks through a whole segment
 * does so every WP_SEGMENT_WALK rows or keys, some megabytes. */
enum { WP_SEGMENT_WALK = 1 << 17 };
void wp_segment_forget(const struct wp_index_segment *s);

/* The row of a number of this segment. row->texts is a file number's place in s->texts. WP_EDAMAGED. */
enum wp_status wp_segment_row(const struct wp_index_segment *s, uint32_t number, struct wp_row *row,
                              struct wp_error *err);
/* True for the row of an article that has gone. */
static inline bool wp_row_is_gone(const struct wp_row *row) {
    return row->added == 0;
}

/* Writes a memtable, which is not empty, as a segment file; its records are in text file `texts`. *bytes is
 * the file's length. Readers of the memtable are not disturbed. */
enum wp_status wp_segment_write(struct wp_memtable *m, const struct wp_fs *fs, const char *dir,
                                uint32_t number, uint32_t texts, uint64_t *bytes, struct wp_error *err);

/* Writes records anew while segments are merged: move() is asked for each living article, in order, and says
 * where its record is from now on: row->block and row->place, and the text file's number. */
struct wp_segment_moves {
    enum wp_status (*move)(void *self, uint32_t number, struct wp_row *row, uint32_t *texts,
                           struct wp_error *err);
    void *self;
};

/* Merges segments that follow each other (gaps become articles that have gone) into one, without what is
 * dead: all of their range, with moves from the first article that lives to the last. moves may be NULL:
 * records stay where they are. *entry is filled but for the level. */
enum wp_status wp_segment_merge(struct wp_index_segment *const *from, size_t count,
                                const struct wp_state *state, const struct wp_segment_moves *moves,
                                const struct wp_fs *fs, const char *dir, struct wp_manifest_segment *entry,
                                struct wp_error *err);

#endif
