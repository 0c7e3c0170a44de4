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
            uint64_t segments = articles * 240;
            struct wp_ration_needs needs = {memory, articles, articles / 100, segments, 0};
            struct wp_ration r = wp_ration_of(&needs);
            uint64_t mapped = segments < memory / 8 ? segments : memory / 8;
            uint64_t grows = articles * 24 + needs.furniture * 56;
            /* A row of a memtable has 96 bytes, and 38 entries of 32; keys of 16 are sorted aside. */
            uint64_t memtable = (uint64_t)r.flush_rows * (96 + 38 * (32 + 16));
            assert_true(grows + memtable + r.seen_bytes + r.profile_bytes <= r.own_bytes);
            assert_true(r.own_bytes + mapped <= r.most_bytes && r.most_bytes < memory);
            /* Segments have what is left of all, whoever has the rest, and something in any case. */
            for (uint64_t own = r.own_bytes / 2; own + 16 * MIB < r.most_bytes; own += r.own_bytes / 8)
                assert_true(own + wp_ration_segments(&r, own) < r.most_bytes);
            assert_true(wp_ration_segments(&r, 0) >= mapped);
            assert_in_range(wp_ration_segments(&r, memory), MIB, memory / 32);
            assert_true(!r.seen_bytes || r.seen_bytes >= 16 * articles);
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
    struct wp_ration_needs needs = {1, 1 << 20, 1 << 20, 1 << 28, (size_t)1 << 30};
    struct wp_ration r = wp_ration_of(&needs);
    assert_true(r.flush_rows >= 1024 && r.profile_bytes >= 1);
}

static void put(struct wp_profiles *p, uint32_t number, uint32_t shingles) {
    uint64_t *hashes = calloc(shingles, sizeof *hashes);
    struct wp_compared of = {
        .stream = {.shingles = hashes, .count = shingles, .tokens = shingles + 4, .width = 5}};
    wp_profiles_put(p, number, &of, (const uint8_t *)"id", 2);
    free(hashes);
}

/* Those that are kept of articles up to `newest`: the last ones, without a gap. */
static uint32_t count_kept(const struct wp_profiles *p, uint32_t newest) {
    size_t len;
    uint32_t kept = 0, first = newest;
    for (uint32_t n = 0; n <= newest; n++) {
        if (!wp_profiles_id(p, n, &len)) continue;
        if (!kept++) first = n;
    }
    assert_int_equal(kept, newest + 1 - first);
    return kept;
}

static void oldest_profiles_go(void **state) {
    enum { BYTES = 3 * MIB, DATA = 500, SHORT = 100 };
    (void)state;
    struct wp_profiles p;
    assert_int_equal(wp_profiles_init(&p, BYTES, NULL), WP_OK);
    uint32_t slots = BYTES / WP_PROFILE_BYTES, most = (uint32_t)(BYTES - slots * sizeof *p.slots) / DATA;
    assert_true(slots < most);
    for (uint32_t n = 0; n < 3 * slots; n++) put(&p, n, SHORT);
    assert_int_equal(count_kept(&p, 3 * slots - 1), slots);
    wp_profiles_limit(&p, BYTES / 4); /* slots included */
    for (uint32_t n = 0; n < 20000; n++) put(&p, n, SHORT);
    uint32_t fit =
        (uint32_t)(BYTES / 4 - slots * sizeof *p.slots) / (DATA + 4 + WP_RING_HEAD_BYTES); /* rounded up */
    assert_in_range(count_kept(&p, 19999), fit - 2, fit);
    put(&p, 20000, 1 << 20); /* larger than all of it: not kept, and no harm */
    assert_in_range(count_kept(&p, 19999), fit - 2, fit);
    wp_profiles_limit(&p, 1);
    put(&p, 20001, SHORT);
    size_t len;
    assert_null(wp_profiles_id(&p, 20001, &len));
    wp_profiles_clear(&p);
    for (uint32_t n = 0; n <= 20001; n++) assert_null(wp_profiles_id(&p, n, &len));
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
