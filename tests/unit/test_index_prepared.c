/*
 * test_index_prepared.c - what is prepared of an article: against the parts that it is made of, and that it
 * makes no difference to an index whether an article was prepared before the articles in front of it were
 * decided.
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
#include "engine/run.h"
#include "support/disk.h"
#include "support/random.h"

enum { LINE_BYTES = 8192, ARTICLES = 300 };

static struct wp_error err;
static struct wp_record_parser *parser;

static void check_ok(enum wp_status status) {
    if (status != WP_OK) fail_msg("%s", err.reason);
}

static struct wp_record record_of(const char *text, const char *title, const char *url, const char *date) {
    return (struct wp_record){.text = (const uint8_t *)text,
                              .text_len = strlen(text),
                              .title = (const uint8_t *)title,
                              .title_len = strlen(title),
                              .url = (const uint8_t *)url,
                              .url_len = strlen(url),
                              .source = (const uint8_t *)"",
                              .date = (const uint8_t *)date,
                              .date_len = strlen(date)};
}

static const char long_text[] =
    "LAGOS, April 5 (Reuters) - The harbour of the old town was closed for 12 days after a storm had taken "
    "the lights of its two moles, and nobody could say when ships would be let in again by the harbour "
    "master.                                                                ";

static void test_parts(void **state) {
    (void)state;
    struct wp_preparer p;
    struct wp_prepared made = {0};
    struct wp_fingerprint print;
    struct wp_fingerprinter *printer;
    size_t count;
    struct wp_record r = record_of(long_text, "Storm closes harbour", "https://www.one.com/a", "2021-03-04");
    check_ok(wp_preparer_init(&p, wp_agency_table_builtin(), NULL, &err));
    check_ok(wp_fingerprinter_new(&printer));
    for (int turn = 0; turn < 3; turn++) { /* into what held another, shorter one */
        check_ok(wp_preparer_run(&p, &r, &made, &err));
        check_ok(wp_fingerprinter_run(printer, r.text, r.text_len, WP_FEATURE_SAMPLES, &print));
        assert_memory_equal(&made.print.exact, &print.exact, sizeof print.exact);
        assert_int_equal(made.print.tokens, print.tokens);
        assert_true(print.sample_count > 0);
        assert_int_equal(made.print.sample_count, print.sample_count);
        assert_memory_equal(made.print.samples, print.samples, print.sample_count * sizeof *print.samples);
        const uint64_t *shingles = wp_fingerprinter_shingles(printer, &count);
        assert_int_equal(made.print.shingles, count);
        assert_int_equal(wp_prepared_bytes(&made), count * 5);
        for (size_t i = 0; i < 5 * count; i++) /* little-endian, the low 40 bits */
            assert_int_equal(made.stream[i], (uint8_t)(shingles[i / 5] >> 8 * (i % 5)));
        assert_int_equal(made.owner, wp_owner_number("one.com", 7));
        assert_int_equal(made.date, 1614816000);
        assert_int_equal(made.look.wire.head, 4); /* LAGOS, April 5 (Reuters) */
        assert_true(made.look.wire.agency != 0);
        assert_false(made.unspoken);
        assert_true(wp_title_known(&made.title));
        struct wp_record small = record_of("one two three", "", "", "no date");
        check_ok(wp_preparer_run(&p, &small, &made, &err));
        assert_int_equal(made.print.tokens, 3);
        assert_int_equal(made.print.sample_count, 0);
        assert_int_equal(made.print.shingles, 0);
        assert_int_equal(made.owner, 0);
        assert_true(made.date == INT64_MIN);
        assert_int_equal(made.look.wire.agency, 0);
    }
    wp_prepared_release(&made);
    wp_fingerprinter_free(printer);
    wp_preparer_release(&p);
}

/* From so many tokens on a text is compared. */
static void test_short_texts_have_no_samples(void **state) {
    (void)state;
    struct wp_preparer p;
    struct wp_prepared made = {0};
    char text[256] = "";
    check_ok(wp_preparer_init(&p, NULL, NULL, &err));
    for (unsigned tokens = 1; tokens < 20; tokens++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "word%u ", tokens);
        char padded[512] = "";
        strcpy(padded, text);
        struct wp_record r = record_of(padded, "", "", "");
        check_ok(wp_preparer_run(&p, &r, &made, &err));
        assert_int_equal(made.print.tokens, tokens);
        assert_int_equal(made.print.sample_count > 0, tokens >= WP_TOKENS_MIN);
    }
    wp_prepared_release(&made);
    wp_preparer_release(&p);
}

/* ---- in an index ---- */

/* Few words, so that there are copies, excerpts and new versions; every tenth line has no id. */
static size_t make_line(uint32_t i, char *line) {
    struct random random = {.state = 77 + i / 3};
    int at = 0;
    if (i % 10) at += snprintf(line, LINE_BYTES, "{\"id\":\"a%u\",", i % 190);
    if (!(i % 10)) at += snprintf(line, LINE_BYTES, "{");
    at += snprintf(line + at, LINE_BYTES - (size_t)at,
                   "\"url\":\"https://o%u.com/x\",\"date\":\"2021-03-%02u\",", i % 7, 1 + i % 28);
    at += snprintf(line + at, LINE_BYTES - (size_t)at, "\"text\":\"");
    for (unsigned w = 0; w < 90; w++) {
        unsigned word = w > 70 ? i * 97 + w : (unsigned)random_below(&random, 5000);
        at += snprintf(line + at, LINE_BYTES - (size_t)at, "w%u ", word);
    }
    at += snprintf(line + at, LINE_BYTES - (size_t)at, "\"}");
    memset(line + at, 0, WP_RECORD_PADDING);
    return (size_t)at;
}

/* Prepares all first when `ahead`. */
static void add_all(const char *dir, bool ahead, struct wp_online_verdict *verdicts) {
    static char lines[ARTICLES][LINE_BYTES], ids[ARTICLES][32];
    static struct wp_prepared prepared[ARTICLES];
    struct wp_online o;
    struct wp_online_options options = {.store = {.write = true, .create = true, .flush_rows = 64},
                                        .memory_bytes = 1 << 20,
                                        .now = 1700000000};
    disk_remove_directory(dir);
    check_ok(wp_online_open(&o, dir, &options, &err));
    size_t lens[ARTICLES], id_lens[ARTICLES];
    for (int pass = ahead ? 0 : 1; pass < 2; pass++)
        for (uint32_t i = 0; i < ARTICLES; i++) {
            const char *words;
            struct wp_record r;
            lens[i] = make_line(i, lines[i]);
            check_ok(wp_record_parse(parser, (uint8_t *)lines[i], lens[i], &r, &words));
            id_lens[i] = r.id_len ? r.id_len : (size_t)snprintf(ids[i], sizeof ids[i], "line:%u", i);
            if (r.id_len) memcpy(ids[i], r.id, r.id_len);
            struct wp_online_article a = {.record = &r, .line = (uint8_t *)lines[i], .line_len = lens[i]};
            if (!r.id_len) a.given_id = (uint8_t *)ids[i], a.given_id_len = id_lens[i];
            struct wp_online_arrival b = {&prepared[i],      (uint8_t *)lines[i], lens[i],
                                          (uint8_t *)ids[i], id_lens[i],          !r.id_len};
            if (pass == 0)
                check_ok(wp_preparer_run(&o.preparer, &r, &prepared[i], &err));
            else if (ahead)
                check_ok(wp_online_add_prepared(&o, &b, &verdicts[i], &err));
            else
                check_ok(wp_online_add(&o, &a, &verdicts[i], &err));
            if (pass && i % 50 == 0) check_ok(wp_online_commit(&o, &err));
        }
    check_ok(wp_online_close(&o, &err));
    for (uint32_t i = 0; i < ARTICLES; i++) wp_prepared_release(&prepared[i]);
}

static void same_files(const char *a, const char *b) {
    char command[128];
    snprintf(command, sizeof command, "diff -r %s %s >/dev/null", a, b);
    assert_int_equal(system(command), 0);
}

static void test_an_index_is_the_same(void **state) {
    (void)state;
    static struct wp_online_verdict here[ARTICLES], ahead[ARTICLES];
    unsigned copies = 0, replaced = 0;
    add_all("here", false, here);
    add_all("ahead", true, ahead);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        assert_int_equal(here[i].number, ahead[i].number);
        assert_int_equal(here[i].story, ahead[i].story);
        assert_int_equal(here[i].to, ahead[i].to);
        assert_int_equal(here[i].relation, ahead[i].relation);
        assert_true(here[i].coverage == ahead[i].coverage && here[i].jaccard == ahead[i].jaccard);
        assert_int_equal(here[i].replaced, ahead[i].replaced);
        copies += here[i].relation == WP_RELATION_COPY;
        replaced += here[i].replaced;
    }
    assert_true(copies > 20 && replaced > 20);
    same_files("here", "ahead");
    disk_remove_directory("here");
    disk_remove_directory("ahead");
}

int main(void) {
    char scratch[] = "wp_prepared.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    if (wp_record_parser_new(&parser, NULL, NULL) != WP_OK) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parts),
                                       cmocka_unit_test(test_short_texts_have_no_samples),
                                       cmocka_unit_test(test_an_index_is_the_same)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    wp_record_parser_free(parser);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
