/*
 * eval.c - `wireprint eval STORIES GOLD`: found stories held against the truth.
 *
 * Reads both files (report/gold.h), counts (report/score.h) and prints, as text or as one JSON object. The
 * gold says what is asked: labelled pairs are judged one by one, "in one story or not", by rel and confidence
 * where the file has such columns; clusters are compared as a whole. With --apart it lists what must not be
 * merged, and each that was is named.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/json.h"
#include "base/sort.h"
#include "cli/options.h"
#include "report/gold.h"

extern const struct wp_command wp_command_eval;

#define WORST_PARTS_SHOWN 5
#define HIGH_CONFIDENCE "high"

struct eval_settings {
    bool json, apart;
    uint64_t articles;
};

struct eval {
    struct eval_settings settings;
    struct wp_intern ids;
    struct wp_clusters found;
    struct wp_gold gold;
    struct wp_apart apart;
    struct wp_buffer out;
};

/* Labelled pairs: one line of the answer. */
struct group {
    uint32_t rel;         /* WP_INTERN_NONE: any */
    bool high_confidence; /* only those */
    struct wp_tally weighted, flat;
};

static bool said_same(const struct eval *e, const struct wp_labelled_pair *p) {
    uint32_t a = wp_clusters_of(&e->found, p->a);
    return a != WP_CLUSTER_NONE && a == wp_clusters_of(&e->found, p->b);
}

static void tally_group(const struct eval *e, struct group *g) {
    const struct wp_labelled_pairs *pairs = &e->gold.pairs;
    uint32_t high = wp_intern_find(&pairs->confidences, HIGH_CONFIDENCE, strlen(HIGH_CONFIDENCE));
    for (size_t i = 0; i < pairs->count; i++) {
        const struct wp_labelled_pair *p = &pairs->pairs[i];
        if (g->rel != WP_INTERN_NONE && p->rel != g->rel) continue;
        if (g->high_confidence && p->confidence != high) continue;
        wp_tally_add(&g->weighted, p->same, said_same(e, p), p->weight);
        wp_tally_add(&g->flat, p->same, said_same(e, p), 1);
    }
}

static enum wp_status print_score(struct wp_buffer *out, const char *name, const struct wp_score *s) {
    return wp_buffer_print(out, "\"%s\":{\"precision\":%.6f,\"recall\":%.6f,\"f1\":%.6f}", name, s->precision,
                           s->recall, s->f1);
}

static enum wp_status print_text(struct wp_buffer *out, const char *name, const struct wp_intern *table,
                                 uint32_t number) {
    size_t len;
    const char *text = wp_intern_text(table, number, &len);
    WP_TRY(wp_buffer_print(out, "\"%s\":", name));
    return wp_json_string(out, text, len);
}

static enum wp_status print_group_json(struct eval *e, const struct group *g, bool first) {
    struct wp_score weighted = wp_tally_score(&g->weighted), flat = wp_tally_score(&g->flat);
    WP_TRY(wp_buffer_print(&e->out, "%s{", first ? "" : ","));
    if (g->rel != WP_INTERN_NONE) {
        WP_TRY(print_text(&e->out, "rel", &e->gold.pairs.rels, g->rel));
        WP_TRY(wp_buffer_print(&e->out, ","));
    }
    WP_TRY(wp_buffer_print(&e->out, "\"confidence\":\"%s\",\"pairs\":%" PRIu64 ",",
                           g->high_confidence ? HIGH_CONFIDENCE : "all", g->flat.pairs));
    if (e->gold.pairs.weighted) {
        WP_TRY(print_score(&e->out, "weighted", &weighted));
        WP_TRY(wp_buffer_print(&e->out, ","));
    }
    WP_TRY(print_score(&e->out, "flat", &flat));
    return wp_buffer_print(&e->out, "}");
}

static enum wp_status print_group_text(struct eval *e, const struct group *g) {
    const char *rel = g->rel == WP_INTERN_NONE ? "any" : wp_intern_text(&e->gold.pairs.rels, g->rel, NULL);
    for (int flat = !e->gold.pairs.weighted; flat < 2; flat++) {
        struct wp_score s = wp_tally_score(flat ? &g->flat : &g->weighted);
        WP_TRY(wp_buffer_print(&e->out, "%-12s %-10s %-9s %8" PRIu64 "      %.3f   %.3f   %.3f\n", rel,
                               g->high_confidence ? HIGH_CONFIDENCE : "all", flat ? "flat" : "weighted",
                               g->flat.pairs, s.precision, s.recall, s.f1));
    }
    return WP_OK;
}

static enum wp_status print_groups(struct eval *e) {
    const struct wp_labelled_pairs *pairs = &e->gold.pairs;
    uint32_t rels = wp_intern_count(&pairs->rels), confidences = wp_intern_count(&pairs->confidences);
    bool first = true;
    for (uint32_t rel = 0; rel < (rels ? rels : 1); rel++)
        for (int high = 0; high <= (confidences > 0); high++, first = false) {
            struct group g = {.rel = rels ? rel : WP_INTERN_NONE, .high_confidence = high};
            tally_group(e, &g);
            WP_TRY(e->settings.json ? print_group_json(e, &g, first) : print_group_text(e, &g));
        }
    return WP_OK;
}

/* The story that holds the most pairs labelled as two stories; NONE when there is none. */
static enum wp_status worst_by_pairs(const struct eval *e, uint32_t *worst, uint64_t *wrong) {
    uint64_t *counts = wp_zalloc(wp_intern_count(&e->found.names), sizeof *counts);
    if (!counts) return WP_ENOMEM;
    *worst = WP_CLUSTER_NONE;
    *wrong = 0;
    for (size_t i = 0; i < e->gold.pairs.count; i++) {
        const struct wp_labelled_pair *p = &e->gold.pairs.pairs[i];
        if (!p->same && said_same(e, p)) counts[wp_clusters_of(&e->found, p->a)]++;
    }
    for (uint32_t c = 0; c < wp_intern_count(&e->found.names); c++)
        if (counts[c] > *wrong) *wrong = counts[*worst = c];
    wp_free(counts);
    return WP_OK;
}

static uint64_t size_of(const struct wp_clusters *clusters, uint32_t cluster) {
    uint64_t size = 0;
    for (size_t i = 0; i < clusters->count; i++) size += clusters->cluster[i] == cluster;
    return size;
}

static enum wp_status print_worst_pairs(struct eval *e) {
    uint32_t worst;
    uint64_t wrong;
    WP_TRY(worst_by_pairs(e, &worst, &wrong));
    if (e->settings.json) {
        if (worst == WP_CLUSTER_NONE) return wp_buffer_print(&e->out, "],\"worst_merge\":null}\n");
        WP_TRY(wp_buffer_print(&e->out, "],\"worst_merge\":{"));
        WP_TRY(print_text(&e->out, "story", &e->found.names, worst));
        return wp_buffer_print(&e->out, ",\"size\":%" PRIu64 ",\"wrong_pairs\":%" PRIu64 "}}\n",
                               size_of(&e->found, worst), wrong);
    }
    if (worst == WP_CLUSTER_NONE) return wp_buffer_print(&e->out, "\nno pair of two stories is in one\n");
    return wp_buffer_print(&e->out,
                           "\nlargest wrong merge: story %s of %" PRIu64 " articles, %" PRIu64
                           " labelled pairs in it are two stories\n",
                           wp_intern_text(&e->found.names, worst, NULL), size_of(&e->found, worst), wrong);
}

static enum wp_status eval_pairs(struct eval *e) {
    uint64_t same = 0;
    for (size_t i = 0; i < e->gold.pairs.count; i++) same += e->gold.pairs.pairs[i].same;
    if (e->settings.json)
        WP_TRY(wp_buffer_print(&e->out, "{\"kind\":\"pairs\",\"pairs\":%zu,\"same\":%" PRIu64 ",\"groups\":[",
                               e->gold.pairs.count, same));
    else
        WP_TRY(wp_buffer_print(
            &e->out, "%zu labelled pairs, %" PRIu64 " of one story\n\n%-12s %-10s %-9s %8s  %9s  %6s  %6s\n",
            e->gold.pairs.count, same, "rel", "confidence", "counted", "pairs", "precision", "recall", "F1"));
    WP_TRY(print_groups(e));
    return print_worst_pairs(e);
}

/* Clusters: a true cluster's share of the worst story. */
struct part {
    uint32_t cluster; /* WP_CLUSTER_NONE: articles in none */
    uint32_t articles;
};

/* The largest parts of a found story, most articles first, at most WORST_PARTS_SHOWN; returns how many. */
static enum wp_status find_parts(const struct eval *e, uint32_t story, struct part *parts, size_t *count) {
    size_t used = 0;
    uint64_t *keys = wp_alloc(2 * e->found.count, sizeof *keys);
    if (!keys) return WP_ENOMEM;
    for (uint32_t i = 0; i < e->found.count; i++)
        if (e->found.cluster[i] == story) keys[used++] = wp_clusters_of(&e->gold.clusters, i);
    uint64_t *sorted = wp_sort64(keys, keys + e->found.count, used);
    *count = 0;
    for (size_t i = 0, end; i < used; i = end) {
        for (end = i + 1; end < used && sorted[end] == sorted[i];) end++;
        struct part part = {(uint32_t)sorted[i], (uint32_t)(end - i)};
        size_t at = *count < WORST_PARTS_SHOWN ? (*count)++ : WORST_PARTS_SHOWN;
        for (; at > 0 && parts[at - 1].articles < part.articles; at--)
            if (at < WORST_PARTS_SHOWN) parts[at] = parts[at - 1];
        if (at < WORST_PARTS_SHOWN) parts[at] = part;
    }
    wp_free(keys);
    return WP_OK;
}

static enum wp_status print_part(struct eval *e, const struct part *p, bool first) {
    const struct wp_intern *names = &e->gold.clusters.names;
    if (!e->settings.json)
        return wp_buffer_print(&e->out, "  %u of %s\n", p->articles,
                               p->cluster == WP_CLUSTER_NONE ? "no cluster"
                                                             : wp_intern_text(names, p->cluster, NULL));
    WP_TRY(wp_buffer_print(&e->out, "%s{", first ? "" : ","));
    if (p->cluster == WP_CLUSTER_NONE)
        WP_TRY(wp_buffer_print(&e->out, "\"cluster\":null"));
    else
        WP_TRY(print_text(&e->out, "cluster", names, p->cluster));
    return wp_buffer_print(&e->out, ",\"articles\":%u}", p->articles);
}

static enum wp_status print_worst(struct eval *e, const struct wp_wrong_merge *worst) {
    struct part parts[WORST_PARTS_SHOWN];
    size_t count;
    if (worst->cluster == WP_CLUSTER_NONE)
        return wp_buffer_print(&e->out, e->settings.json ? "\"worst_merge\":null}\n" : "no wrong merge\n");
    WP_TRY(find_parts(e, worst->cluster, parts, &count));
    if (e->settings.json) {
        WP_TRY(wp_buffer_print(&e->out, "\"worst_merge\":{"));
        WP_TRY(print_text(&e->out, "story", &e->found.names, worst->cluster));
        WP_TRY(wp_buffer_print(&e->out,
                               ",\"size\":%u,\"wrong_pairs\":%" PRIu64 ",\"parts\":%u,\"largest_parts\":[",
                               worst->size, worst->wrong_pairs, worst->parts));
    } else {
        WP_TRY(wp_buffer_print(&e->out,
                               "largest wrong merge: story %s of %u articles from %u stories, %" PRIu64
                               " wrong pairs\n",
                               wp_intern_text(&e->found.names, worst->cluster, NULL), worst->size,
                               worst->parts, worst->wrong_pairs));
    }
    for (size_t i = 0; i < count; i++) WP_TRY(print_part(e, &parts[i], i == 0));
    return e->settings.json ? wp_buffer_print(&e->out, "]}}\n") : WP_OK;
}

static enum wp_status print_partition(struct eval *e, const struct wp_partition_score *s) {
    if (e->settings.json) {
        WP_TRY(wp_buffer_print(&e->out,
                               "{\"kind\":\"clusters\",\"articles\":%" PRIu64 ",\"found_pairs\":%" PRIu64
                               ",\"true_pairs\":%" PRIu64 ",\"common_pairs\":%" PRIu64 ",",
                               s->articles, s->found_pairs, s->true_pairs, s->common_pairs));
        WP_TRY(print_score(&e->out, "pairs", &s->pairs));
        WP_TRY(wp_buffer_print(&e->out, ",\"adjusted_rand\":%.6f,", s->adjusted_rand));
        WP_TRY(print_score(&e->out, "bcubed", &s->bcubed));
        WP_TRY(wp_buffer_print(&e->out, ","));
        return print_worst(e, &s->worst);
    }
    WP_TRY(wp_buffer_print(&e->out,
                           "%" PRIu64 " articles; pairs in one story: %" PRIu64 " found, %" PRIu64
                           " true, %" PRIu64 " both\n\n             precision  recall     F1\n",
                           s->articles, s->found_pairs, s->true_pairs, s->common_pairs));
    WP_TRY(wp_buffer_print(&e->out,
                           "pairs            %.3f   %.3f  %.3f\nB-cubed          %.3f   %.3f  %.3f\n"
                           "adjusted Rand index %.3f\n\n",
                           s->pairs.precision, s->pairs.recall, s->pairs.f1, s->bcubed.precision,
                           s->bcubed.recall, s->bcubed.f1, s->adjusted_rand));
    return print_worst(e, &s->worst);
}

/* The clusters of all ids that have a number by now. */
static uint32_t *complete(const struct wp_clusters *c, uint32_t count) {
    uint32_t *all = wp_alloc(count, sizeof *all);
    for (uint32_t i = 0; all && i < count; i++) all[i] = wp_clusters_of(c, i);
    return all;
}

static enum wp_status eval_clusters(struct eval *e, struct wp_error *err) {
    uint32_t count = wp_intern_count(&e->ids);
    uint64_t articles = e->settings.articles ? e->settings.articles : count;
    struct wp_partition_score score;
    if (articles < count || articles > WP_SCORE_MAX_ARTICLES)
        return wp_fail(err, WP_EINVAL,
                       "--articles %" PRIu64 ": there are %u different ids, and at most 2^32 count", articles,
                       count);
    uint32_t *found = complete(&e->found, count), *truth = complete(&e->gold.clusters, count);
    enum wp_status status = WP_ENOMEM;
    if (found && truth) status = wp_score_partitions(found, truth, count, articles, &score);
    wp_free(found);
    wp_free(truth);
    return status == WP_OK ? print_partition(e, &score) : wp_fail(err, status, "%s", wp_status_text(status));
}

/* What is to be kept apart. */

/* The story in which a row was merged, else NONE. sizes: articles by story. */
static uint32_t merged_in(const struct eval *e, const struct wp_apart_row *row, const uint32_t *sizes) {
    uint32_t story = wp_clusters_of(&e->found, row->a);
    if (story == WP_CLUSTER_NONE || sizes[story] < 2) return WP_CLUSTER_NONE;
    return row->b == WP_INTERN_NONE || wp_clusters_of(&e->found, row->b) == story ? story : WP_CLUSTER_NONE;
}

static enum wp_status print_merged(struct eval *e, const struct wp_apart_row *row, uint32_t story,
                                   bool first) {
    const char *name_a = e->apart.pairs ? "id_a" : "id";
    if (!e->settings.json)
        return wp_buffer_print(&e->out, "  %s%s%s: story %s\n", wp_intern_text(&e->ids, row->a, NULL),
                               e->apart.pairs ? " and " : "",
                               e->apart.pairs ? wp_intern_text(&e->ids, row->b, NULL) : "",
                               wp_intern_text(&e->found.names, story, NULL));
    WP_TRY(wp_buffer_print(&e->out, first ? "{" : ",{"));
    WP_TRY(print_text(&e->out, name_a, &e->ids, row->a));
    WP_TRY(wp_buffer_print(&e->out, ","));
    if (e->apart.pairs) {
        WP_TRY(print_text(&e->out, "id_b", &e->ids, row->b));
        WP_TRY(wp_buffer_print(&e->out, ","));
    }
    WP_TRY(print_text(&e->out, "story", &e->found.names, story));
    return wp_buffer_print(&e->out, "}");
}

static enum wp_status print_apart(struct eval *e, const uint32_t *sizes) {
    const struct wp_apart *apart = &e->apart;
    const char *of = apart->pairs ? "pairs" : "articles";
    size_t merged = 0, printed = 0;
    for (size_t i = 0; i < apart->count; i++)
        merged += merged_in(e, &apart->rows[i], sizes) != WP_CLUSTER_NONE;
    if (e->settings.json)
        WP_TRY(wp_buffer_print(&e->out,
                               "{\"kind\":\"apart\",\"of\":\"%s\",\"listed\":%zu,\"merged\":%zu,\"wrong\":[",
                               of, apart->count, merged));
    else
        WP_TRY(wp_buffer_print(&e->out, "%zu %s to be kept apart, merged: %zu\n", apart->count, of, merged));
    for (size_t i = 0; i < apart->count; i++) {
        uint32_t story = merged_in(e, &apart->rows[i], sizes);
        if (story != WP_CLUSTER_NONE) WP_TRY(print_merged(e, &apart->rows[i], story, printed++ == 0));
    }
    return e->settings.json ? wp_buffer_print(&e->out, "]}\n") : WP_OK;
}

static enum wp_status eval_apart(struct eval *e) {
    uint32_t *sizes = wp_zalloc(wp_intern_count(&e->found.names), sizeof *sizes);
    if (!sizes) return WP_ENOMEM;
    for (size_t i = 0; i < e->found.count; i++)
        if (e->found.cluster[i] != WP_CLUSTER_NONE) sizes[e->found.cluster[i]]++;
    enum wp_status status = print_apart(e, sizes);
    wp_free(sizes);
    return status;
}

static void warn_repeats(const char *file, const struct wp_clusters *c) {
    if (c->repeated)
        fprintf(stderr,
                "wireprint eval: %s: %" PRIu64
                " members whose id is in a cluster already; the last one counts\n",
                file, c->repeated);
}

static enum wp_status eval_files(struct eval *e, const char *stories, const char *gold,
                                 struct wp_error *err) {
    enum wp_status status;
    WP_TRY(wp_clusters_read(&e->found, stories, &e->ids, err));
    warn_repeats(stories, &e->found);
    if (e->settings.apart) {
        WP_TRY(wp_apart_read(&e->apart, gold, &e->ids, err));
        status = eval_apart(e);
    } else {
        WP_TRY(wp_gold_read(&e->gold, gold, &e->ids, err));
        warn_repeats(gold, &e->gold.clusters);
        status = e->gold.kind == WP_GOLD_PAIRS ? eval_pairs(e) : eval_clusters(e, err);
    }
    if (status != WP_OK && !err->reason[0]) wp_fail(err, status, "%s", wp_status_text(status));
    if (status == WP_OK && (fwrite(e->out.data, 1, e->out.len, stdout) != e->out.len || fflush(stdout) != 0))
        return wp_fail(err, WP_EIO, "standard output cannot be written");
    return status;
}

static int run_eval(int argc, char **argv) {
    struct eval e = {0};
    struct wp_error err = {0};
    int operands, code = wp_options_start(&wp_command_eval, argc, argv, &e.settings, &operands);
    if (code >= 0) return code;
    wp_intern_init(&e.ids, WP_GOLD_MAX_BYTES);
    enum wp_status status = operands == 2
                                ? eval_files(&e, argv[1], argv[2], &err)
                                : wp_fail(&err, WP_EINVAL, "two files are wanted: STORIES and GOLD");
    wp_clusters_release(&e.found);
    wp_gold_release(&e.gold);
    wp_apart_release(&e.apart);
    wp_intern_release(&e.ids);
    wp_buffer_release(&e.out);
    return status == WP_OK ? WP_EXIT_OK : wp_command_failed(&wp_command_eval, &err);
}

static const struct wp_flag flags[] = {
    {"json", 0, WP_FLAG_BOOL, offsetof(struct eval_settings, json), NULL, "print one JSON object"},
    {"apart", 0, WP_FLAG_BOOL, offsetof(struct eval_settings, apart), NULL,
     "GOLD lists what must not be merged, see above"},
    {"articles", 0, WP_FLAG_COUNT, offsetof(struct eval_settings, articles), "N",
     "how many articles there are in all [the ids that occur]"},
};

const struct wp_command wp_command_eval = {
    .name = "eval",
    .usage = "STORIES GOLD [--json] [--apart] [--articles N]",
    .summary = "hold found stories against labelled pairs or true clusters",
    .details =
        "STORIES is what `wireprint dedup --stories` writes, or lines of id<TAB>cluster.\n"
        "\n"
        "GOLD is one of two things. Labelled pairs: a TSV file with a header that names id_a, id_b and\n"
        "label (copy, version, exact, same, true, yes and 1 mean one story, every other label two), and may\n"
        "name weight, rel and confidence. Told are precision, recall and F1, weighted and flat, for each\n"
        "rel and confidence.\n"
        "\n"
        "Or clusters, written as STORIES or by `wireprint gen --truth`. Told are precision, recall and F1\n"
        "of pairs, adjusted Rand index, B-cubed, and the largest wrong merge. An article in no story or\n"
        "cluster stands alone.\n"
        "\n"
        "With --apart GOLD is a TSV file of what must not be merged. Its header names id_a and id_b: pairs "
        "of\n"
        "articles of different stories; or id: articles that are in no story. Told are those that are.",
    .flags = flags,
    .flag_count = sizeof flags / sizeof *flags,
    .run = run_eval,
};
