/*
 * rejudge.h - after a repair (index/repair.h): who lost another one of its story is judged anew.
 *
 * Of three articles the one that had something in common with both others may be lost; then these have been
 * told together for nothing. Here the online run looks at such stories again, and what changes is written
 * down and told as events, as when an article is added. In this order:
 *
 *     alone    an article that was kept without its row, and so without its story, is judged like a new one.
 *              It comes back to where it belongs, and nobody who stayed there is judged without it
 *     lost     of the story of an article that was lost the first member is judged anew, with which the whole
 *              story is divided anew unless it has too many members for it (online_divide.c); of the others
 *              those that gain nothing there any more (WP_TOUCH_LEFT). Each member is compared with
 *              WP_AGREEMENT_ABSENT others at most
 *
 * The story of a lost article is that of its row or of a move. When its row was lost as well it is the one
 * that bears its number, if it founded one, and those of articles that were added as copies of it. It is not
 * found when the article came last of its story, or all that came behind it matched the founder: so two
 * stories that became one by it stay one. Nor is anything known of articles behind the end of a lost log, or
 * of stories that changed in the damaged part of one.
 *
 * Nothing is judged anew when the state was lost, and with it what is furniture: sites would be taken for
 * stories. (Of furniture that was learnt in a damaged part of the log that much is put up with.)
 *
 * The index is whole before this begins, and after each commit in it. When it is stopped, or fails, the
 * stories that were not looked at yet stay as they are, like those of a deleted article; it is not made up
 * for. Names stay: a story goes on under its founder's number when that was lost.
 */
#ifndef WP_ENGINE_REJUDGE_H
#define WP_ENGINE_REJUDGE_H

#include "engine/online.h"
#include "index/repair.h"

struct wp_rejudge_list {
    uint32_t *numbers;
    size_t count, cap;
};

/* What a repair said of stories. Zero-initialised. */
struct wp_rejudge {
    struct wp_rejudge_list stories; /* that lost articles were told in */
    struct wp_rejudge_list unknown; /* lost articles of which it is not known */
    struct wp_rejudge_list alone;   /* articles that are in a story of their own for want of another */
    bool state_lost, no_memory;     /* no_memory: something is missing here */
};

/* Told of events that last, o->events; o is not to be changed. What is not WP_OK ends the judging. */
struct wp_rejudge_teller {
    enum wp_status (*tell)(void *self, struct wp_online *o, struct wp_error *err);
    void *self;
};

/* Takes in what a repair tells. */
void wp_rejudge_note(struct wp_rejudge *r, const struct wp_repair_note *note);
/* After the repair. Opens the index for writing, unless there is nothing to look at: then it is not touched.
 * store: `write` is set here. WP_EBUSY, and what opening, judging and committing say (online.h). */
enum wp_status wp_rejudge_run(struct wp_rejudge *r, const char *dir, const struct wp_store_options *store,
                              const struct wp_rejudge_teller *teller, struct wp_error *err);
void wp_rejudge_release(struct wp_rejudge *r);

#endif
