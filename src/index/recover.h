/*
 * recover.h - from the log back to memory: what was committed since the last flush.
 *
 * A frame counts when it is sound and the text blocks that it speaks of are. Blocks are read again only
 * behind the place up to which a later frame knows that everything was on the disk. The first frame that does
 * not count ends the log, if nothing behind it can have been acknowledged; else the log is damaged.
 */
#ifndef WP_INDEX_RECOVER_H
#define WP_INDEX_RECOVER_H

#include "index/log.h"
#include "index/view.h"

struct wp_recovery {
    struct wp_shared_memtable *memtable; /* owned by the caller afterwards */
    struct wp_state *state;              /* likewise */
    uint64_t log_bytes, texts_bytes;     /* of both files that count */
    uint64_t log_dropped;                /* bytes behind */
};

/* Reads what the manifest names. WP_EDAMAGED and the like with words; *r is then empty. */
enum wp_status wp_recover(struct wp_recovery *r, const char *dir, const struct wp_manifest *files,
                          struct wp_error *err);
/* Reads on behind r->log_bytes: what was committed since. The manifest is the same one. Others may look at
 * the memtable below its end meanwhile; a state that others have is copied when it changes. After a failure
 * the memtable may hold articles that do not count: it is read anew then. */
enum wp_status wp_recover_more(struct wp_recovery *r, const char *dir, const struct wp_manifest *files,
                               struct wp_error *err);
void wp_recovery_release(struct wp_recovery *r);

#endif
