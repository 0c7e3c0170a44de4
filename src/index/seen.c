/* seen.c - see seen.h. */
#include "index/seen.h"

#include "base/memory.h"

enum { BYTES_MIN = 64 };
#define BYTES_MAX ((size_t)1 << (WP_KEY_BITS - 3)) /* a bit for every key */

static void set(struct wp_seen *s, uint64_t bit) {
    s->words[bit / 64] |= (uint64_t)1 << bit % 64;
}

static void add(struct wp_seen *s, uint32_t owner, uint64_t key) {
    set(s, wp_seen_bit_(s, key));
    for (unsigned times = 1; times <= WP_SEEN_OWN; times++) {
        uint64_t bit = wp_seen_own_bit_(s, owner, key, times);
        bool was = wp_seen_has_(s, bit);
        set(s, bit);
        if (!was) break;
    }
}

bool wp_seen_may_own(const struct wp_seen *s, uint32_t owner, uint64_t key) {
    for (unsigned times = 1; s->words && times <= WP_SEEN_OWN; times++)
        if (!wp_seen_has_(s, wp_seen_own_bit_(s, owner, key, times))) return false;
    return true;
}

void wp_seen_add(struct wp_seen *s, uint32_t owner, const uint64_t *keys, uint32_t count) {
    if (!s->words) return;
    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(&s->words[wp_seen_own_bit_(s, owner, keys[i], 1) / 64], 1);
    for (uint32_t i = 0; i < count; i++) add(s, owner, keys[i]);
}

static enum wp_status take_segment(struct wp_seen *s, const struct wp_index_segment *segment,
                                   const uint32_t *owners, struct wp_error *err) {
    struct wp_key_cursor c;
    uint64_t key;
    uint32_t article;
    enum wp_status status;
    wp_key_cursor_init(&c, &segment->keys[WP_KEY_SHINGLE]);
    while ((status = wp_key_cursor_next(&c, &key, &article, err)) == WP_OK) {
        if (article >= segment->count)
            return wp_fail_file(err, WP_EDAMAGED, segment->name, "a key has no article");
        add(s, owners[segment->first + article], key);
    }
    return status == WP_END ? WP_OK : status;
}

static void take_memtable(struct wp_seen *s, const struct wp_memtable *m, const uint32_t *owners) {
    for (uint32_t i = 0; i < m->entries; i++) {
        const struct wp_memtable_entry *e = wp_memtable_entry(m, i);
        if (e->key >> WP_KEY_BITS == WP_KEY_SHINGLE) add(s, owners[e->number], e->key);
    }
}

enum wp_status wp_seen_build(struct wp_seen *s, size_t bytes, const struct wp_view *view,
                             const uint32_t *owners, struct wp_error *err) {
    size_t size = BYTES_MIN;
    while (size < BYTES_MAX && 2 * size <= bytes) size *= 2;
    *s = (struct wp_seen){.words = wp_alloc_large(size), .mask = 8 * (uint64_t)size - 1};
    if (!s->words) return wp_fail(err, WP_ENOMEM, "out of memory");
    memset(s->words, 0, size);
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < view->segment_count && status == WP_OK; i++)
        status = take_segment(s, view->segments[i], owners, err);
    if (status == WP_OK && view->memtable) take_memtable(s, view->memtable->table, owners);
    if (status != WP_OK) wp_seen_release(s);
    return status;
}

void wp_seen_release(struct wp_seen *s) {
    wp_free(s->words);
    *s = (struct wp_seen){0};
}
