/*
 * repair.h - makes a damaged index whole again: keeps all that is sound, and tells what was lost.
 *
 * What stands in one place only is lost with that place; what can be made again from something else is:
 *
 *     unreadable    zeros in place of what the disk does not give back, and then as it is damaged
 *     text block    its records are lost, and with them their articles. The block is replaced by an empty one
 *                   of the same length, so that the others stay where they are
 *     dictionary    taken from another text file, else the file is lost
 *     keys          made again from the records
 *     rows          made again from the records that no row speaks of. Which story they belong to stood in
 *                   the row: the article is in one of its own from then on
 *     segment       the same for all of its rows
 *     log           frames behind a damaged one count; articles in between are made again from the text file
 *     state         deaths and changes of stories are lost; of the versions of an article the last one lives
 *     manifest      made again from the files that are there
 *
 * New files are written beside the old ones, and a new manifest is put in force when all of them are on the
 * disk; what was damaged is kept under its name and ".damaged". A text file is replaced by rename before:
 * the new one differs in what could not be read only. Stopped at any moment, the index can be repaired again.
 *
 * Nothing of a newer format or of another scheme is repaired. Who is told with whom stays as it was; that is
 * judged anew afterwards, by what was noted here (engine/rejudge.h).
 */
#ifndef WP_INDEX_REPAIR_H
#define WP_INDEX_REPAIR_H

#include "base/fs.h"
#include "index/format.h"

/* What the index knows of an article, made from its record again. */
struct wp_made_article {
    struct wp_row row; /* but for block, place and texts; story, to and what belongs to them say: not known */
    const uint64_t *keys; /* row.samples of them */
    const uint8_t *id;
    size_t id_len;
};

/* The one that makes it. Pointers are good until the next call; 64 readable bytes stand behind the record.
 * WP_EDAMAGED when it is no record, WP_ENOMEM. */
struct wp_article_maker {
    enum wp_status (*make)(void *self, const uint8_t *record, size_t len, struct wp_made_article *out);
    void *self;
};

enum wp_repair_what {
    WP_REPAIR_FILE,    /* a file was damaged: `why` says how */
    WP_REPAIR_LOST,    /* an article: its record cannot be read */
    WP_REPAIR_ALONE,   /* an article is kept; which story it belongs to is not known any more */
    WP_REPAIR_LEFT,    /* a record is left out: its article may have been deleted, its number is not known */
    WP_REPAIR_CHANGES, /* deletions and changes of stories are lost: `why` says which */
};

struct wp_repair_note {
    enum wp_repair_what what;
    uint32_t number;   /* LOST, ALONE */
    uint32_t story;    /* LOST: that it was told in; WP_NUMBER_NONE: not known */
    bool state_lost;   /* CHANGES: those of the whole state, and with them what is furniture */
    const uint8_t *id; /* LOST, ALONE, LEFT, as far as it is known; else id_len is 0 */
    size_t id_len;
    struct wp_error why; /* where and what; of LOST the place of the record */
};

struct wp_repair_options {
    const struct wp_fs *fs; /* NULL: wp_fs_real */
    struct wp_article_maker maker;
    void (*tell)(void *self, const struct wp_repair_note *note);
    void *self;
};

struct wp_repair_counts {
    uint64_t files, lost, alone, left, changes; /* notes of each kind */
};

/* Repairs the index in `dir`, or does nothing when it is sound (by check.h). WP_ENOENT when there is none,
 * WP_EBUSY when somebody writes to it, WP_EVERSION, WP_ESCHEME, WP_ENOSPC, WP_EIO, WP_ENOMEM: the index is
 * then no worse than before. */
enum wp_status wp_index_repair(const char *dir, const struct wp_repair_options *options,
                               struct wp_repair_counts *counts, struct wp_error *err);

#endif
