/*
 * verdict.h - what an index says, as lines of JSON: verdicts, events, reprints.
 *
 *     {"id","story","relation":"new|exact|copy|excerpt|banner|rejected","to","coverage","jaccard","first_seen"}
 *     {"event":"merge","story","into"}          a story became part of another
 *     {"event":"move","id","story","into"}      an article is told in another story; null: it is a banner
 *
 * `to` and `first_seen` are null when there is none; dates are ISO 8601 in UTC. Story ids are strings.
 * Writing appends to a buffer; WP_ENOMEM.
 */
#ifndef WP_REPORT_VERDICT_H
#define WP_REPORT_VERDICT_H

#include "engine/online.h"

/* "2021-09-16T12:15:17Z" or null. */
enum wp_status wp_json_date(struct wp_buffer *out, int64_t seconds);

struct wp_verdict_line {
    const struct wp_online_verdict *verdict;
    const uint8_t *id, *to;
    size_t id_len, to_len;
    bool lasting; /* false: "durability":"none" is said */
};
enum wp_status wp_verdict_write(struct wp_buffer *out, const struct wp_verdict_line *line);
enum wp_status wp_verdict_rejected(struct wp_buffer *out, const char *id, const char *reason);
/* A line for each of o->events. id: scratch. What reading the ids says (wp_online_id), too. */
enum wp_status wp_events_write(struct wp_buffer *out, struct wp_online *o, struct wp_buffer *id,
                               struct wp_error *err);

#endif
