/* look.c - see look.h. */
#include "engine/look.h"

enum wp_status wp_look_take(struct wp_fingerprinter *printer, const struct wp_look_wants *wants,
                            const uint8_t *text, size_t len, struct wp_fingerprint *print,
                            struct wp_look *out) {
    *out = (struct wp_look){0};
    if (wants->agencies) /* before the fingerprint, whose views it would end */
        WP_TRY(wp_wire_find(wants->agencies, wp_fingerprinter_tokenizer(printer), text, len, &out->wire));
    WP_TRY(wp_fingerprinter_run(printer, text, len, wants->features, print));
    if (wants->agencies) wp_figures_take(&out->figures, wp_fingerprinter_tokens(printer));
    return WP_OK;
}
