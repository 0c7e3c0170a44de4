/*
 * test_lines.c - batches against a plain split at newlines, for random contents, piece sizes and limits; then
 * the named cases: byte order mark, CRLF, no last newline, lines that are too long, damage.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include "input/lines.h"

#define TOO_LONG "<too long>"

/* Every line, each ended by \n here; those that are too long as TOO_LONG. */
struct listing {
    struct wp_buffer text;
    size_t lines, batches;
    uint64_t end_offset;
};

static void note(struct listing *l, const struct wp_line *line) {
    if (line->too_long)
        assert_int_equal(wp_buffer_add(&l->text, TOO_LONG, sizeof TOO_LONG - 1), WP_OK);
    else
        assert_int_equal(wp_buffer_add(&l->text, line->data, line->len), WP_OK);
    assert_int_equal(wp_buffer_add(&l->text, "\n", 1), WP_OK);
    l->lines++;
}

static void take(struct listing *l, const struct wp_batch_buf *b, size_t max) {
    struct wp_line_cursor cursor = wp_line_first(b, max);
    struct wp_line line;
    uint32_t n = 0;
    while (wp_line_next(&cursor, &line)) {
        assert_int_equal(cursor.number, ++n);
        note(l, &line);
    }
    assert_true(b->offset >= l->end_offset);
    l->end_offset = b->offset + b->len;
    for (size_t i = 0; i < WP_LINES_PADDING; i++) assert_int_equal(b->data[b->len + i], 0);
    l->batches++;
}

/* Feeds `data` in pieces of `step` bytes, cutting after every `per_cut` pieces. */
static struct listing run(const char *data, size_t len, size_t max, size_t step, size_t per_cut) {
    struct listing l = {0};
    struct wp_lines lines = {0};
    struct wp_batch_buf b;
    enum wp_status status;
    size_t at = 0, room_bytes;
    uint8_t *room;
    wp_lines_init(&lines, max);
    assert_int_equal(wp_batch_buf_init(&b, 1), WP_OK);
    bool end = false;
    while (!end) {
        assert_int_equal(wp_lines_begin(&lines, &b), WP_OK);
        do {
            for (size_t i = 0; i < per_cut && at < len; i++) {
                assert_int_equal(wp_lines_room(&b, &room, &room_bytes), WP_OK);
                size_t n = step < room_bytes ? step : room_bytes;
                if (n > len - at) n = len - at;
                memcpy(room, data + at, n);
                b.len += n;
                at += n;
            }
            end = at == len;
        } while (!wp_lines_cut(&lines, &b, end, &status));
        assert_int_equal(status, WP_OK);
        assert_true(b.cap <= 4 * (max + 2 * WP_LINES_ROOM_MIN + step * per_cut) + 200000);
        take(&l, &b, max);
    }
    wp_batch_buf_release(&b);
    wp_lines_release(&lines);
    return l;
}

static struct listing slow(const char *data, size_t len, size_t max) {
    struct listing l = {0};
    if (len >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) data += 3, len -= 3;
    for (size_t at = 0, from = 0; at < len; at++) {
        if (data[at] != '\n' && at + 1 < len) continue;
        size_t n = at - from + (data[at] != '\n');
        struct wp_line line = {(const uint8_t *)data + from, n, n > max};
        note(&l, &line);
        from = at + 1;
    }
    return l;
}

static void compare(const char *data, size_t len, size_t max, size_t step, size_t per_cut) {
    struct listing got = run(data, len, max, step, per_cut), want = slow(data, len, max);
    assert_int_equal(got.lines, want.lines);
    assert_int_equal(got.text.len, want.text.len);
    if (want.text.len) assert_memory_equal(got.text.data, want.text.data, want.text.len);
    wp_buffer_release(&got.text);
    wp_buffer_release(&want.text);
}

static void as_a_plain_split(void **state) {
    (void)state;
    static const size_t steps[] = {1, 2, 3, 7, 100, 100000}, cuts[] = {1, 3, 1000};
    char data[3000];
    unsigned seed = 5;
    for (int round = 0; round < 300; round++) {
        size_t len = 0, most = (size_t)(round * 7) % 2900, every = (size_t)(2 + round % 90);
        if (round % 5 == 0) memcpy(data, "\xef\xbb\xbf", len = 3);
        for (; len < most; len++) {
            seed = seed * 1103515245u + 12345u;
            data[len] = (seed >> 10) % every == 0 ? '\n' : (seed >> 20) % 20 == 0 ? '\r' : 'x';
        }
        size_t max = round % 3 == 0 ? 20 : round % 3 == 1 ? every : 100000;
        compare(data, len, max, steps[round % 6], cuts[round % 3]);
    }
}

static void named_cases(void **state) {
    (void)state;
    static const char *const cases[] = {"",
                                        "\n",
                                        "\n\n",
                                        "a",
                                        "a\n",
                                        "a\nb",
                                        "a\r\nb\r\n",
                                        "\xef\xbb\xbf",
                                        "\xef\xbb\xbf\n",
                                        "\xef\xbb\xbf{}\n",
                                        "\xef\xbb",
                                        "\xef",
                                        "a\xef\xbb\xbf\n"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t step = 1; step < 10; step++) compare(cases[i], strlen(cases[i]), 5, step, 1);
    struct listing l = run("\xef\xbb\xbf"
                           "one\r\ntwo",
                           11, 100, 2, 1);
    assert_int_equal(l.text.len, 9);
    assert_memory_equal(l.text.data, "one\r\ntwo\n", 9);
    wp_buffer_release(&l.text);
}

/* A line of 5 MB with a limit of 1000: dropped, counted once, memory bounded (see run). */
static void long_line(void **state) {
    (void)state;
    size_t n = 5000000;
    char *data = malloc(n + 20);
    memcpy(data, "a\nb\n", 4);
    memset(data + 4, 'x', n);
    memcpy(data + 4 + n, "\nc\nd", 4);
    struct listing l = run(data, n + 8, 1000, 10000, 1);
    assert_int_equal(l.lines, 5);
    const char want[] = "a\nb\n" TOO_LONG "\nc\nd\n";
    assert_int_equal(l.text.len, sizeof want - 1);
    assert_memory_equal(l.text.data, want, sizeof want - 1);
    assert_int_equal(l.end_offset, n + 8);
    wp_buffer_release(&l.text);
    memset(data + 4, 'x', n + 16);
    l = run(data, n + 8, 1000, 10000, 1); /* up to the end of the file */
    assert_int_equal(l.lines, 3);
    wp_buffer_release(&l.text);
    l = run(data, n + 8, 2 * n, 10000, 1); /* and when it is allowed */
    assert_int_equal(l.text.len, n + 9);
    wp_buffer_release(&l.text);
    free(data);
}

/* A length of exactly the limit is accepted, one more is not, newline or not. */
static void exact_limit(void **state) {
    (void)state;
    compare("aaaaa\nbbbbbb\nccccc", 18, 5, 4, 1);
    compare("aaaaa\nbbbbbb\ncccccc", 19, 5, 100, 1);
    compare("aaaaaa", 6, 5, 1, 1);
}

/* Damage: the line that it cut is not given out. */
static void damage(void **state) {
    (void)state;
    struct wp_lines lines = {0};
    struct wp_batch_buf b;
    enum wp_status status;
    wp_lines_init(&lines, 100);
    assert_int_equal(wp_batch_buf_init(&b, 100), WP_OK);
    assert_int_equal(wp_lines_begin(&lines, &b), WP_OK);
    memcpy(b.data, "one\ntwo\nthr", b.len = 11);
    assert_true(wp_lines_cut(&lines, &b, false, &status));
    assert_int_equal(b.len, 8);
    wp_lines_init(&lines, 100);
    assert_int_equal(wp_lines_begin(&lines, &b), WP_OK);
    assert_int_equal(b.len, 0); /* nothing of the file before */
    memcpy(b.data, "thr", b.len = 3);
    assert_false(wp_lines_cut(&lines, &b, false, &status));
    wp_batch_buf_release(&b);
    wp_lines_release(&lines);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_plain_split), cmocka_unit_test(named_cases), cmocka_unit_test(long_line),
        cmocka_unit_test(exact_limit),      cmocka_unit_test(damage),
    };
    return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
