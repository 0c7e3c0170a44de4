/* keys_write.c - writing lists of keys, block by block: see keys.h. */
#include "base/memory.h"
#include "index/keys.h"

enum { BUCKETS = 1 << WP_KEY_BUCKET_BITS };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

static unsigned rest_bits(const struct wp_keys_writer *w) {
    return WP_KEY_BITS - WP_KEY_BUCKET_BITS - w->shape.block_bits;
}

/* Where the next block begins. */
static enum wp_status put_offset(struct wp_keys_writer *w) {
    uint8_t word[8];
    wp_store64(word, w->bytes);
    return wp_buffer_add(&w->directory, word, 5);
}

enum wp_status wp_keys_begin(struct wp_keys_writer *w, struct wp_section_writer *out, enum wp_key_kind kind,
                             uint64_t count, uint64_t articles, struct wp_error *err) {
    *w = (struct wp_keys_writer){.out = out, .shape = wp_key_shape(count, articles)};
    if (count > UINT32_MAX) return wp_fail(err, WP_ETOOBIG, "more than 2^32 keys in one segment");
    return wp_section_begin(out, 2 + 2 * kind, err);
}

/* A 1 for each key, a 0 behind the last one of each bucket. */
static void pack_buckets(const struct wp_keys_writer *w, struct wp_packed_writer *p) {
    unsigned at = 0;
    for (size_t i = 0; i < w->key_count; i++) {
        unsigned bucket = w->keys[i] >> rest_bits(w) & (BUCKETS - 1), zeros = bucket - at;
        wp_packed_put(p, (uint64_t)1 << zeros, zeros + 1);
        at = bucket;
    }
    wp_packed_put(p, 0, BUCKETS - at);
}

/* A 1 for the first article of each key, a 0 for each further one. */
static void pack_firsts(const struct wp_keys_writer *w, struct wp_packed_writer *p) {
    for (size_t i = 0; i < w->key_count; i++) {
        uint64_t first = 1;
        for (uint32_t n = w->counts[i], some; n; n -= some, first = 0) {
            some = n < 64 ? n : 64;
            wp_packed_put(p, first, some);
        }
    }
}

static enum wp_status pack_block(struct wp_keys_writer *w) {
    struct wp_packed_writer p;
    unsigned rest = rest_bits(w), article = w->shape.article_bits;
    WP_TRY(wp_packed_put_varint(&w->packed, (uint32_t)w->key_count));
    WP_TRY(wp_packed_put_varint(&w->packed, (uint32_t)(w->article_count - w->key_count)));
    WP_TRY(wp_packed_begin(&p, &w->packed,
                           BUCKETS + w->key_count * (1 + rest) + w->article_count * (1 + article)));
    pack_buckets(w, &p);
    for (size_t i = 0; i < w->key_count; i++) wp_packed_put(&p, w->keys[i], rest);
    pack_firsts(w, &p);
    for (size_t i = 0; i < w->article_count; i++) wp_packed_put(&p, w->articles[i], article);
    wp_packed_end(&p);
    return WP_OK;
}

/* Ends the block at hand, and others, which are empty, up to block number `next`. */
static enum wp_status end_blocks(struct wp_keys_writer *w, uint64_t next, struct wp_error *err) {
    w->packed.len = 0;
    if (w->key_count && pack_block(w) != WP_OK) return no_memory(err);
    w->key_count = w->article_count = 0;
    for (; w->blocks < next; w->blocks++) {
        if (put_offset(w) != WP_OK) return no_memory(err);
        w->bytes += w->packed.len;
        WP_TRY(wp_section_write(w->out, w->packed.data, w->packed.len, err));
        w->packed.len = 0;
    }
    return WP_OK;
}

/* Room for one more article, and for a key of its own. */
static enum wp_status grow(struct wp_keys_writer *w) {
    size_t cap = w->cap ? 2 * w->cap : 4 * WP_KEY_BLOCK_ENTRIES;
    uint64_t *keys = wp_realloc(w->keys, cap, sizeof *keys);
    if (keys) w->keys = keys;
    uint32_t *counts = wp_realloc(w->counts, cap, sizeof *counts);
    if (counts) w->counts = counts;
    uint32_t *articles = wp_realloc(w->articles, cap, sizeof *articles);
    if (articles) w->articles = articles;
    if (!keys || !counts || !articles) return WP_ENOMEM;
    w->cap = cap;
    return WP_OK;
}

static enum wp_status add(struct wp_keys_writer *w, uint64_t key, uint32_t article) {
    if (w->article_count == w->cap) WP_TRY(grow(w));
    if (!w->key_count || w->keys[w->key_count - 1] != key) {
        w->keys[w->key_count] = key;
        w->counts[w->key_count++] = 0;
    }
    w->counts[w->key_count - 1]++;
    w->articles[w->article_count++] = article;
    w->added++;
    return WP_OK;
}

enum wp_status wp_keys_add(struct wp_keys_writer *w, uint64_t key, uint32_t article, struct wp_error *err) {
    uint64_t block = key >> (WP_KEY_BITS - w->shape.block_bits);
    if (block < w->blocks || (w->key_count && key < w->keys[w->key_count - 1]))
        return wp_fail(err, WP_EDAMAGED, "keys are not in order");
    if (w->blocks < block) WP_TRY(end_blocks(w, block, err));
    return add(w, key, article) == WP_OK ? WP_OK : no_memory(err);
}

enum wp_status wp_keys_end(struct wp_keys_writer *w, enum wp_key_kind kind, struct wp_error *err) {
    const struct wp_key_shape *s = &w->shape;
    if (w->added != s->count) return wp_fail(err, WP_EINVAL, "a list of keys is not as long as it was said");
    WP_TRY(end_blocks(w, (uint64_t)1 << s->block_bits, err));
    if (put_offset(w) != WP_OK) return no_memory(err);
    WP_TRY(wp_section_end(w->out, s->block_bits, s->article_bits, s->count, err));
    WP_TRY(wp_section_begin(w->out, 3 + 2 * kind, err));
    WP_TRY(wp_section_write(w->out, w->directory.data, w->directory.len, err));
    return wp_section_end(w->out, 0, 0, 0, err);
}

void wp_keys_writer_release(struct wp_keys_writer *w) {
    wp_free(w->keys);
    wp_free(w->counts);
    wp_free(w->articles);
    wp_buffer_release(&w->packed);
    wp_buffer_release(&w->directory);
    *w = (struct wp_keys_writer){0};
}
