/*
 * intern.h - strings to dense numbers: the first string added is 0, the next new one 1, and so on.
 *
 * The table owns copies of the bytes. They lie in blocks that never move, so that a borrowed string stays
 * where it is until the table is released. Any bytes may be added, also NUL and also none. Memory is bounded
 * by the maximum given at init. One table belongs to one thread at a time; several threads may find at once
 * while nobody adds.
 */
#ifndef WP_BASE_INTERN_H
#define WP_BASE_INTERN_H

#include "base/memory.h"

#include <stdbool.h>

#define WP_INTERN_NONE UINT32_MAX

struct wp_intern {
    uint64_t *slots; /* hash tag << 32 | number + 1; 0 = empty; a power of two of them */
    size_t slot_count;
    char **texts; /* by number: behind a 4-byte length, ending in a NUL that does not count */
    size_t count, text_cap;
    char **blocks;
    size_t block_count, block_cap;
    size_t block_used, block_bytes; /* of the last block */
    size_t bytes, max_bytes;        /* everything allocated, and how much that may be */
};

/* Makes an empty table that will not allocate more than max_bytes. Allocates nothing. */
void wp_intern_init(struct wp_intern *t, size_t max_bytes);
/* Frees everything; the table is empty again, with the same maximum. */
void wp_intern_release(struct wp_intern *t);

/* Sets *number to that of the string, adding it when it is new; *added (may be NULL) tells which.
 * WP_ETOOBIG when max_bytes would be passed or there are 2^32 - 2 strings, WP_ENOMEM; the table is then as it
 * was. */
enum wp_status wp_intern_add(struct wp_intern *t, const char *text, size_t len, uint32_t *number,
                             bool *added);

/* The number of the string, or WP_INTERN_NONE. */
uint32_t wp_intern_find(const struct wp_intern *t, const char *text, size_t len);

/* The string of a number below wp_intern_count: its bytes, followed by a NUL. Borrowed until release. */
const char *wp_intern_text(const struct wp_intern *t, uint32_t number, size_t *len);

static inline uint32_t wp_intern_count(const struct wp_intern *t) {
    return (uint32_t)t->count;
}

#endif
