/* rows.c - see rows.h. */
#include "base/rows.h"

#include <string.h>
#include "base/memory.h"

#define CHUNK_BYTES ((size_t)2 << 20)

enum wp_status wp_rows_init(struct wp_rows *r, size_t row_bytes, struct wp_budget *budget) {
    memset(r, 0, sizeof *r);
    r->row_bytes = row_bytes;
    while ((row_bytes << (r->shift + 1)) <= CHUNK_BYTES) r->shift++;
    r->pages = wp_zalloc(WP_ROWS_DIRECTORY, sizeof *r->pages);
    wp_spill_init(&r->spill, budget);
    pthread_mutex_init(&r->lock, NULL);
    return r->pages ? WP_OK : WP_ENOMEM;
}

static size_t chunk_bytes(const struct wp_rows *r) {
    return r->row_bytes << r->shift;
}

void wp_rows_release(struct wp_rows *r) {
    for (size_t p = 0; r->pages && p < WP_ROWS_DIRECTORY; p++) {
        for (size_t c = 0; r->pages[p] && c < WP_ROWS_DIRECTORY; c++) {
            if (!r->pages[p][c].ram) continue;
            wp_free(r->pages[p][c].ram);
            wp_budget_give(r->spill.budget, chunk_bytes(r));
        }
        wp_free(r->pages[p]);
    }
    wp_free(r->pages);
    if (r->spill.budget) {
        wp_spill_release(&r->spill);
        pthread_mutex_destroy(&r->lock);
    }
    memset(r, 0, sizeof *r);
}

static struct wp_rows_chunk *find_chunk(struct wp_rows *r, uint32_t row) {
    uint32_t chunk = row >> r->shift;
    return &r->pages[chunk / WP_ROWS_DIRECTORY][chunk % WP_ROWS_DIRECTORY];
}

static enum wp_status make_chunk(struct wp_rows *r, uint32_t row, struct wp_rows_chunk **out) {
    uint32_t chunk = row >> r->shift, page = chunk / WP_ROWS_DIRECTORY;
    if (page >= WP_ROWS_DIRECTORY) return WP_ETOOBIG;
    enum wp_status status = WP_OK;
    pthread_mutex_lock(&r->lock);
    if (!r->pages[page]) r->pages[page] = wp_zalloc(WP_ROWS_DIRECTORY, sizeof **r->pages);
    if (r->pages[page]) {
        *out = &r->pages[page][chunk % WP_ROWS_DIRECTORY];
        if (!(*out)->ram) {
            (*out)->ram = wp_alloc_large(chunk_bytes(r));
            if ((*out)->ram) wp_budget_take(r->spill.budget, chunk_bytes(r));
        }
        if (!(*out)->ram) status = WP_ENOMEM;
    } else {
        status = WP_ENOMEM;
    }
    pthread_mutex_unlock(&r->lock);
    return status;
}

/* Only the thread that filled the last row of the chunk comes here. */
static enum wp_status spill_chunk(struct wp_rows *r, struct wp_rows_chunk *chunk, struct wp_error *err) {
    WP_TRY(wp_spill_write(&r->spill, chunk->ram, chunk_bytes(r), &chunk->offset, err));
    wp_free(chunk->ram);
    chunk->ram = NULL;
    wp_budget_give(r->spill.budget, chunk_bytes(r));
    return WP_OK;
}

enum wp_status wp_rows_write(struct wp_rows *r, uint32_t first, uint32_t count, const void *rows,
                             struct wp_error *err) {
    const uint8_t *from = rows;
    uint32_t per_chunk = (uint32_t)1 << r->shift;
    while (count) {
        struct wp_rows_chunk *chunk = NULL;
        enum wp_status status = make_chunk(r, first, &chunk);
        if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
        uint32_t at = first & (per_chunk - 1), n = per_chunk - at < count ? per_chunk - at : count;
        memcpy(chunk->ram + at * r->row_bytes, from, n * r->row_bytes);
        bool full = atomic_fetch_add(&chunk->filled, n) + n == per_chunk;
        if (full && wp_budget_full(r->spill.budget)) WP_TRY(spill_chunk(r, chunk, err));
        from += n * r->row_bytes;
        first += n;
        count -= n;
    }
    return WP_OK;
}

static size_t place_in_chunk(const struct wp_rows *r, uint32_t row) {
    return (row & (((uint32_t)1 << r->shift) - 1)) * r->row_bytes;
}

void wp_rows_expect(struct wp_rows *r, uint32_t row) {
    const uint8_t *chunk = find_chunk(r, row)->ram;
    if (!chunk) return;
    const uint8_t *at = chunk + place_in_chunk(r, row);
    __builtin_prefetch(at);
    __builtin_prefetch(at + r->row_bytes - 1); /* a row may stand in two lines of the cache */
}

const void *wp_rows_get(struct wp_rows *r, uint32_t row, void *scratch, struct wp_error *err) {
    const struct wp_rows_chunk *chunk = find_chunk(r, row);
    size_t at = place_in_chunk(r, row);
    if (chunk->ram) return chunk->ram + at;
    if (wp_spill_read(&r->spill, scratch, r->row_bytes, chunk->offset + at, err) != WP_OK) return NULL;
    return scratch;
}
