/*
 * tell.c - from matches to told stories.
 *
 * Articles that take part in a copy become the nodes of a graph, whose edges are the matches between them,
 * also those that are excerpts only: they speak against a story. What agrees best (story/agreement.h) makes
 * stories; exact copies join the article that stands for them; a lead is chosen by policy, and every member
 * says which member it matched: the lead where they match directly, else the best match it has in the story.
 */
#include "engine/run.h"

#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/memory.h"
#include "engine/wanted.h"
#include "story/agreement.h"

/* Ranks that are nodes: a bit each, and the number of nodes before each word, so that a rank finds its node
 * and back. */
struct nodes {
    struct wp_bits present;
    uint32_t *before;
    uint32_t *ranks;
    uint32_t count;
};

struct teller {
    struct wp_run *run;
    struct nodes nodes;
    struct wp_match *matches; /* between nodes, sorted by (a, b) */
    struct wp_edge *edges;
    size_t count, cap, edge_cap;
    struct wp_graph graph;
    uint32_t *story;           /* by node: its representative */
    uint64_t *keyed, *scratch; /* (representative << 32 | member) of every member */
    size_t keyed_count;
    struct wp_wanted wanted;
};

static void nodes_release(struct nodes *n) {
    wp_bits_release(&n->present);
    wp_free(n->before);
    wp_free(n->ranks);
}

static enum wp_status nodes_index(struct nodes *n, uint64_t articles) {
    size_t words = articles / 64 + 1;
    n->before = wp_alloc(words, sizeof *n->before);
    if (!n->before) return WP_ENOMEM;
    for (size_t w = 0; w < words; w++) {
        n->before[w] = n->count;
        n->count += (uint32_t)__builtin_popcountll(n->present.words[w]);
    }
    n->ranks = wp_alloc(n->count, sizeof *n->ranks);
    if (!n->ranks) return WP_ENOMEM;
    for (uint64_t rank = 0, at = 0; rank < articles; rank++)
        if (wp_bits_get(&n->present, rank)) n->ranks[at++] = (uint32_t)rank;
    return WP_OK;
}

static uint32_t node_of(const struct nodes *n, uint32_t rank) {
    uint64_t below = n->present.words[rank / 64] & (((uint64_t)1 << (rank % 64)) - 1);
    return n->before[rank / 64] + (uint32_t)__builtin_popcountll(below);
}

static bool joins(const struct wp_match *m) {
    return m->relation == WP_RELATION_COPY || m->relation == WP_RELATION_EXACT;
}

/* Copies of what is a banner are no story. */
static bool is_banner(const struct teller *t, uint32_t rank) {
    return wp_bits_get(&t->run->banners, rank);
}

/* Marks the articles that take part in a copy and gathers all matches. */
static enum wp_status gather_matches(struct teller *t, struct wp_error *err) {
    struct wp_run *run = t->run;
    for (size_t part = 0; part < run->matches.part_count; part++) {
        size_t count = wp_parts_count(&run->matches, part);
        while (t->count + count > t->cap)
            if (wp_grow_((void **)&t->matches, &t->cap, sizeof *t->matches) != WP_OK)
                return wp_fail(err, WP_ENOMEM, "out of memory for the matches");
        struct wp_match *to = t->matches + t->count;
        WP_TRY(wp_parts_read(&run->matches, part, to, err));
        t->count += count;
        for (size_t i = 0; i < count; i++) {
            if (!joins(&to[i]) || is_banner(t, to[i].a) || is_banner(t, to[i].b)) continue;
            wp_bits_set(&t->nodes.present, to[i].a);
            wp_bits_set(&t->nodes.present, to[i].b);
        }
    }
    for (size_t i = 0; i < run->copies.count; i++)
        if (!is_banner(t, run->copies.items[i].first))
            wp_bits_set(&t->nodes.present, run->copies.items[i].first);
    return WP_OK;
}

/* Leaves the matches between nodes. */
static void keep_between_nodes(struct teller *t) {
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct wp_match *m = &t->matches[i];
        t->matches[kept] = *m;
        kept += wp_bits_get(&t->nodes.present, m->a) && wp_bits_get(&t->nodes.present, m->b);
    }
    t->count = kept;
}

static enum wp_status agree(struct teller *t) {
    struct nodes *n = &t->nodes;
    keep_between_nodes(t);
    WP_TRY(nodes_index(n, t->run->order.articles));
    t->edges = wp_alloc(t->count, sizeof *t->edges);
    t->story = wp_alloc(n->count, sizeof *t->story);
    if (!t->edges || !t->story) return WP_ENOMEM;
    for (size_t i = 0; i < t->count; i++)
        t->edges[i] = (struct wp_edge){node_of(n, t->matches[i].a), node_of(n, t->matches[i].b),
                                       t->matches[i].gain, (uint32_t)i};
    WP_TRY(wp_graph_init(&t->graph, n->count, t->edges, t->count));
    return wp_agree(&t->graph, WP_GAIN_MAX, WP_GAIN_MIN, t->story);
}

/* Every member of every story with its representative, exact copies with that of the article they copy. */
static enum wp_status key_members(struct teller *t) {
    struct wp_run *run = t->run;
    const struct nodes *n = &t->nodes;
    size_t most = (size_t)n->count + run->copies.count;
    t->keyed = wp_alloc(most, sizeof *t->keyed);
    t->scratch = wp_alloc(most, sizeof *t->scratch);
    if (!t->keyed || !t->scratch) return WP_ENOMEM;
    for (uint32_t i = 0; i < n->count; i++)
        t->keyed[t->keyed_count++] = (uint64_t)n->ranks[t->story[i]] << 32 | n->ranks[i];
    for (size_t i = 0; i < run->copies.count; i++) {
        const struct wp_twin *c = &run->copies.items[i];
        if (is_banner(t, c->first)) continue;
        t->keyed[t->keyed_count++] = (uint64_t)n->ranks[t->story[node_of(n, c->first)]] << 32 | c->twin;
    }
    return WP_OK;
}

static struct wp_lead_key lead_key(const struct teller *t, const struct wp_article_row *row) {
    switch (t->run->settings.keep) {
    case WP_KEEP_FIRST: return (struct wp_lead_key){0, 0};
    case WP_KEEP_LONGEST: return wp_lead_by_length(row->tokens);
    case WP_KEEP_EARLIEST: return wp_lead_by_date(row->date);
    case WP_KEEP_SOURCE: break;
    }
    return wp_lead_by_source(wp_wanted_place(&t->wanted, row->owner), row->date);
}

/* The article that stands for a member's text: itself, or the one it is an exact copy of. The list of copies
 * is sorted by first, so a copy's own entry is looked up in an index by twin. */
static uint32_t stands_for(const struct teller *t, const uint64_t *by_twin, uint32_t rank) {
    size_t low = 0, high = t->run->copies.count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (by_twin[mid] >> 32 < rank)
            low = mid + 1;
        else
            high = mid;
    }
    bool found = low < t->run->copies.count && by_twin[low] >> 32 == rank;
    return found ? (uint32_t)by_twin[low] : rank;
}

struct story_view {
    const struct teller *t;
    const uint64_t *by_twin;
    uint32_t story;     /* node of the representative */
    uint32_t lead;      /* rank */
    uint32_t lead_text; /* rank of the article that stands for the lead's text */
};

/* The entry of the best match that node has within its story, or UINT64_MAX. */
static uint64_t best_entry(const struct story_view *s, uint32_t node) {
    const struct wp_graph *g = &s->t->graph;
    uint64_t best = UINT64_MAX;
    for (uint64_t e = g->first[node]; e < g->first[node + 1]; e++) {
        if (s->t->story[g->neighbour[e]] != s->story) continue;
        if (best == UINT64_MAX || g->gain[e] > g->gain[best]) best = e;
    }
    return best;
}

/* What member `rank` is to its story. */
static struct wp_member describe(const struct story_view *s, uint32_t rank) {
    const struct nodes *n = &s->t->nodes;
    uint32_t text = stands_for(s->t, s->by_twin, rank);
    struct wp_member m = {.rank = rank, .to = s->lead, .coverage = 1, .jaccard = 1};
    if (rank == s->lead) return m;
    m.relation = WP_RELATION_EXACT;
    if (text == s->lead_text) return m;
    uint32_t node = node_of(n, text);
    uint64_t entry = wp_graph_find(&s->t->graph, node, node_of(n, s->lead_text));
    if (entry == UINT64_MAX || s->t->graph.gain[entry] <= 0) {
        entry = best_entry(s, node);
        m.to = n->ranks[s->t->graph.neighbour[entry]];
    }
    const struct wp_match *match = &s->t->matches[s->t->graph.match[entry]];
    m.relation = match->relation;
    m.coverage = match->coverage;
    m.jaccard = match->jaccard;
    return m;
}

static enum wp_status choose_lead(const struct teller *t, const uint64_t *keyed, size_t count, uint32_t *lead,
                                  struct wp_error *err) {
    struct wp_lead_key best = {0};
    struct wp_article_row scratch;
    for (size_t i = 0; i < count; i++) {
        const struct wp_article_row *row = wp_run_row(t->run, (uint32_t)keyed[i], &scratch, err);
        if (!row) return err->status;
        struct wp_lead_key key = lead_key(t, row);
        if (i && !wp_lead_before(key, best)) continue;
        best = key;
        *lead = (uint32_t)keyed[i];
    }
    return WP_OK;
}

static enum wp_status add_story(struct teller *t, const uint64_t *by_twin, const uint64_t *keyed,
                                size_t count, struct wp_error *err) {
    struct wp_stories *stories = &t->run->stories;
    struct story_view view = {.t = t, .by_twin = by_twin};
    view.story = node_of(&t->nodes, (uint32_t)(keyed[0] >> 32));
    WP_TRY(choose_lead(t, keyed, count, &view.lead, err));
    view.lead_text = stands_for(t, by_twin, view.lead);
    if (WP_GROW(stories->items, stories->count, stories->cap) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory for the stories");
    stories->items[stories->count++] =
        (struct wp_story){.first = stories->member_count, .size = (uint32_t)count, .lead = view.lead};
    for (size_t i = 0; i < count; i++) {
        if (WP_GROW(stories->members, stories->member_count, stories->member_cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory for the stories");
        stories->members[stories->member_count++] = describe(&view, (uint32_t)keyed[i]);
    }
    return WP_OK;
}

static int compare_keys(const void *x, const void *y) {
    const uint64_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

static enum wp_status add_stories(struct teller *t, struct wp_error *err) {
    const struct wp_twin_list *copies = &t->run->copies;
    uint64_t *by_twin = wp_alloc(copies->count, sizeof *by_twin);
    enum wp_status status = by_twin ? key_members(t) : WP_ENOMEM;
    if (status != WP_OK) {
        wp_free(by_twin);
        return wp_fail(err, WP_ENOMEM, "out of memory for the stories");
    }
    for (size_t i = 0; i < copies->count; i++)
        by_twin[i] = (uint64_t)copies->items[i].twin << 32 | copies->items[i].first;
    if (copies->count) qsort(by_twin, copies->count, sizeof *by_twin, compare_keys);
    if (t->keyed_count) qsort(t->keyed, t->keyed_count, sizeof *t->keyed, compare_keys);
    for (size_t i = 0, end; i < t->keyed_count && status == WP_OK; i = end) {
        for (end = i + 1; end < t->keyed_count && t->keyed[end] >> 32 == t->keyed[i] >> 32; end++) {
        }
        if (end - i >= 2) status = add_story(t, by_twin, t->keyed + i, end - i, err);
    }
    wp_free(by_twin);
    return status;
}

/* Stories in the order of their first members. Members stay where they are. */
static int compare_stories(const void *x, const void *y, void *members) {
    const struct wp_story *a = x, *b = y;
    const struct wp_member *m = members;
    uint32_t rank_a = m[a->first].rank, rank_b = m[b->first].rank;
    return rank_a < rank_b ? -1 : rank_a > rank_b;
}

static enum wp_status tell(struct teller *t, struct wp_error *err) {
    struct wp_stories *stories = &t->run->stories;
    WP_TRY(wp_bits_init(&t->nodes.present, t->run->order.articles));
    WP_TRY(wp_wanted_read(&t->wanted, &t->run->settings));
    WP_TRY(wp_wanted_missing(&t->wanted, t->run, &t->run->unknown_sources, err));
    WP_TRY(gather_matches(t, err));
    WP_TRY(agree(t));
    WP_TRY(add_stories(t, err));
    if (stories->count)
        qsort_r(stories->items, stories->count, sizeof *stories->items, compare_stories, stories->members);
    return WP_OK;
}

enum wp_status wp_run_tell(struct wp_run *run, struct wp_error *err) {
    struct teller t = {.run = run};
    enum wp_status status = tell(&t, err);
    nodes_release(&t.nodes);
    wp_graph_release(&t.graph);
    wp_free(t.matches);
    wp_free(t.edges);
    wp_free(t.story);
    wp_free(t.keyed);
    wp_free(t.scratch);
    wp_wanted_release(&t.wanted);
    return status;
}
