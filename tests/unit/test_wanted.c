/*
 * test_wanted.c - the list of --keep source:LIST: how names are cut and read, places, names that no article
 * goes by, and groups of owners.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/harvest.h"
#include "engine/wanted.h"

static uint32_t number(const char *name) {
    return wp_owner_number(name, strlen(name));
}

static struct wp_wanted wanted_of(struct wp_settings *s, const char *keep) {
    struct wp_wanted w;
    assert_int_equal(wp_settings_set(s, "keep", keep, NULL), WP_OK);
    assert_int_equal(wp_wanted_read(&w, s), WP_OK);
    return w;
}

static void places(void **state) {
    (void)state;
    struct wp_settings s;
    wp_settings_init(&s);
    struct wp_wanted w = wanted_of(&s, "source: The Nation ,,https://www.punchng.com/x,punchng.com, ,CCTV");
    assert_int_equal(w.count, 3);
    assert_int_equal(wp_wanted_place(&w, number("the nation")), 0);
    assert_int_equal(wp_wanted_place(&w, number("punchng.com")), 1);
    assert_int_equal(wp_wanted_place(&w, number("cctv")), 2);
    assert_int_equal(wp_wanted_place(&w, number("nobody")), UINT32_MAX);
    assert_int_equal(wp_wanted_place(&w, 0), UINT32_MAX); /* who has no owner */
    assert_int_equal(w.items[0].len, strlen("The Nation"));
    assert_memory_equal(w.items[0].name, "The Nation", w.items[0].len);
    wp_wanted_release(&w);
    w = wanted_of(&s, "earliest"); /* the list before is forgotten */
    assert_int_equal(w.count, 0);
    wp_wanted_release(&w);
}

static void groups(void **state) {
    (void)state;
    char name[] = "wp_wanted.XXXXXX";
    struct wp_settings s;
    struct wp_owner_groups *g;
    int fd = mkstemp(name);
    assert_true(fd >= 0 && write(fd, "a b\nc\n", 6) == 6 && close(fd) == 0);
    assert_int_equal(wp_owner_groups_read(&g, name, NULL), WP_OK);
    wp_settings_init(&s);
    s.owner_groups = g;
    struct wp_wanted w = wanted_of(&s, "source:c,B,a");
    assert_int_equal(w.count, 2);
    assert_int_equal(wp_wanted_place(&w, number("a")), 1);
    assert_int_equal(wp_wanted_place(&w, number("b")), UINT32_MAX); /* nobody goes by that name any more */
    wp_wanted_release(&w);
    wp_owner_groups_free(g);
    remove(name);
}

static void missing(void **state) {
    (void)state;
    static const char *const sources[] = {"Daily", "", "Post", "Daily"}, *const files[] = {"in"};
    struct wp_settings s;
    struct wp_run run;
    struct wp_harvest *h;
    struct wp_names names = {0};
    wp_settings_init(&s);
    struct wp_wanted w = wanted_of(&s, "source:Nobody,post,daily,none,NOBODY");
    assert_int_equal(wp_run_init(&run, &s, files, 1, NULL), WP_OK);
    assert_int_equal(wp_harvest_new(&h, &run, NULL), WP_OK);
    wp_harvest_begin(h, &(struct wp_origin){0});
    for (uint32_t i = 0; i < 4; i++) {
        struct wp_record r = {.text = (const uint8_t *)"",
                              .source = (const uint8_t *)sources[i],
                              .source_len = strlen(sources[i])};
        assert_int_equal(wp_harvest_add(h, &r, i, NULL), WP_OK);
    }
    assert_int_equal(wp_harvest_end(h, 4, NULL), WP_OK);
    assert_int_equal(wp_harvest_finish(h, NULL), WP_OK);
    assert_int_equal(wp_order_settle(&run.order), WP_OK);
    assert_int_equal(wp_wanted_missing(&w, &run, &names, NULL), WP_OK);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], "Nobody");
    assert_string_equal(names.items[1], "none");
    wp_names_release(&names);
    wp_wanted_release(&w);
    wp_harvest_free(h);
    wp_run_release(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(groups),
                                       cmocka_unit_test(missing)};
    return cmocka_run_group_tests_name("wanted", tests, NULL, NULL);
}
