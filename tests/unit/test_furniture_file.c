/*
 * test_furniture_file.c - what a run learns is written so that it is read back as the same shingles, with an
 * example of each passage as it stands in an article, however the input comes; and a second run with that
 * file counts on and tells the same stories.
 */
#include "report/furniture_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/harvest.h"
#include "report/answers.h"

#define INPUT "in.jsonl"
#define APPEAL "Donate to us: it keeps the lights on, said nobody, ever"
static const char *const files[] = {INPUT};

/* Ten stories, each of two articles by two owners; what the two have around them is theirs. */
enum { STORIES = 10, LINES_MAX = 100, LINE_BYTES = 4000 };

struct input {
    char lines[LINES_MAX][LINE_BYTES];
    uint32_t count;
};

/* Two letters of its own for any number below 26 * 26. */
static const char *letters(unsigned n) {
    static char text[8][3];
    static unsigned turn;
    char *t = text[turn++ % 8];
    t[0] = (char)('a' + n / 26), t[1] = (char)('a' + n % 26), t[2] = '\0';
    return t;
}

/* The words of a story, its title first. */
static void add_story(char *line, unsigned story, unsigned words) {
    sprintf(line + strlen(line), "about %swxyz %sklmn ", letters(story), letters(story + 300));
    for (unsigned w = 0; w < words; w++)
        sprintf(line + strlen(line), "%s%s ", letters(story), letters(w + 100));
}

static char *begin_line(struct input *in, unsigned story, const char *fields) {
    char *line = in->lines[in->count];
    sprintf(line, "{\"id\":\"%u\",%s,\"title\":\"%swxyz %sklmn\",\"text\":\"", in->count, fields,
            letters(story), letters(story + 300));
    in->count++;
    return line;
}

static void make_input(struct input *in) {
    in->count = 0;
    for (unsigned s = 0; s < STORIES; s++) {
        char fields[200], *line;
        sprintf(fields, "\"url\":\"https://www.punchng.com/%u\",\"date\":\"2021-03-%02uT10:00:00Z\"", s,
                20 - s);
        line = begin_line(in, s, fields);
        add_story(line, s, 60);
        strcat(line, "Share this:\\n\\t \\u00a0 Twitter  Facebook \\u2028WhatsApp - Pinterest, e-mail.\"}");
        /* a name with what is escaped; the first of its words comes out of the character before it */
        line = begin_line(in, s, "\"source\":\"The\\tNation \\\\ Mail\"");
        add_story(line, s, 60);
        sprintf(line + strlen(line), "%s\xc2\xbd " APPEAL "\"}", letters(s));
    }
    for (unsigned s = 0; s < STORIES; s++) { /* a site of another script, with a foot in this one */
        char *line = begin_line(in, s + 50, "\"source\":\"zh\"");
        add_story(line, s + 50, 0);
        for (unsigned w = 0; w < 80; w++) {
            unsigned c = 0x4e00 + s * 200 + w;
            sprintf(line + strlen(line), "%c%c%c", 0xe0 | c >> 12, 0x80 | (c >> 6 & 63), 0x80 | (c & 63));
        }
        strcat(line, " Copyright of the Xinhua Net all rights reserved by law and no part of it may be "
                     "copied, stored or sent on in any form without asking first\"}");
    }
    for (unsigned s = 0; s < STORIES; s++) { /* pages that anybody shows */
        char fields[100];
        sprintf(fields, "\"source\":\"any %u\"", s);
        strcat(begin_line(in, s + 100, fields),
               "Please enable JavaScript to continue using this site and reload the page"
               " when you are done with that.\"}");
        sprintf(in->lines[in->count - 1] + strlen(in->lines[in->count - 1]) - 2, " Code %s%s.\"}",
                letters(s + 400), letters(s + 500));
    }
    FILE *out = fopen(INPUT, "wb");
    assert_non_null(out);
    for (uint32_t i = 0; i < in->count; i++) fprintf(out, "%s\n", in->lines[i]);
    assert_int_equal(fclose(out), 0);
}

/* One run; again: lines are read from the file by their place, else in one more pass. */
struct fixture {
    struct wp_run run;
    struct wp_known *known;
    struct wp_furniture_file file;
};

static void harvest(struct fixture *f, const struct input *in, bool again) {
    struct wp_harvest *h;
    size_t bytes = 0;
    char *all = calloc(LINES_MAX, LINE_BYTES);
    assert_non_null(all);
    assert_int_equal(wp_harvest_new(&h, &f->run, NULL), WP_OK);
    wp_harvest_begin(h, &(struct wp_origin){.data = again ? (const uint8_t *)all : NULL});
    for (uint32_t i = 0; i < in->count; i++) {
        size_t len = strlen(in->lines[i]);
        memcpy(all + bytes, in->lines[i], len);
        all[bytes + len] = '\n';
        assert_int_equal(wp_harvest_line(h, (uint8_t *)all + bytes, len, i, NULL), WP_OK);
        bytes += len + 1;
    }
    assert_int_equal(wp_harvest_end(h, in->count, NULL), WP_OK);
    assert_int_equal(wp_harvest_finish(h, NULL), WP_OK);
    wp_harvest_free(h);
    free(all);
}

static void run(struct fixture *f, const struct input *in, const char *known, bool again, unsigned threads) {
    struct wp_settings settings;
    struct wp_error err = {0};
    *f = (struct fixture){0};
    assert_int_equal(wp_known_new(&f->known), WP_OK);
    if (known) assert_int_equal(wp_known_read(f->known, known, NULL, &err), WP_OK);
    wp_settings_init(&settings);
    settings.threads = threads;
    settings.known = f->known;
    settings.keeps_furniture = true;
    assert_int_equal(wp_run_init(&f->run, &settings, files, 1, &err), WP_OK);
    harvest(f, in, again);
    assert_int_equal(wp_run_finish(&f->run, &err), WP_OK);
    f->file = (struct wp_furniture_file){.run = &f->run, .known = f->known};
}

static void release(struct fixture *f) {
    wp_run_release(&f->run);
    wp_known_free(f->known);
}

static enum wp_status write_furniture(struct fixture *f, const char *name, struct wp_error *err) {
    struct wp_output out;
    assert_int_equal(wp_output_open(&out, name, err), WP_OK);
    enum wp_status status = wp_write_furniture(&f->file, &out, err);
    if (status == WP_OK) assert_int_equal(wp_output_commit(&out, err), WP_OK);
    wp_output_free(&out);
    return status;
}

static char *stories(struct fixture *f) {
    struct wp_output out;
    assert_int_equal(wp_output_open(&out, "stories", NULL), WP_OK);
    assert_int_equal(wp_write_stories(&f->run, &out, NULL), WP_OK);
    assert_int_equal(wp_output_commit(&out, NULL), WP_OK);
    char *text = calloc(1, 100000);
    FILE *read = fopen("stories", "rb");
    assert_non_null(text);
    assert_non_null(read);
    assert_in_range(fread(text, 1, 99999, read), 1, 99998);
    fclose(read);
    return text;
}

static char *contents(const char *name) {
    char *text = calloc(1, 100000);
    FILE *read = fopen(name, "rb");
    assert_non_null(text);
    assert_non_null(read);
    assert_in_range(fread(text, 1, 99999, read), 1, 99998);
    fclose(read);
    return text;
}

struct entry {
    uint64_t owner, shingle;
};

static int compare_entries(const void *x, const void *y) {
    const struct entry *a = x, *b = y;
    if (a->owner != b->owner) return a->owner < b->owner ? -1 : 1;
    return a->shingle < b->shingle ? -1 : a->shingle > b->shingle;
}

static size_t put_set(const struct wp_furniture_set *set, struct entry *all, size_t n) {
    for (size_t i = 0; i < set->cap; i++)
        if (set->table[i]) all[n++] = (struct entry){set->owner, set->table[i]};
    return n;
}

/* What all owners have, ascending; to be freed. */
static struct entry *entries(const struct wp_furniture *f) {
    struct entry *all = malloc((f->count + 1) * sizeof *all);
    assert_non_null(all);
    size_t n = put_set(&f->of_all, all, 0);
    for (size_t i = 0; i < f->owner_cap; i++) n = put_set(&f->owners[i], all, n);
    assert_int_equal(n, f->count);
    qsort(all, n, sizeof *all, compare_entries);
    return all;
}

/* Does the file say what the run knows, no more and no less? */
static void assert_says_all(const struct wp_furniture *learnt, const char *name) {
    struct wp_furniture read;
    struct wp_known *known;
    struct wp_error err = {0};
    assert_int_equal(wp_furniture_init(&read), WP_OK);
    assert_int_equal(wp_known_new(&known), WP_OK);
    assert_int_equal(wp_known_read(known, name, NULL, &err), WP_OK);
    assert_int_equal(wp_known_add_to(known, &read), WP_OK);
    assert_int_equal(read.count, learnt->count);
    struct entry *a = entries(&read), *b = entries(learnt);
    assert_memory_equal(a, b, read.count * sizeof *a);
    free(a);
    free(b);
    wp_known_free(known);
    wp_furniture_release(&read);
}

/* Every article has its own words up to its site's; so a passage begins with them, but for the one that
 * begins inside the character that makes two words and a fraction slash: it is told by its folded words. */
static const char expected[] =
    "owner\tcount\tfirst_seen\tpassage\tspan\n"
    "*\t10\t\tPlease enable JavaScript to continue using this site and reload the page when you are done "
    "with "
    "that. Code\t5\n"
    "punchng.com\t10\t2021-03-11\tShare this: Twitter Facebook WhatsApp - Pinterest, e-mail\t5\n"
    "the\\x09nation \\x5c mail\t10\t\t2 donate to us it keeps the lights on said nobody ever\t5\n"
    "zh\t10\t\tCopyright of the Xinhua Net all rights reserved by law and no part of it may be copied, "
    "stored or sent on in any form without asking first\t8\n";

static void test_passages_as_they_stand(void **state) {
    (void)state;
    struct input in;
    struct fixture f;
    struct wp_error err = {0};
    make_input(&in);
    for (unsigned i = 0; i < 4; i++) {
        run(&f, &in, NULL, i % 2, 1 + i / 2);
        assert_int_equal(write_furniture(&f, "known.tsv", &err), WP_OK);
        char *text = contents("known.tsv");
        assert_string_equal(text, expected);
        free(text);
        assert_int_equal(f.file.passages, 4);
        assert_int_equal(f.file.left_out, 0);
        assert_says_all(&f.run.furniture, "known.tsv");
        release(&f);
    }
}

static void test_a_second_run_goes_on(void **state) {
    (void)state;
    struct input in;
    struct fixture f;
    struct wp_error err = {0};
    make_input(&in);
    run(&f, &in, NULL, true, 2);
    assert_int_equal(write_furniture(&f, "known.tsv", &err), WP_OK);
    char *first = stories(&f);
    uint64_t banners = f.run.counts.banners;
    assert_int_equal(banners, STORIES);
    release(&f);
    run(&f, &in, "known.tsv", false, 3);
    char *second = stories(&f);
    assert_string_equal(second, first);
    assert_int_equal(f.run.counts.banners, banners);
    assert_int_equal(write_furniture(&f, "known2.tsv", &err), WP_OK);
    assert_says_all(&f.run.furniture, "known2.tsv");
    char *before = contents("known.tsv"), *after = contents("known2.tsv");
    for (char *at; (at = strstr(before, "\t10\t"));) at[1] = '2'; /* every count is twice what it was */
    assert_string_equal(after, before);
    free(before);
    free(after);
    free(first);
    free(second);
    release(&f);
}

/* Two articles of an owner that this run has never seen: their passage is known from before. */
static void test_a_cold_start_is_helped(void **state) {
    (void)state;
    struct input all, in = {.count = 2};
    struct fixture f;
    struct wp_error err = {0};
    make_input(&all);
    run(&f, &all, NULL, true, 1);
    assert_int_equal(write_furniture(&f, "known.tsv", &err), WP_OK);
    release(&f);
    for (unsigned i = 0; i < 2; i++) { /* two pages of the kind that anybody shows */
        strcpy(in.lines[i], all.lines[all.count - 2 + i]);
    }
    for (int known = 0; known < 2; known++) {
        run(&f, &in, known ? "known.tsv" : NULL, false, 1);
        assert_int_equal(f.run.counts.banners, known ? 2 : 0);
        assert_int_equal(f.run.stories.count, known ? 0 : 1);
        release(&f);
    }
}

static void test_an_input_that_changed(void **state) {
    (void)state;
    static struct input in;
    struct fixture f;
    for (int turn = 0; turn < 4; turn++) {
        struct wp_error err = {0};
        bool again = turn % 2;
        const char *was = turn / 2 ? "about " : "punchng.com", *is = turn / 2 ? "above " : "punching.gg";
        make_input(&in);
        run(&f, &in, NULL, again, 1);
        FILE *out = fopen(INPUT, "rb+");
        assert_non_null(out);
        for (uint32_t i = 0; i < in.count; i++) {
            char *at = strstr(in.lines[i], was);
            if (at) memcpy(at, is, strlen(is));
            fprintf(out, "%s\n", in.lines[i]);
        }
        fclose(out);
        assert_int_equal(write_furniture(&f, "changed.tsv", &err), WP_EDAMAGED);
        assert_string_equal(err.file, INPUT);
        assert_null(fopen("changed.tsv", "rb"));
        release(&f);
    }
}

/* The setting, by name, and through the library: two articles of nearly nothing but their site's. */
static void test_on_and_off(void **state) {
    (void)state;
    struct wp_settings s;
    struct wp_error err = {0};
    wp_settings_init(&s);
    assert_true(s.furniture);
    assert_int_equal(wp_settings_set(&s, "furniture", "off", &err), WP_OK);
    assert_false(s.furniture);
    assert_int_equal(wp_settings_set(&s, "furniture", "no", &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "on or off, not 'no'"));
    assert_false(s.furniture);
    for (int on = 0; on < 2; on++) {
        wp_batch_run *b;
        assert_int_equal(wp_batch_new(&b), WP_OK);
        assert_int_equal(wp_batch_set(b, "furniture", on ? "on" : "off", &err), WP_OK);
        for (unsigned i = 0; i < STORIES; i++) {
            char text[400];
            sprintf(text,
                    "%s%s %s%s please enable scripts to go on with this page, thank you and good bye, "
                    "until we meet again on another day in spring",
                    letters(i), letters(i + 50), letters(i + 90), letters(i + 20));
            struct wp_article a = {.text = text, .text_len = strlen(text), .source = "daily"};
            char url[100];
            sprintf(url, "https://daily.example/%swxyz-%sklmn", letters(i), letters(i + 300));
            a.url = url;
            assert_int_equal(wp_batch_add(b, &a, &err), WP_OK);
        }
        assert_int_equal(wp_batch_finish(b, &err), WP_OK);
        assert_int_equal(wp_batch_story_count(b), on ? 0 : 1);
        wp_batch_free(b);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passages_as_they_stand), cmocka_unit_test(test_a_second_run_goes_on),
        cmocka_unit_test(test_a_cold_start_is_helped), cmocka_unit_test(test_an_input_that_changed),
        cmocka_unit_test(test_on_and_off)};
    return cmocka_run_group_tests_name("furniture_file", tests, NULL, NULL);
}
