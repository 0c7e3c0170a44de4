/* stored.c - see stored.h. */
#include "engine/stored.h"

#include <stdbool.h>
#include <string.h>

enum { FIELDS = 7, ID_BITS = 16 };
static const char no_field[] = "\xff";

/* ---- making ---- */

enum wp_status wp_stored_names_make(struct wp_buffer *out, const struct wp_fields *f) {
    static const struct wp_fields defaults;
    if (!f) f = &defaults;
    const char *names[FIELDS] = {f->id, f->text, f->url, f->source, f->title, f->date, f->lang};
    size_t begin = out->len;
    bool any = false;
    for (int i = 0; i < FIELDS; i++) {
        const char *name = !names[i] ? "" : *names[i] ? names[i] : no_field;
        any |= *name != '\0';
        WP_TRY(wp_buffer_add(out, name, strlen(name) + 1));
    }
    if (!any) out->len = begin;
    return out->len - begin > WP_STORED_NAMES_MAX ? WP_ETOOBIG : WP_OK;
}

enum wp_status wp_stored_record_make(struct wp_buffer *out, const struct wp_stored_parts *p) {
    uint8_t varint[10], n = 0;
    if (p->id_len > WP_STORED_ID_MAX || p->names_len > WP_STORED_NAMES_MAX) return WP_ETOOBIG;
    size_t left = p->names_len << ID_BITS | p->id_len;
    for (; left >= 128; left >>= 7) varint[n++] = (uint8_t)(left | 128);
    varint[n++] = (uint8_t)left;
    out->len = 0;
    WP_TRY(wp_buffer_add(out, varint, n));
    WP_TRY(wp_buffer_add(out, p->id, p->id_len));
    WP_TRY(wp_buffer_add(out, p->names, p->names_len));
    return wp_buffer_add(out, p->line, p->line_len);
}

/* ---- reading ---- */

static void release_parser(struct wp_stored_parser *p) {
    wp_record_parser_free(p->parser);
    wp_free(p->names);
    *p = (struct wp_stored_parser){0};
}

void wp_stored_reader_release(struct wp_stored_reader *r) {
    for (size_t i = 0; i < r->count; i++) release_parser(&r->parsers[i]);
    *r = (struct wp_stored_reader){0};
}

/* False when these are not seven strings. */
static bool read_names(const uint8_t *names, size_t len, struct wp_fields *f) {
    const char **to[FIELDS] = {&f->id, &f->text, &f->url, &f->source, &f->title, &f->date, &f->lang};
    size_t at = 0;
    for (int i = 0; i < FIELDS; i++) {
        const char *name = (const char *)names + at;
        const uint8_t *end = at < len ? memchr(names + at, 0, len - at) : NULL;
        if (!end) return false;
        *to[i] = !*name ? NULL : strcmp(name, no_field) == 0 ? "" : name;
        at = (size_t)(end - names) + 1;
    }
    return at == len;
}

static enum wp_status make_parser(struct wp_stored_parser *p, const uint8_t *names, size_t len) {
    struct wp_fields fields = {0};
    if (len) {
        p->names = wp_alloc(len, 1);
        if (!p->names) return WP_ENOMEM;
        memcpy(p->names, names, len);
        p->names_len = len;
        if (!read_names(p->names, len, &fields)) return WP_EDAMAGED;
    }
    enum wp_status status = wp_record_parser_new(&p->parser, &fields, NULL);
    return status == WP_EINVAL ? WP_EDAMAGED : status;
}

/* The parser for these names; the one that was met longest ago makes room for a new one. */
static enum wp_status find_parser(struct wp_stored_reader *r, const uint8_t *names, size_t len,
                                  struct wp_record_parser **out) {
    for (size_t i = 0; i < r->count; i++) {
        struct wp_stored_parser *p = &r->parsers[i];
        if (p->names_len != len || (len && memcmp(p->names, names, len) != 0)) continue;
        *out = p->parser;
        return WP_OK;
    }
    struct wp_stored_parser made = {0};
    enum wp_status status = make_parser(&made, names, len);
    if (status != WP_OK) {
        release_parser(&made);
        return status;
    }
    struct wp_stored_parser *slot = &r->parsers[r->next];
    release_parser(slot);
    *slot = made;
    r->next = (r->next + 1) % WP_STORED_PARSERS;
    if (r->count < WP_STORED_PARSERS) r->count++;
    *out = slot->parser;
    return WP_OK;
}

enum wp_status wp_stored_record_split(struct wp_stored_record *out, struct wp_stored_reader *r,
                                      const uint8_t *stored, size_t len) {
    struct wp_record_parser *parser;
    size_t lengths = 0, at = 0;
    const char *words;
    for (unsigned shift = 0; at < len && shift < 35; shift += 7) {
        lengths |= (size_t)(stored[at] & 127) << shift;
        if (stored[at++] < 128) break;
    }
    size_t id_len = lengths & WP_STORED_ID_MAX, names_len = lengths >> ID_BITS;
    if (names_len > len - at || id_len > len - at - names_len) return WP_EDAMAGED;
    WP_TRY(find_parser(r, stored + at + id_len, names_len, &parser));
    out->line = stored + at + id_len + names_len;
    out->line_len = len - at - id_len - names_len;
    enum wp_status status = wp_record_parse(parser, out->line, out->line_len, &out->record, &words);
    if (status != WP_OK) return status == WP_ENOMEM ? status : WP_EDAMAGED;
    if (id_len) {
        out->record.id = stored + at;
        out->record.id_len = id_len;
    }
    return WP_OK;
}
