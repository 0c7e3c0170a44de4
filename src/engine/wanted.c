/* wanted.c - see wanted.h. */
#include "engine/wanted.h"

#include <string.h>
#include "base/memory.h"
#include "input/owner.h"

static enum wp_status add(struct wp_wanted *w, struct wp_owner_cache *owners, const char *name, size_t len) {
    struct wp_record record = {.source = (const uint8_t *)name, .source_len = len};
    const char *owner;
    size_t owner_len;
    wp_owner_find(owners, &record, &owner, &owner_len);
    if (!owner_len) return WP_OK;
    uint32_t number = wp_owner_number(owner, owner_len);
    if (wp_wanted_place(w, number) != UINT32_MAX) return WP_OK;
    WP_TRY(WP_GROW(w->items, w->count, w->cap));
    w->items[w->count++] = (struct wp_wanted_owner){number, false, name, len};
    return WP_OK;
}

enum wp_status wp_wanted_read(struct wp_wanted *w, const struct wp_settings *settings) {
    const char *at = settings->keep == WP_KEEP_SOURCE ? settings->sources : NULL;
    struct wp_owner_cache *owners;
    *w = (struct wp_wanted){0};
    if (!at) return WP_OK;
    WP_TRY(wp_owner_cache_new(&owners));
    wp_owner_cache_join(owners, settings->owner_groups);
    enum wp_status status = WP_OK;
    while (status == WP_OK && *at) {
        size_t len = strcspn(at, ","), first = strspn(at, " \t"), last = len;
        while (last > first && (at[last - 1] == ' ' || at[last - 1] == '\t')) last--;
        if (first < last) status = add(w, owners, at + first, last - first);
        at += len + (at[len] == ',');
    }
    wp_owner_cache_free(owners);
    return status;
}

void wp_wanted_release(struct wp_wanted *w) {
    wp_free(w->items);
    *w = (struct wp_wanted){0};
}

uint32_t wp_wanted_place(const struct wp_wanted *w, uint32_t owner) {
    for (size_t i = 0; i < w->count; i++)
        if (w->items[i].owner == owner) return (uint32_t)i;
    return UINT32_MAX;
}

static enum wp_status look_for(struct wp_wanted *w, struct wp_run *run, struct wp_error *err) {
    struct wp_article_row scratch;
    size_t unseen = w->count;
    for (uint64_t rank = 0; rank < run->order.articles && unseen; rank++) {
        const struct wp_article_row *row = wp_run_row(run, (uint32_t)rank, &scratch, err);
        if (!row) return err->status;
        uint32_t place = wp_wanted_place(w, row->owner);
        if (place == UINT32_MAX || w->items[place].seen) continue;
        w->items[place].seen = true;
        unseen--;
    }
    return WP_OK;
}

enum wp_status wp_wanted_missing(struct wp_wanted *w, struct wp_run *run, struct wp_names *missing,
                                 struct wp_error *err) {
    WP_TRY(look_for(w, run, err));
    for (size_t i = 0; i < w->count; i++) {
        char name[WP_OWNER_MAX + 1];
        if (w->items[i].seen) continue;
        size_t len = w->items[i].len < WP_OWNER_MAX ? w->items[i].len : WP_OWNER_MAX;
        memcpy(name, w->items[i].name, len);
        name[len] = '\0';
        if (wp_names_add(missing, name) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    }
    return WP_OK;
}
