/*
 * compare.c - see compare.h; and the comparison calls of the public header.
 */
#include "report/compare.h"

#include <string.h>
#include "sketch/fingerprint.h"
#include "sketch/simhash.h"

static enum wp_status copy_shingles(struct wp_side *side, const struct wp_fingerprinter *f,
                                    const struct wp_fingerprint *print) {
    size_t count;
    const uint64_t *shingles = wp_fingerprinter_shingles(f, &count);
    side->shingles = wp_alloc(count, sizeof *shingles);
    if (!side->shingles) return WP_ENOMEM;
    if (count) memcpy(side->shingles, shingles, count * sizeof *shingles);
    side->stream = (struct wp_stream){
        .shingles = side->shingles, .count = (uint32_t)count, .tokens = print->tokens, .width = print->width};
    side->exact = print->exact;
    side->simhash = print->simhash;
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

static enum wp_status make_side(struct wp_side *side, struct wp_fingerprinter *f, const uint8_t *text,
                                size_t len) {
    struct wp_fingerprint print;
    *side = (struct wp_side){.text = text, .len = len};
    WP_TRY(wp_fingerprinter_run(f, text, len, WP_FEATURE_SIMHASH, &print));
    WP_TRY(copy_shingles(side, f, &print));
    return copy_ranges(side, f); /* last: it ends the views of the run */
}

/* tag: another one for either text. */
static enum wp_status take_furniture_out(struct wp_side *side, const struct wp_furniture *furniture,
                                         uint32_t owner, uint32_t tag) {
    struct wp_stream *s = &side->stream;
    if (!furniture || !owner) return WP_OK;
    side->mask =
        (struct wp_mask){.tokens = wp_zalloc((size_t)s->tokens + WP_MASK_SLACK, 1), .own = s->tokens};
    if (!side->mask.tokens) return WP_ENOMEM;
    wp_furniture_take_out(furniture, owner, side->shingles, s->count, s->width, tag, &side->mask);
    if (side->mask.shingles) s->mask = &side->mask;
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

enum wp_status wp_pair_make_own(struct wp_pair *pair, const struct wp_pair_text *a,
                                const struct wp_pair_text *b, const struct wp_furniture *furniture) {
    struct wp_fingerprinter *f;
    *pair = (struct wp_pair){0};
    WP_TRY(wp_fingerprinter_new(&f));
    enum wp_status status = make_side(&pair->a, f, a->text, a->len);
    if (status == WP_OK) status = make_side(&pair->b, f, b->text, b->len);
    wp_fingerprinter_free(f);
    if (status == WP_OK) status = take_furniture_out(&pair->a, furniture, a->owner, 0);
    if (status == WP_OK) status = take_furniture_out(&pair->b, furniture, b->owner, 1);
    if (status == WP_OK) status = find_overlap(pair);
    if (status == WP_OK) status = wp_token_passages_find(&pair->passages, &pair->a.stream, &pair->b.stream);
    if (status != WP_OK) return status;
    /* two texts without a word are not each other's copy */
    pair->facts.same_tokens = pair->a.stream.tokens && pair->a.exact.low == pair->b.exact.low &&
                              pair->a.exact.high == pair->b.exact.high;
    pair->facts.same_owner = a->owner && a->owner == b->owner;
    pair->facts.simhash_distance = wp_simhash_distance(pair->a.simhash, pair->b.simhash);
    return WP_OK;
}

enum wp_status wp_pair_make(struct wp_pair *pair, const uint8_t *text_a, size_t len_a, const uint8_t *text_b,
                            size_t len_b) {
    return wp_pair_make_own(pair, &(struct wp_pair_text){text_a, len_a, 0},
                            &(struct wp_pair_text){text_b, len_b, 0}, NULL);
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

/* The public calls. */

static void fill_comparison(const struct wp_pair *pair, const struct wp_rule *rule, struct wp_comparison *c) {
    const struct wp_overlap *o = &pair->overlap;
    c->relation = wp_relation_name(wp_relation_judge(rule, o, &pair->facts, NULL));
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

enum wp_status wp_compare(const char *text_a, size_t len_a, const char *text_b, size_t len_b,
                          struct wp_comparison *out, struct wp_error *err) {
    struct wp_pair pair;
    struct wp_rule rule;
    if (out->size != sizeof *out)
        return wp_fail(err, WP_EINVAL, "struct wp_comparison is of another version");
    WP_TRY(wp_rule_parse(out->match ? out->match : "story", &rule, err));
    enum wp_status status =
        wp_pair_make(&pair, (const uint8_t *)text_a, len_a, (const uint8_t *)text_b, len_b);
    if (status == WP_OK) {
        pair.facts.same_owner = out->same_owner;
        fill_comparison(&pair, &rule, out);
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
        wp_pair_make(&pair, (const uint8_t *)text_a, len_a, (const uint8_t *)text_b, len_b);
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
