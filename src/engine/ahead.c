/*
 * ahead.c - see ahead.h.
 *
 * A ring of arrivals: the thread fills the one behind those that were put, the caller holds the oldest one
 * until it asks for the next. A switch of threads costs as much as preparing an article, so each wakes the
 * other one for some arrivals at once: the caller when half of the ring is free again, the thread when there
 * are WAKE of them or it has to wait itself.
 */
#include "engine/ahead.h"

#include "base/thread.h"

enum { WAKE = 16 };

struct slot {
    struct wp_arrival arrival;
    size_t bytes; /* as it was put */
};

struct wp_ahead {
    struct wp_arrivals *source; /* the thread's; the caller's when there is none */
    struct wp_arrivals *maker;  /* the caller's: to prepare with */
    struct slot *ring;          /* arrival number n in ring[n % WP_AHEAD]; without a thread only ring[0] */
    struct wp_pool pool;        /* empty: without a thread */
    bool lent;                  /* the caller's: it holds the arrival of number `taken` */
    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t filled, room; /* for the caller, and for the thread, to wait for */
    uint64_t put, taken;         /* arrivals since the beginning */
    size_t bytes;                /* of those put and not taken */
    bool asked;                  /* the caller waits, and has given back what it held */
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

/* Nobody is to be waited for until all that was put has been decided. */
static bool may_wait(void *self) {
    struct wp_ahead *a = self;
    pthread_mutex_lock(&a->lock);
    while (!a->stop && (!a->asked || a->put != a->taken)) wait_for_room(a);
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

static void put(struct wp_ahead *a, const struct wp_arrival *arrival) {
    size_t bytes = wp_arrival_bytes(arrival);
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->put != a->taken && a->bytes + bytes > WP_AHEAD_BYTES_MAX) wait_for_room(a);
    a->bytes += bytes;
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
    a->ended = true;
    a->status = status;
    a->error = err;
    pthread_cond_signal(&a->filled);
    pthread_mutex_unlock(&a->lock);
}

/* ---- the caller ---- */

static enum wp_status open_sources(struct wp_ahead *a, const struct wp_ahead_options *options,
                                   struct wp_error *err) {
    struct wp_arrivals_options inputs = options->inputs;
    inputs.may_wait = options->threaded ? may_wait : NULL;
    inputs.self = a;
    WP_TRY(wp_arrivals_open(&a->source, &inputs, err));
    inputs.file_count = 0; /* the same articles, but no files */
    return options->threaded && options->unprepared ? wp_arrivals_open(&a->maker, &inputs, err) : WP_OK;
}

enum wp_status wp_ahead_new(struct wp_ahead **out, const struct wp_ahead_options *options,
                            struct wp_error *err) {
    struct wp_ahead *a = wp_zalloc(1, sizeof *a);
    bool threaded = options->threaded;
    *out = NULL;
    if (!a) return wp_fail(err, WP_ENOMEM, "out of memory");
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->filled, NULL);
    pthread_cond_init(&a->room, NULL);
    a->prepare = !options->unprepared;
    a->ring = wp_zalloc(threaded ? WP_AHEAD : 1, sizeof *a->ring);
    enum wp_status status =
        a->ring ? open_sources(a, options, err) : wp_fail(err, WP_ENOMEM, "out of memory");
    if (status != WP_OK) {
        wp_ahead_free(a);
        return status;
    }
    *out = a;
    if (threaded && wp_pool_start(&a->pool, 1, prepare_all, a, NULL) != WP_OK)
        a->asked = true; /* the caller does it, and has nothing else to do meanwhile */
    return WP_OK;
}

void wp_ahead_free(struct wp_ahead *a) {
    if (!a) return;
    size_t count = a->pool.count ? WP_AHEAD : 1;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->room);
    pthread_mutex_unlock(&a->lock);
    wp_pool_join(&a->pool);
    for (size_t i = 0; a->ring && i < count; i++) wp_arrival_release(&a->ring[i].arrival);
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

enum wp_status wp_ahead_next(struct wp_ahead *a, struct wp_arrival **out, struct wp_error *err) {
    if (!a->pool.count) {
        *out = &a->ring[0].arrival;
        return wp_arrivals_next(a->source, a->prepare, *out, err);
    }
    if (a->lent) give_back(a);
    pthread_mutex_lock(&a->lock);
    a->asked = a->put == a->taken;
    if (a->asked) pthread_cond_signal(&a->room); /* it may wait for a pipe now */
    while (a->put == a->taken && !a->ended) pthread_cond_wait(&a->filled, &a->lock);
    a->asked = false;
    a->lent = a->put != a->taken;
    *out = a->lent ? &a->ring[a->taken % WP_AHEAD].arrival : NULL;
    enum wp_status status = a->lent ? WP_OK : a->status;
    if (!a->lent && err) *err = a->error;
    pthread_mutex_unlock(&a->lock);
    return status;
}

enum wp_status wp_ahead_prepare(struct wp_ahead *a, struct wp_arrival *arrival, struct wp_error *err) {
    if (!arrival->unprepared) return WP_OK;
    pthread_mutex_lock(&a->lock);
    a->prepare = true;
    pthread_mutex_unlock(&a->lock);
    return wp_arrivals_prepare(a->maker ? a->maker : a->source, arrival, err);
}
