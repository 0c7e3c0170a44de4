/*
 * article.h - one order becomes one line of JSON.
 *
 * A text is made in the same steps whoever needs it: the new article and every copy of it that has to be made
 * again from it. Furniture comes last and is no part of what copies take over.
 */
#ifndef WP_GEN_ARTICLE_H
#define WP_GEN_ARTICLE_H

#include "gen/change.h"
#include "gen/order.h"

/* Constant while articles are made; shared by all threads. */
struct wp_gen_world {
    const struct wp_gen_base *base;
    const struct wp_gen_outlet *outlets;
    uint32_t outlet_count;
    uint64_t seed;
    struct wp_gen_mix mix;
};

/* Scratch of one thread. */
struct wp_gen_maker {
    const struct wp_gen_world *world;
    struct wp_gen_changer changer;
    struct wp_gen_topic topic; /* of the line's first article */
    struct wp_buffer text, parent, title, parent_title, page, scratch;
};

/* WP_ENOMEM. */
enum wp_status wp_gen_maker_init(struct wp_gen_maker *m, const struct wp_gen_world *world);
void wp_gen_maker_release(struct wp_gen_maker *m);

/* Appends the article's line, with its line feed, to out. *note tells what was done to the parent's text. */
enum wp_status wp_gen_maker_article(struct wp_gen_maker *m, const struct wp_gen_order *order,
                                    struct wp_buffer *out, struct wp_gen_note *note);

/* The id of an article: "g" and at least seven digits. */
enum wp_status wp_gen_put_id(struct wp_buffer *out, uint64_t number);

#endif
