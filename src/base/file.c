/*
 * file.c - see file.h.
 *
 * Every system call stands in a loop of its own that repeats it after EINTR, waits after EAGAIN and goes on
 * after a short count. Names of directories, globs and paths are at the end.
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include "base/memory.h"

/* Names tried for a file aside before giving up; each is one of 2^30. */
#define ASIDE_TRIES 100
#define ASIDE_SUFFIX_LEN 6

char *wp_string_copy(const char *s) {
    size_t bytes = strlen(s) + 1;
    char *copy = wp_alloc(bytes, 1);
    return copy ? memcpy(copy, s, bytes) : NULL;
}

static enum wp_status adopt(struct wp_file *f, int fd, const char *name, struct wp_error *err) {
    *f = (struct wp_file){.name = wp_string_copy(name), .fd = fd, .open = true};
    f->borrowed = fd == STDIN_FILENO || fd == STDOUT_FILENO;
    if (f->name) return WP_OK;
    wp_file_close(f, NULL);
    return wp_fail_file(err, WP_ENOMEM, name, "out of memory");
}

static int open_again(const char *name, int flags, mode_t mode) {
    int fd;
    do fd = open(name, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

enum wp_status wp_file_open(struct wp_file *f, const char *name, struct wp_error *err) {
    *f = (struct wp_file){0};
    if (!strcmp(name, "-")) return adopt(f, STDIN_FILENO, name, err);
    int fd = open_again(name, O_RDONLY | O_NONBLOCK, 0);
    if (fd < 0) return wp_fail_errno(err, errno, name, "cannot open");
    struct stat st = {0};
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        close(fd);
        return wp_fail_file(err, WP_EINVAL, name, "is a directory");
    }
    WP_TRY(adopt(f, fd, name, err));
    f->fifo = S_ISFIFO(st.st_mode);
    return WP_OK;
}

enum wp_status wp_file_open_write(struct wp_file *f, const char *name, struct wp_error *err) {
    *f = (struct wp_file){0};
    if (!strcmp(name, "-")) return adopt(f, STDOUT_FILENO, name, err);
    int fd = open_again(name, O_WRONLY, 0);
    if (fd < 0) return wp_fail_errno(err, errno, name, "cannot open for writing");
    return adopt(f, fd, name, err);
}

enum wp_status wp_file_create(struct wp_file *f, const char *name, struct wp_error *err) {
    *f = (struct wp_file){0};
    int fd = open_again(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    return fd < 0 ? wp_fail_errno(err, errno, name, "cannot create") : adopt(f, fd, name, err);
}

enum wp_status wp_file_open_append(struct wp_file *f, const char *name, struct wp_error *err) {
    *f = (struct wp_file){0};
    int fd = open_again(name, O_WRONLY | O_APPEND, 0);
    return fd < 0 ? wp_fail_errno(err, errno, name, "cannot open for writing") : adopt(f, fd, name, err);
}

static bool random_suffix(char out[ASIDE_SUFFIX_LEN]) {
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz012345"; /* 32: five bits a letter */
    uint8_t noise[ASIDE_SUFFIX_LEN];
    if (getrandom(noise, sizeof noise, 0) != (ssize_t)sizeof noise) return false;
    for (size_t i = 0; i < sizeof noise; i++) out[i] = digits[noise[i] & 31];
    return true;
}

/* "DIR/.NAME.XXXXXX.tmp"; not mkstemp, whose files nobody but the owner may read. */
enum wp_status wp_file_open_aside(struct wp_file *f, const char *final, struct wp_error *err) {
    *f = (struct wp_file){0};
    const char *base = wp_path_base(final);
    size_t dir_len = (size_t)(base - final), size = strlen(final) + ASIDE_SUFFIX_LEN + sizeof "..tmp" + 1;
    char *name = wp_alloc(size, 1), suffix[ASIDE_SUFFIX_LEN];
    if (!name) return wp_fail_file(err, WP_ENOMEM, final, "out of memory");
    int fd = -1;
    errno = EEXIST;
    for (int i = 0; fd < 0 && errno == EEXIST && i < ASIDE_TRIES; i++) {
        if (!random_suffix(suffix)) break;
        snprintf(name, size, "%.*s.%s.%.*s.tmp", (int)dir_len, final, base, ASIDE_SUFFIX_LEN, suffix);
        fd = open_again(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    }
    enum wp_status status =
        fd < 0 ? wp_fail_errno(err, errno, final, "cannot create") : adopt(f, fd, name, err);
    if (fd >= 0 && status != WP_OK) unlink(name);
    wp_free(name);
    return status;
}

enum wp_status wp_file_open_temp(struct wp_file *f, const char *dir, struct wp_error *err) {
    *f = (struct wp_file){0};
    char *shown = wp_path_join(dir, "(temporary)"), *name = wp_path_join(dir, ".wireprint.XXXXXX");
    enum wp_status status = WP_ENOMEM;
    if (!shown || !name) {
        wp_fail_file(err, WP_ENOMEM, dir, "out of memory");
    } else {
        int fd = open_again(dir, O_TMPFILE | O_RDWR | O_EXCL, 0600);
        /* Old kernels and some file systems do not know O_TMPFILE and say so in several ways. */
        if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT)) {
            fd = mkostemp(name, O_CLOEXEC);
            if (fd >= 0) unlink(name);
        }
        status = fd < 0 ? wp_fail_errno(err, errno, dir, "cannot create a temporary file in it")
                        : adopt(f, fd, shown, err);
    }
    wp_free(shown);
    wp_free(name);
    return status;
}

/* True when the call should be made again. */
static bool try_again(int fd, short events) {
    if (errno == EINTR) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    struct pollfd ready = {.fd = fd, .events = events};
    poll(&ready, 1, -1);
    return true;
}

enum wp_status wp_file_read(struct wp_file *f, void *out, size_t cap, size_t *got, struct wp_error *err) {
    ssize_t n;
    *got = 0;
    while (f->fifo && !wp_file_is_ready(f, -1)) continue; /* before its first writer it would seem to end */
    do n = read(f->fd, out, cap);
    while (n < 0 && try_again(f->fd, POLLIN));
    if (n < 0) return wp_fail_errno(err, errno, f->name, "cannot read");
    *got = (size_t)n;
    return WP_OK;
}

bool wp_file_is_ready(const struct wp_file *f, int wait_ms) {
    struct pollfd ready = {.fd = f->fd, .events = POLLIN};
    int n = poll(&ready, 1, wait_ms);
    return n > 0 || (n < 0 && errno != EINTR); /* a failure is for the read to tell */
}

enum wp_status wp_file_rewind(struct wp_file *f, struct wp_error *err) {
    return lseek(f->fd, 0, SEEK_SET) == 0 ? WP_OK : wp_fail_errno(err, errno, f->name, "cannot rewind");
}

enum wp_status wp_file_read_at(const struct wp_file *f, void *out, size_t len, uint64_t offset,
                               struct wp_error *err) {
    for (uint8_t *to = out; len;) {
        ssize_t n = pread(f->fd, to, len, (off_t)offset);
        if (n < 0 && try_again(f->fd, POLLIN)) continue;
        if (n < 0) return wp_fail_errno(err, errno, f->name, "cannot read");
        if (n == 0) {
            wp_fail_file(err, WP_EDAMAGED, f->name, "ends %zu bytes too early", len);
            wp_error_offset(err, offset);
            return WP_EDAMAGED;
        }
        to += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return WP_OK;
}

enum wp_status wp_file_write(struct wp_file *f, const void *data, size_t len, struct wp_error *err) {
    for (const uint8_t *from = data; len;) {
        ssize_t n = write(f->fd, from, len);
        if (n < 0 && try_again(f->fd, POLLOUT)) continue;
        if (n <= 0) return wp_fail_errno(err, n ? errno : EIO, f->name, "cannot write");
        from += n;
        len -= (size_t)n;
    }
    return WP_OK;
}

enum wp_status wp_file_write_at(const struct wp_file *f, const void *data, size_t len, uint64_t offset,
                                struct wp_error *err) {
    for (const uint8_t *from = data; len;) {
        ssize_t n = pwrite(f->fd, from, len, (off_t)offset);
        if (n < 0 && try_again(f->fd, POLLOUT)) continue;
        if (n <= 0) return wp_fail_errno(err, n ? errno : EIO, f->name, "cannot write");
        from += n;
        len -= (size_t)n;
        offset += (uint64_t)n;
    }
    return WP_OK;
}

void wp_file_read_ahead(const struct wp_file *f, uint64_t offset, uint64_t len) {
    (void)posix_fadvise(f->fd, (off_t)offset, (off_t)len, POSIX_FADV_WILLNEED);
}

enum wp_status wp_file_size(const struct wp_file *f, uint64_t *bytes, struct wp_error *err) {
    struct stat st;
    if (fstat(f->fd, &st) != 0) return wp_fail_errno(err, errno, f->name, "cannot tell its size");
    *bytes = st.st_size > 0 ? (uint64_t)st.st_size : 0;
    return WP_OK;
}

uint64_t wp_file_left(const struct wp_file *f) {
    uint64_t size;
    off_t at = lseek(f->fd, 0, SEEK_CUR);
    if (at < 0 || wp_file_size(f, &size, NULL) != WP_OK || size < (uint64_t)at) return 0;
    return size - (uint64_t)at;
}

struct wp_file_stamp wp_file_stamp(const struct wp_file *f) {
    struct stat st;
    struct wp_file_stamp stamp = {0};
    if (fstat(f->fd, &st) != 0) return stamp;
    stamp.device = st.st_dev;
    stamp.inode = st.st_ino;
    stamp.bytes = (uint64_t)st.st_size;
    stamp.written_seconds = st.st_mtim.tv_sec;
    stamp.written_ns = st.st_mtim.tv_nsec;
    return stamp;
}

bool wp_file_is_current(const struct wp_file *f) {
    struct stat x, y;
    return fstat(f->fd, &x) == 0 && stat(f->name, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool wp_file_is_regular(const struct wp_file *f) {
    struct stat st;
    return fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode);
}

enum wp_status wp_file_truncate(const struct wp_file *f, uint64_t bytes, struct wp_error *err) {
    int rc;
    do rc = ftruncate(f->fd, (off_t)bytes);
    while (rc != 0 && errno == EINTR);
    return rc == 0 ? WP_OK : wp_fail_errno(err, errno, f->name, "cannot truncate");
}

enum wp_status wp_file_sync(const struct wp_file *f, struct wp_error *err) {
    /* Not repeated, whatever it says: after a failed fsync the kernel may have dropped the pages. */
    return fsync(f->fd) == 0 ? WP_OK : wp_fail_errno(err, errno, f->name, "cannot sync");
}

enum wp_status wp_file_lock(const struct wp_file *f, struct wp_error *err) {
    int rc;
    do rc = flock(f->fd, LOCK_EX | LOCK_NB);
    while (rc != 0 && errno == EINTR);
    if (rc == 0) return WP_OK;
    if (errno == EWOULDBLOCK) return wp_fail_file(err, WP_EBUSY, f->name, "is in use by another writer");
    return wp_fail_errno(err, errno, f->name, "cannot lock");
}

enum wp_status wp_file_close(struct wp_file *f, struct wp_error *err) {
    enum wp_status status = WP_OK;
    /* EINTR too leaves the descriptor closed on Linux. */
    if (f->open && !f->borrowed && close(f->fd) != 0 && errno != EINTR)
        status = wp_fail_errno(err, errno, f->name, "cannot close");
    wp_free(f->name);
    *f = (struct wp_file){0};
    return status;
}

enum wp_status wp_file_rename(const char *from, const char *to, struct wp_error *err) {
    return rename(from, to) == 0 ? WP_OK : wp_fail_errno(err, errno, to, "cannot rename to it");
}

enum wp_status wp_file_remove(const char *name, struct wp_error *err) {
    return unlink(name) == 0 ? WP_OK : wp_fail_errno(err, errno, name, "cannot remove");
}

enum wp_file_kind wp_file_kind(const char *name) {
    struct stat st;
    if (stat(name, &st) != 0) return WP_FILE_MISSING;
    if (S_ISREG(st.st_mode)) return WP_FILE_REGULAR;
    return S_ISDIR(st.st_mode) ? WP_FILE_DIRECTORY : WP_FILE_OTHER;
}

bool wp_file_is_link(const char *name) {
    struct stat st;
    return lstat(name, &st) == 0 && S_ISLNK(st.st_mode);
}

enum wp_status wp_file_readable(const char *name, struct wp_error *err) {
    return access(name, R_OK) == 0 ? WP_OK : wp_fail_errno(err, errno, name, "cannot open");
}

bool wp_file_is_same(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

char *wp_file_resolve(const char *name) {
    char *path = realpath(name, NULL);
    char *copy = path ? wp_string_copy(path) : NULL;
    free(path);
    return copy;
}

char *wp_path_directory(const char *name) {
    const char *base = wp_path_base(name);
    if (base == name) return wp_string_copy(".");
    while (base > name + 1 && base[-1] == '/') base--;
    size_t len = (size_t)(base - name);
    char *dir = wp_alloc(len + 1, 1);
    if (!dir) return NULL;
    memcpy(dir, name, len);
    dir[len] = 0;
    return dir;
}

const char *wp_path_base(const char *name) {
    const char *slash = strrchr(name, '/');
    return slash ? slash + 1 : name;
}

char *wp_path_join(const char *dir, const char *name) {
    size_t dir_len = strlen(dir), size = dir_len + strlen(name) + 2;
    char *path = wp_alloc(size, 1);
    if (path) snprintf(path, size, "%s%s%s", dir, dir_len && dir[dir_len - 1] == '/' ? "" : "/", name);
    return path;
}

enum wp_status wp_directory_free_bytes(const char *dir, uint64_t *bytes, struct wp_error *err) {
    struct statvfs st;
    if (statvfs(dir, &st) != 0) return wp_fail_errno(err, errno, dir, "cannot tell its free space");
    if (__builtin_mul_overflow((uint64_t)st.f_bavail, (uint64_t)st.f_frsize, bytes)) *bytes = UINT64_MAX;
    return WP_OK;
}

enum wp_status wp_directory_make(const char *dir, struct wp_error *err) {
    if (mkdir(dir, 0777) == 0 || (errno == EEXIST && wp_file_kind(dir) == WP_FILE_DIRECTORY)) return WP_OK;
    return wp_fail_errno(err, errno, dir, "cannot make the directory");
}

enum wp_status wp_directory_sync(const char *dir, struct wp_error *err) {
    int fd = open_again(dir, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return wp_fail_errno(err, errno, dir, "cannot open");
    enum wp_status status = fsync(fd) == 0 ? WP_OK : wp_fail_errno(err, errno, dir, "cannot sync");
    close(fd);
    return status;
}

enum wp_status wp_names_add(struct wp_names *names, const char *name) {
    WP_TRY(WP_GROW(names->items, names->count, names->cap));
    char *copy = wp_string_copy(name);
    if (!copy) return WP_ENOMEM;
    names->items[names->count++] = copy;
    return WP_OK;
}

void wp_names_release(struct wp_names *names) {
    for (size_t i = 0; i < names->count; i++) wp_free(names->items[i]);
    wp_free(names->items);
    *names = (struct wp_names){0};
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort_names(struct wp_names *names, size_t from) {
    if (names->count > from)
        qsort(names->items + from, names->count - from, sizeof *names->items, compare_names);
}

enum wp_status wp_names_add_directory(struct wp_names *names, const char *dir, struct wp_error *err) {
    DIR *d = opendir(dir);
    if (!d) return wp_fail_errno(err, errno, dir, "cannot open");
    size_t from = names->count;
    enum wp_status status = WP_OK;
    struct dirent *entry;
    while (errno = 0, status == WP_OK && (entry = readdir(d))) {
        if (entry->d_name[0] != '.') status = wp_names_add(names, entry->d_name);
    }
    if (status != WP_OK) {
        wp_fail_file(err, status, dir, "out of memory");
    } else if (errno) {
        status = wp_fail_errno(err, errno, dir, "cannot list");
    }
    closedir(d);
    sort_names(names, from);
    return status;
}

enum wp_status wp_names_add_glob(struct wp_names *names, const char *pattern, struct wp_error *err) {
    glob_t found = {0};
    size_t from = names->count;
    int rc = glob(pattern, GLOB_NOSORT, NULL, &found);
    enum wp_status status = rc == GLOB_NOSPACE ? WP_ENOMEM : WP_OK;
    for (size_t i = 0; rc == 0 && status == WP_OK && i < found.gl_pathc; i++)
        status = wp_names_add(names, found.gl_pathv[i]);
    globfree(&found);
    sort_names(names, from);
    if (status != WP_OK) return wp_fail_file(err, status, pattern, "out of memory");
    return rc == GLOB_ABORTED ? wp_fail_file(err, WP_ESYSTEM, pattern, "cannot list") : WP_OK;
}
