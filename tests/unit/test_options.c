/* test_options.c - every kind of flag in every form, operands in between, and what is told when one does not
 * fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "cli/options.h"

struct values {
    bool loud;
    const char *name;
    uint64_t count, size;
    double real;
};

static const struct wp_flag flags[] = {
    {"loud", 'l', WP_FLAG_BOOL, offsetof(struct values, loud), NULL, "loud"},
    {"name", 'n', WP_FLAG_TEXT, offsetof(struct values, name), "NAME", "a name"},
    {"count", 0, WP_FLAG_COUNT, offsetof(struct values, count), "N", "a count"},
    {"size", 's', WP_FLAG_SIZE, offsetof(struct values, size), "SIZE", "a size"},
    {"real", 0, WP_FLAG_REAL, offsetof(struct values, real), "R", "a number"},
};

static const struct wp_command command = {
    .name = "test", .usage = "X", .summary = "tests", .flags = flags, .flag_count = 5};

/* Parses words separated by single spaces; "~" stands for an empty word. */
static enum wp_status parse(const char *line, struct values *v, int *operands, char **argv,
                            struct wp_error *err) {
    static char words[500];
    int argc = 1;
    snprintf(words, sizeof words, "%s", line);
    argv[0] = (char *)"test";
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = strcmp(word, "~") == 0 ? (char *)"" : word;
    argv[argc] = NULL;
    *v = (struct values){0};
    return wp_options_parse(&command, argc, argv, v, operands, err);
}

static struct values good(const char *line, const char *operands_wanted) {
    struct values v;
    struct wp_error err = {0};
    char *argv[30], joined[200] = "";
    int operands;
    enum wp_status status = parse(line, &v, &operands, argv, &err);
    if (status != WP_OK) print_message("%s: %s\n", line, err.reason);
    assert_int_equal(status, WP_OK);
    for (int i = 1; i <= operands; i++) {
        if (i > 1) strcat(joined, " ");
        strcat(joined, argv[i]);
    }
    assert_string_equal(joined, operands_wanted);
    return v;
}

static void bad(const char *line, const char *words) {
    struct values v;
    struct wp_error err = {0};
    char *argv[30];
    int operands;
    assert_int_equal(parse(line, &v, &operands, argv, &err), WP_EINVAL);
    if (!strstr(err.reason, words)) print_message("%s: %s\n", line, err.reason);
    assert_non_null(strstr(err.reason, words));
}

static void forms(void **state) {
    (void)state;
    struct values v = good("a --loud b --name=x --count 12 c", "a b c");
    assert_true(v.loud);
    assert_string_equal(v.name, "x");
    assert_int_equal(v.count, 12);
    v = good("-l -nx -s4k", "");
    assert_true(v.loud);
    assert_string_equal(v.name, "x");
    assert_int_equal(v.size, 4096);
    assert_string_equal(good("-n x", "").name, "x");
    assert_string_equal(good("--name --loud", "").name, "--loud"); /* a value is whatever follows */
    assert_false(good("--name --loud", "").loud);
    assert_string_equal(good("--name= a", "a").name, "");
    assert_string_equal(good("--name a=b", "").name, "a=b");
    assert_string_equal(good("--name x --name y", "").name, "y");
    v = good("- a -- --loud -n", "- a --loud -n");
    assert_false(v.loud);
    good("", "");
    good("--", "");
    assert_true(good("--real -1.5e3", "").real == -1500);
}

static void sizes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t bytes;
    } cases[] = {{"0", 0},
                 {"1", 1},
                 {"10B", 10},
                 {"1k", 1024},
                 {"1K", 1024},
                 {"1KB", 1024},
                 {"1KiB", 1024},
                 {"512M", 512 << 20},
                 {"1.5G", (uint64_t)3 << 29},
                 {"2T", (uint64_t)2 << 40},
                 {"0.5K", 512},
                 {"1e3", 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[50];
        snprintf(line, sizeof line, "--size %s", cases[i].text);
        assert_int_equal(good(line, "").size, cases[i].bytes);
    }
    static const char *const wrong[] = {"-1",  "x",   "1X",          "1KK",   "1 K",
                                        "inf", "nan", "9999999999T", "1KiBs", "~"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[50];
        if (strchr(wrong[i], ' ')) continue;
        snprintf(line, sizeof line, "--size %s", wrong[i]);
        bad(line, "--size takes a size");
    }
}

static void what_does_not_fit(void **state) {
    (void)state;
    bad("--count", "--count needs a value");
    bad("-n", "--name needs a value");
    bad("--count 1.5", "--count takes a whole number, not '1.5'");
    bad("--count -1", "--count takes a whole number");
    bad("--count 0x10", "--count takes a whole number");
    bad("--count 18446744073709551616", "--count takes a whole number");
    assert_true(good("--count 18446744073709551615", "").count == UINT64_MAX);
    bad("--real x", "--real takes a number");
    bad("--real inf", "--real takes a number");
    bad("--loud=1", "--loud takes no value");
    bad("-lx", "--loud takes no value");
    bad("--nam x", "unknown option '--nam'");
    bad("--names x", "unknown option '--names'");
    bad("-z", "unknown option '-z'");
    bad("---", "unknown option '---'");
    bad("a --wrong", "wireprint test --help");
}

static void help_is_asked_for(void **state) {
    (void)state;
    struct values v;
    char *argv[30];
    int operands;
    assert_int_equal(parse("a --help --wrong", &v, &operands, argv, NULL), WP_END);
    assert_int_equal(parse("-h", &v, &operands, argv, NULL), WP_END);
    assert_int_equal(parse("-- --help", &v, &operands, argv, NULL), WP_OK);
    assert_int_equal(operands, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(forms), cmocka_unit_test(sizes),
                                       cmocka_unit_test(what_does_not_fit),
                                       cmocka_unit_test(help_is_asked_for)};
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
