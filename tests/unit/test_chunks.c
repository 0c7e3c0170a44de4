/*
 * test_chunks.c - chunks of a pool are apart from each other; what was given back is taken before anything
 * new is made; trimming leaves the chunks in use as they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/chunks.h"

enum { BYTES = 16384, CHUNKS = 300 }; /* of 128 to an area */

static void fill(uint8_t *chunk, unsigned number) {
    memset(chunk, (int)(number % 251), BYTES);
    memcpy(chunk, &number, sizeof number);
}

static void check_filled(const uint8_t *chunk, unsigned number) {
    unsigned got;
    memcpy(&got, chunk, sizeof got);
    assert_int_equal(got, number);
    for (size_t i = sizeof got; i < BYTES; i++) assert_int_equal(chunk[i], number % 251);
}

static void take_all(struct wp_chunk_pool *p, uint8_t **chunks) {
    for (unsigned i = 0; i < CHUNKS; i++) {
        chunks[i] = wp_chunk_take(p);
        assert_non_null(chunks[i]);
        fill(chunks[i], i);
    }
}

static void chunks_are_apart(void **state) {
    (void)state;
    struct wp_chunk_pool p;
    uint8_t *chunks[CHUNKS];
    wp_chunk_pool_init(&p, BYTES);
    take_all(&p, chunks);
    for (unsigned i = 0; i < CHUNKS; i++) check_filled(chunks[i], i);
    wp_chunk_pool_release(&p);
    wp_chunk_pool_release(&p); /* released is zero-initialised */
}

static void given_back_is_taken_first(void **state) {
    (void)state;
    struct wp_chunk_pool p;
    uint8_t *chunks[CHUNKS];
    wp_chunk_pool_init(&p, BYTES);
    take_all(&p, chunks);
    size_t areas = p.area_count;
    wp_chunk_give(&p, NULL);
    for (unsigned i = 0; i < CHUNKS; i++) wp_chunk_give(&p, chunks[i]);
    take_all(&p, chunks);
    assert_int_equal(p.area_count, areas);
    for (unsigned i = 0; i < CHUNKS; i++) check_filled(chunks[i], i);
    wp_chunk_pool_release(&p);
}

static void trimming_spares_what_is_in_use(void **state) {
    (void)state;
    struct wp_chunk_pool p;
    uint8_t *chunks[CHUNKS];
    wp_chunk_pool_init(&p, BYTES);
    wp_chunk_pool_trim(&p);
    take_all(&p, chunks);
    for (unsigned i = 0; i < CHUNKS; i++)
        if (i % 7 < 4) wp_chunk_give(&p, chunks[i]); /* some are neighbours */
    wp_chunk_pool_trim(&p);
    for (unsigned i = 0; i < CHUNKS; i++)
        if (i % 7 >= 4) check_filled(chunks[i], i);
    size_t areas = p.area_count;
    for (unsigned i = 0; i < CHUNKS; i++)
        if (i % 7 < 4) fill(chunks[i] = wp_chunk_take(&p), i);
    assert_int_equal(p.area_count, areas);
    for (unsigned i = 0; i < CHUNKS; i++) check_filled(chunks[i], i);
    wp_chunk_pool_release(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_apart),
        cmocka_unit_test(given_back_is_taken_first),
        cmocka_unit_test(trimming_spares_what_is_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
