/* repeats.c - see repeats.h. */
#include "match/repeats.h"

#include "base/sort.h"

enum { MET_RUN = 16 };

#define GONE UINT64_MAX
#define SHINGLE_MASK (((uint64_t)1 << WP_FURNITURE_SHINGLE_BITS) - 1)

enum wp_status wp_repeats_worker_init(struct wp_repeats_worker *w, const struct wp_repeats *r) {
    WP_TRY(wp_parts_sender_init(&w->examples, r->examples, WP_EXAMPLE_RUN));
    return r->met ? wp_parts_sender_init(&w->met, r->met, MET_RUN) : WP_OK;
}

enum wp_status wp_repeats_worker_flush(struct wp_repeats_worker *w, struct wp_error *err) {
    WP_TRY(wp_parts_sender_flush(&w->examples, err));
    return wp_parts_sender_flush(&w->met, err);
}

void wp_repeats_worker_release(struct wp_repeats_worker *w) {
    wp_parts_sender_release(&w->examples);
    wp_parts_sender_release(&w->met);
    wp_free(w->room[0]);
    wp_free(w->room[1]);
    *w = (struct wp_repeats_worker){0};
}

static enum wp_status make_room(struct wp_repeats_worker *w, size_t count) {
    if (count <= w->room_cap) return WP_OK;
    wp_free(w->room[0]);
    wp_free(w->room[1]);
    w->room_cap = count + count / 2;
    w->room[0] = wp_alloc(w->room_cap, sizeof *w->room[0]);
    w->room[1] = wp_alloc(w->room_cap, sizeof *w->room[1]);
    if (w->room[0] && w->room[1]) return WP_OK;
    w->room_cap = 0;
    return WP_ENOMEM;
}

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

/* One shingle being sifted. */
struct sift {
    const struct wp_repeats *r;
    struct wp_repeats_worker *w;
    uint64_t shingle;
    uint64_t *ranks;
    size_t count; /* of the list as it is now, */
    size_t whole; /* and as it came */
};

/* Notes for the articles keys[0..count) of the list, all of one owner or, for owner 0, of anybody, that they
 * have a sample that is furniture. */
static enum wp_status meet(struct sift *s, _Atomic uint8_t *samples, uint32_t owner, const uint64_t *keys,
                           size_t count, struct wp_error *err) {
    const struct wp_repeats *r = s->r;
    struct wp_furniture_met met = {.shingle = s->shingle & SHINGLE_MASK,
                                   .first_seen = INT64_MAX,
                                   .owner = owner,
                                   .articles = (uint32_t)count};
    for (size_t i = 0; i < count; i++) {
        uint32_t rank = (uint32_t)s->ranks[(uint32_t)keys[i]];
        if (r->met) WP_TRY(r->earlier(r->self, rank, &met.first_seen, err));
        atomic_fetch_add_explicit(&samples[rank], 1, memory_order_relaxed); /* at most WP_SAMPLES_MAX */
    }
    return r->met ? wp_parts_send(&s->w->met, owner % WP_EXAMPLE_PARTS, &met, err) : WP_OK;
}

static void take_out(struct sift *s, const uint64_t *keys, size_t count) {
    for (size_t i = 0; i < count; i++) s->ranks[(uint32_t)keys[i]] = GONE;
}

/* The articles keys[0..count) of the list, all of one owner or, for owner 0, all that speak of no title. */
static enum wp_status sift_owner(struct sift *s, const uint64_t *keys, size_t count, struct wp_error *err) {
    uint32_t owner = (uint32_t)(keys[0] >> 32), told[WP_FURNITURE_STORIES];
    bool learnt = false;
    if (count < WP_FURNITURE_STORIES) return WP_OK;
    WP_TRY(tell_stories(s->r, s->ranks, keys, count, told, &learnt, err));
    if (!learnt) return WP_OK;
    for (unsigned i = 0; i < WP_FURNITURE_STORIES; i++)
        WP_TRY(
            wp_parts_send64(&s->w->examples, owner % WP_EXAMPLE_PARTS, (uint64_t)owner << 32 | told[i], err));
    WP_TRY(meet(s, s->r->counts, owner, keys, count, err));
    take_out(s, keys, count);
    return WP_OK;
}

static void drop_gone(struct sift *s) {
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        s->ranks[kept] = s->ranks[i];
        kept += s->ranks[i] != GONE;
    }
    s->count = kept;
}

/* What is furniture of all. */
static enum wp_status sift_unspoken(struct sift *s, struct wp_error *err) {
    uint64_t *keys = s->w->room[0];
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++) {
        keys[n] = (uint64_t)WP_FURNITURE_OF_ALL << 32 | i;
        n += wp_bits_get(s->r->unspoken, s->ranks[i]);
    }
    if (n < WP_FURNITURE_STORIES) return WP_OK;
    WP_TRY(sift_owner(s, keys, n, err));
    drop_gone(s);
    return WP_OK;
}

/* Hands the articles to `sift` owner by owner. */
static enum wp_status
each_owner(struct sift *s, enum wp_status (*sift)(struct sift *, const uint64_t *, size_t, struct wp_error *),
           struct wp_error *err) {
    uint64_t *const *room = s->w->room;
    size_t n = s->count;
    for (size_t i = 0; i < n; i++) room[0][i] = (uint64_t)s->r->owners[s->ranks[i]] << 32 | i;
    const uint64_t *keys = wp_sort64_from(room[0], room[1], n, 32);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && keys[end] >> 32 == keys[i] >> 32; end++) {
        }
        if (keys[i] >> 32) WP_TRY(sift(s, keys + i, end - i, err));
    }
    drop_gone(s);
    return WP_OK;
}

/* What was learnt in earlier runs, of the owner or of all. */
static enum wp_status sift_known(struct sift *s, const uint64_t *keys, size_t count, struct wp_error *err) {
    uint32_t owner = (uint32_t)(keys[0] >> 32);
    if (!wp_furniture_has(s->r->known, owner, s->shingle)) return WP_OK;
    bool of_all = wp_furniture_has(s->r->known, WP_FURNITURE_OF_ALL, s->shingle);
    bool few = (of_all ? s->whole : count) < WP_FURNITURE_FEW_STORIES;
    WP_TRY(meet(s, few ? s->r->counts : s->r->known_counts, of_all ? WP_FURNITURE_OF_ALL : owner, keys, count,
                err));
    if (few) take_out(s, keys, count);
    return WP_OK;
}

enum wp_status wp_repeats_sift(const struct wp_repeats *r, struct wp_repeats_worker *w, uint64_t shingle,
                               uint64_t *ranks, size_t *count, struct wp_error *err) {
    struct sift s = {r, w, shingle, ranks, *count, *count};
    bool maybe_known = wp_furniture_may_have(r->known, shingle);
    if (*count < WP_FURNITURE_STORIES && !maybe_known) return WP_OK;
    if (make_room(w, *count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(sift_unspoken(&s, err));
    WP_TRY(each_owner(&s, sift_owner, err));
    if (maybe_known) WP_TRY(each_owner(&s, sift_known, err));
    *count = s.count;
    return WP_OK;
}
