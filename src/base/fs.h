/*
 * fs.h - what changes a disk: a small table of operations, so that tests can count, fail and cut them short.
 *
 * Whoever promises that data survives a crash (src/index) writes, syncs, renames and removes through this
 * table and through nothing else; reading goes by file.h and map.h. wp_fs_real is the operating system.
 * Tests put a disk between that loses what was not synced (tests/support/disk.h).
 *
 * Names are paths. A struct wp_file handed out by `create` or `append` belongs to the caller and is closed by
 * wp_file_close. Statuses are those of file.h: WP_ENOSPC, WP_EIO, WP_ESYSTEM, WP_ENOENT, WP_ENOMEM.
 */
#ifndef WP_BASE_FS_H
#define WP_BASE_FS_H

#include "base/file.h"

struct wp_fs {
    void *self;
    /* A new, empty file for writing; what was there under the name is gone. */
    enum wp_status (*create)(void *self, const char *name, struct wp_file *f, struct wp_error *err);
    /* An existing file, cut to `bytes` (no more than it has), for writing behind that. */
    enum wp_status (*append)(void *self, const char *name, uint64_t bytes, struct wp_file *f,
                             struct wp_error *err);
    enum wp_status (*write)(void *self, struct wp_file *f, const void *data, size_t len,
                            struct wp_error *err);
    /* Never repeated after a failure: the kernel may have dropped what it could not write. */
    enum wp_status (*sync)(void *self, struct wp_file *f, struct wp_error *err);
    /* Replaces `to`. Lasting only after sync_directory, as is the making and removing of files. */
    enum wp_status (*rename)(void *self, const char *from, const char *to, struct wp_error *err);
    enum wp_status (*remove)(void *self, const char *name, struct wp_error *err);
    enum wp_status (*sync_directory)(void *self, const char *dir, struct wp_error *err);
    /* WP_OK also when it is there already. */
    enum wp_status (*make_directory)(void *self, const char *dir, struct wp_error *err);
};

/* The operating system's files. Any thread; one file by one thread at a time. */
extern const struct wp_fs wp_fs_real;

#endif
