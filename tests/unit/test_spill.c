/*
 * test_spill.c - the budget's arithmetic; writing to and reading from one spill file by several threads; a
 * directory that is not there; nothing visible on disk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <pthread.h>
#include "base/spill.h"
#include "support/random.h"

static void budget(void **state) {
    (void)state;
    struct wp_budget b;
    wp_budget_init(&b, 100, ".");
    assert_false(wp_budget_full(&b));
    wp_budget_take(&b, 100);
    assert_false(wp_budget_full(&b)); /* at the limit is not past it */
    wp_budget_take(&b, 1);
    assert_true(wp_budget_full(&b));
    wp_budget_give(&b, 1);
    assert_false(wp_budget_full(&b));
    wp_budget_init(&b, SIZE_MAX, ".");
    wp_budget_take(&b, (size_t)1 << 62);
    assert_false(wp_budget_full(&b));
    wp_budget_init(&b, 0, ".");
    assert_false(wp_budget_full(&b));
    wp_budget_take(&b, 1);
    assert_true(wp_budget_full(&b));
}

enum { THREADS = 4, PIECES = 200, PIECE_MAX = 3000 };

struct writer {
    struct wp_spill *spill;
    unsigned number;
    uint64_t offsets[PIECES];
    size_t lengths[PIECES], total;
};

static void fill(uint8_t *data, size_t len, unsigned writer, unsigned piece) {
    struct random r = {writer * 1000u + piece};
    for (size_t i = 0; i < len; i++) data[i] = (uint8_t)random_next(&r);
}

static void *write_pieces(void *self) {
    struct writer *w = self;
    struct random r = {w->number};
    uint8_t data[PIECE_MAX];
    for (unsigned i = 0; i < PIECES; i++) {
        w->lengths[i] = random_below(&r, PIECE_MAX + 1);
        fill(data, w->lengths[i], w->number, i);
        if (wp_spill_write(w->spill, data, w->lengths[i], &w->offsets[i], NULL) != WP_OK) return w;
        w->total += w->lengths[i];
    }
    return NULL;
}

static unsigned visible_files(void) {
    DIR *dir = opendir(".");
    unsigned count = 0;
    assert_non_null(dir);
    while (readdir(dir)) count++;
    closedir(dir);
    return count;
}

static void threads(void **state) {
    (void)state;
    static struct writer writers[THREADS];
    pthread_t threads[THREADS];
    struct wp_budget b;
    struct wp_spill s;
    unsigned before = visible_files();
    wp_budget_init(&b, 0, ".");
    wp_spill_init(&s, &b);
    uint64_t total = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){.spill = &s, .number = i};
        assert_int_equal(pthread_create(&threads[i], NULL, write_pieces, &writers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
        total += writers[i].total;
    }
    assert_int_equal(atomic_load(&b.spilled_bytes), total);
    assert_int_equal(visible_files(), before);
    uint8_t want[PIECE_MAX], got[PIECE_MAX];
    for (unsigned i = 0; i < THREADS; i++)
        for (unsigned j = 0; j < PIECES; j++) {
            fill(want, writers[i].lengths[j], i, j);
            assert_int_equal(wp_spill_read(&s, got, writers[i].lengths[j], writers[i].offsets[j], NULL),
                             WP_OK);
            assert_memory_equal(got, want, writers[i].lengths[j]);
        }
    struct wp_error err = {0};
    assert_int_equal(wp_spill_read(&s, got, 10, total - 5, &err), WP_EDAMAGED);
    wp_spill_release(&s);
}

static void no_directory(void **state) {
    (void)state;
    struct wp_budget b;
    struct wp_spill s;
    struct wp_error err = {0};
    uint64_t offset;
    wp_budget_init(&b, 0, "no-such-directory");
    wp_spill_init(&s, &b);
    for (int i = 0; i < 2; i++) { /* a failure stays one, and can be met again */
        assert_int_equal(wp_spill_write(&s, "x", 1, &offset, &err), WP_ENOENT);
        assert_int_equal(err.status, WP_ENOENT);
        assert_non_null(strstr(err.file, "no-such-directory"));
    }
    wp_spill_release(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(budget), cmocka_unit_test(threads),
                                       cmocka_unit_test(no_directory)};
    return cmocka_run_group_tests_name("spill", tests, NULL, NULL);
}
