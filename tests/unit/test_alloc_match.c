/*
 * test_alloc_match.c - comparing, interning and scoring when memory runs out at every possible place:
 * WP_ENOMEM and no leak, and scratch that is used again afterwards gives right answers.
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

#include "base/intern.h"
#include "report/explanation.h"
#include "report/gold.h"
#include "support/fail_alloc.h"
#include "wireprint.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

static const char left[] = "Our man in Lagos: the bridge over the old river will close on Monday. He left.";
static const char right[] =
    "The bridge over the old river will close on Monday, he said. Our man in Lagos: the bridge.";

static int compare(void *context) {
    (void)context;
    struct wp_comparison c = {.size = sizeof c};
    enum wp_status status = wp_compare(left, strlen(left), right, strlen(right), &c, NULL);
    if (status == WP_OK) assert_int_equal(c.longest_run, 11);
    return status;
}

static int passages(void *context) {
    (void)context;
    wp_passages *p;
    enum wp_status status = wp_passages_new(left, strlen(left), right, strlen(right), &p);
    if (status == WP_OK) assert_true(wp_passages_count(p) >= 2);
    if (status != WP_OK) assert_null(p);
    wp_passages_free(p);
    return status;
}

static int explain(void *context) {
    (void)context;
    struct wp_pair pair = {0};
    struct wp_buffer out = {0};
    struct wp_agency_table *agencies = NULL;
    const struct wp_pair_text a = {(const uint8_t *)left, strlen(left), 0, WP_DATE_UNKNOWN};
    const struct wp_pair_text b = {(const uint8_t *)right, strlen(right), 7, 1600000000};
    struct wp_explanation x = {.pair = &pair,
                               .a = {"a", NULL, "t", WP_DATE_UNKNOWN},
                               .b = {"b", "o", NULL, 1600000000},
                               .color = true};
    enum wp_status status = wp_agency_table_new(NULL, &agencies, NULL);
    const struct wp_pair_settings by = {.rule = {.match = WP_MATCH_STORY}, .agencies = agencies};
    if (status == WP_OK) status = wp_pair_make(&pair, &a, &b, &by);
    if (status == WP_OK) status = wp_explanation_text(&x, &out);
    if (status == WP_OK) status = wp_explanation_json(&x, &out);
    wp_pair_release(&pair);
    wp_agency_table_free(agencies);
    wp_buffer_release(&out);
    return status;
}

/* A base that met a failure is set and compared again, without a release in between. */
static int reuse(void *context) {
    (void)context;
    uint64_t shingles[100];
    struct wp_overlap_base base;
    struct wp_overlap o;
    enum wp_status first = WP_OK;
    for (uint32_t i = 0; i < 100; i++) shingles[i] = (i % 90 + 1) * 0x9e3779b97f4a7c15u;
    struct wp_stream small = {shingles, 10, 14, 5, 0, NULL}, large = {shingles, 100, 104, 5, 0, NULL};
    wp_overlap_base_init(&base);
    for (int round = 0; round < 4; round++) {
        enum wp_status status = wp_overlap_base_set(&base, round % 2 ? &large : &small);
        if (status == WP_OK)
            status = wp_overlap_compare(&base, &large, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o);
        if (status == WP_OK) assert_int_equal(o.shared, round % 2 ? 90 : 10);
        if (status == WP_OK) assert_int_equal(o.distinct_b, 90);
        if (first == WP_OK) first = status;
    }
    wp_overlap_base_release(&base);
    return first;
}

static int intern(void *context) {
    (void)context;
    struct wp_intern t;
    enum wp_status status = WP_OK;
    uint32_t added = 0;
    wp_intern_init(&t, SIZE_MAX);
    for (uint32_t i = 0; i < 3000 && status == WP_OK; i++) {
        char text[16];
        uint32_t number;
        int len = snprintf(text, sizeof text, "id %u", i);
        status = wp_intern_add(&t, text, (size_t)len, &number, NULL);
        if (status == WP_OK) assert_int_equal(number, added++);
    }
    assert_int_equal(wp_intern_count(&t), added);
    if (added) assert_int_equal(wp_intern_find(&t, "id 0", 4), 0);
    wp_intern_release(&t);
    return status;
}

static char path[] = "wp_alloc_match.XXXXXX";

static int read_gold(void *context) {
    struct wp_intern ids;
    struct wp_gold gold;
    wp_intern_init(&ids, SIZE_MAX);
    FILE *f = fopen(path, "w");
    if (!f) abort();
    fputs(context, f);
    fclose(f);
    enum wp_status status = wp_gold_read(&gold, path, &ids, NULL);
    if (status == WP_OK) wp_gold_release(&gold);
    wp_intern_release(&ids);
    /* a bad line is told as such, but the line that no memory is left for is no bad line */
    return status;
}

static int read_apart(void *context) {
    struct wp_intern ids;
    struct wp_apart apart;
    wp_intern_init(&ids, SIZE_MAX);
    FILE *f = fopen(path, "w");
    if (!f) abort();
    fputs(context, f);
    fclose(f);
    enum wp_status status = wp_apart_read(&apart, path, &ids, NULL);
    if (status == WP_OK) wp_apart_release(&apart);
    wp_intern_release(&ids);
    return status;
}

static int score(void *context) {
    (void)context;
    static const uint32_t found[4] = {0, 0, 1, WP_CLUSTER_NONE}, truth[4] = {0, 1, 1, 1};
    struct wp_partition_score s;
    return wp_score_partitions(found, truth, 4, 4, &s);
}

static void each(int (*call)(void *), void *context) {
    assert_true(fail_alloc_each(call, context, &plan) >= 1);
}

static void comparisons(void **state) {
    (void)state;
    each(compare, NULL);
    each(passages, NULL);
    each(explain, NULL);
    each(reuse, NULL);
}

static void tables(void **state) {
    (void)state;
    each(intern, NULL);
    each(score, NULL);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    each(read_gold, "{\"members\":[\"a\",{\"id\":\"b\\n\"}]}\n{\"members\":[1,2,3]}\n");
    each(read_gold, "a\tx\nb\tx\nc\ty\n");
    each(read_gold, "id_a\tid_b\tlabel\trel\tconfidence\tweight\na\tb\tcopy\tcross\thigh\t2\n");
    each(read_apart, "id_a\tid_b\na\tb\n");
    each(read_apart, "title\tid\nA\ta\n");
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(comparisons), cmocka_unit_test(tables)};
    return cmocka_run_group_tests_name("alloc_match", tests, NULL, NULL);
}
