/*
 * thread.c - the pool and the loop over indexes, on pthreads.
 *
 * An index, once taken from the counter, is always run: so when index F fails, all indexes below F have been
 * or will be run, and the lowest failing index does not depend on which thread was quicker.
 */
#include "base/thread.h"

#include <sched.h>
#include <signal.h>
#include "base/memory.h"

struct wp_pool_worker {
    pthread_t thread;
    void (*work)(void *self, unsigned worker);
    void *self;
    unsigned number;
};

unsigned wp_threads_available(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

static void *worker_main(void *arg) {
    struct wp_pool_worker *worker = arg;
    worker->work(worker->self, worker->number);
    return NULL;
}

/* A new thread inherits the mask of its maker: set it, and let the caller put the old one back. */
static void signals_block(sigset_t *old) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, old);
}

enum wp_status wp_pool_start(struct wp_pool *pool, unsigned threads,
                             void (*work)(void *self, unsigned worker), void *self, struct wp_error *err) {
    *pool = (struct wp_pool){0};
    if (threads == 0) return wp_fail(err, WP_EINVAL, "a pool of no threads");
    if (threads > WP_THREADS_MAX) threads = WP_THREADS_MAX;
    pool->workers = wp_zalloc(threads, sizeof *pool->workers);
    if (!pool->workers) return wp_fail(err, WP_ENOMEM, "no memory for threads");

    sigset_t old;
    int code = 0;
    signals_block(&old);
    while (pool->count < threads) {
        struct wp_pool_worker *w = &pool->workers[pool->count];
        *w = (struct wp_pool_worker){.work = work, .self = self, .number = pool->count};
        code = pthread_create(&w->thread, NULL, worker_main, w);
        if (code != 0) break;
        pool->count++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);

    if (pool->count > 0) return WP_OK;
    wp_free(pool->workers);
    pool->workers = NULL;
    return wp_fail_errno(err, code, NULL, "cannot start a thread");
}

void wp_pool_join(struct wp_pool *pool) {
    for (unsigned i = 0; i < pool->count; i++) pthread_join(pool->workers[i].thread, NULL);
    wp_free(pool->workers);
    *pool = (struct wp_pool){0};
}

struct parallel {
    /* constant */
    const struct wp_parallel_work *work;
    size_t count;
    /* any thread */
    atomic_size_t next;
    atomic_bool stop;
    /* guarded by lock */
    pthread_mutex_t lock;
    size_t failed; /* lowest failing index; count = none */
    enum wp_status status;
};

static void parallel_note(struct parallel *p, size_t index, enum wp_status status) {
    pthread_mutex_lock(&p->lock);
    if (index < p->failed) {
        p->failed = index;
        p->status = status;
    }
    pthread_mutex_unlock(&p->lock);
    atomic_store_explicit(&p->stop, true, memory_order_relaxed);
}

static bool parallel_canceled(const struct parallel *p) {
    const atomic_bool *cancel = p->work->cancel;
    return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

static void parallel_run(struct parallel *p, unsigned worker) {
    while (!atomic_load_explicit(&p->stop, memory_order_relaxed) && !parallel_canceled(p)) {
        size_t index = atomic_fetch_add_explicit(&p->next, 1, memory_order_relaxed);
        if (index >= p->count) break;
        enum wp_status status = p->work->run(p->work->self, index, worker);
        if (status != WP_OK) parallel_note(p, index, status);
    }
}

static void parallel_help(void *self, unsigned worker) {
    parallel_run(self, worker + 1); /* worker 0 is the caller */
}

enum wp_status wp_parallel(unsigned threads, size_t count, const struct wp_parallel_work *work) {
    struct parallel p = {.work = work, .count = count, .failed = count, .status = WP_OK};
    if (count == 0) return WP_OK;
    pthread_mutex_init(&p.lock, NULL);
    struct wp_pool pool = {0};
    if (threads > count) threads = (unsigned)count;
    /* Without helpers the caller does it all: the failure to start them is none of the work. */
    if (threads > 1) (void)wp_pool_start(&pool, threads - 1, parallel_help, &p, NULL);
    parallel_run(&p, 0);
    wp_pool_join(&pool);
    pthread_mutex_destroy(&p.lock);
    /* Each thread stops at its own first index past the end, so `next` falls short only if it was stopped. */
    if (p.status == WP_OK && atomic_load(&p.next) < count) return WP_ECANCELED;
    return p.status;
}
