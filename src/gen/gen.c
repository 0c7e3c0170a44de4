/*
 * gen.c - see gen.h.
 *
 * The calling thread plans blocks of orders, hands them to makers and takes them back in order. A block goes
 * round:  free (caller) -> planned (makers) -> made (caller writes it) -> free. The number of blocks bounds
 * the memory; a maker that is ahead waits for a block, the caller waits for the oldest one.
 */
#include "gen/gen.h"

#include <string.h>

#include "base/thread.h"
#include "gen/article.h"

#define BLOCK_ORDERS 128
#define BLOCKS_A_THREAD 3

enum block_state { BLOCK_FREE, BLOCK_PLANNED, BLOCK_TAKEN, BLOCK_MADE };

struct block {
    enum block_state state; /* guarded by run.lock */
    enum wp_status status;  /* of making it */
    uint32_t count;
    struct wp_gen_order order[BLOCK_ORDERS];
    struct wp_gen_note note[BLOCK_ORDERS];
    struct wp_buffer bytes;
};

struct run {
    /* constant while makers run */
    const struct wp_gen_settings *settings;
    struct wp_gen_world world;
    struct wp_gen_base base;
    struct wp_gen_outlet *outlets;
    struct block *block;
    size_t blocks;
    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t planned, made;
    uint64_t next_taken, end_planned; /* blocks are numbered as they are planned; block n is at n % blocks */
    bool stop;
    /* the caller's */
    struct wp_gen_plan *plan;
    struct wp_output dump, truth_file;
    struct wp_gen_truth truth;
};

static enum wp_status make_block(struct wp_gen_maker *m, struct block *b) {
    b->bytes.len = 0;
    for (uint32_t i = 0; i < b->count; i++)
        WP_TRY(wp_gen_maker_article(m, &b->order[i], &b->bytes, &b->note[i]));
    return WP_OK;
}

/* One maker thread. */
static void work(void *self, unsigned worker) {
    struct run *run = self;
    struct wp_gen_maker maker;
    enum wp_status status = wp_gen_maker_init(&maker, &run->world);
    (void)worker;
    pthread_mutex_lock(&run->lock);
    for (;;) {
        while (!run->stop && run->next_taken == run->end_planned)
            pthread_cond_wait(&run->planned, &run->lock);
        if (run->stop) break;
        struct block *b = &run->block[run->next_taken++ % run->blocks];
        b->state = BLOCK_TAKEN;
        pthread_mutex_unlock(&run->lock);
        b->status = status == WP_OK ? make_block(&maker, b) : status;
        pthread_mutex_lock(&run->lock);
        b->state = BLOCK_MADE;
        pthread_cond_signal(&run->made);
    }
    pthread_mutex_unlock(&run->lock);
    wp_gen_maker_release(&maker);
}

/* Fills a block with orders; leaves it empty behind the last article. */
static enum wp_status plan_block(struct run *run, struct block *b) {
    for (b->count = 0; b->count < BLOCK_ORDERS; b->count++) {
        enum wp_status status = wp_gen_plan_next(run->plan, &b->order[b->count]);
        if (status == WP_END) return WP_OK;
        WP_TRY(status);
    }
    return WP_OK;
}

static enum wp_status write_block(struct run *run, const struct block *b, struct wp_error *err) {
    if (b->status != WP_OK) return wp_fail(err, b->status, "making articles: %s", wp_status_text(b->status));
    WP_TRY(wp_output_write(&run->dump, b->bytes.data, b->bytes.len, err));
    for (uint32_t i = 0; i < b->count; i++)
        WP_TRY(wp_gen_truth_add(&run->truth, &b->order[i], &b->note[i], err));
    return WP_OK;
}

static bool is_cancelled(const struct run *run) {
    return run->settings->cancel && atomic_load_explicit(run->settings->cancel, memory_order_relaxed);
}

static void hand_over(struct run *run, struct block *b) {
    pthread_mutex_lock(&run->lock);
    b->state = BLOCK_PLANNED;
    run->end_planned++;
    pthread_cond_signal(&run->planned);
    pthread_mutex_unlock(&run->lock);
}

static void wait_made(struct run *run, struct block *b) {
    pthread_mutex_lock(&run->lock);
    while (b->state != BLOCK_MADE) pthread_cond_wait(&run->made, &run->lock);
    b->state = BLOCK_FREE;
    pthread_mutex_unlock(&run->lock);
}

/* Plans ahead as far as there are blocks, then writes the oldest, and so on. */
static enum wp_status drive(struct run *run, struct wp_error *err) {
    uint64_t planned = 0, written = 0;
    bool more = true;
    while (more || written < planned) {
        if (is_cancelled(run)) return wp_fail(err, WP_ECANCELED, "interrupted");
        while (more && planned - written < run->blocks) {
            struct block *b = &run->block[planned % run->blocks];
            if (plan_block(run, b) != WP_OK) return wp_fail(err, WP_ENOMEM, "planning the dump");
            more = b->count == BLOCK_ORDERS;
            hand_over(run, b);
            planned++;
        }
        struct block *oldest = &run->block[written++ % run->blocks];
        wait_made(run, oldest);
        WP_TRY(write_block(run, oldest, err));
    }
    return wp_gen_truth_end(&run->truth, err);
}

static enum wp_status load_base(struct run *run, struct wp_error *err) {
    if (run->settings->base)
        WP_TRY(wp_gen_base_read(&run->base, run->settings->base, err));
    else if (wp_gen_base_builtin(&run->base) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "making the built-in base");
    return wp_gen_base_finish(&run->base, err);
}

static enum wp_status set_world(struct run *run, unsigned threads, struct wp_error *err) {
    const struct wp_gen_plan_settings *s = &run->settings->plan;
    run->blocks = (size_t)threads * BLOCKS_A_THREAD;
    run->block = wp_zalloc(run->blocks, sizeof *run->block);
    run->outlets = wp_zalloc(s->outlets, sizeof *run->outlets);
    if (!run->block || !run->outlets) return wp_fail(err, WP_ENOMEM, "starting the generator");
    for (uint32_t i = 0; i < s->outlets; i++) run->outlets[i] = wp_gen_outlet_make(s->seed, i);
    run->world = (struct wp_gen_world){&run->base, run->outlets, s->outlets, s->seed, s->mix};
    return wp_gen_plan_new(&run->plan, s, err);
}

static enum wp_status open_outputs(struct run *run, struct wp_error *err) {
    WP_TRY(wp_output_open(&run->dump, run->settings->dump, err));
    if (!run->settings->truth) return WP_OK;
    run->truth.out = &run->truth_file;
    return wp_output_open(&run->truth_file, run->settings->truth, err);
}

static enum wp_status run_makers(struct run *run, unsigned threads, struct wp_error *err) {
    struct wp_pool pool = {0};
    WP_TRY(wp_pool_start(&pool, threads, work, run, err));
    enum wp_status status = drive(run, err);
    pthread_mutex_lock(&run->lock);
    run->stop = true;
    pthread_cond_broadcast(&run->planned);
    pthread_mutex_unlock(&run->lock);
    wp_pool_join(&pool);
    return status;
}

static void release(struct run *run) {
    for (size_t i = 0; run->block && i < run->blocks; i++) wp_buffer_release(&run->block[i].bytes);
    wp_free(run->block);
    wp_free(run->outlets);
    wp_gen_plan_free(run->plan);
    wp_gen_truth_release(&run->truth);
    wp_gen_base_release(&run->base);
    wp_output_abort(&run->dump);
    wp_output_abort(&run->truth_file);
    pthread_cond_destroy(&run->planned);
    pthread_cond_destroy(&run->made);
    pthread_mutex_destroy(&run->lock);
}

static enum wp_status make_dump(struct run *run, struct wp_gen_result *result, struct wp_error *err) {
    unsigned threads = run->settings->threads ? run->settings->threads : wp_threads_available();
    if (threads > WP_THREADS_MAX) threads = WP_THREADS_MAX;
    WP_TRY(open_outputs(run, err));
    WP_TRY(load_base(run, err));
    WP_TRY(set_world(run, threads, err));
    WP_TRY(run_makers(run, threads, err));
    result->counts = run->truth.counts;
    result->bytes = run->dump.total;
    if (run->settings->truth) WP_TRY(wp_output_commit(&run->truth_file, err));
    return wp_output_commit(&run->dump, err);
}

enum wp_status wp_gen_run(const struct wp_gen_settings *settings, struct wp_gen_result *result,
                          struct wp_error *err) {
    struct run run = {.settings = settings};
    *result = (struct wp_gen_result){0};
    if (!settings->dump) return wp_fail(err, WP_EINVAL, "no name for the dump");
    if (!settings->plan.outlets || settings->plan.outlets > WP_GEN_OUTLETS_MAX)
        return wp_fail(err, WP_EINVAL, "outlets must be 1 to %d", WP_GEN_OUTLETS_MAX);
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.planned, NULL);
    pthread_cond_init(&run.made, NULL);
    enum wp_status status = make_dump(&run, result, err);
    release(&run);
    return status;
}
