/*
 * map.h - a file as memory, for reading.
 *
 * For files that are complete and not changed any more. Pages are read when they are touched and belong to
 * the system's cache, so that a large file costs no memory of ours. Who maps a file must not cut it: touching
 * what has gone ends the process.
 */
#ifndef WP_BASE_MAP_H
#define WP_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>
#include "base/file.h"

/* Zero-initialised is not mapped. data is NULL for an empty file. */
struct wp_map {
    const uint8_t *data;
    size_t len;
    struct wp_file file; /* for wp_map_copy */
};

/* WP_ENOENT, WP_EIO, WP_ESYSTEM, WP_ENOMEM. random: pages will be touched here and there (no read-ahead). */
enum wp_status wp_map_open(struct wp_map *m, const char *name, int random, struct wp_error *err);
void wp_map_close(struct wp_map *m);

/* Bytes [offset, offset + len), which are there, to `out` without touching them here: a tenth of what it
 * costs to map what is going to be read once. WP_EDAMAGED, WP_EIO, WP_ESYSTEM. Any thread. */
enum wp_status wp_map_copy(const struct wp_map *m, size_t offset, size_t len, void *out,
                           struct wp_error *err);

/* Gives back the memory that touched pages of bytes [offset, offset + len) take in this process; offset is
 * that of a page, what lies behind the end does not matter. They are there again when they are touched, from
 * the system's cache or the file. Any thread, also while others read. */
void wp_map_forget(const struct wp_map *m, size_t offset, size_t len);

#endif
