/*
 * test_furniture.c - the set of what belongs to a site, against a list; its limit; and taking it out of a
 * text, against slow code on random streams.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/furniture.h"
#include "support/random.h"

#define SHINGLE_MASK (((uint64_t)1 << WP_FURNITURE_SHINGLE_BITS) - 1)

static void set(void **state) {
    (void)state;
    struct wp_furniture f;
    assert_int_equal(wp_furniture_init(&f), WP_OK);
    assert_false(wp_furniture_has(&f, 7, 1234));
    assert_int_equal(wp_furniture_add(&f, 7, 1234), WP_OK);
    assert_int_equal(wp_furniture_add(&f, 7, 1234), WP_OK); /* again: one */
    assert_int_equal(f.count, 1);
    assert_true(wp_furniture_has(&f, 7, 1234));
    assert_true(wp_furniture_has(&f, 7, 1234 | (uint64_t)1 << WP_FURNITURE_SHINGLE_BITS)); /* bits above */
    assert_false(wp_furniture_has(&f, 8, 1234));
    assert_false(wp_furniture_has(&f, WP_FURNITURE_OF_ALL, 1234));
    assert_false(wp_furniture_has(&f, 7, 1234 | (uint64_t)1 << 39));
    assert_int_equal(wp_furniture_add(&f, WP_FURNITURE_OF_ALL, 99), WP_OK);
    assert_true(wp_furniture_has(&f, 7, 99) && wp_furniture_has(&f, 12345, 99));
    assert_true(wp_furniture_has(&f, WP_FURNITURE_OF_ALL, 99));
    assert_int_equal(wp_furniture_add(&f, 3, 0), WP_OK); /* a shingle of zeros is one like others */
    assert_true(wp_furniture_has(&f, 3, 0));
    assert_false(wp_furniture_has(&f, 4, 0));
    wp_furniture_release(&f);
    wp_furniture_release(&f);
}

enum { OWNERS = 300, SHINGLES = 4000 };

/* Some owners have thousands, and most have a few. */
static void many(void **state) {
    (void)state;
    static bool added[OWNERS][SHINGLES];
    static uint64_t shingles[SHINGLES];
    struct random r = {11};
    struct wp_furniture f;
    size_t count = 0;
    assert_int_equal(wp_furniture_init(&f), WP_OK);
    for (int i = 0; i < SHINGLES; i++) shingles[i] = random_next(&r);
    for (int i = 0; i < 20000; i++) {
        uint32_t among = random_below(&r, 2) ? 3 : OWNERS;
        uint32_t owner = (uint32_t)random_below(&r, among), at = (uint32_t)random_below(&r, SHINGLES);
        count += !added[owner][at];
        added[owner][at] = true;
        assert_int_equal(wp_furniture_add(&f, owner, shingles[at]), WP_OK);
    }
    assert_int_equal(f.count, count);
    for (uint32_t owner = 0; owner < OWNERS; owner++)
        for (int i = 0; i < SHINGLES; i++)
            assert_int_equal(wp_furniture_has(&f, owner, shingles[i]), added[owner][i] || added[0][i]);
    wp_furniture_release(&f);
}

/* Beyond the limit nothing is taken, and what is there stays. */
static void limit(void **state) {
    (void)state;
    struct wp_furniture f;
    assert_int_equal(wp_furniture_init(&f), WP_OK);
    for (uint64_t i = 0; i < WP_FURNITURE_MAX; i++) wp_furniture_add(&f, 1, i * 77);
    assert_int_equal(f.count, WP_FURNITURE_MAX);
    assert_int_equal(f.left_out, 0);
    for (uint64_t i = 0; i < 100; i++) assert_int_equal(wp_furniture_add(&f, 2, i * 77), WP_OK);
    assert_int_equal(wp_furniture_add(&f, 1, 77), WP_OK); /* there already: not left out */
    assert_int_equal(f.count, WP_FURNITURE_MAX);
    assert_int_equal(f.left_out, 100);
    assert_true(wp_furniture_has(&f, 1, 0) && wp_furniture_has(&f, 1, (WP_FURNITURE_MAX - 1) * 77));
    assert_false(wp_furniture_has(&f, 2, 77));
    wp_furniture_release(&f);
}

enum { TOKENS_MAX = 2000 };

/* A token is taken out when it stands in a shingle that is; the others are the text's own. */
static void check_taken_out(const struct wp_furniture *f, uint32_t owner, const uint64_t *shingles,
                            uint32_t tokens, uint32_t width, uint32_t tag) {
    static uint64_t out[TOKENS_MAX];
    static uint8_t mask[TOKENS_MAX + WP_MASK_SLACK], want[TOKENS_MAX + WP_MASK_SLACK];
    uint32_t count = tokens < width ? 0 : tokens - width + 1, taken = 0, own = 0;
    const struct wp_beside beside = {.furniture = f, .owner = owner};
    struct wp_mask m = {.tokens = mask};
    memset(mask, 0, sizeof mask);
    memset(want, 0, sizeof want);
    memcpy(out, shingles, count * sizeof *out);
    wp_beside_take_out(&beside, out, tokens, width, tag, &m);
    for (uint32_t i = 0; i < count; i++) {
        bool is = wp_furniture_has(f, owner, shingles[i]);
        taken += is;
        if (is) memset(want + i, 1, width);
        if (!is) assert_true(out[i] == shingles[i]);
        if (is) assert_true(out[i] > SHINGLE_MASK);
        for (uint32_t k = 0; is && k < i; k += 1 + i / 50) assert_true(out[k] != out[i]);
        if (is) assert_int_equal(out[i] >> WP_FURNITURE_SHINGLE_BITS & ((1u << 20) - 1), tag);
    }
    for (uint32_t i = 0; i < tokens; i++) own += !want[i];
    assert_memory_equal(mask, want, sizeof mask);
    assert_int_equal(m.own, own);
    assert_int_equal(m.shingles, taken);
}

/* The same text again, from where its furniture was found to stand: as if it were looked for. */
static void check_spans(const struct wp_furniture *f, uint32_t owner, const uint64_t *shingles,
                        uint32_t tokens, uint32_t width) {
    static uint64_t out[3][TOKENS_MAX];
    static uint8_t mask[3][TOKENS_MAX + WP_MASK_SLACK];
    struct wp_furniture_spans spans = {.count = WP_FURNITURE_UNKNOWN};
    struct wp_beside b = {f, owner, 2, 1, NULL};
    struct wp_mask m[3];
    uint32_t count = tokens < width ? 0 : tokens - width + 1;
    for (int i = 0; i < 3; i++) { /* without; noted; from what was noted */
        m[i] = (struct wp_mask){.tokens = mask[i]};
        memset(mask[i], 0, sizeof mask[i]);
        memcpy(out[i], shingles, count * sizeof *shingles);
        b.spans = i ? &spans : NULL;
        if (i == 2 && spans.count != WP_FURNITURE_UNKNOWN) b.owner = 99; /* who has none */
        wp_beside_take_out(&b, out[i], tokens, width, 3, &m[i]);
        assert_memory_equal(mask[i], mask[0], sizeof mask[i]);
        assert_memory_equal(out[i], out[0], count * sizeof *shingles);
        assert_int_equal(m[i].own, m[0].own);
        assert_int_equal(m[i].shingles, m[0].shingles);
    }
}

/* Of a text with more runs than there is room for nothing is noted. */
static void many_spans(void **state) {
    (void)state;
    enum { COUNT = 60, WIDTH = 5 };
    uint64_t shingles[COUNT];
    uint8_t mask[COUNT + WIDTH + WP_MASK_SLACK];
    for (uint32_t runs = 0; runs <= WP_FURNITURE_SPANS + 2; runs++) {
        struct wp_furniture f;
        assert_int_equal(wp_furniture_init(&f), WP_OK);
        assert_int_equal(wp_furniture_add(&f, 7, 1), WP_OK);
        for (uint32_t i = 0; i < COUNT; i++) shingles[i] = i % 9 < 2 && i / 9 < runs ? 1 : 1000 + i;
        struct wp_furniture_spans spans = {.count = WP_FURNITURE_UNKNOWN};
        struct wp_beside b = {.furniture = &f, .owner = 7, .spans = &spans};
        struct wp_mask m = {.tokens = mask};
        memset(mask, 0, sizeof mask);
        wp_beside_take_out(&b, shingles, COUNT + WIDTH - 1, WIDTH, 3, &m);
        assert_int_equal(m.shingles, 2 * runs);
        assert_int_equal(spans.count, runs <= WP_FURNITURE_SPANS ? runs : WP_FURNITURE_UNKNOWN);
        for (uint32_t i = 0; spans.count != WP_FURNITURE_UNKNOWN && i < runs; i++)
            assert_true(spans.items[i].first == 9 * i && spans.items[i].end == 9 * i + 2);
        wp_furniture_release(&f);
    }
}

static void taken_out(void **state) {
    (void)state;
    static uint64_t pool[300], shingles[TOKENS_MAX];
    struct random r = {17};
    for (int round = 0; round < 1000; round++) {
        struct wp_furniture f;
        assert_int_equal(wp_furniture_init(&f), WP_OK);
        for (int i = 0; i < 300; i++) pool[i] = random_next(&r) & SHINGLE_MASK;
        for (uint64_t n = random_below(&r, 200); n; n--) {
            uint64_t s = pool[random_below(&r, 300)];
            wp_furniture_add(&f, (uint32_t)random_below(&r, 3), s);
            pool[random_below(&r, 300)] = s ^ (uint64_t)1 << 30; /* passes the filter and is none */
        }
        uint32_t tokens = (uint32_t)random_below(&r, TOKENS_MAX + 1),
                 width = 1 + (uint32_t)random_below(&r, 9);
        uint64_t rare = random_below(&r, 100);
        for (uint32_t i = 0; i < tokens; i++)
            shingles[i] =
                random_below(&r, 100) < rare ? random_next(&r) & SHINGLE_MASK : pool[random_below(&r, 300)];
        check_taken_out(&f, (uint32_t)random_below(&r, 3), shingles, tokens, width,
                        (uint32_t)random_below(&r, 1u << 20));
        check_spans(&f, (uint32_t)random_below(&r, 3), shingles, tokens, width);
        wp_furniture_release(&f);
    }
}

/* Furniture first, then the ends, as two calls would do it; and what needs no mask. */
static void beside(void **state) {
    (void)state;
    enum { TOKENS = 12, WIDTH = 5, COUNT = TOKENS - WIDTH + 1 };
    uint64_t one[COUNT], two[COUNT];
    uint8_t mask_one[TOKENS + WP_MASK_SLACK] = {0}, mask_two[TOKENS + WP_MASK_SLACK] = {0};
    struct wp_furniture f;
    assert_int_equal(wp_furniture_init(&f), WP_OK);
    struct wp_beside b = {.furniture = &f, .owner = 7};
    assert_false(wp_beside_any(&b)); /* nobody has any */
    assert_int_equal(wp_furniture_add(&f, 7, 103), WP_OK);
    assert_true(wp_beside_any(&b));
    for (uint32_t i = 0; i < COUNT; i++) one[i] = two[i] = 100 + i;
    struct wp_mask m = {.tokens = mask_one, .shingles = 99}, n = {.tokens = mask_two};
    wp_beside_take_out(&b, two, TOKENS, WIDTH, 3, &n);
    b.head = 1, b.tail = 6;
    wp_beside_take_out(&b, one, TOKENS, WIDTH, 3, &m);
    wp_ends_take_out(1, 6, two, COUNT, WIDTH, 3, &n);
    assert_memory_equal(one, two, sizeof one);
    assert_memory_equal(mask_one, mask_two, sizeof mask_one);
    assert_int_equal(m.own, 2); /* tokens 1 and 2 */
    assert_int_equal(m.own, n.own);
    assert_int_equal(m.shingles, 3); /* 103, and the two of the six last tokens */
    assert_int_equal(m.shingles, n.shingles);
    assert_true(one[2] == 102 && one[3] & WP_SHINGLE_TAKEN_OUT);
    assert_ptr_equal(wp_mask_if_any(&m, TOKENS), &m);

    b = (struct wp_beside){.head = 1};
    assert_true(wp_beside_any(&b));
    memset(mask_one, 0, sizeof mask_one);
    wp_beside_take_out(&b, one, WIDTH - 1, WIDTH, 3, &m); /* no shingles: left as it is */
    assert_int_equal(m.own, WIDTH - 1);
    assert_null(wp_mask_if_any(&m, WIDTH - 1));
    wp_furniture_release(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(set),        cmocka_unit_test(many),
                                       cmocka_unit_test(limit),      cmocka_unit_test(taken_out),
                                       cmocka_unit_test(many_spans), cmocka_unit_test(beside)};
    return cmocka_run_group_tests_name("furniture", tests, NULL, NULL);
}
