/*
 * candidates.c - sort, then count runs. See candidates.h.
 *
 * Three hits of four are of pairs that meet once. They are dropped before sorting (base/recurring.h).
 * What is left is packed as closely as the part's ranks allow, because each digit costs
 * a pass.
 */
#include "match/candidates.h"

#include "base/recurring.h"
#include "base/sort.h"

void wp_candidate_list_release(struct wp_candidate_list *list) {
    wp_free(list->items);
    wp_free(list->keys);
    wp_free(list->scratch);
    wp_free(list->table);
    *list = (struct wp_candidate_list){0};
}

enum wp_status wp_candidate_list_make_room(struct wp_candidate_list *list, size_t count) {
    if (count <= list->key_cap) return WP_OK;
    wp_free(list->keys);
    wp_free(list->scratch);
    wp_free(list->table);
    list->key_cap = count;
    list->keys = wp_alloc(count, sizeof *list->keys);
    list->scratch = wp_alloc(count, sizeof *list->scratch);
    list->table = wp_alloc(wp_recurring_words(count), sizeof *list->table);
    if (list->keys && list->scratch && list->table) return WP_OK;
    list->key_cap = 0;
    return WP_ENOMEM;
}

/* A pair of ranks, as a << 32 | b. Both are looked at: which are sparse cannot be foreseen. */
static bool is_sparse(uint64_t pair, const struct wp_bits *sparse) {
    return wp_bits_get(sparse, pair >> 32) | wp_bits_get(sparse, (uint32_t)pair);
}

static inline uint64_t hash_of(uint64_t pair) {
    return pair * 0x9E3779B97F4A7C15u;
}

/* Leaves the pairs that meet again (and a few others), and those that may meet once. Returns how many. */
static size_t drop_single(struct wp_candidate_list *list, size_t count, const struct wp_bits *sparse) {
    const struct wp_recurring seen = wp_recurring_begin(list->table, count);
    uint64_t *keys = list->keys;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) wp_recurring_note(&seen, hash_of(keys[i]));
    for (size_t i = 0; i < count; i++) {
        uint64_t pair = keys[i];
        keys[kept] = pair;
        kept += wp_recurring_maybe(&seen, hash_of(pair)) | is_sparse(pair, sparse);
    }
    return kept;
}

/* How pairs are packed: (a - first) << bits | b. */
struct packing {
    uint32_t first;
    unsigned bits;
};

static struct packing pack(uint64_t *keys, size_t count) {
    struct packing p = {.first = UINT32_MAX, .bits = 1};
    uint32_t all = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t a = (uint32_t)(keys[i] >> 32);
        p.first = a < p.first ? a : p.first;
        all |= (uint32_t)keys[i];
    }
    while (p.bits < 32 && all >> p.bits) p.bits++;
    for (size_t i = 0; i < count; i++) keys[i] = ((keys[i] >> 32) - p.first) << p.bits | (uint32_t)keys[i];
    return p;
}

static uint64_t unpack(struct packing p, uint64_t key) {
    uint64_t b = key & (((uint64_t)1 << p.bits) - 1);
    return ((key >> p.bits) + p.first) << 32 | b;
}

enum wp_status wp_candidates_gather(struct wp_candidate_list *list, struct wp_parts *hits, size_t part,
                                    const struct wp_bits *sparse, struct wp_error *err) {
    size_t count = wp_parts_count(hits, part);
    list->count = 0;
    if (wp_candidate_list_make_room(list, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(hits, part, list->keys, err));
    if (!count) return WP_OK;
    count = drop_single(list, count, sparse);
    struct packing packing = pack(list->keys, count);
    const uint64_t *sorted = wp_sort64(list->keys, list->scratch, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end] == sorted[i]; end++) {
        }
        uint64_t pair = unpack(packing, sorted[i]);
        if (end - i < WP_CANDIDATE_HITS && !is_sparse(pair, sparse)) continue;
        if (WP_GROW(list->items, list->count, list->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        list->items[list->count++] =
            (struct wp_candidate){(uint32_t)(pair >> 32), (uint32_t)pair, (uint32_t)(end - i)};
    }
    return WP_OK;
}
