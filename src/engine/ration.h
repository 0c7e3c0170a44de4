/*
 * ration.h - how the writer of an index shares out the memory that it may use.
 *
 *     | program, buffers | stories, owners, furniture | keys seen | segments | memtable | profiles |
 *       always the same    as large as the index        at most     mapped     |<- share what is left ->|
 *
 * The table of keys seen saves the most for its bytes: it has what it needs, up to a quarter. Segments are
 * mapped, and a page of theirs counts as memory of the process from the moment it is touched. All of it is
 * wanted again and again, and a page that is not there costs more than a profile that must be made: so they
 * have room for all that they are, up to three quarters of the rest. The shares of the others become smaller
 * as segments grow, and what they had taken comes back late: profiles with the next round of their ring
 * (base/ring.h), the memtable with the next one. So the ration looks ahead, and has others make room for what
 * segments will be by then. Should the process have more of its own all the same, segments have less: their
 * limit (index/resident.h) is what it may have less what it has of its own at the moment, whatever its share
 * was. The memtable's share is what it takes with the room for sorting its keys.
 *
 * What is found depends on none of this, only how often a text is unpacked again, a key looked up in vain, a
 * page mapped anew.
 */
#ifndef WP_ENGINE_RATION_H
#define WP_ENGINE_RATION_H

#include <stddef.h>
#include <stdint.h>

struct wp_ration_needs {
    uint64_t memory_bytes; /* of all together */
    uint64_t articles, furniture;
    uint64_t segment_bytes; /* of all segments */
    uint32_t waiting;       /* articles that are in none yet */
    size_t seen_bytes;      /* of the table that is there; 0 = none yet */
    size_t seen_wanted;     /* of the one that is going to be made soon, as far as there is room; 0 = none */
};

struct wp_ration {
    uint32_t flush_rows;  /* of a memtable that is flushed */
    size_t seen_bytes;    /* of a table that is made now (index/seen.h); 0: too small to be of use */
    size_t profile_bytes; /* of kept profiles, with their slots */
    uint64_t own_bytes;   /* of all but segments: a process that has more of its own has holes in it */
    uint64_t most_bytes;  /* of all together, less than it may have by what is touched until somebody looks */
};

/* With less memory than it takes (some 96 MiB, and 24 bytes an article) the shares are the least that is of
 * use. */
struct wp_ration wp_ration_of(const struct wp_ration_needs *needs);
/* What is left for pages of segments in a process that has `own` bytes besides mapped files; 0: not known. */
uint64_t wp_ration_segments(const struct wp_ration *r, uint64_t own);

#endif
