/*
 * disk.h - a disk that fails when it is told to, and one that loses what was not synced.
 *
 * A table of operations (base/fs.h) that does everything on the real file system, counts, and can
 *
 *     fail    operation n returns a status; a write may be done in part before
 *     stop    nothing is done from operation n on: as if the process had been killed there
 *     crash   the machine stops: a directory is made as the disk might be found afterwards
 *
 * For a crash every write since the last sync of its file is torn into sectors of 512 bytes, each of which is
 * there or not; every creation, renaming and removal since the last sync of the directory happened or not.
 * What was synced is there. The choice is made by a seed. Directories are flat: all files in one.
 */
#ifndef TESTS_SUPPORT_DISK_H
#define TESTS_SUPPORT_DISK_H

#include <stdint.h>
#include "base/fs.h"

struct disk_file; /* contents, known by name only to the directory */

struct disk_name {
    char *name;
    struct disk_file *file;
};

struct disk_change { /* of the directory, not synced yet */
    char *from, *to; /* rename: both; creation: to; removal: from */
    struct disk_file *file;
};

struct disk {
    struct wp_fs fs;
    unsigned long count;   /* operations so far */
    unsigned long fail_at; /* counting from 1; 0 = never */
    enum wp_status fail_with;
    unsigned fail_kinds; /* enum disk_kind, or-ed; 0 = all; others do not count */
    unsigned long stop_at;
    int stopped, failed;

    struct disk_file **files; /* all that ever were */
    size_t file_count;
    struct disk_name *now, *lasting; /* the directory, and as it was last synced */
    size_t now_count, lasting_count;
    struct disk_change *changes;
    size_t change_count;
};

enum disk_kind {
    DISK_CREATE = 1,
    DISK_APPEND = 2,
    DISK_WRITE = 4,
    DISK_SYNC = 8,
    DISK_RENAME = 16,
    DISK_REMOVE = 32,
    DISK_SYNC_DIRECTORY = 64
};

void disk_init(struct disk *d);
void disk_release(struct disk *d);
/* Makes `dir` (which must not exist) as the disk might be found after the machine stopped now. */
void disk_crash(const struct disk *d, const char *dir, uint64_t seed);

/* A whole file of a directory; data is freed by the caller. And writing one. */
struct disk_bytes {
    uint8_t *data;
    size_t len;
};
struct disk_bytes disk_read_file(const char *dir, const char *name);
void disk_write_file(const char *dir, const char *name, const uint8_t *data, size_t len);
/* Removes a flat directory; copies one. */
void disk_remove_directory(const char *dir);
void disk_copy_directory(const char *from, const char *to);

#endif
