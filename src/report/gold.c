/*
 * gold.c - see gold.h.
 *
 * What a file holds is decided by its first line that is not empty: a '{' means JSON lines, a header with
 * id_a means labelled pairs, all else is id<TAB>cluster.
 */
#include "report/gold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "input/line_file.h"
#include "report/cluster_line.h"

#define FIELDS_MAX 64
#define NUMBER_TEXT_MAX 64

struct field {
    const char *data;
    size_t len;
};

/* Cuts a line at its tabs; fields beyond FIELDS_MAX are left out. */
static size_t split(const uint8_t *line, size_t len, struct field *fields) {
    size_t count = 0;
    const char *at = (const char *)line, *end = at + len;
    while (count < FIELDS_MAX) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        fields[count++] = (struct field){at, (size_t)((tab ? tab : end) - at)};
        if (!tab) break;
        at = tab + 1;
    }
    return count;
}

static bool is_word(const char *text, size_t len, const char *word) {
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

bool wp_label_is_same(const char *label, size_t len) {
    static const char *const same[] = {"copy", "version", "exact", "same", "true", "yes", "1"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (is_word(label, len, same[i])) return true;
    return false;
}

static enum wp_status bad_line(const struct wp_line_file *f, enum wp_status status, const char *reason,
                               struct wp_error *err) {
    wp_fail(err, status, "%s", reason);
    wp_error_place(err, f->file.name, f->number);
    return status;
}

/* The first line that is not empty. */
static enum wp_status first_line(struct wp_line_file *f, const uint8_t **line, size_t *len,
                                 struct wp_error *err) {
    do WP_TRY(wp_line_file_next(f, line, len, err));
    while (*len == 0);
    return WP_OK;
}

/* Clusters. */

static enum wp_status add_member(struct wp_clusters *c, struct wp_intern *ids, const struct field *id,
                                 uint32_t cluster) {
    uint32_t number;
    WP_TRY(wp_intern_add(ids, id->data, id->len, &number, NULL));
    while (c->count <= number) {
        WP_TRY(WP_GROW(c->cluster, c->count, c->cap));
        c->cluster[c->count++] = WP_CLUSTER_NONE;
    }
    c->listed++;
    c->repeated += c->cluster[number] != WP_CLUSTER_NONE;
    c->cluster[number] = cluster;
    return WP_OK;
}

static enum wp_status add_json_line(struct wp_clusters *c, struct wp_intern *ids,
                                    const struct wp_line_file *f, const struct wp_cluster_line *line) {
    char made[32];
    struct field name = {line->name.data, line->name.len};
    uint32_t cluster;
    if (!line->has_members) return WP_OK;
    if (!name.data)
        name = (struct field){
            made, (size_t)snprintf(made, sizeof made, "line %llu", (unsigned long long)f->number)};
    WP_TRY(wp_intern_add(&c->names, name.data, name.len, &cluster, NULL));
    for (size_t i = 0; i < line->count; i++) {
        struct field id = {line->members[i].data, line->members[i].len};
        WP_TRY(add_member(c, ids, &id, cluster));
    }
    return WP_OK;
}

static enum wp_status read_json(struct wp_clusters *c, struct wp_intern *ids, struct wp_line_file *f,
                                const uint8_t *line, size_t len, struct wp_error *err) {
    struct wp_cluster_line parsed = {0};
    enum wp_status status = WP_OK;
    do {
        const char *reason = "out of memory";
        if (len) status = wp_cluster_line_read(&parsed, line, len, &reason);
        if (status == WP_OK && len) {
            status = add_json_line(c, ids, f, &parsed);
            reason = wp_status_text(status);
        }
        status = status == WP_OK ? wp_line_file_next(f, &line, &len, err) : bad_line(f, status, reason, err);
    } while (status == WP_OK);
    wp_cluster_line_release(&parsed);
    return status == WP_END ? WP_OK : status;
}

static bool is_cluster_header(const struct field *fields) {
    return is_word(fields[0].data, fields[0].len, "id") &&
           (is_word(fields[1].data, fields[1].len, "cluster") ||
            is_word(fields[1].data, fields[1].len, "story"));
}

static enum wp_status read_cluster_table(struct wp_clusters *c, struct wp_intern *ids, struct wp_line_file *f,
                                         const uint8_t *line, size_t len, struct wp_error *err) {
    struct field fields[FIELDS_MAX];
    enum wp_status status = WP_OK;
    for (bool first = true; status == WP_OK;
         status = wp_line_file_next(f, &line, &len, err), first = first && !len) {
        uint32_t cluster;
        if (!len) continue;
        if (split(line, len, fields) < 2 || !fields[0].len || !fields[1].len)
            return bad_line(f, WP_EFORMAT, "not id<TAB>cluster", err);
        if (first && is_cluster_header(fields)) continue;
        enum wp_status added = wp_intern_add(&c->names, fields[1].data, fields[1].len, &cluster, NULL);
        if (added == WP_OK) added = add_member(c, ids, &fields[0], cluster);
        if (added != WP_OK) return bad_line(f, added, wp_status_text(added), err);
    }
    return status == WP_END ? WP_OK : status;
}

static enum wp_status read_clusters(struct wp_clusters *c, struct wp_intern *ids, struct wp_line_file *f,
                                    const uint8_t *line, size_t len, struct wp_error *err) {
    return *line == '{' ? read_json(c, ids, f, line, len, err)
                        : read_cluster_table(c, ids, f, line, len, err);
}

static void init_clusters(struct wp_clusters *c) {
    *c = (struct wp_clusters){0};
    wp_intern_init(&c->names, WP_GOLD_MAX_BYTES);
}

enum wp_status wp_clusters_read(struct wp_clusters *out, const char *file, struct wp_intern *ids,
                                struct wp_error *err) {
    struct wp_line_file f;
    const uint8_t *line;
    size_t len;
    init_clusters(out);
    WP_TRY(wp_line_file_open(&f, file, WP_GOLD_MAX_LINE_BYTES, err));
    enum wp_status status = first_line(&f, &line, &len, err);
    if (status == WP_OK) status = read_clusters(out, ids, &f, line, len, err);
    wp_line_file_close(&f);
    if (status == WP_END) return WP_OK; /* an empty file: nothing was found */
    if (status != WP_OK) wp_clusters_release(out);
    return status;
}

/* Labelled pairs. */

enum { COLUMN_A, COLUMN_B, COLUMN_LABEL, COLUMN_WEIGHT, COLUMN_REL, COLUMN_CONFIDENCE, COLUMNS };
#define NO_COLUMN SIZE_MAX

static size_t find_column(const struct field *header, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (is_word(header[i].data, header[i].len, name)) return i;
    return NO_COLUMN;
}

static void find_columns(const struct field *header, size_t count, size_t *columns) {
    static const char *const names[COLUMNS] = {"id_a", "id_b", "label", "weight", "rel", "confidence"};
    for (size_t k = 0; k < COLUMNS; k++) columns[k] = find_column(header, count, names[k]);
}

static bool parse_weight(const struct field *field, double *out) {
    char text[NUMBER_TEXT_MAX], *end;
    if (field->len == 0 || field->len >= sizeof text) return false;
    memcpy(text, field->data, field->len);
    text[field->len] = '\0';
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out) && *out >= 0;
}

/* The number of a field's text, when there is such a column. */
static enum wp_status intern_column(struct wp_intern *table, const struct field *fields, size_t column,
                                    uint32_t *number) {
    *number = WP_INTERN_NONE;
    if (column == NO_COLUMN) return WP_OK;
    return wp_intern_add(table, fields[column].data, fields[column].len, number, NULL);
}

/* Fills one pair. On failure *reason is what is wrong with the line. */
static enum wp_status parse_pair(struct wp_labelled_pairs *p, struct wp_intern *ids,
                                 const struct field *fields, const size_t *columns, const char **reason) {
    const struct field *label = &fields[columns[COLUMN_LABEL]];
    struct wp_labelled_pair pair = {.weight = 1};
    *reason = "an empty id";
    if (!fields[columns[COLUMN_A]].len || !fields[columns[COLUMN_B]].len) return WP_EFORMAT;
    *reason = "an empty label";
    if (!label->len) return WP_EFORMAT;
    pair.same = wp_label_is_same(label->data, label->len);
    *reason = "a weight that is no number, or below 0";
    if (columns[COLUMN_WEIGHT] != NO_COLUMN && !parse_weight(&fields[columns[COLUMN_WEIGHT]], &pair.weight))
        return WP_EFORMAT;
    *reason = "out of memory";
    WP_TRY(intern_column(ids, fields, columns[COLUMN_A], &pair.a));
    WP_TRY(intern_column(ids, fields, columns[COLUMN_B], &pair.b));
    WP_TRY(intern_column(&p->rels, fields, columns[COLUMN_REL], &pair.rel));
    WP_TRY(intern_column(&p->confidences, fields, columns[COLUMN_CONFIDENCE], &pair.confidence));
    WP_TRY(WP_GROW(p->pairs, p->count, p->cap));
    p->pairs[p->count++] = pair;
    return WP_OK;
}

/* Reads the lines behind the header. */
static enum wp_status read_pairs(struct wp_labelled_pairs *p, struct wp_intern *ids, struct wp_line_file *f,
                                 const size_t *columns, struct wp_error *err) {
    struct field fields[FIELDS_MAX];
    const uint8_t *line;
    size_t len, least = 0;
    enum wp_status status;
    for (size_t k = 0; k < COLUMNS; k++)
        if (columns[k] != NO_COLUMN && columns[k] > least) least = columns[k];
    p->weighted = columns[COLUMN_WEIGHT] != NO_COLUMN;
    while ((status = wp_line_file_next(f, &line, &len, err)) == WP_OK) {
        if (!len) continue;
        if (split(line, len, fields) <= least)
            return bad_line(f, WP_EFORMAT, "fewer columns than the header", err);
        const char *reason;
        enum wp_status parsed = parse_pair(p, ids, fields, columns, &reason);
        if (parsed != WP_OK) return bad_line(f, parsed, reason, err);
    }
    return status == WP_END ? WP_OK : status;
}

static enum wp_status read_gold(struct wp_gold *g, struct wp_intern *ids, struct wp_line_file *f,
                                struct wp_error *err) {
    struct field fields[FIELDS_MAX];
    size_t columns[COLUMNS], len;
    const uint8_t *line;
    enum wp_status status = first_line(f, &line, &len, err);
    if (status == WP_END) return wp_fail_file(err, WP_EFORMAT, f->file.name, "empty");
    if (status != WP_OK) return status;
    find_columns(fields, split(line, len, fields), columns);
    if (*line == '{' || columns[COLUMN_A] == NO_COLUMN || columns[COLUMN_B] == NO_COLUMN)
        return read_clusters(&g->clusters, ids, f, line, len, err);
    g->kind = WP_GOLD_PAIRS;
    if (columns[COLUMN_LABEL] == NO_COLUMN) return bad_line(f, WP_EFORMAT, "no column 'label'", err);
    return read_pairs(&g->pairs, ids, f, columns, err);
}

enum wp_status wp_gold_read(struct wp_gold *out, const char *file, struct wp_intern *ids,
                            struct wp_error *err) {
    struct wp_line_file f;
    *out = (struct wp_gold){.kind = WP_GOLD_CLUSTERS};
    init_clusters(&out->clusters);
    wp_intern_init(&out->pairs.rels, WP_GOLD_MAX_BYTES);
    wp_intern_init(&out->pairs.confidences, WP_GOLD_MAX_BYTES);
    WP_TRY(wp_line_file_open(&f, file, WP_GOLD_MAX_LINE_BYTES, err));
    enum wp_status status = read_gold(out, ids, &f, err);
    wp_line_file_close(&f);
    if (status != WP_OK) wp_gold_release(out);
    return status;
}

/* What is to be kept apart. */

/* Fills one row from the columns of a and, for pairs, b. On failure *reason is what is wrong with the line.
 */
static enum wp_status parse_apart(struct wp_apart *a, struct wp_intern *ids, const struct field *fields,
                                  const size_t *columns, const char **reason) {
    struct wp_apart_row row = {.b = WP_INTERN_NONE};
    const struct field *first = &fields[columns[0]], *second = a->pairs ? &fields[columns[1]] : NULL;
    *reason = "an empty id";
    if (!first->len || (second && !second->len)) return WP_EFORMAT;
    *reason = "out of memory";
    WP_TRY(wp_intern_add(ids, first->data, first->len, &row.a, NULL));
    if (second) WP_TRY(wp_intern_add(ids, second->data, second->len, &row.b, NULL));
    WP_TRY(WP_GROW(a->rows, a->count, a->cap));
    a->rows[a->count++] = row;
    return WP_OK;
}

static enum wp_status read_apart(struct wp_apart *a, struct wp_intern *ids, struct wp_line_file *f,
                                 struct wp_error *err) {
    struct field fields[FIELDS_MAX];
    size_t columns[2], len;
    const uint8_t *line;
    enum wp_status status = first_line(f, &line, &len, err);
    if (status == WP_END) return wp_fail_file(err, WP_EFORMAT, f->file.name, "empty");
    if (status != WP_OK) return status;
    size_t count = split(line, len, fields);
    columns[0] = find_column(fields, count, "id_a");
    columns[1] = find_column(fields, count, "id_b");
    a->pairs = columns[0] != NO_COLUMN && columns[1] != NO_COLUMN;
    if (!a->pairs) columns[0] = columns[1] = find_column(fields, count, "id");
    if (columns[0] == NO_COLUMN)
        return bad_line(f, WP_EFORMAT, "a header with id_a and id_b, or with id, is wanted", err);
    while ((status = wp_line_file_next(f, &line, &len, err)) == WP_OK) {
        if (!len) continue;
        count = split(line, len, fields);
        if (count <= columns[0] || count <= columns[1])
            return bad_line(f, WP_EFORMAT, "fewer columns than the header", err);
        const char *reason;
        enum wp_status parsed = parse_apart(a, ids, fields, columns, &reason);
        if (parsed != WP_OK) return bad_line(f, parsed, reason, err);
    }
    return status == WP_END ? WP_OK : status;
}

enum wp_status wp_apart_read(struct wp_apart *out, const char *file, struct wp_intern *ids,
                             struct wp_error *err) {
    struct wp_line_file f;
    *out = (struct wp_apart){0};
    WP_TRY(wp_line_file_open(&f, file, WP_GOLD_MAX_LINE_BYTES, err));
    enum wp_status status = read_apart(out, ids, &f, err);
    wp_line_file_close(&f);
    if (status != WP_OK) wp_apart_release(out);
    return status;
}

void wp_clusters_release(struct wp_clusters *c) {
    wp_intern_release(&c->names);
    wp_free(c->cluster);
    init_clusters(c);
}

void wp_gold_release(struct wp_gold *g) {
    wp_clusters_release(&g->clusters);
    wp_intern_release(&g->pairs.rels);
    wp_intern_release(&g->pairs.confidences);
    wp_free(g->pairs.pairs);
    g->pairs = (struct wp_labelled_pairs){0};
}

void wp_apart_release(struct wp_apart *a) {
    wp_free(a->rows);
    *a = (struct wp_apart){0};
}
