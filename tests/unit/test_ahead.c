/*
 * test_ahead.c - what is read ahead is what is read on the spot, in the same order, whatever is wrong with
 * the inputs; it stays within its bounds, waits for pipes only when it is waited for, and can be stopped at
 * any moment.
 */
#include <fcntl.h>
#include <limits.h>
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
#include "base/output.h"
#include "engine/ahead.h"

enum { MAX_RECORD = 8 << 20, LINES = 1500 };

static struct wp_error err;

static void check_ok(enum wp_status status) {
    if (status != WP_OK) fail_msg("%s", err.reason);
}

static void write_file(const char *name, const void *data, size_t len) {
    struct wp_output out = {0};
    check_ok(wp_output_open(&out, name, &err));
    check_ok(wp_output_write(&out, data, len, &err));
    check_ok(wp_output_commit(&out, &err));
}

static struct wp_ahead *open_as(const char *const *files, size_t count, bool threaded, bool unprepared) {
    struct wp_ahead *a;
    struct wp_ahead_options options = {
        .inputs = {.files = files, .file_count = count, .max_record_bytes = MAX_RECORD},
        .threaded = threaded,
        .unprepared = unprepared};
    check_ok(wp_ahead_new(&a, &options, &err));
    return a;
}

static struct wp_ahead *open_ahead(const char *const *files, size_t count, bool threaded) {
    return open_as(files, count, threaded, false);
}

static struct wp_arrival *next(struct wp_ahead *a) {
    struct wp_arrival *arrival;
    check_ok(wp_ahead_next(a, &arrival, &err));
    return arrival;
}

/* The line of number i, from 1, of a file; what comes of it stands in kind_of. */
static void put_line(struct wp_buffer *b, unsigned file, unsigned i) {
    static uint8_t long_line[MAX_RECORD + 100];
    if (i % 97 == 0) {
        check_ok(wp_buffer_print(b, "no json\n"));
    } else if (i % 89 == 0) {
        check_ok(wp_buffer_print(b, "{\"id\":\"x\"}\r\n"));
    } else if (i % 83 == 0) {
        check_ok(wp_buffer_print(b, "  \n"));
    } else if (i == 700) {
        memset(long_line, 'x', sizeof long_line);
        check_ok(wp_buffer_add(b, long_line, sizeof long_line));
        check_ok(wp_buffer_add(b, "\n", 1));
    } else {
        check_ok(wp_buffer_print(b, "{\"text\":\""));
        for (unsigned w = 0; w < i % 200; w++) check_ok(wp_buffer_print(b, "w%u ", w * i + file));
        if (i % 5)
            check_ok(wp_buffer_print(b, "\",\"id\":\"f\\u0061%u-%u\"}\n", file, i));
        else
            check_ok(wp_buffer_print(b, "\"}\n"));
    }
}

/* WP_END: a blank line, of which nothing comes. */
static enum wp_status kind_of(unsigned i) {
    return i % 97 == 0   ? WP_EFORMAT
           : i % 89 == 0 ? WP_ETEXT
           : i % 83 == 0 ? WP_END
           : i == 700    ? WP_ETOOBIG
                         : WP_OK;
}

static void write_lines(const char *name, unsigned file, unsigned count) {
    struct wp_buffer b = {0};
    for (unsigned i = 1; i <= count; i++) put_line(&b, file, i);
    write_file(name, b.data, b.len);
    wp_buffer_release(&b);
}

static void expect_article(const struct wp_arrival *a, unsigned file, unsigned i) {
    struct wp_buffer line = {0};
    char id[32];
    put_line(&line, file, i);
    assert_int_equal(a->line_len, line.len - 1);
    assert_memory_equal(a->bytes.data, line.data, a->line_len);
    int len =
        i % 5 ? snprintf(id, sizeof id, "fa%u-%u", file, i) : snprintf(id, sizeof id, "%s:%u", a->file, i);
    assert_int_equal(a->id_len, len);
    assert_memory_equal(wp_arrival_id(a), id, (size_t)len);
    assert_int_equal(a->id_given, i % 5 == 0);
    assert_int_equal(a->prepared.print.tokens, i % 200);
    wp_buffer_release(&line);
}

static void expect_lines(struct wp_ahead *a, const char *name, unsigned file, unsigned count) {
    for (unsigned i = 1; i <= count; i++) {
        if (kind_of(i) == WP_END) continue;
        struct wp_arrival *arrival = next(a);
        assert_int_equal(arrival->status, kind_of(i));
        assert_string_equal(arrival->file, name);
        assert_int_equal(arrival->line, i);
        if (arrival->status == WP_OK) expect_article(arrival, file, i);
        assert_true(arrival->status == WP_OK || *arrival->words);
    }
}

static void expect_end(struct wp_ahead *a, enum wp_status status) {
    struct wp_arrival *arrival;
    for (int i = 0; i < 3; i++) {
        err = (struct wp_error){0};
        assert_int_equal(wp_ahead_next(a, &arrival, &err), status);
        if (status != WP_END) assert_int_equal(err.status, status);
    }
}

/* ---- order, and what is wrong ---- */

static void test_everything_comes_in_order(void **state) {
    static const char *const files[] = {"a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.jsonl"};
    (void)state;
    for (unsigned f = 0; f < 4; f++) write_lines(files[f], f, f == 2 ? 0 : LINES);
    for (int threaded = 0; threaded < 2; threaded++) {
        struct wp_ahead *a = open_ahead(files, 4, threaded);
        for (unsigned f = 0; f < 4; f++) expect_lines(a, files[f], f, f == 2 ? 0 : LINES);
        expect_end(a, WP_END);
        wp_ahead_free(a);
    }
    struct wp_ahead *a = open_ahead(files, 0, true);
    expect_end(a, WP_END);
    wp_ahead_free(a);
}

/* The caller takes out what was prepared; what is put into the arrival after that is whole again. */
static void test_what_is_prepared_may_be_taken(void **state) {
    static const char *const files[] = {"a.jsonl"};
    (void)state;
    struct wp_ahead *a = open_ahead(files, 1, true), *b = open_ahead(files, 1, false);
    struct wp_prepared taken = {0};
    struct wp_arrival *x, *y;
    while (wp_ahead_next(a, &x, &err) == WP_OK) {
        y = next(b);
        assert_int_equal(x->status, y->status);
        if (x->status != WP_OK) continue;
        size_t bytes = wp_prepared_bytes(&y->prepared);
        assert_int_equal(wp_prepared_bytes(&x->prepared), bytes);
        if (bytes) assert_memory_equal(x->prepared.stream, y->prepared.stream, bytes);
        struct wp_prepared other = taken;
        taken = x->prepared;
        x->prepared.stream = other.stream;
        x->prepared.stream_cap = other.stream_cap;
    }
    wp_prepared_release(&taken);
    wp_ahead_free(a);
    wp_ahead_free(b);
}

/* Of the first ones nobody wants to know more than their ids; then all, and those that were on their way are
 * prepared by the caller. */
static void test_what_comes_unprepared_is_prepared_when_asked_for(void **state) {
    static const char *const files[] = {"a.jsonl", "d.jsonl"};
    (void)state;
    for (int threaded = 0; threaded < 2; threaded++) {
        struct wp_ahead *a = open_as(files, 2, threaded, true);
        unsigned unprepared = 0;
        for (unsigned i = 1; i <= LINES; i++) {
            if (kind_of(i) == WP_END) continue;
            struct wp_arrival *arrival = next(a);
            assert_int_equal(arrival->status, kind_of(i));
            assert_int_equal(arrival->line, i);
            if (i <= 200) assert_int_equal(arrival->unprepared, arrival->status == WP_OK);
            if (i <= 200) continue;
            unprepared += arrival->unprepared;
            check_ok(wp_ahead_prepare(a, arrival, &err));
            assert_false(arrival->unprepared);
            if (arrival->status == WP_OK) expect_article(arrival, 0, i);
        }
        assert_true(unprepared >= 1 && unprepared <= 1 + (threaded ? WP_AHEAD : 0));
        expect_lines(a, "d.jsonl", 3, LINES);
        expect_end(a, WP_END);
        wp_ahead_free(a);
    }
}

static void test_a_failure_comes_in_its_place(void **state) {
    static const char *const files[] = {"a.jsonl", "nowhere", "d.jsonl"};
    (void)state;
    for (int threaded = 0; threaded < 2; threaded++) {
        struct wp_ahead *a = open_ahead(files, 3, threaded);
        expect_lines(a, "a.jsonl", 0, LINES);
        expect_end(a, WP_ENOENT);
        assert_string_equal(err.file, "nowhere");
        wp_ahead_free(a);
    }
}

static void test_a_damaged_file_ends_there(void **state) {
    static const char *const files[] = {"damaged.zst", "d.jsonl"};
    (void)state;
    struct wp_buffer whole = {0};
    write_lines("damaged.zst", 7, 600);
    check_ok(wp_buffer_reserve(&whole, 1 << 20, SIZE_MAX));
    struct wp_file f;
    check_ok(wp_file_open(&f, "damaged.zst", &err));
    check_ok(wp_file_read(&f, whole.data, whole.cap, &whole.len, &err));
    check_ok(wp_file_close(&f, &err));
    write_file("cut", whole.data, whole.len / 2);
    assert_int_equal(rename("cut", "damaged.zst"), 0);
    wp_buffer_release(&whole);
    uint64_t lines[2] = {0};
    for (int threaded = 0; threaded < 2; threaded++) {
        struct wp_ahead *a = open_ahead(files, 2, threaded);
        struct wp_arrival *arrival;
        while ((arrival = next(a))->status != WP_EDAMAGED) {
            assert_string_equal(arrival->file, "damaged.zst");
            lines[threaded] = arrival->line;
        }
        assert_int_equal(arrival->damage.status, WP_EDAMAGED);
        assert_string_equal(arrival->damage.file, "damaged.zst");
        expect_lines(a, "d.jsonl", 3, LINES);
        expect_end(a, WP_END);
        wp_ahead_free(a);
    }
    assert_int_equal(lines[0], lines[1]);
}

static void test_the_text_field_must_have_a_name(void **state) {
    (void)state;
    struct wp_ahead *a;
    struct wp_fields fields = {.text = ""};
    struct wp_ahead_options options = {.inputs = {.fields = &fields}, .threaded = true};
    assert_int_equal(wp_ahead_new(&a, &options, &err), WP_EINVAL);
    assert_null(a);
}

/* ---- pipes and bounds ---- */

/* Both ends, so that it neither ends nor blocks when it is full. */
static int open_pipe(const char *name) {
    assert_int_equal(mkfifo(name, 0600), 0);
    int fd = open(name, O_RDWR | O_NONBLOCK);
    assert_true(fd >= 0);
    return fd;
}

static void test_a_line_comes_when_it_is_written(void **state) {
    static const char *const files[] = {"a.jsonl", "pipe"};
    (void)state;
    int fd = open_pipe("pipe");
    for (int threaded = 0; threaded < 2; threaded++) {
        struct wp_ahead *a = open_ahead(files, 2, threaded);
        expect_lines(a, "a.jsonl", 0, LINES);
        for (unsigned i = 1; i < 20; i++) {
            char line[64];
            int len = snprintf(line, sizeof line, "{\"id\":\"p%u\",\"text\":\"one two\"}\n", i);
            assert_int_equal(write(fd, line, (size_t)len), len);
            assert_int_equal(next(a)->line, i);
        }
        wp_ahead_free(a); /* the pipe is still open, and empty */
    }
    close(fd);
    assert_int_equal(unlink("pipe"), 0);
}

/* Stopped with the ring full, in the middle, with an empty pipe, and with one that nobody has opened. */
static void test_it_can_be_stopped_at_any_moment(void **state) {
    static const char *const files[] = {"a.jsonl", "pipe", "unopened"};
    (void)state;
    assert_int_equal(mkfifo("unopened", 0600), 0);
    int fd = open_pipe("pipe");
    for (unsigned taken = 0; taken < 400; taken += 1 + taken / 3) {
        struct wp_ahead *a = open_ahead(files, 1, true);
        for (unsigned i = 0; i < taken; i++) next(a);
        if (taken % 2) usleep(2000);
        wp_ahead_free(a);
    }
    for (int which = 1; which < 3; which++) {
        const char *const with_pipe[] = {"d.jsonl", files[which]};
        struct wp_ahead *a = open_ahead(with_pipe, 2, true);
        expect_lines(a, "d.jsonl", 3, LINES);
        usleep(20000); /* by now the thread has come to the pipe */
        wp_ahead_free(a);
    }
    close(fd);
    assert_int_equal(unlink("pipe"), 0);
    assert_int_equal(unlink("unopened"), 0);
}

struct patience {
    unsigned asked, most;
};

static enum wp_status while_waiting(void *self, struct wp_error *e) {
    struct patience *p = self;
    return ++p->asked <= p->most ? WP_OK : wp_fail(e, WP_ECANCELED, "enough");
}

/* Of an empty pipe and of one that nobody has opened: what came before is given first, and nothing is waited
 * for longer than the caller wants to. */
static void test_who_waits_is_asked(void **state) {
    static const char *const names[] = {"pipe", "unopened"};
    (void)state;
    assert_int_equal(mkfifo("unopened", 0600), 0);
    int fd = open_pipe("pipe");
    for (int which = 0; which < 4; which++) {
        const char *const files[] = {"d.jsonl", names[which / 2]};
        struct patience p = {.most = UINT_MAX};
        struct wp_ahead_options options = {
            .inputs = {.files = files, .file_count = 2, .max_record_bytes = MAX_RECORD},
            .while_waiting = while_waiting,
            .self = &p,
            .threaded = which % 2};
        struct wp_ahead *a;
        struct wp_arrival *arrival;
        check_ok(wp_ahead_new(&a, &options, &err));
        expect_lines(a, "d.jsonl", 3, LINES);
        p = (struct patience){.most = 2}; /* the thread may have been slow */
        for (int i = 0; i < 2; i++) {
            assert_int_equal(wp_ahead_next(a, &arrival, &err), WP_ECANCELED);
            assert_null(arrival);
            assert_string_equal(err.reason, "enough");
            assert_int_equal(p.asked, 3);
        }
        wp_ahead_free(a);
    }
    close(fd);
    assert_int_equal(unlink("pipe"), 0);
    assert_int_equal(unlink("unopened"), 0);
}

/* How far the open file has been read. */
static uint64_t position_in(const char *name) {
    char link[64], target[512];
    unsigned long long at = 0;
    for (int fd = 3; fd < 64; fd++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t len = readlink(link, target, sizeof target - 1);
        target[len < 0 ? 0 : len] = 0;
        if (strcmp(wp_path_base(target), name) != 0) continue;
        snprintf(link, sizeof link, "/proc/self/fdinfo/%d", fd);
        FILE *f = fopen(link, "r");
        assert_non_null(f);
        assert_int_equal(fscanf(f, "pos: %llu", &at), 1);
        fclose(f);
    }
    return at;
}

/* Once it is `least` (or the alarm ends it), and the thread has had time to read on if it wants to. */
static uint64_t settled_position_in(const char *name, uint64_t least) {
    while (position_in(name) < least) usleep(2000);
    usleep(60000);
    return position_in(name);
}

/* One word a line, so that its bytes are all that counts. */
static void write_long_lines(const char *name, size_t len, size_t count) {
    struct wp_buffer b = {0};
    check_ok(wp_buffer_reserve(&b, len * count, SIZE_MAX));
    for (size_t i = 0; i < count; i++) {
        uint8_t *line = b.data + i * len;
        memset(line, 'a', len);
        memcpy(line, "{\"text\":\"", 9);
        memcpy(line + len - 3, "\"}\n", 3);
    }
    b.len = len * count;
    write_file(name, b.data, b.len);
    wp_buffer_release(&b);
}

/* What is read beyond the line at hand. */
enum { BESIDE = 1 << 20 };

static void test_few_are_on_their_way(void **state) {
    static const char *const files[] = {"long"};
    static const size_t lens[] = {8 << 10, 1 << 20, 6 << 20};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        size_t len = lens[k], most = len * WP_AHEAD;
        if (most > WP_AHEAD_BYTES_MAX) most = WP_AHEAD_BYTES_MAX;
        if (most < len) most = len; /* a single one */
        size_t count = (2 * most + BESIDE) / len + 8;
        write_long_lines("long", len, count);
        struct wp_ahead *a = open_ahead(files, 1, true);
        for (size_t taken = 0; taken < 3; taken++) {
            uint64_t given = (taken ? taken - 1 : 0) * len; /* back */
            uint64_t at = settled_position_in("long", given + most - len);
            assert_true(at <= given + most + len + BESIDE);
            assert_int_equal(next(a)->line, taken + 1);
        }
        wp_ahead_free(a);
        assert_int_equal(unlink("long"), 0);
    }
}

int main(void) {
    static const char *const made[] = {"a.jsonl", "b.jsonl.gz", "c.jsonl.zst", "d.jsonl", "damaged.zst"};
    char scratch[] = "wp_ahead.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    alarm(120); /* a thread that waits for a pipe for ever */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_comes_in_order),
        cmocka_unit_test(test_what_is_prepared_may_be_taken),
        cmocka_unit_test(test_what_comes_unprepared_is_prepared_when_asked_for),
        cmocka_unit_test(test_a_failure_comes_in_its_place),
        cmocka_unit_test(test_a_damaged_file_ends_there),
        cmocka_unit_test(test_the_text_field_must_have_a_name),
        cmocka_unit_test(test_a_line_comes_when_it_is_written),
        cmocka_unit_test(test_it_can_be_stopped_at_any_moment),
        cmocka_unit_test(test_who_waits_is_asked),
        cmocka_unit_test(test_few_are_on_their_way)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) unlink(made[i]);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
