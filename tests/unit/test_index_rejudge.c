/*
 * test_index_rejudge.c - stories that lost articles to damage are judged anew after the repair: by hand, one
 * story for each way in which it is known that it lost one; what is told is an event, holds when the index is
 * opened again, and leaves nothing to do for the next repair. Then stopped at every operation on the disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/online_story.h"
#include "engine/rejudge.h"
#include "engine/remake.h"
#include "index/check.h"
#include "support/disk.h"

enum { TEXT_BYTES = 8192, EVENTS_MAX = 64, NONE = -1 };

static const char dir[] = "index";
static struct wp_error err;
static struct wp_record_parser *parser;
static struct wp_remaker remaker;

static void check_ok(enum wp_status status) {
    if (status != WP_OK) fail_msg("%s: %s", err.file, err.reason);
}

/* ---- the index ---- */

/* Words of a subject that stand nowhere else, from one to another. */
struct part {
    const char *subject;
    unsigned from, to;
    bool bare; /* nothing of its own, so that it is an exact copy of another such one */
};

/* The first and the second half of a text have nothing in common; the whole has both. */
static const struct part first = {"flood", 0, 80, false}, second = {"flood", 80, 160, false},
                         whole = {"flood", 0, 160, false}, bare = {"flood", 0, 160, true};

static void add(struct wp_online *o, unsigned id, struct part part) {
    char line[TEXT_BYTES + WP_RECORD_PADDING] = "";
    struct wp_record record;
    const char *words;
    struct wp_online_verdict v;
    size_t at = (size_t)snprintf(line, TEXT_BYTES, "{\"id\":\"a%u\",\"url\":\"https://o%u.com/\",\"text\":\"",
                                 id, id);
    for (unsigned own = 0; own < 6 && !part.bare; own++)
        at += (size_t)snprintf(line + at, TEXT_BYTES - at, "own%u%c ", id, 'a' + own);
    for (unsigned i = part.from; i < part.to; i++)
        at += (size_t)snprintf(line + at, TEXT_BYTES - at, "%s%03u ", part.subject, i);
    at += (size_t)snprintf(line + at, TEXT_BYTES - at, "\"}");
    check_ok(wp_record_parse(parser, (uint8_t *)line, at, &record, &words));
    struct wp_online_article a = {.record = &record, .line = (uint8_t *)line, .line_len = at};
    check_ok(wp_online_add(o, &a, &v, &err));
    assert_int_equal(v.number, id);
}

/* Adds articles to the index, each to a text block of its own, and to a segment of its own when told so. */
static void extend(const struct part *parts, unsigned from, unsigned end, uint32_t flush_rows) {
    struct wp_online o;
    struct wp_online_options options = {.store = {.write = true, .create = true, .flush_rows = flush_rows},
                                        .now = 1};
    check_ok(wp_online_open(&o, dir, &options, &err));
    for (unsigned i = from; i < end; i++) {
        add(&o, i, parts[i]);
        check_ok(wp_online_commit(&o, &err));
    }
    check_ok(wp_online_close(&o, &err));
}

/* A new one of these. */
static void make(const struct part *parts, unsigned count, uint32_t flush_rows) {
    disk_remove_directory(dir);
    extend(parts, 0, count, flush_rows);
}

/* The stories, by number; NONE for who is not there. */
static void read_stories(int *stories, unsigned count) {
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    check_ok(wp_store_open(&store, dir, &options, &err));
    assert_int_equal(store.now->end, count);
    for (unsigned n = 0; n < count; n++) {
        struct wp_row row;
        enum wp_status status = wp_view_row(store.now, n, &row, &err);
        if (status != WP_END) check_ok(status);
        stories[n] = status == WP_END ? NONE : (int)wp_state_story(store.now->state, n, row.story);
    }
    wp_store_abandon(&store);
}

static void expect_stories(const int *want, unsigned count) {
    int stories[EVENTS_MAX];
    read_stories(stories, count);
    for (unsigned n = 0; n < count; n++)
        if (stories[n] != want[n]) fail_msg("article %u is in story %d, not %d", n, stories[n], want[n]);
}

/* ---- damage ---- */

static struct wp_row row_of(uint32_t number) {
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    struct wp_row row;
    check_ok(wp_store_open(&store, dir, &options, &err));
    check_ok(wp_view_row(store.now, number, &row, &err));
    wp_store_abandon(&store);
    return row;
}

/* The only file, or the one of an article, with that ending. */
static void find_file(char *out, size_t size, const char *end, uint32_t number) {
    struct wp_names names = {0};
    check_ok(wp_names_add_directory(&names, dir, &err));
    *out = '\0';
    for (size_t i = 0; i < names.count; i++) {
        const char *dot = strrchr(names.items[i], '.');
        if (!dot || strcmp(dot, end) != 0) continue;
        if (strcmp(end, ".seg") == 0) {
            struct disk_bytes b = disk_read_file(dir, names.items[i]);
            size_t footer = (size_t)wp_load64(b.data + b.len - 32);
            bool holds = number - wp_load32(b.data + footer) < wp_load32(b.data + footer + 4);
            free(b.data);
            if (!holds) continue;
        }
        snprintf(out, size, "%s", names.items[i]);
    }
    wp_names_release(&names);
    assert_true(*out != '\0');
}

static void harm(const char *name, size_t at) {
    struct disk_bytes b = disk_read_file(dir, name);
    assert_true(at + 8 <= b.len);
    for (size_t i = 0; i < 8; i++) b.data[at + i] ^= 0x5a;
    disk_write_file(dir, name, b.data, b.len);
    free(b.data);
}

static void harm_text(uint32_t number) {
    char name[64];
    find_file(name, sizeof name, ".txt", 0);
    harm(name, row_of(number).block + WP_BLOCK_HEAD_BYTES + 20);
}

static void harm_row(uint32_t number) {
    char name[64];
    find_file(name, sizeof name, ".seg", number);
    harm(name, WP_HEADER_BYTES + 8);
}

static void harm_state(void) {
    char name[64];
    find_file(name, sizeof name, ".state", 0);
    harm(name, WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES + 4);
}

/* ---- repairing ---- */

static struct told {
    struct wp_online_event events[EVENTS_MAX];
    size_t count;
    struct wp_rejudge anew;
    struct wp_repair_counts counts;
} told;

static void note(void *self, const struct wp_repair_note *n) {
    wp_rejudge_note(&((struct told *)self)->anew, n);
}

static enum wp_status keep_events(void *self, struct wp_online *o, struct wp_error *e) {
    struct told *t = self;
    (void)e;
    for (size_t i = 0; i < o->event_count; i++) {
        assert_true(t->count < EVENTS_MAX);
        t->events[t->count++] = o->events[i];
    }
    return WP_OK;
}

static enum wp_status rejudge(const struct wp_fs *fs) {
    struct wp_store_options store = {.fs = fs};
    struct wp_rejudge_teller teller = {keep_events, &told};
    return wp_rejudge_run(&told.anew, dir, &store, &teller, &err);
}

static void repair(void) {
    struct wp_repair_options options = {.maker = wp_remaker_maker(&remaker), .tell = note, .self = &told};
    wp_rejudge_release(&told.anew);
    told = (struct told){.count = 0};
    check_ok(wp_index_repair(dir, &options, &told.counts, &err));
}

static void count_damage(void *self, const struct wp_damage *damage) {
    (void)damage;
    ++*(unsigned *)self;
}

static void expect_sound(void) {
    struct wp_check_counts counts;
    unsigned damages = 0;
    check_ok(wp_index_check(dir, count_damage, &damages, &counts, &err));
    assert_int_equal(damages, 0);
}

/* Files and their bytes, one number for all. */
static uint64_t hash_directory(void) {
    struct wp_names names = {0};
    uint64_t sum = 0;
    check_ok(wp_names_add_directory(&names, dir, &err));
    for (size_t i = 0; i < names.count; i++) {
        struct disk_bytes b = disk_read_file(dir, names.items[i]);
        sum += wp_hash64(names.items[i], strlen(names.items[i])) * (2 * wp_hash64(b.data, b.len) + 1);
        free(b.data);
    }
    wp_names_release(&names);
    return sum;
}

/* Repairs and judges anew, after which a repair has nothing to do, nor has judging. */
static void repair_and_rejudge(void) {
    repair();
    check_ok(rejudge(NULL));
    expect_sound();
    struct told kept = told;
    uint64_t before = hash_directory();
    told.anew = (struct wp_rejudge){.no_memory = false};
    repair();
    check_ok(rejudge(NULL));
    assert_int_equal(told.counts.files, 0);
    assert_int_equal(told.count, 0);
    assert_int_equal(hash_directory(), before);
    wp_rejudge_release(&told.anew);
    told = kept;
}

static void expect_event(size_t i, enum wp_online_event_kind kind, uint32_t number, uint32_t story,
                         uint32_t into) {
    assert_true(i < told.count);
    const struct wp_online_event *e = &told.events[i];
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->number, number);
    assert_int_equal(e->story, story);
    assert_int_equal(e->into, into);
}

/* ---- what was lost ---- */

/* What had something in common with both is lost: they are parted. */
static void test_parted(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    make(parts, 3, 0);
    expect_stories((int[]){0, 0, 0}, 3);
    harm_text(1);
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, 2, 0, 2);
    expect_stories((int[]){0, NONE, 2}, 3);
}

/* Those who have enough in common stay. */
static void test_stays(void **state) {
    (void)state;
    const struct part parts[] = {whole, first, whole, whole};
    make(parts, 4, 0);
    expect_stories((int[]){0, 0, 0, 0}, 4);
    harm_text(2);
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 1);
    assert_int_equal(told.count, 0);
    expect_stories((int[]){0, 0, NONE, 0}, 4);
}

/* The founder is lost: the name stays. */
static void test_founder(void **state) {
    (void)state;
    const struct part parts[] = {whole, first, second, first};
    make(parts, 4, 0);
    expect_stories((int[]){0, 0, 0, 0}, 4);
    harm_text(0);
    repair_and_rejudge();
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, 2, 0, 2);
    expect_stories((int[]){NONE, 0, 2, 0}, 4);
}

/* Nobody loses by staying, since each has a copy there: the story as a whole is worth more divided. */
static void test_halves(void **state) {
    (void)state;
    const struct part parts[] = {first, first, whole, second, second};
    make(parts, 5, 0);
    expect_stories((int[]){0, 0, 0, 0, 0}, 5);
    harm_text(2);
    repair_and_rejudge();
    assert_int_equal(told.count, 2);
    expect_event(0, WP_EVENT_MOVE, 3, 0, 3);
    expect_event(1, WP_EVENT_MOVE, 4, 0, 3);
    expect_stories((int[]){0, 0, NONE, 3, 3}, 5);
}

/* More than are divided as a whole: who gains nothing there any more leaves. */
static void test_many(void **state) {
    (void)state;
    enum { FIRSTS = 26, WHOLES = 12, ALL = FIRSTS + WHOLES + 1 };
    struct part parts[ALL];
    int want[ALL];
    for (unsigned i = 0; i < ALL; i++) {
        parts[i] = i < FIRSTS ? first : i < FIRSTS + WHOLES ? whole : second;
        want[i] = 0;
    }
    make(parts, ALL, 0);
    expect_stories(want, ALL);
    for (unsigned i = FIRSTS; i < FIRSTS + WHOLES; i++) {
        harm_text(i);
        want[i] = NONE;
    }
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, WHOLES);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, ALL - 1, 0, ALL - 1);
    want[ALL - 1] = ALL - 1;
    expect_stories(want, ALL);
}

/* Two stories that had become one by what is lost are two again, under their old names. */
static void test_merged(void **state) {
    (void)state;
    const struct part parts[] = {first, second, whole};
    make(parts, 3, 0);
    expect_stories((int[]){0, 0, 0}, 3);
    assert_int_equal(row_of(1).story, 1);
    harm_text(2);
    repair_and_rejudge();
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, 1, 0, 1);
    expect_stories((int[]){0, 1, NONE}, 3);
}

/* An article that had been moved is lost where it was moved to, which is known without its row. */
static void test_moved(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second, {"flood", 80, 120, false}, {"flood", 120, 160, false}};
    for (int row_too = 0; row_too < 2; row_too++) {
        make(parts, 2, 0);
        extend(parts, 2, 3, 0);
        harm_text(1);
        repair_and_rejudge();
        extend(parts, 3, 5, 0);
        assert_int_equal(row_of(2).story, 0);
        expect_stories((int[]){0, NONE, 2, 2, 2}, 5);
        harm_text(2);
        if (row_too) harm_row(2);
        repair_and_rejudge();
        assert_int_equal(told.counts.lost, 1);
        assert_int_equal(told.anew.unknown.count, 0);
        assert_int_equal(told.count, 1);
        expect_event(0, WP_EVENT_MOVE, 4, 2, 4);
        expect_stories((int[]){0, NONE, NONE, 2, 4}, 5);
    }
}

/* ---- rows lost ---- */

/* The row is lost with the record: others were added as its copies. */
static void test_unknown(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    make(parts, 3, 1);
    expect_stories((int[]){0, 0, 0}, 3);
    assert_int_equal(row_of(2).to, 1);
    harm_text(1);
    harm_row(1);
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 1);
    assert_int_equal(told.anew.unknown.count, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, 2, 0, 2);
    expect_stories((int[]){0, NONE, 2}, 3);
}

/* The same of the founder, by whose number the story goes; what others were copies of has been deleted. */
static void test_unknown_founder(void **state) {
    (void)state;
    const struct part parts[] = {first, {"flood", 0, 240, false}, second, {"flood", 160, 240, false}};
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    make(parts, 1, 0);
    extend(parts, 1, 4, 0);
    expect_stories((int[]){0, 0, 0, 0}, 4);
    check_ok(wp_store_open(&store, dir, &options, &err));
    check_ok(wp_store_kill(&store, 1, &err));
    check_ok(wp_store_close(&store, &err));
    assert_int_equal(row_of(2).to, 1);
    assert_int_equal(row_of(3).to, 1);
    harm_text(0);
    harm_row(0);
    repair_and_rejudge();
    assert_int_equal(told.anew.unknown.count, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MOVE, 3, 0, 3);
    expect_stories((int[]){NONE, NONE, 0, 3}, 4);
}

/* The row alone is lost: the article comes back to its story, which holds together by it. */
static void test_alone(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    make(parts, 3, 1);
    harm_row(1);
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 0);
    assert_int_equal(told.counts.alone, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MERGE, WP_NUMBER_NONE, 1, 0);
    expect_stories((int[]){0, 0, 0}, 3);
}

/* So does an exact copy. */
static void test_alone_twin(void **state) {
    (void)state;
    const struct part parts[] = {bare, bare};
    make(parts, 2, 1);
    expect_stories((int[]){0, 0}, 2);
    harm_row(1);
    repair_and_rejudge();
    assert_int_equal(told.counts.alone, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MERGE, WP_NUMBER_NONE, 1, 0);
    expect_stories((int[]){0, 0}, 2);
}

/* One is alone and another one lost: the story is judged with the one that came back. */
static void test_alone_and_lost(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second, whole};
    make(parts, 4, 3);
    expect_stories((int[]){0, 0, 0, 0}, 4);
    harm_row(3);
    harm_text(1);
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 1);
    assert_int_equal(told.counts.alone, 1);
    assert_int_equal(told.count, 1);
    expect_event(0, WP_EVENT_MERGE, WP_NUMBER_NONE, 3, 0);
    expect_stories((int[]){0, NONE, 0, 0}, 4);
}

/* Without the state it is not known what is furniture: nothing is judged. */
static void test_state_lost(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    make(parts, 3, 0);
    harm_text(1);
    harm_state();
    repair_and_rejudge();
    assert_int_equal(told.counts.lost, 1);
    assert_int_equal(told.count, 0);
    expect_stories((int[]){0, NONE, 0}, 3);
}

/* ---- what goes wrong ---- */

/* Stopped at any operation: the story is as before or as after, and the index whole. */
static void test_stopped(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    unsigned long parted = 0, stopped = 1;
    for (unsigned long n = 1; stopped; n++) {
        struct disk d;
        int stories[3];
        make(parts, 3, 0);
        harm_text(1);
        repair();
        disk_init(&d);
        d.stop_at = n;
        enum wp_status status = rejudge(&d.fs);
        stopped = (unsigned long)d.stopped;
        disk_release(&d);
        if (!stopped) check_ok(status);
        expect_sound();
        read_stories(stories, 3);
        assert_int_equal(stories[0], 0);
        assert_int_equal(stories[1], NONE);
        assert_true(stories[2] == 0 || stories[2] == 2);
        if (told.count) assert_int_equal(stories[2], 2); /* what was told lasts */
        parted += stories[2] == 2 && stopped;
        if (n == 1) assert_int_equal(stories[2], 0);
    }
    assert_true(parted > 0);
    assert_int_equal(told.count, 1);
}

/* Somebody else writes: that is told, and nothing is changed. */
static void test_busy(void **state) {
    (void)state;
    const struct part parts[] = {first, whole, second};
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    make(parts, 3, 0);
    harm_text(1);
    repair();
    check_ok(wp_store_open(&store, dir, &options, &err));
    assert_int_equal(rejudge(NULL), WP_EBUSY);
    wp_store_abandon(&store);
    assert_int_equal(told.count, 0);
    expect_stories((int[]){0, NONE, 0}, 3);
}

int main(void) {
    char scratch[] = "wp_rejudge.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    if (wp_remaker_init(&remaker, NULL) != WP_OK) return 1;
    if (wp_record_parser_new(&parser, NULL, NULL) != WP_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parted),
        cmocka_unit_test(test_stays),
        cmocka_unit_test(test_founder),
        cmocka_unit_test(test_halves),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_merged),
        cmocka_unit_test(test_moved),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_unknown_founder),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_alone_twin),
        cmocka_unit_test(test_alone_and_lost),
        cmocka_unit_test(test_state_lost),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_busy),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    wp_rejudge_release(&told.anew);
    wp_record_parser_free(parser);
    wp_remaker_release(&remaker);
    disk_remove_directory(dir);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
