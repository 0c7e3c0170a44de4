/* test_index_rows.c - the rows of a segment: back as they were, whatever their numbers, and gone where they
 * are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/map.h"
#include "index/row_table.h"
#include "support/disk.h"
#include "support/random.h"

enum { FIRST = 4000000000u };

static struct wp_error err;

/* Every column is of some kind: all the same, small, anything, with the extremes. */
static uint64_t some(struct random *r, unsigned kind, uint64_t most) {
    switch (kind) {
    case 0: return 7 & most;
    case 1: return random_below(r, 40) & most;
    case 2: return random_next(r) & most;
    default: return random_below(r, 3) ? random_next(r) & most : random_below(r, 2) ? most : 0;
    }
}

static void make_row(struct wp_row *row, struct random *r, unsigned kinds, uint32_t number) {
    uint64_t any[4] = {random_next(r), random_next(r), random_next(r), random_next(r)};
    unsigned kind[15];
    for (unsigned i = 0; i < 15; i++) kind[i] = (kinds >> 2 * i) & 3;
    *row = (struct wp_row){.id = {any[0], any[1]}, .exact = {any[2], any[3]}};
    row->date = random_below(r, 4) ? (int64_t)some(r, kind[0], UINT64_MAX) : INT64_MIN;
    row->tokens = (uint32_t)some(r, kind[1], UINT32_MAX);
    row->shingles = row->tokens - (uint32_t)some(r, kind[2], UINT32_MAX);
    row->owner = (uint32_t)some(r, kind[3], UINT32_MAX);
    row->story = number - (uint32_t)some(r, kind[4], UINT32_MAX);
    row->to = random_below(r, 9) ? number - (uint32_t)some(r, kind[5], UINT32_MAX) : WP_NUMBER_NONE;
    row->block = (uint32_t)some(r, kind[6], UINT32_MAX);
    row->place = (uint16_t)some(r, kind[7], UINT16_MAX);
    row->texts = (uint16_t)some(r, kind[8], UINT16_MAX);
    row->samples = (uint16_t)some(r, kind[9], UINT16_MAX);
    row->width = (uint8_t)some(r, kind[10], UINT8_MAX);
    row->relation = (uint8_t)some(r, kind[11], (1 << WP_ROW_RELATION_BITS) - 1);
    row->spoken = (uint8_t)some(r, kind[14], UINT8_MAX >> WP_ROW_RELATION_BITS);
    row->coverage = (uint16_t)some(r, kind[12], UINT16_MAX);
    row->jaccard = (uint16_t)some(r, kind[13], UINT16_MAX);
    row->added = 1 + (uint32_t)(some(r, kind[0], UINT32_MAX) % UINT32_MAX);
    for (unsigned i = 0; i < WP_TITLE_WORDS; i++) row->title.words[i] = (uint16_t)random_next(r);
}

static void same_rows(const struct wp_row *a, const struct wp_row *b) {
    uint8_t bytes_a[WP_ROW_BYTES], bytes_b[WP_ROW_BYTES];
    wp_row_write(bytes_a, a);
    wp_row_write(bytes_b, b);
    assert_memory_equal(bytes_a, bytes_b, sizeof bytes_a);
}

static void write_table(const struct wp_row *rows, uint32_t count, const struct wp_row_shape *shape) {
    struct wp_section_writer w;
    struct wp_row_writer writer;
    uint8_t bytes[WP_ROW_SHAPE_BYTES];
    wp_row_shape_write(bytes, shape);
    assert_int_equal(wp_section_writer_open(&w, &wp_fs_real, "rows", 1, &err), WP_OK);
    assert_int_equal(wp_row_writer_begin(&writer, &w, 1, shape, FIRST, &err), WP_OK);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(wp_row_writer_add(&writer, rows[i].added ? &rows[i] : NULL, &err), WP_OK);
    assert_int_equal(wp_row_writer_end(&writer, &err), WP_OK);
    assert_int_equal(wp_row_writer_places(&writer, 2, &err), WP_OK);
    assert_int_equal(wp_section_writer_finish(&w, bytes, sizeof bytes, &err), WP_OK);
    wp_row_writer_release(&writer);
    wp_section_writer_release(&w);
}

static void open_table(struct wp_row_table *t, struct wp_map *map, uint32_t count) {
    struct wp_section_entry sections[WP_SECTIONS_MAX];
    const uint8_t *meta;
    size_t meta_len;
    unsigned n;
    *t = (struct wp_row_table){.first = FIRST, .count = count};
    assert_int_equal(wp_map_open(map, "rows", 1, &err), WP_OK);
    assert_int_equal(wp_sections_read(map->data, map->len, "rows", &meta, &meta_len, sections, &n, &err),
                     WP_OK);
    assert_int_equal(wp_row_shape_read(&t->shape, meta), 0);
    assert_int_equal(wp_section_init(&t->rows, &sections[0], map->data, map->len, "rows", &err), WP_OK);
    assert_int_equal(wp_section_init(&t->places, &sections[1], map->data, map->len, "rows", &err), WP_OK);
    assert_true(wp_row_table_valid(t, sections[0].c));
    assert_false(wp_row_table_valid(t, sections[0].c + 1));
}

static void check_covers(const struct wp_row_table *t, const struct wp_row *rows) {
    uint32_t there = 0, first, count;
    for (uint32_t i = 0; i < t->count; i++) {
        if (!rows[i].added) continue;
        wp_row_table_covers(t, (uint64_t)there * t->shape.row_bytes + 5, 10, &first, &count);
        assert_int_equal(first, FIRST + i);
        assert_int_equal(count, 1);
        there++;
    }
}

static void check_table(uint32_t count, unsigned kinds, unsigned gone) {
    struct wp_row *rows = calloc(count + 1, sizeof *rows), back;
    struct random r = {count * 31 + kinds};
    struct wp_row_shape shape;
    struct wp_row_table t;
    struct wp_map map;
    wp_row_shape_begin(&shape);
    for (uint32_t i = 0; i < count; i++) {
        if (random_below(&r, 100) < gone) continue;
        make_row(&rows[i], &r, kinds, FIRST + i);
        wp_row_shape_take(&shape, &rows[i], FIRST + i);
    }
    wp_row_shape_end(&shape);
    write_table(rows, count, &shape);
    open_table(&t, &map, count);
    for (uint32_t n = 0; n < count; n++) {
        uint32_t i = (uint32_t)((uint64_t)n * 7919 % count);
        assert_int_equal(wp_row_table_read(&t, FIRST + i, &back, &err), WP_OK);
        same_rows(&rows[i], &back);
    }
    if (count < 1500) check_covers(&t, rows);
    wp_section_release(&t.rows);
    wp_section_release(&t.places);
    wp_map_close(&map);
    free(rows);
}

static void test_rows(void **state) {
    (void)state;
    struct random r = {5};
    static const uint32_t counts[] = {1, 2, 479, 480, 481, 1441, 5000};
    static const unsigned gone[] = {0, 1, 50, 99, 100};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t k = 0; k < sizeof gone / sizeof *gone; k++)
            check_table(counts[i], (unsigned)random_next(&r), gone[k]);
    for (unsigned turn = 0; turn < 60; turn++) check_table(100, (unsigned)random_next(&r), turn);
}

/* What most rows have costs no bits. */
static void test_shape(void **state) {
    (void)state;
    struct wp_row_shape shape, back;
    struct wp_row row = {.tokens = 300, .shingles = 296, .owner = 9, .width = 5, .samples = 30, .added = 1};
    uint8_t bytes[WP_ROW_SHAPE_BYTES];
    wp_row_shape_begin(&shape);
    for (uint32_t n = 10; n < 20; n++) {
        row.date = n == 15 ? INT64_MIN : 1600000000 + n;
        row.story = n;
        row.to = WP_NUMBER_NONE;
        wp_row_shape_take(&shape, &row, n);
    }
    wp_row_shape_end(&shape);
    assert_int_equal(shape.row_bytes, 48 + 1); /* the date alone: 0, 1 to 10 */
    row.story = 3;
    wp_row_shape_begin(&shape);
    wp_row_shape_take(&shape, &row, 3);
    wp_row_shape_take_any_record(&shape);
    wp_row_shape_end(&shape);
    assert_int_equal(shape.row_bytes, 48 + (1 + 32 + 16 + 16 + 7) / 8);
    wp_row_shape_write(bytes, &shape);
    assert_int_equal(wp_row_shape_read(&back, bytes), 0);
    assert_int_equal(back.row_bytes, shape.row_bytes);
    bytes[1] = 33; /* no number is so long */
    assert_int_equal(wp_row_shape_read(&back, bytes), -1);
    bytes[1] = 0;
    bytes[0] = 65;
    assert_int_equal(wp_row_shape_read(&back, bytes), -1);
}

int main(void) {
    char scratch[] = "wp_rows.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_shape)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0) return 1;
    disk_remove_directory(scratch);
    return failed;
}
