/* test_compare.c - the public comparison calls: figures worked out by hand, passages as bytes of the
 * originals. */
#include "match/relation.h"
#include "wireprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct wp_comparison compare(const char *a, const char *b, const char *match) {
    struct wp_comparison c = {.size = sizeof c, .match = match};
    assert_int_equal(wp_compare(a, strlen(a), b, strlen(b), &c, NULL), WP_OK);
    return c;
}

static void assert_near(double value, double expected) {
    assert_true(value - expected < 1e-12 && expected - value < 1e-12);
}

/* 14 words, the last 10 are the first 10 of the other's 12, in other dress: 6 shared shingles of 10 + 8 - 6.
 */
static const char left[] = "Our man in Lagos: the bridge over the old river will \"close\" on Monday.";
static const char right[] = "The BRIDGE over the old river\nwill close on Monday, he said";

static void test_figures(void **state) {
    (void)state;
    struct wp_comparison c = compare(left, right, NULL);
    assert_string_equal(c.relation, "none"); /* of twelve words 90 % would be a copy */
    assert_int_equal(c.tokens_a, 14);
    assert_int_equal(c.tokens_b, 12);
    assert_int_equal(c.longest_run, 10);
    assert_near(c.coverage_a, 10.0 / 14);
    assert_near(c.coverage_b, 10.0 / 12);
    assert_near(c.coverage, 10.0 / 12);
    assert_near(c.jaccard, 6.0 / 12);
    assert_near(c.containment, 6.0 / 8);
}

static void test_rules(void **state) {
    (void)state;
    assert_string_equal(
        compare(left, "Our man in Lagos: the bridge over the old river will close on Monday, he said.", NULL)
            .relation,
        "copy");
    assert_string_equal(compare(left, right, "jaccard:0.5").relation, "copy");
    assert_string_equal(compare(left, right, "jaccard:0.51").relation, "none");
    assert_string_equal(compare(left, right, "exact").relation, "none");
    assert_string_equal(compare("Same words, all of them!", "same Words all of them", "exact").relation,
                        "exact");
    assert_string_equal(compare("same words all of them", "same words all of us", NULL).relation, "none");
    assert_string_equal(compare("", "", NULL).relation, "none");
    assert_string_equal(compare(left, "", NULL).relation, "none");
    struct wp_comparison c = {.size = sizeof c, .match = "nonsense"};
    struct wp_error err;
    assert_int_equal(wp_compare(left, 5, right, 5, &c, &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "nonsense"));
    c = (struct wp_comparison){.size = sizeof c - 1};
    assert_int_equal(wp_compare(left, 5, right, 5, &c, &err), WP_EINVAL);
}

/* Thirty words with three figures; two texts of other figures are one form. */
#define FORM(a, b, c)                                                                                        \
    "The bank bought the dollar at " a " and sold it at " b " at the close of trading in the capital, "      \
    "where some " c " dealers had their stalls open until the evening came."

/* What the caller knows of the pair is read, and so is what the texts themselves tell. */
static void test_facts(void **state) {
    (void)state;
    assert_string_equal(
        compare(FORM("411", "415", "120"), FORM("411", "415", "120") " He said.", NULL).relation, "copy");
    assert_string_equal(compare(FORM("411", "415", "120"), FORM("398", "402", "133"), NULL).relation,
                        "excerpt");
    assert_string_equal(compare(FORM("411", "415", "120"), FORM("398", "402", "133"), "jaccard:0.2").relation,
                        "copy");

    /* 50 words of 70: a copy, but not of another week */
    char a[400] = "", b[400] = "";
    for (unsigned i = 0; i < 70; i++) {
        snprintf(a + strlen(a), 5, "%c%c%c ", 'a' + i / 10, 'a' + i % 10, 'a');
        snprintf(b + strlen(b), 5, "%c%c%c ", 'a' + i / 10, 'a' + i % 10, i < 50 ? 'a' : 'b');
    }
    struct wp_comparison c = {.size = sizeof c, .seconds_apart = WP_STORY_LATE_SECONDS};
    assert_int_equal(wp_compare(a, strlen(a), b, strlen(b), &c, NULL), WP_OK);
    assert_string_equal(c.relation, "copy");
    c.seconds_apart++;
    assert_int_equal(wp_compare(a, strlen(a), b, strlen(b), &c, NULL), WP_OK);
    assert_string_equal(c.relation, "excerpt");
    c.size = offsetof(struct wp_comparison, seconds_apart); /* of a program that knows of no such field */
    assert_int_equal(wp_compare(a, strlen(a), b, strlen(b), &c, NULL), WP_OK);
    assert_string_equal(c.relation, "copy");
}

static void test_agency_lines(void **state) {
    (void)state;
    static const char with[] =
        "LAGOS, April 5 (Reuters) - The bridge over the old river will close on Monday.";
    static const char without[] = "the bridge over the old river will close on Monday";
    struct wp_comparison c = compare(with, without, NULL);
    assert_int_equal(c.tokens_a, 10);
    assert_int_equal(c.tokens_b, 10);
    assert_near(c.coverage_a, 1);
    assert_near(c.jaccard, 0.6);               /* four shingles reach over the dash */
    c = compare(with, without, "jaccard:0.5"); /* a set rule speaks of all words */
    assert_int_equal(c.tokens_a, 14);
    assert_near(c.jaccard, 0.6);
    assert_near(compare(with, with, NULL).jaccard, 1);
}

static void check_passage(const char *a, const char *b, const char *in_a, const char *in_b, uint32_t tokens) {
    wp_passages *p;
    struct wp_passage q;
    assert_int_equal(wp_passages_new(a, strlen(a), b, strlen(b), &p), WP_OK);
    assert_int_equal(wp_passages_count(p), 1);
    assert_int_equal(wp_passages_get(p, 0, &q), WP_OK);
    assert_int_equal(wp_passages_get(p, 1, &q), WP_EINVAL);
    assert_int_equal(q.end_a - q.begin_a, strlen(in_a));
    assert_memory_equal(a + q.begin_a, in_a, strlen(in_a));
    assert_int_equal(q.end_b - q.begin_b, strlen(in_b));
    assert_memory_equal(b + q.begin_b, in_b, strlen(in_b));
    assert_int_equal(q.tokens, tokens);
    wp_passages_free(p);
}

static void test_passages_are_bytes_of_the_originals(void **state) {
    (void)state;
    check_passage(left, right, "the bridge over the old river will \"close\" on Monday",
                  "The BRIDGE over the old river\nwill close on Monday", 10);
    /* folding changes lengths: sharp s, a ligature, an accent written as a mark */
    check_passage("x x \xe2\x80\x9cStra\xc3\x9f"
                  "e o\xef\xac\x83"
                  "ce caf\xc3\xa9 at noon\xe2\x80\x9d y",
                  "STRASSE office cafe\xcc\x81 at noon",
                  "Stra\xc3\x9f"
                  "e o\xef\xac\x83"
                  "ce caf\xc3\xa9 at noon",
                  "STRASSE office cafe\xcc\x81 at noon", 5);
    /* Chinese: a character is a word, eight make a shingle */
    check_passage(
        "\xe5\xa4\xa9\xe5\x9c\xb0\xe7\x8e\x84\xe9\xbb\x84\xe5\xae\x87\xe5\xae\x99\xe6\xb4\xaa\xe8\x8d\x92"
        "\xef\xbc\x8c",
        "\xe5\xa4\xa9\xe5\x9c\xb0\xe7\x8e\x84\xe9\xbb\x84\xe3\x80\x82\xe5\xae\x87\xe5\xae\x99\xe6\xb4\xaa"
        "\xe8\x8d\x92\xe4\xba\x86",
        "\xe5\xa4\xa9\xe5\x9c\xb0\xe7\x8e\x84\xe9\xbb\x84\xe5\xae\x87\xe5\xae\x99\xe6\xb4\xaa\xe8\x8d\x92",
        "\xe5\xa4\xa9\xe5\x9c\xb0\xe7\x8e\x84\xe9\xbb\x84\xe3\x80\x82\xe5\xae\x87\xe5\xae\x99\xe6\xb4\xaa"
        "\xe8\x8d\x92",
        8);
}

static void test_nothing_shared(void **state) {
    (void)state;
    wp_passages *p;
    assert_int_equal(wp_passages_new("one", 3, "another text of six words here", 30, &p), WP_OK);
    assert_int_equal(wp_passages_count(p), 0);
    wp_passages_free(p);
    wp_passages_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_agency_lines),
        cmocka_unit_test(test_passages_are_bytes_of_the_originals),
        cmocka_unit_test(test_nothing_shared),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
