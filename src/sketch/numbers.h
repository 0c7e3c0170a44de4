/*
 * numbers.h - the numbers of a text: templates differ in them and in little else.
 *
 * A number is a token whose first code point is a decimal digit (general category Nd), identified by the low
 * 32 bits of its XXH3-64.
 */
#ifndef WP_SKETCH_NUMBERS_H
#define WP_SKETCH_NUMBERS_H

#include "text/tokens.h"

/* Fills lowest[16] with the lowest distinct identities, ascending, zeros behind them; returns how many
 * distinct there are, 65535 when more. scratch has room for 2 * tokens->count. */
uint16_t wp_numbers_find(const struct wp_tokens *tokens, uint64_t *scratch, uint32_t *lowest);

#endif
