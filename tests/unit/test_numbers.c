/* test_numbers.c - which tokens are numbers, the lowest of their identities, and how many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/hash.h"
#include "sketch/numbers.h"
#include "sketch/scheme.h"

struct found {
    uint16_t total;
    uint32_t lowest[WP_NUMBERS_MAX];
};

static struct found find(const char *text) {
    struct wp_tokenizer *tokenizer;
    struct wp_tokens t;
    struct found f;
    assert_int_equal(wp_tokenizer_new(&tokenizer), WP_OK);
    assert_int_equal(wp_tokenizer_run(tokenizer, (const uint8_t *)text, strlen(text), &t), WP_OK);
    uint64_t *scratch = malloc((2 * t.count + 1) * sizeof *scratch);
    assert_non_null(scratch);
    f.total = wp_numbers_find(&t, scratch, f.lowest);
    free(scratch);
    wp_tokenizer_free(tokenizer);
    return f;
}

static uint32_t identity(const char *token) {
    return (uint32_t)XXH3_64bits(token, strlen(token));
}

static void which(void **state) {
    (void)state;
    assert_int_equal(find("").total, 0);
    assert_int_equal(find("no numbers a1 b2b x3").total, 0);
    struct found f = find("7TH");
    assert_int_equal(f.total, 1);
    assert_int_equal(f.lowest[0], identity("7th"));
    assert_int_equal(f.lowest[1], 0);
    f = find("\xef\xbc\x91\xef\xbc\x92"); /* full width 12 */
    assert_int_equal(f.lowest[0], identity("12"));
    f = find("\xc2\xb2"); /* superscript two */
    assert_int_equal(f.lowest[0], identity("2"));
    f = find("\xd9\xa1\xd9\xa5"); /* Arabic-Indic 15 */
    assert_int_equal(f.lowest[0], identity("\xd9\xa1\xd9\xa5"));
    /* Devanagari 4, Persian 1, NKo 0, Myanmar 1 (alone), Adlam 0 */
    assert_int_equal(find("\xe0\xa5\xaa \xdb\xb1 \xdf\x80 \xe1\x81\x81 \xf0\x9e\xa5\x90").total, 5);
    /* Han one, Roman one, Tibetan half three, one half: numbers, but no decimal digits first */
    assert_int_equal(find("\xe4\xb8\x80 \xe2\x85\xa0 \xe0\xbc\xac x\xc2\xbd").total,
                     1); /* "1 2": the 2 of x1/2 */
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void lowest_of(int count) {
    static char text[2000000], one[16];
    static uint32_t ids[100000];
    int n = 0;
    text[0] = 0;
    for (int i = 0; i < count; i++) {
        sprintf(one, "%d", i * 7919);
        ids[i] = identity(one);
        n += sprintf(text + n, "%s %s x%d ", one, i % 3 ? one : "word", i);
    }
    qsort(ids, (size_t)count, sizeof *ids, ascending);
    size_t distinct = 0;
    for (int i = 0; i < count; i++)
        if (i == 0 || ids[i] != ids[i - 1]) ids[distinct++] = ids[i];
    struct found f = find(text);
    assert_int_equal(f.total, distinct < 65535 ? distinct : 65535);
    for (size_t i = 0; i < WP_NUMBERS_MAX; i++) assert_int_equal(f.lowest[i], i < distinct ? ids[i] : 0);
}

static void lowest(void **state) {
    (void)state;
    for (int count = 0; count < 80; count++) lowest_of(count);
    lowest_of(5000);
    lowest_of(65536);
    lowest_of(70000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(which), cmocka_unit_test(lowest)};
    return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
