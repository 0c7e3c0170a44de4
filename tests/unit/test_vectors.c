/*
 * test_vectors.c - fingerprints against tests/data/sketch_vectors.tsv, which tools/sketch_vectors.py makes in
 * Python from SKETCH.md alone; at every kernel level.
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
enum { LEVELS = 3, FIELDS = 11 };

static size_t unescape(const char *in, char *out) {
    size_t n = 0;
    for (; *in; in++) {
        if (*in != '\\') {
            out[n++] = *in;
        } else if (*++in == 'u') {
            char hex[5] = {in[1], in[2], in[3], in[4], 0};
            n += wp_utf8_encode((uint32_t)strtoul(hex, NULL, 16), (uint8_t *)out + n);
            in += 4;
        } else {
            out[n++] = *in == 'n' ? '\n' : *in == 't' ? '\t' : *in == 'r' ? '\r' : *in;
        }
    }
    return n;
}

static void hex16(struct wp_hash128 h, char *out) {
    for (int i = 0; i < 16; i++) {
        uint64_t half = i < 8 ? h.low : h.high;
        sprintf(out + 2 * i, "%02x", (unsigned)(half >> 8 * (i % 8) & 255));
    }
}

static void check_samples(const struct wp_fingerprint *p, const char *want) {
    char have[WP_SAMPLES_MAX * 17 + 1] = "-";
    for (unsigned i = 0; i < p->sample_count; i++)
        sprintf(have + 17 * i, "%016llx%s", (unsigned long long)p->samples[i],
                i + 1 < p->sample_count ? "," : "");
    assert_string_equal(have, want);
}

static void check_numbers(const struct wp_fingerprint *p, const char *want) {
    char have[300];
    int n = sprintf(have, "%u:", p->number_total);
    for (unsigned i = 0; i < p->number_count; i++)
        n += sprintf(have + n, "%08x%s", p->numbers[i], i + 1 < p->number_count ? "," : "");
    assert_string_equal(have, want);
}

static void check_line(struct wp_fingerprinter *f, char **field) {
    static char text[1 << 17];
    char hex[33];
    struct wp_fingerprint p;
    size_t len = unescape(field[1], text);
    assert_int_equal(wp_fingerprinter_run(f, (const uint8_t *)text, len, WP_FEATURE_ALL, &p), WP_OK);
    const struct wp_tokens *t = wp_fingerprinter_tokens(f);
    assert_int_equal(t->text_len, strlen(field[2]));
    assert_memory_equal(t->text, field[2], t->text_len);
    assert_int_equal(t->alone, atoi(field[3]));
    assert_int_equal(p.width, atoi(field[4]));
    hex16(p.exact, hex);
    assert_string_equal(hex, field[5]);
    hex16(p.simhash, hex);
    assert_string_equal(hex, field[6]);
    assert_int_equal(p.shingles, atoi(field[7]));
    check_samples(&p, field[8]);
    sprintf(hex, "%016llx", (unsigned long long)wp_hash64(p.sketch, sizeof p.sketch));
    assert_string_equal(hex, field[9]);
    check_numbers(&p, field[10]);
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
            check_line(f, field);
            lines++;
        }
        assert_true(lines >= 30);
        fclose(file);
        wp_fingerprinter_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(vectors)};
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
