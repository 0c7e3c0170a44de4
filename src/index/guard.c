/* guard.c - see guard.h. */
#include "index/guard.h"

/* Passes a result on, and remembers one that ends everything. */
static enum wp_status note(struct wp_guard *g, enum wp_status status, bool final, const struct wp_error *why,
                           struct wp_error *err) {
    if (status == WP_OK) return WP_OK;
    if (err) *err = *why;
    if (final || status == WP_EIO) g->broken = *why;
    return status;
}

static enum wp_status refuse(const struct wp_guard *g, struct wp_error *err) {
    if (err) *err = g->broken;
    return g->broken.status;
}

#define GUARD(call, final)                                                                                   \
    struct wp_guard *g = self;                                                                               \
    struct wp_error why = {0};                                                                               \
    if (g->broken.status != WP_OK) return refuse(g, err);                                                    \
    return note(g, call, final, &why, err)

static enum wp_status guard_create(void *self, const char *name, struct wp_file *f, struct wp_error *err) {
    GUARD(g->below->create(g->below->self, name, f, &why), false);
}

static enum wp_status guard_append(void *self, const char *name, uint64_t bytes, struct wp_file *f,
                                   struct wp_error *err) {
    GUARD(g->below->append(g->below->self, name, bytes, f, &why), false);
}

static enum wp_status guard_write(void *self, struct wp_file *f, const void *data, size_t len,
                                  struct wp_error *err) {
    GUARD(g->below->write(g->below->self, f, data, len, &why), false);
}

static enum wp_status guard_sync(void *self, struct wp_file *f, struct wp_error *err) {
    GUARD(g->below->sync(g->below->self, f, &why), true);
}

static enum wp_status guard_rename(void *self, const char *from, const char *to, struct wp_error *err) {
    GUARD(g->below->rename(g->below->self, from, to, &why), true);
}

static enum wp_status guard_remove(void *self, const char *name, struct wp_error *err) {
    GUARD(g->below->remove(g->below->self, name, &why), false);
}

static enum wp_status guard_sync_directory(void *self, const char *dir, struct wp_error *err) {
    GUARD(g->below->sync_directory(g->below->self, dir, &why), true);
}

static enum wp_status guard_make_directory(void *self, const char *dir, struct wp_error *err) {
    GUARD(g->below->make_directory(g->below->self, dir, &why), false);
}

void wp_guard_init(struct wp_guard *g, const struct wp_fs *below) {
    *g = (struct wp_guard){.below = below};
    g->fs = (struct wp_fs){.self = g,
                           .create = guard_create,
                           .append = guard_append,
                           .write = guard_write,
                           .sync = guard_sync,
                           .rename = guard_rename,
                           .remove = guard_remove,
                           .sync_directory = guard_sync_directory,
                           .make_directory = guard_make_directory};
}
