/*
 * keys_many_find.h - the last step of keys_many.h, compiled for each kind of processor.
 *
 * Nothing branches on what nobody foresees: which bucket a key is in, whether it is there, and where. In a
 * block as nearly all are
 *
 *     keys, entries less keys | buckets | rest of each key | firsts | articles
 *
 * the two numbers take a byte each, the bits of the buckets and of the firsts are found in two words, and the
 * few keys of a bucket are all compared.
 */
#ifndef WP_INDEX_KEYS_MANY_FIND_H
#define WP_INDEX_KEYS_MANY_FIND_H

#include "index/keys_many.h"

enum {
    BEHIND = 32,       /* bytes that a section has behind such a block: words are read beyond its end */
    BUCKETS_AT = 2,    /* byte of the block */
    VARINT_MORE = 128, /* and more: that is not all of a number */
    WORD = 64,         /* bits */
    PART = 56,         /* that are there of a word, wherever it begins */
    FORESEEN = 3,      /* keys of a bucket, which seldom has more */
    NOWHERE = 1 << 20, /* beyond all of a block's bits */
};

/* PART bits, or more, from bit `at` on; and a whole word. */
static inline uint64_t bits_at(const uint8_t *data, uint64_t at) {
    return wp_load64(data + at / 8) >> at % 8;
}
static inline uint64_t word_at(const uint8_t *data, uint64_t at) {
    return bits_at(data, at) | (uint64_t)data[at / 8 + 8] << 1 << (WORD - 1 - at % 8);
}

/* The place of set bit number `nth` of two words; most often it is in the first one. */
static inline unsigned select_of_two(uint64_t first, uint64_t second, unsigned nth) {
    unsigned count = wp_packed_count(first);
    if (__builtin_expect(nth < count, 1)) return wp_packed_select_word(first, nth);
    nth -= count;
    return nth < wp_packed_count(second) ? WORD + wp_packed_select_word(second, nth) : NOWHERE;
}

/* Lays a block out. False: it is not as nearly all are. */
static inline bool lay_out_plain(const struct wp_keys *k, const uint8_t *data, struct wp_key_look *look,
                                 unsigned *keys) {
    unsigned more = data[1], entries = data[0] + more,
             firsts = 8 * BUCKETS_AT + WP_KEY_BUCKETS + data[0] * (1 + wp_key_rest_bits_(&k->shape));
    *keys = data[0];
    look->entries = (uint16_t)entries;
    look->firsts = (uint16_t)firsts;
    return look->len == (firsts + entries * (1 + k->shape.article_bits) + 7) / 8 && *keys >= 1 &&
           (data[0] | data[1]) < VARINT_MORE && entries <= k->shape.count;
}

/* Which of `count` keys have that rest: a bit for each. Theirs stand from bit `at` on; count is below PART.
 */
static inline uint64_t compare_rests(const uint8_t *data, uint64_t at, unsigned bits, unsigned count,
                                     uint64_t rest) {
    uint64_t mask = wp_packed_mask(bits), same = 0;
    for (unsigned i = 0; i < FORESEEN; i++)
        same |= (uint64_t)((i < count) & ((bits_at(data, at + i * bits) & mask) == rest)) << i;
    for (unsigned i = FORESEEN; i < count; i++)
        same |= (uint64_t)((bits_at(data, at + i * bits) & mask) == rest) << i;
    return same;
}

/* Is the key in its block? Its place goes to *look. Negative: this has to be left to wp_keys_find. */
static inline int find_place(const struct wp_keys *k, uint64_t key, struct wp_key_look *look) {
    const uint8_t *data = k->entries.data + look->begin, *buckets = data + BUCKETS_AT;
    unsigned keys, bits = wp_key_rest_bits_(&k->shape), bucket = key >> bits & (WP_KEY_BUCKETS - 1);
    if (!look->len || !lay_out_plain(k, data, look, &keys)) return -1;
    /* The zero that a bucket begins behind; one is thought before all of them, for the first bucket. */
    uint64_t zeros = ~(wp_load64(buckets) << 1), more_zeros = ~bits_at(buckets, WORD - 1);
    unsigned at = select_of_two(zeros, more_zeros & wp_packed_mask(PART), bucket), begin = at - bucket;
    if (begin > keys) return -1;
    unsigned count = (unsigned)__builtin_ctzll(~bits_at(buckets, at) | (uint64_t)1 << PART);
    if (count == PART || count > keys - begin) return -1;
    uint64_t rests = 8 * BUCKETS_AT + WP_KEY_BUCKETS + keys + (uint64_t)begin * bits;
    uint64_t same = compare_rests(data, rests, bits, count, key & wp_packed_mask(bits));
    look->place = (uint16_t)(begin + (unsigned)__builtin_ctzll(same | (uint64_t)1 << PART));
    return same != 0;
}

/* The articles of the key at look->place. False: this has to be left to wp_keys_find. */
static inline bool take_articles(const struct wp_keys *k, const struct wp_key_look *look,
                                 struct wp_key_hits *hits) {
    const uint8_t *data = k->entries.data + look->begin;
    unsigned first =
        select_of_two(word_at(data, look->firsts), word_at(data, look->firsts + WORD), look->place);
    if (first >= look->entries) return false;
    unsigned left = look->entries - first - 1, most = left < PART ? left : PART;
    unsigned more = (unsigned)__builtin_ctzll(bits_at(data, look->firsts + first + 1) | (uint64_t)1 << most);
    hits->at = 8 * look->begin + look->firsts + look->entries + (uint64_t)first * k->shape.article_bits;
    hits->count = more + 1;
    return more < PART;
}

static inline enum wp_status find_many(const struct wp_keys *k, const uint64_t *keys, uint32_t count,
                                       struct wp_key_look *looks, struct wp_key_hits *hits,
                                       struct wp_error *err) {
    uint32_t there[WP_KEYS_PER_ARTICLE], there_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        int found = find_place(k, keys[i], &looks[i]);
        hits[i].count = 0;
        there[there_count] = i;
        there_count += found > 0;
        if (found < 0) WP_TRY(wp_keys_find(k, keys[i], &hits[i], err));
    }
    for (uint32_t n = 0; n < there_count; n++) {
        uint32_t i = there[n];
        if (!take_articles(k, &looks[i], &hits[i])) WP_TRY(wp_keys_find(k, keys[i], &hits[i], err));
    }
    return WP_OK;
}

#endif
