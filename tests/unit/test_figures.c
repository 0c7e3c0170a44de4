/*
 * test_figures.c - what a figure is, by hand and against slow code on random texts; the sixteen lowest, and
 * what two texts have in common as far as both are known.
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
#include "sketch/figures.h"
#include "support/random.h"

/* The same file without vectors: the portable way is held against the slow code as well. */
#undef __SSE2__
#define wp_figures_take portable_figures_take
#define wp_figures_compare portable_figures_compare
#include "sketch/figures.c"
#undef wp_figures_take
#undef wp_figures_compare

static struct wp_tokenizer *tokenizer;

static struct wp_figures figures_of(const char *text) {
    struct wp_tokens t;
    struct wp_figures f;
    memset(&f, 0xff, sizeof f);
    assert_int_equal(wp_tokenizer_run(tokenizer, (const uint8_t *)text, strlen(text), &t), WP_OK);
    wp_figures_take(&f, &t);
    struct wp_figures portable;
    memset(&portable, 0xff, sizeof portable);
    portable_figures_take(&portable, &t);
    assert_memory_equal(&portable, &f, sizeof f);
    return f;
}

/* The figures of a text are just these, as they stand among its tokens; NULL ends them. */
static void check(const char *text, const char *const *want) {
    struct wp_figures f = figures_of(text);
    unsigned count = 0;
    for (; want[count]; count++) {
        uint16_t hash = (uint16_t)wp_hash64(want[count], strlen(want[count]));
        bool there = false;
        for (unsigned i = 0; i < f.count; i++) there |= f.lowest[i] == hash;
        if (!there) print_message("'%s' is no figure of '%s'\n", want[count], text);
        assert_true(there);
    }
    if (f.count != count) print_message("%s\n", text);
    assert_int_equal(f.count, count);
    assert_false(f.more);
}

#define CHECK(text, ...) check(text, (const char *const[]){__VA_ARGS__, NULL})

static void by_hand(void **state) {
    (void)state;
    CHECK("", NULL);
    CHECK("no figures here", NULL);
    CHECK("179,118 were counted", "179 118");
    CHECK("a bolt of 6-3/16 and one of 12", "6 3 16", "12");
    CHECK("2.5kg of it", "2 5");
    CHECK("1 of 5 and 3kg", NULL); /* one digit alone says nothing */
    CHECK("won 3-1 after 12 games", "3 1", "12");
    CHECK("in 2021 and 2021 again", "2021");
    CHECK("covid19 and f16 no, 19covid yes", "19"); /* a figure begins its token */
    CHECK("10 20 thirty 40", "10 20", "40");
    CHECK("42", "42");
    CHECK("١٢٣ نص", "١٢٣");
    CHECK("۴۵ متن ۶", "۴۵"); /* of two bytes, and yet one digit alone */
    CHECK("والنص 17", "17"); /* letters begin with the same byte */
}

/* ---- slowly ---- */

static unsigned digit_bytes(const char *at) {
    static const char *const wide[] = {"٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩",
                                       "۰", "۱", "۲", "۳", "۴", "۵", "۶", "۷", "۸", "۹"};
    if (*at >= '0' && *at <= '9') return 1;
    for (int i = 0; i < 20; i++)
        if (strncmp(at, wide[i], 2) == 0) return 2;
    return 0;
}

/* Token by token: one that begins with digits goes on with the open figure, and ends it when there is more in
 * it than digits; one that does not begin with a digit ends it. */
static unsigned slow_figures(char *text, uint16_t *out) {
    char figure[2000] = "";
    unsigned count = 0, digits = 0;
    for (char *token = strtok(text, " ");; token = strtok(NULL, " ")) {
        size_t len = 0, in_token = 0;
        for (unsigned n; token && (n = digit_bytes(token + len)); len += n) in_token++;
        if (len) {
            if (digits) strcat(figure, " ");
            strncat(figure, token, len);
            digits += in_token;
        }
        if (len && !token[len]) continue;
        uint16_t hash = (uint16_t)wp_hash64(figure, strlen(figure));
        if (digits >= 2) out[count++] = hash;
        figure[0] = '\0';
        digits = 0;
        if (!token) return count;
    }
}

static int by_value(const void *x, const void *y) {
    return *(const uint16_t *)x - *(const uint16_t *)y;
}

static unsigned sort_distinct(uint16_t *of, unsigned count) {
    unsigned kept = 0;
    qsort(of, count, sizeof *of, by_value);
    for (unsigned i = 0; i < count; i++)
        if (!kept || of[kept - 1] != of[i]) of[kept++] = of[i];
    return kept;
}

static void random_text(struct random *r, char *text, unsigned tokens) {
    static const char *const pieces[] = {"word", "a",  "d9", "7",  "12", "2021",
                                         "٣",    "٤٢", "۵۶", "نص", "و",  "5kg"};
    static const char *const between[] = {" ", " ", " ", "", ",", ".", " the "};
    text[0] = '\0';
    for (unsigned i = 0; i < tokens; i++) {
        if (random_below(r, 3) == 0)
            sprintf(text + strlen(text), "%u", (unsigned)random_below(r, 300));
        else
            strcat(text, pieces[random_below(r, 12)]);
        strcat(text, between[random_below(r, 7)]);
    }
}

/* Texts of all lengths, so that figures stand at every place of a vector and at the end. */
static void against_slow_code(void **state) {
    (void)state;
    struct random r = {3};
    for (int round = 0; round < 4000; round++) {
        static char text[8000], folded[8000];
        uint16_t want[600];
        struct wp_tokens t;
        random_text(&r, text, (unsigned)random_below(&r, round % 10 ? 30 : 300));
        assert_int_equal(wp_tokenizer_run(tokenizer, (const uint8_t *)text, strlen(text), &t), WP_OK);
        memcpy(folded, t.text, t.text_len);
        folded[t.text_len] = '\0';
        unsigned all = sort_distinct(want, slow_figures(folded, want));
        struct wp_figures f = figures_of(text);
        unsigned kept = all < WP_FIGURES_MAX ? all : WP_FIGURES_MAX;
        if (f.count != kept) print_message("round %d: %s\n", round, text);
        assert_int_equal(f.count, kept);
        assert_int_equal(f.more, all > WP_FIGURES_MAX);
        for (unsigned i = 0; i < kept; i++) assert_int_equal(f.lowest[i], want[i]);
    }
}

/* Two texts of `own` figures each and `common` ones. */
static unsigned make_pair(struct random *r, char *a, char *b, unsigned common, const unsigned own[2]) {
    a[0] = b[0] = '\0';
    unsigned first = 100 + (unsigned)random_below(r, 100000);
    for (unsigned i = 0; i < common + own[0] + own[1]; i++) {
        char figure[20];
        snprintf(figure, sizeof figure, "x %u ", first + i);
        if (i < common + own[0]) strcat(a, figure);
        if (i < common || i >= common + own[0]) strcat(b, figure);
    }
    return common;
}

static bool has(const uint16_t *of, unsigned count, uint16_t value) {
    for (unsigned i = 0; i < count; i++)
        if (of[i] == value) return true;
    return false;
}

/* As sets: what of either is at most the highest that both know completely. */
static void comparisons(void **state) {
    (void)state;
    struct random r = {5};
    for (int round = 0; round < 3000; round++) {
        static char text[2][4000];
        const unsigned own[2] = {(unsigned)random_below(&r, 30), (unsigned)random_below(&r, 30)};
        make_pair(&r, text[0], text[1], (unsigned)random_below(&r, 30), own);
        struct wp_figures f[2] = {figures_of(text[0]), figures_of(text[1])};
        uint16_t all[2][600];
        unsigned count[2], limit = UINT16_MAX, within[2] = {0}, common = 0;
        for (int k = 0; k < 2; k++) {
            count[k] = sort_distinct(all[k], slow_figures(text[k], all[k]));
            if (count[k] > WP_FIGURES_MAX && all[k][WP_FIGURES_MAX - 1] < limit)
                limit = all[k][WP_FIGURES_MAX - 1];
        }
        for (int k = 0; k < 2; k++)
            for (unsigned i = 0; i < count[k]; i++) {
                within[k] += all[k][i] <= limit;
                common += k == 0 && all[0][i] <= limit && has(all[1], count[1], all[0][i]);
            }
        struct wp_figures_shared s = wp_figures_compare(&f[0], &f[1]),
                                 back = wp_figures_compare(&f[1], &f[0]);
        assert_int_equal(s.least, within[0] < within[1] ? within[0] : within[1]);
        assert_int_equal(s.common, common);
        assert_int_equal(back.least, s.least);
        assert_int_equal(back.common, s.common);
    }
    struct wp_figures none = figures_of(""), same = figures_of("in 2021, 300 of 4,000");
    assert_int_equal(wp_figures_compare(&none, &same).least, 0);
    assert_int_equal(wp_figures_compare(&same, &same).least, wp_figures_compare(&same, &same).common);
}

int main(void) {
    if (wp_tokenizer_new(&tokenizer) != WP_OK) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(against_slow_code),
                                       cmocka_unit_test(comparisons)};
    int failed = cmocka_run_group_tests_name("figures", tests, NULL, NULL);
    wp_tokenizer_free(tokenizer);
    return failed;
}
