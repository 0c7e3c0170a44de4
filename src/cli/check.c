/* check.c - wireprint check: every byte and every reference of an index. */
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include "index/check.h"

struct check_flags {
    bool quiet;
};

static const struct wp_flag flags[] = {
    {"quiet", 'q', WP_FLAG_BOOL, offsetof(struct check_flags, quiet), NULL, "print damages only"},
};

static int check_run(int argc, char **argv);

const struct wp_command wp_command_check = {
    .name = "check",
    .usage = "INDEX",
    .summary = "read every byte of an index, and verify every checksum and every reference",
    .details = "Each damage is a line: file and offset, what is wrong, which articles it concerns. Nothing "
               "is changed.\n"
               "\n"
               "Exit status: 0 all is sound, 1 something is damaged, 2 wrong usage, 3 failed.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = check_run,
};

static void tell(void *self, const struct wp_damage *damage) {
    char text[1024];
    (void)self;
    printf("%s", wp_error_text(&damage->error, text, sizeof text));
    if (damage->error.has_offset) printf(" (offset %" PRIu64 ")", damage->error.offset);
    if (damage->count == 1) printf("; article %u", damage->first);
    if (damage->count > 1) printf("; articles %u to %u", damage->first, damage->first + damage->count - 1);
    printf("%s\n", damage->whole_index ? "; nothing can be read without it" : "");
}

static int check_run(int argc, char **argv) {
    struct check_flags f = {0};
    struct wp_error err = {0};
    struct wp_check_counts c;
    int operands, status = wp_options_start(&wp_command_check, argc, argv, &f, &operands);
    if (status >= 0) return status;
    enum wp_status done = WP_OK;
    if (operands != 1) done = wp_fail(&err, WP_EINVAL, "one index is wanted (see wireprint check --help)");
    if (done == WP_OK) done = wp_index_check(argv[1], tell, NULL, &c, &err);
    if (done != WP_OK) return wp_command_failed(&wp_command_check, &err);
    if (!f.quiet)
        fprintf(stderr,
                "%" PRIu64 " files, %" PRIu64 " articles (%" PRIu64 " of them deleted), %" PRIu64
                " text blocks, %" PRIu64 " keys, %.1f MB: %" PRIu64 " damages\n",
                c.files, c.articles, c.dead, c.blocks, c.keys, (double)c.bytes / 1e6, c.damages);
    return c.damages ? WP_EXIT_PARTIAL : WP_EXIT_OK;
}
