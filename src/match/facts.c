/* facts.c - see facts.h. */
#include "match/facts.h"

#include <stddef.h>
#include "sketch/simhash.h"

struct wp_pair_facts wp_pair_facts_of(const struct wp_article_facts *a, const struct wp_article_facts *b) {
    struct wp_pair_facts facts = {.same_owner = a->owner && a->owner == b->owner,
                                  .same_tokens = a->tokens && a->tokens == b->tokens &&
                                                 wp_hash128_equal(a->exact, b->exact)};
    if (a->date != WP_DATE_UNKNOWN && b->date != WP_DATE_UNKNOWN)
        facts.seconds_apart = a->date < b->date ? b->date - a->date : a->date - b->date;
    if (a->figures && b->figures) facts.figures = wp_figures_compare(a->figures, b->figures);
    if (a->simhash && b->simhash) facts.simhash_distance = wp_simhash_distance(*a->simhash, *b->simhash);
    return facts;
}
