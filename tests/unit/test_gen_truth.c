/* test_gen_truth.c - stories are written when they are complete, one that stays alone never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gen/truth.h"

static struct wp_gen_order order(uint64_t number, uint64_t story, uint64_t of, bool last) {
    struct wp_gen_order o = {.depth = of ? 2 : 1, .story = story, .last_of_story = last};
    o.line[of ? 1 : 0].number = number;
    o.line[of ? 1 : 0].kind = of ? WP_GEN_REPRINT : WP_GEN_FRESH;
    if (of) o.line[0].number = of;
    return o;
}

static void read_file(const char *name, char *text, size_t cap) {
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    size_t len = fread(text, 1, cap - 1, f);
    text[len] = 0;
    fclose(f);
}

static void stories_links_and_banners(void **state) {
    static const char name[] = "test_gen_truth.tmp.jsonl";
    struct wp_gen_note none = {0}, note = {1u << WP_GEN_MIX_LEAD | 1u << WP_GEN_MIX_CUT, 350, 823};
    struct wp_gen_truth t = {0};
    struct wp_output out = {0};
    struct wp_error err;
    char text[4096];
    (void)state;
    assert_int_equal(wp_output_open(&out, name, &err), WP_OK);
    t.out = &out;
    struct wp_gen_order o[] = {order(1, 1, 0, false), order(2, 2, 0, false), order(3, 3, 0, false),
                               order(4, 2, 2, true),  order(5, 1, 1, false), order(6, 0, 0, false),
                               order(7, 0, 1, false), order(8, 0, 0, false), order(9, 1, 5, false)};
    o[5].line[0].kind = WP_GEN_ROUNDUP;
    o[5].passages = 2;
    o[5].passage[0].number = 3;
    o[5].passage[1].number = 12345678;
    o[6].line[1].kind = WP_GEN_EXCERPT;
    o[6].link = 1;
    o[7].line[0].kind = WP_GEN_BANNER;
    for (size_t i = 0; i < sizeof o / sizeof *o; i++)
        assert_int_equal(wp_gen_truth_add(&t, &o[i], o[i].depth > 1 ? &note : &none, &err), WP_OK);
    assert_int_equal(wp_gen_truth_end(&t, &err), WP_OK);
    assert_int_equal(wp_output_commit(&out, &err), WP_OK);
    assert_int_equal(t.counts.articles, 9);
    assert_int_equal(t.counts.stories, 2);
    assert_int_equal(t.counts.members, 5);
    assert_int_equal(t.counts.largest, 3);
    assert_int_equal(t.counts.kinds[WP_GEN_REPRINT], 3);
    wp_gen_truth_release(&t);
    read_file(name, text, sizeof text);
    unlink(name);
    /* as TRUTH.md says */
    assert_string_equal(
        text,
        "{\"story\":\"s000002\",\"members\":[{\"id\":\"g0000002\",\"change\":[]},{\"id\":\"g0000004\",\"of\":"
        "\"g0000002\",\"change\":[\"lead\",\"cut:0.350\"],\"kept\":0.823}]}\n"
        "{\"link\":\"roundup\",\"a\":\"g0000006\",\"b\":\"g0000003\"}\n"
        "{\"link\":\"roundup\",\"a\":\"g0000006\",\"b\":\"g12345678\"}\n"
        "{\"link\":\"excerpt\",\"a\":\"g0000007\",\"b\":\"g0000001\",\"kept\":0.823}\n"
        "{\"banner\":\"g0000008\"}\n"
        "{\"story\":\"s000001\",\"members\":[{\"id\":\"g0000001\",\"change\":[]},{\"id\":\"g0000005\",\"of\":"
        "\"g0000001\",\"change\":[\"lead\",\"cut:0.350\"],\"kept\":0.823},{\"id\":\"g0000009\",\"of\":"
        "\"g0000005\",\"change\":[\"lead\",\"cut:0.350\"],\"kept\":0.823}]}\n");
}

/* Far more open stories than there is room for at first, closed in another order. */
static void many_stories_stay_open(void **state) {
    struct wp_gen_truth t = {0};
    struct wp_gen_note note = {0};
    struct wp_error err;
    (void)state;
    for (uint64_t i = 1; i <= 5000; i++) {
        struct wp_gen_order o = order(i, i, 0, false);
        assert_int_equal(wp_gen_truth_add(&t, &o, &note, &err), WP_OK);
    }
    for (uint64_t i = 1; i <= 5000; i++) {
        uint64_t story = 1 + i * 7 % 5000;
        struct wp_gen_order o = order(5000 + i, story, story, true);
        assert_int_equal(wp_gen_truth_add(&t, &o, &note, &err), WP_OK);
    }
    assert_int_equal(wp_gen_truth_end(&t, &err), WP_OK);
    assert_int_equal(t.counts.stories, 5000);
    assert_int_equal(t.counts.members, 10000);
    wp_gen_truth_release(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stories_links_and_banners),
        cmocka_unit_test(many_stories_stay_open),
    };
    return cmocka_run_group_tests_name("gen_truth", tests, NULL, NULL);
}
