/*
 * simhash.c - see simhash.h.
 *
 * The 128 counters are kept bit-sliced: plane k holds bit k of every counter. Sixteen votes at a time go
 * through a tree of carry-save adders (Harley and Seal), which leaves one carry of sixteens to ripple on.
 */
#include "sketch/simhash.h"

#include <string.h>

enum {
    PLANES = 32, /* counters up to 2^32 - 1: more than the tokens of the longest text */
    BATCH = 512,
};

typedef uint64_t slice __attribute__((vector_size(16)));

/* Full adder on 128 columns: *sum + a + b = *sum + 2 * the result. */
static inline slice add(slice *sum, slice a, slice b) {
    slice half = a ^ b, carry = (a & b) | (half & *sum);
    *sum ^= half;
    return carry;
}

/* Adds `bits` * 2^k to the counters. */
static inline void ripple(slice *planes, unsigned k, slice bits) {
    for (; bits[0] | bits[1]; k++) {
        slice carry = planes[k] & bits;
        planes[k] ^= bits;
        bits = carry;
    }
}

/* Adds four votes; returns the fours. */
static inline slice add_four(slice *planes, const slice *v) {
    slice low = add(&planes[0], v[0], v[1]), high = add(&planes[0], v[2], v[3]);
    return add(&planes[1], low, high);
}

static void add_sixteen(slice *planes, const slice *v) {
    slice p[4] = {planes[0], planes[1], planes[2], planes[3]};
    slice a = add_four(p, v), b = add_four(p, v + 4), eights = add(&p[2], a, b);
    a = add_four(p, v + 8), b = add_four(p, v + 12);
    slice sixteens = add(&p[3], eights, add(&p[2], a, b));
    memcpy(planes, p, sizeof p);
    ripple(planes, 4, sixteens);
}

/* Lengths of XXH3-128's short paths. Pairs of words are of all of them, at random: each is hashed by code
 * for its class, so that nothing is guessed. */
enum { UP_TO_8, UP_TO_16, UP_TO_128, LONGER, CLASSES };

/* Pairs of one batch, by class: numbers from its first. */
struct lists {
    uint16_t pair[CLASSES][BATCH];
    size_t count[CLASSES];
};

static void sort_pairs(const uint32_t *starts, size_t count, struct lists *l) {
    size_t n8 = 0, n16 = 0, n128 = 0, longer = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t len = starts[i + 2] - starts[i] - 1;
        l->pair[UP_TO_8][n8] = l->pair[UP_TO_16][n16] = l->pair[UP_TO_128][n128] = l->pair[LONGER][longer] =
            (uint16_t)i;
        n8 += len <= 8;
        n16 += len - 9 < 8;
        n128 += len - 17 < 112;
        longer += len > 128;
    }
    l->count[UP_TO_8] = n8;
    l->count[UP_TO_16] = n16;
    l->count[UP_TO_128] = n128;
    l->count[LONGER] = longer;
}

static inline __attribute__((always_inline)) slice vote(const uint8_t *p, size_t len, int class) {
    XXH128_hash_t h;
    if (class == UP_TO_16)
        h = XXH3_len_9to16_128b(p, len, XXH3_kSecret, 0);
    else if (class == UP_TO_128)
        h = XXH3_len_17to128_128b(p, len, XXH3_kSecret, sizeof XXH3_kSecret, 0);
    else
        h = XXH3_128bits(p, len);
    return (slice){h.low64, h.high64};
}

static inline __attribute__((always_inline)) slice *list_votes(const struct wp_tokens *t, size_t base,
                                                               const struct lists *l, int class, slice *out) {
    const uint32_t *starts = t->starts + base;
    for (size_t k = 0; k < l->count[class]; k++) {
        const uint32_t *s = starts + l->pair[class][k];
        *out++ = vote(t->text + s[0], s[2] - s[0] - 1, class);
    }
    return out;
}

/* The votes of pairs base .. base + count - 1, in some order. */
static void make_votes(const struct wp_tokens *t, size_t base, size_t count, slice *out) {
    struct lists l;
    sort_pairs(t->starts + base, count, &l);
    out = list_votes(t, base, &l, UP_TO_8, out);
    out = list_votes(t, base, &l, UP_TO_16, out);
    out = list_votes(t, base, &l, UP_TO_128, out);
    list_votes(t, base, &l, LONGER, out);
}

/* Bit j is set when counter j > limit: compares all counters at once, from the highest plane down. */
static struct wp_hash128 above(const slice *planes, uint64_t limit) {
    slice more = {0, 0}, equal = {UINT64_MAX, UINT64_MAX};
    for (unsigned k = PLANES; k-- > 0;) {
        uint64_t bit = limit >> k & 1 ? UINT64_MAX : 0;
        more |= equal & planes[k] & ~(slice){bit, bit};
        equal &= ~(planes[k] ^ (slice){bit, bit});
    }
    return (struct wp_hash128){more[0], more[1]};
}

struct wp_hash128 wp_simhash(const struct wp_tokens *tokens) {
    slice planes[PLANES + 1];
    memset(planes, 0, sizeof planes);
    size_t votes = tokens->count < 2 ? 0 : tokens->count - 1;
    slice v[BATCH];
    for (size_t base = 0; base < votes; base += BATCH) {
        size_t n = votes - base < BATCH ? votes - base : BATCH, i = 0;
        make_votes(tokens, base, n, v);
        for (; i + 16 <= n; i += 16) add_sixteen(planes, v + i);
        for (; i < n; i++) ripple(planes, 0, v[i]);
    }
    return above(planes, votes / 2);
}
