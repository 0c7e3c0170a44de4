/* test_simhash.c - bit-sliced counting against 128 plain counters; distances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

#include "sketch/simhash.h"
#include "text/tokens.h"

static struct wp_hash128 slow_simhash(const struct wp_tokens *t) {
    size_t ones[128] = {0}, votes = t->count ? t->count - 1 : 0;
    struct wp_hash128 out = {0, 0};
    for (size_t i = 0; i < votes; i++) {
        XXH128_hash_t h = XXH3_128bits(t->text + t->starts[i], t->starts[i + 2] - t->starts[i] - 1);
        for (int b = 0; b < 128; b++) ones[b] += (b < 64 ? h.low64 >> b : h.high64 >> (b - 64)) & 1;
    }
    for (int b = 0; b < 128; b++)
        if (2 * ones[b] > votes) *(b < 64 ? &out.low : &out.high) |= (uint64_t)1 << (b % 64);
    return out;
}

static void against_counters(void **state) {
    (void)state;
    struct wp_tokenizer *tokenizer;
    static char text[60000];
    assert_int_equal(wp_tokenizer_new(&tokenizer), WP_OK);
    for (int words = 0; words < 3000; words += words < 80 ? 1 : 411) {
        int n = 0;
        for (int i = 0; i < words; i++) n += sprintf(text + n, "%s%d ", i % 3 ? "word" : "a", i * i % 97);
        struct wp_tokens t;
        assert_int_equal(wp_tokenizer_run(tokenizer, (uint8_t *)text, (size_t)n, &t), WP_OK);
        assert_int_equal(t.count, words);
        struct wp_hash128 have = wp_simhash(&t), want = slow_simhash(&t);
        assert_int_equal(have.low, want.low);
        assert_int_equal(have.high, want.high);
    }
    wp_tokenizer_free(tokenizer);
}

static void distances(void **state) {
    (void)state;
    struct wp_hash128 zero = {0, 0}, all = {UINT64_MAX, UINT64_MAX}, some = {5, (uint64_t)1 << 63};
    assert_int_equal(wp_simhash_distance(zero, zero), 0);
    assert_int_equal(wp_simhash_distance(zero, all), 128);
    assert_int_equal(wp_simhash_distance(some, zero), 3);
    assert_int_equal(wp_simhash_distance(all, some), 125);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_counters), cmocka_unit_test(distances)};
    return cmocka_run_group_tests_name("simhash", tests, NULL, NULL);
}
