/*
 * test_corpus_tokens.c - token for token the same as the Python reference, on whole corpora.
 *
 * Skipped unless WIREPRINT_CORPORA names a folder with NAME.jsonl.zst files (WIREPRINT_CORPUS picks one NAME)
 * and WIREPRINT_REFERENCE the reference tokeniser (default: ../reference/exact_join.py beside the corpora).
 * Needs python3 and zstd. Every kernel level is compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sketch/scheme.h"
#include "text/tokens.h"

static const char *const levels[] = {"portable", "avx2", "avx512"};
enum { LEVELS = 3, SHOWN_MAX = 10 };

/* Where two token streams part, with what stands around it. */
static void show(const char *want, const struct wp_tokens *t, const char *level) {
    size_t n = strlen(want), i = 0;
    while (i < n && i < t->text_len && want[i] == (char)t->text[i]) i++;
    size_t from = i < 30 ? 0 : i - 30;
    print_message("%s differs at byte %zu: want '%.60s', have '%.*s'\n", level, i, want + from,
                  (int)(t->text_len - from < 60 ? t->text_len - from : 60), t->text + from);
}

/* Whether all levels make `want` of text. */
static int same(struct wp_tokenizer **tokenizers, const char *text, size_t len, char *want) {
    char *end = strrchr(want, ' ');
    unsigned width = (unsigned)atoi(end + 1);
    *end = 0;
    for (int k = 0; k < LEVELS; k++) {
        struct wp_tokens t;
        assert_int_equal(wp_tokenizer_run(tokenizers[k], (const uint8_t *)text, len, &t), WP_OK);
        if (t.text_len == strlen(want) && memcmp(t.text, want, t.text_len) == 0 &&
            wp_scheme_width(t.count, t.alone) == width)
            continue;
        show(want, &t, levels[k]);
        return 0;
    }
    return 1;
}

static void corpora(void **state) {
    (void)state;
    const char *folder = getenv("WIREPRINT_CORPORA"), *one = getenv("WIREPRINT_CORPUS");
    const char *reference = getenv("WIREPRINT_REFERENCE"), *top = getenv("TOP");
    if (!folder) {
        print_message("no corpora: set WIREPRINT_CORPORA\n");
        skip();
    }
    char command[4096], beside[2048];
    snprintf(beside, sizeof beside, "%s/../reference/exact_join.py", folder);
    snprintf(command, sizeof command, "python3 '%s/tests/model/corpus_tokens.py' '%s' '%s'/%s.jsonl.zst",
             top ? top : ".", reference ? reference : beside, folder, one ? one : "*");
    struct wp_tokenizer *tokenizers[LEVELS];
    for (int k = 0; k < LEVELS; k++) {
        setenv("WIREPRINT_CPU", levels[k], 1);
        assert_int_equal(wp_tokenizer_new(&tokenizers[k]), WP_OK);
    }
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    char *text = NULL, *want = NULL;
    size_t text_cap = 0, want_cap = 0, articles = 0, wrong = 0;
    ssize_t len;
    while ((len = getdelim(&text, &text_cap, 0, pipe)) > 0 && getdelim(&want, &want_cap, 0, pipe) > 0) {
        articles++;
        if (!same(tokenizers, text, (size_t)len - 1, want) && ++wrong == SHOWN_MAX) break;
    }
    free(text);
    free(want);
    for (int k = 0; k < LEVELS; k++) wp_tokenizer_free(tokenizers[k]);
    assert_int_equal(pclose(pipe), 0);
    print_message("%zu articles, %zu differ\n", articles, wrong);
    assert_true(articles > 0);
    assert_int_equal(wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(corpora)};
    return cmocka_run_group_tests_name("corpus_tokens", tests, NULL, NULL);
}
