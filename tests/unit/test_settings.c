/* test_settings.c - defaults, every setting by name, and values that do not fit told with the flag's name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/thread.h"
#include "engine/settings.h"

static void good(struct wp_settings *s, const char *name, const char *value) {
    struct wp_error err = {0};
    if (wp_settings_set(s, name, value, &err) != WP_OK) print_message("%s %s: %s\n", name, value, err.reason);
    assert_int_equal(wp_settings_set(s, name, value, NULL), WP_OK);
}

static void expect_defaults(const struct wp_settings *s) {
    assert_int_equal(s->rule.match, WP_MATCH_STORY);
    assert_true(s->verify_exact);
    assert_int_equal(s->keep, WP_KEEP_EARLIEST);
    assert_string_equal(s->keep_words, "earliest");
    assert_int_equal(s->threads, wp_threads_available());
    assert_int_equal(s->memory_bytes, 0);
    assert_int_equal(s->max_record_bytes, 64 << 20);
    assert_false(s->strict);
    assert_null(s->date_format);
    assert_null(s->fields.text);
}

static void bad(const char *name, const char *value, const char *words) {
    struct wp_settings s;
    struct wp_error err = {0};
    wp_settings_init(&s);
    assert_int_equal(wp_settings_set(&s, name, value, &err), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    if (!strstr(err.reason, words)) print_message("%s %s: %s\n", name, value, err.reason);
    assert_non_null(strstr(err.reason, words));
    expect_defaults(&s);
}

static void defaults(void **state) {
    (void)state;
    struct wp_settings s;
    wp_settings_init(&s);
    expect_defaults(&s);
}

static void values(void **state) {
    (void)state;
    struct wp_settings s;
    wp_settings_init(&s);
    good(&s, "match", "jaccard:0.5");
    assert_int_equal(s.rule.match, WP_MATCH_JACCARD);
    assert_true(s.rule.jaccard == 0.5);
    good(&s, "match", "simhash:3");
    assert_int_equal(s.rule.distance, 3);
    good(&s, "match", "exact");
    assert_int_equal(s.rule.match, WP_MATCH_EXACT);
    good(&s, "verify", "sketch");
    assert_false(s.verify_exact);
    good(&s, "verify", "exact");
    assert_true(s.verify_exact);
    good(&s, "keep", "longest");
    assert_int_equal(s.keep, WP_KEEP_LONGEST);
    good(&s, "keep", "first");
    assert_int_equal(s.keep, WP_KEEP_FIRST);
    good(&s, "keep", "source:a,b");
    assert_int_equal(s.keep, WP_KEEP_SOURCE);
    assert_string_equal(s.sources, "a,b");
    assert_string_equal(s.keep_words, "source:a,b");
    good(&s, "threads", "1024");
    assert_int_equal(s.threads, 1024);
    good(&s, "memory", "67108864");
    assert_int_equal(s.memory_bytes, 67108864);
    good(&s, "max-record", "2");
    assert_int_equal(s.max_record_bytes, 2);
    good(&s, "tmp", "/somewhere");
    assert_string_equal(s.tmp_dir, "/somewhere");
    good(&s, "date-format", "%d.%m.%Y");
    assert_string_equal(s.date_format, "%d.%m.%Y");
    static const char *const names[] = {"id-field",     "text-field",  "url-field",
                                        "source-field", "title-field", "date-field"};
    const char *const *fields[] = {&s.fields.id,     &s.fields.text,  &s.fields.url,
                                   &s.fields.source, &s.fields.title, &s.fields.date};
    for (size_t i = 0; i < 6; i++) {
        good(&s, names[i], names[i]);
        assert_string_equal(*fields[i], names[i]);
    }
    assert_string_equal(wp_keep_name(WP_KEEP_EARLIEST), "earliest");
    assert_string_equal(wp_keep_name(WP_KEEP_SOURCE), "source");
}

static void values_that_do_not_fit(void **state) {
    (void)state;
    bad("match", "jaccard:1.01", "jaccard");
    bad("match", "nonsense", "nonsense");
    bad("verify", "", "--verify");
    bad("keep", "latest", "--keep");
    bad("keep", "source:", "--keep");
    bad("threads", "0", "--threads");
    bad("threads", "1025", "--threads");
    bad("threads", "-1", "--threads");
    bad("threads", "1x", "--threads");
    bad("threads", "", "--threads");
    bad("threads", "99999999999999999999", "--threads");
    bad("memory", "67108863", "--memory");
    bad("memory", "1G", "--memory"); /* plain bytes: suffixes are the command line's */
    bad("max-record", "1", "--max-record");
    bad("max-record", "2147483648", "--max-record");
    bad("text-field", "", "--text-field");
    bad("tmp", "", "--tmp");
    bad("colour", "red", "colour");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults), cmocka_unit_test(values),
                                       cmocka_unit_test(values_that_do_not_fit)};
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
