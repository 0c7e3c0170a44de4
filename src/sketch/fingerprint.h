/*
 * fingerprint.h - one text to its fingerprint: the hot path from end to end.
 *
 *     text -> wp_tokenizer -> tokens -> span hashes -> exact, samples, sketch, simhash, numbers
 *
 * Everything is settled by the scheme (scheme.h, SKETCH.md); kernels change the speed only.
 */
#ifndef WP_SKETCH_FINGERPRINT_H
#define WP_SKETCH_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"
#include "sketch/scheme.h"
#include "text/tokens.h"
#include "wireprint.h"

/* Parts that are made when asked for; exact hash, token and shingle counts always are. */
enum wp_feature {
    WP_FEATURE_SAMPLES = 1,
    WP_FEATURE_SKETCH = 2,
    WP_FEATURE_SIMHASH = 4,
    WP_FEATURE_NUMBERS = 8,
    WP_FEATURE_ALL = 15,
};

/* What one text looks like. Parts not asked for are zero. No pointers: may be copied. */
struct wp_fingerprint {
    struct wp_hash128 exact; /* of the folded text */
    struct wp_hash128 simhash;
    uint32_t tokens;
    uint32_t shingles;     /* positions, repetitions counted: tokens - width + 1, or 0 */
    uint8_t width;         /* tokens of a shingle: 5 or 8 */
    uint8_t features;      /* enum wp_feature: which parts were made */
    uint16_t sample_count; /* samples[0..sample_count), ascending, distinct */
    uint16_t number_count; /* numbers[0..number_count), ascending, zeros behind */
    uint16_t number_total; /* distinct numbers in the text, 65535 when more */
    uint32_t numbers[WP_NUMBERS_MAX];
    uint8_t sketch[WP_SKETCH_BINS];
    uint64_t samples[WP_SAMPLES_MAX];
};

/* Holds all scratch; one per thread. The processor's level is chosen when it is made. */
struct wp_fingerprinter;

/* WP_ENOMEM. */
enum wp_status wp_fingerprinter_new(struct wp_fingerprinter **out);
void wp_fingerprinter_free(struct wp_fingerprinter *f);

/* Fills *out from a text (see tokens.h for what is taken). features: enum wp_feature or-ed. *out is written
 * only on success, all of it but samples behind sample_count. WP_ETOOBIG, WP_ENOMEM; the handle stays usable.
 */
enum wp_status wp_fingerprinter_run(struct wp_fingerprinter *f, const uint8_t *utf8, size_t len,
                                    unsigned features, struct wp_fingerprint *out);

/* Borrowed views of the last successful run, until the next. Shingle hashes are in text order, one for each
 * position. */
const struct wp_tokens *wp_fingerprinter_tokens(const struct wp_fingerprinter *f);
/* For the slower walk with places in the original text (wp_tokens_with_offsets); ends the views above. */
struct wp_tokenizer *wp_fingerprinter_tokenizer(struct wp_fingerprinter *f);
const uint64_t *wp_fingerprinter_shingles(const struct wp_fingerprinter *f, size_t *count);

#endif
