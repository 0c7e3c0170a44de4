/* keys_many.c - see keys_many.h. */
#include "index/keys_many_find.h"

enum {
    CACHE_LINE = 64,
    FETCHED = 4,                           /* lines of a block, which seldom has more */
    PLACE_BYTES = WP_KEY_OFFSET_BYTES + 8, /* of the directory: where a block begins and ends, as words */
};

/* They are in two lines often enough. */
void wp_keys_prefetch(const struct wp_keys *k, const uint64_t *keys, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *at = k->directory.data + WP_KEY_OFFSET_BYTES * wp_key_block_(&k->shape, keys[i]);
        __builtin_prefetch(at);
        __builtin_prefetch(at + PLACE_BYTES - 1);
    }
}

static void locate(const struct wp_keys *k, uint64_t key, struct wp_key_look *look) {
    const struct wp_section *d = &k->directory, *e = &k->entries;
    uint64_t at = WP_KEY_OFFSET_BYTES * wp_key_block_(&k->shape, key), begin, len,
             mask = wp_packed_mask(8 * WP_KEY_OFFSET_BYTES);
    *look = (struct wp_key_look){.len = 0};
    if (!wp_section_is_ready(d, at, PLACE_BYTES)) return;
    begin = wp_load64(d->data + at) & mask;
    len = (wp_load64(d->data + at + WP_KEY_OFFSET_BYTES) & mask) - begin;
    if (len > WP_CHECK_BYTES - BEHIND || !wp_section_is_ready(e, begin, len + BEHIND)) return;
    look->begin = begin;
    look->len = (uint16_t)len;
}

/* Lines are asked for in a loop of their own: it is short, and so many of them are under way at once. How
 * long a block is would be a branch that nobody foresees. */
void wp_keys_locate(const struct wp_keys *k, const uint64_t *keys, uint32_t count,
                    struct wp_key_look *looks) {
    for (uint32_t i = 0; i < count; i++) locate(k, keys[i], &looks[i]);
    for (uint32_t i = 0; i < count; i++)
        for (unsigned line = 0; line < FETCHED; line++)
            __builtin_prefetch(k->entries.data + looks[i].begin + line * CACHE_LINE);
}

enum wp_status wp_keys_find_many(const struct wp_keys *k, const uint64_t *keys, uint32_t count,
                                 struct wp_key_look *looks, struct wp_key_hits *hits, struct wp_error *err) {
    return find_many(k, keys, count, looks, hits, err);
}

wp_keys_finder *wp_keys_finder_choose(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level >= WP_CPU_AVX2) return wp_keys_find_many_avx2;
#endif
    (void)level;
    return wp_keys_find_many;
}
