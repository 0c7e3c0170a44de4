/*
 * fuzz_jsonl.c - any bytes as a file of JSON lines: cut in two ways, parsed by each kernel; all must agree,
 * and what comes out must be UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "input/lines.h"
#include "input/owner.h"
#include "input/record.h"

#define MAX_RECORD 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth) {
    if (!truth) abort();
}

/* Straight from the table of RFC 3629. */
static bool is_utf8(const uint8_t *s, size_t len) {
    for (size_t i = 0; i < len;) {
        unsigned c = s[i];
        size_t n = c < 0x80                ? 1
                   : c >= 0xc2 && c < 0xe0 ? 2
                   : c >= 0xe0 && c < 0xf0 ? 3
                   : c >= 0xf0 && c < 0xf5 ? 4
                                           : 0;
        if (n == 0 || n > len - i) return false;
        for (size_t k = 1; k < n; k++)
            if ((s[i + k] & 0xc0) != 0x80) return false;
        if ((c == 0xe0 && s[i + 1] < 0xa0) || (c == 0xed && s[i + 1] > 0x9f) ||
            (c == 0xf0 && s[i + 1] < 0x90) || (c == 0xf4 && s[i + 1] > 0x8f))
            return false;
        i += n;
    }
    return true;
}

static bool same(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len) {
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

struct tools {
    struct wp_record_parser *best, *portable;
    struct wp_owner_cache *owners;
};

static void try_line(struct tools *t, const uint8_t *line, size_t len) {
    struct wp_record a, b;
    const char *reason, *name;
    enum wp_status status = wp_record_parse(t->best, line, len, &a, &reason);
    require(wp_record_parse(t->portable, line, len, &b, &reason) == status);
    if (status == WP_EUTF8) require(!is_utf8(line, len));
    if (status != WP_OK) return;
    require(is_utf8(line, len) && is_utf8(a.text, a.text_len) && is_utf8(a.id, a.id_len));
    require(same(a.text, a.text_len, b.text, b.text_len) && same(a.id, a.id_len, b.id, b.id_len));
    require(same(a.url, a.url_len, b.url, b.url_len) && same(a.date, a.date_len, b.date, b.date_len));
    require(a.text_len <= len);
    size_t name_len;
    wp_owner_find(t->owners, &a, &name, &name_len);
    require(name_len <= WP_OWNER_MAX && is_utf8((const uint8_t *)name, name_len));
}

/* Sum over the lines: lengths and places, so that two ways of cutting can be compared. */
static uint64_t cut(struct tools *t, const uint8_t *data, size_t size, size_t step) {
    struct wp_lines lines = {0};
    struct wp_batch_buf b;
    enum wp_status status;
    uint64_t sum = 0, n = 0;
    size_t at = 0, cap;
    uint8_t *room;
    wp_lines_init(&lines, MAX_RECORD);
    require(wp_batch_buf_init(&b, 1) == WP_OK);
    do {
        require(wp_lines_begin(&lines, &b) == WP_OK);
        do {
            require(wp_lines_room(&b, &room, &cap) == WP_OK);
            size_t piece = size - at < step ? size - at : step;
            if (piece > cap) piece = cap;
            if (piece) memcpy(room, data + at, piece);
            b.len += piece;
            at += piece;
        } while (!wp_lines_cut(&lines, &b, at == size, &status));
        require(status == WP_OK);
        struct wp_line_cursor cursor = wp_line_first(&b, MAX_RECORD);
        for (struct wp_line line; wp_line_next(&cursor, &line); n++) {
            sum = sum * 31 + (line.too_long ? 1000003 : line.len) + n;
            if (!line.too_long && t) try_line(t, line.data, line.len);
        }
    } while (at < size);
    wp_batch_buf_release(&b);
    wp_lines_release(&lines);
    return sum;
}

static void make_tools(struct tools *t) {
    static const struct wp_fields fields = {.title = "meta.title", .source = "meta.source"};
    unsetenv("WIREPRINT_CPU");
    require(wp_record_parser_new(&t->best, &fields, NULL) == WP_OK);
    setenv("WIREPRINT_CPU", "portable", 1);
    require(wp_record_parser_new(&t->portable, &fields, NULL) == WP_OK);
    unsetenv("WIREPRINT_CPU");
    require(wp_owner_cache_new(&t->owners) == WP_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct tools t; /* made once: making them costs more than most inputs */
    if (!t.owners) make_tools(&t);
    require(cut(&t, data, size, 100000) == cut(NULL, data, size, 1 + size % 37));
    return 0;
}
