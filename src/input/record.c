/*
 * record.c - see record.h.
 *
 * json.h finds the raw values; here they get their types and lose their escapes. Values without escapes, such
 * as nearly every url, are not copied. The others go behind each other into one buffer, which is sized for
 * the line at once, since views into it must not move.
 */
#include "input/record.h"

#include <stdbool.h>
#include <string.h>
#include "base/memory.h"
#include "input/escape.h"
#include "input/json.h"

_Static_assert(WP_RECORD_PADDING >= WP_JSON_PADDING && WP_JSON_PADDING >= WP_ESCAPE_PADDING, "paddings");
_Static_assert(WP_RECORD_VIEW_PADDING <= WP_ESCAPE_PADDING, "decoded views are padded by the decoder");

enum { FIELD_ID, FIELD_TEXT, FIELD_URL, FIELD_SOURCE, FIELD_TITLE, FIELD_DATE, FIELD_LANG, FIELD_COUNT };

/* Kept for the next line unless it is larger than this. */
#define KEEP_BYTES ((size_t)4 << 20)

struct wp_record_parser {
    struct wp_json *json;
    wp_escape_decoder *decode;
    const char *names[FIELD_COUNT];
    struct wp_buffer decoded;
};

/* A name that no member can have, since member names are valid UTF-8. */
static const char no_name[] = "\xff";
/* What absent views point to. */
static const uint8_t empty[WP_RECORD_VIEW_PADDING];

static const char *pick(const char *given, const char *otherwise) {
    return !given ? otherwise : *given ? given : no_name;
}

enum wp_status wp_fields_check(const struct wp_fields *fields, struct wp_error *err) {
    if (!fields || !fields->text || *fields->text) return WP_OK;
    return wp_fail(err, WP_EINVAL, "the name of the text field is empty");
}

enum wp_status wp_record_parser_new(struct wp_record_parser **out, const struct wp_fields *fields,
                                    struct wp_error *err) {
    static const struct wp_fields defaults;
    const struct wp_fields *f = fields ? fields : &defaults;
    *out = NULL;
    WP_TRY(wp_fields_check(f, err));
    struct wp_record_parser *p = wp_zalloc(1, sizeof *p);
    if (!p) return wp_fail(err, WP_ENOMEM, "out of memory");
    p->decode = wp_escape_choose(wp_cpu_level());
    p->names[FIELD_ID] = pick(f->id, "id");
    p->names[FIELD_TEXT] = pick(f->text, "text");
    p->names[FIELD_URL] = pick(f->url, "url");
    p->names[FIELD_SOURCE] = pick(f->source, "source");
    p->names[FIELD_TITLE] = pick(f->title, "title");
    p->names[FIELD_DATE] = pick(f->date, "date");
    p->names[FIELD_LANG] = pick(f->lang, "lang");
    enum wp_status status = wp_json_new(&p->json, p->names, FIELD_COUNT);
    if (status != WP_OK) {
        wp_record_parser_free(p);
        return wp_fail(err, status, "out of memory");
    }
    *out = p;
    return WP_OK;
}

void wp_record_parser_free(struct wp_record_parser *p) {
    if (!p) return;
    wp_json_free(p->json);
    wp_buffer_release(&p->decoded);
    wp_free(p);
}

/* Room for everything that may be decoded, so that no view moves. Not simply the line's length: two fields
 * may be one member. */
static enum wp_status make_room(struct wp_record_parser *p, const struct wp_json_value *v) {
    size_t need = 0;
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (v[i].kind == WP_JSON_STRING) need += v[i].len + WP_ESCAPE_PADDING;
    if (p->decoded.cap > KEEP_BYTES && need < KEEP_BYTES) wp_buffer_release(&p->decoded);
    p->decoded.len = 0;
    return wp_buffer_reserve(&p->decoded, need, SIZE_MAX);
}

static bool decode(struct wp_record_parser *p, const struct wp_json_value *v, const uint8_t **out,
                   size_t *len) {
    *out = empty;
    *len = 0;
    if (v->kind != WP_JSON_STRING && v->kind != WP_JSON_NUMBER) return true;
    size_t plain = v->kind == WP_JSON_NUMBER ? v->len : wp_escape_find(v->data, v->len), rest;
    *out = v->data;
    *len = v->len;
    if (plain == v->len) return true;
    uint8_t *to = p->decoded.data + p->decoded.len;
    memcpy(to, v->data, plain);
    if (!p->decode(v->data + plain, v->len - plain, to + plain, &rest)) return false;
    *out = to;
    *len = plain + rest;
    p->decoded.len += *len + WP_ESCAPE_PADDING;
    return true;
}

enum wp_status wp_record_parse(struct wp_record_parser *p, const uint8_t *line, size_t len,
                               struct wp_record *out, const char **reason) {
    struct wp_json_value v[FIELD_COUNT];
    WP_TRY(wp_json_read(p->json, line, len, v, reason));
    if (make_room(p, v) != WP_OK) {
        *reason = "out of memory";
        return WP_ENOMEM;
    }
    bool good = decode(p, &v[FIELD_TEXT], &out->text, &out->text_len) &&
                decode(p, &v[FIELD_ID], &out->id, &out->id_len) &&
                decode(p, &v[FIELD_URL], &out->url, &out->url_len) &&
                decode(p, &v[FIELD_SOURCE], &out->source, &out->source_len) &&
                decode(p, &v[FIELD_TITLE], &out->title, &out->title_len) &&
                decode(p, &v[FIELD_DATE], &out->date, &out->date_len) &&
                decode(p, &v[FIELD_LANG], &out->lang, &out->lang_len);
    if (!good) {
        *reason = "not JSON: a bad escape in a string";
        return WP_EFORMAT;
    }
    if (v[FIELD_TEXT].kind == WP_JSON_STRING) return WP_OK;
    *reason = v[FIELD_TEXT].kind == WP_JSON_ABSENT ? "no text field" : "the text field is no string";
    return WP_ETEXT;
}
