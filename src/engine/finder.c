/* finder.c - see finder.h. */
#include "engine/finder_parts.h"

#include <stdlib.h>
#include <string.h>
#include "engine/stream.h"

/* The batch run's fan-out of the story rule (engine/run.c). */
#define LIKE_BATCH                                                                                           \
    .limits = {.all = 48, .first = 4, .near = 4}, .mixed_share = 0.25, .own_share = 0.5, .hits_min = 2,      \
    .compared_max = 64, .promising_only = true
const struct wp_search wp_search_adding = {LIKE_BATCH, .vain_max = 3};
const struct wp_search wp_search_exporting = {LIKE_BATCH};
/* Whoever asks is shown what the batch run would find, which knows furniture that comes only later: its
 * shares are a little higher, and less of what articles have around them makes them seem no match. */
const struct wp_search wp_search_finding = {.limits = {.all = 2000, .first = 4, .near = 200},
                                            .mixed_share = 0,
                                            .own_share = 0,
                                            .hits_min = 2,
                                            .compared_max = 128,
                                            .exact_listed = true,
                                            .promising_only = false,
                                            .measured = true,
                                            .doubts = true,
                                            .excerpt_coverage = 0.25};
const struct wp_search wp_search_passage = {.limits = {.all = 2000, .first = 4, .near = 200},
                                            .mixed_share = 0,
                                            .own_share = 0,
                                            .hits_min = 1,
                                            .compared_max = 128,
                                            .exact_listed = true,
                                            .promising_only = false,
                                            .measured = true,
                                            .doubts = true,
                                            .excerpt_coverage = 0.25};

enum { TABLE_MIN = 1024 };

static enum wp_status init(struct wp_finder *f, size_t bytes, const struct wp_agency_table *agencies,
                           struct wp_error *err) {
    wp_overlap_base_init(&f->base);
    WP_TRY(wp_rule_parse("story", &f->rule, err));
    WP_TRY(wp_profiles_init(&f->profiles, bytes, err));
    f->profiles.agencies = agencies;
    if (wp_fingerprinter_new(&f->printer) != WP_OK) return wp_finder_no_memory(err);
    f->numbers = wp_alloc(WP_KEY_ALL_MAX, sizeof *f->numbers);
    f->table = wp_zalloc(TABLE_MIN, sizeof *f->table);
    f->table_size = TABLE_MIN;
    return f->numbers && f->table ? WP_OK : wp_finder_no_memory(err);
}

enum wp_status wp_finder_new(struct wp_finder **out, size_t bytes, const struct wp_agency_table *agencies,
                             struct wp_error *err) {
    struct wp_finder *f = wp_zalloc(1, sizeof *f);
    *out = NULL;
    if (!f) return wp_finder_no_memory(err);
    enum wp_status status = init(f, bytes, agencies, err);
    if (status == WP_OK)
        *out = f;
    else
        wp_finder_free(f);
    return status;
}

void wp_finder_free(struct wp_finder *f) {
    if (!f) return;
    wp_profiles_release(&f->profiles);
    wp_fingerprinter_free(f->printer);
    wp_overlap_base_release(&f->base);
    wp_prepared_release(&f->prepared);
    wp_free(f->packed);
    wp_free(f->shingles);
    wp_free(f->masked);
    wp_free(f->mask.tokens);
    wp_free(f->other_mask.tokens);
    wp_furniture_release(&f->furniture);
    wp_free(f->owners);
    wp_free(f->numbers);
    wp_key_batch_release(&f->batch);
    wp_free(f->table);
    wp_free(f->candidates);
    wp_free(f->matches);
    wp_free(f);
}

void wp_finder_reset(struct wp_finder *f) {
    wp_profiles_clear(&f->profiles);
    wp_furniture_release(&f->furniture);
    f->furniture_taken = f->learnt_of_all = 0;
    memset(f->learnt, 0, sizeof f->learnt);
    f->owner_count = 0;
}

enum wp_status wp_finder_know_owner(struct wp_finder *f, uint32_t owner) {
    WP_TRY(WP_GROW(f->owners, f->owner_count, f->owner_cap));
    f->owners[f->owner_count++] = owner;
    return WP_OK;
}

enum wp_status wp_finder_owner_of_row_(const struct wp_view *view, uint32_t number, uint32_t *owner,
                                       struct wp_error *err) {
    struct wp_row row = {.owner = 0};
    *owner = 0;
    enum wp_status status = wp_view_any_row(view, number, &row, err);
    if (status == WP_END) return WP_OK;
    *owner = row.owner;
    return status;
}

/* *print without what it has not. */
static void copy_print(struct wp_fingerprint *to, const struct wp_fingerprint *print) {
    memcpy(to, print,
           offsetof(struct wp_fingerprint, samples) + print->sample_count * sizeof *print->samples);
}

enum wp_status wp_finder_adopt(struct wp_finder *f, struct wp_prepared *p, uint32_t owner, int64_t date,
                               struct wp_error *err) {
    uint8_t *packed = p->stream;
    size_t cap = p->stream_cap;
    uint32_t count = p->print.shingles;
    p->stream = f->packed;
    p->stream_cap = f->packed_cap;
    f->packed = packed;
    f->packed_cap = cap;
    if (wp_finder_room(&f->shingles, &f->shingle_cap, count) != WP_OK) return wp_finder_no_memory(err);
    f->profiles.unpack(f->shingles, packed, count);
    copy_print(&f->print, &p->print);
    f->title = p->title;
    f->text = (struct wp_compared){.stream = {.shingles = f->shingles,
                                              .count = count,
                                              .tokens = p->print.tokens,
                                              .width = p->print.width},
                                   .shingles = f->shingles,
                                   .wire = p->look.wire,
                                   .figures = p->look.figures,
                                   .furniture = &f->known,
                                   .packed = packed,
                                   .unspoken = p->unspoken};
    wp_furniture_prefetch(&f->furniture, owner);
    f->known.of = 0;
    f->owner = owner;
    f->date = date;
    f->base_set = false;
    f->looked_up = NULL;
    f->match_count = 0;
    return WP_OK;
}

enum wp_status wp_finder_take(struct wp_finder *f, const struct wp_record *record, uint32_t owner,
                              int64_t date, struct wp_error *err) {
    WP_TRY(wp_prepare_text(&f->prepared, f->printer, f->profiles.agencies, record, err));
    return wp_finder_adopt(f, &f->prepared, owner, date, err);
}

struct wp_row wp_finder_row(const struct wp_finder *f, const uint8_t *id, size_t id_len) {
    const struct wp_fingerprint *p = &f->print;
    return (struct wp_row){.id = wp_hash128(id, id_len),
                           .exact = p->exact,
                           .date = f->date,
                           .title = f->title,
                           .tokens = p->tokens,
                           .shingles = p->shingles,
                           .owner = f->owner,
                           .to = WP_NUMBER_NONE,
                           .samples = p->sample_count,
                           .width = p->width,
                           .spoken = f->text.unspoken ? WP_UNSPOKEN : WP_SPOKEN};
}

enum wp_status wp_finder_take_record(struct wp_finder *f, const struct wp_view *view,
                                     const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                     struct wp_stored_record *stored, struct wp_error *err) {
    WP_TRY(wp_profiles_record(&f->profiles, view, store, number, row, stored, err));
    return wp_finder_take(f, &stored->record, row->owner, row->date, err);
}

enum wp_status wp_finder_take_stored(struct wp_finder *f, const struct wp_view *view,
                                     const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                     struct wp_error *err) {
    struct wp_compared article;
    WP_TRY(wp_profiles_get(&f->profiles, view, store, number, row, &article, err));
    uint32_t count = article.stream.count;
    if (wp_finder_room(&f->shingles, &f->shingle_cap, count) != WP_OK) return wp_finder_no_memory(err);
    if (count) memcpy(f->shingles, article.shingles, count * sizeof *f->shingles);
    f->text = article;
    f->text.stream.shingles = f->text.shingles = f->shingles;
    f->title = row->title;
    f->owner = row->owner;
    f->date = row->date;
    f->print.exact = row->exact;
    f->print.tokens = row->tokens;
    f->print.shingles = row->shingles;
    f->print.width = row->width;
    f->print.sample_count = 0;
    enum wp_status status = wp_finder_mask(f, view, err);
    f->known = *article.furniture;
    f->text.furniture = &f->known;
    return status;
}

static int compare_matches(const void *x, const void *y) {
    const struct wp_found_match *a = x, *b = y;
    bool exact_a = a->relation == WP_RELATION_EXACT, exact_b = b->relation == WP_RELATION_EXACT;
    double coverage_a = wp_overlap_coverage(&a->overlap), coverage_b = wp_overlap_coverage(&b->overlap);
    if (exact_a != exact_b) return exact_a ? -1 : 1;
    if (coverage_a != coverage_b) return coverage_a > coverage_b ? -1 : 1;
    if (a->overlap.covered_a != b->overlap.covered_a)
        return a->overlap.covered_a > b->overlap.covered_a ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

enum wp_status wp_finder_search(struct wp_finder *f, const struct wp_view *view, const struct wp_store *store,
                                const struct wp_search *search, uint32_t except, struct wp_error *err) {
    f->match_count = 0;
    if (!f->looked_up) WP_TRY(wp_finder_mask(f, view, err));
    if (search->doubts) WP_TRY(wp_finder_doubt(f, view, err));
    if (search->exact_listed && f->print.tokens) WP_TRY(wp_finder_list_exact(f, view, except, err));
    enum wp_status status = wp_finder_meet(f, view, search, err);
    if (status == WP_OK) status = wp_finder_compare_candidates(f, view, store, search, except, err);
    f->candidate_count = 0;
    f->looked_up = NULL;
    if (f->match_count) qsort(f->matches, f->match_count, sizeof *f->matches, compare_matches);
    return status;
}
