/* twins.c - see twins.h. */
#include "match/twins.h"

#include <stdlib.h>
#include "base/memory.h"
#include "base/sort.h"

struct finder {
    const struct wp_twins_stage *stage;
    struct wp_twin_list *list;
    uint64_t *items, *scratch, *heads; /* heads: members of the run that stand for a family */
    size_t cap;
};

static enum wp_status make_room(struct finder *f, size_t count) {
    if (count <= f->cap) return WP_OK;
    wp_free(f->items);
    wp_free(f->scratch);
    wp_free(f->heads);
    f->cap = count;
    f->items = wp_alloc(count, sizeof *f->items);
    f->scratch = wp_alloc(count, sizeof *f->scratch);
    f->heads = wp_alloc(count, sizeof *f->heads);
    return f->items && f->scratch && f->heads ? WP_OK : WP_ENOMEM;
}

/* One run of equal keys, as (rank << 32 | slot), ascending. */
static enum wp_status split_run(struct finder *f, const uint64_t *run, size_t count, struct wp_error *err) {
    size_t heads = 0;
    for (size_t i = 0; i < count; i++) {
        size_t h = 0;
        for (; h < heads; h++) {
            int same = f->stage->same(f->stage->self, (uint32_t)f->heads[h], (uint32_t)run[i], err);
            if (same < 0) return (enum wp_status)same;
            if (same) break;
        }
        if (h == heads) {
            f->heads[heads++] = run[i];
            continue;
        }
        if (WP_GROW(f->list->items, f->list->count, f->list->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        f->list->items[f->list->count++] =
            (struct wp_twin){(uint32_t)(f->heads[h] >> 32), (uint32_t)(run[i] >> 32)};
    }
    return WP_OK;
}

static enum wp_status find_in_part(struct finder *f, size_t part, struct wp_error *err) {
    size_t count = wp_parts_count(f->stage->parts, part);
    if (make_room(f, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(f->stage->parts, part, f->items, err));
    uint64_t *sorted = wp_sort64(f->items, f->scratch, count);
    uint64_t *scratch = sorted == f->items ? f->scratch : f->items;
    for (size_t i = 0, end; i < count; i = end) {
        uint64_t key = sorted[i] >> 32;
        for (end = i + 1; end < count && sorted[end] >> 32 == key; end++) {
        }
        if (end - i < 2) continue;
        for (size_t j = i; j < end; j++)
            sorted[j] =
                (uint64_t)wp_order_rank(f->stage->order, (uint32_t)sorted[j]) << 32 | (uint32_t)sorted[j];
        WP_TRY(split_run(f, wp_sort64(sorted + i, scratch, end - i), end - i, err));
    }
    return WP_OK;
}

static int compare_twins(const void *x, const void *y) {
    const struct wp_twin *a = x, *b = y;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return a->twin < b->twin ? -1 : a->twin > b->twin;
}

enum wp_status wp_twins_find(const struct wp_twins_stage *stage, struct wp_twin_list *list,
                             struct wp_error *err) {
    struct finder f = {.stage = stage, .list = list};
    enum wp_status status = WP_OK;
    for (size_t part = 0; part < stage->parts->part_count && status == WP_OK; part++)
        status = find_in_part(&f, part, err);
    wp_free(f.items);
    wp_free(f.scratch);
    wp_free(f.heads);
    if (status == WP_OK && list->count) qsort(list->items, list->count, sizeof *list->items, compare_twins);
    return status;
}

void wp_twin_list_release(struct wp_twin_list *list) {
    wp_free(list->items);
    *list = (struct wp_twin_list){0};
}

void wp_twins_of(const struct wp_twin_list *list, uint32_t first, size_t *begin, size_t *end) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (list->items[mid].first < first)
            low = mid + 1;
        else
            high = mid;
    }
    *begin = low;
    while (low < list->count && list->items[low].first == first) low++;
    *end = low;
}
