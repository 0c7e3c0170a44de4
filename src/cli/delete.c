/* delete.c - wireprint delete: articles out of an index. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>
#include "engine/online.h"

struct delete_flags {
    const char *id;
    bool quiet;
};

static const struct wp_flag flags[] = {
#define AT(field) offsetof(struct delete_flags, field)
    {"id", 0, WP_FLAG_TEXT, AT(id), "ID", "the article of this id"},
    {"quiet", 'q', WP_FLAG_BOOL, AT(quiet), NULL, "print errors only"},
#undef AT
};

static int delete_run(int argc, char **argv);

const struct wp_command wp_command_delete = {
    .name = "delete",
    .usage = "INDEX --id ID [ID...]",
    .summary = "delete articles from an index",
    .details =
        "All or none: an id that is not in the index stops before anything is deleted. Bytes of the records\n"
        "stay on the disk until `wireprint compact` finds their file without living articles.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = delete_run,
};

static enum wp_status find(const struct wp_view *v, const char *id, uint32_t *number, struct wp_error *err) {
    struct wp_row row;
    WP_TRY(wp_view_number(v, (const uint8_t *)id, strlen(id), number, &row, err));
    if (*number != WP_NUMBER_NONE) return WP_OK;
    return wp_fail(err, WP_ENOENT, "no article of the index has the id '%s'", id);
}

/* *deleted: how many articles; an id may be named twice. */
static enum wp_status delete_all(struct wp_store *store, const char *const *ids, int count, int *deleted,
                                 struct wp_error *err) {
    uint32_t number;
    for (int i = 0; i < count; i++) WP_TRY(find(wp_store_now(store), ids[i], &number, err));
    for (int i = 0; i < count; i++) {
        struct wp_row row;
        const uint8_t *id = (const uint8_t *)ids[i];
        WP_TRY(wp_view_number(wp_store_now(store), id, strlen(ids[i]), &number, &row, err));
        if (number == WP_NUMBER_NONE) continue;
        WP_TRY(wp_store_kill(store, number, err));
        ++*deleted;
    }
    return WP_OK;
}

static enum wp_status run_all(const struct delete_flags *f, int operands, char **argv, struct wp_error *err) {
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    if (operands < 1 || (operands < 2 && !f->id))
        return wp_fail(err, WP_EINVAL, "an index and an id are wanted (see wireprint delete --help)");
    const char *dir = argv[1];
    int first = f->id ? 1 : 2, count = operands + 1 - first, deleted = 0;
    if (f->id) argv[1] = (char *)f->id; /* so that all ids stand side by side */
    const char *const *ids = (const char *const *)argv + first;
    WP_TRY(wp_store_open(&store, dir, &options, err));
    enum wp_status status = delete_all(&store, ids, count, &deleted, err);
    if (status != WP_OK) {
        wp_store_abandon(&store);
        return status;
    }
    WP_TRY(wp_store_close(&store, err));
    if (!f->quiet) fprintf(stderr, "%d article%s deleted\n", deleted, deleted == 1 ? "" : "s");
    return WP_OK;
}

static int delete_run(int argc, char **argv) {
    struct delete_flags f = {0};
    struct wp_error err = {0};
    int operands, status = wp_options_start(&wp_command_delete, argc, argv, &f, &operands);
    if (status >= 0) return status;
    return run_all(&f, operands, argv, &err) == WP_OK ? WP_EXIT_OK
                                                      : wp_command_failed(&wp_command_delete, &err);
}
