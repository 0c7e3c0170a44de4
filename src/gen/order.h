/*
 * order.h - what the plan asks the makers for: one article each.
 *
 * An order holds all that is needed to make an article without any other: its line of ancestors (a copy of a
 * copy needs both) down to the first, which is made from its number alone.
 */
#ifndef WP_GEN_ORDER_H
#define WP_GEN_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#define WP_GEN_LINE_MAX 4     /* generations in a line, the first version included */
#define WP_GEN_PASSAGES_MAX 5 /* stories in a round-up */

enum wp_gen_kind {
    WP_GEN_FRESH,      /* a new text; the first of a story or of none */
    WP_GEN_REPRINT,    /* by another outlet */
    WP_GEN_EXACT,      /* the same bytes under another url */
    WP_GEN_UPDATE,     /* a later version */
    WP_GEN_EXCERPT,    /* a brief, or a text that quotes a passage */
    WP_GEN_ROUNDUP,    /* passages of several */
    WP_GEN_TEMPLATE,   /* rates, fixtures ... */
    WP_GEN_BACKGROUND, /* new, with a block that its outlet repeats */
    WP_GEN_BANNER,     /* no article at all */
};

struct wp_gen_node {
    uint64_t number; /* of the article, from 1 */
    uint32_t outlet;
    uint32_t seconds; /* within the day */
    uint32_t day;     /* since 1 January 2024 */
    enum wp_gen_kind kind;
};

struct wp_gen_order {
    struct wp_gen_node line[WP_GEN_LINE_MAX]; /* line[depth - 1] is the article itself */
    uint32_t depth;
    uint32_t which;     /* template or background block */
    uint64_t story;     /* 0 = none */
    bool last_of_story; /* no further member comes */
    uint64_t link;      /* the article an excerpt, template or background block is tied to; 0 = none */
    struct wp_gen_node passage[WP_GEN_PASSAGES_MAX]; /* FRESH articles in a round-up */
    uint32_t passages;
};

#endif
