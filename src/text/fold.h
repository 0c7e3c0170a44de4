/*
 * fold.h - inside src/text: the state that the folding kernels share, and the step they have in common.
 *
 * A kernel takes text[pos..len) to folded tokens. Whatever it cannot settle in its fast path (mapped
 * characters, marks, broken bytes) it hands to wp_fold_step, the portable code, which is the specification.
 * So that normalisation never has to go back, `pos` always stands before a segment: before a kernel moves on
 * behind a character it must know that the next one is no non-starter.
 *
 *     in    T h e   " I r a n i a n ,   d e a l "        (pos .. len to do)
 *     text  t h e _ i r a n i a n _ d e a l               (0 .. out done; '_' is 0x20)
 *     starts 0       4               12                   (count)
 *
 * `open` tells whether the last token may go on; if not, text is empty or ends with 0x20.
 * Room: cap - out >= WP_FOLD_ROOM(len - pos) always holds between steps, and is enough for all that is left
 * unless characters expand; whoever expands restores it by wp_fold_grow.
 */
#ifndef WP_TEXT_FOLD_H
#define WP_TEXT_FOLD_H

#include <stdbool.h>
#include "text/tokens.h"
#include "text/unicode.h"

/* A character makes at most its own bytes, and a space before and behind if it has three: 3/2 of the input
 * at the worst ("a", one alone character, "a", ...). Kernels write whole vectors behind that. */
#define WP_FOLD_SLACK 256
#define WP_FOLD_ROOM(left) ((left) + (left) / 2 + WP_FOLD_SLACK)

/* Bytes that are readable (and belong to nobody) before text[0]: hashing looks back from short spans. */
#define WP_FOLD_FRONT 128

/* Most folded bytes of one text: positions are 32 bits. */
#define WP_FOLD_TEXT_MAX ((size_t)UINT32_MAX - WP_FOLD_FRONT - 4 * WP_FOLD_SLACK)

struct wp_fold {
    const struct wp_unicode *unicode; /* constant */
    const uint8_t *in;                /* constant during a run */
    size_t len;
    size_t pos;
    uint8_t *text; /* area + WP_FOLD_FRONT */
    size_t out, cap;
    uint32_t *starts; /* room for cap / 2 + WP_FOLD_SLACK */
    size_t count;
    size_t alone;
    bool open;
    enum wp_status status;          /* first failure; kernels stop when it is not WP_OK */
    struct wp_source_range *ranges; /* NULL, or room as for starts */
    struct wp_normal normal;
    uint8_t *area;
};

/* Portable: goes on segment by segment until pos >= until (or len), or status fails. Needs pos at a segment.
 */
void wp_fold_step(struct wp_fold *f, size_t until);

/* The kernels: pos to len. All make the same output. */
void wp_fold_portable(struct wp_fold *f);
void wp_fold_avx2(struct wp_fold *f);
void wp_fold_avx512(struct wp_fold *f);

/* Restores the room for `left` bytes of input and `more` bytes of text; false (and status) when it fails. */
bool wp_fold_grow(struct wp_fold *f, size_t left, size_t more);

#endif
