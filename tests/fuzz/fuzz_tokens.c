/*
 * fuzz_tokens.c - any bytes as a text: every level makes the tokens that the definition makes, with and
 * without offsets, and every level's shingles are those of xxHash.
 */
#include <stdio.h>

#include "sketch/shingle.h"
#include "support/slow_tokens.h"
#include "text/tokens.h"

enum { LEVELS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct wp_tokenizer *tokenizer(int level) {
    static const char *const names[LEVELS] = {"portable", "avx2", "avx512"};
    static struct wp_tokenizer *made[LEVELS];
    if (!made[level]) {
        setenv("WIREPRINT_CPU", names[level], 1);
        slow_require(wp_tokenizer_new(&made[level]) == WP_OK);
    }
    return made[level];
}

static void compare(const struct wp_tokens *t, const struct slow_tokens *want) {
    slow_require(t->count == want->count && t->alone == want->alone);
    slow_require(t->text_len == (want->len ? want->len - 1 : 0) && t->starts[t->count] == want->len);
    slow_require(memcmp(t->text, want->text, want->len) == 0);
    for (size_t i = 0; i < t->count; i++) slow_require(i == 0 || want->text[t->starts[i] - 1] == ' ');
    for (size_t i = 0; i < t->count; i++) slow_require(t->starts[i] < t->starts[i + 1]);
}

static void compare_hashes(const struct wp_tokens *t, enum wp_cpu level) {
    unsigned width = wp_scheme_width(t->count, t->alone);
    if (t->count < width) return;
    size_t count = t->count - width + 1;
    uint64_t *hashes = malloc((count + WP_SHINGLE_SLACK) * sizeof *hashes);
    slow_require(hashes != NULL);
    wp_shingle_kernel(level)->hash(t, width, count, hashes);
    for (size_t i = 0; i < count; i++)
        slow_require(hashes[i] == wp_hash64(t->text + t->starts[i], t->starts[i + width] - t->starts[i] - 1));
    free(hashes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct slow_tokens want = slow_tokens(data, size);
    struct wp_tokens t;
    const struct wp_source_range *ranges;
    for (int level = 0; level < LEVELS; level++) {
        struct wp_tokenizer *k = tokenizer(level);
        slow_require(wp_tokenizer_run(k, data, size, &t) == WP_OK);
        compare(&t, &want);
        compare_hashes(&t, wp_tokenizer_cpu(k));
    }
    slow_require(wp_tokens_with_offsets(tokenizer(0), data, size, &t, &ranges) == WP_OK);
    compare(&t, &want);
    for (size_t i = 0; i < t.count; i++)
        slow_require(ranges[i].begin < ranges[i].end && ranges[i].end <= size);
    free(want.text);
    return 0;
}
