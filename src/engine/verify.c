/*
 * verify.c - from candidates to matches.
 *
 * Candidates come sorted by their first article, which is prepared once and compared with all its partners.
 * With exact verification both streams of shingles are read (from memory or the spill file; the partners'
 * through a small cache, because the articles of a story meet each other again and again) and compared in
 * full; with sketches the fingerprints answer alone.
 *
 * Before the streams are touched, the number of meetings says how much can be shared at all: samples are a
 * known share of an article's shingles, so hits / share estimates the shared ones. What lies far below the
 * least passage that the rule would report is dropped.
 */
#include "engine/run.h"

#include <string.h>
#include "base/bytes.h"
#include "base/memory.h"
#include "match/candidates.h"
#include "match/overlap.h"
#include "sketch/estimate.h"
#include "sketch/fingerprint.h"

enum { CACHE_ENTRIES = 1024, CACHE_MAX_SHINGLES = 8192 };

/* A stream of shingles, unpacked. */
struct loaded {
    uint32_t rank; /* WP_NODE_NONE-like: UINT32_MAX when empty */
    uint32_t count;
    uint64_t *shingles;
    size_t cap;
};

struct wp_verifier {
    struct wp_run *run;
    struct wp_candidate_list candidates;
    struct wp_parts_sender matches;
    struct wp_overlap_base base;
    struct loaded a, large, cache[CACHE_ENTRIES];
    struct wp_buffer packed;
    uint64_t verified, reported, seen;
};

/* One side of a candidate. */
struct side {
    uint32_t rank, slot;
    const struct wp_article_row *row;
    struct wp_article_row scratch;
};

enum wp_status wp_verifier_new(struct wp_verifier **out, struct wp_run *run) {
    struct wp_verifier *v = wp_zalloc(1, sizeof *v);
    if (!v) return WP_ENOMEM;
    v->run = run;
    v->a.rank = v->large.rank = UINT32_MAX;
    for (size_t i = 0; i < CACHE_ENTRIES; i++) v->cache[i].rank = UINT32_MAX;
    wp_overlap_base_init(&v->base);
    if (wp_parts_sender_init(&v->matches, &run->matches, 64) != WP_OK) {
        wp_verifier_free(v);
        return WP_ENOMEM;
    }
    *out = v;
    return WP_OK;
}

void wp_verifier_free(struct wp_verifier *v) {
    if (!v) return;
    for (size_t i = 0; i < CACHE_ENTRIES; i++) wp_free(v->cache[i].shingles);
    wp_free(v->a.shingles);
    wp_free(v->large.shingles);
    wp_candidate_list_release(&v->candidates);
    wp_parts_sender_release(&v->matches);
    wp_overlap_base_release(&v->base);
    wp_buffer_release(&v->packed);
    wp_free(v);
}

enum wp_status wp_verifier_finish(struct wp_verifier *v, struct wp_error *err) {
    atomic_fetch_add(&v->run->counts.candidates, v->seen);
    atomic_fetch_add(&v->run->counts.verified, v->verified);
    atomic_fetch_add(&v->run->counts.matches, v->reported);
    return wp_parts_sender_flush(&v->matches, err);
}

static enum wp_status find_side(struct wp_run *run, struct side *s, uint32_t rank, struct wp_error *err) {
    s->rank = rank;
    s->slot = wp_order_slot(&run->order, rank);
    s->row = wp_rows_get(&run->articles, s->slot, &s->scratch, err);
    return s->row ? WP_OK : err->status;
}

static enum wp_status load_stream(struct wp_verifier *v, const struct side *s, struct loaded *to,
                                  struct wp_error *err) {
    uint32_t count = s->row->shingles;
    size_t bytes = (size_t)count * WP_STREAM_BYTES;
    if (to->rank == s->rank) return WP_OK;
    to->rank = UINT32_MAX;
    v->packed.len = 0;
    if (wp_buffer_reserve(&v->packed, bytes + 8, SIZE_MAX) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    if (count > to->cap) {
        wp_free(to->shingles);
        to->cap = 0;
        to->shingles = wp_alloc(count, sizeof *to->shingles);
        if (!to->shingles) return wp_fail(err, WP_ENOMEM, "out of memory");
        to->cap = count;
    }
    const uint8_t *from = wp_blobs_get(&v->run->streams, s->row->stream_ref, bytes, v->packed.data, err);
    if (!from) return err->status;
    for (uint32_t i = 0; i + 1 < count; i++)
        to->shingles[i] = wp_load64(from + (size_t)i * WP_STREAM_BYTES) & (((uint64_t)1 << 40) - 1);
    if (count) {
        uint8_t last[8] = {0};
        memcpy(last, from + (size_t)(count - 1) * WP_STREAM_BYTES, WP_STREAM_BYTES);
        to->shingles[count - 1] = wp_load64(last);
    }
    to->count = count;
    to->rank = s->rank;
    return WP_OK;
}

static struct wp_stream as_stream(const struct side *s, const struct loaded *l) {
    return (struct wp_stream){
        .shingles = l->shingles, .count = l->count, .tokens = s->row->tokens, .width = s->row->width};
}

/* The share of an article's shingles that are samples. */
static double sample_rate(const struct wp_article_row *row) {
    return row->shingles > row->samples ? (double)row->samples / row->shingles : 1.0;
}

/* Can the pair share enough to be reported? */
static bool is_promising(const struct wp_run *run, const struct side *a, const struct side *b,
                         uint32_t hits) {
    double rate_a = sample_rate(a->row), rate_b = sample_rate(b->row);
    double shared = hits / (rate_a < rate_b ? rate_a : rate_b);
    uint32_t least = a->row->shingles < b->row->shingles ? a->row->shingles : b->row->shingles;
    return a->row->width == b->row->width && wp_rule_may_match(&run->settings.rule, shared, least);
}

static enum wp_status compare_exactly(struct wp_verifier *v, const struct side *a, const struct side *b,
                                      struct wp_overlap *out, struct wp_error *err) {
    if (v->a.rank != a->rank) {
        WP_TRY(load_stream(v, a, &v->a, err));
        struct wp_stream stream = as_stream(a, &v->a);
        enum wp_status status = wp_overlap_base_set(&v->base, &stream);
        if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    }
    struct loaded *slot =
        b->row->shingles > CACHE_MAX_SHINGLES ? &v->large : &v->cache[b->rank % CACHE_ENTRIES];
    WP_TRY(load_stream(v, b, slot, err));
    struct wp_stream stream = as_stream(b, slot);
    enum wp_status status =
        wp_overlap_compare(&v->base, &stream, wp_rule_wants_run(&v->run->settings.rule), out);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

static enum wp_status report(struct wp_verifier *v, size_t part, const struct wp_match *match,
                             struct wp_error *err) {
    v->reported++;
    return wp_parts_send(&v->matches, part, match, err);
}

static enum wp_status verify_exact(struct wp_verifier *v, size_t part, const struct side *a,
                                   const struct side *b, struct wp_pair_facts *facts, struct wp_error *err) {
    struct wp_overlap o;
    WP_TRY(compare_exactly(v, a, b, &o, err));
    enum wp_relation relation = wp_relation_judge(&v->run->settings.rule, &o, facts);
    if (relation == WP_RELATION_NONE) return WP_OK;
    struct wp_match match = {.a = a->rank,
                             .b = b->rank,
                             .coverage = (float)wp_overlap_coverage(&o),
                             .jaccard = (float)wp_overlap_jaccard(&o),
                             .containment = (float)wp_overlap_containment(&o),
                             .relation = (uint8_t)relation};
    return report(v, part, &match, err);
}

static enum wp_status verify_sketch(struct wp_verifier *v, size_t part, const struct side *a,
                                    const struct side *b, struct wp_pair_facts *facts, struct wp_error *err) {
    struct wp_run *run = v->run;
    uint8_t scratch_a[WP_SKETCH_BINS], scratch_b[WP_SKETCH_BINS];
    const uint8_t *sketch_a = wp_rows_get(&run->sketches, a->slot, scratch_a, err);
    const uint8_t *sketch_b = wp_rows_get(&run->sketches, b->slot, scratch_b, err);
    if (!sketch_a || !sketch_b) return err->status;
    struct wp_estimate estimate = {.jaccard = wp_sketch_jaccard(sketch_a, sketch_b),
                                   .shingles_a = a->row->shingles,
                                   .shingles_b = b->row->shingles};
    enum wp_relation relation = wp_relation_estimate(&run->settings.rule, &estimate, facts);
    if (relation == WP_RELATION_NONE) return WP_OK;
    struct wp_match match = {.a = a->rank,
                             .b = b->rank,
                             .coverage = (float)estimate.coverage,
                             .jaccard = (float)estimate.jaccard,
                             .containment = (float)estimate.containment,
                             .relation = (uint8_t)relation};
    return report(v, part, &match, err);
}

static enum wp_status add_distance(struct wp_run *run, const struct side *a, const struct side *b,
                                   struct wp_pair_facts *facts, struct wp_error *err) {
    struct wp_hash128 scratch_a, scratch_b;
    const struct wp_hash128 *x = wp_rows_get(&run->simhashes, a->slot, &scratch_a, err);
    const struct wp_hash128 *y = wp_rows_get(&run->simhashes, b->slot, &scratch_b, err);
    if (!x || !y) return err->status;
    facts->simhash_distance = wp_simhash_distance(*x, *y);
    return WP_OK;
}

static enum wp_status verify_pair(struct wp_verifier *v, size_t part, const struct side *a,
                                  const struct side *b, struct wp_error *err) {
    struct wp_run *run = v->run;
    struct wp_pair_facts facts = {.same_owner = a->row->owner && a->row->owner == b->row->owner};
    v->verified++;
    if (run->features & WP_FEATURE_SIMHASH) WP_TRY(add_distance(run, a, b, &facts, err));
    return run->settings.verify_exact ? verify_exact(v, part, a, b, &facts, err)
                                      : verify_sketch(v, part, a, b, &facts, err);
}

enum wp_status wp_verifier_run(struct wp_verifier *v, size_t part, struct wp_error *err) {
    struct wp_run *run = v->run;
    struct side a = {.rank = UINT32_MAX}, b;
    WP_TRY(wp_candidates_gather(&v->candidates, &run->hits, part, &run->sparse, err));
    v->seen += v->candidates.count;
    for (size_t i = 0; i < v->candidates.count; i++) {
        const struct wp_candidate *c = &v->candidates.items[i];
        if (c->a != a.rank) WP_TRY(find_side(run, &a, c->a, err));
        WP_TRY(find_side(run, &b, c->b, err));
        if (is_promising(run, &a, &b, c->hits)) WP_TRY(verify_pair(v, part, &a, &b, err));
        if (i % 1024 == 0 && atomic_load_explicit(&run->cancel, memory_order_relaxed)) return WP_ECANCELED;
    }
    return WP_OK;
}
