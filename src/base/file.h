/*
 * file.h - the one seam to the operating system's files.
 *
 * Everything that reads, writes, renames, lists or removes a file goes through here (the event loop of
 * src/ingest reads by libuv instead). Short reads and writes, EINTR and descriptors left non-blocking by
 * somebody else are dealt with; every failure carries the file's name and the system's reason.
 *
 * A struct wp_file is open or not; zero-initialised is not open, and closing what is not open does nothing,
 * so clean-up code needs no flags. One thread at a time, except that read_at and write_at may be called from
 * many threads at once.
 */
#ifndef WP_BASE_FILE_H
#define WP_BASE_FILE_H

#include <stdbool.h>
#include "base/status.h"

struct wp_file {
    char *name; /* as given, for messages; owned */
    int fd;     /* meaningful while open */
    bool open;
    bool borrowed; /* stdin or stdout: never closed by us */
    bool fifo;     /* opened by its name for reading: its writer may be yet to come */
};

/* Opens for reading; "-" is standard input. Of a named pipe it is the first read that waits until somebody
 * writes. WP_ENOENT, WP_EINVAL for a directory, WP_ESYSTEM ... */
enum wp_status wp_file_open(struct wp_file *f, const char *name, struct wp_error *err);

/* Opens for writing what exists and must not be replaced (a device, a pipe); "-" is standard output. */
enum wp_status wp_file_open_write(struct wp_file *f, const char *name, struct wp_error *err);

/* Creates an empty file for writing under its name; one that was there is emptied. */
enum wp_status wp_file_create(struct wp_file *f, const char *name, struct wp_error *err);

/* Opens an existing file for writing behind its end. */
enum wp_status wp_file_open_append(struct wp_file *f, const char *name, struct wp_error *err);

/* Creates a new, empty file for writing that becomes `final` by a later rename: ".NAME.XXXXXX.tmp" in the
 * same directory, with the access rights that the umask gives. f->name is its own name. */
enum wp_status wp_file_open_aside(struct wp_file *f, const char *final, struct wp_error *err);

/* Creates a file without a name in directory `dir`, for reading and writing. It is gone once closed, also
 * when the process is killed. f->name is "DIR/(temporary)". */
enum wp_status wp_file_open_temp(struct wp_file *f, const char *dir, struct wp_error *err);

/* Up to cap bytes from where the last read ended; *got = 0 only at the end of the file. Waits for pipes. */
enum wp_status wp_file_read(struct wp_file *f, void *out, size_t cap, size_t *got, struct wp_error *err);

/* Would a read return at once, if only to say that the file ends? Of a pipe that nobody has written to: no.
 * Waits up to wait_ms for it to become so; a signal may end that early. Any thread. */
bool wp_file_is_ready(const struct wp_file *f, int wait_ms);

/* The next read starts at the beginning again. */
enum wp_status wp_file_rewind(struct wp_file *f, struct wp_error *err);

/* Exactly len bytes from `offset`; WP_EDAMAGED with the offset when the file ends before. Any thread. */
enum wp_status wp_file_read_at(const struct wp_file *f, void *out, size_t len, uint64_t offset,
                               struct wp_error *err);

/* Writes all of it, behind the last write or at `offset`. WP_ENOSPC, WP_EIO, WP_ESYSTEM. */
enum wp_status wp_file_write(struct wp_file *f, const void *data, size_t len, struct wp_error *err);
enum wp_status wp_file_write_at(const struct wp_file *f, const void *data, size_t len, uint64_t offset,
                                struct wp_error *err);

/* Asks the kernel to read ahead, from `offset` (len 0 = to the end). Advice only: failure is not told. */
void wp_file_read_ahead(const struct wp_file *f, uint64_t offset, uint64_t len);

enum wp_status wp_file_size(const struct wp_file *f, uint64_t *bytes, struct wp_error *err);
/* Bytes from where the next read begins: standard input may stand in the middle of a file. 0 when the system
 * does not tell, as of a pipe. */
uint64_t wp_file_left(const struct wp_file *f);
/* What tells whether a file is still as it was: which one it is, its size, when it was last written. */
struct wp_file_stamp {
    uint64_t device, inode, bytes;
    int64_t written_seconds, written_ns;
};
/* Zeros when the system does not tell. */
struct wp_file_stamp wp_file_stamp(const struct wp_file *f);

/* Does its name still lead to this very file? */
bool wp_file_is_current(const struct wp_file *f);

/* True for a regular file: one that can be read again and whose size means something. */
bool wp_file_is_regular(const struct wp_file *f);
enum wp_status wp_file_truncate(const struct wp_file *f, uint64_t bytes, struct wp_error *err);
enum wp_status wp_file_sync(const struct wp_file *f, struct wp_error *err);

/* Takes the file for this process alone, until it is closed or the process ends. WP_EBUSY when another has
 * it; also another struct wp_file of this process. */
enum wp_status wp_file_lock(const struct wp_file *f, struct wp_error *err);

/* Closes; the status tells whether the system reports a late write error. The file is closed in any case. */
enum wp_status wp_file_close(struct wp_file *f, struct wp_error *err);

/* Files by name. Rename replaces `to`. Removing what does not exist is WP_ENOENT. */
enum wp_status wp_file_rename(const char *from, const char *to, struct wp_error *err);
enum wp_status wp_file_remove(const char *name, struct wp_error *err);

enum wp_file_kind { WP_FILE_MISSING, WP_FILE_REGULAR, WP_FILE_DIRECTORY, WP_FILE_OTHER };
/* What stands under a name, symbolic links followed. What may not be looked at counts as missing. */
enum wp_file_kind wp_file_kind(const char *name);
/* True when the name itself is a symbolic link. */
bool wp_file_is_link(const char *name);
/* WP_OK when it exists and may be read, else why not. */
enum wp_status wp_file_readable(const char *name, struct wp_error *err);
/* True when both names lead to the same file. */
bool wp_file_is_same(const char *a, const char *b);
/* The name behind symbolic links as a new string (wp_free), or NULL when it does not exist. */
char *wp_file_resolve(const char *name);

/* A copy as a new string (wp_free); NULL when out of memory. */
char *wp_string_copy(const char *s);
/* The directory of a name ("." when it has none), as a new string (wp_free); NULL when out of memory. */
char *wp_path_directory(const char *name);
/* Behind the last '/': a pointer into name. */
const char *wp_path_base(const char *name);
/* "dir/name" as a new string (wp_free); NULL when out of memory. */
char *wp_path_join(const char *dir, const char *name);

/* Bytes that this user may still write in `dir`. */
enum wp_status wp_directory_free_bytes(const char *dir, uint64_t *bytes, struct wp_error *err);
/* Makes a directory; one that is there already is fine. */
enum wp_status wp_directory_make(const char *dir, struct wp_error *err);
/* Makes renames in `dir` lasting. */
enum wp_status wp_directory_sync(const char *dir, struct wp_error *err);

/* A growing list of owned strings. Zero-initialised is empty. */
struct wp_names {
    char **items;
    size_t count, cap;
};
/* Appends a copy. WP_ENOMEM. */
enum wp_status wp_names_add(struct wp_names *names, const char *name);
void wp_names_release(struct wp_names *names);
/* Appends the names in `dir`, without the path, without those that begin with '.', in byte order. */
enum wp_status wp_names_add_directory(struct wp_names *names, const char *dir, struct wp_error *err);
/* Appends what glob(3) finds for `pattern`, in byte order; appends nothing when there is no match. */
enum wp_status wp_names_add_glob(struct wp_names *names, const char *pattern, struct wp_error *err);

#endif
