/*
 * verify.c - from candidates to matches.
 *
 * Candidates that promise enough come neighbourhood by neighbourhood (promise.h), sorted there by their first
 * article. They are taken in groups: the streams of all articles of a group are fetched to a shelf (shelf.h),
 * and each first article is prepared once and compared in full with its partners. Most of what the next group
 * needs is on the shelf already: it is cleared only when it is full. With --verify sketch the fingerprints
 * answer alone, and candidates are taken as they come.
 */
#include "engine/run.h"

#include <string.h>
#include "base/memory.h"
#include "base/sort.h"
#include "base/thread.h"
#include "engine/promise.h"
#include "engine/shelf.h"
#include "match/candidates.h"
#include "match/overlap.h"
#include "sketch/estimate.h"
#include "sketch/fingerprint.h"

enum {
    GROUP_SHINGLES = 1 << 15, /* fetched at a time: compared while they are still in the near cache */
    AHEAD = 8,                /* what is kept of partners lies anywhere and is asked for so long before */
    MATCH_RUN = 64,
};

struct verifier {
    struct wp_run *run;
    struct wp_candidate_list candidates;
    struct wp_parts_sender matches;
    struct wp_overlap_base base;
    uint32_t base_rank; /* of the article prepared in base; UINT32_MAX when none is */
    struct wp_shelf shelf;
    uint32_t ranks_per_part; /* of matches */
    uint64_t reported;
};

static void verifier_free(struct verifier *v) {
    if (!v) return;
    wp_candidate_list_release(&v->candidates);
    wp_parts_sender_release(&v->matches);
    wp_overlap_base_release(&v->base);
    wp_shelf_release(&v->shelf);
    wp_free(v);
}

static enum wp_status verifier_new(struct verifier **out, struct wp_run *run) {
    struct verifier *v = wp_zalloc(1, sizeof *v);
    if (!v) return WP_ENOMEM;
    v->run = run;
    v->base_rank = UINT32_MAX;
    v->ranks_per_part = wp_hits_ranks_per_part(run->order.articles);
    wp_overlap_base_init(&v->base);
    if (wp_parts_sender_init(&v->matches, &run->matches, MATCH_RUN) != WP_OK ||
        wp_shelf_init(&v->shelf, run) != WP_OK) {
        verifier_free(v);
        return WP_ENOMEM;
    }
    *out = v;
    return WP_OK;
}

static enum wp_status verifier_finish(struct verifier *v, struct wp_error *err) {
    atomic_fetch_add(&v->run->counts.matches, v->reported);
    return wp_parts_sender_flush(&v->matches, err);
}

static enum wp_status report(struct verifier *v, const struct wp_match *match, struct wp_error *err) {
    v->reported++;
    return wp_parts_send(&v->matches, match->a / v->ranks_per_part, match, err);
}

/* What a rule reads of one article beside its text, where the run keeps it; and room for it. */
struct beside_text {
    struct wp_article_facts facts;
    struct wp_traits traits;
    struct wp_hash128 simhash;
};

static struct wp_article_facts facts_of_row(const struct wp_article_row *row) {
    return (struct wp_article_facts){
        .exact = row->exact, .tokens = row->tokens, .owner = row->owner, .date = row->date};
}

static enum wp_status gather_article(struct wp_run *run, uint32_t rank, const struct wp_article_row *row,
                                     struct beside_text *out, struct wp_error *err) {
    out->facts = facts_of_row(row);
    if (run->keeps_traits) {
        const struct wp_traits *traits = wp_run_traits(run, rank, &out->traits, err);
        if (!traits) return err->status;
        out->facts.figures = &traits->figures;
    }
    if (run->features & WP_FEATURE_SIMHASH) {
        out->facts.simhash =
            wp_rows_get(&run->simhashes, wp_order_slot(&run->order, rank), &out->simhash, err);
        if (!out->facts.simhash) return err->status;
    }
    return WP_OK;
}

static enum wp_status gather_facts(struct wp_run *run, const struct wp_candidate *c,
                                   const struct wp_article_row *a, const struct wp_article_row *b,
                                   struct wp_pair_facts *facts, struct wp_error *err) {
    struct beside_text of_a, of_b;
    WP_TRY(gather_article(run, c->a, a, &of_a, err));
    WP_TRY(gather_article(run, c->b, b, &of_b, err));
    *facts = wp_pair_facts_of(&of_a.facts, &of_b.facts);
    return WP_OK;
}

/* ---- exact ---- */

/* Is a pair nothing to each other by what was compared and its rows alone? */
static bool is_none(const struct wp_rule *rule, const struct wp_overlap *o, const struct wp_article_row *a,
                    const struct wp_article_row *b) {
    struct wp_article_facts of_a = facts_of_row(a), of_b = facts_of_row(b);
    struct wp_pair_facts facts = wp_pair_facts_of(&of_a, &of_b);
    return wp_relation_is_none(rule, o, facts.same_owner, facts.same_tokens);
}

/* Compares the pair and judges; b's different shingles are counted only for what is reported, once a group.
 */
static enum wp_status compare(struct verifier *v, const struct wp_candidate *c, struct wp_overlap *o,
                              struct wp_match *match, struct wp_error *err) {
    const struct wp_rule *rule = &v->run->settings.rule;
    const struct wp_shelved *a = wp_shelf_find(&v->shelf, c->a);
    struct wp_shelved *b = wp_shelf_find(&v->shelf, c->b);
    struct wp_stream stream_a = wp_shelf_stream(&v->shelf, a), stream_b = wp_shelf_stream(&v->shelf, b);
    struct wp_pair_facts facts;
    enum wp_status status = WP_OK;
    if (v->base_rank != c->a) status = wp_overlap_base_set(&v->base, &stream_a);
    v->base_rank = c->a;
    if (status == WP_OK) status = wp_overlap_compare(&v->base, &stream_b, wp_rule_wants(rule), o);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    match->relation = WP_RELATION_NONE;
    if (is_none(rule, o, &a->row, &b->row)) return WP_OK;
    WP_TRY(gather_facts(v->run, c, &a->row, &b->row, &facts, err));
    int gain;
    match->relation = (uint8_t)wp_relation_judge(rule, o, &facts, &gain);
    match->gain = (int16_t)gain;
    if (match->relation == WP_RELATION_NONE) return WP_OK;
    status = wp_overlap_count_distinct(&v->base, &stream_b, o);
    b->distinct = o->distinct_b;
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

static enum wp_status verify_group(struct verifier *v, const struct wp_candidate *c, size_t count,
                                   struct wp_error *err) {
    WP_TRY(wp_shelf_load(&v->shelf, err));
    WP_TRY(wp_shelf_take_out(&v->shelf, err));
    for (size_t i = 0; i < count; i++) {
        struct wp_overlap o;
        struct wp_match match = {.a = c[i].a, .b = c[i].b};
        if (atomic_load_explicit(&v->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        WP_TRY(compare(v, &c[i], &o, &match, err));
        if (match.relation == WP_RELATION_NONE) continue;
        match.coverage = (float)wp_overlap_coverage(&o);
        match.b_shorter = wp_overlap_b_shorter(&o);
        match.jaccard = (float)wp_overlap_jaccard(&o);
        match.containment = (float)wp_overlap_containment(&o);
        WP_TRY(report(v, &match, err));
    }
    return WP_OK;
}

static void clear_shelf(struct verifier *v) {
    wp_shelf_clear(&v->shelf);
    v->base_rank = UINT32_MAX; /* its text stood there */
}

/* Puts the articles of as many candidates on the shelf as fit; none when it is full. */
static enum wp_status fill_shelf(struct verifier *v, const struct wp_candidate *c, size_t count,
                                 size_t *taken, struct wp_error *err) {
    struct wp_article_row scratch;
    uint64_t full = v->shelf.used + GROUP_SHINGLES;
    for (*taken = 0; *taken < count && v->shelf.used < full; ++*taken) {
        const uint32_t ranks[2] = {c[*taken].a, c[*taken].b};
        for (int i = 0; i < 2; i++) {
            const struct wp_article_row *row = wp_run_row(v->run, ranks[i], &scratch, err);
            if (!row) return err->status;
            if (!wp_shelf_put(&v->shelf, ranks[i], row)) return WP_OK;
            if (v->run->keeps_traits)
                wp_rows_expect(&v->run->traits, wp_order_slot(&v->run->order, ranks[i]));
        }
    }
    return WP_OK;
}

static enum wp_status verify_exact(struct verifier *v, struct wp_error *err) {
    const struct wp_candidate_list *list = &v->candidates;
    for (size_t i = 0, taken; i < list->count; i += taken) {
        if (atomic_load_explicit(&v->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        WP_TRY(fill_shelf(v, list->items + i, list->count - i, &taken, err));
        if (taken)
            WP_TRY(verify_group(v, list->items + i, taken, err));
        else
            clear_shelf(v);
    }
    return WP_OK;
}

/* ---- sketch ---- */

static enum wp_status estimate(struct verifier *v, const struct wp_candidate *c, struct wp_error *err) {
    struct wp_run *run = v->run;
    struct wp_article_row row_a, row_b;
    uint8_t bins_a[WP_SKETCH_BINS], bins_b[WP_SKETCH_BINS];
    struct wp_pair_facts facts;
    const struct wp_article_row *a = wp_run_row(run, c->a, &row_a, err),
                                *b = wp_run_row(run, c->b, &row_b, err);
    const uint8_t *sketch_a = wp_rows_get(&run->sketches, wp_order_slot(&run->order, c->a), bins_a, err);
    const uint8_t *sketch_b = wp_rows_get(&run->sketches, wp_order_slot(&run->order, c->b), bins_b, err);
    if (!a || !b || !sketch_a || !sketch_b) return err->status;
    WP_TRY(gather_facts(run, c, a, b, &facts, err));
    struct wp_estimate e = {.jaccard = wp_sketch_jaccard(sketch_a, sketch_b),
                            .shingles_a = a->shingles,
                            .shingles_b = b->shingles,
                            .furniture_a = a->shingles - wp_run_own_shingles(run, c->a, a),
                            .furniture_b = b->shingles - wp_run_own_shingles(run, c->b, b)};
    int gain;
    enum wp_relation relation = wp_relation_estimate(&run->settings.rule, &e, &facts, &gain);
    if (relation == WP_RELATION_NONE) return WP_OK;
    struct wp_match match = {.a = c->a,
                             .b = c->b,
                             .coverage = (float)e.coverage,
                             .jaccard = (float)e.jaccard,
                             .containment = (float)e.containment,
                             .relation = (uint8_t)relation,
                             .b_shorter = e.shingles_b - e.furniture_b < e.shingles_a - e.furniture_a,
                             .gain = (int16_t)gain};
    return report(v, &match, err);
}

static void expect(struct wp_run *run, uint32_t rank) {
    uint32_t slot = wp_order_slot(&run->order, rank);
    wp_rows_expect(&run->sketches, slot);
    if (run->keeps_traits) wp_rows_expect(&run->traits, slot);
}

static enum wp_status verify_sketch(struct verifier *v, struct wp_error *err) {
    for (size_t i = 0; i < v->candidates.count; i++) {
        if (i % 1024 == 0 && atomic_load_explicit(&v->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        if (i + AHEAD < v->candidates.count) expect(v->run, v->candidates.items[i + AHEAD].b);
        WP_TRY(estimate(v, &v->candidates.items[i], err));
    }
    return WP_OK;
}

/* ---- the stage ---- */

struct verify_pass {
    struct wp_run *run;
    struct verifier **workers;
    struct wp_promising promising; /* of exact verification */
};

static enum wp_status verify_part(struct verify_pass *pass, struct verifier *v, size_t part,
                                  struct wp_error *err) {
    if (!pass->run->settings.verify_exact) {
        WP_TRY(wp_promising_take(pass->run, part, &v->candidates, err));
        return verify_sketch(v, err);
    }
    WP_TRY(wp_promising_part(&pass->promising, part, &v->candidates, err));
    return verify_exact(v, err);
}

static enum wp_status run_part(void *self, size_t part, unsigned worker) {
    struct verify_pass *pass = self;
    struct wp_error err = {0};
    enum wp_status status = WP_OK;
    if (!pass->workers[worker]) status = verifier_new(&pass->workers[worker], pass->run);
    if (status == WP_OK) status = verify_part(pass, pass->workers[worker], part, &err);
    if (status != WP_OK) wp_run_fail(pass->run, &err);
    return status;
}

static enum wp_status verify_all(struct verify_pass *pass) {
    struct wp_run *run = pass->run;
    struct wp_parallel_work work = {run_part, pass, &run->cancel};
    enum wp_status status = wp_parallel(run->settings.threads, WP_HIT_PARTS, &work);
    for (unsigned i = 0; i < run->settings.threads; i++) {
        if (status == WP_OK && pass->workers[i]) status = verifier_finish(pass->workers[i], &run->error);
        verifier_free(pass->workers[i]);
    }
    return status;
}

struct match_list {
    struct wp_match *items;
    uint64_t *places, *scratch;
    struct wp_parts_sender back;
};

static enum wp_status match_list_init(struct match_list *l, struct wp_run *run, size_t count) {
    l->items = wp_alloc(count, sizeof *l->items);
    l->places = wp_alloc(count, sizeof *l->places);
    l->scratch = wp_alloc(count, sizeof *l->scratch);
    if (!l->items || !l->places || !l->scratch) return WP_ENOMEM;
    return wp_parts_sender_init(&l->back, &run->matches, MATCH_RUN);
}

static void match_list_release(struct match_list *l) {
    wp_parts_sender_release(&l->back);
    wp_free(l->scratch);
    wp_free(l->places);
    wp_free(l->items);
}

/* All matches of one article come from one neighbourhood, in the order of b: by a is enough. */
static enum wp_status sort_by_a(struct match_list *l, struct wp_run *run, size_t part, struct wp_error *err) {
    size_t count = wp_parts_count(&run->matches, part);
    WP_TRY(wp_parts_take(&run->matches, part, l->items, err));
    for (size_t i = 0; i < count; i++) l->places[i] = (uint64_t)l->items[i].a << 32 | i;
    const uint64_t *sorted = wp_sort64_from(l->places, l->scratch, count, 32);
    for (size_t i = 0; i < count; i++)
        WP_TRY(wp_parts_send(&l->back, part, &l->items[(uint32_t)sorted[i]], err));
    return wp_parts_sender_flush(&l->back, err);
}

/* Brings the matches of a part, which come from any neighbourhood, into the order of (a, b). */
static enum wp_status sort_part(void *self, size_t part, unsigned worker) {
    struct wp_run *run = self;
    struct wp_error err = {0};
    struct match_list list = {0};
    (void)worker;
    enum wp_status status = match_list_init(&list, run, wp_parts_count(&run->matches, part));
    if (status != WP_OK) wp_fail(&err, status, "out of memory for the matches");
    if (status == WP_OK) status = sort_by_a(&list, run, part, &err);
    match_list_release(&list);
    if (status != WP_OK) wp_run_fail(run, &err);
    return status;
}

enum wp_status wp_run_verify(struct wp_run *run, struct wp_error *err) {
    bool exact = run->settings.verify_exact; /* else candidates are taken as they come, and so are matches */
    struct verify_pass pass = {.run = run, .workers = wp_zalloc(run->settings.threads, sizeof *pass.workers)};
    struct wp_parallel_work sort = {sort_part, run, &run->cancel};
    enum wp_status status = pass.workers ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
    if (status == WP_OK && exact) status = wp_promising_gather(&pass.promising, run, err);
    if (status == WP_OK) status = verify_all(&pass);
    if (status == WP_OK && exact) status = wp_parallel(run->settings.threads, WP_HIT_PARTS, &sort);
    wp_promising_release(&pass.promising);
    wp_free(pass.workers);
    return status;
}
