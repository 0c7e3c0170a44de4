/*
 * test_answers.c - stories.jsonl and matches.tsv of a small run, byte for byte; pairs between families of
 * copies for the set rules, up to their maximum; answers from sketches say so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/file.h"
#include "engine/harvest.h"
#include "report/answers.h"

static const char *const files[] = {"in.jsonl"};

struct fixture {
    struct wp_settings settings;
    struct wp_run run;
    char *text; /* of the answer written last */
};

static void run(struct fixture *f, const char *match, const char *verify, const char *const *lines,
                uint32_t count) {
    struct wp_harvest *h;
    char padded[4000];
    *f = (struct fixture){0};
    wp_settings_init(&f->settings);
    f->settings.threads = 2;
    assert_int_equal(wp_settings_set(&f->settings, "match", match, NULL), WP_OK);
    assert_int_equal(wp_settings_set(&f->settings, "verify", verify, NULL), WP_OK);
    assert_int_equal(wp_run_init(&f->run, &f->settings, files, 1, NULL), WP_OK);
    assert_int_equal(wp_harvest_new(&h, &f->run, NULL), WP_OK);
    wp_harvest_begin(h, &(struct wp_origin){0});
    for (uint32_t i = 0; i < count; i++) {
        memset(padded, 0, sizeof padded);
        strcpy(padded, lines[i]);
        assert_int_equal(wp_harvest_line(h, (uint8_t *)padded, strlen(padded), i, NULL), WP_OK);
    }
    assert_int_equal(wp_harvest_end(h, count, NULL), WP_OK);
    assert_int_equal(wp_harvest_finish(h, NULL), WP_OK);
    wp_harvest_free(h);
    struct wp_error err = {0};
    assert_int_equal(wp_run_finish(&f->run, &err), WP_OK);
}

static char *read_back(const char *name) {
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    char *text = calloc(1, 100000);
    assert_true(fread(text, 1, 99999, in) < 99999);
    fclose(in);
    return text;
}

static const char *stories(struct fixture *f) {
    struct wp_output out;
    struct wp_error err = {0};
    assert_int_equal(wp_output_open(&out, "stories", &err), WP_OK);
    assert_int_equal(wp_write_stories(&f->run, &out, &err), WP_OK);
    assert_int_equal(wp_output_commit(&out, &err), WP_OK);
    free(f->text);
    return f->text = read_back("stories");
}

static const char *matches(struct fixture *f, uint64_t lines_wanted, uint64_t left_out_wanted) {
    struct wp_output out;
    struct wp_error err = {0};
    uint64_t written, left_out;
    assert_int_equal(wp_output_open(&out, "matches", &err), WP_OK);
    assert_int_equal(wp_write_matches(&f->run, &out, &written, &left_out, &err), WP_OK);
    assert_int_equal(wp_output_commit(&out, &err), WP_OK);
    assert_int_equal(written, lines_wanted);
    assert_int_equal(left_out, left_out_wanted);
    free(f->text);
    return f->text = lines_wanted < 1000 ? read_back("matches") : NULL;
}

static void end(struct fixture *f) {
    wp_run_release(&f->run);
    free(f->text);
}

#define TWELVE "one two three four five six seven eight nine ten eleven twelve"
/* c shares the first twelve of its sixteen words: 8 of 12 shingles, and all 8 of TWELVE's. */
static const char *const lines[] = {
    "{\"id\":\"b\\tad\\\"id\",\"text\":\"" TWELVE "\",\"date\":\"2021-01-02\"}",
    "{\"text\":\"Something else altogether, of no more than a few words.\"}",
    "{\"text\":\"" TWELVE " and four words more\",\"date\":\"2021-01-03\"}",
    "{\"id\":4,\"text\":\"" TWELVE "!\",\"date\":\"2021-01-01\"}",
};

static void story_rule(void **state) {
    (void)state;
    struct fixture f;
    char name[17];
    run(&f, "story", "exact", lines, 4);
    const char *text = stories(&f);
    assert_int_equal(sscanf(text, "{\"story\":\"%16[0-9a-f]\"", name), 1);
    assert_int_equal(strlen(name), 16);
    assert_string_equal(
        text + 27,
        ",\"lead\":\"4\",\"size\":3,\"members\":["
        "{\"id\":\"b\\tad\\\"id\",\"relation\":\"exact\",\"to\":\"4\",\"coverage\":1.0000,\"jaccard\":1.0000}"
        ","
        "{\"id\":\"in.jsonl:3\",\"relation\":\"copy\",\"to\":\"4\",\"coverage\":1.0000,\"jaccard\":0.6667},"
        "{\"id\":\"4\",\"relation\":\"lead\",\"to\":\"4\",\"coverage\":1.0000,\"jaccard\":1.0000}],"
        "\"first_seen\":\"2021-01-01T00:00:00Z\",\"last_seen\":\"2021-01-03T00:00:00Z\",\"owners\":[],"
        "\"wire\":[],"
        "\"languages\":[]}\n");
    /* The pair (c, 4) is told by the one that stands for 4. */
    assert_string_equal(matches(&f, 2, 0), "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment\n"
                                           "b ad\"id\tin.jsonl:3\tcopy\t1.0000\t0.6667\t1.0000\n"
                                           "b ad\"id\t4\texact\t1.0000\t1.0000\t1.0000\n");
    end(&f);
}

static void set_rule(void **state) {
    (void)state;
    struct fixture f;
    run(&f, "jaccard:0.6", "exact", lines, 4);
    assert_string_equal(matches(&f, 3, 0), "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment\n"
                                           "b ad\"id\tin.jsonl:3\tcopy\t1.0000\t0.6667\t1.0000\n"
                                           "b ad\"id\t4\texact\t1.0000\t1.0000\t1.0000\n"
                                           "in.jsonl:3\t4\tcopy\t1.0000\t0.6667\t1.0000\n");
    end(&f);
    run(&f, "jaccard:0.7", "exact", lines, 4);
    matches(&f, 1, 0);
    end(&f);
}

static void sketch(void **state) {
    (void)state;
    struct fixture f;
    run(&f, "jaccard:0.4", "sketch", lines, 4);
    const char *text = stories(&f);
    assert_non_null(strstr(text, ",\"size\":3,\"verify\":\"sketch\",\"members\":["));
    text = matches(&f, 3, 0);
    assert_int_equal(strncmp(text, "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment\tverify\n", 55), 0);
    unsigned marked = 0;
    for (const char *at = text; (at = strstr(at, "\tsketch\n")); at++) marked++;
    assert_int_equal(marked, 3);
    end(&f);
}

static void nothing(void **state) {
    (void)state;
    struct fixture f;
    run(&f, "story", "exact", NULL, 0);
    assert_string_equal(stories(&f), "");
    assert_string_equal(matches(&f, 0, 0), "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment\n");
    end(&f);
}

/* 1500 copies are 1,124,250 pairs: 1499 with the first one, and of the others 2^20. */
static void pairs_have_a_maximum(void **state) {
    (void)state;
    struct fixture f;
    const char **many = malloc(1500 * sizeof *many);
    for (int i = 0; i < 1500; i++) many[i] = lines[3];
    run(&f, "jaccard:0.5", "exact", many, 1500);
    matches(&f, 1499 + 1048576, 1124250 - 1499 - 1048576);
    end(&f);
    run(&f, "story", "exact", many, 1500);
    matches(&f, 1499, 0);
    end(&f);
    free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(story_rule), cmocka_unit_test(set_rule),
                                       cmocka_unit_test(sketch), cmocka_unit_test(nothing),
                                       cmocka_unit_test(pairs_have_a_maximum)};
    return cmocka_run_group_tests_name("answers", tests, NULL, NULL);
}
