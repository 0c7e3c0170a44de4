/*
 * line_file.c - see line_file.h.
 *
 * Raw bytes are read in pieces and decoded behind what is left of the text. Text that was given is moved out
 * of the way only when more is needed, so each byte moves about once.
 */
#include "input/line_file.h"

#include <string.h>

#define RAW_BYTES ((size_t)64 << 10)
#define TEXT_BYTES ((size_t)256 << 10)

static const uint8_t byte_order_mark[3] = {0xef, 0xbb, 0xbf};

enum wp_status wp_line_file_open(struct wp_line_file *f, const char *name, size_t max_bytes,
                                 struct wp_error *err) {
    *f = (struct wp_line_file){.max_bytes = max_bytes};
    WP_TRY(wp_file_open(&f->file, name, err));
    if (wp_decoder_new(&f->decoder) == WP_OK && wp_buffer_reserve(&f->raw, RAW_BYTES, RAW_BYTES) == WP_OK)
        return WP_OK;
    wp_line_file_close(f);
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

void wp_line_file_close(struct wp_line_file *f) {
    (void)wp_file_close(&f->file, NULL); /* read only: nothing can be lost */
    wp_decoder_free(f->decoder);
    wp_buffer_release(&f->raw);
    wp_buffer_release(&f->text);
    *f = (struct wp_line_file){0};
}

static enum wp_status wait_until_ready(struct wp_line_file *f, struct wp_error *err) {
    bool ready = !f->may_wait || wp_file_is_ready(&f->file, 0);
    for (bool first = true; !ready; first = false) {
        if (!f->may_wait(f->self, first))
            return wp_fail_file(err, WP_ECANCELED, f->file.name, "was not waited for");
        ready = wp_file_is_ready(&f->file, WP_LINE_FILE_WAIT_MS);
    }
    return WP_OK;
}

/* Reads the next raw bytes when the last ones are used up. */
static enum wp_status fill_raw(struct wp_line_file *f, struct wp_error *err) {
    if (f->raw_at < f->raw.len || f->raw_ended) return WP_OK;
    f->raw_at = f->raw.len = 0;
    WP_TRY(wait_until_ready(f, err));
    WP_TRY(wp_file_read(&f->file, f->raw.data, f->raw.cap, &f->raw.len, err));
    f->raw_bytes += f->raw.len;
    f->raw_ended = f->raw.len == 0;
    return WP_OK;
}

/* Makes room behind the text. */
static enum wp_status make_room(struct wp_line_file *f, struct wp_error *err) {
    if (f->at) {
        memmove(f->text.data, f->text.data + f->at, f->text.len - f->at);
        f->text.len -= f->at;
        f->at = 0;
    }
    enum wp_status status = wp_buffer_reserve(&f->text, TEXT_BYTES + WP_LINE_FILE_PADDING, SIZE_MAX);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

/* Decodes some more text; sets `ended` when there is no more. Damage is told by the call behind the one that
 * gave the last good text: the decoder remembers it. */
static enum wp_status decode_more(struct wp_line_file *f, struct wp_error *err) {
    WP_TRY(make_room(f, err));
    size_t before = f->text.len;
    while (f->text.len == before && !f->ended) {
        WP_TRY(fill_raw(f, err));
        struct wp_decoder_io io = {.in = f->raw.data + f->raw_at,
                                   .in_len = f->raw.len - f->raw_at,
                                   .out = f->text.data + f->text.len,
                                   .out_cap = f->text.cap - f->text.len - WP_LINE_FILE_PADDING};
        enum wp_status status = wp_decoder_run(f->decoder, &io, err);
        f->raw_at += io.in_used;
        f->text.len += io.out_len;
        if (status == WP_OK && f->raw_ended && io.out_len == 0) {
            status = wp_decoder_finish(f->decoder, err);
            f->ended = status == WP_OK;
        }
        if (status != WP_OK && io.out_len == 0) {
            wp_error_place(err, f->file.name, 0);
            return status;
        }
    }
    memset(f->text.data + f->text.len, 0, WP_LINE_FILE_PADDING);
    return WP_OK;
}

/* Drops a line that is too long; without `end` also what is still to come of it. */
static enum wp_status drop_line(struct wp_line_file *f, const uint8_t *end, struct wp_error *err) {
    while (!end && !f->ended) {
        f->at = f->text.len;
        WP_TRY(decode_more(f, err));
        if (f->text.len > f->at) end = memchr(f->text.data + f->at, '\n', f->text.len - f->at);
    }
    f->at = end ? (size_t)(end - f->text.data) + 1 : f->text.len;
    f->number++;
    wp_fail(err, WP_ETOOBIG, "a line of more than %zu bytes", f->max_bytes);
    wp_error_place(err, f->file.name, f->number);
    return WP_ETOOBIG;
}

/* Finds where the next line ends; NULL when it is too long, even if it begins with a mark, or the file ends
 * before. */
static enum wp_status find_end(struct wp_line_file *f, const uint8_t **end, struct wp_error *err) {
    size_t seen = 0; /* bytes behind `at` without a line end */
    for (*end = NULL;;) {
        size_t left = f->text.len - f->at;
        if (left > seen) *end = memchr(f->text.data + f->at + seen, '\n', left - seen);
        if (*end || f->ended) return WP_OK;
        if (left > f->max_bytes && left - f->max_bytes > sizeof byte_order_mark) return WP_OK;
        seen = left;
        WP_TRY(decode_more(f, err));
    }
}

enum wp_status wp_line_file_next(struct wp_line_file *f, const uint8_t **line, size_t *len,
                                 struct wp_error *err) {
    const uint8_t *end;
    WP_TRY(find_end(f, &end, err));
    if (!end && f->text.len == f->at) return WP_END;
    *line = f->text.data + f->at;
    *len = end ? (size_t)(end - *line) : f->text.len - f->at;
    if (f->number == 0 && *len >= sizeof byte_order_mark &&
        memcmp(*line, byte_order_mark, sizeof byte_order_mark) == 0) {
        *line += sizeof byte_order_mark;
        *len -= sizeof byte_order_mark;
        if (!end && *len == 0) return WP_END;
    }
    if (*len > f->max_bytes) return drop_line(f, end, err);
    f->at = end ? (size_t)(end - f->text.data) + 1 : f->text.len;
    f->number++;
    if (*len && (*line)[*len - 1] == '\r') --*len;
    return WP_OK;
}

static enum wp_status append_text(const struct wp_line_file *f, struct wp_buffer *out, struct wp_error *err) {
    if (f->text.len > f->max_bytes)
        return wp_fail_file(err, WP_ETOOBIG, f->file.name, "more than %zu bytes", f->max_bytes);
    enum wp_status status = wp_buffer_reserve(out, f->text.len + WP_LINE_FILE_PADDING, SIZE_MAX);
    if (status != WP_OK) return wp_fail(err, status, "out of memory");
    if (f->text.len) memcpy(out->data + out->len, f->text.data, f->text.len);
    out->len += f->text.len;
    memset(out->data + out->len, 0, WP_LINE_FILE_PADDING);
    return WP_OK;
}

enum wp_status wp_whole_file_read(const char *name, size_t max_bytes, struct wp_buffer *out,
                                  struct wp_error *err) {
    struct wp_line_file f;
    WP_TRY(wp_line_file_open(&f, name, max_bytes, err));
    enum wp_status status = WP_OK;
    while (status == WP_OK && !f.ended && f.text.len <= max_bytes)
        status = decode_more(&f, err); /* nothing is given: the text grows */
    if (status == WP_OK) status = append_text(&f, out, err);
    wp_line_file_close(&f);
    return status;
}
