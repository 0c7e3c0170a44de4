/*
 * words.h - the vocabulary of the built-in base: word lists and sentences with gaps.
 *
 * Lists are ordered from frequent to rare as they are drawn; builtin.c draws skewed towards the front, so
 * that frequencies fall as in a language.
 */
#ifndef WP_GEN_WORDS_H
#define WP_GEN_WORDS_H

#include <stddef.h>
#include <stdint.h>

struct wp_gen_words_list {
    const char *const *item;
    uint32_t count;
};

/* What a gap in a sentence stands for, by its letter; an empty list for a letter that builtin.c fills itself
 * (people, places, dates, figures) or that means nothing. Items may have gaps. */
struct wp_gen_words_list wp_gen_words_of(char letter);

/* First sentences, further sentences, and headlines. */
struct wp_gen_words_list wp_gen_words_leads(void);
struct wp_gen_words_list wp_gen_words_sentences(void);
struct wp_gen_words_list wp_gen_words_headlines(void);

#endif
