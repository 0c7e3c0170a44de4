/* expire.c - wireprint expire: old articles out of an index. */
#include "cli/options.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "cli/index_open.h"

struct expire_flags {
    const char *older_than, *now;
    bool dry_run, quiet;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct expire_flags, field)
    {"older-than", 0, WP_FLAG_TEXT, AT(older_than), "AGE",
     "such as 30d, 12h or 2w, by the date of the article"},
    {"now", 0, WP_FLAG_TEXT, AT(now), "DATE", "the moment that it is older than [the clock]"},
    {"dry-run", 0, WP_FLAG_BOOL, AT(dry_run), NULL, "tell how many, and change nothing"},
    {"quiet", 'q', WP_FLAG_BOOL, AT(quiet), NULL, "print errors only"},
#undef AT
};

static int expire_run(int argc, char **argv);

const struct wp_command wp_command_expire = {
    .name = "expire",
    .usage = "INDEX --older-than AGE",
    .summary = "delete articles that are older than some age",
    .details = "An article without a date counts from the moment it was added. The others of its story stay, "
               "and the\n"
               "story keeps its id.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = expire_run,
};

static enum wp_status expire(struct wp_store *store, int64_t before, bool dry_run, uint64_t *count,
                             struct wp_error *err) {
    const uint32_t end = wp_store_now(store)->end;
    for (uint32_t n = 0; n < end; n++) {
        struct wp_row row;
        enum wp_status status = wp_view_row(wp_store_now(store), n, &row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if ((row.date == INT64_MIN ? (int64_t)row.added : row.date) >= before) continue;
        ++*count;
        if (!dry_run) WP_TRY(wp_store_kill(store, n, err));
    }
    return WP_OK;
}

static enum wp_status run_all(const struct expire_flags *f, int operands, char **argv, struct wp_error *err) {
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    int64_t age, now = (int64_t)time(NULL);
    uint64_t count = 0;
    if (operands != 1) return wp_fail(err, WP_EINVAL, "one index is wanted (see wireprint expire --help)");
    if (!f->older_than) return wp_fail(err, WP_EINVAL, "--older-than is wanted");
    WP_TRY(wp_flag_age(f->older_than, "older-than", &age, err));
    WP_TRY(wp_flag_now(f->now, &now, err));
    WP_TRY(wp_store_open(&store, argv[1], &options, err));
    enum wp_status status = expire(&store, now - age, f->dry_run, &count, err);
    if (status != WP_OK) {
        wp_store_abandon(&store);
        return status;
    }
    WP_TRY(wp_store_close(&store, err));
    if (!f->quiet)
        fprintf(stderr, "%" PRIu64 " articles %s\n", count, f->dry_run ? "would expire" : "expired");
    return WP_OK;
}

static int expire_run(int argc, char **argv) {
    struct expire_flags f = {0};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_expire, argc, argv, &f, &operands);
    if (status >= 0) return status;
    return run_all(&f, operands, argv, &err) == WP_OK ? WP_EXIT_OK
                                                      : wp_command_failed(&wp_command_expire, &err);
}
