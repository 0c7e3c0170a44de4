/* date_parts.c - see date_parts.h. */
#include "input/date_parts.h"

#include <string.h>

#define DAY_SECONDS 86400
#define YEAR_MIN 1
#define YEAR_MAX 9999

bool wp_date_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool wp_date_is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool wp_date_take(struct wp_date_cursor *c, char what) {
    if (c->at == c->end || *c->at != what) return false;
    c->at++;
    return true;
}

void wp_date_skip_space(struct wp_date_cursor *c) {
    while (c->at < c->end && wp_date_is_space(*c->at)) c->at++;
}

bool wp_date_number(struct wp_date_cursor *c, int least, int most, int *out) {
    int n = 0, value = 0;
    for (; n < most && c->at < c->end && wp_date_is_digit(*c->at); n++) value = value * 10 + (*c->at++ - '0');
    *out = value;
    return n >= least;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* The letters that come next, in lower case; 0 when there are too many. */
static size_t take_word(struct wp_date_cursor *c, char *word, size_t size) {
    size_t n = 0;
    for (; c->at < c->end && is_letter(*c->at); c->at++) {
        if (n + 1 == size) return 0;
        word[n++] = lower(*c->at);
    }
    word[n] = 0;
    return n;
}

static bool take_name(struct wp_date_cursor *c, const char *const *names, int count, int *index) {
    char word[12];
    size_t n = take_word(c, word, sizeof word);
    for (int i = 0; n >= 3 && i < count; i++) {
        bool abbreviated = n == 3 || (n == 4 && !strcmp(word, "sept"));
        if (strncmp(word, names[i], abbreviated ? n : strlen(names[i]) + 1) != 0) continue;
        *index = i;
        return true;
    }
    return false;
}

bool wp_date_month(struct wp_date_cursor *c, int *month) {
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    if (!take_name(c, names, 12, month)) return false;
    ++*month;
    return true;
}

bool wp_date_weekday(struct wp_date_cursor *c, int *weekday) {
    static const char *const names[] = {"sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday"};
    return take_name(c, names, 7, weekday);
}

bool wp_date_offset(struct wp_date_cursor *c, int *zone_seconds) {
    bool west = wp_date_take(c, '-');
    int hours, minutes = 0;
    if (!west && !wp_date_take(c, '+')) return false;
    if (!wp_date_number(c, 2, 2, &hours)) return false;
    bool colon = wp_date_take(c, ':');
    if ((colon || (c->at < c->end && wp_date_is_digit(*c->at))) && !wp_date_number(c, 2, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59) return false;
    *zone_seconds = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool wp_date_zone(struct wp_date_cursor *c, int *zone_seconds) {
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"utc", 0},  {"ut", 0},   {"gmt", 0},  {"est", -5}, {"edt", -4}, {"cst", -6},
                 {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}};
    char word[12];
    if (c->at < c->end && !is_letter(*c->at)) return wp_date_offset(c, zone_seconds);
    size_t n = take_word(c, word, sizeof word);
    *zone_seconds = 0;
    if (n == 1) return word[0] != 'j'; /* RFC 2822, 4.3: meant to be military, used both ways round */
    for (size_t i = 0; n && i < sizeof zones / sizeof *zones; i++) {
        if (strcmp(word, zones[i].name) != 0) continue;
        *zone_seconds = zones[i].hours * 3600;
        return true;
    }
    return false;
}

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to the first of January. */
static int64_t days_to_year(int year) {
    int64_t y = year - 1; /* whole years since the year 1 */
    return y * 365 + y / 4 - y / 100 + y / 400 - 719162;
}

static bool find_day_of_year(const struct wp_date_fields *f, int *day) {
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    bool leap = is_leap(f->year);
    if (f->day_of_year) {
        *day = f->day_of_year;
        return *day >= 1 && *day <= 365 + leap;
    }
    if (f->month < 1 || f->month > 12 || f->day < 1) return false;
    int length = before[f->month] - before[f->month - 1] + (leap && f->month == 2);
    *day = before[f->month - 1] + (leap && f->month > 2) + f->day;
    return f->day <= length;
}

bool wp_date_to_seconds(const struct wp_date_fields *f, int64_t *epoch_seconds) {
    int day;
    if (f->year < YEAR_MIN || f->year > YEAR_MAX || !find_day_of_year(f, &day)) return false;
    bool midnight_after = f->hour == 24 && f->minute == 0 && f->second == 0;
    if (f->hour < 0 || (f->hour > 23 && !midnight_after)) return false;
    if (f->minute < 0 || f->minute > 59 || f->second < 0 || f->second > 60) return false;
    *epoch_seconds = (days_to_year(f->year) + day - 1) * DAY_SECONDS + f->hour * 3600 + f->minute * 60 +
                     f->second - f->zone_seconds;
    return true;
}
