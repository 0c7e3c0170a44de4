/*
 * ahead.c - see ahead.h.
 *
 * A ring of arrivals: the thread fills the one behind those that were put, the caller holds the oldest one
 * until it asks for the next. A switch of threads costs as much as preparing an article, so each wakes the
 * other one for some arrivals at once: the caller when half of the ring is free again, the thread when there
 * are WAKE of them or it has to wait itself.
 */
#include "engine/ahead.h"

#include <errno.h>
#include <time.h>
#include "base/thread.h"
#include "input/line_file.h"

enum { WAKE = 16 };

struct slot {
    struct wp_arrival arrival;
    size_t bytes; /* as it was put */
};

struct wp_ahead {
    struct wp_arrivals *source; /* the thread's; the caller's when there is none */
    struct wp_arrivals *maker;  /* the caller's: to prepare with */
    struct slot *ring;          /* arrival number n in ring[n % WP_AHEAD]; without a thread ring[0] */
    struct wp_pool pool;        /* empty: without a thread */
    bool threaded;              /* constant while there is one */
    bool lent;                  /* the caller's: it holds the arrival of number `taken` */
    enum wp_status (*while_waiting)(void *self, struct wp_error *err); /* constant, may be NULL */
    void *self;
    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t filled, room; /* for the caller, and for the thread, to wait for */
    uint64_t put, taken;         /* arrivals since the beginning */
    size_t bytes;                /* of those put and not taken */
    bool asked;                  /* the caller waits */
    bool stalled;                /* the thread waits for an input */
    bool stop, prepare;
    bool ended;            /* nothing more will be put, for this reason: */
    enum wp_status status; /* WP_END, or what failed */
    struct wp_error error;
};

/* ---- the thread ---- */

/* With the lock held: waits, and lets the caller have what was put meanwhile. */
static void wait_for_room(struct wp_ahead *a) {
    if (a->put != a->taken) pthread_cond_signal(&a->filled);
    pthread_cond_wait(&a->room, &a->lock);
}

/* What was put is not to wait for what may never come. */
static bool thread_may_wait(struct wp_ahead *a) {
    pthread_mutex_lock(&a->lock);
    if (a->put != a->taken) pthread_cond_signal(&a->filled);
    a->stalled = true;
    bool may = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return may;
}

/* The arrival to be filled next; NULL: stop. */
static struct wp_arrival *take_free(struct wp_ahead *a, bool *prepare) {
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->put - a->taken == WP_AHEAD) wait_for_room(a);
    struct wp_arrival *free = a->stop ? NULL : &a->ring[a->put % WP_AHEAD].arrival;
    *prepare = a->prepare;
    pthread_mutex_unlock(&a->lock);
    return free;
}

/* With the lock held, once there is a thread: keeps what ends the work, the first time. */
static void end_with(struct wp_ahead *a, enum wp_status status, const struct wp_error *err) {
    if (a->ended) return;
    a->ended = true;
    a->status = status;
    a->error = *err;
}

static void put(struct wp_ahead *a, const struct wp_arrival *arrival) {
    size_t bytes = wp_arrival_bytes(arrival);
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->put != a->taken && a->bytes + bytes > WP_AHEAD_BYTES_MAX) wait_for_room(a);
    a->bytes += bytes;
    a->stalled = false;
    a->ring[a->put++ % WP_AHEAD].bytes = bytes;
    if (a->asked && a->put - a->taken >= WAKE) pthread_cond_signal(&a->filled);
    pthread_mutex_unlock(&a->lock);
}

static void prepare_all(void *self, unsigned worker) {
    struct wp_ahead *a = self;
    struct wp_error err = {0};
    struct wp_arrival *arrival;
    enum wp_status status = WP_OK;
    bool prepare;
    (void)worker;
    while (status == WP_OK && (arrival = take_free(a, &prepare))) {
        status = wp_arrivals_next(a->source, prepare, arrival, &err);
        if (status == WP_OK) put(a, arrival);
    }
    pthread_mutex_lock(&a->lock);
    end_with(a, status, &err);
    pthread_cond_signal(&a->filled);
    pthread_mutex_unlock(&a->lock);
}

/* ---- the caller ---- */

/* It has waited for a while. Does it wait on? */
static bool ask_caller(struct wp_ahead *a) {
    struct wp_error err = {0};
    enum wp_status status = a->while_waiting ? a->while_waiting(a->self, &err) : WP_OK;
    if (status == WP_OK) return true;
    pthread_mutex_lock(&a->lock);
    end_with(a, status, &err);
    a->stop = true;
    pthread_mutex_unlock(&a->lock);
    return false;
}

/* Of the source, on whatever thread that runs. */
static bool may_wait(void *self, bool first) {
    struct wp_ahead *a = self;
    return a->threaded ? thread_may_wait(a) : first || ask_caller(a);
}

static void init_timed(pthread_cond_t *cond) {
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
}

static enum wp_status open_sources(struct wp_ahead *a, const struct wp_ahead_options *options,
                                   struct wp_error *err) {
    struct wp_arrivals_options inputs = options->inputs;
    inputs.may_wait = may_wait;
    inputs.self = a;
    WP_TRY(wp_arrivals_open(&a->source, &inputs, err));
    inputs.file_count = 0; /* the same articles, but no files */
    return a->threaded && options->unprepared ? wp_arrivals_open(&a->maker, &inputs, err) : WP_OK;
}

enum wp_status wp_ahead_new(struct wp_ahead **out, const struct wp_ahead_options *options,
                            struct wp_error *err) {
    struct wp_ahead *a = wp_zalloc(1, sizeof *a);
    *out = NULL;
    if (!a) return wp_fail(err, WP_ENOMEM, "out of memory");
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->room, NULL);
    init_timed(&a->filled);
    a->threaded = options->threaded;
    a->while_waiting = options->while_waiting;
    a->self = options->self;
    a->prepare = !options->unprepared;
    a->ring = wp_zalloc(WP_AHEAD, sizeof *a->ring);
    enum wp_status status =
        a->ring ? open_sources(a, options, err) : wp_fail(err, WP_ENOMEM, "out of memory");
    if (status != WP_OK) {
        wp_ahead_free(a);
        return status;
    }
    *out = a;
    if (a->threaded && wp_pool_start(&a->pool, 1, prepare_all, a, NULL) != WP_OK) a->threaded = false;
    return WP_OK;
}

void wp_ahead_free(struct wp_ahead *a) {
    if (!a) return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->room);
    pthread_mutex_unlock(&a->lock);
    wp_pool_join(&a->pool);
    for (size_t i = 0; a->ring && i < WP_AHEAD; i++) wp_arrival_release(&a->ring[i].arrival);
    wp_free(a->ring);
    wp_arrivals_close(a->source);
    wp_arrivals_close(a->maker);
    pthread_cond_destroy(&a->filled);
    pthread_cond_destroy(&a->room);
    pthread_mutex_destroy(&a->lock);
    wp_free(a);
}

/* The caller's arrival goes back. */
static void give_back(struct wp_ahead *a) {
    struct slot *held = &a->ring[a->taken % WP_AHEAD]; /* `taken` is written by the caller alone */
    wp_arrival_trim(&held->arrival, WP_AHEAD_BYTES_MAX / WP_AHEAD);
    pthread_mutex_lock(&a->lock);
    a->bytes -= held->bytes;
    a->taken++;
    if (a->put - a->taken <= WP_AHEAD / 2) pthread_cond_signal(&a->room);
    pthread_mutex_unlock(&a->lock);
    a->lent = false;
}

/* With the lock held: waits for the thread, for a while. Only for inputs the caller is asked about: that
 * there is little time on this machine is to make no difference. */
static void wait_for_more(struct wp_ahead *a) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += WP_LINE_FILE_WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (pthread_cond_timedwait(&a->filled, &a->lock, &until) != ETIMEDOUT || !a->stalled) return;
    pthread_mutex_unlock(&a->lock);
    (void)ask_caller(a); /* its answer is noted */
    pthread_mutex_lock(&a->lock);
}

static enum wp_status next_of_thread(struct wp_ahead *a, struct wp_arrival **out, struct wp_error *err) {
    if (a->lent) give_back(a);
    pthread_mutex_lock(&a->lock);
    a->asked = true;
    while (a->put == a->taken && !a->ended) wait_for_more(a);
    a->asked = false;
    a->lent = a->put != a->taken && !a->stop;
    if (a->lent) *out = &a->ring[a->taken % WP_AHEAD].arrival;
    enum wp_status status = a->lent ? WP_OK : a->status;
    if (!a->lent && err) *err = a->error;
    pthread_mutex_unlock(&a->lock);
    return status;
}

/* The thread's work, when there is none. */
static enum wp_status next_on_the_spot(struct wp_ahead *a, struct wp_arrival **out, struct wp_error *err) {
    struct wp_error why = {0};
    *out = &a->ring[0].arrival;
    if (!a->ended) {
        enum wp_status status = wp_arrivals_next(a->source, a->prepare, *out, &why);
        if (status == WP_OK) return WP_OK;
        end_with(a, status, &why);
    }
    *out = NULL;
    if (err) *err = a->error;
    return a->status;
}

enum wp_status wp_ahead_next(struct wp_ahead *a, struct wp_arrival **out, struct wp_error *err) {
    *out = NULL;
    return a->threaded ? next_of_thread(a, out, err) : next_on_the_spot(a, out, err);
}

enum wp_status wp_ahead_prepare(struct wp_ahead *a, struct wp_arrival *arrival, struct wp_error *err) {
    if (!arrival->unprepared) return WP_OK;
    pthread_mutex_lock(&a->lock);
    a->prepare = true;
    pthread_mutex_unlock(&a->lock);
    return wp_arrivals_prepare(a->maker ? a->maker : a->source, arrival, err);
}
