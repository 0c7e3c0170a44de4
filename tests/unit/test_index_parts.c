/*
 * test_index_parts.c - the parts that the files of an index are made of: rows and headers, sections, lists of
 * keys, text blocks, log frames, state, manifest, the guard.
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
#include "index/guard.h"
#include "index/keys.h"
#include "index/log.h"
#include "index/manifest.h"
#include "index/memtable.h"
#include "index/state.h"
#include "index/texts.h"
#include "input/line_file.h"
#include "base/map.h"
#include "support/disk.h"
#include "support/pairs.h"
#include "support/random.h"

static struct wp_error err;

/* ---- format ---- */

static void test_row(void **state) {
    (void)state;
    struct wp_row row = {{1, 2},
                         {3, 0xfffffffffffffff4},
                         -5,
                         6,
                         7,
                         8,
                         9,
                         10,
                         0xfffffff1,
                         12,
                         13,
                         14,
                         5,
                         3,
                         WP_UNSPOKEN,
                         16,
                         10000,
                         18,
                         {{21, 22, 23}}};
    struct wp_row back;
    uint8_t bytes[WP_ROW_BYTES];
    wp_row_write(bytes, &row);
    wp_row_read(&back, bytes);
    assert_int_equal(back.id.high, 2);
    assert_true(back.exact.high == 0xfffffffffffffff4);
    assert_int_equal(back.date, -5);
    assert_int_equal(back.story, 9);
    assert_int_equal(back.to, 10);
    assert_true(back.block == 0xfffffff1);
    assert_int_equal(back.place, 12);
    assert_int_equal(back.texts, 13);
    assert_int_equal(back.samples, 14);
    assert_int_equal(back.width, 5);
    assert_int_equal(back.relation, 3);
    assert_int_equal(back.spoken, WP_UNSPOKEN);
    assert_int_equal(bytes[71], 2 << 3 | 3);
    assert_int_equal(back.jaccard, 10000);
    assert_int_equal(back.added, 18);
    assert_int_equal(back.title.words[2], 23);
    assert_int_equal(bytes[32], 251); /* little-endian, as FORMAT.md has it */
    assert_int_equal(bytes[39], 255);
    assert_int_equal(bytes[60], 0xf1);
    assert_true(wp_share_unpack(wp_share_pack(0.7703)) == 0.7703);
    assert_int_equal(wp_share_pack(1.5), 10000);
}

/* ---- lists of keys ---- */

/* Few keys have many articles, most have one; also keys at both ends. */
static void make_pairs(struct pair *pairs, size_t count, uint32_t articles) {
    struct random r = {count};
    for (size_t i = 0; i < count; i++) {
        uint64_t key = random_next(&r) & WP_KEY_MASK;
        if (i % 5 == 0) key = (i % 3) * (WP_KEY_MASK / 2);
        pairs[i] = (struct pair){key, (uint32_t)random_below(&r, articles)};
    }
    qsort(pairs, count, sizeof *pairs, compare_pairs);
}

static void open_list(struct wp_keys *k, struct wp_map *map) {
    struct wp_section_entry entries[WP_SECTIONS_MAX];
    const uint8_t *meta;
    size_t meta_len;
    unsigned n;
    assert_int_equal(wp_map_open(map, "list", 1, &err), WP_OK);
    assert_int_equal(wp_sections_read(map->data, map->len, "list", &meta, &meta_len, entries, &n, &err),
                     WP_OK);
    assert_int_equal(n, 2);
    assert_int_equal(meta_len, 3);
    assert_memory_equal(meta, "abc", 3);
    k->shape = (struct wp_key_shape){entries[0].c, entries[0].a, entries[0].b};
    assert_true(wp_key_shape_valid(&k->shape, entries[1].len));
    assert_int_equal(wp_section_init(&k->entries, &entries[0], map->data, map->len, "list", &err), WP_OK);
    assert_int_equal(wp_section_init(&k->directory, &entries[1], map->data, map->len, "list", &err), WP_OK);
}

static void check_list(size_t count, uint32_t articles) {
    struct pair *pairs = malloc((count + 1) * sizeof *pairs);
    struct wp_keys k = {.shape = {0}};
    struct wp_map map;
    make_pairs(pairs, count, articles);
    write_pairs("list", pairs, count, articles);
    open_list(&k, &map);
    for (size_t i = 0, end; i < count; i = end) {
        struct wp_key_hits hits;
        for (end = i + 1; end < count && pairs[end].key == pairs[i].key;) end++;
        assert_int_equal(wp_keys_find(&k, pairs[i].key, &hits, &err), WP_OK);
        assert_int_equal(hits.count, end - i);
        for (size_t j = i; j < end; j++) {
            uint32_t article, place = (uint32_t)(j - i);
            assert_int_equal(wp_keys_articles(&k, &hits, place, place + 1, &article, &err), WP_OK);
            assert_int_equal(article, pairs[j].article);
        }
        assert_int_equal(wp_keys_find(&k, pairs[i].key ^ 1, &hits, &err), WP_OK);
        struct pair other = {pairs[i].key ^ 1, 0};
        size_t same = 0;
        for (size_t j = 0; j < count && count < 3000; j++) same += pairs[j].key == other.key;
        if (count < 3000) assert_int_equal(hits.count, same);
    }
    struct wp_key_cursor c;
    wp_key_cursor_init(&c, &k);
    for (size_t i = 0; i < count; i++) {
        uint64_t key;
        uint32_t article;
        assert_int_equal(wp_key_cursor_next(&c, &key, &article, &err), WP_OK);
        assert_true(key == pairs[i].key);
        assert_int_equal(article, pairs[i].article);
    }
    uint64_t key;
    uint32_t article;
    assert_int_equal(wp_key_cursor_next(&c, &key, &article, &err), WP_END);
    wp_section_release(&k.entries);
    wp_section_release(&k.directory);
    wp_map_close(&map);
    free(pairs);
}

static void test_keys(void **state) {
    (void)state;
    check_list(0, 1);
    check_list(1, 1);
    check_list(7, 2);
    check_list(100, 100000);
    check_list(2500, 300);
    check_list(2999, 1 << 17);
    check_list(50000, 1 << 20);
}

/* A list of a few bytes that are written down here: what FORMAT.md says. */
static void test_keys_bytes(void **state) {
    (void)state;
    struct wp_section_writer w;
    struct wp_keys_writer list;
    struct wp_keys k = {.shape = {0}};
    struct wp_map map;
    assert_int_equal(wp_section_writer_open(&w, &wp_fs_real, "list", 1, &err), WP_OK);
    assert_int_equal(wp_keys_begin(&list, &w, WP_KEY_ID, 3, 6, &err), WP_OK);
    assert_int_equal(list.shape.block_bits, 0);
    assert_int_equal(list.shape.article_bits, 3);
    assert_int_equal(wp_keys_add(&list, 5, 2, &err), WP_OK); /* bucket 0 */
    assert_int_equal(wp_keys_add(&list, 5, 4, &err), WP_OK);
    assert_int_equal(wp_keys_add(&list, WP_KEY_MASK, 5, &err), WP_OK); /* bucket 31 */
    assert_int_equal(wp_keys_end(&list, WP_KEY_ID, &err), WP_OK);
    assert_int_equal(wp_section_writer_finish(&w, "abc", 3, &err), WP_OK);
    wp_keys_writer_release(&list);
    wp_section_writer_release(&w);
    open_list(&k, &map);
    /* 2 keys, 1 more entry | 1, then 32 zeros but for a 1 at bit 32, | 5 and all ones, 35 bits each, | 101, |
     * 2, 4, 5 of 3 bits each: 34 + 70 + 3 + 9 bits */
    static const uint8_t want[] = {2,
                                   1,
                                   1,
                                   0,
                                   0,
                                   0,
                                   5 << 2 | 1,
                                   0,
                                   0,
                                   0,
                                   0xe0,
                                   0xff,
                                   0xff,
                                   0xff,
                                   0xff,
                                   2 << 3 | 1 << 2 | 1 << 0 | (4 & 3) << 6,
                                   4 >> 2 | 5 << 1};
    static const uint8_t directory[] = {0, 0, 0, 0, 0, sizeof want, 0, 0, 0, 0};
    assert_int_equal(k.entries.len, sizeof want);
    assert_memory_equal(k.entries.data, want, sizeof want);
    assert_int_equal(k.directory.len, sizeof directory);
    assert_memory_equal(k.directory.data, directory, sizeof directory);
    wp_section_release(&k.entries);
    wp_section_release(&k.directory);
    wp_map_close(&map);
}

/* Bytes that carry the right checksum and say something else are refused, or say something harmless. */
static void test_keys_wrong(void **state) {
    (void)state;
    struct random r = {9};
    struct wp_keys k = {.shape = {.count = 60, .block_bits = 1, .article_bits = 6}};
    uint8_t directory[15];
    assert_int_equal(wp_bits_init(&k.entries.checked, 1), WP_OK);
    assert_int_equal(wp_bits_init(&k.directory.checked, 1), WP_OK);
    wp_bits_set(&k.entries.checked, 0);
    wp_bits_set(&k.directory.checked, 0);
    k.entries.name = k.directory.name = "list";
    k.directory.data = directory;
    k.directory.len = sizeof directory;
    for (unsigned turn = 0; turn < 20000; turn++) {
        unsigned keys = (unsigned)random_below(&r, 40), more = (unsigned)random_below(&r, 30), seen = 0;
        size_t len = 2 + (keys + 32 + keys * 34 + (keys + more) * 7 + 7) / 8;
        uint8_t *exact = malloc(len);
        for (size_t i = 0; i < len; i++) exact[i] = (uint8_t)(random_next(&r) | random_next(&r));
        exact[0] = (uint8_t)keys;
        exact[1] = (uint8_t)more;
        memset(directory, 0, sizeof directory);
        wp_store32(directory + 5, (uint32_t)(turn % 3 ? len : random_below(&r, len + 2)));
        wp_store32(directory + 10, (uint32_t)(turn % 5 ? len : random_below(&r, len + 2)));
        k.entries.data = exact;
        k.entries.len = len;
        struct wp_key_hits hits;
        uint64_t key = random_next(&r) & WP_KEY_MASK;
        uint32_t article;
        if (wp_keys_find(&k, key, &hits, &err) != WP_OK) hits.count = 0;
        for (uint32_t i = 0; i < hits.count; i++) {
            assert_int_equal(wp_keys_articles(&k, &hits, i, i + 1, &article, &err), WP_OK);
            assert_true(article < 64);
        }
        struct wp_key_cursor c;
        wp_key_cursor_init(&c, &k);
        while (wp_key_cursor_next(&c, &key, &article, &err) == WP_OK) assert_true(++seen <= 120);
        free(exact);
    }
    wp_bits_release(&k.entries.checked);
    wp_bits_release(&k.directory.checked);
}

/* ---- text files ---- */

/* The i-th record of test_texts: one is larger than a block, and some are empty. */
static size_t record_bytes(unsigned i) {
    return i == 30 ? 70000 : i * 97 % 3000;
}

/* Writes 60 records in two pieces, reading them before they are written; *places[] are those in the file. */
static void write_texts(bool ahead, struct wp_texts_writer *w, struct wp_texts *t, struct wp_text_reader *r,
                        uint32_t *blocks, uint16_t *places) {
    static char record[70000];
    struct wp_buffer none = {0};
    const uint8_t *data;
    size_t len;
    unsigned written = 0;
    assert_int_equal(wp_texts_create(w, &wp_fs_real, ".", 7, &none, &err), WP_OK);
    assert_int_equal(wp_texts_write(w, &err), WP_OK);
    assert_int_equal(wp_texts_open(t, ".", 7, &err), WP_OK);
    if (ahead) wp_texts_pack_ahead(w);
    assert_true(!ahead || w->ahead);
    for (unsigned i = 0; i < 60; i++) {
        size_t n = record_bytes(i);
        memset(record, 'a' + (int)(i % 26), n);
        assert_int_equal(wp_texts_add(w, (uint8_t *)record, n, &blocks[i], &places[i], &err), WP_OK);
        for (unsigned j = i > written + 8 ? i - 8 : written; j <= i; j += 1 + (i - j) / 2) {
            if (ahead && (i - j) % 3) continue; /* reading waits for the thread: not always */
            assert_int_equal(wp_texts_waiting(w, t, r, blocks[j], places[j], &data, &len, &err), WP_OK);
            assert_int_equal(len, record_bytes(j));
            if (len) assert_int_equal(data[len - 1], 'a' + j % 26);
        }
        if (i != 40 && i != 59) continue;
        assert_int_equal(wp_texts_write(w, &err), WP_OK);
        for (; written <= i; written++) blocks[written] = wp_texts_place(w, blocks[written]);
    }
}

static void check_texts(bool ahead, struct wp_buffer *file) {
    struct wp_texts_writer w;
    struct wp_texts t;
    struct wp_text_reader r = {0};
    uint32_t blocks[60];
    uint16_t places[60];
    const uint8_t *data;
    size_t len;
    write_texts(ahead, &w, &t, &r, blocks, places);
    for (unsigned n = 0; n < 60; n++) {
        unsigned i = n * 37 % 60;
        assert_true(blocks[i] < w.written);
        assert_int_equal(wp_texts_get(&t, &r, blocks[i], places[i], &data, &len, &err), WP_OK);
        assert_int_equal(len, record_bytes(i));
        if (len) assert_int_equal(data[0], 'a' + i % 26);
        assert_int_equal(wp_texts_get(&t, &r, blocks[i], 60000, &data, &len, &err), WP_EDAMAGED);
    }
    assert_int_equal(wp_texts_get(&t, &r, blocks[3] + 1, 0, &data, &len, &err), WP_EDAMAGED);
    assert_non_null(strstr(err.file, "000007.txt"));
    assert_int_equal(wp_texts_load(&t, &r, w.written, &err), WP_END);
    wp_texts_writer_release(&w);
    wp_texts_release(&t);
    wp_text_reader_release(&r);
    assert_int_equal(wp_whole_file_read("000007.txt", 1 << 20, file, &err), WP_OK);
}

/* Packed on the spot and on a thread of its own: the same file. */
static void test_texts(void **state) {
    (void)state;
    struct wp_buffer spot = {0}, ahead = {0};
    check_texts(false, &spot);
    check_texts(true, &ahead);
    assert_int_equal(spot.len, ahead.len);
    assert_memory_equal(spot.data, ahead.data, spot.len);
    wp_buffer_release(&spot);
    wp_buffer_release(&ahead);
}

/* ---- the log ---- */

static struct wp_buffer read_log(void) {
    struct wp_buffer b = {0};
    FILE *f = fopen("000009.log", "rb");
    int c;
    while ((c = fgetc(f)) != EOF) {
        uint8_t byte = (uint8_t)c;
        assert_int_equal(wp_buffer_add(&b, &byte, 1), WP_OK);
    }
    fclose(f);
    return b;
}

/* Three commits; `sizes` is where each ends. */
static struct wp_buffer make_log(bool synced, size_t sizes[3]) {
    struct wp_log_writer w;
    struct wp_row row = {.added = 5, .samples = 2};
    uint64_t keys[] = {3, WP_KEY_MASK};
    assert_int_equal(wp_log_create(&w, &wp_fs_real, ".", 9, &err), WP_OK);
    if (synced) assert_int_equal(wp_log_sync(&w, &err), WP_OK);
    for (unsigned i = 0; i < 3; i++) {
        row.date = i;
        assert_int_equal(wp_log_add_article(&w, &row, keys, 2), WP_OK);
        assert_int_equal(wp_log_add(&w, WP_LOG_MERGE, 100 + i, 7), WP_OK);
        assert_int_equal(wp_log_add(&w, WP_LOG_DEAD, 200 + i, 0), WP_OK);
        assert_int_equal(wp_log_write(&w, &err), WP_OK);
        if (synced) assert_int_equal(wp_log_sync(&w, &err), WP_OK);
        sizes[i] = w.written;
    }
    wp_log_writer_release(&w);
    return read_log();
}

/* Frames that are read before the end or the damage; *end is what stopped it. */
static unsigned count_frames(const struct wp_buffer *b, size_t len, enum wp_status *end) {
    struct wp_log_cursor c;
    struct wp_log_item item;
    unsigned frames = 0;
    assert_int_equal(wp_log_open(&c, b->data, len, 9, "log", &err), WP_OK);
    while ((*end = wp_log_next_frame(&c, &err)) == WP_OK) {
        assert_int_equal(wp_log_next(&c, &item, &err), WP_OK);
        assert_int_equal(item.kind, WP_LOG_ARTICLE);
        assert_int_equal(item.row.date, frames);
        assert_int_equal(item.key_count, 2);
        assert_true(wp_key_load(item.keys + 5) == WP_KEY_MASK);
        assert_int_equal(wp_log_next(&c, &item, &err), WP_OK);
        assert_true(item.kind == WP_LOG_MERGE && item.number == 100 + frames && item.story == 7);
        assert_int_equal(wp_log_next(&c, &item, &err), WP_OK);
        assert_true(item.kind == WP_LOG_DEAD && item.number == 200 + frames);
        assert_int_equal(wp_log_next(&c, &item, &err), WP_END);
        frames++;
    }
    return frames;
}

static void test_log(void **state) {
    (void)state;
    size_t sizes[3];
    enum wp_status end;
    struct wp_buffer b = make_log(true, sizes);
    for (size_t len = WP_HEADER_BYTES; len <= b.len; len++) { /* cut anywhere: whole frames only */
        unsigned frames = count_frames(&b, len, &end),
                 whole = (len >= sizes[0]) + (len >= sizes[1]) + (len >= sizes[2]);
        assert_int_equal(frames, whole);
        assert_int_equal(end, WP_END);
    }
    b.data[sizes[1] + 30] ^= 1; /* the last frame, which nothing behind it knows */
    assert_int_equal(count_frames(&b, b.len, &end), 2);
    assert_int_equal(end, WP_END);
    b.data[sizes[1] + 30] ^= 1;
    b.data[sizes[0] + 30] ^= 1; /* one that was acknowledged: the frame behind it knows */
    assert_int_equal(count_frames(&b, b.len, &end), 1);
    assert_int_equal(end, WP_EDAMAGED);
    assert_int_equal(err.offset, sizes[0]);
    wp_buffer_release(&b);
    b = make_log(false, sizes); /* nothing is known to be on the disk */
    b.data[sizes[0] + 30] ^= 1;
    assert_int_equal(count_frames(&b, b.len, &end), 1);
    assert_int_equal(end, WP_END);
    wp_buffer_release(&b);
}

/* ---- memtable ---- */

static void test_memtable(void **state) {
    (void)state;
    struct wp_memtable *m;
    assert_int_equal(wp_memtable_new(&m, 1000), WP_OK);
    for (unsigned i = 0; i < 3000; i++) {
        struct wp_row row = {.tokens = i, .exact = {i % 7, 0}, .id = {i, 0}};
        uint64_t keys[] = {42, 1000000 + i, 77 + i / 6};
        assert_false(wp_memtable_is_full(m));
        assert_int_equal(wp_memtable_add(m, &row, keys, 3), WP_OK);
    }
    assert_int_equal(wp_memtable_row(m, 3999)->tokens, 2999);
    const struct wp_memtable_entry *e = wp_memtable_find(m, WP_KEY_SHINGLE, 42, 4000);
    assert_int_equal(e->count, 3000);
    assert_int_equal(e->number, 3999);
    assert_int_equal(wp_memtable_entry(m, e->oldest)->number, 1003); /* the fourth */
    e = wp_memtable_find(m, WP_KEY_SHINGLE, 42, 1002);               /* as an older snapshot sees it */
    assert_int_equal(e->count, 2);
    assert_int_equal(e->number, 1001);
    assert_null(wp_memtable_find(m, WP_KEY_SHINGLE, 42, 1000));
    assert_null(wp_memtable_find(m, WP_KEY_EXACT, 42, 4000)); /* another kind */
    e = wp_memtable_find(m, WP_KEY_EXACT, 3, 4000);
    assert_int_equal(e->count, 429 - (3000 % 7 <= 3));
    assert_int_equal(wp_memtable_find(m, WP_KEY_ID, 2999, 4000)->number, 3999);
    wp_memtable_free(m);
}

/* A list is walked one by one or two by two, and both ways tell the same. */
static void check_walk(const struct wp_memtable *m, uint64_t key, uint32_t first, uint32_t step,
                       uint32_t count) {
    const struct wp_memtable_entry *e = wp_memtable_find(m, WP_KEY_SHINGLE, key, UINT32_MAX);
    for (uint32_t i = count; i-- > 0; e = wp_memtable_before(m, e)) {
        assert_int_equal(e->number, first + step * i);
        assert_int_equal(e->count, i + 1);
        if (i) assert_int_equal(e->earlier, first + step * (i - 1));
        const struct wp_memtable_entry *two = wp_memtable_second_before(m, e);
        assert_int_equal(two ? two->number : 0, i > 1 ? first + step * (i - 2) : 0);
    }
    assert_null(e);
}

/* While the table grows twice every key keeps all its articles, and no other key gets any. */
static void test_memtable_grows(void **state) {
    (void)state;
    enum { ROWS = 20000, KEYS = 30 };
    struct wp_memtable *m;
    uint64_t keys[KEYS];
    assert_int_equal(wp_memtable_new(&m, 0), WP_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        struct wp_row row = {.exact = {i, 0}, .id = {i / 2, 0}};
        for (uint32_t k = 0; k < KEYS - 1; k++) keys[k] = (uint64_t)i * KEYS + k + 1;
        keys[KEYS - 1] = ((uint64_t)1 << 39) + i % 1000;
        assert_int_equal(wp_memtable_add(m, &row, keys, KEYS), WP_OK);
    }
    assert_int_equal(m->table, WP_MEMTABLE_TABLES - 1);
    assert_int_equal(m->distinct, ROWS * (KEYS - 1) + 1000 + ROWS + ROWS / 2);
    for (uint32_t i = 0; i < ROWS; i += 7)
        for (uint32_t k = 0; k < KEYS - 1; k++) check_walk(m, (uint64_t)i * KEYS + k + 1, i, 0, 1);
    for (uint32_t i = 0; i < 1000; i++) check_walk(m, ((uint64_t)1 << 39) + i, i, 1000, ROWS / 1000);
    for (uint64_t key = 1; key < 1000; key++)
        assert_null(wp_memtable_find(m, WP_KEY_SHINGLE, key << 22, UINT32_MAX));
    wp_memtable_free(m);
}

/* What is in an inherited area is nobody's: keys of the memtable before are not found, and as many fit. */
static void test_memtable_inherits(void **state) {
    (void)state;
    enum { ROWS = 1200, KEYS = 20 };
    struct wp_memtable *m, *before;
    uint64_t keys[KEYS];
    assert_int_equal(wp_memtable_new(&before, 0), WP_OK);
    for (uint32_t turn = 0; turn < 3; turn++, before = m) {
        for (uint32_t i = 0; i < ROWS; i++) {
            struct wp_row row = {.exact = {i, 0}, .id = {i, turn}, .tokens = turn};
            for (uint64_t k = 0; k < KEYS; k++) keys[k] = (uint64_t)turn << 32 | (i * KEYS + k);
            assert_int_equal(wp_memtable_add(before, &row, keys, KEYS), WP_OK);
        }
        for (uint64_t k = 0; k < ROWS * KEYS; k++) {
            const struct wp_memtable_entry *e =
                wp_memtable_find(before, WP_KEY_SHINGLE, (uint64_t)turn << 32 | k, UINT32_MAX);
            assert_non_null(e);
            assert_int_equal(e->number, turn * ROWS + k / KEYS);
            assert_int_equal(e->count, 1);
            uint64_t other = (uint64_t)(turn ? turn - 1 : 7) << 32 | k;
            assert_null(wp_memtable_find(before, WP_KEY_SHINGLE, other, UINT32_MAX));
        }
        assert_int_equal(wp_memtable_row(before, turn * ROWS + 7)->tokens, turn);
        const struct wp_memtable_entry *entries = before->entry_chunks[0];
        assert_int_equal(wp_memtable_new(&m, (turn + 1) * ROWS), WP_OK);
        /* Of what fewer rows need no more than that, and the rest of the chunk is given back. */
        uint32_t rows = turn == 1 ? ROWS / 2 : ROWS;
        uint32_t last = before->entries - 1;
        wp_memtable_inherit(m, before, rows);
        assert_ptr_equal(m->entry_chunks[0], entries);
        assert_int_equal(entries[last].count, turn != 1);
        assert_int_equal(entries[last / 3].count, 1);
        assert_null(wp_memtable_find(m, WP_KEY_SHINGLE, (uint64_t)turn << 32, UINT32_MAX));
        wp_memtable_free(before);
    }
    wp_memtable_free(before);
}

/* ---- state ---- */

static void test_state(void **state) {
    (void)state;
    struct wp_state *s, *shared, *back;
    assert_int_equal(wp_state_new(&s), WP_OK);
    for (uint32_t n = 0; n < 5000; n += 1 + n / 3) assert_int_equal(wp_state_kill(s, n), WP_OK);
    assert_int_equal(wp_state_kill(s, 0), WP_OK); /* once is enough */
    uint64_t dead = s->dead_count;
    assert_int_equal(wp_state_merge(s, 9, 4), WP_OK);
    assert_int_equal(wp_state_merge(s, 4, 2), WP_OK);
    assert_int_equal(wp_state_move(s, 100, 9), WP_OK);
    assert_int_equal(wp_state_story(s, 100, 55), 2);
    assert_int_equal(wp_state_story(s, 101, 55), 55);
    assert_int_equal(wp_state_story(s, 101, 4), 2);
    assert_int_equal(wp_state_base(s, 100, 55), 9);
    assert_int_equal(wp_state_into(s, 9), 4);
    assert_int_equal(wp_state_into(s, 2), WP_NUMBER_NONE);
    assert_int_equal(wp_state_merge(s, 20, 4), WP_OK);
    assert_int_equal(wp_state_merge(s, 20, 20), WP_OK); /* taken back */
    assert_int_equal(wp_state_merge(s, 21, 21), WP_OK); /* there was nothing to take back */
    assert_int_equal(wp_state_story(s, 102, 20), 20);
    assert_int_equal(wp_state_move(s, 9, WP_NUMBER_NONE), WP_OK);
    assert_true(wp_state_is_banner(s, 9) && !wp_state_is_banner(s, 100));
    assert_int_equal(wp_state_story(s, 9, 9), 9); /* whatever story 9 was merged into */
    shared = wp_state_share(s);
    assert_int_equal(wp_state_edit(&s), WP_OK);
    assert_ptr_not_equal(s, shared); /* a snapshot's state stays as it is */
    assert_int_equal(wp_state_kill(s, 4999), WP_OK);
    assert_false(wp_state_is_dead(shared, 4999));
    assert_int_equal(shared->dead_count, dead);
    assert_int_equal(wp_state_write(s, &wp_fs_real, ".", 3, &err), WP_OK);
    assert_int_equal(wp_state_read(&back, ".", 3, 5000, &err), WP_OK);
    assert_int_equal(back->dead_count, dead + 1);
    for (uint32_t n = 0; n < 6000; n++) assert_int_equal(wp_state_is_dead(back, n), wp_state_is_dead(s, n));
    assert_int_equal(wp_state_story(back, 100, 55), 2);
    assert_int_equal(wp_state_story(back, 102, 20), 20);
    assert_true(wp_state_is_banner(back, 9));
    wp_state_drop(back);
    assert_int_equal(wp_state_read(&back, ".", 3, 4999, &err), WP_EDAMAGED); /* speaks of what is not there */
    assert_null(back);
    wp_state_drop(s);
    wp_state_drop(shared);
}

/* ---- manifest ---- */

static void test_manifest(void **state) {
    (void)state;
    struct wp_manifest m = {.next_file = 9, .next_number = 300, .log = 8, .growing = 2, .state = 7}, back;
    struct wp_manifest_segment a = {3, 1, 0, 100, 1234}, b = {5, 0, 100, 200, 55};
    assert_int_equal(wp_manifest_read(&back, ".", &err), WP_ENOENT);
    wp_manifest_add_segment(&m, &a);
    wp_manifest_add_segment(&m, &b);
    wp_manifest_add_texts(&m, 2, (uint64_t)1 << 33);
    assert_int_equal(wp_manifest_write(&m, &wp_fs_real, ".", &err), WP_OK);
    assert_int_equal(wp_manifest_read(&back, ".", &err), WP_OK);
    assert_int_equal(back.next_number, 300);
    assert_int_equal(back.log, 8);
    assert_int_equal(back.growing, 2);
    assert_int_equal(back.segment_count, 2);
    assert_memory_equal(&back.segments[1], &b, sizeof b);
    assert_true(back.texts[0].bytes == (uint64_t)1 << 33);
    wp_manifest_release(&back);
    m.segments[1].first = 99; /* overlaps */
    assert_int_equal(wp_manifest_write(&m, &wp_fs_real, ".", &err), WP_OK);
    assert_int_equal(wp_manifest_read(&back, ".", &err), WP_EDAMAGED);
    wp_manifest_release(&back);
    wp_manifest_release(&m);
}

/* ---- guard ---- */

static void test_guard(void **state) {
    (void)state;
    static const struct {
        unsigned kind;
        enum wp_status with, afterwards;
    } cases[] = {{DISK_WRITE, WP_ENOSPC, WP_OK},       {DISK_WRITE, WP_EIO, WP_EIO},
                 {DISK_SYNC, WP_ENOSPC, WP_ENOSPC},    {DISK_SYNC, WP_EIO, WP_EIO},
                 {DISK_CREATE, WP_ENOSPC, WP_OK},      {DISK_CREATE, WP_EIO, WP_EIO},
                 {DISK_RENAME, WP_ESYSTEM, WP_ESYSTEM}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct disk d;
        struct wp_guard g;
        struct wp_file f = {0}, again = {0};
        disk_init(&d);
        d.fail_at = 1;
        d.fail_kinds = cases[i].kind;
        d.fail_with = cases[i].with;
        wp_guard_init(&g, &d.fs);
        const struct wp_fs *fs = &g.fs;
        enum wp_status status = fs->create(fs->self, "guarded", &f, &err);
        if (status == WP_OK) status = fs->write(fs->self, &f, "abc", 3, &err);
        if (status == WP_OK) status = fs->sync(fs->self, &f, &err);
        if (status == WP_OK) status = fs->rename(fs->self, "guarded", "guarded2", &err);
        assert_int_equal(status, cases[i].with);
        unsigned long count = d.count;
        assert_int_equal(fs->create(fs->self, "again", &again, &err), cases[i].afterwards);
        if (cases[i].afterwards != WP_OK) assert_int_equal(d.count, count); /* not even tried */
        assert_int_equal(g.broken.status, cases[i].afterwards);
        wp_file_close(&f, NULL);
        wp_file_close(&again, NULL);
        disk_release(&d);
    }
}

int main(void) {
    char scratch[] = "wp_parts.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_row),
                                       cmocka_unit_test(test_keys),
                                       cmocka_unit_test(test_keys_bytes),
                                       cmocka_unit_test(test_keys_wrong),
                                       cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_log),
                                       cmocka_unit_test(test_memtable),
                                       cmocka_unit_test(test_memtable_grows),
                                       cmocka_unit_test(test_memtable_inherits),
                                       cmocka_unit_test(test_state),
                                       cmocka_unit_test(test_manifest),
                                       cmocka_unit_test(test_guard)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (chdir("..") != 0) return 1;
    disk_remove_directory(scratch);
    return failed;
}
