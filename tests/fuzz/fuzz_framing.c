/*
 * fuzz_framing.c - any bytes as a compressed file: decoded whole and in pieces, both must give the same bytes
 * and the same verdict.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/codec.h"

/* A few bytes can decode to gigabytes. */
#define OUT_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth) {
    if (!truth) abort();
}

static enum wp_status decode(const uint8_t *data, size_t size, size_t in_step, size_t out_step,
                             struct wp_buffer *out) {
    struct wp_decoder *d;
    struct wp_error err;
    enum wp_status status = WP_OK;
    size_t at = 0;
    bool more = true;
    require(wp_decoder_new(&d) == WP_OK);
    while (status == WP_OK && more && out->len < OUT_MAX) {
        require(wp_buffer_reserve(out, out_step, SIZE_MAX) == WP_OK);
        size_t room = OUT_MAX - out->len < out_step ? OUT_MAX - out->len : out_step;
        struct wp_decoder_io io = {.in = data + at,
                                   .in_len = size - at < in_step ? size - at : in_step,
                                   .out = out->data + out->len,
                                   .out_cap = room};
        status = wp_decoder_run(d, &io, &err);
        require(io.in_used <= io.in_len && io.out_len <= room);
        at += io.in_used;
        out->len += io.out_len;
        more = at < size || io.out_len == room;
        require(status == WP_OK || (err.has_offset && err.offset <= size && err.reason[0]));
    }
    if (status == WP_OK && out->len < OUT_MAX) status = wp_decoder_finish(d, &err);
    if (wp_decoder_format(d) == WP_FORMAT_PLAIN && status == WP_OK)
        require(out->len == (size < OUT_MAX ? size : OUT_MAX) &&
                (!size || !memcmp(out->data, data, out->len)));
    wp_decoder_free(d);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct wp_buffer whole = {0}, pieces = {0};
    enum wp_status a = decode(data, size, SIZE_MAX, OUT_MAX, &whole);
    enum wp_status b = decode(data, size, 1 + size % 61, 1 + size % 1009, &pieces);
    require(whole.len == pieces.len && (!whole.len || !memcmp(whole.data, pieces.data, whole.len)));
    require(a == b || whole.len == OUT_MAX);
    wp_buffer_release(&whole);
    wp_buffer_release(&pieces);
    return 0;
}
