/*
 * test_known.c - the file of furniture: what is printed is read again as it was, passages make the shingles
 * of the articles they come from, and what is wrong is told with its line.
 */
#include "engine/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "input/owner.h"
#include "sketch/fingerprint.h"

#define HEADER "owner\tcount\tfirst_seen\tpassage\tspan\n"

static void write_file(const char *name, const char *text, size_t len) {
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

static enum wp_status read_text(struct wp_known **k, const char *text, struct wp_error *err) {
    assert_int_equal(wp_known_new(k), WP_OK);
    write_file("known.tsv", text, strlen(text));
    return wp_known_read(*k, "known.tsv", NULL, err);
}

/* All that is known, as a file; to be freed. */
static char *print(const struct wp_known *k) {
    struct wp_buffer out = {0};
    assert_int_equal(wp_known_print_header(&out), WP_OK);
    for (size_t i = 0; i < k->count; i++) assert_int_equal(wp_known_print(k, &k->lines[i], &out), WP_OK);
    assert_int_equal(wp_buffer_add(&out, "", 1), WP_OK);
    return (char *)out.data;
}

static const char whole[] =
    HEADER "*\t31\t\tPlease enable JavaScript to continue\t5\n"
           "punchng.com\t212\t2021-03-04\tCopyright PUNCH. All rights “reserved”.\t5\n"
           "\\x2a\t1\t0999-12-31\tone two three four five\t5\n"
           "a \\x09tab, a \\x5c and ä\t0\t1969-07-20\tone two three four five\t5\n"
           "sina.com.cn\t7\t\t本 网 站 版 权 所 有 不\t8\n"
           "sina.com.cn\t7\t\tone two three four five six seven eight\t8\n";

static void test_what_is_printed_is_read(void **state) {
    (void)state;
    struct wp_known *k;
    struct wp_error err = {0};
    assert_int_equal(read_text(&k, whole, &err), WP_OK);
    assert_int_equal(k->count, 6);
    char *again = print(k);
    assert_string_equal(again, whole);
    free(again);
    assert_int_equal(k->lines[0].owner, WP_FURNITURE_OF_ALL);
    assert_int_equal(k->lines[0].first_seen, WP_DATE_UNKNOWN);
    assert_int_equal(k->lines[1].owner, wp_owner_number("punchng.com", 11));
    assert_int_equal(k->lines[1].first_seen, 1614816000); /* date -u -d 2021-03-04 +%s */
    assert_int_equal(k->lines[2].owner, wp_owner_number("*", 1));
    assert_int_equal(k->lines[3].owner, wp_owner_number("a \ttab, a \\ and ä", 18));
    assert_int_equal(k->lines[3].first_seen, -14256000);
    assert_int_equal(k->lines[4].shingles, 1);
    assert_int_equal(k->lines[5].shingles, 1);
    wp_known_free(k);
}

/* Empty files, no last line end, CR LF, empty lines; without a span the passage's own words decide. */
static void test_lenient(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t lines;
    } cases[] = {{"", 0},
                 {"owner\tcount\tfirst_seen\tpassage", 0},
                 {"owner\tcount\tfirst_seen\tpassage\r\n\r\na\t1\t\tone two three four five\r\n\n", 1},
                 {"\xef\xbb\xbf" HEADER "a\t1\t\tone two three four five", 1},
                 {HEADER "a\t1\t\t本网站版权所有不得转载\na\t1\t\tone two three four five six\n", 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wp_known *k;
        struct wp_error err = {0};
        assert_int_equal(read_text(&k, cases[i].text, &err), WP_OK);
        assert_int_equal(k->count, cases[i].lines);
        if (k->count == 2) {
            assert_int_equal(k->lines[0].span, 8);
            assert_int_equal(k->lines[0].shingles, 11 - 8 + 1);
            assert_int_equal(k->lines[1].span, 5);
            assert_int_equal(k->lines[1].shingles, 2);
        }
        wp_known_free(k);
    }
}

/* The shingles are those that an article with these words has. */
static void test_shingles(void **state) {
    (void)state;
    static const char text[] = "Share this: “Twitter”,  Facebook - WhatsApp. Click to e-mail\nthis";
    static const char file[] =
        HEADER "a\t1\t\tshare THIS twitter facebook whatsapp click to e mail this\t5\n";
    struct wp_known *k;
    struct wp_error err = {0};
    struct wp_fingerprinter *f;
    struct wp_fingerprint p;
    struct wp_furniture furniture;
    size_t count;
    assert_int_equal(read_text(&k, file, &err), WP_OK);
    assert_int_equal(wp_fingerprinter_new(&f), WP_OK);
    assert_int_equal(wp_fingerprinter_run(f, (const uint8_t *)text, strlen(text), 0, &p), WP_OK);
    const uint64_t *shingles = wp_fingerprinter_shingles(f, &count);
    assert_int_equal(count, 6);
    assert_int_equal(wp_furniture_init(&furniture), WP_OK);
    assert_int_equal(wp_known_add_to(k, &furniture), WP_OK);
    assert_int_equal(furniture.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(wp_furniture_has(&furniture, wp_owner_number("a", 1), shingles[i]));
        assert_false(wp_furniture_has(&furniture, wp_owner_number("b", 1), shingles[i]));
    }
    wp_furniture_release(&furniture);
    wp_fingerprinter_free(f);
    wp_known_free(k);
}

static void test_owners_of_a_group(void **state) {
    (void)state;
    struct wp_owner_groups *groups;
    struct wp_known *k;
    struct wp_error err = {0};
    write_file("owners", "one.example two.example\n", 24);
    assert_int_equal(wp_owner_groups_read(&groups, "owners", &err), WP_OK);
    static const char file[] = HEADER "two.example\t1\t\tone two three four five\t5\n";
    write_file("known.tsv", file, strlen(file));
    assert_int_equal(wp_known_new(&k), WP_OK);
    assert_int_equal(wp_known_read(k, "known.tsv", groups, &err), WP_OK);
    wp_owner_groups_free(groups);
    assert_int_equal(k->lines[0].owner, wp_owner_number("one.example", 11));
    char *again = print(k);
    assert_string_equal(again, HEADER "one.example\t1\t\tone two three four five\t5\n");
    free(again);
    wp_known_free(k);
}

static void test_what_is_wrong_is_told_with_its_line(void **state) {
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *words;
    } cases[] = {{"a\t1\t\tone two three four five\n", 1, "header"},
                 {"owner\tcount\n", 1, "header"},
                 {"owner\tcount\tfirst_seen\tpassage\tspans\n", 1, "header"},
                 {HEADER "a\t1\t\n", 2, "are wanted"},
                 {HEADER "a\t1\t\tone two three four five\t5\t\n", 2, "are wanted"},
                 {HEADER "\n\t1\t\tone two three four five\n", 3, "owner"},
                 {HEADER "\\\t1\t\tone two three four five\n", 2, "owner"},
                 {HEADER "\\x4\t1\t\tone two three four five\n", 2, "owner"},
                 {HEADER "\\xG0\t1\t\tone two three four five\n", 2, "owner"},
                 {HEADER "a\t\t\tone two three four five\n", 2, "count"},
                 {HEADER "a\t-1\t\tone two three four five\n", 2, "count"},
                 {HEADER "a\t9007199254740993\t\tone two three four five\n", 2, "count"},
                 {HEADER "a\t1\t2021-02-29\tone two three four five\n", 2, "first_seen"},
                 {HEADER "a\t1\t20210228\tone two three four five\n", 2, "first_seen"},
                 {HEADER "a\t1\t\tone two three four\n", 2, "fewer words"},
                 {HEADER "a\t1\t\tone two three four five\t8\n", 2, "fewer words"},
                 {HEADER "a\t1\t\t\n", 2, "fewer words"},
                 {HEADER "a\t1\t\tone two three four \xff five\n", 2, "no text"},
                 {HEADER "a\t1\t\tone two three four\x1b[31m five\n", 2, "no text"},
                 {HEADER "a\t1\t\tone two three four five\t6\n", 2, "span"},
                 {HEADER "a\t1\t\tone two three four five\t\n", 2, "span"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wp_known *k;
        struct wp_error err = {0};
        assert_int_equal(read_text(&k, cases[i].text, &err), WP_EFORMAT);
        assert_int_equal(err.line, cases[i].line);
        assert_string_equal(err.file, "known.tsv");
        assert_non_null(strstr(err.reason, cases[i].words));
        wp_known_free(k);
    }
}

static void test_maxima(void **state) {
    (void)state;
    struct wp_known *k;
    struct wp_error err = {0};
    size_t cap = WP_KNOWN_LINE_BYTES_MAX + 100, used;
    char *text = malloc(cap);
    assert_non_null(text);
    for (int over = 0; over < 2; over++) { /* the longest passage, and one more byte */
        used = (size_t)sprintf(text, HEADER "a\t1\t\t");
        size_t passage = WP_KNOWN_PASSAGE_BYTES_MAX + (size_t)over;
        for (size_t i = 0; i < passage; i++) text[used++] = i % 2 ? ' ' : 'w';
        text[used] = '\0';
        assert_int_equal(read_text(&k, text, &err), over ? WP_ETOOBIG : WP_OK);
        assert_int_equal(k->count, !over);
        if (over) assert_int_equal(err.line, 2);
        wp_known_free(k);
    }
    memset(text, 'w', cap - 1);
    text[cap - 1] = '\0';
    assert_int_equal(read_text(&k, text, &err), WP_ETOOBIG);
    assert_int_equal(err.line, 1);
    wp_known_free(k);
    used = (size_t)sprintf(text, HEADER); /* an owner longer than there is any */
    memset(text + used, 'o', WP_OWNER_MAX + 1);
    strcpy(text + used + WP_OWNER_MAX + 1, "\t1\t\tone two three four five\n");
    assert_int_equal(read_text(&k, text, &err), WP_EFORMAT);
    wp_known_free(k);
    free(text);
    assert_int_equal(wp_known_new(&k), WP_OK);
    assert_int_equal(wp_known_read(k, "-", NULL, &err), WP_EINVAL);
    assert_int_equal(wp_known_read(k, "no such file", NULL, &err), WP_ENOENT);
    wp_known_free(k);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_printed_is_read),
                                       cmocka_unit_test(test_lenient),
                                       cmocka_unit_test(test_shingles),
                                       cmocka_unit_test(test_owners_of_a_group),
                                       cmocka_unit_test(test_what_is_wrong_is_told_with_its_line),
                                       cmocka_unit_test(test_maxima)};
    return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
