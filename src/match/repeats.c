/* repeats.c - see repeats.h. */
#include "match/repeats.h"

#include "base/sort.h"

#define GONE UINT64_MAX

/* Do the articles keys[0..count) (owner << 32 | place in the list) tell enough different stories? Their
 * ranks are noted. */
static enum wp_status tell_stories(const struct wp_repeats *r, const uint64_t *ranks, const uint64_t *keys,
                                   size_t count, uint32_t *told, bool *enough, struct wp_error *err) {
    struct wp_titles_apart apart = {.count = 0};
    struct wp_title scratch;
    if (count > WP_REPEATS_LOOKED_AT) count = WP_REPEATS_LOOKED_AT;
    for (size_t i = 0; i < count && apart.count < WP_FURNITURE_STORIES; i++) {
        uint32_t rank = (uint32_t)ranks[(uint32_t)keys[i]];
        const struct wp_title *title = r->title(r->self, rank, &scratch, err);
        if (!title) return err ? err->status : WP_EIO;
        if (wp_titles_apart_add(&apart, title)) told[apart.count - 1] = rank;
    }
    *enough = apart.count == WP_FURNITURE_STORIES;
    return WP_OK;
}

static void take_out(const struct wp_repeats *r, uint64_t *ranks, const uint64_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint64_t *rank = &ranks[(uint32_t)keys[i]];
        _Atomic uint8_t *samples = &r->counts[*rank];
        atomic_fetch_add_explicit(samples, 1, memory_order_relaxed); /* no more than WP_SAMPLES_MAX */
        *rank = GONE;
    }
}

/* The articles keys[0..count) of the list, all of one owner or, for owner 0, all that speak of no title. */
static enum wp_status sift_owner(const struct wp_repeats *r, struct wp_parts_sender *examples,
                                 uint64_t shingle, uint64_t *ranks, const uint64_t *keys, size_t count,
                                 struct wp_error *err) {
    uint32_t owner = (uint32_t)(keys[0] >> 32), told[WP_FURNITURE_STORIES];
    bool furniture = wp_furniture_has(r->known, owner, shingle), learnt = false;
    if (!furniture && count >= WP_FURNITURE_STORIES)
        WP_TRY(tell_stories(r, ranks, keys, count, told, &learnt, err));
    for (unsigned i = 0; learnt && i < WP_FURNITURE_STORIES; i++)
        WP_TRY(wp_parts_send64(examples, owner % WP_EXAMPLE_PARTS, (uint64_t)owner << 32 | told[i], err));
    if (furniture || learnt) take_out(r, ranks, keys, count);
    return WP_OK;
}

static size_t drop_gone(uint64_t *ranks, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        ranks[kept] = ranks[i];
        kept += ranks[i] != GONE;
    }
    return kept;
}

/* What is furniture of all. */
static enum wp_status sift_unspoken(const struct wp_repeats *r, struct wp_parts_sender *examples,
                                    uint64_t shingle, uint64_t *ranks, size_t *count, uint64_t *keys,
                                    struct wp_error *err) {
    size_t n = 0;
    for (size_t i = 0; i < *count; i++) {
        keys[n] = (uint64_t)WP_FURNITURE_OF_ALL << 32 | i;
        n += wp_bits_get(r->unspoken, ranks[i]);
    }
    if (n < WP_FURNITURE_STORIES) return WP_OK;
    WP_TRY(sift_owner(r, examples, shingle, ranks, keys, n, err));
    *count = drop_gone(ranks, *count);
    return WP_OK;
}

enum wp_status wp_repeats_sift(const struct wp_repeats *r, struct wp_parts_sender *examples, uint64_t shingle,
                               uint64_t *ranks, size_t *count, uint64_t *const room[2],
                               struct wp_error *err) {
    if (*count < WP_FURNITURE_STORIES && !r->known->count) return WP_OK;
    WP_TRY(sift_unspoken(r, examples, shingle, ranks, count, room[0], err));
    size_t n = *count;
    for (size_t i = 0; i < n; i++) room[0][i] = (uint64_t)r->owners[ranks[i]] << 32 | i;
    const uint64_t *keys = wp_sort64_from(room[0], room[1], n, 32);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && keys[end] >> 32 == keys[i] >> 32; end++) {
        }
        if (keys[i] >> 32) WP_TRY(sift_owner(r, examples, shingle, ranks, keys + i, end - i, err));
    }
    *count = drop_gone(ranks, n);
    return WP_OK;
}
