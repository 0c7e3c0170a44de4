/*
 * test_agency_table.c - the table of agencies: a user's file beside the built-in rows, how its forms are
 * matched, and what is refused, with file and line.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/agency.h"

static const char file[] = "agencies_test.tsv"; /* in the test's own directory */

static void write_file(const char *rows) {
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(rows, 1, strlen(rows), f), strlen(rows));
    fclose(f);
}

static const char *agency_of(const struct wp_agency_table *t, const char *text) {
    struct wp_agency_found f;
    wp_agency_find(t, (const uint8_t *)text, strlen(text), &f);
    return wp_agency_name(t, f.agency);
}

static struct wp_agency_table *make(const char *rows) {
    struct wp_agency_table *t;
    struct wp_error err;
    write_file(rows);
    assert_int_equal(wp_agency_table_new(file, &t, &err), WP_OK);
    return t;
}

static void a_user_adds(void **state) {
    (void)state;
    struct wp_agency_table *plain;
    assert_int_equal(wp_agency_table_new(NULL, &plain, NULL), WP_OK);
    struct wp_agency_table *t =
        make("\xef\xbb\xbf# ours\r\n"
             "agency\tKorval\t=KORVAL|Korval News  Service|\u00c9cho de Korval\ten\r\n"
             "\n"
             "agency\tAP\tAssociated Post\ten\n"
             "byline\t-\tScribbled by\ten\n"
             "ending\tKorval\tKorval wishes you well\ten");
    assert_int_equal(wp_agency_count(t), wp_agency_count(plain) + 1);
    assert_string_equal(wp_agency_name(t, wp_agency_count(t)), "Korval");
    assert_string_equal(agency_of(plain, "PORT SORREL (KORVAL) - A ferry ran aground."), "");
    assert_string_equal(agency_of(t, "PORT SORREL (KORVAL) - A ferry ran aground."), "Korval");
    assert_string_equal(agency_of(t, "PORT SORREL (Korval) - A ferry ran aground."), "");
    assert_string_equal(agency_of(t, "PORT SORREL (korval NEWS\u00a0 service) - A ferry."), "Korval");
    assert_string_equal(agency_of(t, "PORT SORREL (\u00c9CHO DE KORVAL) - A ferry."), "Korval");
    assert_string_equal(agency_of(t, "A ferry ran aground. (associated post)"), "AP");
    assert_string_equal(agency_of(t, "A ferry ran aground. (AP)"), "AP");
    assert_string_equal(agency_of(t, "Scribbled by Ann Bell, AP\nA ferry ran aground."), "AP");
    assert_string_equal(agency_of(t, "A ferry ran aground.\nKorval wishes you well."), "Korval");
    wp_agency_table_free(t);
    wp_agency_table_free(plain);
}

/* A form belongs to the row that gave it last, and one written with = is another than one without. */
static void a_user_takes_over(void **state) {
    (void)state;
    struct wp_agency_table *t = make("agency\tPolice\t=AFP\ten\nagency\tOther\tefe\ten\n");
    assert_string_equal(agency_of(t, "A ferry ran aground. (AFP)"), "Police");
    assert_string_equal(agency_of(t, "A ferry ran aground. (efe)"), "Other");
    wp_agency_table_free(t);
}

static void refuse(const char *rows, enum wp_status status, uint64_t line, const char *words) {
    struct wp_agency_table *t = (void *)1;
    struct wp_error err = {0};
    write_file(rows);
    assert_int_equal(wp_agency_table_new(file, &t, &err), status);
    assert_null(t);
    assert_int_equal(err.status, status);
    assert_string_equal(err.file, file);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.reason, words));
}

static void what_is_refused(void **state) {
    (void)state;
    refuse("agency\tX\tX Y\n", WP_EFORMAT, 1, "four columns");
    refuse("# x\n\nagency\tX\tX Y\ten\tmore\n", WP_EFORMAT, 3, "four columns");
    refuse("agenda\tX\tX Y\ten\n", WP_EFORMAT, 1, "the kind is");
    refuse("agency\t-\tX Y\ten\n", WP_EFORMAT, 1, "short name");
    refuse("agency\t\tX Y\ten\n", WP_EFORMAT, 1, "short name");
    refuse("update\tX\tX Y\ten\n", WP_EFORMAT, 1, "short name");
    refuse("agency\tX\tX Y|\ten\n", WP_EFORMAT, 1, "2 to 64 bytes");
    refuse("agency\tX\tX Y|=Z\ten\n", WP_EFORMAT, 1, "2 to 64 bytes");
    refuse("agency\tX\t X Y\ten\n", WP_EFORMAT, 1, "2 to 64 bytes");
    refuse("agency\tX\tX\xff\ten\n", WP_EFORMAT, 1, "UTF-8");
    refuse("agency\tX\tX\x01Y\ten\n", WP_EFORMAT, 1, "control");
    refuse("agency\tX\txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\ten\n", WP_EFORMAT,
           1, "2 to 64 bytes");
    refuse("agency\tX\t\u00ad\ten\n", WP_EFORMAT, 1, "2 to 64 bytes"); /* nothing that could be matched */
}

static void files_that_cannot_be_read(void **state) {
    (void)state;
    struct wp_agency_table *t;
    struct wp_error err;
    assert_int_equal(wp_agency_table_new("no such file", &t, &err), WP_ENOENT);
    assert_null(t);
    assert_string_equal(err.file, "no such file");
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    for (int i = 0; i < (1 << 20) + 1; i++) fputc('#', f);
    fclose(f);
    assert_int_equal(wp_agency_table_new(file, &t, &err), WP_ETOOBIG);
    assert_string_equal(err.file, file);
    t = make("");
    assert_string_equal(agency_of(t, "A ferry ran aground. (AFP)"), "AFP");
    wp_agency_table_free(t);
    wp_agency_table_free(NULL);
}

static void *builtin(void *unused) {
    (void)unused;
    return (void *)wp_agency_table_builtin();
}

/* The same for all threads, also for those that ask first; as a new one without a file. */
static void built_in_once(void **state) {
    (void)state;
    pthread_t threads[4];
    void *got[4];
    struct wp_agency_table *plain;
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, builtin, NULL), 0);
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_join(threads[i], &got[i]), 0);
    for (int i = 0; i < 4; i++) assert_ptr_equal(got[i], wp_agency_table_builtin());
    assert_non_null(got[0]);
    assert_int_equal(wp_agency_table_new(NULL, &plain, NULL), WP_OK);
    assert_int_equal(wp_agency_count(plain), wp_agency_count(wp_agency_table_builtin()));
    assert_string_equal(agency_of(wp_agency_table_builtin(), "LAGOS (Reuters) - The bridge"), "Reuters");
    wp_agency_table_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_in_once), /* first */
        cmocka_unit_test(a_user_adds),     cmocka_unit_test(a_user_takes_over),
        cmocka_unit_test(what_is_refused), cmocka_unit_test(files_that_cannot_be_read),
    };
    return cmocka_run_group_tests_name("agency_table", tests, NULL, NULL);
}
