/*
 * guard.h - a table of file operations that gives up for good.
 *
 * After a failed sync nobody knows what is on the disk, and trying again may report success for pages that
 * the kernel has dropped. So the first failure of a sync or a rename, and the first EIO of anything, ends
 * all writing through the guard: every later operation fails with the same words. A full disk does not: the
 * caller goes back to what was committed and may try again.
 */
#ifndef WP_INDEX_GUARD_H
#define WP_INDEX_GUARD_H

#include "base/fs.h"

struct wp_guard {
    const struct wp_fs *below;
    struct wp_fs fs;        /* the guarded table; fs.self is the guard */
    struct wp_error broken; /* status is WP_OK as long as all is well */
};

void wp_guard_init(struct wp_guard *g, const struct wp_fs *below);

#endif
