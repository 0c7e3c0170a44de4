/*
 * memory.h - the one way to allocate, and the growing buffer.
 *
 * Allocation failure is a status, never an abort. Every growing buffer names its maximum. Large areas ask
 * for huge pages, because the first touch of a 4 KiB page costs more than filling it.
 */
#ifndef WP_BASE_MEMORY_H
#define WP_BASE_MEMORY_H

#include "base/status.h"

/* malloc, calloc and realloc of count * size bytes with the product checked; NULL when out of memory or on
 * overflow. wp_free takes NULL. */
void *wp_alloc(size_t count, size_t size);
void *wp_zalloc(size_t count, size_t size);
void *wp_realloc(void *old, size_t count, size_t size);
void wp_free(void *area);

/* For areas of 2 MiB and more: aligned to 2 MiB, huge pages advised, contents undefined. Freed by wp_free. */
void *wp_alloc_large(size_t bytes);

/* Gives what was freed back to the system, as far as the allocator can: between the stages of a run, whose
 * threads would otherwise each hold on to the memory of the stage before. Costs some milliseconds. Any
 * thread. */
void wp_memory_trim(void);

/* Gives the memory of whole pages back to the system; the area stays and may be written again. What was in it
 * is lost. */
void wp_memory_drop(void *pages, size_t bytes);

/* Bytes that the process has in memory at the moment: its own, and pages of mapped files that it touched.
 * Both 0 when the system does not tell. Costs some microseconds. Any thread. */
struct wp_memory_use {
    uint64_t own, mapped;
};
struct wp_memory_use wp_memory_in_use(void);

/* A growing byte buffer. `data` is NULL while cap is 0. Zero-initialised is empty. Not for two threads. */
struct wp_buffer {
    uint8_t *data;
    size_t len, cap;
};

/* Makes room for `more` bytes behind len (cap doubles). WP_ETOOBIG when len + more > max, WP_ENOMEM. */
enum wp_status wp_buffer_reserve(struct wp_buffer *b, size_t more, size_t max);
/* Reserve and copy; max is SIZE_MAX. */
enum wp_status wp_buffer_add(struct wp_buffer *b, const void *data, size_t len);
enum wp_status wp_buffer_print(struct wp_buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void wp_buffer_release(struct wp_buffer *b);

/* Makes room for one more element in a typed array with `count` in use and `cap` allocated. */
#define WP_GROW(array, count, cap)                                                                           \
    ((count) < (cap) ? WP_OK : wp_grow_((void **)&(array), &(cap), sizeof *(array)))
enum wp_status wp_grow_(void **array, size_t *cap, size_t size);

#endif
