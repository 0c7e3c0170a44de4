/*
 * online_story.h - the stories of the online run: who is in which, what a text gains in each, and when two
 * become one.
 *
 * It is the search of story/agreement.h, as far as it goes while articles come one by one. There an article
 * moves to the story that it gains most by; here it is told there when it comes. There two stories become one
 * when that gains; here this is looked at when an article has come that gains in both, for then alone the sum
 * can have risen. Of each story WP_AGREEMENT_ABSENT members are compared, the earliest: what is decided
 * depends on the articles and their order alone.
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

/* Notes an event of this call. */
enum wp_status wp_online_note(struct wp_online *o, const struct wp_online_event *event, struct wp_error *err);

#endif
