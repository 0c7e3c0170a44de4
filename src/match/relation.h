/*
 * relation.h - what two articles are to each other, and the rules that say so.
 *
 * A rule is chosen by words:
 *     story        the default: is it the same story? From the coverage of both texts, and the owner.
 *     jaccard:T    the plain set rule: copy when the Jaccard of the shingle sets is T or more, 0 < T <= 1
 *     simhash:K    copy when the SimHashes differ in at most K of their 128 bits
 *     exact        copy only when the tokens are the same
 *
 * Judging allocates nothing and knows nothing but its arguments: any thread. Neither order of the two
 * articles changes an answer.
 */
#ifndef WP_MATCH_RELATION_H
#define WP_MATCH_RELATION_H

#include "match/facts.h"
#include "match/overlap.h"

enum wp_relation {
    WP_RELATION_NONE = 0,
    WP_RELATION_EXACT = 1,   /* the same tokens */
    WP_RELATION_COPY = 2,    /* the same story */
    WP_RELATION_EXCERPT = 3, /* a passage shared, or a short text inside a long one: linked, never merged */
};

/* "none", "exact", "copy", "excerpt". Never NULL. */
const char *wp_relation_name(enum wp_relation relation);

enum wp_match_mode { WP_MATCH_STORY, WP_MATCH_JACCARD, WP_MATCH_SIMHASH, WP_MATCH_EXACT };

struct wp_rule {
    enum wp_match_mode match;
    double jaccard;    /* with WP_MATCH_JACCARD */
    uint32_t distance; /* with WP_MATCH_SIMHASH */
};

/*
 * The story rule. An article is a copy when enough of the shorter text stands in the longer one. How much is
 * enough depends on how large a part of the longer one that is:
 *
 *  - a fifth of it or more: 0.57. A reprint has a new headline, a new lead and a cut end. People who
 *    label pairs draw the line at 55-65 % shared text, and a run of five words sees a little less of a
 *    lightly edited text than they do.
 *
 *  - a tenth or more: 0.75. The longer one tells more than this story. Only if the shorter has next to
 *    nothing of its own is it still that story's text.
 *
 *  - less: 0.90. An item in a round-up, or a text cut to its beginning: a copy only when it is there whole.
 *
 * Two texts that are the same but for their figures are filled-in forms (rates, results, daily counts), not
 * copies (sketch/figures.h).
 *
 * The order of passages is not looked at. It was measured, as the share of the shared words that lies in the
 * heaviest chain of passages standing in the same order in both: desks move the paragraphs of what they copy,
 * and quotations keep their order in any report of them. Of 122 read pairs at coverage 0.40 to 0.75 it tells
 * copies from others little better than chance (area under the curve 0.59 between owners, 0.40 within one;
 * coverage 0.88 and 0.87). Taken off the coverage with any weight from 0.03 to 0.5, with the thresholds as
 * they are or up to 0.03 lower, or as a veto, the weighted F1 between owners was 0.86 to 0.926, and is 0.926
 * without.
 */
#define WP_STORY_COVERAGE 0.57
#define WP_STORY_COVERAGE_PART 0.75
#define WP_STORY_COVERAGE_ITEM 0.90
#define WP_STORY_LONGER 0.20
#define WP_STORY_LONGER_PART 0.10

/* Of a text of a few lines one stock phrase is a large part: below WP_STORY_SHORT words more is asked for,
 * rising to WP_STORY_COVERAGE_SHORT at WP_STORY_TOKENS_MIN. */
#define WP_STORY_SHORT 60
#define WP_STORY_COVERAGE_SHORT 0.90
/* Two that are one form, filled in twice, are no copies. Figures tell: of WP_STORY_FIGURES that two texts
 * could have in common they must have one, of more a half (a copy may tell a date otherwise, or add an age);
 * texts of a few lines must have one in any case.
 *
 * Forms are mostly short, and filled in again on another day, while nineteen copies of twenty are run within
 * a day of each other. So of short texts that are further apart any figures must agree, four of five; and
 * those that are more than a week apart must be nearly the same. So must the figures of tables, in which
 * every sixth word is one. */
#define WP_STORY_FIGURES 3
#define WP_STORY_FIGURES_SHARE 0.5
#define WP_STORY_FORM_TOKENS 200
#define WP_STORY_FORM_SECONDS (18 * 3600)
#define WP_STORY_FORM_FIGURES_SHARE 0.8
#define WP_STORY_TABLE_WORDS 10
#define WP_STORY_LATE_SECONDS (7 * 86400)
#define WP_STORY_COVERAGE_LATE 0.80

/* No copy, but worth a link: a passage of about thirty words (six shingles end to end) is longer than a stock
 * phrase, a title with its name, or an agency's tail (between articles of different owners: within one it is
 * mostly the site's furniture, or background that the outlet repeats) ... */
#define WP_STORY_PASSAGE_SHINGLES 6
/* ... and so are shorter ones that make up this share of the shorter text, unless there are fewer words in
 * them than in three shingles end to end: of a text of twenty words one stock phrase is a third. */
#define WP_STORY_EXCERPT_COVERAGE 0.30
#define WP_STORY_EXCERPT_SHINGLES 3

/* A text of fewer words matches exactly or not at all: five words in a row are half of it by chance. */
#define WP_STORY_TOKENS_MIN 12

/* Pairs that share less than this many shingles and less than this part of the smaller article's, both as
 * estimated from sampled shingles, are not compared. At the usual rate of one in twelve, two meetings stand
 * for 24 shingles and three for 36: most of such pairs share a stock phrase or two and no passage. Within one
 * owner only the part counts. What it costs on 23,000 real articles is 4 of 4,750 copies and one excerpt in
 * twenty. */
#define WP_STORY_SHARED 40
#define WP_STORY_SHARED_PART 0.15

/* Reads a rule as written above. WP_EINVAL with words; *rule is then unchanged. */
enum wp_status wp_rule_parse(const char *text, struct wp_rule *rule, struct wp_error *err);
/* Writes the rule so that it can be parsed again, "jaccard:0.5"; returns out. */
const char *wp_rule_text(const struct wp_rule *rule, char *out, size_t size);

/* How much a pair says for (to WP_GAIN_MAX) or against (to WP_GAIN_MIN) being told in one story: from what
 * its coverage is above or below what makes a copy, full at WP_GAIN_RAMP. A pair of copies counts more than
 * one that shares nothing: of two reprints of one story each may have kept another half. */
enum { WP_GAIN_MAX = 500, WP_GAIN_MIN = -200 };
#define WP_GAIN_RAMP 0.09

/* What wp_overlap_compare must find out for this rule: enum wp_overlap_want, or-ed. */
unsigned wp_rule_wants(const struct wp_rule *rule);

/* May a pair be reported of which about `shared` shingles are common (estimated from sampled ones) and the
 * smaller article has `least`? false: not worth comparing. */
bool wp_rule_may_match(const struct wp_rule *rule, double shared, double least, bool same_owner);

/* What sampling says of an article, before anybody reads its text. */
struct wp_sampled {
    uint32_t shingles, samples; /* of the whole text */
    double own_shingles;        /* about how many of them are no furniture */
};
/* The same question of a pair that met in `hits` sampled shingles: samples are a known share of a text. */
bool wp_rule_may_match_sampled(const struct wp_rule *rule, const struct wp_sampled *a,
                               const struct wp_sampled *b, uint32_t hits, bool same_owner);

/* Is the answer below "none" whatever the figures, dates and SimHashes are? `same_owner` and `same_tokens` as
 * in the facts. */
bool wp_relation_is_none(const struct wp_rule *rule, const struct wp_overlap *overlap, bool same_owner,
                         bool same_tokens);

/* *gain, which may be NULL: for a copy more than 0, else 0 or less; WP_GAIN_MAX for exact copies and by the
 * rules that know only yes and no. */
enum wp_relation wp_relation_judge(const struct wp_rule *rule, const struct wp_overlap *overlap,
                                   const struct wp_pair_facts *facts, int *gain);

/* The same for a pair known by sketches alone. coverage, coverage_longer and containment are filled; the
 * first two are guesses: what Jaccard says nothing of is in how many pieces the shared text lies. */
struct wp_estimate {
    double jaccard; /* given, of all shingles; without furniture afterwards */
    double shingles_a, shingles_b;
    double furniture_a, furniture_b; /* of these, the owner's furniture; shared if the owner is the same */
    double coverage, coverage_longer, containment;
};
enum wp_relation wp_relation_estimate(const struct wp_rule *rule, struct wp_estimate *estimate,
                                      const struct wp_pair_facts *facts, int *gain);

/* Why wp_relation_judge answers what it does, as one English sentence without a full stop. Returns out. */
const char *wp_relation_reason(const struct wp_rule *rule, const struct wp_overlap *overlap,
                               const struct wp_pair_facts *facts, char *out, size_t size);

#endif
