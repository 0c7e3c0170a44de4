/*
 * test_owner.c - hosts in urls of every shape, the public suffix list, sources, the cache.
 *
 * Expected domains are those of the public suffix list as publicsuffix.org/list tells its rules; only
 * suffixes that will hardly change are used.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "input/owner.h"

static struct wp_owner_cache *cache;

static void expect(const char *url, const char *source, const char *owner) {
    size_t url_len = strlen(url), source_len = strlen(source), len;
    uint8_t *u = malloc(url_len + 1), *s = malloc(source_len + 1);
    memcpy(u, url, url_len);
    memcpy(s, source, source_len);
    struct wp_record r = {.url = u, .url_len = url_len, .source = s, .source_len = source_len};
    const char *name;
    for (int i = 0; i < 2; i++) { /* the second answer comes from the cache */
        wp_owner_find(cache, &r, &name, &len);
        if (len != strlen(owner) || memcmp(name, owner, len) != 0)
            print_message("%s, %s: %.*s\n", url, source, (int)len, name);
        assert_int_equal(len, strlen(owner));
        assert_memory_equal(name, owner, len);
    }
    free(u);
    free(s);
}

static void urls(void **state) {
    (void)state;
    expect("https://dailypost.ng/2021/09/16/x", "", "dailypost.ng");
    expect("https://www.Vanguardngr.COM/x?y#z", "other", "vanguardngr.com");
    expect("http://news.bbc.co.uk/1", "", "bbc.co.uk");
    expect("http://a.b.theguardian.com", "", "theguardian.com");
    expect("http://user:pw@www.punchng.com:8080/", "", "punchng.com");
    expect("http://a@b@www.punchng.com/", "", "punchng.com");
    expect("http://www.punchng.com./", "", "punchng.com");
    expect("http://www.punchng.com?x=http://other.org", "", "punchng.com");
    expect("//www.punchng.com/x", "", "punchng.com");
    expect("www.punchng.com/x", "", "punchng.com");
    expect("punchng.com:80/x", "", "punchng.com");
    expect("  https://punchng.com", "", "punchng.com");
    expect("feed+https://www.punchng.com/x", "", "punchng.com");
    expect("http://myblog.blogspot.com/", "", "myblog.blogspot.com"); /* the list's private part */
    expect("http://www.city.kawasaki.jp/", "", "city.kawasaki.jp");   /* and its exceptions */
    expect("http://some.unlisted-zone/", "", "some.unlisted-zone");
}

static void hosts_that_stand_for_themselves(void **state) {
    (void)state;
    expect("http://192.168.10.1:8080/x", "", "192.168.10.1");
    expect("http://[2001:DB8::1]:80/x", "", "[2001:db8::1]");
    expect("http://localhost/x", "", "localhost");
    expect("http://co.uk/", "", "co.uk");
    expect("http://\xe4\xba\xba\xe6\xb0\x91.\xe4\xb8\xad\xe5\x9b\xbd/", "",
           "\xe4\xba\xba\xe6\xb0\x91.\xe4\xb8\xad\xe5\x9b\xbd");
}

static void sources(void **state) {
    (void)state;
    expect("", "dailypost.ng", "dailypost.ng");
    expect("", "www.Punchng.com", "punchng.com");
    expect("", "https://www.punchng.com/feed", "punchng.com");
    expect("", "  The Guardian (Nigeria) \n", "the guardian (nigeria)");
    expect("", "CCTV", "cctv");
    expect("", "aleqtisadiya", "aleqtisadiya");
    expect("", "\xd8\xb9\xd9\x83\xd8\xa7\xd8\xb8", "\xd8\xb9\xd9\x83\xd8\xa7\xd8\xb8");
    expect("", "Nr. 1", "nr. 1");
    expect("", "", "");
    expect("", "   ", "");
    expect("", ".", ".");
}

static void urls_without_a_host(void **state) {
    (void)state;
    expect("mailto:someone@example.com", "CCTV", "cctv");
    expect("/2021/09/16/x.html", "CCTV", "cctv");
    expect("http://", "CCTV", "cctv");
    expect("http:///x", "CCTV", "cctv");
    expect("http://...", "CCTV", "cctv");
    expect("http://a b.com/", "CCTV", "cctv");
    expect("http://[::1", "CCTV", "cctv");
    expect("12345", "CCTV", "cctv");
    expect("article", "", "");
}

static void long_names(void **state) {
    (void)state;
    char url[700] = "http://", source[700];
    memset(url + 7, 'a', 60);
    strcpy(url + 67, ".example.com/");
    expect(url, "", "example.com"); /* longer than the cache holds */
    memset(url + 7, 'a', 600);
    strcpy(url + 607, ".com/");
    expect(url, "CCTV", "cctv");
    memset(source, 'b', 699);
    source[699] = 0;
    char cut[WP_OWNER_MAX + 1];
    memset(cut, 'b', WP_OWNER_MAX);
    cut[WP_OWNER_MAX] = 0;
    expect("", source, cut);
    for (size_t i = 0; i + 2 < sizeof source; i += 2) memcpy(source + i, "\xc3\xa9", 2);
    source[698] = 0;
    for (size_t i = 0; i < 254; i += 2) memcpy(cut + i, "\xc3\xa9", 2);
    cut[254] = 0; /* not in the middle of a letter */
    expect("", source, cut);
}

/* More hosts than the cache has places: answers stay right when they push each other out. */
static void many_hosts(void **state) {
    (void)state;
    char url[80], owner[80];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 20000; i++) {
            snprintf(url, sizeof url, "https://www.paper%d.%s/x", i, i % 2 ? "co.uk" : "com");
            snprintf(owner, sizeof owner, "paper%d.%s", i, i % 2 ? "co.uk" : "com");
            expect(url, "", owner);
        }
}

static int set_up(void **state) {
    (void)state;
    return wp_owner_cache_new(&cache) != WP_OK;
}

static int tear_down(void **state) {
    (void)state;
    wp_owner_cache_free(cache);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urls),       cmocka_unit_test(hosts_that_stand_for_themselves),
        cmocka_unit_test(sources),    cmocka_unit_test(urls_without_a_host),
        cmocka_unit_test(long_names), cmocka_unit_test(many_hosts),
    };
    return cmocka_run_group_tests_name("owner", tests, set_up, tear_down);
}
