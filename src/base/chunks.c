/* chunks.c - see chunks.h. */
#include "base/chunks.h"

#include <stdbool.h>
#include <stdlib.h>

#define AREA_BYTES ((size_t)2 << 20)

void wp_chunk_pool_init(struct wp_chunk_pool *p, size_t chunk_bytes) {
    *p = (struct wp_chunk_pool){.chunk_bytes = chunk_bytes};
    pthread_mutex_init(&p->lock, NULL);
}

void wp_chunk_pool_release(struct wp_chunk_pool *p) {
    if (!p->chunk_bytes) return;
    for (size_t i = 0; i < p->area_count; i++) wp_free(p->areas[i]);
    wp_free(p->areas);
    wp_free(p->idle);
    pthread_mutex_destroy(&p->lock);
    *p = (struct wp_chunk_pool){0};
}

/* With the lock held: another area, and room to note all its chunks as idle, so that giving never fails. */
static enum wp_status add_area(struct wp_chunk_pool *p) {
    size_t chunks = (p->area_count + 1) * (AREA_BYTES / p->chunk_bytes);
    while (p->idle_cap < chunks) WP_TRY(wp_grow_((void **)&p->idle, &p->idle_cap, sizeof *p->idle));
    WP_TRY(WP_GROW(p->areas, p->area_count, p->area_cap));
    uint8_t *area = wp_alloc_large(AREA_BYTES);
    if (!area) return WP_ENOMEM;
    p->areas[p->area_count++] = area;
    p->cut = 0;
    return WP_OK;
}

void *wp_chunk_take(struct wp_chunk_pool *p) {
    void *chunk = NULL;
    pthread_mutex_lock(&p->lock);
    if (p->idle_count) {
        chunk = p->idle[--p->idle_count];
    } else {
        bool used_up = !p->area_count || p->cut == AREA_BYTES / p->chunk_bytes;
        if (!used_up || add_area(p) == WP_OK) chunk = p->areas[p->area_count - 1] + p->cut++ * p->chunk_bytes;
    }
    pthread_mutex_unlock(&p->lock);
    return chunk;
}

void wp_chunk_give(struct wp_chunk_pool *p, void *chunk) {
    if (!chunk) return;
    pthread_mutex_lock(&p->lock);
    p->idle[p->idle_count++] = chunk;
    pthread_mutex_unlock(&p->lock);
}

static int by_address(const void *x, const void *y) {
    const uint8_t *a = *(uint8_t *const *)x, *b = *(uint8_t *const *)y;
    return a < b ? -1 : a > b;
}

void wp_chunk_pool_trim(struct wp_chunk_pool *p) {
    pthread_mutex_lock(&p->lock);
    if (p->idle_count) qsort(p->idle, p->idle_count, sizeof *p->idle, by_address);
    for (size_t i = 0, end; i < p->idle_count; i = end) { /* neighbours in one call */
        for (end = i + 1; end < p->idle_count && p->idle[end] == p->idle[end - 1] + p->chunk_bytes; end++) {
        }
        wp_memory_drop(p->idle[i], (end - i) * p->chunk_bytes);
    }
    pthread_mutex_unlock(&p->lock);
}
