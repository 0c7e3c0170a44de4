/*
 * status.h - filling struct wp_error, and passing statuses up.
 *
 * Statuses and their texts stand in the public header's WP_STATUS_MAP, nowhere else. A function that fails
 * returns the status it put into the error, so that `return wp_fail(...)` is the one way to fail with words.
 */
#ifndef WP_BASE_STATUS_H
#define WP_BASE_STATUS_H

#include "wireprint.h"

/* Fills *err (which may be NULL) with status and the formatted reason, clears file, line and offset.
 * Returns status. Any thread. */
enum wp_status wp_fail(struct wp_error *err, enum wp_status status, const char *reason, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with the name of a file. */
enum wp_status wp_fail_file(struct wp_error *err, enum wp_status status, const char *file, const char *reason,
                            ...) __attribute__((format(printf, 4, 5)));

/* The same with errno (ENOSPC, ENOENT, EIO, ENOMEM are mapped, the rest is WP_ESYSTEM): "what: strerror". */
enum wp_status wp_fail_errno(struct wp_error *err, int code, const char *file, const char *what);

/* Adds where it happened to an error that is already filled. */
void wp_error_place(struct wp_error *err, const char *file, uint64_t line);
void wp_error_offset(struct wp_error *err, uint64_t offset);

/* Puts '?' in the place of what controls a terminal, line ends too: names of files and ids come from anybody.
 * For messages of one line. */
void wp_text_disarm(char *text, size_t len);

/* "file:line: reason" or what of it is known, into out[size], disarmed; always ends in NUL. Returns out. */
char *wp_error_text(const struct wp_error *err, char *out, size_t size);

/* Leaves the calling function when `call` fails. */
#define WP_TRY(call)                                                                                         \
    do {                                                                                                     \
        enum wp_status wp_try_status_ = (call);                                                              \
        if (wp_try_status_ != WP_OK) return wp_try_status_;                                                  \
    } while (0)

#endif
