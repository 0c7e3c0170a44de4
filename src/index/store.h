/*
 * store.h - the index as a storage engine: one writer, any number of readers.
 *
 *     add ...            record -> open text block; row and keys -> log frame, memtable       in memory
 *     commit             text blocks written and synced, then the frame: from here on it lasts
 *     flush              memtable -> segment, state -> state file, then the new manifest
 *     compact            segments that follow each other -> one
 *
 * A flush happens by itself when the memtable is full, and on closing. What happens when, and what a crash at
 * any point leaves, is told in FORMAT.md.
 *
 * The writer is one thread at a time; wp_store_snapshot may be called from any thread at any moment. Errors:
 * WP_ENOSPC in a commit takes back everything since the last one (*undone counts what was lost) and the store
 * goes on; WP_EIO and every failed sync end all writing through this store (guard.h), reading goes on.
 */
#ifndef WP_INDEX_STORE_H
#define WP_INDEX_STORE_H

#include <pthread.h>
#include "index/guard.h"
#include "index/recover.h"

#define WP_STORE_TEXTS_BYTES ((uint64_t)512 << 20)
#define WP_STORE_RESIDENT_BYTES ((uint64_t)256 << 20)

struct wp_store_options {
    const struct wp_fs *fs; /* NULL: wp_fs_real */
    bool write;             /* false: read only, nothing on the disk is touched */
    bool create;            /* with write: make the index if there is none */
    bool lazy;              /* commits are not synced: what was added may be lost when the machine stops */
    bool pack_ahead;        /* texts are packed on a thread of their own; the files are the same */
    uint32_t flush_rows;    /* articles after which a commit flushes; 0: as many as the memtable takes */
    uint64_t texts_bytes;   /* of a text file, after which another one begins; 0: WP_STORE_TEXTS_BYTES */
    /* Pages of segments that are in memory at once, in all snapshots together; 0: WP_STORE_RESIDENT_BYTES. */
    uint64_t resident_bytes;
};

struct wp_store {
    struct wp_store_options options; /* constant but for flush_rows */
    char *dir;
    const struct wp_owner_map *owners; /* borrowed; NULL: every owner stands alone */
    struct wp_guard guard;
    struct wp_resident *resident; /* of all segments; its limit may be changed */
    struct wp_file lock;          /* a reader's is open, not locked */
    /* the writer's */
    struct wp_manifest files; /* in force */
    struct wp_view *now;      /* with what is not committed yet; not shared */
    struct wp_log_writer log;
    struct wp_texts_writer texts;
    struct wp_buffer samples; /* records for learning a dictionary */
    size_t *sample_lengths;
    size_t sample_count, sample_cap;
    size_t *frame_rows; /* where each article added since the last commit stands in the log's frame */
    size_t frame_row_count, frame_row_cap;
    bool log_open, texts_open;
    struct wp_error failure; /* why nothing can be written any more; WP_OK as long as it can */
    /* what snapshots are made of: guarded by mutex */
    pthread_mutex_t mutex;
    uint32_t committed_end;
    struct wp_state *committed_state;
    /* a reader's: how far it has read; log_read 0: what it has is not to be read on */
    uint64_t log_read, texts_read;
};

/* Opens (and with `write` locks: WP_EBUSY, recovers, and removes files that are not part of the index).
 * WP_ENOENT when there is no index. *s is filled in place; close in any case. */
enum wp_status wp_store_open(struct wp_store *s, const char *dir, const struct wp_store_options *options,
                             struct wp_error *err);
/* Commits, flushes what is in the log, unlocks. After a failure everything is released, too. */
enum wp_status wp_store_close(struct wp_store *s, struct wp_error *err);
/* The same without writing anything: what was not committed is lost. */
void wp_store_abandon(struct wp_store *s);

/* From now on rows tell the owners that `owners` joins by one number (view.h). Borrowed as long as the store
 * and snapshots that are taken from now on are there, or until the next call and as long as those taken
 * before it are. */
void wp_store_join_owners(struct wp_store *s, const struct wp_owner_map *owners);

/* The index as the last commit left it; drop it with wp_view_drop. NULL when out of memory. Any thread. */
struct wp_view *wp_store_snapshot(struct wp_store *s);

/* Of a store for reading: takes in what was committed since, for snapshots from now on; *changed says whether
 * there was something. One thread at a time, others may take snapshots. After a failure it is as before. */
enum wp_status wp_store_refresh(struct wp_store *s, bool *changed, struct wp_error *err);

/* ---- the writer's ---- */

/* Articles after which a commit flushes from now on. */
static inline uint32_t wp_store_rows_max(const struct wp_store *s) {
    return s->options.flush_rows ? s->options.flush_rows : WP_MEMTABLE_ROWS;
}
static inline void wp_store_flush_at(struct wp_store *s, uint32_t rows) {
    s->options.flush_rows = rows;
}

/* Everything added so far; valid until the next commit, flush, or change. */
static inline const struct wp_view *wp_store_now(const struct wp_store *s) {
    return s->now;
}
/* The number that the next article gets. */
static inline uint32_t wp_store_next(const struct wp_store *s) {
    return s->now->end;
}

/* Flushes when the next article could not be added without; so what belongs to an article, put down between
 * here and wp_store_add, is committed with it or not at all. */
enum wp_status wp_store_make_room(struct wp_store *s, struct wp_error *err);
/* Adds an article: row (block, place and texts are filled in), record, and its keys, row->samples of them.
 * Flushes before when it must (then what was added before is committed as well). */
enum wp_status wp_store_add(struct wp_store *s, struct wp_row *row, const uint8_t *record, size_t len,
                            const uint64_t *keys, struct wp_error *err);
enum wp_status wp_store_kill(struct wp_store *s, uint32_t number, struct wp_error *err);
enum wp_status wp_store_merge(struct wp_store *s, uint32_t story, uint32_t into, struct wp_error *err);
enum wp_status wp_store_move(struct wp_store *s, uint32_t number, uint32_t story, struct wp_error *err);

enum wp_status wp_store_learn(struct wp_store *s, uint32_t owner, uint64_t shingle, struct wp_error *err);

/* The record of an article, also of one that is not committed; borrowed until r is used again. */
enum wp_status wp_store_record(const struct wp_store *s, struct wp_text_reader *r, uint32_t number,
                               const struct wp_row *row, const uint8_t **data, size_t *len,
                               struct wp_error *err);

/* Makes everything so far lasting. Nothing to do when nothing was added. */
enum wp_status wp_store_commit(struct wp_store *s, struct wp_error *err);
/* Commits, and moves the log to a segment. */
enum wp_status wp_store_flush(struct wp_store *s, struct wp_error *err);
/* Commits, flushes, merges all segments into one; where there are records of dead articles in the text files,
 * writes those of the living to others. */
enum wp_status wp_store_compact(struct wp_store *s, struct wp_error *err);

/* Inside the store: what was not committed never was; back to what the disk says. When that fails, or the
 * guard has given up, s->failure tells why nothing can be written any more. */
void wp_store_go_back(struct wp_store *s);

/* Inside the store: everything from the disk, for a reader. older as in wp_view_new. */
enum wp_status wp_store_load(struct wp_store *s, const struct wp_view *older, struct wp_error *err);

/* store_flush.c, inside the store: flushes without committing; `on` when more is to be added. */
enum wp_status wp_store_flush_log(struct wp_store *s, bool on, struct wp_error *err);
/* Merges segments of a level of which there are enough. */
enum wp_status wp_store_compact_levels(struct wp_store *s, struct wp_error *err);
/* Puts another manifest in force: writes it, opens its view (with this memtable, which is taken over),
 * removes files that have gone. *files is taken over. */
enum wp_status wp_store_install(struct wp_store *s, struct wp_manifest *files,
                                struct wp_shared_memtable *memtable, struct wp_error *err);

#endif
