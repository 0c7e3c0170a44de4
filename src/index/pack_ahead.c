/*
 * pack_ahead.c - see pack_ahead.h.
 *
 * A switch of threads costs as much as packing half a block, so each wakes the other one for some blocks at
 * once: the thread when there are WAKE of them or the writer has to wait, the writer when half of what may be
 * on its way is packed.
 */
#include "index/pack_ahead.h"

#include <string.h>
#include "base/pack.h"
#include "base/thread.h"
#include "index/format.h"

void wp_text_block_release(struct wp_text_block *b) {
    wp_buffer_release(&b->lengths);
    wp_buffer_release(&b->records);
}

/* Shorter parts save less time when a record is read than they cost room. */
enum { PART_BYTES = 4 << 10 };

/* Where a block is best divided: at that end of a record that is nearest to its middle. 0: it is not. */
static size_t middle(const struct wp_text_block *block) {
    size_t len = wp_text_block_bytes(block), before = block->lengths.len, after = before;
    for (size_t i = 0; after < len / 2; i++) {
        before = after;
        after += wp_load32(block->lengths.data + 4 * i);
    }
    size_t best = before + after < len ? after : before;
    return best >= PART_BYTES && len - best >= PART_BYTES ? best : 0;
}

enum wp_status wp_text_block_pack(struct wp_packer *packer, const struct wp_text_block *block,
                                  struct wp_buffer *out) {
    size_t at = out->len, len = wp_text_block_bytes(block);
    uint8_t *room = wp_packer_room(packer, len);
    if (!room) return WP_ENOMEM;
    memcpy(room, block->lengths.data, block->lengths.len);
    if (block->records.len) memcpy(room + block->lengths.len, block->records.data, block->records.len);
    WP_TRY(wp_buffer_reserve(out, WP_BLOCK_HEAD_BYTES, SIZE_MAX));
    out->len += WP_BLOCK_HEAD_BYTES;
    enum wp_status status = wp_pack(packer, len, middle(block), out);
    if (status != WP_OK) {
        out->len = at;
        return status;
    }
    uint8_t *head = out->data + at, *data = head + WP_BLOCK_HEAD_BYTES;
    wp_block_head_write(head, WP_MAGIC_TEXT_BLOCK, (uint32_t)wp_text_block_count(block), (uint32_t)len, data,
                        (size_t)(out->data + out->len - data));
    return WP_OK;
}

enum { WAKE = 4 };

/* A block on its way: the writer's until it is put, and again once it is packed; the thread's in between. */
struct block {
    struct wp_text_block raw;
    struct wp_buffer packed;
    enum wp_status status;
};

struct wp_pack_ahead {
    struct wp_packer *packer; /* the thread's */
    struct wp_pool pool;      /* the writer's */
    size_t bytes;             /* the writer's: of what is on its way */
    struct block blocks[WP_PACK_AHEAD];
    /* guarded by lock */
    pthread_mutex_t lock;
    pthread_cond_t filled, done; /* for the thread, and for the writer, to wait for */
    uint64_t put, packed, taken; /* blocks since the beginning, each in blocks[n % WP_PACK_AHEAD] */
    uint64_t wanted;             /* the writer waits until so many are packed; 0: it does not */
    bool stop;
};

static void pack_all(void *self, unsigned worker) {
    struct wp_pack_ahead *p = self;
    (void)worker;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (p->packed == p->put && !p->stop) pthread_cond_wait(&p->filled, &p->lock);
        if (p->stop) break;
        struct block *b = &p->blocks[p->packed % WP_PACK_AHEAD];
        pthread_mutex_unlock(&p->lock);
        b->packed.len = 0;
        b->status = wp_text_block_pack(p->packer, &b->raw, &b->packed);
        pthread_mutex_lock(&p->lock);
        if (++p->packed == p->wanted) pthread_cond_signal(&p->done);
    }
    pthread_mutex_unlock(&p->lock);
}

struct wp_pack_ahead *wp_pack_ahead_new(struct wp_packer *packer) {
    struct wp_pack_ahead *p = wp_zalloc(1, sizeof *p);
    if (!p) return NULL;
    p->packer = packer;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->filled, NULL);
    pthread_cond_init(&p->done, NULL);
    if (wp_pool_start(&p->pool, 1, pack_all, p, NULL) == WP_OK) return p;
    wp_pack_ahead_free(p);
    return NULL;
}

void wp_pack_ahead_free(struct wp_pack_ahead *p) {
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->filled);
    pthread_mutex_unlock(&p->lock);
    wp_pool_join(&p->pool);
    for (size_t i = 0; i < WP_PACK_AHEAD; i++) {
        wp_text_block_release(&p->blocks[i].raw);
        wp_buffer_release(&p->blocks[i].packed);
    }
    pthread_cond_destroy(&p->filled);
    pthread_cond_destroy(&p->done);
    pthread_mutex_destroy(&p->lock);
    wp_free(p);
}

/* Buffers are used again, but those of a record that was very long. */
static void reuse(struct wp_buffer *b) {
    b->len = 0;
    if (b->cap > WP_PACK_AHEAD_BYTES_MAX / WP_PACK_AHEAD) wp_buffer_release(b);
}

/* put and taken are written by the writer alone, so that it may read them without the lock. */
size_t wp_pack_ahead_count(const struct wp_pack_ahead *p) {
    return (size_t)(p->put - p->taken);
}

bool wp_pack_ahead_is_full(const struct wp_pack_ahead *p, size_t bytes) {
    size_t count = wp_pack_ahead_count(p);
    return count == WP_PACK_AHEAD || (count && p->bytes + bytes > WP_PACK_AHEAD_BYTES_MAX);
}

void wp_pack_ahead_put(struct wp_pack_ahead *p, struct wp_text_block *block) {
    struct block *b = &p->blocks[p->put % WP_PACK_AHEAD];
    struct wp_text_block empty = b->raw;
    b->raw = *block;
    p->bytes += wp_text_block_bytes(block);
    *block = empty;
    pthread_mutex_lock(&p->lock);
    p->put++;
    if (p->put - p->packed >= WAKE) pthread_cond_signal(&p->filled);
    pthread_mutex_unlock(&p->lock);
}

/* Waits for the oldest block, and for some more, so as to wait less often. */
static void wait_for_some(struct wp_pack_ahead *p) {
    pthread_mutex_lock(&p->lock);
    if (p->packed == p->taken) {
        p->wanted = p->put - p->taken < WP_PACK_AHEAD / 2 ? p->put : p->taken + WP_PACK_AHEAD / 2;
        pthread_cond_signal(&p->filled);
        while (p->packed < p->wanted) pthread_cond_wait(&p->done, &p->lock);
        p->wanted = 0;
    }
    pthread_mutex_unlock(&p->lock);
}

enum wp_status wp_pack_ahead_take(struct wp_pack_ahead *p, struct wp_buffer *out) {
    wait_for_some(p);
    struct block *b = &p->blocks[p->taken % WP_PACK_AHEAD];
    WP_TRY(b->status);
    WP_TRY(wp_buffer_add(out, b->packed.data, b->packed.len));
    p->taken++;
    p->bytes -= wp_text_block_bytes(&b->raw);
    b->raw.lengths.len = 0;
    reuse(&b->raw.records);
    reuse(&b->packed);
    return WP_OK;
}
