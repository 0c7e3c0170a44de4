/*
 * test_index_damage.c - every byte of a small index turned over, and every file of it cut at every length:
 * never a crash, never a wrong answer, and the check names the file.
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
#include "engine/online.h"
#include "index/check.h"
#include "support/disk.h"
#include "support/index_load.h"

enum { STEPS = 12 };

static const char sound[] = "sound", damaged[] = "damaged";
static struct load load;

struct told {
    const char *name;
    unsigned count, named;
};

static void tell(void *self, const struct wp_damage *damage) {
    struct told *told = self;
    const char *base = wp_path_base(damage->error.file);
    told->count++;
    told->named += strcmp(base, told->name) == 0;
    assert_true(damage->error.reason[0] != '\0');
}

/* Every article that can be read is the one that was added, and is found by its id. */
static void read_what_is_there(void) {
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    struct wp_error err = {0};
    struct wp_profiles p;
    if (wp_store_open(&store, damaged, &options, &err) != WP_OK) {
        assert_true(err.file[0] != '\0');
        return;
    }
    assert_int_equal(wp_profiles_init(&p, 0, &err), WP_OK);
    for (uint32_t n = 0; n < store.now->end; n++) {
        struct wp_row row;
        struct wp_stored_record stored;
        unsigned id;
        char want[4096];
        if (wp_view_row(store.now, n, &row, &err) != WP_OK) continue;
        if (wp_profiles_record(&p, store.now, NULL, n, &row, &stored, &err) != WP_OK) continue;
        assert_int_equal(sscanf((const char *)stored.line, "{\"id\":\"a%u\"", &id), 1);
        size_t len = load_line(id, load.versions[STEPS][id], want, sizeof want);
        assert_int_equal(len, stored.line_len);
        assert_memory_equal(want, stored.line, len);
    }
    wp_profiles_release(&p);
    wp_store_abandon(&store);
}

static void expect_told(const char *name, const char *what, size_t at) {
    struct told told = {.name = name};
    struct wp_check_counts counts;
    struct wp_error err = {0};
    enum wp_status status = wp_index_check(damaged, tell, &told, &counts, &err);
    if (status == WP_OK && !told.named)
        fail_msg("%s: %s %zu is not told (%u damages)", name, what, at, told.count);
    if (status != WP_OK) fail_msg("%s: %s %zu: %s", name, what, at, err.reason);
}

static void test_flip_and_cut(void **state) {
    (void)state;
    struct wp_names names = {0};
    struct wp_error err = {0};
    load_init(&load, sound, STEPS);
    load.flush_rows = 7;
    assert_int_equal(load_run(&load, NULL, &err), WP_OK);
    disk_copy_directory(sound, damaged);
    assert_int_equal(wp_names_add_directory(&names, sound, &err), WP_OK);
    assert_true(names.count >= 6); /* with the settings */
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        struct disk_bytes b = disk_read_file(sound, name);
        for (size_t at = 0; at < b.len; at++) {
            b.data[at] ^= (uint8_t)(1u << (at % 8));
            disk_write_file(damaged, name, b.data, b.len);
            b.data[at] ^= (uint8_t)(1u << (at % 8));
            expect_told(name, "byte", at);
            if (at % 3 == 0) read_what_is_there();
        }
        for (size_t len = 0; len < b.len; len += 1 + (len > 300 && b.len - len > 300)) {
            disk_write_file(damaged, name, b.data, len);
            expect_told(name, "cut to", len);
            if (len % 3 == 0) read_what_is_there();
        }
        disk_write_file(damaged, name, b.data, b.len);
        free(b.data);
    }
    wp_names_release(&names);
}

static void set_number(uint8_t *header, size_t at, uint64_t value) {
    wp_store32(header + at, (uint32_t)value);
    wp_store64(header + 32, wp_hash64(header, 32));
}

/* A file of another format version, or of another scheme, is refused as what it is. */
static void test_refuse(void **state) {
    (void)state;
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    struct wp_error err = {0};
    struct disk_bytes b = disk_read_file(sound, WP_MANIFEST_NAME);
    static const unsigned others[] = {WP_INDEX_VERSION_OLDEST - 1, WP_INDEX_VERSION + 1};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char words[32];
        set_number(b.data, 12, others[i]);
        disk_write_file(damaged, WP_MANIFEST_NAME, b.data, b.len);
        assert_int_equal(wp_store_open(&store, damaged, &options, &err), WP_EVERSION);
        snprintf(words, sizeof words, "has format version %u,", others[i]);
        assert_non_null(strstr(err.reason, words));
    }
    set_number(b.data, 12, WP_INDEX_VERSION);
    set_number(b.data, 16, 0x12345678);
    disk_write_file(damaged, WP_MANIFEST_NAME, b.data, b.len);
    assert_int_equal(wp_store_open(&store, damaged, &options, &err), WP_ESCHEME);
    assert_non_null(strstr(err.reason, "12345678"));
    free(b.data);
}

int main(void) {
#if defined(__SANITIZE_THREAD__)
    return 77; /* one thread and many thousand recoveries: nothing to learn, and ten minutes */
#endif
    char scratch[] = "wp_damage.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flip_and_cut), cmocka_unit_test(test_refuse)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    disk_remove_directory(sound);
    disk_remove_directory(damaged);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
