/* test_overlap.c - small cases worked out by hand, refusals, reuse of the scratch, symmetry of the ratios. */
#include "base/hash.h"
#include "match/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct text {
    uint64_t shingles[64];
    struct wp_stream stream;
};

/* One letter is one token; shingles of `width` letters. */
static struct wp_stream *letters(struct text *t, const char *text, uint32_t width) {
    uint32_t n = (uint32_t)strlen(text);
    t->stream = (struct wp_stream){t->shingles, n < width ? 0 : n - width + 1, n, width, 0, NULL};
    for (uint32_t i = 0; i < t->stream.count; i++) t->shingles[i] = wp_hash64(text + i, width);
    return &t->stream;
}

static struct wp_overlap compare(const char *a, uint32_t width_a, const char *b, uint32_t width_b) {
    struct text ta, tb;
    struct wp_overlap_base base;
    struct wp_overlap o;
    wp_overlap_base_init(&base);
    assert_int_equal(wp_overlap_base_set(&base, letters(&ta, a, width_a)), WP_OK);
    assert_int_equal(
        wp_overlap_compare(&base, letters(&tb, b, width_b), WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o), WP_OK);
    wp_overlap_base_release(&base);
    return o;
}

static void test_equal_texts(void **state) {
    (void)state;
    struct wp_overlap o = compare("abcdefgh", 5, "abcdefgh", 5);
    assert_int_equal(o.shared, 4);
    assert_int_equal(o.covered_a, 8);
    assert_int_equal(o.covered_b, 8);
    assert_int_equal(o.longest_run, 8);
    assert_true(wp_overlap_jaccard(&o) == 1.0);
    assert_true(wp_overlap_containment(&o) == 1.0);
    assert_true(wp_overlap_coverage(&o) == 1.0);
}

static void test_a_passage_inside(void **state) {
    (void)state;
    /* cdefgh is shared: shingles cdefg and defgh; a has 8, b has 4 */
    struct wp_overlap o = compare("abcdefghijkl", 5, "xcdefghy", 5);
    assert_int_equal(o.distinct_a, 8);
    assert_int_equal(o.distinct_b, 4);
    assert_int_equal(o.shared, 2);
    assert_int_equal(o.covered_a, 6);
    assert_int_equal(o.covered_b, 6);
    assert_int_equal(o.longest_run, 6);
    assert_true(wp_overlap_jaccard(&o) == 0.2);
    assert_true(wp_overlap_containment(&o) == 0.5);
    assert_true(wp_overlap_coverage(&o) == 0.75);
    assert_true(wp_overlap_coverage_a(&o) == 0.5);
}

static void test_repeats_count_once_as_shingles_and_each_time_as_text(void **state) {
    (void)state;
    /* abc stands three times in a */
    struct wp_overlap o = compare("abc1abc2abc", 3, "9abc9", 3);
    assert_int_equal(o.distinct_a, 7); /* abc bc1 c1a 1ab bc2 c2a 2ab */
    assert_int_equal(o.shared, 1);
    assert_int_equal(o.covered_a, 9);
    assert_int_equal(o.covered_b, 3);
    assert_int_equal(o.longest_run, 3);
}

static void test_run_is_found_at_a_later_repeat(void **state) {
    (void)state;
    struct wp_overlap o = compare("abcdXabcdeYabcdef", 3, "--abcdef", 3);
    assert_int_equal(o.longest_run, 6);
}

static void test_moved_passages_are_covered_but_no_run(void **state) {
    (void)state;
    struct wp_overlap o = compare("abcdef123456", 3, "123456abcdef", 3);
    assert_int_equal(o.covered_a, 12);
    assert_int_equal(o.covered_b, 12);
    assert_int_equal(o.longest_run, 6);
    assert_int_equal(o.shared, 8);
}

static void test_short_and_empty_texts(void **state) {
    (void)state;
    static const char *const pairs[][2] = {{"", ""}, {"abcd", "abcd"}, {"", "abcdefgh"}, {"abcdefgh", ""}};
    for (size_t i = 0; i < 4; i++) {
        struct wp_overlap o = compare(pairs[i][0], 5, pairs[i][1], 5);
        assert_int_equal(o.shared, 0);
        assert_int_equal(o.longest_run, 0);
        assert_true(wp_overlap_jaccard(&o) == 0.0);
        assert_true(wp_overlap_containment(&o) == 0.0);
        assert_true(wp_overlap_coverage(&o) == 0.0);
        assert_int_equal(o.tokens_a, strlen(pairs[i][0]));
        assert_int_equal(o.tokens_b, strlen(pairs[i][1]));
    }
}

static void test_other_width_shares_nothing(void **state) {
    (void)state;
    struct wp_overlap o = compare("abcdefghij", 5, "abcdefghij", 8);
    assert_int_equal(o.shared, 0);
    assert_int_equal(o.covered_a, 0);
    assert_int_equal(o.distinct_a, 6);
    assert_int_equal(o.distinct_b, 3);
}

static void test_coverage_of_equal_lengths_takes_no_side(void **state) {
    (void)state;
    struct wp_overlap o = compare("abcabcabc---", 3, "abc456789012", 3);
    struct wp_overlap r = compare("abc456789012", 3, "abcabcabc---", 3);
    assert_int_equal(o.covered_a, 9);
    assert_int_equal(o.covered_b, 3);
    assert_true(wp_overlap_coverage(&o) == 0.25);
    assert_true(wp_overlap_coverage(&r) == 0.25);
}

static void test_refusals(void **state) {
    (void)state;
    struct wp_overlap_base base;
    struct wp_overlap o;
    uint64_t shingle = 1;
    wp_overlap_base_init(&base);
    struct wp_stream no_width = {&shingle, 1, 5, 0, 0, NULL}, bad_count = {&shingle, 2, 5, 5, 0, NULL};
    struct wp_stream wide = {&shingle, 1, 65, 65, 0, NULL};
    struct wp_stream big = {&shingle, UINT32_MAX - 4, UINT32_MAX, 5, 0, NULL};
    assert_int_equal(wp_overlap_base_set(&base, &no_width), WP_EINVAL);
    assert_int_equal(wp_overlap_base_set(&base, &bad_count), WP_EINVAL);
    assert_int_equal(wp_overlap_base_set(&base, &wide), WP_EINVAL);
    assert_int_equal(wp_overlap_base_set(&base, &big), WP_ETOOBIG);
    assert_int_equal(wp_overlap_compare(&base, &big, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o), WP_ETOOBIG);
    assert_int_equal(wp_overlap_compare(&base, &bad_count, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o),
                     WP_EINVAL);
    wp_overlap_base_release(&base);
}

static void test_scratch_is_used_again(void **state) {
    (void)state;
    struct text a, b;
    struct wp_overlap_base base;
    struct wp_overlap o;
    wp_overlap_base_init(&base);
    assert_int_equal(wp_overlap_base_set(&base, letters(&a, "the quick brown fox jumps over the dog", 5)),
                     WP_OK);
    assert_int_equal(wp_overlap_compare(&base, letters(&b, "the quick brown fox", 5),
                                        WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o),
                     WP_OK);
    assert_int_equal(o.longest_run, 19);
    uint32_t *heads = base.heads, *first = base.first;
    assert_int_equal(wp_overlap_base_set(&base, letters(&a, "something short", 5)), WP_OK);
    assert_ptr_equal(base.heads, heads);
    assert_ptr_equal(base.first, first);
    assert_int_equal(wp_overlap_compare(&base, letters(&b, "the quick brown fox", 5),
                                        WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o),
                     WP_OK);
    assert_int_equal(o.shared, 0); /* nothing of the first base is left */
    assert_int_equal(wp_overlap_base_find(&base, wp_hash64("short", 5)), 10);
    assert_int_equal(wp_overlap_base_find(&base, wp_hash64("quick", 5)), WP_OVERLAP_NONE);
    wp_overlap_base_release(&base);
}

/* A text of one word said 20,000 times would be 4e8 pairs of equal positions. */
static void test_run_search_is_bounded(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    uint64_t *shingles = wp_zalloc(COUNT, sizeof *shingles);
    struct wp_stream s = {shingles, COUNT, COUNT + 4, 5, 0, NULL};
    struct wp_overlap_base base;
    struct wp_overlap o;
    wp_overlap_base_init(&base);
    assert_int_equal(wp_overlap_base_set(&base, &s), WP_OK);
    assert_int_equal(wp_overlap_compare(&base, &s, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o), WP_OK);
    assert_int_equal(o.shared, 1);
    assert_int_equal(o.covered_a, COUNT + 4);
    assert_int_equal(o.longest_run, COUNT + 4);
    wp_overlap_base_release(&base);
    wp_free(shingles);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_texts),
        cmocka_unit_test(test_a_passage_inside),
        cmocka_unit_test(test_repeats_count_once_as_shingles_and_each_time_as_text),
        cmocka_unit_test(test_run_is_found_at_a_later_repeat),
        cmocka_unit_test(test_moved_passages_are_covered_but_no_run),
        cmocka_unit_test(test_short_and_empty_texts),
        cmocka_unit_test(test_other_width_shares_nothing),
        cmocka_unit_test(test_coverage_of_equal_lengths_takes_no_side),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_scratch_is_used_again),
        cmocka_unit_test(test_run_search_is_bounded),
    };
    return cmocka_run_group_tests_name("overlap", tests, NULL, NULL);
}
