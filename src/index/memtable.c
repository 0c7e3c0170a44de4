/* memtable.c - see memtable.h. */
#include "index/memtable.h"

#include <string.h>
#include "base/memory.h"

/* Slots of the first table; each further one has TABLE_GROWTH times as many. */
enum { SLOTS_FIRST = 1 << 15, TABLE_GROWTH = 16, ENTRY_BITS = 23 };
enum { LARGE_BYTES = 4 << 20 }; /* of keys to be sorted, which are worth huge pages then */
#define SLOTS_LAST (SLOTS_FIRST * TABLE_GROWTH * TABLE_GROWTH)

_Static_assert(SLOTS_LAST > (int)WP_MEMTABLE_KEYS, "a search for a key that is not there ends");
_Static_assert(SLOTS_LAST <= 1 << ENTRY_BITS, "a slot's place and its tag are different bits of the hash");
_Static_assert((int)WP_MEMTABLE_KEYS < 1 << ENTRY_BITS, "an entry fits into a slot");

enum wp_status wp_memtable_new(struct wp_memtable **out, uint32_t first) {
    struct wp_memtable *m = wp_zalloc(1, sizeof *m);
    *out = m;
    if (!m) return WP_ENOMEM;
    m->first = first;
    m->tables[0].slots = wp_zalloc(SLOTS_FIRST, sizeof *m->tables[0].slots);
    m->tables[0].mask = SLOTS_FIRST - 1;
    m->row_chunks = wp_zalloc(WP_MEMTABLE_ROWS / WP_MEMTABLE_ROW_CHUNK, sizeof *m->row_chunks);
    m->entry_chunks = wp_zalloc(WP_MEMTABLE_KEYS / WP_MEMTABLE_KEY_CHUNK, sizeof *m->entry_chunks);
    if (m->tables[0].slots && m->row_chunks && m->entry_chunks) return WP_OK;
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
    for (size_t i = 0; i < WP_MEMTABLE_TABLES; i++) wp_free((void *)m->tables[i].slots);
    wp_free(m->row_chunks);
    wp_free(m->entry_chunks);
    wp_free(m->sorting);
    wp_free(m);
}

/* Gives the memory of an area from its byte `from` on back, which nothing is in any more. */
static void drop_behind(void *area, size_t from, size_t bytes) {
    enum { PAGE = 4096 };
    from = (from + PAGE - 1) / PAGE * PAGE;
    if (from < bytes) wp_memory_drop((uint8_t *)area + from, bytes - from);
}

/* Whoever reads *m already, by a snapshot, looks at no area but the first table, as it has no article. */
#define MOVE(area) (m->area = from->area, from->area = NULL)
void wp_memtable_inherit(struct wp_memtable *m, struct wp_memtable *from, uint32_t rows) {
    uint32_t keep = from->rows < rows ? from->rows : rows;
    size_t entries = from->rows ? (uint64_t)from->entries * keep / from->rows : 0;
    for (size_t i = 0; i * WP_MEMTABLE_ROW_CHUNK < keep; i++) MOVE(row_chunks[i]);
    for (size_t i = 0; i * WP_MEMTABLE_KEY_CHUNK < entries; i++) {
        MOVE(entry_chunks[i]);
        if (entries < (i + 1) * WP_MEMTABLE_KEY_CHUNK && keep < from->rows)
            drop_behind(m->entry_chunks[i], (entries - i * WP_MEMTABLE_KEY_CHUNK) * sizeof **m->entry_chunks,
                        WP_MEMTABLE_KEY_CHUNK * sizeof **m->entry_chunks);
    }
    for (unsigned i = 1; i <= atomic_load_explicit(&from->table, memory_order_relaxed); i++)
        MOVE(tables[i].slots);
    MOVE(sorting);
    m->sorting_count = from->sorting_count;
    size_t sorting = m->sorting_count * sizeof *m->sorting;
    if (sorting >= LARGE_BYTES) drop_behind(m->sorting, 2 * entries * sizeof *m->sorting, sorting);
}
#undef MOVE

uint64_t *wp_memtable_sorting(struct wp_memtable *m) {
    size_t count = 2 * (size_t)m->entries, bytes = count * sizeof *m->sorting;
    if (count <= m->sorting_count && m->sorting_count / 2 <= count) return m->sorting;
    wp_free(m->sorting);
    m->sorting = bytes < LARGE_BYTES ? wp_alloc(bytes, 1) : wp_alloc_large(bytes);
    m->sorting_count = m->sorting ? count : 0;
    return m->sorting;
}

bool wp_memtable_is_full(const struct wp_memtable *m) {
    return m->rows == WP_MEMTABLE_ROWS || m->entries + WP_KEYS_PER_ARTICLE > WP_MEMTABLE_KEYS;
}

/* ---- slots ---- */

static uint64_t full_key(enum wp_key_kind kind, uint64_t key) {
    return (uint64_t)kind << WP_KEY_BITS | (key & WP_KEY_MASK);
}

static uint64_t hash_of(uint64_t key) {
    return key * 0x9e3779b97f4a7c15u;
}

static uint32_t first_slot(const struct wp_memtable_table *t, uint64_t hash) {
    return (uint32_t)(hash >> 32) & t->mask;
}

static uint32_t tag_of(uint64_t hash) {
    return (uint32_t)(hash >> 32) >> ENTRY_BITS << ENTRY_BITS;
}

static uint32_t entry_at(uint32_t slot) {
    return (slot & ((1u << ENTRY_BITS) - 1)) - 1;
}

static bool has_tag(uint32_t slot, uint64_t hash) {
    return slot && !((slot ^ tag_of(hash)) >> ENTRY_BITS);
}

/* Whoever reads sees all that was added before the table was made, and what was added to it since. */
static const struct wp_memtable_table *table_of(const struct wp_memtable *m) {
    return &m->tables[atomic_load_explicit(&m->table, memory_order_acquire)];
}

/* The slot of the key and its newest entry, or NULL and the empty slot where it would be. */
static uint32_t find_slot(const struct wp_memtable *m, const struct wp_memtable_table *t, uint64_t key,
                          const struct wp_memtable_entry **entry) {
    uint64_t hash = hash_of(key);
    for (uint32_t s = first_slot(t, hash);; s = (s + 1) & t->mask) {
        uint32_t slot = atomic_load_explicit(&t->slots[s], memory_order_acquire);
        *entry = NULL;
        if (!slot) return s;
        if (!has_tag(slot, hash)) continue;
        *entry = wp_memtable_entry(m, entry_at(slot));
        if ((*entry)->key == key) return s;
    }
}

static void set_slot(struct wp_memtable_table *t, uint32_t slot, uint64_t key, uint32_t entry) {
    atomic_store_explicit(&t->slots[slot], tag_of(hash_of(key)) | (entry + 1), memory_order_release);
}

/* ---- adding ---- */

/* The next table, with all that is in the last one. */
static enum wp_status grow(struct wp_memtable *m) {
    unsigned now = atomic_load_explicit(&m->table, memory_order_relaxed);
    const struct wp_memtable_table *from = &m->tables[now];
    struct wp_memtable_table *to = &m->tables[now + 1];
    size_t count = ((size_t)from->mask + 1) * TABLE_GROWTH;
    if (!to->slots) to->slots = wp_alloc_large(count * sizeof *to->slots);
    if (!to->slots) return WP_ENOMEM;
    memset((void *)to->slots, 0, count * sizeof *to->slots);
    to->mask = (uint32_t)count - 1;
    for (uint32_t s = 0; s <= from->mask; s++) {
        uint32_t slot = atomic_load_explicit(&from->slots[s], memory_order_relaxed);
        const struct wp_memtable_entry *none;
        if (!slot) continue;
        uint64_t key = wp_memtable_entry(m, entry_at(slot))->key;
        set_slot(to, find_slot(m, to, key, &none), key, entry_at(slot));
    }
    atomic_store_explicit(&m->table, now + 1, memory_order_release);
    return WP_OK;
}

/* Room for the row and its keys, so that adding them cannot fail half way. */
static enum wp_status make_room(struct wp_memtable *m) {
    struct wp_row **rows = &m->row_chunks[m->rows / WP_MEMTABLE_ROW_CHUNK];
    unsigned table = atomic_load_explicit(&m->table, memory_order_relaxed);
    if (!*rows && !(*rows = wp_alloc_large(WP_MEMTABLE_ROW_CHUNK * sizeof **rows))) return WP_ENOMEM;
    for (uint32_t n = m->entries; n < m->entries + 2 * WP_KEYS_PER_ARTICLE; n += WP_KEYS_PER_ARTICLE) {
        if (n / WP_MEMTABLE_KEY_CHUNK >= WP_MEMTABLE_KEYS / WP_MEMTABLE_KEY_CHUNK) break;
        struct wp_memtable_entry **entries = &m->entry_chunks[n / WP_MEMTABLE_KEY_CHUNK];
        if (!*entries && !(*entries = wp_alloc_large(WP_MEMTABLE_KEY_CHUNK * sizeof **entries)))
            return WP_ENOMEM;
    }
    bool half_full = m->distinct + WP_KEYS_PER_ARTICLE > m->tables[table].mask / 2;
    return half_full && table + 1 < WP_MEMTABLE_TABLES ? grow(m) : WP_OK;
}

static void add_key(struct wp_memtable *m, enum wp_key_kind kind, uint64_t key, uint32_t number) {
    struct wp_memtable_table *t = &m->tables[atomic_load_explicit(&m->table, memory_order_relaxed)];
    uint32_t at = m->entries++;
    const struct wp_memtable_entry *last;
    struct wp_memtable_entry *e = (struct wp_memtable_entry *)wp_memtable_entry(m, at);
    *e = (struct wp_memtable_entry){.key = full_key(kind, key),
                                    .number = number,
                                    .before = UINT32_MAX,
                                    .oldest = at,
                                    .count = 1,
                                    .second_before = UINT32_MAX};
    uint32_t slot = find_slot(m, t, e->key, &last);
    m->distinct += !last;
    if (last) {
        e->before = entry_at(atomic_load_explicit(&t->slots[slot], memory_order_relaxed));
        e->earlier = last->number;
        e->second_before = last->before;
        e->count = last->count + 1;
        if (e->count > WP_MEMTABLE_FIRST) e->oldest = last->oldest;
    }
    set_slot(t, slot, e->key, at);
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

/* ---- looking up ---- */

const struct wp_memtable_entry *wp_memtable_find(const struct wp_memtable *m, enum wp_key_kind kind,
                                                 uint64_t key, uint32_t end) {
    const struct wp_memtable_entry *e;
    find_slot(m, table_of(m), full_key(kind, key), &e);
    while (e && e->number >= end) e = wp_memtable_before(m, e);
    return e;
}

void wp_memtable_prefetch_slot(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key) {
    const struct wp_memtable_table *t = table_of(m);
    __builtin_prefetch((const void *)&t->slots[first_slot(t, hash_of(full_key(kind, key)))]);
}

void wp_memtable_prefetch_entry(const struct wp_memtable *m, enum wp_key_kind kind, uint64_t key) {
    const struct wp_memtable_table *t = table_of(m);
    uint64_t hash = hash_of(full_key(kind, key));
    uint32_t slot = atomic_load_explicit(&t->slots[first_slot(t, hash)], memory_order_acquire);
    if (has_tag(slot, hash)) __builtin_prefetch(wp_memtable_entry(m, entry_at(slot)));
}
