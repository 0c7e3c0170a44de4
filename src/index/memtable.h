/*
 * memtable.h - the articles that are in the log but in no segment yet, and their keys, in memory.
 *
 * Nothing that was added moves or changes, so that one thread may add while others read without a lock: a
 * reader looks at articles below the number that it was given when its snapshot was taken, and at nothing
 * else. An article that turned out not to be committed is never seen.
 *
 * Keys go into a hash table of entries. The newest entry of a key is in the table; each leads to the one
 * before it and knows how many there are, and which one is the FIRST-th, so that both ends of a long list
 * are near at hand and a key that thousands of articles share costs no more than any other.
 *
 * Whoever looks a key up pays by the cache miss, so there are few: a slot of the table has bits of the key
 * beside the entry's place, and tells most keys apart by itself; an entry names the article of the one before
 * it, too, and leads to the second one before; tables and entries lie in huge pages. Tables are three, each
 * sixteen times the one before and made when that is half full, so that an index that takes a few articles
 * a day touches a few pages. A memtable inherits them from the one that was flushed before it.
 */
#ifndef WP_INDEX_MEMTABLE_H
#define WP_INDEX_MEMTABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include "index/format.h"

enum {
    WP_MEMTABLE_ROWS = 1 << 17,      /* articles at most */
    WP_MEMTABLE_ROW_CHUNK = 1 << 14, /* articles allocated at a time */
    WP_MEMTABLE_KEYS = 6 << 20,      /* entries at most; full before */
    WP_MEMTABLE_KEY_CHUNK = 1 << 21, /* 64 MiB: whole pages that the allocator gives back at once */
    WP_MEMTABLE_FIRST = 4,           /* entries at the old end of a list that are found at once */
    WP_MEMTABLE_TABLES = 3,
};

struct wp_memtable_entry {
    uint64_t key; /* kind << WP_KEY_BITS | key */
    uint32_t number;
    uint32_t before;        /* the entry of the same key before this one, or NONE */
    uint32_t oldest;        /* the FIRST-th entry of this key, or this one while there are fewer */
    uint32_t count;         /* entries of this key up to this one */
    uint32_t earlier;       /* the number of the one before, if any */
    uint32_t second_before; /* the one before that, or NONE */
};
_Static_assert(sizeof(struct wp_memtable_entry) == 32, "two to a cache line");

struct wp_memtable_table {
    _Atomic uint32_t *slots; /* bits of the key's hash << 23 | entry + 1, 0 = empty */
    uint32_t mask;
};

struct wp_memtable {
    uint32_t first;         /* number of its first article; constant */
    uint32_t rows, entries; /* added so far; writer only */
    uint32_t distinct;      /* keys; writer only */
    struct wp_memtable_table tables[WP_MEMTABLE_TABLES];
    _Atomic unsigned table; /* the one that holds all keys; those before it stay for who is reading them */
    struct wp_row **row_chunks;
    struct wp_memtable_entry **entry_chunks;
    uint64_t *sorting; /* the flush's: room for sorting_count keys */
    size_t sorting_count;
};

/* WP_ENOMEM. first: the number that the next article has. */
enum wp_status wp_memtable_new(struct wp_memtable **out, uint32_t first);
void wp_memtable_free(struct wp_memtable *m);

/* Moves the memory of a memtable that nobody reads any more to one that is new and empty, as far as `from`
 * made use of it itself and so many rows need it; for memory that was touched before costs much less than
 * what the system gives. Writer only. */
void wp_memtable_inherit(struct wp_memtable *m, struct wp_memtable *from, uint32_t rows);

/* Is there no room for one more article? Writer only. */
bool wp_memtable_is_full(const struct wp_memtable *m);
/* Adds an article: its number is first + rows. keys: sampled shingles; the keys of text and id are added from
 * the row. WP_ENOMEM: it was not added. Writer only. */
enum wp_status wp_memtable_add(struct wp_memtable *m, const struct wp_row *row, const uint64_t *keys,
                               uint32_t key_count);

/* Room for sorting its keys, two for each entry; NULL when out of memory. Writer only. */
uint64_t *wp_memtable_sorting(struct wp_memtable *m);

/* The row of a number of this table. */
static inline const struct wp_row *wp_memtable_row(const struct wp_memtable *m, uint32_t number) {
    uint32_t i = number - m->first;
    return &m->row_chunks[i / WP_MEMTABLE_ROW_CHUNK][i % WP_MEMTABLE_ROW_CHUNK];
}
static inline const struct wp_memtable_entry *wp_memtable_entry(const struct wp_memtable *m, uint32_t entry) {
    return &m->entry_chunks[entry / WP_MEMTABLE_KEY_CHUNK][entry % WP_MEMTABLE_KEY_CHUNK];
}

/* The newest entry of a key among articles below `end`, or NULL. */
const struct wp_memtable_entry *wp_memtable_find(const struct wp_memtable *m, enum wp_key_kind kind,
                                                 uint64_t key, uint32_t end);
/* The one before, or NULL. */
static inline const struct wp_memtable_entry *wp_memtable_before(const struct wp_memtable *m,
                                                                 const struct wp_memtable_entry *e) {
    return e->before == UINT32_MAX ? NULL : wp_memtable_entry(m, e->before);
}
/* The one before that, whose number is e->earlier, or NULL. */
static inline const struct wp_memtable_entry *wp_memtable_second_before(const struct wp_memtable *m,
                                                                        const struct wp_memtable_entry *e) {
    return e->second_before == UINT32_MAX ? NULL : wp_memtable_entry(m, e->second_before);
}

/* Ask for the memory that a lookup of this key will need: first the slot, later the entry that it names. */
void wp_memtable_prefetch_slot(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key);
void wp_memtable_prefetch_entry(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key);

#endif
