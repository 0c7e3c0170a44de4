/* promise.c - see promise.h. */
#include "engine/promise.h"

#include "base/memory.h"
#include "base/sort.h"
#include "base/thread.h"

enum {
    ROWS_AHEAD = 8, /* rows of partners lie anywhere and are asked for so long before */
    PAIR_RUN = 64,
};

static struct wp_sampled sampled(const struct wp_run *run, uint32_t rank, const struct wp_article_row *row) {
    return (struct wp_sampled){row->shingles, row->samples, wp_run_own_shingles(run, rank, row)};
}

/* Can the pair share enough to be reported? */
static bool is_promising(const struct wp_run *run, const struct wp_candidate *c,
                         const struct wp_article_row *a, const struct wp_article_row *b) {
    struct wp_sampled of_a = sampled(run, c->a, a), of_b = sampled(run, c->b, b);
    return a->width == b->width && wp_rule_may_match_sampled(&run->settings.rule, &of_a, &of_b, c->hits,
                                                             a->owner && a->owner == b->owner);
}

enum wp_status wp_promising_take(struct wp_run *run, size_t part, struct wp_candidate_list *list,
                                 struct wp_error *err) {
    struct wp_article_row scratch_a, scratch_b;
    const struct wp_article_row *a = NULL, *b;
    uint64_t shingles = 0;
    size_t kept = 0;
    const struct wp_bits *sparse = run->tokens_min ? NULL : &run->sparse; /* as families.c marks them */
    WP_TRY(wp_candidates_gather(list, &run->hits, part, &run->hit_form, sparse, err));
    for (size_t i = 0; i < list->count; i++) {
        const struct wp_candidate c = list->items[i];
        if (i + ROWS_AHEAD < list->count)
            wp_rows_expect(&run->articles, wp_order_slot(&run->order, list->items[i + ROWS_AHEAD].b));
        if (i == 0 || !a || c.a != list->items[i - 1].a) a = wp_run_row(run, c.a, &scratch_a, err);
        b = wp_run_row(run, c.b, &scratch_b, err);
        if (!a || !b) return err->status;
        list->items[kept] = c;
        if (!is_promising(run, &c, a, b)) continue;
        shingles += (uint64_t)a->shingles + b->shingles;
        kept++;
    }
    atomic_fetch_add_explicit(&run->counts.candidates, list->count, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->counts.verified, kept, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->counts.verified_shingles, shingles, memory_order_relaxed);
    list->count = kept;
    return WP_OK;
}

/* ---- by neighbourhood ---- */

/* Two rounds over parts: the pairs by their first article, while they join, and then by neighbourhood. */
struct gathering {
    struct wp_run *run;
    struct wp_promising *promising;
    struct wp_parts pairs;
    struct wp_candidate_list *lists; /* by worker, as the senders of either round */
    struct wp_parts_sender *senders;
    uint32_t ranks_per_part;
    enum wp_status (*step)(struct gathering *, size_t part, unsigned worker, struct wp_error *);
};

static enum wp_status take_part(struct gathering *g, size_t part, unsigned worker, struct wp_error *err) {
    struct wp_candidate_list *list = &g->lists[worker];
    WP_TRY(wp_promising_take(g->run, part, list, err));
    wp_neighbourhoods_join(&g->promising->near, list->items, list->count);
    for (size_t i = 0; i < list->count; i++) {
        uint64_t pair = (uint64_t)list->items[i].a << 32 | list->items[i].b;
        WP_TRY(wp_parts_send64(&g->senders[worker], part, pair, err));
    }
    return WP_OK;
}

static enum wp_status divide_part(struct gathering *g, size_t part, unsigned worker, struct wp_error *err) {
    struct wp_candidate_list *list = &g->lists[worker];
    size_t count = wp_parts_count(&g->pairs, part);
    if (wp_candidate_list_make_room(list, count) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(&g->pairs, part, list->keys, err));
    for (size_t i = 0; i < count; i++) {
        uint32_t first = wp_neighbourhood_of(&g->promising->near, (uint32_t)(list->keys[i] >> 32));
        WP_TRY(wp_parts_send64(&g->senders[worker], first / g->ranks_per_part, list->keys[i], err));
    }
    return WP_OK;
}

static enum wp_status run_step(void *self, size_t part, unsigned worker) {
    struct gathering *g = self;
    struct wp_error err = {0};
    enum wp_status status = g->step(g, part, worker, &err);
    if (status != WP_OK) wp_run_fail(g->run, &err);
    return status;
}

/* One round, whose pairs go to `to`. */
static enum wp_status run_round(struct gathering *g, struct wp_parts *to,
                                enum wp_status (*step)(struct gathering *, size_t, unsigned,
                                                       struct wp_error *),
                                struct wp_error *err) {
    unsigned threads = g->run->settings.threads;
    struct wp_parallel_work work = {run_step, g, &g->run->cancel};
    enum wp_status status = WP_OK;
    g->step = step;
    for (unsigned i = 0; i < threads && status == WP_OK; i++)
        status = wp_parts_sender_init(&g->senders[i], to, PAIR_RUN);
    if (status == WP_OK) status = wp_parallel(threads, WP_HIT_PARTS, &work);
    for (unsigned i = 0; i < threads; i++) {
        if (status == WP_OK) status = wp_parts_sender_flush(&g->senders[i], err);
        wp_parts_sender_release(&g->senders[i]);
    }
    return status;
}

static enum wp_status init_pairs(struct wp_parts *pairs, struct wp_run *run) {
    WP_TRY(wp_parts_init(pairs, sizeof(uint64_t), WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, &run->budget));
    wp_parts_use_pool(pairs, &run->chunks);
    return WP_OK;
}

static enum wp_status prepare(struct gathering *g) {
    g->lists = wp_zalloc(g->run->settings.threads, sizeof *g->lists);
    g->senders = wp_zalloc(g->run->settings.threads, sizeof *g->senders);
    if (!g->lists || !g->senders) return WP_ENOMEM;
    WP_TRY(wp_neighbourhoods_init(&g->promising->near, g->run->order.articles));
    WP_TRY(init_pairs(&g->promising->pairs, g->run));
    return init_pairs(&g->pairs, g->run);
}

enum wp_status wp_promising_gather(struct wp_promising *p, struct wp_run *run, struct wp_error *err) {
    struct gathering g = {
        .run = run, .promising = p, .ranks_per_part = wp_hits_ranks_per_part(run->order.articles)};
    enum wp_status status = prepare(&g);
    if (status == WP_OK) status = run_round(&g, &g.pairs, take_part, err);
    if (status == WP_OK) status = run_round(&g, &p->pairs, divide_part, err);
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
    for (unsigned i = 0; g.lists && i < run->settings.threads; i++) wp_candidate_list_release(&g.lists[i]);
    wp_free(g.lists);
    wp_free(g.senders);
    wp_parts_release(&g.pairs);
    return status;
}

void wp_promising_release(struct wp_promising *p) {
    wp_parts_release(&p->pairs);
    wp_neighbourhoods_release(&p->near);
}

/* By pair, and then, this order kept, by neighbourhood. */
enum wp_status wp_promising_part(struct wp_promising *p, size_t part, struct wp_candidate_list *list,
                                 struct wp_error *err) {
    size_t count = wp_parts_count(&p->pairs, part);
    list->count = 0;
    if (wp_candidate_list_make_room(list, 2 * count) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_parts_take(&p->pairs, part, list->keys, err));
    const uint64_t *pairs = wp_sort64(list->keys, list->scratch, count);
    uint64_t *places = list->keys + count, *other = list->scratch + count;
    for (size_t i = 0; i < count; i++)
        places[i] = (uint64_t)wp_neighbourhood_of(&p->near, (uint32_t)(pairs[i] >> 32)) << 32 | i;
    const uint64_t *sorted = wp_sort64_from(places, other, count, 32);
    for (size_t i = 0; i < count; i++) {
        uint64_t pair = pairs[(uint32_t)sorted[i]];
        if (WP_GROW(list->items, list->count, list->cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        list->items[list->count++] = (struct wp_candidate){.a = (uint32_t)(pair >> 32), .b = (uint32_t)pair};
    }
    return WP_OK;
}
