/* packed.c - see packed.h. */
#include "index/packed.h"

enum { CHUNK = 64 };
#define ONES 0x0101010101010101u /* in each byte the lowest bit */
#define HIGHS 0x8080808080808080u

/* 64 bits from bit `at` on, of which `bits` count. */
static uint64_t load_chunk(const uint8_t *data, uint64_t len, uint64_t at, uint64_t bits, int inverted) {
    uint64_t byte = at / 8, chunk;
    unsigned shift = at % 8;
    if (byte + 9 <= len)
        chunk = wp_load64(data + byte) >> shift | (uint64_t)data[byte + 8] << 1 << (63 - shift);
    else
        chunk = wp_packed_load64(data, len, at, CHUNK);
    if (inverted) chunk = ~chunk;
    return chunk & wp_packed_mask(bits < CHUNK ? (unsigned)bits : CHUNK);
}

/* How many bytes of `sums` are not above n, which is below 128, as they are: a sum of 8 bits leaves its high
 * bit to the comparison of all at once. */
static unsigned bytes_up_to(uint64_t sums_of, uint64_t n) {
    uint64_t up_to = ((n * ONES | HIGHS) - sums_of) & HIGHS;
    return (unsigned)((up_to >> 7) * ONES >> 56);
}

/* The place of set bit number n, which is there: its byte, then, the bits of that one spread over eight
 * bytes, its bit. No branch: what is looked for is never foreseen. */
static unsigned select_in_chunk(uint64_t chunk, uint64_t by_byte, uint64_t n) {
    unsigned byte = bytes_up_to(by_byte, n);
    n -= by_byte << 8 >> 8 * byte & 255;
    uint64_t spread = (chunk >> 8 * byte & 255) * ONES & 0x8040201008040201u;
    spread = ((spread | ((spread | HIGHS) - ONES)) & HIGHS) >> 7; /* each byte 0 or 1 */
    return 8 * byte + bytes_up_to(spread * ONES, n);
}

uint64_t wp_packed_select(const uint8_t *data, uint64_t len, uint64_t at, uint64_t count, uint64_t nth,
                          int inverted) {
    for (uint64_t done = 0; done < count; done += CHUNK) {
        uint64_t chunk = load_chunk(data, len, at + done, count - done, inverted),
                 by_byte = wp_packed_sums(chunk);
        if (nth < by_byte >> 56) return done + select_in_chunk(chunk, by_byte, nth);
        nth -= by_byte >> 56;
    }
    return count;
}

uint64_t wp_packed_run(const uint8_t *data, uint64_t len, uint64_t at, uint64_t count, int inverted) {
    for (uint64_t done = 0; done < count; done += CHUNK) {
        uint64_t end = load_chunk(data, len, at + done, count - done, !inverted);
        if (end) return done + (unsigned)__builtin_ctzll(end);
    }
    return count;
}

/* ---- writing ---- */

enum wp_status wp_packed_begin(struct wp_packed_writer *w, struct wp_buffer *out, uint64_t bits) {
    WP_TRY(wp_buffer_reserve(out, (size_t)(bits / 8) + 8, SIZE_MAX)); /* whole words are written */
    *w = (struct wp_packed_writer){.out = out, .at = out->data + out->len};
    return WP_OK;
}

void wp_packed_end(struct wp_packed_writer *w) {
    wp_store64(w->at, w->waiting);
    w->at += (w->count + 7) / 8;
    w->out->len = (size_t)(w->at - w->out->data);
    w->waiting = 0;
    w->count = 0;
}

enum wp_status wp_packed_put_varint(struct wp_buffer *out, uint32_t number) {
    uint8_t bytes[5], n = 0;
    for (; number >= 128; number >>= 7) bytes[n++] = (uint8_t)(number | 128);
    bytes[n++] = (uint8_t)number;
    return wp_buffer_add(out, bytes, n);
}
