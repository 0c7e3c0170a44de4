/* run.c - making a run, and its stages after reading. See run.h. */
#include "engine/run.h"

#include <string.h>
#include <time.h>
#include "base/thread.h"
#include "match/candidates.h"
#include "match/hits.h"
#include "match/postings.h"
#include "sketch/fingerprint.h"

/* Streams of shingles are read again only for candidates, so little of them is worth memory. */
#define STREAM_RAM_BYTES ((size_t)32 << 20)
/* What a run needs beside its stores: blocks and batches in flight, scratch of the threads, the libraries. */
#define FIXED_BYTES ((uint64_t)40 << 20)
#define PER_THREAD_BYTES ((uint64_t)6 << 20)

/* Parts of the postings after which their memory goes back to the system. */
#define TRIM_PARTS 128

/* The default rule looks for stories: bounded work is worth more than every pair. A set rule was asked for
 * its pairs, so that only shingles as common as furniture are cut. */
static const struct wp_fanout story_fanout = {
    .pairs_max = 48, .first = 4, .near = 4, .mixed_share = 0.25, .own_share = 0.5};
static const struct wp_fanout pairs_fanout = {
    .pairs_max = 2000, .first = 64, .near = 64, .mixed_share = 0, .own_share = 0};

static double now_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

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
    run->keeps_streams = s->verify_exact;
    if (!s->verify_exact) run->features |= WP_FEATURE_SKETCH;
    if (s->rule.match == WP_MATCH_SIMHASH) run->features |= WP_FEATURE_SIMHASH;
}

static enum wp_status init_stores(struct wp_run *run) {
    struct wp_budget *budget = &run->budget;
    wp_blobs_init(&run->ids, budget, SIZE_MAX);
    wp_blobs_init(&run->streams, budget, STREAM_RAM_BYTES);
    WP_TRY(wp_rows_init(&run->articles, sizeof(struct wp_article_row), budget));
    WP_TRY(wp_rows_init(&run->sketches, WP_SKETCH_BINS, budget));
    WP_TRY(wp_rows_init(&run->simhashes, sizeof(struct wp_hash128), budget));
    WP_TRY(wp_parts_init(&run->postings, 8, WP_POSTING_PARTS, WP_POSTING_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->exact_keys, 8, WP_TWIN_PARTS, WP_TWIN_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->id_keys, 8, WP_TWIN_PARTS, WP_TWIN_CHUNK_BYTES, budget));
    WP_TRY(wp_parts_init(&run->hits, 8, WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, budget));
    return wp_parts_init(&run->matches, sizeof(struct wp_match), WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, budget);
}

enum wp_status wp_run_init(struct wp_run *run, const struct wp_settings *settings, const char *const *files,
                           size_t file_count, struct wp_error *err) {
    memset(run, 0, sizeof *run);
    run->settings = *settings;
    run->files = files;
    run->file_count = file_count;
    pthread_mutex_init(&run->lock, NULL);
    wp_budget_init(&run->budget, store_limit(settings), settings->tmp_dir);
    choose_features(run);
    enum wp_status status = init_stores(run);
    if (status == WP_OK) return WP_OK;
    wp_run_release(run);
    return wp_fail(err, status, "out of memory");
}

void wp_run_release(struct wp_run *run) {
    wp_parts_release(&run->matches);
    wp_parts_release(&run->hits);
    wp_parts_release(&run->id_keys);
    wp_parts_release(&run->exact_keys);
    wp_parts_release(&run->postings);
    wp_rows_release(&run->simhashes);
    wp_rows_release(&run->sketches);
    wp_rows_release(&run->articles);
    wp_blobs_release(&run->streams);
    wp_blobs_release(&run->ids);
    wp_twin_list_release(&run->copies);
    wp_twin_list_release(&run->same_ids);
    wp_bits_release(&run->copied);
    wp_bits_release(&run->sparse);
    wp_free(run->stories.items);
    wp_free(run->stories.members);
    wp_names_release(&run->unknown_sources);
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

/* wp_twins_stage.same for exact copies. */
static int same_text(void *self, uint32_t slot_a, uint32_t slot_b, struct wp_error *err) {
    struct wp_run *run = self;
    struct wp_article_row scratch_a, scratch_b;
    const struct wp_article_row *a = wp_rows_get(&run->articles, slot_a, &scratch_a, err);
    const struct wp_article_row *b = wp_rows_get(&run->articles, slot_b, &scratch_b, err);
    if (!a || !b) return err->status;
    return a->exact.low == b->exact.low && a->exact.high == b->exact.high && a->tokens == b->tokens;
}

/* wp_twins_stage.same for ids. */
static int same_id(void *self, uint32_t slot_a, uint32_t slot_b, struct wp_error *err) {
    struct wp_run *run = self;
    struct wp_buffer a = {0}, b = {0};
    enum wp_status status = wp_run_id(run, wp_order_rank(&run->order, slot_a), &a, err);
    if (status == WP_OK) status = wp_run_id(run, wp_order_rank(&run->order, slot_b), &b, err);
    int same = status == WP_OK ? a.len == b.len && memcmp(a.data, b.data, a.len) == 0 : (int)status;
    wp_buffer_release(&a);
    wp_buffer_release(&b);
    return same;
}

static enum wp_status mark_sparse(struct wp_run *run, struct wp_error *err) {
    struct wp_article_row scratch;
    for (uint64_t rank = 0; rank < run->order.articles; rank++) {
        const struct wp_article_row *row = wp_run_row(run, (uint32_t)rank, &scratch, err);
        if (!row) return err->status;
        if (row->samples < WP_SPARSE_SAMPLES) wp_bits_set(&run->sparse, rank);
    }
    return WP_OK;
}

static enum wp_status find_families(struct wp_run *run, struct wp_error *err) {
    struct wp_twins_stage copies = {&run->order, &run->exact_keys, same_text, run};
    struct wp_twins_stage ids = {&run->order, &run->id_keys, same_id, run};
    WP_TRY(wp_bits_init(&run->copied, run->order.articles));
    WP_TRY(wp_bits_init(&run->sparse, run->order.articles));
    WP_TRY(wp_twins_find(&copies, &run->copies, err));
    WP_TRY(wp_twins_find(&ids, &run->same_ids, err));
    for (size_t i = 0; i < run->copies.count; i++)
        wp_bits_set(&run->copied, wp_order_slot(&run->order, run->copies.items[i].twin));
    run->counts.exact_copies = run->copies.count;
    run->counts.repeated_ids = run->same_ids.count;
    return run->tokens_min ? WP_OK : mark_sparse(run, err);
}

/* Two rounds over parts, by workers with memory of their own, indexed by thread. */
struct hits_pass {
    struct wp_run *run;
    struct wp_hits_stage stage;
    struct wp_hits_worker *workers;
    struct wp_parts common;
    struct wp_bits crowded_any, crowded_mixed;
    struct wp_common_counts counts;
    enum wp_status (*round)(const struct wp_hits_stage *, struct wp_hits_worker *, size_t, struct wp_error *);
};

static enum wp_status hits_part(void *self, size_t part, unsigned worker) {
    struct hits_pass *pass = self;
    struct wp_error err = {0};
    struct wp_hits_worker *w = &pass->workers[worker];
    enum wp_status status = WP_OK;
    if (!w->hits.parts) status = wp_hits_worker_init(w, &pass->stage);
    if (status == WP_OK) status = pass->round(&pass->stage, w, part, &err);
    if (part % TRIM_PARTS == TRIM_PARTS - 1) wp_memory_trim();
    if (status != WP_OK) wp_run_fail(pass->run, &err);
    return status;
}

static enum wp_status hits_round(struct hits_pass *pass, enum wp_status (*round)(const struct wp_hits_stage *,
                                                                                 struct wp_hits_worker *,
                                                                                 size_t, struct wp_error *)) {
    struct wp_run *run = pass->run;
    struct wp_parallel_work work = {hits_part, pass, &run->cancel};
    pass->round = round;
    WP_TRY(wp_parallel(run->settings.threads, WP_POSTING_PARTS, &work));
    for (unsigned i = 0; i < run->settings.threads; i++)
        if (pass->workers[i].hits.parts) WP_TRY(wp_hits_worker_flush(&pass->workers[i], &run->error));
    return WP_OK;
}

/* Between the rounds: which articles are paired through common shingles. */
static enum wp_status mark_crowded(struct hits_pass *pass) {
    struct wp_run *run = pass->run;
    struct wp_article_row scratch;
    for (uint64_t rank = 0; rank < run->order.articles; rank++) {
        unsigned any = pass->counts.any[rank], mixed = pass->counts.mixed[rank];
        if (!any) continue;
        const struct wp_article_row *row = wp_run_row(run, (uint32_t)rank, &scratch, &run->error);
        if (!row) return run->error.status;
        if (any >= run->fanout.own_share * row->samples) wp_bits_set(&pass->crowded_any, rank);
        if (mixed && mixed >= run->fanout.mixed_share * row->samples) wp_bits_set(&pass->crowded_mixed, rank);
    }
    return WP_OK;
}

/* wp_hits_stage.owner. A row that cannot be read has no owner: the failure comes up again where rows are
 * used. */
static uint32_t owner_of(void *self, uint32_t rank) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(self, rank, &scratch, NULL);
    return row ? row->owner : 0;
}

static enum wp_status prepare_hits(struct hits_pass *pass) {
    struct wp_run *run = pass->run;
    pass->workers = wp_zalloc(run->settings.threads, sizeof *pass->workers);
    pass->counts.any = wp_zalloc(run->order.articles, sizeof *pass->counts.any);
    pass->counts.mixed = wp_zalloc(run->order.articles, sizeof *pass->counts.mixed);
    if (!pass->workers || !pass->counts.any || !pass->counts.mixed) return WP_ENOMEM;
    WP_TRY(wp_bits_init(&pass->crowded_any, run->order.articles));
    WP_TRY(wp_bits_init(&pass->crowded_mixed, run->order.articles));
    WP_TRY(wp_parts_init(&pass->common, 8, WP_POSTING_PARTS, WP_COMMON_CHUNK_BYTES, &run->budget));
    pass->stage = (struct wp_hits_stage){.order = &run->order,
                                         .skipped = &run->copied,
                                         .postings = &run->postings,
                                         .common = &pass->common,
                                         .counts = pass->counts,
                                         .crowded_any = &pass->crowded_any,
                                         .crowded_mixed = &pass->crowded_mixed,
                                         .owner = owner_of,
                                         .self = run,
                                         .hits = &run->hits,
                                         .ranks_per_part = wp_hits_ranks_per_part(run->order.articles),
                                         .fanout = run->fanout};
    return WP_OK;
}

static enum wp_status make_hits(struct wp_run *run, struct wp_error *err) {
    struct hits_pass pass = {.run = run};
    enum wp_status status = prepare_hits(&pass);
    if (status == WP_ENOMEM) wp_fail(err, status, "out of memory");
    if (status == WP_OK) status = hits_round(&pass, wp_hits_run);
    if (status == WP_OK) status = mark_crowded(&pass);
    if (status == WP_OK) status = hits_round(&pass, wp_hits_run_common);
    for (unsigned i = 0; pass.workers && i < run->settings.threads; i++) {
        run->counts.common_shingles += pass.workers[i].common_shingles;
        run->counts.common_postings += pass.workers[i].common_postings;
        wp_hits_worker_release(&pass.workers[i]);
    }
    wp_parts_release(&pass.common);
    wp_bits_release(&pass.crowded_any);
    wp_bits_release(&pass.crowded_mixed);
    wp_free((void *)pass.counts.any);
    wp_free((void *)pass.counts.mixed);
    wp_free(pass.workers);
    return status;
}

struct verify_pass {
    struct wp_run *run;
    struct wp_verifier **workers;
};

static enum wp_status verify_part(void *self, size_t part, unsigned worker) {
    struct verify_pass *pass = self;
    struct wp_error err = {0};
    enum wp_status status = WP_OK;
    if (!pass->workers[worker]) status = wp_verifier_new(&pass->workers[worker], pass->run);
    if (status == WP_OK) status = wp_verifier_run(pass->workers[worker], part, &err);
    if (status != WP_OK) wp_run_fail(pass->run, &err);
    return status;
}

static enum wp_status verify_all(struct wp_run *run, struct wp_error *err) {
    unsigned threads = run->settings.threads;
    struct verify_pass pass = {run, wp_zalloc(threads, sizeof *pass.workers)};
    if (!pass.workers) return wp_fail(err, WP_ENOMEM, "out of memory");
    struct wp_parallel_work work = {verify_part, &pass, &run->cancel};
    enum wp_status status = wp_parallel(threads, WP_HIT_PARTS, &work);
    for (unsigned i = 0; i < threads; i++) {
        if (status == WP_OK && pass.workers[i]) status = wp_verifier_finish(pass.workers[i], &run->error);
        wp_verifier_free(pass.workers[i]);
    }
    wp_free(pass.workers);
    return status;
}

enum wp_status wp_run_finish(struct wp_run *run, struct wp_error *err) {
    static enum wp_status (*const stages[])(struct wp_run *, struct wp_error *) = {
        [WP_STAGE_FAMILIES] = find_families,
        [WP_STAGE_HITS] = make_hits,
        [WP_STAGE_VERIFY] = verify_all,
        [WP_STAGE_STORIES] = wp_run_tell,
    };
    if (wp_order_settle(&run->order) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (int stage = WP_STAGE_FAMILIES; stage <= WP_STAGE_STORIES; stage++) {
        double begin = now_seconds();
        atomic_store(&run->stage, stage);
        if (atomic_load(&run->cancel)) return wp_fail(err, WP_ECANCELED, "interrupted");
        enum wp_status status = stages[stage](run, err);
        if (status == WP_ECANCELED) return wp_fail(err, status, "interrupted");
        if (status != WP_OK) {
            if (err && run->error.status != WP_OK) *err = run->error;
            if (err && err->status == WP_OK) wp_fail(err, status, "%s", wp_status_text(status));
            return status;
        }
        wp_memory_trim();
        run->stage_seconds[stage] = now_seconds() - begin;
    }
    return WP_OK;
}
