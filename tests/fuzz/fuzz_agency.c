/*
 * fuzz_agency.c - any bytes as a text, and as a table: places within the text, at its characters and in the
 * windows, a number that has a name, the same answer each time; and a table is refused with words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text/agency.h"
#include "text/unicode.h"

enum { TABLE_BYTES_MAX = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds) {
    if (!holds) abort();
}

static const struct wp_agency_table *table(void) {
    static struct wp_agency_table *made;
    if (!made) require(wp_agency_table_new(NULL, &made, NULL) == WP_OK);
    return made;
}

static int is_utf8(const uint8_t *text, size_t len) {
    uint32_t c;
    for (unsigned n; len; text += n, len -= n)
        if ((n = wp_utf8_decode(text, len, &c)) == 0) return 0;
    return 1;
}

static int is_cut(const uint8_t *text, size_t len, size_t at) {
    return at < len && (text[at] & 0xc0) == 0x80;
}

static void find(const uint8_t *text, size_t len, struct wp_agency_found *out) {
    uint8_t *copy = malloc(len ? len : 1); /* its own allocation: a sanitizer sees reads behind it */
    require(copy != NULL);
    if (len) memcpy(copy, text, len);
    wp_agency_find(table(), copy, len, out);
    free(copy);
    require(out->head_end <= out->tail_begin && out->tail_begin <= len);
    require(out->head_end <= WP_AGENCY_HEAD_BYTES);
    require(out->agency <= wp_agency_count(table()));
    require((out->agency == 0) == (*wp_agency_name(table(), out->agency) == 0));
    require(out->agency == 0 || out->head_end > 0 || out->tail_begin < len);
    if (is_utf8(text, len)) require(!is_cut(text, len, out->head_end) && !is_cut(text, len, out->tail_begin));
}

static void read_table(const uint8_t *data, size_t size) {
    char name[] = "/tmp/fuzz_agency.XXXXXX";
    struct wp_agency_table *t;
    struct wp_error err;
    struct wp_agency_found found;
    int file = mkstemp(name);
    if (file < 0) return;
    require(write(file, data, size) == (ssize_t)size);
    close(file);
    enum wp_status status = wp_agency_table_new(name, &t, &err);
    remove(name);
    require((status == WP_OK) == (t != NULL));
    require(status == WP_OK || *err.reason);
    if (t) wp_agency_find(t, data, size, &found);
    wp_agency_table_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct wp_agency_found first, again;
    find(data, size, &first);
    find(data, size, &again);
    require(first.agency == again.agency && first.head_end == again.head_end &&
            first.tail_begin == again.tail_begin);
    if (size && size <= TABLE_BYTES_MAX && memchr(data, '\t', size)) read_table(data, size);
    return 0;
}
