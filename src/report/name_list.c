/* name_list.c - see name_list.h. */
#include "report/name_list.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"

/* Of a story's names together; its members are as many at most. */
#define NAMES_BYTES_MAX ((size_t)1 << 30)

void wp_name_list_clear(struct wp_name_list *l) {
    l->bytes.len = l->count = 0;
}

void wp_name_list_release(struct wp_name_list *l) {
    wp_buffer_release(&l->bytes);
    wp_free(l->items);
    *l = (struct wp_name_list){0};
}

static bool is_same(const struct wp_name_list *l, const struct wp_name_place *p, const void *name,
                    size_t len) {
    return p->len == len && memcmp(l->bytes.data + p->at, name, len) == 0;
}

enum wp_status wp_name_list_add(struct wp_name_list *l, const void *name, size_t len) {
    if (!len) return WP_OK;
    if (l->count && is_same(l, &l->items[l->count - 1], name, len)) return WP_OK;
    WP_TRY(WP_GROW(l->items, l->count, l->cap));
    WP_TRY(wp_buffer_reserve(&l->bytes, len, NAMES_BYTES_MAX));
    struct wp_name_place place = {l->bytes.len, len};
    WP_TRY(wp_buffer_add(&l->bytes, name, len));
    l->items[l->count++] = place;
    return WP_OK;
}

static int compare(const void *x, const void *y, void *list) {
    const struct wp_name_place *a = x, *b = y;
    const struct wp_name_list *l = list;
    int order = memcmp(l->bytes.data + a->at, l->bytes.data + b->at, a->len < b->len ? a->len : b->len);
    return order ? order : a->len < b->len ? -1 : a->len > b->len;
}

void wp_name_list_settle(struct wp_name_list *l) {
    size_t kept = 0;
    if (l->count) qsort_r(l->items, l->count, sizeof *l->items, compare, l);
    for (size_t i = 0; i < l->count; i++) {
        const struct wp_name_place p = l->items[i];
        if (!kept || !is_same(l, &l->items[kept - 1], l->bytes.data + p.at, p.len)) l->items[kept++] = p;
    }
    l->count = kept;
}

enum wp_status wp_name_list_json(const struct wp_name_list *l, struct wp_buffer *out) {
    WP_TRY(wp_buffer_add(out, "[", 1));
    for (size_t i = 0; i < l->count; i++) {
        if (i) WP_TRY(wp_buffer_add(out, ",", 1));
        WP_TRY(wp_json_string(out, l->bytes.data + l->items[i].at, l->items[i].len));
    }
    return wp_buffer_add(out, "]", 1);
}
