/*
 * agency_head.c - where a text begins, behind update prefixes, bylines and its dateline.
 *
 *     head      = {update} {line} [dateline]
 *     line      = a byline or a line of credit that names an agency, or a short line, such as a headline
 *     dateline  = place "(" credit ")" [dash]       LAGOS, Nigeria (AP) -
 *               | place dash names (dash | ":" | end of line)
 *               | names dash [place ":"]            AFP - Paris:
 *               | PLACE dash                        LAKE FOREST, Ill. -
 *               | place date names, end of line     القاهرة 26 شوال 1436 هـ الموافق 11 اغسطس 2015 م واس
 *               | [names] place date 电 [ "(" ... ")" ]
 *               | "[" ... names "]"                 【東京＝共同】
 *
 * Lines are tried one after the other, as long as they are short. A line that is only a short one goes with
 * the head when a dateline or a byline stands below it.
 */
#include "text/agency_scan.h"

#include <string.h>

enum {
    LINES_MAX = 6,
    LINE_BYTES_MAX = 120,    /* of a line above the dateline */
    PLACE_BYTES_MAX = 100,   /* before the bracket or the name */
    CREDIT_BYTES_MAX = 80,   /* of a bracket */
    WORDS_MAX = 6,           /* of a place */
    WORDS_DATED_MAX = 12,    /* with a date */
    LOWER_BYTES_MAX = 3,     /* "de", "and": longer words in small letters are no place, but months are */
    CAPITALS_MIN = 3,        /* of the first word of a place in capitals */
    SMALL_PLACE_BYTES = 30,  /* "Paris:" behind a name */
    HAN_PLACE_BYTES_MAX = 90 /* before 电 */
};

/* What the text between a line's beginning and a name looks like. */
struct place {
    bool ok;       /* may be a place and a date */
    bool capitals; /* its first word is in capitals */
    bool stopped;  /* ends in a full stop */
    bool digits, year;
    unsigned words;
};

static bool is_year(const uint8_t *text, size_t pos, size_t end) {
    return end - pos >= 4 && (memcmp(text + pos, "19", 2) == 0 || memcmp(text + pos, "20", 2) == 0) &&
           wp_agency_is_digit(text[pos + 2]) && wp_agency_is_digit(text[pos + 3]) &&
           (end - pos == 4 || !wp_agency_is_digit(text[pos + 4]));
}

static bool ends_sentence(const uint8_t *text, size_t pos, size_t end) {
    return WP_AGENCY_IS_ONE_OF(text[pos], "?!:;\"") || wp_agency_is3(text, pos, end, "\u201c") ||
           wp_agency_is3(text, pos, end, "\u201d") || wp_agency_is3(text, pos, end, "\uff0c") ||
           wp_agency_is3(text, pos, end, "\u3002");
}

/* Signs and blanks that are no part of a word; bytes above 0x7f count as letters. */
static bool is_between(uint8_t c) {
    return c <= ' ' || (c < '0' && c > ' ') || c == '/';
}

static struct place read_place(const uint8_t *text, size_t pos, size_t end) {
    struct place p = {.ok = pos == end || text[pos] >= 0x80 || wp_agency_is_upper(text[pos]) ||
                            wp_agency_is_digit(text[pos])};
    for (size_t at = pos; at < end && p.ok;) {
        size_t from = at;
        if (ends_sentence(text, at, end)) p.ok = false;
        if (is_between(text[at])) {
            at++;
            continue;
        }
        while (at < end && !is_between(text[at]) && !ends_sentence(text, at, end)) at++;
        bool number = wp_agency_is_digit(text[from]);
        if (wp_agency_is_lower(text[from]) && !p.digits && at - from > LOWER_BYTES_MAX) p.ok = false;
        if (from == pos && at - from >= CAPITALS_MIN) {
            p.capitals = true;
            for (size_t i = from; i < at; i++) p.capitals &= wp_agency_is_upper(text[i]);
        }
        p.digits |= number;
        p.year |= number && is_year(text, from, at);
        p.words++;
        if (at == from) at++;
    }
    size_t last = wp_agency_trim(text, pos, end);
    p.stopped = last > pos && text[last - 1] == '.';
    p.ok &= p.words <= (p.digits ? WORDS_DATED_MAX : WORDS_MAX);
    return p;
}

/* Where the text goes on behind a dateline, if what stands there can begin a sentence; 0 if not. */
static size_t sentence_at(const struct wp_agency_scan *s, size_t pos) {
    pos = wp_agency_skip_space(s->text, pos, s->end);
    return pos < s->end && wp_agency_is_lower(s->text[pos]) ? 0 : pos;
}

static size_t colon_at(const uint8_t *text, size_t pos, size_t end) {
    if (pos < end && text[pos] == ':') return 1;
    return wp_agency_is3(text, pos, end, "：") ? 3 : 0;
}

static bool is_line_end(const struct wp_agency_scan *s, size_t pos) {
    return pos >= s->end || s->text[pos] == '\n' || s->text[pos] == '\r';
}

/* Behind ".-", "-", "--", ":" or nothing, with what a dateline may have there; 0 when it is no dateline. */
static size_t close_dateline(const struct wp_agency_scan *s, size_t pos, const struct place *p) {
    size_t at = wp_agency_skip_blanks(s->text, pos, s->end);
    if (at < s->end && s->text[at] == '.') at++;
    size_t dash = wp_agency_dash(s->text, at, s->end);
    if (!dash) dash = colon_at(s->text, at, s->end);
    if (dash) return sentence_at(s, at + dash);
    bool line = is_line_end(s, at) && at < s->end && !p->stopped;
    return p->words == 0 || p->capitals || p->digits || line ? sentence_at(s, at) : 0;
}

/* The next bracket of the line, or line_end. */
static size_t find_bracket(const uint8_t *text, size_t pos, size_t end) {
    const uint8_t *round = memchr(text + pos, '(', end - pos);
    const uint8_t *wide = text[pos] >= 0xe3 ? memmem(text + pos, end - pos, "（", 3) : NULL;
    if (!round || (wide && wide < round)) round = wide;
    return round ? (size_t)(round - text) : end;
}

/* place "(" credit ")" [dash] */
static size_t bracket_dateline(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    size_t end = line_end - pos > PLACE_BYTES_MAX ? pos + PLACE_BYTES_MAX : line_end, inside, behind;
    uint16_t agency, other;
    for (size_t at = pos; at < end; at++) {
        at = find_bracket(s->text, at, end);
        size_t open =
            at < end ? wp_agency_bracket(s->text, at, line_end, CREDIT_BYTES_MAX, &inside, &behind) : 0;
        if (!open || !wp_agency_is_credit(s, at + open, inside, &agency)) continue;
        struct place p = read_place(s->text, pos, at);
        size_t place_end = wp_agency_trim(s->text, pos, at);
        if (!p.ok || (place_end > pos && wp_agency_names(s, pos, place_end, &other) == place_end)) continue;
        size_t done = close_dateline(s, behind, &p);
        if (!done) continue;
        s->agency = agency;
        return done;
    }
    return 0;
}

/* Behind the place of a dateline in capitals, "LAKE FOREST, Ill. -": what follows the dash, or 0. Capitals on
 * both sides are a heading, unless there is but one word before. */
static size_t capitals_dateline(const struct wp_agency_scan *s, const struct place *p, size_t at,
                                size_t dash) {
    bool spaced = at > 0 && (s->text[at - 1] == ' ' || dash > 1);
    size_t next = at + dash;
    if (!p->capitals || !spaced || next >= s->end) return 0;
    if (p->digits && p->words < 3) return 0; /* "COVID-19 - The", but "ABUJA, April 5 - The" */
    if (s->text[next] != ' ' && dash == 1) return 0;
    next = wp_agency_skip_blanks(s->text, next, s->end);
    bool heading =
        next + 1 < s->end && wp_agency_is_upper(s->text[next]) && wp_agency_is_upper(s->text[next + 1]);
    return is_line_end(s, next) || (heading && p->words > 1) ? 0 : sentence_at(s, next);
}

/* place dash names (dash | ":" | line end), and PLACE dash. */
static size_t dash_dateline(struct wp_agency_scan *s, size_t pos, size_t line_end, bool bare) {
    size_t end = line_end - pos > PLACE_BYTES_MAX / 2 ? pos + PLACE_BYTES_MAX / 2 : line_end;
    uint16_t agency;
    for (size_t at = pos; at < end; at++) {
        const uint8_t *minus = memchr(s->text + at, '-', end - at);
        size_t stop = minus ? (size_t)(minus - s->text) : end;
        const uint8_t *wide = memchr(s->text + at, 0xe2, stop - at);
        at = wide ? (size_t)(wide - s->text) : stop;
        size_t dash = wp_agency_dash(s->text, at, line_end);
        if (!dash || at == pos) continue;
        struct place p = read_place(s->text, pos, wp_agency_trim(s->text, pos, at));
        if (!p.ok) return 0;
        size_t from = wp_agency_skip_blanks(s->text, at + dash, line_end);
        size_t done = wp_agency_names(s, from, line_end, &agency);
        size_t sign = wp_agency_skip_blanks(s->text, done, line_end);
        size_t close = wp_agency_dash(s->text, sign, line_end) + colon_at(s->text, sign, line_end);
        size_t next = done > from && (close || is_line_end(s, sign)) ? sentence_at(s, sign + close) : 0;
        if (next) {
            s->agency = agency;
            return next;
        }
        next = bare ? capitals_dateline(s, &p, at, dash) : 0;
        if (next) return next;
        at += dash - 1;
    }
    return 0;
}

/* Behind "Paris:" at pos, or pos. */
static size_t skip_small_place(const struct wp_agency_scan *s, size_t pos) {
    size_t line_end = wp_agency_line_end(s->text, pos, s->end);
    size_t end = line_end - pos > SMALL_PLACE_BYTES ? pos + SMALL_PLACE_BYTES : line_end;
    const uint8_t *colon = pos < end ? memchr(s->text + pos, ':', end - pos) : NULL;
    if (!colon) return pos;
    struct place p = read_place(s->text, pos, (size_t)(colon - s->text));
    return p.ok && p.words <= 2 ? wp_agency_skip_space(s->text, (size_t)(colon - s->text) + 1, s->end) : pos;
}

/* names dash [place ":"], names ":", a line that is a credit or begins with one: "Xinhua | Updated: ..." */
static size_t leading_names(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    uint16_t agency = 0;
    size_t done = wp_agency_names(s, pos, line_end, &agency), next = 0;
    if (done == pos) return 0;
    size_t at = wp_agency_skip_blanks(s->text, done, line_end);
    size_t dash = wp_agency_dash(s->text, at, line_end), colon = colon_at(s->text, at, line_end);
    if (is_line_end(s, at))
        next = wp_agency_skip_space(s->text, at, s->end);
    else if (s->text[at] == '|' && line_end - pos <= LINE_BYTES_MAX)
        next = wp_agency_skip_space(s->text, line_end, s->end);
    else if (colon && s->text[pos] >= 0x80) /* in Latin letters: "MAP: Where the storm will hit" */
        next = sentence_at(s, at + colon);
    else if (dash && wp_agency_skip_blanks(s->text, at + dash, line_end) > at + dash)
        next = sentence_at(s, at + dash);
    if (!next) return 0;
    s->agency = agency;
    return dash ? skip_small_place(s, next) : next;
}

/* A line that ends in a name behind a place and a date with its year. */
static size_t dated_line(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    if (line_end - pos > LINE_BYTES_MAX || s->text[pos] < 0x80) return 0;
    size_t end = wp_agency_trim(s->text, pos, line_end), at = end;
    while (at > pos && s->text[at - 1] != ' ') at--;
    uint16_t agency;
    if (at == pos || wp_agency_names(s, at, end, &agency) != end) return 0;
    struct place p = read_place(s->text, pos, at);
    if (!p.ok || !p.year) return 0;
    s->agency = agency;
    return wp_agency_skip_space(s->text, line_end, s->end);
}

/* Chinese and its neighbours. */

/* "（新华社记者 ...）", "（记者 ...）" behind 电, and a colon. */
static size_t close_han(const struct wp_agency_scan *s, size_t pos, uint16_t *agency, bool *signs) {
    size_t inside, behind;
    struct wp_agency_hit hit;
    size_t open = wp_agency_bracket(s->text, pos, s->end, LINE_BYTES_MAX, &inside, &behind);
    *signs = open > 0;
    if (open) {
        bool known =
            wp_agency_match(s->table, s->text, pos + open, inside, WP_AGENCY_NAME | WP_AGENCY_BYLINE, &hit);
        if (known && hit.kind == WP_AGENCY_NAME && !*agency) *agency = hit.agency;
        if (!known && !*agency) return 0;
        pos = behind;
    }
    size_t colon = colon_at(s->text, pos, s->end);
    size_t next = wp_agency_skip_space(s->text, pos + colon, s->end);
    *signs |= next > pos;
    return next;
}

/* [names] place date 电 */
static size_t han_dateline(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    uint16_t agency = 0;
    struct wp_agency_hit hit;
    bool signs, digits = false;
    size_t from = wp_agency_names(s, pos, line_end, &agency);
    size_t end = line_end - pos > HAN_PLACE_BYTES_MAX ? pos + HAN_PLACE_BYTES_MAX : line_end;
    if (agency && wp_agency_match(s->table, s->text, from, end, WP_AGENCY_UPDATE, &hit) &&
        colon_at(s->text, hit.end, line_end)) {
        s->agency = agency;
        return hit.end + colon_at(s->text, hit.end, line_end);
    }
    for (size_t at = from; at < end; at++) {
        if ((s->text[at] & 0xc0) == 0x80) continue;
        if (ends_sentence(s->text, at, end)) return 0;
        digits |= wp_agency_is_digit(s->text[at]);
        if (s->text[at] < 0xe3 || !wp_agency_match(s->table, s->text, at, line_end, WP_AGENCY_DATELINE, &hit))
            continue;
        bool dated = digits && at >= 3 && wp_agency_is3(s->text, at - 3, end, "日");
        uint16_t named = agency;
        size_t next = close_han(s, hit.end, &named, &signs);
        if (!next || !named || (!signs && !dated) || (!dated && at - from > SMALL_PLACE_BYTES)) continue;
        s->agency = named;
        return next;
    }
    return 0;
}

/* "【東京＝共同】", "[서울=연합뉴스]": a bracket that begins the line and ends in a name. */
static size_t leading_bracket(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    size_t inside, behind;
    uint16_t agency;
    size_t open = wp_agency_bracket(s->text, pos, line_end, CREDIT_BYTES_MAX, &inside, &behind);
    if (!open) return 0;
    bool whole = wp_agency_is_credit(s, pos + open, inside, &agency);
    for (size_t at = pos + open; at < inside && !whole && s->text[pos + open] >= 0xe3; at++)
        whole = (s->text[at] & 0xc0) != 0x80 && wp_agency_names(s, at, inside, &agency) == inside;
    if (!whole) return 0;
    size_t at = wp_agency_skip_blanks(s->text, behind, line_end);
    size_t dash = wp_agency_dash(s->text, at, line_end);
    size_t next = sentence_at(s, at + (dash ? dash : colon_at(s->text, at, line_end)));
    if (next) s->agency = agency;
    return next;
}

/* Lines. */

static size_t dateline(struct wp_agency_scan *s, size_t pos, size_t line_end, bool bare) {
    uint8_t c = s->text[pos];
    size_t done = leading_names(s, pos, line_end);
    if (!done && (c == '(' || c == '[' || c >= 0xe3)) done = leading_bracket(s, pos, line_end);
    if (!done && c >= 0xe3) done = han_dateline(s, pos, line_end);
    if (!done) done = bracket_dateline(s, pos, line_end);
    bool capitals = pos + 1 < line_end && wp_agency_is_upper(c) && wp_agency_is_upper(s->text[pos + 1]);
    if (!done && (c >= 0x80 || capitals)) done = dash_dateline(s, pos, line_end, bare);
    if (!done && c >= 0x80) done = dated_line(s, pos, line_end);
    return done;
}

enum line { LINE_OTHER, LINE_WRITER, LINE_CREDIT };

/* A byline: LINE_CREDIT when it names an agency or is nothing but the form ("Agency Reporter"). */
static enum line read_byline(struct wp_agency_scan *s, size_t pos, size_t line_end) {
    struct wp_agency_hit hit;
    if (line_end - pos > LINE_BYTES_MAX ||
        !wp_agency_match(s->table, s->text, pos, line_end, WP_AGENCY_BYLINE, &hit))
        return LINE_OTHER;
    size_t end = wp_agency_trim(s->text, pos, line_end);
    size_t at = wp_agency_skip_blanks(s->text, hit.end, end);
    at += colon_at(s->text, at, end);
    uint16_t agency = 0;
    if (at == end || wp_agency_is_credit(s, at, end, &agency)) {
        s->agency = agency;
        return LINE_CREDIT;
    }
    for (; at < end; at++) {
        size_t sign = wp_agency_dash(s->text, at, end);
        if (!sign && !WP_AGENCY_IS_ONE_OF(s->text[at], ",/|(")) continue;
        size_t from = wp_agency_skip_blanks(s->text, at + (sign ? sign : 1), end);
        size_t close = s->text[at] == '(' && s->text[end - 1] == ')';
        if (from >= end - close || !wp_agency_is_credit(s, from, end - close, &agency)) continue;
        s->agency = agency;
        return LINE_CREDIT;
    }
    return LINE_WRITER;
}

/* Behind an update prefix at pos, or pos. */
static size_t skip_update(const struct wp_agency_scan *s, size_t pos) {
    size_t inside = 0, behind = 0, end = s->end;
    struct wp_agency_hit hit;
    size_t open = wp_agency_bracket(s->text, pos, end, SMALL_PLACE_BYTES, &inside, &behind), at = pos + open;
    while (at < end && (s->text[at] == '+' || s->text[at] == '*')) at++;
    at = wp_agency_skip_blanks(s->text, at, end);
    if (!wp_agency_match(s->table, s->text, at, end, WP_AGENCY_UPDATE, &hit)) return pos;
    at = wp_agency_skip_blanks(s->text, hit.end, end);
    for (int i = 0; i < 2 && at < end && wp_agency_is_digit(s->text[at]); i++) at++;
    at = wp_agency_skip_blanks(s->text, at, end);
    if (open && at != inside) return pos;
    if (open) at = wp_agency_skip_blanks(s->text, behind, end);
    size_t sign = wp_agency_dash(s->text, at, end) + colon_at(s->text, at, end);
    while (at + sign < end && WP_AGENCY_IS_ONE_OF(s->text[at + sign], "!|+*")) sign++;
    if (wp_agency_is3(s->text, at, end, "！")) sign += 3;
    if (!sign && !open && !is_line_end(s, at)) return pos;
    if (sign == 1 && s->text[at] == '-' && at + 1 < end && wp_agency_is_lower(s->text[at + 1])) return pos;
    return wp_agency_skip_space(s->text, at + sign, end);
}

/* A line above the dateline: short, and no sentence. */
static bool is_headline(const struct wp_agency_scan *s, size_t pos, size_t line_end) {
    if (line_end - pos > LINE_BYTES_MAX || line_end >= s->end) return false;
    size_t end = wp_agency_trim(s->text, pos, line_end);
    return end > pos && !WP_AGENCY_IS_ONE_OF(s->text[end - 1], ".?!\"") &&
           !(end - pos >= 3 && ends_sentence(s->text, end - 3, end));
}

size_t wp_agency_head(struct wp_agency_scan *s) {
    size_t pos = wp_agency_skip_space(s->text, 0, s->end), head = 0;
    for (size_t next; (next = skip_update(s, pos)) != pos;) head = pos = next;
    bool bare = true;
    for (int i = 0; i < LINES_MAX && pos < s->end; i++) {
        size_t line_end = wp_agency_line_end(s->text, pos, s->end);
        enum line line = read_byline(s, pos, line_end);
        size_t next = line == LINE_OTHER ? dateline(s, pos, line_end, bare) : 0;
        if (next) return next;
        if (line == LINE_OTHER && !is_headline(s, pos, line_end)) break;
        bare = line != LINE_OTHER;
        pos = wp_agency_skip_space(s->text, line_end, s->end);
        if (line == LINE_CREDIT) head = pos;
    }
    return head;
}
