/*
 * keys.h - a sorted list of (key, article) pairs that is searched where it lies.
 *
 * Keys are 40 bits of a hash and so spread evenly. The list is cut into 2^bucket_bits buckets by their high
 * bits; a bucket's number says these bits, so that an entry holds the rest of the key and the article only,
 * in a fixed number of bits, and a lookup goes straight to its bucket and searches a handful of entries:
 *
 *     directory   where[0], where[1], ...   32 bits each: entries before bucket i; one more at the end
 *     entries     | rest of key | article | rest of key | article | ...   ascending, no gaps
 *
 * (What delta coding saves is saved by the buckets, without anything to be decoded before the entry wanted.)
 * An article is its number less the first number of the segment.
 */
#ifndef WP_INDEX_KEYS_H
#define WP_INDEX_KEYS_H

#include "index/section.h"

struct wp_key_shape {
    uint64_t count;        /* entries, below 2^32 */
    uint32_t bucket_bits;  /* 0..WP_BUCKET_BITS_MAX */
    uint32_t article_bits; /* 1..32 */
};

enum { WP_BUCKET_BITS_MAX = 28 };

/* The shape of a list of `count` entries about `articles` articles. */
struct wp_key_shape wp_key_shape(uint64_t count, uint64_t articles);
/* Is it one that the writer makes, and how long are its two sections? */
int wp_key_shape_valid(const struct wp_key_shape *s, uint64_t entry_bytes, uint64_t directory_bytes);
uint64_t wp_key_entry_bytes(const struct wp_key_shape *s);
uint64_t wp_key_directory_bytes(const struct wp_key_shape *s);

/* A list of a segment. */
struct wp_keys {
    struct wp_key_shape shape;
    struct wp_section entries, directory;
};

/* Entries [begin, end) have the key. WP_EDAMAGED. */
enum wp_status wp_keys_find(const struct wp_keys *k, uint64_t key, uint64_t *begin, uint64_t *end,
                            struct wp_error *err);
/* The article of an entry that wp_keys_find gave. */
enum wp_status wp_keys_article(const struct wp_keys *k, uint64_t entry, uint32_t *article,
                               struct wp_error *err);

/* Ask for the memory that a lookup of this key will need: first the directory's, later the entries'. */
void wp_keys_prefetch_directory(const struct wp_keys *k, uint64_t key);
void wp_keys_prefetch_entries(const struct wp_keys *k, uint64_t key);

/* A walk over all entries in order. */
struct wp_key_cursor {
    const struct wp_keys *keys;
    uint64_t at;
    uint32_t bucket, bucket_end; /* bucket_end: entries before the bucket behind */
};
void wp_key_cursor_init(struct wp_key_cursor *c, const struct wp_keys *k);
/* WP_END behind the last. */
enum wp_status wp_key_cursor_next(struct wp_key_cursor *c, uint64_t *key, uint32_t *article,
                                  struct wp_error *err);

/* Writes a list as two sections; entries come ascending by (key, article). */
struct wp_keys_writer {
    struct wp_section_writer *out;
    struct wp_key_shape shape;
    uint32_t *directory;
    uint64_t added, bits; /* bits: waiting, the lowest first */
    uint32_t bucket;
    unsigned bit_count;
    uint64_t last_key;
};
/* `shape.count` entries will come. WP_ENOMEM. */
enum wp_status wp_keys_begin(struct wp_keys_writer *w, struct wp_section_writer *out, enum wp_key_kind kind,
                             uint64_t count, uint64_t articles, struct wp_error *err);
enum wp_status wp_keys_add(struct wp_keys_writer *w, uint64_t key, uint32_t article, struct wp_error *err);
enum wp_status wp_keys_end(struct wp_keys_writer *w, enum wp_key_kind kind, struct wp_error *err);
void wp_keys_writer_release(struct wp_keys_writer *w);

#endif
