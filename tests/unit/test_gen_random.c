/*
 * test_gen_random.c - the generator's random numbers.
 *
 * splitmix64 with seed 0 and xoshiro256** with the state 1, 2, 3, 4 have published first numbers (the
 * reference code of their authors, and the Rust crate rand_xoshiro's tests).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "gen/random.h"

static void splitmix_is_as_published(void **state) {
    static const uint64_t expected[] = {0xe220a8397b1dcdafu, 0x6e789e6aa1b965f4u, 0x06c45d188009454fu};
    (void)state;
    for (uint64_t i = 0; i < 3; i++) assert_int_equal(wp_random_mix(i * 0x9e3779b97f4a7c15u), expected[i]);
}

static void xoshiro_is_as_published(void **state) {
    static const uint64_t expected[] = {
        11520u, 0u, 1509978240u, 1215971899390074240u, 1216172134540287360u, 607988272756665600u};
    struct wp_random r = {{1, 2, 3, 4}};
    (void)state;
    for (size_t i = 0; i < 6; i++) assert_int_equal(wp_random_next(&r), expected[i]);
}

static void ranges_are_kept_and_filled(void **state) {
    struct wp_random r = wp_random_start(1, 2, 3);
    uint32_t seen[7] = {0};
    (void)state;
    for (int i = 0; i < 7000; i++) {
        uint32_t x = wp_random_between(&r, 10, 16);
        assert_in_range(x, 10, 16);
        seen[x - 10]++;
    }
    for (int i = 0; i < 7; i++) assert_in_range(seen[i], 850, 1150);
    assert_int_equal(wp_random_below(&r, 0), 0);
    assert_int_equal(wp_random_below(&r, 1), 0);
    assert_false(wp_random_chance(&r, 0));
    assert_true(wp_random_chance(&r, WP_GEN_MILLION));
}

static void streams_differ(void **state) {
    struct wp_random a = wp_random_start(1, 1, 1), b;
    (void)state;
    b = wp_random_start(1, 1, 1);
    assert_memory_equal(&a, &b, sizeof a);
    b = wp_random_start(2, 1, 1);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = wp_random_start(1, 2, 1);
    assert_memory_not_equal(&a, &b, sizeof a);
    b = wp_random_start(1, 1, 2);
    assert_memory_not_equal(&a, &b, sizeof a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix_is_as_published),
        cmocka_unit_test(xoshiro_is_as_published),
        cmocka_unit_test(ranges_are_kept_and_filled),
        cmocka_unit_test(streams_differ),
    };
    return cmocka_run_group_tests_name("gen_random", tests, NULL, NULL);
}
