/*
 * test_ring.c - a ring keeps what was put last: nothing that is there is overwritten, the oldest goes first,
 * and what is there fits into the limit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/ring.h"
#include "support/random.h"

enum { THINGS = 20000 };

/* Things [oldest, count) are there, each filled with the low byte of its number. */
static struct model {
    struct wp_ring ring;
    const uint8_t *data[THINGS];
    size_t bytes[THINGS];
    uint32_t oldest, count;
} m;

static void check_filled(uint32_t number) {
    for (size_t i = 0; i < m.bytes[number]; i++) assert_int_equal(m.data[number][i], (uint8_t)number);
}

static void goes(void *self, uint32_t name, const uint8_t *data) {
    assert_ptr_equal(self, &m);
    assert_int_equal(name, m.oldest);
    assert_ptr_equal(data, m.data[name]);
    check_filled(name);
    m.oldest++;
}

static size_t taken(void) {
    size_t sum = 0;
    for (uint32_t i = m.oldest; i < m.count; i++)
        sum += (m.bytes[i] + WP_RING_HEAD_BYTES + WP_RING_ALIGN - 1) / WP_RING_ALIGN * WP_RING_ALIGN;
    return sum;
}

static bool put(size_t bytes) {
    uint8_t *data = wp_ring_put(&m.ring, m.count, bytes);
    if (!data) return false;
    assert_int_equal((uintptr_t)data % WP_RING_ALIGN, 0);
    memset(data, (uint8_t)m.count, bytes);
    m.data[m.count] = data;
    m.bytes[m.count++] = bytes;
    return true;
}

static void begin(size_t bytes) {
    memset(&m, 0, sizeof m);
    assert_int_equal(wp_ring_init(&m.ring, bytes, goes, &m), WP_OK);
}

static void test_last_ones_are_kept(void **state) {
    struct random r = {5};
    (void)state;
    begin(10000);
    while (m.count < THINGS / 2) {
        size_t bytes = random_below(&r, m.count % 100 ? 200 : 3000);
        assert_true(put(bytes));
        assert_true(taken() <= 10000);
        /* No more is lost than the rest of a round, and what made room. */
        if (m.oldest) assert_true(taken() + m.bytes[m.oldest - 1] + 3000 + 200 > 10000 - 3000);
        for (uint32_t i = m.oldest; i < m.count; i += 7) check_filled(i);
    }
    wp_ring_release(&m.ring);
}

static void test_too_large(void **state) {
    (void)state;
    begin(1000);
    assert_true(put(100));
    assert_false(put(1000));
    assert_false(put(SIZE_MAX));
    assert_int_equal(m.oldest, 0);
    check_filled(0);
    assert_true(put(1000 - WP_RING_HEAD_BYTES)); /* all of it */
    assert_int_equal(m.oldest, 1);
    assert_true(put(0));
    assert_int_equal(m.oldest, 2);
    wp_ring_release(&m.ring);
    begin(0);
    assert_false(put(0));
    wp_ring_release(&m.ring);
}

/* A lower limit holds once everything that is there has gone, a higher one up to the first. */
static void test_limit(void **state) {
    static const size_t limits[] = {3 << 20, 1 << 20, 5 << 20, 100000, 2 << 20, 0};
    struct random r = {6};
    (void)state;
    begin(4 << 20);
    for (size_t i = 0; limits[i]; i++) {
        size_t limit = limits[i] < 4 << 20 ? limits[i] : 4 << 20;
        wp_ring_limit(&m.ring, limits[i]);
        uint32_t before = m.count;
        while (m.oldest < before || m.count < before + 20) assert_true(put(random_below(&r, 9000)));
        for (uint32_t k = m.oldest; k < m.count; k++) {
            assert_true(m.data[k] + m.bytes[k] <= m.ring.area + limit);
            check_filled(k);
        }
        if (limit < 4 << 20) assert_int_equal(m.ring.area[limit + 8192], 0); /* given back */
    }
    wp_ring_release(&m.ring);
}

/* Whenever it is set: of what is there nothing is lost. */
static void test_limit_at_any_time(void **state) {
    struct random r = {7};
    (void)state;
    begin(4 << 20);
    while (m.count < THINGS) {
        if (m.count % 50 == 0) wp_ring_limit(&m.ring, (1 << 20) + random_below(&r, 4 << 20));
        assert_true(put(random_below(&r, 20000)));
        check_filled(m.oldest);
        check_filled((m.oldest + m.count) / 2);
    }
    wp_ring_release(&m.ring);
}

static void test_clear(void **state) {
    (void)state;
    begin(1000);
    for (int i = 0; i < 20; i++) assert_true(put(90));
    wp_ring_clear(&m.ring);
    m.oldest = m.count;
    assert_true(put(500) && put(400));
    assert_int_equal(m.count - m.oldest, 2);
    wp_ring_release(&m.ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_last_ones_are_kept),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_limit_at_any_time),
        cmocka_unit_test(test_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
