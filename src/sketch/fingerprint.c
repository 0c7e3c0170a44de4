/* fingerprint.c - see fingerprint.h. */
#include "sketch/fingerprint.h"

#include <stddef.h>
#include <string.h>
#include "base/memory.h"
#include "sketch/numbers.h"
#include "sketch/sample.h"
#include "sketch/shingle.h"
#include "sketch/simhash.h"

/* Scratch for more tokens than this is given back when a text has less than an eighth of it. */
#define KEEP_COUNT ((size_t)1 << 20)

struct wp_fingerprinter {
    struct wp_tokenizer *tokenizer;         /* constant */
    const struct wp_shingle_kernel *kernel; /* constant */
    struct wp_tokens tokens;                /* of the last run */
    size_t shingles;
    uint64_t *hashes, *scratch; /* room for cap + WP_SHINGLE_SLACK */
    size_t cap;
};

enum wp_status wp_fingerprinter_new(struct wp_fingerprinter **out) {
    struct wp_fingerprinter *f = *out = wp_zalloc(1, sizeof *f);
    if (!f) return WP_ENOMEM;
    enum wp_status status = wp_tokenizer_new(&f->tokenizer);
    if (status != WP_OK) {
        wp_free(f);
        *out = NULL;
        return status;
    }
    f->kernel = wp_shingle_kernel(wp_tokenizer_cpu(f->tokenizer));
    return WP_OK;
}

static void release_scratch(struct wp_fingerprinter *f) {
    wp_free(f->hashes);
    wp_free(f->scratch);
    f->hashes = f->scratch = NULL;
    f->cap = 0;
}

void wp_fingerprinter_free(struct wp_fingerprinter *f) {
    if (!f) return;
    release_scratch(f);
    wp_tokenizer_free(f->tokenizer);
    wp_free(f);
}

/* Room for `count` hashes (contents are not kept). */
static enum wp_status make_room(struct wp_fingerprinter *f, size_t count) {
    if (f->cap && count <= f->cap && (f->cap <= KEEP_COUNT || count >= f->cap / 8)) return WP_OK;
    release_scratch(f);
    size_t cap = count + count / 2 + WP_SHINGLE_SLACK;
    f->hashes = wp_alloc(cap + WP_SHINGLE_SLACK, sizeof *f->hashes);
    f->scratch = wp_alloc(2 * cap + WP_SHINGLE_SLACK, sizeof *f->scratch);
    if (!f->hashes || !f->scratch) {
        release_scratch(f);
        return WP_ENOMEM;
    }
    f->cap = cap;
    return WP_OK;
}

static void make_features(struct wp_fingerprinter *f, unsigned features, struct wp_fingerprint *out) {
    if (features & WP_FEATURE_SAMPLES)
        out->sample_count =
            (uint16_t)wp_sample_select(f->kernel, f->hashes, f->shingles, f->scratch, out->samples);
    if (features & WP_FEATURE_SKETCH) f->kernel->sketch(f->hashes, f->shingles, out->sketch);
    if (features & WP_FEATURE_SIMHASH) out->simhash = wp_simhash(&f->tokens);
    if (features & WP_FEATURE_NUMBERS) {
        uint16_t total = out->number_total = wp_numbers_find(&f->tokens, f->scratch, out->numbers);
        out->number_count = total < WP_NUMBERS_MAX ? total : WP_NUMBERS_MAX;
    }
}

enum wp_status wp_fingerprinter_run(struct wp_fingerprinter *f, const uint8_t *utf8, size_t len,
                                    unsigned features, struct wp_fingerprint *out) {
    struct wp_tokens *t = &f->tokens;
    f->shingles = 0;
    *t = (struct wp_tokens){0};
    struct wp_tokens made;
    WP_TRY(wp_tokenizer_run(f->tokenizer, utf8, len, &made));
    WP_TRY(make_room(f, made.count));
    *t = made;
    unsigned width = wp_scheme_width(t->count, t->alone);
    f->shingles = t->count < width ? 0 : t->count - width + 1;
    if (f->shingles) f->kernel->hash(t, width, f->shingles, f->hashes);
    memset(out, 0, offsetof(struct wp_fingerprint, samples));
    out->exact = f->kernel->exact(t->text, t->text_len);
    out->tokens = (uint32_t)t->count;
    out->shingles = (uint32_t)f->shingles;
    out->width = (uint8_t)width;
    out->features = (uint8_t)(features & WP_FEATURE_ALL);
    make_features(f, features, out);
    return WP_OK;
}

const struct wp_tokens *wp_fingerprinter_tokens(const struct wp_fingerprinter *f) {
    return &f->tokens;
}

struct wp_tokenizer *wp_fingerprinter_tokenizer(struct wp_fingerprinter *f) {
    return f->tokenizer;
}

const uint64_t *wp_fingerprinter_shingles(const struct wp_fingerprinter *f, size_t *count) {
    *count = f->shingles;
    return f->hashes;
}
