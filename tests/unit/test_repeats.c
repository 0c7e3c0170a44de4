/*
 * test_repeats.c - which articles of a shingle are taken off its list: an owner's, when they tell enough
 * different stories; those that speak of no title, whoever owns them; and what was known before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "match/repeats.h"
#include "support/random.h"

enum { ARTICLES = 400 };

struct world {
    uint32_t owners[ARTICLES];
    struct wp_title titles[ARTICLES];
    _Atomic uint8_t counts[ARTICLES];
    struct wp_bits unspoken;
    struct wp_furniture known;
    struct wp_budget budget;
    struct wp_parts examples;
    struct wp_repeats repeats;
    struct wp_repeats_worker worker;
    uint64_t ranks[ARTICLES];
    size_t count;
    bool broken; /* titles cannot be read */
};

static const struct wp_title *title(void *self, uint32_t rank, struct wp_title *scratch,
                                    struct wp_error *err) {
    struct world *w = self;
    if (w->broken) {
        wp_fail(err, WP_EIO, "broken");
        return NULL;
    }
    if (rank % 2) return &w->titles[rank];
    *scratch = w->titles[rank]; /* as a store would, that has spilled */
    return scratch;
}

static struct world *begin(void) {
    struct world *w = calloc(1, sizeof *w);
    wp_budget_init(&w->budget, SIZE_MAX, ".");
    assert_int_equal(wp_bits_init(&w->unspoken, ARTICLES), WP_OK);
    assert_int_equal(wp_furniture_init(&w->known), WP_OK);
    assert_int_equal(wp_parts_init(&w->examples, 8, WP_EXAMPLE_PARTS, WP_EXAMPLE_CHUNK_BYTES, &w->budget),
                     WP_OK);
    w->repeats = (struct wp_repeats){.owners = w->owners,
                                     .unspoken = &w->unspoken,
                                     .title = title,
                                     .self = w,
                                     .known = &w->known,
                                     .counts = w->counts,
                                     .examples = &w->examples};
    assert_int_equal(wp_repeats_worker_init(&w->worker, &w->repeats), WP_OK);
    return w;
}

static void end(struct world *w) {
    wp_repeats_worker_release(&w->worker);
    wp_parts_release(&w->examples);
    wp_bits_release(&w->unspoken);
    wp_furniture_release(&w->known);
    free(w);
}

/* Puts an article on the list; stories with other numbers have no word in common. */
static void put(struct world *w, uint32_t rank, uint32_t owner, uint16_t story) {
    w->owners[rank] = owner;
    w->titles[rank].words[0] = story;
    w->ranks[w->count++] = rank;
}

static enum wp_status sift(struct world *w, uint64_t shingle, struct wp_error *err) {
    return wp_repeats_sift(&w->repeats, &w->worker, shingle, w->ranks, &w->count, err);
}

static void expect(struct world *w, const uint32_t *want, size_t count) {
    assert_int_equal(w->count, count);
    for (size_t i = 0; i < count; i++) assert_int_equal(w->ranks[i], want[i]);
}

static size_t examples_of(struct world *w, uint32_t owner, uint32_t *ranks) {
    uint64_t items[ARTICLES];
    size_t found = 0, part = owner % WP_EXAMPLE_PARTS, count;
    assert_int_equal(wp_repeats_worker_flush(&w->worker, NULL), WP_OK);
    count = wp_parts_count(&w->examples, part);
    assert_true(count <= ARTICLES);
    assert_int_equal(wp_parts_read(&w->examples, part, items, NULL), WP_OK);
    for (size_t i = 0; i < count; i++)
        if (items[i] >> 32 == owner) ranks[found++] = (uint32_t)items[i];
    return found;
}

/* Owner 5 repeats it under six stories, owner 9 under five; 0 is nobody. */
static void by_owner(void **state) {
    (void)state;
    struct world *w = begin();
    uint32_t examples[ARTICLES];
    for (uint16_t i = 0; i < 6; i++) {
        put(w, 10u * i + 1, 5, (uint16_t)(i + 1));
        put(w, 10u * i + 2, 9, (uint16_t)(i ? i : 1));
        put(w, 10u * i + 3, 0, (uint16_t)(i + 1));
        put(w, 10u * i + 4, 5, 1); /* told again: no other story, but taken out as well */
    }
    assert_int_equal(sift(w, 77, NULL), WP_OK);
    expect(w, (uint32_t[]){2, 3, 12, 13, 22, 23, 32, 33, 42, 43, 52, 53}, 12);
    for (uint32_t rank = 0; rank < ARTICLES; rank++)
        assert_int_equal(w->counts[rank], rank < 60 && (rank % 10 == 1 || rank % 10 == 4));
    assert_int_equal(examples_of(w, 5, examples), WP_FURNITURE_STORIES);
    for (uint32_t i = 0; i < WP_FURNITURE_STORIES; i++) assert_int_equal(examples[i], 10 * i + 1);
    assert_int_equal(examples_of(w, 9, examples), 0);
    assert_int_equal(examples_of(w, 0, examples), 0);
    end(w);
}

/* A hundred articles of one title, or of none that is known, are one story or none. */
static void one_story(void **state) {
    (void)state;
    struct world *w = begin();
    for (uint32_t i = 0; i < 100; i++) put(w, i, 5, 7);
    for (uint32_t i = 100; i < 200; i++) put(w, i, 6, 0);
    assert_int_equal(sift(w, 77, NULL), WP_OK);
    assert_int_equal(w->count, 200);
    end(w);
}

/* Six that speak of no title are of all, with or without an owner, and of whatever owner. */
static void of_all(void **state) {
    (void)state;
    struct world *w = begin();
    uint32_t examples[ARTICLES];
    for (uint32_t i = 0; i < 8; i++) {
        put(w, 2 * i, i, (uint16_t)(i + 1));
        put(w, 2 * i + 1, i, (uint16_t)(i + 1));
        if (i != 3 && i != 6) wp_bits_set(&w->unspoken, 2 * i);
    }
    assert_int_equal(sift(w, 77, NULL), WP_OK);
    expect(w, (uint32_t[]){1, 3, 5, 6, 7, 9, 11, 12, 13, 15}, 10);
    assert_int_equal(examples_of(w, WP_FURNITURE_OF_ALL, examples), WP_FURNITURE_STORIES);
    for (uint32_t i = 0; i < 8; i++) assert_int_equal(w->counts[2 * i], i != 3 && i != 6);
    end(w);
}

/* What is known needs no stories, and gives no examples. */
static void known(void **state) {
    (void)state;
    struct world *w = begin();
    uint32_t examples[ARTICLES];
    assert_int_equal(wp_furniture_add(&w->known, 5, 77), WP_OK);
    assert_int_equal(wp_furniture_add(&w->known, WP_FURNITURE_OF_ALL, 78), WP_OK);
    put(w, 1, 5, 1);
    put(w, 2, 6, 1);
    assert_int_equal(sift(w, 77, NULL), WP_OK);
    expect(w, (uint32_t[]){2}, 1);
    assert_int_equal(sift(w, 78, NULL), WP_OK);
    expect(w, NULL, 0);
    assert_int_equal(w->counts[1], 1);
    assert_int_equal(w->counts[2], 1);
    assert_int_equal(examples_of(w, 5, examples) + examples_of(w, 6, examples), 0);
    end(w);
}

/* Of a long list the first WP_REPEATS_LOOKED_AT of an owner decide. */
static void looked_at(void **state) {
    (void)state;
    for (uint32_t late = 0; late < 2; late++) {
        struct world *w = begin();
        for (uint32_t i = 0; i < ARTICLES; i++) {
            uint32_t begins = WP_REPEATS_LOOKED_AT - 5 + late; /* the sixth story: just in, just out */
            put(w, i, 5, (uint16_t)(i < begins ? 1 : i - begins + 2));
        }
        assert_int_equal(sift(w, 77, NULL), WP_OK);
        assert_int_equal(w->count, late ? ARTICLES : 0);
        end(w);
    }
}

static void failed_read(void **state) {
    (void)state;
    struct world *w = begin();
    struct wp_error err = {0};
    for (uint32_t i = 0; i < 10; i++) put(w, i, 5, (uint16_t)(i + 1));
    w->broken = true;
    assert_int_equal(sift(w, 77, &err), WP_EIO);
    assert_int_equal(err.status, WP_EIO);
    end(w);
}

/* Random lists: what is left is in order, and what is gone is gone by the rule, told slowly. */
static void random_lists(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct random r = {seed};
        struct world *w = begin();
        uint32_t owners = 1 + (uint32_t)random_below(&r, 8), stories = 1 + (uint32_t)random_below(&r, 12);
        bool gone[ARTICLES] = {false}, all_unspoken[13] = {false};
        uint32_t told = 0;
        for (uint32_t rank = 0; rank < 200; rank++) {
            if (random_below(&r, 3)) continue;
            put(w, rank, (uint32_t)random_below(&r, owners + 1), (uint16_t)(1 + random_below(&r, stories)));
            if (random_below(&r, 20) == 0) wp_bits_set(&w->unspoken, rank);
        }
        size_t count = w->count;
        uint64_t before[ARTICLES];
        memcpy(before, w->ranks, sizeof before);
        for (size_t i = 0; i < count; i++) {
            uint16_t story = w->titles[before[i]].words[0];
            if (!wp_bits_get(&w->unspoken, before[i]) || all_unspoken[story]) continue;
            all_unspoken[story] = true;
            told++;
        }
        for (size_t i = 0; i < count && told >= WP_FURNITURE_STORIES; i++)
            gone[before[i]] = wp_bits_get(&w->unspoken, before[i]);
        for (uint32_t owner = 1; owner <= owners; owner++) {
            bool seen[13] = {false};
            told = 0;
            for (size_t i = 0; i < count; i++) {
                uint16_t story = w->titles[before[i]].words[0];
                if (gone[before[i]] || w->owners[before[i]] != owner || seen[story]) continue;
                seen[story] = true;
                told++;
            }
            for (size_t i = 0; i < count && told >= WP_FURNITURE_STORIES; i++)
                gone[before[i]] |= w->owners[before[i]] == owner;
        }
        assert_int_equal(sift(w, seed, NULL), WP_OK);
        size_t at = 0;
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(w->counts[before[i]], gone[before[i]]);
            if (!gone[before[i]]) assert_int_equal(w->ranks[at++], before[i]);
        }
        assert_int_equal(w->count, at);
        end(w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_owner),    cmocka_unit_test(one_story),
                                       cmocka_unit_test(of_all),      cmocka_unit_test(known),
                                       cmocka_unit_test(looked_at),   cmocka_unit_test(failed_read),
                                       cmocka_unit_test(random_lists)};
    return cmocka_run_group_tests_name("repeats", tests, NULL, NULL);
}
