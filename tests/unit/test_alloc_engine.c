/*
 * test_alloc_engine.c - a whole small batch run, and the reader with its threads, when memory runs out at
 * every possible place: a clean status, everything released, and right answers where the run went well in
 * spite of it.
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
#include "engine/reader.h"
#include "report/answers.h"
#include "support/fail_alloc.h"
#include "wireprint.h"

static const char *const texts[] = {
    "the bridge over the old river will close on monday said the minister of works in lagos",
    "nobody knows why the train to kano left the station two hours before its time last night",
    "The bridge over the old river will close on Monday, said the minister of works in Lagos!",
    "in other news the bridge over the old river will close on monday said the minister of works in lagos"};

/* Fails allocation n = 0, 1, 2 ... and then all from n on. The first ones one by one, then ever fewer of
 * them, since most are chunks of stores like each other. */
static void fail_each(int (*call)(void)) {
    alarm(100); /* waiting for ever would be a failure, too */
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long n = 0;; n += n < 250 ? 1 : 1 + n / 60) {
            if (all_after)
                fail_alloc_arm_from(n);
            else
                fail_alloc_arm(n);
            int status = call();
            if (!fail_alloc_disarm()) {
                assert_int_equal(status, WP_OK);
                break;
            }
            if (status != WP_OK && status != WP_ENOMEM)
                print_message("allocation %ld: status %d\n", n, status);
            assert_true(status == WP_OK || status == WP_ENOMEM);
            if (all_after && n < 5) assert_int_equal(status, WP_ENOMEM);
        }
    }
    alarm(0);
}

static const char *match, *verify, *threads;
static char owners_name[] = "wp_alloc_engine.XXXXXX";

static int add_all(wp_batch_run *b, struct wp_error *err) {
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < 4 && status == WP_OK; i++) {
        struct wp_article a = {.text = texts[i],
                               .text_len = strlen(texts[i]),
                               .id = i % 2 ? "same" : "other",
                               .url = "https://punchng.com/x",
                               .date = "2021-03-04"};
        status = wp_batch_add(b, &a, err);
    }
    return status;
}

/* Stories and matches of a run that went well. */
static int ask(wp_batch_run *b, struct wp_error *err) {
    struct wp_batch_match m;
    enum wp_status status;
    unsigned count = 0;
    while ((status = wp_batch_match_next(b, &m, err)) == WP_OK) count++;
    if (status != WP_END) return status;
    assert_int_equal(count, 2);
    assert_int_equal(wp_batch_story_count(b), 1);
    assert_int_equal(wp_batch_story_size(b, 0), 3);
    return WP_OK;
}

static int batch(void) {
    wp_batch_run *b;
    struct wp_error err = {0};
    enum wp_status status = wp_batch_new(&b);
    if (status != WP_OK) {
        assert_null(b);
        return status;
    }
    status = wp_batch_set(b, "match", match, &err);
    if (status == WP_OK) status = wp_batch_set(b, "verify", verify, &err);
    if (status == WP_OK) status = wp_batch_set(b, "threads", threads, &err);
    if (status == WP_OK) status = wp_batch_set(b, "keep", "source:a,punchng.com", &err);
    if (status == WP_OK) status = wp_batch_set(b, "owners", owners_name, &err);
    if (status == WP_OK) status = add_all(b, &err);
    if (status == WP_OK) status = wp_batch_finish(b, &err);
    if (status == WP_OK) status = ask(b, &err);
    if (status != WP_OK) assert_int_equal(err.status, status); /* told, not only returned */
    wp_batch_free(b);
    return status;
}

static void whole_batch(void **state) {
    (void)state;
    match = "story", verify = "exact", threads = "1";
    fail_each(batch);
}

static void other_rules(void **state) {
    (void)state;
    match = "jaccard:0.3", verify = "sketch", threads = "1";
    fail_each(batch);
    match = "simhash:40", verify = "exact", threads = "3";
    fail_each(batch);
}

static const char *const names[] = {"one", "-"};

/* Brings both inputs, the second in two blocks. A block may be waited for, but not for ever. */
static enum wp_status bring(struct wp_reader *reader, const struct wp_ingest_sink *sink) {
    char data[2000] = "";
    for (size_t i = 0; i < 4; i++)
        sprintf(data + strlen(data), "{\"id\":%zu,\"text\":\"%s\"}\n", i, texts[i]);
    size_t len = strlen(data);
    for (uint32_t piece = 0; piece < 3; piece++) {
        uint32_t file = piece > 0;
        size_t cap, from = piece == 2 ? len / 2 : 0, to = piece == 1 ? len / 2 : len;
        uint8_t *block = NULL;
        if (piece < 2 && sink->open(sink->self, file, len) != WP_OK) return WP_ENOMEM;
        while (!(block = sink->acquire(sink->self, &cap)) && !wp_reader_stopped(reader)) usleep(100);
        if (!block) return WP_ENOMEM;
        memcpy(block, data + from, to - from);
        if (sink->block(sink->self, file, block, to - from) != WP_OK) return WP_ENOMEM;
        if (piece != 1) sink->close(sink->self, file, NULL);
    }
    return WP_OK;
}

static enum wp_status write_answers(struct wp_run *run, struct wp_error *err) {
    struct wp_output out;
    uint64_t lines, left_out;
    WP_TRY(wp_output_open(&out, "stories.gz", err));
    enum wp_status status = wp_write_stories(run, &out, err);
    if (status == WP_OK) status = wp_write_matches(run, &out, &lines, &left_out, err);
    if (status == WP_OK) status = wp_output_commit(&out, err);
    wp_output_free(&out);
    if (status == WP_OK) assert_int_equal(lines, 3 + 1 + 1 + 1); /* three families of copies, one copy */
    return status;
}

static int reader(void) {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_reader *reader = NULL;
    struct wp_error err = {0};
    wp_settings_init(&settings);
    settings.threads = 2;
    enum wp_status status = wp_run_init(&run, &settings, names, 2, &err);
    if (status != WP_OK) return status;
    status = wp_reader_new(&reader, &run, true, &err);
    if (status == WP_OK) {
        struct wp_ingest_sink sink = wp_reader_sink(reader);
        bool canceled = bring(reader, &sink) != WP_OK;
        status = wp_reader_finish(reader, canceled, &err);
    }
    if (status == WP_OK) {
        status = wp_run_finish(&run, &err);
        if (status == WP_OK) assert_int_equal(run.stories.count, 2);
        if (status == WP_OK) status = write_answers(&run, &err);
    }
    if (status != WP_OK) assert_int_equal(err.status, status);
    wp_reader_free(reader);
    wp_run_release(&run);
    return status;
}

static void whole_reader(void **state) {
    (void)state;
    fail_each(reader);
}

static int set_up(void **state) {
    (void)state;
    int fd = mkstemp(owners_name);
    return fd < 0 || write(fd, "a b, c\n", 7) != 7 || close(fd);
}

static int tear_down(void **state) {
    (void)state;
    return remove(owners_name);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_batch), cmocka_unit_test(other_rules),
                                       cmocka_unit_test(whole_reader)};
    return cmocka_run_group_tests_name("alloc_engine", tests, set_up, tear_down);
}
