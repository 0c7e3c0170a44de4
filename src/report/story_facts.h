/*
 * story_facts.h - what a story's members are together: when it was seen, at whose sites, from which agencies,
 * in which languages.
 */
#ifndef WP_REPORT_STORY_FACTS_H
#define WP_REPORT_STORY_FACTS_H

#include "engine/run.h"

/* A name; its text is the run's, and not ended by NUL. */
struct wp_fact_name {
    const char *text;
    size_t len;
};

/* Ordered by their bytes, each once. */
struct wp_fact_names {
    struct wp_fact_name *items;
    size_t count;
    uint32_t *numbers; /* scratch */
    bool unknown;      /* there are some, and not all can be told (engine/labels.h) */
};

/* Zero-initialised is empty; may be used for story after story. */
struct wp_story_facts {
    int64_t first_seen, last_seen; /* of the known dates; WP_DATE_UNKNOWN when none is */
    struct wp_fact_names owners, agencies, languages;
    size_t cap;
};

/* WP_ENOMEM, WP_EIO. Release in any case. */
enum wp_status wp_story_facts_gather(struct wp_story_facts *f, struct wp_run *run,
                                     const struct wp_story *story, struct wp_error *err);
void wp_story_facts_release(struct wp_story_facts *f);

#endif
