/*
 * online_repair.c - the online run looks again at what it told.
 *
 * What an owner repeats is known once it has shown it under so many stories (online_learn.c). The articles
 * that showed it have been told before, in whatever story they seemed to belong to by it. They are few, since
 * it is learnt as soon as it can be. Each is judged anew, without it: it may be nothing but a banner; it may
 * gain more in another story; if it has nothing to do with its own any more, it leaves. Those that came last
 * are looked at first, so that who founded a story is left with those who belong there.
 *
 * A story that an article leaves alone goes by the article's number. If that is the story's own name, because
 * the article founded it, the others are told in a story that goes by the lowest of their numbers. A name is
 * never that of two stories: when it is in use an article stays where it is.
 */
#include "engine/online_story.h"

#include <stdlib.h>
#include "story/agreement.h"

enum { ROUNDS = 3 };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* The first of some numbers that names no story. */
static uint32_t find_name(const struct wp_online *o, const uint32_t *numbers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (!o->stories[numbers[i]].members) return numbers[i];
    return WP_NUMBER_NONE;
}

/* The story's name goes with its founder: the others get another one. *done: there was one. */
static enum wp_status rename_others(struct wp_online *o, uint32_t founder, bool *done, struct wp_error *err) {
    uint32_t *members, count;
    WP_TRY(wp_stories_list(o, founder, founder, &members, &count, err));
    uint32_t name = find_name(o, members, count);
    *done = !count || name != WP_NUMBER_NONE;
    enum wp_status status = count && *done ? wp_stories_free_name(o, name, err) : WP_OK;
    for (uint32_t i = 0; i < count && *done && status == WP_OK; i++)
        status = wp_stories_move(o, members[i], founder, name, err);
    wp_free(members);
    return status;
}

static enum wp_status leave(struct wp_online *o, uint32_t number, uint32_t from, bool *changed,
                            struct wp_error *err) {
    if (number == from) return rename_others(o, from, changed, err);
    *changed = !o->stories[number].members;
    if (!*changed) return WP_OK;
    WP_TRY(wp_stories_free_name(o, number, err));
    return wp_stories_move(o, number, from, number, err);
}

/* Before it is in no story, the number of a banner must be nobody else's name. */
static enum wp_status make_banner(struct wp_online *o, uint32_t number, uint32_t from, bool *changed,
                                  struct wp_error *err) {
    *changed = number == from || !o->stories[number].members;
    if (number == from) WP_TRY(rename_others(o, from, changed, err));
    return *changed ? wp_stories_move(o, number, from, WP_NUMBER_NONE, err) : WP_OK;
}

static const struct wp_tie *find_tie(const struct wp_online *o, uint32_t story) {
    for (size_t i = 0; i < o->tie_count; i++)
        if (o->ties[i].story == story) return &o->ties[i];
    return NULL;
}

/* Moves the article of the finder's text to where it gains most; its own story wins ties. */
static enum wp_status settle(struct wp_online *o, uint32_t number, uint32_t own, bool *changed,
                             struct wp_error *err) {
    const struct wp_tie none = {.story = own}, *tie = find_tie(o, own), *best = NULL;
    uint32_t others = o->stories[own].members - 1;
    int64_t own_gain = wp_tie_gain(tie ? tie : &none, others), most = own_gain < 0 ? 0 : own_gain;
    for (size_t i = 0; i < o->tie_count; i++) {
        const struct wp_tie *t = &o->ties[i];
        int64_t gain = t->story == own || !t->copies ? 0 : wp_tie_gain_joining(o, t);
        if (gain <= most) continue;
        best = t;
        most = gain;
    }
    if (!best) return own_gain < 0 ? leave(o, number, own, changed, err) : WP_OK;
    uint32_t story = best->story;
    *changed = true;
    WP_TRY(wp_stories_move(o, number, own, story, err));
    return wp_stories_unite(o, number, &story, err);
}

static enum wp_status judge_again(struct wp_online *o, uint32_t number, const struct wp_row *row,
                                  bool *changed, struct wp_error *err) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_stored_record stored;
    bool banner, done;
    *changed = false;
    uint32_t own = wp_online_story(o, number, row);
    WP_TRY(wp_finder_take_record(f, now, &o->store, number, row, &stored, err));
    WP_TRY(wp_finder_mask(f, now, err));
    WP_TRY(wp_online_is_banner(o, number, &banner, err));
    if (banner) return make_banner(o, number, own, changed, err);
    WP_TRY(wp_finder_search(f, now, &o->store, &wp_search_adding, number, err));
    wp_ties_gather(o);
    WP_TRY(wp_stories_divide(o, number, own, &done, err));
    return done ? WP_OK : settle(o, number, own, changed, err);
}

/* ---- who is looked at ---- */

/* By its number, then by the reason. */
enum { WHY_BITS = 2 };

enum wp_status wp_online_touch(struct wp_online *o, uint32_t number, enum wp_touch why,
                               struct wp_error *err) {
    if (WP_GROW(o->touched, o->touched_count, o->touched_cap) != WP_OK) return no_memory(err);
    o->touched[o->touched_count++] = (uint64_t)number << WHY_BITS | why;
    return WP_OK;
}

static const struct wp_found_match *find_match(const struct wp_finder *f, uint32_t number) {
    for (size_t i = 0; i < f->match_count; i++)
        if (f->matches[i].number == number) return &f->matches[i];
    return NULL;
}

/* Does an article lose by these members of its story, itself perhaps among them? No more of them are compared
 * than it takes to know. */
static enum wp_status loses_among(struct wp_online *o, uint32_t number, const uint32_t *members,
                                  uint32_t count, bool *loses, struct wp_error *err) {
    struct wp_row row;
    const struct wp_view *now = wp_store_now(&o->store);
    int64_t gain = 0;
    *loses = false;
    WP_TRY(wp_view_row(now, number, &row, err));
    if (row.shingles > WP_OVERLAP_MAX_SHINGLES) return WP_OK;
    WP_TRY(wp_finder_take_stored(o->finder, now, &o->store, number, &row, err));
    for (uint32_t left = count; left && gain + (int64_t)left * WP_GAIN_MIN < 0; left--) {
        if (gain + (int64_t)left * WP_GAIN_MAX < 0) break;
        if (members[count - left] != number)
            WP_TRY(wp_stories_add_gain(o, members[count - left], &gain, err));
    }
    *loses = gain < 0;
    return WP_OK;
}

/* Members of the story that have nothing to do with the newcomer, and so little with the others that they do
 * not gain there any more. In a story of many one more counts for nothing (agreement.h). */
static enum wp_status touch_losers(struct wp_online *o, uint32_t number, uint32_t story,
                                   struct wp_error *err) {
    uint32_t members[WP_AGREEMENT_ABSENT + 1], count = o->stories[story].members;
    if (count < 3 || count > WP_AGREEMENT_ABSENT + 1) return WP_OK;
    count = wp_stories_members(o, story, WP_NUMBER_NONE, members, count);
    for (uint32_t i = 0; i < count; i++) {
        bool loses;
        const struct wp_found_match *m = find_match(o->finder, members[i]);
        if (members[i] == number || (m && m->gain > 0)) continue;
        WP_TRY(loses_among(o, members[i], members, count, &loses, err));
        if (loses) WP_TRY(wp_online_touch(o, members[i], WP_TOUCH_ANEW, err));
    }
    return WP_OK;
}

enum wp_status wp_online_doubt(struct wp_online *o, uint32_t number, uint32_t story, struct wp_error *err) {
    bool done;
    if (!o->tie_count) return WP_OK;
    WP_TRY(wp_stories_divide(o, number, story, &done, err));
    if (done) return WP_OK;
    WP_TRY(wp_stories_unite(o, number, &story, err));
    for (size_t i = 0; i < o->tie_count; i++) {
        const struct wp_tie *t = &o->ties[i];
        struct wp_row row;
        if (!t->best || t->story == story) continue;
        WP_TRY(wp_view_row(wp_store_now(&o->store), t->best->number, &row, err));
        if (wp_online_story(o, t->best->number, &row) != story)
            WP_TRY(wp_online_touch(o, t->best->number, WP_TOUCH_ANEW, err));
    }
    return touch_losers(o, number, story, err);
}

static int last_first(const void *x, const void *y) {
    const uint64_t *a = x, *b = y;
    return *a > *b ? -1 : *a < *b;
}

/* The touched ones, each once, in the order in which they are looked at; the caller frees them. */
static enum wp_status take_touched(struct wp_online *o, uint64_t **out, size_t *count, struct wp_error *err) {
    size_t touched = o->touched_count;
    o->touched_count = *count = 0;
    *out = wp_alloc(touched, sizeof **out);
    if (!*out) return no_memory(err);
    qsort(o->touched, touched, sizeof *o->touched, last_first);
    for (size_t i = 0; i < touched; i++)
        if (!i || o->touched[i] >> WHY_BITS != o->touched[i - 1] >> WHY_BITS)
            (*out)[(*count)++] = o->touched[i];
    return WP_OK;
}

/* Is an article with these other members of its story where it belongs, as far as one look tells? */
static enum wp_status is_settled(struct wp_online *o, uint32_t number, const uint32_t *members,
                                 uint32_t count, bool *settled, struct wp_error *err) {
    bool loses;
    WP_TRY(loses_among(o, number, members, count, &loses, err));
    const struct wp_mask *mask = o->finder->own.mask;
    *settled = !loses && (!mask || mask->own >= WP_STORY_TOKENS_MIN); /* else perhaps a banner */
    return WP_OK;
}

/* Looks at one; when it goes, those who stay behind are to be looked at. */
static enum wp_status look_at(struct wp_online *o, uint64_t touched, struct wp_error *err) {
    uint32_t members[WP_AGREEMENT_ABSENT], number = (uint32_t)(touched >> WHY_BITS);
    enum wp_touch why = (enum wp_touch)(touched & ((1u << WHY_BITS) - 1));
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_row row;
    bool settled = false, much = true, changed;
    enum wp_status status = wp_view_row(now, number, &row, err);
    if (status == WP_END) return WP_OK;
    WP_TRY(status);
    if (wp_row_is_banner(now, number, &row) || row.shingles > WP_OVERLAP_MAX_SHINGLES) return WP_OK;
    uint32_t story = wp_online_story(o, number, &row);
    if (why == WP_TOUCH_MASKED)
        WP_TRY(wp_masked_is_much(o, number, &row, o->stories[story].members == 1, &much, err));
    if (!much) return WP_OK;
    uint32_t count = wp_stories_members(o, story, number, members, WP_AGREEMENT_ABSENT);
    if (why != WP_TOUCH_ANEW) WP_TRY(is_settled(o, number, members, count, &settled, err));
    if (settled) return WP_OK;
    WP_TRY(judge_again(o, number, &row, &changed, err));
    for (uint32_t i = 0; changed && i < count; i++)
        WP_TRY(wp_online_touch(o, members[i], WP_TOUCH_LEFT, err));
    return WP_OK;
}

enum wp_status wp_online_repair(struct wp_online *o, struct wp_error *err) {
    for (int round = 0; round < ROUNDS && o->touched_count; round++) {
        uint64_t *touched;
        size_t count;
        WP_TRY(take_touched(o, &touched, &count, err));
        enum wp_status status = WP_OK;
        for (size_t i = 0; i < count && status == WP_OK; i++) status = look_at(o, touched[i], err);
        wp_free(touched);
        WP_TRY(status);
    }
    o->touched_count = 0;
    return WP_OK;
}
