/*
 * test_batch.c - the batch calls of the public header: the order of calls, what is refused, stories and
 * matches of a few articles whose likeness is worked out by hand, numbers by the order of adding through many
 * segments.
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
#include "support/random.h"
#include "wireprint.h"

static wp_batch_run *new_batch(const char *name, const char *value) {
    wp_batch_run *b;
    struct wp_error err = {0};
    assert_int_equal(wp_batch_new(&b), WP_OK);
    assert_int_equal(wp_batch_set(b, "threads", "2", &err), WP_OK);
    if (name) assert_int_equal(wp_batch_set(b, name, value, &err), WP_OK);
    return b;
}

static void add(wp_batch_run *b, const char *text, const char *date, const char *source) {
    struct wp_article a = {.text = text, .text_len = strlen(text), .date = date, .source = source};
    assert_int_equal(wp_batch_add(b, &a, NULL), WP_OK);
}

/* Words w<from> .. w<to>. */
static const char *words(char *out, char prefix, unsigned from, unsigned to) {
    char *at = out + strlen(out);
    for (unsigned i = from; i <= to; i++) at += sprintf(at, "%c%u ", prefix, i);
    return out;
}

/* As in tests/cli/dedup_rules.sh: 1 shares 30 of 40 words with 0; 2 shares 20; 3 is 0 again; 4 is another
 * text. */
static void add_five(wp_batch_run *b) {
    char text[5][600] = {{0}};
    add(b, words(text[0], 'w', 1, 40), "2021-01-05", "Daily");
    words(text[1], 'w', 1, 30);
    add(b, words(text[1], 'm', 1, 10), "2021-01-03", "Post");
    words(text[2], 'w', 1, 20);
    add(b, words(text[2], 'n', 1, 20), NULL, NULL);
    add(b, words(text[3], 'w', 1, 40), NULL, "Cable");
    add(b, words(text[4], 'q', 1, 40), "1999-01-01", "Daily");
}

static void expect_match(wp_batch_run *b, uint64_t first, uint64_t second, const char *relation,
                         const double *numbers) {
    struct wp_batch_match m;
    assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_OK);
    assert_int_equal(m.a, first);
    assert_int_equal(m.b, second);
    assert_string_equal(m.relation, relation);
    assert_true(m.coverage > numbers[0] - 1e-4 && m.coverage < numbers[0] + 1e-4);
    assert_true(m.jaccard > numbers[1] - 1e-4 && m.jaccard < numbers[1] + 1e-4);
    assert_true(m.containment > numbers[2] - 1e-4 && m.containment < numbers[2] + 1e-4);
}

static void expect_member(const wp_batch_run *b, size_t story, size_t member, uint64_t article, uint64_t to,
                          const char *relation) {
    struct wp_batch_member m;
    assert_int_equal(wp_batch_story_member(b, story, member, &m), WP_OK);
    assert_int_equal(m.article, article);
    assert_int_equal(m.to, to);
    assert_string_equal(m.relation, relation);
}

static void story(void **state) {
    (void)state;
    struct wp_batch_match m;
    struct wp_batch_member member;
    wp_batch_run *b = new_batch(NULL, NULL);
    add_five(b);
    assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
    assert_int_equal(wp_batch_finish(b, NULL), WP_OK); /* again: nothing happens */
    expect_match(b, 0, 1, "copy", (double[]){0.75, 26.0 / 46, 26.0 / 36});
    expect_match(b, 0, 2, "excerpt", (double[]){0.5, 16.0 / 56, 16.0 / 36});
    expect_match(b, 0, 3, "exact", (double[]){1, 1, 1});
    expect_match(b, 1, 2, "excerpt", (double[]){0.5, 16.0 / 56, 16.0 / 36});
    assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_END);
    assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_END);
    assert_int_equal(wp_batch_story_count(b), 1);
    assert_int_equal(wp_batch_story_size(b, 0), 3);
    assert_int_equal(wp_batch_story_lead(b, 0), 1); /* the earliest */
    expect_member(b, 0, 0, 0, 1, "copy");
    expect_member(b, 0, 1, 1, 1, "lead");
    expect_member(b, 0, 2, 3, 1, "copy");
    assert_int_equal(wp_batch_story_member(b, 0, 3, &member), WP_EINVAL);
    assert_int_equal(wp_batch_story_member(b, 1, 0, &member), WP_EINVAL);
    assert_int_equal(wp_batch_story_size(b, 1), 0);
    wp_batch_free(b);
}

static void keep(void **state) {
    (void)state;
    static const struct {
        const char *policy;
        uint64_t lead;
    } cases[] = {{"first", 0}, {"longest", 0}, {"earliest", 1}, {"source:cable,post", 3}, {"source:Post", 1}};
    for (size_t i = 0; i < 5; i++) {
        wp_batch_run *b = new_batch("keep", cases[i].policy);
        add_five(b);
        assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
        assert_int_equal(wp_batch_story_lead(b, 0), cases[i].lead);
        wp_batch_free(b);
    }
}

static void refused(void **state) {
    (void)state;
    struct wp_error err = {0};
    struct wp_batch_match m;
    struct wp_article none = {.text = NULL}, empty = {.text = ""};
    struct wp_article huge = {.text = "x", .text_len = (size_t)3 << 30}; /* the length is looked at first */
    wp_batch_run *b = new_batch(NULL, NULL);
    assert_int_equal(wp_batch_set(b, "colour", "red", &err), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    assert_int_equal(wp_batch_set(b, "text-field", "body", &err), WP_EINVAL); /* there are no fields */
    assert_non_null(strstr(err.reason, "text-field"));
    assert_int_equal(wp_batch_set(b, "match", "jaccard:2", &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "jaccard"));
    assert_int_equal(wp_batch_match_next(b, &m, &err), WP_EINVAL); /* not finished */
    assert_int_equal(wp_batch_add(b, &none, &err), WP_ETEXT);
    assert_int_equal(wp_batch_set(b, "match", "exact", &err), WP_OK); /* nothing was added yet */
    assert_int_equal(wp_batch_add(b, &empty, &err), WP_OK);
    assert_int_equal(wp_batch_set(b, "match", "story", &err), WP_EINVAL);
    assert_int_equal(wp_batch_add(b, &huge, &err), WP_ETOOBIG);
    add(b, "one two", NULL, NULL);
    assert_int_equal(wp_batch_add(b, &none, NULL), WP_ETEXT);
    add(b, "One, two!", NULL, NULL);
    assert_int_equal(wp_batch_finish(b, &err), WP_OK);
    assert_int_equal(wp_batch_add(b, &empty, &err), WP_EINVAL);
    expect_match(b, 1, 2, "exact", (double[]){1, 1, 1}); /* what was refused has no number */
    wp_batch_free(b);
    wp_batch_free(NULL);
}

/* Sister outlets: a passage of 50 words, a quarter of either text, is an excerpt between two owners only. */
static void owners(void **state) {
    (void)state;
    char name[] = "wp_batch.XXXXXX", text[2][2000] = {{0}};
    struct wp_batch_match m;
    struct wp_error err = {0};
    int fd = mkstemp(name);
    assert_true(fd >= 0 && write(fd, "Post, Daily\nx y\n", 16) == 16);
    words(text[0], 'w', 1, 50), words(text[0], 's', 1, 150);
    words(text[1], 'w', 1, 50), words(text[1], 'l', 1, 150);
    for (int joined = 0; joined < 2; joined++) {
        wp_batch_run *b = new_batch(NULL, NULL);
        if (joined) assert_int_equal(wp_batch_set(b, "owners", name, &err), WP_OK);
        if (joined) assert_int_equal(wp_batch_set(b, "owners", name, &err), WP_OK); /* again: in its place */
        assert_int_equal(wp_batch_set(b, "owners", "/no/such/file", &err), WP_ENOENT); /* nothing changes */
        assert_string_equal(err.file, "/no/such/file");
        add(b, text[0], NULL, "Daily");
        add(b, text[1], NULL, "Post");
        assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
        assert_int_equal(wp_batch_match_next(b, &m, NULL), joined ? WP_END : WP_OK);
        if (!joined) assert_string_equal(m.relation, "excerpt");
        assert_int_equal(wp_batch_story_count(b), 0);
        wp_batch_free(b);
    }
    wp_batch_run *b = new_batch(NULL, NULL);
    assert_true(write(fd, "y\n", 2) == 2 && close(fd) == 0);
    assert_int_equal(wp_batch_set(b, "owners", name, &err), WP_EINVAL);
    assert_int_equal(err.line, 3);
    assert_string_equal(err.file, name);
    wp_batch_free(b);
    remove(name);
}

static void max_record(void **state) {
    (void)state;
    struct wp_error err = {0};
    struct wp_article a = {.text = "one two three", .text_len = 13};
    wp_batch_run *b = new_batch("max-record", "7");
    assert_int_equal(wp_batch_add(b, &a, &err), WP_ETOOBIG);
    assert_non_null(strstr(err.reason, "max-record"));
    a.text_len = 8;
    assert_int_equal(wp_batch_add(b, &a, &err), WP_ETOOBIG);
    a.text_len = 7;
    assert_int_equal(wp_batch_add(b, &a, &err), WP_OK);
    assert_int_equal(wp_batch_add(b, &a, &err), WP_OK);
    assert_int_equal(wp_batch_finish(b, &err), WP_OK);
    expect_match(b, 0, 1, "exact", (double[]){1, 1, 1}); /* what was refused has no number */
    wp_batch_free(b);
    char *long_text = calloc((64 << 20) + 1, 1); /* without the setting, as of dedup: 64 MiB */
    memset(long_text, '.', (64 << 20) + 1);
    a = (struct wp_article){.text = long_text, .text_len = (64 << 20) + 1};
    b = new_batch(NULL, NULL);
    assert_int_equal(wp_batch_add(b, &a, &err), WP_ETOOBIG);
    a.text_len--;
    assert_int_equal(wp_batch_add(b, &a, &err), WP_OK);
    wp_batch_free(b);
    free(long_text);
}

static void empty(void **state) {
    (void)state;
    struct wp_batch_match m;
    wp_batch_run *b;
    assert_int_equal(wp_batch_new(&b), WP_OK);
    wp_batch_free(b); /* never used */
    b = new_batch(NULL, NULL);
    assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
    assert_int_equal(wp_batch_story_count(b), 0);
    assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_END);
    wp_batch_free(b);
}

/* Five thousand articles in pairs of exact copies far apart: every pair is found under its numbers. */
static void many(void **state) {
    (void)state;
    enum { PAIRS = 2500 };
    wp_batch_run *b = new_batch("memory", "67108864");
    struct wp_batch_match m;
    for (uint64_t i = 0; i < 2 * PAIRS; i++) {
        struct random r = {i % PAIRS};
        char text[2000] = "", *at = text;
        for (int k = 0; k < 60; k++) at += sprintf(at, "%x ", (unsigned)random_below(&r, 1000000));
        add(b, text, NULL, NULL);
    }
    assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
    for (uint64_t i = 0; i < PAIRS; i++) {
        assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_OK);
        assert_int_equal(m.a, i);
        assert_int_equal(m.b, i + PAIRS);
    }
    assert_int_equal(wp_batch_match_next(b, &m, NULL), WP_END);
    assert_int_equal(wp_batch_story_count(b), PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_int_equal(wp_batch_story_size(b, i), 2);
        expect_member(b, i, 0, i, i, "lead");
        expect_member(b, i, 1, i + PAIRS, i, "exact");
    }
    wp_batch_free(b);
}

/* Two batches at once know nothing of each other. */
static void two_at_once(void **state) {
    (void)state;
    wp_batch_run *a = new_batch("match", "exact"), *b = new_batch("match", "jaccard:0.5");
    struct wp_batch_match m;
    add_five(a);
    add_five(b);
    assert_int_equal(wp_batch_finish(b, NULL), WP_OK);
    assert_int_equal(wp_batch_finish(a, NULL), WP_OK);
    expect_match(a, 0, 3, "exact", (double[]){1, 1, 1});
    assert_int_equal(wp_batch_match_next(a, &m, NULL), WP_END);
    wp_batch_free(a);
    expect_match(b, 0, 1, "copy", (double[]){0.75, 26.0 / 46, 26.0 / 36});
    wp_batch_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(story),   cmocka_unit_test(keep),
                                       cmocka_unit_test(refused), cmocka_unit_test(empty),
                                       cmocka_unit_test(owners),  cmocka_unit_test(max_record),
                                       cmocka_unit_test(many),    cmocka_unit_test(two_at_once)};
    return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
