/* neighbourhoods.c - sets of articles as trees, the earliest at the root. See neighbourhoods.h. */
#include "match/neighbourhoods.h"

enum wp_status wp_neighbourhoods_init(struct wp_neighbourhoods *n, uint64_t articles) {
    pthread_mutex_init(&n->lock, NULL);
    n->down = wp_zalloc(articles, sizeof *n->down);
    n->others = wp_zalloc(articles, sizeof *n->others);
    return n->down && n->others ? WP_OK : WP_ENOMEM;
}

void wp_neighbourhoods_release(struct wp_neighbourhoods *n) {
    if (n->down || n->others) pthread_mutex_destroy(&n->lock);
    wp_free(n->down);
    wp_free(n->others);
    *n = (struct wp_neighbourhoods){.down = NULL};
}

/* The first one, with the way there made shorter. */
static uint32_t find(struct wp_neighbourhoods *n, uint32_t rank) {
    while (n->down[rank]) {
        uint32_t next = rank - n->down[rank];
        n->down[rank] += n->down[next];
        rank -= n->down[rank];
    }
    return rank;
}

static void join(struct wp_neighbourhoods *n, uint32_t a, uint32_t b) {
    a = find(n, a);
    b = find(n, b);
    unsigned others = n->others[a] + n->others[b] + 1u;
    if (a == b || others >= WP_NEIGHBOURHOOD_MAX) return;
    uint32_t first = a < b ? a : b, second = a < b ? b : a;
    n->down[second] = second - first;
    n->others[first] = (uint8_t)others;
}

void wp_neighbourhoods_join(struct wp_neighbourhoods *n, const struct wp_candidate *pairs, size_t count) {
    pthread_mutex_lock(&n->lock);
    for (size_t i = 0; i < count; i++) join(n, pairs[i].a, pairs[i].b);
    pthread_mutex_unlock(&n->lock);
}

uint32_t wp_neighbourhood_of(const struct wp_neighbourhoods *n, uint32_t rank) {
    while (n->down[rank]) rank -= n->down[rank];
    return rank;
}
