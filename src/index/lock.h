/* lock.h - the writer's lock: whoever changes an index holds it. */
#ifndef WP_INDEX_LOCK_H
#define WP_INDEX_LOCK_H

#include "base/fs.h"

/* Takes the lock of the index in `dir` until *lock is closed; makes the file when it is not there. WP_EBUSY
 * when another process, or another handle of this one, has it. Close in any case. */
enum wp_status wp_index_lock(const struct wp_fs *fs, const char *dir, struct wp_file *lock,
                             struct wp_error *err);

#endif
