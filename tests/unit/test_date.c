/*
 * test_date.c - what no other program decides for us: odd forms, what is refused, formats that are no
 * formats. Seconds were worked out with `date -u -d ... +%s`. The bulk of forms stands in
 * tests/model/test_date_table.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "input/date.h"

#define NOON 1631793600 /* 2021-09-16 12:00:00 UTC */
#define MIDNIGHT 1631750400

static bool parse(const char *text, const char *format, int64_t *seconds) {
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1); /* without the NUL */
    memcpy(copy, text, len);
    bool understood = wp_date_parse(copy, len, format, seconds);
    free(copy);
    return understood;
}

static void expect(const char *text, const char *format, int64_t seconds) {
    int64_t got = 0;
    if (!parse(text, format, &got) || got != seconds) print_message("%s\n", text);
    assert_true(parse(text, format, &got));
    assert_int_equal(got, seconds);
}

static void refuse(const char *text, const char *format) {
    int64_t got = 77;
    if (parse(text, format, &got)) print_message("%s\n", text);
    assert_false(parse(text, format, &got));
    assert_int_equal(got, 77);
}

static void iso_and_friends(void **state) {
    (void)state;
    expect("2021-09-16T12:00:00Z", NULL, NOON);
    expect("  2021-09-16t12:00z \r\n", NULL, NOON);
    expect("2021-09-16 12", NULL, NOON);
    expect("2021/9/16 12:00", NULL, NOON);
    expect("20210916T1200", NULL, NOON);
    expect("20210916 120000.999 UTC", NULL, NOON);
    expect("2021-09-16T12:00:00,5+00", NULL, NOON);
    expect("2021-09-16T24:00:00", NULL, MIDNIGHT + 86400);
    expect("2021-09-16T11:59:60", NULL, NOON);
    expect("2021-09-16 07:00:00 EST", NULL, NOON);
    expect("2021-09-16 05:00 PDT", NULL, NOON);
    expect("20210916", NULL, MIDNIGHT);
    expect("0001-01-01", NULL, -62135596800);
    expect("9999-12-31T23:59:59Z", NULL, 253402300799);
}

static void mail_dates(void **state) {
    (void)state;
    expect("Thu, 16 Sep 2021 12:00:00 +0000 (UTC)", NULL, NOON);
    expect("Thu, 16 Sep 2021 12:00:00 (a) (b)", NULL, NOON);
    expect("thursday, 16-sep-21 12:00:00 gmt", NULL, NOON);
    expect("16 September 2021", NULL, MIDNIGHT);
    expect("16 Sept 2021", NULL, MIDNIGHT);
    expect("26-FEB-1987 15:01:01.79", NULL, 541350061);
    expect("16 Sep 2021 12:00:00 A", NULL, NOON); /* military zones mean UTC */
    expect("1 Jan 49 00:00:00 Z", NULL, 2493072000);
    expect("1 Jan 50 00:00:00 Z", NULL, -631152000);
    expect("1 Jan 121 00:00:00 Z", NULL, 1609459200); /* three digits count from 1900 */
}

static void numbers(void **state) {
    (void)state;
    expect("1631793600", NULL, NOON);
    expect("1631793600000", NULL, NOON);
    expect("1631793600000000", NULL, NOON);
    expect("1631793600.999", NULL, NOON);
    expect("-1", NULL, -1);
    expect("-0.5", NULL, -1);
    expect("-1000000000001", NULL, -1000000001);
    expect("20210916120000", NULL, NOON);
    expect("12345678", NULL, 12345678); /* month 56: no date */
    expect("99999999999", NULL, 99999999999);
    refuse("2021", NULL);
    refuse("0", NULL);
    refuse("1631793600000000000", NULL);
    refuse("-99999999999", NULL); /* before the year 1 */
    refuse("1e9", NULL);
    refuse("1.", NULL);
    refuse(".5", NULL);
}

static void refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "x",
        "2021",
        "2021-09",
        "2021-9-16",
        "2021-02-29",
        "1900-02-29",
        "2021-13-01",
        "2021-00-10",
        "2021-09-00",
        "2021-09-31",
        "0000-01-01",
        "2021-09-16T",
        "2021-09-16T25:00",
        "2021-09-16T12:60",
        "2021-09-16T12:00:61",
        "2021-09-16T24:00:01",
        "2021-09-16T12:00+24",
        "2021-09-16T12:00+01:60",
        "2021-09-16T12:00 XYZ",
        "2021-09-16T12:00:00.",
        "2021-09-16x",
        "2021-09/16",
        "16 Foo 2021",
        "Xxx, 16 Sep 2021",
        "16Sep2021",
        "16 Sep 2021 12:00 (open",
        "09/16/2021",
        "Thu",
        "yesterday",
        "16 Sep",
        "-",
        "+",
        "--1",
        "16 Sep 2021 12:00 J",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) refuse(texts[i], NULL);
    int64_t seconds;
    char zeros[200];
    memset(zeros, '0', sizeof zeros);
    assert_false(wp_date_parse(zeros, sizeof zeros, NULL, &seconds));
    assert_false(wp_date_parse("2021-09-16\0", 11, NULL, &seconds));
}

static void formats(void **state) {
    (void)state;
    expect("09/16/2021", "%m/%d/%Y", MIDNIGHT);
    expect("9/16/2021", "%m/%d/%Y", MIDNIGHT);
    expect("12:00 am 16.9.21", "%I:%M %p %d.%m.%y", MIDNIGHT);
    expect("12:00 PM 16.9.21", "%I:%M %p %d.%m.%y", NOON);
    expect("2021-09-16 12:00", "%F %R", NOON);
    expect("09/16/21 12:00:00", "%D %T", NOON);
    expect("259/2021", "%j/%Y", MIDNIGHT);
    expect("le 16   sep 2021", "le %e %b %Y", MIDNIGHT);
    expect("@1631793600", "@%s", NOON);
    expect("100% 2021-09-16", "100%% %F", MIDNIGHT);
    expect("2021-09-16T14:00:00 +0200", "%FT%T%n%z", NOON);
    expect("2021-09-16 12:00 Z", "%F %R %Z", NOON);
    expect("2021-09-16T12:00:00Z", "%m/%d/%Y", NOON); /* the built-in forms come behind */
    refuse("16/09/2021", "%m/%d/%Y");
    refuse("09/16/2021 12:00", "%m/%d/%Y");
    refuse("366/2021", "%j/%Y");
    refuse("13:00 PM 09/16/2021", "%I:%M %p %m/%d/%Y");
    refuse("00:00 PM 09/16/2021", "%H:%M %p %m/%d/%Y");
    refuse("09", "%m");
    refuse("@999999999999", "@%s"); /* behind the year 9999 */
    refuse("16", "%");
    refuse("16", "%Q");
}

static void which_formats_are_formats(void **state) {
    (void)state;
    static const char *const good[] = {"%Y-%m-%d",    "%m/%d/%y",          "%j %Y", "%s", "%F",
                                       "%D %I:%M %p", "%a, %e %B %Y %z %%"};
    static const char *const bad[] = {"", "%", "%Y-%m", "%Q", "date", "%d %m", "%H:%M", "%Y%m%d%", "%E"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_true(wp_date_format_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(wp_date_format_valid(bad[i]));
}

static void expect_text(const char *text) {
    char out[WP_DATE_TEXT_BYTES];
    int64_t seconds = 0;
    assert_true(parse(text, NULL, &seconds));
    assert_ptr_equal(wp_date_text(seconds, out), out);
    assert_string_equal(out, text);
}

static void texts(void **state) {
    char out[WP_DATE_TEXT_BYTES];
    (void)state;
    expect_text("2021-09-16T12:15:17Z");
    expect_text("1970-01-01T00:00:00Z");
    expect_text("1969-12-31T23:59:59Z");
    expect_text("2024-02-29T00:00:00Z");
    expect_text("0001-01-01T00:00:00Z");
    expect_text("9999-12-31T23:59:59Z");
    assert_string_equal(wp_date_text(253402300800, out), "10000-01-01T00:00:00Z"); /* by its zone */
}

int main(void) {
    setenv("TZ", "Asia/Tokyo", 1); /* must not matter */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_and_friends), cmocka_unit_test(mail_dates),
        cmocka_unit_test(numbers),         cmocka_unit_test(refused),
        cmocka_unit_test(formats),         cmocka_unit_test(which_formats_are_formats),
        cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
