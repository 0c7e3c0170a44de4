/* map.c - see map.h. */
#include "base/map.h"

#include <errno.h>
#include <sys/mman.h>
#include "base/file.h"

enum wp_status wp_map_open(struct wp_map *m, const char *name, int random, struct wp_error *err) {
    struct wp_file f;
    uint64_t bytes;
    *m = (struct wp_map){0};
    WP_TRY(wp_file_open(&f, name, err));
    enum wp_status status = wp_file_size(&f, &bytes, err);
    if (status == WP_OK && bytes > 0) {
        void *at = bytes > SIZE_MAX ? MAP_FAILED : mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, f.fd, 0);
        if (at == MAP_FAILED) {
            status = wp_fail_errno(err, bytes > SIZE_MAX ? EFBIG : errno, name, "cannot map");
        } else {
            *m = (struct wp_map){at, (size_t)bytes};
            if (random) (void)madvise(at, m->len, MADV_RANDOM);
        }
    }
    wp_file_close(&f, NULL);
    return status;
}

void wp_map_forget(const struct wp_map *m) {
    if (m->data) (void)madvise((void *)m->data, m->len, MADV_DONTNEED);
}

void wp_map_close(struct wp_map *m) {
    if (m->data) munmap((void *)m->data, m->len);
    *m = (struct wp_map){0};
}
