/* test_gen_mix.c - shares as a user writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "gen/mix.h"

static void shares_are_read(void **state) {
    static const struct {
        const char *text;
        uint32_t share;
    } good[] = {{"0", 0},         {"1", 1000000},  {"0.25", 250000}, {".5", 500000},
                {"1.0", 1000000}, {"0.000001", 1}, {"0.", 0},        {"0.999999", 999999}};
    static const char *const bad[] = {"",    ".",    "1.1",       "2",    "-0.1",
                                      "0,5", "0.5x", "0.1234567", "1e-1", " 0.5"};
    uint32_t share;
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(wp_gen_share_parse(good[i].text, strlen(good[i].text), &share), WP_OK);
        assert_int_equal(share, good[i].share);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(wp_gen_share_parse(bad[i], strlen(bad[i]), &share), WP_EINVAL);
}

static void lists_change_what_they_name(void **state) {
    struct wp_gen_mix mix = wp_gen_mix_default;
    struct wp_error err;
    (void)state;
    assert_int_equal(wp_gen_mix_parse(&mix, NULL, &err), WP_OK);
    assert_memory_equal(&mix, &wp_gen_mix_default, sizeof mix);
    assert_int_equal(wp_gen_mix_parse(&mix, "cut=0.125,lead=1", &err), WP_OK);
    assert_int_equal(mix.share[WP_GEN_MIX_CUT], 125000);
    assert_int_equal(mix.share[WP_GEN_MIX_LEAD], 1000000);
    assert_int_equal(mix.share[WP_GEN_MIX_TAIL], wp_gen_mix_default.share[WP_GEN_MIX_TAIL]);
    for (size_t i = 0; i < WP_GEN_MIX_COUNT; i++) assert_in_range(wp_gen_mix_default.share[i], 1, 1000000);
}

static void mistakes_are_told_by_name(void **state) {
    struct wp_gen_mix mix = wp_gen_mix_default;
    struct wp_error err;
    (void)state;
    assert_int_equal(wp_gen_mix_parse(&mix, "cut=0.5,leed=0.1", &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "leed"));
    assert_int_equal(wp_gen_mix_parse(&mix, "cut=2", &err), WP_EINVAL);
    assert_non_null(strstr(err.reason, "cut"));
    assert_int_equal(wp_gen_mix_parse(&mix, "cut", &err), WP_EINVAL);
    assert_int_equal(wp_gen_mix_parse(&mix, "cutter=1", &err), WP_EINVAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_read),
        cmocka_unit_test(lists_change_what_they_name),
        cmocka_unit_test(mistakes_are_told_by_name),
    };
    return cmocka_run_group_tests_name("gen_mix", tests, NULL, NULL);
}
