/*
 * test_status.c - errors: what fills them, where they say it happened, and that their text controls no
 * terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>
#include "base/status.h"

static void expect(const struct wp_error *err, const char *text) {
    char out[1024];
    assert_ptr_equal(wp_error_text(err, out, sizeof out), out);
    assert_string_equal(out, text);
}

static void places(void **state) {
    (void)state;
    struct wp_error err = {.line = 7, .has_offset = 1}; /* of a failure before */
    assert_int_equal(wp_fail(&err, WP_EINVAL, "%d of %s", 3, "four"), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    expect(&err, "3 of four");
    wp_error_place(&err, "a.txt", 12);
    expect(&err, "a.txt:12: 3 of four");
    assert_int_equal(wp_fail_file(&err, WP_EDAMAGED, "b.gz", "cut"), WP_EDAMAGED);
    expect(&err, "b.gz: cut");
    wp_error_offset(&err, 0);
    expect(&err, "b.gz: at byte 0: cut");
    assert_int_equal(wp_fail_errno(&err, ENOSPC, "c", "cannot write"), WP_ENOSPC);
    expect(&err, "c: cannot write: No space left on device");
    err = (struct wp_error){.status = WP_ENOMEM};
    expect(&err, "out of memory");
    assert_int_equal(wp_fail(NULL, WP_EIO, "nobody asks"), WP_EIO);
    wp_error_place(NULL, "x", 1);
    wp_error_offset(NULL, 1);
}

static void long_names(void **state) {
    (void)state;
    struct wp_error err;
    char name[1000], small[8];
    memset(name, 'd', sizeof name);
    strcpy(name + sizeof name - 9, "/end.txt");
    wp_fail_file(&err, WP_EIO, name, "bad");
    assert_string_equal(err.file + sizeof err.file - 9, "/end.txt"); /* the end tells files apart */
    wp_error_text(&err, small, sizeof small);
    assert_int_equal(strlen(small), 7);
}

static void disarmed(void **state) {
    (void)state;
    struct wp_error err;
    wp_fail_file(&err, WP_EIO, "new\nline\033[31m\x7f", "tab\t\xc2\x9b \xc2\xa0 \xe4\xbd\xa0 \xff\xc2");
    expect(&err, "new?line?[31m?: tab??? \xc2\xa0 \xe4\xbd\xa0 \xff\xc2");
    char text[] = "a\nb\0c\r";
    wp_text_disarm(text, 6);
    assert_memory_equal(text, "a?b?c?", 6);
    wp_text_disarm(text, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(places), cmocka_unit_test(long_names),
                                       cmocka_unit_test(disarmed)};
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
