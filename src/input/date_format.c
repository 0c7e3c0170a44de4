/*
 * date_format.c - strptime without a locale; see date.h for the list.
 *
 * A field that a format gives twice counts as it was read last.
 */
#include "input/date_parts.h"

#include <string.h>
#include "input/date.h"

struct reading {
    struct wp_date_cursor c;
    struct wp_date_fields f;
    bool afternoon, morning; /* %p */
    bool has_seconds;        /* %s */
    int64_t seconds;
};

static const char simple[] = "YmdeHIMSfybBhaAjzZps"; /* what read_field knows */

/* What stands for several others. */
static const char *expansion(char letter) {
    switch (letter) {
    case 'F': return "%Y-%m-%d";
    case 'T': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'D': return "%m/%d/%y";
    default: return NULL;
    }
}

static bool read_half(struct reading *r) {
    char first = r->c.at < r->c.end ? (char)(*r->c.at | 0x20) : 0;
    r->morning = first == 'a';
    r->afternoon = first == 'p';
    if (!r->morning && !r->afternoon) return false;
    r->c.at++;
    return wp_date_take(&r->c, 'm') || wp_date_take(&r->c, 'M');
}

static bool read_epoch(struct reading *r) {
    bool negative = wp_date_take(&r->c, '-');
    int digits = 0;
    for (r->seconds = 0; digits < 12 && r->c.at < r->c.end && wp_date_is_digit(*r->c.at); digits++)
        r->seconds = r->seconds * 10 + (*r->c.at++ - '0');
    if (negative) r->seconds = -r->seconds;
    r->has_seconds = true;
    return digits > 0;
}

static bool read_short_year(struct reading *r) {
    if (!wp_date_number(&r->c, 2, 2, &r->f.year)) return false;
    r->f.year += r->f.year >= 69 ? 1900 : 2000;
    return true;
}

static bool read_in(struct reading *r, int most, int least_value, int *out) {
    return wp_date_number(&r->c, 1, most, out) && *out >= least_value;
}

static bool read_field(struct reading *r, char letter) {
    int ignored;
    switch (letter) {
    case 'Y': return wp_date_number(&r->c, 4, 4, &r->f.year);
    case 'y': return read_short_year(r);
    case 'm': return read_in(r, 2, 1, &r->f.month);
    case 'e': wp_date_skip_space(&r->c); /* fall through */
    case 'd': return read_in(r, 2, 1, &r->f.day);
    case 'j': return read_in(r, 3, 1, &r->f.day_of_year);
    case 'H': return read_in(r, 2, 0, &r->f.hour) && r->f.hour <= 23;
    case 'I': return read_in(r, 2, 1, &r->f.hour) && r->f.hour <= 12;
    case 'M': return read_in(r, 2, 0, &r->f.minute);
    case 'S': return read_in(r, 2, 0, &r->f.second);
    case 'f': return wp_date_number(&r->c, 1, 9, &ignored);
    case 'b':
    case 'B':
    case 'h': return wp_date_month(&r->c, &r->f.month);
    case 'a':
    case 'A': return wp_date_weekday(&r->c, &ignored);
    case 'z':
        if (wp_date_take(&r->c, 'Z')) return r->f.zone_seconds = 0, true;
        return wp_date_offset(&r->c, &r->f.zone_seconds);
    case 'Z': return wp_date_zone(&r->c, &r->f.zone_seconds);
    case 'p': return read_half(r);
    case 's': return read_epoch(r);
    default: return false;
    }
}

static bool read_all(struct reading *r, const char *format) {
    for (; *format; format++) {
        if (wp_date_is_space(*format)) {
            wp_date_skip_space(&r->c);
            continue;
        }
        if (*format != '%') {
            if (!wp_date_take(&r->c, *format)) return false;
            continue;
        }
        char letter = *++format;
        if (!letter) return false;
        const char *longer = expansion(letter);
        if (letter == 'n' || letter == 't') {
            wp_date_skip_space(&r->c);
        } else if (letter == '%') {
            if (!wp_date_take(&r->c, '%')) return false;
        } else if (longer ? !read_all(r, longer) : !read_field(r, letter)) {
            return false;
        }
    }
    return true;
}

bool wp_date_by_format(struct wp_date_cursor c, const char *format, int64_t *epoch_seconds) {
    struct reading r = {.c = c};
    if (!read_all(&r, format) || r.c.at != r.c.end) return false;
    if (r.has_seconds) {
        *epoch_seconds = r.seconds;
        return true;
    }
    if (r.morning || r.afternoon) {
        if (r.f.hour < 1 || r.f.hour > 12) return false;
        r.f.hour = r.f.hour % 12 + (r.afternoon ? 12 : 0);
    }
    return wp_date_to_seconds(&r.f, epoch_seconds);
}

bool wp_date_format_valid(const char *format) {
    bool year = false, month = false, day = false, day_of_year = false, whole = false;
    for (const char *p = format; *p; p++) {
        if (*p != '%') continue;
        char letter = *++p;
        if (!letter || (!strchr(simple, letter) && !strchr("nt%FTRD", letter))) return false;
        year |= letter == 'Y' || letter == 'y';
        month |= letter == 'm' || letter == 'b' || letter == 'B' || letter == 'h';
        day |= letter == 'd' || letter == 'e';
        day_of_year |= letter == 'j';
        whole |= letter == 's' || letter == 'F' || letter == 'D';
    }
    return whole || (year && (day_of_year || (month && day)));
}
