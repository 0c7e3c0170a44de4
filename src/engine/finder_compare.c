/* finder_compare.c - candidates of a search, compared with its text in full. */
#include "engine/finder_parts.h"

enum { VAIN_SETS = 64 };

/* As engine/verify.c asks it; of the article it is not known how much is furniture, which makes the question
 * a little sharper. */
static bool is_promising(const struct wp_finder *f, const struct wp_row *row, uint32_t hits) {
    struct wp_sampled article = {row->shingles, row->samples, row->shingles};
    struct wp_sampled text = {f->own.count, f->print.sample_count, 0};
    if (text.samples) text.own_shingles = (double)text.shingles * f->key_count / text.samples;
    return wp_rule_may_match_sampled(&f->rule, &text, &article, hits, f->owner && f->owner == row->owner);
}

static struct wp_pair_facts facts_of(const struct wp_finder *f, const struct wp_row *row,
                                     const struct wp_compared *article) {
    return wp_pair_facts_of(&(struct wp_article_facts){.exact = f->print.exact,
                                                       .tokens = f->print.tokens,
                                                       .owner = f->owner,
                                                       .date = f->date,
                                                       .figures = &f->text.figures},
                            &(struct wp_article_facts){.exact = row->exact,
                                                       .tokens = row->tokens,
                                                       .owner = row->owner,
                                                       .date = row->date,
                                                       .figures = &article->figures});
}

/* Is it less than the rule asks of an excerpt, but what the search asks? Never a phrase alone. */
static bool is_enough(const struct wp_finder *f, const struct wp_overlap *o) {
    uint32_t covered = o->covered_a < o->covered_b ? o->covered_a : o->covered_b;
    double coverage = f->search ? f->search->excerpt_coverage : 0;
    return coverage > 0 && wp_overlap_coverage(o) >= coverage &&
           covered >= WP_STORY_EXCERPT_SHINGLES * o->width;
}

/* The article as it is compared: its stream without what does not count. */
static enum wp_status get_article(struct wp_finder *f, const struct wp_view *view,
                                  const struct wp_store *store, const struct wp_found_match *m,
                                  struct wp_compared *out, struct wp_error *err) {
    WP_TRY(wp_profiles_get(&f->profiles, view, store, m->number, &m->row, out, err));
    return wp_finder_take_out(f, out, m->row.owner, true) == WP_OK ? WP_OK : wp_finder_no_memory(err);
}

static enum wp_status count_distinct(struct wp_finder *f, const struct wp_compared *article,
                                     struct wp_overlap *o, struct wp_error *err) {
    enum wp_status status = wp_overlap_count_distinct(&f->base, &article->stream, o);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

static enum wp_status set_base(struct wp_finder *f, struct wp_error *err) {
    enum wp_status status = f->base_set ? WP_OK : wp_overlap_base_set(&f->base, &f->own);
    f->base_set = status == WP_OK;
    return f->base_set ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

/* The longest run tells an excerpt from nothing, and is looked for where that is the question. */
static void judge(const struct wp_finder *f, const struct wp_compared *article, struct wp_found_match *m) {
    struct wp_pair_facts facts = facts_of(f, &m->row, article);
    m->relation = wp_relation_judge(&f->rule, &m->overlap, &facts, &m->gain);
    if (m->relation != WP_RELATION_NONE || m->overlap.longest_run) return;
    wp_overlap_find_run(&f->base, &article->stream, &m->overlap);
    m->relation = wp_relation_judge(&f->rule, &m->overlap, &facts, &m->gain);
}

enum wp_status wp_finder_compare(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_store *store, struct wp_found_match *m,
                                 struct wp_error *err) {
    struct wp_compared article;
    bool measured = f->search && f->search->measured;
    WP_TRY(get_article(f, view, store, m, &article, err));
    WP_TRY(set_base(f, err));
    enum wp_status status =
        wp_overlap_compare(&f->base, &article.stream, measured ? WP_OVERLAP_RUN : 0, &m->overlap);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    judge(f, &article, m);
    if (m->relation == WP_RELATION_NONE && is_enough(f, &m->overlap)) m->relation = WP_RELATION_EXCERPT;
    if (m->relation == WP_RELATION_NONE || !measured) return WP_OK;
    return count_distinct(f, &article, &m->overlap, err);
}

enum wp_status wp_finder_count_distinct(struct wp_finder *f, const struct wp_view *view,
                                        const struct wp_store *store, struct wp_found_match *m,
                                        struct wp_error *err) {
    struct wp_compared article;
    if (m->overlap.distinct_b) return WP_OK;
    WP_TRY(get_article(f, view, store, m, &article, err));
    return count_distinct(f, &article, &m->overlap, err);
}

/* The rows of candidates that are to be compared, best first, as matches that are not compared yet. */
static enum wp_status choose(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                             uint32_t except, struct wp_error *err) {
    uint32_t compared = 0;
    for (size_t i = 0; i < f->candidate_count && i < search->compared_max; i++) {
        wp_view_prefetch_row(view, f->candidates[i].number);
        wp_profiles_prefetch(&f->profiles, f->candidates[i].number);
    }
    for (size_t i = 0; i < f->candidate_count && compared < search->compared_max; i++) {
        const struct wp_found_candidate *c = &f->candidates[i];
        struct wp_found_match m = {.number = c->number, .samples = c->samples};
        if (c->number == except) continue;
        enum wp_status status = wp_view_row(view, c->number, &m.row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        bool listed = search->exact_listed && wp_finder_same_text(f, &m.row);
        if (m.row.width != f->print.width || listed) continue;
        if (search->promising_only && !is_promising(f, &m.row, c->hits)) continue;
        if (!search->doubts && wp_row_is_banner(view, c->number, &m.row)) continue;
        WP_TRY(wp_finder_add_match(f, &m, err));
        compared++;
    }
    return WP_OK;
}

/* A phrase that many articles have meets the text in the same samples of each of them: those who share more
 * meet it in others, too. So when a few of them are no match the rest is not asked. By what samples they meet
 * it in, how many there were in a row. What it costs on 23,000 real articles is one excerpt in 400. */
struct in_vain {
    uint32_t samples[VAIN_SETS], times[VAIN_SETS], count;
};

/* Where it is counted. With too many different ones the last place stands for all further ones, which start
 * again and again. */
static uint32_t *vain_times(struct in_vain *v, uint32_t samples) {
    uint32_t i = 0;
    while (i < v->count && v->samples[i] != samples) i++;
    if (i == VAIN_SETS) i--;
    if (i == v->count) v->count++;
    if (v->samples[i] != samples) v->times[i] = 0;
    v->samples[i] = samples;
    return &v->times[i];
}

/* Compares those that were chosen, from number `first` on. Those that match come first then, up to *end. The
 * next one's shingles are fetched while the base is set, or one is compared. */
static enum wp_status compare_all(struct wp_finder *f, const struct wp_view *view,
                                  const struct wp_store *store, size_t first, size_t *end,
                                  struct wp_error *err) {
    struct in_vain vain = {.count = 0};
    uint32_t vain_max = f->search->vain_max;
    *end = first;
    if (first == f->match_count) return WP_OK;
    wp_profiles_prefetch_stream(&f->profiles, f->matches[first].number);
    WP_TRY(set_base(f, err));
    for (size_t i = first; i < f->match_count; i++) {
        struct wp_found_match m = f->matches[i];
        uint32_t *times = vain_times(&vain, m.samples);
        if (i + 1 < f->match_count) wp_profiles_prefetch_stream(&f->profiles, f->matches[i + 1].number);
        if (vain_max && *times == vain_max) continue;
        WP_TRY(wp_finder_compare(f, view, store, &m, err));
        *times = m.relation == WP_RELATION_NONE ? *times + 1 : 0;
        if (m.relation == WP_RELATION_NONE) continue;
        f->matches[i] = f->matches[*end];
        f->matches[(*end)++] = m;
    }
    return WP_OK;
}

/* What has not matched, from number `first` on, may share what is taken for furniture by mistake. */
static enum wp_status compare_whole(struct wp_finder *f, const struct wp_view *view,
                                    const struct wp_store *store, size_t first, size_t *end,
                                    struct wp_error *err) {
    if (first == f->match_count || !f->furniture.count) return WP_OK;
    f->whole = true;
    enum wp_status status = wp_finder_mask(f, view, err);
    if (status == WP_OK) status = compare_all(f, view, store, first, end, err);
    f->whole = false;
    return status;
}

enum wp_status wp_finder_compare_candidates(struct wp_finder *f, const struct wp_view *view,
                                            const struct wp_store *store, const struct wp_search *search,
                                            uint32_t except, struct wp_error *err) {
    size_t end = f->match_count;
    f->search = search;
    enum wp_status status = choose(f, view, search, except, err);
    if (status == WP_OK) status = compare_all(f, view, store, end, &end, err);
    if (status == WP_OK && search->doubts) status = compare_whole(f, view, store, end, &end, err);
    f->match_count = end;
    f->search = NULL;
    return status;
}
