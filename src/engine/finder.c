/* finder.c - see finder.h. */
#include "engine/finder.h"

#include <stdlib.h>
#include <string.h>
#include "engine/shelf.h"
#include "index/seen.h"

/* The batch run's fan-out of the story rule (engine/run.c). */
const struct wp_search wp_search_adding = {.limits = {.all = 48, .first = 4, .near = 4},
                                           .mixed_share = 0.25,
                                           .own_share = 0.5,
                                           .hits_min = 2,
                                           .compared_max = 64,
                                           .promising_only = true};
/* Whoever asks is shown what the batch run would find, which knows furniture that comes only later: its
 * shares are a little higher, and less of what articles have around them makes them seem no match. */
const struct wp_search wp_search_finding = {.limits = {.all = 2000, .first = 4, .near = 200},
                                            .mixed_share = 0,
                                            .own_share = 0,
                                            .hits_min = 2,
                                            .compared_max = 128,
                                            .promising_only = false,
                                            .measured = true,
                                            .doubts = true,
                                            .excerpt_coverage = 0.25};
const struct wp_search wp_search_passage = {.limits = {.all = 2000, .first = 4, .near = 200},
                                            .mixed_share = 0,
                                            .own_share = 0,
                                            .hits_min = 1,
                                            .compared_max = 128,
                                            .promising_only = false,
                                            .measured = true,
                                            .doubts = true,
                                            .excerpt_coverage = 0.25};

enum { TABLE_MIN = 1024 };
/* Shingles that were taken out of the two texts of a pair must differ. */
enum { TAG_TEXT = 1, TAG_ARTICLE = 2 };
static const struct wp_key_limits exact_limits = {WP_KEY_ALL_MAX, 4, WP_KEY_ALL_MAX - 4};

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

static enum wp_status init(struct wp_finder *f, size_t slots, const struct wp_agency_table *agencies,
                           struct wp_error *err) {
    wp_overlap_base_init(&f->base);
    WP_TRY(wp_rule_parse("story", &f->rule, err));
    WP_TRY(wp_profiles_init(&f->profiles, slots, err));
    f->profiles.agencies = agencies;
    if (wp_fingerprinter_new(&f->printer) != WP_OK) return no_memory(err);
    f->numbers = wp_alloc(WP_KEY_ALL_MAX, sizeof *f->numbers);
    f->table = wp_zalloc(TABLE_MIN, sizeof *f->table);
    f->table_size = TABLE_MIN;
    return f->numbers && f->table ? WP_OK : no_memory(err);
}

enum wp_status wp_finder_new(struct wp_finder **out, size_t slots, const struct wp_agency_table *agencies,
                             struct wp_error *err) {
    struct wp_finder *f = wp_zalloc(1, sizeof *f);
    *out = NULL;
    if (!f) return no_memory(err);
    enum wp_status status = init(f, slots, agencies, err);
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

enum wp_status wp_finder_owner(const struct wp_finder *f, const struct wp_view *view, uint32_t number,
                               uint32_t *owner, struct wp_error *err) {
    struct wp_row row = {.owner = 0};
    *owner = 0;
    if (number < f->owner_count) {
        *owner = f->owners[number];
        return WP_OK;
    }
    enum wp_status status = wp_view_any_row(view, number, &row, err);
    if (status == WP_END) return WP_OK;
    *owner = row.owner;
    return status;
}

/* Room for `count` numbers in an array that is not kept. */
static enum wp_status make_room(uint64_t **array, size_t *cap, size_t count) {
    if (count <= *cap) return WP_OK;
    wp_free(*array);
    *array = wp_alloc(count, sizeof **array);
    *cap = *array ? count : 0;
    return *array ? WP_OK : WP_ENOMEM;
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
    if (make_room(&f->shingles, &f->shingle_cap, count) != WP_OK) return no_memory(err);
    wp_stream_unpack(f->shingles, packed, count);
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
                           .width = p->width};
}

enum wp_status wp_finder_take_stored(struct wp_finder *f, const struct wp_view *view,
                                     const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                     struct wp_error *err) {
    struct wp_compared article;
    WP_TRY(wp_profiles_get(&f->profiles, view, store, number, row, &article, err));
    uint32_t count = article.stream.count;
    if (make_room(&f->shingles, &f->shingle_cap, count) != WP_OK) return no_memory(err);
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

/* ---- furniture ---- */

static size_t *learnt_by(struct wp_finder *f, uint32_t owner) {
    return &f->learnt[owner * 2654435769u >> 20];
}
_Static_assert(WP_FINDER_OWNERS == 1 << (32 - 20), "the bits that are left of an owner's hash");

static enum wp_status take_furniture(struct wp_finder *f, const struct wp_view *view) {
    const struct wp_state *state = view->state;
    if (f->furniture_taken >= state->furniture_count) return WP_OK;
    if (!f->furniture.sieve) WP_TRY(wp_furniture_init(&f->furniture));
    for (; f->furniture_taken < state->furniture_count; f->furniture_taken++) {
        const struct wp_state_furniture *item = &state->furniture[f->furniture_taken];
        uint32_t owner = wp_view_owner(view, item->owner);
        WP_TRY(wp_furniture_add(&f->furniture, owner, item->shingle));
        *(owner == WP_FURNITURE_OF_ALL ? &f->learnt_of_all : learnt_by(f, owner)) = f->furniture_taken + 1;
    }
    return WP_OK;
}

/* Takes the owner's furniture and agency lines out of the shingles of a text: the one at hand or an article,
 * as the tag says. */
static enum wp_status take_out(struct wp_finder *f, struct wp_compared *text, uint32_t owner, uint32_t tag) {
    struct wp_mask *mask = tag == TAG_TEXT ? &f->mask : &f->other_mask;
    size_t *cap = tag == TAG_TEXT ? &f->mask_cap : &f->other_cap;
    struct wp_stream *stream = &text->stream;
    struct wp_known_furniture *known = text->furniture;
    const struct wp_furniture *furniture = f->whole ? NULL : &f->furniture;
    const struct wp_beside beside = {furniture, owner, text->wire.head, text->wire.tail, &known->spans};
    if (!wp_beside_any(&beside)) return WP_OK;
    size_t room = (size_t)stream->tokens + WP_MASK_SLACK;
    if (room > *cap) {
        wp_free(mask->tokens);
        mask->tokens = wp_alloc(room, 1);
        *cap = mask->tokens ? room : 0;
        if (!mask->tokens) return WP_ENOMEM;
    }
    memset(mask->tokens, 0, room);
    bool new = !known->of || known->of < *learnt_by(f, owner) || known->of < f->learnt_of_all;
    if (new) known->spans.count = WP_FURNITURE_UNKNOWN;
    known->of = f->furniture_taken;
    wp_beside_take_out(&beside, text->shingles, stream->tokens, stream->width, tag, mask);
    stream->shingles = text->shingles;
    stream->mask = mask;
    return WP_OK;
}

enum wp_status wp_finder_mask(struct wp_finder *f, const struct wp_view *view, struct wp_error *err) {
    enum wp_status status = take_furniture(f, view);
    if (status == WP_OK) status = make_room(&f->masked, &f->masked_cap, f->text.stream.count);
    if (status != WP_OK) return no_memory(err);
    if (f->text.stream.count) memcpy(f->masked, f->shingles, f->text.stream.count * sizeof *f->masked);
    struct wp_compared own = f->text;
    own.shingles = f->masked;
    f->base_set = false;
    f->looked_up = NULL;
    if (take_out(f, &own, f->owner, TAG_TEXT) != WP_OK) return no_memory(err);
    f->own = own.stream;
    f->own.shingles = f->masked;
    f->key_count = 0;
    bool any = f->furniture.count && f->own.mask && f->own.mask->shingles;
    for (uint32_t i = 0; i < f->print.sample_count; i++) {
        uint64_t key = f->print.samples[i];
        bool furniture = any && wp_furniture_has(&f->furniture, f->owner, key & WP_STREAM_MASK);
        f->keys[f->key_count] = key;
        f->key_count += !furniture;
    }
    return WP_OK;
}

enum wp_status wp_finder_exact(struct wp_finder *f, const struct wp_view *view, uint32_t *number,
                               struct wp_row *row, struct wp_error *err) {
    uint32_t given;
    uint64_t total;
    const struct wp_seen *seen = f->batch.seen;
    *number = WP_NUMBER_NONE;
    if (!f->print.tokens) return WP_OK;
    if (seen && !wp_seen_may_have_key(seen, WP_KEY_EXACT, f->print.exact.low)) return WP_OK;
    WP_TRY(
        wp_view_find(view, WP_KEY_EXACT, f->print.exact.low, &exact_limits, f->numbers, &given, &total, err));
    for (uint32_t i = 0; i < given && *number == WP_NUMBER_NONE; i++) {
        enum wp_status status = wp_view_row(view, f->numbers[i], row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (wp_finder_same_text(f, row) && !wp_row_is_banner(view, f->numbers[i], row))
            *number = f->numbers[i];
    }
    return WP_OK;
}

/* Every article that has the same words, whatever of them is furniture, and however few they are. */
static enum wp_status list_exact(struct wp_finder *f, const struct wp_view *view, uint32_t except,
                                 struct wp_error *err) {
    uint32_t given;
    uint64_t total;
    WP_TRY(
        wp_view_find(view, WP_KEY_EXACT, f->print.exact.low, &exact_limits, f->numbers, &given, &total, err));
    for (uint32_t i = 0; i < given; i++) {
        struct wp_found_match m = {.number = f->numbers[i], .relation = WP_RELATION_EXACT};
        enum wp_status status = wp_view_row(view, m.number, &m.row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        if (m.number == except || !wp_finder_same_text(f, &m.row)) continue;
        if (WP_GROW(f->matches, f->match_count, f->match_cap) != WP_OK) return no_memory(err);
        f->matches[f->match_count++] = m;
    }
    return WP_OK;
}

/* ---- counting meetings ---- */

static uint32_t table_slot(const struct wp_finder *f, uint32_t number) {
    uint32_t mask = (uint32_t)f->table_size - 1, s = number * 2654435769u & mask;
    while (f->table[s] && f->candidates[f->table[s] - 1].number != number) s = (s + 1) & mask;
    return s;
}

static enum wp_status grow_table(struct wp_finder *f) {
    uint32_t *table = wp_zalloc(2 * f->table_size, sizeof *table);
    if (!table) return WP_ENOMEM;
    wp_free(f->table);
    f->table = table;
    f->table_size *= 2;
    for (size_t i = 0; i < f->candidate_count; i++) {
        f->candidates[i].slot = table_slot(f, f->candidates[i].number);
        f->table[f->candidates[i].slot] = (uint32_t)i + 1;
    }
    return WP_OK;
}

static enum wp_status count_meetings(struct wp_finder *f, const uint32_t *numbers, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t s = table_slot(f, numbers[i]);
        if (f->table[s]) {
            f->candidates[f->table[s] - 1].hits++;
            continue;
        }
        WP_TRY(WP_GROW(f->candidates, f->candidate_count, f->candidate_cap));
        f->candidates[f->candidate_count] = (struct wp_found_candidate){numbers[i], 1, s};
        f->table[s] = (uint32_t)++f->candidate_count;
        if (2 * f->candidate_count > f->table_size) WP_TRY(grow_table(f));
    }
    return WP_OK;
}

/* The articles of a common key that were given come from one owner: the rest most likely does, too. */
static enum wp_status is_own(const struct wp_finder *f, const struct wp_view *view, const uint32_t *numbers,
                             uint32_t count, bool *own, struct wp_error *err) {
    uint32_t first = 0;
    *own = false;
    for (uint32_t i = 0; i < count && i < 8; i++) {
        uint32_t owner;
        WP_TRY(wp_finder_owner(f, view, numbers[i], &owner, err));
        if (!owner || (first && owner != first)) return WP_OK;
        first = owner;
    }
    *own = first != 0;
    return WP_OK;
}

enum wp_status wp_finder_look_up(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_key_limits *limits, struct wp_error *err) {
    if (f->looked_up == limits) return WP_OK;
    WP_TRY(wp_view_find_shingles(view, f->keys, f->key_count, limits, &f->batch, err));
    f->looked_up = limits;
    return WP_OK;
}

/* Keys with more articles than a search takes whole. */
struct common {
    uint32_t keys[WP_SAMPLES_MAX];
    bool own[WP_SAMPLES_MAX];
    uint32_t count, mixed;
};

static enum wp_status look_up(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                              struct wp_error *err) {
    struct common common = {.count = 0};
    uint32_t given, samples = f->key_count;
    WP_TRY(wp_finder_look_up(f, view, &search->limits, err));
    if (count_meetings(f, f->batch.numbers, f->batch.given) != WP_OK) return no_memory(err);
    for (uint32_t i = 0; i < samples; i++) {
        if (f->batch.totals[i] <= search->limits.all) continue;
        bool *own = &common.own[common.count];
        WP_TRY(wp_key_batch_list(view, &f->batch, i, &search->limits, f->numbers, &given, err));
        WP_TRY(is_own(f, view, f->numbers, given, own, err));
        common.mixed += !*own;
        common.keys[common.count++] = i;
    }
    bool any = common.count && common.count >= search->own_share * samples;
    bool mixed = common.mixed && common.mixed >= search->mixed_share * samples;
    for (uint32_t i = 0; i < common.count; i++) {
        if (!any && (common.own[i] || !mixed)) continue;
        WP_TRY(wp_key_batch_list(view, &f->batch, common.keys[i], &search->limits, f->numbers, &given, err));
        if (count_meetings(f, f->numbers, given) != WP_OK) return no_memory(err);
    }
    return WP_OK;
}

/* Most articles meet the text once and by chance: they are not even sorted. */
static void keep_met(struct wp_finder *f, uint32_t hits_min) {
    size_t kept = 0;
    for (size_t i = 0; i < f->candidate_count; i++) {
        f->candidates[kept] = f->candidates[i];
        kept += f->candidates[i].hits >= hits_min;
    }
    f->candidate_count = kept;
}

static int compare_candidates(const void *x, const void *y) {
    const struct wp_found_candidate *a = x, *b = y;
    if (a->hits != b->hits) return a->hits > b->hits ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* ---- comparing ---- */

/* As engine/verify.c asks it; of the article it is not known how much is furniture, which makes the question
 * a little sharper. */
static bool is_promising(const struct wp_finder *f, const struct wp_row *row, uint32_t hits) {
    struct wp_sampled article = {row->shingles, row->samples, row->shingles};
    struct wp_sampled text = {f->own.count, f->print.sample_count, 0};
    if (text.samples) text.own_shingles = (double)text.shingles * f->key_count / text.samples;
    return wp_rule_may_match_sampled(&f->rule, &text, &article, hits, f->owner && f->owner == row->owner);
}

static enum wp_status add_match(struct wp_finder *f, const struct wp_found_match *match,
                                struct wp_error *err) {
    if (WP_GROW(f->matches, f->match_count, f->match_cap) != WP_OK) return no_memory(err);
    f->matches[f->match_count++] = *match;
    return WP_OK;
}

static struct wp_pair_facts facts_of(const struct wp_finder *f, const struct wp_row *row,
                                     const struct wp_compared *article) {
    return wp_pair_facts_of(&(struct wp_article_facts){.exact = f->print.exact,
                                                       .tokens = f->print.tokens,
                                                       .owner = f->owner,
                                                       .date = f->date,
                                                       .figures = &f->text.figures},
                            &(struct wp_article_facts){.exact = row->exact,
                                                       .tokens = row->tokens,
                                                       .owner = row->owner,
                                                       .date = row->date,
                                                       .figures = &article->figures});
}

/* Is it less than the rule asks of an excerpt, but what the search asks? Never a phrase alone. */
static bool is_enough(const struct wp_finder *f, const struct wp_overlap *o) {
    uint32_t covered = o->covered_a < o->covered_b ? o->covered_a : o->covered_b;
    double coverage = f->search ? f->search->excerpt_coverage : 0;
    return coverage > 0 && wp_overlap_coverage(o) >= coverage &&
           covered >= WP_STORY_EXCERPT_SHINGLES * o->width;
}

/* The article as it is compared: its stream without what does not count. */
static enum wp_status get_article(struct wp_finder *f, const struct wp_view *view,
                                  const struct wp_store *store, const struct wp_found_match *m,
                                  struct wp_compared *out, struct wp_error *err) {
    WP_TRY(wp_profiles_get(&f->profiles, view, store, m->number, &m->row, out, err));
    return take_out(f, out, m->row.owner, TAG_ARTICLE) == WP_OK ? WP_OK : no_memory(err);
}

static enum wp_status count_distinct(struct wp_finder *f, const struct wp_compared *article,
                                     struct wp_overlap *o, struct wp_error *err) {
    enum wp_status status = wp_overlap_count_distinct(&f->base, &article->stream, o);
    return status == WP_OK ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

static enum wp_status set_base(struct wp_finder *f, struct wp_error *err) {
    enum wp_status status = f->base_set ? WP_OK : wp_overlap_base_set(&f->base, &f->own);
    f->base_set = status == WP_OK;
    return f->base_set ? WP_OK : wp_fail(err, status, "%s", wp_status_text(status));
}

/* The longest run tells an excerpt from nothing, and is looked for where that is the question. */
static void judge(const struct wp_finder *f, const struct wp_compared *article, struct wp_found_match *m) {
    struct wp_pair_facts facts = facts_of(f, &m->row, article);
    m->relation = wp_relation_judge(&f->rule, &m->overlap, &facts, &m->gain);
    if (m->relation != WP_RELATION_NONE || m->overlap.longest_run) return;
    wp_overlap_find_run(&f->base, &article->stream, &m->overlap);
    m->relation = wp_relation_judge(&f->rule, &m->overlap, &facts, &m->gain);
}

enum wp_status wp_finder_compare(struct wp_finder *f, const struct wp_view *view,
                                 const struct wp_store *store, struct wp_found_match *m,
                                 struct wp_error *err) {
    struct wp_compared article;
    bool measured = f->search && f->search->measured;
    WP_TRY(get_article(f, view, store, m, &article, err));
    WP_TRY(set_base(f, err));
    enum wp_status status =
        wp_overlap_compare(&f->base, &article.stream, measured ? WP_OVERLAP_RUN : 0, &m->overlap);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    judge(f, &article, m);
    if (m->relation == WP_RELATION_NONE && is_enough(f, &m->overlap)) m->relation = WP_RELATION_EXCERPT;
    if (m->relation == WP_RELATION_NONE || !measured) return WP_OK;
    return count_distinct(f, &article, &m->overlap, err);
}

enum wp_status wp_finder_count_distinct(struct wp_finder *f, const struct wp_view *view,
                                        const struct wp_store *store, struct wp_found_match *m,
                                        struct wp_error *err) {
    struct wp_compared article;
    if (m->overlap.distinct_b) return WP_OK;
    WP_TRY(get_article(f, view, store, m, &article, err));
    return count_distinct(f, &article, &m->overlap, err);
}

/* The rows of candidates that are to be compared, best first, as matches that are not compared yet. */
static enum wp_status choose(struct wp_finder *f, const struct wp_view *view, const struct wp_search *search,
                             uint32_t except, struct wp_error *err) {
    uint32_t compared = 0;
    for (size_t i = 0; i < f->candidate_count && i < search->compared_max; i++) {
        wp_view_prefetch_row(view, f->candidates[i].number);
        wp_profiles_prefetch(&f->profiles, f->candidates[i].number);
    }
    for (size_t i = 0; i < f->candidate_count && compared < search->compared_max; i++) {
        const struct wp_found_candidate *c = &f->candidates[i];
        struct wp_found_match m = {.number = c->number};
        if (c->number == except) continue;
        enum wp_status status = wp_view_row(view, c->number, &m.row, err);
        if (status == WP_END) continue;
        WP_TRY(status);
        bool listed = search != &wp_search_adding && wp_finder_same_text(f, &m.row); /* by list_exact */
        if (m.row.width != f->print.width || listed) continue;
        if (search->promising_only && !is_promising(f, &m.row, c->hits)) continue;
        if (!search->doubts && wp_row_is_banner(view, c->number, &m.row)) continue;
        WP_TRY(add_match(f, &m, err));
        compared++;
    }
    return WP_OK;
}

/* Compares those that were chosen, from number `first` on. Those that match come first then, up to *end. The
 * next one's shingles are fetched while the base is set, or one is compared. */
static enum wp_status compare_all(struct wp_finder *f, const struct wp_view *view,
                                  const struct wp_store *store, size_t first, size_t *end,
                                  struct wp_error *err) {
    *end = first;
    if (first == f->match_count) return WP_OK;
    wp_profiles_prefetch_stream(&f->profiles, f->matches[first].number);
    WP_TRY(set_base(f, err));
    for (size_t i = first; i < f->match_count; i++) {
        struct wp_found_match m = f->matches[i];
        if (i + 1 < f->match_count) wp_profiles_prefetch_stream(&f->profiles, f->matches[i + 1].number);
        WP_TRY(wp_finder_compare(f, view, store, &m, err));
        if (m.relation == WP_RELATION_NONE) continue;
        f->matches[i] = f->matches[*end];
        f->matches[(*end)++] = m;
    }
    return WP_OK;
}

/* What has not matched, from number `first` on, may share what is taken for furniture by mistake. */
static enum wp_status compare_whole(struct wp_finder *f, const struct wp_view *view,
                                    const struct wp_store *store, size_t first, size_t *end,
                                    struct wp_error *err) {
    if (first == f->match_count || !f->furniture.count) return WP_OK;
    f->whole = true;
    enum wp_status status = wp_finder_mask(f, view, err);
    if (status == WP_OK) status = compare_all(f, view, store, first, end, err);
    f->whole = false;
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
    if (search != &wp_search_adding && f->print.tokens) WP_TRY(list_exact(f, view, except, err));
    enum wp_status status = look_up(f, view, search, err);
    for (size_t i = 0; i < f->candidate_count; i++) f->table[f->candidates[i].slot] = 0;
    keep_met(f, search->hits_min);
    if (status == WP_OK && f->candidate_count) {
        qsort(f->candidates, f->candidate_count, sizeof *f->candidates, compare_candidates);
        f->search = search;
        size_t end = f->match_count;
        status = choose(f, view, search, except, err);
        if (status == WP_OK) status = compare_all(f, view, store, end, &end, err);
        if (status == WP_OK && search->doubts) status = compare_whole(f, view, store, end, &end, err);
        f->match_count = end;
        f->search = NULL;
    }
    f->candidate_count = 0;
    f->looked_up = NULL;
    if (f->match_count) qsort(f->matches, f->match_count, sizeof *f->matches, compare_matches);
    return status;
}
