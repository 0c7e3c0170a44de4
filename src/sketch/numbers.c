/* numbers.c - see numbers.h. */
#include "sketch/numbers.h"

#include <stdbool.h>
#include <string.h>
#include "base/hash.h"
#include "base/sort.h"
#include "sketch/scheme.h"
#include "text/unicode.h"

enum { COUNT_MAX = 65535, SHORT_LIST = 64 };

/* The lead bytes that a decimal digit outside ASCII may have: d9 db df e0 e1 ea ef f0. */
static bool may_be_digit(uint8_t lead) {
    return lead == 0xd9 || lead == 0xdb || lead == 0xdf || lead == 0xe0 || lead == 0xe1 || lead == 0xea ||
           lead == 0xef || lead == 0xf0;
}

static bool is_wide_digit(const struct wp_unicode *u, const uint8_t *text, size_t len) {
    uint32_t c;
    return wp_utf8_decode(text, len, &c) && (wp_unicode_entry(u, c) & WP_CHAR_DIGIT);
}

static size_t sort_distinct(uint64_t *ids, uint64_t *spare, size_t count) {
    const uint64_t *sorted = ids;
    if (count > SHORT_LIST) {
        sorted = wp_sort64(ids, spare, count);
    } else {
        for (size_t i = 1; i < count; i++) {
            uint64_t v = ids[i];
            size_t j = i;
            for (; j > 0 && ids[j - 1] > v; j--) ids[j] = ids[j - 1];
            ids[j] = v;
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || sorted[i] != sorted[i - 1]) ids[n++] = sorted[i];
    return n;
}

uint16_t wp_numbers_find(const struct wp_tokens *tokens, uint64_t *scratch, uint32_t *lowest) {
    const struct wp_unicode *u = wp_unicode_get();
    const uint32_t *starts = tokens->starts;
    const uint8_t *text = tokens->text;
    size_t count = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        uint8_t lead = text[starts[i]];
        size_t len = starts[i + 1] - starts[i] - 1;
        if (lead < 0x80 ? (uint8_t)(lead - '0') > 9
                        : !may_be_digit(lead) || !is_wide_digit(u, text + starts[i], len))
            continue;
        scratch[count++] = (uint32_t)wp_hash64(text + starts[i], len);
    }
    size_t n = sort_distinct(scratch, scratch + count, count);
    memset(lowest, 0, WP_NUMBERS_MAX * sizeof *lowest);
    for (size_t i = 0; i < n && i < WP_NUMBERS_MAX; i++) lowest[i] = (uint32_t)scratch[i];
    return (uint16_t)(n < COUNT_MAX ? n : COUNT_MAX);
}
