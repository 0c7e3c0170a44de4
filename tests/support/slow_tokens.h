/*
 * slow_tokens.h - the token stream of a text, by the definition, slowly: what the kernels are held against.
 *
 * The whole text goes through utf8proc's own whole-string calls, NFKC, then case folding, then NFKC again,
 * with a space for every byte that is no part of a well-formed sequence; then each code point is classified
 * by its category. No segments, no tables, no fast paths, and none of src/text is used.
 */
#ifndef WP_TESTS_SLOW_TOKENS_H
#define WP_TESTS_SLOW_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct slow_tokens {
    uint8_t *text; /* tokens, one space behind each */
    size_t len, count, alone;
};

static void slow_require(bool truth) {
    if (!truth) abort();
}

/* Length of the well-formed sequence at s (RFC 3629's table), 0 when there is none. */
static size_t slow_sequence(const uint8_t *s, size_t left) {
    static const struct {
        uint8_t first, last, low, high, len; /* of the first byte; of the second byte */
    } rows[] = {{0x00, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
                {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
                {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (*s < rows[i].first || *s > rows[i].last) continue;
        if (rows[i].len == 1) return 1;
        if (left < rows[i].len || s[1] < rows[i].low || s[1] > rows[i].high) return 0;
        for (size_t k = 2; k < rows[i].len; k++)
            if (s[k] < 0x80 || s[k] > 0xbf) return 0;
        return rows[i].len;
    }
    return 0;
}

static const uint8_t *slow_find(const uint8_t *text, size_t len, const char *what) {
    size_t n = strlen(what);
    for (size_t i = 1; i + n <= len; i++)
        if (memcmp(text + i, what, n) == 0) return text + i;
    return text + len;
}

/* utf8proc 2.8 swallows U+11A7 behind a Hangul syllable, as if it were the first of the finals (UAX #15: they
 * begin at U+11A8). It composes with nothing, so the text is mapped in parts that end before each. */
static uint8_t *slow_map(uint8_t *text, size_t *len, utf8proc_option_t options) {
    uint8_t *whole = malloc(1);
    size_t at = 0, made = 0;
    while (at < *len) {
        const uint8_t *end = slow_find(text + at, *len - at, "\xe1\x86\xa7");
        uint8_t *mapped;
        utf8proc_ssize_t n = utf8proc_map(text + at, end - (text + at), &mapped, options);
        slow_require(n >= 0);
        whole = realloc(whole, made + (size_t)n + 1);
        slow_require(whole != NULL);
        memcpy(whole + made, mapped, (size_t)n);
        free(mapped);
        made += (size_t)n;
        at = (size_t)(end - text);
    }
    free(text);
    *len = made;
    return whole;
}

static uint8_t *slow_normal(const uint8_t *in, size_t *len) {
    const utf8proc_option_t nfkc = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE;
    uint8_t *text = malloc(*len + 1);
    slow_require(text != NULL);
    for (size_t i = 0; i < *len;) {
        size_t n = slow_sequence(in + i, *len - i);
        if (n)
            memcpy(text + i, in + i, n);
        else
            text[i] = ' ';
        i += n ? n : 1;
    }
    text = slow_map(text, len, nfkc);
    text = slow_map(text, len, UTF8PROC_CASEFOLD);
    return slow_map(text, len, nfkc);
}

static bool slow_is_alone(int32_t c) {
    static const int32_t ranges[][2] = {{0x0e00, 0x0eff}, {0x1000, 0x109f},  {0x1780, 0x17ff},
                                        {0x3040, 0x30ff}, {0x3400, 0x4dbf},  {0x4e00, 0x9fff},
                                        {0xf900, 0xfaff}, {0x20000, 0x3ffff}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

static void slow_space(struct slow_tokens *t) {
    if (t->len && t->text[t->len - 1] != ' ') t->text[t->len++] = ' ';
}

/* The caller frees ->text. */
static struct slow_tokens slow_tokens(const uint8_t *in, size_t len) {
    uint8_t *normal = slow_normal(in, &len);
    struct slow_tokens t = {.text = malloc(len * 2 + 2)};
    slow_require(t.text != NULL);
    for (size_t i = 0; i < len;) {
        int32_t c;
        utf8proc_ssize_t n = utf8proc_iterate(normal + i, (utf8proc_ssize_t)(len - i), &c);
        slow_require(n > 0);
        const char *category = utf8proc_category_string(c);
        bool vanishes = category[0] == 'C' && category[1] == 'f' && c != 0x200b;
        bool word = category[0] == 'L' || category[0] == 'N' || category[0] == 'M';
        bool alone = word && slow_is_alone(c);
        if (!vanishes && (!word || alone)) slow_space(&t);
        if (word) {
            memcpy(t.text + t.len, normal + i, (size_t)n);
            t.len += (size_t)n;
        }
        if (alone) slow_space(&t);
        t.alone += alone;
        i += (size_t)n;
    }
    slow_space(&t);
    for (size_t i = 0; i < t.len; i++) t.count += t.text[i] == ' ';
    free(normal);
    return t;
}

#endif
