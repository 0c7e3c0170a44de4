/* test_terms.c - what an index was told of owners, agencies and furniture: it is kept, replaced, refused when
 * damaged, and holds for rows that are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/online.h"
#include "engine/run.h"

static const char dir[] = "index";

static void write_file(const char *name, const char *text) {
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static enum wp_status open_index(struct wp_online *o, const char *owners, const char *agencies,
                                 bool no_furniture, struct wp_error *err) {
    struct wp_online_options options = {.store = {.write = true, .create = true},
                                        .memory_bytes = 1 << 20,
                                        .terms = {owners, agencies, no_furniture}};
    return wp_online_open(o, dir, &options, err);
}

static void add(struct wp_online *o, const char *id, const char *host) {
    char line[300] = "";
    struct wp_record_parser *parser;
    struct wp_record record;
    struct wp_online_verdict v;
    struct wp_error err = {0};
    const char *words;
    int len =
        snprintf(line, sizeof line - WP_RECORD_PADDING,
                 "{\"id\":\"%s\",\"text\":\"%s one two three\",\"url\":\"https://www.%s/x\"}", id, id, host);
    assert_int_equal(wp_record_parser_new(&parser, NULL, &err), WP_OK);
    assert_int_equal(wp_record_parse(parser, (const uint8_t *)line, (size_t)len, &record, &words), WP_OK);
    struct wp_online_article a = {.record = &record, .line = (const uint8_t *)line, .line_len = (size_t)len};
    assert_int_equal(wp_online_add(o, &a, &v, &err), WP_OK);
    wp_record_parser_free(parser);
}

static uint32_t number(const char *name) {
    return wp_owner_number(name, strlen(name));
}

static void expect_owners(const struct wp_view *v, const char *first, const char *second, const char *third) {
    const char *want[] = {first, second, third};
    for (uint32_t n = 0; n < 3; n++) {
        struct wp_row row;
        struct wp_error err = {0};
        assert_int_equal(wp_view_row(v, n, &row, &err), WP_OK);
        assert_int_equal(row.owner, number(want[n]));
    }
}

static void test_owners(void **state) {
    (void)state;
    struct wp_online o;
    struct wp_error err = {0};
    struct wp_terms t;
    write_file("owners", "a.com b.com\n");
    write_file("others", "# two\nc.com\tb.com\n");
    write_file("none", "");
    assert_int_equal(open_index(&o, "owners", NULL, false, &err), WP_OK);
    add(&o, "a", "a.com");
    add(&o, "b", "b.com");
    add(&o, "c", "c.com");
    expect_owners(wp_store_now(&o.store), "a.com", "a.com", "c.com"); /* not committed yet */
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
    unlink("owners"); /* the index has what it said */
    assert_int_equal(open_index(&o, NULL, NULL, false, &err), WP_OK);
    expect_owners(wp_store_now(&o.store), "a.com", "a.com", "c.com");
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
    assert_int_equal(open_index(&o, "others", NULL, false, &err), WP_OK);
    expect_owners(wp_store_now(&o.store), "a.com", "c.com", "c.com"); /* those that were there, too */
    struct wp_view *v = wp_store_snapshot(&o.store);
    expect_owners(v, "a.com", "c.com", "c.com");
    wp_view_drop(v);
    assert_int_equal(wp_online_close(&o, &err), WP_OK);

    struct wp_terms_given given = {.owners = "none"};
    struct wp_record record = {.source = (const uint8_t *)"www.b.com", .source_len = 9};
    uint32_t owner;
    assert_int_equal(wp_terms_open(&t, dir, &given, &err), WP_OK); /* for this reader alone */
    assert_null(t.groups);
    assert_int_equal(wp_terms_owner(&t, &record, &owner), WP_OK);
    assert_int_equal(owner, number("b.com"));
    wp_terms_close(&t);
    assert_int_equal(wp_terms_open(&t, dir, NULL, &err), WP_OK);
    assert_int_equal(wp_terms_owner(&t, &record, &owner), WP_OK);
    assert_int_equal(owner, number("c.com"));
    wp_terms_close(&t);
    assert_int_equal(open_index(&o, "none", NULL, false, &err), WP_OK);
    expect_owners(wp_store_now(&o.store), "a.com", "b.com", "c.com");
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
}

static void test_agencies(void **state) {
    (void)state;
    struct wp_online o;
    struct wp_error err = {0};
    struct wp_terms t;
    write_file("agencies", "agency\tHWA\tHill Wire Agency\ten\n");
    write_file("bad", "agency\tHWA\tHill Wire Agency\ten\nagency\n");
    assert_int_equal(open_index(&o, NULL, "agencies", false, &err), WP_OK);
    uint16_t agencies = wp_agency_count(o.terms.agencies);
    assert_string_equal(wp_agency_name(o.terms.agencies, agencies), "HWA");
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
    assert_int_equal(open_index(&o, NULL, "bad", false, &err), WP_EFORMAT);
    assert_string_equal(err.file, "bad");
    assert_int_equal(err.line, 2);
    assert_int_equal(wp_terms_open(&t, dir, NULL, &err), WP_OK); /* what was refused changed nothing */
    assert_int_equal(wp_agency_count(t.agencies), agencies);
    wp_terms_close(&t);
    assert_int_equal(open_index(&o, "nowhere", NULL, false, &err), WP_ENOENT);
    assert_int_equal(open_index(&o, "-", NULL, false, &err), WP_EINVAL);
}

static void test_no_furniture(void **state) {
    (void)state;
    struct wp_online o;
    struct wp_error err = {0};
    uint64_t count;
    write_file("furniture",
               "owner\tcount\tfirst_seen\tpassage\n*\t9\t\tplease enable scripts to go on reading\n");
    assert_int_equal(open_index(&o, NULL, NULL, true, &err), WP_EINVAL); /* it holds articles */
    assert_non_null(strstr(err.reason, "--no-furniture"));
    assert_int_equal(open_index(&o, NULL, NULL, false, &err), WP_OK);
    assert_int_equal(wp_online_know(&o, "furniture", &count, &err), WP_OK);
    assert_int_equal(count, 3); /* of seven words, in fives */
    assert_int_equal(wp_online_know(&o, "furniture", &count, &err), WP_OK);
    assert_int_equal(count, 0);
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
    assert_int_equal(open_index(&o, NULL, NULL, false, &err), WP_OK);
    assert_int_equal(wp_store_now(&o.store)->state->furniture_count, 3);
    assert_int_equal(wp_online_close(&o, &err), WP_OK);
}

/* Every byte turned over, every length: refused by name. */
static void test_damaged(void **state) {
    (void)state;
    char bytes[4096];
    struct wp_index_settings s;
    FILE *f = fopen("index/settings", "rb");
    assert_non_null(f);
    size_t len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    assert_true(len > 72 && len < sizeof bytes);
    for (size_t i = 0; i < 2 * len; i++) {
        struct wp_error err = {0};
        if (i < len) bytes[i] ^= (char)(1 << i % 8);
        f = fopen("index/settings", "wb");
        assert_int_equal(fwrite(bytes, 1, i < len ? len : i - len, f), i < len ? len : i - len);
        fclose(f);
        if (i < len) bytes[i] ^= (char)(1 << i % 8);
        enum wp_status status = wp_index_settings_read(&s, dir, &err);
        assert_true(status == WP_EDAMAGED || status == WP_EVERSION || status == WP_ESCHEME);
        assert_string_equal(err.file, "index/settings");
        wp_index_settings_release(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_agencies),
        cmocka_unit_test(test_no_furniture),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
