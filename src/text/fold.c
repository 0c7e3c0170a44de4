/*
 * fold.c - the portable folding kernel, which is the specification of the others, and growing.
 *
 * Reads a character ahead: what follows decides whether the present one may be settled by its table entry or
 * goes, with the non-starters behind it, through normalisation.
 */
#include "text/fold.h"

#include <string.h>
#include "base/memory.h"

/* A character that has been read: where it is, and its table entry. */
struct character {
    size_t at;
    uint32_t entry;
    unsigned len; /* 0 at the end of the text */
};

static struct character read_character(const struct wp_fold *f, size_t at) {
    if (at >= f->len) return (struct character){at, WP_CHAR_SEPARATOR, 0};
    uint32_t c;
    unsigned n = wp_utf8_decode(f->in + at, f->len - at, &c);
    if (!n) return (struct character){at, WP_CHAR_SEPARATOR, 1};
    return (struct character){at, wp_unicode_entry(f->unicode, c), n};
}

/* --- output --- */

static inline void close_token(struct wp_fold *f) {
    if (!f->open) return;
    f->text[f->out++] = ' ';
    f->open = false;
}

/* Begins a token unless one is open. [begin, end) is where it comes from. */
static inline void open_token(struct wp_fold *f, size_t begin, size_t end) {
    if (!f->open) {
        if (f->ranges) f->ranges[f->count].begin = (uint32_t)begin;
        f->starts[f->count++] = (uint32_t)f->out;
        f->open = true;
    }
    if (f->ranges) f->ranges[f->count - 1].end = (uint32_t)end;
}

static inline void copy_few(uint8_t *to, const uint8_t *from, unsigned len) {
    for (unsigned i = 0; i < len; i++) to[i] = from[i];
}

static inline void put_joined(struct wp_fold *f, const uint8_t *bytes, unsigned len, size_t begin,
                              size_t end) {
    open_token(f, begin, end);
    copy_few(f->text + f->out, bytes, len);
    f->out += len;
}

static inline void put_alone(struct wp_fold *f, const uint8_t *bytes, unsigned len, size_t begin,
                             size_t end) {
    close_token(f);
    put_joined(f, bytes, len, begin, end);
    close_token(f);
    f->alone++;
}

/* Room for `more` bytes of expanded text while `left` bytes of input remain. */
static inline bool keep_room(struct wp_fold *f, size_t left, size_t more) {
    return f->cap - f->out >= WP_FOLD_ROOM(left) + more || wp_fold_grow(f, left, more);
}

static void put_mapped(struct wp_fold *f, const struct character *c, bool alone) {
    size_t len, end = c->at + c->len;
    const uint8_t *text = wp_unicode_text(f->unicode, c->entry, &len);
    if (!keep_room(f, f->len - c->at, len + 2)) return;
    if (alone) {
        put_alone(f, text, (unsigned)len, c->at, end);
        return;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == ' ')
            close_token(f);
        else
            put_joined(f, text + i, 1, c->at, end);
    }
}

/* --- segments --- */

/* Normalises in[begin, end), a whole segment, and puts what comes out. */
static void put_normalized(struct wp_fold *f, size_t begin, size_t end) {
    size_t count = 0;
    f->status = wp_normal_reserve(&f->normal, end - begin);
    if (f->status != WP_OK) return;
    for (size_t at = begin; at < end;) {
        uint32_t c;
        unsigned n = wp_utf8_decode(f->in + at, end - at, &c);
        if (!n) { /* a broken byte, which is a separator, can only be the first */
            close_token(f);
            at++;
            continue;
        }
        f->normal.codes[count++] = (int32_t)c;
        at += n;
    }
    f->status = wp_unicode_normalize(&f->normal, &count);
    if (f->status != WP_OK || !keep_room(f, f->len - begin, count * 5 + 2)) return;
    for (size_t i = 0; i < count; i++) {
        uint32_t c = (uint32_t)f->normal.codes[i];
        uint8_t bytes[4];
        unsigned n = wp_utf8_encode(c, bytes);
        switch (wp_unicode_class(c)) {
        case WP_CHAR_JOIN: put_joined(f, bytes, n, begin, end); break;
        case WP_CHAR_ALONE: put_alone(f, bytes, n, begin, end); break;
        case WP_CHAR_VANISH: break;
        default: close_token(f);
        }
    }
}

static inline void put_character(struct wp_fold *f, const struct character *c) {
    size_t end = c->at + c->len;
    switch (c->entry & WP_CHAR_KIND_MASK) {
    case WP_CHAR_JOIN: put_joined(f, f->in + c->at, c->len, c->at, end); break;
    case WP_CHAR_ALONE: put_alone(f, f->in + c->at, c->len, c->at, end); break;
    case WP_CHAR_MAP: put_mapped(f, c, false); break;
    case WP_CHAR_MAP_ALONE: put_mapped(f, c, true); break;
    case WP_CHAR_SLOW: put_normalized(f, c->at, end); break;
    case WP_CHAR_VANISH: break;
    default: close_token(f);
    }
}

/* The segment that begins with `first` and has `next`, a non-starter, behind it. Returns the character behind
 * the segment. */
static struct character put_segment(struct wp_fold *f, const struct character *first, struct character next) {
    bool simple = (first->entry & WP_CHAR_KIND_MASK) != WP_CHAR_SLOW && !(first->entry & WP_CHAR_CLOSED);
    unsigned ccc = first->entry & WP_CHAR_NONSTARTER ? first->entry >> WP_CHAR_CCC_SHIFT & 255 : 0;
    while (next.entry & WP_CHAR_NONSTARTER) {
        unsigned k = next.entry >> WP_CHAR_CCC_SHIFT & 255;
        simple &= (next.entry & WP_CHAR_KIND_MASK) != WP_CHAR_SLOW && k >= ccc;
        ccc = k;
        next = read_character(f, next.at + next.len);
    }
    if (!simple) {
        put_normalized(f, first->at, next.at);
        return next;
    }
    for (struct character c = *first; c.at < next.at && f->status == WP_OK;
         c = read_character(f, c.at + c.len))
        put_character(f, &c);
    return next;
}

/* ASCII bytes that have ASCII behind them: no normalisation can touch them. */
static void put_ascii(struct wp_fold *f, size_t until) {
    const uint8_t *fold = f->unicode->ascii, *in = f->in;
    uint8_t *text = f->text;
    size_t pos = f->pos, out = f->out, count = f->count, open = f->open;
    if (until >= f->len) until = f->len - 1;
    for (; pos < until && (in[pos] | in[pos + 1]) < 0x80; pos++) {
        uint8_t c = fold[in[pos]];
        size_t word = c != 0;
        text[out] = word ? c : ' ';
        f->starts[count] = (uint32_t)out;
        count += word & ~open & 1;
        out += word | open;
        open = word;
    }
    f->pos = pos;
    f->out = out;
    f->count = count;
    f->open = open;
}

/* A character as the fast loop sees it. */
struct plain {
    unsigned brief; /* WP_BRIEF_ bits */
    unsigned len;
    uint32_t code;
};

/* Reads at in, which has 4 bytes. What is broken or longer than 3 bytes is SPECIAL. */
static inline struct plain read_plain(const struct wp_unicode *u, const uint8_t *in) {
    uint32_t a = in[0], b = in[1], c = in[2];
    if (a < 0x80) return (struct plain){u->ascii[a] ? WP_BRIEF_WORD : 0, 1, u->ascii[a]};
    if (a >= 0xc2 && a < 0xe0 && (b & 0xc0) == 0x80) {
        uint32_t code = (a & 31) << 6 | (b & 63);
        return (struct plain){u->brief[code], 2, code};
    }
    uint32_t code = (a & 15) << 12 | (b & 63) << 6 | (c & 63);
    if (a >= 0xe0 && a < 0xf0 && (b & 0xc0) == 0x80 && (c & 0xc0) == 0x80 && code >= 0x800)
        return (struct plain){u->brief[code], 3, code};
    return (struct plain){WP_BRIEF_SPECIAL, 1, 0};
}

/* Running text outside ASCII: characters that stand for themselves, or nearly, until one does not. */
static void put_plain(struct wp_fold *f, size_t until) {
    const uint8_t *in = f->in;
    uint8_t *text = f->text;
    size_t pos = f->pos, out = f->out, count = f->count, open = f->open;
    struct plain c =
        f->len - pos >= 8 ? read_plain(f->unicode, in + pos) : (struct plain){WP_BRIEF_SPECIAL, 1, 0};
    while (pos < until && f->len - pos >= 8) {
        struct plain next = read_plain(f->unicode, in + pos + c.len);
        if ((c.brief | next.brief) & (WP_BRIEF_SPECIAL | WP_BRIEF_MARK)) break;
        if (c.len + next.len == 2) break; /* two of ASCII: put_ascii is faster */
        size_t word = c.brief & WP_BRIEF_WORD;
        if (c.brief & WP_BRIEF_ALONE) {
            text[out] = ' ';
            out += open;
            open = 0;
            f->alone++;
        } else if (c.brief & WP_BRIEF_VANISH) {
            pos += c.len;
            c = next;
            continue;
        }
        f->starts[count] = (uint32_t)out;
        count += word & ~open;
        memcpy(text + out, in + pos, 4);
        if (c.brief & WP_BRIEF_RAISED) wp_utf8_encode(c.code + 32, text + out);
        if (c.len == 1) text[out] = word ? (uint8_t)c.code : ' ';
        if (!word) text[out] = ' ';
        out += word ? c.len : open;
        open = word;
        if (c.brief & WP_BRIEF_ALONE) {
            text[out++] = ' ';
            open = 0;
        }
        pos += c.len;
        c = next;
    }
    f->pos = pos;
    f->out = out;
    f->count = count;
    f->open = open;
}

/* What needs no more than a table: ASCII, and plain characters behind it. Returns whether it got on. */
static bool put_easy(struct wp_fold *f, size_t at, size_t until) {
    size_t before;
    f->pos = at;
    do {
        before = f->pos;
        if (f->in[before] < 0x80) put_ascii(f, until);
        put_plain(f, until);
    } while (f->pos > before && f->pos < until && f->pos < f->len);
    return f->pos > at;
}

void wp_fold_step(struct wp_fold *f, size_t until) {
    struct character c = read_character(f, f->pos);
    while (c.len && c.at < until && f->status == WP_OK) {
        if (!f->ranges && put_easy(f, c.at, until)) {
            c = read_character(f, f->pos);
            continue;
        }
        struct character next = read_character(f, c.at + c.len);
        if (next.entry & WP_CHAR_NONSTARTER) {
            c = put_segment(f, &c, next);
        } else {
            put_character(f, &c);
            c = next;
        }
    }
    f->pos = c.at;
}

void wp_fold_portable(struct wp_fold *f) {
    wp_fold_step(f, f->len);
}

bool wp_fold_grow(struct wp_fold *f, size_t left, size_t more) {
    size_t cap = f->out + WP_FOLD_ROOM(left) + more;
    if (cap > WP_FOLD_TEXT_MAX) {
        f->status = WP_ETOOBIG;
        return false;
    }
    cap = cap > WP_FOLD_TEXT_MAX / 2 ? WP_FOLD_TEXT_MAX : cap * 2;
    f->status = WP_ENOMEM;
    uint8_t *area = wp_realloc(f->area, WP_FOLD_FRONT + cap, 1);
    if (!area) return false;
    f->area = area;
    f->text = area + WP_FOLD_FRONT;
    size_t starts_cap = cap / 2 + WP_FOLD_SLACK;
    uint32_t *starts = wp_realloc(f->starts, starts_cap, sizeof *starts);
    if (!starts) return false;
    f->starts = starts;
    if (f->ranges) {
        struct wp_source_range *ranges = wp_realloc(f->ranges, starts_cap, sizeof *ranges);
        if (!ranges) return false;
        f->ranges = ranges;
    }
    f->cap = cap;
    f->status = WP_OK;
    return true;
}
