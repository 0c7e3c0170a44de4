/* fs.c - the real table: see fs.h. */
#include "base/fs.h"

static enum wp_status real_create(void *self, const char *name, struct wp_file *f, struct wp_error *err) {
    (void)self;
    return wp_file_create(f, name, err);
}

static enum wp_status real_append(void *self, const char *name, uint64_t bytes, struct wp_file *f,
                                  struct wp_error *err) {
    (void)self;
    uint64_t has = 0;
    WP_TRY(wp_file_open_append(f, name, err));
    enum wp_status status = wp_file_size(f, &has, err);
    if (status == WP_OK && has < bytes)
        status = wp_fail_file(err, WP_EDAMAGED, name, "is shorter than it was");
    if (status == WP_OK && has > bytes) status = wp_file_truncate(f, bytes, err);
    if (status != WP_OK) wp_file_close(f, NULL);
    return status;
}

static enum wp_status real_write(void *self, struct wp_file *f, const void *data, size_t len,
                                 struct wp_error *err) {
    (void)self;
    return wp_file_write(f, data, len, err);
}

static enum wp_status real_sync(void *self, struct wp_file *f, struct wp_error *err) {
    (void)self;
    return wp_file_sync(f, err);
}

static enum wp_status real_rename(void *self, const char *from, const char *to, struct wp_error *err) {
    (void)self;
    return wp_file_rename(from, to, err);
}

static enum wp_status real_remove(void *self, const char *name, struct wp_error *err) {
    (void)self;
    return wp_file_remove(name, err);
}

static enum wp_status real_sync_directory(void *self, const char *dir, struct wp_error *err) {
    (void)self;
    return wp_directory_sync(dir, err);
}

static enum wp_status real_make_directory(void *self, const char *dir, struct wp_error *err) {
    (void)self;
    return wp_directory_make(dir, err);
}

const struct wp_fs wp_fs_real = {
    .create = real_create,
    .append = real_append,
    .write = real_write,
    .sync = real_sync,
    .rename = real_rename,
    .remove = real_remove,
    .sync_directory = real_sync_directory,
    .make_directory = real_make_directory,
};
