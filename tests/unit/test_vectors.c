/*
 * test_vectors.c - fingerprints against tests/data/sketch_vectors.tsv, which tools/sketch_vectors.py makes in
 * Python from SKETCH.md alone; at every kernel level, inside and by the calls of the public header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"
#include "sketch/fingerprint.h"
#include "text/unicode.h"
#include "wireprint.h"

static const char *const levels[] = {"portable", "avx2", "avx512"};
enum { LEVELS = 3, FIELDS = 13, LINES_MIN = 40 };

static size_t unescape(const char *in, char *out) {
    size_t n = 0;
    for (; *in; in++) {
        if (*in != '\\') {
            out[n++] = *in;
        } else if (*++in == 'u') {
            char hex[5] = {in[1], in[2], in[3], in[4], 0};
            n += wp_utf8_encode((uint32_t)strtoul(hex, NULL, 16), (uint8_t *)out + n);
            in += 4;
        } else if (*in == 'x') {
            char hex[3] = {in[1], in[2], 0};
            out[n++] = (char)strtoul(hex, NULL, 16);
            in += 2;
        } else {
            out[n++] = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in == 'r' ? '\r' : *in;
        }
    }
    return n;
}

static void hex16(const uint8_t bytes[16], char *out) {
    for (int i = 0; i < 16; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void hash_hex(struct wp_hash128 h, char *out) {
    uint8_t bytes[16];
    for (int i = 0; i < 16; i++) bytes[i] = (uint8_t)((i < 8 ? h.low : h.high) >> 8 * (i % 8));
    hex16(bytes, out);
}

static void check_samples(const uint64_t *samples, size_t count, const char *want) {
    char have[WP_SAMPLES_MAX * 17 + 1] = "-";
    for (size_t i = 0; i < count; i++)
        snprintf(have + 17 * i, 18, "%016llx%s", (unsigned long long)samples[i], i + 1 < count ? "," : "");
    assert_string_equal(have, want);
}

/* want: "total:identity,identity ..."; total is not looked at when it is negative. */
static void check_numbers(const uint32_t *numbers, size_t count, int total, const char *want) {
    char have[300] = "";
    int n = 0;
    for (size_t i = 0; i < count; i++)
        n += snprintf(have + n, 10, "%08x%s", numbers[i], i + 1 < count ? "," : "");
    assert_string_equal(have, strchr(want, ':') + 1);
    if (total >= 0) assert_int_equal(total, atoi(want));
}

static void check_sketch(const uint8_t *sketch, const char *want) {
    char hex[17];
    sprintf(hex, "%016llx", (unsigned long long)wp_hash64(sketch, WP_SKETCH_BINS));
    assert_string_equal(hex, want);
}

/* What the library works with. */
static void check_inside(struct wp_fingerprinter *f, const char *text, size_t len, char **field) {
    char hex[33];
    struct wp_fingerprint p;
    assert_int_equal(wp_fingerprinter_run(f, (const uint8_t *)text, len, WP_FEATURE_ALL, &p), WP_OK);
    const struct wp_tokens *t = wp_fingerprinter_tokens(f);
    assert_int_equal(t->text_len, strlen(field[2]));
    assert_memory_equal(t->text, field[2], t->text_len);
    assert_int_equal(t->alone, atoi(field[3]));
    assert_int_equal(p.width, atoi(field[4]));
    hash_hex(p.exact, hex);
    assert_string_equal(hex, field[5]);
    hash_hex(p.simhash, hex);
    assert_string_equal(hex, field[6]);
    assert_int_equal(p.shingles, atoi(field[7]));
    check_samples(p.samples, p.sample_count, field[8]);
    check_sketch(p.sketch, field[9]);
    check_numbers(p.numbers, p.number_count, p.number_total, field[10]);
}

/* What a user of the library sees; last: the fingerprint of the line before, or of this one. */
static void check_public(const wp_fingerprint *p, const wp_fingerprint *last, char **field) {
    uint8_t bytes[16];
    char hex[33];
    size_t count, words = *field[2] != 0;
    for (const char *c = field[2]; *c; c++) words += *c == ' ';
    assert_int_equal(wp_fingerprint_tokens(p), words);
    wp_fingerprint_exact(p, bytes);
    hex16(bytes, hex);
    assert_string_equal(hex, field[5]);
    wp_fingerprint_simhash(p, bytes);
    hex16(bytes, hex);
    assert_string_equal(hex, field[6]);
    assert_int_equal(wp_fingerprint_shingles(p), atoi(field[7]));
    const uint64_t *samples = wp_fingerprint_samples(p, &count);
    check_samples(samples, count, field[8]);
    check_sketch(wp_fingerprint_sketch(p), field[9]);
    const uint32_t *numbers = wp_fingerprint_numbers(p, &count);
    check_numbers(numbers, count, -1, field[10]);
    assert_float_equal(wp_fingerprint_jaccard(p, last), strtod(field[11], NULL), 1e-6);
    assert_float_equal(wp_fingerprint_jaccard(last, p), strtod(field[11], NULL), 1e-6);
    assert_int_equal(wp_fingerprint_hamming(p, last), atoi(field[12]));
}

static void check_line(struct wp_fingerprinter *f, wp_fingerprint **last, char **field) {
    static char text[1 << 17];
    wp_fingerprint *now;
    size_t len = unescape(field[1], text);
    check_inside(f, text, len, field);
    assert_int_equal(wp_fingerprint_new(text, len, &now), WP_OK);
    check_public(now, *last ? *last : now, field);
    wp_fingerprint_free(*last);
    *last = now;
}

static FILE *open_vectors(void) {
    char name[4096];
    const char *top = getenv("TOP");
    snprintf(name, sizeof name, "%s/tests/data/sketch_vectors.tsv", top ? top : ".");
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    return file;
}

static void vectors(void **state) {
    (void)state;
    static char line[1 << 18];
    for (int k = 0; k < LEVELS; k++) {
        struct wp_fingerprinter *f;
        wp_fingerprint *last = NULL;
        setenv("WIREPRINT_CPU", levels[k], 1);
        assert_int_equal(wp_fingerprinter_new(&f), WP_OK);
        FILE *file = open_vectors();
        assert_non_null(fgets(line, sizeof line, file));
        assert_int_equal(strtoull(line, NULL, 16), wp_scheme_id());
        int lines = 0;
        while (fgets(line, sizeof line, file)) {
            char *field[FIELDS], *rest = line;
            line[strcspn(line, "\n")] = 0;
            for (int i = 0; i < FIELDS; i++) assert_non_null(field[i] = strsep(&rest, "\t"));
            assert_null(rest);
            check_line(f, &last, field);
            lines++;
        }
        assert_true(lines >= LINES_MIN);
        fclose(file);
        wp_fingerprint_free(last);
        wp_fingerprinter_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors)};
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
