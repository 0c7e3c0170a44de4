/* finder_meet.c - the articles that have keys of a text: by its words, and by its samples. */
#include "engine/finder_parts.h"

#include <stdlib.h>
#include "index/seen.h"

enum wp_status wp_finder_exact(struct wp_finder *f, const struct wp_view *view, uint32_t *number,
                               struct wp_row *row, struct wp_error *err) {
    uint32_t given;
    uint64_t total;
    const struct wp_seen *seen = f->batch.seen;
    *number = WP_NUMBER_NONE;
    if (!f->print.tokens) return WP_OK;
    if (seen && !wp_seen_may_have_key(seen, WP_KEY_EXACT, f->print.exact.low)) return WP_OK;
    WP_TRY(wp_view_find(view, WP_KEY_EXACT, f->print.exact.low, &WP_KEY_ALL_LIMITS, f->numbers, &given,
                        &total, err));
    for (uint32_t i = 0; i < given && *number == WP_NUMBER_NONE; i++) {
        enum wp_status status = wp_view_row(view, f->numbers[i], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (wp_finder_same_text(f, row) && !wp_row_is_banner(view, f->numbers[i], row))
            *number = f->numbers[i];
    }
    return WP_OK;
}

enum wp_status wp_finder_list_exact(struct wp_finder *f, const struct wp_view *view, uint32_t except,
                                    struct wp_error *err) {
    uint32_t given;
    uint64_t total;
    WP_TRY(wp_view_find(view, WP_KEY_EXACT, f->print.exact.low, &WP_KEY_ALL_LIMITS, f->numbers, &given,
                        &total, err));
    for (uint32_t i = 0; i < given; i++) {
        struct wp_found_match m = {.number = f->numbers[i], .relation = WP_RELATION_EXACT};
        enum wp_status status = wp_view_row(view, m.number, &m.row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (m.number == except || !wp_finder_same_text(f, &m.row)) continue;
        WP_TRY(wp_finder_add_match(f, &m, err));
    }
    return WP_OK;
}

/* ---- counting meetings ---- */

static uint32_t table_slot(const struct wp_finder *f, uint32_t number) {
    uint32_t mask = (uint32_t)f->table_size - 1, s = number * 2654435769u & mask;
    while (f->table[s] && f->candidates[f->table[s] - 1].number != number) s = (s + 1) & mask;
    return s;
}

static enum wp_status grow_table(struct wp_finder *f) {
    uint32_t *table = wp_zalloc(2 * f->table_size, sizeof *table);
    if (!table) return WP_ENOMEM;
    wp_free(f->table);
    f->table = table;
    f->table_size *= 2;
    for (size_t i = 0; i < f->candidate_count; i++) {
        f->candidates[i].slot = table_slot(f, f->candidates[i].number);
        f->table[f->candidates[i].slot] = (uint32_t)i + 1;
    }
    return WP_OK;
}

/* Of key number `key`. */
static enum wp_status count_meetings(struct wp_finder *f, uint32_t key, const uint32_t *numbers,
                                     uint32_t count) {
    uint32_t hash = (key + 1) * 2654435769u;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = table_slot(f, numbers[i]);
        if (f->table[s]) {
            f->candidates[f->table[s] - 1].hits++;
            f->candidates[f->table[s] - 1].samples += hash;
            continue;
        }
        WP_TRY(WP_GROW(f->candidates, f->candidate_count, f->candidate_cap));
        f->candidates[f->candidate_count] = (struct wp_found_candidate){numbers[i], 1, hash, s};
        f->table[s] = (uint32_t)++f->candidate_count;
        if (2 * f->candidate_count > f->table_size) WP_TRY(grow_table(f));
    }
    return WP_OK;
}

/* The articles of a common key that were given come from one owner: the rest most likely does, too. */
static enum wp_status is_own(const struct wp_finder *f, const struct wp_view *view, const uint32_t *numbers,
                             uint32_t count, bool *own, struct wp_error *err) {
    uint32_t first = 0;
    *own = false;
    for (uint32_t i = 0; i < count && i < 8; i++) {
        uint32_t owner;
        WP_TRY(wp_finder_owner(f, view, numbers[i], &owner, err));
        if (!owner || (first && owner != first)) return WP_OK;
        first = owner;
    }
    *own = first != 0;
    return WP_OK;
}

enum wp_status wp_finder_look_up(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_key_limits *limits, struct wp_error *err) {
    if (f->looked_up == limits) return WP_OK;
    WP_TRY(wp_view_find_shingles(view, f->keys, f->key_count, limits, &f->batch, err));
    f->looked_up = limits;
    return WP_OK;
}

/* Keys with more articles than a search takes whole. */
struct common {
    uint32_t keys[WP_SAMPLES_MAX];
    bool own[WP_SAMPLES_MAX];
    uint32_t count, mixed;
};

static enum wp_status look_up(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                              struct wp_error *err) {
    struct common common = {.count = 0};
    uint32_t given, samples = f->key_count;
    WP_TRY(wp_finder_look_up(f, view, &search->limits, err));
    for (uint32_t i = 0; i < samples; i++) {
        const uint32_t *listed = f->batch.numbers + f->batch.starts[i];
        if (count_meetings(f, i, listed, f->batch.listed[i]) != WP_OK) return wp_finder_no_memory(err);
        if (f->batch.totals[i] <= search->limits.all) continue;
        bool *own = &common.own[common.count];
        WP_TRY(wp_key_batch_list(view, &f->batch, i, &search->limits, f->numbers, &given, err));
        WP_TRY(is_own(f, view, f->numbers, given, own, err));
        common.mixed += !*own;
        common.keys[common.count++] = i;
    }
    bool any = common.count && common.count >= search->own_share * samples;
    bool mixed = common.mixed && common.mixed >= search->mixed_share * samples;
    for (uint32_t i = 0; i < common.count; i++) {
        if (!any && (common.own[i] || !mixed)) continue;
        WP_TRY(wp_key_batch_list(view, &f->batch, common.keys[i], &search->limits, f->numbers, &given, err));
        if (count_meetings(f, common.keys[i], f->numbers, given) != WP_OK) return wp_finder_no_memory(err);
    }
    return WP_OK;
}

/* Most articles meet the text once and by chance: they are not even sorted. */
static void keep_met(struct wp_finder *f, uint32_t hits_min) {
    size_t kept = 0;
    for (size_t i = 0; i < f->candidate_count; i++) {
        f->candidates[kept] = f->candidates[i];
        kept += f->candidates[i].hits >= hits_min;
    }
    f->candidate_count = kept;
}

static int compare_candidates(const void *x, const void *y) {
    const struct wp_found_candidate *a = x, *b = y;
    if (a->hits != b->hits) return a->hits > b->hits ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

enum wp_status wp_finder_meet(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                              struct wp_error *err) {
    enum wp_status status = look_up(f, view, search, err);
    for (size_t i = 0; i < f->candidate_count; i++) f->table[f->candidates[i].slot] = 0;
    keep_met(f, search->hits_min);
    if (f->candidate_count)
        qsort(f->candidates, f->candidate_count, sizeof *f->candidates, compare_candidates);
    return status;
}
