/*
 * page.h - a text as its outlet shows it: furniture around it, then JSON around that.
 */
#ifndef WP_GEN_PAGE_H
#define WP_GEN_PAGE_H

#include "gen/article.h"

/* Appends one line of JSON for m->title and m->text. `shown` is the version whose outlet's furniture stands
 * around it, `self` the article that the record is of; they differ when the page is an exact copy. */
enum wp_status wp_gen_page(struct wp_gen_maker *m, const struct wp_gen_node *shown,
                           const struct wp_gen_node *self, struct wp_buffer *out);

#endif
