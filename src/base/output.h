/*
 * output.h - a file that appears under its name only when it is complete.
 *
 * Written aside (".NAME.XXXXXX.tmp" in the same directory) and renamed by commit; without commit nothing is
 * left and a file that was there before stays as it was. The name's ending chooses the compression (.gz,
 * .zst, else plain). "-" is standard output, and what exists but is no regular file (a device, a pipe) is
 * written directly: neither can be taken back. A symbolic link stays one; the file behind it is replaced.
 *
 * Bytes are handed to the compressor in pieces of fixed size, so the file does not depend on how it was cut
 * into writes. One thread at a time. Zero-initialised is not open; free and abort may then be called.
 */
#ifndef WP_BASE_OUTPUT_H
#define WP_BASE_OUTPUT_H

#include "base/codec.h"
#include "base/file.h"

/* What is collected before it is compressed or written. */
#define WP_OUTPUT_BUFFER_BYTES ((size_t)512 << 10)

struct wp_output {
    char *name;  /* as given, for messages */
    char *final; /* what commit renames to; NULL when written directly */
    struct wp_file file;
    struct wp_encoder *encoder; /* NULL when plain */
    uint8_t *buffer;            /* WP_OUTPUT_BUFFER_BYTES, `used` of them filled */
    size_t used;
    struct wp_buffer coded; /* compressed, not yet written */
    uint64_t total;         /* bytes taken, before compression */
};

/* Creates the file aside, so that a directory that does not exist or may not be written to is told before any
 * work is done. On failure *o is as zero-initialised. */
enum wp_status wp_output_open(struct wp_output *o, const char *name, struct wp_error *err);

/* WP_ENOSPC, WP_EIO, WP_ESYSTEM with the output's name (as given); the output can then only be freed. */
enum wp_status wp_output_write(struct wp_output *o, const void *data, size_t len, struct wp_error *err);
enum wp_status wp_output_print(struct wp_output *o, struct wp_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Hands on what was written so far, for a reader that waits at the other end of a pipe. What is compressed is
 * not complete before the end. */
enum wp_status wp_output_flush(struct wp_output *o, struct wp_error *err);

/* Writes what is left, ends the frame, closes, renames. Whatever it returns, *o is as zero-initialised
 * afterwards; on failure nothing changed under the final name. */
enum wp_status wp_output_commit(struct wp_output *o, struct wp_error *err);

/* Removes the file aside and everything in *o. Also the clean-up after a cancelled run, and after commit. */
void wp_output_abort(struct wp_output *o);
void wp_output_free(struct wp_output *o);

#endif
