/* find.c - wireprint find: every reprint of a text, or of an article of the index, best first. */
#include "cli/input_flags.h"

#include <stdio.h>
#include <string.h>
#include "cli/index_open.h"
#include "engine/online.h"
#include "input/date.h"
#include "input/line_file.h"
#include "report/reprints.h"

#define TEXT_BYTES_MAX ((size_t)64 << 20)

struct find_flags {
    const char *id, *since, *until, *owner, *owners;
    double min_coverage;
    uint64_t limit;
    bool json;
    struct wp_field_flags fields;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct find_flags, field)
    {"id", 0, WP_FLAG_TEXT, AT(id), "ID", "reprints of the stored article of this id"},
    {"min-coverage", 0, WP_FLAG_REAL, AT(min_coverage), "SHARE", "of the shorter text, 0 to 1 [0]"},
    {"since", 0, WP_FLAG_TEXT, AT(since), "DATE", "published then or later"},
    {"until", 0, WP_FLAG_TEXT, AT(until), "DATE", "published then or earlier"},
    {"owner", 0, WP_FLAG_TEXT, AT(owner), "NAME", "published by this outlet, such as bbc.co.uk"},
    {"owners", 0, WP_FLAG_TEXT, AT(owners), "FILE", "sister outlets, this once in place of the index's own"},
    {"limit", 'n', WP_FLAG_COUNT, AT(limit), "N", "at most so many [100]"},
    {"json", 0, WP_FLAG_BOOL, AT(json), NULL, "JSON lines, with the passages"},
#undef AT
};

static int find_run(int argc, char **argv);

const struct wp_command wp_command_find = {
    .name = "find",
    .usage = "INDEX [FILE] [--id ID]",
    .summary = "find every reprint of a text in an index",
    .details =
        "FILE is a plain text or one JSON record; - or none is standard input. A few paragraphs will do. "
        "Best\n"
        "matches come first: relation, share of the text and of the article that is in common, words of\n"
        "the longest passage, date, owner, id, url. With --json offsets of passages are bytes of the texts.\n"
        "\n"
        "Exit status: 0 done (also when nothing was found), 2 wrong usage, 3 failed.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .shared = {{wp_field_flag_rows, WP_FIELD_FLAG_COUNT, offsetof(struct find_flags, fields)}},
    .run = find_run,
};

struct find {
    struct find_flags flags;
    struct wp_settings settings;
    struct wp_index_reader reader;
    struct wp_record_parser *parser;
    struct wp_buffer text, out;
    struct wp_reprint_query query;
    struct wp_reprints found;
};

static enum wp_status read_flags(struct find *f, struct wp_error *err) {
    struct wp_reprint_query *q = &f->query;
    q->since = q->until = q->text_date = INT64_MIN;
    q->except = WP_NUMBER_NONE;
    q->min_coverage = f->flags.min_coverage;
    q->passages = f->flags.json;
    if (q->min_coverage < 0 || q->min_coverage > 1)
        return wp_fail(err, WP_EINVAL, "--min-coverage takes a share from 0 to 1");
    if (!f->flags.limit || f->flags.limit > UINT32_MAX)
        return wp_fail(err, WP_EINVAL, "--limit takes a number from 1 to %u", UINT32_MAX);
    q->limit = (uint32_t)f->flags.limit;
    WP_TRY(wp_flag_date(f->flags.since, "since", &q->since, err));
    WP_TRY(wp_flag_date(f->flags.until, "until", &q->until, err));
    wp_settings_init(&f->settings);
    return wp_field_flags_set(&f->flags.fields, &f->settings, err);
}

/* Is this a record behind which another line begins? */
static bool is_first_of_many(struct find *f, const uint8_t *at, const uint8_t *end) {
    struct wp_record record;
    const char *words;
    const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
    return stop && wp_record_parse(f->parser, at, (size_t)(stop - at), &record, &words) == WP_OK;
}

/* The text and what else is known of it, of a record; WP_END: it is none, but a text that begins as one. */
static enum wp_status take_record(struct find *f, const char *name, const uint8_t *at, const uint8_t *end,
                                  struct wp_error *err) {
    struct wp_record record;
    const char *words;
    struct wp_reprint_query *q = &f->query;
    WP_TRY(wp_record_parser_new(&f->parser, &f->settings.fields, err));
    enum wp_status status = wp_record_parse(f->parser, at, (size_t)(end - at), &record, &words);
    if (status == WP_EFORMAT && !is_first_of_many(f, at, end)) return WP_END;
    if (status == WP_EFORMAT)
        return wp_fail_file(err, status, name, "holds more than one record; find takes one");
    if (status != WP_OK) return wp_fail_file(err, status, name, "%s", words);
    q->text = record.text;
    q->len = record.text_len;
    if (record.date_len)
        wp_date_parse((const char *)record.date, record.date_len, f->settings.date_format, &q->text_date);
    status = wp_terms_owner(&f->reader.terms, &record, &q->text_owner);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

/* A file: one JSON record, or a plain text. */
static enum wp_status take_file(struct find *f, const char *name, struct wp_error *err) {
    WP_TRY(wp_whole_file_read(name, TEXT_BYTES_MAX, &f->text, err));
    const uint8_t *at = f->text.data, *end = at + f->text.len;
    f->query.text = at;
    f->query.len = f->text.len;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    if (at == end) return wp_fail_file(err, WP_ETEXT, name, "there is no text in it");
    if (*at != '{') return WP_OK;
    enum wp_status status = take_record(f, name, at, end, err);
    return status == WP_END ? WP_OK : status;
}

static enum wp_status take_stored(struct find *f, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    struct wp_index_reader *r = &f->reader;
    const uint8_t *id = (const uint8_t *)f->flags.id;
    WP_TRY(wp_view_number(r->view, id, strlen(f->flags.id), &f->query.except, &row, err));
    if (f->query.except == WP_NUMBER_NONE)
        return wp_fail(err, WP_ENOENT, "no article of the index has the id '%s'", f->flags.id);
    WP_TRY(wp_profiles_record(&r->finder->profiles, r->view, NULL, f->query.except, &row, &stored, err));
    if (wp_buffer_add(&f->text, stored.record.text, stored.record.text_len) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    f->query.text = f->text.data;
    f->query.len = f->text.len;
    f->query.text_owner = row.owner;
    f->query.text_date = row.date;
    return WP_OK;
}

static enum wp_status run_all(struct find *f, int operands, char **argv, struct wp_error *err) {
    struct wp_terms_given given = {.owners = f->flags.owners};
    if (operands < 1 || operands > 2 || (operands == 2 && f->flags.id))
        return wp_fail(err, WP_EINVAL, "an index is wanted, and a file or --id (see wireprint find --help)");
    WP_TRY(read_flags(f, err));
    WP_TRY(wp_index_reader_open(&f->reader, argv[1], &given, err));
    WP_TRY(wp_flag_owner(&f->reader, f->flags.owner, &f->query.owner, err));
    f->query.groups = f->reader.terms.groups;
    if (f->flags.id)
        WP_TRY(take_stored(f, err));
    else
        WP_TRY(take_file(f, operands == 2 ? argv[2] : "-", err));
    WP_TRY(wp_reprints_find(&f->found, f->reader.finder, f->reader.view, &f->query, err));
    for (size_t i = 0; i < f->found.count; i++)
        if ((f->flags.json ? wp_reprint_json : wp_reprint_text)(&f->out, &f->found.items[i]) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
    if (fwrite(f->out.data, 1, f->out.len, stdout) != f->out.len || fflush(stdout) != 0)
        return wp_fail(err, WP_EIO, "standard output cannot be written");
    return WP_OK;
}

static int find_run(int argc, char **argv) {
    struct find f = {.flags = {.limit = WP_REPRINTS_LIMIT}};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_find, argc, argv, &f.flags, &operands);
    if (status >= 0) return status;
    status =
        run_all(&f, operands, argv, &err) == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_find, &err);
    wp_reprints_release(&f.found);
    wp_record_parser_free(f.parser);
    wp_index_reader_close(&f.reader);
    wp_buffer_release(&f.text);
    wp_buffer_release(&f.out);
    return status;
}
