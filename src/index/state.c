/* state.c - see state.h. */
#include "index/state.h"

#include "base/map.h"

/* ---- memory ---- */

enum wp_status wp_state_new(struct wp_state **out) {
    *out = wp_zalloc(1, sizeof **out);
    if (!*out) return WP_ENOMEM;
    atomic_init(&(*out)->users, 1);
    return WP_OK;
}

struct wp_state *wp_state_share(struct wp_state *s) {
    atomic_fetch_add(&s->users, 1);
    return s;
}

void wp_state_drop(struct wp_state *s) {
    if (!s || atomic_fetch_sub(&s->users, 1) != 1) return;
    wp_free(s->dead);
    wp_free(s->merges.items);
    wp_free(s->moves.items);
    wp_free(s->furniture);
    wp_free(s);
}

static enum wp_status copy_pairs(struct wp_state_pairs *to, const struct wp_state_pairs *from) {
    if (!from->count) return WP_OK;
    to->items = wp_alloc(from->count, sizeof *to->items);
    if (!to->items) return WP_ENOMEM;
    memcpy(to->items, from->items, from->count * sizeof *to->items);
    to->count = to->cap = from->count;
    return WP_OK;
}

static enum wp_status copy_state(struct wp_state *to, const struct wp_state *from) {
    if (from->words) {
        to->dead = wp_alloc(from->words, sizeof *to->dead);
        if (!to->dead) return WP_ENOMEM;
        memcpy(to->dead, from->dead, from->words * sizeof *to->dead);
        to->words = from->words;
        to->dead_count = from->dead_count;
    }
    if (from->furniture_count) {
        to->furniture = wp_alloc(from->furniture_count, sizeof *to->furniture);
        if (!to->furniture) return WP_ENOMEM;
        memcpy(to->furniture, from->furniture, from->furniture_count * sizeof *to->furniture);
        to->furniture_count = to->furniture_cap = from->furniture_count;
    }
    WP_TRY(copy_pairs(&to->merges, &from->merges));
    return copy_pairs(&to->moves, &from->moves);
}

enum wp_status wp_state_edit(struct wp_state **s) {
    struct wp_state *copy;
    if (atomic_load(&(*s)->users) == 1) return WP_OK;
    WP_TRY(wp_state_new(&copy));
    enum wp_status status = copy_state(copy, *s);
    if (status != WP_OK) {
        wp_state_drop(copy);
        return status;
    }
    wp_state_drop(*s);
    *s = copy;
    return WP_OK;
}

enum wp_status wp_state_kill(struct wp_state *s, uint32_t number) {
    size_t word = number / 64;
    if (word >= s->words) {
        size_t words = word + 1 + s->words / 2;
        uint64_t *dead = wp_realloc(s->dead, words, sizeof *dead);
        if (!dead) return WP_ENOMEM;
        memset(dead + s->words, 0, (words - s->words) * sizeof *dead);
        s->dead = dead;
        s->words = words;
    }
    s->dead_count += !wp_state_is_dead(s, number);
    s->dead[word] |= (uint64_t)1 << (number % 64);
    return WP_OK;
}

/* Where `from` stands, or would stand. */
static size_t find_pair(const struct wp_state_pairs *p, uint32_t from) {
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (p->items[mid].from < from)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static enum wp_status set_pair(struct wp_state_pairs *p, uint32_t from, uint32_t to) {
    size_t at = find_pair(p, from);
    if (at == p->count || p->items[at].from != from) {
        WP_TRY(WP_GROW(p->items, p->count, p->cap));
        memmove(p->items + at + 1, p->items + at, (p->count - at) * sizeof *p->items);
        p->count++;
    }
    p->items[at] = (struct wp_state_pair){from, to};
    return WP_OK;
}

static const struct wp_state_pair *get_pair(const struct wp_state_pairs *p, uint32_t from) {
    size_t at = find_pair(p, from);
    return at < p->count && p->items[at].from == from ? &p->items[at] : NULL;
}

static void drop_pair(struct wp_state_pairs *p, uint32_t from) {
    size_t at = find_pair(p, from);
    if (at == p->count || p->items[at].from != from) return;
    p->count--;
    memmove(p->items + at, p->items + at + 1, (p->count - at) * sizeof *p->items);
}

enum wp_status wp_state_merge(struct wp_state *s, uint32_t story, uint32_t into) {
    if (story != into) return set_pair(&s->merges, story, into);
    drop_pair(&s->merges, story);
    return WP_OK;
}

enum wp_status wp_state_move(struct wp_state *s, uint32_t number, uint32_t story) {
    return set_pair(&s->moves, number, story);
}

enum wp_status wp_state_learn(struct wp_state *s, uint32_t owner, uint64_t shingle) {
    if (s->furniture_count >= WP_STATE_FURNITURE_MAX) return WP_OK;
    WP_TRY(WP_GROW(s->furniture, s->furniture_count, s->furniture_cap));
    s->furniture[s->furniture_count++] = (struct wp_state_furniture){owner, shingle};
    return WP_OK;
}

uint32_t wp_state_base(const struct wp_state *s, uint32_t number, uint32_t story) {
    const struct wp_state_pair *p = s->moves.count ? get_pair(&s->moves, number) : NULL;
    if (!p) return story;
    return p->to == WP_NUMBER_NONE ? number : p->to;
}

uint32_t wp_state_into(const struct wp_state *s, uint32_t story) {
    const struct wp_state_pair *p = s->merges.count ? get_pair(&s->merges, story) : NULL;
    return p ? p->to : WP_NUMBER_NONE;
}

bool wp_state_is_banner(const struct wp_state *s, uint32_t number) {
    const struct wp_state_pair *p = s->moves.count ? get_pair(&s->moves, number) : NULL;
    return p && p->to == WP_NUMBER_NONE;
}

uint32_t wp_state_story(const struct wp_state *s, uint32_t number, uint32_t story) {
    const struct wp_state_pair *p = NULL;
    if (wp_state_is_banner(s, number)) return number;
    story = wp_state_base(s, number, story);
    for (size_t steps = s->merges.count; steps && (p = get_pair(&s->merges, story)); steps--) story = p->to;
    return story;
}

/* ---- file ---- */

static enum wp_status put_number(struct wp_buffer *b, uint32_t number) {
    uint8_t word[4];
    wp_store32(word, number);
    return wp_buffer_add(b, word, sizeof word);
}

static enum wp_status put_dead(struct wp_buffer *b, const struct wp_state *s) {
    uint32_t last = 0;
    WP_TRY(put_number(b, (uint32_t)s->dead_count));
    for (size_t w = 0; w < s->words; w++) {
        for (uint64_t bits = s->dead[w]; bits; bits &= bits - 1) {
            uint32_t number = (uint32_t)(64 * w) + (uint32_t)__builtin_ctzll(bits), gap = number - last;
            uint8_t bytes[5], n = 0;
            for (; gap >= 128; gap >>= 7) bytes[n++] = (uint8_t)(gap | 128);
            bytes[n++] = (uint8_t)gap;
            WP_TRY(wp_buffer_add(b, bytes, n));
            last = number;
        }
    }
    return WP_OK;
}

static enum wp_status put_pairs(struct wp_buffer *b, const struct wp_state_pairs *p) {
    WP_TRY(put_number(b, (uint32_t)p->count));
    for (size_t i = 0; i < p->count; i++) {
        WP_TRY(put_number(b, p->items[i].from));
        WP_TRY(put_number(b, p->items[i].to));
    }
    return WP_OK;
}

static enum wp_status put_furniture(struct wp_buffer *b, const struct wp_state *s) {
    WP_TRY(put_number(b, (uint32_t)s->furniture_count));
    for (size_t i = 0; i < s->furniture_count; i++) {
        uint8_t word[8];
        wp_store64(word, s->furniture[i].shingle);
        WP_TRY(put_number(b, s->furniture[i].owner));
        WP_TRY(wp_buffer_add(b, word, 5));
    }
    return WP_OK;
}

/* Header, room for the head, contents; then the head. */
static enum wp_status make_file(struct wp_buffer *b, const struct wp_state *s, uint32_t number) {
    uint8_t front[WP_HEADER_BYTES + WP_BLOCK_HEAD_BYTES] = {0};
    wp_header_write(front, WP_INDEX_STATE, number);
    WP_TRY(wp_buffer_add(b, front, sizeof front));
    WP_TRY(put_dead(b, s));
    WP_TRY(put_pairs(b, &s->merges));
    WP_TRY(put_pairs(b, &s->moves));
    WP_TRY(put_furniture(b, s));
    wp_block_head_write(b->data + WP_HEADER_BYTES, WP_MAGIC_STATE, 0, 0, b->data + sizeof front,
                        b->len - sizeof front);
    return WP_OK;
}

enum wp_status wp_state_write(const struct wp_state *s, const struct wp_fs *fs, const char *dir,
                              uint32_t number, struct wp_error *err) {
    struct wp_buffer b = {0};
    struct wp_file f = {0};
    char *name = wp_index_name(dir, WP_INDEX_STATE, number);
    enum wp_status status = name ? make_file(&b, s, number) : WP_ENOMEM;
    if (status != WP_OK) wp_fail(err, status, "out of memory");
    if (status == WP_OK) status = fs->create(fs->self, name, &f, err);
    if (status == WP_OK) status = fs->write(fs->self, &f, b.data, b.len, err);
    if (status == WP_OK) status = fs->sync(fs->self, &f, err);
    wp_file_close(&f, NULL);
    wp_buffer_release(&b);
    wp_free(name);
    return status;
}

struct cursor {
    const uint8_t *at, *end;
    bool bad;
};

static uint32_t get_number(struct cursor *c) {
    if (c->end - c->at < 4) {
        c->bad = true;
        return 0;
    }
    c->at += 4;
    return wp_load32(c->at - 4);
}

static uint32_t get_varint(struct cursor *c) {
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;
        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return (uint32_t)v;
    }
    c->bad = true;
    return 0;
}

static enum wp_status get_furniture(struct wp_state *s, struct cursor *c) {
    for (uint32_t n = get_number(c); n && !c->bad; n--) {
        uint8_t word[8] = {0};
        uint32_t owner = get_number(c);
        c->bad |= c->end - c->at < 5;
        if (c->bad) break;
        memcpy(word, c->at, 5);
        c->at += 5;
        WP_TRY(wp_state_learn(s, owner, wp_load64(word)));
    }
    return WP_OK;
}

static enum wp_status get_state(struct wp_state *s, struct cursor *c, uint32_t limit) {
    struct wp_state_pairs *lists[] = {&s->merges, &s->moves};
    uint32_t number = 0;
    for (uint32_t n = get_number(c); n && !c->bad; n--) {
        number += get_varint(c);
        c->bad |= number >= limit;
        if (!c->bad) WP_TRY(wp_state_kill(s, number));
    }
    for (int i = 0; i < 2; i++) {
        for (uint32_t n = get_number(c); n && !c->bad; n--) {
            uint32_t from = get_number(c), to = get_number(c);
            bool banner = lists[i] == &s->moves && to == WP_NUMBER_NONE;
            c->bad |= from >= limit || (to >= limit && !banner);
            if (!c->bad) WP_TRY(set_pair(lists[i], from, to));
        }
    }
    WP_TRY(get_furniture(s, c));
    c->bad |= c->at != c->end;
    return WP_OK;
}

static enum wp_status read_state(struct wp_state *s, const struct wp_map *m, const char *name,
                                 uint32_t number, uint32_t limit, struct wp_error *err) {
    struct wp_block_head head;
    WP_TRY(wp_header_check(m->data, m->len, WP_INDEX_STATE, number, name, err));
    const uint8_t *at = m->data + WP_HEADER_BYTES, *data = at + WP_BLOCK_HEAD_BYTES;
    size_t left = m->len - WP_HEADER_BYTES;
    if (left >= WP_BLOCK_HEAD_BYTES) wp_block_head_read(&head, at);
    if (left < WP_BLOCK_HEAD_BYTES || head.magic != WP_MAGIC_STATE ||
        head.stored != left - WP_BLOCK_HEAD_BYTES || !wp_block_is_sound(at, data, head.stored))
        return wp_fail_file(err, WP_EDAMAGED, name, "the state is damaged");
    struct cursor c = {data, data + head.stored, false};
    if (get_state(s, &c, limit) != WP_OK) return wp_fail(err, WP_ENOMEM, "out of memory");
    return c.bad ? wp_fail_file(err, WP_EDAMAGED, name, "the state does not add up") : WP_OK;
}

enum wp_status wp_state_read(struct wp_state **out, const char *dir, uint32_t number, uint32_t end,
                             struct wp_error *err) {
    struct wp_map map = {0};
    struct wp_state *s = NULL;
    *out = NULL;
    char *name = wp_index_name(dir, WP_INDEX_STATE, number);
    if (!name || wp_state_new(&s) != WP_OK) {
        wp_free(name);
        return wp_fail(err, WP_ENOMEM, "out of memory");
    }
    enum wp_status status = wp_map_open(&map, name, 0, err);
    if (status == WP_OK) status = read_state(s, &map, name, number, end, err);
    wp_map_close(&map);
    wp_free(name);
    if (status == WP_OK)
        *out = s;
    else
        wp_state_drop(s);
    return status;
}
