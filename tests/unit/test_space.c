/*
 * test_space.c - what a run is said to write to its temporary directory: nothing where nothing is spilled,
 * the copy of standard input in any case, more with a limit on memory; what is refused and what is warned of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/space.h"

#define GB ((uint64_t)1000000000)

static struct wp_settings settings_of(const char *match, const char *verify, const char *memory) {
    struct wp_settings s;
    wp_settings_init(&s);
    assert_int_equal(wp_settings_set(&s, "match", match, NULL), WP_OK);
    assert_int_equal(wp_settings_set(&s, "verify", verify, NULL), WP_OK);
    if (memory) assert_int_equal(wp_settings_set(&s, "memory", memory, NULL), WP_OK);
    return s;
}

static uint64_t most(const char *match, const char *verify, const char *memory,
                     const struct wp_space_inputs *in) {
    struct wp_settings s = settings_of(match, verify, memory);
    struct wp_space space = wp_space_estimate(&s, in);
    assert_int_equal(space.least, in->copied_bytes);
    assert_true(space.most >= space.least);
    return space.most;
}

static void estimates(void **state) {
    (void)state;
    const struct wp_space_inputs none = {0}, small = {.plain_bytes = 20000000}, plain = {10 * GB, 0, 0, 0},
                                 packed = {0, 10 * GB, 0, 0}, again = {0, 0, 10 * GB, 0},
                                 copied = {10 * GB, 0, 0, 10 * GB};
    assert_int_equal(most("story", "exact", NULL, &none), 0);
    assert_int_equal(most("story", "exact", NULL, &small), 0); /* stays in memory */
    assert_true(most("story", "exact", "67108864", &small) > 0);
    assert_int_equal(most("story", "sketch", NULL, &plain), 0); /* texts are not looked at again */
    assert_int_equal(most("exact", "exact", NULL, &plain), 0);
    assert_int_equal(most("exact", "exact", NULL, &copied), 10 * GB);
    uint64_t streams = most("story", "exact", NULL, &plain);
    assert_true(streams > 5 * GB && streams <= 10 * GB);
    assert_int_equal(most("jaccard:0.5", "exact", NULL, &plain), streams);
    assert_int_equal(most("story", "exact", NULL, &copied), streams + 10 * GB);
    assert_true(most("story", "exact", NULL, &packed) > 3 * streams);
    assert_true(most("story", "exact", "67108864", &plain) > streams);
    assert_true(most("story", "sketch", "67108864", &plain) > 0);
    assert_int_equal(most("story", "exact", NULL, &again), 0); /* plain files are read again */
    assert_int_equal(most("story", "exact", "67108864", &again), most("story", "sketch", "67108864", &plain));
}

/* No disk has room for an exabyte, and every one has for nothing. */
static void checks(void **state) {
    (void)state;
    char warning[WP_SPACE_WARNING_BYTES];
    struct wp_error err = {0};
    struct wp_settings s = settings_of("story", "exact", NULL);
    const struct wp_space_inputs none = {0}, large = {.packed_bytes = 1000000000 * GB},
                                 copied = {.copied_bytes = 1000000000 * GB};
    assert_int_equal(wp_space_check(&s, &none, warning, &err), WP_OK);
    assert_string_equal(warning, "");
    assert_int_equal(wp_space_check(&s, &large, warning, &err), WP_OK);
    assert_non_null(strstr(warning, ". has "));
    assert_non_null(strstr(warning, "--tmp"));
    assert_int_equal(wp_space_check(&s, &copied, warning, &err), WP_ENOSPC);
    assert_int_equal(err.status, WP_ENOSPC);
    assert_string_equal(err.file, ".");
    assert_non_null(strstr(err.reason, "standard input needs 1000000000.0 GB"));
    s.tmp_dir = "/nowhere/at/all"; /* other code tells that */
    assert_int_equal(wp_space_check(&s, &copied, warning, &err), WP_OK);
    assert_string_equal(warning, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(estimates), cmocka_unit_test(checks)};
    return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
