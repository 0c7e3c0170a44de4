/* export.c - wireprint export: the records of an index, its stories and matches, as a batch run writes them.
 */
#include "cli/options.h"

#include <stdlib.h>
#include "cli/index_open.h"
#include "report/index_stories.h"

enum { OUT_RECORDS, OUT_STORIES, OUT_MATCHES, OUT_COUNT };

struct export_flags {
    const char *outputs[OUT_COUNT];
    bool all;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct export_flags, field)
    {"output", 'o', WP_FLAG_TEXT, AT(outputs[OUT_RECORDS]), "FILE",
     "one record of each story, its lead, byte for byte; .gz and .zst compress"},
    {"all", 0, WP_FLAG_BOOL, AT(all), NULL, "every record, not the leads alone"},
    {"stories", 0, WP_FLAG_TEXT, AT(outputs[OUT_STORIES]), "FILE",
     "the stories of two articles or more, as JSON lines"},
    {"matches", 0, WP_FLAG_TEXT, AT(outputs[OUT_MATCHES]), "FILE", "the matching pairs, as TSV"},
#undef AT
};

static int export_run(int argc, char **argv);

const struct wp_command wp_command_export = {
    .name = "export",
    .usage = "INDEX [-o FILE] [--all] [--stories FILE] [--matches FILE]",
    .summary = "write the records, stories and matches of an index to files",
    .details =
        "Records come in the order of adding. --matches compares every article with those before it again.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = export_run,
};

struct exporter {
    struct export_flags flags;
    struct wp_index_reader reader;
    struct wp_index_stories stories;
    struct wp_output outputs[OUT_COUNT];
};

static int compare_numbers(const void *x, const void *y) {
    const uint32_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static enum wp_status write_records(struct exporter *e, struct wp_index_writer *w, struct wp_error *err) {
    const struct wp_index_stories *s = &e->stories;
    size_t count = e->flags.all ? s->member_count : s->count;
    uint32_t *numbers = wp_alloc(count, sizeof *numbers);
    if (!numbers) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (size_t i = 0; i < count; i++) numbers[i] = e->flags.all ? s->members[i].number : s->items[i].lead;
    if (count) qsort(numbers, count, sizeof *numbers, compare_numbers);
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < count && status == WP_OK; i++) status = wp_index_record_write(w, numbers[i], err);
    wp_free(numbers);
    return status;
}

static enum wp_status write_stories(struct exporter *e, struct wp_index_writer *w, struct wp_error *err) {
    for (size_t i = 0; i < e->stories.count; i++)
        if (e->stories.items[i].size > 1)
            WP_TRY(wp_index_story_write(w, &e->stories, &e->stories.items[i], err));
    return WP_OK;
}

static enum wp_status write_all(struct exporter *e, struct wp_index_writer *w, struct wp_error *err) {
    const char *const *names = e->flags.outputs;
    w->out = &e->outputs[OUT_RECORDS];
    if (names[OUT_RECORDS]) WP_TRY(write_records(e, w, err));
    w->out = &e->outputs[OUT_STORIES];
    if (names[OUT_STORIES]) WP_TRY(write_stories(e, w, err));
    w->out = &e->outputs[OUT_MATCHES];
    if (names[OUT_MATCHES])
        WP_TRY(wp_output_print(w->out, err, "id_a\tid_b\trelation\tcoverage\tjaccard\tcontainment\n"));
    if (names[OUT_MATCHES]) WP_TRY(wp_index_matches_write(w, e->reader.finder, err));
    for (int i = 0; i < OUT_COUNT; i++)
        if (names[i]) WP_TRY(wp_output_commit(&e->outputs[i], err));
    return WP_OK;
}

static enum wp_status run_all(struct exporter *e, int operands, char **argv, struct wp_error *err) {
    bool any = false;
    if (operands != 1) return wp_fail(err, WP_EINVAL, "one index is wanted (see wireprint export --help)");
    for (int i = 0; i < OUT_COUNT; i++) any |= e->flags.outputs[i] != NULL;
    if (!any) return wp_fail(err, WP_EINVAL, "nothing to write: -o, --stories or --matches is wanted");
    if (e->flags.all && !e->flags.outputs[OUT_RECORDS]) return wp_fail(err, WP_EINVAL, "--all goes with -o");
    WP_TRY(wp_index_reader_open(&e->reader, argv[1], NULL, err));
    for (int i = 0; i < OUT_COUNT; i++)
        if (e->flags.outputs[i]) WP_TRY(wp_output_open(&e->outputs[i], e->flags.outputs[i], err));
    WP_TRY(wp_index_stories_gather(&e->stories, e->reader.view, err));
    struct wp_index_writer w = {.view = e->reader.view,
                                .terms = &e->reader.terms,
                                .profiles = &e->reader.finder->profiles,
                                .finder = e->reader.finder};
    enum wp_status status = write_all(e, &w, err);
    wp_index_writer_release(&w);
    return status;
}

static int export_run(int argc, char **argv) {
    struct exporter e = {.flags = {.all = false}};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_export, argc, argv, &e.flags, &operands);
    if (status >= 0) return status;
    status =
        run_all(&e, operands, argv, &err) == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_export, &err);
    for (int i = 0; i < OUT_COUNT; i++) wp_output_free(&e.outputs[i]);
    wp_index_stories_release(&e.stories);
    wp_index_reader_close(&e.reader);
    return status;
}
