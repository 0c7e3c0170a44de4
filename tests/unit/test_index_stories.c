/*
 * test_index_stories.c - what an index tells anew: two stories that turn out to be one, articles that were
 * told together by what their site repeats; by hand, and then a load of random articles, of which the same is
 * told whether the index goes on, is opened again after each, or was not closed.
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
#include "report/index_stories.h"
#include "support/disk.h"
#include "support/random.h"

enum { TEXT_BYTES = 8192, ARTICLES = 260, OUTLETS = 3, EVENTS_MAX = 4096 };

static struct wp_error err;
static struct wp_record_parser *parser;

static void check_ok(enum wp_status status) {
    if (status != WP_OK) fail_msg("%s", err.reason);
}

/* Words that stand nowhere else: SUBJECT000 and so on. */
static void put_words(char *out, const char *subject, unsigned from, unsigned to) {
    size_t at = strlen(out);
    for (unsigned i = from; i < to; i++)
        at += (size_t)snprintf(out + at, TEXT_BYTES - at, "%s%03u ", subject, i);
}

static void open_at(struct wp_online *o, const char *dir, uint32_t flush_rows) {
    struct wp_online_options options = {.store = {.write = true, .create = true, .flush_rows = flush_rows},
                                        .memory_bytes = 1 << 20};
    check_ok(wp_online_open(o, dir, &options, &err));
}

static struct wp_online_verdict add(struct wp_online *o, unsigned id, const char *outlet, const char *title,
                                    const char *text) {
    char line[TEXT_BYTES + 512 + WP_RECORD_PADDING] = "";
    const char *words;
    struct wp_record record;
    struct wp_online_verdict v;
    int len = snprintf(line, sizeof line - WP_RECORD_PADDING,
                       "{\"id\":\"a%u\",\"title\":\"%s\",\"url\":\"https://%s.com/%u\",\"text\":\"%s\","
                       "\"date\":\"2021-03-%02u\"}",
                       id, title, outlet, id, text, 1 + id % 28);
    check_ok(wp_record_parse(parser, (uint8_t *)line, (size_t)len, &record, &words));
    struct wp_online_article a = {.record = &record, .line = (uint8_t *)line, .line_len = (size_t)len};
    check_ok(wp_online_add(o, &a, &v, &err));
    return v;
}

static uint32_t story_of(const struct wp_online *o, uint32_t number) {
    struct wp_row row;
    check_ok(wp_view_row(wp_store_now(&o->store), number, &row, &err));
    return wp_online_story(o, number, &row);
}

static void check_event(const struct wp_online *o, size_t i, enum wp_online_event_kind kind, uint32_t number,
                        uint32_t story, uint32_t into) {
    assert_true(i < o->event_count);
    const struct wp_online_event *e = &o->events[i];
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->number, number);
    assert_int_equal(e->story, story);
    assert_int_equal(e->into, into);
}

/* ---- by hand ---- */

/* Two halves of a text have nothing in common; the whole one has both. */
static void test_merge(void **state) {
    (void)state;
    struct wp_online o;
    char first[TEXT_BYTES] = "", second[TEXT_BYTES] = "", whole[TEXT_BYTES] = "";
    put_words(first, "flood", 0, 80);
    put_words(second, "flood", 80, 160);
    put_words(whole, "flood", 0, 160);
    disk_remove_directory("merge");
    open_at(&o, "merge", 0);
    assert_int_equal(add(&o, 0, "one", "rain", first).story, 0);
    assert_int_equal(add(&o, 1, "two", "river", second).story, 1);
    struct wp_online_verdict v = add(&o, 2, "three", "storm", whole);
    assert_int_equal(v.relation, WP_RELATION_COPY);
    assert_int_equal(v.story, 0); /* the earlier one stays */
    assert_int_equal(o.event_count, 1);
    check_event(&o, 0, WP_EVENT_MERGE, WP_NUMBER_NONE, 1, 0);
    assert_int_equal(o.stories[0].members, 3);
    assert_int_equal(o.stories[1].members, 0);
    check_ok(wp_online_commit(&o, &err));
    wp_online_abandon(&o); /* only the log has it */
    open_at(&o, "merge", 0);
    for (uint32_t n = 0; n < 3; n++) assert_int_equal(story_of(&o, n), 0);
    assert_int_equal(o.stories[0].members, 3);
    check_ok(wp_online_close(&o, &err)); /* now a state file has it */
    open_at(&o, "merge", 0);
    check_ok(wp_store_compact(&o.store, &err));
    for (uint32_t n = 0; n < 3; n++) assert_int_equal(story_of(&o, n), 0);
    assert_int_equal(add(&o, 3, "four", "river", second).story,
                     0); /* who copies the later one is told there */
    assert_int_equal(o.event_count, 0);
    check_ok(wp_online_close(&o, &err));
}

/* Nothing is merged by one article that quotes two stories at length, when these have members of their own.
 */
static void test_no_merge(void **state) {
    (void)state;
    struct wp_online o;
    char a[TEXT_BYTES] = "", b[TEXT_BYTES] = "", both[TEXT_BYTES] = "";
    put_words(a, "flood", 0, 80);
    put_words(b, "vote", 0, 80);
    put_words(both, "flood", 0, 80);
    put_words(both, "vote", 0, 80);
    disk_remove_directory("apart");
    open_at(&o, "apart", 0);
    for (unsigned i = 0; i < 6; i++) {
        char text[TEXT_BYTES] = "", own[8];
        snprintf(own, sizeof own, "own%c", 'a' + i);
        put_words(text, own, 0, 12);
        strcat(text, i % 2 ? b : a);
        add(&o, i, "one", "title", text);
        assert_int_equal(story_of(&o, i), i % 2);
    }
    add(&o, 6, "two", "title",
        both); /* three pairs speak for it, nine that have nothing in common against it */
    assert_int_equal(o.event_count, 0);
    assert_int_equal(story_of(&o, 1), 1);
    check_ok(wp_online_close(&o, &err));
}

static const char *const titles[] = {
    "harvest begins early", "minister resigns today", "players win cup",        "banks raise interest",
    "museum opens doors",   "bridge closed again",    "teachers strike monday", "airport grows larger"};

/* What an outlet has around its stories makes one of them, until it has shown it often enough. */
static void test_split(void **state) {
    (void)state;
    struct wp_online o;
    disk_remove_directory("split");
    open_at(&o, "split", 0);
    char notice[TEXT_BYTES] = "";
    put_words(notice, "cookie", 0, 90);
    add(&o, 0, "one", titles[0], notice); /* nothing but that */
    for (unsigned i = 1; i < 5; i++) {
        char text[TEXT_BYTES] = "", own[8];
        snprintf(own, sizeof own, "own%c", 'a' + i);
        snprintf(text, sizeof text, "%s ", titles[i]);
        put_words(text, own, 0, 30);
        strcat(text, notice);
        add(&o, i, "one", titles[i], text);
        assert_int_equal(story_of(&o, i), 0);
        assert_int_equal(o.event_count, 0);
    }
    char text[TEXT_BYTES] = "";
    snprintf(text, sizeof text, "%s ", titles[5]);
    put_words(text, "ownz", 0, 30);
    strcat(text, notice);
    struct wp_online_verdict v = add(&o, 5, "one", titles[5], text);
    assert_int_equal(v.relation, WP_RELATION_NONE);
    assert_int_equal(v.story, 5);
    assert_true(o.event_count >= 5);
    for (uint32_t n = 0; n < 6; n++) {
        assert_int_equal(story_of(&o, n), n);
        assert_int_equal(o.stories[n].members, 1);
    }
    assert_true(wp_state_is_banner(wp_store_now(&o.store)->state, 0));
    check_event(&o, o.event_count - 1, WP_EVENT_MOVE, 0, 0, WP_NUMBER_NONE);
    v = add(&o, 0, "one", titles[0], notice); /* as it is known now */
    assert_true(v.unchanged && v.banner);
    check_ok(wp_online_commit(&o, &err));
    wp_online_abandon(&o);
    open_at(&o, "split", 0);
    for (uint32_t n = 0; n < 6; n++) assert_int_equal(story_of(&o, n), n);
    assert_true(wp_state_is_banner(wp_store_now(&o.store)->state, 0));
    strcat(notice, "another");
    v = add(&o, 7, "two", titles[7], notice); /* another outlet's: neither a copy of a banner nor one */
    assert_true(v.relation == WP_RELATION_NONE && !v.banner);
    check_ok(wp_online_close(&o, &err));
}

/* Two texts of 100 words have 12 in common, which makes them nothing to each other; told in one story all the
 * same, what they share is counted as of any other pair: of 96 shingles each, 8. */
static void test_told_without_a_rule(void **state) {
    (void)state;
    struct wp_online o;
    struct wp_output out;
    struct wp_index_stories stories;
    char first[TEXT_BYTES] = "", second[TEXT_BYTES] = "", want[128];
    put_words(first, "flood", 0, 100);
    put_words(second, "flood", 0, 12);
    put_words(second, "storm", 12, 100);
    open_at(&o, "index", 0);
    add(&o, 0, "north", "A flood", first);
    struct wp_online_verdict v = add(&o, 1, "south", "A storm", second);
    assert_int_equal(v.relation, WP_RELATION_NONE);
    check_ok(wp_stories_move(&o, 1, 1, 0, &err));
    check_ok(wp_online_commit(&o, &err));
    const struct wp_view *now = wp_store_now(&o.store);
    check_ok(wp_index_stories_gather(&stories, now, &err));
    assert_int_equal(stories.count, 1);
    check_ok(wp_output_open(&out, "stories", &err));
    struct wp_index_writer w = {
        .view = now, .terms = &o.terms, .profiles = &o.finder->profiles, .finder = o.finder, .out = &out};
    check_ok(wp_index_story_write(&w, &stories, &stories.items[0], &err));
    check_ok(wp_output_commit(&out, &err));
    struct disk_bytes line = disk_read_file(".", "stories");
    snprintf(want, sizeof want, "\"relation\":\"copy\",\"to\":\"a0\",\"coverage\":%.4f,\"jaccard\":%.4f",
             12 / 100.0, 8 / (96 + 96 - 8.0));
    if (!memmem(line.data, line.len, want, strlen(want)))
        fail_msg("%.*s has no %s", (int)line.len, (char *)line.data, want);
    free(line.data);
    assert_int_equal(remove("stories"), 0);
    wp_index_writer_release(&w);
    wp_index_stories_release(&stories);
    check_ok(wp_online_close(&o, &err));
    disk_remove_directory("index");
}

/* ---- a load ---- */

struct told {
    struct wp_online_event events[EVENTS_MAX];
    size_t event_count, event_end[ARTICLES]; /* by article: of its events */
    struct wp_online_verdict verdicts[ARTICLES];
    uint32_t stories[ARTICLES];
};

/* Parts of a few stories, under a notice of the outlet, which changes from time to time. */
static void make_article(unsigned i, char *text, char *title, unsigned *outlet) {
    struct random r = {i * 31 + 7};
    char subject[16];
    unsigned story = (unsigned)(i / 12 + random_below(&r, 5)), from = (unsigned)random_below(&r, 60);
    *outlet = (unsigned)random_below(&r, OUTLETS);
    *text = '\0';
    snprintf(subject, sizeof subject, "s%u_", story);
    for (char *c = subject; *c; c++)
        if (*c >= '0' && *c <= '9') *c = (char)('a' + (*c - '0'));
    if (random_below(&r, 10)) put_words(text, subject, from, from + 30 + (unsigned)random_below(&r, 50));
    if (random_below(&r, 3) == 0) {
        snprintf(subject, sizeof subject, "note%c%c", 'a' + *outlet, 'a' + i / 90);
        put_words(text, subject, 0, 60);
    }
    if (!*text) put_words(text, "short", 0, 20);
    snprintf(title, 64, "title%c%c of%c%c", 'a' + i % 26, 'a' + i / 26, 'a' + i % 25, 'a' + i / 25);
}

/* The members of each story are what the rows and the state say. */
static void check_stories(const struct wp_online *o, uint32_t end) {
    uint32_t members[ARTICLES], told = 0;
    for (uint32_t s = 0; s < o->story_count; s++) {
        uint32_t count = wp_stories_members(o, s, WP_NUMBER_NONE, members, ARTICLES);
        assert_int_equal(count, o->stories[s].members);
        told += count;
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(story_of(o, members[i]), s);
            assert_true(i == 0 || members[i] > members[i - 1]);
        }
    }
    assert_int_equal(told, end);
}

/* How many samples of an article are furniture by now: what was counted as it came is what its record says.
 * Returns whether there are any. */
static bool check_masked(struct wp_online *o, uint32_t number) {
    struct wp_finder *f = o->finder;
    const struct wp_view *now = wp_store_now(&o->store);
    struct wp_stored_record stored;
    struct wp_row row;
    check_ok(wp_view_row(now, number, &row, &err));
    check_ok(wp_finder_take_record(f, now, &o->store, number, &row, &stored, &err));
    check_ok(wp_finder_mask(f, now, &err));
    assert_int_equal(o->masked[number], f->print.sample_count - f->key_count);
    return o->masked[number] != 0;
}

static void check_all_masked(struct wp_online *o) {
    unsigned any = 0;
    for (uint32_t n = 0; n < ARTICLES; n++) any += check_masked(o, n);
    assert_true(any > ARTICLES / 10 && any < ARTICLES);
}

enum how { GOING_ON, OPENED_AGAIN, NOT_CLOSED };

static void run_load(const char *dir, enum how how, struct told *told) {
    struct wp_online o;
    told->event_count = 0;
    disk_remove_directory(dir);
    open_at(&o, dir, how == GOING_ON ? 0 : 7);
    for (unsigned i = 0; i < ARTICLES; i++) {
        char text[TEXT_BYTES], title[64], outlet_name[16];
        unsigned outlet;
        make_article(i, text, title, &outlet);
        snprintf(outlet_name, sizeof outlet_name, "outlet%u", outlet);
        told->verdicts[i] = add(&o, i, outlet_name, title, text);
        for (size_t e = 0; e < o.event_count && told->event_count < EVENTS_MAX; e++)
            told->events[told->event_count++] = o.events[e];
        told->event_end[i] = told->event_count;
        check_stories(&o, i + 1);
        if (how == GOING_ON) continue;
        check_ok(wp_online_commit(&o, &err));
        if (how == NOT_CLOSED)
            wp_online_abandon(&o);
        else if (i % 50 == 49)
            check_ok(wp_store_compact(&o.store, &err));
        if (how == OPENED_AGAIN) check_ok(wp_online_close(&o, &err));
        open_at(&o, dir, 7);
        check_stories(&o, i + 1);
    }
    for (uint32_t n = 0; n < ARTICLES; n++) told->stories[n] = story_of(&o, n);
    if (how == GOING_ON) check_all_masked(&o);
    check_ok(wp_online_close(&o, &err));
}

/* Who hears verdicts and events knows the stories. Events of a call come behind its verdict. */
static void check_replay(const struct told *told) {
    static uint32_t story[ARTICLES];
    size_t e = 0;
    for (unsigned i = 0; i < ARTICLES; i++) {
        story[i] = told->verdicts[i].story;
        for (; e < told->event_end[i]; e++) {
            const struct wp_online_event *event = &told->events[e];
            bool merge = event->kind == WP_EVENT_MERGE, banner = event->into == WP_NUMBER_NONE;
            for (unsigned n = 0; merge && n <= i; n++)
                if (story[n] == event->story) story[n] = event->into;
            if (merge) continue;
            assert_true(event->number == i || story[event->number] == event->story);
            story[event->number] = banner ? event->number : event->into;
        }
    }
    for (unsigned i = 0; i < ARTICLES; i++) assert_int_equal(story[i], told->stories[i]);
}

static void check_much_happened(const struct told *told) {
    unsigned merges = 0, moves = 0, banners = 0;
    for (size_t e = 0; e < told->event_count; e++) {
        merges += told->events[e].kind == WP_EVENT_MERGE;
        moves += told->events[e].kind == WP_EVENT_MOVE;
        banners += told->events[e].into == WP_NUMBER_NONE;
    }
    assert_true(merges > 5 && moves > 5 && banners > 0);
}

static void check_same(const struct told *a, const struct told *b) {
    assert_int_equal(a->event_count, b->event_count);
    for (size_t e = 0; e < a->event_count; e++) {
        const struct wp_online_event *x = &a->events[e], *y = &b->events[e];
        assert_true(x->kind == y->kind && x->number == y->number && x->story == y->story &&
                    x->into == y->into);
    }
    for (unsigned i = 0; i < ARTICLES; i++) {
        const struct wp_online_verdict *x = &a->verdicts[i], *y = &b->verdicts[i];
        assert_int_equal(a->stories[i], b->stories[i]);
        assert_true(x->number == y->number && x->story == y->story && x->to == y->to &&
                    x->relation == y->relation && x->banner == y->banner && x->first_seen == y->first_seen);
    }
}

static void test_load(void **state) {
    (void)state;
    static struct told going_on, again;
    run_load("going-on", GOING_ON, &going_on);
    check_much_happened(&going_on);
    check_replay(&going_on);
    run_load("again", OPENED_AGAIN, &again);
    check_same(&going_on, &again);
    run_load("not-closed", NOT_CLOSED, &again);
    check_same(&going_on, &again);
}

static int make_parser(void **state) {
    (void)state;
    return wp_record_parser_new(&parser, NULL, &err) == WP_OK ? 0 : -1;
}

static int free_parser(void **state) {
    (void)state;
    wp_record_parser_free(parser);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge), cmocka_unit_test(test_no_merge), cmocka_unit_test(test_split),
        cmocka_unit_test(test_told_without_a_rule), cmocka_unit_test(test_load)};
    return cmocka_run_group_tests(tests, make_parser, free_parser);
}
