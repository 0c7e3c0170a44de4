/*
 * cluster_line.c - see cluster_line.h.
 *
 * A reader by recursive descent, because what is wanted is an array of any length, which input/json.h does
 * not hand out. It is here for files of clusters, not for articles, so it is plain rather than fast.
 */
#include "report/cluster_line.h"

#include <string.h>
#include "input/escape.h"

#define DEPTH_MAX 64

struct reader {
    const uint8_t *at, *end;
    const char *reason;
    struct wp_cluster_line *out;
};

static enum wp_status refuse(struct reader *r, const char *reason) {
    if (!r->reason) r->reason = reason;
    return WP_EFORMAT;
}

static void skip_space(struct reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

/* Steps over `c` if it is next. */
static bool take(struct reader *r, uint8_t c) {
    skip_space(r);
    if (r->at == r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static uint8_t peek(struct reader *r) {
    skip_space(r);
    return r->at < r->end ? *r->at : 0;
}

/* A string's raw inside: what stands between its quotes. */
static enum wp_status read_raw_string(struct reader *r, struct wp_cluster_text *raw) {
    if (!take(r, '"')) return refuse(r, "a string expected");
    const uint8_t *from = r->at;
    for (; r->at < r->end && *r->at != '"'; r->at++) {
        if (*r->at < 0x20) return refuse(r, "a control character in a string");
        if (*r->at == '\\' && r->at + 1 < r->end) r->at++;
    }
    if (r->at >= r->end) return refuse(r, "a string without an end");
    *raw = (struct wp_cluster_text){(const char *)from, (size_t)(r->at++ - from)};
    return WP_OK;
}

static bool is_key(const struct wp_cluster_text *key, const char *name) {
    return key->len == strlen(name) && memcmp(key->data, name, key->len) == 0;
}

static bool is_bare(uint8_t c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+' || c == '-' || c == '.' || c == 'E';
}

/* Numbers and the words true, false, null, as they stand. */
static enum wp_status read_bare(struct reader *r, struct wp_cluster_text *raw) {
    const uint8_t *from = r->at;
    while (r->at < r->end && is_bare(*r->at)) r->at++;
    *raw = (struct wp_cluster_text){(const char *)from, (size_t)(r->at - from)};
    bool number = raw->len && (*from == '-' || (*from >= '0' && *from <= '9'));
    if (number || is_key(raw, "true") || is_key(raw, "false") || is_key(raw, "null")) return WP_OK;
    return refuse(r, "a value expected");
}

static enum wp_status skip_value(struct reader *r, int depth);

static enum wp_status skip_members(struct reader *r, uint8_t close, bool keyed, int depth) {
    struct wp_cluster_text key;
    if (take(r, close)) return WP_OK;
    do {
        if (keyed) {
            WP_TRY(read_raw_string(r, &key));
            if (!take(r, ':')) return refuse(r, "':' expected");
        }
        WP_TRY(skip_value(r, depth + 1));
    } while (take(r, ','));
    return take(r, close) ? WP_OK : refuse(r, "',' or an end expected");
}

static enum wp_status skip_value(struct reader *r, int depth) {
    struct wp_cluster_text raw;
    if (depth > DEPTH_MAX) return refuse(r, "too deep");
    switch (peek(r)) {
    case '"': return read_raw_string(r, &raw);
    case '{': r->at++; return skip_members(r, '}', true, depth);
    case '[': r->at++; return skip_members(r, ']', false, depth);
    default: return read_bare(r, &raw);
    }
}

/* A string, decoded, or a number as it stands. Anything else is refused with `reason`. */
static enum wp_status read_text(struct reader *r, struct wp_cluster_text *out, const char *reason) {
    struct wp_cluster_text raw;
    uint8_t first = peek(r);
    if (first != '"') {
        if (first != '-' && (first < '0' || first > '9')) return refuse(r, reason);
        return read_bare(r, out);
    }
    WP_TRY(read_raw_string(r, &raw));
    *out = raw;
    if (!memchr(raw.data, '\\', raw.len)) return WP_OK;
    /* reserved for the whole line in wp_cluster_line_read: texts do not move */
    uint8_t *to = r->out->text.data + r->out->text.len;
    if (!wp_escape_decode((const uint8_t *)raw.data, raw.len, to, &out->len))
        return refuse(r, "a bad escape in a string");
    out->data = (const char *)to;
    r->out->text.len += raw.len;
    return WP_OK;
}

static struct wp_cluster_text *detail_of(struct wp_cluster_detail *d, const struct wp_cluster_text *key) {
    if (is_key(key, "relation")) return &d->relation;
    if (is_key(key, "to")) return &d->to;
    if (is_key(key, "coverage")) return &d->coverage;
    return is_key(key, "jaccard") ? &d->jaccard : NULL;
}

/* The first of a name counts; what is neither a string nor a number says nothing. */
static enum wp_status read_detail(struct reader *r, const struct wp_cluster_text *key) {
    struct wp_cluster_text *detail = detail_of(&r->out->details[r->out->count], key);
    if (!detail || detail->data || !strchr("\"-0123456789", peek(r))) return skip_value(r, 2);
    return read_text(r, detail, "no value");
}

static enum wp_status read_member(struct reader *r) {
    struct wp_cluster_line *out = r->out;
    struct wp_cluster_text key, id = {NULL, 0};
    WP_TRY(WP_GROW(out->members, out->count, out->member_cap));
    WP_TRY(WP_GROW(out->details, out->count, out->detail_cap));
    out->details[out->count] = (struct wp_cluster_detail){0};
    if (!take(r, '{')) {
        WP_TRY(read_text(r, &out->members[out->count], "a member that is neither an id nor an object"));
        out->count++;
        return WP_OK;
    }
    if (!take(r, '}')) {
        do {
            WP_TRY(read_raw_string(r, &key));
            if (!take(r, ':')) return refuse(r, "':' expected");
            if (is_key(&key, "id") && !id.data)
                WP_TRY(read_text(r, &id, "an id that is neither a string nor a number"));
            else
                WP_TRY(read_detail(r, &key));
        } while (take(r, ','));
        if (!take(r, '}')) return refuse(r, "',' or '}' expected");
    }
    if (!id.data) return refuse(r, "a member without an id");
    out->members[out->count++] = id;
    return WP_OK;
}

static enum wp_status read_members(struct reader *r) {
    if (!take(r, '[')) return refuse(r, "\"members\" is no array");
    r->out->has_members = true;
    if (take(r, ']')) return WP_OK;
    do WP_TRY(read_member(r));
    while (take(r, ','));
    return take(r, ']') ? WP_OK : refuse(r, "',' or ']' expected");
}

/* Which of the names a key gives: the lower the better, 0 = none. */
static int name_rank(const struct wp_cluster_text *key) {
    return is_key(key, "story") ? 1 : is_key(key, "cluster") ? 2 : is_key(key, "id") ? 3 : 0;
}

static enum wp_status read_object(struct reader *r) {
    struct wp_cluster_text key;
    int best = 4;
    if (!take(r, '{')) return refuse(r, "no JSON object");
    if (take(r, '}')) return WP_OK;
    do {
        WP_TRY(read_raw_string(r, &key));
        if (!take(r, ':')) return refuse(r, "':' expected");
        int rank = name_rank(&key);
        if (is_key(&key, "members") && !r->out->has_members) {
            WP_TRY(read_members(r));
        } else if (rank && rank < best && strchr("\"-0123456789", peek(r))) {
            best = rank;
            WP_TRY(read_text(r, &r->out->name, "no name"));
        } else {
            WP_TRY(skip_value(r, 1));
        }
    } while (take(r, ','));
    return take(r, '}') ? WP_OK : refuse(r, "',' or '}' expected");
}

enum wp_status wp_cluster_line_read(struct wp_cluster_line *c, const uint8_t *line, size_t len,
                                    const char **reason) {
    struct reader r = {.at = line, .end = line + len, .out = c};
    c->count = c->text.len = 0;
    c->has_members = false;
    c->name = (struct wp_cluster_text){NULL, 0};
    *reason = "out of memory";
    WP_TRY(wp_buffer_reserve(&c->text, len + WP_ESCAPE_PADDING, SIZE_MAX));
    enum wp_status status = read_object(&r);
    skip_space(&r);
    if (status == WP_OK && r.at != r.end) status = refuse(&r, "something behind the object");
    if (status == WP_EFORMAT) *reason = r.reason;
    return status;
}

void wp_cluster_line_release(struct wp_cluster_line *c) {
    wp_free(c->members);
    wp_free(c->details);
    wp_buffer_release(&c->text);
    *c = (struct wp_cluster_line){0};
}
