/* memtable.c - see memtable.h. */
#include "index/memtable.h"

#include "base/memory.h"

#define SLOTS (1 << 23)

_Static_assert(SLOTS > (int)WP_MEMTABLE_KEYS, "a search for a key that is not there ends");

enum wp_status wp_memtable_new(struct wp_memtable **out, uint32_t first) {
    struct wp_memtable *m = wp_zalloc(1, sizeof *m);
    *out = m;
    if (!m) return WP_ENOMEM;
    m->first = first;
    m->slot_mask = SLOTS - 1;
    m->slots = wp_zalloc(SLOTS, sizeof *m->slots); /* pages that nothing falls into are never touched */
    m->row_chunks = wp_zalloc(WP_MEMTABLE_ROWS / WP_MEMTABLE_ROW_CHUNK, sizeof *m->row_chunks);
    m->entry_chunks = wp_zalloc(WP_MEMTABLE_KEYS / WP_MEMTABLE_KEY_CHUNK, sizeof *m->entry_chunks);
    if (m->slots && m->row_chunks && m->entry_chunks) return WP_OK;
    wp_memtable_free(m);
    *out = NULL;
    return WP_ENOMEM;
}

void wp_memtable_free(struct wp_memtable *m) {
    if (!m) return;
    for (size_t i = 0; m->row_chunks && i < WP_MEMTABLE_ROWS / WP_MEMTABLE_ROW_CHUNK; i++)
        wp_free(m->row_chunks[i]);
    for (size_t i = 0; m->entry_chunks && i < WP_MEMTABLE_KEYS / WP_MEMTABLE_KEY_CHUNK; i++)
        wp_free(m->entry_chunks[i]);
    wp_free(m->row_chunks);
    wp_free(m->entry_chunks);
    wp_free((void *)m->slots);
    wp_free(m);
}

bool wp_memtable_is_full(const struct wp_memtable *m) {
    return m->rows == WP_MEMTABLE_ROWS || m->entries + WP_KEYS_PER_ARTICLE > WP_MEMTABLE_KEYS;
}

static uint32_t first_slot(const struct wp_memtable *m, uint64_t key) {
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & m->slot_mask;
}

/* The slot of the key, or the empty one where it would be. */
static uint32_t find_slot(const struct wp_memtable *m, uint64_t key, uint32_t *entry) {
    for (uint32_t s = first_slot(m, key);; s = (s + 1) & m->slot_mask) {
        *entry = atomic_load_explicit(&m->slots[s], memory_order_acquire);
        if (!*entry || wp_memtable_entry(m, *entry - 1)->key == key) return s;
    }
}

/* Room for the row and its keys, so that adding them cannot fail half way. */
static enum wp_status make_room(struct wp_memtable *m) {
    struct wp_row **rows = &m->row_chunks[m->rows / WP_MEMTABLE_ROW_CHUNK];
    if (!*rows && !(*rows = wp_alloc(WP_MEMTABLE_ROW_CHUNK, sizeof **rows))) return WP_ENOMEM;
    for (uint32_t n = m->entries; n < m->entries + 2 * WP_KEYS_PER_ARTICLE; n += WP_KEYS_PER_ARTICLE) {
        if (n / WP_MEMTABLE_KEY_CHUNK >= WP_MEMTABLE_KEYS / WP_MEMTABLE_KEY_CHUNK) break;
        struct wp_memtable_entry **entries = &m->entry_chunks[n / WP_MEMTABLE_KEY_CHUNK];
        if (!*entries && !(*entries = wp_alloc(WP_MEMTABLE_KEY_CHUNK, sizeof **entries))) return WP_ENOMEM;
    }
    return WP_OK;
}

static void add_key(struct wp_memtable *m, enum wp_key_kind kind, uint64_t key, uint32_t number) {
    uint32_t before, at = m->entries++;
    struct wp_memtable_entry *e = (struct wp_memtable_entry *)wp_memtable_entry(m, at);
    *e = (struct wp_memtable_entry){.key = (uint64_t)kind << WP_KEY_BITS | (key & WP_KEY_MASK),
                                    .number = number,
                                    .before = UINT32_MAX,
                                    .oldest = at,
                                    .count = 1};
    uint32_t slot = find_slot(m, e->key, &before);
    if (before) {
        const struct wp_memtable_entry *last = wp_memtable_entry(m, before - 1);
        e->before = before - 1;
        e->count = last->count + 1;
        if (e->count > WP_MEMTABLE_FIRST) e->oldest = last->oldest;
    }
    atomic_store_explicit(&m->slots[slot], at + 1, memory_order_release);
}

enum wp_status wp_memtable_add(struct wp_memtable *m, const struct wp_row *row, const uint64_t *keys,
                               uint32_t key_count) {
    uint32_t number = m->first + m->rows;
    WP_TRY(make_room(m));
    *(struct wp_row *)wp_memtable_row(m, number) = *row;
    for (uint32_t i = 0; i < key_count; i++) wp_memtable_prefetch_slot(m, WP_KEY_SHINGLE, keys[i]);
    for (uint32_t i = 0; i < key_count; i++) add_key(m, WP_KEY_SHINGLE, keys[i], number);
    add_key(m, WP_KEY_EXACT, row->exact.low, number);
    add_key(m, WP_KEY_ID, row->id.low, number);
    m->rows++;
    return WP_OK;
}

const struct wp_memtable_entry *wp_memtable_find(const struct wp_memtable *m, enum wp_key_kind kind,
                                                 uint64_t key, uint32_t end) {
    uint32_t entry;
    find_slot(m, (uint64_t)kind << WP_KEY_BITS | (key & WP_KEY_MASK), &entry);
    if (!entry) return NULL;
    const struct wp_memtable_entry *e = wp_memtable_entry(m, entry - 1);
    while (e && e->number >= end) e = wp_memtable_before(m, e);
    return e;
}

void wp_memtable_prefetch_slot(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key) {
    __builtin_prefetch(
        (const void *)&m->slots[first_slot(m, (uint64_t)kind << WP_KEY_BITS | (key & WP_KEY_MASK))]);
}

void wp_memtable_prefetch_entry(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key) {
    uint32_t slot = first_slot(m, (uint64_t)kind << WP_KEY_BITS | (key & WP_KEY_MASK));
    uint32_t entry = atomic_load_explicit(&m->slots[slot], memory_order_acquire);
    if (entry) __builtin_prefetch(wp_memtable_entry(m, entry - 1));
}
