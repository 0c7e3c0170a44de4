/*
 * score.c - see score.h.
 *
 * Everything follows from the cells of the contingency table: how many articles are in found cluster f and
 * true cluster t at once. The cells come from sorting the pairs (f, t) of all articles that are in both a
 * found and a true cluster; an article that is in one only is a cell of one in that cluster's row or column.
 */
#include "report/score.h"

#include "base/sort.h"

__extension__ typedef __int128 wide;

void wp_tally_add(struct wp_tally *t, bool truth, bool said, double weight) {
    t->pairs++;
    if (truth && said) t->hits += weight;
    if (said && !truth) t->false_alarms += weight;
    if (truth && !said) t->misses += weight;
}

static struct wp_score score_of(double precision, double recall) {
    double sum = precision + recall;
    return (struct wp_score){precision, recall, sum > 0 ? 2 * precision * recall / sum : 0};
}

static double share(double part, double whole) {
    return whole > 0 ? part / whole : 1;
}

struct wp_score wp_tally_score(const struct wp_tally *t) {
    return score_of(share(t->hits, t->hits + t->false_alarms), share(t->hits, t->hits + t->misses));
}

static uint64_t pairs_of(uint64_t n) {
    return n % 2 ? n * ((n - 1) / 2) : n / 2 * (n ? n - 1 : 0);
}

/* What is added up for each cluster. */
struct sums {
    uint32_t size;    /* articles */
    uint32_t inside;  /* of them in a cluster of the other side */
    uint32_t cells;   /* clusters of the other side met */
    uint64_t squares; /* sum of squared cells, without the cells of one from outside */
    uint64_t pairs;   /* pairs inside cells */
};

struct side {
    struct sums *clusters;
    uint32_t count;
};

static enum wp_status count_side(struct side *s, const uint32_t *labels, uint32_t count) {
    s->count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (labels[i] != WP_CLUSTER_NONE && labels[i] >= s->count) s->count = labels[i] + 1;
    s->clusters = wp_zalloc(s->count, sizeof *s->clusters);
    if (!s->clusters) return WP_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        if (labels[i] != WP_CLUSTER_NONE) s->clusters[labels[i]].size++;
    return WP_OK;
}

static void add_cell(struct sums *s, uint64_t cell) {
    s->inside += (uint32_t)cell;
    s->cells++;
    s->squares += cell * cell;
    s->pairs += pairs_of(cell);
}

/* Finds the cells and adds each to its row and its column. */
static enum wp_status add_cells(const uint32_t *found, const uint32_t *truth, uint32_t count, struct side *f,
                                struct side *t) {
    uint64_t *keys = wp_alloc(2 * (size_t)count, sizeof *keys);
    size_t used = 0;
    if (!keys) return WP_ENOMEM;
    for (uint32_t i = 0; i < count; i++)
        if (found[i] != WP_CLUSTER_NONE && truth[i] != WP_CLUSTER_NONE)
            keys[used++] = (uint64_t)found[i] << 32 | truth[i];
    uint64_t *sorted = wp_sort64(keys, keys + count, used);
    for (size_t i = 0, end; i < used; i = end) {
        for (end = i + 1; end < used && sorted[end] == sorted[i];) end++;
        add_cell(&f->clusters[sorted[i] >> 32], end - i);
        add_cell(&t->clusters[(uint32_t)sorted[i]], end - i);
    }
    wp_free(keys);
    return WP_OK;
}

static uint64_t sum_pairs(const struct side *s) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->count; i++) sum += pairs_of(s->clusters[i].size);
    return sum;
}

/* The sum over all articles of the share of their cluster that belongs with them: for a cluster, the sum over
 * its cells of cell^2 / size. Articles in no cluster have all of it. */
static double sum_bcubed(const struct side *s, uint64_t articles) {
    double sum = 0;
    uint64_t in_clusters = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct sums *c = &s->clusters[i];
        if (c->size) sum += ((double)c->squares + (c->size - c->inside)) / c->size;
        in_clusters += c->size;
    }
    return sum + (double)(articles - in_clusters);
}

/* (common - expected) / (mean of both - expected), expected = found * true / all, everything times 2 * all.
 */
static double adjusted_rand(const struct wp_partition_score *s) {
    wide all = pairs_of(s->articles), found = s->found_pairs, truth = s->true_pairs;
    wide above = 2 * (all * (wide)s->common_pairs - found * truth);
    wide below = all * (found + truth) - 2 * found * truth;
    return below ? (double)above / (double)below : 1; /* both trivial, and the same */
}

static struct wp_wrong_merge find_worst(const struct side *f) {
    struct wp_wrong_merge worst = {.cluster = WP_CLUSTER_NONE};
    for (uint32_t i = 0; i < f->count; i++) {
        const struct sums *c = &f->clusters[i];
        uint64_t wrong = pairs_of(c->size) - c->pairs;
        if (wrong > worst.wrong_pairs)
            worst = (struct wp_wrong_merge){i, c->size, c->cells + c->size - c->inside, wrong};
    }
    return worst;
}

static void fill_scores(const struct side *f, const struct side *t, struct wp_partition_score *out) {
    for (uint32_t i = 0; i < f->count; i++) out->common_pairs += f->clusters[i].pairs;
    out->found_pairs = sum_pairs(f);
    out->true_pairs = sum_pairs(t);
    out->pairs = score_of(share((double)out->common_pairs, (double)out->found_pairs),
                          share((double)out->common_pairs, (double)out->true_pairs));
    out->adjusted_rand = adjusted_rand(out);
    out->bcubed = score_of(share(sum_bcubed(f, out->articles), (double)out->articles),
                           share(sum_bcubed(t, out->articles), (double)out->articles));
    out->worst = find_worst(f);
}

enum wp_status wp_score_partitions(const uint32_t *found, const uint32_t *truth, uint32_t count,
                                   uint64_t articles, struct wp_partition_score *out) {
    struct side f = {0}, t = {0};
    *out = (struct wp_partition_score){.articles = articles};
    if (articles < count || articles > WP_SCORE_MAX_ARTICLES) return WP_EINVAL;
    enum wp_status status = count_side(&f, found, count);
    if (status == WP_OK) status = count_side(&t, truth, count);
    if (status == WP_OK) status = add_cells(found, truth, count, &f, &t);
    if (status == WP_OK) fill_scores(&f, &t, out);
    wp_free(f.clusters);
    wp_free(t.clusters);
    return status;
}
