/*
 * test_index_seen.c - the table of shingles that an index may have, against a list of all that were added:
 * what is there is never denied, whether the table was built before or after it was added, and however small
 * it is; and of what is not there a table of some size denies nearly all. It is as large as its keys need,
 * and no larger than it may be; one that has become full is so when it is built anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "index/seen.h"
#include "index/store.h"
#include "support/disk.h"
#include "support/random.h"

enum { ARTICLES = 600, KEYS = 8, OWNERS = 5, COMMON = 300, PART = WP_SEEN_PART_BYTES };

static uint64_t keys_of[ARTICLES][KEYS];
static uint32_t owners[ARTICLES];
static struct wp_error err;

/* Half of an article's keys are its own, half are of those that many have. */
static void make_articles(void) {
    struct random r = {5};
    for (unsigned i = 0; i < ARTICLES; i++) {
        owners[i] = (uint32_t)random_below(&r, OWNERS) * 0x10001;
        for (unsigned k = 0; k < KEYS; k++) {
            struct random common = {1000 + KEYS * random_below(&r, COMMON) + k};
            keys_of[i][k] = k % 2 ? random_next(&common) : random_next(&r);
        }
    }
}

static unsigned own_slowly(uint32_t owner, uint64_t key, unsigned end) {
    unsigned n = 0;
    for (unsigned i = 0; i < end; i++)
        for (unsigned k = 0; k < KEYS; k++)
            n += owners[i] == owner && (keys_of[i][k] & WP_KEY_MASK) == (key & WP_KEY_MASK);
    return n;
}

static void add(struct wp_store *s, unsigned i) {
    struct wp_row row = {.id = {i, i},
                         .exact = {~keys_of[i][0], 7},
                         .samples = KEYS,
                         .owner = owners[i],
                         .date = i,
                         .story = i};
    assert_int_equal(wp_store_add(s, &row, (const uint8_t *)"record", 6, keys_of[i], &err), WP_OK);
}

/* As the engine does it. */
static void see(struct wp_seen *seen, unsigned i) {
    wp_seen_add(seen, owners[i], keys_of[i], KEYS);
    wp_seen_add_key(seen, WP_KEY_EXACT, ~keys_of[i][0]);
    wp_seen_add_key(seen, WP_KEY_ID, i);
}

/* Nothing of the first `end` articles is denied. */
static void check_there(const struct wp_seen *seen, unsigned end) {
    for (unsigned i = 0; i < end; i++) {
        assert_true(wp_seen_may_have_key(seen, WP_KEY_EXACT, ~keys_of[i][0]));
        assert_true(wp_seen_may_have_key(seen, WP_KEY_ID, i));
        for (unsigned k = 0; k < KEYS; k++) {
            assert_true(wp_seen_may_have(seen, keys_of[i][k]));
            if (own_slowly(owners[i], keys_of[i][k], end) >= WP_SEEN_OWN)
                assert_true(wp_seen_may_own(seen, owners[i], keys_of[i][k]));
        }
    }
}

/* Nearly all else is. */
static void check_not_there(const struct wp_seen *seen, unsigned end) {
    struct random r = {77};
    unsigned passed = 0, own_passed = 0, own_few = 0, tries = 20000;
    for (unsigned i = 0; i < tries; i++) passed += wp_seen_may_have(seen, random_next(&r));
    assert_true(passed < tries / 50);
    for (int kind = WP_KEY_EXACT; kind <= WP_KEY_ID; kind++) {
        passed = 0; /* also what is there, but as a key of another kind */
        for (unsigned i = 0; i < end; i++)
            passed += wp_seen_may_have_key(seen, (enum wp_key_kind)kind, keys_of[i][0]);
        assert_true(passed < 5 + end / 50);
    }
    for (unsigned i = 0; i < end; i++)
        for (unsigned k = 1; k < KEYS; k += 2)
            for (unsigned owner = 0; owner < OWNERS; owner++) {
                if (own_slowly(owner * 0x10001, keys_of[i][k], end) >= WP_SEEN_OWN) continue;
                own_few++;
                own_passed += wp_seen_may_own(seen, owner * 0x10001, keys_of[i][k]);
            }
    assert_true(own_few > 1000);
    assert_true(own_passed < own_few / 50);
}

/* Takes in keys that no article has until the table is full, and as many again; before it is full it is
 * nearly so, and few keys pass that are not there. */
static void fill(struct wp_seen *seen) {
    enum { TRIES = 20000 };
    struct random r = {99}, other = {98};
    unsigned rounds = 0, nearly = 0, passed = 0;
    while (!wp_seen_is_full(seen)) {
        uint64_t keys[KEYS];
        for (unsigned k = 0; k < KEYS; k++) keys[k] = random_next(&r);
        wp_seen_add(seen, 1, keys, KEYS);
        rounds++;
        nearly += wp_seen_is_nearly_full(seen);
    }
    assert_true(wp_seen_is_nearly_full(seen));
    assert_in_range(nearly, rounds / 20, rounds / 5);
    for (unsigned i = 0; i < TRIES; i++) passed += wp_seen_may_have(seen, random_next(&other));
    assert_in_range(passed, TRIES / 64, TRIES / 10);
    for (unsigned i = 0; i < KEYS * rounds; i++) {
        uint64_t key = random_next(&r);
        wp_seen_add(seen, 1, &key, 1);
    }
}

static void test_seen(void **state) {
    (void)state;
    struct wp_store s;
    struct wp_store_options options = {.write = true, .create = true, .flush_rows = 70};
    struct wp_seen early = {0}, late = {0}, full = {0}, nothing = {0};
    make_articles();
    assert_int_equal(wp_store_open(&s, "index", &options, &err), WP_OK);
    for (unsigned i = 0; i < ARTICLES; i++) {
        add(&s, i);
        see(&early, i);
        if (i == 190) { /* in segments, and in the memtable */
            assert_true(wp_store_now(&s)->segment_count > 0);
            assert_true(wp_store_now(&s)->memtable->table->rows > 0);
            assert_int_equal(wp_seen_build(&early, PART, wp_store_now(&s), owners, &err), WP_OK);
            check_there(&early, i + 1);
            check_not_there(&early, i + 1);
        }
    }
    assert_int_equal(wp_seen_build(&late, 3 * PART, wp_store_now(&s), owners, &err), WP_OK);
    assert_int_equal(wp_seen_bytes(&late), 3 * PART);
    assert_false(wp_seen_is_full(&late) || wp_seen_is_nearly_full(&late));
    assert_int_equal(wp_seen_build(&full, PART, wp_store_now(&s), owners, &err), WP_OK);
    fill(&full);
    check_there(&early, ARTICLES);
    check_not_there(&early, ARTICLES);
    check_there(&late, ARTICLES);
    check_not_there(&late, ARTICLES);
    check_there(&full, ARTICLES);
    check_there(&nothing, ARTICLES); /* knows nothing, denies nothing */
    assert_false(wp_seen_is_full(&nothing) || wp_seen_is_nearly_full(&nothing));
    wp_seen_release(&early);
    wp_seen_release(&late);
    wp_seen_release(&full);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

static int remove_index(void **state) {
    (void)state;
    disk_remove_directory("index");
    return 0;
}

/* An owner's articles are counted, whoever else has the key, and in whatever order; one that came first may
 * have one more than is known of it. */
static void test_owners(void **state) {
    (void)state;
    enum { TIMES = WP_SEEN_OWN + 2, TRIES = 500 };
    struct wp_store s;
    struct wp_store_options options = {.write = true, .create = true};
    struct wp_seen seen = {0};
    struct random r = {3};
    unsigned too_soon = 0;
    assert_int_equal(wp_store_open(&s, "index", &options, &err), WP_OK);
    assert_int_equal(wp_seen_build(&seen, PART, wp_store_now(&s), owners, &err), WP_OK);
    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t key = random_next(&r);
        for (unsigned n = 1; n <= TIMES; n++) {
            for (uint32_t owner = 0x10001; owner <= 0x20002; owner += 0x10001) {
                wp_seen_add(&seen, owner, &key, 1);
                if (n >= WP_SEEN_OWN) assert_true(wp_seen_may_own(&seen, owner, key));
                if (n < WP_SEEN_OWN - 1) too_soon += wp_seen_may_own(&seen, owner, key);
            }
            too_soon += wp_seen_may_own(&seen, 0x30003, key);
        }
    }
    assert_true(too_soon < TRIES / 10); /* by bits of others, of which there are a few in a hundred */
    wp_seen_release(&seen);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

/* Many keys: they fill a table of one part, and one that is larger; each is built anew when it is full. */
static void test_growing(void **state) {
    (void)state;
    enum { MANY = 128, LAST = 1400, ALL = MANY + 2 };
    static uint32_t nobody[LAST];
    static uint64_t many[LAST][MANY];
    struct wp_store s;
    struct wp_store_options options = {.write = true, .create = true, .flush_rows = 300};
    struct wp_seen seen = {0};
    struct random r = {8};
    unsigned built = 0;
    assert_int_equal(wp_store_open(&s, "index", &options, &err), WP_OK);
    for (unsigned i = 0; i < LAST; i++) {
        struct wp_row row = {.id = {i, i}, .exact = {i, 7}, .samples = MANY, .date = i, .story = i};
        for (unsigned k = 0; k < MANY; k++) many[i][k] = random_next(&r);
        assert_int_equal(wp_store_add(&s, &row, (const uint8_t *)"record", 6, many[i], &err), WP_OK);
        wp_seen_add(&seen, 0, many[i], MANY);
        wp_seen_add_key(&seen, WP_KEY_EXACT, i);
        wp_seen_add_key(&seen, WP_KEY_ID, i);
        if (i >= 5 && seen.words && !wp_seen_is_full(&seen)) continue;
        size_t before = wp_seen_bytes(&seen), bytes = wp_seen_size(wp_store_now(&s), SIZE_MAX);
        uint64_t keys = (uint64_t)(i + 1) * ALL;
        assert_int_equal(bytes % PART, 0);
        assert_in_range(8 * bytes, 8 * keys, 16 * keys + 8 * PART);
        assert_int_equal(wp_seen_size(wp_store_now(&s), bytes - 1), bytes > PART ? bytes - PART : PART);
        assert_int_equal(wp_seen_size(wp_store_now(&s), 0), PART);
        assert_int_equal(wp_seen_build(&seen, bytes, wp_store_now(&s), nobody, &err), WP_OK);
        assert_int_equal(seen.keys, keys);
        assert_true(i < 5 || bytes >= 2 * before);
        assert_false(wp_seen_is_full(&seen));
        built++;
    }
    /* A part has 262,144 bits: three for each key fill half of it with those of 337 articles. So there are
     * the five at the beginning, one then, of three parts, and one that comes as much later. */
    assert_int_equal(built, 5 + 2);
    for (unsigned i = 0; i < LAST; i++)
        for (unsigned k = 0; k < MANY; k++) assert_true(wp_seen_may_have(&seen, many[i][k]));
    wp_seen_release(&seen);
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

int main(void) {
    char scratch[] = "wp_seen.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(test_seen, remove_index),
                                       cmocka_unit_test_teardown(test_owners, remove_index),
                                       cmocka_unit_test_teardown(test_growing, remove_index)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
