/*
 * intern.c - see intern.h.
 *
 * Open addressing, linear probing, at most half full. A slot holds the upper half of the string's hash beside
 * its number, so that a probe touches the string itself only when the two are all but certainly equal, and
 * the table grows without hashing anything again (the tag has more bits than the table ever has slots).
 */
#include "base/intern.h"

#include "base/hash.h"

#include <string.h>

#define FIRST_SLOTS 1024
#define FIRST_BLOCK_BYTES ((size_t)4 << 10)
#define MAX_BLOCK_BYTES ((size_t)1 << 20)
#define MAX_STRINGS (UINT32_MAX - 1)
#define LENGTH_BYTES sizeof(uint32_t)

void wp_intern_init(struct wp_intern *t, size_t max_bytes) {
    *t = (struct wp_intern){.max_bytes = max_bytes};
}

void wp_intern_release(struct wp_intern *t) {
    for (size_t i = 0; i < t->block_count; i++) wp_free(t->blocks[i]);
    wp_free(t->blocks);
    wp_free(t->texts);
    wp_free(t->slots);
    wp_intern_init(t, t->max_bytes);
}

static uint32_t text_len(const char *stored) {
    uint32_t len;
    memcpy(&len, stored - LENGTH_BYTES, sizeof len);
    return len;
}

/* The slot where the string is, or the empty one where it belongs. slot_count must not be 0. */
static size_t find_slot(const struct wp_intern *t, uint32_t tag, const char *text, size_t len) {
    size_t mask = t->slot_count - 1, at = tag & mask;
    for (; t->slots[at]; at = (at + 1) & mask) {
        if ((uint32_t)(t->slots[at] >> 32) != tag) continue;
        const char *stored = t->texts[(uint32_t)t->slots[at] - 1];
        if (text_len(stored) == len && memcmp(stored, text, len) == 0) break;
    }
    return at;
}

static uint32_t tag_of(const char *text, size_t len) {
    return (uint32_t)(wp_hash64(text, len) >> 32);
}

static enum wp_status account(struct wp_intern *t, size_t more) {
    if (more > t->max_bytes || t->bytes > t->max_bytes - more) return WP_ETOOBIG;
    t->bytes += more;
    return WP_OK;
}

static enum wp_status grow_slots(struct wp_intern *t) {
    size_t want = t->slot_count ? t->slot_count * 2 : FIRST_SLOTS;
    size_t more = (want - t->slot_count) * sizeof *t->slots;
    WP_TRY(account(t, more));
    uint64_t *slots = wp_zalloc(want, sizeof *slots);
    if (!slots) {
        t->bytes -= more;
        return WP_ENOMEM;
    }
    for (size_t i = 0; i < t->slot_count; i++) {
        if (!t->slots[i]) continue;
        size_t at = (t->slots[i] >> 32) & (want - 1);
        while (slots[at]) at = (at + 1) & (want - 1);
        slots[at] = t->slots[i];
    }
    wp_free(t->slots);
    t->slots = slots;
    t->slot_count = want;
    return WP_OK;
}

static enum wp_status grow_texts(struct wp_intern *t) {
    size_t more = (t->text_cap ? t->text_cap : FIRST_SLOTS) * sizeof *t->texts;
    WP_TRY(account(t, more));
    char **texts = wp_realloc(t->texts, t->text_cap + more / sizeof *texts, sizeof *texts);
    if (!texts) {
        t->bytes -= more;
        return WP_ENOMEM;
    }
    t->texts = texts;
    t->text_cap += more / sizeof *texts;
    return WP_OK;
}

/* Starts a block with room for `need` bytes; what was left of the last one stays unused. */
static enum wp_status add_block(struct wp_intern *t, size_t need) {
    size_t size = t->block_bytes ? t->block_bytes * 2 : FIRST_BLOCK_BYTES;
    if (size > MAX_BLOCK_BYTES) size = MAX_BLOCK_BYTES;
    if (size < need) size = need;
    WP_TRY(WP_GROW(t->blocks, t->block_count, t->block_cap));
    WP_TRY(account(t, size));
    char *block = wp_alloc(size, 1);
    if (!block) {
        t->bytes -= size;
        return WP_ENOMEM;
    }
    t->blocks[t->block_count++] = block;
    t->block_used = 0;
    t->block_bytes = size;
    return WP_OK;
}

static enum wp_status store_text(struct wp_intern *t, const char *text, size_t len) {
    size_t need;
    if (len > UINT32_MAX || __builtin_add_overflow(len, LENGTH_BYTES + 1, &need)) return WP_ETOOBIG;
    if (t->count == t->text_cap) WP_TRY(grow_texts(t));
    if (t->block_bytes - t->block_used < need) WP_TRY(add_block(t, need));
    char *to = t->blocks[t->block_count - 1] + t->block_used;
    uint32_t stored_len = (uint32_t)len;
    memcpy(to, &stored_len, sizeof stored_len);
    if (len) memcpy(to + LENGTH_BYTES, text, len);
    to[LENGTH_BYTES + len] = '\0';
    t->texts[t->count++] = to + LENGTH_BYTES;
    t->block_used += need;
    return WP_OK;
}

enum wp_status wp_intern_add(struct wp_intern *t, const char *text, size_t len, uint32_t *number,
                             bool *added) {
    if (t->count >= MAX_STRINGS) return WP_ETOOBIG;
    if (t->count >= t->slot_count / 2) WP_TRY(grow_slots(t));
    uint32_t tag = tag_of(text, len);
    size_t at = find_slot(t, tag, text, len);
    bool is_new = !t->slots[at];
    if (is_new) {
        WP_TRY(store_text(t, text, len));
        t->slots[at] = (uint64_t)tag << 32 | (uint32_t)t->count;
    }
    *number = (uint32_t)t->slots[at] - 1;
    if (added) *added = is_new;
    return WP_OK;
}

uint32_t wp_intern_find(const struct wp_intern *t, const char *text, size_t len) {
    if (!t->slot_count) return WP_INTERN_NONE;
    uint64_t slot = t->slots[find_slot(t, tag_of(text, len), text, len)];
    return slot ? (uint32_t)slot - 1 : WP_INTERN_NONE;
}

const char *wp_intern_text(const struct wp_intern *t, uint32_t number, size_t *len) {
    if (len) *len = text_len(t->texts[number]);
    return t->texts[number];
}
