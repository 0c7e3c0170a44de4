/*
 * test_gen_run.c - whole dumps: the same bytes for any threads, another dump for another seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/gen.h"

#define DUMP "test_gen_run.tmp.jsonl"
#define TRUTH "test_gen_run.tmp.truth"

struct bytes {
    char *data;
    size_t len;
};

static struct bytes read_file(const char *name) {
    struct bytes b = {malloc(16 << 20), 0};
    FILE *f = fopen(name, "rb");
    assert_non_null(f);
    assert_non_null(b.data);
    b.len = fread(b.data, 1, 16 << 20, f);
    fclose(f);
    unlink(name);
    return b;
}

static struct wp_gen_settings settings_of(uint64_t articles, uint64_t seed, unsigned threads) {
    struct wp_gen_settings s = {.dump = DUMP, .truth = TRUTH, .threads = threads};
    s.plan = (struct wp_gen_plan_settings){articles, seed, 30, 300000, wp_gen_mix_default};
    return s;
}

static void make(uint64_t articles, uint64_t seed, unsigned threads, struct bytes out[2]) {
    struct wp_gen_settings s = settings_of(articles, seed, threads);
    struct wp_gen_result result;
    struct wp_error err;
    assert_int_equal(wp_gen_run(&s, &result, &err), WP_OK);
    out[0] = read_file(DUMP);
    out[1] = read_file(TRUTH);
    assert_int_equal(result.counts.articles, articles);
    assert_int_equal(result.bytes, out[0].len);
    size_t lines = 0;
    for (size_t i = 0; i < out[0].len; i++) lines += out[0].data[i] == '\n';
    assert_int_equal(lines, articles);
}

static void threads_change_nothing(void **state) {
    struct bytes one[2], other[2];
    (void)state;
    make(1500, 1, 1, one);
    assert_true(one[1].len > 1000);
    for (unsigned threads = 2; threads <= 5; threads += 3) {
        make(1500, 1, threads, other);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(one[i].len, other[i].len);
            assert_memory_equal(one[i].data, other[i].data, one[i].len);
            free(other[i].data);
        }
    }
    free(one[0].data);
    free(one[1].data);
}

static void seeds_change_everything(void **state) {
    struct bytes a[2], b[2];
    (void)state;
    make(300, 1, 2, a);
    make(300, 2, 2, b);
    assert_true(a[0].len != b[0].len || memcmp(a[0].data, b[0].data, a[0].len) != 0);
    for (int i = 0; i < 2; i++) {
        free(a[i].data);
        free(b[i].data);
    }
}

static void any_number_of_articles(void **state) {
    static const uint64_t counts[] = {1, 127, 128, 129};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct bytes b[2];
        make(counts[i], 1, 3, b);
        free(b[0].data);
        free(b[1].data);
    }
}

static void failures_leave_nothing(void **state) {
    struct wp_gen_settings s = settings_of(100, 1, 2);
    struct wp_gen_result result;
    struct wp_error err;
    atomic_bool cancel;
    (void)state;
    s.base = "no/such/file";
    assert_int_equal(wp_gen_run(&s, &result, &err), WP_ENOENT);
    s = settings_of(100, 1, 2);
    s.dump = "no/such/folder/dump.jsonl";
    assert_true(wp_gen_run(&s, &result, &err) != WP_OK);
    s = settings_of(100, 1, 2);
    s.plan.outlets = 0;
    assert_int_equal(wp_gen_run(&s, &result, &err), WP_EINVAL);
    s.plan.outlets = WP_GEN_OUTLETS_MAX + 1;
    assert_int_equal(wp_gen_run(&s, &result, &err), WP_EINVAL);
    s = settings_of(1000, 1, 2);
    atomic_init(&cancel, true);
    s.cancel = &cancel;
    assert_int_equal(wp_gen_run(&s, &result, &err), WP_ECANCELED);
    assert_int_not_equal(access(DUMP, F_OK), 0);
    assert_int_not_equal(access(TRUTH, F_OK), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(seeds_change_everything),
        cmocka_unit_test(any_number_of_articles),
        cmocka_unit_test(failures_leave_nothing),
    };
    return cmocka_run_group_tests_name("gen_run", tests, NULL, NULL);
}
