/* name_list.h - names that many members have, each told once: the owners, agencies, languages of a story. */
#ifndef WP_REPORT_NAME_LIST_H
#define WP_REPORT_NAME_LIST_H

#include "base/memory.h"

/* Zero-initialised is empty; may be used for story after story. */
struct wp_name_list {
    struct wp_buffer bytes; /* of the names, one behind the other */
    struct wp_name_place {
        size_t at, len;
    } * items;
    size_t count, cap;
};
void wp_name_list_clear(struct wp_name_list *l);
void wp_name_list_release(struct wp_name_list *l);

/* A name of no bytes is none. WP_ENOMEM. */
enum wp_status wp_name_list_add(struct wp_name_list *l, const void *name, size_t len);
/* Sorts the names by their bytes and leaves each once. */
void wp_name_list_settle(struct wp_name_list *l);
/* Appends them as a JSON array of strings. WP_ENOMEM. */
enum wp_status wp_name_list_json(const struct wp_name_list *l, struct wp_buffer *out);

#endif
