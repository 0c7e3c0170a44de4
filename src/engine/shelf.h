/*
 * shelf.h - streams of shingles: where they are kept, and a shelf of those that are needed now.
 *
 * A stream is the hashes of an article's shingles in the order of the text (stream.h). They are kept aside
 * while reading, the first ones in memory. Once that is used up, texts of plain files are read again instead
 * (reread.h), and what cannot be, or only by decoding all that stands before it, lies in a spill file.
 *
 * A shelf holds the streams of as many articles as fit: what several groups of candidates need one after the
 * other is fetched once, however many pairs it stands in, and the memory has a bound. One thread per shelf.
 */
#ifndef WP_ENGINE_SHELF_H
#define WP_ENGINE_SHELF_H

#include "engine/run.h"
#include "engine/stream.h"

enum {
    WP_SHELF_SHINGLES = 1 << 20, /* more only for a single pair that needs it */
    WP_SHELF_ARTICLES = 1 << 15,
};

struct wp_shelved {
    uint32_t rank;
    uint32_t place;    /* in the shelf's table */
    uint32_t distinct; /* different shingles, 0 = not counted yet; for the shelf's user */
    uint64_t offset;   /* of its stream in shingles */
    struct wp_article_row row;
    struct wp_mask mask; /* what does not count, once that was taken out and there is any; else no tokens */
};

struct wp_shelf {
    struct wp_shelved *articles; /* WP_SHELF_ARTICLES */
    uint32_t *table;             /* by hash of the rank: number + 1 */
    uint32_t count;
    uint32_t loaded, cleaned; /* the first so many are fetched, and what does not count is out of them */
    uint64_t *shingles;
    uint64_t used, cap;
    uint64_t *order; /* twice WP_SHELF_ARTICLES: by place in the store, and scratch */
    struct wp_buffer packed, masks;
    struct wp_run *run;
    wp_stream_unpacker *unpack;
    struct wp_rereader *rereader; /* made when first needed */
};

enum wp_status wp_shelf_init(struct wp_shelf *s, struct wp_run *run);
void wp_shelf_release(struct wp_shelf *s);
void wp_shelf_clear(struct wp_shelf *s);
/* Notes that an article is needed. False: no room, unless it is there already; the shelf is unchanged. */
bool wp_shelf_put(struct wp_shelf *s, uint32_t rank, const struct wp_article_row *row);
/* Fetches the streams of the articles noted since it was called last, as they are; those there already stay
 * where they are. WP_ECANCELED when the run is ended meanwhile. */
enum wp_status wp_shelf_load(struct wp_shelf *s, struct wp_error *err);
/* Takes what does not count out of those it was not yet taken out of: what is furniture, by what the run
 * knows of it, and agency lines. After loading. */
enum wp_status wp_shelf_take_out(struct wp_shelf *s, struct wp_error *err);
/* The stream of a shelved article, borrowed until the shelf is cleared. */
struct wp_stream wp_shelf_stream(const struct wp_shelf *s, const struct wp_shelved *a);
/* An article that was put; NULL if it was not. */
struct wp_shelved *wp_shelf_find(const struct wp_shelf *s, uint32_t rank);

#endif
