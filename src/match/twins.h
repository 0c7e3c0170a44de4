/*
 * twins.h - articles that are the same by one 64-bit key: exact copies, repeated ids.
 *
 * While reading, (key, slot) goes into parts by key. Afterwards each part is sorted, and articles whose keys
 * agree are asked about by a callback that looks at the whole truth, because a part keeps only 38 bits of the
 * key. The first of a family in input order stands for it; the others are its twins.
 */
#ifndef WP_MATCH_TWINS_H
#define WP_MATCH_TWINS_H

#include "base/order.h"
#include "base/parts.h"

enum { WP_TWIN_PARTS = 64, WP_TWIN_CHUNK_BYTES = 16384, WP_TWIN_RUN = 32 };

struct wp_twin {
    uint32_t first, twin; /* ranks; first < twin */
};

struct wp_twin_list {
    struct wp_twin *items; /* sorted by (first, twin) after wp_twins_find */
    size_t count, cap;
};

static inline size_t wp_twin_part(uint64_t key) {
    return key & (WP_TWIN_PARTS - 1);
}

static inline uint64_t wp_twin_pack(uint64_t key, uint32_t slot) {
    return (key >> 6) << 32 | slot;
}

struct wp_twins_stage {
    const struct wp_order *order;
    struct wp_parts *parts; /* consumed */
    /* Are the articles in these slots the same? 1 yes, 0 no, negative: enum wp_status. */
    int (*same)(void *self, uint32_t slot_a, uint32_t slot_b, struct wp_error *err);
    void *self;
};

/* Fills the list (which the caller releases). Each family costs time linear in its size; articles that agree
 * in 38 bits of the key but are not the same are as rare as chance makes them. */
enum wp_status wp_twins_find(const struct wp_twins_stage *stage, struct wp_twin_list *list,
                             struct wp_error *err);
void wp_twin_list_release(struct wp_twin_list *list);

/* The twins of a rank: items[*begin .. *end). */
void wp_twins_of(const struct wp_twin_list *list, uint32_t first, size_t *begin, size_t *end);

#endif
