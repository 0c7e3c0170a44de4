/*
 * unreadable.h - ranges of an index's files that the disk does not give back (EIO).
 *
 * Segments are mapped, and touching such a page ends the process; so who looks for damage reads every file
 * through before, by calls that fail. Other runs do not.
 */
#ifndef WP_INDEX_UNREADABLE_H
#define WP_INDEX_UNREADABLE_H

#include "base/file.h"

enum { WP_UNREADABLE_UNIT = 4096 }; /* a disk that cannot read a byte is not asked for less */

/* Bytes [begin, end) of a file. */
struct wp_unreadable {
    uint64_t begin, end;
};

/* The first such range at or behind `from`; begin == end == size when there is none. WP_ENOMEM and the like.
 */
enum wp_status wp_unreadable_next(const struct wp_file *f, uint64_t size, uint64_t from,
                                  struct wp_unreadable *out, struct wp_error *err);

/* Visits each file of the index in `dir` that has such a range, with the first one; what visit returns ends
 * it, unless it is WP_OK. Left-over files are read, too. WP_OK without a directory. */
struct wp_unreadable_visitor {
    enum wp_status (*visit)(void *self, const struct wp_file *f, uint64_t size,
                            const struct wp_unreadable *first, struct wp_error *err);
    void *self;
};
enum wp_status wp_unreadable_look(const char *dir, const struct wp_unreadable_visitor *visitor,
                                  struct wp_error *err);

/* Says so, for a range of a file; returns WP_EDAMAGED. */
enum wp_status wp_unreadable_say(const struct wp_file *f, const struct wp_unreadable *range,
                                 struct wp_error *why);

#endif
