/*
 * date_parts.h - what the forms of dates share: the fields of a date, reading them, checking them.
 *
 * A cursor walks over the text; every reader returns false and leaves the cursor anywhere when what it reads
 * is not there.
 */
#ifndef WP_INPUT_DATE_PARTS_H
#define WP_INPUT_DATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_date_cursor {
    const char *at, *end;
};

struct wp_date_fields {
    int year, month, day; /* 1-12, 1-31 */
    int day_of_year;      /* 1-366, instead of month and day; 0 = not given */
    int hour, minute, second;
    int zone_seconds; /* east of Greenwich */
};

bool wp_date_is_space(char c);
bool wp_date_is_digit(char c);
/* Takes the character if it is next. */
bool wp_date_take(struct wp_date_cursor *c, char what);
void wp_date_skip_space(struct wp_date_cursor *c);
/* A number of least to most digits, as many as there are. */
bool wp_date_number(struct wp_date_cursor *c, int least, int most, int *out);
/* The name of a month (1-12) or weekday (0-6), three letters or in full, whatever the case. */
bool wp_date_month(struct wp_date_cursor *c, int *month);
bool wp_date_weekday(struct wp_date_cursor *c, int *weekday);
/* +hh, +hhmm, +hh:mm, with + or -. */
bool wp_date_offset(struct wp_date_cursor *c, int *zone_seconds);
/* A name, or an offset. */
bool wp_date_zone(struct wp_date_cursor *c, int *zone_seconds);
/* Checks every range and sums up. */
bool wp_date_to_seconds(const struct wp_date_fields *f, int64_t *epoch_seconds);

/* strptime, see date.h; the whole text must fit. */
bool wp_date_by_format(struct wp_date_cursor c, const char *format, int64_t *epoch_seconds);

#endif
