/*
 * test_index_lookup.c - keys looked up in memtable and segments at once, against a list that is searched from
 * one end to the other: while articles are added, flushed, merged and deleted; by snapshots of different
 * moments.
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
#include "index/check.h"
#include "index/seen.h"
#include "index/store.h"
#include "support/disk.h"
#include "support/random.h"

enum { ARTICLES = 700, KEYS = 6, KINDS = 40 };

static uint64_t keys_of[ARTICLES][KEYS];
static bool deleted[ARTICLES];
static struct wp_error err;

/* Some keys are in many articles, most in few. */
static void make_keys(void) {
    struct random r = {11};
    for (unsigned i = 0; i < ARTICLES; i++) {
        for (unsigned k = 0; k < KEYS; k++) {
            uint64_t n = k == 0  ? random_below(&r, 4)
                         : k < 3 ? 10 + random_below(&r, KINDS)
                                 : 1000 + random_below(&r, 900);
            struct random hash = {n * 8 + k}; /* the keys of one article differ */
            keys_of[i][k] = random_next(&hash);
        }
    }
}

/* The articles below `end` that have the key, as the index still knows them: `gone` have no keys any more. */
static unsigned find_slowly(uint64_t key, uint32_t end, uint32_t *out) {
    unsigned n = 0;
    for (uint32_t i = 0; i < end; i++)
        for (unsigned k = 0; k < KEYS; k++)
            if ((keys_of[i][k] & WP_KEY_MASK) == (key & WP_KEY_MASK)) out[n++] = i;
    return n;
}

/* Leaves out the dead: a merge drops their keys, a flush does not. */
static unsigned living(uint32_t *numbers, unsigned count) {
    unsigned n = 0;
    for (unsigned i = 0; i < count; i++)
        if (!deleted[numbers[i]]) numbers[n++] = numbers[i];
    return n;
}

static void check_key(const struct wp_view *v, uint64_t key) {
    static const struct wp_key_limits all = {ARTICLES, 4, 4}, few = {9, 4, 3};
    uint32_t want[ARTICLES], got[ARTICLES], given;
    uint64_t total;
    unsigned count = find_slowly(key, v->end, want);
    assert_int_equal(wp_view_find(v, WP_KEY_SHINGLE, key, &all, got, &given, &total, &err), WP_OK);
    bool any_dead = false;
    for (unsigned i = 0; i < count; i++) any_dead |= deleted[want[i]];
    for (unsigned i = 1; i < given; i++) assert_true(got[i - 1] < got[i]);
    assert_int_equal(given, total);
    if (!any_dead) { /* both ends of a long list */
        assert_int_equal(given, count);
        uint32_t ends[ARTICLES], n;
        assert_int_equal(wp_view_find(v, WP_KEY_SHINGLE, key, &few, ends, &n, &total, &err), WP_OK);
        assert_int_equal(total, count);
        if (count <= 9) {
            assert_int_equal(n, count);
        } else {
            assert_int_equal(n, 7);
            assert_memory_equal(ends, want, 4 * sizeof *ends);
            assert_memory_equal(ends + 4, want + count - 3, 3 * sizeof *ends);
        }
    }
    given = living(got, given);
    count = living(want, count);
    assert_int_equal(given, count);
    assert_memory_equal(got, want, count * sizeof *want);
}

/* All keys of an article at once give what each gives by itself: listed, or too many to be; and by other
 * limits afterwards. */
static void check_together(const struct wp_view *v, uint32_t article, const struct wp_seen *seen) {
    static const struct wp_key_limits limits = {30, 4, 4}, ends = {9, 2, 5};
    struct wp_key_batch b = {.seen = seen};
    uint32_t want[ARTICLES], got[ARTICLES], given, n, sum = 0;
    uint64_t total;
    assert_int_equal(wp_view_find_shingles(v, keys_of[article], KEYS, &limits, &b, &err), WP_OK);
    for (uint32_t k = 0; k < KEYS; k++) {
        uint64_t key = keys_of[article][k];
        assert_int_equal(wp_view_find(v, WP_KEY_SHINGLE, key, &limits, want, &given, &total, &err), WP_OK);
        assert_int_equal(b.totals[k], total);
        assert_int_equal(b.listed[k], total <= limits.all ? given : 0);
        assert_memory_equal(b.numbers + b.starts[k], want, b.listed[k] * sizeof *want);
        sum += b.listed[k];
        assert_int_equal(wp_key_batch_list(v, &b, k, &limits, got, &n, &err), WP_OK);
        assert_int_equal(n, given);
        assert_memory_equal(got, want, n * sizeof *want);
        assert_int_equal(wp_view_find(v, WP_KEY_SHINGLE, key, &ends, want, &given, &total, &err), WP_OK);
        assert_int_equal(wp_key_batch_list(v, &b, k, &ends, got, &n, &err), WP_OK);
        assert_int_equal(n, given);
        assert_memory_equal(got, want, n * sizeof *want);
    }
    assert_int_equal(b.given, sum);
    wp_key_batch_release(&b);
}

static void check_view(const struct wp_view *v, uint64_t seed) {
    static const uint32_t owners[ARTICLES]; /* nobody's */
    struct random r = {seed};
    struct wp_seen seen = {0};
    assert_int_equal(wp_seen_build(&seen, WP_SEEN_PART_BYTES, v, owners, &err), WP_OK);
    for (unsigned i = 0; i < 40 && v->end; i++) {
        uint32_t article = (uint32_t)random_below(&r, v->end);
        check_key(v, keys_of[article][random_below(&r, KEYS)]);
        check_together(v, article, NULL);
        check_together(v, (uint32_t)random_below(&r, ARTICLES), &seen);
    }
    check_key(v, 12345);
    wp_seen_release(&seen);
}

static void tell(void *self, const struct wp_damage *damage) {
    (void)self;
    print_message("%s: %s\n", damage->error.file, damage->error.reason);
}

static void add(struct wp_store *s, uint32_t i) {
    char record[200];
    memset(record, 'a' + (int)(i % 26), sizeof record);
    struct wp_row row = {.id = {i, i}, .exact = {i / 2, 7}, .samples = KEYS, .date = i, .story = i};
    assert_int_equal(wp_store_next(s), i);
    assert_int_equal(wp_store_add(s, &row, (uint8_t *)record, 100 + i % 100, keys_of[i], &err), WP_OK);
}

static void test_lookup(void **state) {
    (void)state;
    struct wp_store s;
    struct wp_store_options options = {.write = true, .create = true, .flush_rows = 23};
    struct wp_view *early = NULL;
    struct wp_check_counts counts;
    make_keys();
    assert_int_equal(wp_store_open(&s, "index", &options, &err), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        add(&s, i);
        if (i % 10 == 9) assert_int_equal(wp_store_commit(&s, &err), WP_OK);
        if (i == 109) early = wp_store_snapshot(&s);
        if (i > 400 && i % 9 == 0) {
            assert_int_equal(wp_store_kill(&s, i - 300, &err), WP_OK);
            deleted[i - 300] = true;
        }
        if (i % 31 == 0) check_view(wp_store_now(&s), i);
        if (i == 500) {
            assert_int_equal(wp_store_compact(&s, &err), WP_OK);
            check_view(wp_store_now(&s), i);
        }
    }
    assert_int_equal(early->end, 110); /* as it was, and where files have gone since */
    memset(deleted, 0, sizeof deleted);
    check_view(early, 1);
    wp_view_drop(early);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
    assert_int_equal(wp_index_check("index", tell, NULL, &counts, &err), WP_OK);
    assert_int_equal(counts.damages, 0);
    assert_int_equal(counts.articles - counts.dead, ARTICLES - (ARTICLES - 401) / 9);
}

int main(void) {
    char scratch[] = "wp_lookup.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lookup)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_remove_directory("index");
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
