/*
 * test_reader.c - blocks into the sink as an event loop would bring them, from one thread: files in turn,
 * blocks of any size, more than the reader has room for; read errors, damage, a strict run, a cancelled one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>
#include "base/codec.h"
#include "engine/reader.h"
#include "support/random.h"

enum { FILES = 5, LINES = 4000 };

static const char *const names[] = {"f0", "f1", "f2", "f3", "-"};

struct fixture {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_reader *reader;
    struct wp_ingest_sink sink;
    pthread_mutex_t lock;
    pthread_cond_t freed;
    unsigned wakes;
    struct wp_buffer data[FILES];
};

static void wake(void *self) {
    struct fixture *f = self;
    pthread_mutex_lock(&f->lock);
    f->wakes++;
    pthread_cond_signal(&f->freed);
    pthread_mutex_unlock(&f->lock);
}

static void start(struct fixture *f, const char *threads, bool strict, bool keep_pipes) {
    *f = (struct fixture){.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER};
    wp_settings_init(&f->settings);
    f->settings.strict = strict;
    assert_int_equal(wp_settings_set(&f->settings, "threads", threads, NULL), WP_OK);
    assert_int_equal(wp_run_init(&f->run, &f->settings, names, FILES, NULL), WP_OK);
    assert_int_equal(wp_reader_new(&f->reader, &f->run, keep_pipes, NULL), WP_OK);
    wp_reader_on_free(f->reader, wake, f);
    f->sink = wp_reader_sink(f->reader);
}

static void end(struct fixture *f) {
    wp_reader_free(f->reader);
    wp_run_release(&f->run);
    for (size_t i = 0; i < FILES; i++) wp_buffer_release(&f->data[i]);
}

/* LINES records "f:n"; every tenth line is blank. */
static void make_lines(struct wp_buffer *out, size_t file) {
    for (size_t i = 0; i < LINES; i++)
        wp_buffer_print(
            out, i % 10 ? "{\"id\":\"%zu:%zu\",\"text\":\"words of %zu and more of %zu in it\"}\n" : "\n",
            file, i, i, file);
}

/* A free block, waiting for one if it must; NULL when the reader has stopped. */
static uint8_t *acquire(struct fixture *f, size_t *cap) {
    for (;;) {
        pthread_mutex_lock(&f->lock);
        unsigned before = f->wakes;
        pthread_mutex_unlock(&f->lock);
        uint8_t *block = f->sink.acquire(f->sink.self, cap);
        if (block || wp_reader_stopped(f->reader)) return block;
        pthread_mutex_lock(&f->lock);
        while (f->wakes == before) pthread_cond_wait(&f->freed, &f->lock);
        pthread_mutex_unlock(&f->lock);
    }
}

/* Brings the next piece of a file, of at most `longest` bytes; moves *at on. */
static enum wp_status bring(struct fixture *f, uint32_t file, size_t *at, size_t longest) {
    size_t cap, left = f->data[file].len - *at;
    uint8_t *block = acquire(f, &cap);
    if (!block) return WP_ECANCELED;
    if (cap > longest) cap = longest;
    if (cap > left) cap = left;
    memcpy(block, f->data[file].data + *at, cap);
    *at += cap;
    return f->sink.block(f->sink.self, file, block, cap);
}

/* Brings all files, a block of each in turn; WP_ECANCELED once the reader has stopped. */
static enum wp_status bring_all(struct fixture *f, uint64_t seed) {
    size_t at[FILES] = {0};
    bool open[FILES] = {0}, done[FILES] = {0};
    struct random r = {seed};
    for (unsigned left = FILES; left;) {
        uint32_t file = (uint32_t)random_below(&r, FILES);
        if (done[file]) continue;
        if (!open[file]) f->sink.open(f->sink.self, file, f->data[file].len);
        open[file] = true;
        if (wp_reader_stopped(f->reader)) return WP_ECANCELED; /* nothing waits for room any more */
        if (!f->sink.more(f->sink.self, file)) continue;
        if (at[file] < f->data[file].len) {
            enum wp_status status = bring(f, file, &at[file], 1 + random_below(&r, 60000));
            if (status != WP_OK) return status;
        } else {
            assert_int_equal(f->sink.close(f->sink.self, file, NULL), WP_OK);
            done[file] = true;
            left--;
        }
    }
    return WP_OK;
}

static void expect_records(struct fixture *f, size_t file, uint32_t *rank, size_t lines) {
    struct wp_buffer id = {0};
    char want[40];
    for (size_t i = 0; i < lines; i++) {
        if (i % 10 == 0) continue;
        struct wp_article_row scratch;
        uint32_t in;
        uint64_t line;
        snprintf(want, sizeof want, "%zu:%zu", file, i);
        assert_int_equal(wp_run_id(&f->run, *rank, &id, NULL), WP_OK);
        assert_int_equal(id.len, strlen(want));
        assert_memory_equal(id.data, want, id.len);
        wp_run_place(&f->run, *rank, wp_run_row(&f->run, *rank, &scratch, NULL), &in, &line);
        assert_int_equal(in, file);
        assert_int_equal(line, i + 1);
        ++*rank;
    }
    wp_buffer_release(&id);
}

static void all_files(void **state) {
    (void)state;
    static const char *const threads[] = {"1", "3"};
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct fixture f;
        size_t failures, bytes = 0;
        uint64_t raw, decoded;
        start(&f, threads[seed % 2], false, seed < 2);
        for (size_t i = 0; i < FILES; i++) {
            if (i != 2) make_lines(&f.data[i], i); /* one file is empty */
            bytes += f.data[i].len;
        }
        assert_int_equal(bring_all(&f, seed), WP_OK);
        assert_int_equal(wp_reader_finish(f.reader, false, NULL), WP_OK);
        assert_null(wp_reader_failures(f.reader, &failures));
        assert_int_equal(failures, 0);
        wp_reader_progress(f.reader, &raw, &decoded);
        assert_int_equal(raw, bytes);
        assert_int_equal(decoded, bytes);
        assert_int_equal(wp_order_settle(&f.run.order), WP_OK);
        uint32_t rank = 0;
        for (size_t i = 0; i < FILES; i++)
            if (i != 2) expect_records(&f, i, &rank, LINES);
        assert_int_equal(f.run.order.articles, rank);
        struct wp_file *copies = wp_reader_copies(f.reader);
        assert_int_equal(copies != NULL, seed < 2);
        for (size_t i = 0; copies && i < FILES; i++) assert_int_equal(copies[i].open, i == 4); /* "-" */
        if (copies) {
            uint8_t *copy = malloc(f.data[4].len);
            assert_int_equal(wp_file_read_at(&copies[4], copy, f.data[4].len, 0, NULL), WP_OK);
            assert_memory_equal(copy, f.data[4].data, f.data[4].len);
            free(copy);
        }
        end(&f);
    }
}

/* A read error comes while blocks from before it still wait: they count, but for the line that it cut. */
static void read_error(void **state) {
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct fixture f;
        struct wp_error broken = {0};
        size_t at = 0, failures;
        start(&f, round % 2 ? "2" : "1", false, false);
        make_lines(&f.data[0], 0);
        uint8_t *middle = memmem(f.data[0].data, f.data[0].len, "\"0:3001\"", 8);
        f.data[0].len = (size_t)(middle - f.data[0].data) + 4; /* inside the line */
        f.sink.open(f.sink.self, 0, 0);
        while (at < f.data[0].len) assert_int_equal(bring(&f, 0, &at, 100000), WP_OK);
        wp_fail_file(&broken, WP_EIO, "f0", "the disk is broken");
        assert_int_equal(f.sink.close(f.sink.self, 0, &broken), WP_OK);
        assert_int_equal(wp_reader_finish(f.reader, false, NULL), WP_OK);
        const struct wp_file_failure *failure = wp_reader_failures(f.reader, &failures);
        assert_int_equal(failures, 1);
        assert_int_equal(failure->file, 0);
        assert_int_equal(failure->error.status, WP_EIO);
        assert_string_equal(failure->error.reason, "the disk is broken");
        assert_int_equal(wp_order_settle(&f.run.order), WP_OK);
        uint32_t rank = 0;
        expect_records(&f, 0, &rank, 3001);
        assert_int_equal(f.run.order.articles, rank);
        assert_int_equal(wp_rejects_total(&f.run.rejects), 0);
        end(&f);
    }
}

static void damaged(void **state) {
    (void)state;
    struct fixture f;
    struct wp_encoder *e;
    struct wp_buffer packed = {0};
    size_t failures;
    start(&f, "2", false, false);
    for (size_t i = 0; i < FILES; i++) make_lines(&f.data[i], i);
    assert_int_equal(wp_encoder_new(&e, WP_FORMAT_GZIP, NULL), WP_OK);
    assert_int_equal(wp_encoder_run(e, f.data[1].data, f.data[1].len, &packed, NULL), WP_OK);
    assert_int_equal(wp_encoder_finish(e, &packed, NULL), WP_OK);
    wp_encoder_free(e);
    wp_buffer_release(&f.data[1]);
    f.data[1] = packed;
    f.data[1].len -= 100;
    assert_int_equal(bring_all(&f, 9), WP_OK);
    assert_int_equal(wp_reader_finish(f.reader, false, NULL), WP_OK);
    const struct wp_file_failure *failure = wp_reader_failures(f.reader, &failures);
    assert_int_equal(failures, 1);
    assert_int_equal(failure->file, 1);
    assert_int_equal(failure->error.status, WP_EDAMAGED);
    assert_string_equal(failure->error.file, "f1");
    assert_true(failure->error.has_offset && failure->error.offset <= f.data[1].len);
    assert_int_equal(wp_order_settle(&f.run.order), WP_OK);
    assert_true(f.run.order.articles > 4 * (LINES / 10 * 9));
    assert_true(f.run.order.articles < 5 * (LINES / 10 * 9));
    end(&f);
}

static void strict(void **state) {
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        struct wp_error err = {0};
        start(&f, round % 2 ? "1" : "3", true, false);
        for (size_t i = 0; i < FILES; i++) make_lines(&f.data[i], i);
        for (int i = 0; i < 10 && round >= 2; i++) make_lines(&f.data[3], 3); /* behind several batches */
        uint64_t before = (uint64_t)LINES * (round >= 2 ? 11 : 1);
        wp_buffer_print(&f.data[3], "no record\n");
        make_lines(&f.data[3], 3);
        bring_all(&f, (uint64_t)round);
        assert_int_equal(wp_reader_finish(f.reader, false, &err), WP_EFORMAT);
        assert_int_equal(err.status, WP_EFORMAT);
        assert_string_equal(err.file, "f3");
        assert_int_equal(err.line, before + 1);
        end(&f);
    }
}

static void canceled(void **state) {
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        struct wp_error err = {0};
        size_t at = 0;
        start(&f, "2", false, false);
        make_lines(&f.data[0], 0);
        if (round) f.sink.open(f.sink.self, 0, 1);
        if (round > 1) assert_int_equal(bring(&f, 0, &at, 100000), WP_OK);
        if (round > 2) atomic_store(&f.run.cancel, true);
        assert_int_equal(wp_reader_finish(f.reader, true, &err), WP_ECANCELED);
        assert_int_equal(err.status, WP_ECANCELED);
        assert_true(wp_reader_stopped(f.reader));
        end(&f);
    }
}

/* Blocks have an end; what is given back unread can be had again. */
static void credit(void **state) {
    (void)state;
    struct fixture f;
    size_t cap;
    unsigned count = 0;
    uint8_t *blocks[500];
    start(&f, "1", false, false);
    while ((blocks[count] = f.sink.acquire(f.sink.self, &cap))) {
        assert_true(cap >= 1);
        assert_true(++count < 500);
    }
    assert_true(count >= 8);
    for (unsigned i = 0; i < count; i++) f.sink.unused(f.sink.self, blocks[i]);
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = f.sink.acquire(f.sink.self, &cap);
        assert_non_null(blocks[i]);
    }
    assert_null(f.sink.acquire(f.sink.self, &cap));
    for (unsigned i = 0; i < count; i++) f.sink.unused(f.sink.self, blocks[i]);
    assert_int_equal(wp_reader_finish(f.reader, false, NULL), WP_OK);
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_files), cmocka_unit_test(read_error),
                                       cmocka_unit_test(damaged),   cmocka_unit_test(strict),
                                       cmocka_unit_test(canceled),  cmocka_unit_test(credit)};
    return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
