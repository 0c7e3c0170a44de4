/*
 * agency_table.h - inside src/text: the forms of agencies.tsv in one trie, and the match at one place.
 *
 * The trie goes by the bytes of folded characters; a form that is to be matched as written is compared with
 * the text once more where it ends. So that a place where nothing begins costs one look, `begins` has a bit
 * for the first four folded bytes of each form, which others share.
 */
#ifndef WP_TEXT_AGENCY_TABLE_H
#define WP_TEXT_AGENCY_TABLE_H

#include <stdbool.h>
#include <string.h>
#include "base/memory.h"
#include "text/agency.h"
#include "text/unicode.h"

/* Rows of the table, one bit each. */
enum wp_agency_kind {
    WP_AGENCY_NAME = 1,
    WP_AGENCY_BYLINE = 2,
    WP_AGENCY_SOURCE = 4,
    WP_AGENCY_JOIN = 8,
    WP_AGENCY_UPDATE = 16,
    WP_AGENCY_DATELINE = 32,
    WP_AGENCY_COPYRIGHT = 64,
    WP_AGENCY_ENDING = 128,
};

enum { WP_AGENCY_BEGIN_BITS = 14 };

struct wp_agency_form {
    uint32_t text, len; /* as written, in table->texts */
    uint32_t next;      /* another form of the same folded bytes, + 1; 0 = none */
    uint16_t agency;
    uint8_t kind;
    bool exact; /* matched as written */
    bool bound; /* ends in a word that must end there */
};

struct wp_agency_node {
    uint32_t child, sibling; /* nodes; 0 = none, node 0 being the root */
    uint32_t form;           /* + 1; 0 = none ends here */
    uint8_t byte;
};

/* Constant after wp_agency_table_new. */
struct wp_agency_table {
    const struct wp_unicode *unicode;
    struct wp_agency_node *nodes;
    size_t node_count, node_cap;
    struct wp_agency_form *forms;
    size_t form_count, form_cap;
    struct wp_buffer texts;
    char **names; /* by number - 1 */
    size_t name_count, name_cap;
    uint32_t first[256]; /* folded first byte -> node */
    uint8_t kinds[256];  /* first byte, either case -> kinds of the forms */
    uint8_t norm[256];   /* byte -> folded, a blank for signs */
    uint64_t begins[(1 << WP_AGENCY_BEGIN_BITS) / 64];
};

struct wp_agency_hit {
    size_t end; /* behind the form, in the text */
    uint16_t agency;
    uint8_t kind;
};

/* The built-in rows, made by the Makefile of agencies.tsv. */
extern const char wp_agencies_builtin[];
extern const size_t wp_agencies_builtin_len;

/* Behind a run of blanks that begins at text[pos]: spaces, tabs, U+00A0, U+202F, U+3000; not line ends. */
size_t wp_agency_skip_blanks_(const uint8_t *text, size_t pos, size_t end);
static inline size_t wp_agency_skip_blanks(const uint8_t *text, size_t pos, size_t end) {
    if (pos >= end || (text[pos] > ' ' && text[pos] < 0x80)) return pos;
    return wp_agency_skip_blanks_(text, pos, end);
}

/* Whether text[pos] is inside or at the start of a word of a script that has spaces. */
bool wp_agency_is_word(const struct wp_agency_table *t, const uint8_t *text, size_t pos, size_t end);

/* The longest form of the kinds (bits) that begins at text[pos] and ends by `end`. */
bool wp_agency_walk(const struct wp_agency_table *t, const uint8_t *text, size_t pos, size_t end,
                    unsigned kinds, struct wp_agency_hit *hit);

/* The bit of `begins` for the first four bytes, from the first sign on taken as blanks; of a character of
 * three bytes for itself. */
static inline uint32_t wp_agency_begin_bit(const uint8_t norm[256], const uint8_t *four) {
    uint32_t b = norm[four[1]], c = norm[four[2]], d = norm[four[3]];
    c = b == ' ' ? ' ' : c;
    d = c == ' ' || four[0] >= 0xe0 ? ' ' : d;
    uint32_t all = (uint32_t)norm[four[0]] << 24 | b << 16 | c << 8 | d;
    return all * 0x9e3779b1u >> (32 - WP_AGENCY_BEGIN_BITS);
}

/* Whether a form of the kinds, other than JOIN, may begin at text[pos]: the look that nearly always settles
 * it. */
static inline bool wp_agency_may_begin(const struct wp_agency_table *t, const uint8_t *text, size_t pos,
                                       size_t end, unsigned kinds) {
    uint8_t four[4] = {' ', ' ', ' ', ' '};
    if (pos >= end || !(t->kinds[text[pos]] & kinds)) return false;
    memcpy(four, text + pos, end - pos < 4 ? end - pos : 4);
    uint32_t bit = wp_agency_begin_bit(t->norm, four);
    if (t->begins[bit / 64] >> (bit % 64) & 1) return true;
    return four[0] < 0xd8 && ((four[0] | four[1] | four[2] | four[3]) & 0x80); /* folding may change them */
}

/* wp_agency_walk behind that look. */
static inline bool wp_agency_match(const struct wp_agency_table *t, const uint8_t *text, size_t pos,
                                   size_t end, unsigned kinds, struct wp_agency_hit *hit) {
    return wp_agency_may_begin(t, text, pos, end, kinds) && wp_agency_walk(t, text, pos, end, kinds, hit);
}

#endif
