/*
 * test_index_divide.c - what an article changes about the stories around it: who leaves, under which names,
 * exact copies with the one that they copy; pages that a site shows instead of its articles; and what a
 * search finds that the rule of the run just misses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/online_story.h"
#include "support/disk.h"

enum { TEXT_BYTES = 4096 };

static struct wp_error err;
static struct wp_record_parser *parser;
static char line[TEXT_BYTES + 512 + WP_RECORD_PADDING];

static void check_ok(enum wp_status status) {
    if (status != WP_OK) fail_msg("%s", err.reason);
}

/* Words that stand nowhere else: SUBJECT000 and so on. Returns out. */
static char *put_words(char *out, const char *subject, unsigned from, unsigned to) {
    size_t at = strlen(out);
    for (unsigned i = from; i < to; i++)
        at += (size_t)snprintf(out + at, TEXT_BYTES - at, "%s%03u ", subject, i);
    return out;
}

static void open_at(struct wp_online *o, const char *dir) {
    struct wp_online_options options = {.store = {.write = true, .create = true}, .memory_bytes = 1 << 20};
    check_ok(wp_online_open(o, dir, &options, &err));
}

static void open_new(struct wp_online *o, const char *dir) {
    disk_remove_directory(dir);
    open_at(o, dir);
}

/* Lasts until the next one. */
static struct wp_record make_record(const char *id, const char *title, const char *text) {
    struct wp_record record;
    const char *words;
    int len = snprintf(line, sizeof line - WP_RECORD_PADDING,
                       "{\"id\":\"%s\",\"title\":\"%s\",\"url\":\"https://%s.com/%s\",\"text\":\"%s\","
                       "\"date\":\"2021-03-01\"}",
                       id, title, id, id, text);
    check_ok(wp_record_parse(parser, (uint8_t *)line, (size_t)len, &record, &words));
    return record;
}

/* An outlet of that name publishes it. */
static struct wp_online_verdict add_titled(struct wp_online *o, const char *id, const char *title,
                                           const char *text) {
    struct wp_record record = make_record(id, title, text);
    struct wp_online_article a = {.record = &record, .line = (uint8_t *)line, .line_len = strlen(line)};
    struct wp_online_verdict v;
    check_ok(wp_online_add(o, &a, &v, &err));
    return v;
}

static struct wp_online_verdict add(struct wp_online *o, const char *id, const char *text) {
    return add_titled(o, id, "flood", text);
}

static uint32_t story_of(const struct wp_online *o, uint32_t number) {
    struct wp_row row;
    check_ok(wp_view_row(wp_store_now(&o->store), number, &row, &err));
    return wp_online_story(o, number, &row);
}

static void check_move(const struct wp_online *o, size_t i, uint32_t number, uint32_t story, uint32_t into) {
    assert_true(i < o->event_count);
    const struct wp_online_event *e = &o->events[i];
    assert_int_equal(e->kind, WP_EVENT_MOVE);
    assert_int_equal(e->number, number);
    assert_int_equal(e->story, story);
    assert_int_equal(e->into, into);
}

/* Stories in the order of numbers; what is told now is told after opening again. */
static void check_stories(struct wp_online *o, const char *dir, const uint32_t *stories, uint32_t count) {
    for (uint32_t n = 0; n < count; n++) assert_int_equal(story_of(o, n), stories[n]);
    check_ok(wp_online_close(o, &err));
    open_at(o, dir);
    for (uint32_t n = 0; n < count; n++) assert_int_equal(story_of(o, n), stories[n]);
    check_ok(wp_online_close(o, &err));
}

/* A doubtful pair (a, b: 60 %), a sure one (b, c: 80 %), and two that share too little (a, c: 40 %). */
static char text_a[TEXT_BYTES], text_b[TEXT_BYTES], text_c[TEXT_BYTES];

static int make_texts(void **state) {
    (void)state;
    put_words(text_a, "flood", 0, 100);
    put_words(put_words(text_b, "flood", 0, 60), "rain", 0, 40);
    put_words(put_words(put_words(text_c, "flood", 20, 60), "rain", 0, 40), "wind", 0, 20);
    return wp_record_parser_new(&parser, NULL, &err) == WP_OK ? 0 : -1;
}

static int free_parser(void **state) {
    (void)state;
    wp_record_parser_free(parser);
    return 0;
}

/* ---- dividing ---- */

/* Who has little to do with the newcomer leaves; the others keep the name of their founder. */
static void test_member_leaves(void **state) {
    (void)state;
    struct wp_online o;
    open_new(&o, "leaves");
    assert_int_equal(add(&o, "b", text_b).story, 0);
    assert_int_equal(add(&o, "a", text_a).story, 0);
    assert_int_equal(o.event_count, 0);
    assert_int_equal(add(&o, "c", text_c).story, 0);
    assert_int_equal(o.event_count, 1);
    check_move(&o, 0, 1, 0, 1);
    check_stories(&o, "leaves", (const uint32_t[]){0, 1, 0}, 3);
}

/* An article alone goes by its own number, so that the others go by another one when it was their founder. */
static void test_founder_leaves(void **state) {
    (void)state;
    struct wp_online o;
    open_new(&o, "founder");
    add(&o, "a", text_a);
    assert_int_equal(add(&o, "b", text_b).story, 0);
    assert_int_equal(add(&o, "c", text_c).story, 1);
    check_move(&o, 0, 1, 0, 1);
    check_stories(&o, "founder", (const uint32_t[]){0, 1, 1}, 3);
}

/* Exact copies of one text speak once, and move together. */
static void test_twins(void **state) {
    (void)state;
    struct wp_online o;
    open_new(&o, "twins");
    add(&o, "a", text_a);
    assert_int_equal(add(&o, "b", text_b).story, 0);
    assert_int_equal(add(&o, "bb", text_b).relation, WP_RELATION_EXACT);
    assert_int_equal(add(&o, "bbb", text_b).story, 0);
    assert_int_equal(add(&o, "c", text_c).story, 1);
    check_stories(&o, "twins", (const uint32_t[]){0, 1, 1, 1, 1}, 5);
}

/* A member of one story has more to do with another, which was not seen before somebody joined that. */
static void test_joins_other(void **state) {
    (void)state;
    struct wp_online o;
    char other[TEXT_BYTES] = "", more[TEXT_BYTES] = "";
    put_words(put_words(other, "rain", 0, 34), "wind", 0, 66);
    put_words(put_words(put_words(more, "flood", 30, 60), "rain", 0, 40), "wind", 0, 30);
    open_new(&o, "other");
    assert_int_equal(add(&o, "a", text_a).story, 0);
    assert_int_equal(add(&o, "b", text_b).story, 0);
    assert_int_equal(add(&o, "c", other).story, 2);
    assert_int_equal(o.event_count, 0);
    add(&o, "d", more); /* has 70 % of b, 64 % of c, 30 % of a */
    assert_int_equal(o.event_count, 1);
    check_move(&o, 0, 1, 0, 2);
    check_stories(&o, "other", (const uint32_t[]){0, 2, 2, 2}, 4);
}

/* More members than are looked at together: they are told as before. */
static void test_many(void **state) {
    (void)state;
    struct wp_online o;
    char text[TEXT_BYTES];
    open_new(&o, "many");
    for (unsigned i = 0; i < 30; i++) {
        char id[8], own[8];
        snprintf(id, sizeof id, "m%u", i);
        snprintf(own, sizeof own, "own%c%c", 'a' + i / 10, 'a' + i % 10);
        text[0] = '\0';
        assert_int_equal(add(&o, id, put_words(put_words(text, "flood", 0, 60), own, 0, 20)).story, 0);
    }
    assert_int_equal(add(&o, "b", text_b).story, 0); /* has 60 of 80 words of each, too */
    assert_int_equal(o.event_count, 0);
    assert_int_equal(o.stories[0].members, 31);
    check_ok(wp_online_close(&o, &err));
}

/* ---- banners ---- */

/* The same words under titles that have nothing in common, none of which they speak of. */
static void test_family(void **state) {
    (void)state;
    struct wp_online o;
    char notice[TEXT_BYTES] = "", story[TEXT_BYTES] = "ministers met ";
    put_words(notice, "cookie", 0, 30);
    put_words(story, "flood", 0, 30);
    open_new(&o, "family");
    assert_false(add_titled(&o, "one", "harvest begins early", notice).banner);
    assert_int_equal(add_titled(&o, "two", "harvest begins late", notice).story, 0); /* alike */
    struct wp_online_verdict v = add_titled(&o, "three", "museum opens doors", notice);
    assert_true(v.banner);
    assert_int_equal(o.event_count, 2);
    check_move(&o, 0, 1, 0, WP_NUMBER_NONE);
    check_move(&o, 1, 0, 0, WP_NUMBER_NONE);
    add_titled(&o, "four", "ministers met", story);
    v = add_titled(&o, "five", "bridge closed again",
                   story); /* another headline: half of them are spoken of */
    assert_true(!v.banner && v.relation == WP_RELATION_EXACT);
    assert_int_equal(v.story, 3);
    check_stories(&o, "family", (const uint32_t[]){0, 1, 2, 3, 3}, 5);
}

/* ---- searching ---- */

static size_t count_found(struct wp_online *o, const struct wp_search *search, const char *text) {
    struct wp_record record = make_record("x", "title", text);
    struct wp_finder *f = o->finder;
    check_ok(wp_finder_take(f, &record, 0, INT64_MIN, &err));
    check_ok(wp_finder_search(f, wp_store_now(&o->store), &o->store, search, WP_NUMBER_NONE, &err));
    for (size_t i = 0; i < f->match_count; i++) assert_int_equal(f->matches[i].relation, WP_RELATION_EXCERPT);
    return f->match_count;
}

/* A search shows what shares a little less than an excerpt must, but no phrase. */
static void test_short_of_excerpt(void **state) {
    (void)state;
    struct wp_online o;
    char quoted[TEXT_BYTES] = "", quoting[TEXT_BYTES] = "", phrase[TEXT_BYTES] = "";
    for (unsigned i = 0; i < 5; i++) { /* 28 % of it */
        put_words(quoting, "flood", 50 * i, 50 * i + 14);
        put_words(quoting, "own", 36 * i, 36 * (i + 1));
    }
    put_words(put_words(phrase, "flood", 0, 14), "own", 0, 36); /* as large a part of a short text */
    open_new(&o, "short");
    add(&o, "a", put_words(quoted, "flood", 0, 250));
    assert_int_equal(count_found(&o, &wp_search_adding, quoting), 0);
    assert_int_equal(count_found(&o, &wp_search_finding, quoting), 1);
    assert_int_equal(count_found(&o, &wp_search_adding, quoting), 0);
    assert_int_equal(count_found(&o, &wp_search_passage, quoting), 1);
    assert_int_equal(count_found(&o, &wp_search_finding, phrase), 0);
    assert_int_equal(count_found(&o, &wp_search_passage, phrase), 0);
    check_ok(wp_online_close(&o, &err));
}

/* A row tells it from the day of adding; where it does not (format version 2) the record is looked at. */
static void test_whether_a_text_speaks_of_its_title(void **state) {
    static const struct {
        const char *title;
        unsigned words;
        bool unspoken;
    } cases[] = {{"bridge007 opened", 40, false}, {"storm warning", 40, true}, {"storm warning", 260, false}};
    struct wp_online o;
    (void)state;
    open_new(&o, "spoken");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char id[2] = {(char)('a' + i)}, text[TEXT_BYTES] = "";
        struct wp_profiles *p = &o.finder->profiles;
        struct wp_row row;
        bool unspoken;
        put_words(text, "bridge", 0, cases[i].words);
        uint32_t number = add_titled(&o, id, cases[i].title, text).number;
        for (int told = 1; told >= 0; told--) {
            const struct wp_view *now = wp_store_now(&o.store);
            check_ok(wp_view_row(now, number, &row, &err));
            assert_int_equal(row.spoken, cases[i].unspoken ? WP_UNSPOKEN : WP_SPOKEN);
            if (!told) row.spoken = WP_SPOKEN_UNTOLD;
            wp_profiles_clear(p);
            uint64_t loaded = p->loaded;
            check_ok(wp_profiles_unspoken(p, now, &o.store, number, &row, &unspoken, &err));
            assert_int_equal(unspoken, cases[i].unspoken);
            assert_int_equal(p->loaded - loaded, !told && cases[i].words <= WP_TITLE_SPOKEN_TOKENS);
        }
    }
    check_ok(wp_online_close(&o, &err));
}

/* How many were compared, and how many matched. */
static uint64_t count_compared(struct wp_online *o, const struct wp_search *search, const char *text,
                               size_t *found) {
    const struct wp_profiles *p = &o->finder->profiles;
    uint64_t before = p->found + p->loaded;
    *found = count_found(o, search, text);
    return p->found + p->loaded - before;
}

/* Thirty articles have the same phrase as a text, 17 words of 60, with shingles that are samples of most of
 * them; one that came last has more. */
static void test_phrase_of_many(void **state) {
    enum { MANY = 30 };
    (void)state;
    struct wp_online o;
    char text[TEXT_BYTES] = "", longer[TEXT_BYTES] = "";
    size_t found;
    open_new(&o, "phrase");
    for (unsigned i = 0; i < MANY; i++) {
        char one[TEXT_BYTES] = "", id[8], subject[8];
        snprintf(id, sizeof id, "p%u", i);
        snprintf(subject, sizeof subject, "s%c%c", 'a' + i / 10, 'a' + i % 10);
        put_words(put_words(one, "trade", 0, 17), subject, 0, 43);
        assert_int_equal(add(&o, id, one).relation, WP_RELATION_NONE);
    }
    put_words(put_words(text, "trade", 0, 17), "own", 0, 43);
    put_words(put_words(put_words(longer, "trade", 0, 17), "own", 0, 10), "more", 0, 34);
    add(&o, "last", longer);
    struct wp_search hasty = wp_search_adding;
    hasty.vain_max = 1;
    uint64_t all = count_compared(&o, &wp_search_exporting, text, &found);
    assert_int_equal(found, 1);
    assert_true(all > MANY / 2);
    uint64_t few = count_compared(&o, &wp_search_adding, text, &found);
    assert_int_equal(found, 1);
    assert_int_equal(o.finder->matches[0].number, MANY);
    assert_true(few >= 4 && few < all / 2);
    assert_true(count_compared(&o, &hasty, text, &found) < few);
    check_ok(wp_online_close(&o, &err));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_member_leaves),
                                       cmocka_unit_test(test_founder_leaves),
                                       cmocka_unit_test(test_twins),
                                       cmocka_unit_test(test_joins_other),
                                       cmocka_unit_test(test_many),
                                       cmocka_unit_test(test_family),
                                       cmocka_unit_test(test_short_of_excerpt),
                                       cmocka_unit_test(test_phrase_of_many),
                                       cmocka_unit_test(test_whether_a_text_speaks_of_its_title)};
    return cmocka_run_group_tests(tests, make_texts, free_parser);
}
