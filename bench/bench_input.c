/*
 * bench_input.c - nanoseconds per record of the parser, beside its floor.
 *
 *   bench_input [-r ROUNDS] [-s STAGE] [-p] FILE.jsonl...      plain files, read whole
 *
 * For each file, the best of ROUNDS in CPU time:
 *   copy      memcpy of every line
 *   check     the same with no value asked for: structure, UTF-8, grammar, escapes
 *   record    wp_record_parse, values decoded and everything checked
 *   owner     wp_owner_find and wp_date_parse besides
 *
 * With -p (plain) only lines of `STAGE MB/s` are printed, for programs.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/file.h"
#include "base/memory.h"
#include "input/date.h"
#include "input/json.h"
#include "input/owner.h"
#include "input/record.h"

struct dump {
    uint8_t *data;
    size_t len, lines;
};

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what) {
    fprintf(stderr, "bench_input: %s\n", what);
    exit(1);
}

static struct dump load(const char *name) {
    struct wp_file f;
    struct wp_error err;
    uint64_t size;
    struct dump d = {0};
    if (wp_file_open(&f, name, &err) != WP_OK || wp_file_size(&f, &size, &err) != WP_OK) die(err.reason);
    d.len = (size_t)size;
    d.data = wp_alloc_large(d.len + WP_RECORD_PADDING);
    if (!d.data || wp_file_read_at(&f, d.data, d.len, 0, &err) != WP_OK) die("cannot read");
    memset(d.data + d.len, 0, WP_RECORD_PADDING);
    for (size_t i = 0; i < d.len; i++) d.lines += d.data[i] == '\n';
    wp_file_close(&f, NULL);
    return d;
}

struct tools {
    struct wp_json *json;
    struct wp_record_parser *parser;
    struct wp_owner_cache *owners;
    uint8_t *copy;
    size_t sum, bad;
};

static void run_copy(struct tools *t, const uint8_t *line, size_t len) {
    memcpy(t->copy, line, len);
    t->sum += t->copy[len / 2];
}

static void run_check(struct tools *t, const uint8_t *line, size_t len) {
    const char *reason;
    t->bad += wp_json_read(t->json, line, len, NULL, &reason) != WP_OK;
}

static void run_record(struct tools *t, const uint8_t *line, size_t len) {
    struct wp_record r;
    const char *reason;
    if (wp_record_parse(t->parser, line, len, &r, &reason) != WP_OK)
        t->bad++;
    else
        t->sum += r.text_len + r.id_len;
}

static void run_owner(struct tools *t, const uint8_t *line, size_t len) {
    struct wp_record r;
    const char *reason, *name;
    size_t name_len;
    int64_t seconds;
    if (wp_record_parse(t->parser, line, len, &r, &reason) != WP_OK) return;
    wp_owner_find(t->owners, &r, &name, &name_len);
    t->sum += name_len;
    t->bad += !wp_date_parse((const char *)r.date, r.date_len, "%m/%d/%Y", &seconds);
}

static double measure(const struct dump *d, struct tools *t, int rounds,
                      void (*run)(struct tools *, const uint8_t *, size_t)) {
    double best = 1e9;
    for (int i = 0; i < rounds; i++) {
        double from = cpu_seconds();
        for (size_t at = 0; at < d->len;) {
            const uint8_t *end = memchr(d->data + at, '\n', d->len - at);
            size_t len = end ? (size_t)(end - d->data) - at : d->len - at;
            run(t, d->data + at, len);
            at += len + 1;
        }
        double took = cpu_seconds() - from;
        if (took < best) best = took;
    }
    return best;
}

struct options {
    int rounds;
    const char *only; /* stage; NULL = all */
    bool plain;
};

static void print_row(const struct dump *d, const struct tools *t, const struct options *o, const char *name,
                      double best) {
    if (o->plain)
        printf("%s %.1f\n", name, (double)d->len / best * 1e-6);
    else
        printf("  %-10s %7.0f ns a record  %6.2f GB/s  (%zu bad, sum %zu)\n", name,
               best * 1e9 / (double)d->lines, (double)d->len / best * 1e-9, t->bad / (size_t)o->rounds,
               t->sum / (size_t)o->rounds);
}

static void bench_file(struct tools *t, const struct options *o, const char *name) {
    static const struct {
        const char *name;
        void (*run)(struct tools *, const uint8_t *, size_t);
    } stages[] = {{"copy", run_copy}, {"check", run_check}, {"record", run_record}, {"owner", run_owner}};
    struct dump d = load(name);
    t->copy = wp_alloc_large(d.len + 1);
    if (!d.lines || !t->copy) die("no lines, or no memory");
    if (!o->plain) printf("%s: %zu records, %zu bytes each\n", name, d.lines, d.len / d.lines);
    for (size_t s = 0; s < sizeof stages / sizeof *stages; s++) {
        if (o->only && strcmp(o->only, stages[s].name) != 0) continue;
        t->bad = t->sum = 0;
        print_row(&d, t, o, stages[s].name, measure(&d, t, o->rounds, stages[s].run));
    }
    wp_free(t->copy);
    wp_free(d.data);
}

int main(int argc, char **argv) {
    struct options o = {.rounds = 5};
    int option;
    while ((option = getopt(argc, argv, "r:s:p")) != -1) {
        if (option == 'r') o.rounds = atoi(optarg);
        if (option == 's') o.only = optarg;
        if (option == 'p') o.plain = true;
        if (option == '?') return 2;
    }
    struct tools t = {0};
    if (wp_json_new(&t.json, NULL, 0) != WP_OK || wp_record_parser_new(&t.parser, NULL, NULL) != WP_OK ||
        wp_owner_cache_new(&t.owners) != WP_OK)
        die("out of memory");
    for (int i = optind; i < argc; i++) bench_file(&t, &o, argv[i]);
    wp_json_free(t.json);
    wp_record_parser_free(t.parser);
    wp_owner_cache_free(t.owners);
    return 0;
}
