/* hits.c - see hits.h. */
#include "match/hits.h"

#include "base/sort.h"
#include "match/postings.h"

enum wp_status wp_hits_worker_init(struct wp_hits_worker *w, const struct wp_hits_stage *stage) {
    *w = (struct wp_hits_worker){0};
    WP_TRY(wp_parts_sender_init(&w->hits, stage->hits, WP_HIT_RUN));
    if (stage->repeats) WP_TRY(wp_repeats_worker_init(&w->repeats, stage->repeats));
    return wp_parts_sender_init(&w->common, stage->common, WP_COMMON_RUN);
}

void wp_hits_worker_release(struct wp_hits_worker *w) {
    wp_parts_sender_release(&w->hits);
    wp_parts_sender_release(&w->common);
    wp_repeats_worker_release(&w->repeats);
    wp_free(w->items);
    wp_free(w->scratch);
    wp_free(w->table);
    *w = (struct wp_hits_worker){0};
}

enum wp_status wp_hits_worker_flush(struct wp_hits_worker *w, struct wp_error *err) {
    WP_TRY(wp_parts_sender_flush(&w->hits, err));
    WP_TRY(wp_repeats_worker_flush(&w->repeats, err));
    return wp_parts_sender_flush(&w->common, err);
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
    const struct wp_hit_form *form = &stage->form;
    return wp_parts_send64(&w->hits, wp_hit_part(form, (uint32_t)a),
                           wp_hit_pack(form, (uint32_t)a, (uint32_t)b), err);
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

/* Does nearly everything come from one owner? The only one who can have that much is found by letting pairs
 * of different owners cancel each other out (Boyer and Moore's majority vote). */
static bool is_own(const struct wp_hits_stage *stage, const uint64_t *ranks, size_t count) {
    uint32_t candidate = 0;
    size_t lead = 0, has = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t owner = stage->owners[ranks[i]];
        if (!lead) candidate = owner;
        if (owner == candidate)
            lead++;
        else
            lead--;
    }
    if (!candidate || lead * 2 < count) return false;
    for (size_t i = 0; i < count; i++) has += stage->owners[ranks[i]] == candidate;
    return (double)has > WP_OWN_SHARE * (double)count;
}

#define OWN_FLAG ((uint64_t)1 << 63)

/* Puts a common shingle aside: its articles, and one more for each of them. The key's highest bit becomes the
 * flag. */
static enum wp_status put_aside(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                                uint64_t key, const uint64_t *ranks, size_t count, struct wp_error *err) {
    bool own = is_own(stage, ranks, count);
    w->common_shingles++;
    w->common_postings += count;
    uint64_t top = (key << 32 & ~OWN_FLAG) | (own ? OWN_FLAG : 0);
    for (size_t i = 0; i < count; i++) {
        atomic_fetch_add_explicit(&stage->counts.any[ranks[i]], 1, memory_order_relaxed);
        if (!own) atomic_fetch_add_explicit(&stage->counts.mixed[ranks[i]], 1, memory_order_relaxed);
        WP_TRY(wp_parts_send64(&w->common, part, top | ranks[i], err));
    }
    return WP_OK;
}

static bool is_crowded(const struct wp_hits_stage *stage, uint64_t item) {
    uint32_t rank = (uint32_t)item;
    return wp_bits_get(stage->crowded_any, rank) ||
           (!(item & OWN_FLAG) && wp_bits_get(stage->crowded_mixed, rank));
}

/* The end of the run of items that have the key of items[begin]. */
static size_t run_end(const uint64_t *items, size_t begin, size_t count) {
    size_t end = begin + 1;
    while (end < count && wp_posting_key(items[end]) == wp_posting_key(items[begin])) end++;
    return end;
}

/* The low bits of a shingle that its posting knows. */
static uint64_t shingle_of(size_t part, uint64_t key) {
    return key << WP_POSTING_PART_BITS | part;
}

/* The articles of one shingle, without those whose furniture it is: distinct ranks, ascending. */
static enum wp_status gather_ranks(const struct wp_hits_stage *stage, struct wp_hits_worker *w,
                                   uint64_t shingle, uint64_t *group, size_t *count, uint64_t *scratch,
                                   struct wp_error *err) {
    *count = rank_group(stage, group, *count, scratch);
    if (!stage->repeats) return WP_OK;
    return wp_repeats_sift(stage->repeats, &w->repeats, shingle, group, count, err);
}

enum wp_status wp_hits_run(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                           struct wp_error *err) {
    size_t count = wp_parts_count(stage->postings, part);
    if (make_room(w, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(stage->postings, part, w->items, err));
    count = wp_postings_repeated(w->items, count, w->table);
    uint64_t *sorted = wp_sort64_from(w->items, w->scratch, count, 32); /* by key: slots become ranks first */
    uint64_t *scratch = sorted == w->items ? w->scratch : w->items;
    for (size_t i = 0, end; i < count; i = end) {
        end = run_end(sorted, i, count);
        if (end - i < 2) continue;
        uint64_t key = wp_posting_key(sorted[i]);
        size_t ranks = end - i;
        WP_TRY(gather_ranks(stage, w, shingle_of(part, key), sorted + i, &ranks, scratch, err));
        WP_TRY(ranks > stage->fanout.pairs_max ? put_aside(stage, w, part, key, sorted + i, ranks, err)
                                               : pair_up(stage, w, sorted + i, ranks, err));
    }
    return WP_OK;
}

enum wp_status wp_hits_run_common(const struct wp_hits_stage *stage, struct wp_hits_worker *w, size_t part,
                                  struct wp_error *err) {
    size_t count = wp_parts_count(stage->common, part), kept = 0;
    if (make_room(w, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(stage->common, part, w->items, err));
    for (size_t i = 0; i < count; i++) {
        w->items[kept] = w->items[i];
        kept += is_crowded(stage, w->items[i]);
    }
    uint64_t *sorted = wp_sort64(w->items, w->scratch, kept);
    for (size_t i = 0, end; i < kept; i = end) {
        end = run_end(sorted, i, kept);
        for (size_t j = i; j < end; j++) sorted[j] = (uint32_t)sorted[j];
        WP_TRY(pair_up(stage, w, sorted + i, end - i, err));
    }
    return WP_OK;
}
