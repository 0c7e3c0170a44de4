/*
 * test_parts.c - items thrown into parts by several senders come out once each, whatever spills; one sender
 * alone keeps their order; reading leaves them, taking does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/parts.h"
#include "base/thread.h"
#include "support/random.h"

enum { PARTS = 37, SENDERS = 4, ITEMS = 60000 };

struct item {
    uint64_t sender, number, check;
};

struct job {
    struct wp_parts parts;
    bool small; /* 8-byte items */
};

static size_t part_of(uint64_t sender, uint64_t number) {
    struct random r = {sender << 32 | number};
    uint64_t x = random_next(&r);
    return x % 5 ? x % 8 : x % PARTS; /* some parts get most of it */
}

static enum wp_status send_items(void *self, size_t sender, unsigned worker) {
    (void)worker;
    struct job *job = self;
    struct wp_parts_sender s;
    enum wp_status status = wp_parts_sender_init(&s, &job->parts, 1 + (uint32_t)sender * 20);
    for (uint64_t i = 0; i < ITEMS && status == WP_OK; i++) {
        struct item item = {sender, i, sender * 7919 + i};
        size_t part = part_of(sender, i);
        status = job->small ? wp_parts_send64(&s, part, sender << 32 | i, NULL)
                            : wp_parts_send(&s, part, &item, NULL);
    }
    if (status == WP_OK) status = wp_parts_sender_flush(&s, NULL);
    wp_parts_sender_release(&s);
    return status;
}

static void see(bool *seen, const struct job *job, const void *items, size_t i, size_t part) {
    uint64_t sender, number;
    if (job->small) {
        sender = ((const uint64_t *)items)[i] >> 32;
        number = (uint32_t)((const uint64_t *)items)[i];
    } else {
        const struct item *item = (const struct item *)items + i;
        sender = item->sender;
        number = item->number;
        assert_int_equal(item->check, sender * 7919 + number);
    }
    assert_true(sender < SENDERS && number < ITEMS);
    assert_int_equal(part_of(sender, number), part);
    assert_false(seen[sender * ITEMS + number]);
    seen[sender * ITEMS + number] = true;
}

static void check_with(struct wp_chunk_pool *pool, bool small, size_t chunk_bytes, size_t limit) {
    struct job job = {.small = small};
    struct wp_budget budget;
    size_t item_bytes = small ? 8 : sizeof(struct item), seen_count = 0;
    bool *seen = calloc(SENDERS * ITEMS, 1);
    wp_budget_init(&budget, limit, ".");
    assert_int_equal(wp_parts_init(&job.parts, item_bytes, PARTS, chunk_bytes, &budget), WP_OK);
    wp_parts_use_pool(&job.parts, pool);
    struct wp_parallel_work work = {send_items, &job, NULL};
    assert_int_equal(wp_parallel(SENDERS, SENDERS, &work), WP_OK);
    if (limit == SIZE_MAX)
        assert_int_equal(atomic_load(&budget.spilled_bytes), 0);
    else
        assert_true(atomic_load(&budget.spilled_bytes) > 0);
    for (size_t part = 0; part < PARTS; part++) {
        uint64_t count = wp_parts_count(&job.parts, part);
        void *once = malloc(count * item_bytes + 1), *again = malloc(count * item_bytes + 1);
        assert_int_equal(wp_parts_read(&job.parts, part, once, NULL), WP_OK);
        assert_int_equal(wp_parts_take(&job.parts, part, again, NULL), WP_OK);
        assert_memory_equal(once, again, count * item_bytes);
        assert_int_equal(wp_parts_count(&job.parts, part), 0);
        for (size_t i = 0; i < count; i++) see(seen, &job, once, i, part);
        seen_count += count;
        free(once);
        free(again);
    }
    assert_int_equal(seen_count, SENDERS * ITEMS);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
    wp_parts_release(&job.parts);
    free(seen);
}

static void check(bool small, size_t chunk_bytes, size_t limit) {
    check_with(NULL, small, chunk_bytes, limit);
}

/* One after the other from one pool, which has all its chunks again afterwards. */
static void from_a_pool(void **state) {
    (void)state;
    struct wp_chunk_pool pool;
    wp_chunk_pool_init(&pool, 4096);
    check_with(&pool, true, 4096, SIZE_MAX);
    size_t areas = pool.area_count, chunks = pool.idle_count;
    assert_true(chunks > 0 && pool.area_count * (((size_t)2 << 20) / 4096) >= chunks);
    check_with(&pool, true, 4096, SIZE_MAX);
    assert_int_equal(pool.area_count, areas);
    check_with(&pool, false, 1000, 0); /* smaller ones, spilled */
    assert_true(pool.idle_count >= chunks);
    wp_chunk_pool_release(&pool);
}

static void in_memory(void **state) {
    (void)state;
    check(true, 4096, SIZE_MAX);
    check(false, 4096, SIZE_MAX);
    check(false, 1000, SIZE_MAX); /* not a multiple of an item */
}

static void spilled(void **state) {
    (void)state;
    check(true, 4096, 0);
    check(false, 4096, 0);
    check(false, 1000, 200000);
    check(true, 8, 0); /* one item a chunk */
}

static void order_of_one_sender(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_parts parts;
    struct wp_parts_sender s;
    uint64_t got[1000];
    wp_budget_init(&budget, 0, ".");
    assert_int_equal(wp_parts_init(&parts, 8, 2, 256, &budget), WP_OK);
    assert_int_equal(wp_parts_sender_init(&s, &parts, 7), WP_OK);
    for (uint64_t i = 0; i < 1000; i++) assert_int_equal(wp_parts_send64(&s, 1, i * i, NULL), WP_OK);
    assert_true(wp_parts_count(&parts, 1) < 1000); /* some wait in the sender */
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    assert_int_equal(wp_parts_count(&parts, 0), 0);
    assert_int_equal(wp_parts_count(&parts, 1), 1000);
    assert_int_equal(wp_parts_read(&parts, 1, got, NULL), WP_OK);
    for (uint64_t i = 0; i < 1000; i++) assert_int_equal(got[i], i * i);
    assert_int_equal(wp_parts_take(&parts, 0, NULL, NULL), WP_OK); /* empty: nothing is written */
    /* After taking, a part may be filled again. */
    assert_int_equal(wp_parts_take(&parts, 1, got, NULL), WP_OK);
    assert_int_equal(wp_parts_send64(&s, 1, 77, NULL), WP_OK);
    assert_int_equal(wp_parts_sender_flush(&s, NULL), WP_OK);
    assert_int_equal(wp_parts_count(&parts, 1), 1);
    assert_int_equal(wp_parts_take(&parts, 1, got, NULL), WP_OK);
    assert_int_equal(got[0], 77);
    wp_parts_sender_release(&s);
    wp_parts_release(&parts);
    wp_parts_release(&parts);
}

/* Whoever goes on sending after a failure (other threads do) meets it again, and nothing worse. */
static void no_room_on_disk(void **state) {
    (void)state;
    struct wp_budget budget;
    struct wp_parts parts;
    struct wp_parts_sender s;
    struct wp_error err = {0};
    wp_budget_init(&budget, 0, "no-such-directory");
    assert_int_equal(wp_parts_init(&parts, 8, 1, 64, &budget), WP_OK);
    assert_int_equal(wp_parts_sender_init(&s, &parts, 4), WP_OK);
    unsigned failed = 0;
    for (uint64_t i = 0; i < 100; i++) failed += wp_parts_send64(&s, 0, i, &err) != WP_OK;
    assert_true(failed > 10);
    assert_int_equal(err.status, WP_ENOENT);
    wp_parts_sender_release(&s);
    wp_parts_release(&parts);
    assert_int_equal(atomic_load(&budget.used_bytes), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(in_memory), cmocka_unit_test(from_a_pool),
                                       cmocka_unit_test(spilled), cmocka_unit_test(order_of_one_sender),
                                       cmocka_unit_test(no_room_on_disk)};
    return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
