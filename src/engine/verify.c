/*
 * verify.c - from candidates to matches.
 *
 * Candidates come sorted by their first article. Those whose meetings promise enough are taken in groups: the
 * streams of all articles of a group are fetched to a shelf (shelf.h), and each first article is prepared
 * once and compared in full with its partners. Copies appear within a day or two of each other, so that much
 * of what the next part of the candidates needs is on the shelf already: it is cleared only when it is full,
 * and a thread takes several neighbouring parts at a time. With --verify sketch the fingerprints answer
 * alone.
 *
 * What the meetings promise: samples are a known share of an article's shingles, so hits / share estimates
 * the shared ones. What lies below the least passage that the rule would report is dropped.
 */
#include "engine/run.h"

#include <string.h>
#include "base/memory.h"
#include "base/thread.h"
#include "engine/shelf.h"
#include "match/candidates.h"
#include "match/overlap.h"
#include "sketch/estimate.h"
#include "sketch/fingerprint.h"

enum {
    GROUP_SHINGLES =
        1 << 15,    /* fetched at a time: they are compared while they are still in the near cache */
    ROWS_AHEAD = 8, /* rows of partners lie anywhere and are asked for so long before */
};

struct verifier {
    struct wp_run *run;
    struct wp_candidate_list candidates;
    struct wp_parts_sender matches;
    struct wp_overlap_base base;
    uint32_t base_rank; /* of the article prepared in base; UINT32_MAX when none is */
    struct wp_shelf shelf;
    uint64_t verified, shingles, reported, seen;
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
    wp_overlap_base_init(&v->base);
    if (wp_parts_sender_init(&v->matches, &run->matches, 64) != WP_OK ||
        wp_shelf_init(&v->shelf, run) != WP_OK) {
        verifier_free(v);
        return WP_ENOMEM;
    }
    *out = v;
    return WP_OK;
}

static enum wp_status verifier_finish(struct verifier *v, struct wp_error *err) {
    atomic_fetch_add(&v->run->counts.candidates, v->seen);
    atomic_fetch_add(&v->run->counts.verified, v->verified);
    atomic_fetch_add(&v->run->counts.verified_shingles, v->shingles);
    atomic_fetch_add(&v->run->counts.matches, v->reported);
    return wp_parts_sender_flush(&v->matches, err);
}

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

/* Keeps the candidates that promise enough, in order. */
static enum wp_status keep_promising(struct verifier *v, struct wp_error *err) {
    struct wp_candidate_list *list = &v->candidates;
    struct wp_article_row scratch_a, scratch_b;
    const struct wp_article_row *a = NULL, *b;
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct wp_candidate c = list->items[i];
        if (i + ROWS_AHEAD < list->count)
            wp_rows_expect(&v->run->articles, wp_order_slot(&v->run->order, list->items[i + ROWS_AHEAD].b));
        if (i == 0 || !a || c.a != list->items[i - 1].a) a = wp_run_row(v->run, c.a, &scratch_a, err);
        b = wp_run_row(v->run, c.b, &scratch_b, err);
        if (!a || !b) return err->status;
        list->items[kept] = c;
        if (!is_promising(v->run, &c, a, b)) continue;
        v->shingles += (uint64_t)a->shingles + b->shingles;
        kept++;
    }
    list->count = kept;
    return WP_OK;
}

static enum wp_status report(struct verifier *v, size_t part, const struct wp_match *match,
                             struct wp_error *err) {
    v->reported++;
    return wp_parts_send(&v->matches, part, match, err);
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

static enum wp_status verify_group(struct verifier *v, size_t part, const struct wp_candidate *c,
                                   size_t count, struct wp_error *err) {
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
        WP_TRY(report(v, part, &match, err));
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

static enum wp_status verify_exact(struct verifier *v, size_t part, struct wp_error *err) {
    const struct wp_candidate_list *list = &v->candidates;
    for (size_t i = 0, taken; i < list->count; i += taken) {
        if (atomic_load_explicit(&v->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        WP_TRY(fill_shelf(v, list->items + i, list->count - i, &taken, err));
        if (taken)
            WP_TRY(verify_group(v, part, list->items + i, taken, err));
        else
            clear_shelf(v);
    }
    return WP_OK;
}

/* ---- sketch ---- */

static enum wp_status estimate(struct verifier *v, size_t part, const struct wp_candidate *c,
                               struct wp_error *err) {
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
    return report(v, part, &match, err);
}

static enum wp_status verify_sketch(struct verifier *v, size_t part, struct wp_error *err) {
    for (size_t i = 0; i < v->candidates.count; i++) {
        if (i % 1024 == 0 && atomic_load_explicit(&v->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        WP_TRY(estimate(v, part, &v->candidates.items[i], err));
    }
    return WP_OK;
}

static enum wp_status verifier_run(struct verifier *v, size_t part, struct wp_error *err) {
    WP_TRY(wp_candidates_gather(&v->candidates, &v->run->hits, part, &v->run->sparse, err));
    v->seen += v->candidates.count;
    WP_TRY(keep_promising(v, err));
    v->verified += v->candidates.count;
    return v->run->settings.verify_exact ? verify_exact(v, part, err) : verify_sketch(v, part, err);
}

/* ---- the stage ---- */

/* Stretches of parts to a thread, so that the last ones to finish are not waited for long. */
#define STRETCHES_PER_THREAD 8

static size_t stretch_for(unsigned threads) {
    size_t stretch = WP_HIT_PARTS / ((size_t)threads * STRETCHES_PER_THREAD);
    return stretch ? stretch : 1;
}

struct verify_pass {
    struct wp_run *run;
    struct verifier **workers;
    size_t stretch; /* parts that one thread takes in a row */
};

static enum wp_status verify_stretch(void *self, size_t stretch, unsigned worker) {
    struct verify_pass *pass = self;
    struct wp_error err = {0};
    enum wp_status status = WP_OK;
    size_t part = stretch * pass->stretch, end = part + pass->stretch;
    if (end > WP_HIT_PARTS) end = WP_HIT_PARTS;
    if (!pass->workers[worker]) status = verifier_new(&pass->workers[worker], pass->run);
    for (; status == WP_OK && part < end; part++) status = verifier_run(pass->workers[worker], part, &err);
    if (status != WP_OK) wp_run_fail(pass->run, &err);
    return status;
}

enum wp_status wp_run_verify(struct wp_run *run, struct wp_error *err) {
    unsigned threads = run->settings.threads;
    struct verify_pass pass = {run, wp_zalloc(threads, sizeof *pass.workers), stretch_for(threads)};
    if (!pass.workers) return wp_fail(err, WP_ENOMEM, "out of memory");
    struct wp_parallel_work work = {verify_stretch, &pass, &run->cancel};
    size_t stretches = (WP_HIT_PARTS + pass.stretch - 1) / pass.stretch;
    enum wp_status status = wp_parallel(threads, stretches, &work);
    for (unsigned i = 0; i < threads; i++) {
        if (status == WP_OK && pass.workers[i]) status = verifier_finish(pass.workers[i], &run->error);
        verifier_free(pass.workers[i]);
    }
    wp_free(pass.workers);
    return status;
}
