/*
 * facts.h - what is known of articles and pairs besides their words.
 *
 * The batch run, the index and the comparison of two texts each keep this in their own way; they all make a
 * pair's facts of it here, so that the same two articles are judged alike wherever they meet.
 */
#ifndef WP_MATCH_FACTS_H
#define WP_MATCH_FACTS_H

#include <stdbool.h>
#include "base/hash.h"
#include "sketch/figures.h"

#define WP_DATE_UNKNOWN INT64_MIN

/* Of one article. Borrows. */
struct wp_article_facts {
    struct wp_hash128 exact; /* of its tokens */
    uint32_t tokens;
    uint32_t owner;                   /* hash of the owner's name; 0 = none */
    int64_t date;                     /* seconds since 1970, WP_DATE_UNKNOWN */
    const struct wp_figures *figures; /* NULL: not known */
    const struct wp_hash128 *simhash; /* likewise */
};

/* Of two. */
struct wp_pair_facts {
    bool same_owner;                  /* false when either has none */
    bool same_tokens;                 /* by their exact hashes; two texts without a word are not the same */
    struct wp_figures_shared figures; /* zero: not known */
    int64_t seconds_apart;            /* between their dates; 0 = not known */
    uint32_t simhash_distance;        /* bits, 0 to 128; 0: not known */
};

/* Neither order of the two changes the answer. */
struct wp_pair_facts wp_pair_facts_of(const struct wp_article_facts *a, const struct wp_article_facts *b);

#endif
