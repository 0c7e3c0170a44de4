/* compact.c - wireprint compact: all segments of an index into one, without what is dead. */
#include "cli/options.h"

#include <stdio.h>
#include "index/store.h"

static int compact_run(int argc, char **argv);

const struct wp_command wp_command_compact = {
    .name = "compact",
    .usage = "INDEX",
    .summary = "merge the segments of an index, and drop what was deleted",
    .details = "Adding does this bit by bit; the command does all of it at once. Reading goes on meanwhile.",
    .run = compact_run,
};

static enum wp_status run_all(int operands, char **argv, struct wp_error *err) {
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    if (operands != 1) return wp_fail(err, WP_EINVAL, "one index is wanted (see wireprint compact --help)");
    WP_TRY(wp_store_open(&store, argv[1], &options, err));
    enum wp_status status = wp_store_compact(&store, err);
    if (status == WP_OK) return wp_store_close(&store, err);
    wp_store_abandon(&store);
    return status;
}

static int compact_run(int argc, char **argv) {
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_compact, argc, argv, NULL, &operands);
    if (status >= 0) return status;
    return run_all(operands, argv, &err) == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_compact, &err);
}
