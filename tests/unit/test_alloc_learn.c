/*
 * test_alloc_learn.c - furniture, stories and texts read again when memory runs out at every possible place:
 * a clean status, everything released, and right answers where it went well in spite of it.
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
#include "engine/reread.h"
#include "story/agreement.h"
#include "support/fail_alloc.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

static int agree(void *context) {
    (void)context;
    const struct wp_edge edges[] = {{0, 1, 500, 0}, {0, 2, 500, 1}, {1, 2, -200, 2}, {2, 3, -10, 3}};
    struct wp_graph g;
    uint32_t story[4];
    enum wp_status status = wp_graph_init(&g, 4, edges, 4);
    if (status == WP_OK) status = wp_agree(&g, 500, -200, story);
    if (status == WP_OK) assert_true(story[0] == 0 && story[1] == 0 && story[2] == 0 && story[3] == 3);
    wp_graph_release(&g);
    return status;
}

static int furniture(void *context) {
    (void)context;
    struct wp_furniture f;
    uint64_t added = 0;
    enum wp_status status = wp_furniture_init(&f);
    for (uint64_t i = 0; i < 5000 && status == WP_OK; i++) {
        status = wp_furniture_add(&f, 3, i * 77);
        added += status == WP_OK;
    }
    assert_int_equal(f.count, added); /* and what was taken in before is there */
    for (uint64_t i = 0; i < added; i++) assert_true(wp_furniture_has(&f, 3, i * 77));
    wp_furniture_release(&f);
    return status;
}

static void sets_and_stories(void **state) {
    (void)state;
    assert_true(fail_alloc_each(agree, NULL, &plan) > 4);
    assert_true(fail_alloc_each(furniture, NULL, &plan) > 3);
}

/* ---- a run: an outlet with a banner of 40 words above its eight stories, the last of which another has ----
 */

enum { ARTICLES = 9, DATA_BYTES = 20000 };

static char path[] = "wp_alloc_learn.XXXXXX";
static const char *const files[] = {path};
static char data[DATA_BYTES + WP_RECORD_PADDING];
static bool reads_again;
static const char *threads;

static void words(const char *vocabulary, unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; i++) sprintf(data + strlen(data), "%s%u ", vocabulary, i);
}

static void make_data(void) {
    for (unsigned i = 0; i < ARTICLES; i++) {
        sprintf(data + strlen(data), "{\"source\":\"%s\",\"title\":\"headline%u happens%u\",\"text\":\"",
                i < 8 ? "Daily" : "Post", i, i);
        if (i < 8) words("banner", 0, 40);
        words("story", 100 * (i < 8 ? i : 7), 60);
        sprintf(data + strlen(data), "headline%u\"}\n", i);
    }
    assert_true(strlen(data) < DATA_BYTES);
}

static enum wp_status harvest_all(struct wp_harvest *h, struct wp_error *err) {
    struct wp_origin origin = {.data = reads_again ? (const uint8_t *)data : NULL};
    uint32_t lines = 0;
    wp_harvest_begin(h, &origin);
    for (const char *at = data, *end; *at; at = end + 1) {
        end = strchr(at, '\n');
        WP_TRY(wp_harvest_line(h, (const uint8_t *)at, (size_t)(end - at), lines++, err));
    }
    WP_TRY(wp_harvest_end(h, lines, err));
    return wp_harvest_finish(h, err);
}

static int whole_run(void) {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_harvest *h = NULL;
    struct wp_error err = {0};
    wp_settings_init(&settings);
    assert_int_equal(wp_settings_set(&settings, "threads", threads, NULL), WP_OK);
    enum wp_status status = wp_run_init(&run, &settings, files, 1, &err);
    if (status != WP_OK) return status;
    if (reads_again) run.streams.ram_limit_bytes = 0; /* nothing is kept aside in memory */
    status = wp_harvest_new(&h, &run, &err);
    if (status == WP_OK) status = harvest_all(h, &err);
    if (status == WP_OK) status = wp_run_finish(&run, &err);
    if (status == WP_OK) {
        assert_int_equal(run.counts.furniture_shingles, 36);
        assert_int_equal(run.stories.count, 1);
        assert_int_equal(run.stories.items[0].size, 2);
        assert_int_equal(run.stories.members[0].rank, 7);
    } else {
        assert_int_equal(err.status, status);
    }
    wp_harvest_free(h);
    wp_run_release(&run);
    return status;
}

/* As in test_alloc_engine.c: one by one at first, then ever fewer, since most are chunks of stores. */
static void fail_each(void) {
    alarm(100); /* waiting for ever would be a failure, too */
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long n = 0;; n += n < 500 ? 1 : 1 + n / 60) {
            if (all_after)
                fail_alloc_arm_from(n);
            else
                fail_alloc_arm(n);
            int status = whole_run();
            if (!fail_alloc_disarm()) {
                assert_int_equal(status, WP_OK);
                break;
            }
            if (status != WP_OK && status != WP_ENOMEM) print_message("allocation %ld: %d\n", n, status);
            assert_true(status == WP_OK || status == WP_ENOMEM);
        }
    }
    alarm(0);
}

static void runs(void **state) {
    (void)state;
    static const char *const how_many[] = {"1", "3"};
    for (int i = 0; i < 4; i++) {
        threads = how_many[i / 2];
        reads_again = i % 2;
        fail_each();
    }
}

static int set_up(void **state) {
    (void)state;
    int fd = mkstemp(path);
    make_data();
    return fd < 0 || write(fd, data, strlen(data)) != (ssize_t)strlen(data) || close(fd);
}

static int tear_down(void **state) {
    (void)state;
    return remove(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets_and_stories), cmocka_unit_test(runs)};
    return cmocka_run_group_tests_name("alloc_learn", tests, set_up, tear_down);
}
