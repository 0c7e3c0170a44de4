#!/usr/bin/env python3
"""Writes date_table.h: dates in many forms, and the seconds that Python's datetime and email.utils say.

    tests/model/make_date_table.py > tests/model/date_table.h

Texts are put together here; seconds come from datetime alone. Damaged texts are expected to be refused when
Python refuses them (only for ISO texts in the one shape where datetime.fromisoformat and date.h agree about
what a date is).
"""
import calendar
import email.utils
import random
from datetime import datetime, timedelta, timezone

random.seed(1987)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ROWS = []


def seconds(d):
    return (d - EPOCH) // timedelta(seconds=1)


def row(text, fmt, value):
    ROWS.append((text, fmt, value))


def moment():
    r = random.random()
    if r < 0.2:  # around ends of months and years
        year, month = random.choice([1600, 1900, 1970, 1999, 2000, 2004, 2021, 2023, 2024, 2100]), random.randint(1, 12)
        d = datetime(year, month, calendar.monthrange(year, month)[1], 23, 59, 59, tzinfo=timezone.utc)
        return d + timedelta(seconds=random.randint(0, 2))
    if r < 0.3:
        return datetime(random.randint(2, 9998), random.randint(1, 12), random.randint(1, 28), tzinfo=timezone.utc)
    return EPOCH + timedelta(seconds=random.randint(-10**9, 4 * 10**9))


def zone():
    minutes = random.choice([0, 60, -300, 330, 345, -570, 840, -720, random.randint(-1439, 1439)])
    return timezone(timedelta(minutes=minutes))


def offset(z, colon=True):
    minutes = int(z.utcoffset(None).total_seconds()) // 60
    sign, minutes = ('-' if minutes < 0 else '+'), abs(minutes)
    return f'{sign}{minutes // 60:02}{":" if colon else ""}{minutes % 60:02}'


def iso():
    d = moment()
    z = zone()
    local = d.astimezone(z)
    y = f'{local.year:04}-{local.month:02}-{local.day:02}'
    t = f'{local.hour:02}:{local.minute:02}:{local.second:02}'
    row(f'{y}T{t}{offset(z)}', None, seconds(d))
    row(f'{y} {t}{offset(z, False)}', None, seconds(d))
    row(f'{y} {t} {offset(z, False)}', None, seconds(d))
    row(f'{y}T{t}', None, seconds(local.replace(tzinfo=timezone.utc)))
    u = d.strftime('%m-%dT%H:%M:%S')
    row(f'{d.year:04}-{u}.{random.randint(0, 999999)}Z', None, seconds(d))
    row(f'{d.year:04}{u.replace("-", "").replace(":", "")}Z', None, seconds(d))
    row(f'{d.year:04}-{u[:5]}', None, seconds(d.replace(hour=0, minute=0, second=0)))
    row(f'{d.year:04}{u[:2]}{u[3:5]}', None, seconds(d.replace(hour=0, minute=0, second=0)))
    row(f'{d.year:04}-{u[:11]}', None, seconds(d.replace(second=0)))


def rfc():
    d = moment()
    if d.year < 1000:
        return
    z = zone()
    local = d.astimezone(z)
    text = email.utils.format_datetime(local)
    row(text, None, int(email.utils.parsedate_to_datetime(text).timestamp()))
    row(text.split(', ')[1], None, seconds(d))
    gmt = email.utils.format_datetime(d, usegmt=True)
    row(gmt, None, seconds(d))
    row(gmt.upper(), None, seconds(d))
    est = d - timedelta(hours=5)
    if est.year >= 1000:
        row(email.utils.format_datetime(est)[:-5] + 'EST', None, seconds(d))
    if 1950 <= d.year < 2050:
        row(d.strftime('%d %b %y %H:%M UT'), None, seconds(d.replace(second=0)))


def number():
    d = moment()
    s = seconds(d)
    if abs(s) < 10**11 and len(str(abs(s))) not in (1, 2, 3, 4, 8):
        row(str(s), None, s)
        row(f'{s}.0', None, s)
        row(f'{s}.75', None, s if s >= 0 else s - 1)
    if 10**9 <= s < 10**10:
        row(f'{s}123', None, s)
        row(f'{s}123456', None, s)
        row(d.strftime('%Y%m%d%H%M%S'), None, s)


FORMATS = ['%m/%d/%Y', '%d.%m.%Y %H:%M', '%Y-%m-%dT%H:%M:%S%z', '%a %b %d %H:%M:%S %z %Y', '%d-%b-%Y %H:%M:%S.%f',
           '%I:%M %p, %d %B %Y', '%y%m%d', '%j/%Y', '%A, %d %B %Y', '%d %b %Y %%', '%B %e, %Y'.replace('%e', '%d')]


def by_format():
    d = moment()
    if d.year < 1000:
        return
    for fmt in FORMATS:
        if '%y' in fmt and not 1969 <= d.year <= 2068:
            continue
        text = d.strftime(fmt)
        back = datetime.strptime(text, fmt)
        back = back if back.tzinfo else back.replace(tzinfo=timezone.utc)
        row(text, fmt, seconds(back.replace(microsecond=0)))


def refused():
    """YYYY-MM-DDTHH:MM:SS with one digit changed: out of range or not."""
    text = list(moment().strftime('%Y-%m-%dT%H:%M:%S').rjust(19, '0'))
    at = random.choice([0, 1, 2, 3, 5, 6, 8, 9, 11, 14, 17])
    text[at] = random.choice('0123456789')
    text = ''.join(text)
    try:
        value = seconds(datetime.strptime(text, '%Y-%m-%dT%H:%M:%S').replace(tzinfo=timezone.utc))
    except ValueError:
        value = None
    if text.endswith('60') or text[11:] == '24:00:00':
        return  # allowed here, not by datetime
    row(text, None, value)


def main():
    for _ in range(40):
        iso()
        rfc()
        number()
        by_format()
        refused()
        refused()
        refused()
    print('/* date_table.h - made by make_date_table.py: dates, and what Python makes of them. */')
    print('/* clang-format off */')
    print('static const struct {\n    const char *text, *format;\n    bool understood;\n    int64_t seconds;\n} table[] = {')
    for text, fmt, value in dict.fromkeys(ROWS):
        shown = f'"{fmt}"' if fmt else 'NULL'
        print(f'    {{"{text}", {shown}, {"false, 0" if value is None else f"true, {value}"}}},')
    print('};\n/* clang-format on */')


main()
