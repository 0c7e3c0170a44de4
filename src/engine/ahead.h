/*
 * ahead.h - the articles of a load are read, parsed and prepared on a thread of their own, while those before
 * are decided.
 *
 *     thread     read, parse, prepare   read, parse, prepare   ...        arrivals.h
 *     caller                            next: decide, store    next ...   in the same order
 *
 * Few articles are on their way, and few bytes. Where an input keeps us waiting (a pipe that is empty, or
 * that nobody has opened) the caller gets all that came before, and then is asked whether it wants to wait
 * on. All that it sees is what it would see by itself.
 *
 * All but the thread inside: one thread, the caller's.
 */
#ifndef WP_ENGINE_AHEAD_H
#define WP_ENGINE_AHEAD_H

#include "engine/arrivals.h"

enum {
    WP_AHEAD = 256,               /* arrivals on their way, at most; */
    WP_AHEAD_BYTES_MAX = 4 << 20, /* more of their bytes than this only when it is one arrival */
};

struct wp_ahead;

struct wp_ahead_options {
    struct wp_arrivals_options inputs; /* but may_wait, which is set here */
    /* Called by wp_ahead_next when an input has kept it waiting for WP_LINE_FILE_WAIT_MS, and again after as
     * long; what is not WP_OK ends that call and every further one with it. NULL: it waits on. */
    enum wp_status (*while_waiting)(void *self, struct wp_error *err);
    void *self;
    bool threaded;   /* if not, or if no thread is to be had, each arrival is made when it is asked for */
    bool unprepared; /* articles come unprepared until wp_ahead_prepare is called for the first time */
};

/* WP_ENOMEM, WP_EINVAL as wp_arrivals_open; *out is then NULL. */
enum wp_status wp_ahead_new(struct wp_ahead **out, const struct wp_ahead_options *options,
                            struct wp_error *err);
/* Stops and waits for the thread; what was not taken is lost. NULL is fine. */
void wp_ahead_free(struct wp_ahead *a);

/* The next arrival, borrowed until the next call; what was prepared in it may be taken out (wp_finder_adopt).
 * Statuses of wp_arrivals_next and while_waiting; one other than WP_OK comes again with every call. */
enum wp_status wp_ahead_next(struct wp_ahead *a, struct wp_arrival **out, struct wp_error *err);
/* Prepares the arrival at hand if it came unprepared (wp_arrivals_prepare), and from now on what comes. */
enum wp_status wp_ahead_prepare(struct wp_ahead *a, struct wp_arrival *arrival, struct wp_error *err);

#endif
