/*
 * explain.c - `wireprint explain A B`: why two texts match, or do not; and --story (explain_story.c).
 *
 * A and B are files, each a plain text or one JSON record, or with --in ids of records in a dump. Finding and
 * loading them is here; what is said of them is report/explanation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/explain.h"
#include "cli/options.h"
#include "engine/known.h"
#include "engine/settings.h"
#include "input/date.h"
#include "input/owner.h"
#include "input/paths.h"
#include "report/explanation.h"

extern const struct wp_command wp_command_explain;

/* One of the two; owns all but the name. */
struct article {
    const char *name; /* as given */
    bool found;
    struct wp_buffer bytes; /* the file, or the record's line */
    struct wp_record_parser *parser;
    struct wp_record record; /* views of bytes and parser; only the text of a plain text */
    char *owner, *title;     /* NULL = unknown */
    int64_t date;            /* WP_DATE_UNKNOWN */
};

struct explain {
    struct wp_explain_settings settings;
    struct wp_settings run; /* as a run would be told */
    struct wp_owner_groups *owner_groups;
    struct wp_furniture furniture; /* with --furniture */
    struct wp_agency_table *agencies;
    struct wp_pair_settings compare_by; /* these */
    struct article a, b;
    struct wp_pair pair;
    struct wp_buffer out, room; /* room: of an id */
};

static char *copy_text(const void *data, size_t len) {
    char *copy = wp_alloc(len + 1, 1);
    if (!copy) return NULL;
    if (len) memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}

/* Parses the line in a->bytes[from, from + len). */
static enum wp_status parse_article(struct article *a, const struct wp_fields *fields, size_t from,
                                    size_t len, const char **reason) {
    *reason = "out of memory";
    if (!a->parser) WP_TRY(wp_record_parser_new(&a->parser, fields, NULL));
    return wp_record_parse(a->parser, a->bytes.data + from, len, &a->record, reason);
}

/* Owner, title and date, from the record, as a run reads them (engine/harvest.c). */
static enum wp_status describe(const struct explain *e, struct article *a) {
    const struct wp_record *r = &a->record;
    struct wp_owner_cache *cache;
    const char *owner;
    size_t len;
    WP_TRY(wp_owner_cache_new(&cache));
    wp_owner_cache_join(cache, e->owner_groups);
    wp_owner_find(cache, r, &owner, &len);
    bool good = !len || (a->owner = copy_text(owner, len));
    if (r->title_len) good = good && (a->title = copy_text(r->title, r->title_len));
    if (r->date_len) wp_date_parse((const char *)r->date, r->date_len, e->run.date_format, &a->date);
    wp_owner_cache_free(cache);
    return good ? WP_OK : WP_ENOMEM;
}

/* Files. */

static size_t skip_space(const struct wp_buffer *b, size_t at) {
    if (at == 0 && b->len >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0) at = 3; /* a byte order mark */
    while (at < b->len && strchr(" \t\r\n", b->data[at]) && b->data[at]) at++;
    return at;
}

/* A file that begins like JSON: one record on the first line, or one spread over all lines; what is neither
 * is a plain text that happens to begin with a brace. */
static enum wp_status read_json_file(struct article *a, const struct wp_fields *fields, size_t from,
                                     struct wp_error *err) {
    const uint8_t *start = a->bytes.data + from, *end = memchr(start, '\n', a->bytes.len - from);
    size_t first = end ? (size_t)(end - start) : a->bytes.len - from;
    const char *reason;
    enum wp_status status = parse_article(a, fields, from, first, &reason);
    if (status == WP_OK && skip_space(&a->bytes, from + first) < a->bytes.len)
        return wp_fail_file(err, WP_EINVAL, a->name, "more than one record: name them by id, with --in %s",
                            a->name);
    if (status == WP_EFORMAT) status = parse_article(a, fields, from, a->bytes.len - from, &reason);
    if (status == WP_OK || status == WP_EFORMAT) return status;
    return wp_fail_file(err, status, a->name, "%s", reason);
}

static enum wp_status read_file(struct explain *e, struct article *a, struct wp_error *err) {
    const struct wp_fields *fields = &e->run.fields;
    WP_TRY(wp_whole_file_read(a->name, WP_EXPLAIN_FILE_BYTES, &a->bytes, err));
    size_t from = skip_space(&a->bytes, 0);
    enum wp_status status = WP_EFORMAT;
    if (from < a->bytes.len && a->bytes.data[from] == '{') status = read_json_file(a, fields, from, err);
    if (status == WP_EFORMAT) {
        a->record = (struct wp_record){.text = a->bytes.data, .text_len = a->bytes.len};
        status = WP_OK;
    } else if (status == WP_OK) {
        status = describe(e, a);
        if (status != WP_OK) return wp_fail(err, status, "out of memory");
    }
    a->found = status == WP_OK;
    return status;
}

/* Dumps. */

enum wp_status wp_explain_id(const struct wp_record *record, const struct wp_line_file *f,
                             struct wp_buffer *room, const char **id, size_t *len) {
    *id = (const char *)record->id;
    *len = record->id_len;
    if (*len) return WP_OK;
    room->len = 0;
    WP_TRY(wp_buffer_print(room, "%s:%llu", f->file.name, (unsigned long long)f->number));
    *id = (const char *)room->data;
    *len = room->len;
    return WP_OK;
}

static bool is_called(const char *name, const char *id, size_t len) {
    return strlen(name) == len && memcmp(name, id, len) == 0;
}

static enum wp_status take_line(struct explain *e, struct article *a, const uint8_t *line, size_t len) {
    const char *reason;
    WP_TRY(wp_buffer_reserve(&a->bytes, len + WP_LINE_FILE_PADDING, SIZE_MAX));
    memcpy(a->bytes.data, line, len);
    memset(a->bytes.data + len, 0, WP_LINE_FILE_PADDING);
    a->bytes.len = len;
    WP_TRY(parse_article(a, &e->run.fields, 0, len, &reason));
    a->found = true;
    return describe(e, a);
}

/* Looks for what is still missing. When A and B are the same id, they are the first two records of that id.
 */
static enum wp_status search_file(struct explain *e, struct wp_record_parser *parser, struct wp_line_file *f,
                                  struct wp_error *err) {
    const uint8_t *line;
    size_t len;
    while (!(e->a.found && e->b.found)) {
        struct wp_record record;
        const char *reason;
        enum wp_status status = wp_line_file_next(f, &line, &len, err);
        if (status == WP_END) break;
        if (status == WP_ETOOBIG) continue; /* dedup tells of these, and of what is no record */
        if (status != WP_OK) return status;
        if (wp_record_parse(parser, line, len, &record, &reason) != WP_OK) continue;
        struct article *a = NULL;
        const char *id;
        size_t id_len;
        if (wp_explain_id(&record, f, &e->room, &id, &id_len) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
        if (!e->a.found && is_called(e->a.name, id, id_len))
            a = &e->a;
        else if (!e->b.found && is_called(e->b.name, id, id_len))
            a = &e->b;
        if (a && (status = take_line(e, a, line, len)) != WP_OK)
            return wp_fail_file(err, status, f->file.name, "%s", wp_status_text(status));
    }
    return WP_OK;
}

static enum wp_status search_dumps(struct explain *e, const struct wp_paths *paths, struct wp_error *err) {
    struct wp_record_parser *parser;
    enum wp_status status = wp_record_parser_new(&parser, &e->run.fields, err);
    for (size_t i = 0; i < paths->count && status == WP_OK && !(e->a.found && e->b.found); i++) {
        struct wp_line_file f;
        status = wp_line_file_open(&f, paths->names[i], WP_EXPLAIN_RECORD_BYTES, err);
        if (status == WP_OK) status = search_file(e, parser, &f, err);
        wp_line_file_close(&f);
    }
    wp_record_parser_free(parser);
    if (status != WP_OK || (e->a.found && e->b.found)) return status;
    if (e->a.found && strcmp(e->a.name, e->b.name) == 0)
        return wp_fail(err, WP_ENOENT, "only one record has the id '%s'", e->b.name);
    return wp_fail(err, WP_ENOENT, "no record has the id '%s'", e->a.found ? e->b.name : e->a.name);
}

/* argv[3..operands] are further dumps. */
static enum wp_status find_articles(struct explain *e, char **argv, int operands, struct wp_error *err) {
    if (operands < 2 || (operands > 2 && !e->settings.in))
        return wp_fail(err, WP_EINVAL, "two articles are wanted: A and B");
    e->a.name = argv[1];
    e->b.name = argv[2];
    if (!e->settings.in) {
        if (strcmp(e->a.name, "-") == 0 && strcmp(e->b.name, "-") == 0)
            return wp_fail(err, WP_EINVAL, "standard input can be only one of the two");
        WP_TRY(read_file(e, &e->a, err));
        return read_file(e, &e->b, err);
    }
    struct wp_paths paths;
    argv[2] = (char *)e->settings.in; /* the dumps then stand side by side */
    WP_TRY(wp_paths_expand(&paths, (const char *const *)argv + 2, (size_t)operands - 1, err));
    enum wp_status status = search_dumps(e, &paths, err);
    wp_paths_release(&paths);
    return status;
}

static enum wp_status choose_color(const char *word, bool *color, struct wp_error *err) {
    const char *term = getenv("TERM");
    if (!word || strcmp(word, "auto") == 0)
        *color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && strcmp(term, "dumb") != 0;
    else if (strcmp(word, "always") == 0 || strcmp(word, "never") == 0)
        *color = word[0] == 'a';
    else
        return wp_fail(err, WP_EINVAL, "--color takes auto, always or never, not '%s'", word);
    return WP_OK;
}

/* What wireprint dedup takes by the same flags. */
static enum wp_status read_furniture(struct explain *e, struct wp_error *err) {
    struct wp_known *known = NULL;
    enum wp_status status = wp_furniture_init(&e->furniture);
    if (status == WP_OK) status = wp_known_new(&known);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    status = wp_known_read(known, e->settings.furniture, e->owner_groups, err);
    if (status == WP_OK && wp_known_add_to(known, &e->furniture) != WP_OK)
        status = wp_fail(err, WP_ENOMEM, "out of memory");
    wp_known_free(known);
    return status;
}

static enum wp_status read_settings(struct explain *e, struct wp_error *err) {
    const struct wp_explain_settings *s = &e->settings;
    wp_settings_init(&e->run);
    WP_TRY(wp_flag_set_words(&e->run, "match", s->match, err));
    WP_TRY(wp_field_flags_set(&s->fields, &e->run, err));
    e->compare_by.rule = e->run.rule;
    if (s->owners) WP_TRY(wp_owner_groups_read(&e->owner_groups, s->owners, err));
    WP_TRY(wp_agency_table_new(s->agencies, &e->agencies, err));
    if (s->furniture) WP_TRY(read_furniture(e, err));
    e->compare_by.agencies = e->agencies;
    e->compare_by.furniture = s->furniture ? &e->furniture : NULL;
    return WP_OK;
}

static struct wp_pair_text pair_text(const struct article *a) {
    return (struct wp_pair_text){a->record.text, a->record.text_len,
                                 a->owner ? wp_owner_number(a->owner, strlen(a->owner)) : 0, a->date};
}

static struct wp_explained explained(const struct article *a) {
    return (struct wp_explained){a->name, a->owner, a->title, a->date};
}

static enum wp_status explain(struct explain *e, bool color, struct wp_error *err) {
    struct wp_pair_text a = pair_text(&e->a), b = pair_text(&e->b);
    enum wp_status status = wp_pair_make(&e->pair, &a, &b, &e->compare_by);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    struct wp_explanation x = {.pair = &e->pair,
                               .a = explained(&e->a),
                               .b = explained(&e->b),
                               .color = color,
                               .full = e->settings.full,
                               .furniture_known = e->settings.furniture};
    status = e->settings.json ? wp_explanation_json(&x, &e->out) : wp_explanation_text(&x, &e->out);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

/* argv[1..operands] are further dumps. */
static enum wp_status explain_story(struct explain *e, char **argv, int operands, bool color,
                                    struct wp_error *err) {
    const struct wp_explain_settings *s = &e->settings;
    if (!s->story || !s->stories || !s->in)
        return wp_fail(err, WP_EINVAL, "--story ID, --stories FILE and --in DUMP go together");
    if (s->match) return wp_fail(err, WP_EINVAL, "--match is for two articles: a story was made by its run");
    argv[0] = (char *)s->in; /* the dumps then stand side by side */
    const struct wp_explain_context context = {s, &e->run, &e->compare_by, e->owner_groups, color};
    return wp_explain_story(&context, (const char *const *)argv, (size_t)operands + 1, &e->out, err);
}

static enum wp_status print(const struct explain *e, struct wp_error *err) {
    if (fwrite(e->out.data, 1, e->out.len, stdout) != e->out.len || fflush(stdout) != 0)
        return wp_fail(err, WP_EIO, "standard output cannot be written");
    return WP_OK;
}

static void release_article(struct article *a) {
    wp_buffer_release(&a->bytes);
    wp_record_parser_free(a->parser);
    wp_free(a->owner);
    wp_free(a->title);
}

static int run_explain(int argc, char **argv) {
    struct explain e = {.a.date = WP_DATE_UNKNOWN, .b.date = WP_DATE_UNKNOWN};
    struct wp_error err = {0};
    bool color = false;
    int operands, code = wp_options_start(&wp_command_explain, argc, argv, &e.settings, &operands);
    if (code >= 0) return code;
    enum wp_status status = choose_color(e.settings.color, &color, &err);
    if (status == WP_OK) status = read_settings(&e, &err);
    bool story = e.settings.story || e.settings.stories;
    if (status == WP_OK && story) status = explain_story(&e, argv, operands, color, &err);
    if (status == WP_OK && !story) status = find_articles(&e, argv, operands, &err);
    if (status == WP_OK && !story) status = explain(&e, color, &err);
    if (status == WP_OK) status = print(&e, &err);
    wp_pair_release(&e.pair);
    release_article(&e.a);
    release_article(&e.b);
    wp_furniture_release(&e.furniture);
    wp_agency_table_free(e.agencies);
    wp_owner_groups_free(e.owner_groups);
    wp_buffer_release(&e.out);
    wp_buffer_release(&e.room);
    return status == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_explain, &err);
}

#define AT(field) offsetof(struct wp_explain_settings, field)

static const struct wp_flag flags[] = {
    {"in", 0, WP_FLAG_TEXT, AT(in), "DUMP",
     "A and B are ids of records in this file (further files may follow)"},
    {"story", 0, WP_FLAG_TEXT, AT(story), "ID", "tell why each member of a story is in, instead of A and B"},
    {"stories", 0, WP_FLAG_TEXT, AT(stories), "FILE",
     "where the story is: what wireprint dedup --stories wrote"},
    {"match", 0, WP_FLAG_TEXT, AT(match), "RULE", "story, jaccard:T, simhash:K or exact [story]"},
    {"owners", 0, WP_FLAG_TEXT, AT(owners), "FILE", "sister outlets, as in wireprint dedup --help"},
    {"furniture", 0, WP_FLAG_TEXT, AT(furniture), "FILE",
     "what wireprint dedup --furniture has learnt: it does not count as text"},
    {"agencies", 0, WP_FLAG_TEXT, AT(agencies), "FILE",
     "further names of news agencies, as in wireprint dedup --help"},
    {"json", 0, WP_FLAG_BOOL, AT(json), NULL, "print one JSON object, passages as byte ranges"},
    {"full", 0, WP_FLAG_BOOL, AT(full), NULL,
     "do not cut long parts that are not shared; of a story, show the texts"},
    {"color", 0, WP_FLAG_TEXT, AT(color), "WHEN", "auto, always or never [auto]"},
};

const struct wp_command wp_command_explain = {
    .name = "explain",
    .usage = "A B [--in DUMP...] | --story ID --stories FILE --in DUMP... [--json] [--full]",
    .summary = "tell why two texts match, and show the passages they share; or why a story is one",
    .details =
        "A and B are files, each a plain text or one JSON record, or - for standard input. With --in they\n"
        "are the ids of records in a dump (FILE:LINE for records without an id).\n"
        "\n"
        "Told are the relation and what decided it, coverage both ways, Jaccard, containment, the longest\n"
        "shared run, and both texts with the shared passages under the same numbers. Coverage is the share\n"
        "of a text's words that stand in runs of five or more which the other text has too. RULE is as in\n"
        "wireprint dedup --help.\n"
        "\n"
        "The pair is judged as by a run over a dump that has both, given the same --match, --owners,\n"
        "--agencies and --date-format: by owners, dates and figures too, and without agency lines. "
        "Furniture\n"
        "is not learnt here: with --furniture, what that run wrote, text that belongs to either site and "
        "not\n"
        "to its stories does not count; without, all of it does, as with dedup --no-furniture. What does "
        "not\n"
        "count is dim (or stands in {{...}}). What would be read and is not known (furniture, an owner, a\n"
        "date) is told, and so is that a run most likely does not compare the two because they meet in too\n"
        "few sampled spans; spans that very many articles have count even less.\n"
        "\n"
        "With --story, a line tells of each member of the story what it matched and how well, then which\n"
        "link is the weakest; with --full the texts follow, each beside what it matched. ID is the story's\n"
        "name in FILE, or as much of its beginning as no other story has. Relation, coverage and Jaccard\n"
        "are those of the run; the longest run and the passages come of comparing once more, as above."
        "\n\n"
        "For example:\n"
        "  wireprint explain a17 b42 --in dump.jsonl.zst --furniture furniture.tsv",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .shared = {{wp_field_flag_rows, WP_FIELD_FLAG_COUNT, offsetof(struct wp_explain_settings, fields)}},
    .run = run_explain,
};
