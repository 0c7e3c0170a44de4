/* keys.c - see keys.h. */
#include "index/keys.h"

#include "base/memory.h"

/* Buckets of more entries are searched by halving. */
enum { LINEAR_ENTRIES = 32 };

static unsigned bits_for(uint64_t values) {
    unsigned bits = 1;
    while (bits < 32 && values > (uint64_t)1 << bits) bits++;
    return bits;
}

struct wp_key_shape wp_key_shape(uint64_t count, uint64_t articles) {
    struct wp_key_shape s = {.count = count, .article_bits = bits_for(articles)};
    while (s.bucket_bits < WP_BUCKET_BITS_MAX && count >> s.bucket_bits > WP_BUCKET_ENTRIES) s.bucket_bits++;
    return s;
}

static unsigned rest_bits(const struct wp_key_shape *s) {
    return WP_KEY_BITS - s->bucket_bits;
}

/* An entry is at most 40 + 32 bits less the bucket's; a list so short that it has no buckets has few articles
 * ... unless it is of many articles without keys, hence two loads. */
static unsigned entry_bits(const struct wp_key_shape *s) {
    return rest_bits(s) + s->article_bits;
}

uint64_t wp_key_entry_bytes(const struct wp_key_shape *s) {
    return (s->count * entry_bits(s) + 7) / 8;
}

uint64_t wp_key_directory_bytes(const struct wp_key_shape *s) {
    return 4 * (((uint64_t)1 << s->bucket_bits) + 1);
}

int wp_key_shape_valid(const struct wp_key_shape *s, uint64_t entry_bytes, uint64_t directory_bytes) {
    return s->count <= UINT32_MAX && s->bucket_bits <= WP_BUCKET_BITS_MAX && s->article_bits >= 1 &&
           s->article_bits <= 32 && entry_bytes == wp_key_entry_bytes(s) &&
           directory_bytes == wp_key_directory_bytes(s);
}

/* ---- reading ---- */

/* `bits` (up to 40) bits of the section from bit `at` on, which are there. */
static uint64_t load_bits(const struct wp_section *s, uint64_t at, unsigned bits) {
    uint64_t byte = at / 8, word;
    if (byte + 8 <= s->len) {
        word = wp_load64(s->data + byte);
    } else {
        uint8_t last[8] = {0};
        memcpy(last, s->data + byte, (size_t)(s->len - byte));
        word = wp_load64(last);
    }
    return word >> (at % 8) & (((uint64_t)1 << bits) - 1);
}

static uint64_t rest_of(const struct wp_keys *k, uint64_t entry) {
    return load_bits(&k->entries, entry * entry_bits(&k->shape), rest_bits(&k->shape));
}

static uint32_t article_of(const struct wp_keys *k, uint64_t entry) {
    uint64_t at = entry * entry_bits(&k->shape) + rest_bits(&k->shape);
    return (uint32_t)load_bits(&k->entries, at, k->shape.article_bits);
}

/* Checks the entries' bytes. */
static enum wp_status check_entries(const struct wp_keys *k, uint64_t begin, uint64_t end,
                                    struct wp_error *err) {
    uint64_t first = begin * entry_bits(&k->shape) / 8, last = (end * entry_bits(&k->shape) + 7) / 8;
    return wp_section_check(&k->entries, first, last - first, err);
}

static enum wp_status find_bucket(const struct wp_keys *k, uint64_t bucket, uint64_t *begin, uint64_t *end,
                                  struct wp_error *err) {
    WP_TRY(wp_section_check(&k->directory, 4 * bucket, 8, err));
    *begin = wp_load32(k->directory.data + 4 * bucket);
    *end = wp_load32(k->directory.data + 4 * bucket + 4);
    if (*begin <= *end && *end <= k->shape.count) return WP_OK;
    return wp_fail_file(err, WP_EDAMAGED, k->directory.name, "a list of keys does not add up");
}

/* The first entry of [begin, end) whose rest of the key is `rest` or more. */
static uint64_t lower_bound(const struct wp_keys *k, uint64_t begin, uint64_t end, uint64_t rest) {
    while (end - begin > LINEAR_ENTRIES) {
        uint64_t mid = begin + (end - begin) / 2;
        if (rest_of(k, mid) < rest)
            begin = mid + 1;
        else
            end = mid;
    }
    while (begin < end && rest_of(k, begin) < rest) begin++;
    return begin;
}

enum wp_status wp_keys_find(const struct wp_keys *k, uint64_t key, uint64_t *begin, uint64_t *end,
                            struct wp_error *err) {
    uint64_t rest = key & (((uint64_t)1 << rest_bits(&k->shape)) - 1), low, high;
    *begin = *end = 0;
    if (!k->shape.count) return WP_OK;
    WP_TRY(find_bucket(k, key >> rest_bits(&k->shape), &low, &high, err));
    if (low == high) return WP_OK;
    WP_TRY(check_entries(k, low, high, err));
    *begin = lower_bound(k, low, high, rest);
    if (*begin < high && high - *begin > LINEAR_ENTRIES && rest_of(k, *begin + LINEAR_ENTRIES - 1) == rest) {
        *end = lower_bound(k, *begin, high, rest + 1);
        return WP_OK;
    }
    for (*end = *begin; *end < high && rest_of(k, *end) == rest; ++*end) {
    }
    return WP_OK;
}

enum wp_status wp_keys_article(const struct wp_keys *k, uint64_t entry, uint32_t *article,
                               struct wp_error *err) {
    (void)err;
    *article = article_of(k, entry);
    return WP_OK;
}

void wp_keys_prefetch_directory(const struct wp_keys *k, uint64_t key) {
    __builtin_prefetch(k->directory.data + 4 * ((key & WP_KEY_MASK) >> rest_bits(&k->shape)));
}

/* Unchecked: what a damaged directory says is used for nothing but the prefetch. */
void wp_keys_prefetch_entries(const struct wp_keys *k, uint64_t key) {
    uint64_t entry = wp_load32(k->directory.data + 4 * ((key & WP_KEY_MASK) >> rest_bits(&k->shape)));
    if (entry < k->shape.count) __builtin_prefetch(k->entries.data + entry * entry_bits(&k->shape) / 8);
}

void wp_key_cursor_init(struct wp_key_cursor *c, const struct wp_keys *k) {
    *c = (struct wp_key_cursor){.keys = k};
    c->bucket = UINT32_MAX; /* so that the first step goes to bucket 0 */
}

enum wp_status wp_key_cursor_next(struct wp_key_cursor *c, uint64_t *key, uint32_t *article,
                                  struct wp_error *err) {
    const struct wp_keys *k = c->keys;
    if (c->at >= k->shape.count) return WP_END;
    while (c->at >= c->bucket_end) {
        uint64_t begin, end;
        if (++c->bucket >> k->shape.bucket_bits)
            return wp_fail_file(err, WP_EDAMAGED, k->directory.name, "a list of keys does not add up");
        WP_TRY(find_bucket(k, c->bucket, &begin, &end, err));
        if (begin != c->at)
            return wp_fail_file(err, WP_EDAMAGED, k->directory.name, "a list of keys does not add up");
        c->bucket_end = (uint32_t)end;
    }
    WP_TRY(check_entries(k, c->at, c->at + 1, err));
    *key = (uint64_t)c->bucket << rest_bits(&k->shape) | rest_of(k, c->at);
    *article = article_of(k, c->at++);
    return WP_OK;
}

/* ---- writing ---- */

enum wp_status wp_keys_begin(struct wp_keys_writer *w, struct wp_section_writer *out, enum wp_key_kind kind,
                             uint64_t count, uint64_t articles, struct wp_error *err) {
    *w = (struct wp_keys_writer){.out = out, .shape = wp_key_shape(count, articles)};
    if (count > UINT32_MAX) return wp_fail(err, WP_ETOOBIG, "more than 2^32 keys in one segment");
    w->directory = wp_zalloc(((size_t)1 << w->shape.bucket_bits) + 1, sizeof *w->directory);
    if (!w->directory) return wp_fail(err, WP_ENOMEM, "out of memory");
    return wp_section_begin(out, 2 + 2 * kind, err);
}

static enum wp_status put_bits(struct wp_keys_writer *w, uint64_t value, unsigned bits,
                               struct wp_error *err) {
    uint8_t bytes[8];
    w->bits |= value << w->bit_count;
    w->bit_count += bits;
    unsigned whole = w->bit_count / 8;
    wp_store64(bytes, w->bits);
    WP_TRY(wp_section_write(w->out, bytes, whole, err));
    w->bits = whole < 8 ? w->bits >> 8 * whole : 0;
    w->bit_count -= 8 * whole;
    return WP_OK;
}

enum wp_status wp_keys_add(struct wp_keys_writer *w, uint64_t key, uint32_t article, struct wp_error *err) {
    unsigned rest = rest_bits(&w->shape);
    w->directory[(key >> rest) + 1]++;
    w->added++;
    WP_TRY(put_bits(w, key & (((uint64_t)1 << rest) - 1), rest, err));
    return put_bits(w, article, w->shape.article_bits, err);
}

enum wp_status wp_keys_end(struct wp_keys_writer *w, enum wp_key_kind kind, struct wp_error *err) {
    uint8_t word[4], rest = (uint8_t)w->bits;
    const struct wp_key_shape *s = &w->shape;
    if (w->added != s->count) return wp_fail(err, WP_EINVAL, "a list of keys is not as long as it was said");
    if (w->bit_count) WP_TRY(wp_section_write(w->out, &rest, 1, err));
    WP_TRY(wp_section_end(w->out, s->bucket_bits, s->article_bits, s->count, err));
    WP_TRY(wp_section_begin(w->out, 3 + 2 * kind, err));
    for (uint64_t i = 0; i <= (uint64_t)1 << s->bucket_bits; i++) {
        if (i) w->directory[i] += w->directory[i - 1];
        wp_store32(word, w->directory[i]);
        WP_TRY(wp_section_write(w->out, word, sizeof word, err));
    }
    return wp_section_end(w->out, 0, 0, 0, err);
}

void wp_keys_writer_release(struct wp_keys_writer *w) {
    wp_free(w->directory);
    *w = (struct wp_keys_writer){0};
}
