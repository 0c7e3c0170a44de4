/*
 * test_gen_walk.c - texts made by walking: new, yet made of the base's neighbours only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "gen/token.h"
#include "gen/walk.h"

static struct wp_gen_base base;

static int set_up(void **state) {
    struct wp_error err;
    (void)state;
    return wp_gen_base_builtin(&base) != WP_OK || wp_gen_base_finish(&base, &err) != WP_OK;
}

static int tear_down(void **state) {
    (void)state;
    wp_gen_base_release(&base);
    return 0;
}

static void make(uint64_t number, uint32_t words, struct wp_buffer *out) {
    struct wp_random r = wp_random_start(7, 1, number);
    struct wp_gen_topic topic;
    wp_gen_topic_pick(&topic, &base, &r);
    out->len = 0;
    assert_int_equal(wp_gen_walk(&topic, &r, words, out), WP_OK);
}

static void the_same_number_gives_the_same_text(void **state) {
    struct wp_buffer a = {0}, b = {0};
    (void)state;
    make(3, 300, &a);
    make(3, 300, &b);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    make(4, 300, &b);
    assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
    wp_buffer_release(&a);
    wp_buffer_release(&b);
}

static void lengths_are_about_what_was_asked(void **state) {
    struct wp_buffer a = {0};
    (void)state;
    for (uint32_t words = 20; words < 2000; words *= 2) {
        make(words, words, &a);
        assert_in_range(wp_gen_words(a.data, a.len), words, 2 * words + 21);
        assert_true(a.data[0] > ' ' && a.data[a.len - 1] > ' ');
    }
    wp_buffer_release(&a);
}

static void topics_have_different_articles(void **state) {
    (void)state;
    for (uint64_t n = 0; n < 200; n++) {
        struct wp_random r = wp_random_start(n, 1, 1);
        struct wp_gen_topic topic;
        bool used[10] = {false};
        wp_gen_topic_pick(&topic, &base, &r);
        for (int i = 0; i < WP_GEN_SOURCES; i++)
            for (int j = 0; j < i; j++) assert_int_not_equal(topic.index[i], topic.index[j]);
        for (int d = 0; d < 10; d++) used[topic.digit[d]] = true;
        for (int d = 0; d < 10; d++) assert_true(used[d]);
        assert_int_equal(topic.digit[0], 0); /* no number begins with zero that did not */
    }
}

/* Hashes of runs of `n` words of a text; returns how many. */
static size_t shingles(const uint8_t *p, size_t bytes, size_t n, uint64_t *out, size_t cap) {
    const uint8_t *end = p + bytes, *word[6000], *stop[6000];
    size_t words = 0, count = 0;
    for (p = wp_gen_word_next(p, end); p < end && words < 6000; p = wp_gen_word_next(p, end)) {
        word[words] = p;
        p = wp_gen_word_end(p, end);
        stop[words++] = p;
    }
    for (size_t i = 0; i + n <= words && count < cap; i++) {
        uint64_t h = 0;
        for (size_t k = 0; k < n; k++)
            h = wp_random_mix(h ^ wp_hash64(word[i + k], (size_t)(stop[i + k] - word[i + k])));
        out[count++] = h;
    }
    return count;
}

static size_t shared(const uint64_t *a, size_t na, const uint64_t *b, size_t nb) {
    size_t n = 0;
    for (size_t i = 0; i < na; i++)
        for (size_t j = 0; j < nb; j++)
            if (a[i] == b[j]) {
                n++;
                break;
            }
    return n;
}

/* 40 texts, every pair of them: less than a tenth of the five-word runs in common. */
static void texts_are_strangers(void **state) {
    static uint64_t all[40][3000];
    size_t count[40];
    struct wp_buffer a = {0};
    (void)state;
    for (size_t i = 0; i < 40; i++) {
        make(1000 + i, 400, &a);
        count[i] = shingles(a.data, a.len, 5, all[i], 3000);
    }
    for (size_t i = 0; i < 40; i++)
        for (size_t j = 0; j < i; j++)
            assert_true(shared(all[i], count[i], all[j], count[j]) * 10 < count[i]);
    wp_buffer_release(&a);
}

/* Few five-word runs of a text stand in one of the articles it was made from; nearly all pairs of words do.
 */
static void texts_are_new_but_natural(void **state) {
    static uint64_t made[3000], from[60000];
    struct wp_buffer a = {0};
    (void)state;
    for (size_t n = 2; n <= 5; n += 3) {
        size_t found = 0, total = 0;
        for (uint64_t i = 0; i < 20; i++) {
            struct wp_random r = wp_random_start(7, 1, i);
            struct wp_gen_topic topic;
            size_t have = 0;
            wp_gen_topic_pick(&topic, &base, &r);
            make(i, 300, &a);
            for (size_t s = 0; s < WP_GEN_SOURCES; s++)
                have += shingles(topic.source[s].text, topic.source[s].bytes, n, from + have, 60000 - have);
            size_t count = shingles(a.data, a.len, n, made, 3000);
            found += shared(made, count, from, have);
            total += count;
        }
        if (n == 2) assert_true(found * 10 > total * 7); /* figures change, and jumps without an equal word */
        if (n == 5) assert_true(found * 10 < total * 4);
    }
    wp_buffer_release(&a);
}

static void titles_are_never_empty(void **state) {
    struct wp_buffer t = {0};
    (void)state;
    for (uint64_t i = 0; i < 500; i++) {
        struct wp_random r = wp_random_start(i, 2, 2);
        t.len = 0;
        assert_int_equal(wp_gen_title(&base, &r, &t), WP_OK);
        assert_in_range(t.len, 1, 400);
    }
    wp_buffer_release(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_number_gives_the_same_text),
        cmocka_unit_test(lengths_are_about_what_was_asked),
        cmocka_unit_test(topics_have_different_articles),
        cmocka_unit_test(texts_are_strangers),
        cmocka_unit_test(texts_are_new_but_natural),
        cmocka_unit_test(titles_are_never_empty),
    };
    return cmocka_run_group_tests_name("gen_walk", tests, set_up, tear_down);
}
