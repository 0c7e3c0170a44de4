/* test_stream.c - streams are packed to five bytes a shingle and come back, by every kernel, at every count,
 * with nothing read or written beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "engine/stream.h"
#include "support/random.h"

enum { COUNT_MAX = 200, GUARD = 0x77 };

static const enum wp_cpu levels[] = {WP_CPU_PORTABLE, WP_CPU_AVX2, WP_CPU_AVX512};
static struct random drawn = {88172645463325252};

static void check_bytes(wp_stream_packer *pack, size_t count) {
    uint64_t shingles[COUNT_MAX];
    uint8_t *packed = malloc(count * 5 + 1); /* as long as it must be: sanitizers see further writes */
    assert_non_null(packed);
    packed[count * 5] = GUARD;
    for (size_t i = 0; i < count; i++) shingles[i] = random_next(&drawn);
    pack(packed, shingles, count);
    for (size_t i = 0; i < count * 5; i++)
        assert_int_equal(packed[i], (uint8_t)(shingles[i / 5] >> 8 * (i % 5)));
    assert_int_equal(packed[count * 5], GUARD);
    free(packed);
}

static void test_byte_by_byte(void **state) {
    (void)state;
    for (int k = 0; k < 3 && levels[k] <= wp_cpu_level(); k++)
        for (size_t count = 0; count <= COUNT_MAX; count++)
            check_bytes(wp_stream_pack_choose(levels[k]), count);
}

static void check_back(wp_stream_unpacker *unpack, size_t count) {
    uint64_t shingles[COUNT_MAX], back[COUNT_MAX + 1];
    uint8_t *packed = malloc(count ? count * 5 : 1);
    assert_non_null(packed);
    for (size_t i = 0; i < count; i++) shingles[i] = random_next(&drawn);
    wp_stream_pack(packed, shingles, count);
    back[count] = GUARD;
    unpack(back, packed, count);
    for (size_t i = 0; i < count; i++) assert_true(back[i] == (shingles[i] & 0xffffffffff));
    assert_true(back[count] == GUARD);
    free(packed);
}

static void test_back_again(void **state) {
    (void)state;
    for (int k = 0; k < 3 && levels[k] <= wp_cpu_level(); k++)
        for (size_t count = 0; count <= COUNT_MAX; count++)
            check_back(wp_stream_unpack_choose(levels[k]), count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_back_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
