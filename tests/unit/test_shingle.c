/*
 * test_shingle.c - span hashes against xxHash itself at every length, MinHash bins and selection against
 * their definitions, for every kernel level.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sketch/shingle.h"
#include "support/random.h"

static const enum wp_cpu levels[] = {WP_CPU_PORTABLE, WP_CPU_AVX2, WP_CPU_AVX512};
enum { LEVELS = 3, HASHES = 3000 };

static const struct wp_shingle_kernel *kernel_at(int k) {
    return wp_cpu_level() >= levels[k] ? wp_shingle_kernel(levels[k]) : &wp_shingle_portable;
}

static struct random drawn = {88172645463325252};

/* Tokens of drawn lengths in an area that is exactly as large as the contract of tokens.h says. */
struct words {
    uint8_t *area;
    uint32_t *starts;
    struct wp_tokens tokens;
};

static void make_words(struct words *w, size_t count, unsigned longest) {
    size_t cap = count * (longest + 1);
    w->area = malloc(128 + cap + 64);
    w->starts = calloc(count + 1 + 64, sizeof *w->starts);
    assert_non_null(w->area);
    assert_non_null(w->starts);
    for (size_t i = 0; i < 128 + cap + 64; i++) w->area[i] = (uint8_t)random_next(&drawn);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        w->starts[i] = (uint32_t)at;
        at += 1 + random_next(&drawn) % longest;
        w->area[128 + at++] = ' ';
    }
    w->starts[count] = (uint32_t)at;
    w->tokens = (struct wp_tokens){w->area + 128, at ? at - 1 : 0, w->starts, count, 0};
}

static void free_words(struct words *w) {
    free(w->area);
    free(w->starts);
}

static void check_spans(const struct words *w, unsigned width) {
    size_t count = w->tokens.count < width ? 0 : w->tokens.count - width + 1;
    uint64_t *hashes = malloc((count + WP_SHINGLE_SLACK) * sizeof *hashes);
    assert_non_null(hashes);
    for (int k = 0; k < LEVELS; k++) {
        memset(hashes, 0, count * sizeof *hashes);
        kernel_at(k)->hash(&w->tokens, width, count, hashes);
        for (size_t i = 0; i < count; i++) {
            size_t len = w->starts[i + width] - w->starts[i] - 1;
            assert_int_equal(hashes[i], XXH3_64bits(w->tokens.text + w->starts[i], len));
        }
    }
    free(hashes);
}

static void spans_of_every_length(void **state) {
    (void)state;
    static const unsigned longest[] = {1, 2, 3, 6, 9, 14, 20, 30, 60, 200};
    struct words w;
    for (size_t l = 0; l < sizeof longest / sizeof *longest; l++) {
        for (size_t count = 0; count < 40; count++) {
            make_words(&w, count, longest[l]);
            check_spans(&w, 5);
            check_spans(&w, 8);
            free_words(&w);
        }
        make_words(&w, 1500, longest[l]);
        check_spans(&w, 5);
        check_spans(&w, 8);
        free_words(&w);
    }
}

/* Bins as SKETCH.md has them. */
static void sketches(void **state) {
    (void)state;
    static uint64_t h[HASHES];
    static const size_t counts[] = {0, 1, 2, 7, 8, 9, 100, 255, 1000, HASHES};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        uint64_t least[256];
        uint8_t want[256], have[256];
        for (size_t i = 0; i < counts[c]; i++)
            h[i] = i % 5 == 4 ? h[i - 1] ^ (random_next(&drawn) & 0xff00) : random_next(&drawn);
        if (counts[c] > 9) h[3] |= 0xffffffff00, h[4] = h[3], h[5] = h[3] & ~(uint64_t)0xff00;
        for (int b = 0; b < 256; b++) least[b] = 0xffffffff;
        for (size_t i = 0; i < counts[c]; i++) {
            uint64_t key = h[i] / 256 % 4294967296u;
            if (key < least[h[i] % 256]) least[h[i] % 256] = key;
        }
        for (int b = 0; b < 256; b++)
            want[b] = least[b] == 0xffffffff ? 0 : (uint8_t)(1 + least[b] % 256 % 255);
        for (int k = 0; k < LEVELS; k++) {
            memset(have, 77, sizeof have);
            kernel_at(k)->sketch(h, counts[c], have);
            assert_memory_equal(have, want, 256);
        }
    }
}

static void selections(void **state) {
    (void)state;
    static uint64_t h[HASHES], out[HASHES + WP_SHINGLE_SLACK];
    static const uint64_t limits[] = {
        0, 1, WP_SAMPLE_LIMIT, UINT64_MAX / 2, (uint64_t)1 << 63, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < HASHES; i++) h[i] = random_next(&drawn);
    h[1] = 0, h[2] = UINT64_MAX, h[3] = WP_SAMPLE_LIMIT, h[4] = WP_SAMPLE_LIMIT + 1, h[5] = (uint64_t)1 << 63;
    for (size_t count = 0; count <= HASHES; count += count < 40 ? 1 : 740)
        for (size_t l = 0; l < sizeof limits / sizeof *limits; l++)
            for (int k = 0; k < LEVELS; k++) {
                size_t n = kernel_at(k)->select(h, count, limits[l], out), seen = 0;
                for (size_t i = 0; i < count; i++)
                    if (h[i] <= limits[l]) assert_int_equal(out[seen++], h[i]);
                assert_int_equal(n, seen);
            }
}

static void exact_hashes(void **state) {
    (void)state;
    uint8_t data[1200];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)random_next(&drawn);
    for (size_t len = 0; len <= sizeof data; len++) {
        XXH128_hash_t want = XXH3_128bits(data, len);
        for (int k = 0; k < LEVELS; k++) {
            struct wp_hash128 have = kernel_at(k)->exact(data, len);
            assert_int_equal(have.low, want.low64);
            assert_int_equal(have.high, want.high64);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(spans_of_every_length), cmocka_unit_test(sketches),
                                       cmocka_unit_test(selections), cmocka_unit_test(exact_hashes)};
    return cmocka_run_group_tests_name("shingle", tests, NULL, NULL);
}
