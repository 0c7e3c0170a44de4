/* index_open.h - what the commands that read an index have in common: a snapshot, and scratch to read it. */
#ifndef WP_CLI_INDEX_OPEN_H
#define WP_CLI_INDEX_OPEN_H

#include "engine/finder.h"
#include "engine/terms.h"

struct wp_index_reader {
    struct wp_store store;
    struct wp_terms terms;
    struct wp_view *view;
    struct wp_finder *finder;
};

/* given: in place of the index's own terms, this once; may be NULL. WP_ENOENT when there is no index, and
 * what else opening it and reading the files given says. Close in any case. */
enum wp_status wp_index_reader_open(struct wp_index_reader *r, const char *dir,
                                    const struct wp_terms_given *given, struct wp_error *err);
void wp_index_reader_close(struct wp_index_reader *r);

/* --since and --until: *seconds is left alone when text is NULL. WP_EINVAL with the flag's name. */
enum wp_status wp_flag_date(const char *text, const char *flag, int64_t *seconds, struct wp_error *err);
/* --now, likewise: of the years that an index can tell. */
enum wp_status wp_flag_now(const char *text, int64_t *seconds, struct wp_error *err);
/* --owner: the number it goes by, 0 for NULL. */
enum wp_status wp_flag_owner(const struct wp_index_reader *r, const char *text, uint32_t *owner,
                             struct wp_error *err);
/* "30d", "12h", "2w", "90s", "15m" as seconds. WP_EINVAL. */
enum wp_status wp_flag_age(const char *text, const char *flag, int64_t *seconds, struct wp_error *err);

#endif
