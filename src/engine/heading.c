/* heading.c - see heading.h. */
#include "engine/heading.h"

enum wp_status wp_heading_read(const struct wp_record *record, struct wp_tokenizer *tokenizer,
                               struct wp_title *title) {
    const uint8_t *words = record->title;
    size_t len = record->title_len;
    struct wp_tokens tokens;
    *title = (struct wp_title){0};
    if (!len && record->url_len) words = wp_title_in_url(record->url, record->url_len, &len);
    if (!len) return WP_OK;
    if (len > WP_TITLE_BYTES_MAX) len = WP_TITLE_BYTES_MAX;
    WP_TRY(wp_tokenizer_run(tokenizer, words, len, &tokens));
    wp_title_take(title, &tokens, tokens.count);
    return WP_OK;
}
