/* view.c - see view.h. */
#include "index/view.h"

#include <stdlib.h>
#include "base/memory.h"

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* ---- shared parts ---- */

enum wp_status wp_shared_texts_open(struct wp_shared_texts **out, const char *dir, uint32_t number,
                                    struct wp_error *err) {
    struct wp_shared_texts *t = wp_zalloc(1, sizeof *t);
    *out = NULL;
    if (!t) return no_memory(err);
    atomic_init(&t->users, 1);
    enum wp_status status = wp_texts_open(&t->texts, dir, number, err);
    if (status == WP_OK)
        *out = t;
    else
        wp_shared_texts_drop(t);
    return status;
}

void wp_shared_texts_drop(struct wp_shared_texts *t) {
    if (!t || atomic_fetch_sub(&t->users, 1) != 1) return;
    wp_texts_release(&t->texts);
    wp_free(t);
}

enum wp_status wp_shared_memtable_new(struct wp_shared_memtable **out, uint32_t first) {
    struct wp_shared_memtable *m = wp_zalloc(1, sizeof *m);
    *out = NULL;
    if (!m) return WP_ENOMEM;
    atomic_init(&m->users, 1);
    if (wp_memtable_new(&m->table, first) != WP_OK) {
        wp_free(m);
        return WP_ENOMEM;
    }
    *out = m;
    return WP_OK;
}

void wp_shared_memtable_drop(struct wp_shared_memtable *m) {
    if (!m || atomic_fetch_sub(&m->users, 1) != 1) return;
    wp_memtable_free(m->table);
    wp_free(m);
}

/* ---- making ---- */

static enum wp_status open_segments(struct wp_view *v, const char *dir, const struct wp_view *older,
                                    struct wp_error *err) {
    v->segments = wp_zalloc(v->files.segment_count, sizeof *v->segments);
    if (!v->segments) return no_memory(err);
    for (size_t i = 0; i < v->files.segment_count; i++) {
        const struct wp_manifest_segment *entry = &v->files.segments[i];
        for (size_t j = 0; older && j < older->segment_count && !v->segments[i]; j++)
            if (older->segments[j]->number == entry->number)
                v->segments[i] = wp_segment_share(older->segments[j]);
        if (!v->segments[i]) WP_TRY(wp_segment_open(&v->segments[i], dir, entry, err));
        v->segment_count++;
    }
    return WP_OK;
}

static struct wp_shared_texts *find_texts(const struct wp_view *v, uint32_t number) {
    size_t low = 0, high = v->texts_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->texts[mid]->texts.number < number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < v->texts_count && v->texts[low]->texts.number == number ? v->texts[low] : NULL;
}

static enum wp_status open_texts(struct wp_view *v, const char *dir, const struct wp_view *older,
                                 struct wp_error *err) {
    v->texts = wp_zalloc(v->files.texts_count, sizeof *v->texts);
    if (!v->texts) return no_memory(err);
    for (size_t i = 0; i < v->files.texts_count; i++) {
        const struct wp_manifest_texts *entry = &v->files.texts[i];
        struct wp_shared_texts *t = older ? find_texts(older, entry->number) : NULL;
        uint64_t size;
        if (t && !wp_file_is_current(&t->texts.file)) t = NULL; /* a repair has put another in its place */
        if (t)
            atomic_fetch_add(&t->users, 1);
        else
            WP_TRY(wp_shared_texts_open(&t, dir, entry->number, err));
        v->texts[v->texts_count++] = t;
        WP_TRY(wp_file_size(&t->texts.file, &size, err));
        if (i && entry->number <= v->files.texts[i - 1].number)
            return wp_fail_file(err, WP_EDAMAGED, dir, "the manifest does not add up");
        if (size < entry->bytes)
            return wp_fail_file(err, WP_EDAMAGED, t->texts.file.name, "is shorter than the manifest says");
    }
    return WP_OK;
}

/* An older view's files, with other articles. */
struct wp_view *wp_view_clone(const struct wp_view *of, uint32_t end, struct wp_state *state) {
    struct wp_view *v = wp_zalloc(1, sizeof *v);
    if (!v) return NULL;
    atomic_init(&v->users, 1);
    v->segments = wp_zalloc(of->segment_count, sizeof *v->segments);
    v->texts = wp_zalloc(of->texts_count, sizeof *v->texts);
    if (!v->segments || !v->texts || wp_manifest_copy(&v->files, &of->files) != WP_OK) {
        wp_view_drop(v);
        return NULL;
    }
    for (; v->segment_count < of->segment_count; v->segment_count++)
        v->segments[v->segment_count] = wp_segment_share(of->segments[v->segment_count]);
    for (; v->texts_count < of->texts_count; v->texts_count++) {
        v->texts[v->texts_count] = of->texts[v->texts_count];
        atomic_fetch_add(&v->texts[v->texts_count]->users, 1);
    }
    v->memtable = of->memtable;
    if (v->memtable) atomic_fetch_add(&v->memtable->users, 1);
    v->texts_number = of->texts_number;
    v->state = wp_state_share(state);
    v->end = end;
    v->owners = of->owners;
    v->incarnation = of->incarnation;
    return v;
}

enum wp_status wp_view_new(struct wp_view **out, const char *dir, const struct wp_manifest *files,
                           struct wp_state *state, struct wp_shared_memtable *memtable,
                           const struct wp_view *older, struct wp_error *err) {
    struct wp_view *v = wp_zalloc(1, sizeof *v);
    *out = NULL;
    if (!v) {
        wp_state_drop(state);
        wp_shared_memtable_drop(memtable);
        return no_memory(err);
    }
    atomic_init(&v->users, 1);
    v->state = state;
    v->memtable = memtable;
    v->texts_number = files->growing;
    v->incarnation = older ? older->incarnation : 0;
    v->end = files->next_number + (memtable ? memtable->table->rows : 0);
    enum wp_status status = wp_manifest_copy(&v->files, files) == WP_OK ? WP_OK : no_memory(err);
    if (status == WP_OK) status = open_segments(v, dir, older, err);
    if (status == WP_OK) status = open_texts(v, dir, older, err);
    if (status == WP_OK)
        *out = v;
    else
        wp_view_drop(v);
    return status;
}

struct wp_view *wp_view_share(struct wp_view *v) {
    atomic_fetch_add(&v->users, 1);
    return v;
}

enum wp_status wp_view_watch(struct wp_view *v, struct wp_resident *r, struct wp_error *err) {
    for (size_t i = 0; i < v->segment_count; i++)
        if (wp_segment_watch(v->segments[i], r) != WP_OK) return no_memory(err);
    return WP_OK;
}

uint64_t wp_view_segment_bytes(const struct wp_view *v) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < v->segment_count; i++) bytes += v->segments[i]->map.len;
    return bytes;
}

void wp_view_forget(const struct wp_view *v) {
    for (size_t i = 0; i < v->segment_count; i++) wp_segment_forget(v->segments[i]);
}

void wp_view_drop(struct wp_view *v) {
    if (!v || atomic_fetch_sub(&v->users, 1) != 1) return;
    for (size_t i = 0; i < v->segment_count; i++) wp_segment_drop(v->segments[i]);
    for (size_t i = 0; i < v->texts_count; i++) wp_shared_texts_drop(v->texts[i]);
    wp_free(v->segments);
    wp_free(v->texts);
    wp_shared_memtable_drop(v->memtable);
    wp_state_drop(v->state);
    wp_manifest_release(&v->files);
    wp_free(v);
}

/* ---- rows and records ---- */

/* The segment that holds a number, or NULL. */
static const struct wp_index_segment *segment_of(const struct wp_view *v, uint32_t number) {
    size_t low = 0, high = v->segment_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->segments[mid]->first + v->segments[mid]->count <= number)
            low = mid + 1;
        else
            high = mid;
    }
    return low < v->segment_count && v->segments[low]->first <= number ? v->segments[low] : NULL;
}

static bool in_memtable(const struct wp_view *v, uint32_t number) {
    return v->memtable && number >= v->memtable->table->first;
}

static int compare_owners(const void *key, const void *item) {
    uint32_t owner = *(const uint32_t *)key;
    const struct wp_joined_owner *joined = item;
    return owner < joined->owner ? -1 : owner > joined->owner;
}

uint32_t wp_view_owner(const struct wp_view *v, uint32_t owner) {
    const struct wp_owner_map *m = v->owners;
    if (!m || !m->count || !owner) return owner;
    const struct wp_joined_owner *joined =
        bsearch(&owner, m->items, m->count, sizeof *m->items, compare_owners);
    return joined ? joined->as : owner;
}

/* As it is stored. */
static enum wp_status find_row(const struct wp_view *v, uint32_t number, struct wp_row *row,
                               struct wp_error *err) {
    if (number >= v->end) return WP_END;
    if (in_memtable(v, number)) {
        *row = *wp_memtable_row(v->memtable->table, number);
        return WP_OK;
    }
    const struct wp_index_segment *s = segment_of(v, number);
    if (!s) return WP_END;
    WP_TRY(wp_segment_row(s, number, row, err));
    return wp_row_is_gone(row) ? WP_END : WP_OK;
}

void wp_view_prefetch_row(const struct wp_view *v, uint32_t number) {
    if (number >= v->end) return;
    if (in_memtable(v, number)) {
        const struct wp_row *row = wp_memtable_row(v->memtable->table, number);
        __builtin_prefetch(row);
        __builtin_prefetch(&row->title);
        return;
    }
    const struct wp_index_segment *s = segment_of(v, number);
    if (s) wp_row_table_prefetch(&s->rows, number);
}

enum wp_status wp_view_any_row(const struct wp_view *v, uint32_t number, struct wp_row *row,
                               struct wp_error *err) {
    WP_TRY(find_row(v, number, row, err));
    row->owner = wp_view_owner(v, row->owner);
    return WP_OK;
}

enum wp_status wp_view_row(const struct wp_view *v, uint32_t number, struct wp_row *row,
                           struct wp_error *err) {
    return wp_state_is_dead(v->state, number) ? WP_END : wp_view_any_row(v, number, row, err);
}

const struct wp_texts *wp_view_texts(const struct wp_view *v, uint32_t number, const struct wp_row *row,
                                     struct wp_error *err) {
    const struct wp_index_segment *s = in_memtable(v, number) ? NULL : segment_of(v, number);
    uint32_t file = s ? s->texts[row->texts] : v->texts_number;
    const struct wp_shared_texts *t = find_texts(v, file);
    if (t) return &t->texts;
    wp_fail_file(err, WP_EDAMAGED, s ? s->name : "log",
                 "refers to text file %u, which is not part of the index", file);
    return NULL;
}

enum wp_status wp_view_record(const struct wp_view *v, struct wp_text_reader *r, uint32_t number,
                              const struct wp_row *row, const uint8_t **data, size_t *len,
                              struct wp_error *err) {
    const struct wp_texts *t = wp_view_texts(v, number, row, err);
    return t ? wp_texts_get(t, r, row->block, row->place, data, len, err) : WP_EDAMAGED;
}
