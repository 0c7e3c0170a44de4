/*
 * agency_table.c - see agency.h and agency_table.h: rows to a trie, and walking it.
 *
 * The trie's nodes are a list of children each, which is short everywhere but at the root; the root's stand
 * in an array. Several forms can end in one node (AP as written and a phrase in any case, of different
 * kinds).
 */
#include "text/agency_table.h"

#include <stdatomic.h>
#include <string.h>
#include "base/file.h"

/* A table holds about 500 forms; a user's file may be this long, and all tables together this large. */
#define FILE_BYTES_MAX ((size_t)1 << 20)
#define FORMS_MAX ((size_t)1 << 16)
#define NAMES_MAX ((size_t)4096)
#define NAME_BYTES_MAX 48

enum { FORM_BYTES_MIN = 2, FORM_BYTES_MAX = 64, COLUMNS = 4 };

/* Characters. */

/* Bytes of the blank at text[pos], 0 when it is none. */
static size_t blank_at(const uint8_t *text, size_t pos, size_t end) {
    if (text[pos] == ' ' || text[pos] == '\t') return 1;
    if (text[pos] == 0xc2) return end - pos >= 2 && text[pos + 1] == 0xa0 ? 2 : 0;
    if (end - pos < 3) return 0;
    return memcmp(text + pos, "\u202f", 3) == 0 || memcmp(text + pos, "\u3000", 3) == 0 ? 3 : 0;
}

size_t wp_agency_skip_blanks_(const uint8_t *text, size_t pos, size_t end) {
    for (size_t n; pos < end && (n = blank_at(text, pos, end)) > 0;) pos += n;
    return pos;
}

bool wp_agency_is_word(const struct wp_agency_table *t, const uint8_t *text, size_t pos, size_t end) {
    uint32_t c;
    if (pos >= end || wp_utf8_decode(text + pos, end - pos, &c) == 0) return false;
    enum wp_char_kind kind = wp_unicode_entry(t->unicode, c) & WP_CHAR_KIND_MASK;
    if (c < 0x80) return t->unicode->ascii[c] != 0;
    return kind == WP_CHAR_JOIN || kind == WP_CHAR_MAP || kind == WP_CHAR_SLOW;
}

/* The folded bytes of the character (or run of blanks) at text[pos], and how many bytes it takes there. None
 * for what vanishes. */
struct folded {
    const uint8_t *bytes;
    size_t len, taken;
    uint8_t one;
};

static inline void fold_ascii(uint8_t c, struct folded *f) {
    f->one = c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    f->bytes = &f->one;
    f->len = f->taken = 1;
}

/* Whether one of U+4000 to U+9FFF stands at text[pos]: Han, which fold to themselves. */
static inline bool is_han(const uint8_t *text, size_t pos, size_t end) {
    return end - pos >= 3 && text[pos] >= 0xe4 && text[pos] <= 0xe9 && (text[pos + 1] & 0xc0) == 0x80 &&
           (text[pos + 2] & 0xc0) == 0x80;
}

static void fold(const struct wp_unicode *u, const uint8_t *text, size_t pos, size_t end, struct folded *f) {
    uint32_t c;
    size_t blanks = wp_agency_skip_blanks(text, pos, end) - pos;
    fold_ascii(blanks ? ' ' : text[pos], f);
    if (blanks) f->taken = blanks;
    if (f->one < 0x80) return;
    unsigned n = wp_utf8_decode(text + pos, end - pos, &c);
    if (n == 0) return;
    f->taken = n;
    uint32_t entry = wp_unicode_entry(u, c);
    if (c == 0x2019) {
        f->one = '\'';
        return;
    }
    if ((entry & WP_CHAR_KIND_MASK) == WP_CHAR_VANISH) {
        f->len = 0;
    } else if ((entry & WP_CHAR_KIND_MASK) == WP_CHAR_MAP) {
        f->bytes = wp_unicode_text(u, entry, &f->len);
    } else {
        f->bytes = text + pos;
        f->len = n;
    }
}

/* Matching. */

static uint32_t child_of(const struct wp_agency_table *t, uint32_t node, uint8_t byte) {
    if (node == 0) return t->first[byte];
    uint32_t child = t->nodes[node].child;
    while (child && t->nodes[child].byte != byte) child = t->nodes[child].sibling;
    return child;
}

/* Whether one of the forms that end in a node fits text[pos..at). */
static bool take_form(const struct wp_agency_table *t, uint32_t node, const uint8_t *text, size_t pos,
                      size_t at, size_t end, unsigned kinds, struct wp_agency_hit *hit) {
    for (uint32_t i = t->nodes[node].form; i; i = t->forms[i - 1].next) {
        const struct wp_agency_form *form = &t->forms[i - 1];
        if (!(form->kind & kinds) || (form->bound && wp_agency_is_word(t, text, at, end))) continue;
        if (form->exact &&
            (form->len != at - pos || memcmp(t->texts.data + form->text, text + pos, form->len) != 0))
            continue;
        *hit = (struct wp_agency_hit){at, form->agency, form->kind};
        return true;
    }
    return false;
}

bool wp_agency_walk(const struct wp_agency_table *t, const uint8_t *text, size_t pos, size_t end,
                    unsigned kinds, struct wp_agency_hit *hit) {
    struct folded f;
    bool found = false;
    uint32_t node = 0;
    for (size_t at = pos; at < end; at += f.taken) {
        if (text[at] > ' ' && text[at] < 0x80)
            fold_ascii(text[at], &f);
        else if (is_han(text, at, end))
            f = (struct folded){.bytes = text + at, .len = 3, .taken = 3};
        else
            fold(t->unicode, text, at, end, &f);
        if (at == pos && f.len == 0) return false;
        for (size_t i = 0; i < f.len; i++)
            if ((node = child_of(t, node, f.bytes[i])) == 0) return found;
        if (t->nodes[node].form) found |= take_form(t, node, text, pos, at + f.taken, end, kinds, hit);
    }
    return found;
}

/* Making. */

static enum wp_status add_child(struct wp_agency_table *t, uint32_t *node, uint8_t byte) {
    uint32_t child = child_of(t, *node, byte);
    if (!child) {
        WP_TRY(WP_GROW(t->nodes, t->node_count, t->node_cap));
        child = (uint32_t)t->node_count++;
        struct wp_agency_node *parent = &t->nodes[*node];
        t->nodes[child] = (struct wp_agency_node){.byte = byte, .sibling = *node ? parent->child : 0};
        if (*node)
            parent->child = child;
        else
            t->first[byte] = child;
    }
    *node = child;
    return WP_OK;
}

/* The place of a form that is the same but for the agency, or of a new one in `node`. */
static enum wp_status place_form(struct wp_agency_table *t, uint32_t node, struct wp_agency_form form) {
    for (uint32_t i = t->nodes[node].form; i; i = t->forms[i - 1].next) {
        struct wp_agency_form *old = &t->forms[i - 1];
        if (old->kind != form.kind || old->exact != form.exact) continue;
        if (form.exact && (old->len != form.len ||
                           memcmp(t->texts.data + old->text, t->texts.data + form.text, form.len) != 0))
            continue;
        old->agency = form.agency;
        return WP_OK;
    }
    if (t->form_count >= FORMS_MAX) return WP_ETOOBIG;
    WP_TRY(WP_GROW(t->forms, t->form_count, t->form_cap));
    form.next = t->nodes[node].form;
    t->forms[t->form_count++] = form;
    t->nodes[node].form = (uint32_t)t->form_count;
    return WP_OK;
}

/* Sets what wp_agency_may_begin looks at, for a form that begins with these bytes. Letters of two bytes can
 * be folded to other first bytes, so that all of those count. */
static void note_begin(struct wp_agency_table *t, const uint8_t *folded, uint8_t kind) {
    if (kind == WP_AGENCY_JOIN) return;
    uint32_t bit = wp_agency_begin_bit(t->norm, folded);
    t->begins[bit / 64] |= (uint64_t)1 << (bit % 64);
    t->kinds[folded[0]] |= kind;
    if (folded[0] >= 'a' && folded[0] <= 'z') t->kinds[folded[0] & 0xdf] |= kind;
    for (unsigned a = 0xc2; folded[0] >= 0xc2 && folded[0] < 0xe0 && a < 0xe0; a++) t->kinds[a] |= kind;
}

static enum wp_status add_form(struct wp_agency_table *t, const uint8_t *text, size_t len,
                               struct wp_agency_form form) {
    struct folded f;
    uint8_t begin[4] = {' ', ' ', ' ', ' '};
    size_t begun = 0, last = 0;
    uint32_t node = 0;
    form.text = (uint32_t)t->texts.len;
    form.len = (uint32_t)len;
    WP_TRY(wp_buffer_add(&t->texts, text, len));
    for (size_t at = 0; at < len; last = at, at += f.taken) {
        fold(t->unicode, text, at, len, &f);
        for (size_t i = 0; i < f.len; i++) {
            if (begun < 4) begin[begun++] = f.bytes[i];
            WP_TRY(add_child(t, &node, f.bytes[i]));
        }
    }
    note_begin(t, begin, form.kind);
    form.bound = wp_agency_is_word(t, text, last, len);
    return node ? place_form(t, node, form) : WP_EFORMAT;
}

/* The number of a short name, a new one when it is not known. */
static enum wp_status number_of(struct wp_agency_table *t, const char *name, size_t len, uint16_t *number) {
    for (size_t i = 0; i < t->name_count; i++)
        if (strlen(t->names[i]) == len && memcmp(t->names[i], name, len) == 0) {
            *number = (uint16_t)(i + 1);
            return WP_OK;
        }
    if (t->name_count >= NAMES_MAX) return WP_ETOOBIG;
    WP_TRY(WP_GROW(t->names, t->name_count, t->name_cap));
    char *copy = wp_alloc(len + 1, 1);
    if (!copy) return WP_ENOMEM;
    memcpy(copy, name, len);
    copy[len] = 0;
    t->names[t->name_count++] = copy;
    *number = (uint16_t)t->name_count;
    return WP_OK;
}

/* Rows. */

struct column {
    const char *text;
    size_t len;
};

static size_t split(const char *line, size_t len, char sign, struct column *out, size_t max) {
    size_t count = 0;
    for (const char *end = line + len; count < max;) {
        const char *cut = memchr(line, sign, (size_t)(end - line));
        out[count++] = (struct column){line, (size_t)((cut ? cut : end) - line)};
        if (!cut) break;
        line = cut + 1;
    }
    return count;
}

static unsigned kind_of(struct column c) {
    static const char *const names[] = {"agency", "byline",   "source",    "join",
                                        "update", "dateline", "copyright", "ending"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == c.len && memcmp(names[i], c.text, c.len) == 0) return 1u << i;
    return 0;
}

static bool is_utf8(const char *text, size_t len) {
    uint32_t c;
    for (unsigned n; len; text += n, len -= n)
        if ((n = wp_utf8_decode((const uint8_t *)text, len, &c)) == 0 || c < ' ' || c == 0x7f) return false;
    return true;
}

static enum wp_status add_forms(struct wp_agency_table *t, struct column forms, struct wp_agency_form form,
                                const char **reason) {
    for (size_t used = 0; used <= forms.len;) {
        struct column c;
        split(forms.text + used, forms.len - used, '|', &c, 1);
        used += c.len + 1;
        form.exact = c.len && *c.text == '=';
        c.text += form.exact;
        c.len -= form.exact;
        *reason = "a form is 2 to 64 bytes long (a join: 1) and begins and ends with no blank";
        size_t least = form.kind == WP_AGENCY_JOIN ? 1 : FORM_BYTES_MIN;
        if (c.len < least || c.len > FORM_BYTES_MAX || *c.text == ' ' || c.text[c.len - 1] == ' ')
            return WP_EFORMAT;
        WP_TRY(add_form(t, (const uint8_t *)c.text, c.len, form));
    }
    return WP_OK;
}

static enum wp_status add_row(struct wp_agency_table *t, const char *line, size_t len, const char **reason) {
    struct column c[COLUMNS + 1];
    struct wp_agency_form form = {0};
    *reason = "four columns are needed: kind, short name, forms, language";
    if (split(line, len, '\t', c, COLUMNS + 1) != COLUMNS) return WP_EFORMAT;
    *reason = "not UTF-8, or a control character";
    for (int i = 0; i < COLUMNS; i++)
        if (!is_utf8(c[i].text, c[i].len)) return WP_EFORMAT;
    *reason = "the kind is agency, byline, source, join, update, dateline, copyright or ending";
    form.kind = (uint8_t)kind_of(c[0]);
    if (!form.kind) return WP_EFORMAT;
    bool none = c[1].len == 1 && *c[1].text == '-';
    *reason = "agencies and endings alone have a short name, of 1 to 48 bytes; for others it is -";
    if (!c[1].len || c[1].len > NAME_BYTES_MAX || (none && form.kind == WP_AGENCY_NAME) ||
        (!none && !(form.kind & (WP_AGENCY_NAME | WP_AGENCY_ENDING))))
        return WP_EFORMAT;
    *reason = NULL;
    if (!none) WP_TRY(number_of(t, c[1].text, c[1].len, &form.agency));
    return add_forms(t, c[2], form, reason);
}

static enum wp_status add_rows(struct wp_agency_table *t, const char *file, const char *rows, size_t len,
                               struct wp_error *err) {
    uint64_t number = 0;
    for (size_t used = 0; used < len;) {
        struct column line;
        const char *reason = NULL;
        split(rows + used, len - used, '\n', &line, 1);
        used += line.len + 1;
        number++;
        if (line.len && line.text[line.len - 1] == '\r') line.len--;
        if (!line.len || *line.text == '#') continue;
        enum wp_status status = add_row(t, line.text, line.len, &reason);
        if (status == WP_OK) continue;
        wp_fail(err, status, "%s", status == WP_EFORMAT && reason ? reason : wp_status_text(status));
        wp_error_place(err, file, number);
        return status;
    }
    return WP_OK;
}

static enum wp_status too_large(const char *file, struct wp_error *err) {
    return wp_fail_file(err, WP_ETOOBIG, file, "a table of agencies has at most 1 MiB");
}

static enum wp_status read_whole(struct wp_file *f, struct wp_buffer *out, struct wp_error *err) {
    for (size_t got = 1; got;) {
        enum wp_status status = wp_buffer_reserve(out, FILE_BYTES_MAX / 16, 2 * FILE_BYTES_MAX);
        if (status != WP_OK) return wp_fail_file(err, status, f->name, "%s", wp_status_text(status));
        WP_TRY(wp_file_read(f, out->data + out->len, out->cap - out->len, &got, err));
        out->len += got;
        if (out->len > FILE_BYTES_MAX) return too_large(f->name, err);
    }
    return WP_OK;
}

static enum wp_status read_file(const char *name, struct wp_buffer *rows, struct wp_error *err) {
    struct wp_file f = {0};
    enum wp_status status = wp_file_open(&f, name, err);
    if (status == WP_OK) status = read_whole(&f, rows, err);
    wp_file_close(&f, NULL);
    return status;
}

/* The rows of a file behind those that are built in. */
static enum wp_status new_table(const uint8_t *rows, size_t len, const char *file,
                                struct wp_agency_table **out, struct wp_error *err) {
    struct wp_agency_table *t = *out = wp_zalloc(1, sizeof *t);
    if (!t) return wp_fail(err, WP_ENOMEM, "%s", wp_status_text(WP_ENOMEM));
    t->unicode = wp_unicode_get();
    for (unsigned c = 0; c < 256; c++)
        t->norm[c] = c >= 0x80 ? (uint8_t)c : t->unicode->ascii[c] ? t->unicode->ascii[c] : ' ';
    t->norm[0xc2] = ' '; /* U+00A0 */
    enum wp_status status = WP_GROW(t->nodes, t->node_count, t->node_cap);
    if (status == WP_OK) {
        t->nodes[t->node_count++] = (struct wp_agency_node){0};
        status = add_rows(t, "agencies.tsv", wp_agencies_builtin, wp_agencies_builtin_len, err);
    } else {
        wp_fail(err, status, "%s", wp_status_text(status));
    }
    size_t mark = len >= 3 && memcmp(rows, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (status == WP_OK && len) status = add_rows(t, file, (const char *)rows + mark, len - mark, err);
    if (status == WP_OK) return WP_OK;
    wp_agency_table_free(t);
    *out = NULL;
    return status;
}

enum wp_status wp_agency_table_parse(const uint8_t *rows, size_t len, const char *file,
                                     struct wp_agency_table **out, struct wp_error *err) {
    *out = NULL;
    return len > FILE_BYTES_MAX ? too_large(file, err) : new_table(rows, len, file, out, err);
}

enum wp_status wp_agency_table_new(const char *extra, struct wp_agency_table **out, struct wp_error *err) {
    struct wp_buffer rows = {0};
    *out = NULL;
    enum wp_status status = extra ? read_file(extra, &rows, err) : WP_OK;
    if (status == WP_OK) status = new_table(rows.data, rows.len, extra, out, err);
    wp_buffer_release(&rows);
    return status;
}

void wp_agency_table_free(struct wp_agency_table *t) {
    if (!t) return;
    for (size_t i = 0; i < t->name_count; i++) wp_free(t->names[i]);
    wp_free(t->names);
    wp_free(t->nodes);
    wp_free(t->forms);
    wp_buffer_release(&t->texts);
    wp_free(t);
}

const struct wp_agency_table *wp_agency_table_builtin(void) {
    static struct wp_agency_table *_Atomic builtin; /* set once */
    struct wp_agency_table *made = atomic_load(&builtin), *other = NULL;
    if (made || wp_agency_table_new(NULL, &made, NULL) != WP_OK) return made;
    if (atomic_compare_exchange_strong(&builtin, &other, made)) return made;
    wp_agency_table_free(made); /* another thread was first */
    return other;
}

uint16_t wp_agency_count(const struct wp_agency_table *t) {
    return (uint16_t)t->name_count;
}

const char *wp_agency_name(const struct wp_agency_table *t, uint16_t number) {
    return number && number <= t->name_count ? t->names[number - 1] : "";
}
