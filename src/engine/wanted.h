/*
 * wanted.h - the owners named by --keep source:LIST, in order of preference.
 *
 * A name is read as a record's source would be (input/owner.h), with the same groups of sister outlets: who
 * names one sister names them all.
 */
#ifndef WP_ENGINE_WANTED_H
#define WP_ENGINE_WANTED_H

#include "engine/run.h"

struct wp_wanted_owner {
    uint32_t owner; /* as wp_article_row.owner */
    bool seen;
    const char *name; /* as given, len bytes; borrowed from the settings */
    size_t len;
};

/* Zero-initialised is empty. */
struct wp_wanted {
    struct wp_wanted_owner *items;
    size_t count, cap;
};

/* Empty when the settings have no such list. WP_ENOMEM; to be released in any case. */
enum wp_status wp_wanted_read(struct wp_wanted *w, const struct wp_settings *settings);
void wp_wanted_release(struct wp_wanted *w);
/* Place of an owner in the list, UINT32_MAX: not in it. */
uint32_t wp_wanted_place(const struct wp_wanted *w, uint32_t owner);
/* Appends the names that no article of the run goes by, each once. Looks at articles until every name was
 * met, so as a rule at few. WP_ENOMEM, WP_EIO. */
enum wp_status wp_wanted_missing(struct wp_wanted *w, struct wp_run *run, struct wp_names *missing,
                                 struct wp_error *err);

#endif
