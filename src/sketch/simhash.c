/*
 * simhash.c - see simhash.h.
 *
 * The 128 counters are kept bit-sliced: plane k holds bit k of every counter. Seven votes are first added up
 * to three planes by carry-save adders, which halves the work of the ripple that follows.
 */
#include "sketch/simhash.h"

#include <string.h>

enum { PLANES = 32 }; /* counters up to 2^32 - 1: more than the tokens of the longest text */

typedef struct {
    uint64_t w[2];
} slice;

/* Full adder on 128 columns: a + b + c = *sum + 2 * *carry. */
static inline void add3(slice a, slice b, slice c, slice *sum, slice *carry) {
    for (int i = 0; i < 2; i++) {
        uint64_t half = a.w[i] ^ b.w[i];
        sum->w[i] = half ^ c.w[i];
        carry->w[i] = (a.w[i] & b.w[i]) | (half & c.w[i]);
    }
}

/* Adds `bits` * 2^k to the counters. */
static inline void ripple(slice *planes, unsigned k, slice bits) {
    for (; bits.w[0] | bits.w[1]; k++) {
        for (int i = 0; i < 2; i++) {
            uint64_t carry = planes[k].w[i] & bits.w[i];
            planes[k].w[i] ^= bits.w[i];
            bits.w[i] = carry;
        }
    }
}

static inline slice vote(const struct wp_tokens *t, size_t i) {
    const uint32_t *s = t->starts + i;
    struct wp_hash128 h = wp_hash128(t->text + s[0], s[2] - s[0] - 1);
    return (slice){{h.low, h.high}};
}

static void add_seven(slice *planes, const slice *v) {
    slice s1, s2, ones, c1, c2, c3, twos, fours;
    add3(v[0], v[1], v[2], &s1, &c1);
    add3(v[3], v[4], v[5], &s2, &c2);
    add3(s1, s2, v[6], &ones, &c3);
    add3(c1, c2, c3, &twos, &fours);
    ripple(planes, 0, ones);
    ripple(planes, 1, twos);
    ripple(planes, 2, fours);
}

/* Bit j is set when counter j > limit: compares all counters at once, from the highest plane down. */
static struct wp_hash128 above(const slice *planes, uint64_t limit) {
    uint64_t more[2] = {0, 0}, equal[2] = {UINT64_MAX, UINT64_MAX};
    for (unsigned k = PLANES; k-- > 0;) {
        uint64_t bit = limit >> k & 1 ? UINT64_MAX : 0;
        for (int i = 0; i < 2; i++) {
            more[i] |= equal[i] & planes[k].w[i] & ~bit;
            equal[i] &= ~(planes[k].w[i] ^ bit);
        }
    }
    return (struct wp_hash128){more[0], more[1]};
}

struct wp_hash128 wp_simhash(const struct wp_tokens *tokens) {
    slice planes[PLANES + 1];
    memset(planes, 0, sizeof planes);
    size_t votes = tokens->count < 2 ? 0 : tokens->count - 1, i = 0;
    for (; i + 7 <= votes; i += 7) {
        slice v[7];
        for (size_t j = 0; j < 7; j++) v[j] = vote(tokens, i + j);
        add_seven(planes, v);
    }
    for (; i < votes; i++) ripple(planes, 0, vote(tokens, i));
    return above(planes, votes / 2);
}
