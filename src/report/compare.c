/*
 * compare.c - see compare.h; and the comparison calls of the public header.
 */
#include "report/compare.h"

#include <stddef.h>
#include <string.h>
#include "base/memory.h"
#include "match/candidates.h"

/* What of the fingerprint is read. */
#define FEATURES (WP_FEATURE_SAMPLES | WP_FEATURE_SIMHASH)

static enum wp_status copy_shingles(struct wp_side *side, const struct wp_fingerprinter *f) {
    size_t count;
    const uint64_t *shingles = wp_fingerprinter_shingles(f, &count);
    side->shingles = wp_alloc(count, sizeof *shingles);
    if (!side->shingles) return WP_ENOMEM;
    for (size_t i = 0; i < count; i++) side->shingles[i] = shingles[i] & ~WP_SHINGLE_TAKEN_OUT;
    side->stream = (struct wp_stream){.shingles = side->shingles,
                                      .count = (uint32_t)count,
                                      .tokens = side->print.tokens,
                                      .width = side->print.width};
    return WP_OK;
}

static enum wp_status copy_ranges(struct wp_side *side, struct wp_fingerprinter *f) {
    struct wp_tokens tokens;
    const struct wp_source_range *ranges;
    WP_TRY(wp_tokens_with_offsets(wp_fingerprinter_tokenizer(f), side->text, side->len, &tokens, &ranges));
    side->ranges = wp_alloc(tokens.count, sizeof *ranges);
    if (!side->ranges) return WP_ENOMEM;
    if (tokens.count) memcpy(side->ranges, ranges, tokens.count * sizeof *ranges);
    return WP_OK;
}

static enum wp_status make_side(struct wp_side *side, struct wp_fingerprinter *f,
                                const struct wp_pair_text *text, const struct wp_agency_table *agencies) {
    const struct wp_look_wants wants = {agencies, FEATURES};
    *side = (struct wp_side){.text = text->text, .len = text->len};
    WP_TRY(wp_look_take(f, &wants, text->text, text->len, &side->print, &side->look));
    WP_TRY(copy_shingles(side, f));
    return copy_ranges(side, f); /* last: it ends the views of the run */
}

/* tag: another one for either text. */
static enum wp_status take_out(struct wp_side *side, const struct wp_beside *beside, uint32_t tag) {
    struct wp_stream *s = &side->stream;
    if (!wp_beside_any(beside)) return WP_OK;
    side->mask.tokens = wp_zalloc((size_t)s->tokens + WP_MASK_SLACK, 1);
    if (!side->mask.tokens) return WP_ENOMEM;
    wp_beside_take_out(beside, side->shingles, s->tokens, s->width, tag, &side->mask);
    s->mask = wp_mask_if_any(&side->mask, s->tokens);
    return WP_OK;
}

static enum wp_status find_overlap(struct wp_pair *pair) {
    struct wp_overlap_base base;
    wp_overlap_base_init(&base);
    enum wp_status status = wp_overlap_base_set(&base, &pair->a.stream);
    if (status == WP_OK)
        status =
            wp_overlap_compare(&base, &pair->b.stream, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &pair->overlap);
    wp_overlap_base_release(&base);
    return status;
}

static struct wp_article_facts article_facts(const struct wp_side *side, const struct wp_pair_text *text) {
    return (struct wp_article_facts){.exact = side->print.exact,
                                     .tokens = side->print.tokens,
                                     .owner = text->owner,
                                     .date = text->date,
                                     .figures = &side->look.figures,
                                     .simhash = &side->print.simhash};
}

/* ---- would a run compare them? ---- */

/* Samples that are no furniture are moved to the front, in order; returns how many. */
static uint16_t own_samples(struct wp_side *side, const struct wp_beside *beside) {
    uint64_t *samples = side->print.samples;
    uint16_t own = 0;
    for (uint16_t i = 0; i < side->print.sample_count; i++) {
        bool furniture = beside->furniture && wp_furniture_has(beside->furniture, beside->owner, samples[i]);
        samples[own] = samples[i];
        own += !furniture;
    }
    return own;
}

static void count_meetings(struct wp_pair *pair, const struct wp_beside *of_a, const struct wp_beside *of_b) {
    struct wp_side *a = &pair->a, *b = &pair->b;
    uint16_t own_a = own_samples(a, of_a), own_b = own_samples(b, of_b);
    for (uint16_t i = 0, j = 0; i < own_a && j < own_b;) {
        uint64_t x = a->print.samples[i], y = b->print.samples[j];
        pair->meetings += x == y;
        i += x <= y;
        j += y <= x;
    }
    struct wp_sampled sampled_a = {a->print.shingles, a->print.sample_count, a->print.shingles};
    struct wp_sampled sampled_b = {b->print.shingles, b->print.sample_count, b->print.shingles};
    if (sampled_a.samples) sampled_a.own_shingles *= (double)own_a / sampled_a.samples;
    if (sampled_b.samples) sampled_b.own_shingles *= (double)own_b / sampled_b.samples;
    bool story = pair->rule.match == WP_MATCH_STORY;
    bool sparse = sampled_a.samples < WP_SPARSE_SAMPLES || sampled_b.samples < WP_SPARSE_SAMPLES;
    uint32_t least = !story && sparse ? 1 : WP_CANDIDATE_HITS;
    pair->candidate =
        pair->meetings >= least && wp_rule_may_match_sampled(&pair->rule, &sampled_a, &sampled_b,
                                                             pair->meetings, pair->facts.same_owner);
}

/* ---- making a pair ---- */

static enum wp_status make_sides(struct wp_pair *pair, const struct wp_pair_text *a,
                                 const struct wp_pair_text *b, const struct wp_agency_table *agencies) {
    struct wp_fingerprinter *f;
    WP_TRY(wp_fingerprinter_new(&f));
    enum wp_status status = make_side(&pair->a, f, a, agencies);
    if (status == WP_OK) status = make_side(&pair->b, f, b, agencies);
    wp_fingerprinter_free(f);
    return status;
}

static struct wp_beside beside(const struct wp_side *side, const struct wp_pair_text *text,
                               const struct wp_furniture *furniture) {
    return (struct wp_beside){furniture, text->owner, side->look.wire.head, side->look.wire.tail, NULL};
}

enum wp_status wp_pair_make(struct wp_pair *pair, const struct wp_pair_text *a, const struct wp_pair_text *b,
                            const struct wp_pair_settings *settings) {
    bool story = settings->rule.match == WP_MATCH_STORY;
    *pair = (struct wp_pair){.rule = settings->rule};
    WP_TRY(make_sides(pair, a, b, story ? settings->agencies : NULL));
    struct wp_beside of_a = beside(&pair->a, a, story ? settings->furniture : NULL);
    struct wp_beside of_b = beside(&pair->b, b, story ? settings->furniture : NULL);
    WP_TRY(take_out(&pair->a, &of_a, 0));
    WP_TRY(take_out(&pair->b, &of_b, 1));
    WP_TRY(find_overlap(pair));
    WP_TRY(wp_token_passages_find(&pair->passages, &pair->a.stream, &pair->b.stream));
    struct wp_article_facts facts_a = article_facts(&pair->a, a), facts_b = article_facts(&pair->b, b);
    pair->facts = wp_pair_facts_of(&facts_a, &facts_b);
    count_meetings(pair, &of_a, &of_b);
    return WP_OK;
}

enum wp_status wp_pair_make_whole(struct wp_pair *pair, const uint8_t *text_a, size_t len_a,
                                  const uint8_t *text_b, size_t len_b) {
    const struct wp_pair_text a = {text_a, len_a, 0, WP_DATE_UNKNOWN},
                              b = {text_b, len_b, 0, WP_DATE_UNKNOWN};
    return wp_pair_make(pair, &a, &b, &(struct wp_pair_settings){.rule.match = WP_MATCH_EXACT});
}

static void release_side(struct wp_side *side) {
    wp_free(side->ranges);
    wp_free(side->shingles);
    wp_free(side->mask.tokens);
    *side = (struct wp_side){0};
}

void wp_pair_release(struct wp_pair *pair) {
    release_side(&pair->a);
    release_side(&pair->b);
    wp_token_passages_release(&pair->passages);
}

struct wp_source_range wp_side_bytes(const struct wp_side *side, uint32_t first, uint32_t tokens) {
    return (struct wp_source_range){side->ranges[first].begin, side->ranges[first + tokens - 1].end};
}

enum wp_relation wp_pair_relation(const struct wp_pair *pair) {
    return wp_relation_judge(&pair->rule, &pair->overlap, &pair->facts, NULL);
}

/* ---- the public calls ---- */

static void fill_comparison(const struct wp_pair *pair, struct wp_comparison *c) {
    const struct wp_overlap *o = &pair->overlap;
    c->relation = wp_relation_name(wp_pair_relation(pair));
    c->coverage = wp_overlap_coverage(o);
    c->coverage_a = wp_overlap_coverage_a(o);
    c->coverage_b = wp_overlap_coverage_b(o);
    c->jaccard = wp_overlap_jaccard(o);
    c->containment = wp_overlap_containment(o);
    c->longest_run = o->longest_run;
    c->tokens_a = o->tokens_a;
    c->tokens_b = o->tokens_b;
    c->simhash_distance = pair->facts.simhash_distance;
}

/* Programs that were built before there was seconds_apart. */
#define COMPARISON_SIZE_1 offsetof(struct wp_comparison, seconds_apart)

enum wp_status wp_compare(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                          struct wp_comparison *out, struct wp_error *err) {
    struct wp_pair pair = {0};
    struct wp_pair_settings settings = {0};
    const struct wp_pair_text a = {(const uint8_t *)text_a, len_a, 0, WP_DATE_UNKNOWN};
    const struct wp_pair_text b = {(const uint8_t *)text_b, len_b, 0, WP_DATE_UNKNOWN};
    if (out->size != sizeof *out && out->size != COMPARISON_SIZE_1)
        return wp_fail(err, WP_EINVAL, "struct wp_comparison is of another version");
    WP_TRY(wp_rule_parse(out->match ? out->match : "story", &settings.rule, err));
    settings.agencies = wp_agency_table_builtin();
    enum wp_status status = settings.agencies ? wp_pair_make(&pair, &a, &b, &settings) : WP_ENOMEM;
    if (status == WP_OK) {
        pair.facts.same_owner = out->same_owner;
        if (out->size == sizeof *out) pair.facts.seconds_apart = out->seconds_apart;
        fill_comparison(&pair, out);
    }
    wp_pair_release(&pair);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

struct wp_passages {
    struct wp_passage *items;
    size_t count;
};

static enum wp_status copy_passages(const struct wp_pair *pair, struct wp_passages *to) {
    to->count = pair->passages.count;
    to->items = wp_alloc(to->count, sizeof *to->items);
    if (!to->items) return WP_ENOMEM;
    for (size_t i = 0; i < to->count; i++) {
        const struct wp_token_passage *p = &pair->passages.items[i];
        struct wp_source_range a = wp_side_bytes(&pair->a, p->a, p->tokens);
        struct wp_source_range b = wp_side_bytes(&pair->b, p->b, p->tokens);
        to->items[i] = (struct wp_passage){a.begin, a.end, b.begin, b.end, p->tokens};
    }
    return WP_OK;
}

enum wp_status wp_passages_new(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                               wp_passages **out) {
    struct wp_pair pair;
    *out = NULL;
    enum wp_status status =
        wp_pair_make_whole(&pair, (const uint8_t *)text_a, len_a, (const uint8_t *)text_b, len_b);
    struct wp_passages *p = status == WP_OK ? wp_zalloc(1, sizeof *p) : NULL;
    if (status == WP_OK) status = p ? copy_passages(&pair, p) : WP_ENOMEM;
    wp_pair_release(&pair);
    if (status != WP_OK) {
        wp_passages_free(p);
        return status;
    }
    *out = p;
    return WP_OK;
}

size_t wp_passages_count(const wp_passages *p) {
    return p->count;
}

enum wp_status wp_passages_get(const wp_passages *p, size_t index, struct wp_passage *out) {
    if (index >= p->count) return WP_EINVAL;
    *out = p->items[index];
    return WP_OK;
}

void wp_passages_free(wp_passages *p) {
    if (!p) return;
    wp_free(p->items);
    wp_free(p);
}
