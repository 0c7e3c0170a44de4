/*
 * bench_find.c - how long an index takes to open and to find reprints: INDEX [FINDS].
 *
 * Every n-th article is looked for by its number, so that the index's own texts are the queries. Prints lines
 * `NAME NUMBER`: cold and open (ms: the files had to come from the disk, and not), p50 and p99 of a find
 * (us), found (reprints of each, on average), resident (MB after all finds).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "engine/finder.h"
#include "engine/terms.h"
#include "report/reprints.h"

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int compare(const void *x, const void *y) {
    const double *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

/* The system forgets what it has of the files; such as wait to be written stay, so they are written first. */
static int forget_files(const char *dir) {
    struct wp_names names = {0};
    if (wp_names_add_directory(&names, dir, NULL) != WP_OK) return -1;
    for (size_t i = 0; i < names.count; i++) {
        char *name = wp_path_join(dir, names.items[i]);
        int fd = name ? open(name, O_RDONLY) : -1;
        if (fd < 0 || fsync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0) return -1;
        close(fd);
        wp_free(name);
    }
    wp_names_release(&names);
    return 0;
}

/* Milliseconds until a text can be looked for. */
static double open_index(const char *dir, struct wp_store *store, struct wp_terms *terms,
                         struct wp_finder **finder, struct wp_error *err) {
    struct wp_store_options options = {.write = false};
    double begin = now_us();
    bool good = wp_store_open(store, dir, &options, err) == WP_OK &&
                wp_terms_open(terms, dir, NULL, err) == WP_OK &&
                wp_finder_new(finder, 4096 * WP_PROFILE_BYTES, terms->agencies, err) == WP_OK;
    if (!good) {
        fprintf(stderr, "%s: %s\n", dir, err->reason);
        exit(1);
    }
    wp_store_join_owners(store, &terms->owners);
    return (now_us() - begin) / 1e3;
}

static void close_index(struct wp_store *store, struct wp_terms *terms, struct wp_finder *finder) {
    wp_finder_free(finder);
    wp_store_abandon(store);
    wp_terms_close(terms);
}

static double resident_mb(void) {
    FILE *f = fopen("/proc/self/statm", "r");
    unsigned long all = 0, resident = 0, shared = 0;
    if (f && fscanf(f, "%lu %lu %lu", &all, &resident, &shared) != 3) resident = 0;
    if (f) fclose(f);
    return (double)resident * 4096 / 1e6;
}

/* Microseconds of one find, or below 0 for an article that is not there. */
static double find(struct wp_finder *finder, const struct wp_view *view, uint32_t number, size_t *found) {
    struct wp_row row;
    struct wp_stored_record stored;
    struct wp_reprints reprints;
    struct wp_error err = {0};
    if (wp_view_row(view, number, &row, &err) != WP_OK) return -1;
    double begin = now_us();
    if (wp_profiles_record(&finder->profiles, view, NULL, number, &row, &stored, &err) != WP_OK) return -1;
    char *text = malloc(stored.record.text_len + 64);
    memcpy(text, stored.record.text, stored.record.text_len);
    struct wp_reprint_query q = {.text = (uint8_t *)text,
                                 .len = stored.record.text_len,
                                 .text_owner = row.owner,
                                 .text_date = row.date,
                                 .except = number,
                                 .since = INT64_MIN,
                                 .until = INT64_MIN};
    enum wp_status status = wp_reprints_find(&reprints, finder, view, &q, &err);
    double took = now_us() - begin;
    *found += reprints.count;
    wp_reprints_release(&reprints);
    free(text);
    return status == WP_OK ? took : -1;
}

int main(int argc, char **argv) {
    struct wp_store store;
    struct wp_terms terms;
    struct wp_finder *finder;
    struct wp_error err = {0};
    unsigned finds = argc > 2 ? (unsigned)atoi(argv[2]) : 1000, done = 0;
    double *took = calloc(finds + 1, sizeof *took);
    size_t found = 0;
    if (argc < 2 || !took || forget_files(argv[1]) != 0) {
        fprintf(stderr, "usage: bench_find INDEX [FINDS]\n");
        return 1;
    }
    double cold = open_index(argv[1], &store, &terms, &finder, &err);
    close_index(&store, &terms, finder);
    double warm = open_index(argv[1], &store, &terms, &finder, &err);
    struct wp_view *view = wp_store_snapshot(&store);
    if (!view) return 1;
    for (int round = 0; round < 2; round++) { /* the first one warms up */
        done = 0;
        found = 0;
        for (unsigned i = 0; i < finds; i++) {
            double us = find(finder, view, (uint32_t)((uint64_t)view->end * i / finds), &found);
            if (us >= 0) took[done++] = us;
        }
        wp_profiles_clear(&finder->profiles);
    }
    qsort(took, done, sizeof *took, compare);
    printf("cold %.3f\nopen %.3f\np50 %.1f\np99 %.1f\nfound %.3f\nresident %.1f\n", cold, warm,
           took[done / 2], took[done * 99 / 100], (double)found / done, resident_mb());
    wp_view_drop(view);
    close_index(&store, &terms, finder);
    free(took);
    return 0;
}
