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

enum { ARTICLES = 300, HITS = 9000 };

static uint32_t table[ARTICLES][ARTICLES];

static void throw_hits(struct wp_parts *hits, const struct wp_hit_form *form, uint64_t seed) {
    struct wp_parts_sender s;
    struct random r = {seed};
    memset(table, 0, sizeof table);
    assert_int_equal(wp_parts_sender_init(&s, hits, 5), WP_OK);
    for (int n = 0; n < HITS; n++) { /* some articles are met often */
        uint32_t a = (uint32_t)random_below(&r, n % 2 ? ARTICLES - 1 : 20);
        uint32_t b = a + 1 + (uint32_t)random_below(&r, n % 2 ? ARTICLES - 1 - a : 20);
        table[a][b]++;
        assert_int_equal(wp_parts_send64(&s, wp_hit_part(form, a), wp_hit_pack(form, a, b), NULL), WP_OK);
    }
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    wp_parts_sender_release(&s);
}

/* Every seventh article is sparse, or none. */
static void check_counts(const struct wp_hit_form *form, const struct wp_bits *sparse) {
    struct wp_budget budget;
    struct wp_parts hits;
    struct wp_candidate_list list = {0};
    wp_budget_init(&budget, 0, ".");
    assert_int_equal(wp_parts_init(&hits, form->bytes, WP_HIT_PARTS, 256, &budget), WP_OK);
    throw_hits(&hits, form, sparse ? 5 : 6);
    for (size_t part = 0; part < WP_HIT_PARTS; part++) { /* the last ones are empty; the list is used again */
        size_t at = 0;
        assert_int_equal(wp_candidates_gather(&list, &hits, part, form, sparse, NULL), WP_OK);
        for (uint32_t a = 0; a < ARTICLES; a++)
            for (uint32_t b = a + 1; b < ARTICLES && wp_hit_part(form, a) == part; b++) {
                bool once = sparse && (a % 7 == 0 || b % 7 == 0);
                if (table[a][b] < (once ? 1 : 2)) continue;
                assert_true(at < list.count);
                assert_int_equal(list.items[at].a, a);
                assert_int_equal(list.items[at].b, b);
                assert_int_equal(list.items[at].hits, table[a][b]);
                at++;
            }
        assert_int_equal(at, list.count);
        assert_int_equal(wp_parts_count(&hits, part), 0);
    }
    wp_candidate_list_release(&list);
    wp_candidate_list_release(&list);
    wp_parts_release(&hits);
}

static void counted(void **state) {
    (void)state;
    struct wp_bits sparse;
    const struct wp_hit_form form = wp_hit_form(ARTICLES);
    assert_int_equal(wp_bits_init(&sparse, ARTICLES), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i += 7) wp_bits_set(&sparse, i);
    check_counts(&form, &sparse);
    check_counts(&form, NULL);
    wp_bits_release(&sparse);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(counted)};
    return cmocka_run_group_tests_name("candidates", tests, NULL, NULL);
}
