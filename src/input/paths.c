/* paths.c - see paths.h. */
#include "input/paths.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/memory.h"

static enum wp_status add(struct wp_names *out, const char *name, struct wp_error *err) {
    return wp_names_add(out, name) == WP_OK ? WP_OK : wp_fail_file(err, WP_ENOMEM, name, "out of memory");
}

static enum wp_status add_readable(struct wp_names *out, const char *name, struct wp_error *err) {
    WP_TRY(wp_file_readable(name, err));
    return add(out, name, err);
}

static enum wp_status walk(struct wp_names *out, const char *dir, unsigned depth, struct wp_error *err);

/* What is neither a file nor a directory (a socket, a link that leads nowhere) is nobody's input. */
static enum wp_status walk_entry(struct wp_names *out, const char *path, unsigned depth,
                                 struct wp_error *err) {
    enum wp_file_kind kind = wp_file_kind(path);
    if (kind == WP_FILE_REGULAR) return add_readable(out, path, err);
    if (kind == WP_FILE_DIRECTORY && !wp_file_is_link(path)) return walk(out, path, depth + 1, err);
    return WP_OK;
}

static enum wp_status walk(struct wp_names *out, const char *dir, unsigned depth, struct wp_error *err) {
    struct wp_names entries = {0};
    if (depth > WP_PATHS_DEPTH_MAX) return wp_fail_file(err, WP_EINVAL, dir, "directories nested too deeply");
    enum wp_status status = wp_names_add_directory(&entries, dir, err);
    for (size_t i = 0; status == WP_OK && i < entries.count; i++) {
        char *path = wp_path_join(dir, entries.items[i]);
        status =
            path ? walk_entry(out, path, depth, err) : wp_fail_file(err, WP_ENOMEM, dir, "out of memory");
        wp_free(path);
    }
    wp_names_release(&entries);
    return status;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Something that exists. */
static enum wp_status expand_name(struct wp_names *out, const char *name, struct wp_error *err) {
    if (wp_file_kind(name) != WP_FILE_DIRECTORY) return add_readable(out, name, err);
    size_t from = out->count;
    WP_TRY(walk(out, name, 0, err));
    if (out->count > from) qsort(out->items + from, out->count - from, sizeof *out->items, compare);
    return WP_OK;
}

static enum wp_status expand_pattern(struct wp_names *out, const char *pattern, struct wp_error *err) {
    struct wp_names found = {0};
    enum wp_status status = wp_names_add_glob(&found, pattern, err);
    if (status == WP_OK && found.count == 0)
        status = wp_fail_file(err, WP_ENOENT, pattern, "no file matches");
    for (size_t i = 0; status == WP_OK && i < found.count; i++)
        status = expand_name(out, found.items[i], err);
    wp_names_release(&found);
    return status;
}

static enum wp_status expand(struct wp_names *out, const char *operand, bool *has_stdin,
                             struct wp_error *err) {
    if (!strcmp(operand, "-")) {
        if (*has_stdin) return wp_fail_file(err, WP_EINVAL, operand, "standard input is named twice");
        *has_stdin = true;
        return add(out, operand, err);
    }
    if (wp_file_kind(operand) == WP_FILE_MISSING && strpbrk(operand, "*?["))
        return expand_pattern(out, operand, err);
    return expand_name(out, operand, err); /* a missing file is told when it proves not to be readable */
}

enum wp_status wp_paths_expand(struct wp_paths *paths, const char *const *operands, size_t count,
                               struct wp_error *err) {
    struct wp_names names = {0};
    bool has_stdin = false;
    enum wp_status status = WP_OK;
    *paths = (struct wp_paths){0};
    for (size_t i = 0; status == WP_OK && i < count; i++)
        status = expand(&names, operands[i], &has_stdin, err);
    if (status == WP_OK)
        *paths = (struct wp_paths){names.items, names.count};
    else
        wp_names_release(&names);
    return status;
}

void wp_paths_release(struct wp_paths *paths) {
    struct wp_names names = {.items = paths->names, .count = paths->count};
    wp_names_release(&names);
    *paths = (struct wp_paths){0};
}
