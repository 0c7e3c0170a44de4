/* terms.c - see terms.h. */
#include "engine/terms.h"

#include <stdlib.h>
#include <string.h>
#include "engine/run.h"
#include "input/line_file.h"
#include "input/owner.h"

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_terms_close(struct wp_terms *t) {
    wp_index_settings_release(&t->settings);
    wp_owner_groups_free(t->groups);
    wp_agency_table_free(t->agencies);
    wp_free(t->owners.items);
    wp_file_close(&t->read, NULL);
    wp_free(t->name);
    *t = (struct wp_terms){0};
}

bool wp_terms_are_current(const struct wp_terms *t) {
    return t->read.open ? wp_file_is_current(&t->read) : wp_file_kind(t->name) == WP_FILE_MISSING;
}

static int compare_owners(const void *x, const void *y) {
    const struct wp_joined_owner *a = x, *b = y;
    return a->owner != b->owner ? (a->owner < b->owner ? -1 : 1) : a->as < b->as ? -1 : a->as > b->as;
}

static enum wp_status map_owners(struct wp_terms *t) {
    size_t count = wp_owner_groups_names(t->groups);
    t->owners.items = wp_alloc(count, sizeof *t->owners.items);
    if (!t->owners.items) return WP_ENOMEM;
    for (size_t i = 0; i < count; i++) {
        const char *group;
        size_t len, group_len;
        const char *name = wp_owner_groups_name(t->groups, i, &len, &group, &group_len);
        struct wp_joined_owner joined = {wp_owner_number(name, len), wp_owner_number(group, group_len)};
        if (joined.owner != joined.as) t->owners.items[t->owners.count++] = joined;
    }
    if (t->owners.count) qsort(t->owners.items, t->owners.count, sizeof *t->owners.items, compare_owners);
    return WP_OK;
}

/* From the files' bytes; names: what to call the files in errors. */
static enum wp_status prepare(struct wp_terms *t, const char *owners, const char *agencies,
                              struct wp_error *err) {
    const struct wp_buffer *groups = &t->settings.owners, *rows = &t->settings.agencies;
    if (groups->len) {
        WP_TRY(wp_owner_groups_parse(&t->groups, groups->data, groups->len, owners, err));
        if (map_owners(t) != WP_OK) return no_memory(err);
    }
    return wp_agency_table_parse(rows->data, rows->len, agencies, &t->agencies, err);
}

/* Takes a file in the place of what is there; *changed when it says something else. */
static enum wp_status take_file(struct wp_buffer *to, const char *file, bool *changed, struct wp_error *err) {
    struct wp_buffer bytes = {0};
    if (!file) return WP_OK;
    if (strcmp(file, "-") == 0)
        return wp_fail(err, WP_EINVAL, "owners and agencies come from files, standard input is for articles");
    enum wp_status status = wp_whole_file_read(file, WP_SETTINGS_TEXT_MAX, &bytes, err);
    if (status != WP_OK) {
        wp_buffer_release(&bytes);
        return status;
    }
    if (bytes.len != to->len || (bytes.len && memcmp(bytes.data, to->data, bytes.len) != 0)) *changed = true;
    wp_buffer_release(to);
    *to = bytes;
    return WP_OK;
}

/* The file is opened before it is read: when another takes its place in between, that is seen later. */
static enum wp_status read_settings(struct wp_terms *t, const char *dir, struct wp_error *err) {
    *t = (struct wp_terms){.name = wp_path_join(dir, WP_SETTINGS_NAME)};
    if (!t->name) return no_memory(err);
    enum wp_status status = wp_file_open(&t->read, t->name, err);
    if (status != WP_OK && status != WP_ENOENT) return status;
    return wp_index_settings_read(&t->settings, dir, err);
}

static enum wp_status open_terms(struct wp_terms *t, const char *dir, const struct wp_terms_given *given,
                                 bool *changed, struct wp_error *err) {
    static const struct wp_terms_given nothing;
    const struct wp_terms_given *g = given ? given : &nothing;
    *changed = false;
    WP_TRY(read_settings(t, dir, err));
    t->given_owners = g->owners != NULL;
    t->given_agencies = g->agencies != NULL;
    WP_TRY(take_file(&t->settings.owners, g->owners, changed, err));
    WP_TRY(take_file(&t->settings.agencies, g->agencies, changed, err));
    return prepare(t, g->owners ? g->owners : t->name, g->agencies ? g->agencies : t->name, err);
}

static enum wp_status keep(struct wp_buffer *to, const struct wp_buffer *given, struct wp_error *err) {
    to->len = 0;
    return wp_buffer_add(to, given->data, given->len) == WP_OK ? WP_OK : no_memory(err);
}

enum wp_status wp_terms_renew(struct wp_terms *t, const struct wp_terms *before, const char *dir,
                              struct wp_error *err) {
    WP_TRY(read_settings(t, dir, err));
    t->given_owners = before->given_owners;
    t->given_agencies = before->given_agencies;
    if (t->given_owners) WP_TRY(keep(&t->settings.owners, &before->settings.owners, err));
    if (t->given_agencies) WP_TRY(keep(&t->settings.agencies, &before->settings.agencies, err));
    return prepare(t, t->name, t->name, err);
}

enum wp_status wp_terms_open(struct wp_terms *t, const char *dir, const struct wp_terms_given *given,
                             struct wp_error *err) {
    bool changed;
    return open_terms(t, dir, given, &changed, err);
}

enum wp_status wp_terms_open_writing(struct wp_terms *t, const struct wp_store *store,
                                     const struct wp_terms_given *given, struct wp_error *err) {
    bool changed;
    WP_TRY(open_terms(t, store->dir, given, &changed, err));
    if (given && given->no_furniture && !t->settings.no_furniture) {
        if (wp_store_next(store))
            return wp_fail_file(err, WP_EINVAL, store->dir,
                                "leaves furniture out since it was made; --no-furniture is for a new index");
        t->settings.no_furniture = changed = true;
    }
    return changed ? wp_index_settings_write(&t->settings, &store->guard.fs, store->dir, err) : WP_OK;
}

enum wp_status wp_terms_owner(const struct wp_terms *t, const struct wp_record *record, uint32_t *number) {
    struct wp_owner_cache *owners;
    const char *name;
    size_t len;
    *number = 0;
    if (!record->url_len && !record->source_len) return WP_OK;
    WP_TRY(wp_owner_cache_new(&owners));
    wp_owner_cache_join(owners, t->groups);
    wp_owner_find(owners, record, &name, &len);
    if (len) *number = wp_owner_number(name, len);
    wp_owner_cache_free(owners);
    return WP_OK;
}
