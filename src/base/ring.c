/* ring.c - see ring.h. */
#include "base/ring.h"

#include "base/bytes.h"
#include "base/memory.h"

enum { PAGE = 4096, LARGE = 2 << 20 };

enum wp_status wp_ring_init(struct wp_ring *r, size_t bytes, wp_ring_gone *gone, void *self) {
    *r = (struct wp_ring){.gone = gone, .self = self};
    if (bytes) r->area = bytes < LARGE ? wp_alloc(bytes, 1) : wp_alloc_large(bytes);
    if (bytes && !r->area) return WP_ENOMEM;
    r->cap = r->limit = bytes;
    return WP_OK;
}

void wp_ring_release(struct wp_ring *r) {
    wp_free(r->area);
    *r = (struct wp_ring){0};
}

void wp_ring_clear(struct wp_ring *r) {
    r->first = r->next = r->end = 0;
}

void wp_ring_limit(struct wp_ring *r, size_t bytes) {
    r->limit = bytes < r->cap ? bytes : r->cap;
}

/* Of what was behind the limit in the round before whole pages, as far as nothing of this one is there. */
static void give_back(struct wp_ring *r) {
    size_t keep = r->next > r->limit ? r->next : r->limit;
    size_t from = (size_t)(-(uintptr_t)(r->area + keep) % PAGE) + keep;
    if (r->end > from) wp_memory_drop(r->area + from, r->end - from);
}

/* The next one goes to the beginning. */
static void begin_round(struct wp_ring *r) {
    r->end = r->next;
    r->next = 0;
}

/* Drives out the oldest one: things are left of the round before. */
static void drive_out(struct wp_ring *r) {
    const uint8_t *head = r->area + r->first;
    r->gone(r->self, wp_load32(head), head + WP_RING_HEAD_BYTES);
    r->first += wp_load32(head + 4);
    if (r->first < r->end) return;
    give_back(r);
    r->first = r->end = 0;
}

uint8_t *wp_ring_put(struct wp_ring *r, uint32_t name, size_t bytes) {
    if (bytes > r->limit) return NULL;
    size_t need = (bytes + WP_RING_HEAD_BYTES + WP_RING_ALIGN - 1) / WP_RING_ALIGN * WP_RING_ALIGN;
    if (need > r->limit || need > UINT32_MAX) return NULL;
    while (r->next + need > r->limit || (r->end && r->next + need > r->first)) {
        if (r->end)
            drive_out(r);
        else
            begin_round(r);
    }
    uint8_t *head = r->area + r->next;
    wp_store32(head, name);
    wp_store32(head + 4, (uint32_t)need);
    r->next += need;
    return head + WP_RING_HEAD_BYTES;
}
