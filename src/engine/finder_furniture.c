/* finder_furniture.c - what of a text does not count: its owner's furniture, and agency lines. */
#include "engine/finder_parts.h"

#include <string.h>
#include "engine/stream.h"

/* Shingles that were taken out of the two texts of a pair must differ. */
enum { TAG_TEXT = 1, TAG_ARTICLE = 2 };

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

enum wp_status wp_finder_take_out(struct wp_finder *f, struct wp_compared *text, uint32_t owner,
                                  bool article) {
    struct wp_mask *mask = article ? &f->other_mask : &f->mask;
    size_t *cap = article ? &f->other_cap : &f->mask_cap;
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
    wp_beside_take_out(&beside, text->shingles, stream->tokens, stream->width,
                       article ? TAG_ARTICLE : TAG_TEXT, mask);
    stream->shingles = text->shingles;
    stream->mask = mask;
    return WP_OK;
}

enum wp_status wp_finder_mask(struct wp_finder *f, const struct wp_view *view, struct wp_error *err) {
    enum wp_status status = take_furniture(f, view);
    if (status == WP_OK) status = wp_finder_room(&f->masked, &f->masked_cap, f->text.stream.count);
    if (status != WP_OK) return wp_finder_no_memory(err);
    if (f->text.stream.count) memcpy(f->masked, f->shingles, f->text.stream.count * sizeof *f->masked);
    struct wp_compared own = f->text;
    own.shingles = f->masked;
    f->base_set = false;
    f->looked_up = NULL;
    if (wp_finder_take_out(f, &own, f->owner, false) != WP_OK) return wp_finder_no_memory(err);
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
