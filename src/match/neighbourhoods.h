/*
 * neighbourhoods.h - which articles are worth having at hand together, because they are to be compared.
 *
 * Pairs join articles to neighbourhoods of up to WP_NEIGHBOURHOOD_MAX. What a chain of pairs connects would
 * be one neighbourhood without that bound: text that is told again and again connects an eighth of a dump of
 * a million. Who takes the pairs neighbourhood by neighbourhood fetches far fewer texts again. How large a
 * neighbourhood comes to be depends on the order of the pairs, and so does nothing else.
 */
#ifndef WP_MATCH_NEIGHBOURHOODS_H
#define WP_MATCH_NEIGHBOURHOODS_H

#include <pthread.h>
#include "match/candidates.h"

enum { WP_NEIGHBOURHOOD_MAX = 255 };

struct wp_neighbourhoods {
    pthread_mutex_t lock; /* guards the rest while pairs join */
    uint32_t *down;       /* by rank: so far below it stands an earlier article of the same; 0 = the first */
    uint8_t *others;      /* by rank of the first: how many more there are */
};

/* Each article for itself. WP_ENOMEM; to be released in any case. */
enum wp_status wp_neighbourhoods_init(struct wp_neighbourhoods *n, uint64_t articles);
/* Zero-initialised may be released. */
void wp_neighbourhoods_release(struct wp_neighbourhoods *n);
/* Joins the articles of each pair, unless they are too many together. Any thread. */
void wp_neighbourhoods_join(struct wp_neighbourhoods *n, const struct wp_candidate *pairs, size_t count);
/* The first article of the neighbourhood, which tells it from others. Any thread, after joining. */
uint32_t wp_neighbourhood_of(const struct wp_neighbourhoods *n, uint32_t rank);

#endif
