/*
 * view_keys.c - looking up keys in a view: see view.h.
 *
 * One key is a handful of cache misses, one behind the other: slot, entry, the entry before that ... in the
 * memtable; directory, entries in each segment. So segments are looked at side by side, and of the thirty
 * keys or so of a text all, step by step, and each step asks for the memory of the next one before it is
 * needed.
 */
#include <string.h>
#include "base/memory.h"
#include "index/seen.h"

enum { SEGMENTS_AT_ONCE = 256, SEGMENTS_TOGETHER = 4 };

/* Articles [begin, end) of a key. */
static enum wp_status put_hits(const struct wp_index_segment *s, enum wp_key_kind kind,
                               const struct wp_key_hits *hits, uint32_t begin, uint32_t end,
                               uint32_t *numbers, uint32_t *given, struct wp_error *err) {
    uint32_t *to = numbers + *given;
    WP_TRY(wp_keys_articles(&s->keys[kind], hits, begin, end, to, err));
    for (uint32_t i = 0; i < end - begin; i++) {
        if (to[i] >= s->count) return wp_fail_file(err, WP_EDAMAGED, s->name, "a key has no article");
        to[i] += s->first;
    }
    *given += end - begin;
    return WP_OK;
}

/* The newest `most` of a memtable's articles of a key, ascending. */
static void put_newest(const struct wp_memtable *m, const struct wp_memtable_entry *e, uint32_t most,
                       uint32_t *numbers, uint32_t *given) {
    uint32_t n = 0, *to = numbers + *given;
    for (; e && n < most; e = wp_memtable_second_before(m, e)) {
        to[n++] = e->number;
        if (e->count > 1 && n < most) to[n++] = e->earlier;
    }
    for (uint32_t i = 0; i < n / 2; i++) {
        uint32_t swap = to[i];
        to[i] = to[n - 1 - i];
        to[n - 1 - i] = swap;
    }
    *given += n;
}

/* The oldest `most` (up to WP_MEMTABLE_FIRST). */
static void put_oldest(const struct wp_memtable *m, const struct wp_memtable_entry *e, uint32_t most,
                       uint32_t *numbers, uint32_t *given) {
    if (!e || !most) return;
    if (e->count > WP_MEMTABLE_FIRST) e = wp_memtable_entry(m, e->oldest);
    while (e->count > most) e = wp_memtable_before(m, e);
    put_newest(m, e, most, numbers, given);
}

/* The last `want` of those in segments. */
static enum wp_status put_last(const struct wp_view *v, enum wp_key_kind kind, const struct wp_key_hits *hits,
                               uint32_t want, uint32_t *numbers, uint32_t *given, struct wp_error *err) {
    size_t i = v->segment_count; /* back to the segment in which they begin */
    uint32_t skip = 0;
    while (want && i) {
        uint32_t n = hits[--i].count;
        skip = n > want ? n - want : 0;
        want -= n - skip;
    }
    for (; i < v->segment_count; i++, skip = 0)
        WP_TRY(put_hits(v->segments[i], kind, &hits[i], skip, hits[i].count, numbers, given, err));
    return WP_OK;
}

static enum wp_status put_both_ends(const struct wp_view *v, enum wp_key_kind kind,
                                    const struct wp_key_hits *hits, const struct wp_memtable_entry *newest,
                                    const struct wp_key_limits *limits, uint32_t *numbers, uint32_t *given,
                                    struct wp_error *err) {
    const struct wp_memtable *m = v->memtable ? v->memtable->table : NULL;
    uint32_t want = limits->first, in_memory = newest ? newest->count : 0;
    for (size_t i = 0; i < v->segment_count && want; i++) {
        uint32_t n = hits[i].count < want ? hits[i].count : want;
        WP_TRY(put_hits(v->segments[i], kind, &hits[i], 0, n, numbers, given, err));
        want -= n;
    }
    if (want) put_oldest(m, newest, want, numbers, given);
    want = limits->near > in_memory ? limits->near - in_memory : 0;
    WP_TRY(put_last(v, kind, hits, want, numbers, given, err));
    put_newest(m, newest, limits->near, numbers, given);
    return WP_OK;
}

/* Of a key that has `total` articles, those that the limits ask for. */
static enum wp_status put_wanted(const struct wp_view *v, enum wp_key_kind kind,
                                 const struct wp_key_hits *hits, const struct wp_memtable_entry *newest,
                                 const struct wp_key_limits *limits, uint64_t total, uint32_t *numbers,
                                 uint32_t *given, struct wp_error *err) {
    if (!total) return WP_OK;
    if (total > limits->all) return put_both_ends(v, kind, hits, newest, limits, numbers, given, err);
    for (size_t i = 0; i < v->segment_count; i++)
        WP_TRY(put_hits(v->segments[i], kind, &hits[i], 0, hits[i].count, numbers, given, err));
    if (newest) put_newest(v->memtable->table, newest, limits->all, numbers, given);
    return WP_OK;
}

/* ---- searching segments ---- */

/* Keys on their way through the segments, of which some are searched side by side. It is large, and most of
 * it is not used: begin_search() does not clear it. */
struct search {
    const struct wp_view *view;
    enum wp_key_kind kind;
    uint32_t count;
    uint64_t keys[WP_KEYS_PER_ARTICLE];
    struct wp_key_look looks[SEGMENTS_TOGETHER][WP_KEYS_PER_ARTICLE];
};

static void begin_search(struct search *s, const struct wp_view *v, enum wp_key_kind kind) {
    s->view = v;
    s->kind = kind;
    s->count = 0;
}

static const struct wp_keys *list_of(const struct search *s, size_t segment) {
    return &s->view->segments[segment]->keys[s->kind];
}

static size_t end_of_group(const struct search *s, size_t first) {
    size_t left = s->view->segment_count - first;
    return first + (left < SEGMENTS_TOGETHER ? left : SEGMENTS_TOGETHER);
}

/* Asks for the directories of segment number `first`, if there is one, and those searched with it. */
static void ask_for_group(const struct search *s, size_t first) {
    for (size_t i = first, end = end_of_group(s, first); i < end; i++)
        wp_keys_prefetch(list_of(s, i), s->keys, s->count);
}

/* Reads these directories, and asks for the blocks. Returns the end of the group. */
static size_t locate_group(struct search *s, size_t first) {
    size_t end = end_of_group(s, first);
    for (size_t i = first; i < end; i++)
        wp_keys_locate(list_of(s, i), s->keys, s->count, s->looks[i - first]);
    return end;
}

/* ---- a key ---- */

static enum wp_status find_one(const struct wp_view *v, enum wp_key_kind kind, uint64_t key,
                               struct wp_key_hits *hits, struct wp_error *err) {
    struct search s;
    begin_search(&s, v, kind);
    s.keys[s.count++] = key & WP_KEY_MASK;
    ask_for_group(&s, 0);
    for (size_t first = 0, end; first < v->segment_count; first = end) {
        end = locate_group(&s, first);
        ask_for_group(&s, end);
        for (size_t i = first; i < end; i++)
            WP_TRY(wp_keys_find_many(list_of(&s, i), s.keys, 1, s.looks[i - first], &hits[i], err));
    }
    return WP_OK;
}

enum wp_status wp_view_find(const struct wp_view *v, enum wp_key_kind kind, uint64_t key,
                            const struct wp_key_limits *limits, uint32_t *numbers, uint32_t *given,
                            uint64_t *total, struct wp_error *err) {
    struct wp_key_hits hits[SEGMENTS_AT_ONCE];
    const struct wp_memtable *m = v->memtable ? v->memtable->table : NULL;
    const struct wp_memtable_entry *newest = m ? wp_memtable_find(m, kind, key, v->end) : NULL;
    *given = 0;
    *total = newest ? newest->count : 0;
    if (v->segment_count > SEGMENTS_AT_ONCE) return wp_fail(err, WP_ETOOBIG, "too many segments");
    WP_TRY(find_one(v, kind, key, hits, err));
    for (size_t i = 0; i < v->segment_count; i++) *total += hits[i].count;
    return put_wanted(v, kind, hits, newest, limits, *total, numbers, given, err);
}

/* ---- many keys ---- */

void wp_key_batch_release(struct wp_key_batch *b) {
    wp_free(b->numbers);
    wp_free(b->ranges);
    *b = (struct wp_key_batch){0};
}

static enum wp_status make_room(struct wp_key_batch *b, size_t room) {
    if (room <= b->room) return WP_OK;
    wp_free(b->numbers);
    b->numbers = wp_alloc(room, sizeof *b->numbers);
    b->room = b->numbers ? room : 0;
    return b->numbers ? WP_OK : WP_ENOMEM;
}

/* The keys that may be there at all. */
static void sort_out(const uint64_t *keys, uint32_t count, struct wp_key_batch *b) {
    b->there_count = 0;
    for (uint32_t i = 0; b->seen && i < count; i++) wp_seen_prefetch(b->seen, keys[i]);
    for (uint32_t i = 0; i < count; i++) {
        b->newest[i] = NULL;
        b->totals[i] = 0;
        b->there[b->there_count] = i;
        b->there_count += !b->seen || wp_seen_may_have(b->seen, keys[i]);
    }
}

/* Adds what was found in a segment to what there is. */
static enum wp_status add_ranges(struct wp_key_batch *b, uint32_t segment, const struct wp_key_hits *hits) {
    while (b->range_cap - b->range_count < b->there_count)
        WP_TRY(wp_grow_((void **)&b->ranges, &b->range_cap, sizeof *b->ranges));
    for (uint32_t i = 0; i < b->there_count; i++) { /* whether one counts is never foreseen */
        uint32_t key = b->there[i];
        b->ranges[b->range_count] = (struct wp_key_range){segment, key, hits[i]};
        b->range_count += hits[i].count != 0;
        b->totals[key] += hits[i].count;
    }
    return WP_OK;
}

/* Where the keys stand in segments; the first group has been asked for. */
static enum wp_status find_in_segments(struct search *s, struct wp_key_batch *b, struct wp_error *err) {
    struct wp_key_hits hits[WP_KEYS_PER_ARTICLE];
    for (size_t first = 0, end; first < s->view->segment_count; first = end) {
        end = locate_group(s, first);
        ask_for_group(s, end);
        for (size_t i = first; i < end; i++) {
            WP_TRY(b->find(list_of(s, i), s->keys, s->count, s->looks[i - first], hits, err));
            if (add_ranges(b, (uint32_t)i, hits) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
        }
    }
    return WP_OK;
}

static void find_in_memtable(const struct wp_view *v, const uint64_t *keys, struct wp_key_batch *b) {
    const struct wp_memtable *m = v->memtable ? v->memtable->table : NULL;
    uint32_t count = m ? b->there_count : 0;
    for (uint32_t i = 0; i < count; i++) wp_memtable_prefetch_slot(m, WP_KEY_SHINGLE, keys[b->there[i]]);
    for (uint32_t i = 0; i < count; i++) wp_memtable_prefetch_entry(m, WP_KEY_SHINGLE, keys[b->there[i]]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = b->there[i];
        b->newest[k] = wp_memtable_find(m, WP_KEY_SHINGLE, keys[k], v->end);
        if (b->newest[k]) b->totals[k] += b->newest[k]->count;
    }
}

/* Settles where the articles of each key go, and makes room for them. */
static enum wp_status lay_out(struct wp_key_batch *b, uint32_t count, const struct wp_key_limits *limits) {
    uint64_t room = 0;
    for (uint32_t i = 0; i < count; i++) {
        b->starts[i] = (uint32_t)room;
        b->listed[i] = 0;
        if (b->totals[i] <= limits->all) room += b->totals[i];
    }
    b->given = (uint32_t)room;
    return make_room(b, room);
}

/* All lists of the memtable that are wanted whole, side by side: one entry of each in turn, which tells two
 * numbers. They are walked from the newest entry on, and an entry knows how many stand before it. */
static void walk_memtable(const struct wp_view *v, uint32_t count, const struct wp_key_limits *limits,
                          struct wp_key_batch *b) {
    const struct wp_memtable *m = v->memtable ? v->memtable->table : NULL;
    const struct wp_memtable_entry *at[WP_KEYS_PER_ARTICLE];
    uint32_t *to[WP_KEYS_PER_ARTICLE], left = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!b->newest[i] || b->totals[i] > limits->all) continue;
        at[left] = b->newest[i];
        to[left++] = b->numbers + b->starts[i] + b->listed[i]; /* behind those of segments */
        b->listed[i] += b->newest[i]->count;
    }
    while (left) {
        uint32_t kept = 0;
        for (uint32_t a = 0; a < left; a++) {
            const struct wp_memtable_entry *e = at[a];
            to[a][e->count - 1] = e->number;
            if (e->count > 1) to[a][e->count - 2] = e->earlier;
            e = wp_memtable_second_before(m, e);
            if (!e) continue;
            __builtin_prefetch(e);
            at[kept] = e;
            to[kept++] = to[a];
        }
        left = kept;
    }
}

enum wp_status wp_view_find_shingles(const struct wp_view *v, const uint64_t *keys, uint32_t count,
                                     const struct wp_key_limits *limits, struct wp_key_batch *b,
                                     struct wp_error *err) {
    struct search search;
    if (v->segment_count > SEGMENTS_AT_ONCE) return wp_fail(err, WP_ETOOBIG, "too many segments");
    if (!b->find) b->find = wp_keys_finder_choose(wp_cpu_level());
    b->given = 0;
    b->range_count = 0;
    sort_out(keys, count, b);
    begin_search(&search, v, WP_KEY_SHINGLE);
    for (; search.count < b->there_count; search.count++)
        search.keys[search.count] = keys[b->there[search.count]] & WP_KEY_MASK;
    ask_for_group(&search, 0);
    find_in_memtable(v, keys, b);
    WP_TRY(find_in_segments(&search, b, err));
    if (lay_out(b, count, limits) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    for (size_t i = 0; i < b->range_count; i++) {
        const struct wp_key_range *r = &b->ranges[i];
        if (b->totals[r->key] > limits->all) continue;
        WP_TRY(put_hits(v->segments[r->segment], WP_KEY_SHINGLE, &r->hits, 0, r->hits.count,
                        b->numbers + b->starts[r->key], &b->listed[r->key], err));
    }
    walk_memtable(v, count, limits, b);
    return WP_OK;
}

/* Where key number `key` stands in each segment. */
static void hits_of(const struct wp_view *v, const struct wp_key_batch *b, uint32_t key,
                    struct wp_key_hits *hits) {
    for (size_t i = 0; i < v->segment_count; i++) hits[i].count = 0;
    for (size_t i = 0; i < b->range_count; i++)
        if (b->ranges[i].key == key) hits[b->ranges[i].segment] = b->ranges[i].hits;
}

/* The same as put_wanted of a list that is at hand. */
static uint32_t copy_wanted(const uint32_t *list, uint32_t count, const struct wp_key_limits *limits,
                            uint32_t *numbers) {
    if (count > limits->all) {
        uint32_t first = limits->first < count ? limits->first : count,
                 near = limits->near < count ? limits->near : count;
        memcpy(numbers, list, first * sizeof *list);
        memcpy(numbers + first, list + count - near, near * sizeof *list);
        return first + near;
    }
    memcpy(numbers, list, count * sizeof *list);
    return count;
}

enum wp_status wp_key_batch_list(const struct wp_view *v, const struct wp_key_batch *b, uint32_t key,
                                 const struct wp_key_limits *limits, uint32_t *numbers, uint32_t *given,
                                 struct wp_error *err) {
    struct wp_key_hits hits[SEGMENTS_AT_ONCE];
    *given = 0;
    if (!b->totals[key]) return WP_OK;
    if (b->listed[key]) {
        *given = copy_wanted(b->numbers + b->starts[key], b->listed[key], limits, numbers);
        return WP_OK;
    }
    hits_of(v, b, key, hits);
    return put_wanted(v, WP_KEY_SHINGLE, hits, b->newest[key], limits, b->totals[key], numbers, given, err);
}
