/* index_open.c - see index_open.h. */
#include "cli/index_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "input/date.h"

enum { PROFILES_BYTES = 4096 * WP_PROFILE_BYTES };

enum wp_status wp_index_reader_open(struct wp_index_reader *r, const char *dir,
                                    const struct wp_terms_given *given, struct wp_error *err) {
    struct wp_store_options options = {.write = false};
    *r = (struct wp_index_reader){0};
    WP_TRY(wp_store_open(&r->store, dir, &options, err));
    WP_TRY(wp_terms_open(&r->terms, dir, given, err));
    wp_store_join_owners(&r->store, &r->terms.owners);
    r->view = wp_store_snapshot(&r->store);
    if (!r->view) return wp_fail(err, WP_ENOMEM, "out of memory");
    return wp_finder_new(&r->finder, PROFILES_BYTES, r->terms.agencies, err);
}

void wp_index_reader_close(struct wp_index_reader *r) {
    wp_finder_free(r->finder);
    wp_view_drop(r->view);
    wp_store_abandon(&r->store);
    wp_terms_close(&r->terms);
    *r = (struct wp_index_reader){0};
}

enum wp_status wp_flag_date(const char *text, const char *flag, int64_t *seconds, struct wp_error *err) {
    if (!text || wp_date_parse(text, strlen(text), NULL, seconds)) return WP_OK;
    return wp_fail(err, WP_EINVAL, "--%s takes a date such as 2021-09-16, not '%s'", flag, text);
}

enum wp_status wp_flag_now(const char *text, int64_t *seconds, struct wp_error *err) {
    WP_TRY(wp_flag_date(text, "now", seconds, err));
    if (!text || (*seconds >= 1 && *seconds <= UINT32_MAX)) return WP_OK;
    return wp_fail(err, WP_EINVAL, "--now takes a date from 1970 to 2106, not '%s'", text);
}

enum wp_status wp_flag_owner(const struct wp_index_reader *r, const char *text, uint32_t *owner,
                             struct wp_error *err) {
    *owner = 0;
    if (!text) return WP_OK;
    struct wp_record record = {.source = (const uint8_t *)text, .source_len = strlen(text)};
    if (wp_terms_owner(&r->terms, &record, owner) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    return *owner ? WP_OK : wp_fail(err, WP_EINVAL, "--owner takes a name such as bbc.co.uk, not '%s'", text);
}

enum wp_status wp_flag_age(const char *text, const char *flag, int64_t *seconds, struct wp_error *err) {
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    char *end;
    errno = 0;
    long long n = text && *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : -1;
    if (n >= 0 && errno == 0 && n < INT32_MAX && *end && !end[1])
        for (size_t i = 0; i < sizeof units / sizeof *units; i++)
            if (units[i].unit == *end) {
                *seconds = n * units[i].seconds;
                return WP_OK;
            }
    return wp_fail(err, WP_EINVAL, "--%s takes an age such as 30d or 12h, not '%s'", flag, text ? text : "");
}
