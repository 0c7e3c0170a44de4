/* packed.c - see packed.h. */
#include "index/packed.h"

enum { CHUNK = 64 };

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

uint64_t wp_packed_select(const uint8_t *data, uint64_t len, uint64_t at, uint64_t count, uint64_t nth,
                          int inverted) {
    for (uint64_t done = 0; done < count; done += CHUNK) {
        uint64_t chunk = load_chunk(data, len, at + done, count - done, inverted),
                 ones = wp_packed_count(chunk);
        if (nth < ones) return done + wp_packed_select_word(chunk, nth);
        nth -= ones;
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
