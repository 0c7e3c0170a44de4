/*
 * test_gen_base.c - what is kept of a base, and how it is packed for walking (base.c, index.c).
 *
 * The index is held against a slow reading of the packed text itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gen/base.h"
#include "gen/token.h"

/* Forty words that occur in no other article, with frequent ones between them. */
static size_t write_article(char *to, size_t cap, int number) {
    size_t len = 0;
    for (int i = 0; i < 40; i++)
        len += (size_t)snprintf(to + len, cap - len, "word%dx%d %s%s", number, i, i % 3 ? "of the " : "and ",
                                i % 10 == 9 ? "end.\n\n" : "");
    return len;
}

static void add(struct wp_gen_base *base, const char *title, const char *text) {
    assert_int_equal(wp_gen_base_add(base, title, strlen(title), text, strlen(text)), WP_OK);
}

static void fill(struct wp_gen_base *base, int articles) {
    char text[4096];
    for (int i = 0; i < articles; i++) {
        write_article(text, sizeof text, i);
        add(base, "a title", text);
    }
}

static void repeated_paragraphs_are_left_out(void **state) {
    struct wp_gen_base base = {0};
    char text[4096], both[8200];
    (void)state;
    write_article(text, sizeof text, 1);
    add(&base, "one", text);
    assert_int_equal(base.count, 1);
    size_t first = base.text.len;
    add(&base, "again", text); /* nothing of it is new */
    assert_int_equal(base.count, 1);
    assert_int_equal(base.text.len, first);
    char second[4096];
    size_t second_len = write_article(second, sizeof second, 2);
    snprintf(both, sizeof both, "%s\n\n%s", text, second);
    add(&base, "both", both); /* only the second half is new */
    assert_int_equal(base.count, 2);
    while (second_len && second[second_len - 1] <= ' ') second_len--;
    assert_int_equal(base.text.len - first, second_len);
    assert_memory_equal(base.text.data + first, second, 40);
    wp_gen_base_release(&base);
}

static void short_ones_are_left_out_and_blanks_made_single(void **state) {
    struct wp_gen_base base = {0};
    char text[4096];
    (void)state;
    add(&base, "short", "only a few words");
    assert_int_equal(base.count, 0);
    size_t len = write_article(text, sizeof text, 1);
    snprintf(text + len, sizeof text - len, "tail \t  of\x01 it  \n");
    add(&base, "  long\n title ", text);
    assert_int_equal(base.count, 1);
    assert_memory_equal(base.text.data + base.text.len - 10, "tail of it", 10);
    assert_memory_equal(base.titles.data, "long title", 10);
    wp_gen_base_release(&base);
}

static void few_articles_are_refused(void **state) {
    struct wp_gen_base base = {0};
    struct wp_error err;
    (void)state;
    fill(&base, 7);
    assert_int_equal(wp_gen_base_finish(&base, &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "7"));
    wp_gen_base_release(&base);
}

/* Tokens cover the text without gaps; every jump of a key leads to a token with that key, and all do. */
static void check_article(const struct wp_gen_article *a) {
    uint32_t keyed = 0, listed = 0;
    assert_int_equal(a->start[0], 0);
    assert_int_equal(a->start[a->tokens], a->bytes);
    for (uint32_t t = 0; t < a->tokens; t++) {
        assert_true(a->start[t] < a->start[t + 1]);
        keyed += a->key[t] != 0;
        assert_int_equal(wp_gen_words(a->text + a->start[t], (size_t)(a->start[t + 1] - a->start[t])), 1);
    }
    for (uint32_t k = 0; k < WP_GEN_KEYS; k++)
        for (uint32_t j = a->first[k]; j < a->first[k + 1]; j++, listed++)
            assert_int_equal(a->key[a->jump[j]], k + 1);
    assert_int_equal(listed, keyed);
    assert_int_equal(listed, a->jumps);
}

static void the_index_fits_the_text(void **state) {
    struct wp_gen_base base = {0};
    struct wp_error err;
    (void)state;
    fill(&base, 20);
    assert_int_equal(wp_gen_base_finish(&base, &err), WP_OK);
    assert_int_equal(base.articles, 20);
    for (size_t i = 0; i < base.articles; i++) {
        struct wp_gen_article a = wp_gen_base_get(&base, i);
        char text[4096];
        size_t len = write_article(text, sizeof text, (int)i);
        while (len && text[len - 1] <= ' ') len--;
        check_article(&a);
        assert_int_equal(a.bytes, len);
        assert_memory_equal(a.text, text, 60);
        assert_true(a.jumps >
                    40); /* "of" and "the" and "and" are frequent; 26 + 26 + 14 of them stand here */
    }
    wp_gen_base_release(&base);
}

static void quotations_have_keys_of_their_own(void **state) {
    struct wp_gen_base base = {0};
    struct wp_error err;
    (void)state;
    fill(&base, 8);
    char text[4096] = "\xe2\x80\x9cOne of the men,\xe2\x80\x9d he of the band said, ";
    size_t head = strlen(text);
    write_article(text + head, sizeof text - head, 99);
    add(&base, "quoted", text);
    assert_int_equal(wp_gen_base_finish(&base, &err), WP_OK);
    struct wp_gen_article a = wp_gen_base_get(&base, 8);
    /* tokens: One of the men he of the band */
    assert_int_not_equal(a.key[1], 0);
    assert_int_not_equal(a.key[5], 0);
    assert_int_equal((a.key[1] - 1) & 1, 1);
    assert_int_equal((a.key[5] - 1) & 1, 0);
    assert_int_equal((a.key[1] - 1) / 2, (a.key[5] - 1) / 2);
    assert_int_equal(a.key[3], 0); /* a comma follows */
    wp_gen_base_release(&base);
}

static void built_in_articles_are_walkable(void **state) {
    struct wp_gen_base base = {0};
    struct wp_error err;
    (void)state;
    assert_int_equal(wp_gen_base_builtin(&base), WP_OK);
    assert_true(base.count > 1000);
    assert_int_equal(wp_gen_base_finish(&base, &err), WP_OK);
    for (size_t i = 0; i < base.articles; i += 97) {
        struct wp_gen_article a = wp_gen_base_get(&base, i);
        check_article(&a);
        assert_null(memchr(a.text, '{', a.bytes)); /* no gap was left open */
        assert_null(memchr(a.text, '?', a.bytes)); /* nor unknown */
    }
    wp_gen_base_release(&base);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeated_paragraphs_are_left_out),
        cmocka_unit_test(short_ones_are_left_out_and_blanks_made_single),
        cmocka_unit_test(few_articles_are_refused),
        cmocka_unit_test(the_index_fits_the_text),
        cmocka_unit_test(quotations_have_keys_of_their_own),
        cmocka_unit_test(built_in_articles_are_walkable),
    };
    return cmocka_run_group_tests_name("gen_base", tests, NULL, NULL);
}
