/* harvest.c - see harvest.h. */
#include "engine/harvest.h"

#include <string.h>
#include "base/memory.h"
#include "engine/heading.h"
#include "engine/look.h"
#include "engine/stream.h"
#include "input/date.h"
#include "input/owner.h"
#include "match/overlap.h"
#include "match/postings.h"
#include "sketch/fingerprint.h"

/* A sampled shingle of the segment's article number `local`. */
struct pending {
    uint64_t shingle;
    uint32_t local;
};

struct wp_harvest {
    struct wp_run *run;
    struct wp_record_parser *parser;
    struct wp_fingerprinter *printer;
    struct wp_owner_cache *owners;
    struct wp_blob_writer ids, streams;
    wp_stream_packer *pack;
    struct wp_parts_sender postings, exact_keys, id_keys;
    struct wp_fingerprint print;
    struct wp_label_sender owner_names, language_names;

    /* the open segment */
    struct wp_origin origin;
    bool kept_aside; /* the stream of the article added last; else its line is read again */
    uint32_t count;
    struct wp_article_row *rows;
    struct wp_traits *traits;
    uint32_t *languages;
    uint8_t *sketches;
    struct wp_hash128 *simhashes;
    uint64_t *id_hashes;
    struct pending *pending;
    size_t row_cap, trait_cap, language_cap, sketch_cap, simhash_cap, id_cap, pending_count, pending_cap;
    struct wp_rejects rejects;
    uint64_t dates_unknown, too_short;
};

static enum wp_status init_parts(struct wp_harvest *h, struct wp_error *err) {
    struct wp_run *run = h->run;
    WP_TRY(wp_record_parser_new(&h->parser, &run->settings.fields, err));
    WP_TRY(wp_fingerprinter_new(&h->printer));
    WP_TRY(wp_owner_cache_new(&h->owners));
    wp_owner_cache_join(h->owners, run->settings.owner_groups);
    WP_TRY(wp_parts_sender_init(&h->postings, &run->postings, WP_POSTING_RUN));
    WP_TRY(wp_parts_sender_init(&h->exact_keys, &run->exact_keys, WP_TWIN_RUN));
    return wp_parts_sender_init(&h->id_keys, &run->id_keys, WP_TWIN_RUN);
}

enum wp_status wp_harvest_new(struct wp_harvest **out, struct wp_run *run, struct wp_error *err) {
    struct wp_harvest *h = wp_zalloc(1, sizeof *h);
    if (!h) return wp_fail(err, WP_ENOMEM, "out of memory");
    h->run = run;
    h->pack = wp_stream_pack_choose(wp_cpu_level());
    wp_blob_writer_init(&h->ids, &run->ids);
    wp_blob_writer_init(&h->streams, &run->streams);
    enum wp_status status = init_parts(h, err);
    if (status != WP_OK) {
        if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
        wp_harvest_free(h);
        return status;
    }
    *out = h;
    return WP_OK;
}

enum wp_status wp_harvest_finish(struct wp_harvest *h, struct wp_error *err) {
    WP_TRY(wp_blob_writer_finish(&h->ids, err));
    WP_TRY(wp_blob_writer_finish(&h->streams, err));
    WP_TRY(wp_parts_sender_flush(&h->postings, err));
    WP_TRY(wp_parts_sender_flush(&h->exact_keys, err));
    return wp_parts_sender_flush(&h->id_keys, err);
}

void wp_harvest_free(struct wp_harvest *h) {
    if (!h) return;
    wp_record_parser_free(h->parser);
    wp_fingerprinter_free(h->printer);
    wp_owner_cache_free(h->owners);
    wp_blob_writer_release(&h->ids);
    wp_blob_writer_release(&h->streams);
    wp_parts_sender_release(&h->postings);
    wp_parts_sender_release(&h->exact_keys);
    wp_parts_sender_release(&h->id_keys);
    wp_free(h->rows);
    wp_free(h->traits);
    wp_free(h->languages);
    wp_label_sender_release(&h->owner_names);
    wp_label_sender_release(&h->language_names);
    wp_free(h->sketches);
    wp_free(h->simhashes);
    wp_free(h->id_hashes);
    wp_free(h->pending);
    wp_free(h);
}

void wp_harvest_begin(struct wp_harvest *h, const struct wp_origin *origin) {
    h->origin = *origin;
    h->count = 0;
    h->pending_count = 0;
    memset(&h->rejects, 0, sizeof h->rejects);
    h->dates_unknown = h->too_short = 0;
}

static enum wp_status make_room(struct wp_harvest *h) {
    size_t n = h->count;
    WP_TRY(WP_GROW(h->rows, n, h->row_cap));
    WP_TRY(WP_GROW(h->id_hashes, n, h->id_cap));
    WP_TRY(WP_GROW(h->languages, n, h->language_cap));
    if (h->run->keeps_traits) WP_TRY(WP_GROW(h->traits, n, h->trait_cap));
    if (h->run->features & WP_FEATURE_SIMHASH) WP_TRY(WP_GROW(h->simhashes, n, h->simhash_cap));
    if (h->run->features & WP_FEATURE_SKETCH)
        while ((n + 1) * WP_SKETCH_BINS > h->sketch_cap)
            WP_TRY(wp_grow_((void **)&h->sketches, &h->sketch_cap, 1));
    while (h->pending_count + WP_SAMPLES_MAX > h->pending_cap)
        WP_TRY(wp_grow_((void **)&h->pending, &h->pending_cap, sizeof *h->pending));
    return WP_OK;
}

static enum wp_status keep_id(struct wp_harvest *h, const struct wp_record *record,
                              struct wp_article_row *row, struct wp_error *err) {
    uint8_t *area;
    if (!record->id_len) return WP_OK;
    if (record->id_len > UINT32_MAX) return wp_fail(err, WP_ETOOBIG, "an id is too long");
    WP_TRY(wp_blob_reserve(&h->ids, record->id_len, &area, &row->id_ref, err));
    memcpy(area, record->id, record->id_len);
    row->id_bytes = (uint32_t)record->id_len;
    return WP_OK;
}

static enum wp_status keep_stream(struct wp_harvest *h, struct wp_article_row *row, struct wp_error *err) {
    size_t count;
    uint8_t *area;
    const uint64_t *shingles = wp_fingerprinter_shingles(h->printer, &count);
    if (!h->run->keeps_streams || !count) return WP_OK;
    WP_TRY(wp_blob_reserve(&h->streams, count * WP_STREAM_BYTES, &area, &row->stream_ref, err));
    h->pack(area, shingles, count);
    return WP_OK;
}

static int64_t read_date(struct wp_harvest *h, const struct wp_record *record) {
    int64_t seconds;
    if (record->date_len &&
        wp_date_parse((const char *)record->date, record->date_len, h->run->settings.date_format, &seconds))
        return seconds;
    if (record->date_len) h->dates_unknown++;
    return WP_DATE_UNKNOWN;
}

static enum wp_status read_owner(struct wp_harvest *h, const struct wp_record *record, uint32_t *owner) {
    const char *name;
    size_t len;
    wp_owner_find(h->owners, record, &name, &len);
    *owner = len ? wp_owner_number(name, len) : 0;
    return len ? wp_label_note(&h->owner_names, name, len) : WP_OK;
}

static enum wp_status read_language(struct wp_harvest *h, const struct wp_record *record,
                                    uint32_t *language) {
    const char *name = (const char *)record->lang;
    size_t len = record->lang_len <= WP_LANGUAGE_BYTES_MAX ? record->lang_len : 0;
    *language = len ? wp_label_number(name, len) : 0;
    return len ? wp_label_note(&h->language_names, name, len) : WP_OK;
}

/* What of the fingerprint the rule reads. Only articles that may have copies get postings. */
static void keep_print(struct wp_harvest *h, struct wp_article_row *row) {
    const struct wp_fingerprint *p = &h->print;
    if (h->run->features & WP_FEATURE_SKETCH)
        memcpy(h->sketches + (size_t)h->count * WP_SKETCH_BINS, p->sketch, WP_SKETCH_BINS);
    if (h->run->features & WP_FEATURE_SIMHASH) h->simhashes[h->count] = p->simhash;
    row->exact = p->exact;
    row->tokens = p->tokens;
    row->shingles = p->shingles;
    row->width = (uint8_t)p->width;
    bool short_text = p->tokens < h->run->tokens_min;
    h->too_short += short_text;
    if (short_text || p->shingles > WP_OVERLAP_MAX_SHINGLES) return;
    row->samples = (uint16_t)p->sample_count;
    for (unsigned i = 0; i < p->sample_count; i++)
        h->pending[h->pending_count++] = (struct pending){p->samples[i], h->count};
}

/* After the fingerprint; the title has been read before. */
static void keep_traits(struct wp_harvest *h, struct wp_article_row *row, const struct wp_title *title,
                        const struct wp_figures *figures) {
    struct wp_traits *t = &h->traits[h->count];
    const struct wp_tokens *text = wp_fingerprinter_tokens(h->printer);
    *t = (struct wp_traits){.title = *title, .figures = *figures};
    if (!h->run->learns_furniture) return; /* nothing else asks for titles */
    row->unspoken = !wp_title_spoken(title, text);
    if (!wp_title_known(title)) wp_title_take(&t->title, text, WP_TITLE_FIRST_TOKENS);
}

enum wp_status wp_harvest_add(struct wp_harvest *h, const struct wp_record *record, uint32_t line,
                              struct wp_error *err) {
    const struct wp_look_wants wants = {h->run->agencies, h->run->features};
    struct wp_title title = {0};
    struct wp_look look;
    enum wp_status status = make_room(h);
    if (status == WP_OK && h->run->learns_furniture)
        status = wp_heading_read(record, wp_fingerprinter_tokenizer(h->printer), &title);
    if (status == WP_OK)
        status = wp_look_take(h->printer, &wants, record->text, record->text_len, &h->print, &look);
    if (status == WP_ETOOBIG) return wp_fail(err, status, "the text is too long");
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    struct wp_article_row *row = &h->rows[h->count];
    memset(row, 0, sizeof *row);
    WP_TRY(keep_id(h, record, row, err));
    keep_print(h, row);
    if (h->run->keeps_traits) keep_traits(h, row, &title, &look.figures);
    row->wire = look.wire;
    row->line = line;
    row->date = read_date(h, record);
    if (read_owner(h, record, &row->owner) != WP_OK ||
        read_language(h, record, &h->languages[h->count]) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    h->kept_aside = !h->origin.data || wp_blobs_have_room(&h->run->streams);
    if (row->samples && h->kept_aside) WP_TRY(keep_stream(h, row, err));
    h->id_hashes[h->count] = wp_hash64(record->id, record->id_len);
    h->count++;
    return WP_OK;
}

void wp_harvest_reject(struct wp_harvest *h, uint32_t line, enum wp_status status, const char *words) {
    struct wp_reject reject = {h->origin.file, line, h->origin.sequence, status, words};
    wp_rejects_add(&h->rejects, &reject);
}

enum wp_status wp_harvest_line(struct wp_harvest *h, const uint8_t *line, size_t len, uint32_t number,
                               struct wp_error *err) {
    struct wp_record record;
    const char *words = NULL;
    enum wp_status status = wp_record_parse(h->parser, line, len, &record, &words);
    if (status == WP_OK) {
        status = wp_harvest_add(h, &record, number, err);
        if (status == WP_OK && !h->kept_aside) {
            struct wp_article_row *row = &h->rows[h->count - 1];
            row->stream_ref = h->origin.offset + (uint64_t)(line - h->origin.data);
            row->line_bytes = (uint32_t)len;
        }
        words = "the text is too long";
        if (status != WP_ETOOBIG) return status;
    }
    if (status == WP_END) return WP_OK; /* a blank line */
    if (status == WP_ENOMEM) return wp_fail(err, status, "out of memory");
    wp_harvest_reject(h, number, status, words);
    return WP_OK;
}

/* Gives the segment its slots. */
static enum wp_status take_slots(struct wp_harvest *h, uint32_t lines, uint32_t *slot, struct wp_error *err) {
    struct wp_run *run = h->run;
    struct wp_segment segment = {
        .file = h->origin.file, .sequence = h->origin.sequence, .count = h->count, .lines = lines};
    pthread_mutex_lock(&run->lock);
    enum wp_status status = wp_order_add(&run->order, &segment);
    wp_rejects_merge(&run->rejects, &h->rejects);
    if (status == WP_OK) status = wp_labels_take(&run->owner_names, &h->owner_names);
    if (status == WP_OK) status = wp_labels_take(&run->language_names, &h->language_names);
    pthread_mutex_unlock(&run->lock);
    *slot = segment.slot;
    if (status == WP_ETOOBIG) return wp_fail(err, status, "more than 2^32 - 2 articles");
    return status == WP_OK ? WP_OK : wp_fail(err, status, "out of memory");
}

static enum wp_status send_keys(struct wp_harvest *h, uint32_t slot, struct wp_error *err) {
    const struct wp_run *run = h->run;
    for (uint32_t i = 0; i < h->count; i++) {
        uint64_t key = h->rows[i].exact.low;
        /* A set rule speaks of shingles: what has none is like nothing. */
        bool comparable =
            run->settings.rule.match == WP_MATCH_JACCARD ? h->rows[i].shingles : h->rows[i].tokens;
        if (comparable)
            WP_TRY(wp_parts_send64(&h->exact_keys, wp_twin_part(key), wp_twin_pack(key, slot + i), err));
        key = h->id_hashes[i];
        if (h->rows[i].id_bytes)
            WP_TRY(wp_parts_send64(&h->id_keys, wp_twin_part(key), wp_twin_pack(key, slot + i), err));
    }
    for (size_t i = 0; i < h->pending_count; i++) {
        const struct pending *p = &h->pending[i];
        WP_TRY(wp_parts_send64(&h->postings, wp_posting_part(p->shingle),
                               wp_posting_pack(p->shingle, slot + p->local), err));
    }
    return WP_OK;
}

enum wp_status wp_harvest_end(struct wp_harvest *h, uint32_t lines, struct wp_error *err) {
    struct wp_run *run = h->run;
    uint32_t slot;
    WP_TRY(take_slots(h, lines, &slot, err));
    WP_TRY(wp_rows_write(&run->articles, slot, h->count, h->rows, err));
    WP_TRY(wp_rows_write(&run->languages, slot, h->count, h->languages, err));
    if (run->keeps_traits) WP_TRY(wp_rows_write(&run->traits, slot, h->count, h->traits, err));
    if (run->features & WP_FEATURE_SKETCH)
        WP_TRY(wp_rows_write(&run->sketches, slot, h->count, h->sketches, err));
    if (run->features & WP_FEATURE_SIMHASH)
        WP_TRY(wp_rows_write(&run->simhashes, slot, h->count, h->simhashes, err));
    WP_TRY(send_keys(h, slot, err));
    atomic_fetch_add_explicit(&run->counts.records, h->count, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->counts.postings, h->pending_count, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->counts.dates_unknown, h->dates_unknown, memory_order_relaxed);
    atomic_fetch_add_explicit(&run->counts.too_short, h->too_short, memory_order_relaxed);
    const struct wp_reject *first = run->settings.strict ? wp_rejects_first(&h->rejects) : NULL;
    if (!first) return WP_OK;
    wp_fail_file(err, first->status, run->files[h->origin.file], "%s", first->words);
    if (err) err->line = (uint64_t)first->line + 1;
    return first->status;
}
