/* run.c - making a run, and its stages after reading. See run.h. */
#include "engine/run.h"

#include <string.h>
#include "base/clock.h"
#include "engine/known.h"
#include "match/postings.h"
#include "sketch/fingerprint.h"

/* What a run needs beside its stores: blocks and batches in flight, scratch of the threads, the libraries. */
#define FIXED_BYTES ((uint64_t)40 << 20)
#define PER_THREAD_BYTES ((uint64_t)32 << 20)

/* The default rule looks for stories: bounded work is worth more than every pair. A set rule was asked for
 * its pairs, so that only shingles as common as furniture are cut. */
static const struct wp_fanout story_fanout = {
    .pairs_max = 48, .first = 8, .near = 4, .mixed_share = 0.25, .own_share = 0.5};
static const struct wp_fanout pairs_fanout = {
    .pairs_max = 2000, .first = 64, .near = 64, .mixed_share = 0, .own_share = 0};

static size_t store_limit(const struct wp_settings *s) {
    uint64_t fixed = FIXED_BYTES + s->threads * PER_THREAD_BYTES;
    if (!s->memory_bytes) return SIZE_MAX;
    return s->memory_bytes > fixed ? (size_t)(s->memory_bytes - fixed) : 0;
}

/* What the rule reads of a fingerprint is all that is made. */
static void choose_features(struct wp_run *run) {
    const struct wp_settings *s = &run->settings;
    run->fanout = s->rule.match == WP_MATCH_STORY ? story_fanout : pairs_fanout;
    run->tokens_min = s->rule.match == WP_MATCH_STORY ? WP_TOKENS_MIN : 0;
    if (s->rule.match == WP_MATCH_EXACT) {
        run->tokens_min = UINT32_MAX;
        return;
    }
    run->features = WP_FEATURE_SAMPLES;
    run->keeps_traits = s->rule.match == WP_MATCH_STORY;
    run->learns_furniture = run->keeps_traits && s->furniture;
    run->keeps_streams = s->verify_exact;
    if (!s->verify_exact) run->features |= WP_FEATURE_SKETCH;
    if (s->rule.match == WP_MATCH_SIMHASH) run->features |= WP_FEATURE_SIMHASH;
}

/* A set rule speaks of all words; the story rule of those that are the story's. */
static enum wp_status choose_agencies(struct wp_run *run) {
    if (run->settings.rule.match != WP_MATCH_STORY) return WP_OK;
    run->agencies = run->settings.agencies ? run->settings.agencies : wp_agency_table_builtin();
    return run->agencies ? WP_OK : WP_ENOMEM;
}

static enum wp_status init_stores(struct wp_run *run) {
    struct wp_budget *budget = &run->budget;
    wp_blobs_init(&run->ids, budget, SIZE_MAX);
    wp_blobs_init(&run->streams, budget, WP_STREAM_RAM_BYTES);
    WP_TRY(wp_rows_init(&run->articles, sizeof(struct wp_article_row), budget));
    WP_TRY(wp_rows_init(&run->traits, sizeof(struct wp_traits), budget));
    WP_TRY(wp_rows_init(&run->languages, sizeof(uint32_t), budget));
    WP_TRY(wp_rows_init(&run->sketches, WP_SKETCH_BINS, budget));
    WP_TRY(wp_rows_init(&run->simhashes, sizeof(struct wp_hash128), budget));
    WP_TRY(wp_parts_init(&run->postings, 8, WP_POSTING_PARTS, WP_POSTING_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->exact_keys, 8, WP_TWIN_PARTS, WP_TWIN_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->id_keys, 8, WP_TWIN_PARTS, WP_TWIN_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->examples, 8, WP_EXAMPLE_PARTS, WP_EXAMPLE_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->met, sizeof(struct wp_furniture_met), WP_EXAMPLE_PARTS, WP_EXAMPLE_CHUNK_BYTES,
                         budget));
    WP_TRY(wp_furniture_init(&run->furniture));
    if (run->learns_furniture && run->settings.known) {
        wp_budget_take(budget, wp_known_bytes(run->settings.known));
        WP_TRY(wp_known_add_to(run->settings.known, &run->furniture));
    }
    WP_TRY(wp_parts_init(&run->matches, sizeof(struct wp_match), WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, budget));
    wp_chunk_pool_init(&run->chunks, WP_POSTING_CHUNK_BYTES);
    wp_parts_use_pool(&run->postings, &run->chunks);
    wp_parts_use_pool(&run->matches, &run->chunks);
    return WP_OK;
}

enum wp_status wp_run_init(struct wp_run *run, const struct wp_settings *settings, const char *const *files,
                           size_t file_count, struct wp_error *err) {
    memset(run, 0, sizeof *run);
    run->settings = *settings;
    run->files = files;
    run->file_count = file_count;
    pthread_mutex_init(&run->lock, NULL);
    wp_budget_init(&run->budget, store_limit(settings), settings->tmp_dir);
    wp_labels_init(&run->owner_names);
    wp_labels_init(&run->language_names);
    choose_features(run);
    enum wp_status status = init_stores(run);
    if (status == WP_OK) status = choose_agencies(run);
    if (status == WP_OK) return WP_OK;
    wp_run_release(run);
    return wp_fail(err, status, "out of memory");
}

void wp_run_release(struct wp_run *run) {
    wp_parts_release(&run->matches);
    wp_parts_release(&run->met);
    wp_parts_release(&run->examples);
    wp_parts_release(&run->hits);
    wp_parts_release(&run->id_keys);
    wp_parts_release(&run->exact_keys);
    wp_parts_release(&run->postings);
    wp_chunk_pool_release(&run->chunks);
    wp_rows_release(&run->simhashes);
    wp_rows_release(&run->sketches);
    wp_rows_release(&run->languages);
    wp_rows_release(&run->traits);
    wp_rows_release(&run->articles);
    wp_blobs_release(&run->streams);
    wp_blobs_release(&run->ids);
    wp_twin_list_release(&run->copies);
    wp_twin_list_release(&run->same_ids);
    wp_bits_release(&run->copied);
    wp_bits_release(&run->sparse);
    wp_bits_release(&run->unspoken);
    wp_bits_release(&run->banners);
    wp_furniture_release(&run->furniture);
    wp_ledger_release(&run->ledger);
    wp_free((void *)run->furniture_samples);
    wp_free((void *)run->known_samples);
    wp_free(run->owners);
    wp_free(run->stories.items);
    wp_free(run->stories.members);
    wp_names_release(&run->unknown_sources);
    wp_labels_release(&run->owner_names);
    wp_labels_release(&run->language_names);
    wp_order_release(&run->order);
    pthread_mutex_destroy(&run->lock);
    memset(run, 0, sizeof *run);
}

void wp_run_fail(struct wp_run *run, const struct wp_error *err) {
    pthread_mutex_lock(&run->lock);
    if (run->error.status == WP_OK) run->error = *err;
    pthread_mutex_unlock(&run->lock);
}

const struct wp_article_row *wp_run_row(struct wp_run *run, uint32_t rank, struct wp_article_row *scratch,
                                        struct wp_error *err) {
    return wp_rows_get(&run->articles, wp_order_slot(&run->order, rank), scratch, err);
}

const struct wp_traits *wp_run_traits(struct wp_run *run, uint32_t rank, struct wp_traits *scratch,
                                      struct wp_error *err) {
    return wp_rows_get(&run->traits, wp_order_slot(&run->order, rank), scratch, err);
}

enum wp_status wp_run_language(struct wp_run *run, uint32_t rank, uint32_t *language, struct wp_error *err) {
    const uint32_t *row = wp_rows_get(&run->languages, wp_order_slot(&run->order, rank), language, err);
    if (!row) return err->status;
    *language = *row;
    return WP_OK;
}

void wp_run_place(struct wp_run *run, uint32_t rank, const struct wp_article_row *row, uint32_t *file,
                  uint64_t *line) {
    const struct wp_segment *segment = wp_order_of_rank(&run->order, rank);
    *file = segment->file;
    *line = segment->first_line + row->line;
}

enum wp_status wp_run_id(struct wp_run *run, uint32_t rank, struct wp_buffer *out, struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(run, rank, &scratch, err);
    if (!row) return err ? err->status : WP_EIO;
    out->len = 0;
    if (!row->id_bytes) {
        uint32_t file;
        uint64_t line;
        wp_run_place(run, rank, row, &file, &line);
        return wp_buffer_print(out, "%s:%llu", run->files[file], (unsigned long long)line);
    }
    WP_TRY(wp_buffer_reserve(out, row->id_bytes, SIZE_MAX));
    const uint8_t *id = wp_blobs_get(&run->ids, row->id_ref, row->id_bytes, out->data, err);
    if (!id) return err ? err->status : WP_EIO;
    if (id != out->data) memcpy(out->data, id, row->id_bytes);
    out->len = row->id_bytes;
    return WP_OK;
}

enum wp_status wp_run_finish(struct wp_run *run, struct wp_error *err) {
    static enum wp_status (*const stages[])(struct wp_run *, struct wp_error *) = {
        [WP_STAGE_FAMILIES] = wp_run_find_families, [WP_STAGE_HITS] = wp_run_make_hits,
        [WP_STAGE_FURNITURE] = wp_run_learn,        [WP_STAGE_VERIFY] = wp_run_verify,
        [WP_STAGE_STORIES] = wp_run_tell,
    };
    if (wp_order_settle(&run->order) != WP_OK || wp_labels_settle(&run->owner_names) != WP_OK ||
        wp_labels_settle(&run->language_names) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    for (int stage = WP_STAGE_FAMILIES; stage <= WP_STAGE_STORIES; stage++) {
        double begin = wp_clock_seconds();
        atomic_store(&run->stage, stage);
        if (atomic_load(&run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
        enum wp_status status = stages[stage](run, err);
        if (status == WP_ECANCELED) return wp_fail(err, status, "interrupted");
        if (status != WP_OK) {
            if (err && run->error.status != WP_OK) *err = run->error;
            if (err && err->status == WP_OK) wp_fail(err, status, "%s", wp_status_text(status));
            return status;
        }
        wp_chunk_pool_trim(&run->chunks);
        wp_memory_trim();
        run->stage_seconds[stage] = wp_clock_seconds() - begin;
    }
    return WP_OK;
}
