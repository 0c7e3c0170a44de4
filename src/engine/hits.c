/*
 * hits.c - the stage from postings to hits: two rounds over the parts of the postings, by all threads. See
 * match/hits.h for what a round does, match/repeats.h for the furniture that is noticed on the way.
 */
#include "engine/run.h"

#include "base/memory.h"
#include "base/thread.h"
#include "match/postings.h"

/* Two rounds over parts, by workers with memory of their own, indexed by thread. */
struct hits_pass {
    struct wp_run *run;
    struct wp_hits_stage stage;
    struct wp_repeats repeats;
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
        uint32_t own = wp_run_own_samples(run, (uint32_t)rank, row);
        if (any >= run->fanout.own_share * own) wp_bits_set(&pass->crowded_any, rank);
        if (mixed && mixed >= run->fanout.mixed_share * own) wp_bits_set(&pass->crowded_mixed, rank);
    }
    return WP_OK;
}

/* wp_repeats.title */
static const struct wp_title *title_of(void *self, uint32_t rank, struct wp_title *scratch,
                                       struct wp_error *err) {
    struct wp_traits buffer;
    const struct wp_traits *traits = wp_run_traits(self, rank, &buffer, err);
    if (!traits || traits != &buffer) return traits ? &traits->title : NULL;
    *scratch = buffer.title;
    return scratch;
}

/* wp_repeats.earlier */
static enum wp_status earlier(void *self, uint32_t rank, int64_t *date, struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(self, rank, &scratch, err);
    if (!row) return err ? err->status : WP_EIO;
    if (row->date != WP_DATE_UNKNOWN && row->date < *date) *date = row->date;
    return WP_OK;
}

static enum wp_status prepare_repeats(struct hits_pass *pass) {
    struct wp_run *run = pass->run;
    if (!run->learns_furniture) return WP_OK;
    run->furniture_samples = wp_zalloc(run->order.articles, sizeof *run->furniture_samples);
    if (run->furniture.count) run->known_samples = wp_zalloc(run->order.articles, sizeof *run->known_samples);
    if (!run->furniture_samples || (run->furniture.count && !run->known_samples)) return WP_ENOMEM;
    pass->repeats = (struct wp_repeats){.owners = run->owners,
                                        .unspoken = &run->unspoken,
                                        .title = title_of,
                                        .earlier = earlier,
                                        .self = run,
                                        .known = &run->furniture,
                                        .counts = run->furniture_samples,
                                        .known_counts = run->known_samples,
                                        .examples = &run->examples,
                                        .met = run->settings.keeps_furniture ? &run->met : NULL};
    pass->stage.repeats = &pass->repeats;
    return WP_OK;
}

static enum wp_status prepare_hits(struct hits_pass *pass) {
    struct wp_run *run = pass->run;
    pass->workers = wp_zalloc(run->settings.threads, sizeof *pass->workers);
    pass->counts.any = wp_zalloc(run->order.articles, sizeof *pass->counts.any);
    pass->counts.mixed = wp_zalloc(run->order.articles, sizeof *pass->counts.mixed);
    if (!pass->workers || !pass->counts.any || !pass->counts.mixed) return WP_ENOMEM;
    WP_TRY(wp_bits_init(&pass->crowded_any, run->order.articles));
    WP_TRY(wp_bits_init(&pass->crowded_mixed, run->order.articles));
    run->hit_form = wp_hit_form(run->order.articles);
    WP_TRY(wp_parts_init(&run->hits, run->hit_form.bytes, WP_HIT_PARTS, WP_HIT_CHUNK_BYTES, &run->budget));
    wp_parts_use_pool(&run->hits, &run->chunks);
    WP_TRY(wp_parts_init(&pass->common, 8, WP_POSTING_PARTS, WP_COMMON_CHUNK_BYTES, &run->budget));
    pass->stage = (struct wp_hits_stage){.order = &run->order,
                                         .skipped = &run->copied,
                                         .postings = &run->postings,
                                         .common = &pass->common,
                                         .counts = pass->counts,
                                         .crowded_any = &pass->crowded_any,
                                         .crowded_mixed = &pass->crowded_mixed,
                                         .owners = run->owners,
                                         .hits = &run->hits,
                                         .form = run->hit_form,
                                         .fanout = run->fanout};
    return prepare_repeats(pass);
}

enum wp_status wp_run_make_hits(struct wp_run *run, struct wp_error *err) {
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
