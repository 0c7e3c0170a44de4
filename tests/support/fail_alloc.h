/*
 * fail_alloc.h - makes the n-th allocation fail.
 *
 * For tests in tests/unit/test_alloc_*.c, which the Makefile links with --wrap for malloc, calloc, realloc
 * and aligned_alloc: every call of ours (not those inside shared libraries) comes through here. The pattern
 * is a loop
 *
 *     for (long n = 0; ; n++) {
 *         fail_alloc_arm(n);
 *         status = the_call_under_test();
 *         if (!fail_alloc_disarm()) break;      // n was larger than the number of allocations
 *         assert status == WP_ENOMEM; release what there is; the object must still be releasable
 *     }
 *
 * and fail_alloc_each() is that loop. Allocations of all threads are counted together; arm and disarm belong
 * to one thread while no other runs.
 */
#ifndef TESTS_SUPPORT_FAIL_ALLOC_H
#define TESTS_SUPPORT_FAIL_ALLOC_H

#include <stdbool.h>

/* From now on the allocation with number n (from 0), and every one after it when `stay`, returns NULL. */
void fail_alloc_arm(long n);
void fail_alloc_arm_from(long n);

/* Ends it; whether an allocation failed since it was armed. */
bool fail_alloc_disarm(void);

/* Allocations since it was last armed (also after disarm, up to then). */
long fail_alloc_count(void);

/* Runs `call(context)` with allocation 0, 1, 2, ... failing until a run needs none of them, twice: with one
 * failing allocation and with all from there on. `call` makes everything anew, returns a status, and releases
 * everything itself. Returns the number of allocations of an undisturbed run, or -1 - n when the run with
 * number n returned 0 although an allocation failed and `may_recover` is false, or failed although none did,
 * or returned another status than `expected`. Stops after `max` allocations. */
struct fail_alloc_plan {
    int expected;     /* the status that must come back, WP_ENOMEM */
    bool may_recover; /* success in spite of a failed allocation is fine, too */
    long max;         /* 0 = 100,000 */
};
long fail_alloc_each(int (*call)(void *context), void *context, const struct fail_alloc_plan *plan);

#endif
