/*
 * fuzz_date.c - any bytes as a date, and as "FORMAT\nDATE". What is understood lies in the years 1 to 9999,
 * give or take a time zone, and is understood the same way with white space around it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "input/date.h"

/* 0001-01-01 and 9999-12-31 with a day to spare. */
#define FIRST (-62135596800 - 90000)
#define LAST (253402300800 + 90000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth) {
    if (!truth) abort();
}

static void try_date(const char *text, size_t len, const char *format) {
    int64_t seconds = 0, again = 0;
    bool understood = wp_date_parse(text, len, format, &seconds);
    if (!understood) return;
    require(seconds >= FIRST && seconds <= LAST);
    char padded[200];
    require(len <= sizeof padded - 2);
    padded[0] = ' ';
    memcpy(padded + 1, text, len);
    padded[len + 1] = '\n';
    if (len + 2 <= 128) require(wp_date_parse(padded, len + 2, format, &again) && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    try_date(text, size, NULL);
    const char *newline = size ? memchr(text, '\n', size) : NULL;
    if (!newline) return 0;
    size_t n = (size_t)(newline - text);
    char *format = malloc(n + 1);
    require(format != NULL);
    memcpy(format, text, n);
    format[n] = 0;
    (void)wp_date_format_valid(format);
    try_date(newline + 1, size - n - 1, format);
    free(format);
    return 0;
}
