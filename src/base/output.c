/*
 * output.c - see output.h.
 *
 * Bytes pass buffer -> encoder -> coded -> file. Every failure of the file below is told under the name the
 * user gave, not under the name aside.
 */
#include "base/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum wp_status named(struct wp_output *o, enum wp_status status, struct wp_error *err) {
    if (status != WP_OK && o->name) wp_error_place(err, o->name, 0);
    return status;
}

/* What the name leads to: a link's target, or itself. */
static enum wp_status open_file(struct wp_output *o, struct wp_error *err) {
    bool is_stdout = !strcmp(o->name, "-");
    enum wp_file_kind kind = is_stdout ? WP_FILE_OTHER : wp_file_kind(o->name);
    if (kind == WP_FILE_DIRECTORY) return wp_fail_file(err, WP_EINVAL, o->name, "is a directory");
    if (kind == WP_FILE_OTHER) return wp_file_open_write(&o->file, o->name, err);
    o->final = kind == WP_FILE_REGULAR ? wp_file_resolve(o->name) : wp_string_copy(o->name);
    if (!o->final) return wp_fail_file(err, WP_ENOMEM, o->name, "out of memory");
    return wp_file_open_aside(&o->file, o->final, err);
}

static enum wp_status open_parts(struct wp_output *o, const char *name, struct wp_error *err) {
    o->name = wp_string_copy(name);
    o->buffer = wp_alloc(WP_OUTPUT_BUFFER_BYTES, 1);
    if (!o->name || !o->buffer) return wp_fail_file(err, WP_ENOMEM, name, "out of memory");
    enum wp_format format = wp_format_of_name(name);
    if (format != WP_FORMAT_PLAIN) WP_TRY(wp_encoder_new(&o->encoder, format, err));
    return open_file(o, err);
}

enum wp_status wp_output_open(struct wp_output *o, const char *name, struct wp_error *err) {
    *o = (struct wp_output){0};
    enum wp_status status = open_parts(o, name, err);
    if (status == WP_OK) return WP_OK;
    if (err) wp_error_place(err, name, 0);
    wp_output_abort(o);
    return status;
}

static enum wp_status write_coded(struct wp_output *o, struct wp_error *err) {
    enum wp_status status = wp_file_write(&o->file, o->coded.data, o->coded.len, err);
    o->coded.len = 0;
    return named(o, status, err);
}

static enum wp_status flush(struct wp_output *o, struct wp_error *err) {
    size_t used = o->used;
    o->used = 0;
    if (!o->encoder) return named(o, wp_file_write(&o->file, o->buffer, used, err), err);
    WP_TRY(named(o, wp_encoder_run(o->encoder, o->buffer, used, &o->coded, err), err));
    return o->coded.len >= WP_OUTPUT_BUFFER_BYTES / 2 ? write_coded(o, err) : WP_OK;
}

enum wp_status wp_output_write(struct wp_output *o, const void *data, size_t len, struct wp_error *err) {
    const uint8_t *from = data;
    o->total += len;
    while (len) {
        size_t room = WP_OUTPUT_BUFFER_BYTES - o->used, n = len < room ? len : room;
        memcpy(o->buffer + o->used, from, n);
        o->used += n;
        from += n;
        len -= n;
        if (o->used == WP_OUTPUT_BUFFER_BYTES) WP_TRY(flush(o, err));
    }
    return WP_OK;
}

enum wp_status wp_output_flush(struct wp_output *o, struct wp_error *err) {
    return o->encoder ? WP_OK : flush(o, err);
}

enum wp_status wp_output_print(struct wp_output *o, struct wp_error *err, const char *format, ...) {
    char line[512];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (len < 0) return wp_fail_file(err, WP_EINVAL, o->name, "cannot format");
    if ((size_t)len < sizeof line) return wp_output_write(o, line, (size_t)len, err);
    char *large = wp_alloc((size_t)len + 1, 1);
    if (!large) return wp_fail_file(err, WP_ENOMEM, o->name, "out of memory");
    va_start(args, format);
    vsnprintf(large, (size_t)len + 1, format, args);
    va_end(args);
    enum wp_status status = wp_output_write(o, large, (size_t)len, err);
    wp_free(large);
    return status;
}

static enum wp_status finish(struct wp_output *o, struct wp_error *err) {
    WP_TRY(flush(o, err));
    if (o->encoder) {
        WP_TRY(named(o, wp_encoder_finish(o->encoder, &o->coded, err), err));
        WP_TRY(write_coded(o, err));
    }
    if (!o->final) return named(o, wp_file_close(&o->file, err), err);
    char *aside = wp_string_copy(o->file.name);
    if (!aside) return wp_fail_file(err, WP_ENOMEM, o->name, "out of memory");
    enum wp_status status = wp_file_close(&o->file, err);
    if (status == WP_OK) status = wp_file_rename(aside, o->final, err);
    if (status != WP_OK) wp_file_remove(aside, NULL);
    wp_free(aside);
    return named(o, status, err);
}

enum wp_status wp_output_commit(struct wp_output *o, struct wp_error *err) {
    enum wp_status status = finish(o, err);
    wp_output_abort(o); /* nothing is left to remove when the rename went well: the file is closed */
    return status;
}

void wp_output_abort(struct wp_output *o) {
    if (o->file.open && o->final) wp_file_remove(o->file.name, NULL);
    wp_file_close(&o->file, NULL);
    wp_encoder_free(o->encoder);
    wp_buffer_release(&o->coded);
    wp_free(o->buffer);
    wp_free(o->final);
    wp_free(o->name);
    *o = (struct wp_output){0};
}

void wp_output_free(struct wp_output *o) {
    wp_output_abort(o);
}
