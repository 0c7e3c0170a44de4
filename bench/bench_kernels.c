/*
 * bench_kernels.c - MB/s of the text and sketch kernels on real text, at each level of the processor.
 *
 *     bench_kernels FILE [SECONDS]      SECONDS to spend on each row [0.5]
 *
 * FILE holds articles as JSON lines (plain), or texts that each end in a 0 byte. Every row is user time of
 * one thread, the best of several passes over up to 64 MB of texts; `copy` is the floor: memcpy of the same
 * texts. The last lines give the figures of the best level in the form "NAME best N MB/s".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/memory.h"
#include "input/record.h"
#include "sketch/estimate.h"
#include "sketch/fingerprint.h"

#define BYTES_MAX ((size_t)64 << 20)

struct corpus {
    uint8_t *data;
    size_t len;
    uint32_t *ends; /* texts are [ends[i-1]+1, ends[i]) */
    size_t count;
    uint64_t tokens;
    double seconds; /* to spend on each row */
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

/* Appends a text and its 0 byte; 0 bytes in it become spaces. False when there is no more room. */
static int add_text(struct corpus *c, const uint8_t *text, size_t len) {
    if (len >= BYTES_MAX - c->len) return 0;
    for (size_t i = 0; i < len; i++) c->data[c->len + i] = text[i] ? text[i] : ' ';
    c->data[c->len + len] = 0;
    c->ends[c->count++] = (uint32_t)(c->len + len);
    c->len += len + 1;
    return 1;
}

static uint8_t *read_all(const char *name, size_t *len) {
    struct wp_file f;
    struct wp_error err;
    uint64_t size;
    if (wp_file_open(&f, name, &err) != WP_OK || wp_file_size(&f, &size, &err) != WP_OK) fail(err.reason);
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
    uint8_t end = memchr(file, 0, len) ? 0 : '\n';
    c->data = wp_alloc(BYTES_MAX, 1);
    c->ends = wp_alloc(BYTES_MAX, sizeof *c->ends);
    if (!c->data || !c->ends || wp_record_parser_new(&parser, NULL, NULL) != WP_OK) fail("out of memory");
    for (size_t at = 0, next; at < len; at = next) {
        const uint8_t *stop = memchr(file + at, end, len - at);
        size_t n = stop ? (size_t)(stop - file) - at : len - at;
        struct wp_record r = {.text = file + at, .text_len = n};
        const char *reason;
        next = at + n + 1;
        if (end == '\n' && wp_record_parse(parser, file + at, n, &r, &reason) != WP_OK) continue;
        if (r.text_len && !add_text(c, (const uint8_t *)r.text, r.text_len)) break;
    }
    if (!c->count) fail("the file has no texts");
    wp_record_parser_free(parser);
    wp_free(file);
}

typedef void pass_fn(const struct corpus *c, void *self);

static double row(const struct corpus *c, const char *name, const char *level, pass_fn *pass, void *self) {
    double best = 1e9, start = cpu_seconds(), now = start;
    for (int n = 0; n < 3 || now - start < c->seconds; n++) {
        double before = cpu_seconds();
        pass(c, self);
        now = cpu_seconds();
        if (now - before < best) best = now - before;
    }
    printf("%-28s %-9s %9.0f MB/s %8.2f ns/token\n", name, level, (double)c->len / best / 1e6,
           best * 1e9 / (double)c->tokens);
    fflush(stdout);
    return (double)c->len / best / 1e6;
}

static void pass_copy(const struct corpus *c, void *self) {
    uint8_t *to = self;
    size_t at = 0;
    for (size_t i = 0; i < c->count; at = c->ends[i++] + 1) memcpy(to, c->data + at, c->ends[i] - at);
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

/* Rows of one level; the rates of tokens, and of samples with sketch. */
static void level_rows(const struct corpus *c, const char *level, double *rates) {
    static const struct {
        const char *name;
        unsigned features;
    } parts[] = {{"+ span hashes, exact", 0},
                 {"+ samples", WP_FEATURE_SAMPLES},
                 {"+ sketch", WP_FEATURE_SKETCH},
                 {"+ samples, sketch", WP_FEATURE_SAMPLES | WP_FEATURE_SKETCH},
                 {"+ samples, numbers", WP_FEATURE_SAMPLES | WP_FEATURE_NUMBERS},
                 {"everything", WP_FEATURE_ALL}};
    struct wp_tokenizer *t;
    struct printing p;
    setenv("WIREPRINT_CPU", level, 1);
    if (wp_tokenizer_new(&t) != WP_OK || wp_fingerprinter_new(&p.printer) != WP_OK) fail("out of memory");
    rates[0] = row(c, "fold, tokens", level, pass_tokens, t);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        p.features = parts[i].features;
        double rate = row(c, parts[i].name, level, pass_print, &p);
        if (p.features == (WP_FEATURE_SAMPLES | WP_FEATURE_SKETCH)) rates[1] = rate;
    }
    wp_tokenizer_free(t);
    wp_fingerprinter_free(p.printer);
}

static void compare_row(const struct corpus *c) {
    struct wp_fingerprinter *f;
    static struct wp_fingerprint prints[64];
    size_t at = 0, n = c->count < 64 ? c->count : 64;
    if (wp_fingerprinter_new(&f) != WP_OK) fail("out of memory");
    for (size_t i = 0; i < n; at = c->ends[i++] + 1)
        if (wp_fingerprinter_run(f, c->data + at, c->ends[i] - at, WP_FEATURE_ALL, &prints[i]) != WP_OK)
            fail("fingerprinter");
    size_t rounds = 2000000 / (n * n) + 1, compares = rounds * n * n;
    double sum = 0, before = cpu_seconds();
    for (size_t k = 0; k < rounds; k++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) sum += wp_sketch_jaccard(prints[i].sketch, prints[j].sketch);
    printf("%-28s %-9s %9.2f ns (mean %.4f)\n", "sketch compare", "",
           (cpu_seconds() - before) / (double)compares * 1e9, sum / (double)compares);
    wp_fingerprinter_free(f);
}

int main(int argc, char **argv) {
    struct corpus c = {.seconds = 0.5};
    if (argc < 2) {
        fprintf(stderr, "usage: bench_kernels FILE [SECONDS]\n");
        return 2;
    }
    if (argc > 2) c.seconds = atof(argv[2]);
    enum wp_cpu top = wp_cpu_level();
    load(&c, argv[1]);
    count_tokens(&c);
    printf("%zu texts, %.1f MB, %.2f bytes/token\n", c.count, (double)c.len / 1e6,
           (double)c.len / (double)c.tokens);
    uint8_t *copy = wp_alloc(c.len, 1);
    if (!copy) fail("out of memory");
    double floor = row(&c, "copy", "", pass_copy, copy), rates[3][2];
    for (int level = top; level >= 0; level--) level_rows(&c, wp_cpu_name((enum wp_cpu)level), rates[level]);
    compare_row(&c);
    printf("copy best %.0f MB/s\ntokens best %.0f MB/s\nfingerprint best %.0f MB/s\n", floor, rates[top][0],
           rates[top][1]);
    wp_free(copy);
    wp_free(c.data);
    wp_free(c.ends);
    return 0;
}
