/*
 * owner_groups.c - see owner_groups.h.
 *
 * Names are interned; beside each stands its group, and beside each group the name that came first and the
 * line it stands on.
 */
#include "input/owner_groups.h"

#include <stdbool.h>
#include <string.h>
#include "base/intern.h"
#include "input/line_file.h"
#include "input/owner.h"
#include "text/unicode.h"

struct group {
    uint32_t name;
    uint64_t line;
};

struct wp_owner_groups {
    struct wp_intern names;
    uint32_t *group_of; /* by name */
    struct group *groups;
    size_t group_of_cap, count, cap;
};

/* A file being read. */
struct reading {
    struct wp_owner_groups *groups;
    struct wp_owner_cache *owners; /* how names are read */
    const char *file;
    uint64_t line;
    bool open; /* the line has a name already: its group is the last one */
};

static enum wp_status fail(const struct reading *r, enum wp_status status, const char *words,
                           struct wp_error *err) {
    wp_fail(err, status, "%s", words);
    wp_error_place(err, r->file, r->line);
    return status;
}

/* name: a number that another line's group has. */
static enum wp_status fail_twice(const struct reading *r, uint32_t name, struct wp_error *err) {
    const struct wp_owner_groups *g = r->groups;
    wp_fail(err, WP_EINVAL, "%.100s is in another group already, on line %llu",
            wp_intern_text(&g->names, name, NULL), (unsigned long long)g->groups[g->group_of[name]].line);
    wp_error_place(err, r->file, r->line);
    return WP_EINVAL;
}

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' || c == ',';
}

/* Cuts the next name out of [*at, end); it is NULL behind the last. False when a quote does not end. */
static bool next_name(const uint8_t **at, const uint8_t *end, const uint8_t **name, size_t *len) {
    const uint8_t *p = *at, *stop;
    *name = NULL;
    while (p < end && is_blank(*p)) p++;
    if (p == end || *p == '#') return true;
    if (*p == '"') {
        p++;
        stop = memchr(p, '"', (size_t)(end - p));
        if (!stop) return false;
        *at = stop + 1;
    } else {
        for (stop = p; stop < end && !is_blank(*stop); stop++) {
        }
        *at = stop;
    }
    *name = p;
    *len = (size_t)(stop - p);
    return true;
}

static bool is_utf8(const uint8_t *s, size_t len) {
    uint32_t c;
    for (size_t i = 0; i < len;) {
        unsigned n = wp_utf8_decode(s + i, len - i, &c);
        if (!n) return false;
        i += n;
    }
    return true;
}

static enum wp_status open_group(struct reading *r, uint32_t name) {
    struct wp_owner_groups *g = r->groups;
    WP_TRY(WP_GROW(g->groups, g->count, g->cap));
    g->groups[g->count++] = (struct group){name, r->line};
    r->open = true;
    return WP_OK;
}

static enum wp_status add_name(struct reading *r, const uint8_t *raw, size_t raw_len, struct wp_error *err) {
    struct wp_owner_groups *g = r->groups;
    struct wp_record record = {.source = raw, .source_len = raw_len};
    const char *name;
    size_t len;
    uint32_t number;
    bool is_new;
    wp_owner_find(r->owners, &record, &name, &len);
    if (!len) return fail(r, WP_EINVAL, "an empty name", err);
    enum wp_status status = WP_GROW(g->group_of, g->names.count, g->group_of_cap);
    if (status == WP_OK) status = wp_intern_add(&g->names, name, len, &number, &is_new);
    if (status == WP_OK && !is_new && !(r->open && g->group_of[number] == g->count - 1))
        return fail_twice(r, number, err);
    if (status == WP_OK && !r->open) status = open_group(r, number);
    if (status == WP_ETOOBIG) return fail(r, status, "too many names", err);
    if (status != WP_OK) return fail(r, status, "out of memory", err);
    g->group_of[number] = (uint32_t)(g->count - 1);
    return WP_OK;
}

static enum wp_status read_line(struct reading *r, const uint8_t *line, size_t len, struct wp_error *err) {
    const uint8_t *at = line, *end = line + len, *name;
    size_t name_len;
    r->open = false;
    if (!is_utf8(line, len)) return fail(r, WP_EINVAL, "not UTF-8", err);
    for (;;) {
        if (!next_name(&at, end, &name, &name_len)) return fail(r, WP_EINVAL, "a quote does not end", err);
        if (!name) return WP_OK;
        WP_TRY(add_name(r, name, name_len, err));
    }
}

static enum wp_status read_lines(struct reading *r, struct wp_line_file *f, struct wp_error *err) {
    const uint8_t *line;
    size_t len;
    for (;;) {
        enum wp_status status = wp_line_file_next(f, &line, &len, err);
        if (status == WP_END) return WP_OK;
        if (status != WP_OK) return status;
        r->line = f->number;
        WP_TRY(read_line(r, line, len, err));
    }
}

/* Lines of a file in memory, as line_file.h cuts them. */
static enum wp_status read_bytes(struct reading *r, const uint8_t *at, size_t len, struct wp_error *err) {
    static const uint8_t byte_order_mark[3] = {0xef, 0xbb, 0xbf};
    const uint8_t *end = len ? at + len : at;
    if (len >= sizeof byte_order_mark && memcmp(at, byte_order_mark, sizeof byte_order_mark) == 0)
        at += sizeof byte_order_mark;
    while (at < end) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        r->line++;
        if ((size_t)(stop - at) > WP_OWNER_FILE_LINE_MAX) return fail(r, WP_ETOOBIG, "a line too long", err);
        WP_TRY(read_line(r, at, (size_t)(stop - at), err));
        at = stop + (stop < end);
    }
    return WP_OK;
}

static enum wp_status begin(struct reading *r, struct wp_error *err) {
    r->groups = wp_zalloc(1, sizeof *r->groups);
    enum wp_status status = r->groups ? wp_owner_cache_new(&r->owners) : WP_ENOMEM;
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    wp_intern_init(&r->groups->names, WP_OWNER_FILE_NAMES_BYTES_MAX);
    return WP_OK;
}

static enum wp_status end(struct reading *r, enum wp_status status, struct wp_owner_groups **out) {
    wp_owner_cache_free(r->owners);
    if (status == WP_OK)
        *out = r->groups;
    else
        wp_owner_groups_free(r->groups);
    return status;
}

enum wp_status wp_owner_groups_read(struct wp_owner_groups **out, const char *file, struct wp_error *err) {
    struct reading r = {.file = file};
    struct wp_line_file f;
    *out = NULL;
    if (strcmp(file, "-") == 0)
        return wp_fail(err, WP_EINVAL, "owners come from a file, not from standard input");
    WP_TRY(wp_line_file_open(&f, file, WP_OWNER_FILE_LINE_MAX, err));
    enum wp_status status = begin(&r, err);
    if (status == WP_OK) status = read_lines(&r, &f, err);
    wp_line_file_close(&f);
    return end(&r, status, out);
}

enum wp_status wp_owner_groups_parse(struct wp_owner_groups **out, const uint8_t *bytes, size_t len,
                                     const char *file, struct wp_error *err) {
    struct reading r = {.file = file};
    *out = NULL;
    enum wp_status status = begin(&r, err);
    if (status == WP_OK) status = read_bytes(&r, bytes, len, err);
    return end(&r, status, out);
}

void wp_owner_groups_free(struct wp_owner_groups *g) {
    if (!g) return;
    wp_intern_release(&g->names);
    wp_free(g->group_of);
    wp_free(g->groups);
    wp_free(g);
}

void wp_owner_groups_join(const struct wp_owner_groups *g, const char **name, size_t *len) {
    uint32_t number = wp_intern_find(&g->names, *name, *len);
    if (number != WP_INTERN_NONE) *name = wp_intern_text(&g->names, g->groups[g->group_of[number]].name, len);
}

size_t wp_owner_groups_count(const struct wp_owner_groups *g) {
    return g->count;
}

size_t wp_owner_groups_names(const struct wp_owner_groups *g) {
    return wp_intern_count(&g->names);
}

const char *wp_owner_groups_name(const struct wp_owner_groups *g, size_t i, size_t *len, const char **group,
                                 size_t *group_len) {
    *group = wp_intern_text(&g->names, g->groups[g->group_of[i]].name, group_len);
    return wp_intern_text(&g->names, (uint32_t)i, len);
}
