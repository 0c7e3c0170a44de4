/* arrivals.c - see arrivals.h. */
#include "engine/arrivals.h"

#include <inttypes.h>
#include <string.h>
#include "input/line_file.h"

struct wp_arrivals {
    struct wp_arrivals_options options;
    struct wp_record_parser *parser;
    struct wp_preparer preparer;
    struct wp_line_file lines; /* of the file at hand, while there is one */
    bool open;
    size_t next_file;
    uint64_t bytes_before; /* of the files before */
};

void wp_arrival_release(struct wp_arrival *a) {
    wp_buffer_release(&a->bytes);
    wp_prepared_release(&a->prepared);
    *a = (struct wp_arrival){0};
}

void wp_arrival_trim(struct wp_arrival *a, size_t keep_bytes) {
    if (a->bytes.cap > keep_bytes) wp_buffer_release(&a->bytes);
    if (a->prepared.stream_cap > keep_bytes) wp_prepared_release(&a->prepared);
}

enum wp_status wp_arrivals_open(struct wp_arrivals **out, const struct wp_arrivals_options *options,
                                struct wp_error *err) {
    struct wp_arrivals *a = wp_zalloc(1, sizeof *a);
    *out = NULL;
    if (!a) return wp_fail(err, WP_ENOMEM, "out of memory");
    a->options = *options;
    enum wp_status status = wp_record_parser_new(&a->parser, options->fields, err);
    if (status == WP_OK)
        status = wp_preparer_init(&a->preparer, options->agencies, options->date_format, err);
    if (status == WP_OK)
        *out = a;
    else
        wp_arrivals_close(a);
    return status;
}

void wp_arrivals_close(struct wp_arrivals *a) {
    if (!a) return;
    wp_line_file_close(&a->lines);
    wp_record_parser_free(a->parser);
    wp_preparer_release(&a->preparer);
    wp_free(a);
}

/* ---- files ---- */

static enum wp_status open_next(struct wp_arrivals *a, struct wp_error *err) {
    const struct wp_arrivals_options *o = &a->options;
    const char *name = o->files[a->next_file];
    WP_TRY(wp_line_file_open(&a->lines, name, o->max_record_bytes, err));
    a->lines.may_wait = o->may_wait;
    a->lines.self = o->self;
    a->open = true;
    a->next_file++;
    return WP_OK;
}

static void end_file(struct wp_arrivals *a) {
    a->bytes_before += a->lines.raw_bytes;
    wp_line_file_close(&a->lines);
    a->open = false;
}

/* ---- records ---- */

static enum wp_status refuse(struct wp_arrival *out, enum wp_status why, const char *words) {
    out->status = why;
    out->words = words;
    return WP_OK;
}

static enum wp_status keep(struct wp_arrival *out, const uint8_t *line, size_t len,
                           const struct wp_record *record) {
    out->line_len = len;
    /* One growth will do; and the line may be parsed again. */
    WP_TRY(wp_buffer_reserve(&out->bytes, len + record->id_len + WP_RECORD_PADDING, SIZE_MAX));
    WP_TRY(wp_buffer_add(&out->bytes, line, len));
    out->id_given = !record->id_len;
    if (out->id_given)
        WP_TRY(wp_buffer_print(&out->bytes, "%s:%" PRIu64, out->file, out->line));
    else
        WP_TRY(wp_buffer_add(&out->bytes, record->id, record->id_len));
    out->id_len = out->bytes.len - len;
    return WP_OK;
}

static enum wp_status prepare_record(struct wp_arrivals *a, const struct wp_record *record,
                                     struct wp_arrival *out, struct wp_error *err) {
    enum wp_status status = wp_preparer_run(&a->preparer, record, &out->prepared, err);
    return status == WP_ETOOBIG ? refuse(out, status, "the text is too long") : status;
}

enum wp_status wp_arrivals_prepare(struct wp_arrivals *a, struct wp_arrival *arrival, struct wp_error *err) {
    struct wp_record record;
    const char *words;
    if (!arrival->unprepared) return WP_OK;
    enum wp_status status =
        wp_record_parse(a->parser, arrival->bytes.data, arrival->line_len, &record, &words);
    if (status != WP_OK) return wp_fail(err, status, "%s", words); /* it was a record: only memory can fail */
    arrival->unprepared = false;
    return prepare_record(a, &record, arrival, err);
}

/* WP_END: a blank line. */
static enum wp_status take(struct wp_arrivals *a, const uint8_t *line, size_t len, struct wp_arrival *out,
                           struct wp_error *err) {
    struct wp_record record;
    const char *words;
    enum wp_status status = wp_record_parse(a->parser, line, len, &record, &words);
    if (status == WP_END) return status;
    if (status == WP_ENOMEM) return wp_fail(err, status, "out of memory");
    if (status != WP_OK) {
        out->unprepared = false;
        return refuse(out, status, words);
    }
    if (keep(out, line, len, &record) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    return out->unprepared ? WP_OK : prepare_record(a, &record, out, err);
}

/* What the file at hand gives next; WP_END when that is nothing. */
static enum wp_status next_of_file(struct wp_arrivals *a, bool prepare, struct wp_arrival *out,
                                   struct wp_error *err) {
    const uint8_t *line;
    size_t len;
    enum wp_status status;
    do {
        status = wp_line_file_next(&a->lines, &line, &len, err);
        if (status == WP_END) return status;
        out->line = a->lines.number;
        out->input_bytes = a->bytes_before + a->lines.raw_bytes;
        out->unprepared = !prepare && status == WP_OK;
        if (status == WP_EDAMAGED) out->damage = *err;
        if (status == WP_EDAMAGED) return refuse(out, status, "damaged");
        if (status == WP_ETOOBIG) return refuse(out, status, "longer than --max-record");
        WP_TRY(status);
        status = take(a, line, len, out, err);
    } while (status == WP_END);
    return status;
}

enum wp_status wp_arrivals_next(struct wp_arrivals *a, bool prepare, struct wp_arrival *out,
                                struct wp_error *err) {
    struct wp_error why = {0}; /* also of a damage, which is told with the arrival */
    out->status = WP_OK;
    out->words = NULL;
    out->bytes.len = out->line_len = out->id_len = 0;
    for (;;) {
        enum wp_status status = WP_OK;
        if (!a->open && a->next_file == a->options.file_count) return WP_END;
        if (!a->open) status = open_next(a, &why);
        if (status == WP_OK) {
            out->file = a->options.files[a->next_file - 1];
            status = next_of_file(a, prepare, out, &why);
        }
        if (status == WP_END || (status == WP_OK && out->status == WP_EDAMAGED)) end_file(a);
        if (status == WP_END) continue;
        if (status != WP_OK && err) *err = why;
        return status;
    }
}
