/*
 * online_learn.c - the online run learns furniture: what an owner repeats under different stories.
 *
 * By the batch run's rule (match/repeats.h, learn.c), when an article comes that makes it true: a sampled
 * shingle that stands in WP_FURNITURE_STORIES articles of one owner whose titles have nothing in common is
 * furniture, and so are all shingles that stand in LEARN_STORIES of these articles. What is learnt holds from
 * then on; verdicts that were told before stand.
 */
#include "engine/online.h"

#include <string.h>
#include "base/sort.h"
#include "engine/known.h"

/* As in learn.c. */
enum { LEARN_STORIES = 4, NUMBER_BITS = 4 };
_Static_assert(WP_SEEN_OWN < WP_FURNITURE_STORIES, "an owner who has fewer does not repeat it");
_Static_assert(WP_FURNITURE_STORIES <= 1 << NUMBER_BITS, "an example's place fits");

/* Of a shingle that very many articles share, the last ones are looked at: those of one owner are among them.
 */
static const struct wp_key_limits looked_at = {.all = 32, .first = 0, .near = 32};

/* The articles that gave the example, the new one not among them. */
struct examples {
    uint32_t numbers[WP_FURNITURE_STORIES];
    struct wp_row rows[WP_FURNITURE_STORIES];
    unsigned count;
    uint64_t *keys; /* shingle << NUMBER_BITS | place; owned */
    size_t key_count, key_cap;
};

static enum wp_status add_shingles(struct examples *e, const struct wp_stream *stream, unsigned place) {
    for (uint32_t i = 0; i < stream->count; i++) {
        WP_TRY(WP_GROW(e->keys, e->key_count, e->key_cap));
        e->keys[e->key_count++] = stream->shingles[i] << NUMBER_BITS | place;
    }
    return WP_OK;
}

/* The owner's articles among the last ones of key number i, into f->numbers. Owners are at hand; rows with
 * their titles are not, and may be on the disk. */
static enum wp_status list_own(struct wp_online *o, uint32_t i, uint32_t *own, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t given;
    *own = 0;
    if (!wp_seen_may_own(&o->seen, f->owner, f->keys[i])) return WP_OK;
    WP_TRY(wp_key_batch_list(now, &f->batch, i, &looked_at, f->numbers, &given, err));
    for (uint32_t n = 0; n < given; n++) {
        uint32_t owner;
        WP_TRY(wp_finder_owner(f, now, f->numbers[n], &owner, err));
        f->numbers[*own] = f->numbers[n];
        *own += owner == f->owner;
    }
    return WP_OK;
}

/* Does the owner of the text at hand tell enough different stories with its key number i? */
static enum wp_status is_repeated(struct wp_online *o, uint32_t i, struct examples *e, bool *repeated,
                                  struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_titles_apart apart = {.count = 0};
    uint32_t given;
    e->count = 0;
    WP_TRY(list_own(o, i, &given, err));
    *repeated = given >= WP_FURNITURE_STORIES - 1;
    if (!*repeated) return WP_OK;
    wp_titles_apart_add(&apart, &f->title);
    for (uint32_t n = given; n-- > 0 && apart.count < WP_FURNITURE_STORIES;) {
        struct wp_row *row = &e->rows[e->count];
        enum wp_status status = wp_view_row(now, f->numbers[n], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (!wp_titles_apart_add(&apart, &row->title)) continue;
        e->numbers[e->count++] = f->numbers[n];
    }
    *repeated = apart.count == WP_FURNITURE_STORIES;
    return WP_OK;
}

static enum wp_status gather_shingles(struct wp_online *o, struct examples *e, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    e->key_count = 0;
    enum wp_status status = add_shingles(e, &f->text.stream, 0);
    for (unsigned i = 0; i < e->count && status == WP_OK; i++) {
        struct wp_compared example;
        WP_TRY(wp_profiles_get(&f->profiles, wp_store_now(&o->store), &o->store, e->numbers[i], &e->rows[i],
                               &example, err));
        if (example.stream.width == f->text.stream.width) status = add_shingles(e, &example.stream, i + 1);
    }
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

/* What stands in enough of the examples is furniture. Their titles have nothing in common, so that articles
 * are stories. */
static enum wp_status learn_shingles(struct wp_online *o, struct examples *e, struct wp_error *err) {
    uint64_t *scratch = wp_alloc(e->key_count, sizeof *scratch);
    if (!scratch) return wp_fail(err, WP_ENOMEM, "out of memory");
    const uint64_t *keys = wp_sort64(e->keys, scratch, e->key_count);
    enum wp_status status = WP_OK;
    for (size_t i = 0, end; i < e->key_count && status == WP_OK; i = end) {
        unsigned articles = 0;
        uint64_t shingle = keys[i] >> NUMBER_BITS;
        for (end = i; end < e->key_count && keys[end] >> NUMBER_BITS == shingle; end++)
            articles += end == i || keys[end] != keys[end - 1];
        bool known =
            o->finder->furniture.count && wp_furniture_has(&o->finder->furniture, o->finder->owner, shingle);
        if (articles >= LEARN_STORIES && !known)
            status = wp_store_learn(&o->store, o->finder->owner, shingle, err);
    }
    wp_free(scratch);
    return status;
}

enum wp_status wp_online_learn(struct wp_online *o, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    struct examples e = {.count = 0};
    enum wp_status status = wp_finder_mask(f, wp_store_now(&o->store), err);
    if (status != WP_OK || !f->owner || !wp_title_known(&f->title)) return status;
    if (o->terms.settings.no_furniture) return WP_OK;
    for (uint32_t i = 0; i < f->key_count && status == WP_OK; i++) {
        bool repeated;
        status = wp_finder_look_up(f, wp_store_now(&o->store), &wp_search_adding.limits, err);
        if (status != WP_OK) break;
        if (f->batch.totals[i] < WP_FURNITURE_STORIES - 1) continue;
        status = is_repeated(o, i, &e, &repeated, err);
        if (status != WP_OK || !repeated) continue;
        status = gather_shingles(o, &e, err);
        if (status == WP_OK) status = learn_shingles(o, &e, err);
        if (status == WP_OK) status = wp_finder_mask(f, wp_store_now(&o->store), err);
        i = UINT32_MAX; /* what was learnt has taken keys away: from the first one again */
    }
    wp_free(e.keys);
    return status;
}

/* ---- furniture that is known ---- */

/* What the index has not. */
static enum wp_status know(struct wp_online *o, const struct wp_known *known, uint64_t *count,
                           struct wp_error *err) {
    struct wp_furniture there = {0};
    enum wp_status status = wp_furniture_init(&there);
    for (size_t i = 0; i < wp_store_now(&o->store)->state->furniture_count && status == WP_OK; i++) {
        const struct wp_state_furniture *item = &wp_store_now(&o->store)->state->furniture[i];
        status = wp_furniture_add(&there, item->owner, item->shingle);
    }
    if (status != WP_OK) wp_fail(err, status, "out of memory");
    for (size_t i = 0; i < known->count && status == WP_OK; i++) {
        const struct wp_known_line *line = &known->lines[i];
        for (uint32_t s = 0; s < line->shingles && status == WP_OK; s++) {
            uint64_t shingle = known->shingles[line->first + s];
            if (there.count && wp_furniture_has(&there, line->owner, shingle)) continue;
            status = wp_store_learn(&o->store, line->owner, shingle, err);
            if (status == WP_OK && wp_furniture_add(&there, line->owner, shingle) != WP_OK)
                status = wp_fail(err, WP_ENOMEM, "out of memory");
            ++*count;
        }
    }
    wp_furniture_release(&there);
    return status;
}

enum wp_status wp_online_know(struct wp_online *o, const char *file, uint64_t *count, struct wp_error *err) {
    struct wp_known *known;
    *count = 0;
    if (o->terms.settings.no_furniture)
        return wp_fail_file(err, WP_EINVAL, o->store.dir,
                            "was made with --no-furniture, which excludes --furniture");
    if (wp_known_new(&known) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_status status = wp_known_read(known, file, o->terms.groups, err);
    if (status == WP_OK) status = know(o, known, count, err);
    wp_known_free(known);
    return status == WP_OK ? wp_online_commit(o, err) : status;
}
