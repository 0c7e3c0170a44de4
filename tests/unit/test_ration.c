/*
 * test_ration.c - the memory that the writer of an index may use: the shares fit into it, whatever the index;
 * and kept profiles into theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include "engine/profile.h"
#include "engine/ration.h"

enum { MIB = 1 << 20 };

static void shares_fit(void **state) {
    (void)state;
    for (uint64_t memory = 192 * (uint64_t)MIB; memory <= 16384 * (uint64_t)MIB; memory += memory / 3) {
        uint32_t rows = UINT32_MAX;
        size_t profiles = SIZE_MAX;
        for (uint64_t articles = 0; articles <= 1 << 21; articles = 2 * articles + 1000) {
            struct wp_ration_needs needs = {memory, articles, articles / 100, 0};
            struct wp_ration r = wp_ration_of(&needs);
            uint64_t grows = articles * 24 + needs.furniture * 56;
            /* A row of a memtable has 96 bytes, and 38 entries of 32; keys of 16 are sorted aside. */
            uint64_t memtable = (uint64_t)r.flush_rows * (96 + 38 * (32 + 16));
            assert_true(grows + memtable + r.seen_bytes + r.profile_bytes <= r.own_bytes);
            assert_true(r.own_bytes + memory / 8 <= r.trim_bytes);
            assert_true(r.near_bytes < r.trim_bytes && r.trim_bytes < memory);
            assert_true(r.look_near == 4 || r.look_near * (uint64_t)MIB <= memory - r.trim_bytes);
            assert_true(r.profile_bytes > memory / 32);
            assert_true(r.flush_rows <= rows && r.profile_bytes <= profiles);
            assert_int_equal(r.seen_bytes & (r.seen_bytes - 1), 0);
            rows = r.flush_rows;
            profiles = r.profile_bytes + r.seen_bytes; /* the table may be half as large, once */
        }
    }
}

/* With too little memory everything is still of some size. */
static void never_nothing(void **state) {
    (void)state;
    struct wp_ration_needs needs = {1, 1 << 20, 1 << 20, (size_t)1 << 30};
    struct wp_ration r = wp_ration_of(&needs);
    assert_true(r.flush_rows >= 1024 && r.seen_bytes >= 64 && r.profile_bytes >= 1);
}

static void put(struct wp_profiles *p, uint32_t number, uint32_t shingles) {
    uint64_t *hashes = calloc(shingles, sizeof *hashes);
    struct wp_compared of = {
        .stream = {.shingles = hashes, .count = shingles, .tokens = shingles + 4, .width = 5}};
    wp_profiles_put(p, number, &of, (const uint8_t *)"id", 2);
    free(hashes);
}

static void oldest_profiles_go(void **state) {
    (void)state;
    struct wp_profiles p;
    size_t len;
    assert_int_equal(wp_profiles_init(&p, 1000, NULL), WP_OK);
    size_t slots = p.bytes;
    for (uint32_t n = 0; n < 1500; n++) put(&p, n, 100 + n % 7);
    size_t all = p.bytes;
    assert_true(all > slots + 1000 * 100 * 5);
    assert_null(wp_profiles_id(&p, 499, &len));
    assert_non_null(wp_profiles_id(&p, 500, &len));
    wp_profiles_limit(&p, slots + (all - slots) / 2);
    assert_true(p.bytes <= slots + (all - slots) / 2 && p.bytes > slots + (all - slots) / 3);
    for (uint32_t n = 1500; n < 5000; n++) {
        put(&p, n, 100 + n % 7);
        assert_true(p.bytes <= p.bytes_max);
        for (uint32_t back = 0; back < 400; back++) assert_non_null(wp_profiles_id(&p, n - back, &len));
        assert_null(wp_profiles_id(&p, n - 600, &len));
    }
    put(&p, 5000, 1 << 20); /* larger than all of it: kept, and nothing else */
    assert_non_null(wp_profiles_id(&p, 5000, &len));
    assert_null(wp_profiles_id(&p, 4999, &len));
    put(&p, 5001, 100);
    assert_null(wp_profiles_id(&p, 5000, &len));
    assert_true(p.bytes <= p.bytes_max);
    wp_profiles_limit(&p, 1);
    assert_int_equal(p.bytes, slots);
    wp_profiles_release(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_fit),
        cmocka_unit_test(never_nothing),
        cmocka_unit_test(oldest_profiles_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
