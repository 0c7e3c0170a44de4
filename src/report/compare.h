/*
 * compare.h - two texts side by side: tokens with their places, overlap, passages, facts, relation.
 *
 * What wp_compare and wp_passages of the public header and `wireprint explain` stand on. What is known of the
 * two besides their words (owners, dates, furniture, agencies) is given; of that and of the texts the same is
 * made, by the same functions, as the batch run makes of it, so that a pair is judged as a run over a dump
 * with both would judge it. Unlike the run, which keeps 40 bits of each shingle's hash, this compares by 63.
 */
#ifndef WP_REPORT_COMPARE_H
#define WP_REPORT_COMPARE_H

#include "engine/look.h"
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
    struct wp_mask mask;     /* what was taken out; no tokens where nothing was looked for */
    struct wp_look look;
    struct wp_fingerprint print;
};

struct wp_pair {
    struct wp_side a, b;
    struct wp_rule rule;
    struct wp_overlap overlap; /* with the longest run */
    struct wp_token_passages passages;
    struct wp_pair_facts facts;
    uint32_t meetings; /* sampled shingles that both have, without furniture */
    bool candidate;    /* would a run compare them, by these? Most likely so: of what is furniture it knows
                        * less when it asks, and spans that very many articles have count less (hits.h) */
};

/* A text and what is known of it. */
struct wp_pair_text {
    const uint8_t *text; /* must stay while the pair is used */
    size_t len;
    uint32_t owner; /* wp_owner_number, 0 = not known */
    int64_t date;   /* seconds since 1970, WP_DATE_UNKNOWN */
};

/* What both are compared by, as settings of a run. Furniture and agencies are of the story rule: another one
 * speaks of all words, and they are not looked at. */
struct wp_pair_settings {
    struct wp_rule rule;
    const struct wp_furniture *furniture;   /* NULL: none is known */
    const struct wp_agency_table *agencies; /* NULL: agency lines count as text, and figures are not known */
};

/* Compares two texts. WP_ETOOBIG (2 GiB, or 2^25 words), WP_ENOMEM. Release in any case. */
enum wp_status wp_pair_make(struct wp_pair *pair, const struct wp_pair_text *a, const struct wp_pair_text *b,
                            const struct wp_pair_settings *settings);
/* The same of the bare texts, all of whose words count; judged by the rule "exact". */
enum wp_status wp_pair_make_whole(struct wp_pair *pair, const uint8_t *text_a, size_t len_a,
                                  const uint8_t *text_b, size_t len_b);
void wp_pair_release(struct wp_pair *pair);

/* What the two are to each other, by the rule. */
enum wp_relation wp_pair_relation(const struct wp_pair *pair);

/* Is a token of the text furniture, or of an agency's line? */
static inline bool wp_side_is_beside(const struct wp_side *side, uint32_t token) {
    return side->stream.mask && side->mask.tokens[token];
}

/* The bytes of a run of tokens, from the first one's begin to the last one's end. */
struct wp_source_range wp_side_bytes(const struct wp_side *side, uint32_t first, uint32_t tokens);

#endif
