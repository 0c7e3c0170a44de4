/* test_estimate.c - the estimator against its formula, bin by bin, and against sets of known overlap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>

#include "sketch/estimate.h"
#include "sketch/shingle.h"
#include "support/random.h"

static struct random drawn = {88172645463325252};

static double slow_jaccard(const uint8_t *a, const uint8_t *b) {
    int matches = 0, both = 0, either = 0;
    for (int i = 0; i < 256; i++) {
        matches += a[i] && a[i] == b[i];
        both += a[i] && b[i];
        either += a[i] || b[i];
    }
    return either ? fmin(1, fmax(0, (255.0 * matches - both) / (254.0 * either))) : 0;
}

static void formula(void **state) {
    (void)state;
    uint8_t area[2][256 + 16];
    for (int i = 0; i < 20000; i++) {
        uint8_t *a = area[0] + i % 16, *b = area[1] + i / 16 % 16;
        unsigned empty = (unsigned)(random_next(&drawn) % 4 ? random_next(&drawn) % 257 : 0),
                 same = (unsigned)(random_next(&drawn) % 4 ? random_next(&drawn) % 257 : 256);
        for (int k = 0; k < 256; k++) {
            a[k] = random_next(&drawn) % 256 < empty ? 0 : (uint8_t)random_next(&drawn);
            b[k] = random_next(&drawn) % 256 < same    ? a[k]
                   : random_next(&drawn) % 256 < empty ? 0
                                                       : (uint8_t)random_next(&drawn);
        }
        assert_true(fabs(wp_sketch_jaccard(a, b) - slow_jaccard(a, b)) < 1e-12);
    }
}

static void ends(void **state) {
    (void)state;
    uint8_t empty[256] = {0}, a[256], b[256];
    for (int i = 0; i < 256; i++) a[i] = (uint8_t)(1 + i % 255), b[i] = (uint8_t)(1 + (i + 7) % 255);
    assert_true(wp_sketch_jaccard(empty, empty) == 0);
    assert_true(wp_sketch_jaccard(a, empty) == 0);
    assert_true(wp_sketch_jaccard(a, a) == 1);
    assert_true(wp_sketch_jaccard(a, b) == 0);
}

/* 400 of 1,000 hashes shared, and the like: the mean over many draws is right, the error of each as promised.
 */
static void known_overlap(void **state) {
    (void)state;
    static const unsigned shared[] = {0, 50, 200, 500, 800, 950};
    for (size_t s = 0; s < sizeof shared / sizeof *shared; s++) {
        double sum = 0, squares = 0, truth = shared[s] / (2000.0 - shared[s]);
        enum { ROUNDS = 300 };
        for (int r = 0; r < ROUNDS; r++) {
            uint64_t x[1000], y[1000];
            uint8_t a[256], b[256];
            for (unsigned i = 0; i < 1000; i++)
                x[i] = random_next(&drawn), y[i] = i < shared[s] ? x[i] : random_next(&drawn);
            wp_shingle_portable.sketch(x, 1000, a);
            wp_shingle_portable.sketch(y, 1000, b);
            double e = wp_sketch_jaccard(a, b) - truth;
            sum += e;
            squares += e * e;
        }
        assert_true(fabs(sum / ROUNDS) < 0.006);
        assert_true(sqrt(squares / ROUNDS) < 0.035);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(formula), cmocka_unit_test(ends),
                                       cmocka_unit_test(known_overlap)};
    return cmocka_run_group_tests_name("estimate", tests, NULL, NULL);
}
