/*
 * seen.h - which keys an index may have: one look in memory for most of what it has not.
 *
 * Nine of ten shingles of a new article stand in no other one, and to find that out in memtable and segments
 * costs two or more cache misses each. Here it is three bits of one word of a table: the highest bits of the
 * key say which word, all of them together which bits, and one of them is clear when no article has the key.
 * Further bits, of key and owner together, count how often this owner had it: each time but the one that the
 * key was new sets the next of them, so that what stands in one article takes no more than the three. They
 * stand in one cache line of the same part of the table, of WP_SEEN_PART_BITS: keys that are taken in as
 * segments have them, in order, find their words in the cache. The fuller the table, the more passes that
 * should not; that costs time and changes no answer. Keys that have gone stay in.
 *
 * The writer's alone: it is built from a view once that pays, and then told of every key that is added. It is
 * no larger than it needs to be, so that its words are near at hand: when it is full it is built anew.
 */
#ifndef WP_INDEX_SEEN_H
#define WP_INDEX_SEEN_H

#include "index/view.h"

/* An owner's articles with a key are counted up to this. */
enum { WP_SEEN_OWN = 5 };

/* Zero-initialised: nothing is known, every key may be there. */
struct wp_seen {
    uint64_t *words;
    uint64_t count; /* of words: whole parts */
    uint64_t sets;  /* bits that were set, more or less */
    uint64_t keys;  /* taken in */
};

enum {
    WP_SEEN_PART_BITS = 1 << 18,
    WP_SEEN_PART_BYTES = WP_SEEN_PART_BITS / 8,
    WP_SEEN_LINE_LOG = 9 /* of the bits of a cache line */
};

/* Bytes of a table for the keys of the view, with room for several times as many; `most` at most, but one
 * part at least. */
size_t wp_seen_size(const struct wp_view *view, size_t most);
/* Fills a table of so many bytes, as wp_seen_size says, with the keys of the view, in place of what was
 * known. owners: by number, of all its articles. WP_EDAMAGED, WP_ENOMEM: *s is as before. */
enum wp_status wp_seen_build(struct wp_seen *s, size_t bytes, const struct wp_view *view,
                             const uint32_t *owners, struct wp_error *err);
void wp_seen_release(struct wp_seen *s);

static inline size_t wp_seen_bytes(const struct wp_seen *s) {
    return (size_t)s->count * sizeof *s->words;
}

/* Inside: the word and the bits of a key, and the bit of a key of an owner. */
static inline uint64_t wp_seen_word_(const struct wp_seen *s, uint64_t key) {
    return ((key & WP_KEY_MASK) >> (WP_KEY_BITS - 32)) * s->count >> 32;
}
static inline uint64_t wp_seen_bits_(uint64_t key) {
    uint64_t hash = (key & WP_KEY_MASK) * 0x9e3779b97f4a7c15u;
    return (uint64_t)1 << (hash >> 58) | (uint64_t)1 << (hash >> 52) % 64 | (uint64_t)1 << (hash >> 46) % 64;
}
/* The first nine bits of a hash say which cache line of the part, the next nine which bit of it, and so on.
 */
static inline uint64_t wp_seen_own_bit_(const struct wp_seen *s, uint32_t owner, uint64_t key,
                                        unsigned times) {
    uint64_t hash = ((key & WP_KEY_MASK) ^ owner * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;
    uint64_t line = hash >> (64 - WP_SEEN_LINE_LOG), bit = hash >> (64 - WP_SEEN_LINE_LOG * (1 + times));
    uint64_t part = 64 * wp_seen_word_(s, key) / WP_SEEN_PART_BITS * WP_SEEN_PART_BITS;
    return part | line << WP_SEEN_LINE_LOG | (bit & ((1u << WP_SEEN_LINE_LOG) - 1));
}
_Static_assert(WP_SEEN_PART_BITS == 1 << 2 * WP_SEEN_LINE_LOG, "a part has as many lines as a line has bits");
_Static_assert(WP_SEEN_LINE_LOG *(1 + WP_SEEN_OWN) <= 64, "bits of the hash");
static inline bool wp_seen_has_(const struct wp_seen *s, uint64_t bit) {
    return s->words[bit / 64] >> bit % 64 & 1;
}

/* Inside: a key of any kind as one of shingles, which it is mixed with. */
static inline uint64_t wp_seen_key_(enum wp_key_kind kind, uint64_t key) {
    return (key ^ kind * 0x9e3779b97f4a7c15u) & WP_KEY_MASK;
}

/* Takes the sampled shingles of an article in, up to WP_KEYS_PER_ARTICLE, and other keys of it one by one.
 * Nothing is done as long as nothing is known. */
void wp_seen_add(struct wp_seen *s, uint32_t owner, const uint64_t *keys, uint32_t count);
void wp_seen_add_key(struct wp_seen *s, enum wp_key_kind kind, uint64_t key);
/* So full that it had better be built anew, larger: a sixteenth passes of what is not there, or more? Will it
 * soon be so? */
bool wp_seen_is_full(const struct wp_seen *s);
bool wp_seen_is_nearly_full(const struct wp_seen *s);

static inline void wp_seen_prefetch(const struct wp_seen *s, uint64_t key) {
    if (s->words) __builtin_prefetch(&s->words[wp_seen_word_(s, key)]);
}

/* False: no article has the shingle. */
static inline bool wp_seen_may_have(const struct wp_seen *s, uint64_t key) {
    return !s->words || !(wp_seen_bits_(key) & ~s->words[wp_seen_word_(s, key)]);
}
/* False: no article has the key of that kind. */
static inline bool wp_seen_may_have_key(const struct wp_seen *s, enum wp_key_kind kind, uint64_t key) {
    return wp_seen_may_have(s, wp_seen_key_(kind, key));
}
/* Asks for the memory of the question below. */
static inline void wp_seen_prefetch_own(const struct wp_seen *s, uint32_t owner, uint64_t key) {
    if (s->words) __builtin_prefetch(&s->words[wp_seen_own_bit_(s, owner, key, 1) / 64]);
}
/* False: fewer than WP_SEEN_OWN articles of this owner have it. Of an owner that was not the first to have it
 * one less passes. */
bool wp_seen_may_own(const struct wp_seen *s, uint32_t owner, uint64_t key);

#endif
