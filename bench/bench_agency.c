/*
 * bench_agency.c - what finding agency lines costs, and what it finds, on real articles.
 *
 *   bench_agency FILE.jsonl[.zst]        ns an article, of all and of those where nothing is found; counts
 *   bench_agency -l FILE.jsonl[.zst]     a line for each article with a finding: its agency, head, tail
 *   bench_agency -m FILE.jsonl[.zst]     the first and last bytes of each without an agency, to look for
 * misses
 *
 * Times are CPU time. Texts are in the processor's cache, as they are when they have just been decoded: each
 * group of texts is passed over once before it is timed.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "input/line_file.h"
#include "input/record.h"
#include "text/agency.h"

#define FILE_BYTES_MAX ((size_t)1 << 30)

enum { GROUP = 48, PASSES = 5, SHOWN_BYTES = 120 };

struct text {
    const uint8_t *data;
    size_t len;
    bool found;
};

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "bench_agency: %s\n", what);
    exit(3);
}

/* Copies of all texts; they live as long as the process. */
static struct text *load(const char *name, size_t *count) {
    struct wp_buffer file = {0};
    struct wp_error err;
    struct wp_record_parser *parser;
    struct text *texts = NULL;
    size_t cap = 0;
    if (wp_whole_file_read(name, FILE_BYTES_MAX, &file, &err) != WP_OK) fail(err.reason);
    if (wp_record_parser_new(&parser, NULL, NULL) != WP_OK) fail("out of memory");
    for (size_t at = 0, next; at < file.len; at = next) {
        const uint8_t *stop = memchr(file.data + at, '\n', file.len - at);
        size_t n = stop ? (size_t)(stop - file.data) - at : file.len - at;
        struct wp_record r;
        const char *reason;
        next = at + n + 1;
        if (wp_record_parse(parser, file.data + at, n, &r, &reason) != WP_OK) continue;
        uint8_t *copy = wp_alloc(r.text_len + 1, 1);
        if (!copy || WP_GROW(texts, *count, cap) != WP_OK) fail("out of memory");
        memcpy(copy, r.text, r.text_len);
        texts[(*count)++] = (struct text){copy, r.text_len, false};
    }
    wp_record_parser_free(parser);
    wp_buffer_release(&file);
    return texts;
}

/* Best ns an article over several passes of the texts that `found` chooses (NULL: all). */
static double time_them(const struct wp_agency_table *t, const struct text *texts, size_t count,
                        const bool *found) {
    double best = 1e9;
    size_t timed = 0;
    for (int pass = 0; pass < PASSES; pass++) {
        double sum = 0;
        timed = 0;
        for (size_t i = 0; i < count;) {
            struct text group[GROUP];
            size_t n = 0;
            struct wp_agency_found out;
            for (; i < count && n < GROUP; i++)
                if (!found || texts[i].found == *found) group[n++] = texts[i];
            for (size_t k = 0; k < n; k++) wp_agency_find(t, group[k].data, group[k].len, &out);
            double before = seconds();
            for (size_t k = 0; k < n; k++) wp_agency_find(t, group[k].data, group[k].len, &out);
            sum += seconds() - before;
            timed += n;
        }
        if (timed && sum / (double)timed < best) best = sum / (double)timed;
    }
    return timed ? best * 1e9 : 0;
}

static void show(const uint8_t *text, size_t len) {
    for (size_t i = 0; i < len; i++) putchar(text[i] < ' ' ? '~' : text[i]);
}

static void list(const struct wp_agency_table *t, const struct text *x, const struct wp_agency_found *f) {
    size_t next = x->len - f->head_end < 40 ? x->len : f->head_end + 40;
    size_t before = f->tail_begin < 40 ? 0 : f->tail_begin - 40;
    printf("%s\t", wp_agency_name(t, f->agency));
    show(x->data, f->head_end);
    if (f->head_end) printf(" >>> "), show(x->data + f->head_end, next - f->head_end);
    printf("\t");
    if (f->tail_begin < x->len) show(x->data + before, f->tail_begin - before), printf(" <<< ");
    show(x->data + f->tail_begin, x->len - f->tail_begin);
    printf("\n");
}

static void list_miss(const struct text *x) {
    show(x->data, x->len < SHOWN_BYTES ? x->len : SHOWN_BYTES);
    printf(" ... ");
    size_t from = x->len < SHOWN_BYTES ? 0 : x->len - SHOWN_BYTES;
    show(x->data + from, x->len - from);
    printf("\n");
}

int main(int argc, char **argv) {
    bool listing = argc == 3 && strcmp(argv[1], "-l") == 0, misses = argc == 3 && strcmp(argv[1], "-m") == 0;
    size_t count = 0, agencies = 0, heads = 0, tails = 0, found = 0;
    struct wp_agency_table *t;
    if (argc != 2 && !listing && !misses) {
        fprintf(stderr, "usage: bench_agency [-l | -m] FILE.jsonl\n");
        return 2;
    }
    struct text *texts = load(argv[argc - 1], &count);
    if (wp_agency_table_new(NULL, &t, NULL) != WP_OK) fail("no table");
    for (size_t i = 0; i < count; i++) {
        struct wp_agency_found f;
        wp_agency_find(t, texts[i].data, texts[i].len, &f);
        texts[i].found = f.agency || f.head_end || f.tail_begin < texts[i].len;
        agencies += f.agency != 0;
        heads += f.head_end != 0;
        tails += f.tail_begin < texts[i].len;
        found += texts[i].found;
        if (listing && texts[i].found) list(t, &texts[i], &f);
        if (misses && !f.agency) list_miss(&texts[i]);
    }
    if (listing || misses) return 0;
    printf("%zu articles: %zu with an agency, %zu heads, %zu tails, %zu with any\n", count, agencies, heads,
           tails, found);
    const bool no = false, yes = true;
    printf("ns an article: all %.0f, nothing found %.0f, something found %.0f\n",
           time_them(t, texts, count, NULL), time_them(t, texts, count, &no),
           time_them(t, texts, count, &yes));
    return 0;
}
