/* test_relation.c - rules by words, each threshold from both sides, gains, symmetry, estimates near the
 * exact answer. */
#include "match/relation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct wp_pair_facts strangers = {0}, one_owner = {.same_owner = true};

/* a has 100 tokens, b has `tokens_b`; so many of each are covered. */
static struct wp_overlap overlap(uint32_t covered_a, uint32_t covered_b, uint32_t tokens_b, uint32_t run) {
    return (struct wp_overlap){.tokens_a = 100,
                               .tokens_b = tokens_b,
                               .covered_a = covered_a,
                               .covered_b = covered_b,
                               .distinct_a = 96,
                               .distinct_b = tokens_b - 4,
                               .width = 5,
                               .longest_run = run};
}

static struct wp_overlap swapped(struct wp_overlap o) {
    return (struct wp_overlap){.tokens_a = o.tokens_b,
                               .tokens_b = o.tokens_a,
                               .covered_a = o.covered_b,
                               .covered_b = o.covered_a,
                               .distinct_a = o.distinct_b,
                               .distinct_b = o.distinct_a,
                               .shared = o.shared,
                               .width = o.width,
                               .longest_run = o.longest_run};
}

static struct wp_rule rule_of(const char *text) {
    struct wp_rule rule;
    assert_int_equal(wp_rule_parse(text, &rule, NULL), WP_OK);
    return rule;
}

static void check_story(struct wp_overlap o, const struct wp_pair_facts *facts, enum wp_relation expected) {
    struct wp_rule rule = rule_of("story");
    struct wp_overlap r = swapped(o);
    assert_string_equal(wp_relation_name(wp_relation_judge(&rule, &o, facts, NULL)),
                        wp_relation_name(expected));
    assert_string_equal(wp_relation_name(wp_relation_judge(&rule, &r, facts, NULL)),
                        wp_relation_name(expected));
}

/* What is none before the facts are known is none with any of them; what is not may be something. */
static void test_none_whatever_the_facts(void **state) {
    (void)state;
    struct wp_rule rule = rule_of("story");
    unsigned answers[2] = {0};
    for (uint32_t tokens = 8; tokens < 400; tokens += 7)
        for (uint32_t covered = 0; covered <= tokens; covered += 3)
            for (uint32_t run = 0; run <= covered; run += 5)
                for (int same_owner = 0; same_owner < 2; same_owner++) {
                    struct wp_overlap o = overlap(covered < 100 ? covered : 100, covered, tokens, run);
                    struct wp_pair_facts kindest = {.same_owner = same_owner};
                    bool none = wp_relation_is_none(&rule, &o, same_owner, false);
                    bool judged = wp_relation_judge(&rule, &o, &kindest, NULL) == WP_RELATION_NONE;
                    if (none) assert_true(judged);
                    if (!none && tokens >= WP_STORY_SHORT) assert_false(judged);
                    answers[none]++;
                }
    assert_true(answers[false] && answers[true]);
}

static void test_none_is_not_said_too_soon(void **state) {
    (void)state;
    struct wp_overlap nothing = overlap(0, 0, 100, 0);
    struct wp_rule story = rule_of("story"), jaccard = rule_of("jaccard:0.5"), simhash = rule_of("simhash:3");
    assert_true(wp_relation_is_none(&story, &nothing, false, false));
    assert_false(wp_relation_is_none(&story, &nothing, false, true)); /* exact copies, all of it furniture */
    assert_false(wp_relation_is_none(&jaccard, &nothing, false, false));
    assert_false(wp_relation_is_none(&simhash, &nothing, false, false));
}

static void test_rules_by_words(void **state) {
    (void)state;
    static const char *const good[] = {"story",          "exact",     "jaccard:0.5", "jaccard:1",
                                       "jaccard:0.0625", "simhash:0", "simhash:128"};
    static const char *const bad[] = {
        "",           "stories",      "jaccard",     "jaccard:",   "jaccard:0",   "jaccard:1.1",
        "jaccard:-1", "jaccard:0.5x", "jaccard:nan", "jaccard: 1", "simhash:129", "simhash:3.5",
        "simhash:-1", "simhash:",     "exact:"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct wp_rule rule;
        char text[64];
        assert_int_equal(wp_rule_parse(good[i], &rule, NULL), WP_OK);
        assert_string_equal(wp_rule_text(&rule, text, sizeof text), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct wp_rule rule = {.match = WP_MATCH_SIMHASH, .distance = 77};
        struct wp_error err;
        assert_int_equal(wp_rule_parse(bad[i], &rule, &err), WP_EINVAL);
        assert_true(err.reason[0] != '\0');
        assert_int_equal(rule.distance, 77);
    }
}

static void test_story_thresholds(void **state) {
    (void)state;
    /* equal lengths: only the shorter's coverage counts */
    check_story(overlap(57, 57, 100, 20), &strangers, WP_RELATION_COPY);
    check_story(overlap(56, 57, 100, 20), &strangers, WP_RELATION_EXCERPT);
    /* a fifth of the longer text, whoever owns them */
    check_story(overlap(57, 60, 300, 20), &strangers, WP_RELATION_COPY);
    check_story(overlap(57, 60, 300, 20), &one_owner, WP_RELATION_COPY);
    check_story(overlap(57, 59, 300, 20), &strangers, WP_RELATION_EXCERPT);
    check_story(overlap(56, 60, 300, 20), &strangers, WP_RELATION_EXCERPT);
    /* a tenth */
    check_story(overlap(75, 70, 700, 20), &strangers, WP_RELATION_COPY);
    check_story(overlap(74, 70, 700, 20), &strangers, WP_RELATION_EXCERPT);
    check_story(overlap(75, 69, 700, 20), &strangers, WP_RELATION_EXCERPT);
    /* less */
    check_story(overlap(90, 90, 3000, 90), &strangers, WP_RELATION_COPY);
    check_story(overlap(89, 89, 3000, 89), &strangers, WP_RELATION_EXCERPT);
}

/* Two texts of so many words, of which so many are covered in both. */
static struct wp_overlap alike(uint32_t covered, uint32_t tokens) {
    return (struct wp_overlap){
        .tokens_a = tokens, .tokens_b = tokens, .covered_a = covered, .covered_b = covered, .width = 5};
}

/* From 0.57 at 60 words to 0.90 at 12: half way, 0.735. */
static void test_short_texts_need_more(void **state) {
    (void)state;
    check_story(alike(35, 60), &strangers, WP_RELATION_COPY);
    check_story(alike(34, 60), &strangers, WP_RELATION_EXCERPT);
    check_story(alike(34, 59), &strangers, WP_RELATION_EXCERPT); /* more than 0.57, less than 0.577 */
    check_story(alike(35, 59), &strangers, WP_RELATION_COPY);
    check_story(alike(27, 36), &strangers, WP_RELATION_COPY);
    check_story(alike(26, 36), &strangers, WP_RELATION_EXCERPT);
    check_story(alike(11, 12), &strangers, WP_RELATION_COPY);
    check_story(alike(10, 12), &strangers, WP_RELATION_NONE);
}

static void check_form(struct wp_overlap o, unsigned least, unsigned common, int64_t hours,
                       enum wp_relation expected) {
    struct wp_pair_facts facts = {.figures = {least, common}, .seconds_apart = hours * 3600};
    check_story(o, &facts, expected);
}

/* Texts that are the same but for figures. */
static void test_forms(void **state) {
    (void)state;
    struct wp_overlap long_text = alike(480, 500), short_text = alike(96, 100);
    check_form(long_text, 2, 0, 0, WP_RELATION_COPY);
    check_form(long_text, 3, 0, 0, WP_RELATION_EXCERPT);
    check_form(long_text, 3, 1, 0, WP_RELATION_COPY);
    check_form(long_text, 8, 3, 0, WP_RELATION_EXCERPT);
    check_form(long_text, 8, 4, 0, WP_RELATION_COPY);
    check_form(short_text, 2, 0, 18, WP_RELATION_COPY);
    check_form(short_text, 0, 0, 19, WP_RELATION_COPY);
    check_form(short_text, 1, 0, 19, WP_RELATION_EXCERPT);
    check_form(short_text, 5, 3, 19, WP_RELATION_EXCERPT);
    check_form(short_text, 5, 4, 19, WP_RELATION_COPY);
    check_form(alike(195, 200), 1, 0, 19, WP_RELATION_COPY); /* no short text any more */
    check_form(alike(195, 199), 1, 0, 19, WP_RELATION_EXCERPT);
    /* a table: every tenth word is a figure */
    check_form(alike(98, 100), 10, 7, 0, WP_RELATION_EXCERPT);
    check_form(alike(98, 100), 10, 8, 0, WP_RELATION_COPY);
    check_form(alike(99, 101), 10, 5, 0, WP_RELATION_COPY);
    check_form(alike(99, 101), 10, 4, 0, WP_RELATION_EXCERPT);
    /* a few lines must have one in common in any case */
    check_form(alike(58, 59), 1, 0, 0, WP_RELATION_EXCERPT);
    check_form(alike(58, 59), 1, 1, 0, WP_RELATION_COPY);
    check_form(alike(58, 59), 0, 0, 0, WP_RELATION_COPY);
    check_form(alike(59, 60), 1, 0, 0, WP_RELATION_COPY);
}

static void test_short_texts_of_another_week(void **state) {
    (void)state;
    check_form(alike(79, 100), 0, 0, 7 * 24, WP_RELATION_COPY);
    check_form(alike(79, 100), 0, 0, 7 * 24 + 1, WP_RELATION_EXCERPT);
    check_form(alike(80, 100), 0, 0, 7 * 24 + 1, WP_RELATION_COPY);
    check_form(alike(115, 200), 0, 0, 700, WP_RELATION_COPY);
}

static int gain_of(struct wp_overlap o, const struct wp_pair_facts *facts) {
    struct wp_rule story = rule_of("story");
    int gain = 12345;
    enum wp_relation relation = wp_relation_judge(&story, &o, facts, &gain);
    bool copy = relation == WP_RELATION_COPY || relation == WP_RELATION_EXACT;
    assert_int_equal(copy, gain > 0);
    assert_in_range(gain - WP_GAIN_MIN, 0, WP_GAIN_MAX - WP_GAIN_MIN);
    return gain;
}

/* From WP_GAIN_MIN at WP_GAIN_RAMP below what makes a copy to WP_GAIN_MAX as far above. */
static void test_gains(void **state) {
    (void)state;
    int before = WP_GAIN_MIN;
    for (uint32_t covered = 0; covered <= 1000; covered++) {
        int gain = gain_of(alike(covered, 1000), &strangers);
        if (covered < 480) assert_int_equal(gain, WP_GAIN_MIN);
        if (covered > 660) assert_int_equal(gain, WP_GAIN_MAX);
        assert_true(gain >= before);
        before = gain;
    }
    assert_true(abs(gain_of(alike(615, 1000), &strangers) - WP_GAIN_MAX / 2) <= 2);
    assert_true(abs(gain_of(alike(525, 1000), &strangers) - WP_GAIN_MIN / 2) <= 2);
    struct wp_pair_facts form = {.figures = {9, 0}}, same = {.same_tokens = true};
    assert_int_equal(gain_of(alike(990, 1000), &form), WP_GAIN_MIN);
    assert_int_equal(gain_of(alike(8, 8), &same), WP_GAIN_MAX);
    assert_int_equal(gain_of(alike(8, 8), &strangers), WP_GAIN_MIN); /* too short to be compared */
}

static void test_excerpts(void **state) {
    (void)state;
    check_story(overlap(30, 30, 100, 0), &strangers, WP_RELATION_EXCERPT);
    check_story(overlap(29, 29, 100, 29), &strangers, WP_RELATION_NONE);
    /* a long passage of two long texts */
    struct wp_overlap o = {.tokens_a = 1000, .tokens_b = 1000, .covered_a = 30, .covered_b = 30, .width = 5};
    o.longest_run = 30;
    check_story(o, &strangers, WP_RELATION_EXCERPT);
    check_story(o, &one_owner, WP_RELATION_NONE); /* what an outlet repeats is its furniture ... */
    check_story(overlap(30, 30, 100, 30), &one_owner,
                WP_RELATION_EXCERPT); /* ... unless it is much of the text */
    o.longest_run = 29;
    check_story(o, &strangers, WP_RELATION_NONE);
    /* a stock phrase in a very short text */
    struct wp_overlap s = {.tokens_a = 30, .tokens_b = 30, .covered_a = 14, .covered_b = 14, .width = 5};
    check_story(s, &strangers, WP_RELATION_NONE);
    s.covered_a = s.covered_b = 15;
    check_story(s, &strangers, WP_RELATION_EXCERPT);
    /* of eight-character shingles a passage is longer */
    struct wp_overlap c = {.tokens_a = 900, .tokens_b = 900, .covered_a = 47, .covered_b = 47, .width = 8};
    c.longest_run = 47;
    check_story(c, &strangers, WP_RELATION_NONE);
    c.longest_run = 48;
    check_story(c, &strangers, WP_RELATION_EXCERPT);
}

static void test_very_short_texts_match_exactly_or_not(void **state) {
    (void)state;
    struct wp_overlap o = {.tokens_a = 11, .tokens_b = 11, .covered_a = 11, .covered_b = 11, .width = 5};
    check_story(o, &strangers, WP_RELATION_NONE);
    o.tokens_a = o.tokens_b = o.covered_a = o.covered_b = 12;
    check_story(o, &strangers, WP_RELATION_COPY);
    struct wp_pair_facts same = {.same_tokens = true};
    o.tokens_a = o.tokens_b = 3;
    check_story(o, &same, WP_RELATION_EXACT);
}

static void test_nothing_shared(void **state) {
    (void)state;
    struct wp_overlap empty = {.width = 5};
    check_story(empty, &strangers, WP_RELATION_NONE);
    check_story(overlap(0, 0, 500, 0), &one_owner, WP_RELATION_NONE);
}

static void test_set_rules(void **state) {
    (void)state;
    struct wp_rule jaccard = rule_of("jaccard:0.5"), simhash = rule_of("simhash:7"), exact = rule_of("exact");
    struct wp_overlap half = {.shared = 50, .distinct_a = 75, .distinct_b = 75, .width = 5};
    struct wp_overlap less = {.shared = 50, .distinct_a = 75, .distinct_b = 76, .width = 5};
    assert_int_equal(wp_relation_judge(&jaccard, &half, &strangers, NULL), WP_RELATION_COPY);
    assert_int_equal(wp_relation_judge(&jaccard, &less, &strangers, NULL), WP_RELATION_NONE);
    struct wp_pair_facts near = {.simhash_distance = 7}, far = {.simhash_distance = 8};
    assert_int_equal(wp_relation_judge(&simhash, &less, &near, NULL), WP_RELATION_COPY);
    assert_int_equal(wp_relation_judge(&simhash, &half, &far, NULL), WP_RELATION_NONE);
    assert_int_equal(wp_relation_judge(&exact, &half, &strangers, NULL), WP_RELATION_NONE);
    struct wp_pair_facts same = {.same_tokens = true, .simhash_distance = 99};
    assert_int_equal(wp_relation_judge(&exact, &half, &same, NULL), WP_RELATION_EXACT);
    assert_int_equal(wp_relation_judge(&jaccard, &less, &same, NULL), WP_RELATION_EXACT);
    assert_int_equal(wp_relation_judge(&simhash, &less, &same, NULL), WP_RELATION_EXACT);
}

/* A pair of Jaccard T shares at least T times the smaller set; sampling may make that look four times less.
 */
static void test_may_match_never_drops_what_matches(void **state) {
    (void)state;
    struct wp_rule jaccard = rule_of("jaccard:0.5"), story = rule_of("story");
    assert_true(wp_rule_may_match(&jaccard, 50, 100, false));
    assert_true(wp_rule_may_match(&jaccard, 12.5, 100, true));
    assert_false(wp_rule_may_match(&jaccard, 12, 100, false));
    assert_true(wp_rule_may_match(&story, WP_STORY_SHARED, 10000, false)); /* a passage is enough ... */
    assert_true(wp_rule_may_match(&story, 24, 100, true)); /* ... and so is a part of a short text */
    assert_false(wp_rule_may_match(&story, 24, 10000, false));
    assert_false(wp_rule_may_match(&story, 100, 10000, true)); /* furniture */
    assert_int_equal(wp_rule_wants(&story), WP_OVERLAP_RUN);
    assert_int_equal(wp_rule_wants(&jaccard), WP_OVERLAP_DISTINCT);
}

/* What a pair shares is reckoned by the article of which more is sampled the less: 4 meetings stand for 48
 * shingles where one in twelve is, for 4 where all are. */
static void test_meetings_stand_for_shingles(void **state) {
    (void)state;
    struct wp_rule story = rule_of("story");
    struct wp_sampled whole = {1200, 100, 1200}, own = {1200, 100, 100}, small = {16, 16, 16};
    assert_true(wp_rule_may_match_sampled(&story, &whole, &whole, 4, false));
    assert_false(wp_rule_may_match_sampled(&story, &whole, &whole, 3, false));
    assert_false(wp_rule_may_match_sampled(&story, &whole, &whole, 4, true)); /* 15 % of 1200 are 180 */
    assert_true(wp_rule_may_match_sampled(&story, &whole, &own, 2, true));
    assert_true(wp_rule_may_match_sampled(&story, &own, &whole, 2, true));
    assert_false(wp_rule_may_match_sampled(&story, &whole, &own, 1, true));
    assert_true(wp_rule_may_match_sampled(&story, &small, &small, 3, false));
    assert_false(wp_rule_may_match_sampled(&story, &small, &small, 2, false));
}

static void test_estimates(void **state) {
    (void)state;
    struct wp_rule story = rule_of("story"), jaccard = rule_of("jaccard:0.25");
    int gain = 0;
    /* 96 shared of 96 and 396: J = 96/396 */
    struct wp_estimate e = {.jaccard = 96.0 / 396, .shingles_a = 96, .shingles_b = 396};
    assert_int_equal(wp_relation_estimate(&story, &e, &strangers, &gain), WP_RELATION_COPY);
    assert_float_equal(e.containment, 1, 1e-9);
    assert_float_equal(e.coverage, 1, 1e-9);
    assert_int_equal(gain, WP_GAIN_MAX);
    assert_float_equal(e.coverage_longer, 96.0 / 396, 1e-9);
    /* more than can be: an estimate above the ratio of the sizes */
    e = (struct wp_estimate){.jaccard = 0.5, .shingles_a = 96, .shingles_b = 396};
    (void)wp_relation_estimate(&story, &e, &strangers, &gain);
    assert_true(e.containment == 1);
    e = (struct wp_estimate){.jaccard = 0, .shingles_a = 96, .shingles_b = 0};
    assert_int_equal(wp_relation_estimate(&story, &e, &strangers, &gain), WP_RELATION_NONE);
    assert_int_equal(gain, WP_GAIN_MIN);
    assert_true(e.coverage == 0 && e.containment == 0);
    /* 200 and 200 shingles, J 0.2: 66.7 shared, a third: an excerpt; J 0.02: nothing */
    e = (struct wp_estimate){.jaccard = 0.2, .shingles_a = 200, .shingles_b = 200};
    assert_int_equal(wp_relation_estimate(&story, &e, &strangers, &gain), WP_RELATION_EXCERPT);
    assert_float_equal(e.containment, 1.0 / 3, 1e-9);
    e.jaccard = 0.02;
    assert_int_equal(wp_relation_estimate(&story, &e, &strangers, &gain), WP_RELATION_NONE);
    e.jaccard = 0.26;
    assert_int_equal(wp_relation_estimate(&jaccard, &e, &strangers, &gain), WP_RELATION_COPY);
}

/* A hundred shingles each, half of them furniture, 60 in both. Within one owner 50 of these are furniture and
 * 10 of 50 are left; of two owners the furniture is none that both have. A set rule speaks of all. */
static void test_estimates_without_furniture(void **state) {
    (void)state;
    struct wp_rule story = rule_of("story"), jaccard = rule_of("jaccard:0.4");
    const struct wp_estimate half = {
        .jaccard = 60.0 / 140, .shingles_a = 100, .shingles_b = 100, .furniture_a = 50, .furniture_b = 50};
    struct wp_estimate e = half;
    int gain;
    assert_int_equal(wp_relation_estimate(&story, &e, &one_owner, &gain), WP_RELATION_NONE);
    assert_float_equal(e.containment, 0.2, 1e-9);
    assert_float_equal(e.jaccard, 10.0 / 90, 1e-9);
    e = half;
    assert_int_equal(wp_relation_estimate(&story, &e, &strangers, &gain), WP_RELATION_COPY);
    assert_float_equal(e.containment, 1, 1e-9);
    e = half;
    assert_int_equal(wp_relation_estimate(&jaccard, &e, &one_owner, &gain), WP_RELATION_COPY);
    assert_int_equal(gain, WP_GAIN_MAX);
    assert_float_equal(e.jaccard, 60.0 / 140, 1e-9);
    e = half;
    e.furniture_a = e.furniture_b = 100; /* nothing is left */
    assert_int_equal(wp_relation_estimate(&story, &e, &one_owner, &gain), WP_RELATION_NONE);
    assert_true(e.jaccard == 0 && e.containment == 0 && e.coverage == 0);
}

static void test_reasons(void **state) {
    (void)state;
    char text[400];
    struct wp_rule story = rule_of("story"), jaccard = rule_of("jaccard:0.5");
    struct wp_overlap copy = overlap(61, 61, 200, 40), excerpt = overlap(40, 40, 200, 33);
    wp_relation_reason(&story, &copy, &strangers, text, sizeof text);
    assert_non_null(strstr(text, "61.0 %"));
    assert_non_null(strstr(text, "30.5 %"));
    assert_non_null(strstr(text, "at least 20 %"));
    assert_non_null(strstr(text, "57 %"));
    wp_relation_reason(&story, &excerpt, &strangers, text, sizeof text);
    assert_non_null(strstr(text, "33 words"));
    wp_relation_reason(&story, &excerpt, &one_owner, text, sizeof text);
    assert_null(strstr(text, "33 words"));
    assert_non_null(strstr(text, "from 30 % of the shorter text on it is an excerpt"));
    struct wp_overlap little = overlap(29, 29, 200, 29), form = overlap(95, 95, 100, 40);
    wp_relation_reason(&story, &little, &one_owner, text, sizeof text);
    assert_non_null(strstr(text, "an owner's repetitions are no excerpt"));
    struct wp_overlap few = alike(10, 12);
    wp_relation_reason(&story, &few, &one_owner, text, sizeof text);
    assert_null(strstr(text, "30 %")); /* it has 83 %, but too few words */
    assert_non_null(strstr(text, "enough in pieces"));
    const struct wp_pair_facts filled = {.figures = {6, 2}};
    wp_relation_reason(&story, &form, &filled, text, sizeof text);
    assert_non_null(strstr(text, "figures differ"));
    wp_relation_reason(&jaccard, &copy, &strangers, text, sizeof text);
    assert_non_null(strstr(text, "less than 0.5"));
    char small[10];
    wp_relation_reason(&story, &copy, &strangers, small, sizeof small);
    assert_true(strlen(small) == 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_by_words),
        cmocka_unit_test(test_none_whatever_the_facts),
        cmocka_unit_test(test_none_is_not_said_too_soon),
        cmocka_unit_test(test_story_thresholds),
        cmocka_unit_test(test_short_texts_need_more),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_short_texts_of_another_week),
        cmocka_unit_test(test_gains),
        cmocka_unit_test(test_excerpts),
        cmocka_unit_test(test_very_short_texts_match_exactly_or_not),
        cmocka_unit_test(test_nothing_shared),
        cmocka_unit_test(test_set_rules),
        cmocka_unit_test(test_may_match_never_drops_what_matches),
        cmocka_unit_test(test_meetings_stand_for_shingles),
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_estimates_without_furniture),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests_name("relation", tests, NULL, NULL);
}
