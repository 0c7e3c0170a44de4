/*
 * test_alloc_stories.c - names, agency lines in tokens, and what is told of a story, when memory runs out at
 * every possible place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "engine/labels.h"
#include "engine/wire.h"
#include "report/story_explanation.h"
#include "support/fail_alloc.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

static enum wp_status send_names(struct wp_labels *l, struct wp_label_sender *s) {
    char name[32];
    for (int i = 0; i < 2000; i++) {
        WP_TRY(wp_label_note(s, name, (size_t)sprintf(name, "outlet%d.com", i)));
        if (i % 500 == 499) WP_TRY(wp_labels_take(l, s));
    }
    return wp_labels_settle(l);
}

static int label(void *context) {
    (void)context;
    static struct wp_label_sender s;
    struct wp_labels l;
    size_t len;
    memset(&s, 0, sizeof s);
    wp_labels_init(&l);
    enum wp_status status = send_names(&l, &s);
    if (status == WP_OK)
        assert_string_equal(wp_labels_find(&l, wp_label_number("outlet1999.com", 14), &len),
                            "outlet1999.com");
    wp_label_sender_release(&s);
    wp_labels_release(&l);
    return status;
}

static int wire(void *context) {
    static const char text[] = "LAGOS, April 5 (Reuters) - The bridge over the old river will close.";
    const struct wp_agency_table *table = context;
    struct wp_tokenizer *tokenizer;
    struct wp_wire w = {0};
    enum wp_status status = wp_tokenizer_new(&tokenizer);
    if (status != WP_OK) return status;
    status = wp_wire_find(table, tokenizer, (const uint8_t *)text, strlen(text), &w);
    if (status == WP_OK) assert_int_equal(w.head, 4);
    wp_tokenizer_free(tokenizer);
    return status;
}

static const char long_text[] =
    "the bridge over the old river will close on monday said the minister of works in lagos";
static const char short_text[] = "the bridge over the old river will close on monday, a paper says";

static struct wp_cluster_text text_of(const char *text) {
    return (struct wp_cluster_text){text, strlen(text)};
}

static int explain(void *context) {
    const struct wp_explained_member members[] = {
        {.id = text_of("a"),
         .relation = text_of("lead"),
         .to = 0,
         .text = {(const uint8_t *)long_text, strlen(long_text), 7, WP_DATE_UNKNOWN},
         .owner = "one.com",
         .title = "A bridge"},
        {.id = text_of("b"),
         .relation = text_of("copy"),
         .to = 0,
         .coverage = 0.75,
         .jaccard = 0.5,
         .text = {(const uint8_t *)short_text, strlen(short_text), 0, 1619827200}}};
    const struct wp_pair_settings by = {.rule = {.match = WP_MATCH_STORY}};
    struct wp_story_explanation x = {
        .name = text_of("s"), .members = members, .count = 2, .compare_by = &by, .color = true, .full = true};
    struct wp_buffer out = {0};
    bool json = *(const bool *)context;
    enum wp_status status = json ? wp_story_explanation_json(&x, &out) : wp_story_explanation_text(&x, &out);
    wp_buffer_release(&out);
    return status;
}

static void names(void **state) {
    (void)state;
    assert_true(fail_alloc_each(label, NULL, &plan) >= 5);
}

static void agency_lines(void **state) {
    (void)state;
    struct wp_agency_table *table;
    assert_int_equal(wp_agency_table_new(NULL, &table, NULL), WP_OK);
    assert_true(fail_alloc_each(wire, table, &plan) >= 2);
    wp_agency_table_free(table);
}

static void explanations(void **state) {
    (void)state;
    bool json = false;
    assert_true(fail_alloc_each(explain, &json, &plan) >= 10);
    json = true;
    assert_true(fail_alloc_each(explain, &json, &plan) >= 10);
}

static struct wp_explained_member member(size_t to, double coverage, double jaccard) {
    return (struct wp_explained_member){.to = to, .coverage = coverage, .jaccard = jaccard};
}

static void weakest(void **state) {
    (void)state;
    const struct wp_explained_member m[] = {member(1, 0.7, 0.3), member(1, 0.1, 0.1), member(0, 0.6, 0.4),
                                            member(0, 0.6, 0.3), member(0, 0.6, 0.3)};
    assert_int_equal(wp_story_weakest(m, 5), 3); /* 1 is the lead */
    assert_int_equal(wp_story_weakest(m, 3), 2);
    assert_int_equal(wp_story_weakest(m, 2), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(agency_lines),
                                       cmocka_unit_test(explanations), cmocka_unit_test(weakest)};
    return cmocka_run_group_tests_name("alloc_stories", tests, NULL, NULL);
}
