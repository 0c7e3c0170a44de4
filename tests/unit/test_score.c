/*
 * test_score.c - scores against textbook values and against their definitions, article by article.
 *
 * Pairs and Rand index: Manning, Raghavan, Schuetze, "Introduction to Information Retrieval", section 16.3
 * (17 points: 40 found pairs, 44 true, 20 common). B-cubed: Bagga and Baldwin, "Algorithms for scoring
 * coreference chains" (1998), the example of twelve entities: precision 16/21 and 7/12, recall 1.
 */
#include "report/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define NONE WP_CLUSTER_NONE
#define EPSILON 1e-12

static void assert_near(double value, double expected) {
    assert_true(value - expected < EPSILON && expected - value < EPSILON);
}

static void test_manning(void **state) {
    (void)state;
    static const uint32_t found[17] = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2};
    static const uint32_t truth[17] = {0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 2, 0, 0, 2, 2, 2};
    struct wp_partition_score s;
    assert_int_equal(wp_score_partitions(found, truth, 17, 17, &s), WP_OK);
    assert_int_equal(s.found_pairs, 40);
    assert_int_equal(s.true_pairs, 44);
    assert_int_equal(s.common_pairs, 20);
    assert_near(s.pairs.precision, 0.5);
    assert_near(s.pairs.recall, 20.0 / 44);
    assert_near(s.pairs.f1, 40.0 / 84);
    double expected = 40.0 * 44 / 136;
    assert_near(s.adjusted_rand, (20 - expected) / (42 - expected));
    assert_int_equal(s.worst.cluster,
                     1); /* one of six, one of one, four: 9 wrong; the first has 5, the last 6 */
    assert_int_equal(s.worst.wrong_pairs, 9);
    assert_int_equal(s.worst.parts, 3);
    assert_int_equal(s.worst.size, 6);
}

static void test_bagga_baldwin(void **state) {
    (void)state;
    static const uint32_t truth[12] = {0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2};
    static const uint32_t one[12] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1};
    static const uint32_t two[12] = {0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    struct wp_partition_score s;
    assert_int_equal(wp_score_partitions(one, truth, 12, 12, &s), WP_OK);
    assert_near(s.bcubed.precision, 16.0 / 21);
    assert_near(s.bcubed.recall, 1);
    assert_int_equal(wp_score_partitions(two, truth, 12, 12, &s), WP_OK);
    assert_near(s.bcubed.precision, 7.0 / 12);
    assert_near(s.bcubed.recall, 1);
}

/* Values of the documentation of scikit-learn's adjusted_rand_score. */
static void test_adjusted_rand_edges(void **state) {
    (void)state;
    static const uint32_t a[4] = {0, 0, 1, 1}, b[4] = {0, 0, 1, 2}, all[4] = {0, 0, 0, 0},
                          own[4] = {0, 1, 2, 3};
    static const uint32_t none[4] = {NONE, NONE, NONE, NONE}, swapped[4] = {1, 1, 0, 0};
    struct wp_partition_score s;
    assert_int_equal(wp_score_partitions(a, b, 4, 4, &s), WP_OK);
    assert_near(s.adjusted_rand, 4.0 / 7);
    assert_int_equal(wp_score_partitions(all, own, 4, 4, &s), WP_OK);
    assert_near(s.adjusted_rand, 0);
    assert_int_equal(wp_score_partitions(a, swapped, 4, 4, &s), WP_OK);
    assert_near(s.adjusted_rand, 1);
    assert_int_equal(wp_score_partitions(own, none, 4, 4, &s), WP_OK);
    assert_near(s.adjusted_rand, 1);
    assert_near(s.pairs.f1, 1);
    assert_near(s.bcubed.f1, 1);
    assert_int_equal(s.worst.cluster, NONE);
    assert_int_equal(wp_score_partitions(all, all, 4, 4, &s), WP_OK);
    assert_near(s.adjusted_rand, 1);
    assert_int_equal(wp_score_partitions(NULL, NULL, 0, 0, &s), WP_OK);
    assert_near(s.adjusted_rand, 1);
}

static void test_refusals_and_large_counts(void **state) {
    (void)state;
    static const uint32_t a[2] = {0, 0};
    struct wp_partition_score s;
    assert_int_equal(wp_score_partitions(a, a, 2, 1, &s), WP_EINVAL);
    assert_int_equal(wp_score_partitions(a, a, 2, WP_SCORE_MAX_ARTICLES + 1, &s), WP_EINVAL);
    assert_int_equal(wp_score_partitions(a, a, 2, WP_SCORE_MAX_ARTICLES, &s), WP_OK);
    assert_near(s.adjusted_rand, 1);
}

static void test_tally(void **state) {
    (void)state;
    struct wp_tally t = {0};
    struct wp_score s = wp_tally_score(&t);
    assert_near(s.precision, 1);
    assert_near(s.recall, 1);
    wp_tally_add(&t, true, true, 3);
    wp_tally_add(&t, true, false, 1);
    wp_tally_add(&t, false, true, 2);
    wp_tally_add(&t, false, false, 100);
    s = wp_tally_score(&t);
    assert_near(s.precision, 0.6);
    assert_near(s.recall, 0.75);
    assert_near(s.f1, 2 * 0.6 * 0.75 / 1.35);
    assert_int_equal(t.pairs, 4);
    struct wp_tally wrong = {0};
    wp_tally_add(&wrong, false, true, 1);
    wp_tally_add(&wrong, true, false, 1);
    assert_near(wp_tally_score(&wrong).f1, 0);
}

/* The definitions, article by article. */

enum { ARTICLES = 120 };

static bool together(const uint32_t *labels, uint32_t i, uint32_t j) {
    return i == j || (labels[i] != NONE && labels[i] == labels[j]);
}

static void slow_score(const uint32_t *found, const uint32_t *truth, uint32_t n,
                       struct wp_partition_score *s) {
    double precision = 0, recall = 0;
    *s = (struct wp_partition_score){.articles = n};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t in_found = 0, in_truth = 0, in_both = 0;
        for (uint32_t j = 0; j < n; j++) {
            bool f = together(found, i, j), t = together(truth, i, j);
            in_found += f, in_truth += t, in_both += f && t;
            if (j > i) s->found_pairs += f, s->true_pairs += t, s->common_pairs += f && t;
        }
        precision += (double)in_both / in_found / n;
        recall += (double)in_both / in_truth / n;
    }
    double all = n * (n - 1) / 2.0, f = (double)s->found_pairs, t = (double)s->true_pairs;
    s->bcubed.precision = precision;
    s->bcubed.recall = recall;
    s->adjusted_rand = ((double)s->common_pairs - f * t / all) / ((f + t) / 2 - f * t / all);
}

static void slow_worst(const uint32_t *found, const uint32_t *truth, uint32_t n,
                       struct wp_wrong_merge *worst) {
    *worst = (struct wp_wrong_merge){.cluster = NONE};
    for (uint32_t c = 0; c < ARTICLES; c++) {
        struct wp_wrong_merge m = {.cluster = c};
        for (uint32_t i = 0; i < n; i++) {
            bool new_part = true;
            if (found[i] != c) continue;
            for (uint32_t j = 0; j < i; j++) {
                if (found[j] != c) continue;
                if (together(truth, i, j)) new_part = false;
                m.wrong_pairs += !together(truth, i, j);
            }
            m.size++;
            m.parts += new_part;
        }
        if (m.wrong_pairs > worst->wrong_pairs) *worst = m;
    }
}

static void test_against_the_definitions(void **state) {
    (void)state;
    uint64_t seed = 17;
    for (int round = 0; round < 200; round++) {
        uint32_t found[ARTICLES], truth[ARTICLES], n = 2 + (uint32_t)round % (ARTICLES - 1);
        uint32_t clusters = 1 + (uint32_t)round % 23;
        for (uint32_t i = 0; i < n; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint32_t r = (uint32_t)(seed >> 33);
            truth[i] = r % 11 == 0 ? NONE : r % clusters;
            found[i] = r % 7 == 0 ? NONE : r % 5 == 0 ? (r >> 8) % clusters : r % clusters;
        }
        struct wp_partition_score fast, slow;
        slow_score(found, truth, n, &slow);
        slow_worst(found, truth, n, &slow.worst);
        assert_int_equal(wp_score_partitions(found, truth, n, n, &fast), WP_OK);
        assert_int_equal(fast.found_pairs, slow.found_pairs);
        assert_int_equal(fast.true_pairs, slow.true_pairs);
        assert_int_equal(fast.common_pairs, slow.common_pairs);
        assert_near(fast.bcubed.precision, slow.bcubed.precision);
        assert_near(fast.bcubed.recall, slow.bcubed.recall);
        if (slow.adjusted_rand == slow.adjusted_rand) assert_near(fast.adjusted_rand, slow.adjusted_rand);
        assert_int_equal(fast.worst.cluster, slow.worst.cluster);
        assert_int_equal(fast.worst.wrong_pairs, slow.worst.wrong_pairs);
        assert_int_equal(fast.worst.parts, slow.worst.parts);
        assert_int_equal(fast.worst.size, slow.worst.size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manning),
        cmocka_unit_test(test_bagga_baldwin),
        cmocka_unit_test(test_adjusted_rand_edges),
        cmocka_unit_test(test_refusals_and_large_counts),
        cmocka_unit_test(test_tally),
        cmocka_unit_test(test_against_the_definitions),
    };
    return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
