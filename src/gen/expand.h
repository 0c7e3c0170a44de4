/*
 * expand.h - sentences with gaps: "By {a}, {c}" and what fills them.
 *
 * Furniture, templates and the built-in articles are written as patterns. `{x}` is a gap named by one letter;
 * braces do not occur otherwise.
 */
#ifndef WP_GEN_EXPAND_H
#define WP_GEN_EXPAND_H

#include "base/memory.h"

struct wp_gen_gaps {
    /* Appends what stands for gap `letter`. */
    enum wp_status (*fill)(void *self, char letter, struct wp_buffer *out);
    void *self;
};

/* Appends the pattern with its gaps filled. */
enum wp_status wp_gen_expand(const char *pattern, const struct wp_gen_gaps *gaps, struct wp_buffer *out);

/* Appends a string that ends in NUL. */
enum wp_status wp_gen_put(struct wp_buffer *out, const char *text);

/* Appends a number, with zeros in front up to `digits` digits. */
enum wp_status wp_gen_put_number(struct wp_buffer *out, uint64_t number, unsigned digits);

#endif
