/* test_bits.c - bits against an array of flags; setting from several threads loses none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/bits.h"
#include "base/thread.h"
#include "support/random.h"

static void against_flags(void **state) {
    (void)state;
    static const uint64_t counts[] = {0, 1, 63, 64, 65, 1000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        bool flags[1001] = {0};
        struct random r = {c};
        struct wp_bits bits;
        assert_int_equal(wp_bits_init(&bits, counts[c]), WP_OK);
        for (uint64_t i = 0; i < counts[c]; i++) assert_false(wp_bits_get(&bits, i));
        for (uint64_t n = 0; n < counts[c] / 2; n++) {
            uint64_t i = random_below(&r, counts[c]);
            flags[i] = true;
            wp_bits_set(&bits, i);
        }
        for (uint64_t i = 0; i < counts[c]; i++) assert_int_equal(wp_bits_get(&bits, i), flags[i]);
        wp_bits_release(&bits);
        wp_bits_release(&bits);
    }
}

/* Eight workers share every word. */
static enum wp_status set_every_eighth(void *self, size_t index, unsigned worker) {
    (void)worker;
    for (uint64_t i = index; i < 100000; i += 8)
        if (i % 3) wp_bits_set(self, i);
    return WP_OK;
}

static void threads(void **state) {
    (void)state;
    struct wp_bits bits;
    assert_int_equal(wp_bits_init(&bits, 100000), WP_OK);
    struct wp_parallel_work work = {set_every_eighth, &bits, NULL};
    assert_int_equal(wp_parallel(4, 8, &work), WP_OK);
    for (uint64_t i = 0; i < 100000; i++) assert_int_equal(wp_bits_get(&bits, i), i % 3 != 0);
    wp_bits_release(&bits);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_flags), cmocka_unit_test(threads)};
    return cmocka_run_group_tests_name("bits", tests, NULL, NULL);
}
