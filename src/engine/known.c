/* known.c - see known.h. */
#include "engine/known.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include "input/date.h"
#include "input/line_file.h"
#include "input/owner.h"
#include "sketch/shingle.h"
#include "text/unicode.h"

static const char header[] = "owner\tcount\tfirst_seen\tpassage";
static const char header_span[] = "\tspan";

#define SHINGLE_MASK (((uint64_t)1 << WP_FURNITURE_SHINGLE_BITS) - 1)
#define NAMES_BYTES_MAX WP_KNOWN_TEXT_BYTES_MAX

enum { OWNER, COUNT, FIRST_SEEN, PASSAGE, SPAN, FIELDS };

enum wp_status wp_known_new(struct wp_known **out) {
    struct wp_known *k = *out = wp_zalloc(1, sizeof *k);
    if (!k) return WP_ENOMEM;
    wp_intern_init(&k->names, NAMES_BYTES_MAX);
    enum wp_status status = wp_tokenizer_new(&k->tokenizer);
    if (status == WP_OK) return WP_OK;
    wp_known_free(k);
    *out = NULL;
    return status;
}

void wp_known_free(struct wp_known *k) {
    if (!k) return;
    wp_intern_release(&k->names);
    wp_buffer_release(&k->texts);
    wp_tokenizer_free(k->tokenizer);
    wp_free(k->lines);
    wp_free(k->shingles);
    wp_free(k->scratch);
    wp_free(k);
}

size_t wp_known_bytes(const struct wp_known *k) {
    return k->names.bytes + k->texts.cap + k->cap * sizeof *k->lines +
           (k->shingle_cap + k->scratch_cap) * sizeof *k->shingles;
}

/* ---- adding ---- */

enum wp_status wp_known_hash(struct wp_known *k, const struct wp_known_passage *p, const uint64_t **shingles,
                             size_t *count, unsigned *span) {
    struct wp_tokens tokens;
    if (p->text_len > WP_KNOWN_PASSAGE_BYTES_MAX) return WP_ETOOBIG;
    WP_TRY(wp_tokenizer_run(k->tokenizer, (const uint8_t *)p->text, p->text_len, &tokens));
    *span = p->span ? p->span : wp_scheme_width(tokens.count, tokens.alone);
    if (tokens.count < *span) return WP_EINVAL;
    *count = tokens.count - *span + 1;
    while (k->scratch_cap < *count + WP_SHINGLE_SLACK)
        WP_TRY(wp_grow_((void **)&k->scratch, &k->scratch_cap, sizeof *k->scratch));
    wp_shingle_kernel(wp_tokenizer_cpu(k->tokenizer))->hash(&tokens, *span, *count, k->scratch);
    for (size_t i = 0; i < *count; i++) k->scratch[i] &= SHINGLE_MASK;
    *shingles = k->scratch;
    return WP_OK;
}

/* The passage's shingles behind those that are there; they count once the line is added. */
static enum wp_status append_shingles(struct wp_known *k, const struct wp_known_passage *p,
                                      struct wp_known_line *line) {
    const uint64_t *shingles;
    size_t count;
    unsigned span;
    WP_TRY(wp_known_hash(k, p, &shingles, &count, &span));
    if (count > WP_KNOWN_SHINGLES_MAX - k->shingle_count) return WP_ETOOBIG;
    while (k->shingle_cap < k->shingle_count + count)
        WP_TRY(wp_grow_((void **)&k->shingles, &k->shingle_cap, sizeof *k->shingles));
    memcpy(k->shingles + k->shingle_count, shingles, count * sizeof *shingles);
    line->first = k->shingle_count;
    line->shingles = (uint32_t)count;
    line->span = (uint8_t)span;
    return WP_OK;
}

enum wp_status wp_known_add(struct wp_known *k, const struct wp_known_passage *p) {
    struct wp_known_line line = {.count = p->count,
                                 .first_seen = p->first_seen,
                                 .owner = WP_FURNITURE_OF_ALL,
                                 .name = WP_INTERN_NONE,
                                 .text = k->texts.len,
                                 .text_bytes = (uint32_t)p->text_len};
    if (k->count >= WP_KNOWN_LINES_MAX) return WP_ETOOBIG;
    WP_TRY(WP_GROW(k->lines, k->count, k->cap));
    WP_TRY(append_shingles(k, p, &line));
    WP_TRY(wp_buffer_reserve(&k->texts, p->text_len, WP_KNOWN_TEXT_BYTES_MAX));
    if (p->owner) {
        WP_TRY(wp_intern_add(&k->names, p->owner, p->owner_len, &line.name, NULL));
        line.owner = wp_owner_number(p->owner, p->owner_len);
    }
    memcpy(k->texts.data + k->texts.len, p->text, p->text_len);
    k->texts.len += p->text_len;
    k->shingle_count += line.shingles;
    k->lines[k->count++] = line;
    return WP_OK;
}

enum wp_status wp_known_add_to(const struct wp_known *k, struct wp_furniture *f) {
    for (size_t i = 0; i < k->count; i++)
        for (uint32_t s = 0; s < k->lines[i].shingles; s++)
            WP_TRY(wp_furniture_add(f, k->lines[i].owner, k->shingles[k->lines[i].first + s]));
    return WP_OK;
}

/* ---- reading ---- */

struct reading {
    struct wp_known *known;
    const struct wp_owner_groups *groups;
    const char *file;
    uint64_t line;
    bool seen_header;
    char owner[WP_OWNER_MAX];
};

struct field {
    const char *at;
    size_t len;
};

static enum wp_status fail(const struct reading *r, enum wp_status status, const char *words,
                           struct wp_error *err) {
    wp_fail(err, status, "%s", words);
    wp_error_place(err, r->file, r->line);
    return status;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* NULL: a name that is wrong or too long. */
static const char *read_owner(struct reading *r, struct field f, size_t *len) {
    size_t n = 0;
    for (size_t i = 0; i < f.len; n++) {
        if (n == sizeof r->owner) return NULL;
        r->owner[n] = f.at[i];
        if (f.at[i++] != '\\') continue;
        if (f.len - i < 3 || f.at[i] != 'x') return NULL;
        int high = hex_digit(f.at[i + 1]), low = hex_digit(f.at[i + 2]);
        if (high < 0 || low < 0) return NULL;
        r->owner[n] = (char)(high << 4 | low);
        i += 3;
    }
    *len = n;
    return n ? r->owner : NULL;
}

static bool read_number(struct field f, uint64_t *out) {
    *out = 0;
    for (size_t i = 0; i < f.len; i++) {
        if (f.at[i] < '0' || f.at[i] > '9') return false;
        *out = *out * 10 + (uint64_t)(f.at[i] - '0');
        if (*out > WP_KNOWN_COUNT_MAX) return false;
    }
    return f.len > 0;
}

static bool read_day(struct field f, int64_t *out) {
    *out = WP_DATE_UNKNOWN;
    if (!f.len) return true;
    return f.len == 10 && f.at[4] == '-' && f.at[7] == '-' && wp_date_parse(f.at, f.len, NULL, out);
}

static bool is_passage(struct field f) {
    uint32_t c;
    for (size_t i = 0; i < f.len;) {
        unsigned n = wp_utf8_decode((const uint8_t *)f.at + i, f.len - i, &c);
        if (!n || c < 0x20) return false;
        i += n;
    }
    return true;
}

/* Cuts a line at its tabs; false when there are more fields than there may be. */
static bool cut_fields(const char *line, size_t len, struct field *fields, size_t *count) {
    const char *end = line + len;
    for (*count = 0; *count < FIELDS; line++) {
        const char *tab = memchr(line, '\t', (size_t)(end - line)), *stop = tab ? tab : end;
        fields[(*count)++] = (struct field){line, (size_t)(stop - line)};
        if (!tab) return true;
        line = tab;
    }
    return false;
}

static enum wp_status read_header(struct reading *r, const char *line, size_t len, struct wp_error *err) {
    size_t n = sizeof header - 1, m = sizeof header_span - 1;
    bool good = len >= n && memcmp(line, header, n) == 0 &&
                (len == n || (len == n + m && memcmp(line + n, header_span, m) == 0));
    if (!good) return fail(r, WP_EFORMAT, "no file of furniture: its header is missing", err);
    r->seen_header = true;
    return WP_OK;
}

static enum wp_status add_fields(struct reading *r, const struct field *f, size_t count,
                                 struct wp_error *err) {
    struct wp_known_passage p = {.text = f[PASSAGE].at, .text_len = f[PASSAGE].len};
    uint64_t span = 0;
    if (f[OWNER].len != 1 || *f[OWNER].at != '*') {
        p.owner = read_owner(r, f[OWNER], &p.owner_len);
        if (!p.owner) return fail(r, WP_EFORMAT, "the owner is no name", err);
        if (r->groups) wp_owner_groups_join(r->groups, &p.owner, &p.owner_len);
    }
    if (!read_number(f[COUNT], &p.count)) return fail(r, WP_EFORMAT, "the count is no number", err);
    if (!read_day(f[FIRST_SEEN], &p.first_seen))
        return fail(r, WP_EFORMAT, "first_seen is no day such as 2021-03-04", err);
    if (!is_passage(f[PASSAGE])) return fail(r, WP_EFORMAT, "the passage is no text", err);
    if (count > SPAN && (!read_number(f[SPAN], &span) || (span != WP_WIDTH_WORDS && span != WP_WIDTH_ALONE)))
        return fail(r, WP_EFORMAT, "the span is neither 5 nor 8", err);
    p.span = (unsigned)span;
    enum wp_status status = wp_known_add(r->known, &p);
    if (status == WP_EINVAL) return fail(r, WP_EFORMAT, "the passage has fewer words than its span", err);
    if (status == WP_ETOOBIG) return fail(r, status, "more furniture than can be held", err);
    return status == WP_OK ? WP_OK : fail(r, status, wp_status_text(status), err);
}

static enum wp_status read_line(struct reading *r, const char *line, size_t len, struct wp_error *err) {
    struct field fields[FIELDS];
    size_t count;
    if (!r->seen_header) return read_header(r, line, len, err);
    if (!len) return WP_OK;
    if (!cut_fields(line, len, fields, &count) || count <= PASSAGE)
        return fail(r, WP_EFORMAT, "owner, count, first_seen and passage are wanted, apart by tabs", err);
    return add_fields(r, fields, count, err);
}

enum wp_status wp_known_read(struct wp_known *k, const char *file, const struct wp_owner_groups *groups,
                             struct wp_error *err) {
    struct reading r = {.known = k, .groups = groups, .file = file};
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    if (strcmp(file, "-") == 0)
        return wp_fail(err, WP_EINVAL, "furniture comes from a file, not from standard input");
    WP_TRY(wp_line_file_open(&f, file, WP_KNOWN_LINE_BYTES_MAX, err));
    enum wp_status status;
    while ((status = wp_line_file_next(&f, &line, &len, err)) == WP_OK) {
        r.line = f.number;
        status = read_line(&r, (const char *)line, len, err);
        if (status != WP_OK) break;
    }
    wp_line_file_close(&f);
    return status == WP_END ? WP_OK : status;
}

/* ---- writing ---- */

enum wp_status wp_known_print_header(struct wp_buffer *out) {
    return wp_buffer_print(out, "%s%s\n", header, header_span);
}

static enum wp_status print_owner(const char *name, size_t len, struct wp_buffer *out) {
    if (len == 1 && *name == '*') return wp_buffer_print(out, "\\x2a");
    for (size_t i = 0; i < len; i++) {
        bool plain = (uint8_t)name[i] >= 0x20 && name[i] != '\\';
        WP_TRY(plain ? wp_buffer_add(out, name + i, 1)
                     : wp_buffer_print(out, "\\x%02x", (unsigned)(uint8_t)name[i]));
    }
    return WP_OK;
}

static enum wp_status print_day(int64_t seconds, struct wp_buffer *out) {
    struct tm t;
    time_t when = (time_t)seconds;
    if (seconds == WP_DATE_UNKNOWN || !gmtime_r(&when, &t)) return WP_OK;
    return wp_buffer_print(out, "%04d-%02d-%02d", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday);
}

enum wp_status wp_known_print(const struct wp_known *k, const struct wp_known_line *line,
                              struct wp_buffer *out) {
    size_t len = 0;
    const char *name = line->name == WP_INTERN_NONE ? NULL : wp_intern_text(&k->names, line->name, &len);
    WP_TRY(name ? print_owner(name, len, out) : wp_buffer_add(out, "*", 1));
    WP_TRY(wp_buffer_print(out, "\t%" PRIu64 "\t", line->count));
    WP_TRY(print_day(line->first_seen, out));
    WP_TRY(wp_buffer_add(out, "\t", 1));
    WP_TRY(wp_buffer_add(out, k->texts.data + line->text, line->text_bytes));
    return wp_buffer_print(out, "\t%u\n", line->span);
}
