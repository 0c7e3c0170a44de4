/* furniture.c - see furniture.h. */
#include "match/furniture.h"

#include <string.h>

#define OWNERS_FIRST ((size_t)64)
#define SET_FIRST ((size_t)32)
#define SHINGLE_MASK (((uint64_t)1 << WP_FURNITURE_SHINGLE_BITS) - 1)
/* A MiB: of what an index of 2,000,000 articles knows two in a hundred pass in vain. The front has so many
 * words at first, and twice as many each time there are FRONT_LOAD shingles to a word: it is gone through for
 * every shingle of every text, and little of it stays in the nearest cache. */
#define SIEVE_WORDS ((size_t)1 << 17)
#define FRONT_FIRST ((size_t)1 << 11)
#define FRONT_LOAD 4
#define TAG_SHIFT 40
#define SIEVE_STEP 512  /* shingles sifted at a time */
#define PREFETCH_STEP 8 /* shingles of a set to a cache line */
#define PREFETCH_MAX ((size_t)256)

enum wp_status wp_furniture_init(struct wp_furniture *f) {
    *f = (struct wp_furniture){.sift = wp_sieve_choose(wp_cpu_level())};
    f->sieve = wp_zalloc(SIEVE_WORDS, sizeof *f->sieve);
    f->front = wp_zalloc(FRONT_FIRST, sizeof *f->front);
    f->front_mask = FRONT_FIRST - 1;
    return f->sieve && f->front ? WP_OK : WP_ENOMEM;
}

void wp_furniture_release(struct wp_furniture *f) {
    for (size_t i = 0; i < f->owner_cap; i++) wp_free(f->owners[i].table);
    wp_free(f->owners);
    wp_free(f->of_all.table);
    wp_free(f->sieve);
    wp_free(f->front);
    *f = (struct wp_furniture){0};
}

/* ---- the sets ---- */

/* A shingle is spread evenly and an owner's number is a hash: one multiplication is enough. */
static size_t spread(uint64_t x, size_t cap) {
    return x * 0x9E3779B97F4A7C15u >> 32 & (cap - 1);
}

/* Where an entry stands or would stand. */
static size_t place_of(const struct wp_furniture_set *s, uint64_t entry) {
    size_t at = spread(entry, s->cap);
    while (s->table[at] && s->table[at] != entry) at = (at + 1) & (s->cap - 1);
    return at;
}

static uint64_t entry_of(uint64_t shingle) {
    return (shingle & SHINGLE_MASK) + 1;
}

static bool stands_in(const struct wp_furniture_set *s, uint64_t shingle) {
    return s->count && s->table[place_of(s, entry_of(shingle))];
}

static enum wp_status grow_set(struct wp_furniture_set *s) {
    struct wp_furniture_set larger = *s;
    larger.cap = s->cap ? 2 * s->cap : SET_FIRST;
    larger.table = wp_zalloc(larger.cap, sizeof *larger.table);
    if (!larger.table) return WP_ENOMEM;
    for (size_t i = 0; i < s->cap; i++)
        if (s->table[i]) larger.table[place_of(&larger, s->table[i])] = s->table[i];
    wp_free(s->table);
    *s = larger;
    return WP_OK;
}

/* The place of an owner's set, or the empty one where it would be. There is one. */
static struct wp_furniture_set *owner_place(const struct wp_furniture *f, uint32_t owner) {
    size_t at = spread(owner, f->owner_cap);
    while (f->owners[at].table && f->owners[at].owner != owner) at = (at + 1) & (f->owner_cap - 1);
    return &f->owners[at];
}

static const struct wp_furniture_set *set_of(const struct wp_furniture *f, uint32_t owner) {
    if (owner == WP_FURNITURE_OF_ALL || !f->owner_count) return &f->of_all;
    return owner_place(f, owner);
}

static enum wp_status grow_owners(struct wp_furniture *f) {
    struct wp_furniture larger = *f;
    larger.owner_cap = f->owner_cap ? 2 * f->owner_cap : OWNERS_FIRST;
    larger.owners = wp_zalloc(larger.owner_cap, sizeof *larger.owners);
    if (!larger.owners) return WP_ENOMEM;
    for (size_t i = 0; i < f->owner_cap; i++)
        if (f->owners[i].table) *owner_place(&larger, f->owners[i].owner) = f->owners[i];
    wp_free(f->owners);
    *f = larger;
    return WP_OK;
}

/* The set of an owner, with room for one more; made when there is none. */
static enum wp_status open_set(struct wp_furniture *f, uint32_t owner, struct wp_furniture_set **out) {
    bool of_all = owner == WP_FURNITURE_OF_ALL;
    if (!of_all && 2 * (f->owner_count + 1) > f->owner_cap) WP_TRY(grow_owners(f));
    struct wp_furniture_set *s = of_all ? &f->of_all : owner_place(f, owner);
    bool made = !s->table;
    if (2 * ((size_t)s->count + 1) > s->cap) WP_TRY(grow_set(s));
    s->owner = owner;
    f->owner_count += made && !of_all;
    *out = s;
    return WP_OK;
}

/* ---- the sieve ---- */

/* The sieve folded to twice as many words: a shingle has the same bits in its word, however many there are.
 */
static enum wp_status grow_front(struct wp_furniture *f) {
    size_t words = 2 * (f->front_mask + 1);
    uint64_t *front = wp_zalloc(words, sizeof *front);
    if (!front) return WP_ENOMEM;
    for (size_t i = 0; i < SIEVE_WORDS; i++) front[i & (words - 1)] |= f->sieve[i];
    wp_free(f->front);
    f->front = front;
    f->front_mask = words - 1;
    return WP_OK;
}

enum wp_status wp_furniture_add(struct wp_furniture *f, uint32_t owner, uint64_t shingle) {
    struct wp_furniture_set *s;
    WP_TRY(open_set(f, owner, &s));
    if (f->count > FRONT_LOAD * f->front_mask && f->front_mask < SIEVE_WORDS - 1) WP_TRY(grow_front(f));
    size_t at = place_of(s, entry_of(shingle));
    if (s->table[at]) return WP_OK;
    if (f->count >= WP_FURNITURE_MAX) {
        f->left_out++;
        return WP_OK;
    }
    s->table[at] = entry_of(shingle);
    s->count++;
    f->count++;
    f->sieve[wp_sieve_word(shingle, SIEVE_WORDS - 1)] |= wp_sieve_bits(shingle);
    f->front[wp_sieve_word(shingle, f->front_mask)] |= wp_sieve_bits(shingle);
    return WP_OK;
}

bool wp_furniture_has(const struct wp_furniture *f, uint32_t owner, uint64_t shingle) {
    if (!wp_furniture_may_have(f, shingle)) return false;
    return stands_in(set_of(f, owner), shingle) || stands_in(&f->of_all, shingle);
}

void wp_furniture_prefetch(const struct wp_furniture *f, uint32_t owner) {
    const struct wp_furniture_set *s = set_of(f, owner);
    for (size_t at = 0; at < s->cap && at < PREFETCH_MAX; at += PREFETCH_STEP)
        __builtin_prefetch(&s->table[at]);
}

/* Passages of furniture are long, and where each of their shingles stands is known before the first is
 * needed. */
static void prefetch_places(const struct wp_furniture_set *s, const uint64_t *shingles,
                            const uint32_t *positions, uint32_t count) {
    for (uint32_t k = 0; s->count && k < count; k++)
        __builtin_prefetch(&s->table[spread(entry_of(shingles[positions[k]]), s->cap)]);
}

/* A text that furniture is being taken out of. */
struct taking {
    uint64_t *shingles;
    uint32_t width, tag;
    struct wp_mask *mask;
    struct wp_furniture_spans *spans; /* to be noted; NULL: not wanted */
    uint32_t until;                   /* tokens below are settled */
};

static void take_out_span(struct taking *t, struct wp_furniture_span span) {
    uint32_t from = span.first > t->until ? span.first : t->until;
    t->until = span.end + t->width - 1;
    memset(t->mask->tokens + from, 1, t->until - from);
    t->mask->own -= t->until - from;
    t->mask->shingles += span.end - span.first;
    for (uint32_t i = span.first; i < span.end; i++)
        t->shingles[i] = WP_SHINGLE_TAKEN_OUT | (uint64_t)t->tag << TAG_SHIFT | i;
    if (!t->spans || t->spans->count == WP_FURNITURE_UNKNOWN) return;
    if (t->spans->count < WP_FURNITURE_SPANS)
        t->spans->items[t->spans->count++] = span;
    else
        t->spans->count = WP_FURNITURE_UNKNOWN;
}

/* Whether a shingle is furniture is asked before the run that it ends or goes on is taken out. */
static void find_and_take_out(const struct wp_furniture *f, uint32_t owner, struct taking *t,
                              uint32_t count) {
    const struct wp_furniture_set *own = set_of(f, owner);
    struct wp_furniture_span span = {0, 0};
    uint32_t maybe[SIEVE_STEP];
    for (uint32_t first = 0; f->count && first < count; first += SIEVE_STEP) {
        uint32_t n = count - first < SIEVE_STEP ? count - first : SIEVE_STEP;
        uint32_t found = f->sift(f->front, f->front_mask, t->shingles + first, n, maybe);
        prefetch_places(own, t->shingles + first, maybe, found);
        prefetch_places(&f->of_all, t->shingles + first, maybe, found);
        for (uint32_t k = 0; k < found; k++) {
            uint32_t i = first + maybe[k];
            if (!stands_in(own, t->shingles[i]) && !stands_in(&f->of_all, t->shingles[i])) continue;
            if (i != span.end && span.end) take_out_span(t, span);
            if (i != span.end || !span.end) span.first = i;
            span.end = i + 1;
        }
    }
    if (span.end) take_out_span(t, span);
}

/* The same where it is known to be, or noting where it is. */
static void take_out_spans(const struct wp_beside *beside, struct taking *t, uint32_t count) {
    struct wp_furniture_spans *spans = beside->spans;
    bool known = spans->count != WP_FURNITURE_UNKNOWN;
    for (uint32_t i = 0; known && i < spans->count; i++) take_out_span(t, spans->items[i]);
    if (known) return;
    spans->count = 0;
    t->spans = spans;
    find_and_take_out(beside->furniture, beside->owner, t, count);
}

/* Takes out the tokens [from, end) and the shingles that lie within. */
static void take_out_tokens(uint32_t from, uint32_t end, uint64_t *shingles, uint32_t width, uint32_t tag,
                            struct wp_mask *mask) {
    for (uint32_t i = from; i < end; i++) {
        mask->own -= !mask->tokens[i];
        mask->tokens[i] = 1;
        if (i + width > end || shingles[i] & WP_SHINGLE_TAKEN_OUT) continue;
        shingles[i] = WP_SHINGLE_TAKEN_OUT | (uint64_t)tag << TAG_SHIFT | i;
        mask->shingles++;
    }
}

void wp_ends_take_out(uint32_t head, uint32_t tail, uint64_t *shingles, uint32_t count, uint32_t width,
                      uint32_t tag, struct wp_mask *mask) {
    if (!count) return;
    uint32_t tokens = count + width - 1;
    if (head > tokens) head = tokens;
    if (tail > tokens) tail = tokens;
    take_out_tokens(0, head, shingles, width, tag, mask);
    take_out_tokens(tokens - tail, tokens, shingles, width, tag, mask);
}

void wp_beside_take_out(const struct wp_beside *beside, uint64_t *shingles, uint32_t tokens, uint32_t width,
                        uint32_t tag, struct wp_mask *mask) {
    uint32_t count = tokens < width ? 0 : tokens - width + 1;
    struct taking t = {shingles, width, tag, mask, NULL, 0};
    mask->own = tokens;
    mask->shingles = 0;
    if (beside->furniture && beside->spans)
        take_out_spans(beside, &t, count);
    else if (beside->furniture)
        find_and_take_out(beside->furniture, beside->owner, &t, count);
    wp_ends_take_out(beside->head, beside->tail, shingles, count, width, tag, mask);
}
