/* public.c - the fingerprint calls of wireprint.h. */
#include "base/bytes.h"
#include "base/memory.h"
#include "sketch/estimate.h"
#include "sketch/fingerprint.h"

enum wp_status wp_fingerprint_new(const char *text, size_t len, wp_fingerprint **out) {
    struct wp_fingerprinter *maker = NULL;
    struct wp_fingerprint *f = wp_zalloc(1, sizeof *f);
    *out = NULL;
    enum wp_status status = f ? wp_fingerprinter_new(&maker) : WP_ENOMEM;
    if (status == WP_OK) status = wp_fingerprinter_run(maker, (const uint8_t *)text, len, WP_FEATURE_ALL, f);
    wp_fingerprinter_free(maker);
    if (status == WP_OK)
        *out = f;
    else
        wp_free(f);
    return status;
}

void wp_fingerprint_free(wp_fingerprint *f) {
    wp_free(f);
}

uint32_t wp_fingerprint_tokens(const wp_fingerprint *f) {
    return f->tokens;
}

uint32_t wp_fingerprint_shingles(const wp_fingerprint *f) {
    return f->shingles;
}

static void put_hash(struct wp_hash128 hash, uint8_t out[16]) {
    wp_store64(out, hash.low);
    wp_store64(out + 8, hash.high);
}

void wp_fingerprint_exact(const wp_fingerprint *f, uint8_t out[16]) {
    put_hash(f->exact, out);
}

void wp_fingerprint_simhash(const wp_fingerprint *f, uint8_t out[16]) {
    put_hash(f->simhash, out);
}

const uint64_t *wp_fingerprint_samples(const wp_fingerprint *f, size_t *count) {
    *count = f->sample_count;
    return f->samples;
}

const uint32_t *wp_fingerprint_numbers(const wp_fingerprint *f, size_t *count) {
    *count = f->number_count;
    return f->numbers;
}

const uint8_t *wp_fingerprint_sketch(const wp_fingerprint *f) {
    return f->sketch;
}

double wp_fingerprint_jaccard(const wp_fingerprint *a, const wp_fingerprint *b) {
    return a->width == b->width ? wp_sketch_jaccard(a->sketch, b->sketch) : 0.0;
}

unsigned wp_fingerprint_hamming(const wp_fingerprint *a, const wp_fingerprint *b) {
    return wp_simhash_distance(a->simhash, b->simhash);
}
