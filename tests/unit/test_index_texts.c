/*
 * test_index_texts.c - records from every place of a block of a text file, one after the other in any order;
 * blocks that are cut, or do not add up, under a right checksum.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "index/texts.h"
#include "support/disk.h"
#include "support/random.h"

enum { RECORDS = 8, RECORD = 2300, BLOCKS = 3, SHORT = 3 /* records of the last block */ };

static struct wp_error err;

/* Record `place` of block b. */
static void make_record(char *out, unsigned b, unsigned place) {
    struct random r = {1000 * b + place};
    for (size_t i = 0; i < RECORD; i++) out[i] = (char)('a' + random_below(&r, 16));
}

static bool is_record(const uint8_t *data, size_t len, unsigned b, unsigned place) {
    char expected[RECORD];
    make_record(expected, b, place);
    return len == RECORD && memcmp(data, expected, RECORD) == 0;
}

/* A text file of two full blocks and a short one; where they are. */
static void write_file(uint32_t number, uint32_t blocks[BLOCKS]) {
    struct wp_texts_writer w;
    struct wp_buffer none = {0};
    char record[RECORD];
    uint16_t place;
    assert_int_equal(wp_texts_create(&w, &wp_fs_real, ".", number, &none, &err), WP_OK);
    for (unsigned b = 0; b < BLOCKS; b++) {
        for (unsigned i = 0; i < (b == BLOCKS - 1 ? SHORT : RECORDS); i++) {
            make_record(record, b, i);
            assert_int_equal(wp_texts_add(&w, (uint8_t *)record, RECORD, &blocks[b], &place, &err), WP_OK);
            assert_int_equal(place, i);
        }
        assert_int_equal(wp_texts_write(&w, &err), WP_OK);
    }
    wp_texts_writer_release(&w);
}

static void get(const struct wp_texts *t, struct wp_text_reader *r, const uint32_t *blocks, unsigned b,
                unsigned place) {
    const uint8_t *data;
    size_t len;
    assert_int_equal(wp_texts_get(t, r, blocks[b], place, &data, &len, &err), WP_OK);
    assert_true(is_record(data, len, b, place));
}

/* Any record after any other; a first half is unpacked alone, and the rest when it is asked for. */
static void test_places(void **state) {
    (void)state;
    struct wp_texts t;
    uint32_t blocks[BLOCKS];
    const uint8_t *data;
    size_t len;
    write_file(1, blocks);
    assert_int_equal(wp_texts_open(&t, ".", 1, &err), WP_OK);
    for (unsigned first = 0; first < RECORDS; first++) {
        for (unsigned second = 0; second < RECORDS; second++) {
            struct wp_text_reader r = {0};
            get(&t, &r, blocks, 1, first);
            assert_true(first < RECORDS / 2 ? r.block.len < r.bytes : r.block.len == r.bytes);
            get(&t, &r, blocks, 1, second);
            assert_int_equal(wp_texts_get(&t, &r, blocks[1], RECORDS, &data, &len, &err), WP_EDAMAGED);
            get(&t, &r, blocks, 1, first);
            assert_int_equal(wp_texts_load(&t, &r, blocks[1], &err), WP_OK);
            assert_int_equal(r.block.len, r.bytes);
            assert_int_equal(r.records, RECORDS);
            assert_int_equal(r.next, blocks[2]);
            get(&t, &r, blocks, 1, second);
            get(&t, &r, blocks, 0, first);
            wp_text_reader_release(&r);
        }
    }
    wp_texts_release(&t);
}

/* Who comes from the block before unpacks all at once. A short block is in one part. */
static void test_reading_on(void **state) {
    (void)state;
    struct wp_texts t;
    struct wp_text_reader r = {0};
    uint32_t blocks[BLOCKS];
    write_file(2, blocks);
    assert_int_equal(wp_texts_open(&t, ".", 2, &err), WP_OK);
    get(&t, &r, blocks, 0, 0);
    assert_true(r.block.len < r.bytes);
    get(&t, &r, blocks, 1, 0);
    assert_true(r.block.len == r.bytes);
    wp_text_reader_release(&r);
    get(&t, &r, blocks, 2, 0);
    assert_true(r.block.len == r.bytes);
    wp_text_reader_release(&r);
    wp_texts_release(&t);
}

/* Appends a block of which all that is stored is `cut` bytes short, and whose first length is wrong by
 * `off`; head and checksum are right. Returns where it is. */
static uint32_t append_block(uint32_t number, size_t cut, uint32_t off) {
    struct wp_texts t;
    struct wp_texts_writer w;
    struct wp_text_block block = {0};
    uint8_t record[RECORD], length[4];
    uint64_t end;
    assert_int_equal(wp_texts_open(&t, ".", number, &err), WP_OK);
    assert_int_equal(wp_file_size(&t.file, &end, &err), WP_OK);
    assert_int_equal(wp_texts_resume(&w, &wp_fs_real, ".", &t, end, &err), WP_OK);
    for (unsigned i = 0; i < RECORDS; i++) {
        make_record((char *)record, 0, i);
        wp_store32(length, RECORD + (i ? 0 : off));
        assert_int_equal(wp_buffer_add(&block.lengths, length, sizeof length), WP_OK);
        assert_int_equal(wp_buffer_add(&block.records, record, RECORD), WP_OK);
    }
    assert_int_equal(wp_text_block_pack(w.packer, &block, &w.packed), WP_OK);
    uint8_t *data = w.packed.data + WP_BLOCK_HEAD_BYTES;
    w.packed.len -= cut;
    wp_block_head_write(w.packed.data, WP_MAGIC_TEXT_BLOCK, RECORDS, RECORDS * (4 + RECORD), data,
                        w.packed.len - WP_BLOCK_HEAD_BYTES);
    assert_int_equal(wp_texts_write(&w, &err), WP_OK);
    wp_text_block_release(&block);
    wp_texts_writer_release(&w);
    wp_texts_release(&t);
    return (uint32_t)end;
}

static void test_damage(void **state) {
    (void)state;
    struct wp_texts t;
    uint32_t blocks[BLOCKS], cut, wrong;
    const uint8_t *data;
    size_t len;
    write_file(3, blocks);
    cut = append_block(3, 100, 0);
    wrong = append_block(3, 0, 1);
    assert_int_equal(wp_texts_open(&t, ".", 3, &err), WP_OK);
    for (unsigned i = 0; i < RECORDS; i++) {
        struct wp_text_reader r = {0};
        bool whole = i < RECORDS / 2; /* the first part is */
        assert_int_equal(wp_texts_get(&t, &r, cut, i, &data, &len, &err), whole ? WP_OK : WP_EDAMAGED);
        if (whole) assert_true(is_record(data, len, 0, i));
        assert_int_equal(wp_texts_load(&t, &r, cut, &err), WP_EDAMAGED);
        assert_int_equal(err.offset, cut);
        get(&t, &r, blocks, 0, i); /* the reader is fit for more */
        assert_int_equal(wp_texts_get(&t, &r, wrong, i, &data, &len, &err), WP_EDAMAGED);
        assert_int_equal(err.offset, wrong);
        wp_text_reader_release(&r);
    }
    wp_texts_release(&t);
}

int main(void) {
    char scratch[] = "wp_texts.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places), cmocka_unit_test(test_reading_on),
                                       cmocka_unit_test(test_damage)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0) return 1;
    disk_remove_directory(scratch);
    return failed;
}
