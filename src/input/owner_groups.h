/*
 * owner_groups.h - sister outlets: several owners that count as one.
 *
 * Read from a file that people write, one group a line:
 *
 *     # one newsroom, three sites
 *     punchng.com  saturdaypunch.example, sundaypunch.example
 *     "The Nation" thenationonlineng.net
 *
 * Names stand apart by white space or commas; a name that has such in itself stands in double quotes. From a
 * # where a name could begin, the line is comment. The first name is the group's. A name is read as a
 * record's source would be (owner.h: "www.punchng.com" is punchng.com). It may stand twice in one group, but
 * in one group only. The file may be plain, gzip or zstd.
 */
#ifndef WP_INPUT_OWNER_GROUPS_H
#define WP_INPUT_OWNER_GROUPS_H

#include "base/status.h"

#define WP_OWNER_FILE_LINE_MAX ((size_t)1 << 20)
/* Memory for all names: about a million of them. */
#define WP_OWNER_FILE_NAMES_BYTES_MAX ((size_t)64 << 20)

/* Does not change once read: any number of threads may look names up. */
struct wp_owner_groups;

/*
 * Reads a file. *out is NULL when that fails:
 *   WP_EINVAL    a name of two groups, a quote that does not end, bytes that are not UTF-8; "-", because
 *                standard input is for articles
 *   WP_ETOOBIG   a line or all names pass their maximum
 *   WP_EDAMAGED, WP_ENOENT and the like, WP_ENOMEM
 * with the file, and the line where there is one.
 */
enum wp_status wp_owner_groups_read(struct wp_owner_groups **out, const char *file, struct wp_error *err);
/* The same of a file's bytes, unpacked; `file` is its name for errors. */
enum wp_status wp_owner_groups_parse(struct wp_owner_groups **out, const uint8_t *bytes, size_t len,
                                     const char *file, struct wp_error *err);
void wp_owner_groups_free(struct wp_owner_groups *groups);

/* When *name (*len bytes, as wp_owner_find gives it) is in a group, it becomes the group's; else it stays.
 * The group's name lives as long as the groups. */
void wp_owner_groups_join(const struct wp_owner_groups *groups, const char **name, size_t *len);

/* Names of all groups, and one of them, with the name of its group; both live as long as the groups. */
size_t wp_owner_groups_names(const struct wp_owner_groups *groups);
const char *wp_owner_groups_name(const struct wp_owner_groups *groups, size_t i, size_t *len,
                                 const char **group, size_t *group_len);

/* Lines that name a group. */
size_t wp_owner_groups_count(const struct wp_owner_groups *groups);

#endif
