/*
 * order.h - slots and ranks.
 *
 * While reading, articles get numbers in the order in which threads finish them: slots. What was read says
 * their true order: file by file, line by line. A rank is an article's number in that order. Everything after
 * reading speaks in ranks, so that no thread count or chunking shows in the results; stores filled while
 * reading are asked by slot. Articles come in segments (a stretch of lines of one file), which keep both
 * orders inside, so that the whole mapping is a few bytes a segment.
 */
#ifndef WP_BASE_ORDER_H
#define WP_BASE_ORDER_H

#include "base/status.h"

struct wp_segment {
    uint32_t slot, rank, count; /* first slot, first rank, articles */
    uint32_t file;              /* number of the input */
    uint32_t lines;             /* lines read, with those that gave no article */
    uint64_t sequence;          /* of the segment in its file */
    uint64_t first_line;        /* of the segment in its file, from 1; set by wp_order_settle */
};

struct wp_order {
    struct wp_segment *by_slot; /* sorted by slot: the order of adding */
    struct wp_segment *by_rank; /* sorted by rank; set by wp_order_settle */
    size_t count, cap;
    uint32_t *slot_hint, *rank_hint; /* first segment that may hold number << HINT_BITS */
    uint64_t articles, lines;
};

void wp_order_release(struct wp_order *o);
/* Adds a segment; its slot becomes the number of articles so far. WP_ETOOBIG beyond 2^32 - 2 articles. The
 * caller keeps threads apart. */
enum wp_status wp_order_add(struct wp_order *o, struct wp_segment *segment);
/* Works out ranks and lines when all segments are in. */
enum wp_status wp_order_settle(struct wp_order *o);
/* The segment that holds a slot or a rank. Any thread, after settling. */
const struct wp_segment *wp_order_of_slot(const struct wp_order *o, uint32_t slot);
const struct wp_segment *wp_order_of_rank(const struct wp_order *o, uint32_t rank);

static inline uint32_t wp_order_rank(const struct wp_order *o, uint32_t slot) {
    const struct wp_segment *s = wp_order_of_slot(o, slot);
    return s->rank + (slot - s->slot);
}

static inline uint32_t wp_order_slot(const struct wp_order *o, uint32_t rank) {
    const struct wp_segment *s = wp_order_of_rank(o, rank);
    return s->slot + (rank - s->rank);
}

#endif
