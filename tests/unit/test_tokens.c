/*
 * test_tokens.c - the tokenizer's contract: real sentences in many scripts, places in the original, limits,
 * reuse.
 *
 * That all kernels agree with a model on hard input is tests/model/test_tokens_model.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/memory.h"
#include "text/tokens.h"

static const char *const levels[] = {"portable", "avx2", "avx512"};
enum { LEVELS = 3 };

static int set_up(void **state) {
    static struct wp_tokenizer *made[LEVELS];
    for (int k = 0; k < LEVELS; k++) {
        setenv("WIREPRINT_CPU", levels[k], 1);
        if (wp_tokenizer_new(&made[k]) != WP_OK) return -1;
    }
    *state = made;
    return 0;
}

static int tear_down(void **state) {
    struct wp_tokenizer **t = *state;
    for (int k = 0; k < LEVELS; k++) wp_tokenizer_free(t[k]);
    return 0;
}

static void expect(void **state, const char *text, const char *tokens, size_t alone) {
    struct wp_tokenizer **made = *state;
    for (int k = 0; k < LEVELS; k++) {
        struct wp_tokens t;
        assert_int_equal(wp_tokenizer_run(made[k], (const uint8_t *)text, strlen(text), &t), WP_OK);
        assert_int_equal(t.text_len, strlen(tokens));
        assert_memory_equal(t.text, tokens, t.text_len);
        size_t count = *tokens != 0;
        for (const char *c = tokens; *c; c++) count += *c == ' ';
        assert_int_equal(t.count, count);
        assert_int_equal(t.alone, alone);
        assert_int_equal(t.starts[t.count], t.count ? t.text_len + 1 : 0);
        for (size_t i = 0; i < t.count; i++) {
            assert_true(t.starts[i] < t.starts[i + 1]);
            assert_int_equal(t.text[t.starts[i + 1] - 1], ' ');
        }
    }
}

static void sentences(void **state) {
    expect(state, "", "", 0);
    expect(state, " \t\n\u3000\u2014", "", 0);
    expect(state, "\"It\u2019s the BBC\u2014again,\" she\u00a0said.", "it s the bbc again she said", 0);
    expect(state, "activities.Prosecutors 1,250.5 e-mail", "activities prosecutors 1 250 5 e mail", 0);
    expect(state, "Inversi\u00f3n: \u00abA\u00d1O dif\u00edcil\u00bb", "inversi\u00f3n a\u00f1o dif\u00edcil",
           0);
    expect(state, "STRASSE Stra\u00dfe STRA\u1e9eE", "strasse strasse strasse", 0);
    expect(state, "Cafe\u0301 caf\u00e9 CAFE\u0301", "caf\u00e9 caf\u00e9 caf\u00e9", 0);
    expect(state, "\ufb01rst o\ufb03ce \u00bd \u2122 5\u00b2", "first office 1 2 tm 52", 0);
    expect(
        state,
        "\u041f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442 \u0420\u0424, \u0401\u043b\u043a\u0438\u043d",
        "\u043f\u0440\u0435\u0437\u0438\u0434\u0435\u043d\u0442 \u0440\u0444 \u0451\u043b\u043a\u0438\u043d",
        0);
    expect(state,
           "\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3 \u039f\u03b4\u03c5\u03c3\u03c3\u03ad\u03b1\u03c2",
           "\u03c3\u03b9\u03c3\u03c5\u03c6\u03bf\u03c3 \u03bf\u03b4\u03c5\u03c3\u03c3\u03ad\u03b1\u03c3", 0);
}

static void scripts(void **state) {
    expect(
        state,
        "\u0642\u0627\u0644 \u0627\u0644\u0648\u0632\u064a\u0631\u060c \u0661\u0665 "
        "\u064a\u0648\u0644\u064a\u0648\u061b",
        "\u0642\u0627\u0644 \u0627\u0644\u0648\u0632\u064a\u0631 \u0661\u0665 \u064a\u0648\u0644\u064a\u0648",
        0);
    /* shadda and fatha in either order are the same */
    expect(state, "\u0645\u062d\u0645\u0651\u064e\u062f", "\u0645\u062d\u0645\u064e\u0651\u062f", 0);
    expect(state, "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
           "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", 0);
    expect(state, "\u5317\u4eac5\u6708GDP\u589e\u957f\uff15\uff05\u3002",
           "\u5317 \u4eac 5 \u6708 gdp \u589e \u957f 5", 5);
    expect(state, "\u304b\u3099\u304f\u305b\u3044\u3001\uff76\uff9e", "\u304c \u304f \u305b \u3044 \u30ac",
           5);
    expect(state, "\u0e19\u0e49\u0e33 25", "\u0e19 \u0e49 \u0e4d \u0e32 25", 4);
    expect(state, "\u0928\u0947 \u0915\u0939\u093e\u0964 \u0958",
           "\u0928\u0947 \u0915\u0939\u093e \u0915\u093c", 0);
    expect(state, "\u1112\u1161\u11ab\uad6d \uc11c\uc6b8", "\ud55c\uad6d \uc11c\uc6b8", 0);
    expect(state, "co\u00adop zero\u200bwidth \ufeffx e\u200d\u0301", "coop zero width x e\u0301", 0);
    expect(state, "\U0001f6a8\U0001d400\U0001d7d8 a\ufe0fb", "a0 a\ufe0fb", 0);
}

static void broken_bytes_separate(void **state) {
    expect(state,
           "a\xff"
           "b\xc3(c\xe2\x80z\xf0\x9f\x98 d\xed\xa0\x80"
           "e\xc0\x80"
           "f\xe0\x80\x80g\xf4\x90\x80\x80h\x80",
           "a b c z d e f g h", 0);
    expect(state, "end\xc3", "end", 0);
    expect(state, "\xe4\xb8", "", 0);
}

static void places(void **state) {
    struct wp_tokenizer **made = *state;
    /*                   0         1           2         3                      4 */
    const char *text = "  The \u201cCafe\u0301\u201d, \u00bd \u5317\u4eac co\u00adop";
    static const struct wp_source_range want[] = {{2, 5},   {9, 15},  {20, 22}, {20, 22},
                                                  {23, 26}, {26, 29}, {30, 36}};
    for (int k = 0; k < LEVELS; k++) {
        struct wp_tokens t;
        const struct wp_source_range *have;
        assert_int_equal(wp_tokens_with_offsets(made[k], (const uint8_t *)text, strlen(text), &t, &have),
                         WP_OK);
        assert_int_equal(t.count, sizeof want / sizeof *want);
        assert_memory_equal(have, want, sizeof want);
        assert_memory_equal(t.text, "the caf\u00e9 1 2 \u5317 \u4eac coop ", t.text_len + 1);
    }
}

static void limits(void **state) {
    struct wp_tokenizer **made = *state;
    struct wp_tokens t;
    for (int k = 0; k < LEVELS; k++) {
        assert_int_equal(wp_tokenizer_run(made[k], (const uint8_t *)"x", WP_TEXT_BYTES_MAX + 1, &t),
                         WP_ETOOBIG);
        assert_int_equal(wp_tokenizer_run(made[k], (const uint8_t *)"x", SIZE_MAX, &t), WP_ETOOBIG);
        assert_int_equal(wp_tokenizer_run(made[k], (const uint8_t *)"x", 1, &t), WP_OK);
        assert_int_equal(t.count, 1);
    }
}

/* U+FDFA becomes 33 bytes: output far larger than the first guess, then a short text, then a long one. */
static void growth(void **state) {
    struct wp_tokenizer **made = *state;
    enum { TIMES = 400000 };
    uint8_t *text = malloc(3 * TIMES);
    assert_non_null(text);
    for (size_t i = 0; i < TIMES; i++) memcpy(text + 3 * i, "\ufdfa", 3);
    for (int k = 0; k < LEVELS; k++) {
        struct wp_tokens t;
        const struct wp_source_range *ranges;
        assert_int_equal(wp_tokenizer_run(made[k], text, 3 * TIMES, &t), WP_OK);
        assert_int_equal(t.count, 3 * TIMES + 1); /* four words, the last grown to the next one's first */
        assert_int_equal(t.text_len, 33 * TIMES);
        assert_int_equal(wp_tokens_with_offsets(made[k], text, 3 * TIMES, &t, &ranges), WP_OK);
        assert_int_equal(ranges[t.count - 1].end, 3 * TIMES);
        assert_int_equal(wp_tokenizer_run(made[k], (const uint8_t *)"two words", 9, &t), WP_OK);
        assert_int_equal(t.count, 2);
        memset(text, 'a', 3 * TIMES);
        assert_int_equal(wp_tokenizer_run(made[k], text, 3 * TIMES, &t), WP_OK);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.text_len, 3 * TIMES);
        for (size_t i = 0; i < TIMES; i++) memcpy(text + 3 * i, "\ufdfa", 3);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences), cmocka_unit_test(scripts), cmocka_unit_test(broken_bytes_separate),
        cmocka_unit_test(places),    cmocka_unit_test(limits),  cmocka_unit_test(growth),
    };
    return cmocka_run_group_tests_name("tokens", tests, set_up, tear_down);
}
