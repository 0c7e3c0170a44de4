/*
 * owner.h - who publishes a record.
 *
 * The registrable domain of the url's host by the public suffix list ("news.bbc.co.uk" -> "bbc.co.uk"), in
 * lower case, without user, port and final dot. A host that has none, being an IP address, a single name or
 * itself a public suffix, stands for itself. Without a url that has a host, the source decides: in the same
 * way when it looks like a host ("www.punchng.com" -> "punchng.com"), else as it is, trimmed and with A-Z in
 * lower case. Without both there is no owner. Owners that a file joins (owner_groups.h) go by their group's
 * name.
 *
 * The only place that knows libpsl, whose built-in list is used. Hosts repeat, so answers are kept in a
 * cache, which belongs to one thread.
 */
#ifndef WP_INPUT_OWNER_H
#define WP_INPUT_OWNER_H

#include "input/owner_groups.h"
#include "input/record.h"

/* Longest owner, and longest host that is looked at; what is longer is cut to this (a source) or counts as no
 * host (a url). DNS allows 253. */
#define WP_OWNER_MAX 255

struct wp_owner_cache;

/* WP_ENOMEM. */
enum wp_status wp_owner_cache_new(struct wp_owner_cache **cache);
void wp_owner_cache_free(struct wp_owner_cache *cache);
/* From now on owners go by the names of their groups. Borrowed; NULL: each by its own, as in the beginning.
 */
void wp_owner_cache_join(struct wp_owner_cache *cache, const struct wp_owner_groups *groups);

/* Sets *name and *len; *len is 0 when there is none. Not ended by NUL; good until the next call with the same
 * cache. Reads url and source of the record only. */
void wp_owner_find(struct wp_owner_cache *cache, const struct wp_record *record, const char **name,
                   size_t *len);

#endif
