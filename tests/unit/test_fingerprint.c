/*
 * test_fingerprint.c - the fingerprinter's contract (parts on request, borrowed views, reuse) and the
 * fingerprint calls of the public header. What is in a fingerprint is tests/unit/test_vectors.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/bytes.h"
#include "sketch/fingerprint.h"
#include "wireprint.h"

static size_t make_text(char *text, int words, int from) {
    int n = 0;
    for (int i = 0; i < words; i++)
        n += sprintf(text + n, "word%d %s", (from + i) * 37 % 1009, i % 9 ? "" : "21 ");
    return (size_t)n;
}

static void parts_on_request(void **state) {
    (void)state;
    struct wp_fingerprinter *f;
    struct wp_fingerprint all, p;
    char text[20000];
    static const struct wp_fingerprint zero;
    size_t len = make_text(text, 600, 0);
    assert_int_equal(wp_fingerprinter_new(&f), WP_OK);
    assert_int_equal(wp_fingerprinter_run(f, (uint8_t *)text, len, WP_FEATURE_ALL, &all), WP_OK);
    assert_true(all.sample_count > 16 && all.number_count == 1);
    for (unsigned features = 0; features < WP_FEATURE_ALL; features++) {
        memset(&p, 99, sizeof p);
        assert_int_equal(wp_fingerprinter_run(f, (uint8_t *)text, len, features, &p), WP_OK);
        assert_int_equal(p.features, features);
        assert_memory_equal(&p.exact, &all.exact, sizeof p.exact);
        assert_int_equal(p.tokens, all.tokens);
        assert_int_equal(p.shingles, all.tokens - 4);
        assert_int_equal(p.sample_count, features & WP_FEATURE_SAMPLES ? all.sample_count : 0);
        if (features & WP_FEATURE_SAMPLES)
            assert_memory_equal(p.samples, all.samples, p.sample_count * sizeof *p.samples);
        assert_memory_equal(p.sketch, features & WP_FEATURE_SKETCH ? all.sketch : zero.sketch,
                            sizeof p.sketch);
        assert_memory_equal(&p.simhash, features & WP_FEATURE_SIMHASH ? &all.simhash : &zero.simhash, 16);
        assert_int_equal(p.number_total, features & WP_FEATURE_NUMBERS ? all.number_total : 0);
    }
    wp_fingerprinter_free(f);
}

static void views(void **state) {
    (void)state;
    struct wp_fingerprinter *f;
    struct wp_fingerprint p;
    size_t count;
    static char text[200000];
    assert_int_equal(wp_fingerprinter_new(&f), WP_OK);
    wp_fingerprinter_shingles(f, &count);
    assert_int_equal(count, 0);
    for (int words = 0; words < 4000; words += words < 20 ? 1 : 997) {
        size_t len = make_text(text, words, words);
        assert_int_equal(wp_fingerprinter_run(f, (uint8_t *)text, len, WP_FEATURE_SAMPLES, &p), WP_OK);
        const struct wp_tokens *t = wp_fingerprinter_tokens(f);
        const uint64_t *h = wp_fingerprinter_shingles(f, &count);
        assert_int_equal(t->count, p.tokens);
        assert_int_equal(count, p.shingles);
        assert_int_equal(count, t->count < 5 ? 0 : t->count - 4);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(h[i], XXH3_64bits(t->text + t->starts[i], t->starts[i + 5] - t->starts[i] - 1));
    }
    assert_int_equal(wp_fingerprinter_run(f, (uint8_t *)text, WP_TEXT_BYTES_MAX + 1, 0, &p), WP_ETOOBIG);
    wp_fingerprinter_shingles(f, &count);
    assert_int_equal(count, 0);
    assert_int_equal(wp_fingerprinter_run(f, (uint8_t *)"one two three four five six", 27, 0, &p), WP_OK);
    assert_int_equal(p.shingles, 2);
    wp_fingerprinter_free(f);
    wp_fingerprinter_free(NULL);
}

static void public_calls(void **state) {
    (void)state;
    char one[20000], two[20000];
    wp_fingerprint *a, *b, *none;
    size_t len = make_text(one, 500, 0), n;
    uint8_t exact[16], other[16];
    assert_int_equal(wp_fingerprint_new(one, len, &a), WP_OK);
    assert_int_equal(wp_fingerprint_new(two, make_text(two, 500, 252), &b), WP_OK);
    assert_int_equal(wp_fingerprint_new("", 0, &none), WP_OK);
    assert_int_equal(wp_fingerprint_tokens(none), 0);
    assert_int_equal(wp_fingerprint_shingles(none), 0);
    wp_fingerprint_samples(none, &n);
    assert_int_equal(n, 0);
    wp_fingerprint_exact(none, exact);
    XXH128_hash_t empty = XXH3_128bits("", 0);
    assert_int_equal(wp_load64(exact), empty.low64);
    assert_int_equal(wp_load64(exact + 8), empty.high64);
    wp_fingerprint_exact(a, exact);
    wp_fingerprint_exact(b, other);
    assert_memory_not_equal(exact, other, 16);
    wp_fingerprint_numbers(a, &n);
    assert_int_equal(n, 1);
    assert_true(wp_fingerprint_jaccard(a, a) == 1);
    assert_true(wp_fingerprint_jaccard(a, none) == 0);
    double j = wp_fingerprint_jaccard(a, b); /* half of each is shared: 1/3 */
    assert_true(j > 0.22 && j < 0.44);
    assert_int_equal(wp_fingerprint_hamming(a, a), 0);
    assert_true(wp_fingerprint_hamming(a, b) > 0);
    assert_non_null(wp_fingerprint_sketch(a));
    wp_fingerprint_free(a);
    wp_fingerprint_free(b);
    wp_fingerprint_free(none);
    wp_fingerprint_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_on_request), cmocka_unit_test(views),
                                       cmocka_unit_test(public_calls)};
    return cmocka_run_group_tests_name("fingerprint", tests, NULL, NULL);
}
