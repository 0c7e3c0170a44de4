/*
 * test_hits.c - hits against all pairs of a list of (shingle, article): complete for shingles of few
 * articles, bounded for common ones, which come second and only for articles full of them; copies are passed
 * over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/hits.h"
#include "match/postings.h"
#include "support/random.h"

enum { ARTICLES_MAX = 3000, SHINGLES_MAX = 600 };

/* A small world: which article (by slot) has which shingle. Ranks run backwards. */
struct world {
    uint32_t articles, shingles;
    uint8_t has[ARTICLES_MAX][SHINGLES_MAX];
    uint32_t samples[ARTICLES_MAX]; /* by slot */
    uint32_t owner[ARTICLES_MAX];   /* by rank */
    bool copied[ARTICLES_MAX];      /* by slot */
    struct wp_fanout fanout;

    struct wp_budget budget;
    struct wp_order order;
    struct wp_parts postings, common, hits;
    struct wp_bits skipped, crowded_any, crowded_mixed;
    struct wp_common_counts counts;
    uint32_t *count; /* hits by rank a * articles + rank b */
    uint64_t common_shingles, common_postings;
};

static struct world *world_new(uint32_t articles, uint32_t shingles) {
    struct world *w = calloc(1, sizeof *w);
    w->articles = articles;
    w->shingles = shingles;
    w->fanout =
        (struct wp_fanout){.pairs_max = 20, .first = 3, .near = 2, .mixed_share = 0.5, .own_share = 0.9};
    return w;
}

static uint64_t shingle_of(uint32_t number) {
    struct random r = {number + 99};
    return random_next(&r);
}

static uint32_t rank_of(const struct world *w, uint32_t slot) {
    return w->articles - 1 - slot;
}

static void make_stores(struct world *w) {
    struct wp_parts_sender s;
    wp_budget_init(&w->budget, SIZE_MAX, ".");
    for (uint32_t slot = 0; slot < w->articles; slot++) { /* one segment an article: slot 0 comes last */
        struct wp_segment segment = {.count = 1, .lines = 1, .sequence = rank_of(w, slot)};
        assert_int_equal(wp_order_add(&w->order, &segment), WP_OK);
    }
    assert_int_equal(wp_order_settle(&w->order), WP_OK);
    assert_int_equal(wp_parts_init(&w->postings, 8, WP_POSTING_PARTS, 1024, &w->budget), WP_OK);
    assert_int_equal(wp_parts_init(&w->common, 8, WP_POSTING_PARTS, 1024, &w->budget), WP_OK);
    assert_int_equal(wp_parts_init(&w->hits, wp_hit_form(w->articles).bytes, WP_HIT_PARTS, 1024, &w->budget),
                     WP_OK);
    assert_int_equal(wp_bits_init(&w->skipped, w->articles), WP_OK);
    assert_int_equal(wp_bits_init(&w->crowded_any, w->articles), WP_OK);
    assert_int_equal(wp_bits_init(&w->crowded_mixed, w->articles), WP_OK);
    w->counts.any = calloc(w->articles, 1);
    w->counts.mixed = calloc(w->articles, 1);
    assert_int_equal(wp_parts_sender_init(&s, &w->postings, 8), WP_OK);
    for (uint32_t slot = 0; slot < w->articles; slot++) {
        if (w->copied[slot]) wp_bits_set(&w->skipped, slot);
        for (uint32_t k = 0; k < w->shingles; k++) {
            uint64_t shingle = shingle_of(k);
            w->samples[slot] += w->has[slot][k] != 0;
            for (int repeat = 0; repeat < w->has[slot][k]; repeat++)
                wp_parts_send64(&s, wp_posting_part(shingle), wp_posting_pack(shingle, slot), NULL);
        }
    }
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    wp_parts_sender_release(&s);
}

/* What the engine does between the rounds. */
static void mark_crowded(struct world *w) {
    for (uint32_t slot = 0; slot < w->articles; slot++) {
        uint32_t rank = rank_of(w, slot);
        if (w->counts.any[rank] >= w->fanout.own_share * w->samples[slot]) wp_bits_set(&w->crowded_any, rank);
        if (w->counts.mixed[rank] >= w->fanout.mixed_share * w->samples[slot])
            wp_bits_set(&w->crowded_mixed, rank);
    }
}

static void run(struct world *w) {
    make_stores(w);
    struct wp_hits_stage stage = {.order = &w->order,
                                  .skipped = &w->skipped,
                                  .postings = &w->postings,
                                  .common = &w->common,
                                  .counts = w->counts,
                                  .crowded_any = &w->crowded_any,
                                  .crowded_mixed = &w->crowded_mixed,
                                  .owners = w->owner,
                                  .hits = &w->hits,
                                  .form = wp_hit_form(w->articles),
                                  .fanout = w->fanout};
    struct wp_hits_worker worker;
    assert_int_equal(wp_hits_worker_init(&worker, &stage), WP_OK);
    for (size_t part = 0; part < WP_POSTING_PARTS; part++)
        assert_int_equal(wp_hits_run(&stage, &worker, part, NULL), WP_OK);
    assert_int_equal(wp_hits_worker_flush(&worker, NULL), WP_OK);
    mark_crowded(w);
    for (size_t part = 0; part < WP_POSTING_PARTS; part++)
        assert_int_equal(wp_hits_run_common(&stage, &worker, part, NULL), WP_OK);
    assert_int_equal(wp_hits_worker_flush(&worker, NULL), WP_OK);
    w->common_shingles = worker.common_shingles;
    w->common_postings = worker.common_postings;
    wp_hits_worker_release(&worker);
    w->count = calloc((size_t)w->articles * w->articles, sizeof *w->count);
    for (size_t part = 0; part < WP_HIT_PARTS; part++) {
        uint64_t count = wp_parts_count(&w->hits, part), *items = malloc(count * 8 + 8);
        assert_int_equal(wp_parts_take64(&w->hits, part, items, NULL), WP_OK);
        for (uint64_t i = 0; i < count; i++) {
            uint64_t pair = wp_hit_pair(&stage.form, part, items[i]);
            uint32_t a = (uint32_t)(pair >> 32), b = (uint32_t)pair;
            assert_true(a < b && b < w->articles);
            assert_int_equal(a / wp_hits_ranks_per_part(w->articles), part);
            w->count[(size_t)a * w->articles + b]++;
        }
        free(items);
    }
}

static void world_free(struct world *w) {
    wp_parts_release(&w->postings);
    wp_parts_release(&w->common);
    wp_parts_release(&w->hits);
    wp_bits_release(&w->skipped);
    wp_bits_release(&w->crowded_any);
    wp_bits_release(&w->crowded_mixed);
    wp_order_release(&w->order);
    free((void *)w->counts.any);
    free((void *)w->counts.mixed);
    free(w->count);
    free(w);
}

static uint32_t hits_of(const struct world *w, uint32_t slot_a, uint32_t slot_b) {
    uint32_t a = rank_of(w, slot_a), b = rank_of(w, slot_b);
    return w->count[a < b ? (size_t)a * w->articles + b : (size_t)b * w->articles + a];
}

/* Shingles that both articles have. */
static uint32_t shared(const struct world *w, uint32_t a, uint32_t b) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < w->shingles; k++) n += w->has[a][k] && w->has[b][k];
    return w->copied[a] || w->copied[b] ? 0 : n;
}

static void few_articles_give_all_pairs(void **state) {
    (void)state;
    struct world *w = world_new(400, 600);
    struct random r = {1};
    for (uint32_t k = 0; k < w->shingles; k++)
        for (uint64_t n = random_below(&r, 20); n; n--) w->has[random_below(&r, 400)][k] = 1;
    w->has[5][0] = w->has[6][0] = 2; /* a shingle that an article has twice is one meeting */
    for (int i = 0; i < 40; i++) w->copied[random_below(&r, 400)] = true;
    run(w);
    for (uint32_t a = 0; a < 400; a++)
        for (uint32_t b = a + 1; b < 400; b++) assert_int_equal(hits_of(w, a, b), shared(w, a, b));
    assert_int_equal(w->common_shingles, 0);
    assert_int_equal(w->common_postings, 0);
    world_free(w);
}

/* A story of a thousand copies that share a hundred shingles: every one is linked to those before it. */
static void big_story(void **state) {
    (void)state;
    struct world *w = world_new(1000, 100);
    for (uint32_t a = 0; a < 1000; a++) {
        w->owner[a] = a % 50 + 1;
        for (uint32_t k = 0; k < 100; k++) w->has[a][k] = 1;
    }
    run(w);
    uint64_t pairs = 0;
    for (uint32_t b = 1; b < 1000; b++)
        for (uint32_t a = 0; a < b; a++) {
            uint32_t hits = w->count[(size_t)a * 1000 + b];
            bool linked = a < 3 || b - a <= 2;
            assert_int_equal(hits, linked ? 100 : 0);
            pairs += hits;
        }
    assert_true(pairs <= 1000 * 100 * (3 + 2));
    assert_int_equal(w->common_shingles, 100); /* told, because pairs are missing */
    assert_int_equal(w->common_postings, 100 * 1000);
    world_free(w);
}

/* Furniture of one owner makes no pairs in articles that have enough of their own; in articles of nothing
 * else it does. A shingle that several owners have counts from mixed_share on. */
static void furniture(void **state) {
    (void)state;
    struct world *w = world_new(100, 200);
    for (uint32_t a = 0; a < 60; a++) {
        w->owner[rank_of(w, a)] = 7;
        for (uint32_t k = 0; k < 10; k++) w->has[a][k] = 1;           /* furniture */
        if (a < 30) w->has[a][100 + a] = w->has[a][140 + a % 30] = 1; /* a sixth is of its own */
    }
    for (uint32_t a = 60; a < 100; a++) {
        w->owner[rank_of(w, a)] = a;
        for (uint32_t k = 10; k < 20; k++) w->has[a][k] = 1;                      /* an agency's text */
        for (uint32_t k = 20; k < 28; k++) w->has[a][k + 2 * (a - 60)] |= a < 80; /* and as much again */
    }
    run(w);
    assert_int_equal(hits_of(w, 3, 4), 0);
    assert_true(hits_of(w, 40, 41) >= 10); /* all furniture: let the comparison decide */
    assert_true(hits_of(w, 60, 61) >= 10); /* mixed, more than half */
    assert_true(hits_of(w, 98, 99) >= 10);
    world_free(w);
}

static void nothing(void **state) {
    (void)state;
    struct world *w = world_new(3, 1);
    run(w);
    assert_int_equal(hits_of(w, 0, 1), 0);
    world_free(w);
    assert_int_equal(wp_hits_ranks_per_part(0), 1);
    assert_true((UINT32_MAX - 2) / wp_hits_ranks_per_part(UINT32_MAX - 1) < WP_HIT_PARTS);
    const uint32_t dumps[] = {1, 2, 127, 128, 129, 70000, 1000000, UINT32_MAX - 1};
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) { /* the last pair of a part, and of all */
        const struct wp_hit_form form = wp_hit_form(dumps[i]);
        const uint32_t first[] = {0, form.ranks_per_part - 1, dumps[i] - 1};
        for (size_t k = 0; k < 3; k++) {
            uint64_t hit = wp_hit_pack(&form, first[k], dumps[i] - 1);
            assert_true(form.bytes == 8 || hit >> 8 * form.bytes == 0);
            assert_true(wp_hit_pair(&form, wp_hit_part(&form, first[k]), hit) ==
                        ((uint64_t)first[k] << 32 | (dumps[i] - 1)));
        }
    }
    assert_int_equal(wp_hit_form(1000000).bytes, 5);
    for (uint32_t n = 1; n < 2000; n++) assert_true((n - 1) / wp_hits_ranks_per_part(n) < WP_HIT_PARTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_articles_give_all_pairs),
                                       cmocka_unit_test(big_story), cmocka_unit_test(furniture),
                                       cmocka_unit_test(nothing)};
    return cmocka_run_group_tests_name("hits", tests, NULL, NULL);
}
