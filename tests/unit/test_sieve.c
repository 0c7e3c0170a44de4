/*
 * test_sieve.c - every kernel against the set itself: what is in it passes, what passes has both bits set, in
 * order and at every count; and of foreign shingles few pass.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "match/sieve.h"
#include "support/random.h"

enum { COUNT_MAX = 300, WORDS = 64, MEMBERS = 4 * WORDS, GUARD = 0x5eed };

static const enum wp_cpu levels[] = {WP_CPU_PORTABLE, WP_CPU_AVX2, WP_CPU_AVX512};
static struct random drawn = {88172645463325252};

static uint64_t members[MEMBERS];

/* Bit by bit, as sieve.h draws it. */
static bool has_bits(const uint64_t *words, uint64_t shingle) {
    uint64_t word = words[shingle / 64 % WORDS];
    unsigned first = shingle % 64, second = shingle / 17179869184 % 64;
    return (word & (uint64_t)1 << first) && (word & (uint64_t)1 << second);
}

static void fill(uint64_t *words) {
    memset(words, 0, WORDS * sizeof *words);
    for (int i = 0; i < MEMBERS; i++) {
        members[i] = random_next(&drawn);
        words[wp_sieve_word(members[i], WORDS - 1)] |= wp_sieve_bits(members[i]);
    }
}

static void check(wp_sieve *sift, const uint64_t *words, const uint64_t *shingles, uint32_t count) {
    uint32_t have[COUNT_MAX + 1], n = 0;
    have[count] = GUARD;
    uint32_t found = sift(words, WORDS - 1, shingles, count, have);
    for (uint32_t i = 0; i < count; i++) {
        if (!has_bits(words, shingles[i])) continue;
        assert_true(n < found);
        assert_int_equal(have[n++], i);
    }
    assert_int_equal(found, n);
    assert_int_equal(have[count], GUARD);
}

static void every_count(void **state) {
    (void)state;
    uint64_t words[WORDS], shingles[COUNT_MAX];
    fill(words);
    for (int k = 0; k < 3 && levels[k] <= wp_cpu_level(); k++)
        for (uint32_t count = 0; count <= COUNT_MAX; count++) {
            uint32_t each = 1 + count % 7; /* of so many one is a member */
            for (uint32_t i = 0; i < count; i++)
                shingles[i] = i % each == 0 ? members[random_next(&drawn) % MEMBERS] : random_next(&drawn);
            check(wp_sieve_choose(levels[k]), words, shingles, count);
        }
}

static void members_pass(void **state) {
    (void)state;
    uint64_t words[WORDS];
    uint32_t positions[MEMBERS];
    fill(words);
    for (int k = 0; k < 3 && levels[k] <= wp_cpu_level(); k++)
        assert_int_equal(wp_sieve_choose(levels[k])(words, WORDS - 1, members, MEMBERS, positions), MEMBERS);
}

static void few_others_pass(void **state) {
    (void)state;
    uint64_t words[WORDS], shingles[COUNT_MAX];
    uint32_t positions[COUNT_MAX], passed = 0;
    fill(words);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < COUNT_MAX; i++) shingles[i] = random_next(&drawn);
        passed += wp_sieve_portable(words, WORDS - 1, shingles, COUNT_MAX, positions);
    }
    assert_true(passed < 100 * COUNT_MAX / 25);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_count),
        cmocka_unit_test(members_pass),
        cmocka_unit_test(few_others_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
