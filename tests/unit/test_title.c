/*
 * test_title.c - the words of a title, the part of a url that stands for one, which titles are alike, what a
 * text speaks of, and titles that have nothing in common.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/hash.h"
#include "sketch/title.h"
#include "support/random.h"

static struct wp_tokenizer *tokenizer;

static struct wp_tokens tokens_of(const char *text) {
    struct wp_tokens t;
    assert_int_equal(wp_tokenizer_run(tokenizer, (const uint8_t *)text, strlen(text), &t), WP_OK);
    return t;
}

static struct wp_title title_of(const char *text) {
    struct wp_title title;
    struct wp_tokens t = tokens_of(text);
    wp_title_take(&title, &t, t.count);
    return title;
}

static unsigned words_in(const struct wp_title *t) {
    unsigned n = 0;
    while (n < WP_TITLE_WORDS && t->words[n]) n++;
    for (unsigned i = n; i < WP_TITLE_WORDS; i++) assert_int_equal(t->words[i], 0);
    for (unsigned i = 1; i < n; i++) assert_true(t->words[i - 1] < t->words[i]);
    return n;
}

static unsigned words_of(const char *text) {
    struct wp_title title = title_of(text);
    return words_in(&title);
}

static bool alike(const char *a, const char *b) {
    struct wp_title x = title_of(a), y = title_of(b);
    bool answer = wp_titles_alike(&x, &y);
    assert_int_equal(wp_titles_alike(&y, &x), answer);
    return answer;
}

/* Words of four bytes and more count, once each; numbers do not. */
static void words(void **state) {
    (void)state;
    assert_int_equal(words_of(""), 0);
    assert_int_equal(words_of("The man in the sea, 2021: 12 of 100"), 0);
    assert_int_equal(words_of("Bridge, bridge and BRIDGE"), 1);
    assert_int_equal(words_of("Minister opens bridge over the river"), 5); /* over has four */
    assert_int_equal(words_of("5th 1990s covid19 19covid"), 1);            /* what begins with a digit */
    assert_int_equal(words_of("été mère"), 2);                             /* bytes, not characters */
    assert_int_equal(words_of("one1 two2 three four5 six6 seven eight nine ten10 eleven"), WP_TITLE_WORDS);
    struct wp_title none = title_of("a an 1");
    assert_false(wp_title_known(&none));
    none = title_of("bridge");
    assert_true(wp_title_known(&none));
}

/* Two neighbouring characters of scripts without spaces make a word; one beside a word of another script
 * makes none. */
static void characters(void **state) {
    (void)state;
    assert_int_equal(words_of("首相"), 1);
    assert_int_equal(words_of("首相が"), 2);
    assert_int_equal(words_of("首"), 0);
    assert_int_equal(words_of("首 abc 相"), 0);
    assert_true(alike("首相が辞任", "首相が訪米")); /* 2 of 4 */
    assert_false(alike("首相が辞任", "大雨で川氾濫"));
    struct wp_title title;
    struct wp_tokens t = tokens_of("首相が辞任");
    wp_title_take(&title, &t, 2); /* the count ends it: the last one has no neighbour */
    assert_int_equal(words_in(&title), 1);
}

/* Against all hashes sorted, of random words. */
static void lowest(void **state) {
    (void)state;
    struct random r = {7};
    for (int round = 0; round < 500; round++) {
        char text[1000] = "";
        uint16_t want[64], kept;
        unsigned n = (unsigned)random_below(&r, 40), distinct = 0;
        for (unsigned i = 0; i < n; i++) {
            static char word[300]; /* hashing reads it as long as it may be */
            int len = snprintf(word, sizeof word, "word%c%c", (int)('a' + random_below(&r, 5)),
                               (int)('a' + random_below(&r, 5)));
            strcat(strcat(text, word), " ");
            kept = (uint16_t)wp_hash64(word, (size_t)len);
            kept = kept ? kept : 1;
            unsigned at = 0;
            while (at < distinct && want[at] != kept) at++;
            if (at == distinct) want[distinct++] = kept;
        }
        for (unsigned i = 0; i < distinct; i++)
            for (unsigned k = i + 1; k < distinct; k++)
                if (want[k] < want[i]) kept = want[i], want[i] = want[k], want[k] = kept;
        struct wp_title title = title_of(text);
        assert_int_equal(words_in(&title), distinct < WP_TITLE_WORDS ? distinct : WP_TITLE_WORDS);
        for (unsigned i = 0; i < words_in(&title); i++) assert_int_equal(title.words[i], want[i]);
    }
}

static void check_url(const char *url, const char *want) {
    size_t len;
    const uint8_t *part = wp_title_in_url((const uint8_t *)url, strlen(url), &len);
    if (len != strlen(want) || memcmp(part, want, len) != 0) print_message("%s: %.*s\n", url, (int)len, part);
    assert_int_equal(len, strlen(want));
    assert_memory_equal(part, want, len);
}

static void urls(void **state) {
    (void)state;
    check_url("https://a.example/2021/minister-opens-bridge", "minister-opens-bridge");
    check_url("https://a.example/minister-opens-bridge/12345/", "minister-opens-bridge");
    check_url("https://a.example/minister-opens-bridge/2021/03?a=b/minister-closes", "minister-opens-bridge");
    check_url("https://a.example/minister-opens-bridge#top-of-the-page", "minister-opens-bridge");
    check_url("https://a.example/abcdefg", "");            /* seven letters */
    check_url("https://a.example/abc-defgh", "abc-defgh"); /* eight */
    check_url("https://long-name.example/", "");           /* a host is no title */
    check_url("https://long-name.example", "");
    check_url("https://a.example/?story=minister-opens-bridge", "");
    check_url("https://a.example/minister-opens-bridge/index.html", "minister-opens-bridge");
    check_url("https://a.example/2021//minister-opens-bridge//7", "minister-opens-bridge");
    check_url("https://a.example/indexes-of-prices-rise", "indexes-of-prices-rise");
    check_url("/minister-opens-bridge", "minister-opens-bridge");
    check_url("minister-opens-bridge", "");
    check_url("https://a.example/%D1%80%D0%B5%D0%BA%D0%B0", "%D1%80%D0%B5%D0%BA%D0%B0");
    check_url("", "");
    check_url("//", "");
}

/* A third of the shorter one's words. */
static void alike_or_not(void **state) {
    (void)state;
    assert_true(alike("minister opens bridge", "bridge closed after storm damage"));
    assert_false(alike("minister opens bridge again", "bridge closed after storm damage")); /* 1 of 4 */
    assert_true(alike("minister opens bridge again", "minister closed bridge after storm"));
    assert_false(alike("minister opens bridge", "storm damage"));
    assert_true(alike("bridge", "bridge closed after storm damage"));
}

/* A title of up to eight words among a few that others have, too, from the lowest number to the highest. */
static struct wp_title draw_title(struct random *r) {
    struct wp_title t = {{0}};
    unsigned count = 0, most = (unsigned)random_below(r, WP_TITLE_WORDS + 1);
    for (unsigned i = 0; i < 16 && count < most; i++)
        if (random_below(r, 2)) t.words[count++] = (uint16_t)(i == 15 ? UINT16_MAX : i * 4000 + 1);
    return t;
}

static void alike_as_counted(void **state) {
    (void)state;
    struct random r = {1};
    for (int round = 0; round < 20000; round++) {
        struct wp_title a = draw_title(&r), b = draw_title(&r);
        unsigned in_a = words_in(&a), in_b = words_in(&b), common = 0;
        for (unsigned i = 0; i < in_a; i++)
            for (unsigned j = 0; j < in_b; j++) common += a.words[i] == b.words[j];
        assert_int_equal(wp_titles_alike(&a, &b), 3 * common >= (in_a < in_b ? in_a : in_b));
    }
}

static bool spoken(const char *title, const char *text) {
    struct wp_title t = title_of(title);
    struct wp_tokens tokens = tokens_of(text);
    return wp_title_spoken(&t, &tokens);
}

static void speaks(void **state) {
    (void)state;
    static char text[4000];
    assert_true(spoken("minister opens bridge", "the old bridge is closed"));
    assert_false(spoken("minister opens bridge again", "the bridge bridge bridge is closed")); /* once */
    assert_true(spoken("minister opens bridge again", "a minister at the bridge"));
    assert_false(spoken("minister opens bridge", "please enable cookies to read on"));
    assert_false(spoken("minister opens bridge", ""));
    assert_true(spoken("in 2021", "please enable cookies to read on")); /* not known */
    for (int i = 0; i < WP_TITLE_SPOKEN_TOKENS; i++) strcat(text, "cookie ");
    assert_false(spoken("minister opens bridge", text));
    strcat(text, "cookie");
    assert_true(spoken("minister opens bridge", text));
}

static bool add(struct wp_titles_apart *apart, const char *text) {
    struct wp_title title = title_of(text);
    return wp_titles_apart_add(apart, &title);
}

static void apart(void **state) {
    (void)state;
    struct wp_titles_apart a = {.count = 0};
    assert_false(add(&a, "2021")); /* not known */
    assert_true(add(&a, "minister opens bridge"));
    assert_false(add(&a, "minister opens bridge"));
    assert_false(add(&a, "bridge closed"));
    assert_true(add(&a, "storm damage"));
    assert_false(add(&a, "storm over bridge"));
    static const char *const others[] = {"football final", "river flood", "budget vote", "actor wedding"};
    for (int i = 0; i < 4; i++) assert_true(add(&a, others[i]));
    assert_int_equal(a.count, WP_TITLES_APART_MAX);
    assert_false(add(&a, "something else entirely")); /* full */
    assert_int_equal(a.count, WP_TITLES_APART_MAX);
}

int main(void) {
    if (wp_tokenizer_new(&tokenizer) != WP_OK) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(words),        cmocka_unit_test(characters),
                                       cmocka_unit_test(lowest),       cmocka_unit_test(urls),
                                       cmocka_unit_test(alike_or_not), cmocka_unit_test(alike_as_counted),
                                       cmocka_unit_test(speaks),       cmocka_unit_test(apart)};
    int failed = cmocka_run_group_tests_name("title", tests, NULL, NULL);
    wp_tokenizer_free(tokenizer);
    return failed;
}
