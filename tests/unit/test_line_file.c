/* test_line_file.c - line ends of every kind, long lines, compressed and damaged files. */
#include "base/output.h"
#include "input/line_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "/tmp/wp_line_file.XXXXXX";

static const char *write_file(const char *name, const void *data, size_t len) {
    static char path[256];
    struct wp_output out = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(wp_output_open(&out, path, NULL), WP_OK);
    assert_int_equal(wp_output_write(&out, data, len, NULL), WP_OK);
    assert_int_equal(wp_output_commit(&out, NULL), WP_OK);
    return path;
}

static void expect_lines(const char *path, const char *const *lines, size_t count) {
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    assert_int_equal(wp_line_file_open(&f, path, 1000, NULL), WP_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
        assert_int_equal(len, strlen(lines[i]));
        assert_memory_equal(line, lines[i], len);
        assert_int_equal(f.number, i + 1);
    }
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_END);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_END);
    wp_line_file_close(&f);
}

static void test_line_ends(void **state) {
    (void)state;
    static const char *const lines[] = {"one", "", "two", "three"};
    expect_lines(write_file("a", "one\n\ntwo\r\nthree", 15), lines, 4);
    expect_lines(write_file("b", "one\n\ntwo\nthree\n", 15), lines, 4);
    expect_lines(write_file("c.gz", "one\n\ntwo\r\nthree", 15), lines, 4);
    expect_lines(write_file("d.zst", "one\n\ntwo\r\nthree\n", 16), lines, 4);
    expect_lines(write_file("e", "", 0), lines, 0);
    expect_lines(write_file("f", "\n", 1), lines + 1, 1);
}

static void test_many_lines_in_every_format(void **state) {
    (void)state;
    static const char *const names[] = {"many", "many.gz", "many.zst"};
    struct wp_buffer text = {0};
    for (unsigned i = 0; i < 60000; i++)
        assert_int_equal(wp_buffer_print(&text, "%u %0*d\n", i, (int)(i % 97), 7), WP_OK);
    for (size_t k = 0; k < 3; k++) {
        struct wp_line_file f;
        const uint8_t *line;
        size_t len;
        char expected[160];
        assert_int_equal(wp_line_file_open(&f, write_file(names[k], text.data, text.len), 1 << 20, NULL),
                         WP_OK);
        for (unsigned i = 0; i < 60000; i++) {
            assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
            snprintf(expected, sizeof expected, "%u %0*d", i, (int)(i % 97), 7);
            assert_int_equal(len, strlen(expected));
            assert_memory_equal(line, expected, len);
        }
        assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_END);
        wp_line_file_close(&f);
    }
    wp_buffer_release(&text);
}

static void test_a_line_may_be_longer_than_the_buffer_but_not_than_the_limit(void **state) {
    (void)state;
    size_t big = (size_t)3 << 20;
    uint8_t *text = wp_alloc(big + 5, 1);
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    struct wp_error err;
    memset(text, 'x', big);
    memcpy(text + big, "\nend\n", 5);
    const char *path = write_file("long", text, big + 5);
    assert_int_equal(wp_line_file_open(&f, path, big, NULL), WP_OK);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
    assert_int_equal(len, big);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
    assert_int_equal(len, 3);
    wp_line_file_close(&f);
    assert_int_equal(wp_line_file_open(&f, path, 1 << 20, NULL), WP_OK);
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_ETOOBIG);
    assert_int_equal(err.line, 1);
    wp_line_file_close(&f);
    wp_free(text);
}

static void test_missing_and_damaged_files(void **state) {
    (void)state;
    struct wp_line_file f;
    struct wp_error err;
    const uint8_t *line;
    size_t len;
    assert_int_equal(wp_line_file_open(&f, "/nowhere/at/all", 100, &err), WP_ENOENT);
    wp_line_file_close(&f);
    const char *path = write_file("cut.gz", "one\ntwo\n", 8);
    assert_int_equal(truncate(path, 22), 0);
    assert_int_equal(wp_line_file_open(&f, path, 100, &err), WP_OK);
    enum wp_status status;
    while ((status = wp_line_file_next(&f, &line, &len, &err)) == WP_OK) assert_int_equal(len, 3);
    assert_int_equal(status, WP_EDAMAGED);
    assert_string_equal(err.file, path);
    wp_line_file_close(&f);
}

static int set_up(void **state) {
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_many_lines_in_every_format),
        cmocka_unit_test(test_a_line_may_be_longer_than_the_buffer_but_not_than_the_limit),
        cmocka_unit_test(test_missing_and_damaged_files),
    };
    return cmocka_run_group_tests_name("line file", tests, set_up, tear_down);
}
