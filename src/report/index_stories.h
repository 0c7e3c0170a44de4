/*
 * index_stories.h - the stories of an index, as a view has them, and its answers in the batch run's formats.
 */
#ifndef WP_REPORT_INDEX_STORIES_H
#define WP_REPORT_INDEX_STORIES_H

#include "base/output.h"
#include "engine/finder.h"
#include "engine/terms.h"
#include "input/owner.h"
#include "report/name_list.h"

struct wp_index_member {
    uint32_t story, number;
    uint32_t owner;
    int64_t date;
};

/* Its members stand at members[first .. first + size - 1], by number. */
struct wp_index_story {
    uint32_t story, size;
    size_t first;
    uint32_t lead;                 /* the earliest dated member, the lowest number on a tie */
    uint32_t owners;               /* different ones; members without an owner do not count */
    int64_t first_seen, last_seen; /* INT64_MIN = not known */
};

struct wp_index_stories {
    struct wp_index_member *members;
    size_t member_count, member_cap;
    struct wp_index_story *items; /* by story id */
    size_t count, cap;
};

/* Every living article's story, single ones included. WP_EDAMAGED, WP_ENOMEM. Release in any case. */
enum wp_status wp_index_stories_gather(struct wp_index_stories *s, const struct wp_view *view,
                                       struct wp_error *err);
void wp_index_stories_release(struct wp_index_stories *s);

/* What writes answers: ids and names come from the records. The first five are set by the caller, the
 * rest begins as zero. finder: compares members whose story was not decided when they came. */
struct wp_index_writer {
    const struct wp_view *view;
    const struct wp_terms *terms;
    struct wp_profiles *profiles;
    struct wp_finder *finder;
    struct wp_output *out;
    struct wp_owner_cache *owner_names;
    struct wp_name_list owners, agencies, languages; /* of the story at hand */
    struct wp_buffer line, id;
};
void wp_index_writer_release(struct wp_index_writer *w);

/* One story as the batch run writes it (report/answers.h). WP_EDAMAGED, WP_ENOMEM, those of writing. */
enum wp_status wp_index_story_write(struct wp_index_writer *w, const struct wp_index_stories *s,
                                    const struct wp_index_story *story, struct wp_error *err);
/* Does a member's text name this agency (its short name, in any case)? Reads the records, one by one until
 * one does: a row does not know it. */
enum wp_status wp_index_story_is_wire(struct wp_index_writer *w, const struct wp_index_stories *s,
                                      const struct wp_index_story *story, const char *agency, bool *is_wire,
                                      struct wp_error *err);
/* The record of an article as it came, and a line end. */
enum wp_status wp_index_record_write(struct wp_index_writer *w, uint32_t number, struct wp_error *err);
/* All pairs that match, with the finder doing what an add does; a line each as in matches.tsv. */
enum wp_status wp_index_matches_write(struct wp_index_writer *w, struct wp_finder *finder,
                                      struct wp_error *err);

#endif
