/* rejudge.c - see rejudge.h. */
#include "engine/rejudge.h"

#include <stdlib.h>
#include "base/bits.h"
#include "engine/online_story.h"

/* Looked at between two commits; more when a story has more. */
enum { ARTICLES_MAX = 4096 };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* ---- what a repair says ---- */

static void put(struct wp_rejudge *r, struct wp_rejudge_list *list, uint32_t number) {
    if (WP_GROW(list->numbers, list->count, list->cap) == WP_OK)
        list->numbers[list->count++] = number;
    else
        r->no_memory = true;
}

void wp_rejudge_note(struct wp_rejudge *r, const struct wp_repair_note *note) {
    bool known = note->story != WP_NUMBER_NONE;
    if (note->what == WP_REPAIR_LOST)
        put(r, known ? &r->stories : &r->unknown, known ? note->story : note->number);
    if (note->what == WP_REPAIR_ALONE) put(r, &r->alone, note->number);
    r->state_lost |= note->what == WP_REPAIR_CHANGES && note->state_lost;
}

void wp_rejudge_release(struct wp_rejudge *r) {
    wp_free(r->stories.numbers);
    wp_free(r->unknown.numbers);
    wp_free(r->alone.numbers);
    *r = (struct wp_rejudge){0};
}

static int ascending(const void *x, const void *y) {
    const uint32_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static void sort(struct wp_rejudge_list *list) {
    size_t count = 0;
    if (list->count) qsort(list->numbers, list->count, sizeof *list->numbers, ascending);
    for (size_t i = 0; i < list->count; i++)
        if (!i || list->numbers[i] != list->numbers[i - 1]) list->numbers[count++] = list->numbers[i];
    list->count = count;
}

/* ---- stories of articles whose rows were lost ---- */

/* The stories of those that were added as copies of an article in `lost`. */
static void add_copies(struct wp_rejudge *r, const struct wp_online *o, uint32_t number,
                       const struct wp_row *row, const struct wp_bits *lost) {
    bool copy = row->to < lost->count && row->relation != WP_RELATION_EXCERPT;
    if (copy && wp_bits_get(lost, row->to)) put(r, &r->stories, wp_online_story(o, number, row));
}

static enum wp_status find_stories(struct wp_rejudge *r, struct wp_online *o, struct wp_error *err) {
    const struct wp_view *v = wp_store_now(&o->store);
    struct wp_bits lost;
    enum wp_status status = WP_OK;
    if (!r->unknown.count) return WP_OK;
    if (wp_bits_init(&lost, v->end) != WP_OK) return no_memory(err);
    for (size_t i = 0; i < r->unknown.count; i++) {
        put(r, &r->stories, r->unknown.numbers[i]);
        if (r->unknown.numbers[i] < v->end) wp_bits_set(&lost, r->unknown.numbers[i]);
    }
    for (uint32_t n = 0; n < v->end && status == WP_OK; n++) {
        struct wp_row row;
        status = wp_view_row(v, n, &row, err);
        if (status == WP_OK) add_copies(r, o, n, &row, &lost);
        if (status == WP_END) status = WP_OK;
        if (n % WP_SEGMENT_WALK == 0) wp_view_forget(v);
    }
    wp_bits_release(&lost);
    return status == WP_OK && r->no_memory ? no_memory(err) : status;
}

/* ---- judging ---- */

/* Looks at those who are touched. */
static enum wp_status look(struct wp_online *o, const struct wp_rejudge_teller *teller,
                           struct wp_error *err) {
    o->event_count = o->tie_count = 0;
    WP_TRY(wp_online_repair(o, err));
    WP_TRY(wp_online_commit(o, err));
    return o->event_count ? teller->tell(teller->self, o, err) : WP_OK;
}

/* A name may be that of a story which has become part of another. */
static enum wp_status touch_story(struct wp_online *o, uint32_t name, struct wp_error *err) {
    uint32_t story = wp_state_story(wp_store_now(&o->store)->state, WP_NUMBER_NONE, name), *members, count;
    if (story >= o->story_count || o->stories[story].members < 2) return WP_OK;
    WP_TRY(wp_stories_list(o, story, WP_NUMBER_NONE, &members, &count, err));
    enum wp_status status = WP_OK;
    for (uint32_t i = 0; i < count && status == WP_OK; i++)
        status = wp_online_touch(o, members[i], i ? WP_TOUCH_LEFT : WP_TOUCH_ANEW, err);
    wp_free(members);
    return status;
}

static enum wp_status judge(struct wp_rejudge *r, struct wp_online *o, const struct wp_rejudge_teller *teller,
                            struct wp_error *err) {
    WP_TRY(find_stories(r, o, err));
    sort(&r->alone);
    sort(&r->stories);
    for (size_t i = 0; i < r->alone.count; i++) {
        WP_TRY(wp_online_touch(o, r->alone.numbers[i], WP_TOUCH_ANEW, err));
        if (o->touched_count >= ARTICLES_MAX) WP_TRY(look(o, teller, err));
    }
    WP_TRY(look(o, teller, err));
    for (size_t i = 0; i < r->stories.count; i++) {
        WP_TRY(touch_story(o, r->stories.numbers[i], err));
        if (o->touched_count >= ARTICLES_MAX) WP_TRY(look(o, teller, err));
    }
    return look(o, teller, err);
}

enum wp_status wp_rejudge_run(struct wp_rejudge *r, const char *dir, const struct wp_store_options *store,
                              const struct wp_rejudge_teller *teller, struct wp_error *err) {
    struct wp_online o;
    struct wp_online_options options = {.store = *store};
    if (r->no_memory) return no_memory(err);
    if (r->state_lost || (!r->stories.count && !r->unknown.count && !r->alone.count)) return WP_OK;
    options.store.write = true;
    WP_TRY(wp_online_open(&o, dir, &options, err));
    enum wp_status status = judge(r, &o, teller, err);
    if (status == WP_OK) return wp_online_close(&o, err);
    wp_online_abandon(&o);
    return status;
}
