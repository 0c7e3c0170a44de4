/*
 * space.c - see space.h.
 *
 * Certain is only the copy of standard input. How much text is in a dump is not known before it is read, so
 * that the rest is an upper estimate.
 */
#include "engine/space.h"

#include <stdio.h>
#include "base/file.h"
#include "engine/run.h"

/* A compressed dump of news holds about this many times its size. */
#define DECODED_PER_PACKED 4
/* Streams of shingles (shelf.h): five bytes a word, where a word and its blank take six in most languages. Of
 * them the first ones stay in memory, when that has no limit (run.c). */
#define STREAM_SHARE 0.9
/* With a limit on memory the other stores go out too: rows, sketches, postings, hits; about 850 bytes of an
 * article that takes 2.9 KB in a dump. */
#define STORES_SHARE 0.35

struct wp_space wp_space_estimate(const struct wp_settings *s, const struct wp_space_inputs *in) {
    double decoded = (double)in->plain_bytes + DECODED_PER_PACKED * (double)in->packed_bytes;
    bool streams_kept = s->verify_exact && s->rule.match != WP_MATCH_EXACT;
    uint64_t streams = streams_kept ? (uint64_t)(STREAM_SHARE * decoded) : 0, stores = 0;
    if (s->memory_bytes)
        stores = (uint64_t)(STORES_SHARE * (decoded + (double)in->again_bytes));
    else
        streams = streams > WP_STREAM_RAM_BYTES ? streams - WP_STREAM_RAM_BYTES : 0;
    return (struct wp_space){.least = in->copied_bytes, .most = in->copied_bytes + streams + stores};
}

static const char *size_text(char text[32], uint64_t bytes) {
    bool large = bytes >= 1000000000;
    snprintf(text, 32, large ? "%.1f GB" : "%.1f MB", (double)bytes / (large ? 1e9 : 1e6));
    return text;
}

enum wp_status wp_space_check(const struct wp_settings *s, const struct wp_space_inputs *in,
                              char warning[WP_SPACE_WARNING_BYTES], struct wp_error *err) {
    struct wp_space want = wp_space_estimate(s, in);
    uint64_t space;
    char has[32], needs[32];
    warning[0] = '\0';
    if (wp_directory_free_bytes(s->tmp_dir, &space, NULL) != WP_OK || space >= want.most) return WP_OK;
    size_text(has, space);
    if (space < want.least)
        return wp_fail_file(err, WP_ENOSPC, s->tmp_dir,
                            "%s free, but the copy of standard input needs %s (see --tmp)", has,
                            size_text(needs, want.least));
    snprintf(warning, WP_SPACE_WARNING_BYTES,
             "%.300s has %s free, and temporary files may need up to %s (see --tmp)", s->tmp_dir, has,
             size_text(needs, want.most));
    return WP_OK;
}
