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

/* Eight numbers, ascending; they are hashes less one, so that behind them there are the largest. */
typedef uint16_t words8 __attribute__((vector_size(16)));

/* a where the mask is set, else b. */
static inline words8 choose(words8 mask, words8 a, words8 b) {
    return (a & mask) | (b & ~mask);
}

/* Puts a number into its place among the lowest ones: each lane takes the number, or what was before it if
 * that is higher, unless what it has is lower. Nothing is guessed. */
static inline words8 insert(words8 lowest, uint16_t number) {
    words8 all = (words8){0} + number;
    words8 before = __builtin_shufflevector((words8){0}, lowest, 0, 8, 9, 10, 11, 12, 13, 14);
    words8 same = (words8)(lowest == all), moved = choose((words8)(before > all), before, all);
    uint64_t halves[2];
    memcpy(halves, &same, sizeof halves);
    if (halves[0] | halves[1]) return lowest;
    return choose((words8)(lowest < moved), lowest, moved);
}

void wp_title_take(struct wp_title *title, const struct wp_tokens *tokens, size_t count) {
    words8 lowest = {0};
    lowest -= 1;
    if (count > tokens->count) count = tokens->count;
    for (size_t i = 0; i < count; i++) {
        uint16_t hash = word_at(tokens, i, count);
        if (hash) lowest = insert(lowest, (uint16_t)(hash - 1));
    }
    lowest += 1;
    memcpy(title->words, &lowest, sizeof title->words);
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

/* How many of the lanes, each 0 or all ones, are set. */
static inline unsigned count_lanes(words8 lanes) {
    uint64_t halves[2];
    words8 ones = lanes & 1;
    memcpy(halves, &ones, sizeof halves);
    return (unsigned)((halves[0] + halves[1]) * 0x0001000100010001 >> 48);
}

/* Every word of one against every word of the other: walking down both lists guesses wrong at nearly every
 * step. */
bool wp_titles_alike(const struct wp_title *a, const struct wp_title *b) {
    words8 x, y, zero = {0}, common = {0};
    memcpy(&x, a->words, sizeof x);
    memcpy(&y, b->words, sizeof y);
    for (unsigned i = 0; i < WP_TITLE_WORDS; i++) common |= (words8)(x == b->words[i]);
    unsigned in_a = count_lanes((words8)(x != zero)), in_b = count_lanes((words8)(y != zero));
    return 3 * count_lanes(common & (words8)(x != zero)) >= (in_a < in_b ? in_a : in_b);
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
            if (3 * ++spoken >= words) return true;
        }
    }
    return false;
}

bool wp_titles_apart_add(struct wp_titles_apart *apart, const struct wp_title *title) {
    if (apart->count == WP_TITLES_APART_MAX || !wp_title_known(title)) return false;
    for (unsigned i = 0; i < apart->count; i++)
        if (wp_titles_alike(&apart->items[i], title)) return false;
    apart->items[apart->count++] = *title;
    return true;
}
