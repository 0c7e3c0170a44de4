/*
 * agency_scan.h - inside src/text: what the head and the tail of a text have in common: signs, and credits.
 *
 *     credit    = [source [":"]] names                      "Source: AFP", "com informações da AFP"
 *     names     = name {sign | join} name ...               "dpa/AFP", "EFE y Reuters"
 *
 * All functions look at text[pos..end) alone; places are bytes. Of several names the first counts.
 */
#ifndef WP_TEXT_AGENCY_SCAN_H
#define WP_TEXT_AGENCY_SCAN_H

#include "text/agency_table.h"

/* What is looked at, and what has been found. `end` is the end of the window, or of the text. */
struct wp_agency_scan {
    const struct wp_agency_table *table;
    const uint8_t *text;
    size_t end;
    uint16_t agency;
};

/* Finds where the text begins: sets s->agency when the head names one. Returns head_end. */
size_t wp_agency_head(struct wp_agency_scan *s);
/* Finds where the text ends, `from` being where it begins; s->end is its whole length. Sets s->agency when it
 * is 0 and the tail names one. Returns tail_begin. */
size_t wp_agency_tail(struct wp_agency_scan *s, size_t from);

/* Behind the names that begin at pos, or pos when none does; *agency is the first one's. */
size_t wp_agency_names(const struct wp_agency_scan *s, size_t pos, size_t end, uint16_t *agency);
/* Whether text[pos..end), without blanks around it, is a credit. */
bool wp_agency_is_credit(const struct wp_agency_scan *s, size_t pos, size_t end, uint16_t *agency);

/* Bytes of the dash ("-", "--", "_", U+2013 to U+2015) at pos, 0 when there is none. */
size_t wp_agency_dash(const uint8_t *text, size_t pos, size_t end);
/* The next line end, or end. */
size_t wp_agency_line_end(const uint8_t *text, size_t pos, size_t end);
/* Behind blanks, line ends and byte order marks. */
size_t wp_agency_skip_space_(const uint8_t *text, size_t pos, size_t end);
static inline size_t wp_agency_skip_space(const uint8_t *text, size_t pos, size_t end) {
    if (pos >= end || (text[pos] > ' ' && text[pos] < 0x80)) return pos;
    return wp_agency_skip_space_(text, pos, end);
}
/* Before the blanks and line ends that text[pos..end) ends in. */
size_t wp_agency_trim_(const uint8_t *text, size_t pos, size_t end);
static inline size_t wp_agency_trim(const uint8_t *text, size_t pos, size_t end) {
    if (pos >= end || (text[end - 1] > ' ' && text[end - 1] < 0x80)) return end;
    return wp_agency_trim_(text, pos, end);
}

/* Whether three bytes stand at pos. */
static inline bool wp_agency_is3(const uint8_t *text, size_t pos, size_t end, const char *three) {
    return pos + 3 <= end && text[pos] == (uint8_t)three[0] && text[pos + 1] == (uint8_t)three[1] &&
           text[pos + 2] == (uint8_t)three[2];
}

/* Whether c is one of the signs of a literal; a call of memchr costs more than a few comparisons. */
#define WP_AGENCY_IS_ONE_OF(c, signs) wp_agency_is_one_of_((c), (signs), sizeof(signs) - 1)
static inline bool wp_agency_is_one_of_(uint8_t c, const char *signs, size_t count) {
    bool is = false;
    for (size_t i = 0; i < count; i++) is |= c == (uint8_t)signs[i];
    return is;
}

/* Bytes of the bracket or quote that opens at pos, 0 when none does; *inside is its end, *behind the place
 * behind the closing one. It is closed within `most` bytes and within its line. */
size_t wp_agency_bracket_(const uint8_t *text, size_t pos, size_t end, size_t most, size_t *inside,
                          size_t *behind);
static inline size_t wp_agency_bracket(const uint8_t *text, size_t pos, size_t end, size_t most,
                                       size_t *inside, size_t *behind) {
    if (pos >= end || (text[pos] < 0x80 && !WP_AGENCY_IS_ONE_OF(text[pos], "([\""))) return 0;
    return wp_agency_bracket_(text, pos, end, most, inside, behind);
}
/* Behind the article that an English name may have; as names, "the ..." would make every third sentence
 * worth a look. */
static inline size_t wp_agency_skip_the(const uint8_t *text, size_t pos, size_t end) {
    return wp_agency_is3(text, pos, end, "The") && pos + 4 < end && text[pos + 3] == ' ' ? pos + 4 : pos;
}

static inline bool wp_agency_is_upper(uint8_t c) {
    return c >= 'A' && c <= 'Z';
}
static inline bool wp_agency_is_lower(uint8_t c) {
    return c >= 'a' && c <= 'z';
}
static inline bool wp_agency_is_digit(uint8_t c) {
    return c >= '0' && c <= '9';
}

#endif
