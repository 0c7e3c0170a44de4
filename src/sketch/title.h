/*
 * title.h - what an article says it is about: a few words of its title.
 *
 * Two articles of one outlet that share a passage tell the same story if their titles speak of the same, and
 * if their titles have nothing in common the passage is the site's own. So a title is kept as the hashes of
 * eight of its words, enough to see whether two of them are alike. Words of fewer than four bytes and numbers
 * say nothing; in scripts without spaces two neighbouring characters make a word.
 *
 * Where there is no title the last part of the url that has words stands for it, and without that the first
 * words of the text.
 */
#ifndef WP_SKETCH_TITLE_H
#define WP_SKETCH_TITLE_H

#include <stdbool.h>
#include "text/tokens.h"

enum {
    WP_TITLE_WORDS = 8,
    WP_TITLE_BYTES_MAX = 1024,    /* of a title that are looked at */
    WP_TITLE_FIRST_TOKENS = 12,   /* of a text that stand for a title */
    WP_TITLE_SPOKEN_TOKENS = 200, /* a longer text is taken to speak of its title */
};

/* The lowest hashes of its words, ascending and distinct, zeros behind. All zero: not known. */
struct wp_title {
    uint16_t words[WP_TITLE_WORDS];
};

/* The words among tokens [0, count) of a title, a url or a text. */
void wp_title_take(struct wp_title *title, const struct wp_tokens *tokens, size_t count);
/* The part of a url that may stand for a title: the last one of its path with eight letters or more, up to
 * '?' or '#'. *len is 0 when there is none. */
const uint8_t *wp_title_in_url(const uint8_t *url, size_t url_len, size_t *len);

static inline bool wp_title_known(const struct wp_title *t) {
    return t->words[0] != 0;
}

/* Have two known titles at least a third of the shorter one's words in common? */
bool wp_titles_alike(const struct wp_title *a, const struct wp_title *b);
/* Do at least a third of the title's words stand in the text? True for a title that is not known and for a
 * text of more than WP_TITLE_SPOKEN_TOKENS. */
bool wp_title_spoken(const struct wp_title *title, const struct wp_tokens *text);

/* Of titles that come one after the other, those that have nothing in common. Zero-initialised is empty. */
enum { WP_TITLES_APART_MAX = 6 };
struct wp_titles_apart {
    struct wp_title items[WP_TITLES_APART_MAX];
    unsigned count;
};
/* Takes a title in if it is known and like none of those before; true when it was taken. Not when full. */
bool wp_titles_apart_add(struct wp_titles_apart *apart, const struct wp_title *title);

#endif
