/*
 * bench_kernels.c - MB/s of text of the folding and sketching kernels on real text, at each level of the
 * processor.
 *
 *   bench_kernels [-s SECONDS] [-p] FILE.jsonl      a plain file
 *
 * Every row is CPU time of one thread, the best of several passes in SECONDS [0.5] over up to 64 MB of texts:
 *   copy      the floor: memcpy of every text into one buffer
 *   tokens    folding and cutting into words
 *   samples   the fingerprint of --verify exact: exact hash and sampled shingles
 *   sketch    that of --verify sketch: the same and the MinHash sketch
 *
 * With -p (plain) only lines of `ROW MB/s` are printed, for programs, at the best level.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/file.h"
#include "base/memory.h"
#include "input/record.h"
#include "sketch/fingerprint.h"

#define BYTES_MAX ((size_t)64 << 20)

struct corpus {
    uint8_t *data;
    size_t len;
    uint32_t *ends; /* texts are [ends[i-1]+1, ends[i]) */
    size_t count, cap;
    uint64_t tokens;
    double seconds; /* to spend on each row */
    bool plain;
};

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); /* rusage counts in ticks */
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "bench_kernels: %s\n", what);
    exit(3);
}

/* Appends a text. False when there is no more room. */
static bool add_text(struct corpus *c, const uint8_t *text, size_t len) {
    if (len >= BYTES_MAX - c->len) return false;
    if (WP_GROW(c->ends, c->count, c->cap) != WP_OK) fail("out of memory");
    memcpy(c->data + c->len, text, len);
    c->ends[c->count++] = (uint32_t)(c->len + len);
    c->len += len + 1;
    return true;
}

static uint8_t *read_all(const char *name, size_t *len) {
    struct wp_file f;
    struct wp_error err;
    uint64_t size;
    if (wp_file_open(&f, name, &err) != WP_OK || wp_file_size(&f, &size, &err) != WP_OK) fail(err.reason);
    if (size > 2 * BYTES_MAX) size = 2 * BYTES_MAX;
    uint8_t *data = wp_alloc((size_t)size + WP_RECORD_PADDING, 1);
    if (!data || wp_file_read_at(&f, data, (size_t)size, 0, &err) != WP_OK) fail("cannot read the file");
    memset(data + size, 0, WP_RECORD_PADDING);
    wp_file_close(&f, NULL);
    *len = (size_t)size;
    return data;
}

static void load(struct corpus *c, const char *name) {
    size_t len;
    uint8_t *file = read_all(name, &len);
    struct wp_record_parser *parser = NULL;
    c->data = wp_zalloc(BYTES_MAX, 1);
    if (!c->data || wp_record_parser_new(&parser, NULL, NULL) != WP_OK) fail("out of memory");
    for (size_t at = 0, next; at < len; at = next) {
        const uint8_t *stop = memchr(file + at, '\n', len - at);
        size_t n = stop ? (size_t)(stop - file) - at : len - at;
        struct wp_record r;
        const char *reason;
        next = at + n + 1;
        if (wp_record_parse(parser, file + at, n, &r, &reason) != WP_OK) continue;
        if (!add_text(c, r.text, r.text_len)) break;
    }
    if (!c->count) fail("the file has no texts");
    wp_record_parser_free(parser);
    wp_free(file);
}

typedef void pass_fn(const struct corpus *c, void *self);

static void row(const struct corpus *c, const char *name, const char *level, pass_fn *pass, void *self) {
    double best = 1e9, start = cpu_seconds(), now = start;
    for (int n = 0; n < 3 || now - start < c->seconds; n++) {
        double before = cpu_seconds();
        pass(c, self);
        now = cpu_seconds();
        if (now - before < best) best = now - before;
    }
    if (c->plain)
        printf("%s %.1f\n", name, (double)c->len / best / 1e6);
    else
        printf("%-10s %-9s %9.0f MB/s %8.2f ns/token\n", name, level, (double)c->len / best / 1e6,
               best * 1e9 / (double)c->tokens);
    fflush(stdout);
}

static void pass_copy(const struct corpus *c, void *self) {
    uint8_t *to = self;
    size_t at = 0;
    for (size_t i = 0; i < c->count; at = c->ends[i++] + 1) {
        memcpy(to, c->data + at, c->ends[i] - at);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

static void pass_tokens(const struct corpus *c, void *self) {
    struct wp_tokens t;
    size_t at = 0;
    for (size_t i = 0; i < c->count; at = c->ends[i++] + 1)
        if (wp_tokenizer_run(self, c->data + at, c->ends[i] - at, &t) != WP_OK) fail("tokenizer");
}

struct printing {
    struct wp_fingerprinter *printer;
    unsigned features;
};

static void pass_print(const struct corpus *c, void *self) {
    struct printing *p = self;
    struct wp_fingerprint out;
    size_t at = 0;
    for (size_t i = 0; i < c->count; at = c->ends[i++] + 1)
        if (wp_fingerprinter_run(p->printer, c->data + at, c->ends[i] - at, p->features, &out) != WP_OK)
            fail("fingerprinter");
}

static void count_tokens(struct corpus *c) {
    struct wp_tokenizer *t;
    struct wp_tokens tokens;
    size_t at = 0;
    if (wp_tokenizer_new(&t) != WP_OK) fail("out of memory");
    for (size_t i = 0; i < c->count; at = c->ends[i++] + 1) {
        if (wp_tokenizer_run(t, c->data + at, c->ends[i] - at, &tokens) != WP_OK) fail("tokenizer");
        c->tokens += tokens.count;
    }
    wp_tokenizer_free(t);
}

static void level_rows(const struct corpus *c, const char *level) {
    struct wp_tokenizer *t;
    struct printing p;
    setenv("WIREPRINT_CPU", level, 1);
    if (wp_tokenizer_new(&t) != WP_OK || wp_fingerprinter_new(&p.printer) != WP_OK) fail("out of memory");
    row(c, "tokens", level, pass_tokens, t);
    p.features = WP_FEATURE_SAMPLES;
    row(c, "samples", level, pass_print, &p);
    p.features |= WP_FEATURE_SKETCH;
    row(c, "sketch", level, pass_print, &p);
    wp_tokenizer_free(t);
    wp_fingerprinter_free(p.printer);
}

int main(int argc, char **argv) {
    struct corpus c = {.seconds = 0.5};
    int option;
    while ((option = getopt(argc, argv, "s:p")) != -1) {
        if (option == 's') c.seconds = atof(optarg);
        if (option == 'p') c.plain = true;
        if (option == '?') return 2;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: bench_kernels [-s SECONDS] [-p] FILE.jsonl\n");
        return 2;
    }
    int top = wp_cpu_level();
    load(&c, argv[optind]);
    count_tokens(&c);
    if (!c.plain)
        printf("%zu texts, %.1f MB, %.2f bytes/token\n", c.count, (double)c.len / 1e6,
               (double)c.len / (double)c.tokens);
    uint8_t *copy = wp_alloc(c.len, 1);
    if (!copy) fail("out of memory");
    row(&c, "copy", "", pass_copy, copy);
    for (int level = top; level >= (c.plain ? top : 0); level--) level_rows(&c, wp_cpu_name(level));
    wp_free(copy);
    wp_free(c.data);
    wp_free(c.ends);
    return 0;
}
