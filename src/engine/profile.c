/* profile.c - see profile.h. */
#include "engine/profile.h"

#include <string.h>
#include "engine/heading.h"
#include "engine/look.h"
#include "engine/shelf.h"

enum {
    AREA_BYTES = 16, /* that an allocation takes besides */
    CACHE_LINE = 64,
    PREFETCH_BYTES = 4 << 10, /* of a stream: from there on it is read fast enough by itself */
};

enum wp_status wp_profiles_init(struct wp_profiles *p, size_t slots, struct wp_error *err) {
    *p = (struct wp_profiles){.slot_count = slots, .bytes = slots * sizeof *p->slots};
    if (wp_fingerprinter_new(&p->printer) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    enum wp_cpu cpu = wp_tokenizer_cpu(wp_fingerprinter_tokenizer(p->printer));
    p->pack = wp_stream_pack_choose(cpu);
    p->unpack = wp_stream_unpack_choose(cpu);
    p->slots = wp_zalloc(slots, sizeof *p->slots);
    if (!p->slots) return wp_fail(err, WP_ENOMEM, "out of memory");
    return WP_OK;
}

void wp_profiles_release(struct wp_profiles *p) {
    for (size_t i = 0; p->slots && i < p->slot_count; i++) {
        wp_free(p->slots[i].data);
    }
    wp_free(p->slots);
    wp_free(p->shingles);
    wp_text_reader_release(&p->reader);
    wp_stored_reader_release(&p->records);
    wp_fingerprinter_free(p->printer);
    *p = (struct wp_profiles){0};
}

void wp_profiles_clear(struct wp_profiles *p) {
    for (size_t i = 0; i < p->slot_count; i++) p->slots[i].of = 0;
}

static struct wp_profile *slot_of(struct wp_profiles *p, uint32_t number) {
    return &p->slots[number % p->slot_count];
}

void wp_profiles_prefetch(const struct wp_profiles *p, uint32_t number) {
    const char *slot = (const char *)&p->slots[number % p->slot_count];
    for (size_t at = 0; at < sizeof *p->slots; at += CACHE_LINE) __builtin_prefetch(slot + at);
}

void wp_profiles_prefetch_stream(const struct wp_profiles *p, uint32_t number) {
    const struct wp_profile *slot = &p->slots[number % p->slot_count];
    if (slot->of != (uint64_t)number + 1) return;
    size_t bytes = slot->id_len + (size_t)slot->count * WP_STREAM_BYTES;
    for (size_t at = 0; at < bytes && at < PREFETCH_BYTES; at += CACHE_LINE)
        __builtin_prefetch(slot->data + at);
}

static void empty(struct wp_profiles *p, struct wp_profile *slot) {
    if (slot->cap) p->bytes -= slot->cap + AREA_BYTES;
    wp_free(slot->data);
    *slot = (struct wp_profile){0};
}

/* Numbers rise, so that the oldest profiles stand behind the one that was put last, and behind the hand,
 * which putting pushes along: they go first. */
static void keep_within(struct wp_profiles *p, const struct wp_profile *but) {
    for (size_t i = 0; p->bytes_max && p->bytes > p->bytes_max && i < p->slot_count; i++) {
        p->hand = (p->hand + 1) % p->slot_count;
        if (&p->slots[p->hand] != but) empty(p, &p->slots[p->hand]);
    }
}

void wp_profiles_limit(struct wp_profiles *p, size_t bytes) {
    p->bytes_max = bytes;
    keep_within(p, NULL);
}

static enum wp_status fill(struct wp_profiles *p, struct wp_profile *to, const struct wp_compared *of,
                           const uint8_t *id, size_t id_len) {
    const struct wp_stream *stream = &of->stream;
    size_t bytes = id_len + (size_t)stream->count * WP_STREAM_BYTES;
    to->of = 0;
    if (bytes > UINT32_MAX) return WP_ETOOBIG;
    if (bytes > to->cap || bytes < to->cap / 4) {
        empty(p, to);
        to->data = wp_alloc(bytes, 1);
        if (!to->data) return WP_ENOMEM;
        to->cap = (uint32_t)bytes;
        p->bytes += bytes + AREA_BYTES;
        keep_within(p, to);
    }
    if (id_len) memcpy(to->data, id, id_len);
    if (of->packed)
        memcpy(to->data + id_len, of->packed, bytes - id_len);
    else
        p->pack(to->data + id_len, stream->shingles, stream->count);
    to->id_len = (uint32_t)id_len;
    to->count = stream->count;
    to->tokens = stream->tokens;
    to->width = (uint8_t)stream->width;
    to->unspoken = of->unspoken;
    to->wire = of->wire;
    to->figures = of->figures;
    to->furniture = of->furniture ? *of->furniture : (struct wp_known_furniture){0};
    return WP_OK;
}

/* The stream of a kept profile. */
static enum wp_status unpack(struct wp_profiles *p, struct wp_profile *from, struct wp_compared *out) {
    if (from->count > p->shingle_cap) {
        wp_free(p->shingles);
        p->shingles = wp_alloc(from->count, sizeof *p->shingles);
        p->shingle_cap = p->shingles ? from->count : 0;
        if (!p->shingles) return WP_ENOMEM;
    }
    p->unpack(p->shingles, from->data + from->id_len, from->count);
    out->stream = (struct wp_stream){
        .shingles = p->shingles, .count = from->count, .tokens = from->tokens, .width = from->width};
    out->shingles = p->shingles;
    out->wire = from->wire;
    out->unspoken = from->unspoken;
    out->figures = from->figures;
    out->furniture = &from->furniture;
    out->packed = NULL;
    return WP_OK;
}

const uint8_t *wp_profiles_id(const struct wp_profiles *p, uint32_t number, size_t *len) {
    const struct wp_profile *slot = &p->slots[number % p->slot_count];
    if (slot->of != (uint64_t)number + 1) return NULL;
    *len = slot->id_len;
    return slot->data;
}

void wp_profiles_put(struct wp_profiles *p, uint32_t number, const struct wp_compared *of, const uint8_t *id,
                     size_t id_len) {
    struct wp_profile *slot = slot_of(p, number);
    if (number % p->slot_count == (p->hand + 1) % p->slot_count) p->hand = number % p->slot_count;
    if (fill(p, slot, of, id, id_len) == WP_OK) slot->of = (uint64_t)number + 1;
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

/* Makes the profile again from the record. */
static enum wp_status load(struct wp_profiles *p, const struct wp_view *view, const struct wp_store *store,
                           uint32_t number, const struct wp_row *row, struct wp_error *err) {
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
    status = fill(p, slot_of(p, number), &made, stored.record.id, stored.record.id_len);
    if (status != WP_OK) return wp_fail(err, status, "%s", wp_status_text(status));
    slot_of(p, number)->of = (uint64_t)number + 1;
    return WP_OK;
}

enum wp_status wp_profiles_get(struct wp_profiles *p, const struct wp_view *view,
                               const struct wp_store *store, uint32_t number, const struct wp_row *row,
                               struct wp_compared *out, struct wp_error *err) {
    bool kept = slot_of(p, number)->of == (uint64_t)number + 1;
    p->found += kept;
    p->loaded += !kept;
    if (!kept) WP_TRY(load(p, view, store, number, row, err));
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
