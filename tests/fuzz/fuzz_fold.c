/*
 * fuzz_fold.c - any bytes through the tokenizer and the fingerprinter: every kernel level makes the same
 * tokens, the tokens keep their contract, and the fingerprint has its bounds.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sketch/fingerprint.h"
#include "text/tokens.h"

enum { LEVELS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth) {
    if (!truth) abort();
}

/* Handles for all levels, made at the first input and kept. */
static struct wp_tokenizer *tokenizer(int level) {
    static const char *const names[LEVELS] = {"portable", "avx2", "avx512"};
    static struct wp_tokenizer *made[LEVELS];
    if (!made[level]) {
        setenv("WIREPRINT_CPU", names[level], 1);
        require(wp_tokenizer_new(&made[level]) == WP_OK);
    }
    return made[level];
}

static void require_sound(const struct wp_tokens *t) {
    require(t->alone <= t->count);
    require(t->starts[t->count] == (t->count ? t->text_len + 1 : 0));
    for (size_t i = 0; i < t->count; i++) {
        require(t->starts[i] < t->starts[i + 1] - 1);
        require(t->text[t->starts[i + 1] - 1] == ' ');
        require(!memchr(t->text + t->starts[i], ' ', t->starts[i + 1] - 1 - t->starts[i]));
    }
}

static void require_equal(const struct wp_tokens *a, const struct wp_tokens *b) {
    require(a->count == b->count && a->alone == b->alone && a->text_len == b->text_len);
    require(memcmp(a->text, b->text, a->text_len) == 0);
    require(memcmp(a->starts, b->starts, (a->count + 1) * sizeof *a->starts) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    /* A copy of just this size: a byte read before or behind it is found out. */
    uint8_t *text = malloc(size ? size : 1);
    require(text != NULL);
    if (size) memcpy(text, data, size);
    struct wp_tokens t[LEVELS];
    for (int k = 0; k < LEVELS; k++) {
        require(wp_tokenizer_run(tokenizer(k), text, size, &t[k]) == WP_OK);
        require_sound(&t[k]);
        if (k) require_equal(&t[0], &t[k]);
    }
    struct wp_tokens again;
    const struct wp_source_range *range;
    require(wp_tokens_with_offsets(tokenizer(1), text, size, &again, &range) == WP_OK);
    require_equal(&t[0], &again);
    for (size_t i = 0; i < again.count; i++) require(range[i].begin < range[i].end && range[i].end <= size);
    struct wp_fingerprinter *f;
    struct wp_fingerprint p;
    require(wp_fingerprinter_new(&f) == WP_OK);
    require(wp_fingerprinter_run(f, text, size, WP_FEATURE_ALL, &p) == WP_OK);
    require(p.tokens == t[0].count && p.sample_count <= WP_SAMPLES_MAX);
    for (unsigned i = 1; i < p.sample_count; i++) require(p.samples[i - 1] < p.samples[i]);
    wp_fingerprinter_free(f);
    free(text);
    return 0;
}
