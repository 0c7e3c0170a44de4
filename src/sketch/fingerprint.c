/* fingerprint.c - see fingerprint.h. */
#include "sketch/fingerprint.h"

#include <stdbool.h>
#include <string.h>
#include "base/memory.h"
#include "base/sort.h"
#include "sketch/shingle.h"
#include "sketch/simhash.h"

struct wp_fingerprinter {
    struct wp_tokenizer *tokenizer;
    const struct wp_shingle_kernel *kernel;
    struct wp_tokens tokens;
    uint64_t *hashes, *selected, *sorted; /* cap + WP_SHINGLE_SLACK each */
    uint32_t *scratch;                    /* twice that */
    size_t cap, count;
};

enum wp_status wp_fingerprinter_new(struct wp_fingerprinter **out) {
    struct wp_fingerprinter *f = wp_zalloc(1, sizeof *f);
    *out = f;
    if (!f) return WP_ENOMEM;
    enum wp_status status = wp_tokenizer_new(&f->tokenizer);
    if (status != WP_OK) {
        wp_fingerprinter_free(f);
        *out = NULL;
        return status;
    }
    f->kernel = wp_shingle_kernel(wp_tokenizer_cpu(f->tokenizer));
    return WP_OK;
}

static void release_scratch(struct wp_fingerprinter *f) {
    wp_free(f->hashes);
    wp_free(f->selected);
    wp_free(f->sorted);
    wp_free(f->scratch);
    f->hashes = f->selected = f->sorted = NULL;
    f->scratch = NULL;
    f->cap = 0;
}

void wp_fingerprinter_free(struct wp_fingerprinter *f) {
    if (!f) return;
    wp_tokenizer_free(f->tokenizer);
    release_scratch(f);
    wp_free(f);
}

static enum wp_status make_room(struct wp_fingerprinter *f, size_t count) {
    if (count <= f->cap && f->cap) return WP_OK;
    size_t cap = count + count / 4 + WP_SHINGLE_SLACK;
    release_scratch(f);
    f->hashes = wp_alloc(cap + WP_SHINGLE_SLACK, sizeof *f->hashes);
    f->selected = wp_alloc(cap + WP_SHINGLE_SLACK, sizeof *f->selected);
    f->sorted = wp_alloc(cap + WP_SHINGLE_SLACK, sizeof *f->sorted);
    f->scratch = wp_alloc(2 * (cap + WP_SHINGLE_SLACK), sizeof *f->scratch);
    if (f->hashes && f->selected && f->sorted && f->scratch) {
        f->cap = cap;
        return WP_OK;
    }
    release_scratch(f);
    return WP_ENOMEM;
}

/* Sorts and drops repeats; returns how many are left, at most `most`, copied to out. */
static size_t lowest_distinct(struct wp_fingerprinter *f, size_t count, size_t most, uint64_t *out) {
    const uint64_t *sorted = wp_sort64(f->selected, f->sorted, count);
    size_t n = 0;
    for (size_t i = 0; i < count && n < most; i++)
        if (n == 0 || sorted[i] != out[n - 1]) out[n++] = sorted[i];
    return n;
}

/*
 * The samples: all hashes up to the threshold, but at least the 16 lowest and at most the 128 lowest. A text
 * with too few under the threshold is tried again with one that should give some more than 16, and with all
 * of them only if that fails too (it says the same few words again and again).
 */
static void take_samples(struct wp_fingerprinter *f, struct wp_fingerprint *out) {
    uint64_t limit = WP_SAMPLE_THRESHOLD;
    size_t n = f->kernel->select(f->hashes, f->count, limit, f->selected);
    size_t distinct = lowest_distinct(f, n, WP_SAMPLES_MAX, out->samples);
    while (distinct < WP_SAMPLES_MIN && limit != UINT64_MAX) {
        size_t wanted = 2 * WP_SAMPLES_MIN;
        bool try_part = limit == WP_SAMPLE_THRESHOLD && f->count > 2 * wanted;
        limit = try_part ? UINT64_MAX / f->count * wanted : UINT64_MAX;
        n = f->kernel->select(f->hashes, f->count, limit, f->selected);
        distinct = lowest_distinct(f, n, WP_SAMPLES_MIN, out->samples);
    }
    out->sample_count = (uint16_t)distinct;
}

static void take_numbers(const struct wp_tokens *tokens, struct wp_fingerprint *out) {
    uint32_t *numbers = out->numbers;
    unsigned n = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const uint8_t *token = tokens->text + tokens->starts[i];
        if ((unsigned)(*token - '0') > 9) continue;
        uint32_t hash = (uint32_t)wp_hash64(token, tokens->starts[i + 1] - tokens->starts[i] - 1);
        unsigned at = n;
        while (at > 0 && numbers[at - 1] > hash) at--;
        if (at == WP_NUMBERS_MAX || (at > 0 && numbers[at - 1] == hash)) continue;
        if (n < WP_NUMBERS_MAX) n++;
        memmove(&numbers[at + 1], &numbers[at], (n - 1 - at) * sizeof *numbers);
        numbers[at] = hash;
    }
    out->number_count = (uint16_t)n;
}

enum wp_status wp_fingerprinter_run(struct wp_fingerprinter *f, const uint8_t *utf8, size_t len,
                                    unsigned features, struct wp_fingerprint *out) {
    f->count = 0;
    memset(out, 0, offsetof(struct wp_fingerprint, samples));
    WP_TRY(wp_tokenizer_run(f->tokenizer, utf8, len, &f->tokens));
    const struct wp_tokens *tokens = &f->tokens;
    out->width = (uint16_t)wp_scheme_width(tokens->count, tokens->alone);
    out->tokens = (uint32_t)tokens->count;
    size_t count = tokens->count < out->width ? 0 : tokens->count - out->width + 1;
    WP_TRY(make_room(f, count));
    f->count = count;
    out->shingles = (uint32_t)count;
    out->exact = f->kernel->exact(tokens->text, tokens->text_len);
    f->kernel->hash(tokens, out->width, count, f->hashes, f->scratch);
    if (features & WP_FEATURE_SAMPLES) take_samples(f, out);
    if (features & WP_FEATURE_SKETCH) f->kernel->sketch(f->hashes, count, out->sketch);
    if (features & WP_FEATURE_SIMHASH) out->simhash = wp_simhash(tokens);
    if (features & WP_FEATURE_NUMBERS) take_numbers(tokens, out);
    return WP_OK;
}

const uint64_t *wp_fingerprinter_shingles(const struct wp_fingerprinter *f, size_t *count) {
    *count = f->count;
    return f->hashes;
}

const struct wp_tokens *wp_fingerprinter_tokens(const struct wp_fingerprinter *f) {
    return &f->tokens;
}

struct wp_tokenizer *wp_fingerprinter_tokenizer(struct wp_fingerprinter *f) {
    return f->tokenizer;
}
