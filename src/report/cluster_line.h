/*
 * cluster_line.h - one line of stories.jsonl, or of any file that gives clusters the same way.
 *
 *     {"story": "s1", "members": [{"id": "a", ...}, {"id": 7, ...}, "b"], ...}
 *
 * The cluster's name is "story" (or else "cluster", "id"), a string or a number; members are objects with an
 * "id", or ids themselves; what wireprint says of them besides ("relation", "to", "coverage", "jaccard") is
 * handed out where it is there. All else is read over.
 */
#ifndef WP_REPORT_CLUSTER_LINE_H
#define WP_REPORT_CLUSTER_LINE_H

#include <stdbool.h>
#include "base/memory.h"

struct wp_cluster_text {
    const char *data; /* not terminated */
    size_t len;
};

/* What a member says of itself besides, empty where it says nothing: strings, decoded; numbers as they stand.
 */
struct wp_cluster_detail {
    struct wp_cluster_text relation, to, coverage, jaccard;
};

/* Reused from line to line; zero-initialised is empty. Texts live until the next read or release. */
struct wp_cluster_line {
    bool has_members; /* the line has a "members" array; otherwise it is about something else */
    struct wp_cluster_text name;
    struct wp_cluster_text *members;
    struct wp_cluster_detail *details; /* of each */
    size_t count;
    size_t member_cap, detail_cap;
    struct wp_buffer text; /* decoded strings */
};

/* Parses one line; 64 bytes behind it must be readable. WP_EFORMAT with *reason (a fixed text) when it is no
 * JSON object or a member has no id, WP_ENOMEM. */
enum wp_status wp_cluster_line_read(struct wp_cluster_line *c, const uint8_t *line, size_t len,
                                    const char **reason);
void wp_cluster_line_release(struct wp_cluster_line *c);

#endif
