/*
 * add.c - wireprint add: articles into an index, and a verdict on each.
 *
 * Articles are added one by one, while the next ones are read and prepared on another thread; verdicts wait
 * in memory until the commit that makes their articles last, and are written then. So whoever has read a
 * verdict can rely on it. An input that keeps us waiting for a moment is a time to commit, too: what comes
 * through a pipe is told soon.
 */
#include "cli/input_flags.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "base/memory.h"
#include "base/output.h"
#include "cli/index_open.h"
#include "cli/progress.h"
#include "engine/ahead.h"
#include "engine/online.h"
#include "engine/rejects.h"
#include "input/paths.h"
#include "report/verdict.h"

enum {
    COMMIT_ARTICLES = 4096,  /* added between two commits */
    COMMIT_BYTES = 16 << 20, /* or so many bytes of lines */
};

struct add_flags {
    const char *verdicts, *durability, *match, *owners, *agencies, *furniture, *now;
    uint64_t memory, commit, threads;
    bool resume, no_furniture;
    struct wp_field_flags fields;
    struct wp_read_flags read;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct add_flags, field)
    {"verdicts", 'v', WP_FLAG_TEXT, AT(verdicts), "FILE",
     "a verdict on each article, as JSON lines; - prints them"},
    {"resume", 0, WP_FLAG_BOOL, AT(resume), NULL,
     "skip articles whose id is in the index, whatever their text"},
    {"durability", 0, WP_FLAG_TEXT, AT(durability), "HOW",
     "commit: a verdict outlives a power failure; none: faster, it may not [commit]"},
    {"commit", 0, WP_FLAG_COUNT, AT(commit), "N",
     "articles between two commits; fewer while a pipe keeps it waiting [4096]"},
    {"memory", 'm', WP_FLAG_SIZE, AT(memory), "SIZE", "memory to stay under, 128M or more [1G]"},
    {"threads", 't', WP_FLAG_COUNT, AT(threads), "N",
     "1: all on one thread; more: texts are read ahead and packed on others [the processors there are]"},
    {"match", 0, WP_FLAG_TEXT, AT(match), "RULE", "story is the only rule of an index [story]"},
    {"owners", 0, WP_FLAG_TEXT, AT(owners), "FILE", "sister outlets, see above [as the index has it]"},
    {"agencies", 0, WP_FLAG_TEXT, AT(agencies), "FILE",
     "further news agencies, see above [as the index has it]"},
    {"furniture", 0, WP_FLAG_TEXT, AT(furniture), "FILE",
     "take in what dedup --furniture has learnt of the sites' own text"},
    {"now", 0, WP_FLAG_TEXT, AT(now), "DATE",
     "when the articles were added; the same load then writes the same files [the clock]"},
    {"no-furniture", 0, WP_FLAG_BOOL, AT(no_furniture), NULL, "a new index never leaves out anything"},
#undef AT
};

static int add_run(int argc, char **argv);

const struct wp_command wp_command_add = {
    .name = "add",
    .usage = "INDEX INPUT... [--verdicts FILE]",
    .summary = "add articles to an index, with a verdict on each: new, or a copy of what",
    .details =
        "INDEX is a directory, made when it is not there. INPUT is as for dedup; fields may go by other "
        "names\n"
        "in each load, since a record is kept with the names it has. Verdicts come in input order:\n"
        "  {\"id\",\"story\",\"relation\",\"to\",\"coverage\",\"jaccard\",\"first_seen\"}\n"
        "relation is new, exact (the same words as `to`), copy (the same story), excerpt (a passage in\n"
        "common, another story), banner (nothing but furniture, no story) or rejected, with a reason. A\n"
        "story keeps its id. What an article changes of what was told before follows its verdict:\n"
        "  {\"event\":\"merge\",\"story\",\"into\"}      two stories turned out to be one\n"
        "  {\"event\":\"move\",\"id\",\"story\",\"into\"}  an article is told in another story; null: a "
        "banner\n"
        "\n"
        "An article whose id is there with the same text is told and not added again; with another text it\n"
        "replaces the one before. So a load that was interrupted is simply started again. What was added\n"
        "before an error, or before the bad record that --strict stops at, stays.\n"
        "\n"
        "The files of --owners and --agencies are as for dedup. The index keeps them, for find and stories "
        "and\n"
        "later loads; another file takes the place of the one before, and an empty one of none. That holds "
        "for\n"
        "what is there, too, but verdicts and stories that were told stand. --furniture FILE adds to what "
        "the\n"
        "index learns by itself.\n"
        "\n"
        "Exit status: 0 done, 1 done but an input was damaged, 2 wrong usage, 3 failed, 130 interrupted.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .shared = {{wp_field_flag_rows, WP_FIELD_FLAG_COUNT, offsetof(struct add_flags, fields)},
               {wp_read_flag_rows, WP_READ_FLAG_COUNT, offsetof(struct add_flags, read)}},
    .run = add_run,
};

struct adder {
    struct add_flags flags;
    struct wp_settings settings;
    struct wp_paths paths;
    struct wp_online online;
    struct wp_ahead *ahead; /* the articles to come */
    struct wp_output out;
    struct wp_buffer waiting, to; /* verdict lines of what is not committed; scratch */
    uint64_t uncommitted, uncommitted_bytes;
    struct wp_progress progress;
    uint64_t input_bytes, record_bytes; /* read of the inputs; of the records that are committed */
    uint64_t read, added, known, replaced, copies;
    struct wp_rejects rejects; /* counts only: they are told as they come */
    bool damaged, opened;      /* an input was damaged; online is open */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number) {
    (void)number;
    interrupted = 1;
}

/* What there is to read. */
static void measure_inputs(struct adder *a) {
    for (size_t i = 0; i < a->paths.count && a->progress.wanted; i++) {
        struct wp_file f = {0};
        bool known = strcmp(a->paths.names[i], "-") != 0 &&
                     wp_file_kind(a->paths.names[i]) == WP_FILE_REGULAR &&
                     wp_file_open(&f, a->paths.names[i], NULL) == WP_OK;
        if (known) a->progress.total_bytes += wp_file_left(&f);
        a->progress.total_unknown |= !known;
        wp_file_close(&f, NULL);
    }
}

static enum wp_status commit(struct adder *a, struct wp_error *err) {
    WP_TRY(wp_online_commit(&a->online, err));
    a->record_bytes += a->uncommitted_bytes;
    wp_progress_show(&a->progress, a->read, a->record_bytes, a->input_bytes);
    if (a->flags.verdicts && a->waiting.len) {
        WP_TRY(wp_output_write(&a->out, a->waiting.data, a->waiting.len, err));
        if (strcmp(a->flags.verdicts, "-") == 0) WP_TRY(wp_output_flush(&a->out, err));
    }
    a->waiting.len = 0;
    a->uncommitted = a->uncommitted_bytes = 0;
    return interrupted ? wp_fail(err, WP_ECANCELED, "interrupted; what was added stays") : WP_OK;
}

static enum wp_status put_verdict(struct adder *a, const struct wp_online_verdict *v, const uint8_t *id,
                                  size_t id_len, struct wp_error *err) {
    if (!a->flags.verdicts) return WP_OK;
    a->to.len = 0;
    enum wp_status status = v->to == WP_NUMBER_NONE ? WP_OK : wp_online_id(&a->online, v->to, &a->to, err);
    if (status != WP_ENOENT) WP_TRY(status);
    struct wp_verdict_line line = {.verdict = v,
                                   .id = id,
                                   .id_len = id_len,
                                   .to = a->to.data,
                                   .to_len = a->to.len,
                                   .lasting = !a->online.store.options.lazy};
    status = wp_verdict_write(&a->waiting, &line);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    return wp_events_write(&a->waiting, &a->online, &a->to, err);
}

/* --strict: what came before the bad record is committed, and told. */
static enum wp_status stop_at(struct adder *a, const struct wp_arrival *bad, const char *words,
                              struct wp_error *err) {
    WP_TRY(commit(a, err));
    wp_fail(err, WP_EFORMAT, "%s; what came before was added", words);
    wp_error_place(err, bad->file, bad->line);
    return WP_EFORMAT;
}

/* Counts a record that is none, and tells the first ones for each reason. */
static enum wp_status reject(struct adder *a, const struct wp_arrival *bad, enum wp_status why,
                             const char *words, struct wp_error *err) {
    char place[4096 + 32];
    uint64_t before[WP_REJECT_REASONS];
    struct wp_reject reject = {.status = why, .words = words};
    if (a->settings.strict) return stop_at(a, bad, words, err);
    snprintf(place, sizeof place, "%s:%" PRIu64, bad->file, bad->line);
    memcpy(before, a->rejects.counts, sizeof before);
    wp_rejects_add(&a->rejects, &reject);
    bool tell = false;
    for (size_t i = 0; i < WP_REJECT_REASONS; i++)
        tell |= a->rejects.counts[i] > before[i] && before[i] < WP_REJECTS_TOLD;
    if (tell && !a->flags.read.quiet) {
        wp_progress_say(&a->progress, "");
        fprintf(stderr, "wireprint add: %s: %s\n", place, words);
    }
    if (a->flags.verdicts && wp_verdict_rejected(&a->waiting, place, words) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    return WP_OK;
}

static void count(struct adder *a, const struct wp_online_verdict *v) {
    a->known += v->unchanged;
    a->replaced += v->replaced;
    a->added += !v->unchanged;
    a->copies += !v->unchanged && (v->relation == WP_RELATION_EXACT || v->relation == WP_RELATION_COPY);
}

/* --resume: is an article of that id there already? */
static enum wp_status is_in(struct adder *a, const struct wp_arrival *arrival, bool *in,
                            struct wp_error *err) {
    uint32_t number = WP_NUMBER_NONE;
    if (a->flags.resume && arrival->id_len)
        WP_TRY(wp_online_number(&a->online, wp_arrival_id(arrival), arrival->id_len, &number, err));
    *in = number != WP_NUMBER_NONE;
    a->known += *in;
    return WP_OK;
}

static enum wp_status add_article(struct adder *a, struct wp_arrival *arrival, struct wp_error *err) {
    struct wp_online_verdict v;
    struct wp_online_arrival article = {.prepared = &arrival->prepared,
                                        .line = arrival->bytes.data,
                                        .line_len = arrival->line_len,
                                        .id = wp_arrival_id(arrival),
                                        .id_len = arrival->id_len,
                                        .id_given = arrival->id_given};
    enum wp_status status = wp_online_add_prepared(&a->online, &article, &v, err);
    if (status == WP_ETOOBIG) return reject(a, arrival, status, "the text is too long", err);
    WP_TRY(status);
    count(a, &v);
    WP_TRY(put_verdict(a, &v, article.id, article.id_len, err));
    a->uncommitted++;
    a->uncommitted_bytes += article.line_len;
    return a->uncommitted >= a->flags.commit || a->uncommitted_bytes >= COMMIT_BYTES ? commit(a, err) : WP_OK;
}

static void tell_damage(struct adder *a, const struct wp_error *damage) {
    char text[1024];
    wp_progress_say(&a->progress, "");
    fprintf(stderr, "wireprint add: %s\n", wp_error_text(damage, text, sizeof text));
    a->damaged = true; /* what came before was used */
}

static enum wp_status add_all(struct adder *a, struct wp_error *err) {
    struct wp_arrival *arrival;
    for (;;) {
        bool in;
        enum wp_status status = wp_ahead_next(a->ahead, &arrival, err);
        if (status == WP_END) return commit(a, err);
        WP_TRY(status);
        a->input_bytes = arrival->input_bytes;
        if (arrival->status == WP_EDAMAGED) {
            tell_damage(a, &arrival->damage);
            continue;
        }
        if (interrupted) return commit(a, err);
        a->read++;
        WP_TRY(is_in(a, arrival, &in, err));
        if (in) continue;
        WP_TRY(wp_ahead_prepare(a->ahead, arrival, err));
        if (arrival->status == WP_OK)
            WP_TRY(add_article(a, arrival, err));
        else
            WP_TRY(reject(a, arrival, arrival->status, arrival->words, err));
    }
}

/* wp_ahead_options.while_waiting */
static enum wp_status while_waiting(void *self, struct wp_error *err) {
    struct adder *a = self;
    return interrupted || a->uncommitted || a->waiting.len ? commit(a, err) : WP_OK;
}

static enum wp_status read_settings(struct adder *a, struct wp_online_options *options,
                                    struct wp_error *err) {
    const struct add_flags *f = &a->flags;
    struct wp_settings *s = &a->settings;
    const char *how = f->durability ? f->durability : "commit";
    int64_t now = 0;
    wp_settings_init(s);
    WP_TRY(wp_flag_set_words(s, "match", f->match, err));
    if (s->rule.match != WP_MATCH_STORY)
        return wp_fail(err, WP_EINVAL, "--match %s is for dedup: an index goes by story", f->match);
    WP_TRY(wp_flag_set_number(s, "threads", f->threads, err));
    WP_TRY(wp_flag_set_number(s, "memory", f->memory, err));
    WP_TRY(wp_field_flags_set(&f->fields, s, err));
    WP_TRY(wp_fields_check(&s->fields, err)); /* before an index is made */
    WP_TRY(wp_read_flags_set(&f->read, s, err));
    if (strcmp(how, "commit") != 0 && strcmp(how, "none") != 0)
        return wp_fail(err, WP_EINVAL, "--durability takes commit or none, not '%s'", how);
    WP_TRY(wp_flag_now(f->now, &now, err));
    if (!f->commit) return wp_fail(err, WP_EINVAL, "--commit takes 1 article or more");
    if (f->furniture && f->no_furniture)
        return wp_fail(err, WP_EINVAL, "--furniture and --no-furniture exclude each other");
    *options = (struct wp_online_options){
        .store = {.write = true,
                  .create = true,
                  .lazy = strcmp(how, "none") == 0,
                  .pack_ahead = s->threads > 1},
        .memory_bytes = s->memory_bytes,
        .date_format = s->date_format,
        .fields = &s->fields,
        .now = (uint32_t)now,
        .terms = {.owners = f->owners, .agencies = f->agencies, .no_furniture = f->no_furniture}};
    return WP_OK;
}

static enum wp_status take_furniture(struct adder *a, struct wp_error *err) {
    uint64_t count;
    if (!a->flags.furniture) return WP_OK;
    WP_TRY(wp_online_know(&a->online, a->flags.furniture, &count, err));
    if (!a->flags.read.quiet)
        fprintf(stderr, "%" PRIu64 " shingles of furniture were new to the index\n", count);
    return WP_OK;
}

static enum wp_status start_reading(struct adder *a, struct wp_error *err) {
    const struct wp_settings *s = &a->settings;
    struct wp_ahead_options options = {.inputs = {.files = (const char *const *)a->paths.names,
                                                  .file_count = a->paths.count,
                                                  .fields = &s->fields,
                                                  .max_record_bytes = (size_t)s->max_record_bytes,
                                                  .agencies = a->online.terms.agencies,
                                                  .date_format = s->date_format},
                                       .while_waiting = while_waiting,
                                       .self = a,
                                       .threaded = s->threads > 1,
                                       /* at the beginning, what is known, which need not be looked at */
                                       .unprepared = a->flags.resume};
    return wp_ahead_new(&a->ahead, &options, err);
}

static enum wp_status run_all(struct adder *a, int operands, char **argv, struct wp_error *err) {
    struct wp_online_options options;
    if (operands < 2)
        return wp_fail(err, WP_EINVAL, "an index and an input are wanted (see wireprint add --help)");
    WP_TRY(read_settings(a, &options, err));
    WP_TRY(wp_paths_expand(&a->paths, (const char *const *)argv + 2, (size_t)operands - 1, err));
    if (a->flags.verdicts) WP_TRY(wp_output_open(&a->out, a->flags.verdicts, err));
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    WP_TRY(wp_online_open(&a->online, argv[1], &options, err));
    a->opened = true;
    WP_TRY(take_furniture(a, err));
    wp_progress_begin(&a->progress, !a->flags.read.quiet && !a->flags.read.no_progress);
    measure_inputs(a);
    WP_TRY(start_reading(a, err));
    WP_TRY(add_all(a, err));
    wp_progress_say(&a->progress, "");
    return a->flags.verdicts ? wp_output_commit(&a->out, err) : WP_OK;
}

static void print_summary(const struct adder *a) {
    const uint64_t *counts = a->rejects.counts;
    const char *before = " (";
    fprintf(stderr,
            "%" PRIu64 " records read: %" PRIu64 " added, %" PRIu64 " of them copies, %" PRIu64
            " known, %" PRIu64 " rejected",
            a->read, a->added, a->copies, a->known, wp_rejects_total(&a->rejects));
    for (size_t i = 0; i < WP_REJECT_REASONS; i++) {
        if (!counts[i]) continue;
        fprintf(stderr, "%s%" PRIu64 " %s", before, counts[i], wp_reject_name(i));
        before = ", ";
    }
    fprintf(stderr, "%s\n", *before == ',' ? ")" : "");
}

static int add_run(int argc, char **argv) {
    struct adder a = {.flags = {.memory = WP_FLAG_NOT_GIVEN,
                                .commit = COMMIT_ARTICLES,
                                .threads = WP_FLAG_NOT_GIVEN,
                                .read = {.max_record = WP_FLAG_NOT_GIVEN}}};
    struct wp_error err = {0}, second = {0};
    int operands, status = wp_options_start(&wp_command_add, argc, argv, &a.flags, &operands);
    if (status >= 0) return status;
    enum wp_status done = run_all(&a, operands, argv, &err);
    wp_ahead_free(a.ahead);
    if (done != WP_OK && a.opened && a.flags.verdicts)
        wp_output_commit(&a.out, NULL); /* they were promised */
    if (a.opened) {
        enum wp_status closed = wp_online_close(&a.online, &second);
        if (done == WP_OK && closed != WP_OK) {
            done = closed;
            err = second;
        }
    }
    if (done != WP_OK && a.progress.shown) fprintf(stderr, "\n");
    if (done != WP_OK)
        status = wp_command_failed(&wp_command_add, &err);
    else
        status = a.damaged ? WP_EXIT_PARTIAL : WP_EXIT_OK;
    if (done == WP_OK && !a.flags.read.quiet) print_summary(&a);
    wp_output_free(&a.out);
    wp_paths_release(&a.paths);
    wp_buffer_release(&a.waiting);
    wp_buffer_release(&a.to);
    return status;
}
