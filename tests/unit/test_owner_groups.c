/*
 * test_owner_groups.c - files of sister outlets: how names are cut and read, what a file gets wrong and on
 * which line, the maxima; owners of records by their groups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "input/owner.h"

static void write_file(const char *name, const char *data, size_t len) {
    FILE *f = fopen(name, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static struct wp_owner_groups *read_groups(const char *text) {
    struct wp_owner_groups *g;
    struct wp_error err = {0};
    write_file("owners", text, strlen(text));
    if (wp_owner_groups_read(&g, "owners", &err) != WP_OK)
        print_message("%llu: %s\n", (unsigned long long)err.line, err.reason);
    assert_non_null(g);
    return g;
}

static void expect(const struct wp_owner_groups *g, const char *name, const char *group) {
    const char *at = name;
    size_t len = strlen(name);
    wp_owner_groups_join(g, &at, &len);
    if (len != strlen(group) || memcmp(at, group, len) != 0) print_message("%s: %.*s\n", name, (int)len, at);
    assert_int_equal(len, strlen(group));
    assert_memory_equal(at, group, len);
}

static void names(void **state) {
    (void)state;
    struct wp_owner_groups *g = read_groups("\xef\xbb\xbf# a comment, with \"half a quote\n"
                                            "a.com b.com,c.com\t,  d.com # e.com\n"
                                            "\n"
                                            "   , ,\r\n"
                                            "f.com\r\n"
                                            "\"The Nation\" , thenation.ng \"Nation, The\"\"glued #1\"\n"
                                            "n#1 \xd8\xb9\xd9\x83\xd8\xa7\xd8\xb8");
    assert_int_equal(wp_owner_groups_count(g), 4);
    expect(g, "a.com", "a.com");
    expect(g, "b.com", "a.com");
    expect(g, "c.com", "a.com");
    expect(g, "d.com", "a.com");
    expect(g, "e.com", "e.com"); /* in a comment */
    expect(g, "f.com", "f.com"); /* a group of one */
    expect(g, "thenation.ng", "the nation");
    expect(g, "nation, the", "the nation");
    expect(g, "glued #1", "the nation");
    expect(g, "\xd8\xb9\xd9\x83\xd8\xa7\xd8\xb8", "n#1");
    expect(g, "nobody", "nobody");
    expect(g, "", "");
    wp_owner_groups_free(g);
    g = read_groups("");
    assert_int_equal(wp_owner_groups_count(g), 0);
    expect(g, "a.com", "a.com");
    wp_owner_groups_free(g);
    wp_owner_groups_free(NULL);
}

/* As a record's source: hosts become domains, other names lose their capitals. */
static void names_are_read_as_sources(void **state) {
    (void)state;
    struct wp_owner_groups *g = read_groups("https://www.PunchNG.com/news punchng.com news.bbc.co.uk CCTV\n");
    expect(g, "punchng.com", "punchng.com");
    expect(g, "bbc.co.uk", "punchng.com");
    expect(g, "cctv", "punchng.com");
    expect(g, "www.punchng.com", "www.punchng.com"); /* nobody goes by that name */
    wp_owner_groups_free(g);
}

static void records(void **state) {
    (void)state;
    static const char url[] = "https://m.saturdaypunch.com/x", source[] = "Sunday Punch";
    struct wp_owner_groups *g = read_groups("www.punchng.com saturdaypunch.com \"Sunday PUNCH\"");
    struct wp_owner_cache *cache;
    struct wp_record by_url = {.url = (const uint8_t *)url, .url_len = strlen(url)};
    struct wp_record by_source = {.source = (const uint8_t *)source, .source_len = strlen(source)};
    const char *name;
    size_t len;
    assert_int_equal(wp_owner_cache_new(&cache), WP_OK);
    wp_owner_cache_join(cache, g);
    for (int i = 0; i < 2; i++) { /* the second answer comes from the cache */
        wp_owner_find(cache, &by_url, &name, &len);
        assert_int_equal(len, 11);
        assert_memory_equal(name, "punchng.com", len);
        wp_owner_find(cache, &by_source, &name, &len);
        assert_int_equal(len, 11);
        assert_memory_equal(name, "punchng.com", len);
    }
    wp_owner_find(cache, &(struct wp_record){0}, &name, &len);
    assert_int_equal(len, 0);
    wp_owner_cache_join(cache, NULL);
    wp_owner_find(cache, &by_url, &name, &len);
    assert_int_equal(len, 17);
    assert_memory_equal(name, "saturdaypunch.com", len);
    wp_owner_cache_free(cache);
    wp_owner_groups_free(g);
}

static void refuse_bytes(const char *text, size_t text_len, enum wp_status status, uint64_t line,
                         const char *words) {
    struct wp_owner_groups *g = (struct wp_owner_groups *)&g;
    struct wp_error err = {0};
    write_file("owners", text, text_len);
    assert_int_equal(wp_owner_groups_read(&g, "owners", &err), status);
    assert_null(g);
    assert_int_equal(err.status, status);
    assert_string_equal(err.file, "owners");
    assert_int_equal(err.line, line);
    if (!strstr(err.reason, words)) print_message("%s\n", err.reason);
    assert_non_null(strstr(err.reason, words));
}

static void refuse(const char *text, uint64_t line, const char *words) {
    refuse_bytes(text, strlen(text), WP_EINVAL, line, words);
}

static void what_is_wrong(void **state) {
    (void)state;
    refuse("a.com b.com\n#\nc.com b.com\n", 3, "b.com is in another group already, on line 1");
    refuse("x\na.com b.com\nwww.a.com c.com\n", 3, "a.com is in another group already, on line 2");
    refuse("a.com\na.com\n", 2, "a.com is in another group already, on line 1");
    refuse("a.com\n\"The Nation\n", 2, "quote does not end");
    refuse("a.com \"\"\n", 1, "empty name");
    refuse("a.com\n\nna\xefve\n", 3, "not UTF-8");
    struct wp_owner_groups *g = read_groups("a.com b.com www.b.com a.com\n"); /* twice in one group */
    assert_int_equal(wp_owner_groups_count(g), 1);
    wp_owner_groups_free(g);
}

static void files_that_cannot_be_read(void **state) {
    (void)state;
    struct wp_owner_groups *g;
    struct wp_error err = {0};
    assert_int_equal(wp_owner_groups_read(&g, "missing", &err), WP_ENOENT);
    assert_string_equal(err.file, "missing");
    assert_null(g);
    assert_int_equal(wp_owner_groups_read(&g, ".", &err), WP_EINVAL);
    assert_null(g);
    assert_int_equal(wp_owner_groups_read(&g, "-", &err), WP_EINVAL);
    assert_null(g);
    refuse_bytes("\x1f\x8b\x08\0\0\0\0\0\0\3\x65", 11, WP_EDAMAGED, 0, "truncated");
}

static void maxima(void **state) {
    (void)state;
    size_t len = WP_OWNER_FILE_LINE_MAX + 4;
    char *text = malloc(len);
    memset(text, ' ', len);
    text[0] = text[1] = '\n';
    refuse_bytes(text, len, WP_ETOOBIG, 3, "bytes");
    free(text);

    enum { NAME = 240 }; /* so many names that their bytes alone are too many */
    size_t count = WP_OWNER_FILE_NAMES_BYTES_MAX / NAME + 1;
    text = malloc(count * (NAME + 1) + 1);
    for (size_t i = 0; i < count; i++) {
        memset(text + i * (NAME + 1), 'n', NAME);
        int digits = sprintf(text + i * (NAME + 1), "%zu", i);
        text[i * (NAME + 1) + (size_t)digits] = 'n';
        text[(i + 1) * (NAME + 1) - 1] = i % 100 ? ' ' : '\n';
    }
    struct wp_owner_groups *g;
    struct wp_error err = {0};
    write_file("owners", text, count * (NAME + 1));
    assert_int_equal(wp_owner_groups_read(&g, "owners", &err), WP_ETOOBIG);
    assert_non_null(strstr(err.reason, "too many names"));
    assert_true(err.line > 1000);
    free(text);
}

static char scratch[] = "wp_owner_groups.XXXXXX";

static int set_up(void **state) {
    (void)state;
    return !mkdtemp(scratch) || chdir(scratch) != 0;
}

static int tear_down(void **state) {
    (void)state;
    return remove("owners") || chdir("..") || rmdir(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),   cmocka_unit_test(names_are_read_as_sources),
        cmocka_unit_test(records), cmocka_unit_test(what_is_wrong),
        cmocka_unit_test(maxima),  cmocka_unit_test(files_that_cannot_be_read),
    };
    return cmocka_run_group_tests_name("owner groups", tests, set_up, tear_down);
}
