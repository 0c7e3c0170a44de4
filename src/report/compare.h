/*
 * compare.h - two texts side by side: tokens with their places, overlap, passages, relation.
 *
 * What wp_compare and wp_passages of the public header and `wireprint explain` stand on. Unlike the batch
 * run, which keeps 40 bits of each shingle's hash, this compares by all 64.
 */
#ifndef WP_REPORT_COMPARE_H
#define WP_REPORT_COMPARE_H

#include "base/hash.h"
#include "match/relation.h"
#include "report/passages.h"
#include "text/tokens.h"

/* One text. Owns all but the text. */
struct wp_side {
    const uint8_t *text; /* borrowed */
    size_t len;
    struct wp_source_range *ranges; /* by token: bytes of the text */
    uint64_t *shingles;
    struct wp_stream stream; /* of these shingles */
    struct wp_mask mask;     /* furniture that was taken out; no tokens where none was looked for */
    struct wp_hash128 exact, simhash;
};

struct wp_pair {
    struct wp_side a, b;
    struct wp_overlap overlap; /* with the longest run */
    struct wp_token_passages passages;
    struct wp_pair_facts facts; /* same_owner is the caller's to set */
};

/* Compares two texts, which must stay while the pair is used. WP_ETOOBIG (2 GiB, or 2^25 words), WP_ENOMEM.
 * Release in any case. */
enum wp_status wp_pair_make(struct wp_pair *pair, const uint8_t *text_a, size_t len_a, const uint8_t *text_b,
                            size_t len_b);

/* A text and whose it is: wp_owner_number, 0 = not known. */
struct wp_pair_text {
    const uint8_t *text;
    size_t len;
    uint32_t owner;
};

/* The same without what is furniture of either owner or of all, as the batch run does it: nothing is taken
 * from a text without an owner. Whether both are of one owner is set too. */
enum wp_status wp_pair_make_own(struct wp_pair *pair, const struct wp_pair_text *a,
                                const struct wp_pair_text *b, const struct wp_furniture *furniture);
void wp_pair_release(struct wp_pair *pair);

/* Is a token of the text furniture? */
static inline bool wp_side_is_furniture(const struct wp_side *side, uint32_t token) {
    return side->stream.mask && side->mask.tokens[token];
}

/* The bytes of a run of tokens, from the first one's begin to the last one's end. */
struct wp_source_range wp_side_bytes(const struct wp_side *side, uint32_t first, uint32_t tokens);

#endif
