/* clock.h - time that only goes forward, for measuring how long something takes. */
#ifndef WP_BASE_CLOCK_H
#define WP_BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment in the past. Any thread. */
static inline double wp_clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
