/*
 * test_alloc_input.c - memory runs out at every possible place of opening, reading, cutting and writing
 * files: a status comes back, nothing leaks (under the address sanitizer), no file is left aside. zstd
 * allocates inside its own library, out of reach here; zlib is given our allocator.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/output.h"
#include "input/lines.h"
#include "input/owner.h"
#include "input/paths.h"
#include "support/fail_alloc.h"
#include "unit/codec_data.h"

static const struct fail_alloc_plan plan = {.expected = WP_ENOMEM};
static char scratch[] = "wp_alloc_input.XXXXXX";

static int decode(void *context) {
    struct wp_decoder *d = NULL;
    uint8_t room[1000];
    struct wp_error err;
    (void)context;
    struct wp_decoder_io io = {
        .in = gzip_text, .in_len = sizeof gzip_text, .out = room, .out_cap = sizeof room};
    enum wp_status status = wp_decoder_new(&d);
    if (status == WP_OK) status = wp_decoder_run(d, &io, &err);
    if (status == WP_OK) status = wp_decoder_finish(d, &err);
    wp_decoder_free(d);
    return status;
}

static int write_file(void *name) {
    struct wp_output o;
    struct wp_error err;
    enum wp_status status = wp_output_open(&o, name, &err);
    for (int i = 0; i < 40000 && status == WP_OK; i++) status = wp_output_print(&o, &err, "%d line\n", i);
    if (status == WP_OK) status = wp_output_commit(&o, &err);
    wp_output_free(&o);
    return status;
}

static int expand(void *context) {
    static const char *const operands[] = {"d", "d/*", "-"};
    struct wp_paths paths;
    struct wp_error err;
    (void)context;
    enum wp_status status = wp_paths_expand(&paths, operands, 3, &err);
    wp_paths_release(&paths);
    return status;
}

static int cut(void *context) {
    struct wp_lines lines = {0};
    struct wp_batch_buf b = {0};
    enum wp_status status = wp_batch_buf_init(&b, 1000), kept = WP_OK;
    uint8_t *room;
    size_t cap;
    (void)context;
    wp_lines_init(&lines, 1 << 20);
    for (int i = 0; i < 3 && status == WP_OK; i++) {
        status = wp_lines_begin(&lines, &b);
        do {
            if (status == WP_OK) status = wp_lines_room(&b, &room, &cap);
            if (status != WP_OK) break;
            memset(room, b.len < 100000 ? 'x' : '\n', cap / 2);
            b.len += cap / 2;
        } while (!wp_lines_cut(&lines, &b, false, &kept));
        if (status == WP_OK) status = kept;
    }
    wp_batch_buf_release(&b);
    wp_lines_release(&lines);
    return status;
}

static int temporary(void *context) {
    struct wp_file f;
    struct wp_error err;
    (void)context;
    enum wp_status status = wp_file_open_temp(&f, ".", &err);
    wp_file_close(&f, NULL);
    return status;
}

static int owners(void *context) {
    struct wp_owner_cache *cache;
    (void)context;
    enum wp_status status = wp_owner_cache_new(&cache);
    if (status == WP_OK) wp_owner_cache_free(cache);
    return status;
}

static int owner_groups(void *name) {
    struct wp_owner_groups *groups;
    struct wp_error err = {0};
    enum wp_status status = wp_owner_groups_read(&groups, name, &err);
    if (status != WP_OK) {
        assert_null(groups);
        assert_int_equal(err.status, status);
    }
    wp_owner_groups_free(groups);
    return status;
}

static void every_allocation(void **state) {
    (void)state;
    static int (*const calls[])(void *) = {decode, expand,       cut,        temporary,
                                           owners, owner_groups, write_file, write_file};
    static char *const names[] = {NULL, NULL, NULL, NULL, NULL, "owners", "w.txt", "w.gz"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        long count = fail_alloc_each(calls[i], names[i], &plan);
        if (count <= 0) print_message("call %zu: %ld\n", i, count);
        assert_true(count > 0);
    }
    assert_int_equal(system("test -z \"$(find . -name '.*.tmp')\""), 0);
}

static int set_up(void **state) {
    (void)state;
    if (!mkdtemp(scratch) || chdir(scratch) != 0 || mkdir("d", 0755) != 0) return 1;
    return system("touch d/a d/b d/c && mkdir d/e && touch d/e/f && seq -f n%.0f 2000 > owners") != 0;
}

static int tear_down(void **state) {
    (void)state;
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return chdir("..") || system(command);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests_name("input without memory", tests, set_up, tear_down);
}
