/* spill.c - see spill.h. */
#include "base/spill.h"

void wp_budget_init(struct wp_budget *b, size_t limit_bytes, const char *dir) {
    b->limit_bytes = limit_bytes;
    atomic_init(&b->used_bytes, 0);
    atomic_init(&b->spilled_bytes, 0);
    b->dir = dir;
}

void wp_budget_take(struct wp_budget *b, size_t bytes) {
    atomic_fetch_add_explicit(&b->used_bytes, bytes, memory_order_relaxed);
}

void wp_budget_give(struct wp_budget *b, size_t bytes) {
    atomic_fetch_sub_explicit(&b->used_bytes, bytes, memory_order_relaxed);
}

bool wp_budget_full(struct wp_budget *b) {
    return atomic_load_explicit(&b->used_bytes, memory_order_relaxed) > b->limit_bytes;
}

void wp_spill_init(struct wp_spill *s, struct wp_budget *budget) {
    s->budget = budget;
    pthread_mutex_init(&s->lock, NULL);
    s->file = (struct wp_file){0};
    atomic_init(&s->open, false);
    atomic_init(&s->end, 0);
}

void wp_spill_release(struct wp_spill *s) {
    wp_file_close(&s->file, NULL);
    pthread_mutex_destroy(&s->lock);
}

static enum wp_status open_once(struct wp_spill *s, struct wp_error *err) {
    if (atomic_load(&s->open)) return WP_OK;
    enum wp_status status = WP_OK;
    pthread_mutex_lock(&s->lock);
    if (!atomic_load(&s->open)) {
        status = wp_file_open_temp(&s->file, s->budget->dir, err);
        atomic_store(&s->open, status == WP_OK);
    }
    pthread_mutex_unlock(&s->lock);
    return status;
}

enum wp_status wp_spill_write(struct wp_spill *s, const void *data, size_t len, uint64_t *offset,
                              struct wp_error *err) {
    WP_TRY(open_once(s, err));
    *offset = atomic_fetch_add(&s->end, len);
    atomic_fetch_add_explicit(&s->budget->spilled_bytes, len, memory_order_relaxed);
    return wp_file_write_at(&s->file, data, len, *offset, err);
}

enum wp_status wp_spill_read(struct wp_spill *s, void *data, size_t len, uint64_t offset,
                             struct wp_error *err) {
    return wp_file_read_at(&s->file, data, len, offset, err);
}
