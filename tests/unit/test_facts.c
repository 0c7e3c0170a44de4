/* test_facts.c - what is known of two articles becomes what is known of the pair; what is seen of a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "engine/look.h"
#include "match/facts.h"

static struct wp_pair_facts pair_of(struct wp_article_facts a, struct wp_article_facts b) {
    struct wp_pair_facts one = wp_pair_facts_of(&a, &b), other = wp_pair_facts_of(&b, &a);
    assert_int_equal(one.same_owner, other.same_owner);
    assert_int_equal(one.same_tokens, other.same_tokens);
    assert_int_equal(one.figures.least, other.figures.least);
    assert_int_equal(one.figures.common, other.figures.common);
    assert_int_equal(one.seconds_apart, other.seconds_apart);
    assert_int_equal(one.simhash_distance, other.simhash_distance);
    return one;
}

static void owners_and_dates(void **state) {
    (void)state;
    struct wp_article_facts a = {.date = WP_DATE_UNKNOWN}, b = {.date = -100};
    assert_false(pair_of(a, b).same_owner); /* of neither it is known */
    assert_int_equal(pair_of(a, b).seconds_apart, 0);
    a.owner = 7;
    assert_false(pair_of(a, b).same_owner);
    b.owner = 7;
    a.date = 3500;
    assert_true(pair_of(a, b).same_owner);
    assert_int_equal(pair_of(a, b).seconds_apart, 3600);
    b.owner = 8;
    assert_false(pair_of(a, b).same_owner);
}

static void words(void **state) {
    (void)state;
    struct wp_article_facts a = {.exact = {1, 2}, .tokens = 9}, b = a;
    assert_true(pair_of(a, b).same_tokens);
    b.exact.high = 3;
    assert_false(pair_of(a, b).same_tokens);
    b = a;
    b.tokens = 8;
    assert_false(pair_of(a, b).same_tokens);
    a.tokens = b.tokens = 0; /* two texts without a word are not each other's copy */
    assert_false(pair_of(a, b).same_tokens);
}

static void figures_and_distance(void **state) {
    (void)state;
    const struct wp_figures f = {.lowest = {3, 5, 9}, .count = 3}, g = {.lowest = {5, 7, 9, 11}, .count = 4};
    const struct wp_hash128 x = {0, 0xff}, y = {1, 0};
    struct wp_article_facts a = {.figures = &f, .simhash = &x}, b = {.figures = NULL};
    assert_int_equal(pair_of(a, b).figures.least, 0);
    assert_int_equal(pair_of(a, b).simhash_distance, 0);
    b = (struct wp_article_facts){.figures = &g, .simhash = &y};
    assert_int_equal(pair_of(a, b).figures.least, 3);
    assert_int_equal(pair_of(a, b).figures.common, 2);
    assert_int_equal(pair_of(a, b).simhash_distance, 9);
}

static void a_look(void **state) {
    (void)state;
    static const char text[] = "LAGOS, April 5 (Reuters) - The bridge of 1969 will close for 12 weeks. (NAN)";
    struct wp_fingerprinter *printer;
    struct wp_agency_table *agencies;
    struct wp_fingerprint print;
    struct wp_look look;
    assert_int_equal(wp_fingerprinter_new(&printer), WP_OK);
    assert_int_equal(wp_agency_table_new(NULL, &agencies, NULL), WP_OK);
    struct wp_look_wants wants = {agencies, WP_FEATURE_SIMHASH};
    assert_int_equal(wp_look_take(printer, &wants, (const uint8_t *)text, strlen(text), &print, &look),
                     WP_OK);
    assert_int_equal(print.tokens, 14);
    assert_int_equal(print.features, WP_FEATURE_SIMHASH);
    assert_int_equal(look.wire.head, 4);
    assert_int_equal(look.wire.tail, 1);
    assert_int_equal(look.figures.count, 2); /* 1969 and 12; a single digit is none */
    size_t count;
    wp_fingerprinter_shingles(printer, &count); /* of the whole text, not of the lines that were looked at */
    assert_int_equal(count, 10);
    assert_int_equal(wp_fingerprinter_tokens(printer)->count, 14);

    wants.agencies = NULL; /* a set rule */
    assert_int_equal(wp_look_take(printer, &wants, (const uint8_t *)text, strlen(text), &print, &look),
                     WP_OK);
    assert_int_equal(print.tokens, 14);
    assert_int_equal(look.wire.head + look.wire.tail + look.wire.agency, 0);
    assert_int_equal(look.figures.count, 0);
    wp_agency_table_free(agencies);
    wp_fingerprinter_free(printer);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(owners_and_dates), cmocka_unit_test(words),
                                       cmocka_unit_test(figures_and_distance), cmocka_unit_test(a_look)};
    return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}
