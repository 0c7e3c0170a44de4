/* stream.c - see stream.h. */
#include "engine/stream.h"

#include <string.h>
#include "base/bytes.h"

void wp_stream_pack(uint8_t *to, const uint64_t *shingles, size_t count) {
    uint8_t last[8];
    if (!count) return;
    for (size_t i = 0; i + 1 < count; i++) /* three bytes too many, overwritten by the next */
        wp_store64(to + i * WP_STREAM_BYTES, shingles[i]);
    wp_store64(last, shingles[count - 1]);
    memcpy(to + (count - 1) * WP_STREAM_BYTES, last, WP_STREAM_BYTES);
}

void wp_stream_unpack(uint64_t *to, const uint8_t *from, size_t count) {
    uint8_t last[8] = {0};
    if (!count) return;
    for (size_t i = 0; i + 1 < count; i++) to[i] = wp_load64(from + i * WP_STREAM_BYTES) & WP_STREAM_MASK;
    memcpy(last, from + (count - 1) * WP_STREAM_BYTES, WP_STREAM_BYTES);
    to[count - 1] = wp_load64(last);
}

wp_stream_packer *wp_stream_pack_choose(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level >= WP_CPU_AVX512) return wp_stream_pack_avx512;
#endif
    (void)level;
    return wp_stream_pack;
}

wp_stream_unpacker *wp_stream_unpack_choose(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level >= WP_CPU_AVX512) return wp_stream_unpack_avx512;
#endif
    (void)level;
    return wp_stream_unpack;
}
