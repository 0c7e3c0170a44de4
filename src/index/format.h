/*
 * format.h - what the files of an index have in common: constants, the file header, the codec of rows.
 *
 * FORMAT.md is the specification; a change here is a change there, and of the golden index in tests/data.
 * Numbers are little-endian and go through base/bytes.h and the functions below; no struct is ever written.
 */
#ifndef WP_INDEX_FORMAT_H
#define WP_INDEX_FORMAT_H

#include <stddef.h>
#include "base/bytes.h"
#include "base/hash.h"
#include "base/status.h"
#include "sketch/title.h"

#define WP_INDEX_VERSION 3
/* The oldest one that is read, and written on: files of both may stand in one index. */
#define WP_INDEX_VERSION_OLDEST 2

enum wp_index_kind {
    WP_INDEX_MANIFEST = 1,
    WP_INDEX_LOG = 2,
    WP_INDEX_TEXTS = 3,
    WP_INDEX_SEGMENT = 4,
    WP_INDEX_STATE = 5,
    WP_INDEX_SETTINGS = 6,
};

enum {
    WP_HEADER_BYTES = 40,
    WP_ROW_BYTES = 96,
    WP_BLOCK_HEAD_BYTES = 24,  /* before a text block or a log frame */
    WP_CHECK_BYTES = 16384,    /* of a section that one checksum covers */
    WP_KEY_BITS = 40,          /* of a hash that are kept as a key */
    WP_KEYS_PER_ARTICLE = 130, /* at most: samples, and one each for text and id */
};

#define WP_KEY_MASK (((uint64_t)1 << WP_KEY_BITS) - 1)
/* No article has this number; numbers are below. */
#define WP_NUMBER_NONE UINT32_MAX
/* Text files end before this, so that an offset is 32 bits. */
#define WP_TEXTS_BYTES_MAX ((uint64_t)1 << 31)
/* Records of a block, and its bytes before packing: the most that a reader must be ready for. */
#define WP_BLOCK_RECORDS_MAX 65535
#define WP_BLOCK_BYTES_MAX ((uint32_t)INT32_MAX)

/* What a list of keys is of. */
enum wp_key_kind { WP_KEY_SHINGLE, WP_KEY_EXACT, WP_KEY_ID, WP_KEY_KINDS };

/* Does a text speak of its title (sketch/title.h)? Rows of format version 2 do not tell. */
enum wp_spoken { WP_SPOKEN_UNTOLD, WP_SPOKEN, WP_UNSPOKEN };

/* What an index knows of an article besides its record. */
struct wp_row {
    struct wp_hash128 id;    /* XXH3-128 of the id */
    struct wp_hash128 exact; /* of the folded text */
    int64_t date;            /* seconds since 1970; INT64_MIN = unknown */
    uint32_t tokens, shingles;
    uint32_t owner;             /* hash of the owner's name; 0 = none */
    uint32_t story;             /* the number of the article that founded it */
    uint32_t to;                /* the article that it matched, or WP_NUMBER_NONE */
    uint32_t block;             /* offset of its block in the text file */
    uint16_t place;             /* of its record in the block */
    uint16_t texts;             /* which of the segment's text files */
    uint16_t samples;           /* sampled shingles */
    uint8_t width;              /* tokens to a shingle */
    uint8_t relation;           /* to `to`: enum wp_relation; WP_RELATION_NONE = new */
    uint8_t spoken;             /* enum wp_spoken */
    uint16_t coverage, jaccard; /* of the pair (article, to), in 1/10000 */
    uint32_t added;             /* when it was added: seconds since 1970 */
    struct wp_title title;      /* what it says it is about */
};

/* A row's relation besides those of enum wp_relation: nothing but furniture of its owner. */
#define WP_ROW_BANNER 4

/* The relation and what is told of the title, as a row keeps them in one byte. Reading gives the two of any
 * byte. */
enum { WP_ROW_RELATION_BITS = 3 };
static inline uint8_t wp_row_ties(const struct wp_row *row) {
    return (uint8_t)(row->relation | row->spoken << WP_ROW_RELATION_BITS);
}
static inline void wp_row_set_ties(struct wp_row *row, uint8_t ties) {
    row->relation = ties & ((1u << WP_ROW_RELATION_BITS) - 1);
    row->spoken = ties >> WP_ROW_RELATION_BITS;
}

void wp_row_write(uint8_t out[WP_ROW_BYTES], const struct wp_row *row);
void wp_row_read(struct wp_row *row, const uint8_t in[WP_ROW_BYTES]);

/* A share of 0..1 as a row keeps it: to the four digits that are told. */
#define WP_SHARE_UNITS 10000
static inline uint16_t wp_share_pack(double share) {
    return (uint16_t)(share <= 0 ? 0 : share >= 1 ? WP_SHARE_UNITS : share * WP_SHARE_UNITS + 0.5);
}
static inline double wp_share_unpack(uint16_t share) {
    return share / (double)WP_SHARE_UNITS;
}

/* The header that every file begins with. */
void wp_header_write(uint8_t out[WP_HEADER_BYTES], enum wp_index_kind kind, uint32_t number);
/* WP_EDAMAGED, WP_EVERSION or WP_ESCHEME, with the file's name. */
enum wp_status wp_header_check(const uint8_t *data, size_t len, enum wp_index_kind kind, uint32_t number,
                               const char *name, struct wp_error *err);

/*
 * A block head: what stands before a text block and before a log frame.
 *
 *     0  magic     4 bytes
 *     4  stored    bytes behind the head
 *     8  a, b      8 bytes that the kind of block defines
 *    16  checksum  XXH3-64 of the stored bytes + XXH3-64 of bytes 0..15, mod 2^64
 */
#define WP_MAGIC_TEXT_BLOCK 0x4b4c4257u /* "WBLK" */
#define WP_MAGIC_DICTIONARY 0x43494457u /* "WDIC" */
#define WP_MAGIC_FRAME 0x4d524657u      /* "WFRM" */

struct wp_block_head {
    uint32_t magic, stored, a, b;
    uint64_t checksum;
};

/* Writes the head for `stored` bytes at data. */
void wp_block_head_write(uint8_t out[WP_BLOCK_HEAD_BYTES], uint32_t magic, uint32_t a, uint32_t b,
                         const void *data, size_t stored);
void wp_block_head_read(struct wp_block_head *head, const uint8_t in[WP_BLOCK_HEAD_BYTES]);
/* Does the checksum fit the head and the stored bytes? */
int wp_block_is_sound(const uint8_t head[WP_BLOCK_HEAD_BYTES], const void *data, size_t stored);

/* "DIR/NUMBER.log" and so on; a new string (wp_free), NULL when out of memory. */
char *wp_index_name(const char *dir, enum wp_index_kind kind, uint32_t number);
#define WP_MANIFEST_NAME "manifest"
#define WP_MANIFEST_ASIDE "manifest.new"
#define WP_LOCK_NAME "lock"
/* What a repair puts behind a name: of a file that is to replace it, and of what is kept as it was. */
#define WP_ASIDE_END ".new"
#define WP_DAMAGED_END ".damaged"

#endif
