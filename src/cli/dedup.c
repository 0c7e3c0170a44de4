/*
 * dedup.c - wireprint dedup: from a dump to its stories.
 *
 * Puts the parts together: paths -> ingest -> reader -> run -> answers. All outputs are opened aside before
 * any work is done and renamed together at the end, so that whatever goes wrong leaves nothing half-written.
 */
#include "cli/input_flags.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "base/memory.h"
#include "cli/progress.h"
#include "engine/reader.h"
#include "engine/space.h"
#include "ingest/ingest.h"
#include "input/paths.h"
#include "report/answers.h"
#include "report/furniture_file.h"
#include "report/kept.h"
#include "report/summary.h"

enum { OUT_KEPT, OUT_REMOVED, OUT_STORIES, OUT_MATCHES, OUT_SUMMARY, OUT_FURNITURE, OUT_COUNT };

struct dedup_flags {
    const char *outputs[OUT_COUNT];
    const char *match, *verify, *keep, *owners, *agencies, *tmp;
    uint64_t threads, memory;
    bool no_furniture;
    struct wp_field_flags fields;
    struct wp_read_flags read;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct dedup_flags, field)
    {"output", 'o', WP_FLAG_TEXT, AT(outputs[OUT_KEPT]), "FILE",
     "the kept records, byte for byte; .gz and .zst compress"},
    {"removed", 0, WP_FLAG_TEXT, AT(outputs[OUT_REMOVED]), "FILE", "the other records, byte for byte"},
    {"stories", 0, WP_FLAG_TEXT, AT(outputs[OUT_STORIES]), "FILE",
     "the stories of two articles or more, as JSON lines"},
    {"matches", 0, WP_FLAG_TEXT, AT(outputs[OUT_MATCHES]), "FILE",
     "the matching pairs, as TSV: id_a id_b relation coverage jaccard containment"},
    {"summary", 0, WP_FLAG_TEXT, AT(outputs[OUT_SUMMARY]), "FILE",
     "every count, the settings and the times, as JSON"},
    {"match", 0, WP_FLAG_TEXT, AT(match), "RULE", "story, jaccard:T, simhash:K or exact, see above [story]"},
    {"verify", 0, WP_FLAG_TEXT, AT(verify), "HOW",
     "exact: every pair on the texts; sketch: from fingerprints alone [exact]"},
    {"keep", 0, WP_FLAG_TEXT, AT(keep), "POLICY",
     "which article of a story: earliest, longest, first or source:A,B,... [earliest]"},
    {"owners", 0, WP_FLAG_TEXT, AT(owners), "FILE", "sister outlets, a group of names a line, see above"},
    {"agencies", 0, WP_FLAG_TEXT, AT(agencies), "FILE",
     "further names and phrases of news agencies, see above"},
    {"furniture", 0, WP_FLAG_TEXT, AT(outputs[OUT_FURNITURE]), "FILE",
     "read what earlier runs learnt of the sites' own text, and write what is known afterwards"},
    {"no-furniture", 0, WP_FLAG_BOOL, AT(no_furniture), NULL, "what sites repeat counts as text"},
    {"threads", 't', WP_FLAG_COUNT, AT(threads), "N", "worker threads [the processors there are]"},
    {"memory", 'm', WP_FLAG_SIZE, AT(memory), "SIZE",
     "stay under SIZE (plus 64 MB), spilling to --tmp [no limit]"},
    {"tmp", 0, WP_FLAG_TEXT, AT(tmp), "DIR", "where temporary files go [beside the first output, else .]"},
#undef AT
};

static int dedup_run(int argc, char **argv);

const struct wp_command wp_command_dedup = {
    .name = "dedup",
    .usage = "INPUT... [-o KEPT] [--stories FILE] [--matches FILE] ...",
    .summary = "find the stories in dumps of articles, and keep one article of each",
    .details =
        "INPUT is a file, a directory (all files below it), a glob pattern or - for standard input: JSON\n"
        "lines, plain, gzip or zstd, told apart by content. Without -o it reports only. Inputs are never\n"
        "changed. A record without an id goes by FILE:LINE. A SIZE is in bytes, or in units of K, M, G or "
        "T.\n"
        "\n"
        "RULE says which articles are copies of each other:\n"
        "  story      most of the shorter text stands in the longer one, in runs of five words or more\n"
        "  jaccard:T  Jaccard similarity of their sets of five-word shingles is at least T (0 to 1)\n"
        "  simhash:K  their SimHashes differ in at most K of 128 bits\n"
        "  exact      the same words, one by one\n"
        "With story, articles that share a passage but not most of their text are listed by --matches as\n"
        "excerpt, the shorter text first, and none of them is removed for it.\n"
        "\n"
        "A story keeps its lead: by default its earliest article, and one without a date only if none has\n"
        "one. With --keep source:A,B,... it is an article of owner A, else of B, and so on. An owner is the\n"
        "domain of the url, such as bbc.co.uk, or without a url the source.\n"
        "--owners FILE joins sister outlets: the owners named on one line, with blanks or commas between\n"
        "them, count as one, in --keep too. A name with blanks stands in double quotes; # begins a comment.\n"
        "\n"
        "With story, datelines, bylines and tails that name a news agency do not count as text, and a\n"
        "member of a story whose text has one tells the agency. --agencies FILE adds to the built-in ones.\n"
        "A row has four columns with tabs between: the word agency, a short name, the forms of the name\n"
        "with | between, and the language, which is not read. A form is matched in any case, as it is "
        "written behind an =.\n"
        "Other kinds of rows and all built-in ones: src/text/agencies.tsv in the sources.\n"
        "\n"
        "What an owner repeats under different stories, such as a cookie banner or a sidebar, is furniture\n"
        "and does not count as text. --furniture FILE keeps what was learnt of it as TSV: owner (* for what\n"
        "is of all), count of articles, first day seen, passage, words to a shingle. FILE is read if it\n"
        "exists, and replaced together with the other outputs.\n"
        "\n"
        "For example:\n"
        "  wireprint dedup 2024-05/*.jsonl.zst -o kept.jsonl.zst --stories stories.jsonl\n"
        "  wireprint dedup today.jsonl -o kept.jsonl --furniture furniture.tsv\n"
        "  wireprint dedup dump.jsonl.gz --match jaccard:0.8 --matches matches.tsv\n"
        "\n"
        "Exit status: 0 done, 1 done but an input was damaged, 2 wrong usage, 3 failed, 130 interrupted.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .shared = {{wp_field_flag_rows, WP_FIELD_FLAG_COUNT, offsetof(struct dedup_flags, fields)},
               {wp_read_flag_rows, WP_READ_FLAG_COUNT, offsetof(struct dedup_flags, read)}},
    .run = dedup_run,
};

/* One run of the command. */
struct dedup {
    struct dedup_flags flags;
    struct wp_settings settings;
    struct wp_owner_groups *owner_groups;
    struct wp_agency_table *agencies;
    struct wp_known *known; /* with --furniture */
    struct wp_paths paths;
    char *tmp_dir;
    struct wp_run run;
    struct wp_reader *reader;
    struct wp_ingest *ingest;
    struct wp_output outputs[OUT_COUNT];
    struct wp_summary summary;
    struct wp_file_stamp *stamps; /* of the inputs, before reading */
    struct wp_space_inputs sizes;
    struct wp_progress progress;
    bool run_made;
};

/* For the signal handler only: the program runs one command. */
static struct dedup *volatile interrupted;

static void on_signal(int number) {
    (void)number;
    struct dedup *d = interrupted;
    if (!d) return;
    atomic_store(&d->run.cancel, true);
    if (d->ingest) wp_ingest_cancel(d->ingest);
}

static void catch_signals(struct dedup *d) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    interrupted = d;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a reader that has gone is a failed write, which is cleaned up after */
}

/* The furniture of earlier runs, if there were any. */
static enum wp_status read_furniture(struct dedup *d, struct wp_error *err) {
    const char *name = d->flags.outputs[OUT_FURNITURE];
    struct wp_settings *s = &d->settings;
    if (d->flags.no_furniture) WP_TRY(wp_settings_set(s, "furniture", "off", err));
    if (!name) return WP_OK;
    if (!s->furniture) return wp_fail(err, WP_EINVAL, "--furniture and --no-furniture exclude each other");
    if (s->rule.match != WP_MATCH_STORY)
        return wp_fail(err, WP_EINVAL, "--furniture goes with --match story only");
    enum wp_file_kind kind = wp_file_kind(name);
    if (strcmp(name, "-") == 0 || kind == WP_FILE_OTHER)
        return wp_fail_file(err, WP_EINVAL, name, "--furniture takes a file that can be read and replaced");
    if (wp_known_new(&d->known) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    if (kind != WP_FILE_MISSING) WP_TRY(wp_known_read(d->known, name, s->owner_groups, err));
    s->known = d->known;
    s->keeps_furniture = true;
    return WP_OK;
}

static enum wp_status read_settings(struct dedup *d, struct wp_error *err) {
    const struct dedup_flags *f = &d->flags;
    struct wp_settings *s = &d->settings;
    wp_settings_init(s);
    WP_TRY(wp_flag_set_words(s, "match", f->match, err));
    WP_TRY(wp_flag_set_words(s, "verify", f->verify, err));
    WP_TRY(wp_flag_set_words(s, "keep", f->keep, err));
    WP_TRY(wp_flag_set_words(s, "tmp", f->tmp, err));
    WP_TRY(wp_flag_set_number(s, "threads", f->threads, err));
    WP_TRY(wp_flag_set_number(s, "memory", f->memory, err));
    WP_TRY(wp_field_flags_set(&f->fields, s, err));
    WP_TRY(wp_read_flags_set(&f->read, s, err));
    if (f->owners) WP_TRY(wp_owner_groups_read(&d->owner_groups, f->owners, err));
    if (f->agencies) WP_TRY(wp_agency_table_new(f->agencies, &d->agencies, err));
    s->owner_groups = d->owner_groups;
    s->agencies = d->agencies;
    return read_furniture(d, err);
}

/* Temporary files go beside the first output that is a file. */
static enum wp_status choose_tmp(struct dedup *d, struct wp_error *err) {
    const char *beside = NULL;
    for (size_t i = 0; i < OUT_COUNT && !d->flags.tmp; i++) {
        const char *name = d->flags.outputs[i];
        if (!name || strcmp(name, "-") == 0 || wp_file_kind(name) == WP_FILE_OTHER) continue;
        d->tmp_dir = wp_path_directory(name);
        if (!d->tmp_dir) return wp_fail(err, WP_ENOMEM, "out of memory");
        d->settings.tmp_dir = d->tmp_dir;
        beside = name;
        break;
    }
    if (wp_file_kind(d->settings.tmp_dir) == WP_FILE_DIRECTORY) return WP_OK;
    if (beside)
        return wp_fail_file(err, WP_ENOENT, beside, "cannot create: no directory '%.200s'", d->tmp_dir);
    return wp_fail_file(err, WP_ENOENT, d->settings.tmp_dir, "no such directory for temporary files (--tmp)");
}

/* Would both be written to one place? Neither needs to exist yet. */
static bool is_one_place(const char *a, const char *b) {
    if (strcmp(a, b) == 0 || wp_file_is_same(a, b)) return true;
    char *dir_a = wp_path_directory(a), *dir_b = wp_path_directory(b);
    bool same =
        strcmp(wp_path_base(a), wp_path_base(b)) == 0 && dir_a && dir_b && wp_file_is_same(dir_a, dir_b);
    wp_free(dir_a);
    wp_free(dir_b);
    return same;
}

static enum wp_status check_output(struct dedup *d, size_t output, struct wp_error *err) {
    const char *name = d->flags.outputs[output];
    for (size_t i = 0; i < output; i++) {
        const char *other = d->flags.outputs[i];
        if (other && is_one_place(name, other) && wp_file_kind(name) != WP_FILE_OTHER)
            return wp_fail_file(err, WP_EINVAL, name, "is the name of two outputs");
    }
    for (size_t i = 0; i < d->paths.count; i++)
        if (wp_file_kind(name) == WP_FILE_REGULAR && wp_file_is_same(name, d->paths.names[i]))
            return wp_fail_file(err, WP_EINVAL, name, "is an input and would be overwritten");
    if (d->flags.owners && wp_file_kind(name) == WP_FILE_REGULAR && wp_file_is_same(name, d->flags.owners))
        return wp_fail_file(err, WP_EINVAL, name, "is the file of --owners and would be overwritten");
    return WP_OK;
}

static enum wp_status open_outputs(struct dedup *d, struct wp_error *err) {
    for (size_t i = 0; i < OUT_COUNT; i++) {
        if (!d->flags.outputs[i]) continue;
        WP_TRY(check_output(d, i, err));
        WP_TRY(wp_output_open(&d->outputs[i], d->flags.outputs[i], err));
    }
    return WP_OK;
}

/* Does the run read its inputs again for the records themselves? */
static bool writes_records(const struct dedup *d) {
    return d->flags.outputs[OUT_KEPT] || d->flags.outputs[OUT_REMOVED];
}

/* And does it for anything? */
static bool reads_twice(const struct dedup *d) {
    return writes_records(d) || d->flags.outputs[OUT_FURNITURE];
}

/* Standard input may be a file, too; it is copied for a second reading. */
static void measure_stdin(struct dedup *d) {
    struct wp_file f;
    d->progress.total_unknown = true;
    if (wp_file_open(&f, "-", NULL) != WP_OK) return;
    uint64_t left = wp_file_is_regular(&f) ? wp_file_left(&f) : 0;
    d->sizes.plain_bytes += left;
    if (reads_twice(d)) d->sizes.copied_bytes += left;
    wp_file_close(&f, NULL);
}

static enum wp_status measure_inputs(struct dedup *d, struct wp_error *err) {
    d->stamps = wp_zalloc(d->paths.count, sizeof *d->stamps);
    if (!d->stamps) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (size_t i = 0; i < d->paths.count; i++) {
        const char *name = d->paths.names[i];
        struct wp_file f = {0};
        if (strcmp(name, "-") == 0) {
            measure_stdin(d);
            continue;
        }
        bool known = wp_file_kind(name) == WP_FILE_REGULAR && wp_file_open(&f, name, NULL) == WP_OK;
        if (known) d->stamps[i] = wp_file_stamp(&f);
        d->progress.total_unknown |= !known;
        d->progress.total_bytes += d->stamps[i].bytes;
        bool packed = wp_format_of_name(name) != WP_FORMAT_PLAIN;
        *(packed ? &d->sizes.packed_bytes : &d->sizes.again_bytes) += d->stamps[i].bytes;
        wp_file_close(&f, NULL);
    }
    return WP_OK;
}

static enum wp_status check_space(const struct dedup *d, struct wp_error *err) {
    char warning[WP_SPACE_WARNING_BYTES];
    WP_TRY(wp_space_check(&d->settings, &d->sizes, warning, err));
    if (warning[0] && !d->flags.read.quiet) fprintf(stderr, "wireprint dedup: warning: %s\n", warning);
    return WP_OK;
}

static void show_progress(void *self) {
    struct dedup *d = self;
    uint64_t raw, decoded;
    wp_reader_progress(d->reader, &raw, &decoded);
    wp_progress_show(&d->progress, (uint64_t)d->run.counts.records, decoded, raw);
}

/* A failed reader must not wait for the next bytes of a pipe. */
static void wake_ingest(void *self) {
    struct dedup *d = self;
    if (wp_reader_stopped(d->reader))
        wp_ingest_cancel(d->ingest);
    else
        wp_ingest_wake(d->ingest);
}

static enum wp_status read_inputs(struct dedup *d, struct wp_error *err) {
    const char *const *names = (const char *const *)d->paths.names;
    WP_TRY(wp_reader_new(&d->reader, &d->run, reads_twice(d), err));
    struct wp_ingest_sink sink = wp_reader_sink(d->reader);
    wp_reader_on_tick(d->reader, show_progress, d);
    WP_TRY(wp_ingest_new(&d->ingest, names, d->paths.count, &sink, WP_READER_FILES_AHEAD, err));
    wp_reader_on_free(d->reader, wake_ingest, d);
    if (atomic_load(&d->run.cancel)) wp_ingest_cancel(d->ingest); /* a signal before there was one to tell */
    enum wp_status status = wp_ingest_run(d->ingest, err);
    struct wp_error failure = {0};
    enum wp_status finished = wp_reader_finish(d->reader, status != WP_OK, &failure);
    if (failure.status != WP_OK && failure.status != WP_ECANCELED && err) *err = failure;
    if (status == WP_OK) status = finished;
    if (status != WP_OK && err)
        status = err->status != WP_OK ? err->status : wp_fail(err, status, "interrupted");
    d->run.stage_seconds[WP_STAGE_READ] = wp_clock_seconds() - d->progress.begin;
    return status;
}

static enum wp_status write_furniture(struct dedup *d, struct wp_error *err) {
    struct wp_furniture_file file = {
        .run = &d->run, .known = d->known, .copies = wp_reader_copies(d->reader), .stamps = d->stamps};
    WP_TRY(wp_write_furniture(&file, &d->outputs[OUT_FURNITURE], err));
    d->summary.furniture_passages = file.passages;
    d->summary.furniture_left_out = file.left_out;
    return WP_OK;
}

static enum wp_status write_answers(struct dedup *d, struct wp_error *err) {
    double begin = wp_clock_seconds();
    struct wp_output *out = d->outputs;
    const char *const *names = d->flags.outputs;
    if (names[OUT_STORIES]) WP_TRY(wp_write_stories(&d->run, &out[OUT_STORIES], err));
    if (names[OUT_MATCHES])
        WP_TRY(wp_write_matches(&d->run, &out[OUT_MATCHES], &d->summary.match_lines,
                                &d->summary.match_lines_left_out, err));
    if (writes_records(d)) {
        struct wp_kept kept = {.run = &d->run,
                               .kept = names[OUT_KEPT] ? &out[OUT_KEPT] : NULL,
                               .removed = names[OUT_REMOVED] ? &out[OUT_REMOVED] : NULL,
                               .copies = wp_reader_copies(d->reader),
                               .stamps = d->stamps};
        wp_progress_say(&d->progress, "writing the records");
        WP_TRY(wp_write_kept(&kept, err));
    }
    if (names[OUT_FURNITURE]) WP_TRY(write_furniture(d, err));
    d->summary.output_seconds = wp_clock_seconds() - begin;
    d->summary.wall_seconds = wp_clock_seconds() - d->progress.begin;
    if (names[OUT_SUMMARY]) WP_TRY(wp_summary_write(&d->summary, &out[OUT_SUMMARY], err));
    if (atomic_load(&d->run.cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
    for (size_t i = 0; i < OUT_COUNT; i++)
        if (names[i]) WP_TRY(wp_output_commit(&out[i], err));
    return WP_OK;
}

static void gather_summary(struct dedup *d) {
    d->summary.run = &d->run;
    d->summary.failures = wp_reader_failures(d->reader, &d->summary.failure_count);
    wp_reader_progress(d->reader, &d->summary.raw_bytes, &d->summary.decoded_bytes);
}

static enum wp_status complain(struct dedup *d, struct wp_error *err) {
    struct wp_buffer text = {0};
    enum wp_status status = wp_summary_complaints(&d->summary, &text, err);
    if (text.len) fwrite(text.data, 1, text.len, stderr);
    wp_buffer_release(&text);
    return status;
}

static void print_summary(struct dedup *d) {
    struct wp_buffer text = {0};
    if (wp_summary_text(&d->summary, &text) == WP_OK) fwrite(text.data, 1, text.len, stderr);
    wp_buffer_release(&text);
}

static enum wp_status run_all(struct dedup *d, int operands, char **argv, struct wp_error *err) {
    wp_progress_begin(&d->progress, !d->flags.read.quiet && !d->flags.read.no_progress);
    WP_TRY(read_settings(d, err));
    if (!operands) return wp_fail(err, WP_EINVAL, "no input given (see wireprint dedup --help)");
    WP_TRY(wp_paths_expand(&d->paths, (const char *const *)argv + 1, (size_t)operands, err));
    WP_TRY(choose_tmp(d, err));
    WP_TRY(wp_run_init(&d->run, &d->settings, (const char *const *)d->paths.names, d->paths.count, err));
    d->run_made = true;
    catch_signals(d); /* before there is anything to clean up */
    WP_TRY(open_outputs(d, err));
    WP_TRY(measure_inputs(d, err));
    WP_TRY(check_space(d, err));
    WP_TRY(read_inputs(d, err));
    wp_progress_say(&d->progress, "matching");
    WP_TRY(wp_run_finish(&d->run, err));
    gather_summary(d);
    WP_TRY(write_answers(d, err));
    wp_progress_say(&d->progress, "");
    WP_TRY(complain(d, err));
    if (!d->flags.read.quiet) print_summary(d);
    return WP_OK;
}

static void release(struct dedup *d) {
    interrupted = NULL;
    for (size_t i = 0; i < OUT_COUNT; i++) wp_output_free(&d->outputs[i]);
    wp_reader_free(d->reader);
    wp_ingest_free(d->ingest);
    if (d->run_made) wp_run_release(&d->run);
    wp_paths_release(&d->paths);
    wp_known_free(d->known);
    wp_owner_groups_free(d->owner_groups);
    wp_agency_table_free(d->agencies);
    wp_free(d->stamps);
    wp_free(d->tmp_dir);
}

static int dedup_run(int argc, char **argv) {
    struct dedup d = {.flags = {.threads = WP_FLAG_NOT_GIVEN,
                                .memory = WP_FLAG_NOT_GIVEN,
                                .read = {.max_record = WP_FLAG_NOT_GIVEN}}};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_dedup, argc, argv, &d.flags, &operands);
    if (status >= 0) return status;
    if (run_all(&d, operands, argv, &err) != WP_OK) {
        if (d.progress.shown) fprintf(stderr, "\n");
        status = wp_command_failed(&wp_command_dedup, &err);
    } else {
        status = d.summary.failure_count ? WP_EXIT_PARTIAL : WP_EXIT_OK;
    }
    release(&d);
    return status;
}
