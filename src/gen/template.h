/*
 * template.h - articles that are the same every day but for their figures: rates, fixtures, weather, prices.
 *
 * They are no copies of each other, however alike they look, and never belong into one story.
 */
#ifndef WP_GEN_TEMPLATE_H
#define WP_GEN_TEMPLATE_H

#include "gen/outlet.h"

#define WP_GEN_TEMPLATES 6

/* Appends issue `scene->day` of a template of the outlet; figures come from scene->r. The choice of lines
 * depends on the outlet alone. */
enum wp_status wp_gen_template_text(const struct wp_gen_scene *scene, uint32_t which, struct wp_buffer *out);
enum wp_status wp_gen_template_title(const struct wp_gen_scene *scene, uint32_t which, struct wp_buffer *out);

#endif
