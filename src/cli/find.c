/* find.c - wireprint find: every reprint of a text, or of an article of the index, best first. */
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "engine/online.h"
#include "engine/run.h"
#include "input/date.h"
#include "input/line_file.h"
#include "report/reprints.h"

#define TEXT_BYTES_MAX ((size_t)64 << 20)
enum { PROFILES = 1024 };

struct find_flags {
    const char *id, *since, *until, *owner;
    double min_coverage;
    uint64_t limit;
    bool json;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct find_flags, field)
    {"id", 0, WP_FLAG_TEXT, AT(id), "ID", "reprints of the stored article of this id"},
    {"min-coverage", 0, WP_FLAG_REAL, AT(min_coverage), "SHARE", "of the shorter text, 0 to 1 [0]"},
    {"since", 0, WP_FLAG_TEXT, AT(since), "DATE", "published then or later"},
    {"until", 0, WP_FLAG_TEXT, AT(until), "DATE", "published then or earlier"},
    {"owner", 0, WP_FLAG_TEXT, AT(owner), "NAME", "published by this outlet, such as bbc.co.uk"},
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
    .run = find_run,
};

struct find {
    struct find_flags flags;
    struct wp_store store;
    struct wp_view *view;
    struct wp_finder *finder;
    struct wp_record_parser *parser;
    struct wp_buffer text, out;
    struct wp_reprint_query query;
    struct wp_reprints found;
};

static enum wp_status read_date(const char *text, const char *flag, int64_t *out, struct wp_error *err) {
    if (!text || wp_date_parse(text, strlen(text), NULL, out)) return WP_OK;
    return wp_fail(err, WP_EINVAL, "--%s takes a date such as 2021-09-16, not '%s'", flag, text);
}

static enum wp_status owner_number(const struct wp_record *record, uint32_t *number) {
    struct wp_owner_cache *owners;
    const char *name;
    size_t len;
    WP_TRY(wp_owner_cache_new(&owners));
    wp_owner_find(owners, record, &name, &len);
    *number = len ? wp_owner_number(name, len) : 0;
    wp_owner_cache_free(owners);
    return WP_OK;
}

static enum wp_status read_flags(struct find *f, struct wp_error *err) {
    struct wp_reprint_query *q = &f->query;
    q->since = q->until = q->text_date = INT64_MIN;
    q->except = WP_NUMBER_NONE;
    q->min_coverage = f->flags.min_coverage;
    q->passages = f->flags.json;
    if (f->flags.limit > UINT32_MAX) return wp_fail(err, WP_EINVAL, "--limit is too large");
    q->limit = (uint32_t)f->flags.limit;
    WP_TRY(read_date(f->flags.since, "since", &q->since, err));
    WP_TRY(read_date(f->flags.until, "until", &q->until, err));
    if (!f->flags.owner) return WP_OK;
    struct wp_record record = {.source = (const uint8_t *)f->flags.owner,
                               .source_len = strlen(f->flags.owner)};
    return owner_number(&record, &q->owner) == WP_OK ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

/* A file: one JSON record, or a plain text. */
static enum wp_status take_file(struct find *f, const char *name, struct wp_error *err) {
    struct wp_record record;
    const char *words;
    WP_TRY(wp_whole_file_read(name, TEXT_BYTES_MAX, &f->text, err));
    WP_TRY(wp_record_parser_new(&f->parser, NULL, err));
    f->query.text = f->text.data;
    f->query.len = f->text.len;
    if (!f->text.len || f->text.data[0] != '{') return WP_OK;
    if (wp_record_parse(f->parser, f->text.data, f->text.len, &record, &words) != WP_OK) return WP_OK;
    f->query.text = record.text;
    f->query.len = record.text_len;
    return owner_number(&record, &f->query.text_owner) == WP_OK ? WP_OK
                                                                : wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status take_stored(struct find *f, struct wp_error *err) {
    struct wp_row row;
    struct wp_stored_record stored;
    const uint8_t *id = (const uint8_t *)f->flags.id;
    WP_TRY(wp_view_number(f->view, id, strlen(f->flags.id), &f->query.except, &row, err));
    if (f->query.except == WP_NUMBER_NONE)
        return wp_fail(err, WP_ENOENT, "no article of the index has the id '%s'", f->flags.id);
    WP_TRY(wp_profiles_record(&f->finder->profiles, f->view, NULL, f->query.except, &row, &stored, err));
    if (wp_buffer_add(&f->text, stored.record.text, stored.record.text_len) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    f->query.text = f->text.data;
    f->query.len = f->text.len;
    f->query.text_owner = row.owner;
    f->query.text_date = row.date;
    return WP_OK;
}

static enum wp_status run_all(struct find *f, int operands, char **argv, struct wp_error *err) {
    struct wp_store_options options = {.write = false};
    if (operands < 1 || operands > 2 || (operands == 2 && f->flags.id))
        return wp_fail(err, WP_EINVAL, "an index is wanted, and a file or --id (see wireprint find --help)");
    WP_TRY(read_flags(f, err));
    WP_TRY(wp_store_open(&f->store, argv[1], &options, err));
    f->view = wp_store_snapshot(&f->store);
    if (!f->view) return wp_fail(err, WP_ENOMEM, "out of memory");
    WP_TRY(wp_finder_new(&f->finder, PROFILES, err));
    if (f->flags.id)
        WP_TRY(take_stored(f, err));
    else
        WP_TRY(take_file(f, operands == 2 ? argv[2] : "-", err));
    WP_TRY(wp_reprints_find(&f->found, f->finder, f->view, &f->query, err));
    for (size_t i = 0; i < f->found.count; i++)
        if ((f->flags.json ? wp_reprint_json : wp_reprint_text)(&f->out, &f->found.items[i]) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory");
    if (fwrite(f->out.data, 1, f->out.len, stdout) != f->out.len || fflush(stdout) != 0)
        return wp_fail(err, WP_EIO, "standard output cannot be written");
    return WP_OK;
}

static int find_run(int argc, char **argv) {
    struct find f = {.query = {0}};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_find, argc, argv, &f.flags, &operands);
    if (status >= 0) return status;
    status =
        run_all(&f, operands, argv, &err) == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_find, &err);
    wp_reprints_release(&f.found);
    wp_finder_free(f.finder);
    wp_record_parser_free(f.parser);
    wp_view_drop(f.view);
    wp_store_abandon(&f.store);
    wp_buffer_release(&f.text);
    wp_buffer_release(&f.out);
    return status;
}
