/* pairs.h - what a list of keys is made of, for tests of such lists. */
#ifndef TESTS_SUPPORT_PAIRS_H
#define TESTS_SUPPORT_PAIRS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include "index/keys.h"

struct pair {
    uint64_t key;
    uint32_t article;
};

/* For qsort: by key, then by article. */
static inline int compare_pairs(const void *x, const void *y) {
    const struct pair *a = x, *b = y;
    if (a->key != b->key) return a->key < b->key ? -1 : 1;
    return a->article < b->article ? -1 : a->article > b->article;
}

/* A segment file of one list, of pairs that are sorted. */
static inline void write_pairs(const char *name, const struct pair *pairs, size_t count, uint32_t articles) {
    struct wp_section_writer w;
    struct wp_keys_writer writer;
    struct wp_error err;
    assert_int_equal(wp_section_writer_open(&w, &wp_fs_real, name, 1, &err), WP_OK);
    assert_int_equal(wp_keys_begin(&writer, &w, WP_KEY_SHINGLE, count, articles, &err), WP_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(wp_keys_add(&writer, pairs[i].key, pairs[i].article, &err), WP_OK);
    assert_int_equal(wp_keys_end(&writer, WP_KEY_SHINGLE, &err), WP_OK);
    assert_int_equal(wp_section_writer_finish(&w, "abc", 3, &err), WP_OK);
    wp_keys_writer_release(&writer);
    wp_section_writer_release(&w);
}

#endif
