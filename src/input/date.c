/*
 * date.c - the built-in forms; see date.h.
 *
 * Which form it is shows in the first few characters; each is then read once, without going back.
 */
#include "input/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include "input/date_parts.h"

/* Longer is no date in any form. */
#define DATE_LEN_MAX 128
/* Numbers from here on count milliseconds, microseconds; seconds reach the year 5138. */
#define MILLIS_FROM 100000000000
#define MICROS_FROM 100000000000000
#define NUMBER_DIGITS_MAX 17
/* From the first second of the year 1 to the last of 9999, seen from any time zone. */
#define SECONDS_MIN (-62135596800 - 86400)
#define SECONDS_MAX (253402300799 + 86400)

static bool at_end(const struct wp_date_cursor *c) {
    return c->at == c->end;
}

/* .digits or ,digits behind seconds: counted for nothing. */
static bool skip_fraction(struct wp_date_cursor *c) {
    if (!wp_date_take(c, '.') && !wp_date_take(c, ',')) return true;
    const char *from = c->at;
    while (!at_end(c) && wp_date_is_digit(*c->at)) c->at++;
    return c->at > from;
}

/* hh, hh:mm, hh:mm:ss or the same without colons. */
static bool read_time(struct wp_date_cursor *c, struct wp_date_fields *f) {
    if (!wp_date_number(c, 1, 2, &f->hour)) return false;
    bool colon = wp_date_take(c, ':');
    if (!colon && (at_end(c) || !wp_date_is_digit(*c->at))) return true;
    if (!wp_date_number(c, 2, 2, &f->minute)) return false;
    if (colon ? !wp_date_take(c, ':') : at_end(c) || !wp_date_is_digit(*c->at)) return true;
    return wp_date_number(c, 2, 2, &f->second) && skip_fraction(c);
}

/* What may come behind a time: a zone, comments, nothing. */
static bool read_tail(struct wp_date_cursor *c, struct wp_date_fields *f) {
    wp_date_skip_space(c);
    if (!at_end(c) && *c->at != '(' && !wp_date_zone(c, &f->zone_seconds)) return false;
    wp_date_skip_space(c);
    while (wp_date_take(c, '(')) {
        const char *close = memchr(c->at, ')', (size_t)(c->end - c->at));
        if (!close) return false;
        c->at = close + 1;
        wp_date_skip_space(c);
    }
    return at_end(c);
}

/* YYYY-MM-DD, YYYY/MM/DD, YYYYMMDD, and a time. */
static bool read_iso(struct wp_date_cursor c, int64_t *seconds) {
    struct wp_date_fields f = {0};
    if (!wp_date_number(&c, 4, 4, &f.year)) return false;
    char mark = !at_end(&c) && (*c.at == '-' || *c.at == '/') ? *c.at : 0;
    if (mark) c.at++;
    if (!wp_date_number(&c, mark == '/' ? 1 : 2, 2, &f.month)) return false;
    if (mark && !wp_date_take(&c, mark)) return false;
    if (!wp_date_number(&c, mark == '/' ? 1 : 2, 2, &f.day)) return false;
    if (!at_end(&c)) {
        if (!wp_date_take(&c, 'T') && !wp_date_take(&c, 't')) {
            if (!wp_date_is_space(*c.at)) return false;
            wp_date_skip_space(&c);
        }
        if (!read_time(&c, &f) || !read_tail(&c, &f)) return false;
    }
    return wp_date_to_seconds(&f, seconds);
}

/* A year of two, three or four digits, as RFC 2822 reads it. */
static bool read_year(struct wp_date_cursor *c, int *year) {
    const char *from = c->at;
    if (!wp_date_number(c, 2, 4, year)) return false;
    if (c->at - from == 3) *year += 1900;
    if (c->at - from == 2) *year += *year < 50 ? 2000 : 1900;
    return true;
}

static bool take_separator(struct wp_date_cursor *c) {
    if (wp_date_take(c, '-')) return true;
    const char *from = c->at;
    wp_date_skip_space(c);
    return c->at > from;
}

static bool read_rfc2822(struct wp_date_cursor c, int64_t *seconds) {
    struct wp_date_fields f = {0};
    int weekday;
    if (!wp_date_is_digit(*c.at)) {
        if (!wp_date_weekday(&c, &weekday)) return false;
        wp_date_take(&c, ',');
        wp_date_skip_space(&c);
    }
    if (!wp_date_number(&c, 1, 2, &f.day) || !take_separator(&c)) return false;
    if (!wp_date_month(&c, &f.month) || !take_separator(&c)) return false;
    if (!read_year(&c, &f.year)) return false;
    const char *behind = c.at;
    wp_date_skip_space(&c);
    if (!at_end(&c) && (c.at == behind || !read_time(&c, &f) || !read_tail(&c, &f))) return false;
    return wp_date_to_seconds(&f, seconds);
}

/* -?digits[.digits] alone. */
static bool is_plain_number(struct wp_date_cursor c, int *digits) {
    wp_date_take(&c, '-');
    const char *from = c.at;
    while (!at_end(&c) && wp_date_is_digit(*c.at)) c.at++;
    *digits = (int)(c.at - from);
    if (*digits && wp_date_take(&c, '.')) {
        *digits += NUMBER_DIGITS_MAX + 1; /* told apart from whole ones */
        from = c.at;
        while (!at_end(&c) && wp_date_is_digit(*c.at)) c.at++;
        if (c.at == from) return false;
    }
    return *digits > 0 && at_end(&c);
}

static int64_t divide_down(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static bool read_number(struct wp_date_cursor c, int64_t *seconds) {
    bool negative = wp_date_take(&c, '-'), rest = false;
    int64_t value = 0;
    int digits = 0;
    for (; !at_end(&c) && wp_date_is_digit(*c.at); c.at++)
        if (++digits <= NUMBER_DIGITS_MAX) value = value * 10 + (*c.at - '0');
    if (digits > NUMBER_DIGITS_MAX) return false;
    for (; !at_end(&c); c.at++) rest |= *c.at >= '1'; /* the fraction: is there anything in it? */
    int64_t unit = value >= MICROS_FROM ? 1000000 : value >= MILLIS_FROM ? 1000 : 1;
    if (negative) value = -value;
    *seconds = divide_down(value, unit);
    if (negative && rest && value % unit == 0) --*seconds;
    return true;
}

/* YYYYMMDDHHMMSS. */
static bool read_stamp(struct wp_date_cursor c, int64_t *seconds) {
    struct wp_date_fields f = {0};
    return wp_date_number(&c, 4, 4, &f.year) && wp_date_number(&c, 2, 2, &f.month) &&
           wp_date_number(&c, 2, 2, &f.day) && wp_date_number(&c, 2, 2, &f.hour) &&
           wp_date_number(&c, 2, 2, &f.minute) && wp_date_number(&c, 2, 2, &f.second) &&
           wp_date_to_seconds(&f, seconds);
}

static bool read_built_in(struct wp_date_cursor c, int64_t *seconds) {
    int digits;
    if (is_plain_number(c, &digits)) {
        if (digits == 8 && *c.at != '-' && read_iso(c, seconds)) return true;
        if (digits == 14 && *c.at != '-' && read_stamp(c, seconds)) return true;
        bool year = digits <= 4 && *c.at != '-';
        return !year && read_number(c, seconds);
    }
    return read_iso(c, seconds) || read_rfc2822(c, seconds);
}

bool wp_date_parse(const char *s, size_t len, const char *format, int64_t *epoch_seconds) {
    struct wp_date_cursor c = {s, s + len};
    int64_t seconds;
    if (len > DATE_LEN_MAX) return false;
    wp_date_skip_space(&c);
    while (c.end > c.at && wp_date_is_space(c.end[-1])) c.end--;
    if (at_end(&c)) return false;
    if (!(format && wp_date_by_format(c, format, &seconds)) && !read_built_in(c, &seconds)) return false;
    if (seconds < SECONDS_MIN || seconds > SECONDS_MAX) return false;
    *epoch_seconds = seconds;
    return true;
}

const char *wp_date_text(int64_t epoch_seconds, char out[WP_DATE_TEXT_BYTES]) {
    time_t seconds = (time_t)epoch_seconds;
    struct tm t;
    out[0] = '\0';
    if (gmtime_r(&seconds, &t))
        snprintf(out, WP_DATE_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", t.tm_year + 1900, t.tm_mon + 1,
                 t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
    return out;
}
