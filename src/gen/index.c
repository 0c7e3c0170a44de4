/*
 * index.c - makes a base walkable: finds its frequent words and packs each article; see base.h.
 *
 * Which words are frequent is counted, not listed, so any language that puts spaces between words works, and
 * Chinese and Japanese by their characters. Ties are broken by bytes: the index depends on the base alone.
 */
#include "gen/base.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "gen/token.h"

#define COUNT_BYTES_MAX ((size_t)32 << 20) /* of base text from which words are counted */
#define COUNT_CELLS ((size_t)1 << 17)      /* words beyond 3/4 of it are not counted: they are rare */
#define KEY_WORD_MAX 15                    /* bytes */
#define ARTICLES_MIN 8
#define TOKENS_MAX 30000

struct cell {
    uint32_t count;
    uint8_t len, rank;
    uint8_t word[KEY_WORD_MAX];
};

struct words {
    struct cell *cells;
    size_t used;
};

static struct cell *find_cell(struct words *w, const uint8_t *word, size_t len) {
    size_t at = wp_hash64(word, len) & (COUNT_CELLS - 1);
    while (w->cells[at].len && (w->cells[at].len != len || memcmp(w->cells[at].word, word, len) != 0))
        at = (at + 1) & (COUNT_CELLS - 1);
    return &w->cells[at];
}

/* Whether a walk may jump behind the word at p..end, the next word being at `next`. */
static bool can_jump(const uint8_t *p, const uint8_t *end, const uint8_t *next) {
    if (end - p > KEY_WORD_MAX) return false;
    if (next - end == 1) return *end == ' ' && (*p < '0' || *p > '9');
    return next == end && *p >= 0xe3 && *p <= 0xe9;
}

static void count_words(struct words *w, const uint8_t *p, const uint8_t *text_end) {
    p = wp_gen_word_next(p, text_end);
    while (p < text_end) {
        const uint8_t *end = wp_gen_word_end(p, text_end), *next = wp_gen_word_next(end, text_end);
        if (can_jump(p, end, next)) {
            struct cell *c = find_cell(w, p, (size_t)(end - p));
            if (!c->len && w->used < COUNT_CELLS / 4 * 3) {
                c->len = (uint8_t)(end - p);
                memcpy(c->word, p, (size_t)(end - p));
                w->used++;
            }
            if (c->len) c->count++;
        }
        p = next;
    }
}

static int by_count(const void *a, const void *b) {
    const struct cell *x = *(struct cell *const *)a, *y = *(struct cell *const *)b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    int order = memcmp(x->word, y->word, KEY_WORD_MAX);
    return order ? order : x->len - y->len;
}

/* Gives the most frequent words their rank, counted from 1. */
static enum wp_status rank_words(struct words *w) {
    struct cell **list = wp_alloc(w->used + 1, sizeof(struct cell *));
    size_t n = 0;
    if (!list) return WP_ENOMEM;
    for (size_t i = 0; i < COUNT_CELLS; i++)
        if (w->cells[i].len) list[n++] = &w->cells[i];
    qsort(list, n, sizeof *list, by_count);
    for (size_t i = 0; i < n && i < WP_GEN_KEY_WORDS; i++) list[i]->rank = (uint8_t)(i + 1);
    wp_free(list);
    return WP_OK;
}

/* Follows quotation marks through what stands between two words; a paragraph's end closes them. */
static bool quote_after(bool inside, const uint8_t *p, const uint8_t *end) {
    for (; p < end; p++) {
        if (*p == '\n') inside = false;
        if (*p == '"') inside = !inside;
        if (*p == 0xe2 && end - p >= 3 && p[1] == 0x80 && p[2] == 0x9c) inside = true;
        if (*p == 0xe2 && end - p >= 3 && p[1] == 0x80 && p[2] == 0x9d) inside = false;
    }
    return inside;
}

/* One article while it is packed. */
struct packing {
    uint16_t start[TOKENS_MAX + 1], jump[TOKENS_MAX], first[WP_GEN_KEYS + 2];
    uint8_t key[TOKENS_MAX];
    uint32_t tokens, jumps;
};

static void cut(struct packing *k, struct words *w, const uint8_t *text, size_t bytes) {
    const uint8_t *p = text, *text_end = text + bytes;
    bool inside = false;
    k->tokens = 0;
    const uint8_t *word = wp_gen_word_next(p, text_end);
    inside = quote_after(false, p, word);
    while (word < text_end && k->tokens < TOKENS_MAX) {
        const uint8_t *end = wp_gen_word_end(word, text_end), *next = wp_gen_word_next(end, text_end);
        uint8_t rank = can_jump(word, end, next) ? find_cell(w, word, (size_t)(end - word))->rank : 0;
        inside = quote_after(inside, end, next);
        k->start[k->tokens] = (uint16_t)(p - text);
        k->key[k->tokens++] = (uint8_t)(rank ? 2 * (rank - 1) + inside + 1 : 0);
        p = word = next;
    }
    k->start[k->tokens] = (uint16_t)(p - text);
}

/* Counting sort of the tokens that have a key. */
static void sort_jumps(struct packing *k) {
    memset(k->first, 0, sizeof k->first);
    for (uint32_t t = 0; t < k->tokens; t++) k->first[k->key[t] ? k->key[t] + 1 : 0]++;
    k->jumps = k->tokens - k->first[0];
    k->first[0] = k->first[1] = 0;
    for (size_t i = 2; i < WP_GEN_KEYS + 2; i++) k->first[i] = (uint16_t)(k->first[i] + k->first[i - 1]);
    for (uint32_t t = 0; t < k->tokens; t++)
        if (k->key[t]) k->jump[k->first[k->key[t]]++] = (uint16_t)t;
}

static size_t packed_size(uint32_t tokens, uint32_t jumps, size_t bytes) {
    size_t numbers = WP_GEN_KEYS + 1 + jumps + tokens + 1;
    return (numbers * 2 + tokens + bytes + WP_GEN_BASE_PADDING + 63) & ~(size_t)63;
}

struct wp_gen_article wp_gen_base_get(const struct wp_gen_base *base, size_t i) {
    struct wp_gen_article a;
    const struct wp_gen_place *place = &base->place[i];
    a.tokens = place->tokens;
    a.jumps = place->jumps;
    a.bytes = place->bytes;
    a.first = (const uint16_t *)(const void *)(base->packed.data + place->at);
    a.jump = a.first + WP_GEN_KEYS + 1;
    a.start = a.jump + a.jumps;
    a.key = (const uint8_t *)(a.start + a.tokens + 1);
    a.text = a.key + a.tokens;
    return a;
}

static uint8_t *put(uint8_t *at, const void *data, size_t bytes) {
    memcpy(at, data, bytes);
    return at + bytes;
}

static enum wp_status pack(struct wp_gen_base *base, const struct packing *k, const uint8_t *text) {
    size_t bytes = k->start[k->tokens], size = packed_size(k->tokens, k->jumps, bytes);
    WP_TRY(wp_buffer_reserve(&base->packed, size, SIZE_MAX));
    uint8_t *at = base->packed.data + base->packed.len;
    memset(at, 0, size);
    base->place[base->articles++] =
        (struct wp_gen_place){base->packed.len, k->tokens, k->jumps, (uint32_t)bytes};
    base->packed.len += size;
    at = put(at, k->first, 2 * (WP_GEN_KEYS + 1)); /* sort_jumps left in each where the next key begins */
    at = put(at, k->jump, 2 * (size_t)k->jumps);
    at = put(at, k->start, 2 * ((size_t)k->tokens + 1));
    at = put(at, k->key, k->tokens);
    put(at, text, bytes);
    return WP_OK;
}

static enum wp_status pack_all(struct wp_gen_base *base, struct words *w) {
    struct packing *k = wp_alloc(1, sizeof *k);
    enum wp_status status = k ? WP_OK : WP_ENOMEM;
    for (size_t i = 0; i < base->count && status == WP_OK; i++) {
        size_t start = i ? base->text_end[i - 1] : 0;
        const uint8_t *text = base->text.data + start;
        cut(k, w, text, base->text_end[i] - start);
        sort_jumps(k);
        status = pack(base, k, text);
    }
    wp_free(k);
    return status;
}

enum wp_status wp_gen_base_finish(struct wp_gen_base *base, struct wp_error *err) {
    struct words w = {wp_zalloc(COUNT_CELLS, sizeof(struct cell)), 0};
    enum wp_status status = w.cells ? WP_OK : WP_ENOMEM;
    size_t counted = base->text.len < COUNT_BYTES_MAX ? base->text.len : COUNT_BYTES_MAX;
    if (base->count < ARTICLES_MIN) {
        wp_free(w.cells);
        return wp_fail(err, WP_EINVAL, "the base has %zu usable articles; at least %d are needed",
                       base->count, ARTICLES_MIN);
    }
    base->place = wp_zalloc(base->count, sizeof *base->place);
    if (!base->place) status = WP_ENOMEM;
    if (status == WP_OK) {
        count_words(&w, base->text.data, base->text.data + counted);
        status = rank_words(&w);
    }
    if (status == WP_OK) status = pack_all(base, &w);
    wp_free(w.cells);
    wp_buffer_release(&base->text);
    wp_free(base->seen);
    base->seen = NULL;
    return status == WP_OK ? WP_OK : wp_fail(err, status, "indexing the base: %s", wp_status_text(status));
}
