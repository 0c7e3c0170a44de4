/*
 * test_reread.c - texts of plain files read again: the shingles that were harvested, from many files in any
 * order, one by one or to a shelf; and a file that is not what it was is refused by its name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/harvest.h"
#include "engine/reread.h"
#include "engine/shelf.h"
#include "sketch/fingerprint.h"

enum { FILES = 40, LINES = 3, LINE_BYTES = 600 }; /* more files than are kept open */

struct fixture {
    char folder[40], paths[FILES][60];
    const char *names[FILES];
    struct wp_settings settings;
    struct wp_run run;
    struct wp_rereader *rereader;
};

static int make_line(char *line, unsigned file, unsigned number, const char *title) {
    int len = sprintf(line, "{\"title\":\"%s\",\"text\":\"", title);
    for (unsigned i = 0; i < 20 + number; i++) len += sprintf(line + len, "word%ux%u ", file, i);
    return len + sprintf(line + len, "\"}\n");
}

static void write_file(const char *path, const char *data, size_t len) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, len, f), len);
    fclose(f);
}

static size_t make_file(char *data, unsigned file) {
    size_t len = (size_t)sprintf(data, "\n"); /* so that no line stands at 0 */
    for (unsigned i = 0; i < LINES; i++) len += (size_t)make_line(data + len, file, i, "a bridge");
    memset(data + len, 0, WP_RECORD_PADDING);
    return len;
}

/* A segment a file, as the reader would do it, whose data begins `skip` bytes into the file. */
static void harvest(struct wp_harvest *h, uint32_t file, const char *data, size_t len, size_t skip) {
    struct wp_origin origin = {.file = file, .data = (const uint8_t *)data + skip, .offset = skip};
    uint32_t number = 0;
    wp_harvest_begin(h, &origin);
    for (const char *at = data + skip, *end; at < data + len; at = end + 1) {
        end = strchr(at, '\n');
        assert_int_equal(wp_harvest_line(h, (const uint8_t *)at, (size_t)(end - at), number++, NULL), WP_OK);
    }
    assert_int_equal(wp_harvest_end(h, number, NULL), WP_OK);
}

static void begin(struct fixture *f) {
    char data[LINES * LINE_BYTES + WP_RECORD_PADDING];
    struct wp_harvest *h;
    *f = (struct fixture){.folder = "wp_reread.XXXXXX"};
    assert_non_null(mkdtemp(f->folder));
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(f->paths[i], sizeof f->paths[i], "%s/%u", f->folder, i);
        f->names[i] = f->paths[i];
    }
    wp_settings_init(&f->settings);
    assert_int_equal(wp_run_init(&f->run, &f->settings, f->names, FILES, NULL), WP_OK);
    f->run.streams.ram_limit_bytes = 0; /* nothing is kept aside in memory */
    assert_int_equal(wp_harvest_new(&h, &f->run, NULL), WP_OK);
    for (unsigned i = 0; i < FILES; i++) {
        size_t len = make_file(data, i);
        write_file(f->paths[i], data, len);
        harvest(h, i, data, len, i % 2);
    }
    assert_int_equal(wp_harvest_finish(h, NULL), WP_OK);
    wp_harvest_free(h);
    assert_int_equal(wp_order_settle(&f->run.order), WP_OK);
    assert_int_equal(f->run.order.articles, FILES * LINES);
    assert_int_equal(wp_rereader_new(&f->rereader, &f->run, NULL), WP_OK);
}

static void end(struct fixture *f) {
    wp_rereader_free(f->rereader);
    wp_run_release(&f->run);
    for (unsigned i = 0; i < FILES; i++) unlink(f->paths[i]);
    rmdir(f->folder);
}

static enum wp_status reread(struct fixture *f, uint32_t rank, uint64_t *shingles, uint32_t *count,
                             struct wp_error *err) {
    struct wp_article_row scratch;
    const struct wp_article_row *row = wp_run_row(&f->run, rank, &scratch, NULL);
    assert_true(row->line_bytes > 0);
    *count = row->shingles;
    return wp_reread_shingles(f->rereader, rank, row, shingles, err);
}

static void expect_shingles(struct fixture *f, struct wp_fingerprinter *p, uint32_t rank) {
    char line[LINE_BYTES], text[LINE_BYTES];
    uint64_t shingles[100];
    struct wp_fingerprint print;
    uint32_t count;
    size_t want;
    int len = make_line(line, rank / LINES, rank % LINES, "a bridge");
    const char *from = strstr(line, "\"text\":\"") + 8;
    snprintf(text, sizeof text, "%.*s", (int)(line + len - 3 - from), from);
    assert_int_equal(wp_fingerprinter_run(p, (uint8_t *)text, strlen(text), 0, &print), WP_OK);
    const uint64_t *of_text = wp_fingerprinter_shingles(p, &want);
    assert_int_equal(reread(f, rank, shingles, &count, NULL), WP_OK);
    assert_int_equal(count, want);
    assert_int_equal(count, 20 + rank % LINES - 4);
    for (uint32_t i = 0; i < count; i++) assert_true(shingles[i] == (of_text[i] & WP_STREAM_MASK));
}

static void same_shingles(void **state) {
    (void)state;
    struct fixture f;
    struct wp_fingerprinter *p;
    begin(&f);
    assert_int_equal(wp_fingerprinter_new(&p), WP_OK);
    for (uint32_t rank = 0; rank < FILES * LINES; rank++) expect_shingles(&f, p, rank);
    for (uint32_t i = 0; i < FILES * LINES; i++) expect_shingles(&f, p, i * 77 % (FILES * LINES));
    wp_fingerprinter_free(p);
    end(&f);
}

static void expect_shelved(struct fixture *f, const struct wp_shelf *shelf, uint32_t rank) {
    uint64_t shingles[100];
    uint32_t count;
    const struct wp_shelved *a = wp_shelf_find(shelf, rank);
    assert_non_null(a);
    struct wp_stream stream = wp_shelf_stream(shelf, a);
    assert_int_equal(reread(f, rank, shingles, &count, NULL), WP_OK);
    assert_int_equal(stream.count, count);
    for (uint32_t i = 0; i < count; i++) assert_true(stream.shingles[i] == shingles[i]);
}

/* What is put on a shelf later is fetched beside what is there, which is not fetched again. */
static void shelf_fills_up(void **state) {
    (void)state;
    struct fixture f;
    struct wp_shelf shelf;
    struct wp_article_row scratch;
    begin(&f);
    assert_int_equal(wp_shelf_init(&shelf, &f.run), WP_OK);
    for (uint32_t end_rank = 30; end_rank <= FILES * LINES; end_rank += 30) {
        for (uint32_t rank = end_rank / 2; rank < end_rank; rank++)
            assert_true(wp_shelf_put(&shelf, rank, wp_run_row(&f.run, rank, &scratch, NULL)));
        assert_int_equal(wp_shelf_load(&shelf, NULL), WP_OK);
        assert_int_equal(wp_shelf_take_out(&shelf, NULL), WP_OK); /* there is nothing to take out */
        for (uint32_t rank = 15; rank < end_rank; rank++) expect_shelved(&f, &shelf, rank);
    }
    assert_int_equal(shelf.loaded, FILES * LINES - 15);
    shelf.shingles[wp_shelf_find(&shelf, 20)->offset] = 1; /* would be put right by fetching it again */
    assert_int_equal(wp_shelf_load(&shelf, NULL), WP_OK);
    assert_true(shelf.shingles[wp_shelf_find(&shelf, 20)->offset] == 1);
    wp_shelf_clear(&shelf);
    assert_null(wp_shelf_find(&shelf, 20));
    wp_shelf_put(&shelf, 20, wp_run_row(&f.run, 20, &scratch, NULL));
    assert_int_equal(wp_shelf_load(&shelf, NULL), WP_OK);
    expect_shelved(&f, &shelf, 20);
    wp_shelf_release(&shelf);
    end(&f);
}

static void expect_changed(struct fixture *f, uint32_t rank) {
    struct wp_error err = {0};
    uint64_t shingles[100];
    uint32_t count;
    assert_int_equal(reread(f, rank, shingles, &count, &err), WP_EDAMAGED);
    assert_int_equal(err.status, WP_EDAMAGED);
    assert_string_equal(err.file, f->names[rank / LINES]);
    assert_string_equal(err.reason, "changed while it was being read");
}

static void changed(void **state) {
    (void)state;
    struct fixture f;
    char data[LINES * LINE_BYTES + WP_RECORD_PADDING];
    uint64_t shingles[100];
    uint32_t count;
    begin(&f);
    size_t len = make_file(data, 0);
    char *line = strstr(data, "word0x5 ");

    memcpy(line, "wird", 4); /* one word of the first line is another */
    write_file(f.paths[0], data, len);
    expect_changed(&f, 0);
    assert_int_equal(reread(&f, 1, shingles, &count, NULL), WP_OK); /* the others are what they were */

    len = make_file(data, 1);
    write_file(f.paths[1], data, len - 10); /* shorter */
    assert_int_equal(reread(&f, LINES, shingles, &count, NULL), WP_OK);
    expect_changed(&f, 2 * LINES - 1);

    len = make_file(data, 2);
    memmove(data + 1, data, len); /* everything one byte further */
    write_file(f.paths[2], data, len + 1);
    expect_changed(&f, 2 * LINES);

    len = make_file(data, 3);
    memset(data, '\n', len); /* nothing but blank lines */
    write_file(f.paths[3], data, len);
    expect_changed(&f, 3 * LINES);

    len = make_file(data, 4);
    for (char *at = data; (at = strstr(at, "a bridge"));) memcpy(at, "the news", 8); /* the texts stay */
    write_file(f.paths[4], data, len);
    assert_int_equal(reread(&f, 4 * LINES, shingles, &count, NULL), WP_OK);
    end(&f);
}

static void gone(void **state) {
    (void)state;
    struct fixture f;
    struct wp_error err = {0};
    uint64_t shingles[100];
    uint32_t count;
    begin(&f);
    unlink(f.paths[7]);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(reread(&f, 7 * LINES, shingles, &count, &err), WP_ENOENT);
        assert_string_equal(err.file, f.names[7]);
        assert_int_equal(reread(&f, 8 * LINES, shingles, &count, &err), WP_OK);
    }
    end(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_shingles), cmocka_unit_test(shelf_fills_up),
                                       cmocka_unit_test(changed), cmocka_unit_test(gone)};
    return cmocka_run_group_tests_name("reread", tests, NULL, NULL);
}
