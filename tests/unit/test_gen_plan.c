/* test_gen_plan.c - which articles are asked for, and when: counted over a whole plan. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gen/plan.h"

#define N 100000

static struct wp_gen_order *orders;
static struct wp_gen_plan_settings settings = {.articles = N, .seed = 3, .outlets = 60, .duplicates = 200000};

static int set_up(void **state) {
    struct wp_gen_plan *plan;
    struct wp_error err;
    (void)state;
    settings.mix = wp_gen_mix_default;
    orders = calloc(N, sizeof *orders);
    if (!orders || wp_gen_plan_new(&plan, &settings, &err) != WP_OK) return 1;
    for (size_t i = 0; i < N; i++)
        if (wp_gen_plan_next(plan, &orders[i]) != WP_OK) return 1;
    struct wp_gen_order more;
    bool ended = wp_gen_plan_next(plan, &more) == WP_END;
    wp_gen_plan_free(plan);
    return !ended;
}

static int tear_down(void **state) {
    (void)state;
    free(orders);
    return 0;
}

static const struct wp_gen_node *self(size_t i) {
    return &orders[i].line[orders[i].depth - 1];
}

static void numbers_run_without_gaps_and_time_goes_on(void **state) {
    (void)state;
    for (size_t i = 0; i < N; i++) {
        const struct wp_gen_node *n = self(i);
        assert_in_range(orders[i].depth, 1, WP_GEN_LINE_MAX);
        assert_int_equal(n->number, i + 1);
        assert_in_range(n->outlet, 0, 59);
        assert_in_range(n->seconds, 0, 86399);
        if (i) assert_true(n->day > self(i - 1)->day || n->seconds >= self(i - 1)->seconds);
    }
}

/* Ancestors come before, are what their own order says, and belong to the same story. */
static void lines_are_those_of_the_parents(void **state) {
    (void)state;
    for (size_t i = 0; i < N; i++)
        for (uint32_t d = 0; d + 1 < orders[i].depth; d++) {
            const struct wp_gen_node *n = &orders[i].line[d];
            assert_true(n->number < i + 1);
            const struct wp_gen_order *o = &orders[n->number - 1];
            assert_int_equal(o->depth, d + 1);
            assert_memory_equal(&o->line[d], n, sizeof *n);
            assert_int_not_equal(n->kind, WP_GEN_EXACT);
            if (self(i)->kind != WP_GEN_EXCERPT) assert_int_equal(o->story, orders[i].story);
        }
}

static void copies_keep_the_rules_of_their_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < N; i++) {
        if (orders[i].depth < 2) continue;
        const struct wp_gen_node *n = self(i), *parent = &orders[i].line[orders[i].depth - 2];
        if (n->kind == WP_GEN_UPDATE) assert_int_equal(n->outlet, parent->outlet);
        if (n->kind == WP_GEN_REPRINT) assert_int_not_equal(n->outlet, parent->outlet);
        if (n->kind == WP_GEN_EXCERPT) {
            assert_int_equal(orders[i].story, 0);
            assert_int_equal(orders[i].link, parent->number);
        }
    }
}

static void shares_are_what_was_asked(void **state) {
    uint32_t kinds[WP_GEN_BANNER + 1] = {0}, *size = calloc(N + 1, sizeof *size), members = 0, pairs = 0,
                                   stories = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        kinds[self(i)->kind]++;
        size[orders[i].story]++;
    }
    for (size_t s = 1; s <= N; s++) {
        if (size[s] < 2) continue;
        stories++;
        members += size[s];
        pairs += size[s] == 2;
    }
    assert_in_range(members, N * 18 / 100, N * 22 / 100);
    assert_in_range(pairs, stories * 66 / 100, stories * 80 / 100);
    assert_in_range(kinds[WP_GEN_EXCERPT], N * 17 / 1000, N * 23 / 1000);
    assert_in_range(kinds[WP_GEN_TEMPLATE], N * 13 / 1000, N * 17 / 1000);
    assert_in_range(kinds[WP_GEN_BACKGROUND], N * 18 / 1000, N * 22 / 1000);
    assert_in_range(kinds[WP_GEN_ROUNDUP], N * 4 / 1000, N * 6 / 1000);
    assert_in_range(kinds[WP_GEN_BANNER], N * 3 / 1000, N * 5 / 1000);
    uint32_t copies = kinds[WP_GEN_EXACT] + kinds[WP_GEN_UPDATE] + kinds[WP_GEN_REPRINT];
    assert_in_range(kinds[WP_GEN_EXACT] * 100, copies * 22, copies * 28);
    free(size);
}

/* 70 % of the copies come on the day of the first, 95 % by the next; late ones may be missing at the end. */
static void copies_come_soon(void **state) {
    uint32_t same = 0, next = 0, all = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        if (!orders[i].story || orders[i].depth < 2) continue;
        uint32_t days = self(i)->day - orders[i].line[0].day;
        assert_in_range(days, 0, 5);
        same += days == 0;
        next += days <= 1;
        all++;
    }
    assert_in_range(same * 100, all * 67, all * 73);
    assert_in_range(next * 100, all * 93, all * 97);
}

static void the_last_member_is_told(void **state) {
    uint8_t *closed = calloc(N + 1, 1);
    (void)state;
    for (size_t i = 0; i < N; i++) {
        if (!orders[i].story) continue;
        assert_int_equal(closed[orders[i].story], 0);
        if (orders[i].last_of_story) closed[orders[i].story] = 1;
    }
    free(closed);
}

static void impossible_shares_are_refused(void **state) {
    struct wp_gen_plan_settings s = settings;
    struct wp_gen_plan *plan;
    struct wp_error err;
    (void)state;
    s.mix.share[WP_GEN_MIX_EXCERPT] = 600000;
    s.mix.share[WP_GEN_MIX_BANNER] = 600000;
    assert_int_equal(wp_gen_plan_new(&plan, &s, &err), WP_EINVAL);
    assert_null(plan);
    wp_gen_plan_free(NULL);
}

static void extremes_work(void **state) {
    static const struct {
        uint64_t articles;
        uint32_t outlets, duplicates;
    } cases[] = {{1, 1, 200000}, {500, 1, 900000}, {3000, 2, 0}, {3000, 5000, 950000}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct wp_gen_plan_settings s = {cases[c].articles, 1, cases[c].outlets, cases[c].duplicates, {{0}}};
        struct wp_gen_plan *plan;
        struct wp_gen_order o;
        struct wp_error err;
        uint64_t n = 0;
        assert_int_equal(wp_gen_plan_new(&plan, &s, &err), WP_OK);
        while (wp_gen_plan_next(plan, &o) == WP_OK) {
            n++;
            if (!cases[c].duplicates) assert_int_equal(o.story, 0);
        }
        assert_int_equal(n, cases[c].articles);
        wp_gen_plan_free(plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_run_without_gaps_and_time_goes_on),
        cmocka_unit_test(lines_are_those_of_the_parents),
        cmocka_unit_test(copies_keep_the_rules_of_their_kind),
        cmocka_unit_test(shares_are_what_was_asked),
        cmocka_unit_test(copies_come_soon),
        cmocka_unit_test(the_last_member_is_told),
        cmocka_unit_test(impossible_shares_are_refused),
        cmocka_unit_test(extremes_work),
    };
    return cmocka_run_group_tests_name("gen_plan", tests, set_up, tear_down);
}
