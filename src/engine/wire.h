/*
 * wire.h - whose wire an article is, and how many tokens at its two ends say only that.
 *
 * text/agency.h answers in bytes; what is kept of an article are its tokens.
 */
#ifndef WP_ENGINE_WIRE_H
#define WP_ENGINE_WIRE_H

#include "text/agency.h"
#include "text/tokens.h"

/* Agency lines of more tokens (at one character a token it takes a long one) count as this many. */
#define WP_WIRE_TOKENS_MAX 255

struct wp_wire {
    uint16_t agency;    /* its number in the table; 0 = none named */
    uint8_t head, tail; /* tokens at the beginning and at the end that do not count */
};

/* Ends the tokenizer's last views, when it finds something. WP_ENOMEM. */
enum wp_status wp_wire_find(const struct wp_agency_table *table, struct wp_tokenizer *tokenizer,
                            const uint8_t *text, size_t len, struct wp_wire *out);

#endif
