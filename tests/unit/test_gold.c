/* test_gold.c - clusters, labelled pairs and what is kept apart from files, and bad lines told by their
 * number. */
#include "report/gold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "wp_gold.XXXXXX";
static struct wp_intern ids;

static void write_text(const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static uint32_t number(const char *id) {
    return wp_intern_find(&ids, id, strlen(id));
}

static void check_clusters(const char *text) {
    struct wp_clusters c;
    wp_intern_init(&ids, SIZE_MAX);
    write_text(text);
    assert_int_equal(wp_clusters_read(&c, path, &ids, NULL), WP_OK);
    assert_int_equal(wp_intern_count(&ids), 4);
    assert_int_equal(wp_intern_count(&c.names), 2);
    assert_int_equal(wp_clusters_of(&c, number("a")), wp_clusters_of(&c, number("b")));
    assert_int_equal(wp_clusters_of(&c, number("c")), wp_clusters_of(&c, number("d")));
    assert_int_not_equal(wp_clusters_of(&c, number("a")), wp_clusters_of(&c, number("c")));
    assert_int_equal(wp_clusters_of(&c, 99), WP_CLUSTER_NONE);
    assert_int_equal(c.listed, 4);
    assert_int_equal(c.repeated, 0);
    wp_clusters_release(&c);
    wp_intern_release(&ids);
}

static void test_clusters_in_each_form(void **state) {
    (void)state;
    check_clusters("{\"story\":1,\"members\":[{\"id\":\"a\"},{\"id\":\"b\"}]}\n\n{\"about\":\"no story\"}\n"
                   "{\"story\":2,\"members\":[{\"id\":\"c\"},{\"id\":\"d\"}]}\n");
    check_clusters("{\"members\":[\"a\",\"b\"]}\n{\"members\":[\"c\",\"d\"]}");
    check_clusters("a\tx\nb\tx\nc\ty\r\nd\ty\n");
    check_clusters("id\tcluster\na\tx\tmore\nb\tx\n\nc\ty\nd\ty");
}

static void test_repeats_and_empty_files(void **state) {
    (void)state;
    struct wp_clusters c;
    wp_intern_init(&ids, SIZE_MAX);
    write_text("a\tx\nb\tx\na\ty\n");
    assert_int_equal(wp_clusters_read(&c, path, &ids, NULL), WP_OK);
    assert_int_equal(c.repeated, 1);
    assert_int_not_equal(wp_clusters_of(&c, number("a")), wp_clusters_of(&c, number("b")));
    wp_clusters_release(&c);
    write_text("\n\n");
    assert_int_equal(wp_clusters_read(&c, path, &ids, NULL), WP_OK);
    assert_int_equal(c.count, 0);
    wp_clusters_release(&c);
    wp_intern_release(&ids);
}

static void test_labelled_pairs(void **state) {
    (void)state;
    struct wp_gold g;
    wp_intern_init(&ids, SIZE_MAX);
    write_text("pair\trel\tlabel\tconfidence\tweight\tid_b\tid_a\n"
               "p1\tcross\tcopy\thigh\t2.5\tb\ta\np2\tsame\ttemplate\tlow\t1\tc\ta\tmore\n");
    assert_int_equal(wp_gold_read(&g, path, &ids, NULL), WP_OK);
    assert_int_equal(g.kind, WP_GOLD_PAIRS);
    assert_int_equal(g.pairs.count, 2);
    assert_true(g.pairs.weighted);
    assert_true(g.pairs.pairs[0].same);
    assert_true(g.pairs.pairs[0].weight == 2.5);
    assert_int_equal(g.pairs.pairs[0].a, number("a"));
    assert_int_equal(g.pairs.pairs[0].b, number("b"));
    assert_false(g.pairs.pairs[1].same);
    assert_string_equal(wp_intern_text(&g.pairs.rels, g.pairs.pairs[1].rel, NULL), "same");
    assert_string_equal(wp_intern_text(&g.pairs.confidences, g.pairs.pairs[1].confidence, NULL), "low");
    wp_gold_release(&g);
    write_text("id_a\tid_b\tlabel\nx\ty\tversion\nx\tz\tdifferent\n");
    assert_int_equal(wp_gold_read(&g, path, &ids, NULL), WP_OK);
    assert_false(g.pairs.weighted);
    assert_true(g.pairs.pairs[0].weight == 1);
    assert_int_equal(g.pairs.pairs[0].rel, WP_INTERN_NONE);
    wp_gold_release(&g);
    wp_intern_release(&ids);
}

static void test_apart(void **state) {
    (void)state;
    struct wp_apart a;
    wp_intern_init(&ids, SIZE_MAX);
    write_text("why\tid_b\tid\tid_a\nsidebar\tb\t1\ta\n\nbanner\tc\t2\ta\tmore\n");
    assert_int_equal(wp_apart_read(&a, path, &ids, NULL), WP_OK);
    assert_true(a.pairs);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.rows[0].a, number("a"));
    assert_int_equal(a.rows[0].b, number("b"));
    assert_int_equal(a.rows[1].b, number("c"));
    assert_int_equal(number("1"), WP_INTERN_NONE); /* the column id belongs to the pair */
    wp_apart_release(&a);
    write_text("source\tid\noutlet\tx\noutlet\ty\n");
    assert_int_equal(wp_apart_read(&a, path, &ids, NULL), WP_OK);
    assert_false(a.pairs);
    assert_int_equal(a.count, 2);
    assert_int_equal(a.rows[1].a, number("y"));
    assert_int_equal(a.rows[1].b, WP_INTERN_NONE);
    wp_apart_release(&a);
    wp_intern_release(&ids);
}

static void test_labels(void **state) {
    (void)state;
    static const char *const same[] = {"copy", "version", "exact", "same", "true", "yes", "1"};
    static const char *const other[] = {"excerpt", "template", "different", "0",
                                        "false",   "",         "copyright", "cop"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(wp_label_is_same(same[i], strlen(same[i])));
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_false(wp_label_is_same(other[i], strlen(other[i])));
}

static void test_bad_lines(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t line;
    } cases[] = {
        {"a\tx\nb\n", 2},
        {"a\tx\n\tx\n", 2},
        {"{\"members\":[1]}\n\n{\"members\":[1]\n", 3},
        {"{\"members\":[1]}\nnot json\n", 2},
        {"id_a\tid_b\nx\ty\n", 1},
        {"id_a\tid_b\tlabel\nx\ty\tcopy\nx\ty\n", 3},
        {"id_a\tid_b\tlabel\nx\t\tcopy\n", 2},
        {"id_a\tid_b\tlabel\tweight\nx\ty\tcopy\t\n", 2},
        {"id_a\tid_b\tlabel\tweight\nx\ty\tcopy\t1x\n", 2},
        {"id_a\tid_b\tlabel\tweight\nx\ty\tcopy\t-1\n", 2},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wp_gold g;
        struct wp_error err;
        wp_intern_init(&ids, SIZE_MAX);
        write_text(cases[i].text);
        assert_int_equal(wp_gold_read(&g, path, &ids, &err), WP_EFORMAT);
        assert_string_equal(err.file, path);
        assert_int_equal(err.line, cases[i].line);
        assert_true(err.reason[0] != '\0');
        wp_intern_release(&ids);
    }
}

static void test_bad_apart_lines(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t line;
    } cases[] = {
        {"x\ty\n", 1},
        {"id_a\tname\nx\ty\n", 1},
        {"\nid_a\tid_b\nx\ty\nx\n", 4},
        {"id_b\tid_a\n\tx\n", 2},
        {"id_a\tid_b\n\tx\n", 2},
        {"id\tname\n\tx\n", 2},
        {"\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct wp_apart a;
        struct wp_error err;
        wp_intern_init(&ids, SIZE_MAX);
        write_text(cases[i].text);
        assert_int_equal(wp_apart_read(&a, path, &ids, &err), WP_EFORMAT);
        assert_string_equal(err.file, path);
        assert_int_equal(err.line, cases[i].line);
        assert_true(err.reason[0] != '\0');
        assert_null(a.rows);
        wp_intern_release(&ids);
    }
}

static int set_up(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters_in_each_form),
        cmocka_unit_test(test_repeats_and_empty_files),
        cmocka_unit_test(test_labelled_pairs),
        cmocka_unit_test(test_apart),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_bad_apart_lines),
    };
    return cmocka_run_group_tests_name("gold", tests, set_up, tear_down);
}
