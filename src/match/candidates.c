/*
 * candidates.c - sort, then count runs. See candidates.h.
 *
 * Three hits of four are of pairs that meet once. They are dropped before sorting (base/recurring.h). A hit
 * is packed as closely as ranks allow, because each digit costs a pass.
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

/* One part of the hits. */
struct part {
    const struct wp_hit_form *form;
    size_t number;
    const struct wp_bits *sparse;
};

static bool once_is_enough(const struct part *part, uint64_t hit) {
    return part->sparse && is_sparse(wp_hit_pair(part->form, part->number, hit), part->sparse);
}

/* Leaves the hits of pairs that meet again (and a few others), and of those that may meet once. Returns how
 * many. */
static size_t drop_single(struct wp_candidate_list *list, size_t count, const struct part *part) {
    const struct wp_recurring seen = wp_recurring_begin(list->table, count);
    uint64_t *keys = list->keys;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) wp_recurring_note(&seen, hash_of(keys[i]));
    for (size_t i = 0; i < count; i++) {
        uint64_t hit = keys[i];
        keys[kept] = hit;
        kept += wp_recurring_maybe(&seen, hash_of(hit)) | once_is_enough(part, hit);
    }
    return kept;
}

enum wp_status wp_candidates_gather(struct wp_candidate_list *list, struct wp_parts *hits, size_t part,
                                    const struct wp_hit_form *form, const struct wp_bits *sparse,
                                    struct wp_error *err) {
    const struct part from = {form, part, sparse};
    size_t count = wp_parts_count(hits, part);
    list->count = 0;
    if (wp_candidate_list_make_room(list, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take64(hits, part, list->keys, err));
    if (!count) return WP_OK;
    count = drop_single(list, count, &from);
    const uint64_t *sorted = wp_sort64(list->keys, list->scratch, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end] == sorted[i]; end++) {
        }
        if (end - i < WP_CANDIDATE_HITS && !once_is_enough(&from, sorted[i])) continue;
        if (WP_GROW(list->items, list->count, list->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        uint64_t pair = wp_hit_pair(form, part, sorted[i]);
        list->items[list->count++] =
            (struct wp_candidate){(uint32_t)(pair >> 32), (uint32_t)pair, (uint32_t)(end - i)};
    }
    return WP_OK;
}
