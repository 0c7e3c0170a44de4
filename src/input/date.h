/*
 * date.h - the dates that crawls have, as seconds since 1970-01-01 00:00:00 UTC.
 *
 * No locale, no time zone of the machine, no clock is looked at. A time without a zone is UTC; a date without
 * a time is its midnight; fractions of a second are cut off towards the past. The calendar is the Gregorian
 * one throughout, years are 1 to 9999, every field is checked (a leap second, :60, is the second after :59).
 *
 * Built-in forms, white space around them ignored:
 *   ISO 8601  2021-09-16, 2021/09/16, 20210916, each with T or space and 12:15, 12:15:17, 12:15:17.25 or
 *             the same without colons, then Z, +01, +0100, +01:00 or a name below; 24:00 is the midnight
 *             that follows
 *   RFC 2822  Thu, 16 Sep 2021 12:15:17 +0100; without weekday, seconds, time or zone; names in full; "-"
 *             between (16-SEP-2021); comments in brackets; the years 00-49 are 2000-2049, 50-99 are
 *             1950-1999
 *   numbers   seconds since 1970, perhaps negative or with a fraction; from 10^11 on milliseconds, from
 *             10^14 on microseconds. Eight digits that are a date YYYYMMDD are that, and so are fourteen
 *             that are YYYYMMDDHHMMSS. Four digits or fewer are not understood: a year is no date
 *
 * Zone names: UTC, UT, GMT, Z, EST, EDT, CST, CDT, MST, MDT, PST, PDT; other single letters mean UTC, as RFC
 * 2822 wants.
 *
 * The format (--date-format) is strptime's, in English:
 *   %Y %m %d %e %H %I %p %M %S %f (fraction) %y (69-99 are 1969-1999) %b %B %h %a %A %j (day of the year)
 *   %z (+0100, +01:00, +01, Z) %Z (name, or as %z) %s (seconds since 1970) %F %T %D %R %n %t %%
 * White space stands for any white space, also none; all else for itself. Numbers may lack leading zeros.
 */
#ifndef WP_INPUT_DATE_H
#define WP_INPUT_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False when it is not understood; *epoch_seconds is then left alone. `format` is tried before the built-in
 * forms and may be NULL. Any thread. */
bool wp_date_parse(const char *s, size_t len, const char *format, int64_t *epoch_seconds);

enum { WP_DATE_TEXT_BYTES = 80 }; /* for any six numbers, as compilers see it; 20 are used */
/* Writes seconds that wp_date_parse gave as "2021-09-16T12:15:17Z"; returns out. Any thread. */
const char *wp_date_text(int64_t epoch_seconds, char out[WP_DATE_TEXT_BYTES]);

/* True when every % of the format is one of the list above, and it says which day it is. */
bool wp_date_format_valid(const char *format);

#endif
