/*
 * test_resident.c - what is in memory of mapped files stays under its limit, as the system itself tells it,
 * whoever reads: files that are mapped alone, and the segments of an index, which gives the same answers with
 * room for nearly nothing as with room for all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/thread.h"
#include "index/store.h"
#include "support/disk.h"
#include "support/random.h"

enum { KIB = 1 << 10, FILES = 3, FILE_BYTES = 3000 * KIB + 77, LIMIT = 1024 * KIB };

static struct wp_error err;

/* Bytes in memory of what is mapped from there on, as /proc/self/smaps has it. */
static size_t resident_of(const struct wp_map *map) {
    char line[512];
    unsigned long begin, end;
    size_t bytes = 0, kib;
    bool inside = false;
    FILE *f = fopen("/proc/self/smaps", "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
            inside = begin >= (uintptr_t)map->data && begin < (uintptr_t)map->data + map->len;
        else if (inside && sscanf(line, "Rss: %zu kB", &kib) == 1)
            bytes += kib * KIB;
    }
    fclose(f);
    return bytes;
}

/* ---- files ---- */

static uint8_t byte_of(unsigned file, size_t at) {
    return (uint8_t)(file * 31 + at * 7 + at / KIB);
}

static void make_file(unsigned file, char name[16]) {
    snprintf(name, 16, "file%u", file);
    FILE *f = fopen(name, "w");
    assert_non_null(f);
    for (size_t i = 0; i < FILE_BYTES; i++) putc(byte_of(file, i), f);
    assert_int_equal(fclose(f), 0);
}

static void open_files(struct wp_map *maps, struct wp_windows *windows, struct wp_resident *r) {
    char name[16];
    for (unsigned i = 0; i < FILES; i++) {
        make_file(i, name);
        assert_int_equal(wp_map_open(&maps[i], name, 1, &err), WP_OK);
        assert_int_equal(remove(name), 0);
        windows[i] = (struct wp_windows){0};
        assert_int_equal(wp_windows_watch(&windows[i], r, &maps[i]), WP_OK);
    }
}

static void close_files(struct wp_map *maps, struct wp_windows *windows) {
    for (unsigned i = 0; i < FILES; i++) {
        wp_windows_release(&windows[i]);
        wp_map_close(&maps[i]);
    }
}

static size_t resident_of_files(const struct wp_map *maps) {
    size_t sum = 0;
    for (unsigned i = 0; i < FILES; i++) sum += resident_of(&maps[i]);
    return sum;
}

struct reading {
    struct wp_map maps[FILES];
    struct wp_windows windows[FILES];
    atomic_uint wrong;
};

/* Bytes here and there, and from one end to the other. */
static void read_files(void *self, unsigned worker) {
    struct reading *reading = self;
    struct random r = {worker + 1};
    for (unsigned i = 0; i < 20000; i++) {
        unsigned file = (unsigned)random_below(&r, FILES);
        size_t at = i % 4 ? random_below(&r, FILE_BYTES - 2) : i * (size_t)131 % (FILE_BYTES - 2);
        wp_windows_touch(&reading->windows[file], at, 2);
        const volatile uint8_t *p = reading->maps[file].data + at;
        reading->wrong += p[0] != byte_of(file, at) || p[1] != byte_of(file, at + 1);
    }
}

static void files_stay_under_it(void **state) {
    (void)state;
    struct reading reading = {.wrong = 0};
    struct wp_resident *r = wp_resident_new(LIMIT);
    open_files(reading.maps, reading.windows, r);
    assert_int_equal(wp_resident_bytes(r), 0);
    read_files(&reading, 0);
    assert_int_equal(reading.wrong, 0);
    assert_in_range(resident_of_files(reading.maps), LIMIT / 2, LIMIT + WP_WINDOW_BYTES);
    assert_in_range(wp_resident_bytes(r), LIMIT / 2, LIMIT);
    wp_resident_limit(r, LIMIT / 4);
    assert_in_range(resident_of_files(reading.maps), 1, LIMIT / 4 + WP_WINDOW_BYTES);
    wp_resident_limit(r, 100 * (uint64_t)LIMIT);
    read_files(&reading, 0);
    assert_in_range(wp_resident_bytes(r), FILES * FILE_BYTES, FILES * (FILE_BYTES + 2 * WP_WINDOW_BYTES));
    wp_windows_forget(&reading.windows[1]);
    assert_int_equal(resident_of(&reading.maps[1]), 0);
    assert_true(wp_resident_bytes(r) <= (FILES - 1) * (FILE_BYTES + 2 * WP_WINDOW_BYTES));
    close_files(reading.maps, reading.windows);
    assert_int_equal(wp_resident_bytes(r), 0);
    wp_resident_drop(r);
}

static void threads_stay_under_it(void **state) {
    (void)state;
    enum { THREADS = 4 };
    struct reading reading = {.wrong = 0};
    struct wp_resident *r = wp_resident_new(LIMIT);
    struct wp_pool pool = {0};
    open_files(reading.maps, reading.windows, r);
    assert_int_equal(wp_pool_start(&pool, THREADS, read_files, &reading, &err), WP_OK);
    wp_pool_join(&pool);
    assert_int_equal(reading.wrong, 0);
    /* Each may have mapped a window anew that the hand had just given back, and go on while another gives
     * back. */
    assert_in_range(wp_resident_bytes(r), LIMIT / 2, LIMIT + THREADS * WP_WINDOW_BYTES);
    assert_true(resident_of_files(reading.maps) <= LIMIT + LIMIT / 2);
    close_files(reading.maps, reading.windows);
    wp_resident_drop(r);
}

/* Windows that are read again and again stay, while others come and go. */
static void what_is_in_use_stays(void **state) {
    (void)state;
    struct reading reading;
    struct wp_resident *r = wp_resident_new(LIMIT);
    struct random random = {9};
    unsigned gone = 0;
    open_files(reading.maps, reading.windows, r);
    for (unsigned i = 0; i < 4000; i++) {
        struct wp_windows *w = &reading.windows[1];
        for (size_t at = 0; at < 4 * WP_WINDOW_BYTES; at += WP_WINDOW_BYTES) {
            size_t window = (at + w->lead) / WP_WINDOW_BYTES;
            gone += i && w->marks[window] == WP_WINDOW_AWAY;
            wp_windows_touch(w, at, 1);
        }
        wp_windows_touch(&reading.windows[i % 2 * 2], random_below(&random, FILE_BYTES), 1);
    }
    assert_int_equal(gone, 0);
    close_files(reading.maps, reading.windows);
    wp_resident_drop(r);
}

/* ---- an index ---- */

enum { ARTICLES = 24000, KEYS = 8, FLUSH_ROWS = 6000, TIGHT = 128 * KIB };

static uint64_t key_of(uint32_t article, unsigned k) {
    struct random r = {k ? (uint64_t)article * KEYS + k : article % 500}; /* some that many have */
    return random_next(&r);
}

static void make_index(void) {
    struct wp_store s;
    struct wp_store_options options = {.write = true, .create = true, .lazy = true, .flush_rows = FLUSH_ROWS};
    assert_int_equal(wp_store_open(&s, "index", &options, &err), WP_OK);
    for (uint32_t i = 0; i < ARTICLES; i++) {
        uint64_t keys[KEYS];
        struct random r = {i};
        for (unsigned k = 0; k < KEYS; k++) keys[k] = key_of(i, k);
        struct wp_row row = {.id = {random_next(&r), i},
                             .exact = {random_next(&r), i},
                             .samples = KEYS,
                             .date = i,
                             .added = 1,
                             .story = i};
        assert_int_equal(wp_store_add(&s, &row, (const uint8_t *)"record", 6, keys, &err), WP_OK);
        if (i % 1000 == 999) assert_int_equal(wp_store_commit(&s, &err), WP_OK);
    }
    assert_int_equal(wp_store_close(&s, &err), WP_OK);
}

/* Rows, and articles of keys, of some thousand articles all over the index: the same in both. */
static void compare_answers(const struct wp_view *a, const struct wp_view *b, uint64_t seed) {
    static const struct wp_key_limits limits = {100, 4, 16};
    struct random r = {seed};
    for (unsigned i = 0; i < 8000; i++) {
        uint32_t article = (uint32_t)random_below(&r, ARTICLES), given[2], numbers[2][100];
        uint64_t total[2], key = i % 10 ? key_of(article, (unsigned)random_below(&r, KEYS)) : random_next(&r);
        struct wp_row rows[2];
        memset(rows, 0, sizeof rows);
        assert_int_equal(wp_view_row(a, article, &rows[0], &err), WP_OK);
        assert_int_equal(wp_view_row(b, article, &rows[1], &err), WP_OK);
        assert_memory_equal(&rows[0], &rows[1], sizeof rows[0]);
        assert_int_equal(rows[0].id.high, article);
        assert_int_equal(
            wp_view_find(a, WP_KEY_SHINGLE, key, &limits, numbers[0], &given[0], &total[0], &err), WP_OK);
        assert_int_equal(
            wp_view_find(b, WP_KEY_SHINGLE, key, &limits, numbers[1], &given[1], &total[1], &err), WP_OK);
        assert_int_equal(total[0], total[1]);
        assert_int_equal(given[0], given[1]);
        assert_memory_equal(numbers[0], numbers[1], given[0] * sizeof *numbers[0]);
    }
}

static size_t resident_of_view(const struct wp_view *v) {
    size_t sum = 0;
    for (size_t i = 0; i < v->segment_count; i++) sum += resident_of(&v->segments[i]->map);
    return sum;
}

static void an_index_stays_under_it(void **state) {
    (void)state;
    struct wp_store wide, tight;
    struct wp_store_options options = {.resident_bytes = 0};
    make_index();
    assert_int_equal(wp_store_open(&wide, "index", &options, &err), WP_OK);
    options.resident_bytes = TIGHT;
    assert_int_equal(wp_store_open(&tight, "index", &options, &err), WP_OK);
    struct wp_view *a = wp_store_snapshot(&wide), *b = wp_store_snapshot(&tight);
    for (unsigned round = 0; round < 3; round++) compare_answers(a, b, round + 1);
    /* Besides, the trailer of each was read when it was opened. */
    assert_true(resident_of_view(a) > 16 * TIGHT);
    assert_in_range(resident_of_view(b), 1, TIGHT + (a->segment_count + 1) * WP_WINDOW_BYTES);
    assert_in_range(wp_resident_bytes(tight.resident), 1, TIGHT);
    wp_view_drop(a);
    wp_view_drop(b);
    wp_store_abandon(&wide);
    wp_store_abandon(&tight);
    disk_remove_directory("index");
}

int main(void) {
    char scratch[] = "wp_resident.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_stay_under_it),
        cmocka_unit_test(threads_stay_under_it),
        cmocka_unit_test(what_is_in_use_stays),
        cmocka_unit_test(an_index_stays_under_it),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
