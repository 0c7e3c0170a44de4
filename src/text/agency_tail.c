/*
 * agency_tail.c - where a text ends, before signed names, copyright lines and end marks.
 *
 * A tail can only begin at an anchor: a line, a sentence, a bracket. Those of the last SENTENCES_BYTES are
 * found 16 bytes at a time, before them lines alone count. Anchors are tried from the last to the first, and
 * each that fits moves the end of the text to itself, so that "(NAN)" above a copyright line is found as
 * well.
 *
 *     sign      = [dash] credit ["."]                behind a sentence or at a line
 *               | "(" credit ")"                     also behind a word, if that is no name in capitals:
 *                                                    "the Australian Federal Police (AFP)" is none
 *     rights    = copyright sign {year | name} | ending
 *
 * Behind a sign there may be a few short lines that are no sentences ("Share this: Twitter").
 */
#include "text/agency_scan.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include "base/bytes.h"
#endif

enum {
    SENTENCES_BYTES = 128, /* at the end, in which sentences and brackets count; a multiple of 64 */
    CREDIT_BYTES_MAX = 80,
    REST_BYTES_MAX = 200, /* of short lines behind a sign */
    REST_LINE_BYTES_MAX = 48,
    RIGHTS_PARTS_MAX = 8,
    WORDS_BACK_MAX = 6 /* looked at for "News Agency of Nigeria (NAN)" */
};

struct tail {
    struct wp_agency_scan *s;
    size_t from;  /* of the window */
    size_t limit; /* where the text ends, as far as is known */
    size_t end;   /* of the text without blanks */
};

/* Whether text[..pos) ends in a sign that closes a sentence, quotes and brackets behind it included. */
static bool is_closed(const uint8_t *text, size_t from, size_t pos) {
    if (pos <= from) return true;
    if (WP_AGENCY_IS_ONE_OF(text[pos - 1], ".!?\"')\n*")) return true;
    if (pos - from >= 2 && text[pos - 2] == 0xc2 && text[pos - 1] == 0xbb) return true; /* » */
    if (pos - from < 3) return false;
    static const char *const signs[] = {"\u201d", "\u2019", "\u2026", "。", "！", "？", "」", "』", "）"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (memcmp(text + pos - 3, signs[i], 3) == 0) return true;
    return false;
}

/* Short lines without sentences, or nothing but signs. */
static bool is_furniture(const struct tail *t, size_t pos) {
    const uint8_t *text = t->s->text;
    if (t->limit - pos > REST_BYTES_MAX) return false;
    while ((pos = wp_agency_skip_space(text, pos, t->limit)) < t->limit) {
        size_t line_end = wp_agency_line_end(text, pos, t->limit);
        size_t end = wp_agency_trim(text, pos, line_end);
        bool cut =
            end - pos >= 3 && (memcmp(text + end - 3, "...", 3) == 0 || memcmp(text + end - 3, "…", 3) == 0);
        bool sentence = end - pos > 3 && !cut && is_closed(text, pos, end) && text[end - 1] != ')';
        if (end - pos > REST_LINE_BYTES_MAX || sentence) return false;
        pos = line_end;
    }
    return true;
}

/* Behind what may stand on the line of a sign: a full stop, "(www.example.com)". 0 when there is more. */
static size_t close_sign(const struct tail *t, size_t pos) {
    const uint8_t *text = t->s->text;
    size_t inside, behind;
    while (pos < t->limit && WP_AGENCY_IS_ONE_OF(text[pos], ".*)(") &&
           !wp_agency_bracket(text, pos, t->limit, CREDIT_BYTES_MAX, &inside, &behind))
        pos++;
    if (wp_agency_is3(text, pos, t->limit, "。")) pos += 3;
    pos = wp_agency_skip_blanks(text, pos, t->limit);
    if (wp_agency_bracket(text, pos, t->limit, CREDIT_BYTES_MAX / 2, &inside, &behind))
        pos = wp_agency_skip_blanks(text, behind, t->limit);
    return pos >= t->limit || text[pos] == '\n' || text[pos] == '\r' ? pos : 0;
}

static size_t skip_year(const uint8_t *text, size_t pos, size_t end) {
    bool year = end - pos >= 4 && (memcmp(text + pos, "19", 2) == 0 || memcmp(text + pos, "20", 2) == 0) &&
                wp_agency_is_digit(text[pos + 2]) && wp_agency_is_digit(text[pos + 3]);
    return year ? pos + 4 : pos;
}

/* Copyright signs, years, names and endings that begin at pos; sets the agency when they are a tail. */
static bool is_rights(const struct tail *t, size_t pos) {
    const struct wp_agency_scan *s = t->s;
    struct wp_agency_hit hit;
    uint16_t agency = 0;
    bool sign = false, named = false, dated = false, ending = false;
    for (int i = 0; i < RIGHTS_PARTS_MAX && pos < t->end; i++) {
        pos = wp_agency_skip_the(s->text, pos, t->end);
        size_t next = skip_year(s->text, pos, t->end);
        if (next > pos) {
            dated = true;
        } else if (wp_agency_match(s->table, s->text, pos, t->end,
                                   WP_AGENCY_COPYRIGHT | WP_AGENCY_NAME | WP_AGENCY_ENDING |
                                       (i ? WP_AGENCY_SOURCE : 0),
                                   &hit)) {
            sign |= hit.kind == WP_AGENCY_COPYRIGHT;
            named |= hit.kind == WP_AGENCY_NAME;
            ending |= hit.kind == WP_AGENCY_ENDING;
            if (hit.agency && !agency) agency = hit.agency;
            next = hit.end;
        } else {
            break;
        }
        pos = wp_agency_skip_blanks(s->text, next, t->end);
        while (pos < t->end && WP_AGENCY_IS_ONE_OF(s->text[pos], ".,:|-;/"))
            pos = wp_agency_skip_blanks(s->text, pos + 1, t->end);
        size_t dash = wp_agency_dash(s->text, pos, t->end);
        pos = wp_agency_skip_blanks(s->text, pos + dash, t->end);
    }
    if (!ending && !(sign && (named || dated))) return false;
    if (agency) t->s->agency = agency;
    return true;
}

/* A line of names with a reason: "The Associated Press contributed to this report." tells no agency. */
static bool is_contribution(const struct tail *t, size_t pos) {
    struct wp_agency_hit hit;
    return wp_agency_match(t->s->table, t->s->text, wp_agency_skip_blanks(t->s->text, pos, t->end), t->end,
                           WP_AGENCY_ENDING | WP_AGENCY_COPYRIGHT, &hit);
}

static bool may_name(const struct tail *t, size_t at) {
    at = wp_agency_skip_the(t->s->text, at, t->limit);
    return wp_agency_may_begin(t->s->table, t->s->text, at, t->limit, WP_AGENCY_NAME | WP_AGENCY_SOURCE);
}

/* A tail that begins at the line or sentence at `pos`. */
static void try_start(struct tail *t, size_t pos) {
    const struct wp_agency_scan *s = t->s;
    struct wp_agency_hit hit;
    size_t at = pos;
    if (pos >= t->limit) return;
    while (at < t->limit && WP_AGENCY_IS_ONE_OF(s->text[at], "/|*~")) at++;
    if (wp_agency_match(s->table, s->text, pos, t->end, WP_AGENCY_COPYRIGHT | WP_AGENCY_ENDING, &hit) &&
        is_rights(t, pos)) {
        t->limit = pos;
        return;
    }
    at += wp_agency_dash(s->text, at, t->limit);
    at = wp_agency_skip_blanks(s->text, at, t->limit);
    if (at >= t->limit || s->text[at] == '(' || !may_name(t, at)) return;
    size_t line_end = wp_agency_line_end(s->text, at, t->limit);
    if (line_end - at > CREDIT_BYTES_MAX + REST_LINE_BYTES_MAX) return;
    uint16_t agency = 0;
    size_t done = wp_agency_names(s, at, line_end, &agency);
    if (done > at && is_contribution(t, done)) {
        t->limit = pos;
        return;
    }
    if (done == at) {
        done = line_end;
        while (done > at && WP_AGENCY_IS_ONE_OF(s->text[done - 1], ".*\r ")) done--;
        if (!wp_agency_is_credit(s, at, done, &agency)) return;
    }
    size_t rest = close_sign(t, done);
    if (!rest || !is_furniture(t, rest)) return;
    t->limit = pos;
    t->s->agency = agency;
}

/* Whether the word before pos tells that the bracket there explains a name, or credits a picture. */
static bool is_explained(const struct tail *t, size_t pos) {
    const uint8_t *text = t->s->text;
    uint16_t agency;
    size_t word = pos;
    while (word > t->from && text[word - 1] > ' ' && text[word - 1] != 0xa0) word--;
    if (word == pos || wp_agency_is_upper(text[word])) return true;
    if (pos - word >= 2 && text[word] == 0xc2 && text[word + 1] == 0xa9) return true; /* © */
    for (int i = 0; i < WORDS_BACK_MAX; i++) {
        if (wp_agency_names(t->s, word, pos, &agency) == pos) return true;
        while (word > t->from && text[word - 1] <= ' ') word--;
        while (word > t->from && text[word - 1] > ' ') word--;
    }
    return false;
}

/* "(credit)" at pos. */
static void try_bracket(struct tail *t, size_t pos) {
    const struct wp_agency_scan *s = t->s;
    size_t inside, behind;
    struct wp_agency_hit hit;
    uint16_t agency = 0;
    if (pos >= t->limit) return;
    size_t before = wp_agency_trim(s->text, t->from, pos);
    bool closed = before != pos && memchr(s->text + before, '\n', pos - before);
    closed |= is_closed(s->text, t->from, before);
    if (closed &&
        wp_agency_match(s->table, s->text, pos, t->end, WP_AGENCY_COPYRIGHT | WP_AGENCY_ENDING, &hit) &&
        is_rights(t, pos)) {
        t->limit = pos;
        return;
    }
    size_t open = wp_agency_bracket(s->text, pos, t->limit, CREDIT_BYTES_MAX, &inside, &behind);
    if (!open) return;
    if (!wp_agency_is_credit(s, pos + open, inside, &agency)) return;
    size_t rest = close_sign(t, behind);
    if (!rest || !is_furniture(t, rest) || (!closed && is_explained(t, before))) return;
    t->limit = pos;
    t->s->agency = agency;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

static inline bytes16 load16(const uint8_t *text) {
    bytes16 c;
    memcpy(&c, text, sizeof c);
    return c;
}

/* One bit for each of 16 bytes that are 0 or 0xff; the lowest for the first. */
static inline uint32_t bits_of(bytes16 marks) {
#if defined(__SSE2__)
    return (uint32_t)_mm_movemask_epi8((__m128i)marks);
#else
    uint8_t m[16];
    memcpy(m, &marks, sizeof m);
    uint64_t low = (wp_load64(m) & 0x8080808080808080u) * 0x0002040810204081u >> 56;
    uint64_t high = (wp_load64(m + 8) & 0x8080808080808080u) * 0x0002040810204081u >> 56;
    return (uint32_t)(low | high << 8);
#endif
}

static inline size_t last_bit(uint64_t bits) {
    return 63 - (size_t)__builtin_clzll(bits);
}

/* One bit for each of 64 bytes at which `test`, of their vector c, holds. */
#define BITS_OF_64(text, test)                                                                               \
    __extension__({                                                                                          \
        uint64_t word_ = 0;                                                                                  \
        for (size_t at_ = 0; at_ < 64; at_ += 16) {                                                          \
            bytes16 c = load16((text) + at_);                                                                \
            word_ |= (uint64_t)bits_of((bytes16)(test)) << at_;                                              \
        }                                                                                                    \
        word_;                                                                                               \
    })

/* What a sentence may end in, as far as one byte tells. */
static bool closes(uint8_t c) {
    return (c >= 0x21 && c < 0x30 && c != ',') || c == '?' || c == '\n' || c == 0x9d || c == 0x99 ||
           c == 0xbb;
}

/* The last byte of an ideographic full stop or wide bracket, and those that end a closing quote. */
static void mark_wide(const uint8_t *text, uint64_t *last, uint64_t *quotes) {
    uint64_t lead = BITS_OF_64(text - 1, c == 0x80); /* of the byte before */
    *last = (lead & BITS_OF_64(text, (c == 0x82) | (c == 0x90))) | BITS_OF_64(text - 1, c == 0xbc);
    *quotes = BITS_OF_64(text, (c == 0x9d) | (c == 0x99) | (c == 0xbb));
}

/* Sets a bit for each byte of the window that tells of an anchor: a line end, a blank behind a sign that may
 * close a sentence, a round bracket, the last byte of an ideographic full stop or bracket. Reads the byte
 * before the window. */
static void mark_anchors(const uint8_t *window, uint64_t *bits) {
    uint64_t carry = 0; /* whether the byte before closes */
    for (size_t word = 0; word < SENTENCES_BYTES / 64; word++) {
        const uint8_t *text = window + 64 * word;
        uint64_t wide = 0, quotes = 0;
        uint64_t lines = BITS_OF_64(text, c == '\n');
        uint64_t brackets = BITS_OF_64(text, c == '(');
        uint64_t blanks = BITS_OF_64(text, c == ' ');
        uint64_t signs = BITS_OF_64(text, ((c - 0x21 < 0x0f) & (c != ',')) | (c == '?'));
        if (BITS_OF_64(text, c > 0x7f) || text[-1] > 0x7f) mark_wide(text, &wide, &quotes);
        uint64_t closing = lines | signs | quotes;
        if (word == 0) carry = closes(text[-1]);
        bits[word] = lines | brackets | (blanks & (closing << 1 | carry)) | wide;
        carry = closing >> 63;
    }
}

/* Bytes of the quote that opens at `at` and may hold a name, as Arabic papers write it: «رويترز». */
static size_t quote_at(const struct tail *t, size_t at) {
    const uint8_t *text = t->s->text;
    size_t len = text[at] == '"' ? 1 : wp_agency_is3(text, at, t->end, "“") ? 3 : 0;
    if (text[at] == 0xc2 && at + 1 < t->end && text[at + 1] == 0xab) len = 2;
    return len && wp_agency_may_begin(t->s->table, text, at + len, t->end, WP_AGENCY_NAME) ? len : 0;
}

static bool is_wide_bracket(const struct tail *t, size_t at) {
    const uint8_t *text = t->s->text;
    return text[at] >= 0xe3 &&
           (wp_agency_is3(text, at, t->end, "（") || wp_agency_is3(text, at, t->end, "【"));
}

/* Whether a form, or a sign before one, may begin at the anchor: what try_start and try_bracket can use. */
static bool is_promising(const struct tail *t, size_t at) {
    const uint8_t *text = t->s->text;
    const unsigned kinds = WP_AGENCY_NAME | WP_AGENCY_SOURCE | WP_AGENCY_COPYRIGHT | WP_AGENCY_ENDING;
    if (wp_agency_may_begin(t->s->table, text, at, t->end, kinds)) return true;
    if (text[at] == '(')
        return at + 1 < t->end && (wp_agency_may_begin(t->s->table, text, at + 1, t->end, kinds) ||
                                   WP_AGENCY_IS_ONE_OF(text[at + 1], " *") || text[at + 1] >= 0xc2);
    size_t name = wp_agency_skip_the(text, at, t->end);
    if (name > at && wp_agency_may_begin(t->s->table, text, name, t->end, kinds)) return true;
    return WP_AGENCY_IS_ONE_OF(text[at], "-/|*~[") ||
           (text[at] >= 0xe2 && wp_agency_dash(text, at, t->end)) || quote_at(t, at) ||
           is_wide_bracket(t, at);
}

/* What begins at `start`; `closed`: a line, or what follows the end of a sentence. */
static void try_at(struct tail *t, size_t start, bool closed) {
    uint8_t c = t->s->text[start];
    if (c == '(' || c == '[' || quote_at(t, start) || is_wide_bracket(t, start))
        try_bracket(t, start);
    else if (closed)
        try_start(t, start);
}

/* An anchor that mark_anchors has found at `at`. */
static void try_anchor(struct tail *t, size_t at) {
    const uint8_t *text = t->s->text;
    size_t start = at;
    if (at >= t->end) return; /* marked for the byte before */
    if (text[at] >= 0x80) {
        if (at < t->from + 2) return;
        start = is_wide_bracket(t, at - 2) ? at - 2 : at + 1;
    } else if (text[at] != '(') {
        if (text[at] == '\n' && at + 1 < t->end && text[at + 1] <= ' ') return; /* that is an anchor, too */
        start = wp_agency_skip_space(text, at + 1, t->end);
    }
    if (start < t->limit && is_promising(t, start))
        try_at(t, start, text[at] == '\n' || is_closed(text, t->from, text[at] < 0x80 ? at : at + 1));
}

/* The anchors of the last SENTENCES_BYTES, from the last to the first. */
static void try_sentences(struct tail *t) {
    uint8_t copy[1 + SENTENCES_BYTES];
    uint64_t bits[SENTENCES_BYTES / 64] = {0};
    const uint8_t *window = copy + 1;
    size_t from = t->from, len = t->end - from;
    if (len > SENTENCES_BYTES) {
        from = t->end - SENTENCES_BYTES;
        window = t->s->text + from;
    } else {
        memset(copy, 0, sizeof copy);
        memcpy(copy + 1, t->s->text + from, len);
    }
    mark_anchors(window, bits);
    for (size_t word = SENTENCES_BYTES / 64; word-- > 0;)
        while (bits[word]) {
            size_t bit = last_bit(bits[word]);
            bits[word] ^= (uint64_t)1 << bit;
            try_anchor(t, from + 64 * word + bit);
        }
}

static void try_line(struct tail *t, size_t at) {
    size_t start = wp_agency_skip_space(t->s->text, at, t->end);
    if (start < t->limit && is_promising(t, start)) try_at(t, start, true);
}

/* The lines before the last SENTENCES_BYTES, from the last to the first. A line end that another follows is
 * passed over: it is the other's line that begins there. Reads less than 64 bytes behind them. */
static void try_lines(struct tail *t) {
    const uint8_t *window = t->s->text + t->from;
    size_t len = t->end - SENTENCES_BYTES - t->from;
    uint64_t following = 0; /* a line end at the first byte of the next word */
    for (size_t word = (len + 63) / 64; word-- > 0;) {
        uint64_t lines = BITS_OF_64(window + 64 * word, c == '\n');
        uint64_t bits = lines & ~(lines >> 1 | following << 63);
        following = lines & 1;
        if (len - 64 * word < 64) bits &= ((uint64_t)1 << (len - 64 * word)) - 1;
        for (; bits; bits &= ~((uint64_t)1 << last_bit(bits)))
            try_line(t, t->from + 64 * word + last_bit(bits) + 1);
    }
}

size_t wp_agency_tail(struct wp_agency_scan *s, size_t from) {
    uint16_t head_agency = s->agency;
    size_t end = wp_agency_trim(s->text, from, s->end), first = from;
    if (end - from > WP_AGENCY_TAIL_BYTES) from = end - WP_AGENCY_TAIL_BYTES;
    struct tail t = {.s = s, .from = from, .limit = end, .end = end};
    try_sentences(&t);
    if (end - from > SENTENCES_BYTES) try_lines(&t);
    if (from == first) try_line(&t, from);
    if (head_agency) s->agency = head_agency;
    return t.limit == end ? s->end : t.limit;
}
