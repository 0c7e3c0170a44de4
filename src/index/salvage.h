/*
 * salvage.h - inside a repair (repair.h): what of a damaged index can still be read, and what becomes of it.
 *
 *     repair.c          the order of things
 *     repair_unreadable.c   what the disk does not give back becomes zeros
 *     repair_texts.c    text files are mended; then every record has an ordinal
 *     repair_files.c    the manifest, made again from the names and headers of files
 *     repair_log.c      rows and changes of the log, past what is damaged
 *     repair_rows.c     which record belongs to which number
 *     repair_keys.c     the same by keys, where the order does not tell
 *     repair_write.c    new segments, the new state and manifest
 *
 * Two things hold of every index, and are what missing rows are found by. Articles stand in the text files in
 * the order of their numbers, so that a record lies between those of its neighbours. And who has gone for
 * good is dead in the state for ever, so that it is known which numbers need a record.
 */
#ifndef WP_INDEX_SALVAGE_H
#define WP_INDEX_SALVAGE_H

#include "base/bits.h"
#include "index/guard.h"
#include "index/log.h"
#include "index/repair.h"
#include "index/view.h"

struct wp_salvaged_block {
    uint64_t offset;
    uint64_t first; /* ordinal of its first record: how many there are before it, in all text files */
};

/* Bytes that are no block: of a damaged one, or missing. */
struct wp_salvaged_hole {
    uint64_t begin, end;
};

struct wp_salvaged_texts {
    uint32_t number;
    bool lost, damaged;    /* lost: nothing in it can be read, texts is not open */
    struct wp_texts texts; /* as mended */
    struct wp_file before; /* as it was; open when it was mended */
    struct wp_salvaged_block *blocks;
    size_t block_count, block_cap;
    struct wp_salvaged_hole *holes;
    size_t hole_count, hole_cap;
    uint64_t end;            /* bytes, as mended */
    uint64_t first, records; /* ordinals [first, first + records) */
};

/* A row, or that there is one. */
struct wp_salvaged_row {
    struct wp_row row;
    bool known;
};

struct wp_salvaged_change {
    enum wp_log_kind kind;
    uint32_t number, story;
    uint64_t shingle;
};

/* Numbers that follow each other and whose rows are not known. */
struct wp_salvaged_run {
    uint32_t first, count, dead;
    uint64_t begin, end; /* ordinals that their records are among */
    uint64_t records;    /* of these, those that no row speaks of */
};

/* Numbers whose segment is written anew. */
struct wp_salvaged_range {
    uint32_t first, count, level;
    struct wp_index_segment *segment;   /* of the manifest; NULL: it cannot be opened, or it is the log */
    const struct wp_salvaged_row *rows; /* of the log; else NULL */
};

struct wp_salvage {
    const char *dir;
    const struct wp_repair_options *options;
    struct wp_repair_counts *counts;
    struct wp_guard guard;
    struct wp_file lock;

    struct wp_manifest files;      /* in force, or made again */
    bool files_made, tail_unknown; /* tail_unknown: there may be records of articles behind the last number */
    struct wp_salvaged_texts *texts; /* by number */
    size_t texts_count, texts_cap;
    uint64_t records; /* in all of them */
    struct wp_text_reader reader;
    struct wp_buffer scratch;

    struct wp_state *state;
    bool state_lost, settings_lost;
    struct wp_index_segment **segments; /* of the manifest's that are kept; NULL: those in ranges */
    struct wp_salvaged_range *ranges;   /* by number */
    size_t range_count, range_cap;

    struct wp_salvaged_row *log;
    size_t log_count, log_cap;
    struct wp_salvaged_change *changes;
    size_t change_count, change_cap;
    bool log_damaged, log_unreadable; /* unreadable: damage at its end is no commit that was cut off */

    uint32_t end;            /* articles have numbers below */
    uint64_t *places;        /* by number: ordinal of the record + 1, 0 = none */
    struct wp_bits wanted;   /* by number: the row is not known, the record is looked for */
    struct wp_bits taken;    /* by ordinal: some row speaks of the record */
    struct wp_manifest made; /* the new manifest */
};

/* ---- repair.c ---- */

enum wp_status wp_salvage_no_memory(struct wp_error *err);
/* Tells that a file is damaged; of what is no damage returns the status. */
enum wp_status wp_salvage_note_file(struct wp_salvage *s, enum wp_status status, const struct wp_error *why,
                                    struct wp_error *err);
void wp_salvage_note(struct wp_salvage *s, const struct wp_repair_note *note);

/* The name of a file, a new string (wp_free); NULL when out of memory. */
char *wp_salvage_name(const struct wp_salvage *s, enum wp_index_kind kind, uint32_t number);

/* ---- repair_unreadable.c ---- */

/* Replaces files that the disk does not give back as a whole, before anything is read. */
enum wp_status wp_salvage_unreadable(struct wp_salvage *s, struct wp_error *err);

/* ---- repair_texts.c ---- */

/* Replaces a file by what `write` writes, lasting when this returns WP_OK. */
typedef enum wp_status wp_salvage_writer(struct wp_salvage *s, void *self, struct wp_file *to,
                                         struct wp_error *err);
enum wp_status wp_salvage_replace(struct wp_salvage *s, const char *name, wp_salvage_writer *write,
                                  void *self, struct wp_error *err);
enum wp_status wp_salvage_copy_bytes(struct wp_salvage *s, const struct wp_file *from, uint64_t begin,
                                     uint64_t end, struct wp_file *to, struct wp_error *err);

/* Gives a file whose header is damaged a new one; what is behind has checksums of its own. A header that is
 * sound and of another file is left alone, and so is a file that is not there. */
enum wp_status wp_salvage_header(struct wp_salvage *s, enum wp_index_kind kind, uint32_t number,
                                 struct wp_error *err);
/* Opens and mends text file `number` and adds it to s->texts. least: the bytes that it should have. */
enum wp_status wp_salvage_texts(struct wp_salvage *s, uint32_t number, uint64_t least, struct wp_error *err);
void wp_salvaged_texts_release(struct wp_salvaged_texts *t);
/* Gives every record its ordinal, once all text files are there. */
void wp_salvage_count_records(struct wp_salvage *s);
struct wp_salvaged_texts *wp_salvage_find_texts(const struct wp_salvage *s, uint32_t number);
/* The ordinal of a record; false when it is in no sound block. */
bool wp_salvage_ordinal(const struct wp_salvage *s, uint32_t texts, uint64_t block, uint32_t place,
                        uint64_t *ordinal);
/* The place of a record that there is. */
const struct wp_salvaged_texts *wp_salvage_place(const struct wp_salvage *s, uint64_t ordinal,
                                                 uint64_t *block, uint32_t *place);
/* What the index knows of a record, made again; out as struct wp_made_article, with block and place. */
enum wp_status wp_salvage_make(struct wp_salvage *s, uint64_t ordinal, struct wp_made_article *out,
                               struct wp_error *err);
/* The id of an article whose record is damaged, if it can be made out beyond doubt; appended to s->scratch.
 */
void wp_salvage_guess_id(struct wp_salvage *s, uint32_t texts, const struct wp_row *row);

/* ---- repair_files.c ---- */

/* The manifest from what is in the directory; text files are opened and mended on the way. */
enum wp_status wp_salvage_make_files(struct wp_salvage *s, struct wp_error *err);

/* ---- repair_log.c ---- */

enum wp_status wp_salvage_log(struct wp_salvage *s, struct wp_error *err);
/* Deaths, merges and the like that the log holds, into the state. */
enum wp_status wp_salvage_apply_changes(struct wp_salvage *s, struct wp_error *err);

/* ---- repair_rows.c ---- */

/* Finds records for all numbers. */
enum wp_status wp_salvage_rows(struct wp_salvage *s, struct wp_error *err);
/* The row of a number in a range; WP_END when the article has gone, WP_EDAMAGED when it is not known. */
enum wp_status wp_salvage_row(const struct wp_salvaged_range *r, uint32_t number, struct wp_row *row);
uint32_t wp_salvage_texts_of(const struct wp_salvage *s, const struct wp_salvaged_range *r,
                             const struct wp_row *row);

/* ---- repair_keys.c ---- */

/* Gives numbers of the run the records that the lists of keys of their segments say are theirs. */
enum wp_status wp_salvage_match_keys(struct wp_salvage *s, const struct wp_salvaged_run *run,
                                     struct wp_error *err);

/* ---- repair_write.c ---- */

/* Writes everything anew that is not kept, and puts the new manifest in force. */
enum wp_status wp_salvage_write(struct wp_salvage *s, struct wp_error *err);

#endif
