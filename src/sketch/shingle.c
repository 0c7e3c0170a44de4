/* shingle.c - the portable kernels, see shingle.h. */
#include "sketch/shingle.h"

#include <string.h>

static void hash_spans(const struct wp_tokens *tokens, unsigned width, size_t count, uint64_t *hashes) {
    const uint32_t *starts = tokens->starts;
    for (size_t i = 0; i < count; i++)
        hashes[i] = wp_hash64(tokens->text + starts[i], starts[i + width] - starts[i] - 1);
}

static void sketch_hashes(const uint64_t *hashes, size_t count, uint8_t *sketch) {
    uint32_t least[WP_SKETCH_BINS];
    memset(least, 255, sizeof least);
    for (size_t i = 0; i < count; i++) {
        uint32_t *bin = &least[WP_SKETCH_BIN(hashes[i])], key = WP_SKETCH_KEY(hashes[i]);
        *bin = key < *bin ? key : *bin;
    }
    for (size_t i = 0; i < WP_SKETCH_BINS; i++)
        sketch[i] = least[i] == WP_SKETCH_EMPTY ? 0 : WP_SKETCH_VALUE(least[i]);
}

static size_t select_hashes(const uint64_t *hashes, size_t count, uint64_t limit, uint64_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        out[n] = hashes[i];
        n += hashes[i] <= limit;
    }
    return n;
}

static struct wp_hash128 exact_hash(const uint8_t *data, size_t len) {
    return wp_hash128(data, len);
}

const struct wp_shingle_kernel wp_shingle_portable = {hash_spans, sketch_hashes, select_hashes, exact_hash};

const struct wp_shingle_kernel *wp_shingle_kernel(enum wp_cpu level) {
#if defined(__x86_64__)
    if (level == WP_CPU_AVX512) return &wp_shingle_avx512;
    if (level == WP_CPU_AVX2) return &wp_shingle_avx2;
#else
    (void)level;
#endif
    return &wp_shingle_portable;
}
