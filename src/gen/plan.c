/* plan.c - see plan.h. */
#include "gen/plan.h"

#include <string.h>

#define USE_PLAN 7

#define DAY_SECONDS 86400u
#define PER_DAY_MAX 3000 /* articles */
#define PER_DAY_MIN 100
#define DAYS_MIN 8      /* that a small dump covers */
#define LARGEST_PART 50 /* no story is more than this part of a dump, */
#define SIZE_ALWAYS 10  /* unless it is no larger than this */
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Cluster sizes: how many clusters in a million have a size in low..high. Nearly three quarters are pairs;
 * the tail falls about as size to the power of -3.5, as in real news, and one in 10,000 is an event that
 * everybody runs. */
static const struct {
    uint32_t low, high, share;
} sizes[] = {{2, 2, 730000}, {3, 3, 145000}, {4, 4, 50000}, {5, 5, 24000},  {6, 6, 16000},
             {7, 7, 9000},   {8, 8, 6500},   {9, 9, 4000},  {10, 10, 3500}, {11, 15, 7000},
             {16, 25, 3000}, {26, 40, 1500}, {41, 60, 400}, {450, 550, 100}};

struct line {
    struct wp_gen_node node[WP_GEN_LINE_MAX];
    uint32_t depth;
};

struct story {
    uint64_t number;
    uint32_t left; /* members to come */
    uint32_t lines;
    struct line line[WP_GEN_STORY_LINES];
};

struct due {
    uint64_t time;  /* seconds since the dump's beginning */
    uint64_t order; /* of entry: ties are broken by it */
    uint32_t story; /* slot */
};

struct wp_gen_plan {
    struct wp_gen_plan_settings settings;
    struct wp_random r;
    uint64_t next, per_day, stories, entries;
    uint32_t first_share, other_share[WP_GEN_MIX_COUNT]; /* among articles that are no copies */
    struct due *due;                                     /* heap */
    size_t due_count, due_cap;
    struct story *story; /* slots */
    size_t story_count, story_cap;
    uint32_t *free_slot;
    size_t free_count, free_cap;
    struct line recent[WP_GEN_RECENT];
    size_t recent_count;
    uint64_t *block_last, *template_last; /* by outlet: the article that had it last */
};

/* The mean cluster size in thousandths. */
static uint64_t mean_size(void) {
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT(sizes); i++)
        sum += (uint64_t)(sizes[i].low + sizes[i].high) * sizes[i].share;
    return sum / 2000;
}

/* Turns shares of all articles into shares of those that are no copies. */
static enum wp_status set_shares(struct wp_gen_plan *p, struct wp_error *err) {
    uint64_t duplicates = p->settings.duplicates, firsts = duplicates * 1000 / mean_size();
    uint64_t others = WP_GEN_MILLION - duplicates + firsts, sum = firsts;
    p->first_share = (uint32_t)(firsts * WP_GEN_MILLION / others);
    for (size_t i = WP_GEN_MIX_EXCERPT; i <= WP_GEN_MIX_BANNER; i++) {
        sum += p->settings.mix.share[i];
        p->other_share[i] = (uint32_t)((uint64_t)p->settings.mix.share[i] * WP_GEN_MILLION / others);
    }
    if (sum <= others) return WP_OK;
    return wp_fail(err, WP_EINVAL,
                   "the shares of duplicates, excerpts, round-ups, templates, backgrounds and "
                   "banners add up to more than all articles");
}

enum wp_status wp_gen_plan_new(struct wp_gen_plan **plan, const struct wp_gen_plan_settings *settings,
                               struct wp_error *err) {
    struct wp_gen_plan *p = wp_zalloc(1, sizeof *p);
    *plan = NULL;
    if (!p) return wp_fail(err, WP_ENOMEM, "planning the dump");
    p->settings = *settings;
    p->r = wp_random_start(settings->seed, USE_PLAN, 0);
    p->per_day = settings->articles / DAYS_MIN;
    if (p->per_day > PER_DAY_MAX) p->per_day = PER_DAY_MAX;
    if (p->per_day < PER_DAY_MIN) p->per_day = PER_DAY_MIN;
    p->block_last = wp_zalloc(settings->outlets, WP_GEN_OUTLET_BLOCKS * sizeof *p->block_last);
    p->template_last = wp_zalloc(settings->outlets, sizeof *p->template_last);
    enum wp_status status = set_shares(p, err);
    if (status == WP_OK && (!p->block_last || !p->template_last))
        status = wp_fail(err, WP_ENOMEM, "planning the dump");
    if (status != WP_OK) {
        wp_gen_plan_free(p);
        return status;
    }
    *plan = p;
    return WP_OK;
}

void wp_gen_plan_free(struct wp_gen_plan *p) {
    if (!p) return;
    wp_free(p->due);
    wp_free(p->story);
    wp_free(p->free_slot);
    wp_free(p->block_last);
    wp_free(p->template_last);
    wp_free(p);
}

static bool is_before(const struct due *a, const struct due *b) {
    return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static enum wp_status push_due(struct wp_gen_plan *p, struct due due) {
    WP_TRY(WP_GROW(p->due, p->due_count, p->due_cap));
    size_t at = p->due_count++;
    for (; at && is_before(&due, &p->due[(at - 1) / 2]); at = (at - 1) / 2) p->due[at] = p->due[(at - 1) / 2];
    p->due[at] = due;
    return WP_OK;
}

static struct due pop_due(struct wp_gen_plan *p) {
    struct due top = p->due[0], last = p->due[--p->due_count];
    size_t at = 0;
    for (size_t child = 1; child < p->due_count; child = 2 * at + 1) {
        if (child + 1 < p->due_count && is_before(&p->due[child + 1], &p->due[child])) child++;
        if (!is_before(&p->due[child], &last)) break;
        p->due[at] = p->due[child];
        at = child;
    }
    p->due[at] = last;
    return top;
}

static uint32_t draw_size(struct wp_gen_plan *p) {
    uint32_t x = wp_random_below(&p->r, WP_GEN_MILLION), size = 2;
    uint64_t most = p->settings.articles / LARGEST_PART;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        if (x < sizes[i].share) {
            size = wp_random_between(&p->r, sizes[i].low, sizes[i].high);
            break;
        }
        x -= sizes[i].share;
    }
    return size <= most || size <= SIZE_ALWAYS ? size : SIZE_ALWAYS;
}

/* When a copy of a story that breaks at `time` appears. */
static uint64_t draw_time(struct wp_random *r, uint64_t time) {
    uint32_t x = wp_random_below(r, 100);
    uint64_t midnight = (time / DAY_SECONDS + 1) * DAY_SECONDS;
    if (x < 70) { /* sooner rather than later */
        uint64_t left = midnight - time, a = wp_random_below(r, left), b = wp_random_below(r, left);
        return time + (a < b ? a : b);
    }
    if (x < 95) return midnight + wp_random_below(r, DAY_SECONDS);
    return midnight + DAY_SECONDS + wp_random_below(r, 3 * DAY_SECONDS);
}

/* Large outlets have low numbers and publish more. */
static uint32_t draw_outlet(struct wp_gen_plan *p) {
    uint32_t a = wp_random_below(&p->r, p->settings.outlets), b = wp_random_below(&p->r, p->settings.outlets);
    return a < b ? a : b;
}

static uint64_t time_of(const struct wp_gen_plan *p, uint64_t number) {
    return (number - 1) * DAY_SECONDS / p->per_day;
}

static struct wp_gen_node make_node(struct wp_gen_plan *p, uint32_t outlet, enum wp_gen_kind kind) {
    uint64_t time = time_of(p, p->next);
    return (struct wp_gen_node){p->next, outlet, (uint32_t)(time % DAY_SECONDS),
                                (uint32_t)(time / DAY_SECONDS), kind};
}

static void set_order(struct wp_gen_order *order, const struct line *line) {
    memset(order, 0, sizeof *order);
    memcpy(order->line, line->node, sizeof line->node);
    order->depth = line->depth;
}

static enum wp_status take_slot(struct wp_gen_plan *p, uint32_t *slot) {
    if (p->free_count) {
        *slot = p->free_slot[--p->free_count];
        return WP_OK;
    }
    WP_TRY(WP_GROW(p->story, p->story_count, p->story_cap));
    *slot = (uint32_t)p->story_count++;
    return WP_OK;
}

/* A new article is the first of a story: its copies are put into the queue. */
static enum wp_status start_story(struct wp_gen_plan *p, const struct line *first,
                                  struct wp_gen_order *order) {
    uint32_t slot, size = draw_size(p);
    uint64_t time = time_of(p, p->next);
    WP_TRY(take_slot(p, &slot));
    struct story *s = &p->story[slot];
    s->number = ++p->stories;
    s->left = size - 1;
    s->lines = 1;
    s->line[0] = *first;
    order->story = s->number;
    for (uint32_t i = 1; i < size; i++)
        WP_TRY(push_due(p, (struct due){draw_time(&p->r, time), p->entries++, slot}));
    return WP_OK;
}

/* The version that the next copy is made from: mostly the first. */
static const struct line *choose_parent(struct wp_gen_plan *p, const struct story *s) {
    uint32_t at = wp_random_below(&p->r, 4) ? 0 : wp_random_below(&p->r, s->lines);
    return &s->line[at];
}

static enum wp_gen_kind draw_copy_kind(struct wp_gen_plan *p) {
    if (wp_random_chance(&p->r, p->settings.mix.share[WP_GEN_MIX_EXACT])) return WP_GEN_EXACT;
    if (wp_random_chance(&p->r, p->settings.mix.share[WP_GEN_MIX_UPDATE])) return WP_GEN_UPDATE;
    return WP_GEN_REPRINT;
}

/* Versions stay with their outlet; an exact copy is the outlet's own page again, or its sister's. */
static uint32_t copy_outlet(struct wp_gen_plan *p, enum wp_gen_kind kind, uint32_t parent) {
    uint32_t sister = parent % 6 == 4 ? parent + 1 : parent % 6 == 5 ? parent - 1 : parent;
    if (kind == WP_GEN_UPDATE) return parent;
    if (kind == WP_GEN_EXACT)
        return sister < p->settings.outlets && wp_random_below(&p->r, 2) ? sister : parent;
    uint32_t outlet = draw_outlet(p);
    return outlet == parent ? (outlet + 1) % p->settings.outlets : outlet;
}

static enum wp_status next_copy(struct wp_gen_plan *p, struct wp_gen_order *order) {
    struct due due = pop_due(p);
    struct story *s = &p->story[due.story];
    struct line line = *choose_parent(p, s);
    enum wp_gen_kind kind = draw_copy_kind(p);
    uint32_t outlet = copy_outlet(p, kind, line.node[line.depth - 1].outlet);
    line.node[line.depth++] = make_node(p, outlet, kind);
    set_order(order, &line);
    order->story = s->number;
    order->last_of_story = --s->left == 0;
    if (line.depth < WP_GEN_LINE_MAX && kind != WP_GEN_EXACT && s->lines < WP_GEN_STORY_LINES)
        s->line[s->lines++] = line;
    if (!order->last_of_story) return WP_OK;
    WP_TRY(WP_GROW(p->free_slot, p->free_count, p->free_cap));
    p->free_slot[p->free_count++] = due.story;
    return WP_OK;
}

static const struct line *draw_recent(struct wp_gen_plan *p) {
    size_t have = p->recent_count < WP_GEN_RECENT ? p->recent_count : WP_GEN_RECENT;
    return &p->recent[wp_random_below(&p->r, have)];
}

static void plan_excerpt(struct wp_gen_plan *p, struct line *line, struct wp_gen_order *order) {
    struct wp_gen_node self = line->node[0];
    *line = *draw_recent(p);
    order->link = line->node[line->depth - 1].number;
    self.kind = WP_GEN_EXCERPT;
    if (self.outlet == line->node[0].outlet) self.outlet = (self.outlet + 1) % p->settings.outlets;
    line->node[line->depth++] = self;
}

static void plan_roundup(struct wp_gen_plan *p, struct line *line, struct wp_gen_order *order) {
    uint32_t wanted = wp_random_between(&p->r, 3, WP_GEN_PASSAGES_MAX);
    line->node[0].kind = WP_GEN_ROUNDUP;
    for (uint32_t i = 0; i < wanted; i++) {
        const struct wp_gen_node *from = &draw_recent(p)->node[0];
        bool twice = false;
        for (uint32_t j = 0; j < order->passages; j++) twice |= order->passage[j].number == from->number;
        if (!twice) order->passage[order->passages++] = *from;
    }
}

/* Half the outlets run a template, each its own one. */
static void plan_template(struct wp_gen_plan *p, struct line *line, struct wp_gen_order *order) {
    uint32_t outlet = line->node[0].outlet & ~1u;
    line->node[0].outlet = outlet;
    line->node[0].kind = WP_GEN_TEMPLATE;
    order->which = outlet / 2;
    order->link = p->template_last[outlet];
    p->template_last[outlet] = line->node[0].number;
}

static void plan_background(struct wp_gen_plan *p, struct line *line, struct wp_gen_order *order) {
    uint32_t block = wp_random_below(&p->r, WP_GEN_OUTLET_BLOCKS);
    uint64_t *last = &p->block_last[(size_t)line->node[0].outlet * WP_GEN_OUTLET_BLOCKS + block];
    line->node[0].kind = WP_GEN_BACKGROUND;
    order->which = block;
    order->link = *last;
    *last = line->node[0].number;
}

/* One of the kinds that stand outside stories, or WP_GEN_MIX_COUNT. */
static enum wp_gen_mix_field draw_other(struct wp_gen_plan *p) {
    uint32_t x = wp_random_below(&p->r, WP_GEN_MILLION - p->first_share);
    for (size_t i = WP_GEN_MIX_EXCERPT; i <= WP_GEN_MIX_BANNER; i++) {
        if (x < p->other_share[i]) return (enum wp_gen_mix_field)i;
        x -= p->other_share[i];
    }
    return WP_GEN_MIX_COUNT;
}

static enum wp_status next_new(struct wp_gen_plan *p, struct wp_gen_order *order) {
    struct line line = {.depth = 1};
    memset(order, 0, sizeof *order);
    line.node[0] = make_node(p, draw_outlet(p), WP_GEN_FRESH);
    bool first = wp_random_chance(&p->r, p->first_share);
    enum wp_gen_mix_field other = first ? WP_GEN_MIX_COUNT : draw_other(p);
    struct line plain = line;
    if (other == WP_GEN_MIX_EXCERPT && p->recent_count) plan_excerpt(p, &line, order);
    if (other == WP_GEN_MIX_ROUNDUP && p->recent_count > WP_GEN_PASSAGES_MAX) plan_roundup(p, &line, order);
    if (other == WP_GEN_MIX_TEMPLATE) plan_template(p, &line, order);
    if (other == WP_GEN_MIX_BACKGROUND) plan_background(p, &line, order);
    if (other == WP_GEN_MIX_BANNER) line.node[0].kind = WP_GEN_BANNER;
    memcpy(order->line, line.node, sizeof line.node);
    order->depth = line.depth;
    if (line.depth == 1 && line.node[0].kind == WP_GEN_FRESH)
        p->recent[p->recent_count++ % WP_GEN_RECENT] = plain;
    return first ? start_story(p, &plain, order) : WP_OK;
}

enum wp_status wp_gen_plan_next(struct wp_gen_plan *p, struct wp_gen_order *order) {
    if (p->next >= p->settings.articles) return WP_END;
    p->next++;
    if (p->due_count && p->due[0].time <= time_of(p, p->next)) return next_copy(p, order);
    return next_new(p, order);
}
