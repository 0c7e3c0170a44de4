/*
 * test_codec.c - decoding: members, frames, skippable frames, every cut and every flipped byte of small
 * files, what is delivered before the damage; encoding: the same bytes however the input is cut.
 *
 * Compressed inputs come from codec_data.h (other programs' work) or are put together by hand from the
 * format's specification (RFC 8878: raw and RLE blocks).
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/codec.h"
#include "unit/codec_data.h"

#define PLAIN_LEN (sizeof plain_text - 1)

struct result {
    enum wp_status status;
    enum wp_format format;
    struct wp_error error;
    struct wp_buffer out;
};

/* Decodes with input pieces of in_step bytes and output room of out_step. */
static struct result decode(const uint8_t *data, size_t len, size_t in_step, size_t out_step) {
    struct result r = {.status = WP_OK};
    struct wp_decoder *d;
    uint8_t *room = malloc(out_step), *copy = malloc(len ? len : 1);
    if (len) memcpy(copy, data, len); /* so that the address sanitizer sees reading too far */
    assert_int_equal(wp_decoder_new(&d), WP_OK);
    for (size_t at = 0; at < len && r.status == WP_OK;) {
        size_t n = len - at < in_step ? len - at : in_step, was = at, had = r.out.len;
        struct wp_decoder_io io = {.in = copy + at, .in_len = n, .out = room, .out_cap = out_step};
        r.status = wp_decoder_run(d, &io, &r.error);
        assert_true(io.in_used <= n && io.out_len <= out_step);
        assert_int_equal(wp_buffer_add(&r.out, room, io.out_len), WP_OK);
        at += io.in_used;
        while (r.status == WP_OK && io.out_len == out_step) {
            io.in_len = 0;
            r.status = wp_decoder_run(d, &io, &r.error);
            assert_int_equal(wp_buffer_add(&r.out, room, io.out_len), WP_OK);
        }
        if (r.status == WP_OK) assert_true(at > was || r.out.len > had); /* never idle */
    }
    if (r.status == WP_OK)
        r.status = wp_decoder_finish(d, &r.error);
    else
        assert_int_equal(wp_decoder_finish(d, NULL), r.status);
    r.format = wp_decoder_format(d);
    wp_decoder_free(d);
    free(copy);
    free(room);
    return r;
}

static void expect(struct result r, enum wp_status status, const char *text, size_t len) {
    assert_int_equal(r.status, status);
    assert_int_equal(r.out.len, len);
    if (len) assert_memory_equal(r.out.data, text, len);
    wp_buffer_release(&r.out);
}

static const size_t in_steps[] = {1, 2, 3, 5, 64, 100000}, out_steps[] = {1, 2, 7, 100, 100000};

static void expect_all_steps(const uint8_t *data, size_t len, enum wp_status status, const char *text,
                             size_t text_len) {
    for (size_t i = 0; i < sizeof in_steps / sizeof *in_steps; i++)
        for (size_t j = 0; j < sizeof out_steps / sizeof *out_steps; j++)
            expect(decode(data, len, in_steps[i], out_steps[j]), status, text, text_len);
}

static void formats_by_content(void **state) {
    (void)state;
    expect_all_steps((const uint8_t *)plain_text, PLAIN_LEN, WP_OK, plain_text, PLAIN_LEN);
    expect_all_steps(gzip_text, sizeof gzip_text, WP_OK, plain_text, PLAIN_LEN);
    expect_all_steps(zstd_text, sizeof zstd_text, WP_OK, plain_text, PLAIN_LEN);
    expect_all_steps(zstd_text, 0, WP_OK, "", 0);
    struct result r = decode(gzip_text, sizeof gzip_text, 1, 10);
    assert_int_equal(r.format, WP_FORMAT_GZIP);
    wp_buffer_release(&r.out);
    r = decode(zstd_text, sizeof zstd_text, 1, 10);
    assert_int_equal(r.format, WP_FORMAT_ZSTD);
    wp_buffer_release(&r.out);
    r = decode((const uint8_t *)"{}", 2, 1, 10);
    assert_int_equal(r.format, WP_FORMAT_PLAIN);
    wp_buffer_release(&r.out);
    static const char odd[] = "\x1f{\"a\":1}", odd2[] = "(\xb5/x", odd3[] = "P*M!"; /* almost magic numbers */
    expect_all_steps((const uint8_t *)odd, sizeof odd - 1, WP_OK, odd, sizeof odd - 1);
    expect_all_steps((const uint8_t *)odd2, 4, WP_OK, odd2, 4);
    expect_all_steps((const uint8_t *)odd3, 4, WP_OK, odd3, 4);
}

static void put(struct wp_buffer *b, const void *data, size_t len) {
    assert_int_equal(wp_buffer_add(b, data, len), WP_OK);
}

static void several_members_and_frames(void **state) {
    (void)state;
    static const uint8_t skip[] = {0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
    static const uint8_t skip_empty[] = {0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
    static const uint8_t zeros[100];
    struct wp_buffer gz = {0}, zst = {0}, text = {0};
    put(&zst, skip, sizeof skip);
    for (int i = 0; i < 3; i++) {
        put(&gz, gzip_text, sizeof gzip_text);
        put(&zst, zstd_text, sizeof zstd_text);
        put(&zst, i ? skip : skip_empty, i ? sizeof skip : sizeof skip_empty);
        put(&text, plain_text, PLAIN_LEN);
    }
    expect_all_steps(gz.data, gz.len, WP_OK, (char *)text.data, text.len);
    expect_all_steps(zst.data, zst.len, WP_OK, (char *)text.data, text.len);
    expect_all_steps(skip, sizeof skip, WP_OK, "", 0);
    put(&gz, zeros, sizeof zeros);
    expect_all_steps(gz.data, gz.len, WP_OK, (char *)text.data, text.len);
    wp_buffer_release(&gz);
    wp_buffer_release(&zst);
    wp_buffer_release(&text);
}

static void bytes_behind_the_end(void **state) {
    (void)state;
    struct wp_buffer b = {0};
    put(&b, gzip_text, sizeof gzip_text);
    put(&b, "{\"id\":1}\n", 9);
    expect_all_steps(b.data, b.len, WP_EDAMAGED, plain_text, PLAIN_LEN);
    struct result r = decode(b.data, b.len, 100, 100);
    assert_int_equal(r.error.has_offset, 1);
    assert_int_equal(r.error.offset, sizeof gzip_text);
    wp_buffer_release(&r.out);
    b.len = 0;
    put(&b, zstd_text, sizeof zstd_text);
    put(&b, "{\"id\":1}\n", 9);
    expect_all_steps(b.data, b.len, WP_EDAMAGED, plain_text, PLAIN_LEN);
    wp_buffer_release(&b);
}

/* Any cut: damaged, unless it is between members, and what came out is a prefix of the text. */
static void every_cut(void **state) {
    (void)state;
    static const struct {
        const uint8_t *data;
        size_t len;
    } files[] = {{gzip_text, sizeof gzip_text}, {zstd_text, sizeof zstd_text}};
    for (size_t f = 0; f < 2; f++)
        for (size_t cut = 1; cut < files[f].len; cut++)
            for (size_t step = 1; step < 1000; step *= 10) {
                struct result r = decode(files[f].data, cut, step, 64);
                assert_int_equal(r.status, WP_EDAMAGED);
                assert_int_equal(r.error.offset, cut);
                assert_non_null(strstr(r.error.reason, "truncated"));
                assert_true(r.out.len <= PLAIN_LEN);
                if (r.out.len) assert_memory_equal(r.out.data, plain_text, r.out.len);
                wp_buffer_release(&r.out);
            }
}

/* Any flipped byte: told (both files have checksums), or the text comes out as it was. */
static void every_flipped_byte(void **state) {
    (void)state;
    uint8_t copy[1024];
    for (size_t f = 0; f < 2; f++) {
        size_t len = f ? sizeof zstd_text : sizeof gzip_text;
        for (size_t i = 0; i < len; i++) {
            memcpy(copy, f ? zstd_text : gzip_text, len);
            copy[i] ^= 0xff;
            struct result r = decode(copy, len, 50, 50);
            bool same = r.out.len == PLAIN_LEN && !memcmp(r.out.data, plain_text, PLAIN_LEN);
            if (r.status == WP_OK && r.format != WP_FORMAT_PLAIN) assert_true(same);
            if (r.status != WP_OK) assert_true(r.error.has_offset && r.error.reason[0]);
            wp_buffer_release(&r.out);
        }
    }
}

static void put_block(struct wp_buffer *b, unsigned type, bool last, size_t size) {
    uint32_t head = (uint32_t)last | type << 1 | (uint32_t)size << 3;
    uint8_t bytes[3] = {(uint8_t)head, (uint8_t)(head >> 8), (uint8_t)(head >> 16)};
    put(b, bytes, 3);
}

/* A frame of raw and RLE blocks by hand; the third block is of the reserved type. All before it comes out,
 * whatever the pieces, and the offset is that of the block. */
static void what_stands_before_the_damage(void **state) {
    (void)state;
    static const uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38}; /* window 2^17 */
    struct wp_buffer b = {0}, text = {0};
    put(&b, frame, sizeof frame);
    put_block(&b, 0, false, 9);
    put(&b, "{\"id\":1}\n", 9);
    put_block(&b, 1, false, 5000);
    put(&b, "x", 1);
    size_t damaged_at = b.len;
    put_block(&b, 3, false, 77);
    put(&b, "whatever", 8);
    put(&text, "{\"id\":1}\n", 9);
    for (int i = 0; i < 5000; i++) put(&text, "x", 1);
    expect_all_steps(b.data, b.len, WP_EDAMAGED, (char *)text.data, text.len);
    struct result r = decode(b.data, b.len, 100000, 100000);
    assert_int_equal(r.error.offset, damaged_at);
    wp_buffer_release(&r.out);
    wp_buffer_release(&b);
    wp_buffer_release(&text);
}

static void window_limit(void **state) {
    (void)state;
    expect(decode(zstd_window_27, sizeof zstd_window_27, 100, 100), WP_OK, plain_text, PLAIN_LEN);
    struct result r = decode(zstd_window_28, sizeof zstd_window_28, 100, 100);
    assert_int_equal(r.status, WP_EDAMAGED);
    assert_non_null(strstr(r.error.reason, "128 MiB"));
    wp_buffer_release(&r.out);
}

/* A dictionary cannot be guessed: what the user has to do is told. A sound frame before it is used. */
static void dictionary(void **state) {
    (void)state;
    uint8_t both[sizeof zstd_text + sizeof zstd_dictionary];
    memcpy(both, zstd_text, sizeof zstd_text);
    memcpy(both + sizeof zstd_text, zstd_dictionary, sizeof zstd_dictionary);
    for (size_t from = 0; from <= sizeof zstd_text; from += sizeof zstd_text) {
        struct result r = decode(both + from, sizeof both - from, 100, 100);
        assert_int_equal(r.status, WP_EDAMAGED);
        assert_non_null(strstr(r.error.reason, "zstd -d -D DICTIONARY"));
        assert_int_equal(r.out.len, from ? 0 : PLAIN_LEN);
        wp_buffer_release(&r.out);
    }
}

static void reset_starts_anew(void **state) {
    (void)state;
    struct wp_decoder *d;
    uint8_t room[2000];
    assert_int_equal(wp_decoder_new(&d), WP_OK);
    for (int i = 0; i < 6; i++) {
        const uint8_t *data = i % 3 == 0 ? gzip_text : i % 3 == 1 ? zstd_text : (const uint8_t *)plain_text;
        size_t len = i % 3 == 0 ? sizeof gzip_text : i % 3 == 1 ? sizeof zstd_text : PLAIN_LEN;
        struct wp_decoder_io io = {.in = data, .in_len = len / 2, .out = room, .out_cap = sizeof room};
        assert_int_equal(wp_decoder_run(d, &io, NULL), WP_OK); /* left in the middle */
        wp_decoder_reset(d);
        io.in_len = len;
        assert_int_equal(wp_decoder_run(d, &io, NULL), WP_OK);
        assert_int_equal(io.out_len, PLAIN_LEN);
        assert_memory_equal(room, plain_text, PLAIN_LEN);
        assert_int_equal(wp_decoder_total_in(d), len);
        assert_int_equal(wp_decoder_total_out(d), PLAIN_LEN);
        assert_int_equal(wp_decoder_finish(d, NULL), WP_OK);
        wp_decoder_reset(d);
    }
    wp_decoder_free(d);
}

static struct wp_buffer encode(enum wp_format format, const struct wp_buffer *text, unsigned seed) {
    struct wp_encoder *e;
    struct wp_buffer out = {0};
    assert_int_equal(wp_encoder_new(&e, format, NULL), WP_OK);
    for (size_t at = 0; at < text->len;) {
        seed = seed * 1103515245u + 12345u;
        size_t n = seed ? (seed >> 8) % 300000 : text->len;
        if (n > text->len - at) n = text->len - at;
        assert_int_equal(wp_encoder_run(e, text->data + at, n, &out, NULL), WP_OK);
        at += n;
    }
    assert_int_equal(wp_encoder_finish(e, &out, NULL), WP_OK);
    wp_encoder_free(e);
    return out;
}

static void encoder_round_trip_and_same_bytes(void **state) {
    (void)state;
    struct wp_buffer text = {0};
    for (unsigned i = 0; i < 60000; i++)
        assert_int_equal(
            wp_buffer_print(&text, "{\"id\":%u,\"text\":\"%u %u\"}\n", i, i * 2654435761u, i % 77), WP_OK);
    for (int format = WP_FORMAT_PLAIN; format <= WP_FORMAT_ZSTD; format++) {
        struct wp_buffer a = encode(format, &text, 1), b = encode(format, &text, 99);
        assert_int_equal(a.len, b.len);
        assert_memory_equal(a.data, b.data, a.len);
        expect(decode(a.data, a.len, 70000, 50000), WP_OK, (char *)text.data, text.len);
        wp_buffer_release(&a);
        wp_buffer_release(&b);
        struct wp_buffer nothing = {0}, empty = encode(format, &nothing, 1);
        expect(decode(empty.data, empty.len, 10, 10), WP_OK, "", 0);
        wp_buffer_release(&empty);
    }
    wp_buffer_release(&text);
}

static void names_of_formats(void **state) {
    (void)state;
    assert_int_equal(wp_format_of_name("a.jsonl.gz"), WP_FORMAT_GZIP);
    assert_int_equal(wp_format_of_name("a.zst"), WP_FORMAT_ZSTD);
    assert_int_equal(wp_format_of_name("a.jsonl"), WP_FORMAT_PLAIN);
    assert_int_equal(wp_format_of_name("-"), WP_FORMAT_PLAIN);
    assert_int_equal(wp_format_of_name("gz"), WP_FORMAT_PLAIN);
    assert_string_equal(wp_format_name(WP_FORMAT_ZSTD), "zstd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_by_content),   cmocka_unit_test(several_members_and_frames),
        cmocka_unit_test(bytes_behind_the_end), cmocka_unit_test(every_cut),
        cmocka_unit_test(every_flipped_byte),   cmocka_unit_test(what_stands_before_the_damage),
        cmocka_unit_test(window_limit),         cmocka_unit_test(dictionary),
        cmocka_unit_test(reset_starts_anew),    cmocka_unit_test(encoder_round_trip_and_same_bytes),
        cmocka_unit_test(names_of_formats),
    };
    return cmocka_run_group_tests_name("codec", tests, NULL, NULL);
}
