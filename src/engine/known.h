/*
 * known.h - furniture that is known, passage by passage, and the file it stands in from run to run.
 *
 * A table in text, fields apart by tabs, a header and then one passage a line:
 *
 *     owner        count  first_seen  passage                                         span
 *     *            31                 Please enable JavaScript to continue ...        5
 *     punchng.com  212    2021-03-04  Copyright PUNCH. All rights reserved. This ...  5
 *
 *   owner       as owner.h names it, or * for what is furniture of all. Bytes below 0x20, a backslash, and a
 *               * that is a name, stand as \xHH
 *   count       articles of the owner in which it was met. Of a passage that one run learns: as many as have
 *               that of its sampled shingles which most have, at least as many as were looked at; exact
 *               copies are one article. A later run adds those it meets, if they are two or more
 *   first_seen  the day of the earliest of them, YYYY-MM-DD; empty: no date is known
 *   passage     as it stands in one of them, white space folded to single blanks; what makes it furniture
 *               are its shingles
 *   span        words to a shingle, 5 or 8: that of the article it stands in. May be left out by who writes
 *               such a file by hand; then the passage's own words decide
 *
 * Lines may come in any order, empty ones are passed over. A file without any line is one that knows nothing.
 * It may be gzip or zstd.
 */
#ifndef WP_ENGINE_KNOWN_H
#define WP_ENGINE_KNOWN_H

#include "base/intern.h"
#include "engine/run.h"

/* Passages, their bytes together, their shingles together. */
#define WP_KNOWN_LINES_MAX ((size_t)1 << 18)
#define WP_KNOWN_TEXT_BYTES_MAX ((size_t)64 << 20)
#define WP_KNOWN_SHINGLES_MAX (2 * WP_FURNITURE_MAX)
/* Of one passage, and of one line: an owner, all of it as \xHH, and numbers stand before the passage. */
#define WP_KNOWN_PASSAGE_BYTES_MAX ((size_t)512 << 10)
#define WP_KNOWN_LINE_BYTES_MAX (WP_KNOWN_PASSAGE_BYTES_MAX + 4096)
#define WP_KNOWN_COUNT_MAX ((uint64_t)1 << 53)

struct wp_known_line {
    uint64_t count;
    int64_t first_seen; /* seconds since 1970, WP_DATE_UNKNOWN */
    uint64_t text;      /* where its passage begins in texts, */
    uint64_t first;     /* and its shingles in shingles */
    uint32_t text_bytes, shingles;
    uint32_t owner; /* its number, WP_FURNITURE_OF_ALL */
    uint32_t name;  /* of the owner, in names; WP_INTERN_NONE when it is of all */
    uint8_t span;
};

/* Fields are read-only for others, but for count and first_seen of a line. One thread at a time. */
struct wp_known {
    struct wp_intern names;
    struct wp_buffer texts;
    struct wp_known_line *lines;
    size_t count, cap;
    uint64_t *shingles; /* low WP_FURNITURE_SHINGLE_BITS */
    size_t shingle_count, shingle_cap;
    struct wp_tokenizer *tokenizer;
    uint64_t *scratch;
    size_t scratch_cap;
};

/* Knows nothing yet. WP_ENOMEM. */
enum wp_status wp_known_new(struct wp_known **out);
void wp_known_free(struct wp_known *k);

/* A passage to be added. */
struct wp_known_passage {
    const char *owner; /* NULL: of all */
    size_t owner_len;  /* 1 to WP_OWNER_MAX */
    const char *text;  /* UTF-8 without bytes below 0x20 */
    size_t text_len;
    uint64_t count;
    int64_t first_seen;
    unsigned span; /* 0: its own words decide */
};

/* The shingles of a passage, as adding makes them (p: text and span), borrowed until the next call; *span is
 * set. Errors as of adding. */
enum wp_status wp_known_hash(struct wp_known *k, const struct wp_known_passage *p, const uint64_t **shingles,
                             size_t *count, unsigned *span);

/* WP_EINVAL: fewer words than a shingle has. WP_ETOOBIG: beyond a maximum. WP_ENOMEM. *k is then as before.
 */
enum wp_status wp_known_add(struct wp_known *k, const struct wp_known_passage *p);

/* Adds the lines of a file; owners that `groups` (may be NULL) joins go by their group's name. WP_EFORMAT for
 * a line that is none, WP_ETOOBIG, WP_EINVAL for "-", WP_EDAMAGED, WP_ENOENT and the like, WP_ENOMEM: with
 * the file, and the line where there is one. */
enum wp_status wp_known_read(struct wp_known *k, const char *file, const struct wp_owner_groups *groups,
                             struct wp_error *err);

/* Appends the header, or one line with its line end, as they are read. WP_ENOMEM. */
enum wp_status wp_known_print_header(struct wp_buffer *out);
enum wp_status wp_known_print(const struct wp_known *k, const struct wp_known_line *line,
                              struct wp_buffer *out);

/* The memory it takes, about. */
size_t wp_known_bytes(const struct wp_known *k);

/* Adds all shingles to f. WP_ENOMEM. */
enum wp_status wp_known_add_to(const struct wp_known *k, struct wp_furniture *f);

#endif
