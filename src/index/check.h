/*
 * check.h - reads every byte of an index, verifies every checksum and every reference between its files.
 *
 * Nothing is changed. What is wrong is told one by one, with the file, the place, and the articles concerned;
 * a damaged block costs the articles that are in it and no others. Where the disk does not give back what was
 * written, that is told, and nothing else is looked at.
 */
#ifndef WP_INDEX_CHECK_H
#define WP_INDEX_CHECK_H

#include "index/view.h"

struct wp_damage {
    struct wp_error error; /* file, offset, words */
    uint32_t first, count; /* articles concerned: these numbers; count 0 = none by number */
    bool whole_index;      /* nothing can be read without it */
};

struct wp_check_counts {
    uint64_t files, bytes, articles, dead, blocks, keys, damages;
};

/* tell is called for each damage. WP_OK when the whole index was looked at, whatever was found; WP_ENOENT
 * when there is none, WP_ENOMEM. */
enum wp_status wp_index_check(const char *dir, void (*tell)(void *self, const struct wp_damage *damage),
                              void *self, struct wp_check_counts *counts, struct wp_error *err);

/* An open segment by itself: every checksum, and whether its keys and rows agree. WP_EDAMAGED with what is
 * wrong first. */
enum wp_status wp_check_segment(const struct wp_index_segment *s, struct wp_error *err);

#endif
