/* test_wire.c - agency lines in tokens, what becomes of them in a text's shingles, and names of agencies by a
 * batch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/wire.h"
#include "match/furniture.h"
#include "wireprint.h"

static struct wp_agency_table *table;
static struct wp_tokenizer *tokenizer;

static int set_up(void **state) {
    (void)state;
    return wp_agency_table_new(NULL, &table, NULL) != WP_OK || wp_tokenizer_new(&tokenizer) != WP_OK;
}

static int tear_down(void **state) {
    (void)state;
    wp_agency_table_free(table);
    wp_tokenizer_free(tokenizer);
    return 0;
}

static void expect(const char *text, size_t len, const char *agency, unsigned head, unsigned tail) {
    struct wp_wire w = {.agency = 77, .head = 77, .tail = 77};
    assert_int_equal(wp_wire_find(table, tokenizer, (const uint8_t *)text, len, &w), WP_OK);
    assert_string_equal(wp_agency_name(table, w.agency), agency);
    assert_int_equal(w.head, head);
    assert_int_equal(w.tail, tail);
}

static void tokens(void **state) {
    (void)state;
    const char *none = "The bridge over the old river will close on Monday.";
    const char *head = "LAGOS, April 5 (Reuters) - The bridge over the old river will close.";
    const char *both = "ABUJA, May 3 (NAN) - The bridge will close. He said so on Monday. (NAN)";
    const char *han = "\u65b0\u534e\u793e\u5317\u4eac5\u67083\u65e5\u7535 "
                      "\u4e00\u67b6\u65b0\u6865\u5efa\u6210\u4e86\u3002";
    expect("", 0, "", 0, 0);
    expect(none, strlen(none), "", 0, 0);
    expect(head, strlen(head), "Reuters", 4, 0);
    expect(both, strlen(both), "NAN", 4, 1);
    expect(han, strlen(han), "Xinhua", 10, 0); /* each character a token, 5 and 3 too */
}

/* Blanks behind the last line are no part of the window, however many there are. */
static void blanks(void **state) {
    (void)state;
    const char *text = "The bridge over the old river will close on Monday, he said. (NAN)";
    size_t len = strlen(text), blank = 100000;
    char *long_text = malloc(len + blank);
    assert_non_null(long_text);
    memcpy(long_text, text, len);
    memset(long_text + len, ' ', blank);
    expect(long_text, len + blank, "NAN", 0, 1);
    free(long_text);
}

/* 12 tokens, 5 to a shingle: 8 shingles. */
enum { TOKENS = 12, WIDTH = 5, SHINGLES = TOKENS - WIDTH + 1 };

static void take_out(unsigned head, unsigned tail, const char *masked, const char *out) {
    uint64_t shingles[SHINGLES];
    uint8_t marks[TOKENS + WP_MASK_SLACK] = {0};
    struct wp_mask mask = {.tokens = marks, .own = TOKENS};
    uint32_t own = 0, gone = 0;
    for (uint64_t i = 0; i < SHINGLES; i++) shingles[i] = 100 + i;
    wp_ends_take_out(head, tail, shingles, SHINGLES, WIDTH, 3, &mask);
    for (unsigned i = 0; i < TOKENS; i++) {
        assert_int_equal(marks[i], masked[i] == 'x');
        own += !marks[i];
    }
    for (unsigned i = 0; i < SHINGLES; i++) {
        assert_int_equal(shingles[i] != 100 + i, out[i] == 'x');
        gone += out[i] == 'x';
        for (unsigned j = 0; j < i; j++) assert_true(shingles[i] != shingles[j]);
    }
    assert_int_equal(mask.own, own);
    assert_int_equal(mask.shingles, gone);
}

static void ends(void **state) {
    (void)state;
    take_out(0, 0, "............", "........");
    take_out(4, 0, "xxxx........", "........"); /* no shingle lies within */
    take_out(6, 0, "xxxxxx......", "xx......");
    take_out(0, 5, ".......xxxxx", ".......x");
    take_out(6, 6, "xxxxxxxxxxxx", "xx....xx");
    take_out(9, 7, "xxxxxxxxxxxx", "xxxxxxxx"); /* more than there are */
    take_out(255, 255, "xxxxxxxxxxxx", "xxxxxxxx");
}

/* Behind furniture: what was taken out already is counted once. */
static void behind_furniture(void **state) {
    (void)state;
    struct wp_furniture f;
    uint64_t shingles[SHINGLES];
    uint8_t marks[TOKENS + WP_MASK_SLACK] = {0};
    struct wp_mask mask = {.tokens = marks};
    for (uint64_t i = 0; i < SHINGLES; i++) shingles[i] = 100 + i;
    assert_int_equal(wp_furniture_init(&f), WP_OK);
    assert_int_equal(wp_furniture_add(&f, 7, 101), WP_OK);
    const struct wp_beside beside = {.furniture = &f, .owner = 7};
    wp_beside_take_out(&beside, shingles, TOKENS, WIDTH, 3, &mask);
    assert_int_equal(mask.own, TOKENS - WIDTH); /* tokens 1 to 5 */
    wp_ends_take_out(7, 0, shingles, SHINGLES, WIDTH, 3, &mask);
    assert_int_equal(mask.own, TOKENS - 7);
    assert_int_equal(mask.shingles, 3); /* 0, 1, 2 */
    wp_furniture_release(&f);
}

static void no_shingles(void **state) {
    (void)state;
    uint8_t marks[4 + WP_MASK_SLACK] = {0};
    struct wp_mask mask = {.tokens = marks, .own = 4};
    wp_ends_take_out(3, 3, NULL, 0, WIDTH, 0, &mask);
    assert_int_equal(mask.own, 4);
}

/* 2 tokens of a dateline, 30 words that both have, 6 and 15 of their own. */
static double coverage_by_batch(const char *agencies, const char *name) {
    char a[600], b[600], *at = a, *to = b;
    struct wp_batch_match m;
    wp_batch_run *run;
    at += sprintf(at, "Lagos (%s) - ", name);
    for (int i = 0; i < 30; i++) at += sprintf(at, "W%d ", i), to += sprintf(to, "W%d ", i);
    for (int i = 0; i < 6; i++) at += sprintf(at, "m%d ", i);
    for (int i = 0; i < 15; i++) to += sprintf(to, "n%d ", i);
    assert_int_equal(wp_batch_new(&run), WP_OK);
    if (agencies) assert_int_equal(wp_batch_set(run, "agencies", agencies, NULL), WP_OK);
    assert_int_equal(wp_batch_add(run, &(struct wp_article){.text = a, .text_len = strlen(a)}, NULL), WP_OK);
    assert_int_equal(wp_batch_set(run, "agencies", agencies ? agencies : "x", NULL), WP_EINVAL);
    assert_int_equal(wp_batch_add(run, &(struct wp_article){.text = b, .text_len = strlen(b)}, NULL), WP_OK);
    assert_int_equal(wp_batch_finish(run, NULL), WP_OK);
    assert_int_equal(wp_batch_match_next(run, &m, NULL), WP_OK);
    wp_batch_free(run);
    return m.coverage;
}

static void batch(void **state) {
    (void)state;
    char name[] = "wp_wire.XXXXXX";
    struct wp_error err = {0};
    wp_batch_run *run;
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(dprintf(fd, "agency\tKorval\tKorval\ten\n"), 24);
    assert_float_equal(coverage_by_batch(NULL, "Reuters"), 30.0 / 36, 1e-4);
    assert_float_equal(coverage_by_batch(NULL, "Korval"), 30.0 / 38, 1e-4);
    assert_float_equal(coverage_by_batch(name, "Korval"), 30.0 / 36, 1e-4);
    assert_float_equal(coverage_by_batch(name, "Reuters"), 30.0 / 36, 1e-4); /* the built-in ones stay */
    assert_int_equal(dprintf(fd, "agency\tno forms\n"), 16);
    close(fd);
    assert_int_equal(wp_batch_new(&run), WP_OK);
    assert_int_equal(wp_batch_set(run, "agencies", name, &err), WP_EFORMAT);
    assert_int_equal(err.line, 2);
    assert_string_equal(err.file, name);
    assert_int_equal(wp_batch_set(run, "agencies", "/no/such/file", &err), WP_ENOENT);
    wp_batch_free(run);
    unlink(name);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tokens),      cmocka_unit_test(blanks),
                                       cmocka_unit_test(ends),        cmocka_unit_test(behind_furniture),
                                       cmocka_unit_test(no_shingles), cmocka_unit_test(batch)};
    return cmocka_run_group_tests_name("wire", tests, set_up, tear_down);
}
