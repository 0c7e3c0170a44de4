/* candidates.c - sort, then count runs. See candidates.h. */
#include "match/candidates.h"

#include "base/sort.h"

void wp_candidate_list_release(struct wp_candidate_list *list) {
    wp_free(list->items);
    wp_free(list->keys);
    wp_free(list->scratch);
    *list = (struct wp_candidate_list){0};
}

static enum wp_status make_room(struct wp_candidate_list *list, size_t count) {
    if (count <= list->key_cap) return WP_OK;
    wp_free(list->keys);
    wp_free(list->scratch);
    list->key_cap = count;
    list->keys = wp_alloc(count, sizeof *list->keys);
    list->scratch = wp_alloc(count, sizeof *list->scratch);
    if (list->keys && list->scratch) return WP_OK;
    list->key_cap = 0;
    return WP_ENOMEM;
}

static bool enough(uint64_t pair, size_t hits, const struct wp_bits *sparse) {
    return hits >= WP_CANDIDATE_HITS || wp_bits_get(sparse, pair >> 32) ||
           wp_bits_get(sparse, (uint32_t)pair);
}

enum wp_status wp_candidates_gather(struct wp_candidate_list *list, struct wp_parts *hits, size_t part,
                                    const struct wp_bits *sparse, struct wp_error *err) {
    size_t count = wp_parts_count(hits, part);
    list->count = 0;
    if (make_room(list, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(hits, part, list->keys, err));
    const uint64_t *sorted = wp_sort64(list->keys, list->scratch, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && sorted[end] == sorted[i]; end++) {
        }
        if (!enough(sorted[i], end - i, sparse)) continue;
        if (WP_GROW(list->items, list->count, list->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        list->items[list->count++] =
            (struct wp_candidate){(uint32_t)(sorted[i] >> 32), (uint32_t)sorted[i], (uint32_t)(end - i)};
    }
    return WP_OK;
}
