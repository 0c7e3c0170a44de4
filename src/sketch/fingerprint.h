/*
 * fingerprint.h - what one text looks like: exact hash, samples, sketch, SimHash, numbers.
 *
 *     text -> tokens -> shingle hashes, in order -+-> samples    the hashes under a threshold, for candidates
 *                \                                `-> sketch     256 bins of one byte, for Jaccard
 *                 +-> exact hash, SimHash over bigrams, numbers
 *
 * SKETCH.md says it exactly; scheme.h holds every parameter. A fingerprinter holds the scratch of one thread,
 * chooses its kernels when it is made, and allocates nothing from text to text.
 */
#ifndef WP_SKETCH_FINGERPRINT_H
#define WP_SKETCH_FINGERPRINT_H

#include "base/hash.h"
#include "sketch/scheme.h"
#include "text/tokens.h"

/* Parts that are made on request, because a rule that does not read them should not pay for them. The exact
 * hash, the counts and the shingles are always made. */
enum wp_feature {
    WP_FEATURE_SAMPLES = 1,
    WP_FEATURE_SKETCH = 2,
    WP_FEATURE_SIMHASH = 4,
    WP_FEATURE_NUMBERS = 8,
    WP_FEATURE_ALL = 15,
};

struct wp_fingerprint {
    struct wp_hash128 exact;
    struct wp_hash128 simhash;
    uint32_t tokens;
    uint32_t shingles; /* positions: tokens - width + 1, or 0 */
    uint16_t width;
    uint16_t sample_count, number_count;
    uint32_t numbers[WP_NUMBERS_MAX]; /* the lowest hashes of the numbers in the text, ascending */
    uint64_t samples[WP_SAMPLES_MAX]; /* ascending, distinct */
    uint8_t sketch[WP_SKETCH_BINS];
};

struct wp_fingerprinter;

/* WP_ENOMEM. One per thread. */
enum wp_status wp_fingerprinter_new(struct wp_fingerprinter **out);
void wp_fingerprinter_free(struct wp_fingerprinter *f);

/* Fills *out; parts that were not asked for are zero. utf8 need not be valid: broken bytes separate.
 * WP_ETOOBIG, WP_ENOMEM; the fingerprinter stays usable. */
enum wp_status wp_fingerprinter_run(struct wp_fingerprinter *f, const uint8_t *utf8, size_t len,
                                    unsigned features, struct wp_fingerprint *out);

/* Of the last run, borrowed until the next. */
const uint64_t *wp_fingerprinter_shingles(const struct wp_fingerprinter *f, size_t *count);
const struct wp_tokens *wp_fingerprinter_tokens(const struct wp_fingerprinter *f);
/* For the slower walk with places in the original text (wp_tokens_with_offsets). */
struct wp_tokenizer *wp_fingerprinter_tokenizer(struct wp_fingerprinter *f);

#endif
