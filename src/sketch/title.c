/* title.c - see title.h. */
#include "sketch/title.h"

#include <string.h>
#include "base/hash.h"

enum { WORD_BYTES_MIN = 4, URL_LETTERS_MIN = 8 };

/* A token of a script without spaces is one character of two to four bytes, and short. */
static bool is_alone(const uint8_t *token, size_t len) {
    return token[0] >= 0xe0 && len <= 4;
}

/* The hash of the word that begins at token i, or 0 when none does. */
static uint16_t word_at(const struct wp_tokens *t, size_t i, size_t count) {
    const uint8_t *token = t->text + t->starts[i];
    size_t len = t->starts[i + 1] - t->starts[i] - 1;
    if (is_alone(token, len)) {
        if (i + 1 >= count) return 0;
        const uint8_t *next = t->text + t->starts[i + 1];
        size_t next_len = t->starts[i + 2] - t->starts[i + 1] - 1;
        if (!is_alone(next, next_len)) return 0;
        len += 1 + next_len;
    } else if (len < WORD_BYTES_MIN || (token[0] >= '0' && token[0] <= '9')) {
        return 0;
    }
    uint16_t hash = (uint16_t)wp_hash64(token, len);
    return hash ? hash : 1;
}

/* Puts a hash into its place among the lowest ones. */
static void insert(struct wp_title *title, unsigned *count, uint16_t hash) {
    unsigned at = 0;
    while (at < *count && title->words[at] < hash) at++;
    if (at == WP_TITLE_WORDS || (at < *count && title->words[at] == hash)) return;
    unsigned kept = *count < WP_TITLE_WORDS ? *count : WP_TITLE_WORDS - 1;
    memmove(title->words + at + 1, title->words + at, (kept - at) * sizeof *title->words);
    title->words[at] = hash;
    *count = kept + 1;
}

void wp_title_take(struct wp_title *title, const struct wp_tokens *tokens, size_t count) {
    unsigned words = 0;
    *title = (struct wp_title){0};
    if (count > tokens->count) count = tokens->count;
    for (size_t i = 0; i < count; i++) {
        uint16_t hash = word_at(tokens, i, count);
        if (hash) insert(title, &words, hash);
    }
}

static bool is_letter(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80 || c == '%';
}

/* Where the path begins: behind "scheme://host", or at the start of what has no scheme. */
static size_t path_start(const uint8_t *url, size_t end) {
    size_t i = 0;
    while (i < end && url[i] != ':' && url[i] != '/') i++;
    if (i + 2 >= end || url[i] != ':' || url[i + 1] != '/' || url[i + 2] != '/') return 0;
    for (i += 3; i < end && url[i] != '/'; i++) {
    }
    return i;
}

/* "index.html" and the like name no article. */
static bool is_index(const uint8_t *part, size_t len) {
    return len >= 5 && memcmp(part, "index", 5) == 0 && (len == 5 || part[5] == '.');
}

const uint8_t *wp_title_in_url(const uint8_t *url, size_t url_len, size_t *len) {
    size_t end = 0, letters = 0;
    while (end < url_len && url[end] != '?' && url[end] != '#') end++;
    for (size_t start = path_start(url, end), i = end; i-- > start;) {
        if (url[i] != '/') {
            letters += is_letter(url[i]);
            continue;
        }
        *len = end - i - 1;
        if (letters >= URL_LETTERS_MIN && !is_index(url + i + 1, *len)) return url + i + 1;
        end = i;
        letters = 0;
    }
    *len = 0;
    return url;
}

bool wp_titles_alike(const struct wp_title *a, const struct wp_title *b) {
    unsigned i = 0, j = 0, common = 0;
    while (i < WP_TITLE_WORDS && j < WP_TITLE_WORDS && a->words[i] && b->words[j]) {
        uint16_t x = a->words[i], y = b->words[j];
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    while (i < WP_TITLE_WORDS && a->words[i]) i++;
    while (j < WP_TITLE_WORDS && b->words[j]) j++;
    return 3 * common >= (i < j ? i : j);
}

bool wp_title_spoken(const struct wp_title *title, const struct wp_tokens *text) {
    unsigned words = 0, spoken = 0;
    bool seen[WP_TITLE_WORDS] = {false};
    if (!wp_title_known(title) || text->count > WP_TITLE_SPOKEN_TOKENS) return true;
    while (words < WP_TITLE_WORDS && title->words[words]) words++;
    for (size_t i = 0; i < text->count; i++) {
        uint16_t hash = word_at(text, i, text->count);
        for (unsigned w = 0; hash && w < words; w++) {
            if (title->words[w] != hash || seen[w]) continue;
            seen[w] = true;
            spoken++;
        }
    }
    return 3 * spoken >= words;
}

bool wp_titles_apart_add(struct wp_titles_apart *apart, const struct wp_title *title) {
    if (apart->count == WP_TITLES_APART_MAX || !wp_title_known(title)) return false;
    for (unsigned i = 0; i < apart->count; i++)
        if (wp_titles_alike(&apart->items[i], title)) return false;
    apart->items[apart->count++] = *title;
    return true;
}
