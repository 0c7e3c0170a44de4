/*
 * view.h - the index as it was at one moment: what every reader looks at.
 *
 * A view holds the segments and text files that were in force, the memtable up to the last commit, and the
 * state. It never changes, whatever the writer does, and any number of threads may look at one; each brings
 * a struct wp_text_reader of its own for records. Files that are removed meanwhile stay readable.
 */
#ifndef WP_INDEX_VIEW_H
#define WP_INDEX_VIEW_H

#include "index/keys_many.h"
#include "index/manifest.h"
#include "index/segment.h"
#include "index/texts.h"

/* A text file that is shared. */
struct wp_shared_texts {
    atomic_uint users;
    struct wp_texts texts;
};
enum wp_status wp_shared_texts_open(struct wp_shared_texts **out, const char *dir, uint32_t number,
                                    struct wp_error *err);
void wp_shared_texts_drop(struct wp_shared_texts *t);

/* A memtable that is shared. */
struct wp_shared_memtable {
    atomic_uint users;
    struct wp_memtable *table;
};

/* Which owners count as one: of each but the first of a group, its number and the one it goes by. Sorted by
 * `owner`. Rows on the disk keep the owner that an article has by itself, so that groups may change. */
struct wp_owner_map {
    struct wp_joined_owner {
        uint32_t owner, as;
    } * items;
    size_t count;
};

struct wp_view {
    const struct wp_owner_map *owners; /* borrowed; may be NULL */
    atomic_uint users;
    struct wp_index_segment **segments;
    size_t segment_count;
    struct wp_shared_texts **texts; /* by file number, ascending */
    size_t texts_count;
    struct wp_shared_memtable *memtable;
    uint32_t texts_number; /* file of the memtable's records */
    struct wp_state *state;
    uint32_t end;             /* articles below this number are there */
    struct wp_manifest files; /* as it was when the view was made */
    unsigned incarnation;     /* of views with another one numbers may mean other articles */
};

/* Opens what a manifest names. state and memtable are taken over (also when it fails; memtable may be NULL:
 * then none). `older` may be NULL, or a view whose open files are used again. */
enum wp_status wp_view_new(struct wp_view **out, const char *dir, const struct wp_manifest *files,
                           struct wp_state *state, struct wp_shared_memtable *memtable,
                           const struct wp_view *older, struct wp_error *err);
/* The same files with the articles below `end`, and a state (shared). NULL when out of memory. */
struct wp_view *wp_view_clone(const struct wp_view *of, uint32_t end, struct wp_state *state);
struct wp_view *wp_view_share(struct wp_view *v);
void wp_view_drop(struct wp_view *v);
/* Of the files of all its segments. */
uint64_t wp_view_segment_bytes(const struct wp_view *v);
/* Gives back the memory that touched pages of its segments take (segment.h). Any thread. */
void wp_view_forget(const struct wp_view *v);
/* Its segments share the limit, as long as they are open (wp_segment_watch). Before others see it. */
enum wp_status wp_view_watch(struct wp_view *v, struct wp_resident *r, struct wp_error *err);
enum wp_status wp_shared_memtable_new(struct wp_shared_memtable **out, uint32_t first);
void wp_shared_memtable_drop(struct wp_shared_memtable *m);

/* The number that an owner goes by. */
uint32_t wp_view_owner(const struct wp_view *v, uint32_t owner);

/* The row of a number below end; row->texts means nothing to the caller, row->owner is the one that the owner
 * goes by. An article that is dead or gone:
 * WP_END. WP_EDAMAGED. */
enum wp_status wp_view_row(const struct wp_view *v, uint32_t number, struct wp_row *row,
                           struct wp_error *err);
/* The same for dead articles too, as long as their row is there. */
enum wp_status wp_view_any_row(const struct wp_view *v, uint32_t number, struct wp_row *row,
                               struct wp_error *err);

/* Ask for the memory that reading a row will need. */
void wp_view_prefetch_row(const struct wp_view *v, uint32_t number);

/* Is the article nothing but furniture, as was found when it was added, or later? */
static inline bool wp_row_is_banner(const struct wp_view *v, uint32_t number, const struct wp_row *row) {
    return row->relation == WP_ROW_BANNER || wp_state_is_banner(v->state, number);
}

/* The record of an article whose row is at hand: as texts.h. */
enum wp_status wp_view_record(const struct wp_view *v, struct wp_text_reader *r, uint32_t number,
                              const struct wp_row *row, const uint8_t **data, size_t *len,
                              struct wp_error *err);
/* The text file that a row's record is in, or NULL when it is not open (WP_EDAMAGED with words). */
const struct wp_texts *wp_view_texts(const struct wp_view *v, uint32_t number, const struct wp_row *row,
                                     struct wp_error *err);

/* How many of the articles of a key are wanted. */
struct wp_key_limits {
    uint32_t all;         /* when there are no more than this: all of them */
    uint32_t first, near; /* else these many with the lowest and with the highest numbers; first <= 4 */
};
#define WP_KEY_ALL_MAX 4096
/* All articles, or of very many the first few and the last. */
#define WP_KEY_ALL_LIMITS ((struct wp_key_limits){WP_KEY_ALL_MAX, 4, WP_KEY_ALL_MAX - 4})

/* The articles of a key, dead ones included, ascending, into numbers[] (room for `all`, and for first +
 * near); *given is how many, *total how many there are. WP_EDAMAGED. */
enum wp_status wp_view_find(const struct wp_view *v, enum wp_key_kind kind, uint64_t key,
                            const struct wp_key_limits *limits, uint32_t *numbers, uint32_t *given,
                            uint64_t *total, struct wp_error *err);

struct wp_seen;

/* Where a key stands in a segment. */
struct wp_key_range {
    uint32_t segment, key;
    struct wp_key_hits hits;
};

/* Sampled shingles of one text, looked up together. Zero-initialised; used again and again. */
struct wp_key_batch {
    const struct wp_seen *seen; /* the caller's: sorts out at once what is not there (seen.h); or NULL */
    uint32_t *numbers; /* the articles of each key that has no more than `all`, ascending, key by key */
    size_t room;
    uint32_t given;                       /* of all keys together */
    uint32_t starts[WP_KEYS_PER_ARTICLE]; /* by key: where its articles begin in numbers, */
    uint32_t listed[WP_KEYS_PER_ARTICLE]; /* how many of them stand there: all, or none of too many */
    uint64_t totals[WP_KEYS_PER_ARTICLE]; /* and how many there are */
    /* where they are */
    uint32_t there[WP_KEYS_PER_ARTICLE], there_count; /* the keys that may have any */
    const struct wp_memtable_entry *newest[WP_KEYS_PER_ARTICLE];
    struct wp_key_range *ranges; /* segment by segment */
    size_t range_count, range_cap;
    wp_keys_finder *find; /* chosen when first used */
};
void wp_key_batch_release(struct wp_key_batch *b);
/* count <= WP_KEYS_PER_ARTICLE. Keys with more articles than limits->all are counted only. b->seen: of this
 * view, or NULL. */
enum wp_status wp_view_find_shingles(const struct wp_view *v, const uint64_t *keys, uint32_t count,
                                     const struct wp_key_limits *limits, struct wp_key_batch *b,
                                     struct wp_error *err);
/* What wp_view_find gives for key number `key` of a batch that was found in this view, without looking it up
 * again. */
enum wp_status wp_key_batch_list(const struct wp_view *v, const struct wp_key_batch *b, uint32_t key,
                                 const struct wp_key_limits *limits, uint32_t *numbers, uint32_t *given,
                                 struct wp_error *err);

#endif
