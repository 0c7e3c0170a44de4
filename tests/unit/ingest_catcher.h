/*
 * ingest_catcher.h - a sink for the ingester's tests, and the files to feed it.
 *
 * It keeps every byte by file and notes each breach of the contract it sees: opens out of order, blocks or a
 * close of a file that is not open, blocks lost. It can give blocks back at once, or hold them in a queue
 * that another thread eats strictly in the order of the files, as an engine would that must keep the input's
 * order.
 */
#ifndef WP_TEST_INGEST_CATCHER_H
#define WP_TEST_INGEST_CATCHER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "ingest/ingest.h"

#define FILES_MOST 400
#define BLOCKS_MOST 64
#define QUEUE_MOST 4096

struct caught {
    uint8_t *data;
    size_t len;
    unsigned opens, closes;
    uint64_t size;
    enum wp_status status; /* of the close */
    bool has_offset;
    uint64_t offset;
    char reason[256], name[512];
};

struct catcher {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    struct wp_ingest *ing;
    size_t cap;
    bool ragged;   /* blocks of all sizes up to cap */
    bool in_order; /* blocks wait for the eater */
    uint8_t *free[BLOCKS_MOST];
    size_t free_count, total;
    struct caught file[FILES_MOST];
    uint32_t next_open;
    unsigned open_now, open_most, ticks, blocks, breaches;
    struct {
        uint32_t file;
        uint8_t *block;
        size_t len;
    } queue[QUEUE_MOST];
    size_t queued;
    bool over; /* the run has returned */
    /* the call, counted from 1, that fails with WP_ENOSPC; 0 = none */
    unsigned fail_open, fail_block, fail_close;
    /* files for which `more` says no; guarded by lock */
    bool shut[FILES_MOST];
    void (*at_block)(struct catcher *c, uint32_t file);
    void *arg;
};

static uint8_t *catcher_acquire(void *self, size_t *cap) {
    struct catcher *c = self;
    pthread_mutex_lock(&c->lock);
    uint8_t *block = c->free_count > 0 ? c->free[--c->free_count] : NULL;
    pthread_mutex_unlock(&c->lock);
    static const size_t part[] = {1, 7, 3, 2, 5};
    *cap = c->ragged ? 1 + c->cap / part[c->blocks % 5] / 2 : c->cap;
    return block;
}

static void catcher_give(struct catcher *c, uint8_t *block) {
    pthread_mutex_lock(&c->lock);
    c->free[c->free_count++] = block;
    pthread_mutex_unlock(&c->lock);
}

static void catcher_unused(void *self, uint8_t *block) {
    catcher_give(self, block);
}

static bool catcher_is_open(const struct catcher *c, uint32_t file) {
    return c->file[file].opens == 1 && c->file[file].closes == 0;
}

static enum wp_status catcher_open(void *self, uint32_t file, uint64_t size) {
    struct catcher *c = self;
    if (file != c->next_open++ || c->file[file].opens++ != 0) c->breaches++;
    c->file[file].size = size;
    if (++c->open_now > c->open_most) c->open_most = c->open_now;
    return c->fail_open && c->next_open == c->fail_open ? WP_ENOSPC : WP_OK;
}

static void catcher_eat(struct caught *file, const uint8_t *block, size_t len) {
    file->data = realloc(file->data, file->len + len);
    memcpy(file->data + file->len, block, len);
    file->len += len;
}

static enum wp_status catcher_block(void *self, uint32_t file, uint8_t *block, size_t len) {
    struct catcher *c = self;
    if (!catcher_is_open(c, file) || len == 0 || len > c->cap) c->breaches++;
    c->blocks++;
    if (c->in_order) {
        pthread_mutex_lock(&c->lock);
        assert_true(c->queued < QUEUE_MOST);
        c->queue[c->queued].file = file;
        c->queue[c->queued].block = block;
        c->queue[c->queued++].len = len;
        pthread_cond_signal(&c->cond);
        pthread_mutex_unlock(&c->lock);
    } else {
        catcher_eat(&c->file[file], block, len);
        catcher_give(c, block);
    }
    if (c->at_block) c->at_block(c, file);
    return c->blocks == c->fail_block ? WP_ENOSPC : WP_OK;
}

static enum wp_status catcher_close(void *self, uint32_t file, const struct wp_error *err) {
    struct catcher *c = self;
    pthread_mutex_lock(&c->lock);
    struct caught *f = &c->file[file];
    if (!catcher_is_open(c, file)) c->breaches++;
    f->closes++;
    c->open_now--;
    if (err) {
        f->status = err->status;
        f->has_offset = err->has_offset;
        f->offset = err->offset;
        strcpy(f->reason, err->reason);
        strcpy(f->name, err->file);
    }
    pthread_cond_signal(&c->cond);
    pthread_mutex_unlock(&c->lock);
    return c->fail_close && file + 1 == c->fail_close ? WP_ENOSPC : WP_OK;
}

static bool catcher_more(void *self, uint32_t file) {
    struct catcher *c = self;
    pthread_mutex_lock(&c->lock);
    bool shut = c->shut[file];
    pthread_mutex_unlock(&c->lock);
    return !shut;
}

static void catcher_tick(void *self) {
    struct catcher *c = self;
    c->ticks++;
}

/* Takes the first queued block of `file` out of the queue. With the lock held. */
static bool catcher_pop(struct catcher *c, uint32_t file, uint8_t **block, size_t *len) {
    for (size_t i = 0; i < c->queued; i++) {
        if (c->queue[i].file != file) continue;
        *block = c->queue[i].block;
        *len = c->queue[i].len;
        memmove(&c->queue[i], &c->queue[i + 1], (c->queued - i - 1) * sizeof c->queue[0]);
        c->queued--;
        return true;
    }
    return false;
}

/* The eater: a thread that works on file 0 to its close, then on file 1, and so on. arg: the catcher. */
static void *catcher_eater(void *arg) {
    struct catcher *c = arg;
    uint32_t file = 0;
    uint8_t *block;
    size_t len;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        if (catcher_pop(c, file, &block, &len)) {
            catcher_eat(&c->file[file], block, len);
            c->free[c->free_count++] = block;
            pthread_mutex_unlock(&c->lock);
            wp_ingest_wake(c->ing);
            pthread_mutex_lock(&c->lock);
        } else if (file < FILES_MOST && c->file[file].closes) {
            file++;
        } else if (c->over) {
            break;
        } else {
            pthread_cond_wait(&c->cond, &c->lock);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static struct catcher *catcher_new(size_t blocks, size_t cap) {
    struct catcher *c = calloc(1, sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->cond, NULL);
    c->cap = cap;
    c->total = c->free_count = blocks;
    for (size_t i = 0; i < blocks; i++) c->free[i] = malloc(cap);
    return c;
}

static void catcher_free(struct catcher *c) {
    for (size_t i = 0; i < c->free_count; i++) free(c->free[i]);
    for (size_t i = 0; i < FILES_MOST; i++) free(c->file[i].data);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->cond);
    free(c);
}

static struct wp_ingest *catcher_ingest(struct catcher *c, const char *const *names, size_t count,
                                        unsigned ahead) {
    struct wp_ingest_sink sink = {.self = c,
                                  .acquire = catcher_acquire,
                                  .unused = catcher_unused,
                                  .open = catcher_open,
                                  .block = catcher_block,
                                  .close = catcher_close,
                                  .more = catcher_more,
                                  .tick = catcher_tick};
    struct wp_error err = {0};
    assert_int_equal(wp_ingest_new(&c->ing, names, count, &sink, ahead, &err), WP_OK);
    return c->ing;
}

/* Runs and frees the ingester, eats what is queued, and checks that all blocks came back. */
static enum wp_status catcher_finish(struct catcher *c, struct wp_error *err) {
    pthread_t eater;
    if (c->in_order) pthread_create(&eater, NULL, catcher_eater, c);
    enum wp_status status = wp_ingest_run(c->ing, err);
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_signal(&c->cond);
    pthread_mutex_unlock(&c->lock);
    if (c->in_order) pthread_join(eater, NULL);
    wp_ingest_free(c->ing);
    c->ing = NULL;
    for (; c->queued > 0; c->queued--) catcher_give(c, c->queue[c->queued - 1].block);
    assert_int_equal(c->free_count, c->total);
    assert_int_equal(c->breaches, 0);
    return status;
}

static enum wp_status catcher_run(struct catcher *c, const char *const *names, size_t count, unsigned ahead) {
    catcher_ingest(c, names, count, ahead);
    return catcher_finish(c, NULL);
}

/* Inputs: a scratch folder per test, with files of known content. */

struct scratch {
    char dir[64];
    char path[FILES_MOST][96];
    const char *names[FILES_MOST];
    uint8_t *data[FILES_MOST];
    size_t len[FILES_MOST];
    size_t count;
    unsigned fds; /* descriptors open at the start */
};

/* libuv opens a pipe for signals at its first loop, once per process: not a leak. */
static int warm_up(void **state) {
    (void)state;
    struct wp_ingest *ing = NULL;
    struct wp_ingest_sink sink = {0};
    enum wp_status status = wp_ingest_new(&ing, NULL, 0, &sink, 1, NULL);
    wp_ingest_free(ing);
    return status;
}

static unsigned count_fds(void) {
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir)) count++;
    if (dir) closedir(dir);
    return count;
}

static int scratch_setup(void **state) {
    struct scratch *s = calloc(1, sizeof *s);
    strcpy(s->dir, "wp_ingest_XXXXXX");
    s->fds = count_fds();
    *state = s;
    return mkdtemp(s->dir) ? 0 : -1;
}

static int scratch_teardown(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < s->count; i++) {
        if (strncmp(s->path[i], s->dir, strlen(s->dir)) == 0) remove(s->path[i]);
        free(s->data[i]);
    }
    rmdir(s->dir);
    unsigned fds = count_fds();
    int leaked = fds != s->fds;
    if (leaked) print_error("descriptors: %u before, %u after\n", s->fds, fds);
    free(s);
    return leaked ? -1 : 0;
}

/* The bytes of file `seed`: no period that a block could fall into. */
static uint8_t *scratch_bytes(size_t len, uint64_t seed) {
    uint8_t *data = malloc(len + 1);
    uint64_t x = seed * 2654435761u + 88172645463325252u;
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        data[i] = (uint8_t)(x >> 32);
    }
    return data;
}

/* Adds an input with this name and expected content (len bytes from scratch_bytes), without making anything.
 */
static size_t scratch_expect(struct scratch *s, const char *path, size_t len) {
    size_t i = s->count++;
    assert_true(i < FILES_MOST);
    snprintf(s->path[i], sizeof s->path[i], "%s", path);
    s->names[i] = s->path[i];
    s->len[i] = len;
    s->data[i] = scratch_bytes(len, i);
    return i;
}

static size_t scratch_file(struct scratch *s, size_t len) {
    char path[96];
    snprintf(path, sizeof path, "%s/f%zu", s->dir, s->count);
    size_t i = scratch_expect(s, path, len);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(s->data[i], 1, len, out), len);
    fclose(out);
    return i;
}

/* File i was closed cleanly and came as it is. */
static void check_file(const struct scratch *s, const struct catcher *c, size_t i) {
    assert_int_equal(c->file[i].opens, 1);
    assert_int_equal(c->file[i].closes, 1);
    assert_int_equal(c->file[i].status, WP_OK);
    assert_int_equal(c->file[i].len, s->len[i]);
    if (s->len[i] > 0) assert_memory_equal(c->file[i].data, s->data[i], s->len[i]);
}

static void check_all(const struct scratch *s, const struct catcher *c) {
    for (size_t i = 0; i < s->count; i++) check_file(s, c, i);
}

#define SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

#endif
