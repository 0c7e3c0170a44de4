/* test_recurring.c - what comes again against counting: none is missed, and few others are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/recurring.h"
#include "support/random.h"

static uint64_t hash_of(uint64_t value) {
    return value * 0x9E3779B97F4A7C15u;
}

static void check(size_t count, uint64_t different) {
    struct random r = {count ^ different};
    uint64_t *values = malloc((count + 1) * sizeof *values);
    unsigned *times = calloc(different, sizeof *times);
    uint64_t *words = malloc(wp_recurring_words(count) * sizeof *words);
    const struct wp_recurring seen = wp_recurring_begin(words, count);
    size_t once = 0, mistaken = 0;
    for (size_t i = 0; i < count; i++) {
        values[i] = random_below(&r, different);
        times[values[i]]++;
        wp_recurring_note(&seen, hash_of(values[i]));
    }
    for (size_t i = 0; i < count; i++) {
        if (times[values[i]] > 1) assert_true(wp_recurring_maybe(&seen, hash_of(values[i])));
        once += times[values[i]] == 1;
        mistaken += times[values[i]] == 1 && wp_recurring_maybe(&seen, hash_of(values[i]));
    }
    assert_true(mistaken <= 10 + once / 4);
    free(values);
    free(times);
    free(words);
}

static void against_counting(void **state) {
    (void)state;
    check(0, 1);
    check(1, 1);
    check(2, 1);
    check(8, 100);
    check(1000, 300);
    check(5000, 20000);
    check(100000, 10000000);
}

/* A table made for more is large enough for fewer. */
static void words_never_shrink(void **state) {
    (void)state;
    for (size_t n = 1; n < 5000; n++) assert_true(wp_recurring_words(n) >= wp_recurring_words(n - 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_counting),
        cmocka_unit_test(words_never_shrink),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
