/* labels.c - see labels.h. */
#include "engine/labels.h"

#include <stdlib.h>
#include <string.h>

void wp_label_sender_release(struct wp_label_sender *s) {
    wp_buffer_release(&s->names);
}

enum wp_status wp_label_note(struct wp_label_sender *s, const char *name, size_t len) {
    uint64_t hash = wp_hash64(name, len), *recent = &s->recent[hash % WP_LABELS_RECENT];
    uint32_t length = (uint32_t)len;
    if (*recent == hash) return WP_OK;
    WP_TRY(wp_buffer_reserve(&s->names, sizeof length + len, SIZE_MAX)); /* a segment's, at most */
    memcpy(s->names.data + s->names.len, &length, sizeof length);
    memcpy(s->names.data + s->names.len + sizeof length, name, len);
    s->names.len += sizeof length + len;
    *recent = hash;
    return WP_OK;
}

void wp_labels_init(struct wp_labels *l) {
    *l = (struct wp_labels){0};
    wp_intern_init(&l->texts, SIZE_MAX); /* bounded by l->bytes, which knows no order */
}

void wp_labels_release(struct wp_labels *l) {
    wp_intern_release(&l->texts);
    wp_free(l->sorted);
    wp_labels_init(l);
}

enum wp_status wp_labels_take(struct wp_labels *l, struct wp_label_sender *from) {
    for (size_t at = 0; at < from->names.len && !l->full;) {
        uint32_t len, number;
        bool added;
        memcpy(&len, from->names.data + at, sizeof len);
        at += sizeof len;
        WP_TRY(wp_intern_add(&l->texts, (const char *)from->names.data + at, len, &number, &added));
        if (added) l->bytes += len + WP_LABEL_BYTES;
        at += len;
        l->full = l->bytes > WP_LABELS_MAX_BYTES;
    }
    if (l->full) wp_intern_release(&l->texts);
    from->names.len = 0;
    return WP_OK;
}

static int compare(const void *x, const void *y, void *texts) {
    const struct wp_label *a = x, *b = y;
    size_t len;
    if (a->number != b->number) return a->number < b->number ? -1 : 1;
    return strcmp(wp_intern_text(texts, a->text, &len), wp_intern_text(texts, b->text, &len));
}

enum wp_status wp_labels_settle(struct wp_labels *l) {
    l->count = wp_intern_count(&l->texts);
    l->sorted = wp_alloc(l->count, sizeof *l->sorted);
    if (!l->sorted) return WP_ENOMEM;
    for (uint32_t i = 0; i < l->count; i++) {
        size_t len;
        const char *name = wp_intern_text(&l->texts, i, &len);
        l->sorted[i] = (struct wp_label){wp_label_number(name, len), i};
    }
    if (l->count) qsort_r(l->sorted, l->count, sizeof *l->sorted, compare, &l->texts);
    return WP_OK;
}

const char *wp_labels_find(const struct wp_labels *l, uint32_t number, size_t *len) {
    size_t low = 0, high = l->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->sorted[mid].number < number)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == l->count || l->sorted[low].number != number) return NULL;
    return wp_intern_text(&l->texts, l->sorted[low].text, len);
}
