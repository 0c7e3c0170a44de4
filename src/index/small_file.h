/* small_file.h - files that are read as a whole and replaced by rename: the manifest and the settings. */
#ifndef WP_INDEX_SMALL_FILE_H
#define WP_INDEX_SMALL_FILE_H

#include "base/fs.h"
#include "base/memory.h"

/* Appends all of it. Read, not mapped: it may be replaced at any moment. WP_EDAMAGED with the words
 * `too_long` for a file of more than max_bytes, WP_ENOENT and the like, WP_ENOMEM. */
enum wp_status wp_small_file_read(struct wp_buffer *out, const char *name, uint64_t max_bytes,
                                  const char *too_long, struct wp_error *err);

/* Writes and syncs the bytes under the name `aside`, then puts that in the place of `name`; both are names in
 * `dir`. What the file speaks of is in the directory, lasting, before the file is; WP_OK: it lasts, too. */
enum wp_status wp_small_file_replace(const struct wp_buffer *bytes, const struct wp_fs *fs, const char *dir,
                                     const char *name, const char *aside, struct wp_error *err);

#endif
