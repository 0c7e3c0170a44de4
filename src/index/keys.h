/*
 * keys.h - a sorted list of (key, article) pairs, delta-coded, that is searched where it lies.
 *
 * Keys are 40 bits of a hash and so spread evenly. The list is cut by their highest bits into 2^block_bits
 * blocks of some forty entries, and a block into 32 buckets by the next five bits:
 *
 *     directory   where each block begins, 40 bits each, and at the end how long the blocks are
 *     block       keys, entries less keys (varints)
 *                 | bucket of each key: a 1 for a key, a 0 for "on to the next bucket"
 *                 | rest of each key | a bit for each entry: 1 = the first one of a key | article of each
 * entry
 *
 * So of the distance between two keys the high part is coded in unary (Elias and Fano's way), two bits a key
 * or so, and what many articles share stands once; and yet a lookup decodes nothing that it does not want: it
 * counts zeros to its bucket, compares the one or two keys that are there, and counts ones to their articles.
 * An article is its number less the first number of the segment.
 */
#ifndef WP_INDEX_KEYS_H
#define WP_INDEX_KEYS_H

#include "index/packed.h"
#include "index/section.h"

struct wp_key_shape {
    uint64_t count;        /* entries, below 2^32 */
    uint32_t block_bits;   /* 0..WP_KEY_BLOCK_BITS_MAX */
    uint32_t article_bits; /* 1..32 */
};

enum {
    WP_KEY_BLOCK_BITS_MAX = 28,
    WP_KEY_BLOCK_ENTRIES = 48, /* that a block has at most, on average */
    WP_KEY_BUCKET_BITS = 5,
};

/* The shape of a list of `count` entries about `articles` articles. */
struct wp_key_shape wp_key_shape(uint64_t count, uint64_t articles);
/* Is it one that can be, with a directory of that length? */
int wp_key_shape_valid(const struct wp_key_shape *s, uint64_t directory_bytes);

/* A list of a segment. */
struct wp_keys {
    struct wp_key_shape shape;
    struct wp_section entries, directory;
};

/* Where the articles of one key stand. */
struct wp_key_hits {
    uint64_t at; /* bit of the first one in the entries */
    uint32_t count;
};
/* count is 0 when the key is not there. WP_EDAMAGED. Many keys: keys_many.h. */
enum wp_status wp_keys_find(const struct wp_keys *k, uint64_t key, struct wp_key_hits *hits,
                            struct wp_error *err);
/* Numbers [begin, end) of what wp_keys_find gave; they ascend. WP_EDAMAGED. */
enum wp_status wp_keys_articles(const struct wp_keys *k, const struct wp_key_hits *hits, uint32_t begin,
                                uint32_t end, uint32_t *articles, struct wp_error *err);

/* Inside: which block a key is in, and how many of its bits stand there. */
enum { WP_KEY_BUCKETS = 1 << WP_KEY_BUCKET_BITS, WP_KEY_OFFSET_BYTES = 5 /* of a block, in the directory */ };
static inline uint64_t wp_key_block_(const struct wp_key_shape *s, uint64_t key) {
    return (key & WP_KEY_MASK) >> (WP_KEY_BITS - s->block_bits);
}
static inline unsigned wp_key_rest_bits_(const struct wp_key_shape *s) {
    return WP_KEY_BITS - WP_KEY_BUCKET_BITS - s->block_bits;
}

/* An opened block: bits where its parts begin, from its first byte on. */
struct wp_key_block {
    struct wp_section_bytes bytes;
    uint64_t begin; /* byte of the entries */
    uint32_t keys, entries;
    uint64_t buckets, rests, firsts, articles;
};

/* A walk over all entries in order. */
struct wp_key_cursor {
    const struct wp_keys *keys;
    uint64_t next_block, seen; /* entries */
    struct wp_key_block block;
    uint32_t entry, key_count; /* of the block; gone by */
    uint64_t bucket_at;        /* bits of `buckets` gone by */
    uint64_t key;
};
void wp_key_cursor_init(struct wp_key_cursor *c, const struct wp_keys *k);
/* WP_END behind the last. */
enum wp_status wp_key_cursor_next(struct wp_key_cursor *c, uint64_t *key, uint32_t *article,
                                  struct wp_error *err);

/* Writes a list as two sections; entries come ascending by (key, article). */
struct wp_keys_writer {
    struct wp_section_writer *out;
    struct wp_key_shape shape;
    uint64_t *keys;                       /* of the block at hand: its distinct keys, */
    uint32_t *counts;                     /* how many articles each has, */
    uint32_t *articles;                   /* and these: all of the block's */
    size_t key_count, article_count, cap; /* room for as many keys as articles */
    uint64_t added, blocks;               /* entries; blocks done */
    struct wp_buffer packed, directory;
    uint64_t bytes; /* of the blocks done */
};
/* `count` entries will come. WP_ENOMEM, WP_ETOOBIG. Adding: WP_EDAMAGED when a key is lower than the last. */
enum wp_status wp_keys_begin(struct wp_keys_writer *w, struct wp_section_writer *out, enum wp_key_kind kind,
                             uint64_t count, uint64_t articles, struct wp_error *err);
enum wp_status wp_keys_add(struct wp_keys_writer *w, uint64_t key, uint32_t article, struct wp_error *err);
enum wp_status wp_keys_end(struct wp_keys_writer *w, enum wp_key_kind kind, struct wp_error *err);
void wp_keys_writer_release(struct wp_keys_writer *w);

#endif
