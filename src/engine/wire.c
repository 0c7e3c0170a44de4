/* wire.c - see wire.h. */
#include "engine/wire.h"

static enum wp_status count_tokens(struct wp_tokenizer *tokenizer, const uint8_t *text, size_t len,
                                   uint8_t *count) {
    struct wp_tokens tokens;
    *count = 0;
    if (!len) return WP_OK;
    WP_TRY(wp_tokenizer_run(tokenizer, text, len, &tokens));
    *count = (uint8_t)(tokens.count < WP_WIRE_TOKENS_MAX ? tokens.count : WP_WIRE_TOKENS_MAX);
    return WP_OK;
}

enum wp_status wp_wire_find(const struct wp_agency_table *table, struct wp_tokenizer *tokenizer,
                            const uint8_t *text, size_t len, struct wp_wire *out) {
    struct wp_agency_found found;
    wp_agency_find(table, text, len, &found);
    out->agency = found.agency;
    /* Behind the tail's window there are blanks only, perhaps many. */
    size_t tail = len - found.tail_begin;
    if (tail > WP_AGENCY_TAIL_BYTES) tail = WP_AGENCY_TAIL_BYTES;
    WP_TRY(count_tokens(tokenizer, text, found.head_end, &out->head));
    return count_tokens(tokenizer, text + found.tail_begin, tail, &out->tail);
}
