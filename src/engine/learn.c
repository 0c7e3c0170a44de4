/*
 * learn.c - the stage that learns furniture: from articles that gave an example of it to whole passages.
 *
 * Among the postings it was seen which sampled shingles an owner repeats under different stories, and in
 * which articles (match/repeats.h). One shingle in twelve was looked at; here all shingles of those articles
 * are, by the same rule: what stands in WP_FURNITURE_STORIES of them whose titles have nothing in common is
 * furniture. Of each owner the articles that are examples of most sampled shingles are looked at: a passage
 * of some length makes the same articles examples several times, a stock phrase does not.
 *
 * Afterwards the articles that are mostly furniture are looked at once more: what is left without a text of
 * its own is a banner.
 */
#include "engine/run.h"

#include <stdlib.h>
#include "base/memory.h"
#include "base/recurring.h"
#include "base/sort.h"
#include "base/thread.h"
#include "engine/shelf.h"

/* A shingle of the examples at hand: its hash above, the number of the article below. */
#define NUMBER_BITS 15
_Static_assert(WP_SHELF_ARTICLES <= 1 << NUMBER_BITS, "an article's number fits");
_Static_assert(WP_FURNITURE_SHINGLE_BITS + NUMBER_BITS <= 64, "and a shingle above it");

/* Articles of one owner that are looked at. */
#define EXAMPLES_MAX 256
/* Articles of which this share of samples is furniture may be banners. */
#define BANNER_SHARE 0.5

struct shingle_list {
    struct wp_learnt *items;
    size_t count, cap;
};

struct learner {
    struct wp_shelf shelf;
    bool made;
    uint64_t *keys, *scratch; /* WP_SHELF_SHINGLES each, or more for a longer article */
    uint64_t *table;          /* for as many, of recurring.h */
    size_t cap;
};

struct learn_pass {
    struct wp_run *run;
    struct learner *workers;
    struct shingle_list *found;       /* by part of the examples */
    struct wp_ledger_lines *passages; /* likewise; NULL: they are not wanted */
};

static void learner_release(struct learner *l) {
    if (!l->made) return;
    wp_shelf_release(&l->shelf);
    wp_free(l->keys);
    wp_free(l->scratch);
    wp_free(l->table);
    *l = (struct learner){0};
}

static enum wp_status make_room(struct learner *l, size_t count) {
    if (count <= l->cap) return WP_OK;
    wp_free(l->keys);
    wp_free(l->scratch);
    wp_free(l->table);
    l->cap = 0;
    l->keys = wp_alloc(count, sizeof *l->keys);
    l->scratch = wp_alloc(count, sizeof *l->scratch);
    l->table = wp_alloc(wp_recurring_words(count), sizeof *l->table);
    if (!l->keys || !l->scratch || !l->table) return WP_ENOMEM;
    l->cap = count;
    return WP_OK;
}

static enum wp_status make_learner(struct learner *l, struct wp_run *run) {
    if (l->made) return WP_OK;
    WP_TRY(wp_shelf_init(&l->shelf, run));
    l->made = true;
    return WP_OK;
}

/* Do the articles keys[0..count) (one shingle, ascending numbers) tell enough different stories? */
static enum wp_status tells_stories(struct wp_run *run, const struct wp_shelf *shelf, const uint64_t *keys,
                                    size_t count, bool *enough, struct wp_error *err) {
    struct wp_titles_apart apart = {.count = 0};
    struct wp_traits scratch;
    for (size_t i = 0; i < count && apart.count < WP_FURNITURE_FEW_STORIES; i++) {
        uint32_t number = (uint32_t)keys[i] & ((1u << NUMBER_BITS) - 1);
        if (i && keys[i] == keys[i - 1]) continue;
        const struct wp_traits *traits = wp_run_traits(run, shelf->articles[number].rank, &scratch, err);
        if (!traits) return err->status;
        wp_titles_apart_add(&apart, &traits->title);
    }
    *enough = apart.count == WP_FURNITURE_FEW_STORIES;
    return WP_OK;
}

/* A shingle of a shelf, its bits on top. */
static uint64_t top(uint64_t shingle) {
    return shingle << (64 - WP_FURNITURE_SHINGLE_BITS);
}

/* The shingles of the shelved articles that stand in more than one place (and a few others), sorted. */
static enum wp_status sort_shingles(struct learner *l, const uint64_t **sorted, size_t *count) {
    const struct wp_shelf *shelf = &l->shelf;
    size_t n = 0;
    WP_TRY(make_room(l, shelf->used));
    const struct wp_recurring seen = wp_recurring_begin(l->table, shelf->used);
    for (uint64_t i = 0; i < shelf->used; i++) wp_recurring_note(&seen, top(shelf->shingles[i]));
    for (uint32_t a = 0; a < shelf->count; a++) {
        const uint64_t *shingles = shelf->shingles + shelf->articles[a].offset;
        for (uint32_t i = 0; i < shelf->articles[a].row.shingles; i++) {
            l->keys[n] = shingles[i] << NUMBER_BITS | a;
            n += wp_recurring_maybe(&seen, top(shingles[i]));
        }
    }
    *sorted = wp_sort64(l->keys, l->scratch, n);
    *count = n;
    return WP_OK;
}

/* What of the shelved articles, all of one owner, is furniture. */
static enum wp_status learn_shelf(struct wp_run *run, struct learner *l, uint32_t owner,
                                  struct shingle_list *found, struct wp_error *err) {
    const uint64_t *keys;
    size_t count;
    WP_TRY(wp_shelf_load(&l->shelf, err));
    if (sort_shingles(l, &keys, &count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (size_t i = 0, end; i < count; i = end) {
        bool furniture = false;
        for (end = i + 1; end < count && keys[end] >> NUMBER_BITS == keys[i] >> NUMBER_BITS; end++) {
        }
        if (end - i < WP_FURNITURE_FEW_STORIES) continue;
        WP_TRY(tells_stories(run, &l->shelf, keys + i, end - i, &furniture, err));
        if (!furniture) continue;
        if (WP_GROW(found->items, found->count, found->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        found->items[found->count++] = (struct wp_learnt){owner, keys[i] >> NUMBER_BITS};
    }
    return WP_OK;
}

static int by_weight(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return a < b ? 1 : a > b ? -1 : 0;
}

/* Ranks that stand in examples[0..count) (ascending), as (how often << 32 | ~rank), the most frequent first
 * and of these the earlier; no more than EXAMPLES_MAX of them are left. In place. */
static size_t choose_examples(uint64_t *examples, size_t count) {
    size_t chosen = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && examples[end] == examples[i]; end++) {
        }
        examples[chosen++] = (uint64_t)(end - i) << 32 | (uint32_t)~examples[i];
    }
    qsort(examples, chosen, sizeof *examples, by_weight);
    return chosen < EXAMPLES_MAX ? chosen : EXAMPLES_MAX;
}

/* The examples of one owner, ascending; overwritten. What is learnt depends on no limit of memory. */
static enum wp_status learn_owner(struct learn_pass *pass, struct learner *l, size_t part, uint64_t *examples,
                                  size_t count, struct wp_error *err) {
    struct wp_run *run = pass->run;
    struct shingle_list *found = &pass->found[part];
    uint32_t owner = (uint32_t)(examples[0] >> 32);
    size_t before = found->count;
    struct wp_article_row scratch;
    count = choose_examples(examples, count);
    wp_shelf_clear(&l->shelf);
    for (size_t i = 0; i < count; i++) {
        uint32_t rank = (uint32_t)~examples[i];
        const struct wp_article_row *row = wp_run_row(run, rank, &scratch, err);
        if (!row) return err->status;
        if (i >= 2 && l->shelf.used + row->shingles > WP_SHELF_SHINGLES) break;
        wp_shelf_put(&l->shelf, rank, row);
    }
    WP_TRY(learn_shelf(run, l, owner, found, err));
    if (!pass->passages) return WP_OK;
    enum wp_status status =
        wp_ledger_enter(run, &l->shelf, found->items + before, found->count - before, &pass->passages[part]);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

static enum wp_status learn_part(struct learn_pass *pass, struct learner *l, size_t part,
                                 struct wp_error *err) {
    struct wp_run *run = pass->run;
    size_t count = wp_parts_count(&run->examples, part);
    uint64_t *items = wp_alloc(2 * count, sizeof *items);
    if (!items) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_status status = wp_parts_take(&run->examples, part, items, err);
    uint64_t *sorted = status == WP_OK ? wp_sort64(items, items + count, count) : items;
    for (size_t i = 0, end; i < count && status == WP_OK; i = end) {
        for (end = i + 1; end < count && sorted[end] >> 32 == sorted[i] >> 32; end++) {
        }
        status = learn_owner(pass, l, part, sorted + i, end - i, err);
    }
    wp_free(items);
    return status;
}

/* Runs one step of the stage on a worker's own learner; a failure is kept for the run. */
static enum wp_status with_learner(struct learn_pass *pass, unsigned worker, size_t part,
                                   enum wp_status (*step)(struct learn_pass *, struct learner *, size_t,
                                                          struct wp_error *)) {
    struct wp_error err = {0};
    struct learner *l = &pass->workers[worker];
    enum wp_status status = make_learner(l, pass->run);
    if (status != WP_OK) wp_fail(&err, status, "out of memory");
    if (status == WP_OK) status = step(pass, l, part, &err);
    if (status != WP_OK) wp_run_fail(pass->run, &err);
    return status;
}

static enum wp_status learn_examples(void *self, size_t part, unsigned worker) {
    return with_learner(self, worker, part, learn_part);
}

/* ---- banners ---- */

/* Samples of an article that are furniture, known or learnt. */
static unsigned furniture_of(const struct wp_run *run, uint64_t rank) {
    return run->furniture_samples[rank] + (run->known_samples ? run->known_samples[rank] : 0u);
}

static bool may_be_banner(struct wp_run *run, uint32_t rank, const struct wp_article_row *row) {
    unsigned furniture = furniture_of(run, rank);
    return furniture && furniture >= BANNER_SHARE * row->samples;
}

static enum wp_status judge_shelf(struct learn_pass *pass, struct learner *l, struct wp_error *err) {
    WP_TRY(wp_shelf_load(&l->shelf, err));
    WP_TRY(wp_shelf_take_out(&l->shelf, err));
    for (uint32_t i = 0; i < l->shelf.count; i++) {
        const struct wp_shelved *a = &l->shelf.articles[i];
        if (a->mask.own < WP_TOKENS_MIN) wp_bits_set(&pass->run->banners, a->rank);
    }
    wp_shelf_clear(&l->shelf);
    return WP_OK;
}

static enum wp_status judge_part(struct learn_pass *pass, struct learner *l, size_t part,
                                 struct wp_error *err) {
    struct wp_run *run = pass->run;
    struct wp_article_row scratch;
    uint64_t per_part = wp_hits_ranks_per_part(run->order.articles), rank = part * per_part;
    uint64_t end = rank + per_part < run->order.articles ? rank + per_part : run->order.articles;
    wp_shelf_clear(&l->shelf);
    for (; rank < end; rank++) {
        if (!furniture_of(run, rank)) continue;
        const struct wp_article_row *row = wp_run_row(run, (uint32_t)rank, &scratch, err);
        if (!row) return err->status;
        if (!may_be_banner(run, (uint32_t)rank, row) || wp_shelf_put(&l->shelf, (uint32_t)rank, row))
            continue;
        WP_TRY(judge_shelf(pass, l, err));
        wp_shelf_put(&l->shelf, (uint32_t)rank, row);
    }
    return judge_shelf(pass, l, err);
}

static enum wp_status judge_banners(void *self, size_t part, unsigned worker) {
    return with_learner(self, worker, part, judge_part);
}

/* ---- the stage ---- */

static enum wp_status gather_found(struct wp_run *run, const struct shingle_list *found) {
    for (size_t part = 0; part < WP_EXAMPLE_PARTS; part++)
        for (size_t i = 0; i < found[part].count; i++)
            WP_TRY(
                wp_furniture_add(&run->furniture, found[part].items[i].owner, found[part].items[i].shingle));
    return WP_OK;
}

static enum wp_status learn(struct learn_pass *pass) {
    struct wp_run *run = pass->run;
    unsigned threads = run->settings.threads;
    struct wp_parallel_work examples = {learn_examples, pass, &run->cancel};
    struct wp_parallel_work banners = {judge_banners, pass, &run->cancel};
    WP_TRY(wp_parallel(threads, WP_EXAMPLE_PARTS, &examples));
    WP_TRY(gather_found(run, pass->found));
    return run->furniture.count ? wp_parallel(threads, WP_HIT_PARTS, &banners) : WP_OK;
}

static void count_banners(struct wp_run *run) {
    for (uint64_t rank = 0; rank < run->order.articles; rank++)
        run->counts.banners += wp_bits_get(&run->banners, rank);
    for (size_t i = 0; i < run->copies.count; i++)
        run->counts.banners += wp_bits_get(&run->banners, run->copies.items[i].first);
}

static void release_pass(struct learn_pass *pass) {
    for (unsigned i = 0; pass->workers && i < pass->run->settings.threads; i++)
        learner_release(&pass->workers[i]);
    for (size_t part = 0; pass->found && part < WP_EXAMPLE_PARTS; part++) wp_free(pass->found[part].items);
    for (size_t part = 0; pass->passages && part < WP_EXAMPLE_PARTS; part++)
        wp_free(pass->passages[part].items);
    wp_free(pass->workers);
    wp_free(pass->found);
    wp_free(pass->passages);
}

static enum wp_status prepare_pass(struct learn_pass *pass) {
    pass->workers = wp_zalloc(pass->run->settings.threads, sizeof *pass->workers);
    pass->found = wp_zalloc(WP_EXAMPLE_PARTS, sizeof *pass->found);
    if (!pass->workers || !pass->found) return WP_ENOMEM;
    if (!pass->run->settings.keeps_furniture) return WP_OK;
    pass->passages = wp_zalloc(WP_EXAMPLE_PARTS, sizeof *pass->passages);
    return pass->passages ? WP_OK : WP_ENOMEM;
}

enum wp_status wp_run_learn(struct wp_run *run, struct wp_error *err) {
    struct learn_pass pass = {.run = run};
    if (!run->learns_furniture) return WP_OK;
    if (run->settings.keeps_furniture) WP_TRY(wp_ledger_begin(run, err));
    /* From fingerprints alone it is known how much of an article is furniture, not where it stands. */
    enum wp_status status = WP_OK;
    if (run->keeps_streams) {
        status = prepare_pass(&pass);
        if (status == WP_OK) status = learn(&pass);
        if (status == WP_OK && pass.passages) status = wp_ledger_end(run, pass.passages, WP_EXAMPLE_PARTS);
        if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
        release_pass(&pass);
        run->counts.furniture_shingles = run->furniture.count;
    }
    count_banners(run);
    return status;
}
