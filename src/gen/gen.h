/*
 * gen.h - a dump of any size with its truth.
 *
 *     base (files or built in) -> index
 *     plan -> orders -> makers (threads) -> blocks -> dump, in order
 *                                                 \-> truth
 *
 * What comes out depends on the base's text and on the settings, never on the machine, the number of threads
 * or the clock. Memory: the base (about 2.5 times its text while it is indexed, 1.7 times after), a few
 * blocks, and the stories of five days; not the dump.
 *
 * Texts are made by walks through the base (walk.h) and not, say, by repeating base articles or by swapping
 * their words: repeated articles would be copies that the truth does not know; swapped words destroy the
 * neighbourhood of words, and with it what a compressor finds. Copies are made from the text they copy, which
 * is made again from its number, so that nothing of the dump needs to be kept.
 */
#ifndef WP_GEN_GEN_H
#define WP_GEN_GEN_H

#include <stdatomic.h>
#include "gen/truth.h"
#include "gen/plan.h"

struct wp_gen_settings {
    struct wp_gen_plan_settings plan;
    const char *base;          /* NULL = built in */
    const char *dump;          /* name; its ending chooses the compression */
    const char *truth;         /* NULL = none */
    unsigned threads;          /* 0 = all processors */
    const atomic_bool *cancel; /* may be NULL: stops the run soon after it turns true */
};

struct wp_gen_result {
    struct wp_gen_counts counts;
    uint64_t bytes; /* of the dump before compression */
};

/* Makes the dump. Nothing under the final names changes unless it succeeds. WP_EINVAL for settings out of
 * range, WP_ECANCELED, and the statuses of reading the base and writing. */
enum wp_status wp_gen_run(const struct wp_gen_settings *settings, struct wp_gen_result *result,
                          struct wp_error *err);

#endif
