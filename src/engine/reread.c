/* reread.c - see reread.h. */
#include "engine/reread.h"

#include <string.h>
#include "base/memory.h"
#include "engine/shelf.h"
#include "sketch/fingerprint.h"

/* Files kept open: neighbours in a dump mostly are neighbours in a file. */
enum { OPEN_FILES = 16 };

struct wp_rereader {
    struct wp_run *run;
    struct wp_record_parser *parser;
    struct wp_fingerprinter *printer;
    struct wp_buffer line;
    struct wp_file files[OPEN_FILES]; /* by number of the input % OPEN_FILES */
    uint32_t numbers[OPEN_FILES];
};

enum wp_status wp_rereader_new(struct wp_rereader **out, struct wp_run *run, struct wp_error *err) {
    struct wp_rereader *r = *out = wp_zalloc(1, sizeof *r);
    if (!r) return wp_fail(err, WP_ENOMEM, "out of memory");
    r->run = run;
    enum wp_status status = wp_record_parser_new(&r->parser, &run->settings.fields, err);
    if (status == WP_OK && wp_fingerprinter_new(&r->printer) != WP_OK)
        status = wp_fail(err, WP_ENOMEM, "out of memory");
    if (status == WP_OK) return WP_OK;
    wp_rereader_free(r);
    *out = NULL;
    return status;
}

void wp_rereader_free(struct wp_rereader *r) {
    if (!r) return;
    wp_record_parser_free(r->parser);
    wp_fingerprinter_free(r->printer);
    wp_buffer_release(&r->line);
    for (size_t i = 0; i < OPEN_FILES; i++) wp_file_close(&r->files[i], NULL);
    wp_free(r);
}

static enum wp_status open_file(struct wp_rereader *r, uint32_t file, struct wp_file **out,
                                struct wp_error *err) {
    size_t at = file % OPEN_FILES;
    *out = &r->files[at];
    if (r->files[at].open && r->numbers[at] == file) return WP_OK;
    wp_file_close(&r->files[at], NULL);
    r->numbers[at] = file;
    return wp_file_open(&r->files[at], r->run->files[file], err);
}

static enum wp_status has_changed(const struct wp_rereader *r, uint32_t file, struct wp_error *err) {
    return wp_fail_file(err, WP_EDAMAGED, r->run->files[file], "changed while it was being read");
}

static enum wp_status read_line(struct wp_rereader *r, uint32_t file, const struct wp_article_row *row,
                                struct wp_error *err) {
    struct wp_file *f;
    r->line.len = 0;
    if (wp_buffer_reserve(&r->line, (size_t)row->line_bytes + WP_RECORD_PADDING, SIZE_MAX) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory for a text to compare");
    memset(r->line.data + row->line_bytes, 0, WP_RECORD_PADDING);
    WP_TRY(open_file(r, file, &f, err));
    enum wp_status status = wp_file_read_at(f, r->line.data, row->line_bytes, row->stream_ref, err);
    return status == WP_EDAMAGED ? has_changed(r, file, err) : status; /* shorter than it was */
}

enum wp_status wp_reread_line(struct wp_rereader *r, uint32_t rank, const struct wp_article_row *row,
                              const uint8_t **line, struct wp_error *err) {
    WP_TRY(read_line(r, wp_order_of_rank(&r->run->order, rank)->file, row, err));
    *line = r->line.data;
    return WP_OK;
}

enum wp_status wp_reread_shingles(struct wp_rereader *r, uint32_t rank, const struct wp_article_row *row,
                                  uint64_t *shingles, struct wp_error *err) {
    struct wp_record record;
    struct wp_fingerprint print;
    const char *words;
    size_t count;
    uint32_t file = wp_order_of_rank(&r->run->order, rank)->file;
    WP_TRY(read_line(r, file, row, err));
    enum wp_status status = wp_record_parse(r->parser, r->line.data, row->line_bytes, &record, &words);
    if (status == WP_OK) status = wp_fingerprinter_run(r->printer, record.text, record.text_len, 0, &print);
    if (status == WP_ENOMEM) return wp_fail(err, status, "out of memory");
    bool same =
        status == WP_OK && wp_hash128_equal(print.exact, row->exact) && print.shingles == row->shingles;
    if (!same) return has_changed(r, file, err);
    const uint64_t *made = wp_fingerprinter_shingles(r->printer, &count);
    for (size_t i = 0; i < count; i++) shingles[i] = made[i] & WP_STREAM_MASK;
    return WP_OK;
}
