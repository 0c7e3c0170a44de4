/*
 * look.h - what is seen of a text when it is taken in: its fingerprint, and what the story rule reads
 * besides.
 *
 * The batch run looks at every article once, a comparison of two texts at both: by the same function, so that
 * `wireprint explain` judges by what the run has seen.
 */
#ifndef WP_ENGINE_LOOK_H
#define WP_ENGINE_LOOK_H

#include "engine/wire.h"
#include "sketch/figures.h"
#include "sketch/fingerprint.h"

struct wp_look_wants {
    const struct wp_agency_table
        *agencies;     /* the story rule's; NULL for another rule, which reads words only */
    unsigned features; /* enum wp_feature, or-ed */
};

/* What the story rule reads; all zero for another. */
struct wp_look {
    struct wp_wire wire;
    struct wp_figures figures;
};

/* Fills *print and *out; leaves the printer's views of the text. WP_ETOOBIG, WP_ENOMEM. */
enum wp_status wp_look_take(struct wp_fingerprinter *printer, const struct wp_look_wants *wants,
                            const uint8_t *text, size_t len, struct wp_fingerprint *print,
                            struct wp_look *out);

#endif
