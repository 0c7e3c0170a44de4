/*
 * online_story.h - the stories of the online run: who is in which, what a text gains in each, and when two
 * become one.
 *
 * It is the search of story/agreement.h, as far as it goes while articles come one by one. An article is told
 * in the story that it gains most by when it comes. Where that leaves doubts, the stories around it are
 * divided anew by that search itself (online_divide.c). Those that have too many members for it become one
 * when that gains, which is looked at when an article has come that gains in both, for then alone the sum can
 * have risen; of each WP_AGREEMENT_ABSENT members are compared, the earliest. What is decided depends on the
 * articles and their order alone.
 *
 * The members of a story are a ring, ascending by number, from the last one on to the first.
 */
#ifndef WP_ENGINE_ONLINE_STORY_H
#define WP_ENGINE_ONLINE_STORY_H

#include "engine/online.h"

/* The story that an article is told in. */
uint32_t wp_online_story(const struct wp_online *o, uint32_t number, const struct wp_row *row);

/* Finds the members of all stories, and tells the finder all owners, from the rows. WP_EDAMAGED, WP_ENOMEM.
 */
enum wp_status wp_stories_gather(struct wp_online *o, struct wp_error *err);
/* Room for an article, or a story, of that number. WP_ENOMEM. */
enum wp_status wp_stories_reach(struct wp_online *o, uint32_t number);
/* Takes an article in; and out, which looks for the earliest date among those left if it must. Nothing is
 * written down. */
void wp_stories_join(struct wp_online *o, uint32_t story, uint32_t number, int64_t date);
enum wp_status wp_stories_leave(struct wp_online *o, uint32_t story, uint32_t number,
                                const struct wp_row *row, struct wp_error *err);
/* The first members of a story, ascending and at most `most`, without `except`; returns how many. */
uint32_t wp_stories_members(const struct wp_online *o, uint32_t story, uint32_t except, uint32_t *members,
                            uint32_t most);

/* All members of a story but `except`; the caller frees them. */
enum wp_status wp_stories_list(const struct wp_online *o, uint32_t story, uint32_t except, uint32_t **out,
                               uint32_t *count, struct wp_error *err);

/* Tells an article in another story; into WP_NUMBER_NONE: it is a banner. Written down, and an event. */
enum wp_status wp_stories_move(struct wp_online *o, uint32_t number, uint32_t from, uint32_t into,
                               struct wp_error *err);
/* Makes a story that nobody is told in part of none, so that articles can be told under its name. */
enum wp_status wp_stories_free_name(struct wp_online *o, uint32_t name, struct wp_error *err);
/* Makes one story part of another. Written down, and an event. */
enum wp_status wp_stories_merge(struct wp_online *o, uint32_t from, uint32_t into, struct wp_error *err);

/* Gathers what the finder's text, by its matches, has to do with each story, into o->ties. */
void wp_ties_gather(struct wp_online *o);
/* What the text gains in a story of `others` besides it: of each member that it matches what the pair says,
 * of each other one, up to a few, that it has nothing to do with it. */
int64_t wp_tie_gain(const struct wp_tie *t, uint32_t others);
/* The same for a story that it is not in; and the tie to the story where most is gained, NULL when nothing is
 * (on a tie the one with the better match; matches come best first). */
int64_t wp_tie_gain_joining(const struct wp_online *o, const struct wp_tie *t);
const struct wp_tie *wp_ties_choose(const struct wp_online *o);

/* Adds what the finder's text, taken from the index, gains by one other article. */
enum wp_status wp_stories_add_gain(struct wp_online *o, uint32_t number, int64_t *gain, struct wp_error *err);
/* Merges the story that article `number` is told in with others that it ties to, where that gains; *story is
 * where it is told then. The finder's text is another one afterwards, its matches are not. */
enum wp_status wp_stories_unite(struct wp_online *o, uint32_t number, uint32_t *story, struct wp_error *err);

/* Divides the story that article `number` is told in, and those that it ties to, anew (online_divide.c),
 * where the ties leave doubts and that gains. *done: nothing is left in doubt; else there were too many
 * members to look at. Who is moved by it is touched. The finder's text is another one afterwards, its matches
 * are not. */
enum wp_status wp_stories_divide(struct wp_online *o, uint32_t number, uint32_t story, bool *done,
                                 struct wp_error *err);

/* Notes an event of this call. */
enum wp_status wp_online_note(struct wp_online *o, const struct wp_online_event *event, struct wp_error *err);

#endif
