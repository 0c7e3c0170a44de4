/*
 * lead.h - which member stands for a story.
 *
 * A policy gives every member a key; the least key wins, and the earlier article in input order on a tie.
 */
#ifndef WP_STORY_LEAD_H
#define WP_STORY_LEAD_H

#include <stdint.h>

struct wp_lead_key {
    uint64_t first, second;
};

/* Earliest date first; an unknown date (INT64_MIN) comes last. */
struct wp_lead_key wp_lead_by_date(int64_t date);
/* Most tokens first. */
struct wp_lead_key wp_lead_by_length(uint32_t tokens);
/* By place in a list of owners (0 = most wanted, UINT32_MAX = not in it), then by date. */
struct wp_lead_key wp_lead_by_source(uint32_t place, int64_t date);

static inline int wp_lead_before(struct wp_lead_key a, struct wp_lead_key b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
}

#endif
