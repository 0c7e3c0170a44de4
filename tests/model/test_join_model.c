/*
 * test_join_model.c - the exact Jaccard join: small random corpora through the public batch calls with
 * match=jaccard:T against all pairs of plain sets of five-word tuples. Exactly the
 * pairs with J >= T, with the right Jaccard, containment and coverage, for several T, threads and memory
 * limits.
 *
 * Texts of up to 20 words have at most 16 shingles, which are all sampled, so that the answer must be
 * complete; of longer ones a sample decides what is compared (two meetings), so that a pair near T may be
 * missed now and then, but none below T is ever reported.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "support/random.h"
#include "wireprint.h"

enum { TEXTS = 220, WORDS_MAX = 320, WIDTH = 5 };

/* Words are numbers below 4096, so that five of them are one number, and nothing is hashed. */
struct text {
    unsigned words[WORDS_MAX];
    unsigned count;
    uint64_t tuples[WORDS_MAX];
};

struct corpus {
    struct text texts[TEXTS];
    size_t count;
};

struct facts {
    unsigned shared, distinct_a, distinct_b;
    double jaccard, containment, coverage;
};

static unsigned tuples(const struct text *t) {
    return t->count < WIDTH ? 0 : t->count - WIDTH + 1;
}

static bool has(const struct text *t, const struct text *of, unsigned i, unsigned below) {
    for (unsigned j = 0; j < below; j++)
        if (of->tuples[i] == t->tuples[j]) return true;
    return false;
}

/* Different tuples of a, those also in b, and the words that stand in one of these. */
static void count(const struct text *a, const struct text *b, unsigned *distinct, unsigned *shared,
                  unsigned *covered) {
    bool in[WORDS_MAX] = {0};
    *distinct = *shared = *covered = 0;
    for (unsigned i = 0; i < tuples(a); i++) {
        bool common = has(b, a, i, tuples(b));
        for (unsigned k = 0; k < WIDTH && common; k++) in[i + k] = true;
        if (has(a, a, i, i)) continue;
        ++*distinct;
        *shared += common;
    }
    for (unsigned i = 0; i < a->count; i++) *covered += in[i];
}

static struct facts compare(const struct text *a, const struct text *b) {
    struct facts f;
    unsigned again, covered_a, covered_b;
    count(a, b, &f.distinct_a, &f.shared, &covered_a);
    count(b, a, &f.distinct_b, &again, &covered_b);
    unsigned both = f.distinct_a + f.distinct_b - f.shared,
             least = f.distinct_a < f.distinct_b ? f.distinct_a : f.distinct_b;
    f.jaccard = both ? (double)f.shared / both : 0;
    f.containment = least ? (double)f.shared / least : 0;
    bool a_shorter = a->count != b->count ? a->count < b->count : covered_a < covered_b;
    unsigned length = a_shorter ? a->count : b->count;
    f.coverage = length ? (double)(a_shorter ? covered_a : covered_b) / length : 0;
    return f;
}

/* Every second text is made of earlier ones: as it is, with words replaced, with a new head, an end cut, two
 * joined, or a passage repeated. A small vocabulary makes shingles meet by chance, too. */
static void make(struct corpus *c, uint64_t seed, unsigned longest, unsigned vocabulary) {
    struct random r = {seed};
    c->count = TEXTS;
    for (size_t i = 0; i < TEXTS; i++) {
        struct text *t = &c->texts[i];
        const struct text *from = i ? &c->texts[random_below(&r, i)] : t;
        uint64_t kind = i ? random_below(&r, 12) : 11;
        t->count = 1 + (unsigned)random_below(&r, longest);
        for (unsigned k = 0; k < t->count; k++) t->words[k] = (unsigned)random_below(&r, vocabulary);
        if (kind > 5 || from == t) continue;
        unsigned n = from->count;
        if (kind == 5 && 2 * n <= longest) { /* twice */
            memcpy(t->words, from->words, n * sizeof *t->words);
            memcpy(t->words + n, from->words, n * sizeof *t->words);
            t->count = 2 * n;
            continue;
        }
        memcpy(t->words, from->words, n * sizeof *t->words);
        t->count = kind == 1 ? 1 + n * 3 / 4 : n;
        if (t->count > n) t->count = n;
        unsigned replaced = kind == 2 ? 1 + n / 8 : kind == 3 ? 1 : 0;
        for (unsigned k = 0; k < replaced; k++)
            t->words[random_below(&r, t->count)] = (unsigned)random_below(&r, vocabulary);
        for (unsigned k = 0; kind == 4 && k < n / 4; k++)
            t->words[k] = (unsigned)random_below(&r, vocabulary);
    }
}

static void fill_tuples(struct text *t) {
    for (unsigned i = 0; i < tuples(t); i++) {
        t->tuples[i] = 0;
        for (unsigned k = 0; k < WIDTH; k++) t->tuples[i] = t->tuples[i] << 12 | t->words[i + k];
    }
}

static bool same_words(const struct text *a, const struct text *b) {
    return a->count == b->count && memcmp(a->words, b->words, a->count * sizeof *a->words) == 0;
}

static wp_batch_run *run(const struct corpus *c, double threshold, const char *threads, const char *memory) {
    wp_batch_run *b;
    struct wp_error err = {0};
    char rule[40], text[WORDS_MAX * 8];
    snprintf(rule, sizeof rule, "jaccard:%.17g", threshold);
    assert_int_equal(wp_batch_new(&b), WP_OK);
    assert_int_equal(wp_batch_set(b, "match", rule, &err), WP_OK);
    assert_int_equal(wp_batch_set(b, "threads", threads, &err), WP_OK);
    if (memory) assert_int_equal(wp_batch_set(b, "memory", memory, &err), WP_OK);
    for (size_t i = 0; i < c->count; i++) {
        char *at = text;
        for (unsigned k = 0; k < c->texts[i].count; k++)
            at += sprintf(at, k % 7 == 3 ? "W%u, " : "w%u ",
                          c->texts[i].words[k]); /* marks and cases do not count */
        struct wp_article a = {.text = text, .text_len = (size_t)(at - text)};
        assert_int_equal(wp_batch_add(b, &a, &err), WP_OK);
    }
    assert_int_equal(wp_batch_finish(b, &err), WP_OK);
    return b;
}

static struct facts facts[TEXTS][TEXTS]; /* of the corpus at hand, i < j */

static void compare_all(struct corpus *c) {
    for (size_t i = 0; i < c->count; i++) fill_tuples(&c->texts[i]);
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = i + 1; j < c->count; j++) facts[i][j] = compare(&c->texts[i], &c->texts[j]);
}

static bool near(double a, double b) {
    return a - b < 1e-6 && b - a < 1e-6;
}

static bool found[TEXTS][TEXTS];

/* Takes the matches of a run into `found`, each with its numbers checked. Exact copies come with the first of
 * their kind alone; the pairs among them and with what matches the first one follow. */
static void take_matches(const struct corpus *c, wp_batch_run *b, double threshold) {
    struct wp_batch_match m;
    size_t first[TEXTS];
    static bool listed[TEXTS][TEXTS];
    memset(listed, 0, sizeof listed);
    for (size_t i = 0; i < c->count; i++)
        for (first[i] = 0; first[i] < i && !same_words(&c->texts[first[i]], &c->texts[i]);) first[i]++;
    uint64_t last_a = 0, last_b = 0;
    while (wp_batch_match_next(b, &m, NULL) == WP_OK) {
        assert_true(m.a < m.b && m.b < c->count);
        assert_true(m.a > last_a || (m.a == last_a && m.b > last_b)); /* in order, none twice */
        last_a = m.a;
        last_b = m.b;
        struct facts f = facts[m.a][m.b];
        assert_true(f.jaccard >= threshold);
        assert_true(near(m.jaccard, f.jaccard) && near(m.containment, f.containment) &&
                    near(m.coverage, f.coverage));
        assert_string_equal(m.relation, same_words(&c->texts[m.a], &c->texts[m.b]) ? "exact" : "copy");
        assert_int_equal(first[m.a], m.a);
        assert_true(first[m.b] == m.b || first[m.b] == m.a);
        listed[m.a][m.b] = true;
    }
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = i + 1; j < c->count; j++) {
            size_t x = first[i] < first[j] ? first[i] : first[j],
                   y = first[i] < first[j] ? first[j] : first[i];
            found[i][j] = x == y ? listed[x][j] && (i == x || listed[x][i]) : listed[x][y];
        }
}

static void check_stories(const struct corpus *c, wp_batch_run *b) {
    bool seen[TEXTS] = {0};
    for (size_t s = 0; s < wp_batch_story_count(b); s++) {
        assert_true(wp_batch_story_size(b, s) >= 2);
        for (size_t i = 0; i < wp_batch_story_size(b, s); i++) {
            struct wp_batch_member m;
            assert_int_equal(wp_batch_story_member(b, s, i, &m), WP_OK);
            assert_true(m.article < c->count && !seen[m.article]);
            seen[m.article] = true;
            if (m.article == m.to) {
                assert_int_equal(m.article, wp_batch_story_lead(b, s));
                continue;
            }
            uint64_t low = m.article < m.to ? m.article : m.to, high = m.article < m.to ? m.to : m.article;
            assert_true(found[low][high]);
            assert_true(near(m.jaccard, facts[low][high].jaccard));
        }
    }
}

struct tally {
    unsigned wanted, missed;
};

static void join(const struct corpus *c, double threshold, const char *threads, const char *memory,
                 struct tally *tally) {
    wp_batch_run *b = run(c, threshold, threads, memory);
    take_matches(c, b, threshold);
    check_stories(c, b);
    for (size_t i = 0; i < c->count; i++)
        for (size_t j = i + 1; j < c->count; j++) {
            bool want = facts[i][j].jaccard >= threshold;
            assert_true(want || !found[i][j]);
            tally->wanted += want;
            tally->missed += want && !found[i][j];
        }
    wp_batch_free(b);
}

static void short_texts(void **state) {
    (void)state;
    static const double thresholds[] = {0.2, 0.25, 0.5, 0.75, 1.0};
    static const char *const threads[] = {"1", "3"}, *const memory[] = {NULL, "67108864"};
    static struct corpus c;
    struct tally tally = {0};
    for (uint64_t seed = 0; seed < 10; seed++) {
        make(&c, seed, 20, seed % 3 == 0 ? 3 : seed % 3 == 1 ? 40 : 4096);
        compare_all(&c);
        for (size_t t = 0; t < 5; t++)
            join(&c, thresholds[t], threads[(seed + t) % 2], memory[(seed + t) / 2 % 2], &tally);
    }
    assert_true(tally.wanted > 5000);
    assert_int_equal(tally.missed, 0);
}

static void long_texts(void **state) {
    (void)state;
    static const double thresholds[] = {0.5, 0.8};
    static struct corpus c;
    struct tally tally = {0};
    for (uint64_t seed = 100; seed < 104; seed++) {
        make(&c, seed, 150, 1000);
        compare_all(&c);
        join(&c, thresholds[seed % 2], "2", NULL, &tally);
    }
    assert_true(tally.wanted > 200);
    assert_true(tally.missed * 200 <= tally.wanted); /* recall 0.995 */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(short_texts), cmocka_unit_test(long_texts)};
    return cmocka_run_group_tests_name("join_model", tests, NULL, NULL);
}
