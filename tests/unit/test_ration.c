/*
 * test_ration.c - the memory that the writer of an index may use: the shares fit into it, whatever the index;
 * kept profiles into theirs; and pages of segments into what the process leaves of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/online.h"
#include "support/disk.h"

enum { MIB = 1 << 20 };

/* A row of a memtable has 96 bytes, and 38 entries of 32; keys of 16 are sorted aside. */
static uint64_t memtable_bytes(const struct wp_ration *r) {
    return (uint64_t)r->flush_rows * (96 + 38 * (32 + 16));
}

static uint64_t bytes_of_articles(const struct wp_ration_needs *needs) {
    return needs->articles * 24 + needs->furniture * 56;
}

static void shares_fit(void **state) {
    (void)state;
    for (uint64_t memory = 192 * (uint64_t)MIB; memory <= 16384 * (uint64_t)MIB; memory += memory / 3) {
        uint32_t rows = UINT32_MAX;
        size_t seen_most = SIZE_MAX;
        for (uint64_t articles = 0; articles <= 1 << 21; articles = 2 * articles + 1000) {
            uint64_t segments = articles * 240;
            struct wp_ration_needs needs = {.memory_bytes = memory,
                                            .articles = articles,
                                            .furniture = articles / 100,
                                            .segment_bytes = segments,
                                            .seen_wanted = articles * 64};
            struct wp_ration r = wp_ration_of(&needs);
            uint64_t mapped = segments < memory / 6 ? segments : memory / 6;
            uint64_t seen = needs.seen_wanted < r.seen_bytes ? needs.seen_wanted : r.seen_bytes;
            assert_true(bytes_of_articles(&needs) + memtable_bytes(&r) + seen + r.profile_bytes <=
                        r.own_bytes);
            assert_true(r.own_bytes + mapped <= r.most_bytes && r.most_bytes < memory);
            /* Segments have what is left of all, whoever has the rest, and something in any case. */
            for (uint64_t own = r.own_bytes / 2; own + 16 * MIB < r.most_bytes; own += r.own_bytes / 8)
                assert_true(own + wp_ration_segments(&r, own) < r.most_bytes);
            assert_true(wp_ration_segments(&r, 0) >= mapped);
            assert_in_range(wp_ration_segments(&r, memory), MIB, memory / 32);
            assert_true(!r.seen_bytes || r.seen_bytes >= 6 * articles);
            assert_true(r.profile_bytes > memory / 64);
            assert_true(r.flush_rows <= rows && r.seen_bytes <= seen_most);
            rows = r.flush_rows;
            seen_most = r.seen_bytes;
        }
    }
}

/* What profiles, memtable and table were given leaves room for all segments also 80,000 articles later: only
 * then some of it comes back. */
static void segments_grow_into_room(void **state) {
    (void)state;
    for (uint64_t articles = 100000; articles <= 1600000; articles *= 2) {
        struct wp_ration_needs needs = {.memory_bytes = 1024 * (uint64_t)MIB,
                                        .articles = articles,
                                        .furniture = articles / 20,
                                        .segment_bytes = (articles - 50000) * 230,
                                        .waiting = 50000,
                                        .seen_bytes = 48 * MIB},
                               later = needs;
        struct wp_ration r = wp_ration_of(&needs);
        later.articles += 80000;
        later.segment_bytes = later.articles * 230;
        later.waiting = 0;
        struct wp_ration then = wp_ration_of(&later);
        uint64_t own = r.own_bytes + bytes_of_articles(&later) - bytes_of_articles(&needs);
        assert_true(wp_ration_segments(&then, own) >= later.segment_bytes);
    }
}

/* The table that there is takes what it has; one that is wanted what there is room for, and only that counts.
 */
static void table_takes_its_share(void **state) {
    (void)state;
    struct wp_ration_needs needs = {
        .memory_bytes = 512 * (uint64_t)MIB, .articles = 1 << 20, .segment_bytes = 240 << 20};
    struct wp_ration none = wp_ration_of(&needs);
    needs.seen_bytes = 40 * MIB;
    struct wp_ration there = wp_ration_of(&needs);
    needs.seen_wanted = 60 * MIB;
    struct wp_ration soon = wp_ration_of(&needs);
    needs.seen_wanted = SIZE_MAX;
    struct wp_ration large = wp_ration_of(&needs);
    assert_int_equal(none.seen_bytes, large.seen_bytes);
    assert_in_range(large.seen_bytes, 60 * MIB, 128 * MIB);
    assert_true(none.profile_bytes > there.profile_bytes && there.profile_bytes > soon.profile_bytes);
    assert_true(soon.profile_bytes > large.profile_bytes);
    needs.articles = 1 << 26; /* of 6 bytes each: there is no room for them */
    assert_int_equal(wp_ration_of(&needs).seen_bytes, 0);
}

/* With too little memory everything is still of some size. */
static void never_nothing(void **state) {
    (void)state;
    struct wp_ration_needs needs = {1, 1 << 20, 1 << 20, 1 << 28, 1 << 16, (size_t)1 << 30, SIZE_MAX};
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

static void add_articles(struct wp_online *o, unsigned first, unsigned count) {
    struct wp_error err = {0};
    struct wp_record_parser *parser;
    assert_int_equal(wp_record_parser_new(&parser, NULL, &err), WP_OK);
    for (unsigned i = first; i < first + count; i++) {
        char line[256 + WP_RECORD_PADDING] = "";
        const char *words;
        struct wp_record record;
        struct wp_online_verdict v;
        size_t len =
            (size_t)snprintf(line, 256, "{\"id\":\"a%u\",\"text\":\"of %u.%u.%u\"}", i, i, i * 7, i * 3);
        assert_int_equal(wp_record_parse(parser, (uint8_t *)line, len, &record, &words), WP_OK);
        struct wp_online_article a = {.record = &record, .line = (uint8_t *)line, .line_len = len};
        assert_int_equal(wp_online_add(o, &a, &v, &err), WP_OK);
    }
    wp_record_parser_free(parser);
}

static uint64_t limit_of(const struct wp_online *o) {
    return atomic_load(&o->store.resident->most) * (uint64_t)WP_WINDOW_BYTES;
}

/* What the process takes besides, the segments do not have. Where its own memory is not told, as with some
 * sanitizers, there is nothing to see. */
static void segments_have_the_rest(void **state) {
    (void)state;
    enum { ROUND = 64, TAKEN = 100 * MIB };
    struct wp_online o;
    struct wp_error err = {0};
    uint64_t own = wp_memory_in_use().own, memory = 256 * (uint64_t)MIB + own;
    struct wp_online_options options = {.store = {.write = true, .create = true, .lazy = true},
                                        .memory_bytes = memory};
    assert_int_equal(wp_online_open(&o, "index", &options, &err), WP_OK);
    add_articles(&o, 0, ROUND);
    uint64_t before = limit_of(&o);
    own = wp_memory_in_use().own;
    assert_in_range(before, memory / 16, memory);
    void *taken = malloc(TAKEN);
    memset(taken, 1, TAKEN);
    bool told = wp_memory_in_use().own >= own + TAKEN;
    add_articles(&o, ROUND, ROUND);
    if (told) assert_in_range(limit_of(&o), 1, before - TAKEN * 9 / 10);
    if (told) assert_in_range(limit_of(&o), 1, memory - wp_memory_in_use().own);
    free(taken);
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
    disk_remove_directory("index");
}

int main(void) {
    char scratch[] = "wp_ration.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_fit),
        cmocka_unit_test(segments_grow_into_room),
        cmocka_unit_test(table_takes_its_share),
        cmocka_unit_test(never_nothing),
        cmocka_unit_test(oldest_profiles_go),
        cmocka_unit_test(segments_have_the_rest),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
