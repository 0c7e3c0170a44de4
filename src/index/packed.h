/*
 * packed.h - numbers of a few bits each, one behind the other, the lowest bit first.
 *
 * Readers say how many bytes there are and never look beyond; where numbers stand, and that they lie inside,
 * is the caller's to know. Writers append to a buffer.
 */
#ifndef WP_INDEX_PACKED_H
#define WP_INDEX_PACKED_H

#include <stddef.h>
#include "base/bytes.h"
#include "base/memory.h"
#ifdef __BMI2__
#include <immintrin.h>
#endif

/* The lowest `bits` (0 to 64) bits set. */
static inline uint64_t wp_packed_mask(unsigned bits) {
    return bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;
}

/* How many bits a number needs: 0 for 0. */
static inline unsigned wp_packed_bits(uint64_t number) {
    return number ? 64 - (unsigned)__builtin_clzll(number) : 0;
}

/* The number of `bits` (0 to 57) bits at bit `at` of data[len]. What lies behind the end reads as zeros. */
static inline uint64_t wp_packed_load(const uint8_t *data, uint64_t len, uint64_t at, unsigned bits) {
    uint64_t byte = at / 8;
    if (byte + 8 <= len) return wp_load64(data + byte) >> (at % 8) & wp_packed_mask(bits);
    uint8_t last[8] = {0};
    if (byte < len) memcpy(last, data + byte, (size_t)(len - byte));
    return wp_load64(last) >> (at % 8) & wp_packed_mask(bits);
}

/* The same of up to 64 bits. */
static inline uint64_t wp_packed_load64(const uint8_t *data, uint64_t len, uint64_t at, unsigned bits) {
    if (bits <= 57) return wp_packed_load(data, len, at, bits);
    return wp_packed_load(data, len, at, 32) | wp_packed_load(data, len, at + 32, bits - 32) << 32;
}

#ifdef __BMI2__ /* in files that are compiled for it (base/cpu.h) */
/* How many bits are set. */
static inline unsigned wp_packed_count(uint64_t x) {
    return (unsigned)__builtin_popcountll(x);
}
/* The place of set bit number `nth`, from 0, which is there. */
static inline unsigned wp_packed_select_word(uint64_t x, uint64_t nth) {
    return (unsigned)__builtin_ctzll(_pdep_u64((uint64_t)1 << nth, x));
}
#else
#define WP_PACKED_ONES_ 0x0101010101010101u /* in each byte the lowest bit */
#define WP_PACKED_HIGHS_ 0x8080808080808080u

/* Inside: in each byte, how many bits are set in this byte and those below it. */
static inline uint64_t wp_packed_sums_(uint64_t x) {
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return x * WP_PACKED_ONES_;
}

/* Inside: how many bytes of sums are not above n, which is below 128, as they are: a sum of 8 bits leaves its
 * high bit to the comparison of all at once. */
static inline unsigned wp_packed_up_to_(uint64_t sums, uint64_t n) {
    uint64_t up_to = ((n * WP_PACKED_ONES_ | WP_PACKED_HIGHS_) - sums) & WP_PACKED_HIGHS_;
    return (unsigned)((up_to >> 7) * WP_PACKED_ONES_ >> 56);
}

/* How many bits are set. */
static inline unsigned wp_packed_count(uint64_t x) {
    return (unsigned)(wp_packed_sums_(x) >> 56);
}

/* The place of set bit number `nth`, from 0, which is there: its byte, then, the bits of that one spread over
 * eight bytes, its bit. No branch: what is looked for is never foreseen. */
static inline unsigned wp_packed_select_word(uint64_t x, uint64_t nth) {
    uint64_t sums = wp_packed_sums_(x);
    unsigned byte = wp_packed_up_to_(sums, nth);
    nth -= sums << 8 >> 8 * byte & 255;
    uint64_t spread = (x >> 8 * byte & 255) * WP_PACKED_ONES_ & 0x8040201008040201u;
    spread = ((spread | ((spread | WP_PACKED_HIGHS_) - WP_PACKED_ONES_)) & WP_PACKED_HIGHS_) >> 7;
    return 8 * byte + wp_packed_up_to_(spread * WP_PACKED_ONES_, nth); /* of each byte 0 or 1 */
}
#endif

/* Counts the set bits (with `inverted`: the clear ones) of bits [at, at + count): the place, from 0, of
 * number `nth`, from 0; `count` when there are not so many. */
uint64_t wp_packed_select(const uint8_t *data, uint64_t len, uint64_t at, uint64_t count, uint64_t nth,
                          int inverted);
/* How many bits from `at` on, of at most `count`, are set (with `inverted`: clear). */
uint64_t wp_packed_run(const uint8_t *data, uint64_t len, uint64_t at, uint64_t count, int inverted);

/* A number of 7 bits a byte, the lowest first, the high bit meaning that more follow: from data[*at], not
 * beyond `end`; *at is moved behind it. Returns 0, or -1 when it does not end or is 2^32 or more. */
static inline int wp_packed_varint(const uint8_t *data, uint64_t *at, uint64_t end, uint32_t *number) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 35 && *at < end; shift += 7) {
        uint8_t byte = data[(*at)++];
        value |= (uint64_t)(byte & 127) << shift;
        *number = (uint32_t)value;
        if (byte < 128) return value > UINT32_MAX ? -1 : 0;
    }
    return -1;
}

/* Appends numbers to a buffer, which nobody else touches between begin and end. */
struct wp_packed_writer {
    struct wp_buffer *out; /* borrowed */
    uint8_t *at;
    uint64_t waiting;
    unsigned count; /* bits that wait, below 64 */
};
/* Makes room: for all bits that will come. WP_ENOMEM. */
enum wp_status wp_packed_begin(struct wp_packed_writer *w, struct wp_buffer *out, uint64_t bits);
/* bits: 0 to 64; what the number has above them is not written. */
static inline void wp_packed_put(struct wp_packed_writer *w, uint64_t number, unsigned bits) {
    number &= wp_packed_mask(bits);
    w->waiting |= number << w->count;
    if (w->count + bits < 64) {
        w->count += bits;
        return;
    }
    wp_store64(w->at, w->waiting);
    w->at += 8;
    unsigned taken = 64 - w->count; /* at least 1 */
    w->waiting = taken < 64 ? number >> taken : 0;
    w->count = bits - taken;
}
/* Fills up to a whole byte with zeros. */
void wp_packed_end(struct wp_packed_writer *w);
/* WP_ENOMEM. */
enum wp_status wp_packed_put_varint(struct wp_buffer *out, uint32_t number);

#endif
