/* test_labels.c - names by their numbers, whoever sent them in whatever order; and too many of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/labels.h"

static void note(struct wp_label_sender *s, const char *name) {
    assert_int_equal(wp_label_note(s, name, strlen(name)), WP_OK);
}

static const char *find(const struct wp_labels *l, const char *name) {
    size_t len = 0;
    const char *found = wp_labels_find(l, wp_label_number(name, strlen(name)), &len);
    if (found) assert_int_equal(len, strlen(found));
    return found;
}

static void names(void **state) {
    (void)state;
    struct wp_label_sender a = {.recent = {0}}, b = {.recent = {0}};
    struct wp_labels l;
    wp_labels_init(&l);
    note(&a, "punchng.com");
    note(&a, "punchng.com");
    assert_int_equal(a.names.len, 4 + 11); /* once */
    note(&b, "punchng.com");
    note(&b, "The Nation");
    assert_int_equal(wp_labels_take(&l, &a), WP_OK);
    assert_int_equal(a.names.len, 0);
    note(&a, "cable.ng");
    assert_int_equal(wp_labels_take(&l, &b), WP_OK);
    assert_int_equal(wp_labels_take(&l, &a), WP_OK);
    assert_int_equal(wp_labels_settle(&l), WP_OK);
    assert_int_equal(l.count, 3);
    assert_string_equal(find(&l, "punchng.com"), "punchng.com");
    assert_string_equal(find(&l, "The Nation"), "The Nation");
    assert_string_equal(find(&l, "cable.ng"), "cable.ng");
    assert_null(find(&l, "elsewhere.org"));
    wp_label_sender_release(&a);
    wp_label_sender_release(&b);
    wp_labels_release(&l);
    assert_null(find(&l, "cable.ng"));
}

/* Two names with one number, found by trying; the one that sorts first stands for both, in any order. */
static void one_number(void **state) {
    (void)state;
    enum { TRIED = 1 << 18, SLOTS = 1 << 20 };
    uint32_t *numbers = calloc(SLOTS, sizeof *numbers), *names_of = calloc(SLOTS, sizeof *names_of);
    char first[32] = "", second[32] = "";
    assert_non_null(numbers);
    assert_non_null(names_of);
    for (uint32_t i = 1; i < TRIED && !*first; i++) {
        sprintf(second, "name %06u", i);
        uint32_t number = wp_label_number(second, strlen(second)), at = number % SLOTS;
        while (numbers[at] && numbers[at] != number) at = (at + 1) % SLOTS;
        if (numbers[at]) sprintf(first, "name %06u", names_of[at]);
        numbers[at] = number;
        names_of[at] = i;
    }
    free(numbers);
    free(names_of);
    assert_true(*first); /* of 2^18 names about eight pairs */
    assert_int_equal(wp_label_number(first, strlen(first)), wp_label_number(second, strlen(second)));
    for (int order = 0; order < 2; order++) {
        struct wp_label_sender s = {.recent = {0}};
        struct wp_labels l;
        wp_labels_init(&l);
        note(&s, order ? second : first);
        note(&s, order ? first : second);
        assert_int_equal(wp_labels_take(&l, &s), WP_OK);
        assert_int_equal(wp_labels_settle(&l), WP_OK);
        assert_string_equal(find(&l, second), first);
        wp_label_sender_release(&s);
        wp_labels_release(&l);
    }
}

/* `count` names of 20 bytes, each sent twice, in one of two orders. */
static bool is_full(uint32_t count, bool backwards) {
    struct wp_label_sender s = {.recent = {0}};
    struct wp_labels l;
    char name[32];
    wp_labels_init(&l);
    for (uint32_t i = 0; i < 2 * count; i++) {
        sprintf(name, "%020u", (backwards ? 2 * count - 1 - i : i) % count);
        note(&s, name);
        if (i % 1000 == 999) assert_int_equal(wp_labels_take(&l, &s), WP_OK);
    }
    assert_int_equal(wp_labels_take(&l, &s), WP_OK);
    assert_int_equal(wp_labels_settle(&l), WP_OK);
    bool full = l.full;
    assert_int_equal(l.count, full ? 0 : count);
    assert_true(full == !find(&l, "00000000000000000007"));
    wp_label_sender_release(&s);
    wp_labels_release(&l);
    return full;
}

static void too_many(void **state) {
    (void)state;
    uint32_t most = (uint32_t)(WP_LABELS_MAX_BYTES / (20 + WP_LABEL_BYTES));
    for (int backwards = 0; backwards < 2; backwards++) {
        assert_false(is_full(most, backwards));
        assert_true(is_full(most + 1, backwards));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names), cmocka_unit_test(one_number),
                                       cmocka_unit_test(too_many)};
    return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
