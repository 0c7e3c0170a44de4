/* keys.c - searching lists of keys, and walking over them: see keys.h. keys_write.c makes them. */
#include "index/keys.h"

struct wp_key_shape wp_key_shape(uint64_t count, uint64_t articles) {
    struct wp_key_shape s = {.count = count, .article_bits = wp_packed_bits(articles ? articles - 1 : 0)};
    if (!s.article_bits) s.article_bits = 1;
    while (s.block_bits < WP_KEY_BLOCK_BITS_MAX && count >> s.block_bits > WP_KEY_BLOCK_ENTRIES)
        s.block_bits++;
    return s;
}

int wp_key_shape_valid(const struct wp_key_shape *s, uint64_t directory_bytes) {
    return s->count <= UINT32_MAX && s->block_bits <= WP_KEY_BLOCK_BITS_MAX && s->article_bits >= 1 &&
           s->article_bits <= 32 &&
           directory_bytes == WP_KEY_OFFSET_BYTES * (((uint64_t)1 << s->block_bits) + 1);
}

static enum wp_status bad(const struct wp_keys *k, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, k->directory.name, "a list of keys does not add up");
}

/* ---- a block ---- */

static uint64_t load_bits(const struct wp_key_block *b, uint64_t at, unsigned bits) {
    return wp_packed_load(b->bytes.data, b->bytes.len, at, bits);
}

/* Finds the parts of the block, which lie inside of it: what its two numbers promise is what it has. */
static int lay_out(const struct wp_keys *k, uint64_t len, struct wp_key_block *b) {
    uint64_t begin = 0;
    uint32_t more;
    if (wp_packed_varint(b->bytes.data, &begin, len, &b->keys) != 0) return -1;
    if (wp_packed_varint(b->bytes.data, &begin, len, &more) != 0) return -1;
    if (!b->keys || more > k->shape.count || b->keys > k->shape.count - more) return -1;
    b->entries = b->keys + more;
    b->buckets = 8 * begin;
    b->rests = b->buckets + b->keys + WP_KEY_BUCKETS;
    b->firsts = b->rests + (uint64_t)b->keys * wp_key_rest_bits_(&k->shape);
    b->articles = b->firsts + b->entries;
    return (b->articles + (uint64_t)b->entries * k->shape.article_bits + 7) / 8 == len ? 0 : -1;
}

/* copy: as in wp_section_read. */
static enum wp_status open_block(const struct wp_keys *k, uint64_t block, uint8_t *copy,
                                 struct wp_key_block *b, struct wp_error *err) {
    struct wp_section_bytes d;
    WP_TRY(
        wp_section_read(&k->directory, WP_KEY_OFFSET_BYTES * block, 2 * WP_KEY_OFFSET_BYTES, copy, &d, err));
    uint64_t begin = wp_packed_load(d.data, d.len, 0, 8 * WP_KEY_OFFSET_BYTES);
    uint64_t end = wp_packed_load(d.data, d.len, 8 * WP_KEY_OFFSET_BYTES, 8 * WP_KEY_OFFSET_BYTES);
    b->keys = b->entries = 0;
    if (begin == end) return WP_OK;
    if (begin > end || end > k->entries.len) return bad(k, err);
    b->begin = begin;
    WP_TRY(wp_section_read(&k->entries, begin, end - begin, copy, &b->bytes, err));
    return lay_out(k, end - begin, b) == 0 ? WP_OK : bad(k, err);
}

/* The keys of a bucket are [*begin, *end) of the block's. Where there are fewer bits than there should be the
 * two come out too high. */
static void bucket_keys(const struct wp_key_block *b, unsigned bucket, uint64_t *begin, uint64_t *end) {
    const struct wp_section_bytes *s = &b->bytes;
    uint64_t count = (uint64_t)b->keys + WP_KEY_BUCKETS, at = 0;
    if (bucket) at = wp_packed_select(s->data, s->len, b->buckets, count, bucket - 1, 1) + 1;
    *begin = at - bucket;
    *end = *begin + (at < count ? wp_packed_run(s->data, s->len, b->buckets + at, count - at, 0) : 0);
}

/* The articles of the key at a place of the block. */
static enum wp_status take_hits(const struct wp_keys *k, const struct wp_key_block *b, uint64_t place,
                                struct wp_key_hits *hits, struct wp_error *err) {
    const struct wp_section_bytes *s = &b->bytes;
    uint64_t first = wp_packed_select(s->data, s->len, b->firsts, b->entries, place, 0);
    if (first >= b->entries) return bad(k, err);
    uint64_t more = wp_packed_run(s->data, s->len, b->firsts + first + 1, b->entries - first - 1, 1);
    hits->at = 8 * b->begin + b->articles + first * k->shape.article_bits;
    hits->count = (uint32_t)more + 1;
    return WP_OK;
}

enum wp_status wp_keys_find(const struct wp_keys *k, uint64_t key, struct wp_key_hits *hits,
                            struct wp_error *err) {
    unsigned bits = wp_key_rest_bits_(&k->shape);
    uint64_t rest = key & wp_packed_mask(bits), begin, end;
    uint8_t copy[WP_SECTION_COPY_BYTES];
    struct wp_key_block b;
    hits->count = 0;
    if (!k->shape.count) return WP_OK;
    WP_TRY(open_block(k, wp_key_block_(&k->shape, key), copy, &b, err));
    if (!b.keys) return WP_OK;
    bucket_keys(&b, key >> bits & (WP_KEY_BUCKETS - 1), &begin, &end);
    if (end > b.keys) return bad(k, err);
    for (uint64_t i = begin; i < end; i++)
        if (load_bits(&b, b.rests + i * bits, bits) == rest) return take_hits(k, &b, i, hits, err);
    return WP_OK;
}

/* As many at a time as have room in a copy. */
enum wp_status wp_keys_articles(const struct wp_keys *k, const struct wp_key_hits *hits, uint32_t begin,
                                uint32_t end, uint32_t *articles, struct wp_error *err) {
    enum { AT_ONCE = (WP_SECTION_COPY_BYTES - 1) / 4 };
    unsigned bits = k->shape.article_bits;
    uint8_t copy[WP_SECTION_COPY_BYTES];
    struct wp_section_bytes bytes;
    for (uint32_t n; begin < end; begin += n, articles += n) {
        uint64_t at = hits->at + (uint64_t)begin * bits, first = at / 8;
        n = end - begin < AT_ONCE ? end - begin : AT_ONCE;
        WP_TRY(wp_section_read(&k->entries, first, (at + (uint64_t)n * bits + 7) / 8 - first, copy, &bytes,
                               err));
        for (uint32_t i = 0; i < n; i++)
            articles[i] = (uint32_t)wp_packed_load(bytes.data, bytes.len, at % 8 + (uint64_t)i * bits, bits);
    }
    return WP_OK;
}

/* ---- a walk ---- */

void wp_key_cursor_init(struct wp_key_cursor *c, const struct wp_keys *k) {
    *c = (struct wp_key_cursor){.keys = k};
}

/* To the next block that has entries. */
static enum wp_status next_block(struct wp_key_cursor *c, struct wp_error *err) {
    const struct wp_keys *k = c->keys;
    if (c->block.keys != c->key_count) return bad(k, err);
    do {
        if (c->next_block >> k->shape.block_bits) return c->seen == k->shape.count ? WP_END : bad(k, err);
        WP_TRY(open_block(k, c->next_block++, NULL, &c->block, err));
    } while (!c->block.entries);
    c->entry = c->key_count = 0;
    c->bucket_at = 0;
    return WP_OK;
}

/* To the next key of the block. */
static enum wp_status next_key(struct wp_key_cursor *c, struct wp_error *err) {
    const struct wp_keys *k = c->keys;
    const struct wp_key_block *b = &c->block;
    unsigned bits = wp_key_rest_bits_(&k->shape);
    if (c->key_count == b->keys) return bad(k, err);
    uint64_t left = (uint64_t)b->keys + WP_KEY_BUCKETS - c->bucket_at;
    c->bucket_at += wp_packed_run(b->bytes.data, b->bytes.len, b->buckets + c->bucket_at, left, 1);
    uint64_t bucket = c->bucket_at - c->key_count;
    if (bucket >= WP_KEY_BUCKETS) return bad(k, err);
    uint64_t rest = load_bits(b, b->rests + (uint64_t)c->key_count * bits, bits);
    c->key = ((c->next_block - 1) << WP_KEY_BUCKET_BITS | bucket) << bits | rest;
    c->key_count++;
    c->bucket_at++;
    return WP_OK;
}

enum wp_status wp_key_cursor_next(struct wp_key_cursor *c, uint64_t *key, uint32_t *article,
                                  struct wp_error *err) {
    const struct wp_keys *k = c->keys;
    unsigned bits = k->shape.article_bits;
    if (c->entry == c->block.entries) WP_TRY(next_block(c, err));
    if (load_bits(&c->block, c->block.firsts + c->entry, 1))
        WP_TRY(next_key(c, err));
    else if (!c->entry)
        return bad(k, err);
    *article = (uint32_t)load_bits(&c->block, c->block.articles + (uint64_t)c->entry * bits, bits);
    *key = c->key;
    c->entry++;
    c->seen++;
    return WP_OK;
}
