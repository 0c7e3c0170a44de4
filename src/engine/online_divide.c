/*
 * online_divide.c - the stories around one article are divided anew, as the batch run would divide them.
 *
 * An article that comes is told in the story that it gains most by. That can be wrong for others: it takes a
 * member along who has more to do with it than with its own story, or shows that two members have little in
 * common. Where it leaves such doubts, its story and those that it has copies in are looked at together:
 * every pair of their members is compared, and wp_agree, the batch run's own search (story/agreement.h),
 * finds the division. If that is worth more than what was told, what differs is told anew.
 *
 *     members   ascending by number; exact copies of one text are one node of the graph, as in the batch run
 *     nodes     distinct texts; gain[a][b] is what their pair says, NO_EDGE when they have nothing in common
 *     groups    the new division
 *
 * Names stay where they can. A group goes by the name of the story that most of its members come from;
 * stories that it has swallowed whole are merged into the earliest of them. A group that is left without a
 * name goes by the number of a member, like a story that was founded by it.
 */
#include "engine/online_story.h"

#include <string.h>
#include "story/agreement.h"

/* Members looked at together: more than 276 pairs are not compared for one article. */
enum { MEMBERS_MAX = 24, PAIRS_MAX = MEMBERS_MAX * (MEMBERS_MAX - 1) / 2, NO_EDGE = INT32_MIN };

struct around {
    uint32_t stories[MEMBERS_MAX]; /* names, ascending once all are there */
    uint32_t sizes[MEMBERS_MAX];
    uint32_t story_count;
    uint32_t members[MEMBERS_MAX], count;
    struct wp_row rows[MEMBERS_MAX]; /* by member, as are: */
    uint32_t story[MEMBERS_MAX];     /* place of its story, as told */
    uint32_t node[MEMBERS_MAX];
    uint32_t first[MEMBERS_MAX]; /* by node: the member with the lowest number */
    uint32_t nodes;
    int32_t gain[MEMBERS_MAX][MEMBERS_MAX]; /* by node */
    uint32_t group[MEMBERS_MAX];            /* by member: place of its group */
    uint32_t groups;
    uint32_t name[MEMBERS_MAX]; /* by group */
    /* by story: the earliest of those that its group has whole; itself for others */
    uint32_t keeper[MEMBERS_MAX];
};

/* ---- who is looked at ---- */

/* Has everybody in its story a copy of the article, and nobody else? Then nothing is in doubt. */
static bool is_clear(const struct wp_online *o, uint32_t story) {
    uint32_t others = o->stories[story].members - 1;
    bool own = !others;
    for (size_t i = 0; i < o->tie_count; i++) {
        const struct wp_tie *t = &o->ties[i];
        if (t->story != story && t->copies) return false;
        if (t->story == story) own = t->copies == t->met && t->met >= others;
    }
    return own;
}

static bool add_story(const struct wp_online *o, struct around *a, uint32_t story) {
    uint32_t members = o->stories[story].members;
    if (!members || members > MEMBERS_MAX - a->count) return !members;
    a->stories[a->story_count] = story;
    a->sizes[a->story_count++] = members;
    a->count += wp_stories_members(o, story, WP_NUMBER_NONE, a->members + a->count, MEMBERS_MAX - a->count);
    return true;
}

static void sort_numbers(uint32_t *numbers, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        for (uint32_t j = i; j && numbers[j] < numbers[j - 1]; j--) {
            uint32_t higher = numbers[j - 1];
            numbers[j - 1] = numbers[j];
            numbers[j] = higher;
        }
}

/* Whether all that there is to look at has room. */
static bool list_stories(const struct wp_online *o, struct around *a, uint32_t story) {
    if (!add_story(o, a, story)) return false;
    for (size_t i = 0; i < o->tie_count; i++) {
        const struct wp_tie *t = &o->ties[i];
        if (t->story != story && t->copies && !add_story(o, a, t->story)) return false;
    }
    sort_numbers(a->members, a->count);
    sort_numbers(a->stories, a->story_count);
    for (uint32_t s = 0; s < a->story_count; s++) a->sizes[s] = o->stories[a->stories[s]].members;
    return true;
}

static bool same_words(const struct wp_row *x, const struct wp_row *y) {
    return wp_hash128_equal(x->exact, y->exact) && x->tokens == y->tokens;
}

static enum wp_status take_members(struct wp_online *o, struct around *a, struct wp_error *err) {
    const struct wp_view *now = wp_store_now(&o->store);
    for (uint32_t m = 0; m < a->count; m++) {
        WP_TRY(wp_view_row(now, a->members[m], &a->rows[m], err));
        uint32_t story = wp_online_story(o, a->members[m], &a->rows[m]), n = 0;
        for (a->story[m] = 0; a->stories[a->story[m]] != story;) a->story[m]++;
        while (n < a->nodes && !same_words(&a->rows[a->first[n]], &a->rows[m])) n++;
        if (n == a->nodes) a->first[a->nodes++] = m;
        a->node[m] = n;
    }
    return WP_OK;
}

/* ---- what their pairs say ---- */

/* The finder's text is that of node x. */
static enum wp_status compare_to(struct wp_online *o, struct around *a, uint32_t x, uint32_t y,
                                 struct wp_error *err) {
    struct wp_found_match m = {.number = a->members[a->first[y]], .row = a->rows[a->first[y]]};
    if (m.row.width != o->finder->print.width || m.row.shingles > WP_OVERLAP_MAX_SHINGLES) return WP_OK;
    WP_TRY(wp_finder_compare(o->finder, wp_store_now(&o->store), &o->store, &m, err));
    if (m.relation != WP_RELATION_NONE) a->gain[x][y] = a->gain[y][x] = m.gain;
    return WP_OK;
}

/* The pairs of the article that is asked for, whose text and matches the finder has. *own: its node,
 * WP_NODE_NONE when another member stands for it. */
static enum wp_status take_matches(struct wp_online *o, struct around *a, uint32_t number, uint32_t *own,
                                   struct wp_error *err) {
    const struct wp_finder *f = o->finder;
    bool known[MEMBERS_MAX] = {false};
    for (*own = 0; *own < a->nodes && a->members[a->first[*own]] != number;) ++*own;
    if (*own == a->nodes) {
        *own = WP_NODE_NONE;
        return WP_OK;
    }
    for (size_t i = 0; i < f->match_count; i++) {
        uint32_t y = 0;
        while (y < a->nodes && a->members[a->first[y]] != f->matches[i].number) y++;
        if (y == a->nodes) continue;
        a->gain[*own][y] = a->gain[y][*own] = f->matches[i].gain;
        known[y] = true;
    }
    for (uint32_t y = 0; y < a->nodes; y++)
        if (y != *own && !known[y]) WP_TRY(compare_to(o, a, *own, y, err));
    return WP_OK;
}

static enum wp_status compare_members(struct wp_online *o, struct around *a, uint32_t number,
                                      struct wp_error *err) {
    uint32_t own;
    for (uint32_t x = 0; x < a->nodes; x++)
        for (uint32_t y = 0; y < a->nodes; y++) a->gain[x][y] = NO_EDGE;
    WP_TRY(take_matches(o, a, number, &own, err));
    for (uint32_t x = 0; x + 1 < a->nodes; x++) {
        const struct wp_row *row = &a->rows[a->first[x]];
        if (x == own || row->shingles > WP_OVERLAP_MAX_SHINGLES) continue;
        WP_TRY(wp_finder_take_stored(o->finder, wp_store_now(&o->store), &o->store, a->members[a->first[x]],
                                     row, err));
        for (uint32_t y = x + 1; y < a->nodes; y++)
            if (y != own) WP_TRY(compare_to(o, a, x, y, err));
    }
    return WP_OK;
}

/* ---- the division ---- */

static enum wp_status divide(struct around *a, struct wp_error *err) {
    struct wp_edge edges[PAIRS_MAX];
    uint32_t chosen[MEMBERS_MAX], place[MEMBERS_MAX];
    struct wp_graph graph;
    size_t count = 0;
    for (uint32_t x = 0; x < a->nodes; x++)
        for (uint32_t y = x + 1; y < a->nodes; y++)
            if (a->gain[x][y] != NO_EDGE) edges[count++] = (struct wp_edge){x, y, a->gain[x][y], 0};
    enum wp_status status = wp_graph_init(&graph, a->nodes, edges, count);
    if (status == WP_OK) {
        status = wp_agree(&graph, WP_GAIN_MAX, WP_GAIN_MIN, chosen);
        wp_graph_release(&graph);
    }
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    memset(place, 0xff, sizeof place);
    for (uint32_t m = 0; m < a->count; m++) { /* the group with the earliest member is the first */
        uint32_t representative = chosen[a->node[m]];
        if (place[representative] == UINT32_MAX) place[representative] = a->groups++;
        a->group[m] = place[representative];
    }
    return WP_OK;
}

/* What a division is worth. Exact copies are told apart only where one of them lost its story. */
static int64_t worth(const struct around *a, const uint32_t *of) {
    int64_t sum = 0;
    for (uint32_t m = 0; m < a->count; m++)
        if (of[m] == of[a->first[a->node[m]]]) sum += WP_GAIN_MAX;
    for (uint32_t x = 0; x < a->nodes; x++)
        for (uint32_t y = x + 1; y < a->nodes; y++)
            if (of[a->first[x]] == of[a->first[y]])
                sum += a->gain[x][y] == NO_EDGE ? WP_GAIN_MIN : a->gain[x][y];
    return sum;
}

/* ---- names ---- */

enum { UNNAMED = WP_NUMBER_NONE };

static uint32_t shared(const struct around *a, uint32_t group, uint32_t story) {
    uint32_t count = 0;
    for (uint32_t m = 0; m < a->count; m++) count += a->group[m] == group && a->story[m] == story;
    return count;
}

static bool is_taken(const struct around *a, uint32_t name) {
    for (uint32_t g = 0; g < a->groups; g++)
        if (a->name[g] == name) return true;
    return false;
}

/* The group that has the first member of a story; does it have all? */
static uint32_t group_of(const struct around *a, uint32_t story) {
    uint32_t m = 0;
    while (a->story[m] != story) m++;
    return a->group[m];
}

static bool is_whole(const struct around *a, uint32_t story) {
    return shared(a, group_of(a, story), story) == a->sizes[story];
}

static void find_keepers(struct around *a) {
    for (uint32_t s = 0; s < a->story_count; s++) {
        uint32_t keeper = 0;
        while (keeper < s &&
               !(is_whole(a, s) && is_whole(a, keeper) && group_of(a, keeper) == group_of(a, s)))
            keeper++;
        a->keeper[s] = keeper;
    }
}

/* How many members speak for calling the group by the story's name: of stories that it has whole all are
 * counted for the earliest. */
static uint32_t votes(const struct around *a, uint32_t group, uint32_t story) {
    uint32_t count = 0;
    if (a->keeper[story] != story) return 0;
    for (uint32_t s = 0; s < a->story_count; s++)
        if (a->keeper[s] == story) count += shared(a, group, s);
    return count;
}

/* The old names go where most speak for them. */
static void keep_names(struct around *a) {
    for (uint32_t g = 0; g < a->groups; g++) a->name[g] = UNNAMED;
    for (;;) {
        uint32_t most = 0, group = 0, story = 0;
        for (uint32_t s = 0; s < a->story_count; s++)
            for (uint32_t g = 0; g < a->groups && !is_taken(a, a->stories[s]); g++) {
                uint32_t count = a->name[g] == UNNAMED ? votes(a, g, s) : 0;
                if (count <= most) continue;
                most = count;
                group = g;
                story = s;
            }
        if (!most) return;
        a->name[group] = a->stories[story];
    }
}

/* Is it the name of a story that is not looked at here? */
static bool is_elsewhere(const struct wp_online *o, const struct around *a, uint32_t name) {
    for (uint32_t s = 0; s < a->story_count; s++)
        if (a->stories[s] == name) return false;
    return o->stories[name].members != 0;
}

/* Names a group after a member: after one whose number is no name, else after one that founded what another
 * group is called by, which then is to be named. */
static bool name_group(const struct wp_online *o, struct around *a, uint32_t group) {
    for (int taken = 0; taken < 2; taken++)
        for (uint32_t m = 0; m < a->count; m++) {
            uint32_t name = a->members[m];
            if (a->group[m] != group || is_elsewhere(o, a, name) || (is_taken(a, name) && !taken)) continue;
            for (uint32_t g = 0; g < a->groups; g++)
                if (a->name[g] == name) a->name[g] = UNNAMED;
            a->name[group] = name;
            return true;
        }
    return false;
}

/* false: for some group there is no name. */
static bool name_groups(const struct wp_online *o, struct around *a) {
    find_keepers(a);
    keep_names(a);
    /* A name is given away at most once: to the only group that has the member of that number. */
    for (uint32_t looked = 0; looked < 2 * a->groups; looked++) {
        uint32_t g = looked % a->groups;
        if (a->name[g] == UNNAMED && !name_group(o, a, g)) return false;
    }
    return !is_taken(a, UNNAMED);
}

/* ---- telling ---- */

static enum wp_status merge_whole(struct wp_online *o, const struct around *a, struct wp_error *err) {
    for (uint32_t s = 0; s < a->story_count; s++) {
        uint32_t into = a->stories[a->keeper[s]];
        if (a->keeper[s] == s || a->name[group_of(a, s)] != into || is_taken(a, a->stories[s])) continue;
        WP_TRY(wp_stories_merge(o, a->stories[s], into, err));
    }
    return WP_OK;
}

static enum wp_status move_others(struct wp_online *o, const struct around *a, uint32_t number,
                                  struct wp_error *err) {
    for (uint32_t m = 0; m < a->count; m++) {
        uint32_t now = wp_online_story(o, a->members[m], &a->rows[m]), into = a->name[a->group[m]];
        if (now == into) continue;
        if (!o->stories[into].members) WP_TRY(wp_stories_free_name(o, into, err));
        WP_TRY(wp_stories_move(o, a->members[m], now, into, err));
        if (a->members[m] != number) WP_TRY(wp_online_touch(o, a->members[m], WP_TOUCH_ANEW, err));
    }
    return WP_OK;
}

enum wp_status wp_stories_divide(struct wp_online *o, uint32_t number, uint32_t story, bool *done,
                                 struct wp_error *err) {
    struct around a = {.count = 0};
    *done = is_clear(o, story);
    if (*done) return WP_OK;
    *done = list_stories(o, &a, story);
    if (!*done) return WP_OK;
    WP_TRY(take_members(o, &a, err));
    WP_TRY(compare_members(o, &a, number, err));
    WP_TRY(divide(&a, err));
    if (worth(&a, a.group) <= worth(&a, a.story) || !name_groups(o, &a)) return WP_OK;
    WP_TRY(merge_whole(o, &a, err));
    return move_others(o, &a, number, err);
}
