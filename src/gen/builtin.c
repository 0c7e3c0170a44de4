/*
 * builtin.c - a base without any file: articles of a fictional world, made of words.c by a small grammar.
 *
 * An article has two people, two towns and a handful of words of its own that come back, as in a real one.
 * They are only the stuff that walks are made of, so all dumps share the same built-in articles, whatever the
 * seed.
 */
#include <string.h>

#include "gen/base.h"
#include "gen/expand.h"
#include "gen/outlet.h"
#include "gen/random.h"
#include "gen/words.h"

#define USE_BUILTIN 0x6275696cu
#define ARTICLES 6000
#define WORDS_MIN 90
#define WORDS_SPREAD 330
#define DEPTH_MAX 12 /* gaps inside gaps */
#define FAVOURITES 8 /* items of a list that come back within an article */
#define TITLE_MAX 120
#define SENTENCE_MAX ((size_t)1 << 14)

struct author {
    struct wp_random r;
    uint32_t story; /* favourites depend on it */
    uint32_t depth;
    struct wp_buffer person[2], town[2];
    size_t surname[2]; /* where it begins */
};

/* A name of two or three syllables: thousands of them, as names are in news. */
static enum wp_status put_name(struct wp_random *r, struct wp_buffer *out) {
    static const char *const heads[] = {"Ba", "Ko", "Ve", "Ma", "Ri", "To", "Sha", "Ulu", "Pe", "Gro",
                                        "Da", "Ne", "Li", "Fo", "Hu", "Ya", "Ce",  "Wo",  "Ju", "Zi"};
    static const char *const middles[] = {"ra", "lo", "mi", "nde", "sta", "vo",
                                          "ke", "ri", "tu", "ba",  "shi", "go"};
    static const char *const tails[] = {"ndar", "sk",   "l",    "mond", "va",  "rik", "ne",
                                        "tto",  "ssen", "by",   "gha",  "low", "rin", "da",
                                        "mar",  "wick", "than", "s",    "no",  "berg"};
    WP_TRY(wp_gen_put(out, heads[wp_random_below(r, 20)]));
    if (wp_random_below(r, 2)) WP_TRY(wp_gen_put(out, middles[wp_random_below(r, 12)]));
    return wp_gen_put(out, tails[wp_random_below(r, 20)]);
}

static enum wp_status fill_gap(void *self, char letter, struct wp_buffer *out);

static enum wp_status put_pattern(struct author *a, const char *pattern, struct wp_buffer *out) {
    struct wp_gen_gaps gaps = {fill_gap, a};
    if (a->depth >= DEPTH_MAX || out->len > SENTENCE_MAX) return wp_gen_put(out, "it");
    a->depth++;
    enum wp_status status = wp_gen_expand(pattern, &gaps, out);
    a->depth--;
    return status;
}

/* An item of a list: half of the time one of the article's own few, else any, the first ones most often. */
static const char *draw(struct author *a, struct wp_gen_words_list list, char letter) {
    if (wp_random_below(&a->r, 100) < 30) {
        uint64_t which = wp_random_below(&a->r, FAVOURITES);
        uint64_t mixed = wp_random_mix((uint64_t)a->story << 16 | (uint64_t)(uint8_t)letter << 8 | which);
        return list.item[mixed % list.count];
    }
    uint32_t x = wp_random_below(&a->r, list.count), y = wp_random_below(&a->r, list.count);
    return list.item[x < y ? x : y];
}

/* Now and then two words where there might be one, which is where most of a language's variety comes from;
 * NULL for the plain list. */
static const char *draw_compound(struct author *a, char letter) {
    static const char *const bodies[] = {"the {z} Council",    "the {z} Society",   "the Bank of {z}",
                                         "{z} & {z}",          "the {z} Institute", "the mayor of {z}",
                                         "the village of {z}", "the {z} family"};
    uint32_t x = wp_random_below(&a->r, 100);
    if (letter == 'n' && x < 22) return x < 6 ? "{n} in {z}" : "{n} {n}";
    if (letter == 'N' && x < 25) return x < 6 ? "{N} of {z}" : "{n} {N}";
    if (letter == 'a' && x < 8) return "{a} and {a}";
    if (letter == 'o' && x < 30) return bodies[x % 8];
    if (letter == 'c' && x < 15) return x < 8 ? "{c} {b}" : "{c} {d}";
    return NULL;
}

static enum wp_status put_person(const struct author *a, int who, bool surname, struct wp_buffer *out) {
    size_t from = surname ? a->surname[who] : 0;
    return wp_buffer_add(out, a->person[who].data + from, a->person[who].len - from);
}

static enum wp_status fill_gap(void *self, char letter, struct wp_buffer *out) {
    static const char *const weekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
    struct author *a = self;
    switch (letter) {
    case 'p':
    case 'q': return put_person(a, letter == 'q', false, out);
    case 'P':
    case 'Q': return put_person(a, letter == 'Q', true, out);
    case 't': return wp_buffer_add(out, a->town[0].data, a->town[0].len);
    case 'T': return wp_buffer_add(out, a->town[1].data, a->town[1].len);
    case 'z': return put_name(&a->r, out);
    case 'w': return wp_gen_put(out, weekdays[wp_random_below(&a->r, 7)]);
    case 'm':
        WP_TRY(wp_gen_put(out, wp_gen_month_names[wp_random_below(&a->r, 12)]));
        WP_TRY(wp_gen_put(out, " "));
        return wp_gen_put_number(out, wp_random_between(&a->r, 1, 28), 0);
    case 'f': return wp_gen_put_number(out, wp_random_between(&a->r, 2, 90), 0);
    case 'y': return wp_gen_put_number(out, wp_random_between(&a->r, 1961, 2023), 0);
    case 'k':
        WP_TRY(wp_gen_put_number(out, wp_random_between(&a->r, 2, 950), 0));
        return wp_gen_put(out, wp_random_below(&a->r, 2) ? " million" : ",000");
    default: break;
    }
    const char *compound = draw_compound(a, letter);
    if (compound) return put_pattern(a, compound, out);
    struct wp_gen_words_list list = wp_gen_words_of(letter);
    return list.count ? put_pattern(a, draw(a, list, letter), out) : wp_gen_put(out, "?");
}

/* Makes the first letter at `from` a capital one, and those behind an opening quotation mark. */
static void capitalise(struct wp_buffer *b, size_t from) {
    bool wanted = true;
    for (size_t i = from; i < b->len; i++) {
        uint8_t *c = &b->data[i];
        if (*c == 0x9c) wanted = true;
        if (wanted && *c >= 'a' && *c <= 'z') *c &= 0xdf;
        if ((*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')) wanted = false;
    }
}

static enum wp_status put_sentence(struct author *a, struct wp_gen_words_list list, struct wp_buffer *out) {
    size_t from = out->len;
    struct wp_buffer one = {0};
    enum wp_status status = put_pattern(a, draw(a, list, 's'), &one);
    if (status == WP_OK) status = wp_buffer_add(out, one.data, one.len);
    wp_buffer_release(&one);
    if (status == WP_OK) capitalise(out, from);
    return status;
}

static enum wp_status put_article(struct author *a, struct wp_buffer *out) {
    size_t words = 0,
           wanted = WORDS_MIN + wp_random_below(&a->r, WORDS_SPREAD) + wp_random_below(&a->r, WORDS_SPREAD);
    WP_TRY(put_sentence(a, wp_gen_words_leads(), out));
    for (uint32_t left = 0; words < wanted;) {
        size_t before = out->len;
        WP_TRY(wp_gen_put(out, left ? " " : "\n\n"));
        left = left ? left - 1 : wp_random_below(&a->r, 3);
        WP_TRY(put_sentence(a, wp_gen_words_sentences(), out));
        words += (out->len - before) / 6;
    }
    return WP_OK;
}

static enum wp_status set_people(struct author *a) {
    for (int i = 0; i < 2; i++) {
        a->person[i].len = a->town[i].len = 0;
        WP_TRY(wp_gen_put_person(&a->r, &a->person[i]));
        const uint8_t *space = memchr(a->person[i].data, ' ', a->person[i].len);
        a->person[i].len = (size_t)(space - a->person[i].data) + 1;
        a->surname[i] = a->person[i].len;
        WP_TRY(put_name(&a->r, &a->person[i]));
        if (wp_random_below(&a->r, 3) == 0)
            WP_TRY(put_name(&a->r, &a->town[i]));
        else
            WP_TRY(wp_gen_put(&a->town[i], wp_gen_town(&a->r)));
    }
    return WP_OK;
}

static enum wp_status add_article(struct author *a, struct wp_gen_base *base, struct wp_buffer *text,
                                  struct wp_buffer *title) {
    text->len = title->len = 0;
    WP_TRY(set_people(a));
    WP_TRY(put_article(a, text));
    for (int i = 0; i < 8 && (!title->len || title->len > TITLE_MAX); i++) {
        title->len = 0;
        WP_TRY(put_sentence(a, wp_gen_words_headlines(), title));
    }
    return wp_gen_base_add(base, (const char *)title->data, title->len, (const char *)text->data, text->len);
}

enum wp_status wp_gen_base_builtin(struct wp_gen_base *base) {
    struct author a = {0};
    struct wp_buffer text = {0}, title = {0};
    enum wp_status status = WP_OK;
    for (uint32_t i = 0; i < ARTICLES && status == WP_OK; i++) {
        a.r = wp_random_start(0, USE_BUILTIN, i);
        a.story = i;
        status = add_article(&a, base, &text, &title);
    }
    for (int i = 0; i < 2; i++) {
        wp_buffer_release(&a.person[i]);
        wp_buffer_release(&a.town[i]);
    }
    wp_buffer_release(&text);
    wp_buffer_release(&title);
    return status;
}
