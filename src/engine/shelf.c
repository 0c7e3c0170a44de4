/* shelf.c - see shelf.h. */
#include "engine/shelf.h"

#include <string.h>
#include "base/memory.h"
#include "base/sort.h"
#include "engine/reread.h"

enum {
    TABLE_BITS = 16, /* twice the articles */
    ORDER_BITS = 15, /* enough for the articles; a reference has the other 49 */
    GAP_BYTES = 4096,
    RUN_BYTES = 128 << 10,
};
#define ORDER_MASK (((uint64_t)1 << ORDER_BITS) - 1)

_Static_assert(WP_SHELF_ARTICLES <= 1 << ORDER_BITS, "an article's number fits");

enum wp_status wp_shelf_init(struct wp_shelf *s, struct wp_run *run) {
    *s = (struct wp_shelf){.run = run, .unpack = wp_stream_unpack_choose(wp_cpu_level())};
    s->articles = wp_alloc(WP_SHELF_ARTICLES, sizeof *s->articles);
    s->table = wp_zalloc((size_t)1 << TABLE_BITS, sizeof *s->table);
    s->shingles = wp_alloc_large(WP_SHELF_SHINGLES * sizeof *s->shingles);
    s->order = wp_alloc(2 * (size_t)WP_SHELF_ARTICLES, sizeof *s->order);
    s->cap = WP_SHELF_SHINGLES;
    if (s->articles && s->table && s->shingles && s->order) return WP_OK;
    wp_shelf_release(s);
    return WP_ENOMEM;
}

void wp_shelf_release(struct wp_shelf *s) {
    wp_free(s->articles);
    wp_free(s->table);
    wp_free(s->shingles);
    wp_free(s->order);
    wp_buffer_release(&s->packed);
    wp_buffer_release(&s->masks);
    wp_rereader_free(s->rereader);
    *s = (struct wp_shelf){0};
}

void wp_shelf_clear(struct wp_shelf *s) {
    for (uint32_t i = 0; i < s->count; i++) s->table[s->articles[i].place] = 0;
    s->count = s->loaded = s->cleaned = 0;
    s->used = 0;
}

/* The table's place for a rank: where it stands or would stand. */
static uint32_t place_of(const struct wp_shelf *s, uint32_t rank) {
    uint32_t at = rank * 0x9E3779B1u >> (32 - TABLE_BITS);
    while (s->table[at] && s->articles[s->table[at] - 1].rank != rank)
        at = (at + 1) & ((1u << TABLE_BITS) - 1);
    return at;
}

struct wp_shelved *wp_shelf_find(const struct wp_shelf *s, uint32_t rank) {
    uint32_t number = s->table[place_of(s, rank)];
    return number ? &s->articles[number - 1] : NULL;
}

bool wp_shelf_put(struct wp_shelf *s, uint32_t rank, const struct wp_article_row *row) {
    uint32_t place = place_of(s, rank);
    if (s->table[place]) return true;
    bool fits = s->count < WP_SHELF_ARTICLES && s->used + row->shingles <= WP_SHELF_SHINGLES;
    if (!fits && (s->loaded || s->count >= 2)) return false; /* a single pair always fits an empty shelf */
    s->articles[s->count++] =
        (struct wp_shelved){.rank = rank, .place = place, .offset = s->used, .row = *row};
    s->used += row->shingles;
    s->table[place] = s->count;
    return true;
}

static enum wp_status make_room(struct wp_shelf *s) {
    uint64_t want = s->used > WP_SHELF_SHINGLES ? s->used : WP_SHELF_SHINGLES;
    if (s->loaded || (s->cap >= want && s->cap <= 2 * want)) return WP_OK;
    wp_free(s->shingles);
    s->cap = 0;
    s->shingles = wp_alloc_large(want * sizeof *s->shingles);
    if (!s->shingles) return WP_ENOMEM;
    s->cap = want;
    return WP_OK;
}

/* Articles of a group stand close together in the order of reading, and so do their streams: what lies in one
 * chunk of the store, not too far apart, is fetched by one read. */
static size_t run_length(const struct wp_shelf *s, const uint64_t *order, size_t count, uint64_t *bytes) {
    const struct wp_article_row *first = &s->articles[order[0] & ORDER_MASK].row;
    uint64_t begin = first->stream_ref, end = begin + (uint64_t)first->shingles * WP_STREAM_BYTES;
    size_t n = 1;
    for (; n < count; n++) {
        const struct wp_article_row *row = &s->articles[order[n] & ORDER_MASK].row;
        uint64_t next = row->stream_ref + (uint64_t)row->shingles * WP_STREAM_BYTES;
        bool near = row->stream_ref <= end + GAP_BYTES && next - begin <= RUN_BYTES;
        if (!near || !wp_blobs_same_chunk(begin, row->stream_ref)) break;
        end = next;
    }
    *bytes = end - begin;
    return n;
}

static enum wp_status load_run(struct wp_shelf *s, const uint64_t *order, size_t count, uint64_t bytes,
                               struct wp_error *err) {
    uint64_t begin = s->articles[order[0] & ORDER_MASK].row.stream_ref;
    s->packed.len = 0;
    if (wp_buffer_reserve(&s->packed, bytes, SIZE_MAX) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory for the texts to compare");
    const uint8_t *packed = wp_blobs_get(&s->run->streams, begin, bytes, s->packed.data, err);
    if (!packed) return err->status;
    for (size_t i = 0; i < count; i++) {
        const struct wp_shelved *a = &s->articles[order[i] & ORDER_MASK];
        s->unpack(s->shingles + a->offset, packed + (a->row.stream_ref - begin), a->row.shingles);
    }
    return WP_OK;
}

static enum wp_status load_kept(struct wp_shelf *s, struct wp_error *err) {
    size_t n = 0;
    for (uint32_t i = s->loaded; i < s->count; i++)
        if (!s->articles[i].row.line_bytes) s->order[n++] = s->articles[i].row.stream_ref << ORDER_BITS | i;
    const uint64_t *order = wp_sort64(s->order, s->order + WP_SHELF_ARTICLES, n);
    for (size_t i = 0, taken; i < n; i += taken) {
        uint64_t bytes;
        if (atomic_load_explicit(&s->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        taken = run_length(s, order + i, n - i, &bytes);
        WP_TRY(load_run(s, order + i, taken, bytes, err));
    }
    return WP_OK;
}

/* By rank, that is, as they lie in their files. */
static enum wp_status load_again(struct wp_shelf *s, struct wp_error *err) {
    size_t n = 0;
    for (uint32_t i = s->loaded; i < s->count; i++)
        if (s->articles[i].row.line_bytes) s->order[n++] = (uint64_t)s->articles[i].rank << ORDER_BITS | i;
    const uint64_t *order = wp_sort64(s->order, s->order + WP_SHELF_ARTICLES, n);
    if (n && !s->rereader) WP_TRY(wp_rereader_new(&s->rereader, s->run, err));
    for (size_t i = 0; i < n; i++) {
        const struct wp_shelved *a = &s->articles[order[i] & ORDER_MASK];
        if (atomic_load_explicit(&s->run->cancel, memory_order_relaxed)) return WP_ECANCELED;
        WP_TRY(wp_reread_shingles(s->rereader, a->rank, &a->row, s->shingles + a->offset, err));
    }
    return WP_OK;
}

enum wp_status wp_shelf_load(struct wp_shelf *s, struct wp_error *err) {
    if (make_room(s) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory for the texts to compare");
    WP_TRY(load_kept(s, err));
    WP_TRY(load_again(s, err));
    s->loaded = s->count;
    return WP_OK;
}

static struct wp_beside beside(const struct wp_shelf *s, const struct wp_shelved *a) {
    return (struct wp_beside){&s->run->furniture, a->row.owner, a->row.wire.head, a->row.wire.tail, NULL};
}

static bool has_mask(const struct wp_shelf *s, const struct wp_shelved *a) {
    struct wp_beside b = beside(s, a);
    return wp_beside_any(&b);
}

static void take_out(struct wp_shelf *s, uint32_t number) {
    struct wp_shelved *a = &s->articles[number];
    struct wp_beside b = beside(s, a);
    memset(a->mask.tokens, 0, a->row.tokens + WP_MASK_SLACK);
    wp_beside_take_out(&b, s->shingles + a->offset, a->row.tokens, a->row.width, number, &a->mask);
}

/* Gives the articles that have none yet their places among the masks; all get new ones when the masks have
 * moved. */
static enum wp_status place_masks(struct wp_shelf *s) {
    size_t bytes = 0, before = s->cleaned ? s->masks.len : 0;
    const uint8_t *where = s->masks.data;
    for (uint32_t i = s->cleaned; i < s->loaded; i++)
        if (has_mask(s, &s->articles[i])) bytes += s->articles[i].row.tokens + WP_MASK_SLACK;
    s->masks.len = before;
    WP_TRY(wp_buffer_reserve(&s->masks, bytes, SIZE_MAX));
    s->masks.len = before + bytes;
    bool moved = s->masks.data != where;
    uint8_t *at = moved ? s->masks.data : s->masks.data + before;
    for (uint32_t i = moved ? 0 : s->cleaned; i < s->loaded; i++) {
        if (!has_mask(s, &s->articles[i])) continue;
        s->articles[i].mask.tokens = at;
        at += s->articles[i].row.tokens + WP_MASK_SLACK;
    }
    return WP_OK;
}

enum wp_status wp_shelf_take_out(struct wp_shelf *s, struct wp_error *err) {
    if (place_masks(s) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory for the texts to compare");
    for (; s->cleaned < s->loaded; s->cleaned++)
        if (s->articles[s->cleaned].mask.tokens) take_out(s, s->cleaned);
    return WP_OK;
}

struct wp_stream wp_shelf_stream(const struct wp_shelf *s, const struct wp_shelved *a) {
    return (struct wp_stream){.shingles = s->shingles + a->offset,
                              .count = a->row.shingles,
                              .tokens = a->row.tokens,
                              .width = a->row.width,
                              .distinct = a->distinct,
                              .mask = wp_mask_if_any(&a->mask, a->row.tokens)};
}
