/*
 * token.h - a rough cut of UTF-8 text into words, for making text (src/text has the exact one, for reading
 * it).
 *
 * A word is a run of ASCII letters and digits and of everything beyond ASCII that is no punctuation; Han and
 * kana characters are words by themselves. Rough is enough here: a word cut wrongly only moves the places
 * where a walk may jump.
 */
#ifndef WP_GEN_TOKEN_H
#define WP_GEN_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wp_gen_char { WP_GEN_SEPARATOR, WP_GEN_LETTER, WP_GEN_ALONE };

static inline bool wp_gen_ascii_word(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* The kind of the character at p and its length in bytes (1 for a broken one). `end` > p. */
static inline enum wp_gen_char wp_gen_char_at(const uint8_t *p, const uint8_t *end, size_t *len) {
    uint8_t c = *p;
    *len = 1;
    if (c < 0x80) return wp_gen_ascii_word(c) ? WP_GEN_LETTER : WP_GEN_SEPARATOR;
    size_t want = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (c < 0xc0 || (size_t)(end - p) < want) return WP_GEN_SEPARATOR;
    *len = want;
    if (c == 0xc2) return WP_GEN_SEPARATOR;                                /* Latin-1 signs */
    if (c == 0xe2 && p[1] < 0xb0) return WP_GEN_SEPARATOR;                 /* punctuation, symbols */
    if (c == 0xe3 && p[1] == 0x80) return WP_GEN_SEPARATOR;                /* CJK punctuation */
    if (c == 0xef && p[1] == 0xbc && p[2] < 0x90) return WP_GEN_SEPARATOR; /* full-width punctuation */
    return c >= 0xe3 && c <= 0xe9 ? WP_GEN_ALONE : WP_GEN_LETTER;
}

/* The end of the word that begins at p (which is no separator). */
static inline const uint8_t *wp_gen_word_end(const uint8_t *p, const uint8_t *end) {
    size_t len;
    if (wp_gen_char_at(p, end, &len) == WP_GEN_ALONE) return p + len;
    while (p < end && wp_gen_char_at(p, end, &len) == WP_GEN_LETTER) p += len;
    return p;
}

/* The next word at p or behind it; `end` when there is none. */
static inline const uint8_t *wp_gen_word_next(const uint8_t *p, const uint8_t *end) {
    size_t len;
    while (p < end && wp_gen_char_at(p, end, &len) == WP_GEN_SEPARATOR) p += len;
    return p;
}

static inline uint32_t wp_gen_words(const uint8_t *p, size_t bytes) {
    const uint8_t *end = p + bytes;
    uint32_t words = 0;
    for (p = wp_gen_word_next(p, end); p < end; p = wp_gen_word_next(wp_gen_word_end(p, end), end)) words++;
    return words;
}

#endif
