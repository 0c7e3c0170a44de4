/*
 * test_keys_many.c - many keys of a list at once, by every kernel, against the keys one by one: of lists of
 * many shapes, and of blocks that carry the right checksum and say something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "index/keys_many.h"
#include "support/pairs.h"
#include "support/random.h"

enum { BATCH = WP_KEYS_PER_ARTICLE, COMMON = 7 };

static struct wp_error err;

/* ---- lists ---- */

/* A key of `kinds`, which are all over the list; every eighth is one of a few that many articles have. */
static uint64_t key_of(uint64_t n, uint64_t kinds) {
    return (n % 8 ? n % kinds : n % COMMON) * 0x9e3779b97f4a7c15u >> 24;
}

/* bunch: that many keys come one after the other, and are in one bucket. */
static struct pair *make_pairs(size_t *count, uint32_t articles, uint64_t kinds, uint64_t bunch) {
    struct pair *pairs = malloc((*count + 1) * sizeof *pairs);
    struct random r = {*count + kinds};
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        uint64_t n = random_next(&r) >> 20, key = key_of(n, kinds);
        pairs[i].key = bunch ? (key_of(n / bunch, kinds) & ~(uint64_t)1023) + n % bunch : key;
        pairs[i].article = (uint32_t)random_below(&r, articles);
    }
    qsort(pairs, *count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < *count; i++)
        if (!i || compare_pairs(&pairs[i - 1], &pairs[i])) pairs[kept++] = pairs[i];
    *count = kept;
    return pairs;
}

/* A list in memory that is as long as it is, so that a sanitizer sees who looks beyond it. */
struct list {
    struct wp_keys keys;
    uint8_t *entries, *directory;
};

static uint8_t *take_section(struct wp_section *s, const struct wp_section_entry *entry,
                             const struct wp_map *map) {
    struct wp_section mapped;
    uint8_t *bytes = malloc(entry->len + 1);
    assert_int_equal(wp_section_init(&mapped, entry, map->data, map->len, "list", &err), WP_OK);
    assert_int_equal(wp_section_check(&mapped, 0, entry->len, &err), WP_OK);
    *s = mapped;
    if (entry->len) memcpy(bytes, mapped.data, entry->len);
    s->data = bytes;
    return bytes;
}

static void make_list(struct list *l, const struct pair *pairs, size_t count, uint32_t articles) {
    struct wp_section_entry sections[WP_SECTIONS_MAX];
    struct wp_map map;
    const uint8_t *meta;
    size_t meta_len;
    unsigned n;
    write_pairs("list", pairs, count, articles);
    assert_int_equal(wp_map_open(&map, "list", 1, &err), WP_OK);
    assert_int_equal(wp_sections_read(map.data, map.len, "list", &meta, &meta_len, sections, &n, &err),
                     WP_OK);
    l->keys.shape = (struct wp_key_shape){sections[0].c, sections[0].a, sections[0].b};
    l->entries = take_section(&l->keys.entries, &sections[0], &map);
    l->directory = take_section(&l->keys.directory, &sections[1], &map);
    wp_map_close(&map);
}

static void free_list(struct list *l) {
    wp_bits_release(&l->keys.entries.checked);
    wp_bits_release(&l->keys.directory.checked);
    free(l->entries);
    free(l->directory);
}

/* ---- comparing ---- */

/* All kernels that this processor has. */
static unsigned kernels(wp_keys_finder **out) {
    unsigned n = 0;
    for (int level = WP_CPU_PORTABLE; level <= (int)wp_cpu_level(); level++) {
        wp_keys_finder *kernel = wp_keys_finder_choose((enum wp_cpu)level);
        if (!n || out[n - 1] != kernel) out[n++] = kernel;
    }
    return n;
}

/* Returns how many of the keys were found, or -1 when the list is damaged for one of them. */
static int check_batch(const struct wp_keys *k, const uint64_t *keys, uint32_t count) {
    wp_keys_finder *finders[WP_CPU_AVX512 + 1];
    struct wp_key_hits want[BATCH], got[BATCH];
    struct wp_key_look looks[BATCH];
    int found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (wp_keys_find(k, keys[i], &want[i], &err) != WP_OK) found = -1;
        if (found >= 0) found += want[i].count != 0;
    }
    for (unsigned n = 0, end = kernels(finders); n < end; n++) {
        wp_keys_prefetch(k, keys, count);
        wp_keys_locate(k, keys, count, looks);
        memset(got, 255, sizeof got);
        assert_int_equal(finders[n](k, keys, count, looks, got, &err), found < 0 ? WP_EDAMAGED : WP_OK);
        for (uint32_t i = 0; found >= 0 && i < count; i++) {
            assert_int_equal(got[i].count, want[i].count);
            if (want[i].count) assert_true(got[i].at == want[i].at);
        }
    }
    return found;
}

static void check_list(size_t count, uint32_t articles, uint64_t kinds, uint64_t bunch) {
    struct random r = {kinds};
    struct pair *pairs = make_pairs(&count, articles, kinds, bunch);
    struct list l;
    uint64_t keys[BATCH];
    make_list(&l, pairs, count, articles);
    for (unsigned turn = 0; turn < 300; turn++) {
        uint32_t n = (uint32_t)random_below(&r, BATCH + 1), known = 0;
        for (uint32_t i = 0; i < n; i++) {
            bool is_there = count && random_below(&r, 2);
            keys[i] = is_there ? pairs[random_below(&r, count)].key : random_next(&r) & WP_KEY_MASK;
            if (!is_there && count && i % 2)
                keys[i] = pairs[random_below(&r, count)].key ^ 1; /* the next one */
            known += is_there;
        }
        assert_in_range(check_batch(&l.keys, keys, n), known, n);
    }
    free_list(&l);
    free(pairs);
}

static void lists(void **state) {
    (void)state;
    check_list(0, 1, 1, 0);
    check_list(1, 1, 1, 0);
    check_list(60, 2, 1000, 0);
    check_list(5000, 300, 1000000, 0);
    check_list(5000, 1 << 20, 1000000, 0);
    check_list(40000, 1 << 17, 3000, 0); /* ten articles a key and more */
    check_list(40000, 1 << 17, 1 << 30, 0);
    check_list(200000, 1 << 20, 150000, 0);
    for (uint64_t bunch = 2; bunch < 200; bunch += bunch / 8 + 1) {
        check_list(300, 2, 1, bunch); /* with nothing behind it */
        check_list(20000, 1 << 17, 500, bunch);
    }
}

/* ---- what is not as it should be ---- */

/* Bits of the blocks are changed, of the directory, or both, and some blocks have nothing behind them. */
static void wrong_bytes(void **state) {
    (void)state;
    struct random r = {4};
    unsigned damaged = 0, sound = 0;
    for (unsigned turn = 0; turn < 3000; turn++) {
        size_t count = 20 + random_below(&r, 200);
        struct pair *pairs = make_pairs(&count, 100, 1 + random_below(&r, 300), 0);
        struct list l;
        uint64_t keys[BATCH];
        make_list(&l, pairs, count, 100);
        for (uint64_t n = random_below(&r, 6); n; n--) {
            bool block = random_below(&r, 4) != 0;
            uint64_t at = random_below(&r, block ? l.keys.entries.len : l.keys.directory.len);
            if (block && random_below(&r, 2)) at = random_below(&r, at < 16 ? at + 1 : 16);
            (block ? l.entries : l.directory)[at] ^= (uint8_t)(1 << random_below(&r, 8));
        }
        for (uint32_t i = 0; i < BATCH; i++)
            keys[i] = i % 3 ? pairs[random_below(&r, count)].key : random_next(&r) & WP_KEY_MASK;
        for (uint32_t i = 0; i < BATCH; i++) {
            int found = check_batch(&l.keys, &keys[i], 1);
            damaged += found < 0;
            sound += found >= 0;
        }
        check_batch(&l.keys, keys, BATCH);
        free_list(&l);
        free(pairs);
    }
    assert_true(damaged > 1000 && sound > 1000);
}

/* Blocks of any bits, as long as their numbers say when those are a byte each, or much longer. */
static void made_up(void **state) {
    (void)state;
    struct random r = {5};
    uint8_t directory[15] = {0};
    struct wp_keys k = {.shape = {.block_bits = 1, .article_bits = 6}};
    unsigned damaged = 0, sound = 0;
    assert_int_equal(wp_bits_init(&k.entries.checked, 8), WP_OK);
    assert_int_equal(wp_bits_init(&k.directory.checked, 1), WP_OK);
    for (unsigned i = 0; i < 8; i++) wp_bits_set(&k.entries.checked, i);
    wp_bits_set(&k.directory.checked, 0);
    k.entries.name = k.directory.name = "list";
    k.directory.data = directory;
    k.directory.len = sizeof directory;
    for (unsigned turn = 0; turn < 30000; turn++) {
        unsigned keys = (unsigned)random_below(&r, turn % 3 ? 50 : 256),
                 more = (unsigned)random_below(&r, turn % 2 ? 20 : 256);
        size_t len = 2 + (32 + keys * 35 + (keys + more) * 7 + 7) / 8, behind = random_below(&r, 64),
               too_much = turn % 7 ? 0 : 1 << 16;
        uint8_t *block = calloc(len + too_much + behind, 1);
        for (size_t i = 0; i < len; i++)
            block[i] = (uint8_t)(turn % 5 ? random_next(&r) : random_next(&r) | random_next(&r));
        k.shape.count = turn % 4 ? 300 : 100; /* entries of the list */
        block[0] = (uint8_t)keys;
        block[1] = (uint8_t)more;
        wp_store32(directory + 5, (uint32_t)(len + too_much));
        k.entries.data = block;
        k.entries.len = len + too_much + behind;
        for (unsigned i = 0; i < 8; i++) {
            uint64_t key = (random_next(&r) & WP_KEY_MASK) >> 1; /* of the first block */
            if (i % 2) key = key >> 34 << 34 | wp_packed_load(block, len, random_below(&r, 8 * len), 34);
            int found = check_batch(&k, &key, 1);
            damaged += found < 0;
            sound += found >= 0;
        }
        free(block);
    }
    assert_true(damaged > 1000 && sound > 1000);
    wp_bits_release(&k.entries.checked);
    wp_bits_release(&k.directory.checked);
}

/* Nothing is read before its checksum was compared. */
static void check_unchecked(struct list *l, struct wp_section *s, uint64_t key) {
    uint8_t wrong[64] = {0};
    struct wp_key_look look;
    struct wp_key_hits hits;
    s->checks = wrong;
    wp_bits_release(&s->checked);
    assert_int_equal(wp_bits_init(&s->checked, 8 * sizeof wrong), WP_OK);
    wp_keys_locate(&l->keys, &key, 1, &look);
    assert_int_equal(look.len, 0);
    assert_int_equal(wp_keys_find_many(&l->keys, &key, 1, &look, &hits, &err), WP_EDAMAGED);
}

static void unchecked(void **state) {
    (void)state;
    size_t count = 3000;
    struct pair *pairs = make_pairs(&count, 1000, 100000, 0);
    for (int directory = 0; directory < 2; directory++) {
        struct list l;
        make_list(&l, pairs, count, 1000);
        check_unchecked(&l, directory ? &l.keys.directory : &l.keys.entries, pairs[count / 2].key);
        free_list(&l);
    }
    free(pairs);
}

int main(void) {
    char scratch[] = "wp_keys.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists), cmocka_unit_test(wrong_bytes),
                                       cmocka_unit_test(made_up), cmocka_unit_test(unchecked)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (unlink("list") != 0 || chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
