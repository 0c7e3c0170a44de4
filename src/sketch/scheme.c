/* scheme.c - see scheme.h. */
#include "sketch/scheme.h"

#include <string.h>
#include "base/hash.h"
#include "wireprint.h"

static const char text[] = "wireprint-scheme 1\n"
                           "tokens nfkc-casefold-nfkc LNM cf-vanish u200b-split alone-scripts\n"
                           "hash xxh3 unseeded\n"
                           "shingle 5 8\n"
                           "sample 12 16 128\n"
                           "minhash oneperm 256 bin 0-7 key 8-39 value 1+(8-15)%255\n"
                           "simhash 128 width 2\n"
                           "numbers 32 16\n";

_Static_assert(WP_WIDTH_WORDS == 5 && WP_WIDTH_ALONE == 8 && WP_SAMPLE_RATE == 12 && WP_SAMPLES_MIN == 16 &&
                   WP_SAMPLES_MAX == 128 && WP_SKETCH_BINS == 256 && WP_NUMBERS_MAX == 16 &&
                   WP_SIMHASH_WIDTH == 2,
               "the text above names every parameter");

const char *wp_scheme_text(void) {
    return text;
}

uint64_t wp_scheme_id(void) {
    return wp_hash64(text, sizeof text - 1);
}
