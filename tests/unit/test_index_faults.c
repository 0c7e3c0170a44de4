/*
 * test_index_faults.c - an index whose process is stopped at every operation, whose disk is full or broken at
 * every operation, and whose machine stops at many places with what was not synced lost in many ways. What
 * was acknowledged is there, nothing is there that was not sent, nothing is there by half.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>
#include "support/disk.h"
#include "support/index_load.h"
#include "support/random.h"

enum { STEPS = 42, SESSION = 17, SEEDS = 200 };

static const char dir[] = "index", found[] = "found";

/* The first session ends with compacting, to several text files. */
static void init(struct load *l, const char *where) {
    load_init(l, where, STEPS);
    l->texts_bytes = 2000;
    l->compact_until = SESSION;
}

static unsigned long count_operations(void) {
    struct disk d;
    struct load l;
    struct wp_error err = {0};
    disk_init(&d);
    disk_remove_directory(dir);
    init(&l, dir);
    assert_int_equal(load_run_sessions(&l, &d.fs, SESSION, &err), WP_OK);
    assert_int_equal(l.acknowledged, STEPS);
    assert_true(load_holds(&l, dir, 0));
    unsigned long n = d.count;
    disk_release(&d);
    return n;
}

/* The process is killed at operation n; the machine goes on. Then the next one is, while it recovers. */
static void test_stop(void **state) {
    (void)state;
    unsigned long all = count_operations();
    assert_true(all > 100);
    for (unsigned long n = 1; n <= all; n++) {
        struct disk d;
        struct load l;
        struct wp_error err = {0};
        disk_init(&d);
        d.stop_at = n;
        disk_remove_directory(dir);
        init(&l, dir);
        l.pack_ahead = n % 2 == 1;
        load_run_sessions(&l, &d.fs, SESSION, &err); /* WP_OK when only a file was left that nobody names */
        if (!load_holds(&l, dir, 0)) fail_msg("stopped at operation %lu", n);
        disk_release(&d);
        disk_init(&d);
        d.stop_at = 1 + n % 9; /* during recovery, or soon after */
        unsigned acknowledged = l.acknowledged, sent = l.sent;
        load_run_sessions(&l, &d.fs, SESSION, &err);
        if (l.acknowledged == acknowledged && l.sent < sent) l.sent = sent;
        if (!load_holds(&l, dir, 0)) fail_msg("stopped at operation %lu, and again", n);
        disk_release(&d);
        init(&l, dir);
        if (load_run(&l, NULL, &err) != WP_OK || !load_holds(&l, dir, 1))
            fail_msg("stopped at operation %lu, it does not go on: %s", n, err.reason);
    }
}

/* The disk is full at operation n: nothing that was acknowledged is lost, and the next attempt goes through.
 */
static void test_full(void **state) {
    (void)state;
    unsigned long all = count_operations();
    for (unsigned long n = 1; n <= all; n++) {
        struct disk d;
        struct load l;
        struct wp_error err = {0};
        disk_init(&d);
        d.fail_at = n;
        d.fail_with = WP_ENOSPC;
        d.fail_kinds = DISK_CREATE | DISK_WRITE;
        disk_remove_directory(dir);
        init(&l, dir);
        l.pack_ahead = n % 2 == 1;
        enum wp_status status = load_run_sessions(&l, &d.fs, SESSION, &err);
        if (status != WP_OK && status != WP_ENOSPC) fail_msg("operation %lu: %s", n, err.reason);
        if (!load_holds(&l, dir, 0)) fail_msg("full at operation %lu", n);
        if (load_run_sessions(&l, &d.fs, SESSION, &err) != WP_OK || !load_holds(&l, dir, 1))
            fail_msg("full at operation %lu, it does not go on: %s", n, err.reason);
        int failed = d.failed;
        disk_release(&d);
        if (!failed) break; /* there are fewer such operations */
    }
}

/* EIO at operation n. Nothing is written by that process afterwards, and nothing acknowledged is lost. */
static void test_broken(void **state) {
    (void)state;
    unsigned long all = count_operations();
    for (unsigned long n = 1; n <= all; n++) {
        struct disk d;
        struct load l;
        struct wp_error err = {0};
        disk_init(&d);
        d.fail_at = n;
        d.fail_with = WP_EIO;
        disk_remove_directory(dir);
        init(&l, dir);
        l.pack_ahead = n % 2 == 1;
        enum wp_status status = load_run(&l, &d.fs, &err);
        if (status != WP_OK && status != WP_EIO) fail_msg("operation %lu: %s", n, err.reason);
        if (d.failed && d.count > n) fail_msg("went on after EIO at operation %lu", n);
        if (!load_holds(&l, dir, 0)) fail_msg("EIO at operation %lu", n);
        disk_release(&d);
    }
}

/* The machine stops at a random operation; what was not synced is lost, torn, in another order. */
static void test_crash(void **state) {
    (void)state;
    unsigned long all = count_operations();
    const char *wanted = getenv("WIREPRINT_FAULT_SEEDS");
    unsigned long seeds = wanted ? strtoul(wanted, NULL, 10) : SEEDS;
    for (unsigned long seed = 1; seed <= seeds; seed++) {
        struct random r = {seed};
        struct disk d;
        struct load l;
        struct wp_error err = {0};
        disk_init(&d);
        d.stop_at = 1 + random_below(&r, all);
        disk_remove_directory(dir);
        disk_remove_directory(found);
        init(&l, dir);
        l.pack_ahead = seed % 2 == 1;
        load_run_sessions(&l, &d.fs, SESSION, &err);
        disk_crash(&d, found, seed);
        disk_release(&d);
        if (!load_holds(&l, found, 0)) fail_msg("seed %lu: as a reader finds it", seed);
        if (!load_holds(&l, found, 1)) fail_msg("seed %lu: as a writer finds it", seed);
        if (!load_holds(&l, found, 0)) fail_msg("seed %lu: after recovery", seed);
    }
}

int main(void) {
#if defined(__SANITIZE_THREAD__)
    return 77; /* one thread and many thousand recoveries: nothing to learn, and ten minutes */
#endif
    char scratch[] = "wp_faults.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_crash),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_remove_directory(dir);
    disk_remove_directory(found);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
