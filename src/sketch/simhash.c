/*
 * simhash.c - see simhash.h.
 *
 * Votes are counted by columns: planes[p] holds bit p of 128 counters, so that one hash is added with a carry
 * chain that is two steps long on average, instead of 128 additions.
 */
#include "sketch/simhash.h"

enum { PLANES = 32 };

struct votes {
    uint64_t low[PLANES], high[PLANES];
};

static void add(uint64_t *planes, uint64_t carry) {
    for (unsigned p = 0; carry; p++) {
        uint64_t both = planes[p] & carry;
        planes[p] ^= carry;
        carry = both;
    }
}

/* The bits whose counter is more than half of count: the counters are compared with count / 2 from the top.
 */
static uint64_t majority(const uint64_t *planes, uint32_t count) {
    uint64_t more = 0, equal = ~(uint64_t)0;
    uint32_t half = count / 2;
    for (int p = PLANES - 1; p >= 0; p--) {
        uint64_t wanted = half >> p & 1 ? ~(uint64_t)0 : 0;
        more |= equal & planes[p] & ~wanted;
        equal &= ~(planes[p] ^ wanted);
    }
    return more;
}

struct wp_hash128 wp_simhash(const struct wp_tokens *tokens) {
    struct votes votes = {{0}, {0}};
    uint32_t count = tokens->count < 2 ? 0 : (uint32_t)tokens->count - 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t start = tokens->starts[i];
        struct wp_hash128 h = wp_hash128(tokens->text + start, tokens->starts[i + 2] - start - 1);
        add(votes.low, h.low);
        add(votes.high, h.high);
    }
    if (!count) return (struct wp_hash128){0, 0};
    return (struct wp_hash128){majority(votes.low, count), majority(votes.high, count)};
}
