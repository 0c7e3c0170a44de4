/* test_sort.c - the radix sort against qsort, for many counts and kinds of keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/sort.h"
#include "support/random.h"

static int compare(const void *x, const void *y) {
    const uint64_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static uint64_t key_of(struct random *r, int kind, size_t i) {
    uint64_t x = random_next(r);
    switch (kind) {
    case 0: return x;
    case 1: return x & 0xff00; /* one digit differs */
    case 2: return x << 53;    /* the highest bits alone */
    case 3: return 42;
    case 4: return i;              /* sorted */
    case 5: return UINT64_MAX - i; /* backwards */
    case 6: return x % 3 ? UINT64_MAX : 0;
    case 7: return (x & 0xff) << 56 | (i & 7);
    default: return x & 0x00000fff00000fffu; /* digits cut by the sort's own */
    }
}

static void check(size_t count, int kind) {
    struct random r = {count * 10 + (uint64_t)kind};
    uint64_t *keys = malloc((count + 1) * 8), *scratch = malloc((count + 1) * 8),
             *want = malloc((count + 1) * 8);
    for (size_t i = 0; i < count; i++) want[i] = keys[i] = key_of(&r, kind, i);
    keys[count] = scratch[count] = 0x5555;
    qsort(want, count, 8, compare);
    uint64_t *got = wp_sort64(keys, scratch, count);
    assert_true(got == keys || got == scratch);
    assert_memory_equal(got, want, count * 8);
    assert_int_equal(keys[count], 0x5555);
    assert_int_equal(scratch[count], 0x5555);
    free(keys);
    free(scratch);
    free(want);
}

static void all(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 2, 3, 47, 48, 49, 50, 100, 1000, 2047, 2048, 2049, 30000, 300000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int kind = 0; kind <= 8; kind++) check(counts[i], kind);
}

/* Keys that are the same from some bit up keep their order, whatever is below. */
static void low_bits_stay(void **state) {
    (void)state;
    static const size_t counts[] = {60, 1000, 30000, 300000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (unsigned low = 20; low <= 62; low += 14) {
            struct random r = {low};
            size_t count = counts[i];
            uint64_t *keys = malloc(2 * count * 8);
            for (size_t k = 0; k < count; k++) keys[k] = (random_below(&r, 1 << 10) << low) | (count - k);
            const uint64_t *got = wp_sort64_from(keys, keys + count, count, low);
            for (size_t k = 1; k < count; k++) {
                assert_true(got[k - 1] >> low <= got[k] >> low);
                if (got[k - 1] >> low == got[k] >> low) assert_true(got[k - 1] > got[k]);
            }
            free(keys);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all), cmocka_unit_test(low_bits_stay)};
    return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
