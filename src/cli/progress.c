/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"

void wp_progress_begin(struct wp_progress *p, bool wanted) {
    p->wanted = wanted && isatty(STDERR_FILENO);
    p->shown = false;
    p->begin = wp_clock_seconds();
}

void wp_progress_show(struct wp_progress *p, uint64_t articles, uint64_t text_bytes, uint64_t input_bytes) {
    double seconds = wp_clock_seconds() - p->begin;
    if (!p->wanted || seconds < 0.5) return;
    fprintf(stderr, "\r\033[K%" PRIu64 " articles, %.0f MB, %.0f MB/s", articles, (double)text_bytes / 1e6,
            (double)text_bytes / 1e6 / seconds);
    if (!p->total_unknown && input_bytes && p->total_bytes > input_bytes)
        fprintf(stderr, ", %.0f %%, about %.0f s left", 100.0 * (double)input_bytes / (double)p->total_bytes,
                seconds * (double)(p->total_bytes - input_bytes) / (double)input_bytes);
    p->shown = true;
}

void wp_progress_say(struct wp_progress *p, const char *what) {
    if (!p->wanted) return;
    fprintf(stderr, "\r\033[K%s", what);
    p->shown = *what != '\0';
}
