/* test_candidates.c - meetings are counted per pair as a plain table counts them; sparse articles need one
 * only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/candidates.h"
#include "support/random.h"

enum { ARTICLES = 60 };

static void counted(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_parts hits;
    struct wp_parts_sender s;
    struct wp_bits sparse;
    struct wp_candidate_list list = {0};
    static uint32_t table[3][ARTICLES][ARTICLES];
    struct random r = {5};
    wp_budget_init(&budget, 0, ".");
    assert_int_equal(wp_parts_init(&hits, 8, 4, 256, &budget), WP_OK);
    assert_int_equal(wp_bits_init(&sparse, ARTICLES), WP_OK);
    assert_int_equal(wp_parts_sender_init(&s, &hits, 5), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i += 7) wp_bits_set(&sparse, i);
    for (int n = 0; n < 4000; n++) {
        uint64_t a = random_below(&r, ARTICLES - 1), b = a + 1 + random_below(&r, ARTICLES - 1 - a);
        size_t part = random_below(&r, 3);
        table[part][a][b]++;
        assert_int_equal(wp_parts_send64(&s, part, a << 32 | b, NULL), WP_OK);
    }
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    for (size_t part = 0; part < 4; part++) { /* the last one is empty; the list is used again */
        assert_int_equal(wp_candidates_gather(&list, &hits, part, &sparse, NULL), WP_OK);
        size_t at = 0;
        for (uint32_t a = 0; part < 3 && a < ARTICLES; a++)
            for (uint32_t b = a + 1; b < ARTICLES; b++) {
                uint32_t met = table[part][a][b];
                if (met < 1 || (met < 2 && a % 7 && b % 7)) continue;
                assert_true(at < list.count);
                assert_int_equal(list.items[at].a, a);
                assert_int_equal(list.items[at].b, b);
                assert_int_equal(list.items[at].hits, met);
                at++;
            }
        assert_int_equal(at, list.count);
        assert_int_equal(wp_parts_count(&hits, part), 0);
    }
    wp_candidate_list_release(&list);
    wp_candidate_list_release(&list);
    wp_parts_sender_release(&s);
    wp_parts_release(&hits);
    wp_bits_release(&sparse);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted)};
    return cmocka_run_group_tests_name("candidates", tests, NULL, NULL);
}
