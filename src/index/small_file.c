/* small_file.c - see small_file.h. */
#include "index/small_file.h"

enum wp_status wp_small_file_read(struct wp_buffer *out, const char *name, uint64_t max_bytes,
                                  const char *too_long, struct wp_error *err) {
    struct wp_file f = {0};
    uint64_t size;
    WP_TRY(wp_file_open(&f, name, err));
    enum wp_status status = wp_file_size(&f, &size, err);
    if (status == WP_OK && size > max_bytes) status = wp_fail_file(err, WP_EDAMAGED, name, "%s", too_long);
    if (status == WP_OK && wp_buffer_reserve(out, (size_t)size + 1, SIZE_MAX) != WP_OK)
        status = wp_fail(err, WP_ENOMEM, "out of memory");
    if (status == WP_OK) status = wp_file_read_at(&f, out->data + out->len, (size_t)size, 0, err);
    if (status == WP_OK) out->len += (size_t)size;
    wp_file_close(&f, NULL);
    return status;
}

static enum wp_status write_aside(const struct wp_buffer *b, const struct wp_fs *fs, const char *aside,
                                  struct wp_error *err) {
    struct wp_file f = {0};
    WP_TRY(fs->create(fs->self, aside, &f, err));
    enum wp_status status = fs->write(fs->self, &f, b->data, b->len, err);
    if (status == WP_OK) status = fs->sync(fs->self, &f, err);
    enum wp_status closed = wp_file_close(&f, status == WP_OK ? err : NULL);
    return status == WP_OK ? closed : status;
}

enum wp_status wp_small_file_replace(const struct wp_buffer *bytes, const struct wp_fs *fs, const char *dir,
                                     const char *name, const char *aside, struct wp_error *err) {
    char *to = wp_path_join(dir, name), *from = wp_path_join(dir, aside);
    enum wp_status status = to && from ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
    if (status == WP_OK) status = write_aside(bytes, fs, from, err);
    if (status == WP_OK) status = fs->sync_directory(fs->self, dir, err);
    if (status == WP_OK) status = fs->rename(fs->self, from, to, err);
    if (status == WP_OK) status = fs->sync_directory(fs->self, dir, err);
    wp_free(to);
    wp_free(from);
    return status;
}
