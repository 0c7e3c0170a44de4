/* explanation.c - see explanation.h. */
#include "report/explanation.h"

#include <inttypes.h>
#include <string.h>
#include "base/json.h"
#include "input/date.h"
#include "report/marked_text.h"

#define REASON_BYTES 512

static enum wp_status add_bold(struct wp_buffer *out, const char *text, bool color) {
    return wp_buffer_print(out, "%s%s%s", color ? "\033[1m" : "", text, color ? "\033[0m" : "");
}

/* "label  name (owner): title" with nothing that controls a terminal. */
static enum wp_status add_article(struct wp_buffer *out, const char *label, const struct wp_explained *e) {
    WP_TRY(wp_buffer_print(out, "%s  ", label));
    WP_TRY(wp_shown_text((const uint8_t *)e->name, strlen(e->name), out));
    if (e->owner) {
        WP_TRY(wp_buffer_print(out, " ("));
        WP_TRY(wp_shown_text((const uint8_t *)e->owner, strlen(e->owner), out));
        WP_TRY(wp_buffer_print(out, ")"));
    }
    if (e->title) {
        WP_TRY(wp_buffer_print(out, ": "));
        WP_TRY(wp_shown_text((const uint8_t *)e->title, strlen(e->title), out));
    }
    return wp_buffer_print(out, "\n");
}

static enum wp_status add_figures(const struct wp_explanation *x, struct wp_buffer *out) {
    const struct wp_overlap *o = &x->pair->overlap;
    WP_TRY(wp_buffer_print(out, "\n%-18s %10s %10s\n", "", "A", "B"));
    uint32_t beside_a = x->pair->a.stream.tokens - o->tokens_a;
    uint32_t beside_b = x->pair->b.stream.tokens - o->tokens_b;
    if (x->furniture_known || beside_a || beside_b)
        WP_TRY(wp_buffer_print(out, "%-18s %10" PRIu32 " %10" PRIu32 "   words of %sagency lines\n",
                               "do not count", beside_a, beside_b,
                               x->furniture_known ? "furniture and " : ""));
    WP_TRY(wp_buffer_print(out, "%-18s %10" PRIu32 " %10" PRIu32 "\n", "words", o->tokens_a, o->tokens_b));
    WP_TRY(wp_buffer_print(out, "%-18s %10" PRIu32 " %10" PRIu32 "\n", "of them shared", o->covered_a,
                           o->covered_b));
    WP_TRY(wp_buffer_print(out, "%-18s %8.1f %% %8.1f %%\n", "coverage", 100 * wp_overlap_coverage_a(o),
                           100 * wp_overlap_coverage_b(o)));
    WP_TRY(wp_buffer_print(
        out, "\n%-18s %10.4f   %" PRIu32 " of %" PRIu32 " different shingles of %u words\n", "Jaccard",
        wp_overlap_jaccard(o), o->shared, o->distinct_a + o->distinct_b - o->shared, o->width));
    WP_TRY(wp_buffer_print(out, "%-18s %10.4f   of the smaller set in the other\n", "containment",
                           wp_overlap_containment(o)));
    WP_TRY(wp_buffer_print(out, "%-18s %10" PRIu32 "   words\n", "longest run", o->longest_run));
    WP_TRY(wp_buffer_print(out, "%-18s %10zu\n", "shared passages", x->pair->passages.count));
    return wp_buffer_print(out, "%-18s %10" PRIu32 "   of 128 bits\n", "SimHash distance",
                           x->pair->facts.simhash_distance);
}

static enum wp_status add_side(const struct wp_explanation *x, bool side_a, struct wp_buffer *out) {
    struct wp_marking marking = {x->color, x->full ? SIZE_MAX : WP_EXPLAIN_UNSHARED_BYTES};
    WP_TRY(wp_buffer_print(out, "\n"));
    WP_TRY(add_bold(out, side_a ? "--- A ---" : "--- B ---", x->color));
    WP_TRY(wp_buffer_print(out, "\n"));
    WP_TRY(wp_marked_text(x->pair, side_a, &marking, out));
    return out->len && out->data[out->len - 1] == '\n' ? WP_OK : wp_buffer_print(out, "\n");
}

/* "the owner of A", "the date of either" and the like, when one is missing. */
static enum wp_status add_missing(const char *what, bool has_a, bool has_b, const char **comma,
                                  struct wp_buffer *out) {
    if (has_a && has_b) return WP_OK;
    WP_TRY(wp_buffer_print(out, "%sthe %s of %s", *comma, what, has_a ? "B" : has_b ? "A" : "either"));
    *comma = ", ";
    return WP_OK;
}

/* What the story rule would have read. */
static enum wp_status add_not_known(const struct wp_explanation *x, struct wp_buffer *out) {
    const char *comma = "Not known here: ";
    size_t begin = out->len;
    if (x->pair->rule.match != WP_MATCH_STORY) return WP_OK;
    if (!x->furniture_known) {
        WP_TRY(wp_buffer_print(out, "%swhat is furniture (see --furniture)", comma));
        comma = ", ";
    }
    WP_TRY(add_missing("owner", x->a.owner, x->b.owner, &comma, out));
    WP_TRY(add_missing("date", x->a.date != WP_DATE_UNKNOWN, x->b.date != WP_DATE_UNKNOWN, &comma, out));
    return out->len == begin ? WP_OK : wp_buffer_print(out, ".\n");
}

static enum wp_status add_verdict(const struct wp_explanation *x, struct wp_buffer *out) {
    char reason[REASON_BYTES], rule[64];
    const struct wp_pair *p = x->pair;
    enum wp_relation relation = wp_pair_relation(p);
    WP_TRY(add_bold(out, wp_relation_name(relation), x->color));
    wp_relation_reason(&p->rule, &p->overlap, &p->facts, reason, sizeof reason);
    WP_TRY(wp_buffer_print(out, " by --match %s: %s.\n", wp_rule_text(&p->rule, rule, sizeof rule), reason));
    if (p->a.stream.width != p->b.stream.width)
        WP_TRY(wp_buffer_print(
            out, "One is written without spaces between words, the other is not: nothing can be "
                 "shared.\n"));
    if (!p->candidate && (relation == WP_RELATION_COPY || relation == WP_RELATION_EXCERPT))
        WP_TRY(wp_buffer_print(out,
                               "A run may well leave them out: they meet in %" PRIu32
                               " of their sampled spans, which promises too little.\n",
                               p->meetings));
    return add_not_known(x, out);
}

enum wp_status wp_explanation_text(const struct wp_explanation *x, struct wp_buffer *out) {
    WP_TRY(add_article(out, "A", &x->a));
    WP_TRY(add_article(out, "B", &x->b));
    WP_TRY(wp_buffer_print(out, "\n"));
    WP_TRY(add_verdict(x, out));
    WP_TRY(add_figures(x, out));
    WP_TRY(add_side(x, true, out));
    return add_side(x, false, out);
}

static enum wp_status add_json_text(struct wp_buffer *out, const char *name, const char *text) {
    WP_TRY(wp_buffer_print(out, "\"%s\":", name));
    return text ? wp_json_string(out, text, strlen(text)) : wp_buffer_print(out, "null");
}

static enum wp_status add_json_article(struct wp_buffer *out, const struct wp_explained *e,
                                       const struct wp_side *side, uint32_t covered) {
    char date[WP_DATE_TEXT_BYTES];
    WP_TRY(wp_buffer_print(out, "{"));
    WP_TRY(add_json_text(out, "name", e->name));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_text(out, "owner", e->owner));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_text(out, "title", e->title));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(add_json_text(out, "date", e->date == WP_DATE_UNKNOWN ? NULL : wp_date_text(e->date, date)));
    return wp_buffer_print(
        out, ",\"bytes\":%zu,\"words\":%" PRIu32 ",\"own_words\":%" PRIu32 ",\"shared_words\":%" PRIu32 "}",
        side->len, side->stream.tokens, wp_stream_own(&side->stream), covered);
}

/* The furniture and agency lines of one text as byte ranges. */
static enum wp_status add_json_furniture(const char *name, const struct wp_side *side,
                                         struct wp_buffer *out) {
    const char *comma = "";
    WP_TRY(wp_buffer_print(out, ",\"%s\":[", name));
    for (uint32_t i = 0, end; i < side->stream.tokens; i = end) {
        end = i + 1;
        if (!wp_side_is_beside(side, i)) continue;
        while (end < side->stream.tokens && wp_side_is_beside(side, end)) end++;
        struct wp_source_range bytes = wp_side_bytes(side, i, end - i);
        WP_TRY(wp_buffer_print(out, "%s[%" PRIu32 ",%" PRIu32 "]", comma, bytes.begin, bytes.end));
        comma = ",";
    }
    return wp_buffer_print(out, "]");
}

enum wp_status wp_explanation_passages(const struct wp_pair *pair, struct wp_buffer *out) {
    WP_TRY(wp_buffer_print(out, "\"passages\":["));
    for (size_t i = 0; i < pair->passages.count; i++) {
        const struct wp_token_passage *p = &pair->passages.items[i];
        struct wp_source_range a = wp_side_bytes(&pair->a, p->a, p->tokens);
        struct wp_source_range b = wp_side_bytes(&pair->b, p->b, p->tokens);
        WP_TRY(wp_buffer_print(
            out, "%s{\"a\":[%" PRIu32 ",%" PRIu32 "],\"b\":[%" PRIu32 ",%" PRIu32 "],\"words\":%" PRIu32 "}",
            i ? "," : "", a.begin, a.end, b.begin, b.end, p->tokens));
    }
    return wp_buffer_print(out, "]");
}

/* What add_not_known tells people. */
static enum wp_status add_json_not_known(const struct wp_explanation *x, struct wp_buffer *out) {
    const struct {
        const char *name;
        bool known;
    } read[] = {{"furniture", x->furniture_known},
                {"owner_a", x->a.owner},
                {"owner_b", x->b.owner},
                {"date_a", x->a.date != WP_DATE_UNKNOWN},
                {"date_b", x->b.date != WP_DATE_UNKNOWN}};
    const char *comma = "";
    WP_TRY(wp_buffer_print(out, "\"not_known\":["));
    for (size_t i = 0; x->pair->rule.match == WP_MATCH_STORY && i < sizeof read / sizeof *read; i++) {
        if (read[i].known) continue;
        WP_TRY(wp_buffer_print(out, "%s\"%s\"", comma, read[i].name));
        comma = ",";
    }
    return wp_buffer_print(out, "],");
}

static enum wp_status add_json_figures(const struct wp_pair *p, struct wp_buffer *out) {
    const struct wp_overlap *o = &p->overlap;
    return wp_buffer_print(out,
                           ",\"coverage\":%.6f,\"coverage_a\":%.6f,\"coverage_b\":%.6f,\"jaccard\":%.6f,"
                           "\"containment\":%.6f,\"longest_run\":%" PRIu32 ",\"shared_shingles\":%" PRIu32
                           ",\"shingles_a\":%" PRIu32 ",\"shingles_b\":%" PRIu32
                           ",\"simhash_distance\":%" PRIu32 ",\"meetings\":%" PRIu32
                           ",\"candidate\":%s,\"same_owner\":%s,",
                           wp_overlap_coverage(o), wp_overlap_coverage_a(o), wp_overlap_coverage_b(o),
                           wp_overlap_jaccard(o), wp_overlap_containment(o), o->longest_run, o->shared,
                           o->distinct_a, o->distinct_b, p->facts.simhash_distance, p->meetings,
                           p->candidate ? "true" : "false", p->facts.same_owner ? "true" : "false");
}

enum wp_status wp_explanation_json(const struct wp_explanation *x, struct wp_buffer *out) {
    char reason[REASON_BYTES], rule[64];
    const struct wp_pair *p = x->pair;
    wp_relation_reason(&p->rule, &p->overlap, &p->facts, reason, sizeof reason);
    WP_TRY(wp_buffer_print(out, "{\"relation\":\"%s\",\"match\":\"%s\",",
                           wp_relation_name(wp_pair_relation(p)), wp_rule_text(&p->rule, rule, sizeof rule)));
    WP_TRY(add_json_text(out, "reason", reason));
    WP_TRY(add_json_figures(p, out));
    WP_TRY(add_json_not_known(x, out));
    WP_TRY(wp_buffer_print(out, "\"a\":"));
    WP_TRY(add_json_article(out, &x->a, &p->a, p->overlap.covered_a));
    WP_TRY(wp_buffer_print(out, ",\"b\":"));
    WP_TRY(add_json_article(out, &x->b, &p->b, p->overlap.covered_b));
    WP_TRY(add_json_furniture("furniture_a", &p->a, out));
    WP_TRY(add_json_furniture("furniture_b", &p->b, out));
    WP_TRY(wp_buffer_print(out, ","));
    WP_TRY(wp_explanation_passages(p, out));
    return wp_buffer_print(out, "}\n");
}
