/*
 * test_harvest.c - from lines to the stores of a run: rows, ids, streams, postings and keys, in segments that
 * end in any order; what is refused is counted with its place, and --strict fails with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/harvest.h"
#include "engine/shelf.h"
#include "match/postings.h"
#include "sketch/fingerprint.h"

static const char *const files[] = {"one.jsonl", "two.jsonl"};

struct fixture {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_harvest *harvest;
};

static void start(struct fixture *f, const char *match, const char *verify) {
    wp_settings_init(&f->settings);
    assert_int_equal(wp_settings_set(&f->settings, "match", match, NULL), WP_OK);
    assert_int_equal(wp_settings_set(&f->settings, "verify", verify, NULL), WP_OK);
    assert_int_equal(wp_run_init(&f->run, &f->settings, files, 2, NULL), WP_OK);
    assert_int_equal(wp_harvest_new(&f->harvest, &f->run, NULL), WP_OK);
}

static enum wp_status add(struct fixture *f, const char *line, uint32_t number) {
    char padded[2000] = {0};
    struct wp_error err = {0};
    assert_true(strlen(line) + WP_RECORD_PADDING < sizeof padded);
    strcpy(padded, line);
    return wp_harvest_line(f->harvest, (const uint8_t *)padded, strlen(line), number, &err);
}

static void segment(struct fixture *f, uint32_t file, uint64_t sequence, const char *const *lines,
                    uint32_t count) {
    wp_harvest_begin(f->harvest, &(struct wp_origin){.file = file, .sequence = sequence});
    for (uint32_t i = 0; i < count; i++) assert_int_equal(add(f, lines[i], i), WP_OK);
    assert_int_equal(wp_harvest_end(f->harvest, count, NULL), WP_OK);
}

static void settle(struct fixture *f) {
    assert_int_equal(wp_harvest_finish(f->harvest, NULL), WP_OK);
    assert_int_equal(wp_order_settle(&f->run.order), WP_OK);
}

static void end(struct fixture *f) {
    wp_harvest_free(f->harvest);
    wp_run_release(&f->run);
}

static struct wp_article_row row(struct fixture *f, uint32_t rank) {
    struct wp_article_row scratch;
    return *wp_run_row(&f->run, rank, &scratch, NULL);
}

static void expect_id(struct fixture *f, uint32_t rank, const char *id) {
    struct wp_buffer b = {0};
    assert_int_equal(wp_run_id(&f->run, rank, &b, NULL), WP_OK);
    assert_int_equal(b.len, strlen(id));
    assert_memory_equal(b.data, id, b.len);
    wp_buffer_release(&b);
}

#define LONG_TEXT "The bridge over the old river will close on Monday, the minister of works said in Lagos."

static void rows(void **state) {
    (void)state;
    const char *const second[] = {"{\"text\":\"no id, and no date\",\"source\":\"Daily Post\"}"};
    const char *const first[] = {
        "{\"id\":\"a\",\"url\":\"https://www.punchng.com/1\",\"date\":\"1970-01-02\",\"text\":\"" LONG_TEXT
        "\"}",
        "", /* a blank line counts as a line */
        "{\"id\":7,\"url\":\"http://punchng.com/2\",\"date\":\"no date\",\"text\":\"One two three four five "
        "six\"}"};
    const char *const other[] = {"{\"id\":\"z\",\"text\":\"\",\"source\":\"daily post \"}"};
    struct fixture f;
    start(&f, "story", "exact");
    segment(&f, 1, 0, other, 1);
    segment(&f, 0, 1, second, 1); /* segments end in any order */
    segment(&f, 0, 0, first, 3);
    settle(&f);
    assert_int_equal(f.run.order.articles, 4);
    assert_int_equal(f.run.counts.records, 4);
    assert_int_equal(f.run.counts.dates_unknown, 1);
    assert_int_equal(f.run.counts.too_short, 3); /* fewer than twelve words */
    expect_id(&f, 0, "a");
    expect_id(&f, 1, "7");
    expect_id(&f, 2, "one.jsonl:4");
    expect_id(&f, 3, "z");
    assert_int_equal(row(&f, 0).tokens, 17);
    assert_int_equal(row(&f, 0).shingles, 13);
    assert_int_equal(row(&f, 0).width, 5);
    assert_int_equal(row(&f, 0).samples, 13); /* all of them, being few */
    assert_int_equal(row(&f, 1).tokens, 6);
    assert_int_equal(row(&f, 1).samples, 0);
    assert_int_equal(row(&f, 3).tokens, 0);
    assert_int_equal(row(&f, 0).date, 86400);
    assert_true(row(&f, 1).date == WP_DATE_UNKNOWN && row(&f, 2).date == WP_DATE_UNKNOWN);
    assert_true(row(&f, 0).owner != 0);
    assert_int_equal(row(&f, 0).owner, row(&f, 1).owner);
    assert_int_equal(row(&f, 2).owner, row(&f, 3).owner);
    assert_int_not_equal(row(&f, 0).owner, row(&f, 2).owner);
    end(&f);
}

/* Postings and streams are those of the fingerprint. */
static void prints(void **state) {
    (void)state;
    const char *const lines[] = {"{\"text\":\"one two\"}", "{\"text\":\"" LONG_TEXT "\"}"};
    struct fixture f;
    struct wp_fingerprinter *printer;
    struct wp_fingerprint print;
    start(&f, "story", "exact");
    segment(&f, 0, 0, lines, 2);
    settle(&f);
    assert_int_equal(wp_fingerprinter_new(&printer), WP_OK);
    char text[] = LONG_TEXT;
    assert_int_equal(wp_fingerprinter_run(printer, (uint8_t *)text, strlen(text), WP_FEATURE_ALL, &print),
                     WP_OK);
    struct wp_article_row r = row(&f, 1);
    assert_memory_equal(&r.exact, &print.exact, sizeof r.exact);
    size_t postings = 0;
    for (size_t part = 0; part < WP_POSTING_PARTS; part++) {
        uint64_t items[16];
        size_t count = wp_parts_count(&f.run.postings, part);
        assert_int_equal(wp_parts_read(&f.run.postings, part, items, NULL), WP_OK);
        for (size_t i = 0; i < count; i++) {
            bool found = false;
            for (unsigned s = 0; s < print.sample_count; s++)
                found |= items[i] == wp_posting_pack(print.samples[s], 1) &&
                         part == wp_posting_part(print.samples[s]);
            assert_true(found);
        }
        postings += count;
    }
    assert_int_equal(postings, print.sample_count);
    size_t count;
    const uint64_t *shingles = wp_fingerprinter_shingles(printer, &count);
    uint8_t packed[100];
    assert_int_equal(count, r.shingles);
    const uint8_t *stream = wp_blobs_get(&f.run.streams, r.stream_ref, count * WP_STREAM_BYTES, packed, NULL);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < WP_STREAM_BYTES; k++) /* little-endian, the low 40 bits */
            assert_int_equal(stream[i * WP_STREAM_BYTES + k], (uint8_t)(shingles[i] >> (8 * k)));
    wp_fingerprinter_free(printer);
    end(&f);
}

/* What a rule does not read is not made. */
static void features(void **state) {
    (void)state;
    const char *const lines[] = {"{\"text\":\"" LONG_TEXT "\"}"};
    struct fixture f;
    uint8_t sketch[WP_SKETCH_BINS];
    start(&f, "jaccard:0.5", "sketch");
    segment(&f, 0, 0, lines, 1);
    settle(&f);
    const uint8_t *bins = wp_rows_get(&f.run.sketches, 0, sketch, NULL);
    unsigned filled = 0;
    for (size_t i = 0; i < WP_SKETCH_BINS; i++) filled += bins[i] != 0;
    assert_in_range(filled, 10, 13); /* thirteen shingles in 256 bins */
    assert_int_equal(atomic_load(&f.run.streams.ram_bytes), 0);
    end(&f);
    start(&f, "exact", "exact");
    segment(&f, 0, 0, lines, 1);
    settle(&f);
    for (size_t part = 0; part < WP_POSTING_PARTS; part++)
        assert_int_equal(wp_parts_count(&f.run.postings, part), 0);
    end(&f);
}

static const char *const bad_lines[] = {"{\"text\":\"good one\"}", "[1]", "{\"id\":2}", "{\"text\":\"\xff\"}",
                                        "{\"text\":\"good two\"}"};

static void rejects(void **state) {
    (void)state;
    struct fixture f;
    start(&f, "story", "exact");
    segment(&f, 1, 3, bad_lines, 5);
    settle(&f);
    assert_int_equal(f.run.order.articles, 2);
    assert_int_equal(f.run.order.lines, 5);
    for (size_t reason = 0; reason < 3; reason++) {
        assert_int_equal(f.run.rejects.counts[reason], 1);
        const struct wp_reject *told = &f.run.rejects.told[reason][0];
        assert_int_equal(told->file, 1);
        assert_int_equal(told->sequence, 3);
        assert_int_equal(told->line, reason == 0 ? 1 : reason == 1 ? 3 : 2); /* JSON, UTF-8, text */
        assert_non_null(told->words);
    }
    expect_id(&f, 1, "two.jsonl:5");
    end(&f);
}

static void strict(void **state) {
    (void)state;
    struct fixture f;
    struct wp_error err = {0};
    wp_settings_init(&f.settings);
    f.settings.strict = true;
    assert_int_equal(wp_run_init(&f.run, &f.settings, files, 2, NULL), WP_OK);
    assert_int_equal(wp_harvest_new(&f.harvest, &f.run, NULL), WP_OK);
    wp_harvest_begin(f.harvest, &(struct wp_origin){.file = 1});
    assert_int_equal(add(&f, bad_lines[0], 0), WP_OK);
    assert_int_equal(wp_harvest_end(f.harvest, 1, &err), WP_OK);
    wp_harvest_begin(f.harvest, &(struct wp_origin){.file = 1, .sequence = 1});
    for (uint32_t i = 0; i < 5; i++) add(&f, bad_lines[i], i);
    assert_int_equal(wp_harvest_end(f.harvest, 5, &err), WP_EFORMAT);
    assert_int_equal(err.status, WP_EFORMAT);
    assert_string_equal(err.file, "two.jsonl");
    assert_int_equal(err.line, 2);
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows), cmocka_unit_test(prints),
                                       cmocka_unit_test(features), cmocka_unit_test(rejects),
                                       cmocka_unit_test(strict)};
    return cmocka_run_group_tests_name("harvest", tests, NULL, NULL);
}
