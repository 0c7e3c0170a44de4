/*
 * test_overlap_model.c - the overlap against its definition, written down in quadratic time.
 *
 * Streams are random words from small and large alphabets (small ones repeat themselves a lot), with passages
 * copied from one to the other; shingle hashes are made from the words, cut to 40 bits in half of the rounds.
 * In a third of the rounds some shingles are furniture and are taken out: of one text, or of both, as they
 * may be of different owners.
 */
#include "base/hash.h"
#include "match/overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MAX_TOKENS 400
#define ROUNDS 1000

struct text {
    uint32_t words[MAX_TOKENS];
    uint64_t shingles[MAX_TOKENS];
    uint8_t out[MAX_TOKENS]; /* by shingle: furniture, taken out */
    uint8_t masked[MAX_TOKENS + WP_MASK_SLACK];
    struct wp_mask mask;
    struct wp_stream stream;
};

static uint64_t seed = 20210427;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((seed >> 32) * n) >> 32);
}

static void make_words(struct text *t, uint32_t alphabet) {
    t->stream.tokens = random_below(MAX_TOKENS + 1);
    for (uint32_t i = 0; i < t->stream.tokens; i++) t->words[i] = random_below(alphabet);
}

static void copy_passages(const struct text *from, struct text *to) {
    uint32_t passages = random_below(6), na = from->stream.tokens, nb = to->stream.tokens;
    for (uint32_t k = 0; k < passages && na && nb; k++) {
        uint32_t i = random_below(na), j = random_below(nb), len = random_below(120);
        for (; len && i < na && j < nb; len--) to->words[j++] = from->words[i++];
    }
}

static void make_shingles(struct text *t, uint32_t width, uint64_t mask) {
    uint32_t n = t->stream.tokens;
    t->stream.width = width;
    t->stream.count = n < width ? 0 : n - width + 1;
    t->stream.shingles = t->shingles;
    t->stream.distinct = 0;
    t->stream.mask = NULL;
    memset(t->out, 0, sizeof t->out);
    for (uint32_t i = 0; i < t->stream.count; i++)
        t->shingles[i] = wp_hash64(t->words + i, width * sizeof *t->words) & mask;
}

static int same_shingle(const struct text *a, uint32_t i, const struct text *b, uint32_t j) {
    return memcmp(a->words + i, b->words + j, a->stream.width * sizeof *a->words) == 0;
}

/* Takes out what the furniture of an owner says, and notes it apart for the slow code. */
static void take_out(struct text *t, const struct wp_furniture *f, uint32_t owner, uint32_t tag) {
    for (uint32_t i = 0; i < t->stream.count; i++) t->out[i] = wp_furniture_has(f, owner, t->shingles[i]);
    memset(t->masked, 0, sizeof t->masked);
    t->mask = (struct wp_mask){.tokens = t->masked};
    const struct wp_beside beside = {.furniture = f, .owner = owner};
    wp_beside_take_out(&beside, t->shingles, t->stream.tokens, t->stream.width, tag, &t->mask);
    t->stream.mask = &t->mask;
}

/* Some shingles of either text become furniture of owner 1, some of owner 2, some of all. */
static enum wp_status make_furniture(struct wp_furniture *f, const struct text *a, const struct text *b) {
    WP_TRY(wp_furniture_init(f));
    for (uint32_t k = random_below(6); k; k--) {
        const struct text *t = random_below(2) ? a : b;
        uint32_t owner = random_below(3), n = t->stream.count, from = n ? random_below(n) : 0;
        for (uint32_t i = from, len = random_below(40); i < n && len; i++, len--)
            WP_TRY(wp_furniture_add(f, owner, t->shingles[i]));
    }
    return WP_OK;
}

/* Shingle i counts, and stands in b where it counts. */
static int stands_in(const struct text *a, uint32_t i, const struct text *b) {
    for (uint32_t j = 0; j < b->stream.count && !a->out[i]; j++)
        if (!b->out[j] && same_shingle(a, i, b, j)) return 1;
    return 0;
}

static int is_first(const struct text *a, uint32_t i) {
    if (a->out[i]) return 0;
    for (uint32_t j = 0; j < i; j++)
        if (same_shingle(a, i, a, j)) return 0;
    return 1;
}

static uint32_t slow_distinct(const struct text *a) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->stream.count; i++) n += is_first(a, i);
    return n;
}

static uint32_t slow_shared(const struct text *a, const struct text *b) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->stream.count; i++) n += is_first(a, i) && stands_in(a, i, b);
    return n;
}

/* Tokens of furniture do not count. */
static void drop_furniture(const struct text *a, uint8_t *tokens) {
    for (uint32_t i = 0; i < a->stream.count; i++)
        if (a->out[i]) memset(tokens + i, 0, a->stream.width);
}

static uint32_t slow_own(const struct text *a) {
    uint8_t own[MAX_TOKENS];
    uint32_t n = 0;
    memset(own, 1, sizeof own);
    drop_furniture(a, own);
    for (uint32_t i = 0; i < a->stream.tokens; i++) n += own[i];
    return n;
}

static uint32_t slow_covered(const struct text *a, const struct text *b) {
    uint8_t covered[MAX_TOKENS] = {0};
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->stream.count; i++)
        if (stands_in(a, i, b)) memset(covered + i, 1, a->stream.width);
    drop_furniture(a, covered);
    for (uint32_t i = 0; i < a->stream.tokens; i++) n += covered[i];
    return n;
}

/* The longest common run of words, which is what a run of shingles is when it is no shorter than one. Where
 * furniture was taken out, of shingles: a run ends at one that does not count. */
static uint32_t slow_longest_run(const struct text *a, const struct text *b) {
    uint32_t best = 0;
    for (uint32_t i = 0; i < a->stream.count; i++)
        for (uint32_t j = 0; j < b->stream.count; j++) {
            uint32_t len = 0;
            while (i + len < a->stream.count && j + len < b->stream.count && !a->out[i + len] &&
                   !b->out[j + len] && same_shingle(a, i + len, b, j + len))
                len++;
            if (len > best) best = len;
        }
    return best ? best + a->stream.width - 1 : 0;
}

static void check_pair(struct wp_overlap_base *base, const struct text *a, const struct text *b) {
    struct wp_overlap o, known;
    assert_int_equal(wp_overlap_base_set(base, &a->stream), WP_OK);
    assert_int_equal(wp_overlap_compare(base, &b->stream, WP_OVERLAP_RUN | WP_OVERLAP_DISTINCT, &o), WP_OK);
    assert_int_equal(o.tokens_a, slow_own(a));
    assert_int_equal(o.tokens_b, slow_own(b));
    assert_int_equal(o.distinct_a, slow_distinct(a));
    assert_int_equal(o.distinct_b, slow_distinct(b));
    assert_int_equal(o.shared, slow_shared(a, b));
    assert_int_equal(o.covered_a, slow_covered(a, b));
    assert_int_equal(o.covered_b, slow_covered(b, a));
    assert_int_equal(o.longest_run, slow_longest_run(a, b));

    struct wp_stream told = b->stream;
    told.distinct = o.distinct_b;
    assert_int_equal(wp_overlap_compare(base, &told, 0, &known), WP_OK);
    o.longest_run = 0;
    assert_memory_equal(&o, &known, sizeof o);
}

static void test_against_the_definition(void **state) {
    (void)state;
    static struct text a, b;
    static const uint32_t alphabets[] = {1, 2, 3, 10, 1000, 1u << 30};
    struct wp_overlap_base base;
    wp_overlap_base_init(&base);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t alphabet = alphabets[random_below(6)], width = 1 + random_below(9);
        uint64_t mask = round & 1 ? UINT64_MAX : ((uint64_t)1 << 40) - 1;
        if (alphabet < 10 && round % 8) alphabet = 1u << 20; /* the slow code is slowest where all repeats */
        make_words(&a, alphabet);
        make_words(&b, alphabet);
        copy_passages(&a, &b);
        if (random_below(4) == 0) copy_passages(&b, &b);
        make_shingles(&a, width, mask);
        make_shingles(&b, width, mask);
        if (round % 3 == 0) {
            struct wp_furniture f;
            assert_int_equal(make_furniture(&f, &a, &b), WP_OK);
            if (random_below(4)) take_out(&a, &f, 1, 5);
            take_out(&b, &f, 1 + random_below(2), 6);
            wp_furniture_release(&f);
        }
        check_pair(&base, &a, &b);
    }
    wp_overlap_base_release(&base);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_the_definition)};
    return cmocka_run_group_tests_name("overlap model", tests, NULL, NULL);
}
