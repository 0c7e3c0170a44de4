/* order.c - see order.h. */
#include "base/order.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

#define HINT_BITS 8

void wp_order_release(struct wp_order *o) {
    wp_free(o->by_slot);
    wp_free(o->by_rank);
    wp_free(o->slot_hint);
    wp_free(o->rank_hint);
    *o = (struct wp_order){0};
}

enum wp_status wp_order_add(struct wp_order *o, struct wp_segment *segment) {
    if (o->articles + segment->count >= UINT32_MAX) return WP_ETOOBIG;
    WP_TRY(WP_GROW(o->by_slot, o->count, o->cap));
    segment->slot = (uint32_t)o->articles;
    o->by_slot[o->count++] = *segment;
    o->articles += segment->count;
    o->lines += segment->lines;
    return WP_OK;
}

static int compare_place(const void *x, const void *y) {
    const struct wp_segment *a = x, *b = y;
    if (a->file != b->file) return a->file < b->file ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

static int compare_slot(const void *x, const void *y) {
    const struct wp_segment *a = x, *b = y;
    if (a->slot != b->slot) return a->slot < b->slot ? -1 : 1;
    return a->count < b->count ? -1 : a->count > b->count; /* empty ones first: they are found by nobody */
}

/* The first segment that ends behind number h << HINT_BITS, for each h. */
static void fill_hints(uint32_t *hints, uint64_t articles, const struct wp_segment *s, int by_rank) {
    uint32_t at = 0;
    for (uint64_t h = 0; h << HINT_BITS < articles; h++) {
        while ((uint64_t)(by_rank ? s[at].rank : s[at].slot) + s[at].count <= h << HINT_BITS) at++;
        hints[h] = at;
    }
}

enum wp_status wp_order_settle(struct wp_order *o) {
    size_t hints = (size_t)(o->articles >> HINT_BITS) + 1;
    o->by_rank = wp_alloc(o->count, sizeof *o->by_rank);
    o->slot_hint = wp_zalloc(hints, sizeof *o->slot_hint);
    o->rank_hint = wp_zalloc(hints, sizeof *o->rank_hint);
    if (!o->by_rank || !o->slot_hint || !o->rank_hint) return WP_ENOMEM;
    if (!o->count) return WP_OK;
    memcpy(o->by_rank, o->by_slot, o->count * sizeof *o->by_rank);
    qsort(o->by_rank, o->count, sizeof *o->by_rank, compare_place);
    uint64_t rank = 0, line = 1;
    for (size_t i = 0; i < o->count; i++) {
        struct wp_segment *s = &o->by_rank[i];
        if (i && s->file != o->by_rank[i - 1].file) line = 1;
        s->rank = (uint32_t)rank;
        s->first_line = line;
        rank += s->count;
        line += s->lines;
    }
    memcpy(o->by_slot, o->by_rank, o->count * sizeof *o->by_slot);
    qsort(o->by_slot, o->count, sizeof *o->by_slot, compare_slot);
    fill_hints(o->slot_hint, o->articles, o->by_slot, 0);
    fill_hints(o->rank_hint, o->articles, o->by_rank, 1);
    return WP_OK;
}

const struct wp_segment *wp_order_of_slot(const struct wp_order *o, uint32_t slot) {
    const struct wp_segment *s = &o->by_slot[o->slot_hint[slot >> HINT_BITS]];
    while (s->slot + s->count <= slot) s++;
    return s;
}

const struct wp_segment *wp_order_of_rank(const struct wp_order *o, uint32_t rank) {
    const struct wp_segment *s = &o->by_rank[o->rank_hint[rank >> HINT_BITS]];
    while (s->rank + s->count <= rank) s++;
    return s;
}
