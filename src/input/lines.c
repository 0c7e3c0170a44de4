/* lines.c - see lines.h. */
#include "input/lines.h"

static const uint8_t byte_order_mark[3] = {0xef, 0xbb, 0xbf};

enum wp_status wp_batch_buf_init(struct wp_batch_buf *b, size_t bytes) {
    size_t least = 2 * WP_LINES_ROOM_MIN + WP_LINES_PADDING;
    *b = (struct wp_batch_buf){.normal = bytes > least ? bytes : least};
    b->data = wp_alloc(b->normal, 1);
    if (!b->data) return WP_ENOMEM;
    b->cap = b->normal;
    return WP_OK;
}

void wp_batch_buf_release(struct wp_batch_buf *b) {
    wp_free(b->data);
    *b = (struct wp_batch_buf){0};
}

static enum wp_status resize(struct wp_batch_buf *b, size_t cap) {
    uint8_t *data = wp_realloc(b->data, cap, 1);
    if (!data) return WP_ENOMEM;
    b->data = data;
    b->cap = cap;
    return WP_OK;
}

void wp_lines_init(struct wp_lines *l, size_t max_record) {
    l->max_record = max_record;
    l->carry.len = 0;
    l->offset = 0;
    l->started = l->skipping = false;
}

void wp_lines_release(struct wp_lines *l) {
    wp_buffer_release(&l->carry);
}

enum wp_status wp_lines_begin(struct wp_lines *l, struct wp_batch_buf *b) {
    size_t carried = l->carry.len, need = carried + WP_LINES_ROOM_MIN + WP_LINES_PADDING;
    b->len = 0;
    b->too_long = false;
    if (need < b->normal) need = b->normal;
    if (b->cap < need || b->cap > 2 * need) WP_TRY(resize(b, need));
    if (carried) memcpy(b->data, l->carry.data, carried);
    b->len = carried;
    b->offset = l->offset;
    l->carry.len = 0;
    return WP_OK;
}

enum wp_status wp_lines_room(struct wp_batch_buf *b, uint8_t **room, size_t *cap) {
    size_t used = b->len + WP_LINES_PADDING;
    if (b->cap - used < WP_LINES_ROOM_MIN) WP_TRY(resize(b, b->cap * 2));
    *room = b->data + b->len;
    *cap = b->cap - used;
    return WP_OK;
}

/* Takes the first `bytes` away. */
static void drop_front(struct wp_batch_buf *b, size_t bytes) {
    memmove(b->data, b->data + bytes, b->len - bytes);
    b->len -= bytes;
    b->offset += bytes;
}

/* False while it cannot be known yet. */
static bool skip_mark(struct wp_lines *l, struct wp_batch_buf *b, bool at_end) {
    if (b->len < sizeof byte_order_mark && !at_end) return false;
    l->started = true;
    if (b->len >= sizeof byte_order_mark && !memcmp(b->data, byte_order_mark, sizeof byte_order_mark))
        drop_front(b, sizeof byte_order_mark);
    return true;
}

/* Drops the rest of a line that is too long, up to and with its newline if that is here. */
static void skip_rest(struct wp_lines *l, struct wp_batch_buf *b) {
    const uint8_t *newline = b->len ? memchr(b->data, '\n', b->len) : NULL;
    l->skipping = !newline;
    drop_front(b, newline ? (size_t)(newline - b->data) + 1 : b->len);
}

/* The bytes behind the last newline leave the batch: carried over, or given up. */
static enum wp_status take_rest(struct wp_lines *l, struct wp_batch_buf *b, size_t whole) {
    size_t rest = b->len - whole;
    l->carry.len = 0;
    if (rest > l->max_record) {
        l->skipping = b->too_long = true;
        l->offset = b->offset + b->len;
        rest = 0;
    } else {
        l->offset = b->offset + whole;
        WP_TRY(wp_buffer_add(&l->carry, b->data + whole, rest));
    }
    b->len = whole;
    return WP_OK;
}

bool wp_lines_cut(struct wp_lines *l, struct wp_batch_buf *b, bool at_end, enum wp_status *status) {
    *status = WP_OK;
    if (!l->started && !skip_mark(l, b, at_end)) return false;
    if (l->skipping) skip_rest(l, b);
    const uint8_t *last = b->len ? memrchr(b->data, '\n', b->len) : NULL;
    size_t whole = last ? (size_t)(last - b->data) + 1 : 0;
    if (at_end && b->len - whole <= l->max_record) {
        l->offset = b->offset + b->len;
        whole = b->len;
    } else if (whole == 0 && b->len <= l->max_record) {
        return false;
    } else {
        *status = take_rest(l, b, whole);
        if (*status != WP_OK) b->len = whole;
    }
    memset(b->data + whole, 0, WP_LINES_PADDING);
    return true;
}
