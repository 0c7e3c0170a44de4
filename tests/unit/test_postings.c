/*
 * test_postings.c - packing, and the filter for shingles that stand in one article only: it may keep too
 * much, but never drops a posting whose key stands twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/postings.h"
#include "support/random.h"

static void packing(void **state) {
    (void)state;
    struct random r = {1};
    for (int i = 0; i < 1000; i++) {
        uint64_t shingle = random_next(&r);
        uint32_t slot = (uint32_t)random_next(&r);
        uint64_t p = wp_posting_pack(shingle, slot);
        assert_int_equal(wp_posting_slot(p), slot);
        assert_int_equal(wp_posting_key(p), (uint32_t)(shingle >> 10));
        assert_int_equal(wp_posting_part(shingle), shingle % 1024);
    }
}

static bool stands_twice(const uint64_t *postings, size_t count, size_t i) {
    for (size_t j = 0; j < count; j++)
        if (j != i && wp_posting_key(postings[j]) == wp_posting_key(postings[i])) return true;
    return false;
}

static void check(size_t count, uint64_t different) {
    struct random r = {count + different};
    uint64_t *postings = malloc((count + 1) * 8), *got = malloc((count + 1) * 8);
    uint64_t *table = malloc(wp_posting_table_words(count) * 8);
    for (size_t i = 0; i < count; i++) {
        struct random key = {random_below(&r, different)};
        got[i] = postings[i] = wp_posting_pack(random_next(&key), (uint32_t)i);
    }
    size_t kept = wp_postings_repeated(got, count, table), at = 0, single = 0;
    for (size_t i = 0; i < count; i++) {
        bool twice = stands_twice(postings, count, i);
        if (at < kept && got[at] == postings[i]) { /* order is kept */
            at++;
            single += !twice;
        } else {
            assert_false(twice);
        }
    }
    assert_int_equal(at, kept);
    assert_true(single <= 10 + count / 4); /* about one in eight meets another by chance */
    free(postings);
    free(got);
    free(table);
}

static void filter(void **state) {
    (void)state;
    assert_int_equal(wp_postings_repeated(NULL, 0, NULL), 0);
    check(1, 1);
    check(2, 1);
    check(3, 100);
    check(100, 10);
    check(1000, 700);
    check(2000, 1000000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(packing), cmocka_unit_test(filter)};
    return cmocka_run_group_tests_name("postings", tests, NULL, NULL);
}
