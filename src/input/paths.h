/*
 * paths.h - from the operands of a command line to the files to read.
 *
 * An operand is, in this order: "-" (standard input), the name of something that exists (a file; a directory,
 * which means every regular file below it), or a pattern with * ? or [ as the shell has them. Inside a
 * directory, what begins with '.' is left out, links to files are followed, links to directories are not; its
 * files come in byte order of their whole paths, those of a pattern in byte order of what it matches.
 *
 * The order of the operands is kept. A file that is named twice is read twice: its records are then copies of
 * themselves, which the run reports as duplicate ids, and nothing is left out in silence.
 */
#ifndef WP_INPUT_PATHS_H
#define WP_INPUT_PATHS_H

#include "base/status.h"

/* Directories inside each other; deeper is an error. */
#define WP_PATHS_DEPTH_MAX 64

struct wp_paths {
    char **names; /* owned */
    size_t count;
};

/*
 * Fills *paths from operands[0, count). Everything is looked at now, so that what is missing is told before
 * any work is done:
 *   WP_ENOENT   no such file, or no file that matches the pattern
 *   WP_ESYSTEM  it may not be read, or the directory cannot be listed
 *   WP_EINVAL   standard input is named twice
 *   WP_ENOMEM
 * each with the name. A directory without files gives none, and that is no error. On failure *paths is empty.
 */
enum wp_status wp_paths_expand(struct wp_paths *paths, const char *const *operands, size_t count,
                               struct wp_error *err);
void wp_paths_release(struct wp_paths *paths);

#endif
