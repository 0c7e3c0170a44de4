/* kept.c - see kept.h. */
#include "report/kept.h"

#include <string.h>
#include "base/bits.h"
#include "base/memory.h"
#include "engine/feed.h"

enum { BLOCK_BYTES = 256 << 10 };

struct pass {
    struct wp_kept *k;
    struct wp_bits removed;
    uint64_t rank;      /* the next article to meet */
    uint32_t next_file; /* where it stands; UINT32_MAX when there is none left */
    uint64_t next_line;
    struct wp_feed feed;
    struct wp_raw raw;
    struct wp_sheaf *batch;
    uint64_t line; /* lines seen of the file */
};

static enum wp_status mark_removed(struct pass *p) {
    const struct wp_stories *stories = &p->k->run->stories;
    WP_TRY(wp_bits_init(&p->removed, p->k->run->order.articles));
    for (size_t s = 0; s < stories->count; s++) {
        const struct wp_story *story = &stories->items[s];
        for (uint32_t i = 0; i < story->size; i++) {
            uint32_t rank = stories->members[story->first + i].rank;
            if (rank != story->lead) wp_bits_set(&p->removed, rank);
        }
    }
    return WP_OK;
}

static enum wp_status look_ahead(struct pass *p, struct wp_error *err) {
    struct wp_run *run = p->k->run;
    struct wp_article_row scratch;
    p->next_file = UINT32_MAX;
    if (p->rank >= run->order.articles) return WP_OK;
    const struct wp_article_row *row = wp_run_row(run, (uint32_t)p->rank, &scratch, err);
    if (!row) return err->status;
    wp_run_place(run, (uint32_t)p->rank, row, &p->next_file, &p->next_line);
    return WP_OK;
}

static enum wp_status write_line(struct pass *p, const uint8_t *line, size_t len, struct wp_error *err) {
    bool removed = wp_bits_get(&p->removed, p->rank);
    struct wp_output *out = removed ? p->k->removed : p->k->kept;
    p->k->removed_count += removed;
    p->k->kept_count += !removed;
    if (out) {
        WP_TRY(wp_output_write(out, line, len, err));
        WP_TRY(wp_output_write(out, "\n", 1, err));
    }
    p->rank++;
    return look_ahead(p, err);
}

static enum wp_status write_batch(struct pass *p, struct wp_error *err) {
    struct wp_line_cursor cursor = wp_line_first(&p->batch->lines, p->k->run->settings.max_record_bytes);
    struct wp_line line;
    if (atomic_load(&p->k->run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
    while (wp_line_next(&cursor, &line)) {
        p->line++;
        if (p->next_file == p->feed.file && p->next_line == p->line)
            WP_TRY(write_line(p, line.data, line.len, err));
    }
    return WP_OK;
}

/* Decodes the block at hand and writes the batches that fill up. */
static enum wp_status write_block(struct pass *p, struct wp_error *err) {
    for (;;) {
        enum wp_status status = wp_feed_decode(&p->feed, &p->raw, p->batch, err);
        if (status != WP_END) return status;
        WP_TRY(write_batch(p, err));
        if (wp_feed_begin(&p->feed, p->batch) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    }
}

/* Damage and read errors end the file where they did in the first pass. */
static enum wp_status copy_file(struct pass *p, struct wp_file *file, struct wp_error *err) {
    bool damaged = false;
    if (wp_feed_begin(&p->feed, p->batch) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    while (!damaged) {
        damaged = wp_file_read(file, p->raw.data, BLOCK_BYTES, &p->raw.len, err) != WP_OK;
        if (damaged || !p->raw.len) break;
        p->raw.used = 0;
        enum wp_status status = write_block(p, err);
        damaged = status == WP_EDAMAGED;
        if (!damaged) WP_TRY(status);
    }
    enum wp_status status = wp_feed_end(&p->feed, p->batch, damaged, err);
    if (status != WP_OK && status != WP_EDAMAGED) return status;
    return write_batch(p, err);
}

/* Opens input number `file`; the copy of a pipe is read from its beginning. */
static enum wp_status open_input(struct pass *p, uint32_t file, struct wp_file *opened, struct wp_file **use,
                                 struct wp_error *err) {
    const char *name = p->k->run->files[file];
    struct wp_file *copy = p->k->copies ? &p->k->copies[file] : NULL;
    bool copied = copy && copy->open;
    *use = copied ? copy : opened;
    return copied ? wp_file_rewind(copy, err) : wp_file_open(opened, name, err);
}

static bool is_changed(const struct wp_kept *k, uint32_t file, const struct wp_file *f) {
    struct wp_file_stamp now = wp_file_stamp(f);
    return k->stamps && memcmp(&now, &k->stamps[file], sizeof now) != 0;
}

static enum wp_status copy_input(struct pass *p, uint32_t file, struct wp_error *err) {
    struct wp_file opened = {0}, *use;
    struct wp_decoder *decoder = NULL;
    if (p->next_file != file) return WP_OK; /* nothing of it became an article */
    WP_TRY(open_input(p, file, &opened, &use, err));
    enum wp_status status = wp_decoder_new(&decoder);
    wp_feed_init(&p->feed, file, p->k->run->settings.max_record_bytes, decoder);
    p->line = 0;
    if (status == WP_OK) status = copy_file(p, use, err);
    bool changed = p->next_file == file || (use == &opened && is_changed(p->k, file, &opened));
    wp_feed_release(&p->feed);
    wp_file_close(&opened, NULL);
    if (status == WP_OK && changed)
        return wp_fail_file(err, WP_EDAMAGED, p->k->run->files[file], "changed while it was being read");
    return status;
}

enum wp_status wp_write_kept(struct wp_kept *k, struct wp_error *err) {
    struct pass p = {.k = k};
    k->kept_count = k->removed_count = 0;
    p.raw.data = wp_alloc(BLOCK_BYTES, 1);
    p.batch = wp_sheaf_new();
    enum wp_status status = p.raw.data && p.batch ? mark_removed(&p) : WP_ENOMEM;
    if (status == WP_OK) status = look_ahead(&p, err);
    for (size_t i = 0; i < k->run->file_count && status == WP_OK; i++)
        status = copy_input(&p, (uint32_t)i, err);
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
    wp_bits_release(&p.removed);
    wp_sheaf_free(p.batch);
    wp_free(p.raw.data);
    return status;
}
