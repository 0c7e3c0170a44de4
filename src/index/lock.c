/* lock.c - see lock.h. */
#include "index/lock.h"

#include "base/memory.h"
#include "index/format.h"

enum wp_status wp_index_lock(const struct wp_fs *fs, const char *dir, struct wp_file *lock,
                             struct wp_error *err) {
    char *name = wp_path_join(dir, WP_LOCK_NAME);
    if (!name) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_status status = WP_OK;
    if (wp_file_kind(name) == WP_FILE_MISSING) {
        struct wp_file made = {0};
        status = fs->create(fs->self, name, &made, err);
        wp_file_close(&made, NULL);
    }
    if (status == WP_OK) status = wp_file_open(lock, name, err);
    wp_free(name);
    if (status != WP_OK) return status;
    status = wp_file_lock(lock, err);
    if (status == WP_EBUSY)
        wp_fail_file(err, WP_EBUSY, dir, "another process is writing to this index; reading it is possible");
    return status;
}
