/* test_alloc_gen.c - a whole generator run in which each allocation fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "gen/gen.h"
#include "support/fail_alloc.h"

#define BASE "test_alloc_gen.base.tmp"
#define DUMP "test_alloc_gen.dump.tmp"
#define TRUTH "test_alloc_gen.truth.tmp"

static int write_base(void **state) {
    FILE *f = fopen(BASE, "wb");
    (void)state;
    if (!f) return 1;
    for (int i = 0; i < 12; i++) {
        fprintf(f, "{\"title\":\"title %d\",\"text\":\"", i);
        for (int w = 0; w < 60; w++) fprintf(f, "word%d%s the ", i * 60 + w, w % 20 == 19 ? ".\\n\\n" : "");
        fprintf(f, "\"}\n");
    }
    return fclose(f) != 0;
}

static int remove_base(void **state) {
    (void)state;
    return unlink(BASE);
}

static int call_gen(void *context) {
    struct wp_gen_settings s = {.base = BASE, .dump = DUMP, .truth = TRUTH, .threads = 1};
    struct wp_gen_result result;
    struct wp_error err;
    (void)context;
    s.plan = (struct wp_gen_plan_settings){120, 1, 3, 500000, wp_gen_mix_default};
    int status = wp_gen_run(&s, &result, &err);
    unlink(DUMP);
    unlink(TRUTH);
    return status;
}

static void every_allocation_may_fail(void **state) {
    static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};
    (void)state;
    assert_true(fail_alloc_each(call_gen, NULL, &plan) > 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests_name("alloc_gen", tests, write_base, remove_base);
}
