/* test_gen_outlet.c - dates, names, gaps, furniture and templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "gen/expand.h"
#include "gen/outlet.h"
#include "gen/template.h"

/* Days since 1 January 2024, against the C library's calendar. */
static void dates_are_the_calendars(void **state) {
    (void)state;
    for (uint32_t day = 0; day < 20000; day += 13) {
        time_t seconds = (time_t)1704067200 + (time_t)day * 86400;
        struct tm tm;
        struct wp_gen_date d = wp_gen_date_of(day);
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_equal(d.year, tm.tm_year + 1900);
        assert_int_equal(d.month, tm.tm_mon + 1);
        assert_int_equal(d.day, tm.tm_mday);
    }
}

static void outlets_have_names_of_their_own(void **state) {
    enum { N = 900 };
    static struct wp_gen_outlet o[N];
    (void)state;
    for (uint32_t i = 0; i < N; i++) {
        o[i] = wp_gen_outlet_make(1, i);
        size_t len = strlen(o[i].domain);
        assert_in_range(strlen(o[i].name), 5, sizeof o[i].name - 1);
        assert_true(len > 8 && strcmp(o[i].domain + len - 8, ".example") == 0);
        assert_int_equal(strspn(o[i].domain, "abcdefghijklmnopqrstuvwxyz0123456789."), len);
        for (uint32_t j = 0; j < i; j++) assert_string_not_equal(o[i].domain, o[j].domain);
    }
    wp_gen_outlet_make(UINT64_MAX, WP_GEN_OUTLETS_MAX - 1);
}

static void sisters_share_their_furniture(void **state) {
    struct wp_gen_outlet a = wp_gen_outlet_make(9, 4), b = wp_gen_outlet_make(9, 5),
                         c = wp_gen_outlet_make(9, 6);
    (void)state;
    assert_memory_equal(a.wording, b.wording, sizeof a.wording);
    assert_memory_equal(a.share, b.share, sizeof a.share);
    assert_memory_not_equal(a.share, c.share, sizeof a.share);
    assert_string_not_equal(a.name, b.name);
}

static enum wp_status fill(void *self, char letter, struct wp_buffer *out) {
    (void)self;
    return letter == 'x' ? wp_gen_put(out, "<>") : wp_gen_put(out, "?");
}

static void gaps_are_filled(void **state) {
    struct wp_gen_gaps gaps = {fill, NULL};
    struct wp_buffer b = {0};
    (void)state;
    assert_int_equal(wp_gen_expand("a {x} b{x}{y}", &gaps, &b), WP_OK);
    assert_int_equal(wp_gen_put_number(&b, 7, 3), WP_OK);
    assert_int_equal(wp_gen_put_number(&b, 0, 0), WP_OK);
    assert_int_equal(wp_gen_put_number(&b, UINT64_MAX, 0), WP_OK);
    assert_int_equal(wp_gen_expand("{", &gaps, &b), WP_OK);
    assert_int_equal(wp_buffer_add(&b, "", 1), WP_OK);
    assert_string_equal((char *)b.data, "a <> b<>?007018446744073709551615");
    wp_buffer_release(&b);
}

/* Every wording of every kind, and every template, has all its gaps filled. */
static void nothing_is_left_open(void **state) {
    struct wp_buffer b = {0};
    (void)state;
    for (uint32_t i = 0; i < 60; i++) {
        struct wp_gen_outlet o = wp_gen_outlet_make(2, i);
        struct wp_random r = wp_random_start(2, 2, i);
        struct wp_gen_scene scene = {&o, "title", 5, &r, 100};
        for (uint8_t wording = 0; wording <= 4; wording++)
            for (enum wp_gen_furniture kind = 0; kind < WP_GEN_FURNITURE_COUNT; kind++) {
                size_t before = b.len;
                o.wording[kind] = wording;
                assert_int_equal(wp_gen_outlet_furniture(&scene, kind, &b), WP_OK);
                assert_int_equal(b.len > before, wording > 0);
            }
        assert_int_equal(wp_gen_outlet_dateline(&scene, &b), WP_OK);
        assert_int_equal(wp_gen_outlet_tail(&scene, &b), WP_OK);
        assert_int_equal(wp_gen_outlet_caption(&scene, &b), WP_OK);
        assert_int_equal(wp_gen_outlet_banner(&scene, &b), WP_OK);
        assert_int_equal(wp_gen_template_title(&scene, i, &b), WP_OK);
        assert_int_equal(wp_gen_template_text(&scene, i, &b), WP_OK);
    }
    assert_null(memchr(b.data, '{', b.len));
    assert_null(memchr(b.data, '}', b.len));
    assert_null(memmem(b.data, b.len, " ?", 2));
    wp_buffer_release(&b);
}

/* Two issues of a template: most words are the same, the figures are not. */
static void templates_change_their_figures_only(void **state) {
    struct wp_gen_outlet o = wp_gen_outlet_make(2, 2);
    struct wp_buffer a = {0}, b = {0};
    (void)state;
    for (uint32_t which = 0; which < WP_GEN_TEMPLATES; which++) {
        struct wp_random ra = wp_random_start(1, 1, 1), rb = wp_random_start(1, 1, 2);
        struct wp_gen_scene sa = {&o, NULL, 0, &ra, 50}, sb = {&o, NULL, 0, &rb, 57};
        a.len = b.len = 0;
        assert_int_equal(wp_gen_template_text(&sa, which, &a), WP_OK);
        assert_int_equal(wp_gen_template_text(&sb, which, &b), WP_OK);
        size_t words = 0, i = 0, j = 0;
        for (;; i++, j++) { /* letters in order, passing over the rest; "up" and "down" differ, too */
            while (i < a.len && !((a.data[i] | 32) >= 'a' && (a.data[i] | 32) <= 'z')) i++;
            while (j < b.len && !((b.data[j] | 32) >= 'a' && (b.data[j] | 32) <= 'z')) j++;
            if (i >= a.len || j >= b.len || a.data[i] != b.data[j]) break;
            words++;
        }
        assert_true(words > 20);
        assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
        assert_in_range(a.len, 500, 2500);
    }
    wp_buffer_release(&a);
    wp_buffer_release(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_the_calendars),
        cmocka_unit_test(outlets_have_names_of_their_own),
        cmocka_unit_test(sisters_share_their_furniture),
        cmocka_unit_test(gaps_are_filled),
        cmocka_unit_test(nothing_is_left_open),
        cmocka_unit_test(templates_change_their_figures_only),
    };
    return cmocka_run_group_tests_name("gen_outlet", tests, NULL, NULL);
}
