/*
 * test_ingest.c - files through the ingester: content, order, limits, errors, credit and failing sinks.
 */
#include "unit/ingest_catcher.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>

/* libuv's reads come by here, so that they can be made to fall short or to fail, which local files never do.
 */
static atomic_uint reads_made;
static atomic_uint read_short_every, read_fails_at; /* 0 = never */

__attribute__((visibility("default"))) ssize_t pread64(int fd, void *data, size_t len, off64_t offset) {
    unsigned number = atomic_fetch_add(&reads_made, 1) + 1, every = read_short_every;
    if (number == read_fails_at) {
        errno = EIO;
        return -1;
    }
    if (every && number % every == 0 && len > 1) len = len / 2 + number % (len / 2);
    return syscall(SYS_pread64, fd, data, len, offset);
}

static void small_files(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 300; i++) scratch_file(s, i % 7 == 0 ? 0 : i % 5 == 0 ? 1000 * (i % 4) : i * 13);
    static const unsigned ahead[] = {0, 1, 3, 16, 1000};
    for (size_t k = 0; k < 5; k++) {
        struct catcher *c = catcher_new(8, 1000);
        assert_int_equal(catcher_run(c, s->names, s->count, ahead[k]), WP_OK);
        check_all(s, c);
        assert_true(c->open_most <= (ahead[k] ? ahead[k] : 1));
        for (size_t i = 0; i < s->count; i++) assert_int_equal(c->file[i].size, s->len[i]);
        catcher_free(c);
    }
}

static void big_file(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 5000123);
    static const size_t cap[] = {1 << 16, 5000123, 5000122, 1 << 23};
    for (size_t k = 0; k < 8; k++) {
        struct catcher *c = catcher_new(k / 2 + 1, cap[k / 2]);
        c->ragged = k % 2;
        assert_int_equal(catcher_run(c, s->names, s->count, 4), WP_OK);
        check_all(s, c);
        catcher_free(c);
    }
}

static void one_block_in_all(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 12; i++) scratch_file(s, 3210 * i);
    struct catcher *c = catcher_new(1, 512);
    c->in_order = true;
    assert_int_equal(catcher_run(c, s->names, s->count, 6), WP_OK);
    check_all(s, c);
    catcher_free(c);
}

static void no_files(void **state) {
    (void)state;
    struct catcher *c = catcher_new(2, 512);
    assert_int_equal(catcher_run(c, NULL, 0, 6), WP_OK);
    assert_int_equal(c->next_open, 0);
    catcher_free(c);
}

/* What cannot be opened or read is closed with words; its neighbours come whole. */
static void bad_files(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 5000);
    size_t missing = scratch_expect(s, "/nonexistent/file", 0);
    size_t folder = scratch_expect(s, "/", 0);
    scratch_file(s, 6000);
    size_t broken = scratch_expect(s, "/proc/self/mem", 0); /* address 0 is not mapped: EIO */
    scratch_file(s, 7000);
    for (unsigned ahead = 1; ahead <= 6; ahead += 5) {
        struct catcher *c = catcher_new(4, 1024);
        assert_int_equal(catcher_run(c, s->names, s->count, ahead), WP_OK);
        for (size_t i = 0; i < s->count; i++) assert_int_equal(c->file[i].closes, 1);
        assert_int_equal(c->file[missing].status, WP_ENOENT);
        assert_true(c->file[missing].size == WP_INGEST_SIZE_UNKNOWN);
        assert_string_equal(c->file[missing].name, "/nonexistent/file");
        assert_string_equal(c->file[missing].reason, "cannot open: No such file or directory");
        assert_int_equal(c->file[folder].status, WP_ESYSTEM);
        assert_string_equal(c->file[folder].reason, "cannot open: Is a directory");
        assert_int_equal(c->file[broken].status, WP_EIO);
        check_file(s, c, 0);
        check_file(s, c, 3);
        check_file(s, c, 5);
        catcher_free(c);
    }
}

static void only_missing_files(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 300; i++) scratch_expect(s, "/nonexistent/file", 0);
    struct catcher *c = catcher_new(1, 1024);
    assert_int_equal(catcher_run(c, s->names, s->count, 1), WP_OK);
    assert_true(c->ticks < 100); /* none waited for a tick */
    for (size_t i = 0; i < s->count; i++) assert_int_equal(c->file[i].status, WP_ENOENT);
    catcher_free(c);
}

/* Devices, and files of /proc, which say that they have 0 bytes. */
static void files_without_size(void **state) {
    struct scratch *s = *state;
    scratch_expect(s, "/dev/null", 0);
    size_t version = scratch_expect(s, "/proc/version", 0);
    struct catcher *c = catcher_new(4, 16);
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    check_file(s, c, 0);
    char text[1024] = "";
    FILE *in = fopen("/proc/version", "r");
    assert_non_null(fgets(text, sizeof text, in));
    fclose(in);
    assert_int_equal(c->file[version].len, strlen(text));
    assert_memory_equal(c->file[version].data, text, strlen(text));
    catcher_free(c);
}

static void reads_fall_short(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 5; i++) scratch_file(s, 70000 + i);
    for (unsigned every = 1; every <= 4; every++) {
        struct catcher *c = catcher_new(16, 3000);
        read_short_every = every;
        reads_made = 0;
        assert_int_equal(catcher_run(c, s->names, s->count, 3), WP_OK);
        read_short_every = 0;
        assert_true(reads_made > 5 * 70000 / 3000); /* they did come by here */
        check_all(s, c);
        catcher_free(c);
    }
}

static void read_fails_midway(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 3; i++) scratch_file(s, 50000);
    struct catcher *c = catcher_new(16, 3000);
    reads_made = 0;
    read_fails_at = 9; /* with one file ahead: reads 1 to 17 are of the first, two at a time */
    assert_int_equal(catcher_run(c, s->names, s->count, 1), WP_OK);
    read_fails_at = 0;
    struct caught *bad = &c->file[0];
    assert_int_equal(bad->status, WP_EIO);
    assert_string_equal(bad->reason, "cannot read: Input/output error");
    assert_true(bad->len == 7 * 3000 || bad->len == 8 * 3000 || bad->len == 9 * 3000);
    assert_true(bad->has_offset && bad->offset == bad->len);
    assert_memory_equal(bad->data, s->data[0], bad->len);
    check_file(s, c, 1);
    check_file(s, c, 2);
    catcher_free(c);
}

static void cut_first_file(struct catcher *c, uint32_t file) {
    if (file == 0) assert_int_equal(truncate(c->arg, 9000), 0);
}

static void file_gets_shorter(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 50000);
    scratch_file(s, 50000);
    struct catcher *c = catcher_new(4, 2000);
    c->at_block = cut_first_file;
    c->arg = s->path[0];
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    assert_int_equal(c->file[0].closes, 1);
    assert_int_equal(c->file[0].status, WP_EIO);
    /* Reads that had begun before the cut may have brought more. */
    assert_true(c->file[0].len >= 9000 && c->file[0].len < 50000);
    assert_true(c->file[0].has_offset && c->file[0].offset == c->file[0].len);
    assert_memory_equal(c->file[0].data, s->data[0], c->file[0].len);
    check_file(s, c, 1);
    catcher_free(c);
}

static void lengthen_first_file(struct catcher *c, uint32_t file) {
    if (file != 0) return;
    FILE *out = fopen(c->arg, "ab");
    fputs("more", out);
    fclose(out);
}

/* A file is what it was when it was opened. */
static void file_gets_longer(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 30500);
    struct catcher *c = catcher_new(4, 2000);
    c->at_block = lengthen_first_file;
    c->arg = s->path[0];
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    check_all(s, c);
    catcher_free(c);
}

/* Blocks of later files are kept until the earlier ones are eaten: without the reserve they would take all.
 */
static void eater_in_order(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 40; i++) scratch_file(s, i % 3 == 0 ? 20000 : 700);
    for (size_t blocks = 1; blocks <= 6; blocks++) {
        struct catcher *c = catcher_new(blocks, 512);
        c->in_order = true;
        assert_int_equal(catcher_run(c, s->names, s->count, 10), WP_OK);
        check_all(s, c);
        catcher_free(c);
    }
}

static void *open_gate(void *arg) {
    struct catcher *c = arg;
    usleep(60000);
    pthread_mutex_lock(&c->lock);
    assert_int_equal(c->file[0].len, 0); /* nothing came while it was shut */
    c->shut[0] = false;
    pthread_mutex_unlock(&c->lock);
    wp_ingest_wake(c->ing);
    return NULL;
}

static void more_stops_one_file(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 10; i++) scratch_file(s, 30000);
    struct catcher *c = catcher_new(6, 4096);
    c->shut[0] = true;
    catcher_ingest(c, s->names, s->count, 3);
    pthread_t gate;
    pthread_create(&gate, NULL, open_gate, c);
    assert_int_equal(catcher_finish(c, NULL), WP_OK);
    pthread_join(gate, NULL);
    check_all(s, c);
    catcher_free(c);
}

static void failing_sink(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 20; i++) scratch_file(s, 5000);
    for (unsigned k = 1; k <= 60; k += 7) {
        struct catcher *c = catcher_new(8, 1024);
        if (k % 3 == 0) c->fail_open = k % 20 + 1;
        if (k % 3 == 1) c->fail_block = k;
        if (k % 3 == 2) c->fail_close = k % 20 + 1;
        struct wp_error err = {.status = WP_ENOSPC, .reason = "the sink's words"};
        catcher_ingest(c, s->names, s->count, 4);
        assert_int_equal(catcher_finish(c, &err), WP_ENOSPC);
        assert_string_equal(err.reason, "the sink's words");
        if (c->fail_block) assert_int_equal(c->blocks, k);
        if (c->fail_open) assert_int_equal(c->next_open, c->fail_open);
        catcher_free(c);
    }
}

static void names_are_checked(void **state) {
    (void)state;
    struct wp_ingest *ing = NULL;
    struct wp_error err = {0};
    const char *twice[] = {"-", "x", "-"};
    struct wp_ingest_sink sink = {0};
    assert_int_equal(wp_ingest_new(&ing, twice, 3, &sink, 1, &err), WP_EINVAL);
    assert_null(ing);
    assert_true(err.reason[0] != 0);
    wp_ingest_free(NULL);
}

static void runs_once(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 10);
    struct catcher *c = catcher_new(2, 64);
    catcher_ingest(c, s->names, s->count, 1);
    assert_int_equal(wp_ingest_run(c->ing, NULL), WP_OK);
    assert_int_equal(wp_ingest_run(c->ing, NULL), WP_EINVAL);
    wp_ingest_wake(c->ing); /* late, as from a worker: harmless */
    wp_ingest_free(c->ing);
    check_all(s, c);
    catcher_free(c);
}

int main(void) {
    alarm(60);
    const struct CMUnitTest tests[] = {
        SCRATCH(small_files),         SCRATCH(big_file),
        SCRATCH(one_block_in_all),    SCRATCH(no_files),
        SCRATCH(bad_files),           SCRATCH(only_missing_files),
        SCRATCH(files_without_size),  SCRATCH(reads_fall_short),
        SCRATCH(read_fails_midway),   SCRATCH(file_gets_shorter),
        SCRATCH(file_gets_longer),    SCRATCH(eater_in_order),
        SCRATCH(more_stops_one_file), SCRATCH(failing_sink),
        SCRATCH(names_are_checked),   SCRATCH(runs_once),
    };
    return cmocka_run_group_tests_name("ingest", tests, warm_up, NULL);
}
