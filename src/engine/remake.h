/*
 * remake.h - what an index knows of an article, made from its record again: for a repair (index/repair.h).
 *
 * Dates are read by the built-in forms. One thread at a time.
 */
#ifndef WP_ENGINE_REMAKE_H
#define WP_ENGINE_REMAKE_H

#include "engine/finder.h"
#include "engine/stored.h"
#include "index/repair.h"
#include "input/owner.h"

struct wp_remaker {
    struct wp_finder *finder;
    struct wp_owner_cache *owners;
    struct wp_stored_reader reader;
};

/* WP_ENOMEM. Release in any case. */
enum wp_status wp_remaker_init(struct wp_remaker *r, struct wp_error *err);
void wp_remaker_release(struct wp_remaker *r);
/* As the repair wants it; r must stay where it is. */
struct wp_article_maker wp_remaker_maker(struct wp_remaker *r);

#endif
