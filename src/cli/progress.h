/* progress.h - the line on a terminal that tells how far a command has come. One thread. */
#ifndef WP_CLI_PROGRESS_H
#define WP_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct wp_progress {
    bool wanted, shown;
    bool total_unknown;   /* set by the caller, as is: */
    uint64_t total_bytes; /* of all inputs, as they lie */
    double begin;         /* seconds, of wp_clock_seconds */
};

/* Shows nothing when it is not wanted, and when standard error is no terminal. */
void wp_progress_begin(struct wp_progress *p, bool wanted);
/* So many articles in so many bytes of text, from so many bytes of the inputs; not in the first half second.
 */
void wp_progress_show(struct wp_progress *p, uint64_t articles, uint64_t text_bytes, uint64_t input_bytes);
/* Other words in its place; "" wipes it out. */
void wp_progress_say(struct wp_progress *p, const char *what);

#endif
