/* memory.c - see memory.h. */
#include "base/memory.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGE_BYTES ((size_t)2 << 20)
#define BUFFER_FIRST_BYTES 256
#define ARRAY_FIRST_COUNT 16

void *wp_alloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return malloc(bytes ? bytes : 1);
}

void *wp_zalloc(size_t count, size_t size) {
    return calloc(count ? count : 1, size ? size : 1);
}

void *wp_realloc(void *old, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return realloc(old, bytes ? bytes : 1);
}

void wp_free(void *area) {
    free(area);
}

void *wp_alloc_large(size_t bytes) {
    if (bytes > SIZE_MAX - HUGE_PAGE_BYTES) return NULL;
    bytes = (bytes + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
    void *area = aligned_alloc(HUGE_PAGE_BYTES, bytes);
    if (area) (void)madvise(area, bytes, MADV_HUGEPAGE); /* advice: to be refused costs time, not truth */
    return area;
}

void wp_memory_trim(void) {
#if defined(__GLIBC__)
    (void)malloc_trim(0);
#endif
}

void wp_memory_drop(void *pages, size_t bytes) {
    (void)madvise(pages, bytes, MADV_DONTNEED); /* to be refused costs memory, not truth */
}

struct wp_memory_use wp_memory_in_use(void) {
    char text[128];
    unsigned long long resident, mapped;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return (struct wp_memory_use){0};
    ssize_t len = read(fd, text, sizeof text - 1);
    close(fd);
    text[len > 0 ? len : 0] = 0;
    if (sscanf(text, "%*u %llu %llu", &resident, &mapped) != 2 || mapped > resident)
        return (struct wp_memory_use){0};
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return (struct wp_memory_use){(resident - mapped) * page, mapped * page};
}

enum wp_status wp_buffer_reserve(struct wp_buffer *b, size_t more, size_t max) {
    size_t need;
    if (__builtin_add_overflow(b->len, more, &need) || need > max) return WP_ETOOBIG;
    if (need <= b->cap) return WP_OK;
    size_t cap = b->cap ? b->cap : BUFFER_FIRST_BYTES;
    while (cap < need) cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > max) cap = max;
    uint8_t *data = wp_realloc(b->data, cap, 1);
    if (!data) return WP_ENOMEM;
    b->data = data;
    b->cap = cap;
    return WP_OK;
}

enum wp_status wp_buffer_add(struct wp_buffer *b, const void *data, size_t len) {
    if (!len) return WP_OK;
    WP_TRY(wp_buffer_reserve(b, len, SIZE_MAX));
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return WP_OK;
}

/* Formats into the room that there is, and again only when it is too little. */
enum wp_status wp_buffer_print(struct wp_buffer *b, const char *format, ...) {
    for (;;) {
        size_t room = b->cap - b->len;
        va_list args;
        va_start(args, format);
        int len = vsnprintf(b->data ? (char *)b->data + b->len : NULL, room, format, args);
        va_end(args);
        if (len < 0) return WP_EINVAL;
        if ((size_t)len < room) {
            b->len += (size_t)len;
            return WP_OK;
        }
        WP_TRY(wp_buffer_reserve(b, (size_t)len + 1, SIZE_MAX));
    }
}

void wp_buffer_release(struct wp_buffer *b) {
    wp_free(b->data);
    *b = (struct wp_buffer){0};
}

enum wp_status wp_grow_(void **array, size_t *cap, size_t size) {
    size_t want = *cap ? *cap * 2 : ARRAY_FIRST_COUNT;
    void *grown = want > *cap ? wp_realloc(*array, want, size) : NULL;
    if (!grown) return WP_ENOMEM;
    *array = grown;
    *cap = want;
    return WP_OK;
}
