/* pairs.h - what a list of keys is made of, for tests of such lists. */
#ifndef TESTS_SUPPORT_PAIRS_H
#define TESTS_SUPPORT_PAIRS_H

#include <stdint.h>

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

#endif
