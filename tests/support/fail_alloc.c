/*
 * fail_alloc.c - see fail_alloc.h.
 *
 * The linker sends malloc(...) to __wrap_malloc and __real_malloc to the C library (or to a sanitizer).
 * Counters are atomic, because worker threads allocate, too.
 */
#include "support/fail_alloc.h"

#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);

static atomic_long seen;
static atomic_long first = LONG_MAX, last = LONG_MIN; /* numbers that fail; none while last < first */
static atomic_bool failed;

static bool denied(void) {
    long number = atomic_fetch_add(&seen, 1);
    if (number < atomic_load(&first) || number > atomic_load(&last)) return false;
    atomic_store(&failed, true);
    return true;
}

void *__wrap_malloc(size_t size) {
    return denied() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return denied() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return denied() ? NULL : __real_realloc(old, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return denied() ? NULL : __real_aligned_alloc(alignment, size);
}

static void arm(long from, long to) {
    atomic_store(&last, LONG_MIN);
    atomic_store(&failed, false);
    atomic_store(&seen, 0);
    atomic_store(&first, from);
    atomic_store(&last, to);
}

void fail_alloc_arm(long n) {
    arm(n, n);
}

void fail_alloc_arm_from(long n) {
    arm(n, LONG_MAX);
}

bool fail_alloc_disarm(void) {
    atomic_store(&last, LONG_MIN);
    return atomic_load(&failed);
}

long fail_alloc_count(void) {
    return atomic_load(&seen);
}

/* Whether the run with number n came out as planned. *done when it needed no allocation that failed. */
static bool run_once(int (*call)(void *), void *context, const struct fail_alloc_plan *plan, bool *done) {
    int status = call(context);
    *done = !fail_alloc_disarm();
    if (*done) return status == 0;
    return status == plan->expected || (status == 0 && plan->may_recover);
}

long fail_alloc_each(int (*call)(void *context), void *context, const struct fail_alloc_plan *plan) {
    long max = plan->max ? plan->max : 100000;
    for (int all_after = 0; all_after < 2; all_after++) {
        bool done = false;
        for (long n = 0; !done && n < max; n++) {
            if (all_after)
                fail_alloc_arm_from(n);
            else
                fail_alloc_arm(n);
            if (!run_once(call, context, plan, &done)) return -1 - n;
        }
    }
    return fail_alloc_count();
}
