/*
 * test_alloc_sketch.c - wp_fingerprint_new when memory runs out at every possible place: WP_ENOMEM, no
 * handle, no leak; and the fingerprint made in the end is the one made without trouble.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "support/fail_alloc.h"
#include "wireprint.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

struct made {
    struct wp_buffer text;
    uint8_t exact[16];
};

static int make(void *context) {
    struct made *made = context;
    wp_fingerprint *f = NULL;
    enum wp_status status = wp_fingerprint_new((const char *)made->text.data, made->text.len, &f);
    if (status != WP_OK) {
        assert_null(f);
        return status;
    }
    uint8_t exact[16];
    wp_fingerprint_exact(f, exact);
    assert_memory_equal(exact, made->exact, 16);
    assert_int_equal(wp_fingerprint_tokens(f), 4000);
    wp_fingerprint_free(f);
    return WP_OK;
}

static void fingerprints(void **state) {
    (void)state;
    struct made made = {0};
    wp_fingerprint *f = NULL;
    for (int i = 0; i < 2000; i++) assert_int_equal(wp_buffer_print(&made.text, "Nr. %d, ", i), WP_OK);
    assert_int_equal(wp_fingerprint_new((const char *)made.text.data, made.text.len, &f), WP_OK);
    wp_fingerprint_exact(f, made.exact);
    wp_fingerprint_free(f);
    long count = fail_alloc_each(make, &made, &plan);
    wp_buffer_release(&made.text);
    assert_true(count >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(fingerprints)};
    return cmocka_run_group_tests_name("alloc_sketch", tests, NULL, NULL);
}
