/*
 * tokens.c - the tokenizer handle: which kernel, and the memory around it.
 *
 * Memory is kept from text to text, so that a run allocates nothing; after a very long text it is given back
 * as soon as a short one comes.
 */
#include "text/tokens.h"

#include <string.h>
#include "base/memory.h"
#include "text/fold.h"

/* Scratch larger than this is given back when a text needs less than an eighth of it. */
#define KEEP_BYTES ((size_t)8 << 20)

struct wp_tokenizer {
    enum wp_cpu cpu;
    struct wp_fold fold; /* in, len, pos ... belong to the last run */
    struct wp_source_range *ranges;
    size_t ranges_cap; /* the fold.cap that they were made for */
};

enum wp_status wp_tokenizer_new(struct wp_tokenizer **out) {
    struct wp_tokenizer *t = wp_zalloc(1, sizeof *t);
    *out = t;
    if (!t) return WP_ENOMEM;
    t->cpu = wp_cpu_level();
    t->fold.unicode = wp_unicode_get();
    return WP_OK;
}

static void release_text(struct wp_tokenizer *t) {
    wp_free(t->fold.area);
    wp_free(t->fold.starts);
    wp_free(t->ranges);
    t->fold.area = t->fold.text = NULL;
    t->fold.starts = NULL;
    t->ranges = NULL;
    t->fold.cap = t->ranges_cap = 0;
}

void wp_tokenizer_free(struct wp_tokenizer *t) {
    if (!t) return;
    release_text(t);
    wp_normal_release(&t->fold.normal);
    wp_free(t);
}

enum wp_cpu wp_tokenizer_cpu(const struct wp_tokenizer *t) {
    return t->cpu;
}

static enum wp_status prepare(struct wp_tokenizer *t, const uint8_t *utf8, size_t len) {
    struct wp_fold *f = &t->fold;
    if (len > WP_TEXT_BYTES_MAX) return WP_ETOOBIG;
    if (f->cap > KEEP_BYTES && WP_FOLD_ROOM(len) < f->cap / 8) release_text(t);
    f->in = utf8;
    f->len = len;
    f->pos = f->out = f->count = f->alone = 0;
    f->open = false;
    f->status = WP_OK;
    f->ranges = NULL;
    if (f->cap < WP_FOLD_ROOM(len)) {
        wp_free(t->ranges); /* they are made for one cap */
        t->ranges = NULL;
        t->ranges_cap = 0;
        if (!wp_fold_grow(f, len, 0)) return f->status;
    }
    return WP_OK;
}

static enum wp_status finish(struct wp_fold *f, struct wp_tokens *out) {
    if (f->status != WP_OK) return f->status;
    if (f->open) f->text[f->out++] = ' ';
    for (size_t i = 0; i <= WP_TOKENS_BEHIND; i++) f->starts[f->count + i] = (uint32_t)f->out;
    *out = (struct wp_tokens){
        .text = f->text,
        .text_len = f->count ? f->out - 1 : 0,
        .starts = f->starts,
        .count = f->count,
        .alone = f->alone,
    };
    return WP_OK;
}

enum wp_status wp_tokenizer_run(struct wp_tokenizer *t, const uint8_t *utf8, size_t len,
                                struct wp_tokens *out) {
    WP_TRY(prepare(t, utf8, len));
#if defined(__x86_64__)
    if (t->cpu == WP_CPU_AVX512)
        wp_fold_avx512(&t->fold);
    else if (t->cpu == WP_CPU_AVX2)
        wp_fold_avx2(&t->fold);
    else
#endif
        wp_fold_portable(&t->fold);
    return finish(&t->fold, out);
}

enum wp_status wp_tokens_with_offsets(struct wp_tokenizer *t, const uint8_t *utf8, size_t len,
                                      struct wp_tokens *out, const struct wp_source_range **ranges) {
    struct wp_fold *f = &t->fold;
    WP_TRY(prepare(t, utf8, len));
    if (!t->ranges || t->ranges_cap < f->cap) {
        wp_free(t->ranges);
        t->ranges = wp_alloc(f->cap / 2 + WP_FOLD_SLACK, sizeof *t->ranges);
        if (!t->ranges) return WP_ENOMEM;
        t->ranges_cap = f->cap;
    }
    f->ranges = t->ranges;
    wp_fold_portable(f);
    t->ranges = f->ranges;
    t->ranges_cap = f->cap;
    f->ranges = NULL;
    *ranges = t->ranges;
    return finish(f, out);
}
