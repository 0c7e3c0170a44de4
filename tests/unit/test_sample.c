/* test_sample.c - samples against sorting everything, at every count and with repetitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sketch/sample.h"
#include "support/random.h"

enum { COUNT_MAX = 6000 };

static struct random drawn = {88172645463325252};

static int ascending(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* SKETCH.md, section 4, word for word. */
static size_t slow_samples(const uint64_t *h, size_t count, uint64_t *out) {
    static uint64_t all[COUNT_MAX];
    if (count) memcpy(all, h, count * sizeof *h);
    qsort(all, count, sizeof *all, ascending);
    size_t distinct = 0, low = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || all[i] != all[i - 1]) all[distinct++] = all[i];
    while (low < distinct && (unsigned __int128)all[low] * 12 < (unsigned __int128)1 << 64) low++;
    size_t n = low >= 16 ? low : distinct < 16 ? distinct : 16;
    if (n > 128) n = 128;
    memcpy(out, all, n * sizeof *out);
    return n;
}

static void check(const uint64_t *h, size_t count) {
    static uint64_t scratch[COUNT_MAX + WP_SHINGLE_SLACK];
    static const enum wp_cpu levels[] = {WP_CPU_PORTABLE, WP_CPU_AVX2, WP_CPU_AVX512};
    uint64_t want[128], have[128];
    size_t n = slow_samples(h, count, want);
    for (int k = 0; k < 3 && levels[k] <= wp_cpu_level(); k++) {
        assert_int_equal(wp_sample_select(wp_shingle_kernel(levels[k]), h, count, scratch, have), n);
        assert_memory_equal(have, want, n * sizeof *have);
    }
}

static void every_count(void **state) {
    (void)state;
    static uint64_t h[COUNT_MAX];
    for (size_t count = 0; count <= COUNT_MAX; count += count < 420 ? 1 : 93) {
        for (size_t i = 0; i < count; i++) h[i] = random_next(&drawn);
        check(h, count);
    }
}

static void repetitions(void **state) {
    (void)state;
    static uint64_t h[COUNT_MAX];
    for (size_t different = 1; different <= 200; different += different < 40 ? 1 : 17) {
        uint64_t known[200];
        for (size_t i = 0; i < different; i++) known[i] = random_next(&drawn) >> (different % 7 == 3 ? 4 : 0);
        for (size_t i = 0; i < COUNT_MAX; i++) h[i] = known[random_next(&drawn) % different];
        for (size_t count = 1; count <= COUNT_MAX; count *= 3) check(h, count);
    }
}

/* Hashes that are not spread evenly, as somebody who chooses texts could make them. */
static void crowds(void **state) {
    (void)state;
    static uint64_t h[COUNT_MAX];
    for (unsigned shift = 0; shift < 64; shift += 3) {
        for (size_t i = 0; i < COUNT_MAX; i++) h[i] = random_next(&drawn) >> shift;
        check(h, COUNT_MAX);
        check(h, 150);
        for (size_t i = 0; i < COUNT_MAX; i++)
            h[i] = WP_SAMPLE_LIMIT - (random_next(&drawn) >> shift) + (i & 1);
        check(h, 1000);
        for (size_t i = 0; i < COUNT_MAX; i++) h[i] = (uint64_t)(COUNT_MAX - i) << (shift / 2);
        check(h, COUNT_MAX);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_count), cmocka_unit_test(repetitions),
                                       cmocka_unit_test(crowds)};
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
