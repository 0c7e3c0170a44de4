/*
 * test_thread.c - the pool and the loop over indexes: each index once, the lowest failure, cancel, fewer
 * threads.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/thread.h"

#define COUNT 5000

struct job {
    unsigned char seen[COUNT]; /* each index is one thread's: plain bytes, so that TSan would tell */
    atomic_size_t calls;
    atomic_uint top_worker;
    size_t fail_from, fail_every;
    atomic_bool cancel;
    size_t cancel_at;
};

static enum wp_status job_run(void *self, size_t index, unsigned worker) {
    struct job *job = self;
    job->seen[index]++;
    atomic_fetch_add(&job->calls, 1);
    unsigned top = atomic_load(&job->top_worker);
    while (worker > top && !atomic_compare_exchange_weak(&job->top_worker, &top, worker)) continue;
    if (job->cancel_at && index == job->cancel_at) atomic_store(&job->cancel, true);
    if (job->fail_every && index >= job->fail_from && (index - job->fail_from) % job->fail_every == 0)
        return index == job->fail_from ? WP_EDAMAGED : WP_EIO;
    return WP_OK;
}

static struct wp_parallel_work job_work(struct job *job) {
    return (struct wp_parallel_work){.run = job_run, .self = job, .cancel = &job->cancel};
}

static void each_index_once(void **state) {
    (void)state;
    for (unsigned threads = 0; threads <= 9; threads += 3) {
        struct job job = {0};
        struct wp_parallel_work work = job_work(&job);
        assert_int_equal(wp_parallel(threads, COUNT, &work), WP_OK);
        for (size_t i = 0; i < COUNT; i++) assert_int_equal(job.seen[i], 1);
        assert_int_equal(job.calls, COUNT);
        assert_true(job.top_worker < (threads ? threads : 1));
    }
}

static void few_indexes(void **state) {
    (void)state;
    struct job job = {0};
    struct wp_parallel_work work = job_work(&job);
    work.cancel = NULL;
    assert_int_equal(wp_parallel(8, 0, &work), WP_OK);
    assert_int_equal(job.calls, 0);
    assert_int_equal(wp_parallel(8, 1, &work), WP_OK);
    assert_int_equal(job.calls, 1);
    assert_int_equal(job.top_worker, 0);
}

static void lowest_failure_wins(void **state) {
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct job job = {.fail_from = 37 + (size_t)round, .fail_every = 1};
        struct wp_parallel_work work = job_work(&job);
        assert_int_equal(wp_parallel(4, COUNT, &work), WP_EDAMAGED);
        for (size_t i = 0; i <= job.fail_from; i++) assert_int_equal(job.seen[i], 1);
        assert_true(job.calls < COUNT);
    }
}

static void failure_stops_alone(void **state) {
    (void)state;
    struct job job = {.fail_from = 10, .fail_every = 1};
    struct wp_parallel_work work = job_work(&job);
    assert_int_equal(wp_parallel(1, COUNT, &work), WP_EDAMAGED);
    assert_int_equal(job.calls, 11);
}

static void cancel_stops(void **state) {
    (void)state;
    struct job job = {.cancel_at = 100};
    struct wp_parallel_work work = job_work(&job);
    assert_int_equal(wp_parallel(1, COUNT, &work), WP_ECANCELED);
    assert_int_equal(job.calls, 101);

    struct job before = {.cancel = true};
    work = job_work(&before);
    assert_int_equal(wp_parallel(3, COUNT, &work), WP_ECANCELED);
    assert_int_equal(before.calls, 0);

    /* Too late to matter: every index was run. */
    struct job late = {.cancel_at = COUNT - 1};
    work = job_work(&late);
    assert_int_equal(wp_parallel(1, COUNT, &work), WP_OK);
}

/* The pool. */

struct crowd {
    atomic_uint ran[16];
    atomic_bool masked;
};

static void crowd_work(void *self, unsigned worker) {
    struct crowd *crowd = self;
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, NULL, &now);
    if (!sigismember(&now, SIGINT) || !sigismember(&now, SIGTERM)) atomic_store(&crowd->masked, false);
    atomic_fetch_add(&crowd->ran[worker], 1);
}

static void pool_runs_each_once(void **state) {
    (void)state;
    struct crowd crowd = {.masked = true};
    struct wp_pool pool = {0};
    assert_int_equal(wp_pool_start(&pool, 7, crowd_work, &crowd, NULL), WP_OK);
    assert_int_equal(pool.count, 7);
    wp_pool_join(&pool);
    assert_null(pool.workers);
    for (unsigned i = 0; i < 16; i++) assert_int_equal(crowd.ran[i], i < 7);
    assert_true(crowd.masked);
    sigset_t mine;
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    assert_false(sigismember(&mine, SIGINT)); /* the maker's own mask is put back */
    wp_pool_join(&pool);
}

static void pool_of_none(void **state) {
    (void)state;
    struct wp_pool pool = {0};
    struct wp_error err = {0};
    assert_int_equal(wp_pool_start(&pool, 0, crowd_work, NULL, &err), WP_EINVAL);
    assert_int_equal(err.status, WP_EINVAL);
    assert_int_equal(pool.count, 0);
}

/* With a stack limit above the address space no thread can be made: wp_parallel does it alone, the pool says
 * so. In a child, because the default stack size is read once, at start. */
static int no_threads_child(void) {
    struct job job = {0};
    struct wp_parallel_work work = job_work(&job);
    struct wp_pool pool = {0};
    struct wp_error err = {0};
    if (wp_parallel(4, COUNT, &work) != WP_OK || job.calls != COUNT || job.top_worker != 0) return 1;
    if (wp_pool_start(&pool, 2, crowd_work, NULL, &err) == WP_OK || pool.count != 0) return 2;
    return err.reason[0] ? 0 : 3;
}

static void goes_on_without_threads(void **state) {
    (void)state;
    pthread_attr_t attr, old;
    pthread_attr_init(&attr);
    pthread_getattr_default_np(&old);
    if (pthread_attr_setstacksize(&attr, (size_t)1 << 50) != 0 || pthread_setattr_default_np(&attr) != 0)
        skip();
    int result = no_threads_child();
    pthread_setattr_default_np(&old);
    assert_int_equal(result, 0);
}

static void available_is_sane(void **state) {
    (void)state;
    unsigned count = wp_threads_available();
    assert_in_range(count, 1, (unsigned)sysconf(_SC_NPROCESSORS_CONF));
}

int main(void) {
    alarm(60);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_index_once),     cmocka_unit_test(few_indexes),
        cmocka_unit_test(lowest_failure_wins), cmocka_unit_test(failure_stops_alone),
        cmocka_unit_test(cancel_stops),        cmocka_unit_test(pool_runs_each_once),
        cmocka_unit_test(pool_of_none),        cmocka_unit_test(goes_on_without_threads),
        cmocka_unit_test(available_is_sane),
    };
    return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
