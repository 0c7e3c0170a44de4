/*
 * test_passages.c - passages are what they say (the same words on both sides), mark exactly the covered
 * tokens, and are as long as can be.
 */
#include "base/hash.h"
#include "report/passages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define MAX_TOKENS 300

struct text {
    uint32_t words[MAX_TOKENS];
    uint64_t shingles[MAX_TOKENS];
    struct wp_stream stream;
};

static void make_stream(struct text *t, uint32_t tokens, uint32_t width) {
    t->stream = (struct wp_stream){.shingles = t->shingles,
                                   .count = tokens < width ? 0 : tokens - width + 1,
                                   .tokens = tokens,
                                   .width = width};
    for (uint32_t i = 0; i < t->stream.count; i++)
        t->shingles[i] = wp_hash64(t->words + i, width * sizeof *t->words);
}

static void letters(struct text *t, const char *text, uint32_t width) {
    uint32_t n = (uint32_t)strlen(text);
    for (uint32_t i = 0; i < n; i++) t->words[i] = (uint32_t)text[i];
    make_stream(t, n, width);
}

static void check_letters(const char *a, const char *b, const struct wp_token_passage *expected,
                          size_t count) {
    static struct text ta, tb;
    struct wp_token_passages p;
    letters(&ta, a, 3);
    letters(&tb, b, 3);
    assert_int_equal(wp_token_passages_find(&p, &ta.stream, &tb.stream), WP_OK);
    assert_int_equal(p.count, count);
    for (size_t i = 0; i < count; i++) assert_memory_equal(&p.items[i], &expected[i], sizeof *expected);
    wp_token_passages_release(&p);
}

static void test_by_hand(void **state) {
    (void)state;
    check_letters("abcdef", "abcdef", (struct wp_token_passage[]){{0, 0, 6}}, 1);
    check_letters("xxabcdefyy", "12345abcdef", (struct wp_token_passage[]){{2, 5, 6}}, 1);
    /* two passages, moved */
    check_letters("abcdef-123456", "123456.abcdef", (struct wp_token_passage[]){{0, 7, 6}, {7, 0, 6}}, 2);
    /* said twice in a: the second is a passage of its own */
    check_letters("abcd-abcd", "__abcd__", (struct wp_token_passage[]){{0, 2, 4}, {5, 2, 4}}, 2);
    /* the longer of two places */
    check_letters("abcd-abcdef", "abcdef", (struct wp_token_passage[]){{0, 0, 4}, {5, 0, 6}}, 2);
    /* said twice in b */
    check_letters("__abcd__", "abcd-abcd", (struct wp_token_passage[]){{2, 0, 4}, {2, 5, 4}}, 2);
    /* passages that touch have tokens of b in common */
    check_letters("abcd1cdef", "abcdef", (struct wp_token_passage[]){{0, 0, 4}, {5, 2, 4}}, 2);
    check_letters("abcdef", "ghijkl", NULL, 0);
    check_letters("ab", "ab", NULL, 0);
    check_letters("", "", NULL, 0);
}

static void test_other_width(void **state) {
    (void)state;
    static struct text a, b;
    struct wp_token_passages p;
    letters(&a, "abcdefghijkl", 5);
    letters(&b, "abcdefghijkl", 8);
    assert_int_equal(wp_token_passages_find(&p, &a.stream, &b.stream), WP_OK);
    assert_int_equal(p.count, 0);
    wp_token_passages_release(&p);
}

static uint64_t seed = 5;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((seed >> 32) * n) >> 32);
}

static void check_random(const struct text *a, const struct text *b) {
    uint8_t in_a[MAX_TOKENS] = {0}, in_b[MAX_TOKENS] = {0};
    struct wp_token_passages p;
    struct wp_overlap_base base;
    struct wp_overlap o;
    uint32_t covered_a = 0, covered_b = 0;
    assert_int_equal(wp_token_passages_find(&p, &a->stream, &b->stream), WP_OK);
    for (size_t k = 0; k < p.count; k++) {
        const struct wp_token_passage *q = &p.items[k];
        assert_true(q->tokens > 0);
        assert_true(q->a + q->tokens <= a->stream.tokens && q->b + q->tokens <= b->stream.tokens);
        assert_memory_equal(a->words + q->a, b->words + q->b, q->tokens * sizeof *a->words);
        memset(in_a + q->a, 1, q->tokens);
        memset(in_b + q->b, 1, q->tokens);
    }
    for (uint32_t i = 0; i < MAX_TOKENS; i++) covered_a += in_a[i], covered_b += in_b[i];
    wp_overlap_base_init(&base);
    assert_int_equal(wp_overlap_base_set(&base, &a->stream), WP_OK);
    assert_int_equal(wp_overlap_compare(&base, &b->stream, 0, &o), WP_OK);
    assert_int_equal(covered_a, o.covered_a);
    assert_int_equal(covered_b, o.covered_b);
    wp_overlap_base_release(&base);
    wp_token_passages_release(&p);
}

static void test_marks_are_the_covered_tokens(void **state) {
    (void)state;
    static const uint32_t alphabets[] = {1, 2, 4, 30, 100000};
    static struct text a, b;
    for (int round = 0; round < 1500; round++) {
        uint32_t na = random_below(MAX_TOKENS + 1), nb = random_below(MAX_TOKENS + 1),
                 width = 1 + random_below(8);
        uint32_t alphabet = alphabets[random_below(5)];
        for (uint32_t i = 0; i < na; i++) a.words[i] = random_below(alphabet);
        for (uint32_t i = 0; i < nb; i++) b.words[i] = random_below(alphabet);
        for (uint32_t k = random_below(6); k-- > 0 && na && nb;) {
            uint32_t i = random_below(na), j = random_below(nb);
            for (uint32_t len = random_below(80); len-- > 0 && i < na && j < nb;) b.words[j++] = a.words[i++];
        }
        make_stream(&a, na, width);
        make_stream(&b, nb, width);
        check_random(&a, &b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_other_width),
        cmocka_unit_test(test_marks_are_the_covered_tokens),
    };
    return cmocka_run_group_tests_name("passages", tests, NULL, NULL);
}
