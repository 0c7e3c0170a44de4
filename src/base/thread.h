/*
 * thread.h - threads: a pool that runs one function on each, and a loop over indexes.
 *
 * Mutexes and conditions are plain pthread types. Threads made here keep SIGINT, SIGTERM and SIGHUP blocked,
 * so that signals reach the thread that waits for them. Fewer threads than asked for are never an error as
 * long as the work can be done.
 */
#ifndef WP_BASE_THREAD_H
#define WP_BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

/* More threads than this are never started, whatever is asked for. */
#define WP_THREADS_MAX 1024

/* The processors that this process may run on; at least 1. */
unsigned wp_threads_available(void);

struct wp_pool_worker;

/* Threads that all run `work`. Zero-initialised is an empty pool. Owned by the thread that started it. */
struct wp_pool {
    struct wp_pool_worker *workers;
    unsigned count; /* threads that really run: 1 to the number asked for */
};

/* Starts up to `threads` (1 or more) threads; each calls work(self, worker) once, worker counting from 0
 * without gaps, and ends when it returns. When the system gives fewer threads, it goes on with those and
 * pool->count says how many; WP_ESYSTEM or WP_ENOMEM when it gives none (the pool is then empty). `work` may
 * run before this returns, so it must not look at *pool. */
enum wp_status wp_pool_start(struct wp_pool *pool, unsigned threads,
                             void (*work)(void *self, unsigned worker), void *self, struct wp_error *err);

/* Waits until every `work` has returned, and empties the pool. What the threads wrote is then visible. Does
 * nothing for an empty pool. */
void wp_pool_join(struct wp_pool *pool);

/* What wp_parallel runs. */
struct wp_parallel_work {
    enum wp_status (*run)(void *self, size_t index, unsigned worker);
    void *self;
    const atomic_bool *cancel; /* may be NULL; when it turns true no further index is handed out */
};

/* Calls run(self, index, worker) once for each index 0..count-1, on up to `threads` threads of which the
 * caller is one (worker 0; the others count from 1, all below `threads`). Indexes are handed out in rising
 * order to whoever is free. After a failure no further index is handed out; what has begun is finished.
 * Returns the status of the lowest failing index, which is the same for any number of threads if `run` fails
 * for the same indexes; WP_ECANCELED when stopped by `cancel` before all indexes were run and none failed;
 * else WP_OK. When threads cannot be made, goes on with fewer, down to the caller alone. */
enum wp_status wp_parallel(unsigned threads, size_t count, const struct wp_parallel_work *work);

#endif
