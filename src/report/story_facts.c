/* story_facts.c - see story_facts.h. */
#include "report/story_facts.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

static void release_names(struct wp_fact_names *n) {
    wp_free(n->items);
    wp_free(n->numbers);
    *n = (struct wp_fact_names){0};
}

void wp_story_facts_release(struct wp_story_facts *f) {
    release_names(&f->owners);
    release_names(&f->agencies);
    release_names(&f->languages);
    f->cap = 0;
}

static enum wp_status make_names(struct wp_fact_names *n, size_t most) {
    release_names(n);
    n->items = wp_alloc(most, sizeof *n->items);
    n->numbers = wp_alloc(most, sizeof *n->numbers);
    return n->items && n->numbers ? WP_OK : WP_ENOMEM;
}

static enum wp_status make_room(struct wp_story_facts *f, size_t members) {
    if (members <= f->cap) return WP_OK;
    f->cap = 0;
    WP_TRY(make_names(&f->owners, members));
    WP_TRY(make_names(&f->agencies, members));
    WP_TRY(make_names(&f->languages, members));
    f->cap = members;
    return WP_OK;
}

static int compare_numbers(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static int compare_names(const void *x, const void *y) {
    const struct wp_fact_name *a = x, *b = y;
    int order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
    return order ? order : a->len < b->len ? -1 : a->len > b->len;
}

/* Sorts numbers[0..count) and leaves each once, 0 not at all; returns how many. */
static size_t distinct_numbers(uint32_t *numbers, size_t count) {
    size_t kept = 0;
    if (count) qsort(numbers, count, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < count; i++)
        if (numbers[i] && (!kept || numbers[i] != numbers[kept - 1])) numbers[kept++] = numbers[i];
    return kept;
}

/* labels: NULL for agencies, whose names stand in their table. */
static void name_them(struct wp_fact_names *n, const struct wp_run *run, const struct wp_labels *labels,
                      size_t members) {
    n->count = distinct_numbers(n->numbers, members);
    n->unknown = labels && labels->full && n->count;
    if (n->unknown) n->count = 0;
    for (size_t i = 0; i < n->count; i++) {
        struct wp_fact_name *name = &n->items[i];
        *name = (struct wp_fact_name){"", 0};
        if (labels) {
            name->text = wp_labels_find(labels, n->numbers[i], &name->len);
        } else {
            name->text = wp_agency_name(run->agencies, (uint16_t)n->numbers[i]);
            name->len = strlen(name->text);
        }
    }
    if (n->count) qsort(n->items, n->count, sizeof *n->items, compare_names);
}

static void see(struct wp_story_facts *f, int64_t date) {
    if (date == WP_DATE_UNKNOWN) return;
    if (f->first_seen == WP_DATE_UNKNOWN || date < f->first_seen) f->first_seen = date;
    if (f->last_seen == WP_DATE_UNKNOWN || date > f->last_seen) f->last_seen = date;
}

enum wp_status wp_story_facts_gather(struct wp_story_facts *f, struct wp_run *run,
                                     const struct wp_story *story, struct wp_error *err) {
    struct wp_article_row scratch;
    if (make_room(f, story->size) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    f->first_seen = f->last_seen = WP_DATE_UNKNOWN;
    for (uint32_t i = 0; i < story->size; i++) {
        uint32_t rank = run->stories.members[story->first + i].rank;
        const struct wp_article_row *row = wp_run_row(run, rank, &scratch, err);
        if (!row) return err->status;
        see(f, row->date);
        f->owners.numbers[i] = row->owner;
        f->agencies.numbers[i] = row->wire.agency;
        WP_TRY(wp_run_language(run, rank, &f->languages.numbers[i], err));
    }
    name_them(&f->owners, run, &run->owner_names, story->size);
    name_them(&f->agencies, run, NULL, story->size);
    name_them(&f->languages, run, &run->language_names, story->size);
    return WP_OK;
}
