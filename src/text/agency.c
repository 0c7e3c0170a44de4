/*
 * agency.c - see agency.h and agency_scan.h: the two ends of a text, and the parts that both use.
 */
#include "text/agency.h"

#include <string.h>
#include "text/agency_scan.h"

enum { NAMES_MAX = 8, SOURCES_MAX = 2 };

size_t wp_agency_line_end(const uint8_t *text, size_t pos, size_t end) {
    const uint8_t *line = pos < end ? memchr(text + pos, '\n', end - pos) : NULL;
    return line ? (size_t)(line - text) : end;
}

size_t wp_agency_skip_space_(const uint8_t *text, size_t pos, size_t end) {
    while (pos < end) {
        size_t was = pos;
        while (pos < end && WP_AGENCY_IS_ONE_OF(text[pos], " \n\r\t")) pos++;
        if (pos >= end || text[pos] < 0x80) return pos;
        pos = wp_agency_skip_blanks(text, pos, end);
        if (wp_agency_is3(text, pos, end, "\ufeff")) pos += 3;
        if (pos == was) return pos;
    }
    return pos;
}

size_t wp_agency_trim_(const uint8_t *text, size_t pos, size_t end) {
    while (end > pos) {
        if (text[end - 1] == ' ' || (text[end - 1] >= '\t' && text[end - 1] <= '\r'))
            end--;
        else if (end - pos >= 2 && text[end - 2] == 0xc2 && text[end - 1] == 0xa0)
            end -= 2;
        else if (end - pos >= 3 && memcmp(text + end - 3, "\u3000", 3) == 0)
            end -= 3;
        else
            break;
    }
    return end;
}

size_t wp_agency_dash(const uint8_t *text, size_t pos, size_t end) {
    size_t at = pos;
    while (at < end) {
        if (text[at] == '-' || text[at] == '_')
            at++;
        else if (text[at] == 0xe2 && end - at >= 3 && text[at + 1] == 0x80 && text[at + 2] >= 0x93 &&
                 text[at + 2] <= 0x95)
            at += 3;
        else
            break;
    }
    return at - pos;
}

size_t wp_agency_bracket_(const uint8_t *text, size_t pos, size_t end, size_t most, size_t *inside,
                          size_t *behind) {
    static const char *const signs[][2] = {{"(", ")"}, {"[", "]"},   {"\"", "\""}, {"«", "»"},
                                           {"“", "”"}, {"（", "）"}, {"【", "】"}, {"［", "］"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (text[pos] != (uint8_t)signs[i][0][0]) continue;
        size_t open = strlen(signs[i][0]), close = strlen(signs[i][1]);
        if (end - pos < open || memcmp(text + pos, signs[i][0], open) != 0) continue;
        if (end - pos > most) end = pos + most;
        for (size_t at = pos + open; at + close <= end && text[at] != '\n'; at++) {
            if (memcmp(text + at, signs[i][1], close) != 0) continue;
            *inside = at;
            *behind = at + close;
            return open;
        }
    }
    return 0;
}

/* Behind the sign or the word that joins two names at pos, or pos. */
static size_t skip_joint(const struct wp_agency_scan *s, size_t pos, size_t end) {
    static const char *const signs[] = {"、", "،", "·", "•", "／", "，"};
    struct wp_agency_hit hit;
    if (pos >= end) return pos;
    if (WP_AGENCY_IS_ONE_OF(s->text[pos], "/,&+;")) return pos + 1;
    if (wp_agency_dash(s->text, pos, end)) return pos + wp_agency_dash(s->text, pos, end);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (end - pos >= strlen(signs[i]) && memcmp(s->text + pos, signs[i], strlen(signs[i])) == 0)
            return pos + strlen(signs[i]);
    return wp_agency_walk(s->table, s->text, pos, end, WP_AGENCY_JOIN, &hit) ? hit.end : pos;
}

size_t wp_agency_names(const struct wp_agency_scan *s, size_t pos, size_t end, uint16_t *agency) {
    struct wp_agency_hit hit;
    size_t done = pos;
    pos = wp_agency_skip_the(s->text, pos, end);
    for (int i = 0; i < NAMES_MAX; i++) {
        if (!wp_agency_match(s->table, s->text, pos, end, WP_AGENCY_NAME, &hit)) break;
        if (i == 0) *agency = hit.agency;
        done = hit.end;
        pos = wp_agency_skip_blanks(s->text, done, end);
        size_t next = skip_joint(s, pos, end);
        if (next == pos) break;
        pos = wp_agency_skip_blanks(s->text, next, end);
    }
    return done;
}

/* Behind "Source:" and the like. */
static size_t skip_sources(const struct wp_agency_scan *s, size_t pos, size_t end) {
    struct wp_agency_hit hit;
    for (int i = 0; i < SOURCES_MAX; i++) {
        if (!wp_agency_match(s->table, s->text, pos, end, WP_AGENCY_SOURCE, &hit)) break;
        pos = wp_agency_skip_blanks(s->text, hit.end, end);
        if (pos < end && s->text[pos] == ':') pos++;
        if (wp_agency_is3(s->text, pos, end, "：")) pos += 3;
        pos = wp_agency_skip_blanks(s->text, pos, end);
    }
    return pos;
}

bool wp_agency_is_credit(const struct wp_agency_scan *s, size_t pos, size_t end, uint16_t *agency) {
    pos = wp_agency_skip_blanks(s->text, pos, end);
    end = wp_agency_trim(s->text, pos, end);
    if (pos < end && s->text[pos] == '*') pos++;
    size_t done = wp_agency_names(s, pos, end, agency);
    if (done == pos) {
        pos = skip_sources(s, pos, end);
        done = wp_agency_names(s, pos, end, agency);
    }
    return done > pos && done == end;
}

/* The largest place that is no larger than end and before which no character is cut. */
static size_t at_character(const uint8_t *text, size_t end, size_t len) {
    if (end >= len) return len;
    while (end && (text[end] & 0xc0) == 0x80) end--;
    return end;
}

void wp_agency_find(const struct wp_agency_table *table, const uint8_t *text, size_t len,
                    struct wp_agency_found *out) {
    struct wp_agency_scan s = {
        .table = table, .text = text, .end = at_character(text, WP_AGENCY_HEAD_BYTES, len)};
    size_t head = wp_agency_head(&s);
    s.end = len;
    size_t tail = wp_agency_tail(&s, head);
    *out = (struct wp_agency_found){s.agency, (uint32_t)head, (uint32_t)tail};
}
