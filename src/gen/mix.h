/*
 * mix.h - what share of articles and copies is changed in which way.
 *
 * One row per share: its name in --mix, its default, what it means. The defaults of the
 * article kinds come from real news (28 outlets, 23,000 articles): 14 to 24 % of the articles stand in
 * clusters, depending on how much shared text one asks for; nearly three quarters of the clusters are pairs;
 * copies between outlets mostly have a Jaccard of 0.2 to 0.5, and a quarter of all pairs are re-crawls above
 * 0.9.
 */
#ifndef WP_GEN_MIX_H
#define WP_GEN_MIX_H

#include <stdint.h>
#include "base/status.h"

/* field, name, default, meaning */
#define WP_GEN_MIX_MAP(X)                                                                                    \
    /* of all articles */                                                                                    \
    X(EXCERPT, "excerpt", 0.02, "of articles: briefs of a story, or others that quote a passage of it")      \
    X(ROUNDUP, "roundup", 0.005, "of articles: round-ups with passages of several stories")                  \
    X(TEMPLATE, "template", 0.015, "of articles: rates, fixtures and the like, with other figures")          \
    X(BACKGROUND, "background", 0.02, "of articles: end in a background block their outlet repeats")         \
    X(BANNER, "banner", 0.004, "of articles: nothing but a banner")                                          \
    /* of the members of a cluster behind its first */                                                       \
    X(EXACT, "exact", 0.25, "of copies: same text again under another url")                                  \
    X(UPDATE, "update", 0.08, "of copies: a later version by the same outlet")                               \
    /* of the remaining copies */                                                                            \
    X(HEADLINE, "headline", 0.85, "of reprints: new headline")                                               \
    X(LEAD, "lead", 0.7, "of reprints: first paragraph replaced")                                            \
    X(CUT, "cut", 0.5, "of reprints: end cut, 30 to 90 % kept")                                              \
    X(DROP, "drop", 0.35, "of reprints: paragraphs taken out")                                               \
    X(EXTRA, "extra", 0.4, "of reprints: own paragraphs put in")                                             \
    X(REORDER, "reorder", 0.15, "of reprints: paragraphs moved")                                             \
    X(QUOTES, "quotes", 0.2, "of reprints: quotations turned into reported speech")                          \
    X(EDIT, "edit", 0.45, "of reprints: single words replaced")                                              \
    X(DATELINE, "dateline", 0.3, "of reprints: dateline put in front")                                       \
    X(TAIL, "tail", 0.3, "of reprints: agency tail")                                                         \
    X(CAPTION, "caption", 0.15, "of reprints: caption put in")                                               \
    X(GLUE, "glue", 0.06, "of reprints: some paragraphs glued together")                                     \
    /* of everything that an outlet publishes */                                                             \
    X(FURNITURE, "furniture", 0.9, "of articles: with their outlet's furniture")

enum wp_gen_mix_field {
#define WP_GEN_MIX_ENUM(field, name, share, meaning) WP_GEN_MIX_##field,
    WP_GEN_MIX_MAP(WP_GEN_MIX_ENUM)
#undef WP_GEN_MIX_ENUM
        WP_GEN_MIX_COUNT
};

/* Parts of a million. */
struct wp_gen_mix {
    uint32_t share[WP_GEN_MIX_COUNT];
};

extern const struct wp_gen_mix wp_gen_mix_default;

/* Changes the shares named in "name=share,name=share", shares being decimals from 0 to 1. NULL changes
 * nothing. WP_EINVAL with words for an unknown name or another value. */
enum wp_status wp_gen_mix_parse(struct wp_gen_mix *mix, const char *list, struct wp_error *err);

/* One decimal from 0 to 1, read without the locale: "0.25" is 250000. At most six digits behind the point. */
enum wp_status wp_gen_share_parse(const char *text, size_t len, uint32_t *share);

#endif
