/*
 * change.h - what an outlet does to a text it reprints.
 *
 * A reprint is drawn first (which changes, see mix.h), then made; when less than WP_GEN_KEPT_MIN of the
 * shorter text's words would be the parent's it is made again with fewer own words, so that whatever the
 * truth calls a copy is one. The text taken and given is the article without furniture.
 */
#ifndef WP_GEN_CHANGE_H
#define WP_GEN_CHANGE_H

#include "gen/mix.h"
#include "gen/outlet.h"
#include "gen/parts.h"
#include "gen/walk.h"

#define WP_GEN_KEPT_MIN 640 /* per thousand of the shorter text's words */

/* What was done, for the truth. */
struct wp_gen_note {
    uint32_t changes; /* bit 1 << WP_GEN_MIX_x */
    uint32_t cut;     /* per thousand of the parent's words left by the cut; when CUT is among the changes */
    uint32_t kept;    /* per thousand of the shorter text's words that are the parent's, unchanged */
};

/* Scratch of one thread. */
struct wp_gen_changer {
    struct wp_gen_parts parts;
    struct wp_buffer spare; /* new paragraphs; never moves while parts point into it */
};

/* WP_ENOMEM. */
enum wp_status wp_gen_changer_init(struct wp_gen_changer *c);
void wp_gen_changer_release(struct wp_gen_changer *c);

/* A reprint of `parent` for scene->outlet, appended to out. The topic gives new paragraphs their words. */
struct wp_gen_reprint {
    const uint8_t *parent;
    size_t parent_bytes;
    const struct wp_gen_topic *topic;
    const struct wp_gen_scene *scene;
    const struct wp_gen_mix *mix;
};
enum wp_status wp_gen_change_reprint(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     struct wp_buffer *out, struct wp_gen_note *note);

/* A later version by the same outlet: paragraphs added, now and then a figure corrected. */
enum wp_status wp_gen_change_update(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                    struct wp_buffer *out, struct wp_gen_note *note);

/* A text of the outlet's own that holds a passage of the parent: a brief when the parent is long, else a
 * longer article that quotes a paragraph. note->kept is of the new text's words. */
enum wp_status wp_gen_change_excerpt(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     struct wp_buffer *out, struct wp_gen_note *note);

/* Appends a passage of at most `words` words (whole parts) from the parent's beginning or middle. */
enum wp_status wp_gen_change_passage(struct wp_gen_changer *c, const struct wp_gen_reprint *reprint,
                                     uint32_t words, struct wp_buffer *out);

/* Rewrites the marks in out[from..len): curly quotes and dashes to ASCII, or the other way. */
enum wp_status wp_gen_marks(enum wp_gen_marks marks, struct wp_buffer *out, size_t from,
                            struct wp_buffer *scratch);

#endif
