/*
 * test_alloc_read.c - the way of an article up to its tokens when memory runs out at every possible place:
 * the parser of records and the tokenizer say WP_ENOMEM, leak nothing (under the address sanitizer) and go on
 * working once there is memory again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "input/record.h"
#include "support/fail_alloc.h"
#include "text/tokens.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};

#define TEXT_BYTES 60000

/* A line with escapes in every field, so that each value has to be decoded into memory of the parser. */
static struct wp_buffer make_line(void) {
    struct wp_buffer b = {0};
    assert_int_equal(
        wp_buffer_print(&b, "{\"id\":\"a\\u0041\",\"title\":\"\\n\",\"url\":\"\\/\",\"text\":\""), WP_OK);
    while (b.len < TEXT_BYTES)
        assert_int_equal(wp_buffer_print(&b, "word\\t%zu \\u00e9t\\u00c9 ", b.len), WP_OK);
    assert_int_equal(wp_buffer_print(&b, "\"}%*s", WP_RECORD_PADDING, ""), WP_OK);
    b.len -= WP_RECORD_PADDING;
    return b;
}

static int parse(void *context) {
    const struct wp_buffer *line = context;
    struct wp_record_parser *parser = NULL;
    struct wp_record record;
    const char *reason = "";
    enum wp_status status = wp_record_parser_new(&parser, NULL, NULL);
    if (status == WP_OK) status = wp_record_parse(parser, line->data, line->len, &record, &reason);
    if (status == WP_OK) assert_memory_equal(record.id, "aA", 2);
    wp_record_parser_free(parser);
    return status;
}

static void records(void **state) {
    (void)state;
    struct wp_buffer line = make_line();
    long count = fail_alloc_each(parse, &line, &plan);
    wp_buffer_release(&line);
    assert_true(count >= 1);
}

static int tokenize(void *context) {
    const struct wp_buffer *text = context;
    struct wp_tokenizer *tokenizer = NULL;
    struct wp_tokens tokens;
    const struct wp_source_range *ranges;
    enum wp_status status = wp_tokenizer_new(&tokenizer);
    if (status == WP_OK) status = wp_tokenizer_run(tokenizer, text->data, text->len, &tokens);
    if (status == WP_OK) status = wp_tokens_with_offsets(tokenizer, text->data, text->len, &tokens, &ranges);
    if (status == WP_ENOMEM && tokenizer) { /* usable when there is memory again */
        fail_alloc_disarm();
        assert_int_equal(wp_tokenizer_run(tokenizer, text->data, text->len, &tokens), WP_OK);
        assert_memory_equal(tokens.text, "id a", 4);
    }
    wp_tokenizer_free(tokenizer);
    return status;
}

static void tokens(void **state) {
    (void)state;
    struct wp_buffer text = make_line();
    long count = fail_alloc_each(tokenize, &text, &plan);
    wp_buffer_release(&text);
    assert_true(count >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records),
        cmocka_unit_test(tokens),
    };
    return cmocka_run_group_tests_name("alloc_read", tests, NULL, NULL);
}
