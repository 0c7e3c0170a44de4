/*
 * terms.h - the terms of an index: what it was told once (index/settings.h), ready for use.
 *
 * Whoever adds to an index, asks it or lists it must agree on who is whose sister and which agencies there
 * are, else one text would have two answers. So the index keeps both files; who opens it need not name them
 * again, and naming another one changes the terms for all that follows, and for all that is there: owners
 * are joined when rows are read, agency lines found when texts are. Verdicts and stories that were told
 * stand. Whether furniture is left out is decided when an index is made.
 */
#ifndef WP_ENGINE_TERMS_H
#define WP_ENGINE_TERMS_H

#include "index/settings.h"
#include "index/store.h"
#include "input/owner_groups.h"
#include "input/record.h"
#include "text/agency.h"

struct wp_terms {
    struct wp_index_settings settings;
    struct wp_owner_groups *groups;   /* NULL: none */
    struct wp_agency_table *agencies; /* never NULL after opening: the built-in ones at least */
    struct wp_owner_map owners;       /* groups, by number (engine/run.h) */
    char *name;                       /* of the file of settings; */
    struct wp_file read;              /* and the one that was read, open; not open: there was none */
    bool given_owners, given_agencies;
};

/* Names of files; NULL: as the index has it. An empty file means none. */
struct wp_terms_given {
    const char *owners, *agencies;
    bool no_furniture;
};

/* The terms of the index in `dir`, with what is given in place of its own, which is not changed for that.
 * Errors of a file given are those of owner_groups.h and agency.h; else WP_EDAMAGED and the like of
 * settings.h, WP_ENOMEM. *t is filled in place; close in any case. */
enum wp_status wp_terms_open(struct wp_terms *t, const char *dir, const struct wp_terms_given *given,
                             struct wp_error *err);
void wp_terms_close(struct wp_terms *t);
/* Has the index still the settings that were read? Costs a look at the file's name. */
bool wp_terms_are_current(const struct wp_terms *t);
/* The terms of the same index as they are now; what was given for `before` holds on. As wp_terms_open. */
enum wp_status wp_terms_renew(struct wp_terms *t, const struct wp_terms *before, const char *dir,
                              struct wp_error *err);

/* The same for the writer: what is given is kept in the index. WP_EINVAL for no_furniture when the index
 * holds articles and was made without. */
enum wp_status wp_terms_open_writing(struct wp_terms *t, const struct wp_store *store,
                                     const struct wp_terms_given *given, struct wp_error *err);

/* The number that the owner of this url or source goes by, 0 for none. WP_ENOMEM. */
enum wp_status wp_terms_owner(const struct wp_terms *t, const struct wp_record *record, uint32_t *number);

#endif
