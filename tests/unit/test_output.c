/*
 * test_output.c - nothing under the final name before commit, all of it afterwards, nothing aside in any
 * case. What is written compressed is read back by the gzip and zstd programs, not by us.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/output.h"

static char scratch[] = "wp_output.XXXXXX";

static void expect_shell(const char *command) {
    int how = system(command);
    if (how != 0) print_message("%s\n", command);
    assert_int_equal(how, 0);
}

static bool exists(const char *name) {
    struct stat st;
    return lstat(name, &st) == 0;
}

static void expect_nothing_aside(void) {
    expect_shell("test -z \"$(find . -name '.*.tmp')\"");
}

static void write_numbers(struct wp_output *o, unsigned count) {
    for (unsigned i = 0; i < count; i++) assert_int_equal(wp_output_print(o, NULL, "%u\n", i), WP_OK);
}

static void commit_and_abort(void **state) {
    (void)state;
    static const char *const names[] = {"a.txt", "a.gz", "a.zst", "./b.jsonl.zst"};
    static const char *const commands[] = {"seq 0 199999 | cmp - a.txt", "gzip -dc a.gz | cmp - a.txt",
                                           "zstd -dcq a.zst | cmp - a.txt", "zstd -tq b.jsonl.zst"};
    for (size_t i = 0; i < 4; i++) {
        struct wp_output o;
        assert_int_equal(wp_output_open(&o, names[i], NULL), WP_OK);
        write_numbers(&o, 200000);
        assert_false(exists(names[i]));
        wp_output_abort(&o);
        wp_output_free(&o);
        assert_false(exists(names[i]));
        expect_nothing_aside();
        assert_int_equal(wp_output_open(&o, names[i], NULL), WP_OK);
        write_numbers(&o, 200000);
        assert_int_equal(wp_output_commit(&o, NULL), WP_OK);
        wp_output_free(&o);
        expect_shell(commands[i]);
        expect_nothing_aside();
    }
}

/* The file that was there stays until commit, and is replaced then. */
static void replacing(void **state) {
    (void)state;
    struct wp_output o;
    expect_shell("echo old > r.txt; ln -s r.txt r.link");
    assert_int_equal(wp_output_open(&o, "r.link", NULL), WP_OK);
    assert_int_equal(wp_output_write(&o, "new\n", 4, NULL), WP_OK);
    expect_shell("grep -q old r.txt");
    assert_int_equal(wp_output_commit(&o, NULL), WP_OK);
    expect_shell("grep -q new r.txt && test -L r.link && ! test -L r.txt");
}

static void empty_outputs(void **state) {
    (void)state;
    static const char *const names[] = {"e.txt", "e.gz", "e.zst"};
    for (size_t i = 0; i < 3; i++) {
        struct wp_output o;
        assert_int_equal(wp_output_open(&o, names[i], NULL), WP_OK);
        assert_int_equal(wp_output_commit(&o, NULL), WP_OK);
    }
    expect_shell("test ! -s e.txt && test -z \"$(gzip -dc e.gz)\" && test -z \"$(zstd -dcq e.zst)\"");
}

/* The same bytes, however they were cut into writes. */
static void same_bytes(void **state) {
    (void)state;
    static char data[3000000];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (char)('a' + (i * i / 7 + i / 1000) % 20);
    for (int i = 0; i < 2; i++) {
        struct wp_output o;
        assert_int_equal(wp_output_open(&o, i ? "s1.zst" : "s0.zst", NULL), WP_OK);
        for (size_t at = 0, step = i ? 999 : sizeof data; at < sizeof data; at += step)
            assert_int_equal(
                wp_output_write(&o, data + at, sizeof data - at < step ? sizeof data - at : step, NULL),
                WP_OK);
        assert_int_equal(o.total, sizeof data);
        assert_int_equal(wp_output_commit(&o, NULL), WP_OK);
    }
    expect_shell("cmp s0.zst s1.zst");
}

static void devices(void **state) {
    (void)state;
    struct wp_output o;
    struct wp_error err;
    assert_int_equal(wp_output_open(&o, "/dev/null", &err), WP_OK);
    assert_int_equal(wp_output_write(&o, "x", 1, &err), WP_OK);
    assert_int_equal(wp_output_commit(&o, &err), WP_OK);
    struct stat st;
    assert_true(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    assert_int_equal(wp_output_open(&o, "/dev/full", &err), WP_OK);
    assert_int_equal(wp_output_write(&o, "x", 1, &err), WP_OK); /* still in the buffer */
    assert_int_equal(wp_output_commit(&o, &err), WP_ENOSPC);
    assert_string_equal(err.file, "/dev/full");
}

/* A file system that takes no more, as far as one process can have it: a limit on the size of files. The old
 * file stays, nothing is left aside, the error has the name that was given. */
static void no_more_room(void **state) {
    (void)state;
    static const char *const names[] = {"n.txt", "n.gz", "n.zst"};
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    for (size_t i = 0; i < 3; i++) {
        struct wp_output o;
        struct wp_error err = {0};
        char command[100];
        snprintf(command, sizeof command, "echo old > %s", names[i]);
        expect_shell(command);
        assert_int_equal(wp_output_open(&o, names[i], &err), WP_OK);
        small = (struct rlimit){.rlim_cur = 100000, .rlim_max = old.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        enum wp_status status = WP_OK;
        for (unsigned n = 0; n < 1000000 && status == WP_OK; n++)
            status = wp_output_print(&o, &err, "%u\n", n * 2654435761u);
        if (status == WP_OK)
            status = wp_output_commit(&o, &err);
        else
            wp_output_free(&o);
        setrlimit(RLIMIT_FSIZE, &old);
        assert_int_not_equal(status, WP_OK);
        assert_string_equal(err.file, names[i]);
        expect_nothing_aside();
        snprintf(command, sizeof command, "test \"$(cat %s)\" = old", names[i]);
        expect_shell(command);
    }
}

static void refusals(void **state) {
    (void)state;
    struct wp_output o;
    struct wp_error err;
    assert_int_equal(wp_output_open(&o, "missing/x.zst", &err), WP_ENOENT);
    assert_string_equal(err.file, "missing/x.zst");
    wp_output_free(&o);
    assert_int_equal(wp_output_open(&o, ".", &err), WP_EINVAL);
    wp_output_free(&o);
    struct wp_output zero = {0};
    wp_output_abort(&zero);
    wp_output_free(&zero);
    expect_nothing_aside();
}

static void long_prints(void **state) {
    (void)state;
    struct wp_output o;
    char *text = malloc(2000001);
    memset(text, 'w', 2000000);
    text[2000000] = 0;
    assert_int_equal(wp_output_open(&o, "p.txt", NULL), WP_OK);
    assert_int_equal(wp_output_print(&o, NULL, "%s|%d\n", text, 5), WP_OK);
    assert_int_equal(wp_output_commit(&o, NULL), WP_OK);
    expect_shell("test $(stat -c %s p.txt) = 2000003 && tail -c 4 p.txt | grep -q '^w|5$'");
    free(text);
}

static int set_up(void **state) {
    (void)state;
    return !mkdtemp(scratch) || chdir(scratch) != 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return chdir("..") || system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit_and_abort), cmocka_unit_test(replacing),   cmocka_unit_test(empty_outputs),
        cmocka_unit_test(same_bytes),       cmocka_unit_test(devices),     cmocka_unit_test(no_more_room),
        cmocka_unit_test(refusals),         cmocka_unit_test(long_prints),
    };
    return cmocka_run_group_tests_name("output", tests, set_up, tear_down);
}
