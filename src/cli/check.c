/* check.c - wireprint check: every byte and every reference of an index; with --repair, making it whole. */
#include "cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "engine/rejudge.h"
#include "engine/remake.h"
#include "index/check.h"
#include "report/verdict.h"

struct check_flags {
    bool repair, quiet;
};

static const struct wp_flag flags[] = {
    {"repair", 0, WP_FLAG_BOOL, offsetof(struct check_flags, repair), NULL,
     "keep all that is sound, list what is lost, and leave a sound index"},
    {"quiet", 'q', WP_FLAG_BOOL, offsetof(struct check_flags, quiet), NULL,
     "print damages, losses and events only"},
};

static int check_run(int argc, char **argv);

const struct wp_command wp_command_check = {
    .name = "check",
    .usage = "INDEX [--repair]",
    .summary = "read every byte of an index, verify every checksum and every reference; repair it",
    .details =
        "Each damage is a line: file and offset, what is wrong, which articles it concerns. Nothing is "
        "changed\n"
        "without --repair, which prints a line for each\n"
        "  damaged  FILE: WHAT        a damage; a damaged file is kept as FILE.damaged, but for text files, "
        "whose\n"
        "                             damaged blocks are replaced by empty ones, and the manifest\n"
        "  lost     article N, ID     its record cannot be read. The id is told as far as it is known\n"
        "  alone    article N, ID     it is kept, but its story is not known any more\n"
        "  left out ID                a record that may be of a deleted article: add it again if it is "
        "wanted\n"
        "  changes  WHAT              deletions and changes of stories that are not known any more\n"
        "Every other article is there byte for byte, and in its story. An index that is sound is not "
        "touched.\n"
        "A repair that was stopped is started again.\n"
        "\n"
        "Then who is alone is judged anew, and so are the stories that lost articles, since what held them\n"
        "together may have gone. What that changes lasts, and is told as `wireprint add` tells it:\n"
        "  {\"event\":\"move\",\"id\",\"story\",\"into\"}  an article is told in another story; null: a "
        "banner\n"
        "  {\"event\":\"merge\",\"story\",\"into\"}      a story became part of another\n"
        "Where that was stopped, or the changes of the whole state are lost, stories stay as they are, like\n"
        "those of deleted articles.\n"
        "\n"
        "Exit status: 0 all is sound, or is again and nothing was lost; 1 something is damaged, or was "
        "lost;\n"
        "2 wrong usage, 3 failed.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = check_run,
};

static void tell_damage(void *self, const struct wp_damage *damage) {
    char text[1024];
    (void)self;
    printf("%s", wp_error_text(&damage->error, text, sizeof text));
    if (damage->count == 1) printf("; article %u", damage->first);
    if (damage->count > 1) printf("; articles %u to %u", damage->first, damage->first + damage->count - 1);
    printf("%s\n", damage->whole_index ? "; nothing can be read without it" : "");
}

/* "article 17, herald-0301-1" or what of it is known. */
static void print_article(const struct wp_repair_note *note) {
    char id[512];
    size_t len = note->id_len < sizeof id ? note->id_len : sizeof id;
    if (len) memcpy(id, note->id, len);
    wp_text_disarm(id, len);
    if (note->what != WP_REPAIR_LEFT) printf("article %u, ", note->number);
    printf("%.*s", len ? (int)len : 17, len ? id : "its id is unknown");
}

static void tell_repair(void *self, const struct wp_repair_note *note) {
    static const char *const names[] = {"damaged", "lost", "alone", "left out", "changes"};
    char text[1024];
    wp_rejudge_note(self, note);
    printf("%-8s ", names[note->what]);
    bool article = note->what != WP_REPAIR_FILE && note->what != WP_REPAIR_CHANGES;
    if (article) print_article(note);
    if (note->why.status != WP_OK)
        printf("%s%s", article ? ": " : "", wp_error_text(&note->why, text, sizeof text));
    printf("\n");
}

/* At once: they last. */
static enum wp_status tell_events(void *self, struct wp_online *o, struct wp_error *err) {
    struct wp_buffer lines = {0}, id = {0};
    (void)self;
    enum wp_status status = wp_events_write(&lines, o, &id, err);
    if (status == WP_OK && (fwrite(lines.data, 1, lines.len, stdout) < lines.len || fflush(stdout) != 0))
        status = wp_fail_errno(err, errno, "-", "cannot write");
    wp_buffer_release(&lines);
    wp_buffer_release(&id);
    return status;
}

static enum wp_status rejudge(const char *dir, struct wp_rejudge *r, struct wp_error *err) {
    static const struct wp_store_options options;
    static const struct wp_rejudge_teller teller = {.tell = tell_events};
    enum wp_status status = wp_rejudge_run(r, dir, &options, &teller, err);
    if (status != WP_OK)
        fprintf(stderr, "wireprint check: the index is repaired, but its stories could not be judged anew\n");
    return status;
}

static enum wp_status repair(const char *dir, struct wp_repair_counts *counts, struct wp_error *err) {
    struct wp_remaker remaker;
    struct wp_rejudge anew = {.no_memory = false};
    enum wp_status status = wp_remaker_init(&remaker, err);
    struct wp_repair_options options = {
        .maker = wp_remaker_maker(&remaker), .tell = tell_repair, .self = &anew};
    if (status == WP_OK) status = wp_index_repair(dir, &options, counts, err);
    wp_remaker_release(&remaker);
    if (status == WP_OK) status = rejudge(dir, &anew, err);
    wp_rejudge_release(&anew);
    return status;
}

static int check_run(int argc, char **argv) {
    struct check_flags f = {0};
    struct wp_error err = {0};
    struct wp_check_counts c;
    struct wp_repair_counts r = {0};
    int operands, status = wp_options_start(&wp_command_check, argc, argv, &f, &operands);
    if (status >= 0) return status;
    enum wp_status done = WP_OK;
    if (operands != 1) done = wp_fail(&err, WP_EINVAL, "one index is wanted (see wireprint check --help)");
    if (done == WP_OK && f.repair) done = repair(argv[1], &r, &err);
    if (done == WP_OK) done = wp_index_check(argv[1], tell_damage, NULL, &c, &err);
    if (done != WP_OK) return wp_command_failed(&wp_command_check, &err);
    if (!f.quiet && f.repair)
        fprintf(stderr,
                "%" PRIu64 " damages: %" PRIu64 " articles lost, %" PRIu64 " alone, %" PRIu64 " left out\n",
                r.files, r.lost, r.alone, r.left);
    if (!f.quiet)
        fprintf(stderr,
                "%" PRIu64 " files, %" PRIu64 " articles (%" PRIu64 " of them deleted), %" PRIu64
                " text blocks, %" PRIu64 " keys, %.1f MB: %" PRIu64 " damages\n",
                c.files, c.articles, c.dead, c.blocks, c.keys, (double)c.bytes / 1e6, c.damages);
    return c.damages || r.lost || r.alone || r.left || r.changes ? WP_EXIT_PARTIAL : WP_EXIT_OK;
}
