/*
 * test_feed.c - an input in raw blocks of any size comes out as the same lines, with their places;
 * compressed, damaged, and with lines that are too long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/feed.h"
#include "support/random.h"

struct out {
    struct wp_buffer lines; /* each with a newline; too long ones as "<long>" */
    uint64_t count, batches;
    size_t max_record;
};

static void take(struct out *o, const struct wp_feed *f, const struct wp_sheaf *b) {
    struct wp_line_cursor cursor = wp_line_first(&b->lines, o->max_record);
    struct wp_line line;
    assert_int_equal(b->file, 7);
    assert_int_equal(b->sequence, o->batches++);
    if (f->counts_lines) assert_int_equal(b->lines_before, o->count);
    while (wp_line_next(&cursor, &line)) {
        o->count++;
        if (line.too_long)
            wp_buffer_add(&o->lines, "<long>", 6);
        else
            wp_buffer_add(&o->lines, line.data, line.len);
        wp_buffer_add(&o->lines, "\n", 1);
    }
}

/* Feeds data in random pieces of at most `piece` bytes. */
static enum wp_status feed(struct out *o, const uint8_t *data, size_t len, size_t piece, size_t max_record) {
    struct wp_decoder *decoder;
    struct wp_feed f;
    struct wp_error err = {0};
    struct wp_sheaf *b = wp_sheaf_new();
    struct random r = {len + piece};
    enum wp_status status = WP_OK;
    *o = (struct out){.max_record = max_record};
    assert_int_equal(wp_decoder_new(&decoder), WP_OK);
    wp_feed_init(&f, 7, max_record, decoder);
    f.counts_lines = piece % 2;
    assert_int_equal(wp_feed_begin(&f, b), WP_OK);
    for (size_t at = 0; at < len && status != WP_EDAMAGED;) {
        size_t n = 1 + random_below(&r, piece);
        if (n > len - at) n = len - at;
        uint8_t *copy = malloc(n); /* exactly as large, for the address sanitizer */
        memcpy(copy, data + at, n);
        struct wp_raw raw = {.data = copy, .len = n};
        while ((status = wp_feed_decode(&f, &raw, b, &err)) == WP_END) {
            take(o, &f, b);
            assert_int_equal(wp_feed_begin(&f, b), WP_OK);
        }
        if (status == WP_OK) assert_int_equal(raw.used, raw.len);
        free(copy);
        at += n;
    }
    enum wp_status ended = wp_feed_end(&f, b, status == WP_EDAMAGED, &err);
    take(o, &f, b);
    wp_feed_release(&f);
    wp_sheaf_free(b);
    return status == WP_EDAMAGED ? status : ended;
}

/* Lines of many lengths, some longer than a batch. */
static struct wp_buffer make_text(uint64_t seed, size_t bytes) {
    struct wp_buffer text = {0};
    struct random r = {seed};
    while (text.len < bytes) {
        uint64_t kind = random_below(&r, 1000);
        size_t len = kind == 0 ? 1500000 : kind < 20 ? 20000 : kind < 100 ? 0 : random_below(&r, 300);
        for (size_t i = 0; i < len; i++) {
            uint8_t c = (uint8_t)(' ' + random_below(&r, 90));
            wp_buffer_add(&text, &c, 1);
        }
        wp_buffer_add(&text, "\n", 1);
    }
    return text;
}

static struct wp_buffer compress(const struct wp_buffer *text, enum wp_format format) {
    struct wp_buffer out = {0};
    struct wp_encoder *e;
    assert_int_equal(wp_encoder_new(&e, format, NULL), WP_OK);
    assert_int_equal(wp_encoder_run(e, text->data, text->len, &out, NULL), WP_OK);
    assert_int_equal(wp_encoder_finish(e, &out, NULL), WP_OK);
    wp_encoder_free(e);
    return out;
}

static void same_lines(void **state) {
    (void)state;
    static const size_t pieces[] = {100001, 1 << 20, 333};
    struct wp_buffer text = make_text(1, 6000000);
    for (int format = WP_FORMAT_PLAIN; format <= WP_FORMAT_ZSTD; format++) {
        struct wp_buffer raw = compress(&text, (enum wp_format)format);
        for (size_t i = 0; i < 3; i++) {
            struct out o;
            assert_int_equal(feed(&o, raw.data, raw.len, pieces[i], 10000000), WP_OK);
            assert_int_equal(o.lines.len, text.len);
            assert_memory_equal(o.lines.data, text.data, text.len);
            assert_true(o.batches >= 4);
            wp_buffer_release(&o.lines);
        }
        wp_buffer_release(&raw);
    }
    /* Byte by byte, and without a newline at the end. */
    struct out o;
    assert_int_equal(feed(&o, text.data, 20000, 1, 10000000), WP_OK);
    assert_memory_equal(o.lines.data, text.data, 20000);
    wp_buffer_release(&o.lines);
    wp_buffer_release(&text);
}

static void too_long(void **state) {
    (void)state;
    struct wp_buffer text = make_text(3, 5000000), want = {0};
    uint64_t count = 0;
    for (size_t at = 0; at < text.len;) {
        size_t len = (size_t)((uint8_t *)memchr(text.data + at, '\n', text.len - at) - (text.data + at));
        wp_buffer_add(&want, len > 19999 ? (void *)"<long>" : text.data + at, len > 19999 ? 6 : len);
        wp_buffer_add(&want, "\n", 1);
        at += len + 1;
        count++;
    }
    for (size_t piece = 50000; piece < 50002; piece++) {
        struct out o;
        assert_int_equal(feed(&o, text.data, text.len, piece, 19999), WP_OK);
        assert_int_equal(o.count, count);
        assert_int_equal(o.lines.len, want.len);
        assert_memory_equal(o.lines.data, want.data, want.len);
        wp_buffer_release(&o.lines);
    }
    wp_buffer_release(&want);
    wp_buffer_release(&text);
}

/* What comes out of a damaged file is a beginning of the text and ends with a line. */
static void damage(void **state) {
    (void)state;
    struct wp_buffer text = make_text(4, 3000000);
    for (int format = WP_FORMAT_GZIP; format <= WP_FORMAT_ZSTD; format++) {
        struct wp_buffer raw = compress(&text, (enum wp_format)format);
        size_t lengths[2];
        for (size_t piece = 0; piece < 2; piece++) {
            struct out o;
            assert_int_equal(feed(&o, raw.data, raw.len * 3 / 4, piece ? 1000 : 1 << 20, 10000000),
                             WP_EDAMAGED);
            assert_true(o.lines.len > text.len / 3 && o.lines.len < text.len);
            assert_memory_equal(o.lines.data, text.data, o.lines.len);
            lengths[piece] = o.lines.len;
            wp_buffer_release(&o.lines);
        }
        assert_int_equal(lengths[0], lengths[1]); /* the second pass must see what the first one saw */
        raw.data[raw.len / 2] ^= 0x10;
        struct out o;
        assert_int_equal(feed(&o, raw.data, raw.len, 50000, 10000000), WP_EDAMAGED);
        wp_buffer_release(&o.lines);
        wp_buffer_release(&raw);
    }
    wp_buffer_release(&text);
}

static void nothing(void **state) {
    (void)state;
    struct out o;
    assert_int_equal(feed(&o, NULL, 0, 1, 100), WP_OK);
    assert_int_equal(o.count, 0);
    assert_int_equal(o.batches, 1);
    wp_sheaf_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_lines), cmocka_unit_test(too_long),
                                       cmocka_unit_test(damage), cmocka_unit_test(nothing)};
    return cmocka_run_group_tests_name("feed", tests, NULL, NULL);
}
