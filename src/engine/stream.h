/*
 * stream.h - how an article's stream of shingles is packed.
 *
 * Of each shingle's hash the low 40 bits, 5 bytes, little-endian, one after the other: that two different
 * shingles of a pair of articles of 450 shingles agree in them by chance happens in one pair of five million.
 */
#ifndef WP_ENGINE_STREAM_H
#define WP_ENGINE_STREAM_H

#include <stddef.h>
#include <stdint.h>
#include "base/cpu.h"

enum { WP_STREAM_BYTES = 5 }; /* of a shingle */
#define WP_STREAM_MASK (((uint64_t)1 << 8 * WP_STREAM_BYTES) - 1)

/* Packs count shingles to count * WP_STREAM_BYTES bytes, and back. */
typedef void wp_stream_packer(uint8_t *to, const uint64_t *shingles, size_t count);
typedef void wp_stream_unpacker(uint64_t *to, const uint8_t *from, size_t count);

wp_stream_packer wp_stream_pack, wp_stream_pack_avx512;
wp_stream_unpacker wp_stream_unpack, wp_stream_unpack_avx512;

/* The best kernels for a processor of that level (wp_cpu_level); they differ in speed only. */
wp_stream_packer *wp_stream_pack_choose(enum wp_cpu level);
wp_stream_unpacker *wp_stream_unpack_choose(enum wp_cpu level);

#endif
