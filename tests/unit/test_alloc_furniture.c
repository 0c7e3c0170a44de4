/*
 * test_alloc_furniture.c - reading the file of furniture, a run that uses it and writes the next one, and a
 * pair without its furniture, when memory runs out at every possible place: WP_ENOMEM, everything released,
 * and no file of half the furniture.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/harvest.h"
#include "report/explanation.h"
#include "report/furniture_file.h"
#include "support/fail_alloc.h"

#define KNOWN                                                                                                \
    "owner\tcount\tfirst_seen\tpassage\tspan\n"                                                              \
    "daily\t3\t\tclick here to read more from us\t5\n"
#define SIDEBAR "share this with friends on every network there is and sign up for the letter we send at noon"

enum { ARTICLES = 8 };
static const char *const files[] = {"alloc_in.jsonl"};
static char lines[ARTICLES][1000];
static bool again; /* lines are read by their place */

static void write_file(const char *name, const char *text) {
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state) {
    (void)state;
    char all[ARTICLES * 1000] = "";
    for (int a = 0; a < ARTICLES; a++) {
        char words[500] = "";
        for (int w = 0; w < 30; w++) sprintf(words + strlen(words), "w%cq%c ", 'a' + a, 'a' + w % 26);
        sprintf(lines[a], "{\"source\":\"daily\",\"title\":\"titl%ced\",\"text\":\"titl%ced %s" SIDEBAR "\"}",
                'a' + a, 'a' + a, words);
        strcat(strcat(all, lines[a]), "\n");
    }
    write_file(files[0], all);
    write_file("alloc_known.tsv", KNOWN);
    return 0;
}

/* Fails allocation n = 0, 1, 2 ... and then all from n on: the first ones one by one, then ever fewer. */
static void fail_each(int (*call)(void)) {
    alarm(100);
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long n = 0;; n += n < 250 ? 1 : 1 + n / 60) {
            all_after ? fail_alloc_arm_from(n) : fail_alloc_arm(n);
            int status = call();
            if (!fail_alloc_disarm()) {
                assert_int_equal(status, WP_OK);
                break;
            }
            assert_true(status == WP_OK || status == WP_ENOMEM);
        }
    }
    alarm(0);
}

static enum wp_status harvest(struct wp_run *run, struct wp_error *err) {
    static uint8_t all[sizeof lines + WP_RECORD_PADDING];
    struct wp_harvest *h;
    size_t at = 0;
    WP_TRY(wp_harvest_new(&h, run, err));
    wp_harvest_begin(h, &(struct wp_origin){.data = again ? all : NULL});
    enum wp_status status = WP_OK;
    for (uint32_t i = 0; i < ARTICLES && status == WP_OK; i++) {
        size_t len = strlen(lines[i]);
        memcpy(all + at, lines[i], len);
        status = wp_harvest_line(h, all + at, len, i, err);
        at += len + 1;
    }
    if (status == WP_OK) status = wp_harvest_end(h, ARTICLES, err);
    if (status == WP_OK) status = wp_harvest_finish(h, err);
    wp_harvest_free(h);
    return status;
}

static enum wp_status write_out(struct wp_run *run, struct wp_known *known, struct wp_error *err) {
    struct wp_furniture_file file = {.run = run, .known = known};
    struct wp_output out;
    WP_TRY(wp_output_open(&out, "alloc_out.tsv", err));
    enum wp_status status = wp_write_furniture(&file, &out, err);
    if (status == WP_OK) status = wp_output_commit(&out, err);
    wp_output_free(&out);
    if (status == WP_OK) assert_int_equal(file.passages, 2);
    return status;
}

static int whole_run(void) {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_known *known;
    struct wp_error err = {0};
    enum wp_status status = wp_known_new(&known);
    if (status != WP_OK) {
        assert_null(known);
        return status;
    }
    status = wp_known_read(known, "alloc_known.tsv", NULL, &err);
    wp_settings_init(&settings);
    settings.threads = 1;
    settings.known = known;
    settings.keeps_furniture = true;
    if (status == WP_OK) status = wp_run_init(&run, &settings, files, 1, &err);
    if (status == WP_OK) {
        status = harvest(&run, &err);
        if (status == WP_OK) status = wp_run_finish(&run, &err);
        if (status == WP_OK) status = write_out(&run, known, &err);
        wp_run_release(&run);
    }
    if (status != WP_OK) assert_int_equal(err.status, status); /* told, not only returned */
    if (status != WP_OK) assert_int_equal(access("alloc_out.tsv", F_OK), -1);
    remove("alloc_out.tsv");
    wp_known_free(known);
    return status;
}

static void test_run(void **state) {
    (void)state;
    again = true;
    fail_each(whole_run);
    again = false;
    fail_each(whole_run);
}

static int explain(void) {
    static const char a[] = "one two three four five six click here to read more from us";
    static const char b[] = "click here to read more from us one two three four five seven";
    struct wp_known *known = NULL;
    struct wp_furniture furniture = {0};
    struct wp_pair pair = {0};
    struct wp_buffer out = {0};
    struct wp_explanation x = {
        .pair = &pair, .a = {.name = "a"}, .b = {.name = "b"}, .furniture_known = true};
    uint32_t owner = wp_owner_number("daily", 5);
    const struct wp_pair_text text_a = {(const uint8_t *)a, sizeof a - 1, owner, WP_DATE_UNKNOWN};
    const struct wp_pair_text text_b = {(const uint8_t *)b, sizeof b - 1, owner, WP_DATE_UNKNOWN};
    const struct wp_pair_settings by = {.rule = {.match = WP_MATCH_STORY}, .furniture = &furniture};
    enum wp_status status = wp_known_new(&known);
    if (status == WP_OK) status = wp_known_read(known, "alloc_known.tsv", NULL, NULL);
    if (status == WP_OK) status = wp_furniture_init(&furniture);
    if (status == WP_OK) status = wp_known_add_to(known, &furniture);
    if (status == WP_OK) status = wp_pair_make(&pair, &text_a, &text_b, &by);
    if (status == WP_OK) status = wp_explanation_text(&x, &out);
    if (status == WP_OK) status = wp_explanation_json(&x, &out);
    wp_pair_release(&pair);
    wp_buffer_release(&out);
    wp_furniture_release(&furniture);
    wp_known_free(known);
    return status;
}

static void test_explain(void **state) {
    (void)state;
    fail_each(explain);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_run), cmocka_unit_test(test_explain)};
    return cmocka_run_group_tests_name("alloc_furniture", tests, set_up, NULL);
}
