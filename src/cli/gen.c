/*
 * gen.c - `wireprint gen`: a seeded dump of any size with its truth.
 *
 * Reads flags, calls wp_gen_run (gen/gen.h), prints a summary. Shares are read as decimals by the generator's
 * own parser, so that the same arguments mean the same numbers everywhere.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/options.h"
#include "gen/gen.h"

extern const struct wp_command wp_command_gen;

struct gen_flags {
    uint64_t articles, seed, outlets, threads;
    const char *base, *output, *truth, *mix, *duplicates;
    bool quiet;
};

/* Without --outlets: as many as would publish so much, so that the outlets of a large dump are no larger than
 * real ones and run a story once. */
#define ARTICLES_AN_OUTLET 500
#define OUTLETS_NOT_GIVEN UINT64_MAX
#define OUTLETS_LEAST 60
#define OUTLETS_MOST 2000
#define DEFAULT_DUPLICATES 200000

static const struct wp_flag flags[] = {
    {"articles", 'n', WP_FLAG_COUNT, offsetof(struct gen_flags, articles), "N", "articles to make"},
    {"seed", 's', WP_FLAG_COUNT, offsetof(struct gen_flags, seed), "S", "another seed, another dump [1]"},
    {"output", 'o', WP_FLAG_TEXT, offsetof(struct gen_flags, output), "DUMP",
     "JSON lines; .zst and .gz compress, - is standard output"},
    {"base", 'b', WP_FLAG_TEXT, offsetof(struct gen_flags, base), "FILE",
     "real articles to make texts from, as JSON lines [built-in ones]"},
    {"truth", 't', WP_FLAG_TEXT, offsetof(struct gen_flags, truth), "TRUTH",
     "which articles belong together and what was done to each, for `wireprint eval`"},
    {"duplicates", 'd', WP_FLAG_TEXT, offsetof(struct gen_flags, duplicates), "SHARE",
     "share of the articles that are in clusters [0.2]"},
    {"outlets", 0, WP_FLAG_COUNT, offsetof(struct gen_flags, outlets), "N",
     "outlets that publish them [one for 500 articles, 60 to 2000]"},
    {"mix", 'm', WP_FLAG_TEXT, offsetof(struct gen_flags, mix), "LIST",
     "shares of kinds and changes, as in cut=0.3,lead=0.4; see above"},
    {"threads", 0, WP_FLAG_COUNT, offsetof(struct gen_flags, threads), "N",
     "threads that make articles [all processors]; the dump does not depend on it"},
    {"quiet", 'q', WP_FLAG_BOOL, offsetof(struct gen_flags, quiet), NULL, "no summary"},
};

#define MIX_LINE(field, name, share, meaning) "\n  " name "\t" #share "\t" meaning
static const char details[] =
    "The same arguments make the same dump, byte for byte, on any machine. New texts are made out of the\n"
    "base's phrases; stories are run by outlets that change them, each in its way, and add what their site\n"
    "repeats (banners, links, appeals): 70 % of the copies on the same day, 95 % within the next. Two\n"
    "thirds of the clusters are pairs, one in 10,000 has about 500 members.\n"
    "\n"
    "Default shares for --mix:" WP_GEN_MIX_MAP(MIX_LINE);

static atomic_bool interrupted;

static void on_signal(int number) {
    (void)number;
    atomic_store(&interrupted, true);
}

static uint64_t outlets_for(uint64_t articles) {
    uint64_t outlets = articles / ARTICLES_AN_OUTLET;
    return outlets < OUTLETS_LEAST ? OUTLETS_LEAST : outlets > OUTLETS_MOST ? OUTLETS_MOST : outlets;
}

static enum wp_status read_settings(const struct gen_flags *f, struct wp_gen_settings *s,
                                    struct wp_error *err) {
    *s = (struct wp_gen_settings){
        .base = f->base, .dump = f->output, .truth = f->truth, .cancel = &interrupted};
    uint64_t outlets = f->outlets == OUTLETS_NOT_GIVEN ? outlets_for(f->articles) : f->outlets;
    s->plan = (struct wp_gen_plan_settings){f->articles, f->seed, (uint32_t)outlets, DEFAULT_DUPLICATES,
                                            wp_gen_mix_default};
    s->threads = f->threads > 1024 ? 1024 : (unsigned)f->threads;
    if (!f->articles) return wp_fail(err, WP_EINVAL, "--articles N is needed (see wireprint gen --help)");
    if (!f->output) return wp_fail(err, WP_EINVAL, "-o DUMP is needed (see wireprint gen --help)");
    if (!outlets || outlets > WP_GEN_OUTLETS_MAX)
        return wp_fail(err, WP_EINVAL, "--outlets takes 1 to %d", WP_GEN_OUTLETS_MAX);
    if (f->duplicates &&
        wp_gen_share_parse(f->duplicates, strlen(f->duplicates), &s->plan.duplicates) != WP_OK)
        return wp_fail(err, WP_EINVAL, "--duplicates takes a share from 0 to 1, not '%s'", f->duplicates);
    return wp_gen_mix_parse(&s->plan.mix, f->mix, err);
}

static void print_summary(const struct wp_gen_result *r, double seconds) {
    const struct wp_gen_counts *c = &r->counts;
    double megabytes = (double)r->bytes / 1e6;
    fprintf(stderr,
            "%" PRIu64 " articles, %.1f MB, in %.1f s (%.0f MB/s)\n"
            "%" PRIu64 " stories with %" PRIu64 " articles (%.1f %%), the largest has %" PRIu64 "\n"
            "%" PRIu64 " reprints, %" PRIu64 " exact, %" PRIu64 " updates; %" PRIu64 " excerpts, %" PRIu64
            " round-ups, %" PRIu64 " templates, %" PRIu64 " with background, %" PRIu64 " banners\n",
            c->articles, megabytes, seconds, seconds > 0 ? megabytes / seconds : 0, c->stories, c->members,
            c->articles ? 100.0 * (double)c->members / (double)c->articles : 0, c->largest,
            c->kinds[WP_GEN_REPRINT], c->kinds[WP_GEN_EXACT], c->kinds[WP_GEN_UPDATE],
            c->kinds[WP_GEN_EXCERPT], c->kinds[WP_GEN_ROUNDUP], c->kinds[WP_GEN_TEMPLATE],
            c->kinds[WP_GEN_BACKGROUND], c->kinds[WP_GEN_BANNER]);
}

static int gen_run(int argc, char **argv) {
    struct gen_flags f = {.seed = 1, .outlets = OUTLETS_NOT_GIVEN};
    struct wp_gen_settings settings;
    struct wp_gen_result result;
    struct wp_error err = {0};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    int operands, status = wp_options_start(&wp_command_gen, argc, argv, &f, &operands);
    if (status >= 0) return status;
    double begin = wp_clock_seconds();
    if (operands) {
        wp_fail(&err, WP_EINVAL, "'%s' is not expected here; the base is given by --base", argv[1]);
        return wp_command_failed(&wp_command_gen, &err);
    }
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (read_settings(&f, &settings, &err) != WP_OK || wp_gen_run(&settings, &result, &err) != WP_OK)
        return wp_command_failed(&wp_command_gen, &err);
    if (!f.quiet) print_summary(&result, wp_clock_seconds() - begin);
    return WP_EXIT_OK;
}

const struct wp_command wp_command_gen = {
    .name = "gen",
    .usage = "--articles N -o DUMP [--seed S] [--base FILE] [--truth TRUTH]",
    .summary = "make a dump of any size, with its truth",
    .details = details,
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = gen_run,
};
