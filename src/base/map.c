/* map.c - see map.h. */
#include "base/map.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

enum wp_status wp_map_open(struct wp_map *m, const char *name, int random, struct wp_error *err) {
    uint64_t bytes;
    *m = (struct wp_map){0};
    WP_TRY(wp_file_open(&m->file, name, err));
    enum wp_status status = wp_file_size(&m->file, &bytes, err);
    if (status == WP_OK && bytes > 0) {
        int fd = m->file.fd;
        void *at = bytes > SIZE_MAX ? MAP_FAILED : mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, fd, 0);
        if (at == MAP_FAILED) {
            status = wp_fail_errno(err, bytes > SIZE_MAX ? EFBIG : errno, name, "cannot map");
        } else {
            m->data = at;
            m->len = (size_t)bytes;
            if (random) (void)madvise(at, m->len, MADV_RANDOM);
            if (random) (void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
        }
    }
    if (status != WP_OK) wp_map_close(m);
    return status;
}

enum wp_status wp_map_copy(const struct wp_map *m, size_t offset, size_t len, void *out,
                           struct wp_error *err) {
    return wp_file_read_at(&m->file, out, len, offset, err);
}

void wp_map_forget(const struct wp_map *m, size_t offset, size_t len) {
    if (offset >= m->len) return;
    if (len > m->len - offset) len = m->len - offset;
    (void)madvise((uint8_t *)m->data + offset, len, MADV_DONTNEED);
}

void wp_map_close(struct wp_map *m) {
    if (m->data) munmap((void *)m->data, m->len);
    wp_file_close(&m->file, NULL);
    *m = (struct wp_map){0};
}
