/*
 * walk.h - new text out of a base: a walk that jumps from article to article at equal words.
 *
 * A text is made from a topic: a few base articles chosen at random. The walk copies words from one of them
 * until, after two or more, it has copied one of the base's frequent words; there it jumps to the same word
 * in another article of the topic and goes on behind it, inside a quotation only to inside one. Where four
 * words have passed without such a word it jumps anyway. So
 *   - every pair of neighbouring words, and most triples, are ones the base has: the text compresses like it,
 *     has its word lengths, its marks, its paragraphs and quotations;
 *   - names come back within a text, as they do in an article, because a topic is small;
 *   - hardly any run of five words is one the base has, and two texts share one only when both visit the
 *     same places of the same two articles: a million texts from a base of 23,000 stay strangers.
 * Figures are changed by a digit table of the topic, years excepted.
 */
#ifndef WP_GEN_WALK_H
#define WP_GEN_WALK_H

#include "gen/base.h"
#include "gen/random.h"

#define WP_GEN_SOURCES 8
#define WP_GEN_TEXT_MAX ((size_t)1 << 20) /* bytes of one generated text, furniture included */

struct wp_gen_topic {
    struct wp_gen_article source[WP_GEN_SOURCES]; /* all different */
    uint32_t index[WP_GEN_SOURCES];
    uint8_t digit[10];
};

/* Chooses a topic and fetches its articles into the cache. */
void wp_gen_topic_pick(struct wp_gen_topic *topic, const struct wp_gen_base *base, struct wp_random *r);

/* Appends a text of about `words` words that begins as an article begins and ends with a paragraph or, beyond
 * five quarters of the words, with a sentence. No white space at its ends. WP_ENOMEM, WP_ETOOBIG. */
enum wp_status wp_gen_walk(const struct wp_gen_topic *topic, struct wp_random *r, uint32_t words,
                           struct wp_buffer *out);

/* The same, beginning with any sentence of any article of the topic. */
enum wp_status wp_gen_walk_more(const struct wp_gen_topic *topic, struct wp_random *r, uint32_t words,
                                struct wp_buffer *out);

/* Appends a headline: the beginning of one base title and the end of another. */
enum wp_status wp_gen_title(const struct wp_gen_base *base, struct wp_random *r, struct wp_buffer *out);

#endif
