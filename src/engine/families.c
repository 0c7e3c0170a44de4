/* families.c - the stage after reading: articles of the same words, records of the same id. See run.h. */
#include "engine/run.h"

#include <string.h>
#include "base/memory.h"
#include "match/candidates.h"

/* wp_twins_stage.same for exact copies. */
static int same_text(void *self, uint32_t slot_a, uint32_t slot_b, struct wp_error *err) {
    struct wp_run *run = self;
    struct wp_article_row scratch_a, scratch_b;
    const struct wp_article_row *a = wp_rows_get(&run->articles, slot_a, &scratch_a, err);
    const struct wp_article_row *b = wp_rows_get(&run->articles, slot_b, &scratch_b, err);
    if (!a || !b) return err->status;
    return wp_hash128_equal(a->exact, b->exact) && a->tokens == b->tokens;
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

/* Owners stand by themselves, close together: they are asked for at random, article by article. */
static enum wp_status note_owners(struct wp_run *run, struct wp_error *err) {
    struct wp_article_row scratch;
    run->owners = wp_alloc(run->order.articles, sizeof *run->owners);
    if (!run->owners) return WP_ENOMEM;
    for (uint64_t rank = 0; rank < run->order.articles; rank++) {
        const struct wp_article_row *row = wp_run_row(run, (uint32_t)rank, &scratch, err);
        if (!row) return err->status;
        run->owners[rank] = row->owner;
        if (row->unspoken) wp_bits_set(&run->unspoken, rank);
        if (!run->tokens_min && row->samples < WP_SPARSE_SAMPLES) wp_bits_set(&run->sparse, rank);
    }
    return WP_OK;
}

/* What the titles of a family say. */
struct family_titles {
    struct wp_titles_apart apart;
    uint32_t members, spoken; /* spoken: whose text speaks of their title */
};

static enum wp_status look_at_title(struct wp_run *run, uint32_t rank, struct family_titles *f,
                                    struct wp_error *err) {
    struct wp_article_row row_scratch;
    struct wp_traits scratch;
    const struct wp_article_row *row = wp_run_row(run, rank, &row_scratch, err);
    const struct wp_traits *traits = row ? wp_run_traits(run, rank, &scratch, err) : NULL;
    if (!traits) return err->status;
    f->members++;
    f->spoken += !row->unspoken;
    wp_titles_apart_add(&f->apart, &traits->title);
    return WP_OK;
}

/* The same words under titles that have nothing in common, and few of which the words speak of: that is what
 * a site shows instead of its articles. */
static enum wp_status mark_banners(struct wp_run *run, struct wp_error *err) {
    const struct wp_twin_list *list = &run->copies;
    for (size_t i = 0, end; i < list->count; i = end) {
        struct family_titles f = {.members = 0};
        WP_TRY(look_at_title(run, list->items[i].first, &f, err));
        for (end = i; end < list->count && list->items[end].first == list->items[i].first; end++)
            WP_TRY(look_at_title(run, list->items[end].twin, &f, err));
        if (f.apart.count >= 2 && 4 * f.spoken <= f.members) wp_bits_set(&run->banners, list->items[i].first);
    }
    return WP_OK;
}

enum wp_status wp_run_find_families(struct wp_run *run, struct wp_error *err) {
    struct wp_twins_stage copies = {&run->order, &run->exact_keys, same_text, run};
    struct wp_twins_stage ids = {&run->order, &run->id_keys, same_id, run};
    WP_TRY(wp_bits_init(&run->copied, run->order.articles));
    WP_TRY(wp_bits_init(&run->sparse, run->order.articles));
    WP_TRY(wp_bits_init(&run->unspoken, run->order.articles));
    WP_TRY(wp_bits_init(&run->banners, run->order.articles));
    WP_TRY(note_owners(run, err));
    WP_TRY(wp_twins_find(&copies, &run->copies, err));
    WP_TRY(wp_twins_find(&ids, &run->same_ids, err));
    for (size_t i = 0; i < run->copies.count; i++)
        wp_bits_set(&run->copied, wp_order_slot(&run->order, run->copies.items[i].twin));
    run->counts.exact_copies = run->copies.count;
    run->counts.repeated_ids = run->same_ids.count;
    return run->learns_furniture ? mark_banners(run, err) : WP_OK;
}
