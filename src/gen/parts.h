/*
 * parts.h - a text taken apart into paragraphs, or into sentences where it has hardly any paragraphs.
 *
 * Parts point into the text they were cut from, or into whatever their maker wrote; joining copies them. Each
 * knows how many of its words come unchanged from the text that is being copied.
 */
#ifndef WP_GEN_PARTS_H
#define WP_GEN_PARTS_H

#include "base/memory.h"

#define WP_GEN_PARTS_MAX 400

struct wp_gen_part {
    const uint8_t *data;
    uint32_t bytes, words;
    uint32_t kept;    /* words that come from the parent */
    const char *join; /* what stands behind it when another part follows */
};

struct wp_gen_parts {
    struct wp_gen_part part[WP_GEN_PARTS_MAX + 16]; /* room for what is put in */
    uint32_t count;
};

/* Takes a text apart; what is beyond WP_GEN_PARTS_MAX parts stays one part. */
void wp_gen_parts_cut(struct wp_gen_parts *parts, const uint8_t *text, size_t bytes);

/* Puts a part in before part `at` (at most count); does nothing when there is no room. */
void wp_gen_parts_insert(struct wp_gen_parts *parts, uint32_t at, struct wp_gen_part part);
void wp_gen_parts_remove(struct wp_gen_parts *parts, uint32_t at, uint32_t count);

uint32_t wp_gen_parts_words(const struct wp_gen_parts *parts);
uint32_t wp_gen_parts_kept(const struct wp_gen_parts *parts);

enum wp_status wp_gen_parts_join(const struct wp_gen_parts *parts, struct wp_buffer *out);

#endif
