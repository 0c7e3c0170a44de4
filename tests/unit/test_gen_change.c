/*
 * test_gen_change.c - parts, marks, and what reprints do to a text.
 *
 * What a change says of itself is held against a slow comparison: which of the parent's words stand, in runs
 * of four or more, in the reprint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/change.h"
#include "gen/token.h"

#define WORDS_MAX 6000
#define RUN 4
#define HAS(note, field) ((note)->changes >> WP_GEN_MIX_##field & 1u)

static struct wp_gen_base base;
static struct wp_gen_outlet outlet;

static int set_up(void **state) {
    struct wp_error err;
    (void)state;
    outlet = wp_gen_outlet_make(1, 3);
    return wp_gen_base_builtin(&base) != WP_OK || wp_gen_base_finish(&base, &err) != WP_OK;
}

static int tear_down(void **state) {
    (void)state;
    wp_gen_base_release(&base);
    return 0;
}

static void parts_join_to_what_was_cut(void **state) {
    static const char *const texts[] = {"One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.",
                                        "One is. Two is. Three is.", "A single part", ""};
    static const uint32_t counts[] = {5, 3, 1, 0};
    static struct wp_gen_parts parts;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct wp_buffer out = {0};
        wp_gen_parts_cut(&parts, (const uint8_t *)texts[i], strlen(texts[i]));
        assert_int_equal(parts.count, counts[i]);
        assert_int_equal(wp_gen_parts_join(&parts, &out), WP_OK);
        assert_int_equal(out.len, strlen(texts[i]));
        assert_memory_equal(out.len ? (const char *)out.data : "", texts[i], out.len);
        wp_buffer_release(&out);
    }
}

static void more_parts_than_fit_stay_together(void **state) {
    static char text[3 * (WP_GEN_PARTS_MAX + 200)];
    static struct wp_gen_parts parts;
    struct wp_buffer out = {0};
    (void)state;
    for (size_t i = 0; i < WP_GEN_PARTS_MAX + 200; i++) memcpy(text + 3 * i, "a\n\n", 3);
    wp_gen_parts_cut(&parts, (const uint8_t *)text, sizeof text - 2);
    assert_int_equal(parts.count, WP_GEN_PARTS_MAX);
    assert_int_equal(wp_gen_parts_words(&parts), WP_GEN_PARTS_MAX + 200);
    assert_int_equal(wp_gen_parts_join(&parts, &out), WP_OK);
    assert_int_equal(out.len, sizeof text - 2);
    for (uint32_t i = 0; i < 100; i++) wp_gen_parts_insert(&parts, 1, parts.part[0]); /* no room for all */
    assert_true(parts.count <= sizeof parts.part / sizeof *parts.part);
    wp_buffer_release(&out);
}

static void marks(enum wp_gen_marks kind, const char *from, const char *to) {
    struct wp_buffer b = {0}, scratch = {0};
    assert_int_equal(wp_buffer_add(&b, from, strlen(from)), WP_OK);
    assert_int_equal(wp_gen_marks(kind, &b, 2, &scratch), WP_OK);
    assert_int_equal(b.len, strlen(to));
    assert_memory_equal(b.data, to, b.len);
    wp_buffer_release(&b);
    wp_buffer_release(&scratch);
}

static void marks_are_rewritten(void **state) {
    (void)state;
    marks(WP_GEN_MARKS_STRAIGHT, "x “He’s here – or not” … é€", "x \"He's here - or not\" ... é€");
    marks(WP_GEN_MARKS_CURLY, "x \"He's ('here')\" y", "x “He’s (‘here’)” y");
    marks(WP_GEN_MARKS_AS_WRITTEN, "x “a” \"b\"", "x “a” \"b\"");
    marks(WP_GEN_MARKS_STRAIGHT, "xx““\xe2\x80", "xx\"\"\xe2\x80");
    marks(WP_GEN_MARKS_STRAIGHT, "xx\xe2\x80", "xx\xe2\x80");
}

/* A word as bytes. */
struct word {
    const uint8_t *p;
    size_t len;
};

static size_t cut_words(const uint8_t *p, size_t bytes, struct word *w) {
    const uint8_t *end = p + bytes;
    size_t n = 0;
    for (p = wp_gen_word_next(p, end); p < end && n < WORDS_MAX; p = wp_gen_word_next(p, end)) {
        w[n].p = p;
        p = wp_gen_word_end(p, end);
        w[n].len = (size_t)(p - w[n].p);
        n++;
    }
    return n;
}

static bool same_word(const struct word *a, const struct word *b) {
    return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static bool same_run(const struct word *a, const struct word *b) {
    for (size_t k = 0; k < RUN; k++)
        if (!same_word(&a[k], &b[k])) return false;
    return true;
}

/* Words of b that stand in runs of four or more which a has, too. */
static size_t words_in_common(const struct word *a, size_t na, const struct word *b, size_t nb) {
    static bool in[WORDS_MAX];
    size_t n = 0;
    memset(in, 0, sizeof in);
    for (size_t j = 0; j + RUN <= nb; j++)
        for (size_t i = 0; i + RUN <= na; i++)
            if (same_run(&a[i], &b[j])) {
                for (size_t k = 0; k < RUN; k++) in[j + k] = true;
                break;
            }
    for (size_t j = 0; j < nb; j++) n += in[j];
    return n;
}

struct reprint_case {
    struct wp_random r;
    struct wp_gen_topic topic;
    struct wp_buffer parent, out;
    struct wp_gen_scene scene;
    struct wp_gen_reprint reprint;
    struct wp_gen_changer changer;
    struct wp_gen_note note;
    struct word a[WORDS_MAX], b[WORDS_MAX];
    size_t na, nb;
};

static struct reprint_case *make_case(uint64_t number, const struct wp_gen_mix *mix) {
    struct reprint_case *c = calloc(1, sizeof *c);
    c->r = wp_random_start(5, 5, number);
    wp_gen_topic_pick(&c->topic, &base, &c->r);
    assert_int_equal(wp_gen_walk(&c->topic, &c->r, 250 + 50 * (uint32_t)(number % 9), &c->parent), WP_OK);
    c->scene = (struct wp_gen_scene){&outlet, NULL, 0, &c->r, 10};
    c->reprint = (struct wp_gen_reprint){c->parent.data, c->parent.len, &c->topic, &c->scene, mix};
    assert_int_equal(wp_gen_changer_init(&c->changer), WP_OK);
    return c;
}

static void end_case(struct reprint_case *c) {
    wp_gen_changer_release(&c->changer);
    wp_buffer_release(&c->parent);
    wp_buffer_release(&c->out);
    free(c);
}

/* Per thousand of the shorter text's words that are in common. */
static size_t coverage(struct reprint_case *c) {
    c->na = cut_words(c->parent.data, c->parent.len, c->a);
    c->nb = cut_words(c->out.data, c->out.len, c->b);
    size_t common = words_in_common(c->a, c->na, c->b, c->nb);
    size_t shorter = c->na < c->nb ? c->na : c->nb;
    return shorter ? 1000 * common / shorter : 0;
}

static void reprints_keep_what_they_say(void **state) {
    (void)state;
    for (uint64_t i = 0; i < 60; i++) {
        struct reprint_case *c = make_case(i, &wp_gen_mix_default);
        assert_int_equal(wp_gen_change_reprint(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
        size_t found = coverage(c);
        assert_true(c->note.kept <= 1000);
        assert_true(c->note.kept >= WP_GEN_KEPT_MIN);
        assert_true(found + 150 >= c->note.kept); /* an edited word takes its neighbours out of their runs */
        assert_true(found <= c->note.kept + 250); /* new words may meet by chance */
        if (HAS(&c->note, CUT)) assert_in_range(c->note.cut, 200, 999);
        end_case(c);
    }
}

static struct wp_gen_mix only(enum wp_gen_mix_field field) {
    struct wp_gen_mix mix = {{0}};
    mix.share[field] = WP_GEN_MILLION;
    return mix;
}

static void each_change_does_what_it_is_called(void **state) {
    static const enum wp_gen_mix_field fields[] = {WP_GEN_MIX_LEAD,    WP_GEN_MIX_CUT,      WP_GEN_MIX_DROP,
                                                   WP_GEN_MIX_EXTRA,   WP_GEN_MIX_REORDER,  WP_GEN_MIX_QUOTES,
                                                   WP_GEN_MIX_EDIT,    WP_GEN_MIX_DATELINE, WP_GEN_MIX_TAIL,
                                                   WP_GEN_MIX_CAPTION, WP_GEN_MIX_GLUE};
    (void)state;
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        struct wp_gen_mix mix = only(fields[f]);
        struct reprint_case *c = make_case(7, &mix);
        assert_int_equal(wp_gen_change_reprint(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
        if (fields[f] != WP_GEN_MIX_QUOTES && fields[f] != WP_GEN_MIX_EDIT)
            assert_int_equal(c->note.changes, 1u << fields[f]);
        assert_true(c->out.len != c->parent.len || memcmp(c->out.data, c->parent.data, c->out.len) != 0 ||
                    c->note.changes == 0);
        coverage(c);
        switch (fields[f]) {
        case WP_GEN_MIX_CUT:
            assert_true(c->nb < c->na);
            assert_memory_equal(c->out.data, c->parent.data, c->out.len);
            break;
        case WP_GEN_MIX_DROP: assert_true(c->nb < c->na); break;
        case WP_GEN_MIX_EXTRA: assert_true(c->nb > c->na + 20); break;
        case WP_GEN_MIX_REORDER: assert_int_equal(c->nb, c->na); break;
        case WP_GEN_MIX_GLUE: assert_true(c->out.len < c->parent.len); break;
        case WP_GEN_MIX_LEAD: assert_true(memcmp(c->out.data, c->parent.data, 60) != 0); break;
        case WP_GEN_MIX_DATELINE:
            assert_memory_equal(c->out.data + c->out.len - c->parent.len + 100, c->parent.data + 100,
                                c->parent.len - 100);
            break;
        case WP_GEN_MIX_TAIL: assert_memory_equal(c->out.data, c->parent.data, c->parent.len); break;
        default: break;
        }
        end_case(c);
    }
}

static void no_change_is_no_change(void **state) {
    struct wp_gen_mix mix = {{0}};
    struct reprint_case *c = make_case(3, &mix);
    (void)state;
    assert_int_equal(wp_gen_change_reprint(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
    assert_int_equal(c->note.changes, 0);
    assert_int_equal(c->note.kept, 1000);
    assert_int_equal(c->out.len, c->parent.len);
    assert_memory_equal(c->out.data, c->parent.data, c->out.len);
    end_case(c);
}

static void quotations_become_reported_speech(void **state) {
    static const char text[] =
        "The first part.\n\n“We are here,” he said. “All of us.”\n\nA third one.\n\nA fourth.";
    struct wp_gen_mix mix = only(WP_GEN_MIX_QUOTES);
    struct reprint_case *c = make_case(3, &mix);
    (void)state;
    c->reprint.parent = (const uint8_t *)text;
    c->reprint.parent_bytes = sizeof text - 1;
    assert_int_equal(wp_gen_change_reprint(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
    assert_int_equal(wp_buffer_add(&c->out, "", 1), WP_OK);
    assert_non_null(strstr((const char *)c->out.data, "we are here, he said. All of us."));
    assert_null(strstr((const char *)c->out.data, "“"));
    assert_int_equal(c->note.changes, 1u << WP_GEN_MIX_QUOTES);
    end_case(c);
}

static void updates_and_excerpts_are_told_apart(void **state) {
    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        struct reprint_case *c = make_case(i, &wp_gen_mix_default);
        assert_int_equal(wp_gen_change_update(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
        assert_true(coverage(c) > 850); /* all of it, but for some words */
        assert_true(c->nb > c->na);
        assert_true(HAS(&c->note, UPDATE));
        c->out.len = 0;
        assert_int_equal(wp_gen_change_excerpt(&c->changer, &c->reprint, &c->out, &c->note), WP_OK);
        coverage(c);
        assert_true(c->nb < c->na); /* the parents here are long enough for briefs */
        assert_true(HAS(&c->note, EXCERPT));
        end_case(c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_join_to_what_was_cut),
        cmocka_unit_test(more_parts_than_fit_stay_together),
        cmocka_unit_test(marks_are_rewritten),
        cmocka_unit_test(reprints_keep_what_they_say),
        cmocka_unit_test(each_change_does_what_it_is_called),
        cmocka_unit_test(no_change_is_no_change),
        cmocka_unit_test(quotations_become_reported_speech),
        cmocka_unit_test(updates_and_excerpts_are_told_apart),
    };
    return cmocka_run_group_tests_name("gen_change", tests, set_up, tear_down);
}
