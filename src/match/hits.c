/* hits.c - see hits.h. */
#include "match/hits.h"

#include "base/sort.h"
#include "match/postings.h"

uint32_t wp_hits_ranks_per_part(uint64_t articles) {
    return (uint32_t)(articles / WP_HIT_PARTS + 1);
}

enum wp_status wp_hits_worker_init(struct wp_hits_worker *w, const struct wp_hits_stage *stage) {
    *w = (struct wp_hits_worker){0};
    return wp_parts_sender_init(&w->sender, stage->hits, WP_HIT_RUN);
}

void wp_hits_worker_release(struct wp_hits_worker *w) {
    wp_parts_sender_release(&w->sender);
    wp_free(w->items);
    wp_free(w->scratch);
    wp_free(w->table);
    *w = (struct wp_hits_worker){0};
}

enum wp_status wp_hits_worker_finish(struct wp_hits_worker *w, struct wp_error *err) {
    return wp_parts_sender_flush(&w->sender, err);
}

static enum wp_status make_room(struct wp_hits_worker *w, size_t count) {
    if (count <= w->cap) return WP_OK;
    wp_free(w->items);
    wp_free(w->scratch);
    wp_free(w->table);
    w->cap = count + count / 8;
    w->items = wp_alloc(w->cap, sizeof *w->items);
    w->scratch = wp_alloc(w->cap, sizeof *w->scratch);
    w->table = wp_alloc(wp_posting_table_words(w->cap), sizeof *w->table);
    if (w->items && w->scratch && w->table) return WP_OK;
    w->cap = 0;
    return WP_ENOMEM;
}

static enum wp_status send_hit(const struct wp_hits_stage *stage, struct wp_hits_worker *w, uint64_t a,
                               uint64_t b, struct wp_error *err) {
    return wp_parts_send64(&w->sender, a / stage->ranks_per_part, a << 32 | b, err);
}

/* ranks: distinct, ascending. */
static enum wp_status pair_up(const struct wp_hits_stage *stage, struct wp_hits_worker *w,
                              const uint64_t *ranks, size_t count, struct wp_error *err) {
    const struct wp_fanout *f = &stage->fanout;
    bool all = count <= f->pairs_max;
    for (size_t i = 1; i < count; i++) {
        size_t near = all || i < f->near ? 0 : i - f->near;
        size_t first = near < f->first ? near : f->first;
        for (size_t j = 0; j < first; j++) WP_TRY(send_hit(stage, w, ranks[j], ranks[i], err));
        for (size_t j = near; j < i; j++) WP_TRY(send_hit(stage, w, ranks[j], ranks[i], err));
    }
    return WP_OK;
}

/* Turns the slots of one key into distinct ascending ranks; returns how many. */
static size_t rank_group(const struct wp_hits_stage *stage, uint64_t *group, size_t count,
                         uint64_t *scratch) {
    size_t n = 0, distinct = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t slot = wp_posting_slot(group[i]);
        if (!wp_bits_get(stage->skipped, slot)) group[n++] = wp_order_rank(stage->order, slot);
    }
    uint64_t *sorted = wp_sort64(group, scratch, n);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || sorted[i] != sorted[i - 1]) group[distinct++] = sorted[i];
    return distinct;
}

enum wp_status wp_hits_run(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                           struct wp_error *err) {
    size_t count = wp_parts_count(stage->postings, part);
    if (!count) return WP_OK; /* a part that is empty has had no room made for it either */
    if (make_room(w, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(stage->postings, part, w->items, err));
    count = wp_postings_repeated(w->items, count, w->table);
    uint64_t *sorted = wp_sort64(w->items, w->scratch, count);
    uint64_t *scratch = sorted == w->items ? w->scratch : w->items;
    for (size_t i = 0, end; i < count; i = end) {
        uint32_t key = wp_posting_key(sorted[i]);
        for (end = i + 1; end < count && wp_posting_key(sorted[end]) == key; end++) {
        }
        if (end - i < 2) continue;
        size_t ranks = rank_group(stage, sorted + i, end - i, scratch);
        WP_TRY(pair_up(stage, w, sorted + i, ranks, err));
    }
    return WP_OK;
}
