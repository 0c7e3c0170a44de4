/*
 * test_furniture_pair.c - a pair without its furniture: whose it is taken out of, what counts then, and how
 * it is shown.
 */
#include "report/explanation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "engine/known.h"
#include "report/marked_text.h"

static struct wp_furniture furniture;
static struct wp_pair pair;
static struct wp_buffer out;
static uint32_t daily, post;

static void add(struct wp_known *k, const char *owner, const char *text) {
    struct wp_known_passage p = {
        .owner = owner, .owner_len = owner ? strlen(owner) : 0, .text = text, .text_len = strlen(text)};
    assert_int_equal(wp_known_add(k, &p), WP_OK);
}

static int set_up(void **state) {
    (void)state;
    struct wp_known *k;
    assert_int_equal(wp_known_new(&k), WP_OK);
    add(k, "daily", "share this on every network");
    add(k, "post", "two three four five six seven");
    add(k, NULL, "please enable scripts to go on");
    assert_int_equal(wp_furniture_init(&furniture), WP_OK);
    assert_int_equal(wp_known_add_to(k, &furniture), WP_OK);
    wp_known_free(k);
    daily = wp_owner_number("daily", 5);
    post = wp_owner_number("post", 4);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    wp_furniture_release(&furniture);
    wp_buffer_release(&out);
    return 0;
}

static void make(const char *a, uint32_t owner_a, const char *b, uint32_t owner_b) {
    struct wp_pair_text x = {(const uint8_t *)a, strlen(a), owner_a, WP_DATE_UNKNOWN};
    struct wp_pair_text y = {(const uint8_t *)b, strlen(b), owner_b, 1600000000};
    struct wp_pair_settings by = {.rule = {.match = WP_MATCH_STORY}, .furniture = &furniture};
    assert_int_equal(wp_pair_make(&pair, &x, &y, &by), WP_OK);
}

static const char *text_of(enum wp_status status) {
    assert_int_equal(status, WP_OK);
    assert_int_equal(wp_buffer_add(&out, "", 1), WP_OK);
    return (const char *)out.data;
}

static const char *marked(bool side_a, bool color) {
    struct wp_marking m = {color, SIZE_MAX};
    out.len = 0;
    return text_of(wp_marked_text(&pair, side_a, &m, &out));
}

static void test_it_does_not_count(void **state) {
    (void)state;
    static const char a[] = "one two three four five. Share this on every network!";
    static const char b[] =
        "Share this, on every network. One two three four five, six; please enable scripts to go on";
    make(a, daily, b, daily);
    const struct wp_overlap *o = &pair.overlap;
    assert_true(pair.facts.same_owner);
    assert_int_equal(o->tokens_a, 5);
    assert_int_equal(o->tokens_b, 6);
    assert_int_equal(o->covered_a, 5);
    assert_int_equal(o->covered_b, 5);
    assert_int_equal(o->shared, 1);
    assert_int_equal(pair.passages.count, 1);
    assert_string_equal(marked(true, false),
                        "[[1: one two three four five]]. {{Share this on every network}}!");
    assert_string_equal(marked(false, false),
                        "{{Share this, on every network}}. [[1: One two three four five]], "
                        "six; {{please enable scripts to go on}}");
    assert_string_equal(marked(true, true), "\033[1;32m[1]\033[0;32mone two three four five\033[0m. "
                                            "\033[2mShare this on every network\033[0m!");
    wp_pair_release(&pair);
}

/* Only of the owner whose it is; of an article without an owner what is furniture of all. */
static void test_whose_it_is(void **state) {
    (void)state;
    static const char a[] = "share this on every network", b[] = "please enable scripts to go on";
    make(a, daily, b, 0);
    assert_false(pair.facts.same_owner);
    assert_int_equal(pair.overlap.tokens_a, 0);
    assert_int_equal(pair.overlap.tokens_b, 0);
    wp_pair_release(&pair);
    make(a, post, b, post);
    assert_int_equal(pair.overlap.tokens_a, 5);
    assert_int_equal(pair.overlap.tokens_b, 0);
    wp_pair_release(&pair);
    make(a, 0, b, 0);
    assert_false(pair.facts.same_owner);
    assert_string_equal(marked(true, false), a);
    wp_pair_release(&pair);
}

/* A passage that reaches into furniture is cut by it. What is furniture on one side only is not shared. */
static void test_passages_are_cut(void **state) {
    (void)state;
    make("zero one two three four five six seven eight nine ten eleven", post,
         "zero one two three four five six seven eight nine ten eleven", daily);
    assert_string_equal(marked(true, false), "[[1: zero one]] {{two three four five six seven}} "
                                             "[[2: eight nine ten eleven]]");
    assert_string_equal(marked(false, false), "[[1: zero one two three four five]] "
                                              "[[2: six seven eight nine ten eleven]]");
    assert_int_equal(pair.overlap.covered_a, 6);
    assert_int_equal(pair.overlap.tokens_a, 6);
    assert_int_equal(pair.overlap.covered_b, 12);
    wp_pair_release(&pair);
}

static void test_told(void **state) {
    (void)state;
    static const char a[] = "one two three four five. Share this on every network!";
    struct wp_explanation x = {
        .pair = &pair, .a = {"a", "daily", NULL, WP_DATE_UNKNOWN}, .b = {"b", "daily", NULL, 1600000000}};
    make(a, daily, a, daily);
    out.len = 0;
    const char *text = text_of(wp_explanation_text(&x, &out));
    assert_non_null(strstr(text, "\nNot known here: what is furniture (see --furniture), the date of A.\n"));
    x.furniture_known = true;
    out.len = 0;
    text = text_of(wp_explanation_text(&x, &out));
    assert_non_null(strstr(text, "\nNot known here: the date of A.\n"));
    assert_non_null(
        strstr(text, "\ndo not count                5          5   words of furniture and agency lines\n"));
    out.len = 0;
    text = text_of(wp_explanation_json(&x, &out));
    assert_non_null(strstr(text, "\"words\":10,\"own_words\":5,\"shared_words\":5}"));
    assert_non_null(strstr(text, ",\"furniture_a\":[[25,52]],\"furniture_b\":[[25,52]],\"passages\":[{"));
    assert_non_null(strstr(text, ",\"not_known\":[\"date_a\"],"));
    assert_non_null(strstr(text, "\"date\":null"));
    assert_non_null(strstr(text, "\"date\":\"2020-09-13T12:26:40Z\""));
    x.a.date = 0;
    out.len = 0;
    assert_null(strstr(text_of(wp_explanation_text(&x, &out)), "Not known here"));
    wp_pair_release(&pair);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_it_does_not_count),
                                       cmocka_unit_test(test_whose_it_is),
                                       cmocka_unit_test(test_passages_are_cut), cmocka_unit_test(test_told)};
    return cmocka_run_group_tests_name("furniture_pair", tests, set_up, tear_down);
}
