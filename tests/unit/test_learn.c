/*
 * test_learn.c - whole runs over small outlets: what they repeat under different stories is taken out, pages
 * of nothing else are no story, and what an outlet tells again is not mistaken for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/harvest.h"

static const char *const files[] = {"in.jsonl"};

struct fixture {
    struct wp_settings settings;
    struct wp_run run;
    struct wp_harvest *harvest;
    uint32_t lines;
};

static void begin(struct fixture *f, unsigned threads, const char *verify, bool furniture) {
    *f = (struct fixture){.lines = 0};
    wp_settings_init(&f->settings);
    f->settings.threads = threads;
    f->settings.furniture = furniture;
    assert_int_equal(wp_settings_set(&f->settings, "verify", verify, NULL), WP_OK);
    assert_int_equal(wp_run_init(&f->run, &f->settings, files, 1, NULL), WP_OK);
    assert_int_equal(wp_harvest_new(&f->harvest, &f->run, NULL), WP_OK);
    wp_harvest_begin(f->harvest, &(struct wp_origin){0});
}

/* Appends words first .. first + count - 1 of a vocabulary. */
static char *words(char *text, const char *vocabulary, unsigned first, unsigned count) {
    for (unsigned i = first; i < first + count; i++) sprintf(text + strlen(text), "%s%u ", vocabulary, i);
    return text;
}

/* A title of two words that no other number has. */
static const char *headline(unsigned number) {
    static char text[60];
    snprintf(text, sizeof text, "headline%u happens%u", number, number);
    return text;
}

static void add(struct fixture *f, const char *owner, const char *title, const char *text) {
    static char line[20000];
    int len = snprintf(line, sizeof line - WP_RECORD_PADDING,
                       "{\"id\":%u,\"source\":\"%s\",\"title\":\"%s\",\"text\":\"%s\"}", f->lines, owner,
                       title, text);
    memset(line + len, 0, WP_RECORD_PADDING);
    assert_int_equal(wp_harvest_line(f->harvest, (uint8_t *)line, (size_t)len, f->lines++, NULL), WP_OK);
}

static void finish(struct fixture *f) {
    struct wp_error err = {0};
    assert_int_equal(wp_harvest_end(f->harvest, f->lines, NULL), WP_OK);
    assert_int_equal(wp_harvest_finish(f->harvest, NULL), WP_OK);
    assert_int_equal(wp_run_finish(&f->run, &err), WP_OK);
}

static void end(struct fixture *f) {
    wp_harvest_free(f->harvest);
    wp_run_release(&f->run);
}

/* Eight stories of 60 words under a banner of 40: without its furniture nothing is left that two share. */
static void banner(void **state) {
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct fixture f;
        begin(&f, round ? 3 : 1, round == 3 ? "sketch" : "exact", round != 1);
        for (unsigned i = 0; i < 8; i++) {
            char text[3000] = "";
            strcat(words(text, "banner", 0, 40), headline(i));
            strcat(text, " ");
            add(&f, "Daily", headline(i), words(text, "story", 100 * i, 60));
        }
        finish(&f);
        assert_int_equal(f.run.stories.count, 0);
        assert_int_equal(f.run.counts.banners, 0);
        if (round != 1) assert_int_equal(f.run.counts.matches, 0);
        if (round == 1) assert_int_equal(f.run.counts.matches, 8 * 7 / 2); /* two fifths are shared */
        if (round == 1) assert_int_equal(f.run.counts.furniture_shingles, 0);
        if (round == 0 || round == 2) assert_int_equal(f.run.counts.furniture_shingles, 40 - 5 + 1);
        end(&f);
    }
}

/* An article crawled again under ten addresses, each time with another word or two: one title, one story. */
static void crawled_again(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 2, "exact", true);
    for (unsigned i = 0; i < 10; i++) {
        char text[3000] = "";
        words(words(text, "story", 0, 150), "again", i, 2);
        add(&f, "Daily", headline(1), text);
    }
    finish(&f);
    assert_int_equal(f.run.counts.furniture_shingles, 0);
    assert_int_equal(f.run.stories.count, 1);
    assert_int_equal(f.run.stories.items[0].size, 10);
    end(&f);
}

/* Pages that show a banner instead of their article, to the word and with a few words of their own. */
static void nothing_but_banner(void **state) {
    (void)state;
    for (unsigned own = 0; own <= 3; own += 3) {
        struct fixture f;
        begin(&f, 2, "exact", true);
        for (unsigned i = 0; i < 8; i++) {
            char text[3000] = "";
            words(words(text, "banner", 0, 40), "other", 10 * i, own);
            add(&f, "Daily", headline(i), text);
        }
        finish(&f);
        assert_int_equal(f.run.stories.count, 0);
        assert_int_equal(f.run.counts.banners, 8);
        end(&f);
    }
}

/* One story printed by eight outlets, word by word, under titles of their own that the text speaks of. */
static void titles_of_their_own(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 2, "exact", true);
    for (unsigned i = 0; i < 8; i++) {
        char text[3000] = "", owner[20];
        for (unsigned k = 0; k < 8; k++) strcat(strcat(text, headline(k)), " ");
        snprintf(owner, sizeof owner, "Outlet %u", i);
        add(&f, owner, headline(i), words(text, "story", 0, 100));
    }
    finish(&f);
    assert_int_equal(f.run.counts.banners, 0);
    assert_int_equal(f.run.stories.count, 1);
    assert_int_equal(f.run.stories.items[0].size, 8);
    end(&f);
}

/* A sidebar of 150 words beside stories of 70. One of them stands in another outlet, without the sidebar. */
static void sidebar(void **state) {
    (void)state;
    struct fixture f;
    char text[5000];
    begin(&f, 2, "exact", true);
    for (unsigned i = 0; i < 8; i++) {
        text[0] = '\0';
        words(words(text, "story", 100 * i, 70), "sidebar", 0, 150);
        add(&f, "Daily", headline(i), text);
    }
    text[0] = '\0';
    add(&f, "Post", headline(99), words(text, "story", 300, 70));
    finish(&f);
    assert_int_equal(f.run.stories.count, 1);
    assert_int_equal(f.run.stories.items[0].size, 2);
    assert_int_equal(f.run.stories.members[0].rank, 3);
    assert_int_equal(f.run.stories.members[1].rank, 8);
    end(&f);
}

/* A report that is filled in again with other figures, and one printed again with the same. */
static void forms(void **state) {
    (void)state;
    for (unsigned other = 0; other < 2; other++) {
        struct fixture f;
        begin(&f, 1, "exact", true);
        for (unsigned i = 0; i < 2; i++) {
            char text[3000] = "";
            for (unsigned k = 0; k < 6; k++)
                sprintf(words(text, "cases", 50 * k, 40) + strlen(text), "%u ", 1000 + 10 * k + i * other);
            sprintf(text + strlen(text), "end%u", i);
            add(&f, i ? "Daily" : "Post", headline(1), text);
        }
        finish(&f);
        assert_int_equal(f.run.stories.count, !other);
        end(&f);
    }
}

/* An outlet tells on: each version has the one before, and is longer. */
static void versions(void **state) {
    (void)state;
    struct fixture f;
    begin(&f, 2, "exact", true);
    for (unsigned i = 0; i < 4; i++) {
        char text[5000] = "";
        words(words(text, "update", 1000 * i, 20), "story", 0, 200 + 40 * i);
        add(&f, "Daily", headline(i), text); /* and under a new title */
    }
    finish(&f);
    assert_int_equal(f.run.stories.count, 1);
    assert_int_equal(f.run.stories.items[0].size, 4);
    end(&f);
}

/* Articles of no owner under what all sites show: it is taken out of them, and what is left is looked at. */
static void of_all(void **state) {
    (void)state;
    for (unsigned owned = 0; owned < 2; owned++) {
        struct fixture f;
        begin(&f, 2, "exact", true);
        for (unsigned i = 0; i < 8; i++) {
            char text[3000] = "", owner[20];
            snprintf(owner, sizeof owner, owned ? "Outlet %u" : "", i);
            /* the last two tell the same, but for a word at the end */
            words(words(text, "banner", 0, 90), "story", i < 6 ? 100 * i : 600, 60);
            add(&f, owner, headline(i), words(text, "other", i, 1));
        }
        finish(&f);
        assert_int_equal(f.run.counts.furniture_shingles, 90 - 5 + 1);
        assert_int_equal(f.run.counts.banners, 0);
        assert_int_equal(f.run.stories.count, 1);
        assert_int_equal(f.run.stories.items[0].size, 2);
        assert_int_equal(f.run.stories.members[0].rank, 6);
        end(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(banner),
                                       cmocka_unit_test(crawled_again),
                                       cmocka_unit_test(nothing_but_banner),
                                       cmocka_unit_test(sidebar),
                                       cmocka_unit_test(forms),
                                       cmocka_unit_test(versions),
                                       cmocka_unit_test(of_all),
                                       cmocka_unit_test(titles_of_their_own)};
    return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
