/* parts.c - see parts.h. */
#include "base/parts.h"

#include <string.h>
#include "base/memory.h"

enum wp_status wp_parts_init(struct wp_parts *p, size_t item_bytes, size_t part_count, size_t chunk_bytes,
                             struct wp_budget *budget) {
    memset(p, 0, sizeof *p);
    p->item_bytes = item_bytes;
    p->part_count = part_count;
    p->chunk_bytes = chunk_bytes / item_bytes * item_bytes;
    wp_spill_init(&p->spill, budget);
    p->parts = wp_zalloc(part_count, sizeof *p->parts);
    if (!p->parts) return WP_ENOMEM;
    for (size_t i = 0; i < part_count; i++) pthread_mutex_init(&p->parts[i].lock, NULL);
    return WP_OK;
}

void wp_parts_use_pool(struct wp_parts *p, struct wp_chunk_pool *pool) {
    p->pool = pool;
}

static uint8_t *take_chunk(struct wp_parts *p) {
    uint8_t *chunk = p->pool ? wp_chunk_take(p->pool) : wp_alloc(p->chunk_bytes, 1);
    if (chunk) wp_budget_take(p->spill.budget, p->chunk_bytes);
    return chunk;
}

static void give_chunk(struct wp_parts *p, uint8_t *chunk) {
    if (p->pool)
        wp_chunk_give(p->pool, chunk);
    else
        wp_free(chunk);
    wp_budget_give(p->spill.budget, p->chunk_bytes);
}

static void free_chunks(struct wp_parts *p, struct wp_part *part) {
    for (size_t i = 0; i < part->count; i++) {
        if (!(part->chunks[i] & 1)) give_chunk(p, (void *)(uintptr_t)part->chunks[i]);
    }
    wp_free(part->chunks);
    part->chunks = NULL;
    part->count = part->cap = 0;
}

void wp_parts_release(struct wp_parts *p) {
    for (size_t i = 0; p->parts && i < p->part_count; i++) {
        free_chunks(p, &p->parts[i]);
        pthread_mutex_destroy(&p->parts[i].lock);
    }
    wp_free(p->parts);
    if (p->spill.budget) wp_spill_release(&p->spill);
    memset(p, 0, sizeof *p);
}

uint64_t wp_parts_count(const struct wp_parts *p, size_t part) {
    return p->parts[part].items;
}

/* The last chunk is full: to the file with it if there is no room. */
static enum wp_status close_chunk(struct wp_parts *p, struct wp_part *part, struct wp_error *err) {
    if (!part->count || (part->chunks[part->count - 1] & 1) || !wp_budget_full(p->spill.budget)) return WP_OK;
    uint8_t *chunk = (uint8_t *)(uintptr_t)part->chunks[part->count - 1];
    uint64_t offset;
    WP_TRY(wp_spill_write(&p->spill, chunk, p->chunk_bytes, &offset, err));
    give_chunk(p, chunk);
    part->chunks[part->count - 1] = offset << 1 | 1;
    return WP_OK;
}

static enum wp_status open_chunk(struct wp_parts *p, struct wp_part *part, struct wp_error *err) {
    uint8_t *chunk = NULL;
    WP_TRY(close_chunk(p, part, err));
    if (WP_GROW(part->chunks, part->count, part->cap) == WP_OK) chunk = take_chunk(p);
    if (!chunk) return wp_fail(err, WP_ENOMEM, "out of memory");
    part->chunks[part->count++] = (uintptr_t)chunk;
    part->used = 0;
    return WP_OK;
}

/* With the part's lock held. */
static enum wp_status append(struct wp_parts *p, struct wp_part *part, const uint8_t *from, size_t bytes,
                             struct wp_error *err) {
    part->items += bytes / p->item_bytes;
    while (bytes) {
        if (!part->count || part->used == p->chunk_bytes) WP_TRY(open_chunk(p, part, err));
        size_t room = p->chunk_bytes - part->used, n = bytes < room ? bytes : room;
        memcpy((uint8_t *)(uintptr_t)part->chunks[part->count - 1] + part->used, from, n);
        part->used += n;
        from += n;
        bytes -= n;
    }
    return WP_OK;
}

enum wp_status wp_parts_sender_init(struct wp_parts_sender *s, struct wp_parts *p, uint32_t run_items) {
    *s = (struct wp_parts_sender){.parts = p, .run_items = run_items, .item_bytes = p->item_bytes};
    s->run_bytes = run_items * p->item_bytes;
    if (p->item_bytes < sizeof(uint64_t)) s->run_bytes += sizeof(uint64_t) - p->item_bytes;
    s->runs = wp_alloc(p->part_count, s->run_bytes);
    s->counts = wp_zalloc(p->part_count, sizeof *s->counts);
    return s->runs && s->counts ? WP_OK : WP_ENOMEM;
}

enum wp_status wp_parts_send_run(struct wp_parts_sender *s, size_t part, struct wp_error *err) {
    struct wp_parts *p = s->parts;
    const uint8_t *run = s->runs + part * s->run_bytes;
    pthread_mutex_lock(&p->parts[part].lock);
    enum wp_status status = append(p, &p->parts[part], run, s->counts[part] * p->item_bytes, err);
    pthread_mutex_unlock(&p->parts[part].lock);
    s->counts[part] = 0;
    return status;
}

enum wp_status wp_parts_send(struct wp_parts_sender *s, size_t part, const void *item, struct wp_error *err) {
    uint32_t n = s->counts[part]++;
    memcpy(s->runs + part * s->run_bytes + n * s->item_bytes, item, s->item_bytes);
    return n + 1 < s->run_items ? WP_OK : wp_parts_send_run(s, part, err);
}

enum wp_status wp_parts_sender_flush(struct wp_parts_sender *s, struct wp_error *err) {
    for (size_t i = 0; s->parts && i < s->parts->part_count; i++)
        if (s->counts[i]) WP_TRY(wp_parts_send_run(s, i, err));
    return WP_OK;
}

void wp_parts_sender_release(struct wp_parts_sender *s) {
    wp_free(s->runs);
    wp_free(s->counts);
    *s = (struct wp_parts_sender){0};
}

enum wp_status wp_parts_read(struct wp_parts *p, size_t part_number, void *out, struct wp_error *err) {
    const struct wp_part *part = &p->parts[part_number];
    uint8_t *to = out;
    for (size_t i = 0; i < part->count; i++) {
        size_t bytes = i + 1 < part->count ? p->chunk_bytes : part->used;
        if (part->chunks[i] & 1)
            WP_TRY(wp_spill_read(&p->spill, to, bytes, part->chunks[i] >> 1, err));
        else
            memcpy(to, (void *)(uintptr_t)part->chunks[i], bytes);
        to += bytes;
    }
    return WP_OK;
}

enum wp_status wp_parts_take(struct wp_parts *p, size_t part_number, void *out, struct wp_error *err) {
    struct wp_part *part = &p->parts[part_number];
    WP_TRY(wp_parts_read(p, part_number, out, err));
    free_chunks(p, part);
    part->items = 0;
    part->used = 0;
    return WP_OK;
}

/* In place, from the last one on: what is widened lies behind what is not yet. */
enum wp_status wp_parts_take64(struct wp_parts *p, size_t part, uint64_t *out, struct wp_error *err) {
    const uint8_t *packed = (const uint8_t *)out;
    size_t bytes = p->item_bytes, count = wp_parts_count(p, part);
    uint64_t mask = UINT64_MAX >> (64 - 8 * bytes);
    WP_TRY(wp_parts_take(p, part, out, err));
    if (bytes == sizeof *out) return WP_OK;
    for (size_t i = count; i-- > 0;) out[i] = wp_load64(packed + i * bytes) & mask;
    return WP_OK;
}
