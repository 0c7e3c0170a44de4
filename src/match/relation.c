/*
 * relation.c - see relation.h.
 *
 * The story rule reads four numbers: coverage of the shorter and of the longer text, the words covered and
 * the longest run. The exact and the estimated way differ only in where these come from.
 */
#include "match/relation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIMHASH_BITS 128

/* Sampled shingles are one in twelve: of 8 expected hits fewer than 2 come in 3 pairs of 1,000, of 16 fewer
 * than 4 in 1 of 10,000. */
#define SAMPLE_DOUBT 4.0

/* Coverage is greater than the containment of shingles, because a passage of n words has n - 4 shingles.
 * Fitted to read pairs: where containment is 0.44, coverage is 0.6; both are 0 and 1 together. */
#define COVERAGE_EXPONENT 0.62

/* The width that estimates reckon with; of the wider shingles only the shortest texts are judged otherwise.
 */
#define ESTIMATE_WIDTH 5

const char *wp_relation_name(enum wp_relation relation) {
    static const char *const names[] = {"none", "exact", "copy", "excerpt"};
    return (unsigned)relation < sizeof names / sizeof *names ? names[relation] : "none";
}

static bool parse_number(const char *text, double *out) {
    char *end;
    if (!strchr("0123456789.", *text) || !*text) return false;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

enum wp_status wp_rule_parse(const char *text, struct wp_rule *rule, struct wp_error *err) {
    double value;
    if (strcmp(text, "story") == 0) {
        *rule = (struct wp_rule){.match = WP_MATCH_STORY};
    } else if (strcmp(text, "exact") == 0) {
        *rule = (struct wp_rule){.match = WP_MATCH_EXACT};
    } else if (strncmp(text, "jaccard:", 8) == 0) {
        if (!parse_number(text + 8, &value) || value <= 0 || value > 1)
            return wp_fail(err, WP_EINVAL, "jaccard:T takes a number above 0 and up to 1, not '%s'",
                           text + 8);
        *rule = (struct wp_rule){.match = WP_MATCH_JACCARD, .jaccard = value};
    } else if (strncmp(text, "simhash:", 8) == 0) {
        if (!parse_number(text + 8, &value) || value > SIMHASH_BITS || value != floor(value))
            return wp_fail(err, WP_EINVAL, "simhash:K takes a whole number up to 128, not '%s'", text + 8);
        *rule = (struct wp_rule){.match = WP_MATCH_SIMHASH, .distance = (uint32_t)value};
    } else {
        return wp_fail(err, WP_EINVAL, "a rule is story, jaccard:T, simhash:K or exact, not '%s'", text);
    }
    return WP_OK;
}

const char *wp_rule_text(const struct wp_rule *rule, char *out, size_t size) {
    switch (rule->match) {
    case WP_MATCH_STORY: snprintf(out, size, "story"); break;
    case WP_MATCH_JACCARD: snprintf(out, size, "jaccard:%.10g", rule->jaccard); break;
    case WP_MATCH_SIMHASH: snprintf(out, size, "simhash:%u", rule->distance); break;
    case WP_MATCH_EXACT: snprintf(out, size, "exact"); break;
    }
    return out;
}

unsigned wp_rule_wants(const struct wp_rule *rule) {
    switch (rule->match) {
    case WP_MATCH_STORY: return WP_OVERLAP_RUN;
    case WP_MATCH_JACCARD: return WP_OVERLAP_DISTINCT;
    default: return 0;
    }
}

bool wp_rule_may_match(const struct wp_rule *rule, double shared, double least, bool same_owner) {
    switch (rule->match) {
    case WP_MATCH_JACCARD: return shared * SAMPLE_DOUBT >= rule->jaccard * least;
    case WP_MATCH_EXACT: return false; /* exact copies are found by their hash */
    case WP_MATCH_STORY:
        return (!same_owner && shared >= WP_STORY_SHARED) || shared >= WP_STORY_SHARED_PART * least;
    default: return true;
    }
}

/* The share of an article's shingles that are samples. */
static double sample_rate(const struct wp_sampled *s) {
    return s->shingles > s->samples ? (double)s->samples / s->shingles : 1.0;
}

bool wp_rule_may_match_sampled(const struct wp_rule *rule, const struct wp_sampled *a,
                               const struct wp_sampled *b, uint32_t hits, bool same_owner) {
    double shared = hits / fmin(sample_rate(a), sample_rate(b));
    return wp_rule_may_match(rule, shared, fmin(a->own_shingles, b->own_shingles), same_owner);
}

/* What the story rule looks at. */
struct evidence {
    double coverage, coverage_longer;
    double covered, longest_run;  /* tokens; longest_run 0 = not known */
    uint32_t width, least_tokens; /* of the shorter text */
};

/* The coverage of the shorter text that makes a copy. */
static double coverage_needed(const struct evidence *e, const struct wp_pair_facts *facts) {
    double needed = e->coverage_longer >= WP_STORY_LONGER        ? WP_STORY_COVERAGE
                    : e->coverage_longer >= WP_STORY_LONGER_PART ? WP_STORY_COVERAGE_PART
                                                                 : WP_STORY_COVERAGE_ITEM;
    if (e->least_tokens < WP_STORY_FORM_TOKENS && facts->seconds_apart > WP_STORY_LATE_SECONDS)
        needed = fmax(needed, WP_STORY_COVERAGE_LATE);
    if (e->least_tokens >= WP_STORY_SHORT) return needed;
    double missing = (double)(WP_STORY_SHORT - e->least_tokens) / (WP_STORY_SHORT - WP_STORY_TOKENS_MIN);
    return fmax(needed, WP_STORY_COVERAGE + missing * (WP_STORY_COVERAGE_SHORT - WP_STORY_COVERAGE));
}

/* Is it one form, filled in twice? */
static bool is_form(const struct evidence *e, const struct wp_pair_facts *facts) {
    double least = facts->figures.least, common = facts->figures.common;
    bool table = WP_STORY_TABLE_WORDS * facts->figures.least >= e->least_tokens;
    if (e->least_tokens < WP_STORY_FORM_TOKENS && (table || facts->seconds_apart > WP_STORY_FORM_SECONDS))
        return common < WP_STORY_FORM_FIGURES_SHARE * least;
    if (e->least_tokens < WP_STORY_SHORT && facts->figures.least) return common == 0;
    if (facts->figures.least == WP_STORY_FIGURES) return common == 0;
    return facts->figures.least > WP_STORY_FIGURES && common < WP_STORY_FIGURES_SHARE * least;
}

static bool has_passage(const struct evidence *e, bool same_owner) {
    return !same_owner && e->longest_run >= (double)WP_STORY_PASSAGE_SHINGLES * e->width;
}

static bool has_pieces(const struct evidence *e) {
    return e->coverage >= WP_STORY_EXCERPT_COVERAGE &&
           e->covered >= (double)WP_STORY_EXCERPT_SHINGLES * e->width;
}

static int gain_of(double above) {
    double share = above / WP_GAIN_RAMP;
    if (share >= 1) return WP_GAIN_MAX;
    if (share <= -1) return WP_GAIN_MIN;
    if (share < 0) return (int)(share * -WP_GAIN_MIN);
    return 1 + (int)(share * (WP_GAIN_MAX - 1));
}

static enum wp_relation judge_story(const struct evidence *e, const struct wp_pair_facts *facts, int *gain) {
    *gain = WP_GAIN_MIN;
    if (e->least_tokens < WP_STORY_TOKENS_MIN) return WP_RELATION_NONE;
    double needed = coverage_needed(e, facts);
    if (!is_form(e, facts)) *gain = gain_of(e->coverage - needed);
    if (*gain > 0) return WP_RELATION_COPY;
    return has_passage(e, facts->same_owner) || has_pieces(e) ? WP_RELATION_EXCERPT : WP_RELATION_NONE;
}

static struct evidence evidence_of(const struct wp_overlap *o) {
    return (struct evidence){.coverage = wp_overlap_coverage(o),
                             .coverage_longer = wp_overlap_coverage_longer(o),
                             .covered = o->covered_a < o->covered_b ? o->covered_a : o->covered_b,
                             .longest_run = o->longest_run,
                             .width = o->width,
                             .least_tokens = o->tokens_a < o->tokens_b ? o->tokens_a : o->tokens_b};
}

static enum wp_relation copy_if(bool yes, int *gain) {
    *gain = yes ? WP_GAIN_MAX : WP_GAIN_MIN;
    return yes ? WP_RELATION_COPY : WP_RELATION_NONE;
}

bool wp_relation_is_none(const struct wp_rule *rule, const struct wp_overlap *overlap, bool same_owner,
                         bool same_tokens) {
    if (rule->match != WP_MATCH_STORY || same_tokens) return false;
    struct evidence e = evidence_of(overlap);
    return e.coverage < WP_STORY_COVERAGE && !has_passage(&e, same_owner) && !has_pieces(&e);
}

enum wp_relation wp_relation_judge(const struct wp_rule *rule, const struct wp_overlap *overlap,
                                   const struct wp_pair_facts *facts, int *gain) {
    int unasked;
    if (!gain) gain = &unasked;
    if (facts->same_tokens) {
        *gain = WP_GAIN_MAX;
        return WP_RELATION_EXACT;
    }
    struct evidence e = evidence_of(overlap);
    switch (rule->match) {
    case WP_MATCH_STORY: return judge_story(&e, facts, gain);
    case WP_MATCH_JACCARD: return copy_if(wp_overlap_jaccard(overlap) >= rule->jaccard, gain);
    case WP_MATCH_SIMHASH: return copy_if(facts->simhash_distance <= rule->distance, gain);
    case WP_MATCH_EXACT: break;
    }
    *gain = WP_GAIN_MIN;
    return WP_RELATION_NONE;
}

/* Fills what follows from Jaccard and the two counts: |A & B| = J (|A| + |B|) / (1 + J). */
static double fill_estimate(struct wp_estimate *e, bool same_owner) {
    double shared = e->jaccard * (e->shingles_a + e->shingles_b) / (1 + e->jaccard);
    if (same_owner) shared -= e->furniture_a < e->furniture_b ? e->furniture_a : e->furniture_b;
    double a = e->shingles_a - e->furniture_a, b = e->shingles_b - e->furniture_b;
    double least = a < b ? a : b, most = a < b ? b : a;
    if (shared > least) shared = least;
    if (shared < 0 || least <= 0) shared = 0;
    e->jaccard = a + b - shared > 0 ? shared / (a + b - shared) : 0;
    e->containment = least > 0 ? shared / least : 0;
    e->coverage = pow(e->containment, COVERAGE_EXPONENT);
    e->coverage_longer = most > 0 ? e->coverage * least / most : 0;
    return shared;
}

enum wp_relation wp_relation_estimate(const struct wp_rule *rule, struct wp_estimate *estimate,
                                      const struct wp_pair_facts *facts, int *gain) {
    bool whole = rule->match != WP_MATCH_STORY; /* a set rule speaks of all that stands there */
    if (whole) estimate->furniture_a = estimate->furniture_b = 0;
    double shared = fill_estimate(estimate, facts->same_owner);
    double own_a = estimate->shingles_a - estimate->furniture_a,
           own_b = estimate->shingles_b - estimate->furniture_b, least = own_a < own_b ? own_a : own_b;
    struct evidence e = {.coverage = estimate->coverage,
                         .coverage_longer = estimate->coverage_longer,
                         .covered = shared,
                         .width = ESTIMATE_WIDTH,
                         .least_tokens = least >= 1 ? (uint32_t)least + ESTIMATE_WIDTH - 1 : 0};
    switch (rule->match) {
    case WP_MATCH_STORY: return judge_story(&e, facts, gain);
    case WP_MATCH_JACCARD: return copy_if(estimate->jaccard >= rule->jaccard, gain);
    case WP_MATCH_SIMHASH: return copy_if(facts->simhash_distance <= rule->distance, gain);
    case WP_MATCH_EXACT: break;
    }
    *gain = WP_GAIN_MIN;
    return WP_RELATION_NONE;
}

/* What is said of a pair that is no copy. */
static void excerpt_reason(const struct evidence *e, const struct wp_pair_facts *facts, char *out,
                           size_t size) {
    unsigned passage = WP_STORY_PASSAGE_SHINGLES * e->width;
    if (has_passage(e, facts->same_owner))
        snprintf(out, size, "; it is an excerpt by a passage of %.0f words in one piece (%u or more)",
                 e->longest_run, passage);
    else if (has_pieces(e))
        snprintf(out, size, "; from %.0f %% of the shorter text on it is an excerpt",
                 100 * WP_STORY_EXCERPT_COVERAGE);
    else if (facts->same_owner && e->coverage < WP_STORY_EXCERPT_COVERAGE)
        snprintf(out, size, "; below %.0f %% of the shorter text an owner's repetitions are no excerpt",
                 100 * WP_STORY_EXCERPT_COVERAGE);
    else
        snprintf(out, size, "; nor is there a passage of %u words, or enough in pieces, for an excerpt",
                 passage);
}

static void story_reason(const struct evidence *e, const struct wp_pair_facts *facts, char *out,
                         size_t size) {
    double needed = coverage_needed(e, facts), part = WP_STORY_LONGER;
    if (e->least_tokens < WP_STORY_TOKENS_MIN) {
        snprintf(out, size, "the shorter text has %u words; below %d only exact copies count",
                 e->least_tokens, WP_STORY_TOKENS_MIN);
        return;
    }
    bool above = e->coverage_longer >= part;
    if (!above && e->coverage_longer < WP_STORY_LONGER_PART) part = WP_STORY_LONGER_PART;
    char tail[160] = "";
    if (is_form(e, facts) && e->coverage >= needed)
        snprintf(tail, sizeof tail, ", but most of their figures differ: one form filled in twice");
    else if (e->coverage < needed)
        excerpt_reason(e, facts, tail, sizeof tail);
    snprintf(out, size,
             "%.1f %% of the shorter text and %.1f %% of the longer one are shared; with %s %.0f %% of the "
             "longer one, %.0f %% of the shorter makes a copy%s",
             100 * e->coverage, 100 * e->coverage_longer, above ? "at least" : "less than", 100 * part,
             100 * needed, tail);
}

const char *wp_relation_reason(const struct wp_rule *rule, const struct wp_overlap *overlap,
                               const struct wp_pair_facts *facts, char *out, size_t size) {
    struct evidence e = evidence_of(overlap);
    double jaccard = wp_overlap_jaccard(overlap);
    if (facts->same_tokens) {
        snprintf(out, size, "the words are the same, one by one");
        return out;
    }
    switch (rule->match) {
    case WP_MATCH_STORY: story_reason(&e, facts, out, size); break;
    case WP_MATCH_JACCARD:
        snprintf(out, size, "Jaccard is %.4f, %s %.10g", jaccard,
                 jaccard >= rule->jaccard ? "at least" : "less than", rule->jaccard);
        break;
    case WP_MATCH_SIMHASH:
        snprintf(out, size, "the SimHashes differ in %u bits, %s %u", facts->simhash_distance,
                 facts->simhash_distance <= rule->distance ? "at most" : "more than", rule->distance);
        break;
    case WP_MATCH_EXACT: snprintf(out, size, "the words are not the same"); break;
    }
    return out;
}
