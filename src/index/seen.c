/* seen.c - see seen.h. */
#include "index/seen.h"

#include "base/memory.h"

/* It is built with 12 bits or more for each key, of which each sets three at most; and it is full when half
 * as many were set as it has, so that two fifths of them are. */
enum { KEY_SETS = 3, BITS_AT_FIRST = 12, BITS_WHEN_FULL = 2, NEARLY_PART = 8 };
#define BYTES_MAX ((uint64_t)1 << 31) /* words: most of a key's bits say which, the others which bits */

/* Was it new? Then, most likely, nobody had it. */
static bool add_key(struct wp_seen *s, uint64_t key) {
    uint64_t *word = &s->words[wp_seen_word_(s, key)], bits = wp_seen_bits_(key);
    bool new = bits & ~*word;
    *word |= bits;
    s->sets += new ? KEY_SETS : 0;
    return new;
}

static void add_own(struct wp_seen *s, uint32_t owner, uint64_t key) {
    for (unsigned times = 1; times < WP_SEEN_OWN; times++) {
        uint64_t bit = wp_seen_own_bit_(s, owner, key, times);
        if (wp_seen_has_(s, bit)) continue;
        s->words[bit / 64] |= (uint64_t)1 << bit % 64;
        s->sets++;
        return;
    }
}

/* The first of its articles may be the one that the key was new with. */
bool wp_seen_may_own(const struct wp_seen *s, uint32_t owner, uint64_t key) {
    for (unsigned times = 1; s->words && times < WP_SEEN_OWN; times++)
        if (!wp_seen_has_(s, wp_seen_own_bit_(s, owner, key, times))) return false;
    return true;
}

void wp_seen_add(struct wp_seen *s, uint32_t owner, const uint64_t *keys, uint32_t count) {
    uint64_t had[WP_KEYS_PER_ARTICLE];
    uint32_t had_count = 0;
    if (!s->words) return;
    for (uint32_t i = 0; i < count; i++) wp_seen_prefetch(s, keys[i]);
    for (uint32_t i = 0; i < count; i++) {
        if (add_key(s, keys[i])) continue;
        wp_seen_prefetch_own(s, owner, keys[i]);
        had[had_count++] = keys[i];
    }
    for (uint32_t i = 0; i < had_count; i++) add_own(s, owner, had[i]);
    s->keys += count;
}

void wp_seen_add_key(struct wp_seen *s, enum wp_key_kind kind, uint64_t key) {
    if (!s->words) return;
    add_key(s, wp_seen_key_(kind, key));
    s->keys++;
}

bool wp_seen_is_full(const struct wp_seen *s) {
    return s->words && s->sets > 64 * s->count / BITS_WHEN_FULL;
}

bool wp_seen_is_nearly_full(const struct wp_seen *s) {
    return s->words && s->sets + s->sets / NEARLY_PART > 64 * s->count / BITS_WHEN_FULL;
}

/* ---- building ---- */

/* Keys on their way into the table, whose words are being fetched. */
struct waiting {
    struct wp_seen *to;
    struct {
        enum wp_key_kind kind;
        uint32_t owner;
        uint64_t key;
    } items[32];
    uint32_t count;
};

static void put_waiting(struct waiting *w) {
    for (uint32_t i = 0; i < w->count; i++) {
        bool new = add_key(w->to, w->items[i].key);
        if (!new && w->items[i].kind == WP_KEY_SHINGLE) add_own(w->to, w->items[i].owner, w->items[i].key);
    }
    w->to->keys += w->count;
    w->count = 0;
}

static void put(struct waiting *w, enum wp_key_kind kind, uint64_t key, uint32_t owner) {
    if (w->count == sizeof w->items / sizeof *w->items) put_waiting(w);
    key = wp_seen_key_(kind, key);
    wp_seen_prefetch(w->to, key);
    wp_seen_prefetch_own(w->to, owner, key);
    w->items[w->count].kind = kind;
    w->items[w->count].owner = owner;
    w->items[w->count++].key = key;
}

static enum wp_status take_list(struct waiting *w, const struct wp_index_segment *segment,
                                enum wp_key_kind kind, const uint32_t *owners, struct wp_error *err) {
    struct wp_key_cursor c;
    uint64_t key;
    uint32_t article, walked = 0;
    enum wp_status status;
    wp_key_cursor_init(&c, &segment->keys[kind]);
    while ((status = wp_key_cursor_next(&c, &key, &article, err)) == WP_OK) {
        if (article >= segment->count)
            return wp_fail_file(err, WP_EDAMAGED, segment->name, "a key has no article");
        put(w, kind, key, owners[segment->first + article]);
        if (++walked % WP_SEGMENT_WALK == 0) wp_segment_forget(segment);
    }
    return status == WP_END ? WP_OK : status;
}

static enum wp_status take_segment(struct waiting *w, const struct wp_index_segment *segment,
                                   const uint32_t *owners, struct wp_error *err) {
    for (int kind = 0; kind < WP_KEY_KINDS; kind++)
        WP_TRY(take_list(w, segment, (enum wp_key_kind)kind, owners, err));
    return WP_OK;
}

static void take_memtable(struct waiting *w, const struct wp_memtable *m, const uint32_t *owners) {
    for (uint32_t i = 0; i < m->entries; i++) {
        const struct wp_memtable_entry *e = wp_memtable_entry(m, i);
        put(w, (enum wp_key_kind)(e->key >> WP_KEY_BITS), e->key, owners[e->number]);
    }
}

size_t wp_seen_size(const struct wp_view *view, size_t most) {
    uint64_t keys = view->memtable ? view->memtable->table->entries : 0;
    for (size_t i = 0; i < view->segment_count; i++)
        for (int kind = 0; kind < WP_KEY_KINDS; kind++) keys += view->segments[i]->keys[kind].shape.count;
    uint64_t parts = keys * BITS_AT_FIRST / WP_SEEN_PART_BITS + 1;
    if (most > BYTES_MAX) most = BYTES_MAX;
    if (parts > most / WP_SEEN_PART_BYTES) parts = most / WP_SEEN_PART_BYTES;
    return parts ? (size_t)parts * WP_SEEN_PART_BYTES : WP_SEEN_PART_BYTES;
}

enum wp_status wp_seen_build(struct wp_seen *s, size_t bytes, const struct wp_view *view,
                             const uint32_t *owners, struct wp_error *err) {
    struct wp_seen built = {.words = wp_alloc_large(bytes), .count = bytes / sizeof *built.words};
    struct waiting waiting = {.to = &built};
    enum wp_status status = WP_OK;
    if (!built.words) return wp_fail(err, WP_ENOMEM, "out of memory");
    memset(built.words, 0, bytes);
    for (size_t i = 0; i < view->segment_count && status == WP_OK; i++)
        status = take_segment(&waiting, view->segments[i], owners, err);
    if (status == WP_OK && view->memtable) take_memtable(&waiting, view->memtable->table, owners);
    put_waiting(&waiting);
    struct wp_seen *loser = status == WP_OK ? s : &built;
    wp_free(loser->words);
    if (status == WP_OK) *s = built;
    return status;
}

void wp_seen_release(struct wp_seen *s) {
    wp_free(s->words);
    *s = (struct wp_seen){0};
}
