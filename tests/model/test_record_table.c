/*
 * test_record_table.c - the parser of records beside Python's json module: what is refused, what is decoded
 * to what (record_table.h, made by make_record_table.py), with each kernel, and with anything behind the
 * line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "input/record.h"
#include "model/record_table.h"

static void check(struct wp_record_parser *p, size_t i, char filler) {
    struct wp_record r;
    const char *reason;
    uint8_t *line = malloc(table[i].len + WP_RECORD_PADDING);
    memcpy(line, table[i].line, table[i].len);
    memset(line + table[i].len, filler, WP_RECORD_PADDING);
    enum wp_status status = wp_record_parse(p, line, table[i].len, &r, &reason);
    if (status != table[i].status) print_message("line %zu: %s\n", i, table[i].line);
    assert_int_equal(status, table[i].status);
    if (status == WP_OK) {
        assert_int_equal(r.text_len, table[i].text_len);
        assert_memory_equal(r.text, table[i].text, r.text_len);
        assert_int_equal(r.id_len, table[i].id_len);
        assert_memory_equal(r.id, table[i].id, r.id_len);
    } else {
        assert_true(reason[0]);
    }
    free(line);
}

static void as_python(void **state) {
    static const char fillers[] = {'\n', '"', '}', '\\', '0', ' '};
    setenv("WIREPRINT_CPU", *state, 1);
    struct wp_record_parser *p;
    assert_int_equal(wp_record_parser_new(&p, NULL, NULL), WP_OK);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t f = 0; f < sizeof fillers; f++) check(p, i, fillers[f]);
    wp_record_parser_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(as_python, "portable"),
        cmocka_unit_test_prestate(as_python, "avx2"),
        cmocka_unit_test_prestate(as_python, "avx512"),
    };
    return cmocka_run_group_tests_name("record table", tests, NULL, NULL);
}
