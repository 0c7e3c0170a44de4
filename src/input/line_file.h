/*
 * line_file.h - one file, line by line, on the calling thread; for what is read once and in passing.
 *
 * The file may be plain, gzip or zstd, or "-" for standard input. (The batch run reads by src/ingest and
 * lines.h instead, many blocks at a time.)
 */
#ifndef WP_INPUT_LINE_FILE_H
#define WP_INPUT_LINE_FILE_H

#include "base/codec.h"
#include "base/file.h"

/* Readable bytes behind every line. */
#define WP_LINE_FILE_PADDING 64

/* How often somebody who may be waited for is asked about. */
enum { WP_LINE_FILE_WAIT_MS = 100 };

/* Fields are read-only for others; `number` is that of the last line given, from 1. Zero-initialised is
 * closed. */
struct wp_line_file {
    /* Set by the caller after opening, or NULL: asked before a read that would wait for somebody (first is
     * true), and again every WP_LINE_FILE_WAIT_MS while it does. When it says no, the call at hand ends with
     * WP_ECANCELED, and the file is of no more use. */
    bool (*may_wait)(void *self, bool first);
    void *self;
    struct wp_file file;
    struct wp_decoder *decoder;
    struct wp_buffer raw, text; /* text[at..len) is decoded and not given yet */
    size_t raw_at, at, max_bytes;
    uint64_t number, raw_bytes; /* raw_bytes: read of the file so far */
    bool raw_ended, ended;
};

/* No line may be longer than max_bytes. WP_ENOENT and the like, WP_ENOMEM. On failure *f is closed. */
enum wp_status wp_line_file_open(struct wp_line_file *f, const char *name, size_t max_bytes,
                                 struct wp_error *err);
void wp_line_file_close(struct wp_line_file *f);

/* Gives the next line without its line end (\n or \r\n), and a UTF-8 byte order mark at the very beginning is
 * taken away; borrowed until the next call. WP_END behind the last one; a last line needs no line end.
 * WP_EDAMAGED where the compressed file is damaged, after the whole lines before that place, and in every
 * call from then on. WP_ETOOBIG with the line's number: it is dropped, counts in `number`, and the next call
 * goes on behind it. WP_EIO, WP_ENOMEM, WP_ECANCELED. */
enum wp_status wp_line_file_next(struct wp_line_file *f, const uint8_t **line, size_t *len,
                                 struct wp_error *err);

/* Appends all that a file (plain, gzip, zstd, "-") holds to *out, and WP_LINE_FILE_PADDING zeros that do not
 * count in its length. WP_ETOOBIG when *out would pass max_bytes; those of the calls above. */
enum wp_status wp_whole_file_read(const char *name, size_t max_bytes, struct wp_buffer *out,
                                  struct wp_error *err);

#endif
