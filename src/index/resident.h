/*
 * resident.h - a bound on the pages of mapped files that are in memory at once.
 *
 * A page of a mapped file counts as memory of the process from the moment it is touched, and the system maps
 * those around it along: a window of WP_WINDOW_BYTES. So whoever reads says which windows (section.h does,
 * for every range that is asked for), each of which is marked; and when more are marked than the limit
 * allows, a hand goes over all files and gives back those that were not read since it came by last. They are
 * there again when they are touched, from the system's cache or the file.
 *
 *     not there --read--> in use <--read-- passed by --the hand--> not there
 *                            `----the hand----^
 *
 * To map a window and to give it back costs ten times as much as to copy a few bytes of it. So when there is
 * no room, who wants no more than that is told so, unless the same window was wanted several times in a row.
 *
 * Any thread may read, and the hand may give back a window while another thread reads it: that one maps it
 * anew. It is not counted then, until it is read again; the hand gives back what stands between two windows
 * that it gives back, marked or not, so that such do not add up. And of files that were just written or
 * copied newer systems map more than a window at a time: so what the process has mapped is looked at now and
 * then, and when that has become too much all is given back.
 */
#ifndef WP_INDEX_RESIDENT_H
#define WP_INDEX_RESIDENT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include "base/map.h"

/* What Linux maps at a page fault, as far as the system's cache has it. */
#define WP_WINDOW_BYTES ((size_t)64 << 10)

enum wp_window { WP_WINDOW_AWAY, WP_WINDOW_PASSED, WP_WINDOW_IN_USE };

/* The windows of one file. Zero-initialised: not watched. */
struct wp_windows {
    struct wp_resident *of;
    const struct wp_map *map; /* borrowed */
    atomic_uchar *marks;      /* enum wp_window, of each */
    size_t count;
    atomic_size_t missed; /* the window that there was no room for last, */
    atomic_uint misses;   /* and how many times in a row; between threads more or less */
    size_t lead;          /* bytes of the first window before the file: windows are aligned in memory */
    struct wp_windows *next, *before; /* in a ring; guarded by of->turn */
};

/* All files that share a limit. Shared, any thread. */
struct wp_resident {
    atomic_uint users;
    atomic_size_t marked, most; /* windows */
    atomic_size_t added;        /* windows, ever */
    pthread_mutex_t turn;       /* guards what follows, and giving back */
    uint64_t others;         /* bytes of mapped files in memory that are none of these, as far as is known */
    struct wp_windows *hand; /* the file that it stands in; NULL: there are none */
    size_t hand_at;          /* its window */
};

/* With one user, and room for `bytes`, as many windows as fit but one at least. NULL when out of memory. */
struct wp_resident *wp_resident_new(uint64_t bytes);
struct wp_resident *wp_resident_share(struct wp_resident *r);
void wp_resident_drop(struct wp_resident *r);
/* From now on no more than that. Gives back what is more. */
void wp_resident_limit(struct wp_resident *r, uint64_t bytes);
/* Bytes of all windows that are marked. */
uint64_t wp_resident_bytes(const struct wp_resident *r);

/* Watches a mapped file from now on, as long as it is mapped. Zero-initialised before; WP_ENOMEM: it is not
 * watched. */
enum wp_status wp_windows_watch(struct wp_windows *w, struct wp_resident *r, const struct wp_map *map);
/* Before it is unmapped, when nobody reads it any more. Does nothing for one that is not watched. */
void wp_windows_release(struct wp_windows *w);

/* Gives back all of it. Any thread. */
void wp_windows_forget(struct wp_windows *w);

/* Inside: is there room for a window that is not there? */
bool wp_windows_may_map_(struct wp_windows *w, size_t window);
/* Is the window of that byte in memory? */
static inline bool wp_windows_are_near(const struct wp_windows *w, uint64_t offset) {
    return atomic_load_explicit(&w->marks[(offset + w->lead) / WP_WINDOW_BYTES], memory_order_relaxed) !=
           WP_WINDOW_AWAY;
}
/* Are the windows of bytes [offset, offset + len) in memory, or is there room for them? */
static inline bool wp_windows_have_room(struct wp_windows *w, uint64_t offset, uint64_t len) {
    offset += w->lead;
    for (size_t i = offset / WP_WINDOW_BYTES; i <= (offset + len - 1) / WP_WINDOW_BYTES; i++)
        if (atomic_load_explicit(&w->marks[i], memory_order_relaxed) == WP_WINDOW_AWAY &&
            !wp_windows_may_map_(w, i))
            return false;
    return true;
}

/* Inside: marks a window that was not in use. */
void wp_windows_mark_(struct wp_windows *w, size_t window);

/* Bytes [offset, offset + len) of the file, of which there is at least one, are going to be read. */
static inline void wp_windows_touch(struct wp_windows *w, uint64_t offset, uint64_t len) {
    offset += w->lead;
    for (size_t i = offset / WP_WINDOW_BYTES; i <= (offset + len - 1) / WP_WINDOW_BYTES; i++)
        if (atomic_load_explicit(&w->marks[i], memory_order_relaxed) != WP_WINDOW_IN_USE)
            wp_windows_mark_(w, i);
}

#endif
