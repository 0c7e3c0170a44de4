/* shingle_avx512.c - see shingle.h. */
#include "sketch/shingle.h"

#if defined(__x86_64__)

#include <string.h>

static void hash_spans(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes,
                       uint32_t *scratch) {
    wp_shingle_portable.hash(tokens, width, count, hashes, scratch);
}

static void sketch_hashes(const uint64_t *hashes, size_t count, uint8_t *sketch) {
    wp_shingle_portable.sketch(hashes, count, sketch);
}

static size_t select_hashes(const uint64_t *hashes, size_t count, uint64_t limit, uint64_t *out) {
    return wp_shingle_portable.select(hashes, count, limit, out);
}

static struct wp_hash128 exact_hash(const uint8_t *data, size_t len) {
    return wp_hash128(data, len);
}

const struct wp_shingle_kernel wp_shingle_avx512 = {hash_spans, sketch_hashes, select_hashes, exact_hash};

#endif
