/*
 * bench_decode.c - decodes a file by the product's own path and throws the bytes away: the cost of decoding
 * alone.
 *
 *   bench_decode FILE
 */
#include <stdio.h>
#include "base/codec.h"
#include "base/file.h"

enum { BLOCK_BYTES = 1 << 20 };

int main(int argc, char **argv) {
    static uint8_t in[BLOCK_BYTES], out[BLOCK_BYTES];
    struct wp_file file = {0};
    struct wp_error err = {0};
    struct wp_decoder *decoder = NULL;
    size_t got = 0;
    if (argc != 2) return 2;
    enum wp_status status = wp_file_open(&file, argv[1], &err);
    if (status == WP_OK) status = wp_decoder_new(&decoder);
    while (status == WP_OK && (status = wp_file_read(&file, in, sizeof in, &got, &err)) == WP_OK && got) {
        struct wp_decoder_io io = {.in = in, .in_len = got, .out = out, .out_cap = sizeof out};
        do {
            status = wp_decoder_run(decoder, &io, &err);
            io.in += io.in_used;
            io.in_len -= io.in_used;
        } while (status == WP_OK && (io.in_len || io.out_len == io.out_cap));
    }
    if (status == WP_OK) status = wp_decoder_finish(decoder, &err);
    if (status != WP_OK) fprintf(stderr, "bench_decode: %s\n", err.reason);
    wp_decoder_free(decoder);
    wp_file_close(&file, NULL);
    return status != WP_OK;
}
