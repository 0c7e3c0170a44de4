/*
 * test_alloc_index.c - adding to an index, finding in it and closing it when memory runs out at every
 * possible place: a clean status, everything released, and an index that goes on as if nothing had been.
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
#include "engine/online.h"
#include "engine/rejudge.h"
#include "engine/remake.h"
#include "index/check.h"
#include "report/reprints.h"
#include "support/fail_alloc.h"

static const char dir[] = "index", owners_file[] = "owners", agencies_file[] = "agencies";
enum { ARTICLES = 6 };

static void remove_index(void) {
    struct wp_names names = {0};
    if (wp_names_add_directory(&names, dir, NULL) == WP_OK)
        for (size_t i = 0; i < names.count; i++) {
            char *path = wp_path_join(dir, names.items[i]);
            wp_file_remove(path, NULL);
            wp_free(path);
        }
    wp_names_release(&names);
}

static struct wp_store reader; /* that is refreshed */

static void take_note(void *self, const struct wp_repair_note *note) {
    wp_rejudge_note(self, note);
}

static unsigned events; /* of rejudging */

static enum wp_status count_events(void *self, struct wp_online *o, struct wp_error *err) {
    (void)self;
    (void)err;
    events += (unsigned)o->event_count;
    return WP_OK;
}

static enum wp_status add(struct wp_online *o, struct wp_record_parser *parser, unsigned i,
                          struct wp_error *err) {
    char line[2048] = "", text[1024] = "";
    struct wp_record record;
    const char *words;
    struct wp_online_verdict v;
    for (unsigned w = 0; w < 60; w++) {
        char word[16];
        snprintf(word, sizeof word, "w%u ", w < 50 ? w * 7 + i / 3 : w * 100 + i);
        strcat(text, word);
    }
    int len = snprintf(line, sizeof line - WP_RECORD_PADDING,
                       "{\"id\":\"a%u\",\"text\":\"%s\",\"url\":\"https://o%u.com/\"}", i % 5, text, i);
    enum wp_status status = wp_record_parse(parser, (const uint8_t *)line, (size_t)len, &record, &words);
    if (status != WP_OK) return wp_fail(err, status, "%s", words);
    struct wp_online_article a = {.record = &record, .line = (const uint8_t *)line, .line_len = (size_t)len};
    return wp_online_add(o, &a, &v, err);
}

static enum wp_status write_as(bool pack_ahead, unsigned articles, struct wp_error *err) {
    struct wp_online o;
    struct wp_record_parser *parser = NULL;
    struct wp_online_options options = {
        .store = {.write = true, .create = true, .pack_ahead = pack_ahead, .flush_rows = 3},
        .memory_bytes = 1 << 20,
        .terms = {.owners = owners_file, .agencies = agencies_file}};
    WP_TRY(wp_online_open(&o, dir, &options, err));
    enum wp_status status = wp_record_parser_new(&parser, NULL, err);
    for (unsigned i = 0; i < articles && status == WP_OK; i++) {
        status = add(&o, parser, i, err);
        if (status == WP_OK && i % 2) status = wp_online_commit(&o, err);
    }
    wp_record_parser_free(parser);
    if (status != WP_OK) {
        wp_online_abandon(&o);
        return status;
    }
    return wp_online_close(&o, err);
}

static enum wp_status write_all(struct wp_error *err) {
    return write_as(false, ARTICLES, err);
}

static enum wp_status write_ahead(struct wp_error *err) {
    return write_as(true, ARTICLES / 2, err);
}

static enum wp_status find_all(struct wp_error *err) {
    static const char text[] =
        "w3 w10 w17 w24 w31 w38 w45 w52 w59 w66 w73 w80 w87 w94 w101 w108 w115 w122 w129";
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    struct wp_finder *finder = NULL;
    struct wp_reprints found = {0};
    WP_TRY(wp_store_open(&store, dir, &options, err));
    struct wp_reprint_query query = {.text = (const uint8_t *)text,
                                     .len = sizeof text - 1,
                                     .except = WP_NUMBER_NONE,
                                     .text_date = INT64_MIN,
                                     .since = INT64_MIN,
                                     .until = INT64_MIN,
                                     .passages = true};
    struct wp_view *view = wp_store_snapshot(&store);
    enum wp_status status = view ? wp_finder_new(&finder, 64 << 10, NULL, err) : WP_ENOMEM;
    if (status == WP_OK) status = wp_reprints_find(&found, finder, view, &query, err);
    wp_reprints_release(&found);
    wp_finder_free(finder);
    wp_view_drop(view);
    wp_store_abandon(&store);
    return status;
}

static enum wp_status build_seen(struct wp_error *err) {
    static const uint32_t owners[ARTICLES];
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    struct wp_seen seen = {0};
    WP_TRY(wp_store_open(&store, dir, &options, err));
    enum wp_status status = wp_seen_build(&seen, WP_SEEN_PART_BYTES, wp_store_now(&store), owners, err);
    wp_seen_release(&seen); /* zero when it failed */
    wp_store_abandon(&store);
    return status;
}

/* A text block and a segment are damaged anew each time; the manifest is away. */
static enum wp_status repair(struct wp_error *err) {
    struct wp_remaker remaker;
    struct wp_repair_counts counts;
    struct wp_rejudge anew = {.no_memory = false};
    struct wp_store_options store = {.flush_rows = 3};
    struct wp_rejudge_teller teller = {.tell = count_events};
    enum wp_status status = wp_remaker_init(&remaker, err);
    struct wp_repair_options options = {
        .maker = wp_remaker_maker(&remaker), .tell = take_note, .self = &anew};
    if (status == WP_OK) status = wp_index_repair(dir, &options, &counts, err);
    wp_remaker_release(&remaker);
    if (status == WP_OK) status = wp_rejudge_run(&anew, dir, &store, &teller, err);
    wp_rejudge_release(&anew);
    return status;
}

static enum wp_status refresh(struct wp_error *err) {
    bool changed;
    return wp_store_refresh(&reader, &changed, err);
}

static void count_damage(void *self, const struct wp_damage *damage) {
    (void)damage;
    ++*(unsigned *)self;
}

static void fail_each(enum wp_status (*call)(struct wp_error *), bool anew) {
    alarm(110);
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long n = 0;; n += n < 300 ? 1 : 1 + n / 100) {
            struct wp_error err = {0};
            struct wp_check_counts counts;
            unsigned damages = 0;
            if (anew) remove_index();
            if (all_after)
                fail_alloc_arm_from(n);
            else
                fail_alloc_arm(n);
            enum wp_status status = call(&err);
            if (!fail_alloc_disarm()) {
                assert_int_equal(status, WP_OK);
                break;
            }
            if (status != WP_OK && status != WP_ENOMEM)
                fail_msg("allocation %ld: %d, %s", n, status, err.reason);
            if (!anew || wp_file_kind("index/manifest") == WP_FILE_MISSING) continue;
            assert_int_equal(wp_index_check(dir, count_damage, &damages, &counts, &err), WP_OK);
            assert_int_equal(damages, 0);
        }
    }
    alarm(0);
}

static void test_write(void **state) {
    (void)state;
    fail_each(write_all, true);
    fail_each(write_ahead, true);
}

static void test_find(void **state) {
    (void)state;
    struct wp_error err = {0};
    remove_index();
    assert_int_equal(write_all(&err), WP_OK);
    fail_each(find_all, false);
    fail_each(build_seen, false);
}

static void write_file(const char *name, const char *text) {
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void damage(const char *name, long at) {
    FILE *f = fopen(name, "r+b");
    assert_non_null(f);
    assert_int_equal(fseek(f, at, SEEK_SET), 0);
    assert_int_equal(fwrite("damaged damaged", 1, 15, f), 15);
    assert_int_equal(fclose(f), 0);
}

/* Whatever was not done for want of memory is done by the next repair; judging anew is not made up for. */
static void test_repair(void **state) {
    (void)state;
    struct wp_error err = {0};
    alarm(110);
    for (int all_after = 0; all_after < 2; all_after++) {
        for (long n = 0;; n += n < 100 ? 1 : 1 + n / 30) {
            struct wp_check_counts counts;
            unsigned damages = 0;
            remove_index();
            assert_int_equal(write_all(&err), WP_OK);
            damage("index/000001.txt", 700); /* of one story; who is alone is of the other one */
            damage("index/000003.seg", 100);
            assert_int_equal(wp_file_remove("index/manifest", NULL), WP_OK);
            if (all_after)
                fail_alloc_arm_from(n);
            else
                fail_alloc_arm(n);
            enum wp_status status = repair(&err);
            bool failed = fail_alloc_disarm();
            if (status != (failed ? WP_ENOMEM : WP_OK) && !(failed && status == WP_OK))
                fail_msg("allocation %ld: %d, %s", n, status, err.reason);
            if (repair(&err) != WP_OK) fail_msg("allocation %ld, again: %s", n, err.reason);
            assert_int_equal(wp_index_check(dir, count_damage, &damages, &counts, &err), WP_OK);
            assert_int_equal(damages, 0);
            if (!failed) break;
        }
        assert_true(events > 0);
        events = 0;
    }
    alarm(0);
}

/* A reader whose refresh fails is as it was, and may try again. */
static void test_refresh(void **state) {
    (void)state;
    struct wp_error err = {0};
    struct wp_store_options options = {.write = false};
    for (long n = 0;; n++) {
        struct wp_online o;
        struct wp_record_parser *parser = NULL;
        struct wp_online_options writing = {.store = {.write = true, .create = true, .flush_rows = 3}};
        remove_index();
        assert_int_equal(wp_online_open(&o, dir, &writing, &err), WP_OK);
        assert_int_equal(wp_record_parser_new(&parser, NULL, &err), WP_OK);
        assert_int_equal(add(&o, parser, 0, &err), WP_OK);
        assert_int_equal(wp_online_commit(&o, &err), WP_OK);
        assert_int_equal(wp_store_open(&reader, dir, &options, &err), WP_OK);
        for (unsigned i = 1; i < (n % 2 ? 2 : 5); i++) assert_int_equal(add(&o, parser, i, &err), WP_OK);
        assert_int_equal(wp_online_commit(&o, &err), WP_OK);
        uint32_t end = reader.committed_end;
        fail_alloc_arm(n / 2);
        enum wp_status status = refresh(&err);
        bool failed = fail_alloc_disarm();
        if (status != WP_OK) assert_int_equal(status, WP_ENOMEM);
        if (status != WP_OK) assert_int_equal(reader.committed_end, end);
        assert_int_equal(refresh(&err), WP_OK);
        assert_int_equal(reader.committed_end, o.store.committed_end);
        wp_store_abandon(&reader);
        wp_record_parser_free(parser);
        wp_online_abandon(&o);
        if (!failed && n % 2 == 0) break;
    }
}

int main(void) {
    char scratch[] = "wp_alloc_index.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    write_file(owners_file, "o1.com o5.com\n");
    write_file(agencies_file, "agency\tHWA\tHill Wire Agency\ten\n");
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_write), cmocka_unit_test(test_repair),
                                       cmocka_unit_test(test_refresh), cmocka_unit_test(test_find)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove_index();
    if (remove(owners_file) != 0 || remove(agencies_file) != 0) return 1;
    if (rmdir(dir) != 0 || chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
