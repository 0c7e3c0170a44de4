/* online_story.c - see online_story.h. */
#include "engine/online_story.h"

#include "story/agreement.h"

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

uint32_t wp_online_story(const struct wp_online *o, uint32_t number, const struct wp_row *row) {
    return wp_state_story(wp_store_now(&o->store)->state, number, row->story);
}

enum wp_status wp_online_note(struct wp_online *o, const struct wp_online_event *event,
                              struct wp_error *err) {
    if (WP_GROW(o->events, o->event_count, o->event_cap) != WP_OK) return no_memory(err);
    o->events[o->event_count++] = *event;
    return WP_OK;
}

/* ---- members ---- */

enum wp_status wp_stories_reach(struct wp_online *o, uint32_t number) {
    while (o->story_count <= number) {
        WP_TRY(WP_GROW(o->stories, o->story_count, o->story_cap));
        WP_TRY(WP_GROW(o->next, o->story_count, o->next_cap));
        WP_TRY(WP_GROW(o->masked, o->story_count, o->masked_cap));
        o->masked[o->story_count] = WP_MASKED_UNKNOWN;
        o->stories[o->story_count++] = (struct wp_online_story){.first_seen = INT64_MIN};
    }
    return WP_OK;
}

static bool is_earlier(int64_t a, int64_t b) {
    return a != INT64_MIN && (b == INT64_MIN || a < b);
}

void wp_stories_join(struct wp_online *o, uint32_t story, uint32_t number, int64_t date) {
    struct wp_online_story *s = &o->stories[story];
    if (!s->members++) {
        *s = (struct wp_online_story){.first_seen = date, .members = 1, .last = number};
        o->next[number] = number;
        return;
    }
    uint32_t before = s->last;
    if (number < s->last)
        while (o->next[before] < number) before = o->next[before];
    o->next[number] = o->next[before];
    o->next[before] = number;
    if (number > s->last) s->last = number;
    if (is_earlier(date, s->first_seen)) s->first_seen = date;
}

static enum wp_status find_first_seen(struct wp_online *o, struct wp_online_story *s, struct wp_error *err) {
    uint32_t number = s->last;
    s->first_seen = INT64_MIN;
    for (uint32_t i = 0; i < s->members; i++, number = o->next[number]) {
        struct wp_row row;
        enum wp_status status = wp_view_any_row(wp_store_now(&o->store), number, &row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (is_earlier(row.date, s->first_seen)) s->first_seen = row.date;
    }
    return WP_OK;
}

enum wp_status wp_stories_leave(struct wp_online *o, uint32_t story, uint32_t number,
                                const struct wp_row *row, struct wp_error *err) {
    struct wp_online_story *s = &o->stories[story];
    uint32_t before = s->last;
    while (o->next[before] != number) before = o->next[before];
    o->next[before] = o->next[number];
    if (s->last == number) s->last = before;
    s->members--;
    return row->date == s->first_seen ? find_first_seen(o, s, err) : WP_OK;
}

enum wp_status wp_stories_gather(struct wp_online *o, struct wp_error *err) {
    const struct wp_view *v = wp_store_now(&o->store);
    struct wp_row row;
    o->story_count = 0;
    if (v->end && wp_stories_reach(o, v->end - 1) != WP_OK) return no_memory(err);
    for (uint32_t n = 0; n < v->end; n++) {
        enum wp_status status = wp_view_any_row(v, n, &row, err);
        bool there = status == WP_OK;
        if (!there && status != WP_END) return status;
        if (n % WP_SEGMENT_WALK == 0) wp_view_forget(v);
        if (wp_finder_know_owner(o->finder, there ? row.owner : 0) != WP_OK) return no_memory(err);
        if (there && !wp_state_is_dead(v->state, n))
            wp_stories_join(o, wp_online_story(o, n, &row), n, row.date);
    }
    return WP_OK;
}

uint32_t wp_stories_members(const struct wp_online *o, uint32_t story, uint32_t except, uint32_t *members,
                            uint32_t most) {
    const struct wp_online_story *s = &o->stories[story];
    uint32_t count = 0, number = s->last;
    for (uint32_t i = 0; i < s->members && count < most; i++) {
        number = o->next[number];
        if (number != except) members[count++] = number;
    }
    return count;
}

/* ---- who is told elsewhere ---- */

/* Tells an article in another story; into WP_NUMBER_NONE: it is a banner. */
enum wp_status wp_stories_move(struct wp_online *o, uint32_t number, uint32_t from, uint32_t into,
                               struct wp_error *err) {
    struct wp_row row;
    struct wp_online_event event = {WP_EVENT_MOVE, number, from, into};
    WP_TRY(wp_view_row(wp_store_now(&o->store), number, &row, err));
    WP_TRY(wp_store_move(&o->store, number, into, err));
    WP_TRY(wp_stories_leave(o, from, number, &row, err));
    wp_stories_join(o, into == WP_NUMBER_NONE ? number : into, number, row.date);
    return wp_online_note(o, &event, err);
}

/* Does the way from a story, by merges, lead over `name`? */
static bool leads_over(const struct wp_state *state, uint32_t story, uint32_t name) {
    for (size_t steps = state->merges.count + 1; steps && story != WP_NUMBER_NONE; steps--) {
        if (story == name) return true;
        story = wp_state_into(state, story);
    }
    return false;
}

/* All members of a story; the caller frees them. */
enum wp_status wp_stories_list(const struct wp_online *o, uint32_t story, uint32_t except, uint32_t **out,
                               uint32_t *count, struct wp_error *err) {
    uint32_t members = o->stories[story].members;
    *count = 0;
    *out = wp_alloc(members, sizeof **out);
    if (!*out) return no_memory(err);
    *count = wp_stories_members(o, story, except, *out, members);
    return WP_OK;
}

/* A name that was merged into another story can be used again once nobody is told there by way of it. */
enum wp_status wp_stories_free_name(struct wp_online *o, uint32_t name, struct wp_error *err) {
    uint32_t into = wp_state_into(wp_store_now(&o->store)->state, name), next, *members, count;
    if (into == WP_NUMBER_NONE) return WP_OK;
    while ((next = wp_state_into(wp_store_now(&o->store)->state, into)) != WP_NUMBER_NONE) into = next;
    WP_TRY(wp_stories_list(o, into, WP_NUMBER_NONE, &members, &count, err));
    enum wp_status status = WP_OK;
    for (uint32_t i = 0; i < count && status == WP_OK; i++) {
        struct wp_row row;
        const struct wp_view *now = wp_store_now(&o->store);
        status = wp_view_row(now, members[i], &row, err);
        if (status == WP_OK && leads_over(now->state, wp_state_base(now->state, members[i], row.story), name))
            status = wp_store_move(&o->store, members[i], into, err);
    }
    wp_free(members);
    return status == WP_OK ? wp_store_merge(&o->store, name, name, err) : status;
}

/* ---- ties ---- */

void wp_ties_gather(struct wp_online *o) {
    const struct wp_finder *f = o->finder;
    o->tie_count = 0;
    for (size_t i = 0; i < f->match_count; i++) {
        const struct wp_found_match *m = &f->matches[i];
        uint32_t story = wp_online_story(o, m->number, &m->row);
        size_t t = 0;
        while (t < o->tie_count && o->ties[t].story != story) t++;
        if (t == WP_TIES_MAX) continue;
        if (t == o->tie_count) o->ties[o->tie_count++] = (struct wp_tie){.story = story};
        struct wp_tie *tie = &o->ties[t];
        tie->met++;
        tie->gain += m->gain;
        if (m->relation == WP_RELATION_EXCERPT) continue;
        tie->copies++;
        if (!tie->best) tie->best = m;
        if (m->number == story) tie->founder = m;
    }
}

int64_t wp_tie_gain(const struct wp_tie *t, uint32_t others) {
    uint32_t apart = others > t->met ? others - t->met : 0;
    if (apart > WP_AGREEMENT_ABSENT) apart = WP_AGREEMENT_ABSENT;
    return t->gain + (int64_t)apart * WP_GAIN_MIN;
}

int64_t wp_tie_gain_joining(const struct wp_online *o, const struct wp_tie *t) {
    return wp_tie_gain(t, o->stories[t->story].members);
}

const struct wp_tie *wp_ties_choose(const struct wp_online *o) {
    const struct wp_tie *best = NULL;
    int64_t most = 0;
    for (size_t i = 0; i < o->tie_count; i++) {
        int64_t gain = o->ties[i].copies ? wp_tie_gain_joining(o, &o->ties[i]) : 0;
        if (gain <= most) continue;
        best = &o->ties[i];
        most = gain;
    }
    return best;
}

/* ---- two stories become one ---- */

/* Members of two stories. */
struct sample {
    uint32_t a[WP_AGREEMENT_ABSENT], b[WP_AGREEMENT_ABSENT];
    uint32_t count_a, count_b;
};

enum wp_status wp_stories_add_gain(struct wp_online *o, uint32_t number, int64_t *gain,
                                   struct wp_error *err) {
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_found_match m = {.number = number};
    WP_TRY(wp_view_row(now, number, &m.row, err));
    bool comparable = m.row.width == o->finder->print.width && m.row.shingles <= WP_OVERLAP_MAX_SHINGLES;
    if (comparable && wp_finder_same_text(o->finder, &m.row)) {
        *gain += WP_GAIN_MAX;
        return WP_OK;
    }
    if (comparable) WP_TRY(wp_finder_compare(o->finder, now, &o->store, &m, err));
    *gain += m.relation == WP_RELATION_NONE ? WP_GAIN_MIN : m.gain;
    return WP_OK;
}

static enum wp_status gain_between(struct wp_online *o, const struct sample *s, int64_t *gain,
                                   struct wp_error *err) {
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_row row;
    for (uint32_t i = 0; i < s->count_a; i++) {
        WP_TRY(wp_view_row(now, s->a[i], &row, err));
        if (row.shingles > WP_OVERLAP_MAX_SHINGLES) {
            *gain += (int64_t)s->count_b * WP_GAIN_MIN;
            continue;
        }
        WP_TRY(wp_finder_take_stored(o->finder, now, &o->store, s->a[i], &row, err));
        for (uint32_t j = 0; j < s->count_b; j++) WP_TRY(wp_stories_add_gain(o, s->b[j], gain, err));
    }
    return WP_OK;
}

/* One ring of the members of two stories, at *into; nobody is in *from any more. */
static void join_rings(struct wp_online *o, struct wp_online_story *into, struct wp_online_story *from) {
    uint32_t a = o->next[into->last], b = o->next[from->last], left_a = into->members, left_b = from->members;
    uint32_t first = a < b ? a : b, last = into->last > from->last ? into->last : from->last, before = last;
    while (left_a || left_b) {
        bool take_a = !left_b || (left_a && a < b);
        uint32_t number = take_a ? a : b;
        if (take_a) {
            a = o->next[a];
            left_a--;
        } else {
            b = o->next[b];
            left_b--;
        }
        o->next[before] = number;
        before = number;
    }
    o->next[last] = first;
    into->last = last;
    into->members += from->members;
    if (is_earlier(from->first_seen, into->first_seen)) into->first_seen = from->first_seen;
    *from = (struct wp_online_story){.first_seen = INT64_MIN};
}

enum wp_status wp_stories_merge(struct wp_online *o, uint32_t from, uint32_t into, struct wp_error *err) {
    struct wp_online_event event = {WP_EVENT_MERGE, WP_NUMBER_NONE, from, into};
    WP_TRY(wp_store_merge(&o->store, from, into, err));
    join_rings(o, &o->stories[into], &o->stories[from]);
    return wp_online_note(o, &event, err);
}

/* The later story becomes part of the earlier one; *story is that. */
static enum wp_status merge(struct wp_online *o, uint32_t *story, uint32_t other, struct wp_error *err) {
    uint32_t into = *story < other ? *story : other, from = *story < other ? other : *story;
    *story = into;
    return wp_stories_merge(o, from, into, err);
}

enum wp_status wp_stories_unite(struct wp_online *o, uint32_t number, uint32_t *story, struct wp_error *err) {
    for (size_t i = 0; i < o->tie_count; i++) {
        const struct wp_tie *t = &o->ties[i];
        struct sample s;
        bool gone = !o->stories[t->story].members; /* it has just become part of another */
        if (t->story == *story || gone || !t->copies) continue;
        int64_t gain = wp_tie_gain_joining(o, t);
        if (gain <= 0) continue;
        s.count_a = wp_stories_members(o, *story, number, s.a, WP_AGREEMENT_ABSENT);
        s.count_b = wp_stories_members(o, t->story, WP_NUMBER_NONE, s.b, WP_AGREEMENT_ABSENT);
        WP_TRY(gain_between(o, &s, &gain, err));
        if (gain > 0) WP_TRY(merge(o, story, t->story, err));
    }
    return WP_OK;
}
