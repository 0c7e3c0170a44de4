/* walk.c - see walk.h. */
#include "gen/walk.h"

#include <string.h>

#include "base/bytes.h"
#include "gen/token.h"

#define RUN_MIN 2 /* words copied before a jump at a frequent word */
#define RUN_MAX 5 /* words copied before a jump elsewhere */
#define TRIES 8   /* at a place that fits */
#define PICKS 3   /* of a place where no jump has ended yet, in one article */
#define TITLE_WORDS 9
#define LANDED_SHIFT 20 /* of a 32-bit hash */
#define LANDED_BITS 4096
#define SENTENCE_MAX 24 /* bytes at a text's end that are looked at for the end of a sentence */

struct walk {
    const struct wp_gen_topic *topic;
    struct wp_random *r;
    struct wp_buffer *out;
    uint32_t source, token, from;      /* where it stands; the first token that is not copied yet */
    uint32_t inside;                   /* 1 = in a quotation, as far as is known */
    uint64_t landed[LANDED_BITS / 64]; /* where jumps have ended, folded: a text should not run in circles */
};

/* Whether a jump has ended at this place before; remembers it. */
static bool has_landed(struct walk *w, uint32_t source, uint32_t token) {
    uint32_t bit = ((source * 0x9e3779b1u + token * 0x85ebca6bu) >> LANDED_SHIFT);
    bool before = w->landed[bit / 64] >> (bit % 64) & 1;
    w->landed[bit / 64] |= (uint64_t)1 << (bit % 64);
    return before;
}

static bool is_taken(const struct wp_gen_topic *topic, uint32_t count, uint32_t index) {
    for (uint32_t i = 0; i < count; i++)
        if (topic->index[i] == index) return true;
    return false;
}

void wp_gen_topic_pick(struct wp_gen_topic *topic, const struct wp_gen_base *base, struct wp_random *r) {
    for (uint32_t i = 0; i < WP_GEN_SOURCES; i++) {
        uint32_t index = wp_random_below(r, base->articles);
        while (is_taken(topic, i, index)) index = (index + 1) % (uint32_t)base->articles;
        topic->index[i] = index;
    }
    for (uint32_t i = 0; i < WP_GEN_SOURCES; i++) topic->source[i] = wp_gen_base_get(base, topic->index[i]);
    for (uint32_t i = 0; i < WP_GEN_SOURCES; i++) {
        const uint8_t *at = (const uint8_t *)topic->source[i].first;
        const uint8_t *end = topic->source[i].text + topic->source[i].bytes;
        for (; at < end; at += 64) __builtin_prefetch(at);
    }
    for (uint8_t d = 0; d < 10; d++) topic->digit[d] = d;
    for (uint32_t d = 9; d > 1; d--) {
        uint32_t other = 1 + wp_random_below(r, d);
        uint8_t was = topic->digit[d];
        topic->digit[d] = topic->digit[other];
        topic->digit[other] = was;
    }
}

/* Copies what the walk has passed and stands at the same place still. Runs are short and their lengths not to
 * be foreseen, so 32 bytes are copied at a time, beyond the run's end, where both sides have room. */
static inline enum wp_status copy_run(struct walk *w) {
    const struct wp_gen_article *a = &w->topic->source[w->source];
    size_t start = a->start[w->from], len = a->start[w->token] - start;
    if (w->out->cap - w->out->len < len + WP_GEN_BASE_PADDING)
        WP_TRY(wp_buffer_reserve(w->out, len + WP_GEN_BASE_PADDING, WP_GEN_TEXT_MAX));
    uint8_t *to = w->out->data + w->out->len;
    for (size_t i = 0; i < len; i += WP_GEN_BASE_PADDING)
        memcpy(to + i, a->text + start + i, WP_GEN_BASE_PADDING);
    w->out->len += len;
    w->from = w->token;
    return WP_OK;
}

static void stand(struct walk *w, uint32_t source, uint32_t token) {
    w->source = source;
    w->token = w->from = token;
}

/* Another source than the present one. */
static uint32_t other_source(struct walk *w) {
    uint32_t step = 1 + wp_random_below(w->r, WP_GEN_SOURCES - 1);
    return (w->source + step) % WP_GEN_SOURCES;
}

/* A token of source `source` behind one with this key, where no jump has ended; false when none is found. */
static bool find_equal(struct walk *w, uint32_t source, uint32_t key, uint32_t *token) {
    const struct wp_gen_article *a = &w->topic->source[source];
    uint32_t first = a->first[key], count = a->first[key + 1] - first;
    for (uint32_t i = 0; i < PICKS && count; i++) {
        *token = a->jump[first + wp_random_below(w->r, count)] + 1u;
        if (*token < a->tokens && !has_landed(w, source, *token)) return true;
    }
    return false;
}

/* Goes on behind the same word somewhere else; stays when no other source has it. */
static enum wp_status jump_equal(struct walk *w, uint32_t key) {
    uint32_t source = other_source(w), token;
    for (uint32_t i = 0; i < WP_GEN_SOURCES; i++, source = (source + 1) % WP_GEN_SOURCES) {
        if (source == w->source || !find_equal(w, source, key, &token)) continue;
        WP_TRY(copy_run(w));
        stand(w, source, token);
        return WP_OK;
    }
    return WP_OK;
}

/* Goes on with any frequent word of another source, inside or outside quotations as wanted. */
static enum wp_status jump_anywhere(struct walk *w, uint32_t inside) {
    for (int i = 0; i < TRIES; i++) {
        uint32_t source = other_source(w);
        const struct wp_gen_article *a = &w->topic->source[source];
        if (!a->jumps) continue;
        uint32_t token = a->jump[wp_random_below(w->r, a->jumps)];
        if (((a->key[token] - 1u) & 1) != inside || has_landed(w, source, token)) continue;
        WP_TRY(copy_run(w));
        stand(w, source, token);
        return WP_OK;
    }
    return WP_OK;
}

/* Goes on at the beginning of another article, behind a paragraph's end. */
static enum wp_status jump_start(struct walk *w) {
    WP_TRY(copy_run(w));
    WP_TRY(wp_buffer_add(w->out, "\n\n", 2));
    stand(w, other_source(w), 0);
    return WP_OK;
}

/* 0 inside a sentence, 1 behind one, 2 behind a paragraph: judged by what stands behind the last word. */
static int ending(const struct walk *w) {
    const struct wp_gen_article *a = &w->topic->source[w->source];
    const uint8_t *p = a->text + a->start[w->token], *from = a->text + a->start[w->token - 1];
    if (p - from > SENTENCE_MAX) from = p - SENTENCE_MAX;
    if (p - from >= 2 && p[-1] == '\n') return 2;
    while (p > from && (p[-1] == ' ' || p[-1] >= 0x80 || p[-1] == '"')) p--;
    return p > from && (p[-1] == '.' || p[-1] == '?' || p[-1] == '!');
}

static bool is_year(const uint8_t *p) {
    return (p[0] == '2' && p[1] == '0') || (p[0] == '1' && p[1] == '9');
}

/* True when there may be a digit among eight bytes: all of ASCII's have 0x30 in their upper half. */
static bool may_have_digit(uint64_t v) {
    const uint64_t ones = 0x0101010101010101u;
    uint64_t x = (v & ones * 0xf0) ^ ones * 0x30;
    return ((x - ones) & ~x & ones * 0x80) != 0;
}

static void change_digits(const struct wp_gen_topic *topic, uint8_t *p, const uint8_t *end) {
    while (p < end) {
        while (end - p >= 8 && !may_have_digit(wp_load64(p))) p += 8;
        while (p < end && (*p < '0' || *p > '9')) {
            p++;
            if (end - p >= 8 && !may_have_digit(wp_load64(p))) p += 8;
        }
        uint8_t *from = p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p - from == 4 && is_year(from)) continue;
        for (uint8_t *d = from; d < p; d++) *d = (uint8_t)('0' + topic->digit[*d - '0']);
    }
}

static void trim_end(struct wp_buffer *out, size_t from) {
    while (out->len > from && out->data[out->len - 1] <= ' ') out->len--;
}

/* Behind the first end of a sentence that follows a place chosen at random; the beginning if there is none.
 */
static void stand_anywhere(struct walk *w) {
    uint32_t source = wp_random_below(w->r, WP_GEN_SOURCES);
    uint32_t tokens = w->topic->source[source].tokens, token = 1 + wp_random_below(w->r, tokens / 2);
    for (stand(w, source, token); token < tokens && !ending(w);) stand(w, source, ++token);
    if (token >= tokens) stand(w, source, 0);
}

/* How many tokens to pass before the next jump, and the key of the last of them (0 = none): a frequent word
 * as the second or a later one, else RUN_MAX or so tokens, up to one that only a space follows. */
static uint32_t next_run(const struct walk *w, uint32_t *key) {
    const struct wp_gen_article *a = &w->topic->source[w->source];
    uint32_t left = a->tokens - w->token, n = RUN_MAX;
    uint64_t keys = wp_load64(a->key + w->token) & (((uint64_t)1 << 8 * RUN_MAX) - 1) & ~(uint64_t)0xff;
    if (keys) n = (uint32_t)__builtin_ctzll(keys) / 8 + 1;
    while (n < left && !keys && a->text[a->start[w->token + n] - 1] != ' ') n++;
    if (n > left) n = left;
    *key = a->key[w->token + n - 1];
    return n;
}

/* One run and the jump behind it. */
static inline enum wp_status step(struct walk *w, uint32_t *done) {
    const struct wp_gen_article *a = &w->topic->source[w->source];
    uint32_t key, run = next_run(w, &key), before = w->from;
    if (a->key[w->token]) w->inside = (a->key[w->token] - 1u) & 1;
    w->token += run;
    *done += run;
    if (w->token >= a->tokens) {
        w->inside = 0;
        return jump_start(w);
    }
    if (key) {
        w->inside = (key - 1) & 1;
        WP_TRY(jump_equal(w, key - 1));
        if (w->from != before) return WP_OK;
    }
    return jump_anywhere(w, w->inside);
}

/* Whether only a space follows the last word passed. */
static bool is_open(const struct walk *w) {
    const struct wp_gen_article *a = &w->topic->source[w->source];
    return a->text[a->start[w->token] - 1] == ' ';
}

/* Token by token, until the text may end. */
static enum wp_status go_to_end(struct walk *w, uint32_t words, uint32_t done) {
    for (uint32_t run = 1;; run++) {
        const struct wp_gen_article *a = &w->topic->source[w->source];
        uint32_t key = a->key[w->token++], before = w->from;
        if (++done >= words) {
            int end = ending(w);
            if (end == 2 || (end == 1 && done >= words + words / 4) || done >= 2 * words + 20)
                return copy_run(w);
        }
        if (key) w->inside = (key - 1) & 1;
        if (w->token >= a->tokens)
            WP_TRY(jump_start(w));
        else if (key && run >= RUN_MIN)
            WP_TRY(jump_equal(w, key - 1));
        else if (run >= RUN_MAX && is_open(w))
            WP_TRY(jump_anywhere(w, w->inside));
        if (w->from != before) run = 0;
    }
}

/* The walk itself, from where `w` stands: in runs, as long as it cannot end. */
static enum wp_status go(struct walk *w, uint32_t words) {
    uint32_t done = 0;
    while (done + 2 * RUN_MAX < words) WP_TRY(step(w, &done));
    return go_to_end(w, words, done);
}

static enum wp_status walk_from(struct walk *w, uint32_t words) {
    size_t begin = w->out->len;
    WP_TRY(go(w, words));
    trim_end(w->out, begin);
    change_digits(w->topic, w->out->data + begin, w->out->data + w->out->len);
    return WP_OK;
}

enum wp_status wp_gen_walk(const struct wp_gen_topic *topic, struct wp_random *r, uint32_t words,
                           struct wp_buffer *out) {
    struct walk w = {.topic = topic, .r = r, .out = out};
    return walk_from(&w, words);
}

enum wp_status wp_gen_walk_more(const struct wp_gen_topic *topic, struct wp_random *r, uint32_t words,
                                struct wp_buffer *out) {
    struct walk w = {.topic = topic, .r = r, .out = out};
    stand_anywhere(&w);
    return walk_from(&w, words);
}

/* The end of the first or the start of the last part of a title: between two words near its middle. */
static size_t middle(const uint8_t *p, size_t len) {
    size_t at = len / 2;
    while (at < len && p[at] != ' ') at++;
    return at;
}

/* For a base without titles: the first words of an article. */
static enum wp_status title_from_text(const struct wp_gen_base *base, struct wp_random *r,
                                      struct wp_buffer *out) {
    struct wp_gen_article a = wp_gen_base_get(base, wp_random_below(r, base->articles));
    uint32_t token = 0;
    while (token < a.tokens && token < TITLE_WORDS && !memchr(a.text, '\n', a.start[token + 1])) token++;
    if (!token) return wp_buffer_add(out, "Untitled", 8);
    size_t before = out->len;
    WP_TRY(wp_buffer_add(out, a.text, a.start[token]));
    trim_end(out, before);
    return WP_OK;
}

enum wp_status wp_gen_title(const struct wp_gen_base *base, struct wp_random *r, struct wp_buffer *out) {
    size_t a_len, b_len, before = out->len;
    const uint8_t *a = wp_gen_base_title(base, wp_random_below(r, base->articles), &a_len);
    const uint8_t *b = wp_gen_base_title(base, wp_random_below(r, base->articles), &b_len);
    size_t cut = middle(b, b_len);
    WP_TRY(wp_buffer_add(out, a, middle(a, a_len)));
    WP_TRY(wp_buffer_add(out, b + cut, b_len - cut));
    return out->len == before ? title_from_text(base, r, out) : WP_OK;
}
