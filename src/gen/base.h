/*
 * base.h - the text that generated articles are made from: real articles or the built-in ones.
 *
 * A base is read once, cut into tokens and indexed for walking (see walk.h). One article lies in one piece of
 * memory, so that the half dozen articles a walk visits stay in the first two caches:
 *
 *     article   first[keys+1]   where the jumps of each key begin in jump[]          uint16
 *               jump[jumps]     tokens that have a key, by key, then by place        uint16
 *               start[tokens+1] where each token begins in text                      uint16
 *               key[tokens]     1 + key, or 0                                        uint8
 *               text            the bytes
 *
 * A token is a word with everything behind it up to the next word. It has a key when the word is one of the
 * most frequent of the base and only a space follows; the key says which word it is and whether it stands
 * inside a quotation, so that a walk from key to equal key keeps the sentence and the quotation marks whole.
 *
 * Paragraphs that stood in the base before are left out when it is read: what a site repeats, and reprints,
 * would make generated articles copies of each other that no truth knows of.
 */
#ifndef WP_GEN_BASE_H
#define WP_GEN_BASE_H

#include "base/memory.h"

#define WP_GEN_BASE_TEXT_MAX                                                                                 \
    ((size_t)256 << 20) /* bytes of base text that are used; the rest is not read                            \
                         */
#define WP_GEN_BASE_TITLES_MAX ((size_t)32 << 20)
#define WP_GEN_ARTICLE_MAX 60000 /* bytes of one base article that are used; offsets are 16 bits */
#define WP_GEN_BASE_PADDING 32   /* readable bytes behind every text */
#define WP_GEN_WORDS_MIN 40      /* base articles with fewer words are left out */
#define WP_GEN_KEY_WORDS 120     /* frequent words at which a walk may jump; twice as many keys */
#define WP_GEN_KEYS (2 * WP_GEN_KEY_WORDS)

/* One article, ready for walking; points into the base. */
struct wp_gen_article {
    const uint16_t *first, *jump, *start;
    const uint8_t *key, *text;
    uint32_t tokens, jumps, bytes;
};

/* Where an article lies in the packed bytes, and its sizes. */
struct wp_gen_place {
    size_t at;
    uint32_t tokens, jumps, bytes;
};

struct wp_gen_base {
    struct wp_buffer text;   /* while reading: kept paragraphs of all articles */
    struct wp_buffer titles; /* one after the other */
    uint32_t *text_end, *title_end;
    size_t count, cap, titles_cap; /* articles read */
    uint64_t *seen;                /* open table of paragraph hashes; 0 = free */
    size_t seen_count, seen_cap;
    struct wp_buffer packed;    /* after wp_gen_base_finish */
    struct wp_gen_place *place; /* of each article in packed */
    size_t articles;
};

/* Adds one article (UTF-8). What is too short after the paragraphs known already have gone is left out.
 * WP_END when the base is full. */
enum wp_status wp_gen_base_add(struct wp_gen_base *base, const char *title, size_t title_len,
                               const char *text, size_t text_len);

/* Adds every record of a JSONL file, plain or compressed. Records that cannot be read are passed over. */
enum wp_status wp_gen_base_read(struct wp_gen_base *base, const char *name, struct wp_error *err);

/* Adds the built-in articles. */
enum wp_status wp_gen_base_builtin(struct wp_gen_base *base);

/* Makes the base walkable; nothing is added later, and any number of threads may then read it. WP_EINVAL when
 * there are fewer than 8 articles in it. */
enum wp_status wp_gen_base_finish(struct wp_gen_base *base, struct wp_error *err);

/* Article i below base->articles. */
struct wp_gen_article wp_gen_base_get(const struct wp_gen_base *base, size_t i);

/* Title i below base->articles; may be empty. */
const uint8_t *wp_gen_base_title(const struct wp_gen_base *base, size_t i, size_t *len);

void wp_gen_base_release(struct wp_gen_base *base);

#endif
