/* profile.c - see profile.h. */
#include "engine/profile.h"

#include <string.h>
#include "engine/heading.h"
#include "engine/look.h"
#include "engine/shelf.h"

enum {
    CACHE_LINE = 64,
    PREFETCH_BYTES = 4 << 10, /* of a stream: from there on it is read fast enough by itself */
};

static struct wp_profile *slot_of(const struct wp_profiles *p, uint32_t number) {
    return &p->slots[number % p->slot_count];
}

static bool is_kept(const struct wp_profiles *p, uint32_t number) {
    return slot_of(p, number)->of == (uint64_t)number + 1;
}

/* Another one, or a later one of the same article, may stand in the slot by now. */
static void forget(void *self, uint32_t number, const uint8_t *data) {
    struct wp_profile *slot = slot_of(self, number);
    if (slot->data == data) *slot = (struct wp_profile){0};
}

enum wp_status wp_profiles_init(struct wp_profiles *p, size_t bytes, struct wp_error *err) {
    size_t slots = bytes / WP_PROFILE_BYTES;
    *p = (struct wp_profiles){.slot_count = slots ? slots : 1};
    if (wp_fingerprinter_new(&p->printer) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_cpu cpu = wp_tokenizer_cpu(wp_fingerprinter_tokenizer(p->printer));
    p->pack = wp_stream_pack_choose(cpu);
    p->unpack = wp_stream_unpack_choose(cpu);
    p->slots = wp_zalloc(p->slot_count, sizeof *p->slots);
    if (!p->slots || wp_ring_init(&p->ring, bytes - slots * sizeof *p->slots, forget, p) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "out of memory");
    return WP_OK;
}
_Static_assert(sizeof(struct wp_profile) < WP_PROFILE_BYTES, "most of it is for the data");

void wp_profiles_release(struct wp_profiles *p) {
    wp_ring_release(&p->ring);
    wp_free(p->slots);
    wp_free(p->shingles);
    wp_text_reader_release(&p->reader);
    wp_stored_reader_release(&p->records);
    wp_fingerprinter_free(p->printer);
    *p = (struct wp_profiles){0};
}

void wp_profiles_limit(struct wp_profiles *p, size_t bytes) {
    size_t slots = p->slot_count * sizeof *p->slots;
    wp_ring_limit(&p->ring, bytes > slots ? bytes - slots : 0);
}

void wp_profiles_clear(struct wp_profiles *p) {
    for (size_t i = 0; i < p->slot_count; i++) p->slots[i] = (struct wp_profile){0};
    wp_ring_clear(&p->ring);
}

void wp_profiles_prefetch(const struct wp_profiles *p, uint32_t number) {
    const char *slot = (const char *)slot_of(p, number);
    for (size_t at = 0; at < sizeof *p->slots; at += CACHE_LINE) __builtin_prefetch(slot + at);
}

void wp_profiles_prefetch_stream(const struct wp_profiles *p, uint32_t number) {
    const struct wp_profile *slot = slot_of(p, number);
    if (!is_kept(p, number)) return;
    size_t bytes = slot->id_len + (size_t)slot->count * WP_STREAM_BYTES;
    for (size_t at = 0; at < bytes && at < PREFETCH_BYTES; at += CACHE_LINE)
        __builtin_prefetch(slot->data + at);
}

static enum wp_status make_room(struct wp_profiles *p, size_t count) {
    if (count <= p->shingle_cap) return WP_OK;
    wp_free(p->shingles);
    p->shingles = wp_alloc(count, sizeof *p->shingles);
    p->shingle_cap = p->shingles ? count : 0;
    return p->shingles ? WP_OK : WP_ENOMEM;
}

/* The stream of a kept profile. */
static enum wp_status unpack(struct wp_profiles *p, struct wp_profile *from, struct wp_compared *out) {
    WP_TRY(make_room(p, from->count));
    p->unpack(p->shingles, from->data + from->id_len, from->count);
    *out = (struct wp_compared){.stream = {.shingles = p->shingles,
                                           .count = from->count,
                                           .tokens = from->tokens,
                                           .width = from->width},
                                .shingles = p->shingles,
                                .wire = from->wire,
                                .figures = from->figures,
                                .unspoken = from->unspoken,
                                .furniture = &from->furniture};
    return WP_OK;
}

const uint8_t *wp_profiles_id(const struct wp_profiles *p, uint32_t number, size_t *len) {
    if (!is_kept(p, number)) return NULL;
    *len = slot_of(p, number)->id_len;
    return slot_of(p, number)->data;
}

void wp_profiles_put(struct wp_profiles *p, uint32_t number, const struct wp_compared *of, const uint8_t *id,
                     size_t id_len) {
    struct wp_profile *slot = slot_of(p, number);
    const struct wp_stream *stream = &of->stream;
    size_t bytes = (size_t)stream->count * WP_STREAM_BYTES;
    uint8_t *data = id_len > UINT32_MAX ? NULL : wp_ring_put(&p->ring, number, id_len + bytes);
    *slot = (struct wp_profile){0};
    if (!data) return;
    if (id_len) memcpy(data, id, id_len);
    if (of->packed)
        memcpy(data + id_len, of->packed, bytes);
    else
        p->pack(data + id_len, stream->shingles, stream->count);
    *slot = (struct wp_profile){.of = (uint64_t)number + 1,
                                .id_len = (uint32_t)id_len,
                                .count = stream->count,
                                .tokens = stream->tokens,
                                .width = (uint8_t)stream->width,
                                .unspoken = of->unspoken,
                                .data = data,
                                .wire = of->wire,
                                .figures = of->figures};
    if (of->furniture) slot->furniture = *of->furniture;
}

enum wp_status wp_profiles_record(struct wp_profiles *p, const struct wp_view *view,
                                  const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                  struct wp_stored_record *out, struct wp_error *err) {
    const uint8_t *data;
    size_t len;
    if (store)
        WP_TRY(wp_store_record(store, &p->reader, number, row, &data, &len, err));
    else
        WP_TRY(wp_view_record(view, &p->reader, number, row, &data, &len, err));
    enum wp_status status = wp_stored_record_split(out, &p->records, data, len);
    if (status == WP_OK) return WP_OK;
    return wp_fail(err, status, "the record of article %u is not one", number);
}

/* What was just made, ready for comparison as what is kept. */
static enum wp_status copy_shingles(struct wp_profiles *p, const struct wp_compared *made,
                                    struct wp_compared *out) {
    WP_TRY(make_room(p, made->stream.count));
    for (uint32_t i = 0; i < made->stream.count; i++)
        p->shingles[i] = made->stream.shingles[i] & WP_STREAM_MASK;
    *out = *made;
    out->stream.shingles = out->shingles = p->shingles;
    return WP_OK;
}

/* Makes the profile again from the record. */
static enum wp_status load(struct wp_profiles *p, const struct wp_view *view, const struct wp_store *store,
                           uint32_t number, const struct wp_row *row, struct wp_compared *out,
                           struct wp_error *err) {
    struct wp_stored_record stored;
    struct wp_fingerprint print;
    struct wp_title title = {0};
    struct wp_look look;
    const struct wp_look_wants wants = {p->agencies, 0};
    size_t count;
    WP_TRY(wp_profiles_record(p, view, store, number, row, &stored, err));
    enum wp_status status = WP_OK;
    if (row->tokens <= WP_TITLE_SPOKEN_TOKENS)
        status = wp_heading_read(&stored.record, wp_fingerprinter_tokenizer(p->printer), &title);
    if (status == WP_OK)
        status = wp_look_take(p->printer, &wants, stored.record.text, stored.record.text_len, &print, &look);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    if (!wp_hash128_equal(print.exact, row->exact))
        return wp_fail(err, WP_EDAMAGED, "the record of article %u is not the one that was added", number);
    const uint64_t *shingles = wp_fingerprinter_shingles(p->printer, &count);
    struct wp_compared made = {.stream = {.shingles = shingles,
                                          .count = (uint32_t)count,
                                          .tokens = print.tokens,
                                          .width = print.width},
                               .wire = look.wire,
                               .figures = look.figures,
                               .unspoken = !wp_title_spoken(&title, wp_fingerprinter_tokens(p->printer))};
    wp_profiles_put(p, number, &made, stored.record.id, stored.record.id_len);
    if (copy_shingles(p, &made, out) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    p->furniture = (struct wp_known_furniture){0};
    out->furniture = is_kept(p, number) ? &slot_of(p, number)->furniture : &p->furniture;
    return WP_OK;
}

enum wp_status wp_profiles_get(struct wp_profiles *p, const struct wp_view *view,
                               const struct wp_store *store, uint32_t number, const struct wp_row *row,
                               struct wp_compared *out, struct wp_error *err) {
    bool kept = is_kept(p, number);
    p->found += kept;
    p->loaded += !kept;
    if (!kept) return load(p, view, store, number, row, out, err);
    return unpack(p, slot_of(p, number), out) == WP_OK ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
}

enum wp_status wp_profiles_unspoken(struct wp_profiles *p, const struct wp_view *view,
                                    const struct wp_store *store, uint32_t number, const struct wp_row *row,
                                    bool *unspoken, struct wp_error *err) {
    struct wp_compared article = {.unspoken = false};
    *unspoken = row->spoken == WP_UNSPOKEN;
    if (row->spoken != WP_SPOKEN_UNTOLD || row->tokens > WP_TITLE_SPOKEN_TOKENS) return WP_OK;
    WP_TRY(wp_profiles_get(p, view, store, number, row, &article, err));
    *unspoken = article.unspoken;
    return WP_OK;
}
