/* test_line_file.c - line ends of every kind, long lines, compressed and damaged files. */
#include "base/output.h"
#include "input/line_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char dir[] = "wp_line_file.XXXXXX";

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

/* The file is small: the damage is met by the very read that gave the lines. */
static void test_what_stands_before_the_damage_is_given(void **state) {
    (void)state;
    static const char *const names[] = {"tail.gz", "tail.zst"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = write_file(names[i], "one\ntwo\nthr", 11);
        FILE *file = fopen(path, "ab");
        assert_non_null(file);
        assert_int_equal(fwrite("garbage", 1, 7, file), 7);
        assert_int_equal(fclose(file), 0);
        struct wp_line_file f;
        struct wp_error err;
        const uint8_t *line;
        size_t len;
        assert_int_equal(wp_line_file_open(&f, path, 100, &err), WP_OK);
        for (int k = 0; k < 2; k++) {
            assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_OK);
            assert_memory_equal(line, k ? "two" : "one", 3);
        }
        for (int k = 0; k < 2; k++) { /* it stays damaged, and the cut line is never given */
            assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_EDAMAGED);
            assert_string_equal(err.file, path);
        }
        wp_line_file_close(&f);
        struct wp_buffer all = {0};
        assert_int_equal(wp_whole_file_read(path, 100, &all, &err), WP_EDAMAGED);
        wp_buffer_release(&all);
    }
}

/* Cut anywhere: whole lines of the original in order, then damage, however often one asks. */
static void test_every_cut(void **state) {
    (void)state;
    static const char *const names[] = {"every.gz", "every.zst"};
    char text[1500];
    size_t text_len = 0, len;
    const uint8_t *line;
    struct wp_error err;
    for (unsigned i = 0; i < 100; i++)
        text_len += (size_t)snprintf(text + text_len, sizeof text - text_len, "%u %u\n", i, i * 2654435761u);
    for (size_t i = 0; i < 2; i++) {
        const char *path = write_file(names[i], text, text_len);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        fseek(file, 0, SEEK_END);
        for (long cut = ftell(file) - 1; cut > 0; cut--) {
            struct wp_line_file f;
            enum wp_status status;
            size_t at = 0;
            assert_int_equal(truncate(path, cut), 0);
            assert_int_equal(wp_line_file_open(&f, path, 100, &err), WP_OK);
            while ((status = wp_line_file_next(&f, &line, &len, &err)) == WP_OK) {
                assert_true(at + len < text_len);
                assert_memory_equal(line, text + at, len);
                assert_int_equal(text[at + len], '\n');
                at += len + 1;
            }
            assert_int_equal(status, WP_EDAMAGED);
            assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_EDAMAGED);
            wp_line_file_close(&f);
        }
        fclose(file);
    }
}

static void test_byte_order_mark(void **state) {
    (void)state;
    static const char *const lines[] = {"one", "\xef\xbb\xbftwo"}, *const none[] = {""};
    expect_lines(write_file("bom", "\xef\xbb\xbfone\n\xef\xbb\xbftwo\n", 14), lines, 2);
    expect_lines(write_file("bom.gz", "\xef\xbb\xbfone\n\xef\xbb\xbftwo", 13), lines, 2);
    expect_lines(write_file("bom_line", "\xef\xbb\xbf\n", 4), none, 1);
    expect_lines(write_file("bom_only", "\xef\xbb\xbf", 3), none, 0);
}

/* The limit holds for lines that fit the buffer too; exactly the limit is allowed, and what follows is read
 * on. */
static void test_too_long_lines_are_told_one_by_one(void **state) {
    (void)state;
    static const char text[] = "12345\n123456\n\n1234567890\n5\n123456";
    static const enum wp_status want[] = {WP_OK, WP_ETOOBIG, WP_OK, WP_ETOOBIG, WP_OK, WP_ETOOBIG, WP_END};
    struct wp_line_file f;
    struct wp_error err;
    const uint8_t *line;
    size_t len;
    assert_int_equal(wp_line_file_open(&f, write_file("limit", text, sizeof text - 1), 5, &err), WP_OK);
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(wp_line_file_next(&f, &line, &len, &err), want[i]);
        if (want[i] == WP_ETOOBIG) assert_int_equal(err.line, i + 1);
        if (want[i] != WP_END) assert_int_equal(f.number, i + 1);
    }
    wp_line_file_close(&f);
}

/* The mark does not count, wherever reading happens to stop: around 64 KiB it does, just behind the line. */
static void test_mark_and_limit(void **state) {
    (void)state;
    static char text[70000];
    for (size_t n = 65520; n < 65550; n++)
        for (size_t limit = n - 1; limit <= n; limit++) {
            struct wp_line_file f;
            const uint8_t *line;
            size_t len;
            memset(text, 'x', sizeof text);
            memcpy(text, "\xef\xbb\xbf", 3);
            memcpy(text + 3 + n, "\nend\n", 5);
            assert_int_equal(wp_line_file_open(&f, write_file("edge", text, n + 8), limit, NULL), WP_OK);
            assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), limit < n ? WP_ETOOBIG : WP_OK);
            if (limit == n) assert_int_equal(len, n);
            assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
            assert_int_equal(len, 3);
            assert_int_equal(f.number, 2);
            assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_END);
            wp_line_file_close(&f);
        }
}

/* A line much longer than any buffer is dropped as it comes. */
static void test_memory_stays_bounded(void **state) {
    (void)state;
    size_t big = (size_t)20 << 20, len;
    uint8_t *text = wp_alloc(big + 5, 1);
    struct wp_line_file f;
    const uint8_t *line;
    memset(text, 'x', big);
    memcpy(text + big, "\nend\n", 5);
    assert_int_equal(wp_line_file_open(&f, write_file("giant.zst", text, big + 5), 1000, NULL), WP_OK);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_ETOOBIG);
    assert_true(f.text.cap <= (size_t)2 << 20);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_OK);
    assert_int_equal(len, 3);
    assert_int_equal(f.number, 2);
    assert_int_equal(wp_line_file_next(&f, &line, &len, NULL), WP_END);
    wp_line_file_close(&f);
    struct wp_error err;
    struct wp_buffer all = {0};
    assert_int_equal(wp_whole_file_read(write_file("whole", text, 2000), 1999, &all, &err), WP_ETOOBIG);
    assert_int_equal(wp_whole_file_read(write_file("whole", text, 2000), 2000, &all, &err), WP_OK);
    assert_int_equal(all.len, 2000);
    wp_buffer_release(&all);
    wp_free(text);
}

/* Says yes `left` times. */
struct patience {
    unsigned left, asked_first;
};

static bool may_wait(void *self, bool first) {
    struct patience *p = self;
    p->asked_first += first;
    return p->left && p->left--;
}

/* Asked before a read that would wait, and only then; and again while it waits. */
static void test_a_pipe_is_waited_for_when_allowed(void **state) {
    (void)state;
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    struct patience p = {0};
    char path[256];
    struct wp_error err = {0};
    snprintf(path, sizeof path, "%s/pipe", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(wp_line_file_open(&f, path, 1000, NULL), WP_OK);
    f.may_wait = may_wait;
    f.self = &p;
    assert_int_equal(write(fd, "one\ntwo\nth", 10), 10);
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_OK);
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_OK);
    assert_memory_equal(line, "two", 3);
    assert_int_equal(f.raw_bytes, 10);
    assert_int_equal(write(fd, "ree\n", 4), 4); /* is there: nobody is asked */
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_OK);
    assert_int_equal(len, 5);
    assert_memory_equal(line, "three", 5);
    assert_int_equal(f.raw_bytes, 14);
    assert_int_equal(p.asked_first, 0);
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_ECANCELED);
    assert_string_equal(err.file, path);
    assert_int_equal(p.asked_first, 1);
    p.left = 2;
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_ECANCELED);
    assert_int_equal(p.left, 0);
    assert_int_equal(p.asked_first, 2); /* once for each time that it waits */
    p.left = 1;
    close(fd); /* nobody writes any more: to read that is no waiting */
    assert_int_equal(wp_line_file_next(&f, &line, &len, &err), WP_END);
    assert_int_equal(p.left, 1);
    wp_line_file_close(&f);

    assert_int_equal(wp_line_file_open(&f, write_file("plain.gz", "one\ntwo", 7), 1000, NULL), WP_OK);
    f.may_wait = may_wait;
    f.self = &p;
    while (wp_line_file_next(&f, &line, &len, NULL) == WP_OK) continue;
    assert_int_equal(f.number, 2);
    assert_int_equal(p.left, 1); /* a file has nobody to wait for */
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
        cmocka_unit_test(test_what_stands_before_the_damage_is_given),
        cmocka_unit_test(test_every_cut),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_too_long_lines_are_told_one_by_one),
        cmocka_unit_test(test_mark_and_limit),
        cmocka_unit_test(test_memory_stays_bounded),
        cmocka_unit_test(test_a_pipe_is_waited_for_when_allowed),
    };
    return cmocka_run_group_tests_name("line file", tests, set_up, tear_down);
}
