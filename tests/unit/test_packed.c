/* test_packed.c - packed numbers, counting and finding bits, against one bit at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "index/packed.h"
#include "support/random.h"

static int bit(const uint8_t *data, uint64_t at) {
    return data[at / 8] >> (at % 8) & 1;
}

static void test_numbers(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    static uint64_t numbers[COUNT];
    static unsigned widths[COUNT];
    struct random r = {1};
    struct wp_buffer b = {0};
    struct wp_packed_writer w;
    uint64_t at = 0, bits = 0;
    for (size_t i = 0; i < COUNT; i++) {
        widths[i] = (unsigned)random_below(&r, 65);
        numbers[i] = random_next(&r);
        bits += widths[i];
    }
    assert_int_equal(wp_packed_begin(&w, &b, bits), WP_OK);
    for (size_t i = 0; i < COUNT; i++) wp_packed_put(&w, numbers[i], widths[i]);
    wp_packed_end(&w);
    uint8_t *exact = malloc(b.len); /* so that a sanitizer sees who looks behind it */
    memcpy(exact, b.data, b.len);
    for (size_t i = 0; i < COUNT; at += widths[i++]) {
        uint64_t want = 0;
        for (unsigned k = 0; k < widths[i]; k++) want |= (uint64_t)bit(exact, at + k) << k;
        assert_true(want == (widths[i] ? numbers[i] << (64 - widths[i]) >> (64 - widths[i]) : 0));
        assert_true(wp_packed_load64(exact, b.len, at, widths[i]) == want);
        if (widths[i] <= 57) assert_true(wp_packed_load(exact, b.len, at, widths[i]) == want);
    }
    assert_int_equal(b.len, (at + 7) / 8);
    assert_true(wp_packed_load(exact, b.len, 8 * b.len + 3, 20) == 0); /* nothing is there */
    free(exact);
    wp_buffer_release(&b);
    assert_int_equal(wp_packed_bits(0), 0);
    assert_int_equal(wp_packed_bits(1), 1);
    assert_int_equal(wp_packed_bits(255), 8);
    assert_int_equal(wp_packed_bits(UINT64_MAX), 64);
}

/* Bits of many densities, ranges of many lengths at many places. */
static void test_select(void **state) {
    (void)state;
    struct random r = {2};
    for (unsigned turn = 0; turn < 4000; turn++) {
        size_t len = 1 + random_below(&r, 60);
        uint8_t *data = malloc(len);
        unsigned density = (unsigned)random_below(&r, 9);
        for (size_t i = 0; i < len; i++) {
            data[i] = 0;
            for (unsigned k = 0; k < 8; k++) data[i] |= (uint8_t)((random_below(&r, 8) < density) << k);
        }
        uint64_t at = random_below(&r, 8 * len), count = random_below(&r, 8 * len - at + 1);
        for (int inverted = 0; inverted < 2; inverted++) {
            uint64_t nth = 0, run = 0;
            while (run < count && bit(data, at + run) != inverted) run++;
            assert_true(wp_packed_run(data, len, at, count, inverted) == run);
            for (uint64_t i = 0; i < count; i++)
                if (bit(data, at + i) != inverted)
                    assert_true(wp_packed_select(data, len, at, count, nth++, inverted) == i);
            assert_true(wp_packed_select(data, len, at, count, nth, inverted) == count);
            assert_true(wp_packed_select(data, len, at, count, nth + 1000, inverted) == count);
        }
        free(data);
    }
}

static void test_varint(void **state) {
    (void)state;
    static const uint32_t numbers[] = {0, 1, 127, 128, 16383, 16384, 1u << 31, UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct wp_buffer b = {0};
        uint64_t at = 0;
        uint32_t back = 0;
        assert_int_equal(wp_packed_put_varint(&b, numbers[i]), WP_OK);
        assert_int_equal(wp_packed_varint(b.data, &at, b.len, &back), 0);
        assert_true(back == numbers[i] && at == b.len);
        at = 0;
        assert_int_equal(wp_packed_varint(b.data, &at, b.len - 1, &back), -1);
        wp_buffer_release(&b);
    }
    const uint8_t large[] = {255, 255, 255, 255, 16}, endless[] = {255, 255, 255, 255, 255, 1};
    uint64_t at = 0;
    uint32_t back = 0;
    assert_int_equal(wp_packed_varint(large, &at, 5, &back), -1);
    at = 0;
    assert_int_equal(wp_packed_varint(endless, &at, 6, &back), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_select),
                                       cmocka_unit_test(test_varint)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
