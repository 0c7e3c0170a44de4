/* test_file.c - files, files aside, files without a name, paths; what the system says when it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/file.h"
#include "base/memory.h"

static char scratch[] = "wp_file.XXXXXX";

static void put(const char *name, const char *text) {
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static size_t count_files(void) {
    struct wp_names names = {0};
    struct wp_error err;
    assert_int_equal(wp_names_add_directory(&names, ".", &err), WP_OK);
    size_t n = names.count;
    wp_names_release(&names);
    assert_int_equal(wp_names_add_glob(&names, "./.*", &err), WP_OK);
    n += names.count - 2; /* . and .. */
    wp_names_release(&names);
    return n;
}

static void reading(void **state) {
    (void)state;
    struct wp_file f;
    char got[20] = "";
    size_t n;
    uint64_t size;
    put("ten", "0123456789");
    assert_int_equal(wp_file_open(&f, "ten", NULL), WP_OK);
    assert_int_equal(wp_file_size(&f, &size, NULL), WP_OK);
    assert_int_equal(size, 10);
    assert_true(wp_file_is_regular(&f));
    assert_int_equal(wp_file_left(&f), 10);
    assert_int_equal(wp_file_read(&f, got, 4, &n, NULL), WP_OK);
    assert_int_equal(n, 4);
    assert_int_equal(wp_file_left(&f), 6);
    assert_int_equal(wp_file_read_at(&f, got, 10, 0, NULL), WP_OK);
    assert_string_equal(got, "0123456789");
    assert_int_equal(wp_file_read(&f, got, 20, &n, NULL), WP_OK);
    assert_int_equal(n, 6);
    assert_int_equal(wp_file_read(&f, got, 20, &n, NULL), WP_OK);
    assert_int_equal(n, 0);
    struct wp_error err;
    assert_int_equal(wp_file_read_at(&f, got, 5, 8, &err), WP_EDAMAGED);
    assert_int_equal(err.offset, 10);
    assert_string_equal(err.file, "ten");
    assert_int_equal(wp_file_close(&f, NULL), WP_OK);
    assert_int_equal(wp_file_close(&f, NULL), WP_OK); /* closed already */
}

static void refusals(void **state) {
    (void)state;
    struct wp_file f;
    struct wp_error err;
    assert_int_equal(wp_file_open(&f, "missing", &err), WP_ENOENT);
    assert_string_equal(err.file, "missing");
    assert_non_null(strstr(err.reason, "No such file"));
    assert_false(f.open);
    assert_int_equal(wp_file_open(&f, ".", &err), WP_EINVAL);
    assert_int_equal(wp_file_open_aside(&f, "missing/x", &err), WP_ENOENT);
    assert_int_equal(wp_file_open_temp(&f, "missing", &err), WP_ENOENT);
    assert_int_equal(wp_file_remove("missing", &err), WP_ENOENT);
    assert_int_equal(wp_file_rename("missing", "other", &err), WP_ENOENT);
    assert_int_equal(wp_file_readable("missing", &err), WP_ENOENT);
    assert_int_equal(wp_file_open_write(&f, "/dev/full", &err), WP_OK);
    assert_int_equal(wp_file_write(&f, "x", 1, &err), WP_ENOSPC);
    assert_string_equal(err.file, "/dev/full");
    wp_file_close(&f, NULL);
}

static void aside(void **state) {
    (void)state;
    struct wp_file a, b;
    struct stat st;
    umask(027);
    assert_int_equal(wp_file_open_aside(&a, "out.jsonl", NULL), WP_OK);
    assert_int_equal(wp_file_open_aside(&b, "./out.jsonl", NULL), WP_OK);
    assert_memory_equal(a.name, ".out.jsonl.", 11);
    assert_memory_equal(b.name, "./.out.jsonl.", 13);
    assert_string_equal(a.name + strlen(a.name) - 4, ".tmp");
    assert_string_not_equal(a.name, b.name + 2);
    assert_int_equal(fstat(a.fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    umask(022);
    assert_int_equal(wp_file_write(&a, "hello", 5, NULL), WP_OK);
    assert_int_equal(wp_file_rename(a.name, "out.jsonl", NULL), WP_OK);
    assert_int_equal(wp_file_remove(b.name, NULL), WP_OK);
    wp_file_close(&a, NULL);
    wp_file_close(&b, NULL);
    assert_int_equal(wp_file_kind("out.jsonl"), WP_FILE_REGULAR);
}

/* Nothing of it in the directory, not even while it is open, nor after the process was killed. */
static void without_a_name(void **state) {
    (void)state;
    size_t before = count_files();
    pid_t child = fork();
    if (child == 0) {
        struct wp_file f;
        if (wp_file_open_temp(&f, ".", NULL) != WP_OK || wp_file_write(&f, "abc", 3, NULL) != WP_OK) _exit(1);
        kill(getpid(), SIGKILL);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how));
    assert_int_equal(count_files(), before);
    struct wp_file f;
    char got[4] = "";
    assert_int_equal(wp_file_open_temp(&f, ".", NULL), WP_OK);
    assert_int_equal(count_files(), before);
    assert_int_equal(wp_file_write_at(&f, "xyz", 3, 5, NULL), WP_OK);
    assert_int_equal(wp_file_read_at(&f, got, 3, 5, NULL), WP_OK);
    assert_string_equal(got, "xyz");
    assert_int_equal(wp_file_truncate(&f, 0, NULL), WP_OK);
    assert_int_equal(wp_file_read_at(&f, got, 1, 0, NULL), WP_EDAMAGED);
    assert_int_equal(wp_file_sync(&f, NULL), WP_OK);
    wp_file_close(&f, NULL);
}

/* A pipe that somebody made non-blocking: reading waits, writing too. */
static void non_blocking_pipes(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    static char big[300000], got[sizeof big];
    memset(big, 'p', sizeof big);
    pid_t child = fork();
    if (child == 0) {
        struct wp_file w = {.name = NULL, .fd = ends[1], .open = true};
        close(ends[0]);
        usleep(20000);
        _exit(wp_file_write(&w, big, sizeof big, NULL) != WP_OK);
    }
    close(ends[1]);
    struct wp_file r = {.name = NULL, .fd = ends[0], .open = true};
    size_t have = 0, n;
    do {
        assert_int_equal(wp_file_read(&r, got + have, sizeof got - have, &n, NULL), WP_OK);
        have += n;
        usleep(100);
    } while (n && have < sizeof got);
    assert_int_equal(have, sizeof big);
    assert_memory_equal(got, big, sizeof big);
    int how;
    waitpid(child, &how, 0);
    assert_int_equal(how, 0);
    wp_file_close(&r, NULL);
}

static void expect_directory(const char *name, const char *dir, const char *base) {
    char *got = wp_path_directory(name);
    assert_string_equal(got, dir);
    assert_string_equal(wp_path_base(name), base);
    wp_free(got);
}

static void paths(void **state) {
    (void)state;
    expect_directory("a", ".", "a");
    expect_directory("a/b", "a", "b");
    expect_directory("/b", "/", "b");
    expect_directory("a//b", "a", "b");
    expect_directory("../x/y", "../x", "y");
    char *joined = wp_path_join("a", "b"), *slash = wp_path_join("a/", "b");
    assert_string_equal(joined, "a/b");
    assert_string_equal(slash, "a/b");
    wp_free(joined);
    wp_free(slash);
    put("one", "");
    assert_int_equal(symlink("one", "link"), 0);
    assert_true(wp_file_is_link("link"));
    assert_false(wp_file_is_link("one"));
    struct wp_file open = {0};
    assert_int_equal(wp_file_open(&open, "one", NULL), WP_OK);
    assert_true(wp_file_is_current(&open));
    assert_int_equal(wp_file_rename("one", "elsewhere", NULL), WP_OK);
    assert_false(wp_file_is_current(&open));
    assert_int_equal(wp_file_rename("elsewhere", "one", NULL), WP_OK);
    assert_true(wp_file_is_current(&open));
    wp_file_close(&open, NULL);
    assert_true(wp_file_is_same("link", "one"));
    assert_true(wp_file_is_same("./one", "one"));
    assert_false(wp_file_is_same("one", "."));
    assert_false(wp_file_is_same("one", "missing"));
    assert_int_equal(wp_file_kind("."), WP_FILE_DIRECTORY);
    assert_int_equal(wp_file_kind("/dev/null"), WP_FILE_OTHER);
    assert_int_equal(wp_file_kind("missing"), WP_FILE_MISSING);
    char *target = wp_file_resolve("link");
    assert_string_equal(wp_path_base(target), "one");
    wp_free(target);
    assert_null(wp_file_resolve("missing"));
}

static void directories(void **state) {
    (void)state;
    struct wp_names names = {0};
    struct wp_error err;
    uint64_t bytes;
    assert_int_equal(mkdir("d", 0755), 0);
    put("d/b", "");
    put("d/a", "");
    put("d/.hidden", "");
    put("d/B", "");
    assert_int_equal(wp_names_add_directory(&names, "d", &err), WP_OK);
    assert_int_equal(names.count, 3);
    assert_string_equal(names.items[0], "B");
    assert_string_equal(names.items[2], "b");
    assert_int_equal(wp_names_add_glob(&names, "d/[ab]", &err), WP_OK);
    assert_int_equal(names.count, 5);
    assert_string_equal(names.items[4], "d/b");
    assert_int_equal(wp_names_add_glob(&names, "d/x*", &err), WP_OK);
    assert_int_equal(names.count, 5);
    wp_names_release(&names);
    assert_int_equal(wp_names_add_directory(&names, "missing", &err), WP_ENOENT);
    assert_int_equal(wp_directory_free_bytes(".", &bytes, &err), WP_OK);
    assert_true(bytes > 0);
    assert_int_equal(wp_directory_free_bytes("missing", &bytes, &err), WP_ENOENT);
    assert_int_equal(wp_directory_sync("d", &err), WP_OK);
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
        cmocka_unit_test(reading),        cmocka_unit_test(refusals),           cmocka_unit_test(aside),
        cmocka_unit_test(without_a_name), cmocka_unit_test(non_blocking_pipes), cmocka_unit_test(paths),
        cmocka_unit_test(directories),
    };
    return cmocka_run_group_tests_name("file", tests, set_up, tear_down);
}
