/* test_paths.c - operands become files: names, directories, patterns, standard input, what is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "input/paths.h"

static void make(const char *name) {
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    fclose(f);
}

/* `want` names with blanks between them. */
static void expect(const char *operand, const char *want) {
    struct wp_paths paths;
    struct wp_error err;
    char got[4000] = "";
    assert_int_equal(wp_paths_expand(&paths, &operand, 1, &err), WP_OK);
    for (size_t i = 0; i < paths.count; i++) {
        strcat(got, i ? " " : "");
        strcat(got, paths.names[i]);
    }
    assert_string_equal(got, want);
    wp_paths_release(&paths);
}

static void refuse(const char *operand, enum wp_status status) {
    struct wp_paths paths;
    struct wp_error err;
    const char *operands[] = {"a.jsonl", operand};
    assert_int_equal(wp_paths_expand(&paths, operands, 2, &err), status);
    assert_int_equal(err.status, status);
    assert_string_equal(err.file, operand);
    assert_int_equal(paths.count, 0);
    assert_null(paths.names);
}

static void names_and_directories(void **state) {
    (void)state;
    expect("b.jsonl", "b.jsonl");
    expect("./b.jsonl", "./b.jsonl");
    expect("-", "-");
    expect("dir", "dir/1.gz dir/a-b dir/a/deep/z dir/a/x dir/b dir/link");
    expect("dir/", "dir/1.gz dir/a-b dir/a/deep/z dir/a/x dir/b dir/link");
    expect("empty", "");
    expect("link_to_dir", "link_to_dir/deep/z link_to_dir/x"); /* named, so followed */
    expect("dir/.hidden", "dir/.hidden");                      /* named, so meant */
}

static void patterns(void **state) {
    (void)state;
    expect("*.jsonl", "a.jsonl b.jsonl");
    expect("?.jsonl", "a.jsonl b.jsonl");
    expect("[b-c].jsonl", "b.jsonl");
    expect("di*", "dir/1.gz dir/a-b dir/a/deep/z dir/a/x dir/b dir/link");
    expect("dir/a/*", "dir/a/deep/z dir/a/x");
    expect("odd[1].txt", "odd[1].txt"); /* a name comes before a pattern */
}

static void what_fails(void **state) {
    (void)state;
    refuse("missing.jsonl", WP_ENOENT);
    refuse("missing/x", WP_ENOENT);
    refuse("*.nothing", WP_ENOENT);
    refuse("dangling", WP_ENOENT);
    struct wp_paths paths;
    struct wp_error err;
    const char *twice[] = {"-", "a.jsonl", "-"};
    assert_int_equal(wp_paths_expand(&paths, twice, 3, &err), WP_EINVAL);
    if (geteuid() != 0) refuse("secret", WP_ESYSTEM); /* root may read everything */
}

static void order_and_repeats(void **state) {
    (void)state;
    struct wp_paths paths;
    const char *operands[] = {"b.jsonl", "-", "a.jsonl", "b.jsonl"};
    assert_int_equal(wp_paths_expand(&paths, operands, 4, NULL), WP_OK);
    assert_int_equal(paths.count, 4);
    for (size_t i = 0; i < 4; i++) assert_string_equal(paths.names[i], operands[i]);
    wp_paths_release(&paths);
    assert_int_equal(wp_paths_expand(&paths, NULL, 0, NULL), WP_OK);
    assert_int_equal(paths.count, 0);
    wp_paths_release(&paths);
}

static char scratch[] = "wp_paths.XXXXXX";

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    static const char *const dirs[] = {"dir", "dir/a", "dir/a/deep", "dir/.git", "empty"};
    static const char *const files[] = {"a.jsonl", "b.jsonl",      "odd[1].txt",  "odd1.txt",
                                        "secret",  "dir/b",        "dir/1.gz",    "dir/a-b",
                                        "dir/a/x", "dir/a/deep/z", "dir/.hidden", "dir/.git/x"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) mkdir(dirs[i], 0755);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) make(files[i]);
    chmod("secret", 0);
    mkfifo("dir/fifo", 0600); /* not read from a directory: it might wait for ever */
    return symlink("dir/a", "link_to_dir") || symlink("../a.jsonl", "dir/link") ||
           symlink("..", "dir/loop") || symlink("nowhere", "dangling") || symlink("nowhere", "dir/dangling");
}

static int tear_down(void **state) {
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return chdir("..") || system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_directories),
        cmocka_unit_test(patterns),
        cmocka_unit_test(what_fails),
        cmocka_unit_test(order_and_repeats),
    };
    return cmocka_run_group_tests_name("paths", tests, set_up, tear_down);
}
