/*
 * repair_keys.c - numbers and records that belong together by the lists of keys. See salvage.h.
 *
 * A segment whose rows are damaged still says, in its lists of ids and of texts, which number has which 40
 * bits of either hash. Both are made from a record again, and who has both is the article.
 */
#include <stdlib.h>
#include "base/memory.h"
#include "index/salvage.h"

/* What the lists say of a number. */
struct described {
    uint64_t id, exact;
    uint32_t number;
    bool has_id, has_exact;
};

struct matching {
    struct wp_salvage *s;
    const struct wp_salvaged_run *run;
    struct described *items; /* by number first, then sorted */
    size_t count;
};

/* Takes in what of a list is sound. */
static enum wp_status read_list(struct matching *m, const struct wp_index_segment *segment,
                                enum wp_key_kind kind, struct wp_error *err) {
    struct wp_key_cursor cursor;
    struct wp_error why = {0};
    uint64_t key;
    uint32_t article;
    enum wp_status status;
    wp_key_cursor_init(&cursor, &segment->keys[kind]);
    while ((status = wp_key_cursor_next(&cursor, &key, &article, &why)) == WP_OK) {
        uint32_t place = segment->first + article - m->run->first;
        if (article >= segment->count || place >= m->run->count) continue;
        struct described *d = &m->items[place];
        *(kind == WP_KEY_ID ? &d->id : &d->exact) = key;
        *(kind == WP_KEY_ID ? &d->has_id : &d->has_exact) = true;
    }
    if (status == WP_END || status == WP_EDAMAGED) return WP_OK;
    if (err) *err = why;
    return status;
}

static int compare(const void *x, const void *y) {
    const struct described *a = x, *b = y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    if (a->exact != b->exact) return a->exact < b->exact ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The living numbers of the run that both lists speak of, sorted. */
static enum wp_status describe(struct matching *m, struct wp_error *err) {
    struct wp_salvage *s = m->s;
    for (uint32_t i = 0; i < m->run->count; i++) m->items[i].number = m->run->first + i;
    for (size_t i = 0; i < s->range_count; i++) {
        const struct wp_index_segment *segment = s->ranges[i].segment;
        if (!segment || segment->first >= m->run->first + m->run->count ||
            segment->first + segment->count <= m->run->first)
            continue;
        WP_TRY(read_list(m, segment, WP_KEY_ID, err));
        WP_TRY(read_list(m, segment, WP_KEY_EXACT, err));
    }
    for (uint32_t i = 0; i < m->run->count; i++)
        if (m->items[i].has_id && m->items[i].has_exact && !wp_state_is_dead(s->state, m->items[i].number))
            m->items[m->count++] = m->items[i];
    if (m->count) qsort(m->items, m->count, sizeof *m->items, compare);
    return WP_OK;
}

/* The highest number of these keys that has no record yet, or none. */
static const struct described *find(const struct matching *m, uint64_t id, uint64_t exact) {
    const struct described key = {.id = id, .exact = exact, .number = UINT32_MAX};
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (compare(&m->items[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    while (low-- && m->items[low].id == id && m->items[low].exact == exact)
        if (!m->s->places[m->items[low].number]) return &m->items[low];
    return NULL;
}

/* From the last record on: of a text that came and went and came again the last one is the living. */
static enum wp_status match(struct matching *m, struct wp_error *err) {
    struct wp_salvage *s = m->s;
    for (uint64_t at = m->run->end; at-- > m->run->begin;) {
        struct wp_made_article made;
        struct wp_error why = {0};
        if (wp_bits_get(&s->taken, at)) continue;
        enum wp_status status = wp_salvage_make(s, at, &made, &why);
        if (status == WP_EDAMAGED) continue;
        if (status != WP_OK) return wp_fail(err, status, "%s", why.reason);
        const struct described *d = find(m, made.row.id.low & WP_KEY_MASK, made.row.exact.low & WP_KEY_MASK);
        if (!d) continue;
        s->places[d->number] = at + 1;
        wp_bits_set(&s->taken, at);
    }
    return WP_OK;
}

enum wp_status wp_salvage_match_keys(struct wp_salvage *s, const struct wp_salvaged_run *run,
                                     struct wp_error *err) {
    struct matching m = {.s = s, .run = run};
    m.items = wp_zalloc(run->count, sizeof *m.items);
    if (!m.items) return wp_salvage_no_memory(err);
    enum wp_status status = describe(&m, err);
    if (status == WP_OK && m.count) status = match(&m, err);
    wp_free(m.items);
    return status;
}
