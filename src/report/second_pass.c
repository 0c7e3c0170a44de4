/* second_pass.c - see second_pass.h. */
#include "report/second_pass.h"

#include <string.h>
#include "base/memory.h"
#include "engine/feed.h"

enum { BLOCK_BYTES = 256 << 10 };

struct pass {
    const struct wp_second_pass *p;
    uint64_t rank;      /* the next article to meet */
    uint32_t next_file; /* where it stands; UINT32_MAX when there is none left */
    uint64_t next_line;
    struct wp_feed feed;
    struct wp_raw raw;
    struct wp_sheaf *batch;
    uint64_t line; /* lines seen of the file */
};

/* The first article wanted from `rank` on. */
static enum wp_status look_ahead(struct pass *p, uint64_t rank, struct wp_error *err) {
    struct wp_run *run = p->p->run;
    struct wp_article_row scratch;
    p->next_file = UINT32_MAX;
    p->rank = rank;
    WP_TRY(p->p->next(p->p->self, &p->rank, err));
    if (p->rank >= run->order.articles) return WP_OK;
    const struct wp_article_row *row = wp_run_row(run, (uint32_t)p->rank, &scratch, err);
    if (!row) return err->status;
    wp_run_place(run, (uint32_t)p->rank, row, &p->next_file, &p->next_line);
    return WP_OK;
}

static enum wp_status visit_batch(struct pass *p, struct wp_error *err) {
    struct wp_line_cursor cursor = wp_line_first(&p->batch->lines, p->p->run->settings.max_record_bytes);
    struct wp_line line;
    if (atomic_load(&p->p->run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
    while (wp_line_next(&cursor, &line)) {
        p->line++;
        if (p->next_file != p->feed.file || p->next_line != p->line) continue;
        WP_TRY(p->p->visit(p->p->self, (uint32_t)p->rank, line.data, line.len, err));
        WP_TRY(look_ahead(p, p->rank + 1, err));
    }
    return WP_OK;
}

/* Decodes the block at hand and visits the batches that fill up. */
static enum wp_status visit_block(struct pass *p, struct wp_error *err) {
    for (;;) {
        enum wp_status status = wp_feed_decode(&p->feed, &p->raw, p->batch, err);
        if (status != WP_END) return status;
        WP_TRY(visit_batch(p, err));
        if (wp_feed_begin(&p->feed, p->batch) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    }
}

/* Damage and read errors end the file where they did in the first pass. */
static enum wp_status visit_file(struct pass *p, struct wp_file *file, struct wp_error *err) {
    bool damaged = false;
    if (wp_feed_begin(&p->feed, p->batch) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    while (!damaged) {
        damaged = wp_file_read(file, p->raw.data, BLOCK_BYTES, &p->raw.len, err) != WP_OK;
        if (damaged || !p->raw.len) break;
        p->raw.used = 0;
        enum wp_status status = visit_block(p, err);
        damaged = status == WP_EDAMAGED;
        if (!damaged) WP_TRY(status);
        if (p->next_file != p->feed.file) return WP_OK;
    }
    enum wp_status status = wp_feed_end(&p->feed, p->batch, damaged, err);
    if (status != WP_OK && status != WP_EDAMAGED) return status;
    return visit_batch(p, err);
}

/* Opens input number `file`; the copy of a pipe is read from its beginning. */
static enum wp_status open_input(struct pass *p, uint32_t file, struct wp_file *opened, struct wp_file **use,
                                 struct wp_error *err) {
    const char *name = p->p->run->files[file];
    struct wp_file *copy = p->p->copies ? &p->p->copies[file] : NULL;
    bool copied = copy && copy->open;
    *use = copied ? copy : opened;
    return copied ? wp_file_rewind(copy, err) : wp_file_open(opened, name, err);
}

static bool is_changed(const struct wp_second_pass *p, uint32_t file, const struct wp_file *f) {
    struct wp_file_stamp now = wp_file_stamp(f);
    return p->stamps && memcmp(&now, &p->stamps[file], sizeof now) != 0;
}

static enum wp_status visit_input(struct pass *p, uint32_t file, struct wp_error *err) {
    struct wp_file opened = {0}, *use;
    struct wp_decoder *decoder = NULL;
    if (p->next_file != file) return WP_OK; /* nothing of it is wanted */
    WP_TRY(open_input(p, file, &opened, &use, err));
    enum wp_status status = wp_decoder_new(&decoder);
    wp_feed_init(&p->feed, file, p->p->run->settings.max_record_bytes, decoder);
    p->line = 0;
    if (status == WP_OK) status = visit_file(p, use, err);
    bool changed = p->next_file == file || (use == &opened && is_changed(p->p, file, &opened));
    wp_feed_release(&p->feed);
    wp_file_close(&opened, NULL);
    if (status == WP_OK && changed)
        return wp_fail_file(err, WP_EDAMAGED, p->p->run->files[file], "changed while it was being read");
    return status;
}

enum wp_status wp_second_pass_run(const struct wp_second_pass *pass, struct wp_error *err) {
    struct pass p = {.p = pass};
    p.raw.data = wp_alloc(BLOCK_BYTES, 1);
    p.batch = wp_sheaf_new();
    enum wp_status status = p.raw.data && p.batch ? look_ahead(&p, 0, err) : WP_ENOMEM;
    for (size_t i = 0; i < pass->run->file_count && status == WP_OK; i++)
        status = visit_input(&p, (uint32_t)i, err);
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
    wp_sheaf_free(p.batch);
    wp_free(p.raw.data);
    return status;
}
