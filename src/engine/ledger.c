/* ledger.c - see ledger.h. */
#include "engine/ledger.h"

#include <stdlib.h>
#include <string.h>
#include "engine/known.h"
#include "engine/shelf.h"

/* Shingles of a passage; longer runs make several. */
#define RUN_SHINGLES_MAX 4096u
#define SHINGLE_MASK (((uint64_t)1 << WP_FURNITURE_SHINGLE_BITS) - 1)
#define NO_DATE INT64_MAX /* the latest there is, so that the least of several is found */

void wp_ledger_release(struct wp_ledger *l) {
    wp_free(l->lines.items);
    wp_free(l->known);
    wp_free(l->met);
    *l = (struct wp_ledger){0};
}

uint64_t wp_ledger_print(const uint64_t *shingles, size_t count) {
    uint64_t print = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t pair[2] = {print, shingles[i] & SHINGLE_MASK};
        print = wp_hash64(pair, sizeof pair);
    }
    return print;
}

static int64_t earlier_of(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t known_date(int64_t date) {
    return date == NO_DATE ? WP_DATE_UNKNOWN : date;
}

/* ---- what was met ---- */

static int compare_met(const void *x, const void *y) {
    const struct wp_furniture_met *a = x, *b = y;
    if (a->owner != b->owner) return a->owner < b->owner ? -1 : 1;
    return a->shingle < b->shingle ? -1 : a->shingle > b->shingle;
}

/* One of each owner and shingle. */
static void merge_met(struct wp_ledger *l) {
    size_t kept = 0;
    for (size_t i = 0; i < l->met_count; i++) {
        struct wp_furniture_met *last = kept ? &l->met[kept - 1] : NULL;
        if (!last || compare_met(last, &l->met[i]) != 0) {
            l->met[kept++] = l->met[i];
            continue;
        }
        last->articles += l->met[i].articles;
        last->first_seen = earlier_of(last->first_seen, l->met[i].first_seen);
    }
    l->met_count = kept;
}

static enum wp_status take_met(struct wp_run *run, struct wp_error *err) {
    struct wp_ledger *l = &run->ledger;
    size_t total = 0;
    for (size_t part = 0; part < WP_EXAMPLE_PARTS; part++) total += wp_parts_count(&run->met, part);
    l->met = wp_alloc(total, sizeof *l->met);
    if (!l->met) return WP_ENOMEM;
    for (size_t part = 0; part < WP_EXAMPLE_PARTS; part++) {
        size_t count = wp_parts_count(&run->met, part);
        WP_TRY(wp_parts_take(&run->met, part, l->met + l->met_count, err));
        l->met_count += count;
    }
    if (l->met_count) qsort(l->met, l->met_count, sizeof *l->met, compare_met);
    merge_met(l);
    return WP_OK;
}

/* Adds what was met of a shingle. */
static void look_up(const struct wp_ledger *l, uint32_t owner, uint64_t shingle, struct wp_known_met *sum) {
    struct wp_furniture_met key = {.owner = owner, .shingle = shingle}, *met = NULL;
    if (l->met_count) met = bsearch(&key, l->met, l->met_count, sizeof *l->met, compare_met);
    if (!met) return;
    if (met->articles > sum->articles) sum->articles = met->articles;
    sum->first_seen = earlier_of(sum->first_seen, met->first_seen);
}

enum wp_status wp_ledger_begin(struct wp_run *run, struct wp_error *err) {
    struct wp_ledger *l = &run->ledger;
    const struct wp_known *known = run->settings.known;
    enum wp_status status = take_met(run, err);
    if (status == WP_OK && known) {
        l->known = wp_alloc(known->count, sizeof *l->known);
        if (!l->known) status = WP_ENOMEM;
    }
    if (status == WP_ENOMEM) return wp_fail(err, status, "out of memory");
    for (size_t i = 0; status == WP_OK && known && i < known->count; i++) {
        const struct wp_known_line *line = &known->lines[i];
        struct wp_known_met sum = {0, NO_DATE};
        for (uint32_t s = 0; s < line->shingles; s++)
            look_up(l, line->owner, known->shingles[line->first + s], &sum);
        l->known[i] = (struct wp_known_met){sum.articles, known_date(sum.first_seen)};
    }
    return status;
}

/* ---- passages ---- */

/* What is known of a learnt shingle. */
struct shingle_facts {
    uint32_t articles, last; /* of those on the shelf that have it; number of the last one */
    int64_t first_seen;
    bool held; /* stands in a passage */
};

/* Learnt shingles in a row, in an article of the shelf. */
struct stretch {
    uint32_t article, first, count;
};

struct entering {
    struct wp_run *run;
    const struct wp_shelf *shelf;
    const struct wp_learnt *learnt;
    size_t count;
    struct shingle_facts *facts; /* by learnt shingle */
    struct stretch *stretches;
    size_t stretch_count, stretch_cap;
};

/* The number of a shingle among the learnt, or count. */
static size_t number_of(const struct entering *e, uint64_t shingle) {
    size_t low = 0, high = e->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (e->learnt[mid].shingle < shingle)
            low = mid + 1;
        else
            high = mid;
    }
    return low < e->count && e->learnt[low].shingle == shingle ? low : e->count;
}

static void note(struct shingle_facts *f, uint32_t article, int64_t date) {
    if (f->last == article + 1) return;
    f->last = article + 1;
    f->articles++;
    if (date != WP_DATE_UNKNOWN) f->first_seen = earlier_of(f->first_seen, date);
}

static enum wp_status scan_article(struct entering *e, uint32_t number) {
    const struct wp_shelved *a = &e->shelf->articles[number];
    const uint64_t *shingles = e->shelf->shingles + a->offset;
    struct stretch run = {.article = number};
    for (uint32_t i = 0; i <= a->row.shingles; i++) {
        size_t at = i < a->row.shingles ? number_of(e, shingles[i]) : e->count;
        if (at < e->count) {
            note(&e->facts[at], number, a->row.date);
            if (!run.count++) run.first = i;
        }
        if (!run.count || (at < e->count && run.count < RUN_SHINGLES_MAX)) continue;
        WP_TRY(WP_GROW(e->stretches, e->stretch_count, e->stretch_cap)); /* no more than the shelf holds */
        e->stretches[e->stretch_count++] = run;
        run.count = 0;
    }
    return WP_OK;
}

/* The longest first. */
static int compare_stretches(const void *x, const void *y) {
    const struct stretch *a = x, *b = y;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    if (a->article != b->article) return a->article < b->article ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* Cuts what is held already off both ends. */
static void trim(const struct entering *e, const uint64_t *shingles, struct stretch *s) {
    while (s->count && e->facts[number_of(e, shingles[s->first])].held) s->first++, s->count--;
    while (s->count && e->facts[number_of(e, shingles[s->first + s->count - 1])].held) s->count--;
}

static enum wp_status enter_stretch(struct entering *e, struct stretch s, struct wp_ledger_lines *lines) {
    const struct wp_shelved *a = &e->shelf->articles[s.article];
    const uint64_t *shingles = e->shelf->shingles + a->offset;
    struct wp_known_met sum = {0, NO_DATE};
    trim(e, shingles, &s);
    if (!s.count) return WP_OK;
    if (lines->count >= WP_KNOWN_LINES_MAX) {
        lines->left_out++;
        return WP_OK;
    }
    for (uint32_t i = s.first; i < s.first + s.count; i++) {
        struct shingle_facts *f = &e->facts[number_of(e, shingles[i])];
        f->held = true;
        if (f->articles > sum.articles) sum.articles = f->articles;
        sum.first_seen = earlier_of(sum.first_seen, f->first_seen);
        look_up(&e->run->ledger, e->learnt->owner, shingles[i], &sum);
    }
    WP_TRY(WP_GROW(lines->items, lines->count, lines->cap));
    lines->items[lines->count++] =
        (struct wp_ledger_line){.owner = e->learnt->owner,
                                .rank = a->rank,
                                .first = s.first,
                                .tokens = s.count + a->row.width - 1,
                                .print = wp_ledger_print(shingles + s.first, s.count),
                                .articles = sum.articles,
                                .first_seen = known_date(sum.first_seen),
                                .span = a->row.width};
    return WP_OK;
}

static enum wp_status enter(struct entering *e, struct wp_ledger_lines *lines) {
    e->facts = wp_alloc(e->count, sizeof *e->facts);
    if (!e->facts) return WP_ENOMEM;
    for (size_t i = 0; i < e->count; i++)
        e->facts[i] = (struct shingle_facts){
            .first_seen = NO_DATE,
            .held = wp_furniture_has(&e->run->furniture, e->learnt[i].owner, e->learnt[i].shingle)};
    for (uint32_t a = 0; a < e->shelf->count; a++) WP_TRY(scan_article(e, a));
    if (e->stretch_count) qsort(e->stretches, e->stretch_count, sizeof *e->stretches, compare_stretches);
    for (size_t i = 0; i < e->stretch_count; i++) WP_TRY(enter_stretch(e, e->stretches[i], lines));
    return WP_OK;
}

enum wp_status wp_ledger_enter(struct wp_run *run, const struct wp_shelf *shelf,
                               const struct wp_learnt *learnt, size_t count, struct wp_ledger_lines *lines) {
    struct entering e = {.run = run, .shelf = shelf, .learnt = learnt, .count = count};
    if (!count) return WP_OK;
    enum wp_status status = enter(&e, lines);
    wp_free(e.facts);
    wp_free(e.stretches);
    return status;
}

static int compare_lines(const void *x, const void *y) {
    const struct wp_ledger_line *a = x, *b = y;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    if (a->first != b->first) return a->first < b->first ? -1 : 1;
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

enum wp_status wp_ledger_end(struct wp_run *run, struct wp_ledger_lines *lists, size_t count) {
    struct wp_ledger *l = &run->ledger;
    struct wp_ledger_lines *all = &l->lines;
    wp_free(l->met);
    l->met = NULL;
    l->met_count = 0;
    for (size_t part = 0; part < count; part++) {
        all->left_out += lists[part].left_out;
        for (size_t i = 0; i < lists[part].count; i++) {
            if (all->count >= WP_KNOWN_LINES_MAX) {
                all->left_out++;
                continue;
            }
            WP_TRY(WP_GROW(all->items, all->count, all->cap));
            all->items[all->count++] = lists[part].items[i];
        }
    }
    if (all->count) qsort(all->items, all->count, sizeof *all->items, compare_lines);
    return WP_OK;
}
