/* feed.c - see feed.h. */
#include "engine/feed.h"

struct wp_sheaf *wp_sheaf_new(void) {
    struct wp_sheaf *b = wp_zalloc(1, sizeof *b);
    if (b && wp_batch_buf_init(&b->lines, WP_SHEAF_BYTES) == WP_OK) return b;
    wp_free(b);
    return NULL;
}

void wp_sheaf_free(struct wp_sheaf *b) {
    if (!b) return;
    wp_batch_buf_release(&b->lines);
    wp_free(b);
}

void wp_feed_init(struct wp_feed *f, uint32_t file, size_t max_record_bytes, struct wp_decoder *decoder) {
    *f = (struct wp_feed){.file = file, .decoder = decoder};
    wp_lines_init(&f->lines, max_record_bytes);
}

void wp_feed_release(struct wp_feed *f) {
    wp_decoder_free(f->decoder);
    wp_lines_release(&f->lines);
    *f = (struct wp_feed){0};
}

enum wp_status wp_feed_begin(struct wp_feed *f, struct wp_sheaf *b) {
    b->file = f->file;
    b->sequence = f->sequence++;
    b->lines_before = f->lines_seen;
    return wp_lines_begin(&f->lines, &b->lines);
}

static void note_format(const struct wp_feed *f, struct wp_sheaf *b) {
    b->as_it_lies = f->regular && wp_decoder_format(f->decoder) == WP_FORMAT_PLAIN;
}

static bool is_full(const struct wp_batch_buf *b) {
    return b->cap - b->len < WP_LINES_ROOM_MIN + WP_LINES_PADDING;
}

static void count_lines(struct wp_feed *f, const struct wp_batch_buf *b) {
    uint64_t count = b->too_long;
    for (size_t i = 0; i < b->len; i++) count += b->data[i] == '\n';
    f->lines_seen += count;
}

/* Cuts a full batch; one that holds no line end goes on growing. */
static enum wp_status cut(struct wp_feed *f, struct wp_sheaf *b, struct wp_error *err) {
    enum wp_status status;
    bool done = wp_lines_cut(&f->lines, &b->lines, false, &status);
    if (status != WP_OK) return wp_fail(err, status, "out of memory for a long line");
    if (done && f->counts_lines) count_lines(f, &b->lines);
    note_format(f, b);
    return done ? WP_END : WP_OK;
}

enum wp_status wp_feed_decode(struct wp_feed *f, struct wp_raw *raw, struct wp_sheaf *b,
                              struct wp_error *err) {
    for (;;) {
        struct wp_decoder_io io = {.in = raw->data + raw->used, .in_len = raw->len - raw->used};
        if (wp_lines_room(&b->lines, &io.out, &io.out_cap) != WP_OK)
            return wp_fail(err, WP_ENOMEM, "out of memory for a long line");
        enum wp_status status = wp_decoder_run(f->decoder, &io, err);
        raw->used += io.in_used;
        b->lines.len += io.out_len;
        if (status != WP_OK) return status;
        if (is_full(&b->lines))
            WP_TRY(cut(f, b, err));
        else if (io.out_len < io.out_cap && raw->used == raw->len)
            return WP_OK;
    }
}

enum wp_status wp_feed_end(struct wp_feed *f, struct wp_sheaf *b, bool damaged, struct wp_error *err) {
    enum wp_status status, ended = damaged ? WP_OK : wp_decoder_finish(f->decoder, err);
    bool sound = !damaged && ended == WP_OK;
    note_format(f, b);
    if (!wp_lines_cut(&f->lines, &b->lines, sound, &status)) b->lines.len = 0;
    if (status != WP_OK) return wp_fail(err, status, "out of memory for a long line");
    return ended;
}
