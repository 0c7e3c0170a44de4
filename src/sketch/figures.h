/*
 * figures.h - the figures of a text: filled-in forms differ in them and in little else.
 *
 * A figure is a run of number tokens with no word between: 179,118 and 6-3/16 are one each, and so is 2.5
 * in 2.5kg. One digit alone says nothing: it agrees by chance. Of a figure 16 bits of its hash are kept, of a
 * text the 16 lowest.
 */
#ifndef WP_SKETCH_FIGURES_H
#define WP_SKETCH_FIGURES_H

#include <stdbool.h>
#include "text/tokens.h"

enum { WP_FIGURES_MAX = 16 };

struct wp_figures {
    uint16_t lowest[WP_FIGURES_MAX]; /* ascending, distinct */
    uint8_t count;
    bool more; /* there are others beyond these */
};

/* Only digits of ASCII, Arabic and Persian count. */
void wp_figures_take(struct wp_figures *figures, const struct wp_tokens *tokens);

/* How many figures two texts could have in common, and how many they have. */
struct wp_figures_shared {
    unsigned least, common; /* least: of the text that has fewer */
};

/* Where a text has more figures than are known, only those below which both are known completely count. */
struct wp_figures_shared wp_figures_compare(const struct wp_figures *a, const struct wp_figures *b);

#endif
