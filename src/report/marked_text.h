/*
 * marked_text.h - one text of a pair with its shared passages marked.
 */
#ifndef WP_REPORT_MARKED_TEXT_H
#define WP_REPORT_MARKED_TEXT_H

#include "report/compare.h"

struct wp_marking {
    bool color;            /* escape sequences, else [[1: ...]] and {{...}} */
    size_t unshared_bytes; /* unshared parts longer than this are cut to their ends; SIZE_MAX = never */
};

/* Appends the text of one side, A when side_a. Every passage's number, from 1, stands at its beginning; where
 * passages lie in each other the lowest is marked and the others' numbers stand beside it. Furniture that was
 * taken out is dim, or stands in {{...}}, and cuts the passages that reach into it. What is no valid
 * UTF-8 and what controls a terminal is shown as U+FFFD. WP_ENOMEM. */
enum wp_status wp_marked_text(const struct wp_pair *pair, bool side_a, const struct wp_marking *marking,
                              struct wp_buffer *out);

/* Appends text as it may be shown on a terminal (line ends and tabs stay). WP_ENOMEM. */
enum wp_status wp_shown_text(const uint8_t *text, size_t len, struct wp_buffer *out);

#endif
