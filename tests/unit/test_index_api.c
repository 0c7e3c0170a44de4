/*
 * test_index_api.c - the index calls of the public header: what each promises and refuses; then several
 * threads that add, commit and find on one handle, and readers beside the writer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdatomic.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "support/disk.h"
#include "wireprint.h"

static const char dir[] = "index";
static const char ferry[] = "A ferry with 214 people aboard ran aground off Port Sorrel on Saturday night, "
                            "the coast guard said, after a dark "
                            "buoy was missed in thick fog. All passengers were taken ashore by fishing boats "
                            "before dawn, and nine of them "
                            "were treated in hospital for cuts and bruises, doctors said.";
static const char reprint[] = "Our reporter writes: a ferry with 214 people aboard ran aground off Port "
                              "Sorrel on Saturday night, the coast "
                              "guard said, after a dark buoy was missed in thick fog. All passengers were "
                              "taken ashore by fishing boats.";
static const char other[] = "The central bank held its rate at 4.25 percent on Monday and said that it "
                            "expects a slower spring, as prices "
                            "for bread and milk rise less than in the winter months before.";

static wp_index *open_index(int write) {
    wp_index *index;
    struct wp_error err = {0};
    struct wp_index_options options = {.size = sizeof options, .write = write, .create = write};
    if (wp_index_open(dir, &options, &index, &err) != WP_OK) fail_msg("%s: %s", err.file, err.reason);
    return index;
}

static struct wp_verdict *add(wp_index *index, const char *id, const char *text, const char *url) {
    struct wp_article a = {
        .id = id, .text = text, .text_len = strlen(text), .url = url, .date = "2025-03-01"};
    struct wp_verdict *v;
    struct wp_error err = {0};
    if (wp_index_add(index, &a, &v, &err) != WP_OK) fail_msg("%s", err.reason);
    return v;
}

static void test_verdicts(void **state) {
    (void)state;
    disk_remove_directory(dir);
    wp_index *index = open_index(1);
    struct wp_verdict *v = add(index, "a", ferry, "https://one.com/1");
    assert_string_equal(v->relation, "new");
    assert_null(v->to);
    assert_int_equal(v->story, v->number);
    assert_int_equal(v->first_seen, 1740787200);
    wp_verdict_free(v);
    v = add(index, "b", reprint, "https://two.com/1");
    assert_string_equal(v->relation, "copy");
    assert_string_equal(v->to, "a");
    assert_int_equal(v->story, 0);
    assert_true(v->coverage > 0.8 && v->coverage < 1);
    wp_verdict_free(v);
    v = add(index, "c", ferry, "https://three.com/1");
    assert_string_equal(v->relation, "exact");
    assert_string_equal(v->to, "a");
    assert_true(v->coverage == 1 && v->jaccard == 1);
    wp_verdict_free(v);
    v = add(index, "b", reprint, "https://two.com/1"); /* again */
    assert_int_equal(v->known, 1);
    assert_string_equal(v->relation, "copy");
    assert_int_equal(v->number, 1);
    wp_verdict_free(v);
    v = add(index, "b", other,
            "https://two.com/1"); /* a new version, of another story: it stays in the old one */
    assert_int_equal(v->replaced, 1);
    assert_int_equal(v->number, 3);
    wp_verdict_free(v);
    struct wp_error err = {0};
    assert_int_equal(wp_index_delete(index, "nobody", &err), WP_ENOENT);
    assert_int_equal(wp_index_delete(index, "c", &err), WP_OK);
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    index = open_index(0);
    wp_snapshot *s;
    assert_int_equal(wp_index_snapshot(index, &s, &err), WP_OK);
    assert_int_equal(wp_snapshot_articles(s), 2);
    wp_snapshot_free(s);
    wp_index_close(index, NULL);
}

static void test_refusals(void **state) {
    (void)state;
    struct wp_error err = {0};
    struct wp_index_options options = {.size = sizeof options};
    wp_index *index, *second;
    struct wp_verdict *v;
    struct wp_article a = {.text = "x", .text_len = 1};
    assert_int_equal(wp_index_open("nowhere", &options, &index, &err), WP_ENOENT);
    assert_null(index);
    options.size--;
    assert_int_equal(wp_index_open(dir, &options, &index, &err), WP_EINVAL);
    index = open_index(1);
    options = (struct wp_index_options){.size = sizeof options, .write = 1};
    assert_int_equal(wp_index_open(dir, &options, &second, &err), WP_EBUSY);
    assert_int_equal(wp_index_add(index, &a, &v, &err), WP_EINVAL); /* no id */
    a = (struct wp_article){.id = "x"};
    assert_int_equal(wp_index_add(index, &a, &v, &err), WP_ETEXT);
    second = open_index(0); /* reading is possible */
    a = (struct wp_article){.id = "x", .text = "x", .text_len = 1};
    assert_int_equal(wp_index_add(second, &a, &v, &err), WP_EINVAL);
    assert_int_equal(wp_index_commit(second, &err), WP_EINVAL);
    assert_int_equal(wp_index_close(second, &err), WP_OK);
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    assert_int_equal(wp_index_close(NULL, &err), WP_OK);
}

static void test_find(void **state) {
    (void)state;
    struct wp_error err = {0};
    wp_index *index;
    wp_snapshot *before, *after;
    wp_found *found;
    struct wp_found_item item;
    disk_remove_directory(dir);
    index = open_index(1);
    wp_verdict_free(add(index, "a", ferry, "https://one.com/1"));
    assert_int_equal(wp_index_snapshot(index, &before, &err), WP_OK); /* nothing is committed */
    assert_int_equal(wp_snapshot_articles(before), 0);
    assert_int_equal(wp_index_commit(index, &err), WP_OK);
    wp_verdict_free(add(index, "b", reprint, "https://two.com/1"));
    assert_int_equal(wp_index_commit(index, &err), WP_OK);
    assert_int_equal(wp_index_snapshot(index, &after, &err), WP_OK);
    struct wp_query q = {.size = sizeof q, .text = ferry, .text_len = 150, .passages = 1};
    assert_int_equal(wp_snapshot_find(before, &q, &found, &err), WP_OK);
    assert_int_equal(wp_found_count(found), 0);
    wp_found_free(found);
    assert_int_equal(wp_snapshot_find(after, &q, &found, &err), WP_OK);
    assert_int_equal(wp_found_count(found), 2);
    assert_int_equal(wp_found_get(found, 0, &item), WP_OK);
    assert_string_equal(item.id, "a");
    assert_string_equal(item.owner, "one.com");
    assert_int_equal(item.passage_count, 1);
    assert_int_equal(item.passages[0].begin_text, 0);
    assert_int_equal(item.passages[0].begin_article, 0);
    assert_memory_equal(ferry + item.passages[0].begin_text, ferry + item.passages[0].begin_article,
                        item.passages[0].end_text);
    assert_int_equal(wp_found_get(found, 2, &item), WP_EINVAL);
    wp_found_free(found);
    q = (struct wp_query){.size = sizeof q, .id = "b", .owner = "one.com"};
    assert_int_equal(wp_snapshot_find(after, &q, &found, &err), WP_OK);
    assert_int_equal(wp_found_count(found), 1);
    wp_found_free(found);
    q = (struct wp_query){.size = sizeof q, .id = "b", .has_since = 1, .since = 1800000000};
    assert_int_equal(wp_snapshot_find(after, &q, &found, &err), WP_OK);
    assert_int_equal(wp_found_count(found), 0);
    wp_found_free(found);
    q.id = "nobody";
    assert_int_equal(wp_snapshot_find(after, &q, &found, &err), WP_ENOENT);
    q.id = NULL;
    assert_int_equal(wp_snapshot_find(after, &q, &found, &err), WP_EINVAL);
    wp_snapshot_free(before);
    wp_snapshot_free(after);
    assert_int_equal(wp_index_close(index, &err), WP_OK);
}

/* ---- threads ---- */

enum { ADDERS = 2, FINDERS = 2, EACH = 120 };

struct team {
    wp_index *index;
    atomic_uint committed; /* articles that must be found */
    atomic_bool done;
    atomic_uint failures, found;
};

struct adder {
    struct team *team;
    unsigned number;
};

static void make_text(char *out, size_t size, unsigned adder, unsigned i) {
    size_t at = 0;
    for (unsigned w = 0; w < 40; w++)
        at += (size_t)snprintf(out + at, size - at, "word%u ", (adder * EACH + i) * 40 + w);
}

static void *adding(void *self) {
    struct adder *me = self;
    for (unsigned i = 0; i < EACH; i++) {
        char text[1024], id[32];
        struct wp_verdict *v;
        make_text(text, sizeof text, me->number, i);
        snprintf(id, sizeof id, "t%u-%u", me->number, i);
        struct wp_article a = {.id = id, .text = text, .text_len = strlen(text), .url = "https://one.com/"};
        if (wp_index_add(me->team->index, &a, &v, NULL) != WP_OK ||
            wp_index_commit(me->team->index, NULL) != WP_OK)
            atomic_fetch_add(&me->team->failures, 1);
        wp_verdict_free(v);
        atomic_fetch_add(&me->team->committed, 1);
    }
    return NULL;
}

/* What is committed before a snapshot is taken is in it, whole. The last search is after all were added. */
static void *finding(void *self) {
    struct team *team = self;
    bool last = false;
    for (unsigned n = 0; !last || n < EACH; n++) {
        last = atomic_load(&team->done);
        wp_snapshot *s;
        wp_found *found;
        char text[1024];
        unsigned least = atomic_load(&team->committed);
        if (wp_index_snapshot(team->index, &s, NULL) != WP_OK) {
            atomic_fetch_add(&team->failures, 1);
            continue;
        }
        uint64_t articles = wp_snapshot_articles(s);
        make_text(text, sizeof text, n % ADDERS, n % EACH);
        struct wp_query q = {.size = sizeof q, .text = text, .text_len = strlen(text)};
        if (articles < least || wp_snapshot_find(s, &q, &found, NULL) != WP_OK) {
            atomic_fetch_add(&team->failures, 1);
        } else {
            struct wp_found_item item;
            if (wp_found_count(found) > 1 ||
                (wp_found_get(found, 0, &item) == WP_OK && strcmp(item.relation, "exact") != 0))
                atomic_fetch_add(&team->failures, 1);
            atomic_fetch_add(&team->found, (unsigned)wp_found_count(found));
            wp_found_free(found);
        }
        wp_snapshot_free(s);
    }
    return NULL;
}

static wp_index *open_with(int write, const char *owners, int no_furniture, enum wp_status want) {
    wp_index *index;
    struct wp_error err = {0};
    struct wp_index_options options = {.size = sizeof options,
                                       .write = write,
                                       .create = write,
                                       .owners = owners,
                                       .no_furniture = no_furniture};
    assert_int_equal(wp_index_open(dir, &options, &index, &err), want);
    assert_true((index != NULL) == (want == WP_OK));
    return index;
}

/* How many reprints of "a" the owner has, and what it is called. */
static void expect_owner(wp_index *index, const char *owner, size_t count, const char *name) {
    wp_snapshot *snapshot;
    wp_found *found;
    struct wp_found_item item;
    struct wp_error err = {0};
    struct wp_query query = {.size = sizeof query, .id = "a", .owner = owner};
    assert_int_equal(wp_index_snapshot(index, &snapshot, &err), WP_OK);
    assert_int_equal(wp_snapshot_find(snapshot, &query, &found, &err), WP_OK);
    assert_int_equal(wp_found_count(found), count);
    if (count) assert_int_equal(wp_found_get(found, 0, &item), WP_OK);
    if (count) assert_string_equal(item.owner, name);
    wp_found_free(found);
    wp_snapshot_free(snapshot);
}

/* Sister outlets: kept by a handle for writing, of a handle for reading for itself. */
static void test_owners(void **state) {
    (void)state;
    struct wp_error err = {0};
    FILE *f = fopen("owners", "wb");
    assert_non_null(f);
    fputs("one.com two.com\n", f);
    assert_int_equal(fclose(f), 0);
    disk_remove_directory(dir);
    wp_index *index = open_with(1, NULL, 0, WP_OK);
    wp_verdict_free(add(index, "a", ferry, "https://one.com/1"));
    wp_verdict_free(add(index, "b", reprint, "https://two.com/1"));
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    index = open_with(0, "owners", 0, WP_OK);
    expect_owner(index, "one.com", 1, "one.com");
    expect_owner(index, "www.two.com", 1, "one.com");
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    index = open_with(0, NULL, 0, WP_OK);
    expect_owner(index, "one.com", 0, NULL);
    expect_owner(index, "two.com", 1, "two.com");
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    open_with(1, "nowhere", 0, WP_ENOENT);
    open_with(0, "nowhere", 0, WP_ENOENT);
    open_with(1, NULL, 1, WP_EINVAL); /* it holds articles */
    index = open_with(1, "owners", 0, WP_OK);
    expect_owner(index, "two.com", 1, "one.com");
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    index = open_with(0, NULL, 0, WP_OK);
    expect_owner(index, "two.com", 1, "one.com");
    assert_int_equal(wp_index_close(index, &err), WP_OK);
    assert_int_equal(remove("owners"), 0);
}

static void test_threads(void **state) {
    (void)state;
    disk_remove_directory(dir);
    struct team team = {.index = open_index(1)};
    struct adder adders[ADDERS];
    pthread_t threads[ADDERS + FINDERS];
    for (unsigned i = 0; i < ADDERS; i++) {
        adders[i] = (struct adder){&team, i};
        assert_int_equal(pthread_create(&threads[i], NULL, adding, &adders[i]), 0);
    }
    for (unsigned i = 0; i < FINDERS; i++)
        assert_int_equal(pthread_create(&threads[ADDERS + i], NULL, finding, &team), 0);
    for (unsigned i = 0; i < ADDERS; i++) pthread_join(threads[i], NULL);
    atomic_store(&team.done, true);
    for (unsigned i = 0; i < FINDERS; i++) pthread_join(threads[ADDERS + i], NULL);
    assert_int_equal(team.failures, 0);
    assert_true(team.found > 0);
    wp_snapshot *s;
    assert_int_equal(wp_index_snapshot(team.index, &s, NULL), WP_OK);
    assert_int_equal(wp_snapshot_articles(s), ADDERS * EACH);
    wp_snapshot_free(s);
    assert_int_equal(wp_index_close(team.index, NULL), WP_OK);
}

/* ---- a reader that refreshes ---- */

static uint64_t count_articles(wp_index *index) {
    wp_snapshot *s;
    assert_int_equal(wp_index_snapshot(index, &s, NULL), WP_OK);
    uint64_t n = wp_snapshot_articles(s);
    wp_snapshot_free(s);
    return n;
}

static void expect_refresh(wp_index *index, int changed, uint64_t articles) {
    int did = -1;
    struct wp_error err = {0};
    if (wp_index_refresh(index, &did, &err) != WP_OK) fail_msg("%s: %s", err.file, err.reason);
    assert_int_equal(did, changed);
    assert_int_equal(count_articles(index), articles);
}

static void test_refresh(void **state) {
    (void)state;
    disk_remove_directory(dir);
    wp_index *writer = open_index(1);
    wp_verdict_free(add(writer, "a", ferry, "https://one.com/1"));
    assert_int_equal(wp_index_commit(writer, NULL), WP_OK);
    wp_index *reader = open_index(0);
    wp_snapshot *early;
    assert_int_equal(wp_index_snapshot(reader, &early, NULL), WP_OK);
    expect_refresh(reader, 0, 1);
    wp_verdict_free(add(writer, "b", reprint, "https://two.com/1"));
    expect_refresh(reader, 0, 1); /* not committed */
    assert_int_equal(wp_index_commit(writer, NULL), WP_OK);
    assert_int_equal(count_articles(reader), 1); /* not refreshed */
    expect_refresh(reader, 1, 2);
    expect_refresh(reader, 0, 2);
    assert_int_equal(wp_index_delete(writer, "b", NULL), WP_OK);
    assert_int_equal(wp_index_commit(writer, NULL), WP_OK);
    expect_refresh(reader, 1, 1);
    assert_int_equal(wp_index_refresh(writer, NULL, NULL), WP_OK);
    assert_int_equal(wp_index_close(writer, NULL), WP_OK); /* the log becomes a segment */
    expect_refresh(reader, 1, 1);
    expect_refresh(reader, 0, 1);
    assert_int_equal(wp_snapshot_articles(early), 1);
    wp_snapshot_free(early);
    assert_int_equal(wp_index_close(reader, NULL), WP_OK);
}

/* How many reprints of `ferry` a reader finds of the owner that this name goes by. */
static size_t count_of(wp_snapshot *s, const char *owner) {
    wp_found *found;
    struct wp_query q = {.size = sizeof q, .text = ferry, .text_len = strlen(ferry), .owner = owner};
    assert_int_equal(wp_snapshot_find(s, &q, &found, NULL), WP_OK);
    size_t n = wp_found_count(found);
    wp_found_free(found);
    return n;
}

static void write_text(const char *name, const char *text) {
    FILE *f = fopen(name, "wb");
    assert_true(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void expect_owners(wp_index *reader, size_t one, size_t two) {
    wp_snapshot *s;
    assert_int_equal(wp_index_snapshot(reader, &s, NULL), WP_OK);
    assert_int_equal(count_of(s, "one.com"), one);
    assert_int_equal(count_of(s, "two.com"), two);
    wp_snapshot_free(s);
}

/* Another writer tells the index who are sisters; one reader goes by that, one by its own file. */
static void test_refresh_terms(void **state) {
    (void)state;
    disk_remove_directory(dir);
    wp_snapshot *early;
    wp_index *writer = open_index(1);
    wp_verdict_free(add(writer, "a", ferry, "https://one.com/1"));
    wp_verdict_free(add(writer, "b", reprint, "https://two.com/1"));
    assert_int_equal(wp_index_close(writer, NULL), WP_OK);
    write_text("owners", "one.com two.com\n");
    write_text("none", "");
    wp_index *reader = open_index(0), *own = open_with(0, "none", 0, WP_OK);
    expect_owners(reader, 1, 1);
    assert_int_equal(wp_index_snapshot(reader, &early, NULL), WP_OK);
    assert_int_equal(wp_index_close(open_with(1, "owners", 0, WP_OK), NULL), WP_OK);
    expect_owners(reader, 1, 1); /* not refreshed */
    expect_refresh(reader, 1, 2);
    expect_refresh(reader, 0, 2);
    expect_owners(reader, 2, 2);
    assert_int_equal(count_of(early, "one.com"), 1); /* a snapshot never changes */
    expect_owners(reader, 2, 2);
    expect_refresh(own, 1, 2);
    expect_owners(own, 1, 1);
    assert_int_equal(wp_index_close(open_with(1, "none", 0, WP_OK), NULL), WP_OK);
    expect_refresh(reader, 1, 2);
    expect_owners(reader, 1, 1);
    wp_snapshot_free(early);
    assert_int_equal(wp_index_close(own, NULL), WP_OK);
    assert_int_equal(remove("index/settings"), 0);
    write_text("index/settings", "no settings");
    assert_int_equal(wp_index_refresh(reader, NULL, NULL), WP_EDAMAGED);
    expect_owners(reader, 1, 1);
    assert_int_equal(wp_index_close(reader, NULL), WP_OK);
    assert_int_equal(remove("owners"), 0);
    assert_int_equal(remove("none"), 0);
}

static const char *first_id(wp_index *index, const char *text, wp_found **found) {
    wp_snapshot *s;
    struct wp_found_item item;
    struct wp_query q = {.size = sizeof q, .text = text, .text_len = strlen(text)};
    assert_int_equal(wp_index_snapshot(index, &s, NULL), WP_OK);
    assert_int_equal(wp_snapshot_find(s, &q, found, NULL), WP_OK);
    wp_snapshot_free(s);
    return wp_found_get(*found, 0, &item) == WP_OK ? item.id : "";
}

/* Another index under the same name, whose articles have the same numbers: nothing of the old one is told. */
static void test_refresh_another(void **state) {
    (void)state;
    const char *texts[] = {ferry, other};
    wp_index *reader = NULL;
    wp_found *found;
    struct wp_error err = {0};
    for (int turn = 0; turn < 2; turn++) {
        disk_remove_directory(dir);
        if (turn) assert_int_equal(wp_index_refresh(reader, NULL, &err), WP_ENOENT);
        wp_index *writer = open_index(1);
        wp_verdict_free(add(writer, turn ? "y" : "x", texts[turn], "https://one.com/1"));
        assert_int_equal(wp_index_close(writer, NULL), WP_OK);
        if (!turn) reader = open_index(0);
        if (turn) expect_refresh(reader, 1, 1);
        assert_string_equal(first_id(reader, texts[turn], &found), turn ? "y" : "x");
        wp_found_free(found);
        assert_string_equal(first_id(reader, texts[!turn], &found), "");
        wp_found_free(found);
    }
    assert_int_equal(wp_index_close(reader, NULL), WP_OK);
}

enum { SESSIONS = 6, IN_SESSION = 30 };

/* Adds and commits one by one; each session ends with a flush, and some of them with a merge. */
static void *writing(void *self) {
    struct team *team = self;
    for (unsigned i = 0; i < SESSIONS * IN_SESSION; i += IN_SESSION) {
        wp_index *index = open_index(1);
        for (unsigned j = i; j < i + IN_SESSION; j++) {
            char text[1024], id[32];
            struct wp_verdict *v;
            make_text(text, sizeof text, 0, j);
            snprintf(id, sizeof id, "t0-%u", j);
            struct wp_article a = {
                .id = id, .text = text, .text_len = strlen(text), .url = "https://one.com/"};
            if (wp_index_add(index, &a, &v, NULL) != WP_OK || wp_index_commit(index, NULL) != WP_OK)
                atomic_fetch_add(&team->failures, 1);
            wp_verdict_free(v);
            atomic_fetch_add(&team->committed, 1);
        }
        if (wp_index_close(index, NULL) != WP_OK) atomic_fetch_add(&team->failures, 1);
    }
    atomic_store(&team->done, true);
    return NULL;
}

/* Refreshes and looks: what was committed before is there, and found. */
static void *following(void *self) {
    struct team *team = self;
    uint64_t last = 0;
    for (bool more = true; more;) {
        wp_snapshot *s;
        wp_found *found = NULL;
        char text[1024];
        struct wp_found_item item;
        more = !atomic_load(&team->done);
        unsigned least = atomic_load(&team->committed);
        if (wp_index_refresh(team->index, NULL, NULL) != WP_OK ||
            wp_index_snapshot(team->index, &s, NULL) != WP_OK) {
            atomic_fetch_add(&team->failures, 1);
            continue;
        }
        uint64_t articles = wp_snapshot_articles(s);
        make_text(text, sizeof text, 0, least ? least - 1 : 0);
        struct wp_query q = {.size = sizeof q, .text = text, .text_len = strlen(text)};
        bool good = articles >= least && articles >= last && wp_snapshot_find(s, &q, &found, NULL) == WP_OK;
        if (good && least)
            good = wp_found_get(found, 0, &item) == WP_OK && strcmp(item.relation, "exact") == 0;
        if (!good) atomic_fetch_add(&team->failures, 1);
        atomic_fetch_add(&team->found, 1);
        last = articles;
        wp_found_free(found);
        wp_snapshot_free(s);
    }
    return NULL;
}

static void test_refresh_threads(void **state) {
    (void)state;
    disk_remove_directory(dir);
    assert_int_equal(wp_index_close(open_index(1), NULL), WP_OK);
    struct team team = {.index = open_index(0)};
    pthread_t threads[1 + FINDERS];
    assert_int_equal(pthread_create(&threads[0], NULL, writing, &team), 0);
    for (unsigned i = 1; i <= FINDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, following, &team), 0);
    for (unsigned i = 0; i <= FINDERS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(team.failures, 0);
    assert_true(team.found > SESSIONS);
    expect_refresh(team.index, 0, SESSIONS * IN_SESSION);
    assert_int_equal(wp_index_close(team.index, NULL), WP_OK);
}

int main(void) {
    char scratch[] = "wp_index_api.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts),       cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_find),           cmocka_unit_test(test_owners),
        cmocka_unit_test(test_refresh_terms),  cmocka_unit_test(test_threads),
        cmocka_unit_test(test_refresh),        cmocka_unit_test(test_refresh_another),
        cmocka_unit_test(test_refresh_threads)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_remove_directory(dir);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
