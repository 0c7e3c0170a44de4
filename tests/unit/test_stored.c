/* test_stored.c - stored records: what is put in comes out, whatever the fields are called; anything else is
 * damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "engine/stored.h"

static struct wp_stored_reader reader;

static void make(struct wp_buffer *out, const char *line, const char *id, const struct wp_fields *fields) {
    struct wp_buffer names = {0};
    assert_int_equal(wp_stored_names_make(&names, fields), WP_OK);
    struct wp_stored_parts parts = {.line = (const uint8_t *)line,
                                    .line_len = strlen(line),
                                    .id = (const uint8_t *)id,
                                    .id_len = strlen(id),
                                    .names = names.data,
                                    .names_len = names.len};
    assert_int_equal(wp_stored_record_make(out, &parts), WP_OK);
    assert_int_equal(wp_buffer_reserve(out, WP_RECORD_PADDING, SIZE_MAX), WP_OK);
    memset(out->data + out->len, 0, WP_RECORD_PADDING);
    wp_buffer_release(&names);
}

static void expect(const struct wp_buffer *b, const char *line, const char *id, const char *text) {
    struct wp_stored_record r;
    assert_int_equal(wp_stored_record_split(&r, &reader, b->data, b->len), WP_OK);
    assert_int_equal(r.line_len, strlen(line));
    assert_memory_equal(r.line, line, r.line_len);
    assert_int_equal(r.record.id_len, strlen(id));
    assert_memory_equal(r.record.id, id, r.record.id_len);
    assert_int_equal(r.record.text_len, strlen(text));
    assert_memory_equal(r.record.text, text, r.record.text_len);
}

static void test_default_names(void **state) {
    (void)state;
    static const char line[] = "{\"id\":\"a\",\"text\":\"one\"}", plain[] = "{\"text\":\"one\"}";
    static const struct wp_fields fields = {0};
    struct wp_buffer b = {0};
    make(&b, line, "", NULL);
    assert_int_equal(b.len, strlen(line) + 1); /* one byte more, as FORMAT.md says */
    assert_int_equal(b.data[0], 0);
    expect(&b, line, "a", "one");
    make(&b, line, "", &fields);
    assert_int_equal(b.len, strlen(line) + 1);
    make(&b, plain, "dump.jsonl:7", NULL);
    assert_int_equal(b.data[0], 12);
    expect(&b, plain, "dump.jsonl:7", "one");
    wp_buffer_release(&b);
    wp_stored_reader_release(&reader);
}

/* Records of different names by turns, of more sets of them than parsers are kept. */
static void test_many_names(void **state) {
    (void)state;
    struct wp_buffer b = {0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2 * WP_STORED_PARSERS; i++) {
            char line[200], name[20], text[20];
            snprintf(name, sizeof name, "body.n%d", i);
            snprintf(text, sizeof text, "text %d", i);
            snprintf(line, sizeof line, "{\"key\":%d,\"text\":\"no\",\"body\":{\"n%d\":\"%s\"}}", i, i, text);
            struct wp_fields fields = {.id = "key", .text = name};
            make(&b, line, "given", &fields);
            expect(&b, line, "given", text);
        }
    }
    static const char line[] = "{\"id\":\"a\",\"text\":\"one\",\"url\":\"https://a.com/\"}";
    struct wp_fields no_url = {.url = ""};
    struct wp_stored_record r;
    make(&b, line, "", &no_url);
    assert_int_equal(wp_stored_record_split(&r, &reader, b.data, b.len), WP_OK);
    assert_int_equal(r.record.url_len, 0);
    make(&b, line, "", NULL);
    assert_int_equal(wp_stored_record_split(&r, &reader, b.data, b.len), WP_OK);
    assert_int_equal(r.record.url_len, strlen("https://a.com/"));
    wp_buffer_release(&b);
    wp_stored_reader_release(&reader);
}

static void test_too_long(void **state) {
    (void)state;
    struct wp_buffer b = {0};
    char *name = malloc(WP_STORED_NAMES_MAX + 1);
    memset(name, 'n', WP_STORED_NAMES_MAX);
    name[WP_STORED_NAMES_MAX] = '\0';
    struct wp_fields fields = {.date = name};
    assert_int_equal(wp_stored_names_make(&b, &fields), WP_ETOOBIG);
    uint8_t *id = calloc(WP_STORED_ID_MAX + 1, 1);
    struct wp_stored_parts parts = {
        .line = (const uint8_t *)"{}", .line_len = 2, .id = id, .id_len = WP_STORED_ID_MAX + 1};
    assert_int_equal(wp_stored_record_make(&b, &parts), WP_ETOOBIG);
    free(name);
    free(id);
    wp_buffer_release(&b);
}

/* Cut at every length, every byte of the front turned over: a record or damage, never anything else. */
static void test_damaged(void **state) {
    (void)state;
    static const char line[] = "{\"k\":\"a\",\"t\":\"one\"}";
    struct wp_fields fields = {.id = "k", .text = "t"};
    struct wp_buffer b = {0};
    struct wp_stored_record r;
    make(&b, line, "given", &fields);
    size_t front = b.len - strlen(line);
    for (size_t len = 0; len < b.len; len++)
        assert_int_equal(wp_stored_record_split(&r, &reader, b.data, len), WP_EDAMAGED);
    for (size_t at = 0; at < front; at++) {
        for (int bit = 0; bit < 8; bit++) {
            b.data[at] ^= (uint8_t)(1u << bit);
            enum wp_status status = wp_stored_record_split(&r, &reader, b.data, b.len);
            assert_true(status == WP_OK || status == WP_EDAMAGED);
            b.data[at] ^= (uint8_t)(1u << bit);
        }
    }
    expect(&b, line, "given", "one");
    wp_buffer_release(&b);
    wp_stored_reader_release(&reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_names),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
