/*
 * online_learn.c - the online run learns furniture: what an owner repeats under different stories, and what
 * many short texts say that speak of none of their titles, whoever shows them.
 *
 * By the batch run's rule (match/repeats.h, learn.c), when an article comes that makes it true: a sampled
 * shingle that stands in WP_FURNITURE_STORIES articles of one owner, or of that kind, whose titles have
 * nothing in common is furniture, and so are all shingles that stand in WP_FURNITURE_FEW_STORIES of these
 * articles, or of others that have something of the owner's furniture. The batch run looks at more of these,
 * since it has them all; instead what one owner says in texts of that kind is furniture here from
 * WP_FURNITURE_FEW_STORIES on. What is learnt holds from then on; who has it of those that came before
 * is looked at again.
 */
#include "engine/online_story.h"

#include <string.h>
#include "base/sort.h"
#include "engine/known.h"

/* Articles whose shingles are looked at, once one of them is learnt: those that gave the example, and others
 * of the owner that have something of it, too. */
enum { EXAMPLES_MAX = 24, NUMBER_BITS = 5 };
_Static_assert(WP_SEEN_OWN < WP_FURNITURE_STORIES, "an owner who has fewer does not repeat it");
_Static_assert(EXAMPLES_MAX < 1 << NUMBER_BITS, "an example's place fits");

/* Of a shingle that very many articles share, the last ones are looked at: those of one owner are among them.
 */
enum { LOOKED_AT = 32 };
static const struct wp_key_limits looked_at = {.all = LOOKED_AT, .first = 0, .near = LOOKED_AT};

/* What may be shown by articles that have a key in common. */
static const struct kind {
    bool of_all; /* furniture of whoever shows it, not of the owner alone */
    bool unspoken;
    unsigned wanted;
} kinds[] = {{.of_all = true, .unspoken = true, .wanted = WP_FURNITURE_STORIES},
             {.unspoken = true, .wanted = WP_FURNITURE_FEW_STORIES},
             {.wanted = WP_FURNITURE_STORIES}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Articles that tell too few stories. */
struct in_vain {
    uint32_t numbers[LOOKED_AT], count;
};

/* The articles that gave the example, the new one not among them. */
struct examples {
    unsigned kind;   /* place in kinds[]; it settles the next three */
    uint32_t owner;  /* WP_FURNITURE_OF_ALL: whoever owns them */
    bool unspoken;   /* only texts that speak of none of their titles */
    unsigned wanted; /* so many, the new one among them */
    uint32_t numbers[EXAMPLES_MAX];
    struct wp_row rows[EXAMPLES_MAX];
    unsigned count;
    struct in_vain in_vain[KINDS]; /* those looked at last: keys of one passage have the same articles */
    uint64_t *keys;                /* shingle << NUMBER_BITS | place; owned */
    size_t key_count, key_cap;
};

static enum wp_status add_shingles(struct examples *e, const struct wp_stream *stream, unsigned place) {
    for (uint32_t i = 0; i < stream->count; i++) {
        WP_TRY(WP_GROW(e->keys, e->key_count, e->key_cap));
        e->keys[e->key_count++] = stream->shingles[i] << NUMBER_BITS | place;
    }
    return WP_OK;
}

/* Has one of the examples, or the text at hand, the same words? */
static bool is_copy(const struct wp_online *o, const struct examples *e, struct wp_hash128 exact) {
    bool copy = wp_hash128_equal(exact, o->finder->print.exact);
    for (unsigned i = 0; i < e->count && !copy; i++) copy = wp_hash128_equal(exact, e->rows[i].exact);
    return copy;
}

/* May the article be an example? Copies are one story, whatever their titles, unless they speak of none. */
static enum wp_status is_one(struct wp_online *o, const struct examples *e, uint32_t number,
                             const struct wp_row *row, bool *yes, struct wp_error *err) {
    *yes = !e->owner || row->owner == e->owner;
    if (!*yes || (!e->unspoken && !is_copy(o, e, row->exact))) return WP_OK;
    return wp_profiles_unspoken(&o->finder->profiles, wp_store_now(&o->store), &o->store, number, row, yes,
                                err);
}

/* The articles of one owner, or of any, among the last ones of key number i, into f->numbers. Owners are at
 * hand; rows with their titles are not, and may be on the disk. */
static enum wp_status list_own(struct wp_online *o, uint32_t i, const struct examples *e, uint32_t *own,
                               struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t given;
    bool few = e->owner && e->wanted > WP_SEEN_OWN && !wp_seen_may_own(&o->seen, e->owner, f->keys[i]);
    *own = 0;
    if (few) return WP_OK;
    WP_TRY(wp_key_batch_list(now, &f->batch, i, &looked_at, f->numbers, &given, err));
    if (!e->owner) *own = given;
    for (uint32_t n = 0; e->owner && n < given; n++) {
        uint32_t owner;
        WP_TRY(wp_finder_owner(f, now, f->numbers[n], &owner, err));
        f->numbers[*own] = f->numbers[n];
        *own += owner == e->owner;
    }
    return WP_OK;
}

static bool is_in_vain(const struct examples *e, const uint32_t *numbers, uint32_t count) {
    const struct in_vain *last = &e->in_vain[e->kind];
    return count && count == last->count && memcmp(numbers, last->numbers, count * sizeof *numbers) == 0;
}

static void note_in_vain(struct examples *e, const uint32_t *numbers, uint32_t count) {
    e->in_vain[e->kind].count = count;
    memcpy(e->in_vain[e->kind].numbers, numbers, count * sizeof *numbers);
}

/* Are there enough different stories with key number i? */
static enum wp_status is_repeated(struct wp_online *o, uint32_t i, struct examples *e, bool *repeated,
                                  struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_titles_apart apart = {.count = 0};
    uint32_t given;
    e->count = 0;
    WP_TRY(list_own(o, i, e, &given, err));
    *repeated = given >= e->wanted - 1 && !is_in_vain(e, f->numbers, given);
    if (!*repeated) return WP_OK;
    for (uint32_t n = given; n-- > 0;) wp_view_prefetch_row(now, f->numbers[n]);
    wp_titles_apart_add(&apart, &f->title);
    for (uint32_t n = given; n-- > 0 && apart.count < e->wanted;) {
        struct wp_row *row = &e->rows[e->count];
        bool example;
        enum wp_status status = wp_view_row(now, f->numbers[n], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        WP_TRY(is_one(o, e, f->numbers[n], row, &example, err));
        if (example && wp_titles_apart_add(&apart, &row->title)) e->numbers[e->count++] = f->numbers[n];
    }
    *repeated = apart.count == e->wanted;
    if (!*repeated) note_in_vain(e, f->numbers, given);
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

/* Do the articles keys[0..count) (one shingle) tell enough different stories? */
static bool tells_stories(const struct wp_online *o, const struct examples *e, const uint64_t *keys,
                          size_t count) {
    struct wp_titles_apart apart = {.count = 0};
    for (size_t i = 0; i < count && apart.count < WP_FURNITURE_FEW_STORIES; i++) {
        unsigned place = (unsigned)keys[i] & ((1u << NUMBER_BITS) - 1);
        if (i && keys[i] == keys[i - 1]) continue;
        wp_titles_apart_add(&apart, place ? &e->rows[place - 1].title : &o->finder->title);
    }
    return apart.count == WP_FURNITURE_FEW_STORIES;
}

/* What stands in enough of the examples is furniture; who has it of those before is touched. */
static enum wp_status learn_shingles(struct wp_online *o, struct examples *e, struct wp_error *err) {
    const struct wp_furniture *furniture = &o->finder->furniture;
    uint64_t *scratch = wp_alloc(e->key_count, sizeof *scratch);
    if (!scratch) return wp_fail(err, WP_ENOMEM, "out of memory");
    const uint64_t *keys = wp_sort64(e->keys, scratch, e->key_count);
    enum wp_status status = WP_OK;
    for (size_t i = 0, end; i < e->key_count && status == WP_OK; i = end) {
        uint64_t shingle = keys[i] >> NUMBER_BITS;
        for (end = i + 1; end < e->key_count && keys[end] >> NUMBER_BITS == shingle;) end++;
        if (end - i < WP_FURNITURE_FEW_STORIES || !tells_stories(o, e, keys + i, end - i)) continue;
        if (furniture->count && wp_furniture_has(furniture, e->owner, shingle)) continue;
        status = wp_store_learn(&o->store, e->owner, shingle, err);
        if (status == WP_OK) status = wp_masked_count(o, e->owner, shingle, err);
    }
    wp_free(scratch);
    return status;
}

static bool is_example(const struct examples *e, uint32_t number) {
    for (unsigned i = 0; i < e->count; i++)
        if (e->numbers[i] == number) return true;
    return false;
}

/* Adds articles of the owner that have this key. */
static enum wp_status add_examples(struct wp_online *o, uint64_t key, struct examples *e,
                                   struct wp_error *err) {
    const struct wp_view *now = wp_store_now(&o->store);
    uint32_t *numbers = o->finder->numbers, given;
    uint64_t total;
    WP_TRY(wp_view_find(now, WP_KEY_SHINGLE, key, &looked_at, numbers, &given, &total, err));
    for (uint32_t i = given; i-- > 0 && e->count < EXAMPLES_MAX;) {
        struct wp_row *row = &e->rows[e->count];
        if (is_example(e, numbers[i])) continue;
        enum wp_status status = wp_view_row(now, numbers[i], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (row->owner == e->owner && !is_copy(o, e, row->exact)) e->numbers[e->count++] = numbers[i];
    }
    return WP_OK;
}

/* What is one owner's is looked for in further articles: those that have what is furniture already. */
static enum wp_status widen(struct wp_online *o, struct examples *e, struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    if (!e->owner || e->unspoken) return WP_OK;
    for (uint32_t i = 0; i < f->print.sample_count && e->count < EXAMPLES_MAX; i++) {
        uint64_t key = f->print.samples[i];
        if (f->furniture.count && wp_furniture_has(&f->furniture, e->owner, key & WP_KEY_MASK))
            WP_TRY(add_examples(o, key, e, err));
    }
    return WP_OK;
}

/* Learns from the examples of a key, and masks the text by it. *learnt: keys have gone. */
static enum wp_status learn(struct wp_online *o, uint64_t key, struct examples *e, bool *learnt,
                            struct wp_error *err) {
    struct wp_finder *f = o->finder;
    uint32_t count = f->key_count;
    WP_TRY(add_examples(o, key, e, err));
    WP_TRY(widen(o, e, err));
    WP_TRY(gather_shingles(o, e, err));
    WP_TRY(learn_shingles(o, e, err));
    WP_TRY(wp_finder_mask(f, wp_store_now(&o->store), err));
    for (unsigned i = 0; i < e->count; i++) WP_TRY(wp_online_touch(o, e->numbers[i], WP_TOUCH_MASKED, err));
    *learnt = f->key_count < count;
    return WP_OK;
}

/* Looks the text's keys up. Of those that the owner may repeat it is soon asked how often it did. */
static enum wp_status look_up(struct wp_online *o, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    WP_TRY(wp_finder_look_up(f, wp_store_now(&o->store), &wp_search_adding.limits, err));
    for (uint32_t i = 0; f->owner && i < f->key_count; i++)
        if (f->batch.totals[i] >= WP_FURNITURE_STORIES - 1)
            wp_seen_prefetch_own(&o->seen, f->owner, f->keys[i]);
    return WP_OK;
}

/* Learns what the i-th key of the text shows, if anything. */
static enum wp_status look_at(struct wp_online *o, uint32_t i, struct examples *e, bool *learnt,
                              struct wp_error *err) {
    struct wp_finder *f = o->finder;
    *learnt = false;
    WP_TRY(wp_finder_look_up(f, wp_store_now(&o->store), &wp_search_adding.limits, err));
    if (f->batch.totals[i] < WP_FURNITURE_FEW_STORIES - 1) return WP_OK;
    for (unsigned k = f->text.unspoken ? 0 : KINDS - 1; k < KINDS && !*learnt; k++) {
        bool repeated = false;
        e->kind = k;
        e->owner = kinds[k].of_all ? WP_FURNITURE_OF_ALL : f->owner;
        e->unspoken = kinds[k].unspoken;
        e->wanted = kinds[k].wanted;
        if ((!kinds[k].of_all && !f->owner) || f->batch.totals[i] < e->wanted - 1) continue;
        WP_TRY(is_repeated(o, i, e, &repeated, err));
        if (repeated) WP_TRY(learn(o, f->keys[i], e, learnt, err));
    }
    return WP_OK;
}

enum wp_status wp_online_learn(struct wp_online *o, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    struct examples e = {.count = 0};
    enum wp_status status = wp_finder_mask(f, wp_store_now(&o->store), err);
    if (status != WP_OK || !wp_title_known(&f->title)) return status;
    if (o->terms.settings.no_furniture) return WP_OK;
    WP_TRY(look_up(o, err));
    for (uint32_t i = 0; i < f->key_count && status == WP_OK; i++) {
        bool learnt;
        status = look_at(o, i, &e, &learnt, err);
        if (learnt) i = UINT32_MAX; /* keys have gone: from the first one again */
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
    wp_masked_forget(o);
    return status == WP_OK ? wp_online_commit(o, err) : status;
}
