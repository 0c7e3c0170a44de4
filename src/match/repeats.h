/*
 * repeats.h - the sampled shingles that are furniture, found among the postings.
 *
 * The articles of one shingle come as a list. Those of an owner are looked at together: when they tell
 * WP_FURNITURE_STORIES stories whose titles have nothing in common, the shingle is that owner's furniture.
 * Then they leave the list, so that no two articles become candidates through what their site has around
 * them; and the articles in which the stories were counted are sent on as examples, in whose texts the whole
 * passage is found afterwards. In the same way a shingle becomes furniture of all, counted over the articles,
 * whoever owns them, that speak of none of their titles.
 *
 * What earlier runs have learnt is noted afterwards, and taken out where an owner has fewer articles of it
 * than furniture is learnt from; what is of all, where it stands in so few articles. Of more this run judges
 * by itself: so the same articles give the same stories, whether their furniture is known before or not.
 */
#ifndef WP_MATCH_REPEATS_H
#define WP_MATCH_REPEATS_H

#include "base/bits.h"
#include "base/parts.h"
#include "match/furniture.h"
#include "sketch/title.h"

enum { WP_EXAMPLE_PARTS = 64, WP_EXAMPLE_CHUNK_BYTES = 4096, WP_EXAMPLE_RUN = 16 };

/* Articles of one owner and shingle that are looked at for different stories, the first ones. */
#define WP_REPEATS_LOOKED_AT 256

/* How often furniture was met: in so many articles of an owner (of owner 0: of all) whose samples have the
 * shingle, and the earliest date among them. There may be several of one owner and shingle, of different
 * articles. */
struct wp_furniture_met {
    uint64_t shingle; /* low WP_FURNITURE_SHINGLE_BITS */
    int64_t first_seen;
    uint32_t owner, articles;
};

struct wp_repeats {                 /* constant while it is used, but for what the fields point to */
    const uint32_t *owners;         /* by rank; 0 = none */
    const struct wp_bits *unspoken; /* by rank: short, and says nothing of its title */
    /* The title of a rank, in place or in scratch; NULL after a failed read. Any thread. */
    const struct wp_title *(*title)(void *self, uint32_t rank, struct wp_title *scratch,
                                    struct wp_error *err);
    /* Lowers *date to that of a rank, if it has one and it is earlier. Any thread. */
    enum wp_status (*earlier)(void *self, uint32_t rank, int64_t *date, struct wp_error *err);
    void *self;
    const struct wp_furniture *known; /* learnt in earlier runs */
    _Atomic uint8_t *counts;          /* by rank: samples that were taken out, added up here */
    _Atomic uint8_t *known_counts;    /* by rank: known ones that were not; NULL only when nothing is known */
    struct wp_parts *examples; /* owner << 32 | rank, into part owner % WP_EXAMPLE_PARTS; owner 0: of all */
    struct wp_parts *met;      /* struct wp_furniture_met, likewise; NULL: is not wanted */
};

/* What one thread sends, and its room. */
struct wp_repeats_worker {
    struct wp_parts_sender examples, met;
    uint64_t *room[2]; /* for as many as the articles of one shingle */
    size_t room_cap;
};

enum wp_status wp_repeats_worker_init(struct wp_repeats_worker *w, const struct wp_repeats *r);
/* Sends what waits. */
enum wp_status wp_repeats_worker_flush(struct wp_repeats_worker *w, struct wp_error *err);
void wp_repeats_worker_release(struct wp_repeats_worker *w);

/* Takes the articles for whose owner the shingle is furniture out of a list of ranks, distinct and ascending;
 * *count is what is left, in order. Of the shingle the low WP_FURNITURE_SHINGLE_BITS are known. What is
 * learnt does not depend on what was known before. */
enum wp_status wp_repeats_sift(const struct wp_repeats *r, struct wp_repeats_worker *w, uint64_t shingle,
                               uint64_t *ranks, size_t *count, struct wp_error *err);

#endif
