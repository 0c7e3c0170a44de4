/*
 * test_index_repair.c - a small index with a byte turned over, bytes run over, a file cut or gone, at many
 * places of every file; then repaired. Afterwards the check finds nothing, and every article that was not
 * told as lost is there: byte for byte, found by its id, in its story unless that was told as unknown. A
 * repair that is stopped at any operation makes nothing worse, and the next one comes to its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>
#include "engine/online.h"
#include "engine/remake.h"
#include "index/check.h"
#include "index/settings.h"
#include "support/disk.h"
#include "support/index_load.h"

enum { STEPS = 60, ARTICLES_MAX = 200, SAMPLES = 40, FOOTER_MOST = 500 };

static const char sound[] = "sound", damaged[] = "damaged";
static struct wp_remaker remaker;
static char words[256]; /* what was done, for messages */

/* ---- what is in an index ---- */

struct article {
    bool living;
    uint32_t story;
    size_t len;
    char line[4096];
};

struct contents {
    uint32_t end;
    struct article articles[ARTICLES_MAX];
};

static struct contents before, after;
static bool killed; /* something is in the log: damage at its end is not seen */

/* All of it, or false with words when something cannot be read. */
static bool read_contents(const char *dir, struct contents *c, struct wp_error *err) {
    struct wp_store store;
    struct wp_store_options options = {.write = false};
    struct wp_profiles p;
    memset(c, 0, sizeof *c);
    if (wp_store_open(&store, dir, &options, err) != WP_OK) return false;
    bool good = wp_profiles_init(&p, 0, err) == WP_OK;
    c->end = store.now->end;
    assert_true(c->end <= ARTICLES_MAX);
    for (uint32_t n = 0; n < c->end && good; n++) {
        struct wp_row row, by_id;
        struct wp_stored_record stored;
        struct article *a = &c->articles[n];
        uint32_t number;
        enum wp_status status = wp_view_row(store.now, n, &row, err);
        if (status == WP_END) continue;
        good =
            status == WP_OK && wp_profiles_record(&p, store.now, NULL, n, &row, &stored, err) == WP_OK &&
            wp_view_number(store.now, stored.record.id, stored.record.id_len, &number, &by_id, err) == WP_OK;
        if (!good) break;
        if (number != n) {
            good = false;
            wp_fail(err, WP_EDAMAGED, "article %u is not found by its id", n);
        }
        assert_true(stored.line_len < sizeof a->line);
        a->living = true;
        a->story = wp_state_story(store.now->state, n, row.story);
        a->len = stored.line_len;
        memcpy(a->line, stored.line, a->len);
    }
    wp_profiles_release(&p);
    wp_store_abandon(&store);
    return good;
}

/* ---- repairing ---- */

struct told {
    bool lost[ARTICLES_MAX], alone[ARTICLES_MAX], changes;
    char left[ARTICLES_MAX][32];
    unsigned left_count, files;
};

static void tell(void *self, const struct wp_repair_note *note) {
    struct told *t = self;
    bool article = note->what == WP_REPAIR_LOST || note->what == WP_REPAIR_ALONE;
    if (article) assert_true(note->number < ARTICLES_MAX);
    if (note->what == WP_REPAIR_LOST) t->lost[note->number] = true;
    if (note->what == WP_REPAIR_ALONE) t->alone[note->number] = true;
    if (note->what == WP_REPAIR_CHANGES) t->changes = true;
    if (note->what == WP_REPAIR_FILE) {
        t->files++;
        assert_true(note->why.file[0] != '\0' && note->why.reason[0] != '\0');
    }
    if (note->what == WP_REPAIR_LEFT && t->left_count < ARTICLES_MAX)
        snprintf(t->left[t->left_count++], sizeof t->left[0], "\"id\":\"%.*s\"", (int)note->id_len,
                 (const char *)note->id);
    /* an id that is told is that of the article */
    if (article && note->id_len && before.articles[note->number].living) {
        char want[64];
        snprintf(want, sizeof want, "{\"id\":\"%.*s\"", (int)note->id_len, (const char *)note->id);
        if (memcmp(before.articles[note->number].line, want, strlen(want)) != 0)
            fail_msg("%s: article %u is told as %s", words, note->number, want);
    }
}

static enum wp_status repair(const char *dir, const struct wp_fs *fs, struct told *t,
                             struct wp_repair_counts *counts, struct wp_error *err) {
    struct disk d; /* nothing is synced on it, which takes most of the time */
    disk_init(&d);
    struct wp_repair_options options = {
        .fs = fs ? fs : &d.fs, .maker = wp_remaker_maker(&remaker), .tell = tell, .self = t};
    enum wp_status status = wp_index_repair(dir, &options, counts, err);
    disk_release(&d);
    return status;
}

static void count_damage(void *self, const struct wp_damage *damage) {
    char text[1024];
    ++*(unsigned *)self;
    printf("%s: damage: %s\n", words, wp_error_text(&damage->error, text, sizeof text));
}

/* Says nothing: it is expected. */
static void count_first(void *self, const struct wp_damage *damage) {
    ++*(unsigned *)self;
    assert_true(strstr(damage->error.reason, "cannot be read") != NULL && damage->error.has_offset);
}

/* Was the article told as one that is not in the index any more? */
static bool is_told(const struct told *t, uint32_t n) {
    bool told = t->lost[n];
    for (unsigned i = 0; i < t->left_count; i++) {
        char begin[40];
        snprintf(begin, sizeof begin, "{%s", t->left[i]);
        told |= strncmp(before.articles[n].line, begin, strlen(begin)) == 0;
    }
    return told;
}

static bool is_there(const struct contents *c, const struct article *a) {
    for (uint32_t n = 0; n < c->end; n++)
        if (c->articles[n].living && c->articles[n].len == a->len &&
            memcmp(c->articles[n].line, a->line, a->len) == 0)
            return true;
    return false;
}

/* Damage that reaches to the end of a log cannot be told from commits that did not come to their end: then
 * nothing is told, and the index is as it was before them. */
static void compare(const struct told *t) {
    uint32_t end = t->files ? before.end : after.end;
    bool changes = t->changes || !t->files;
    for (uint32_t n = 0; n < end; n++) {
        const struct article *a = &before.articles[n], *b = &after.articles[n];
        if (!a->living) {
            if (b->living && !changes && !t->alone[n]) fail_msg("%s: article %u is alive again", words, n);
            continue;
        }
        if (!is_told(t, n) && !is_there(&after, a)) fail_msg("%s: article %u is not there", words, n);
        if (!b->living) continue;
        if (!is_there(&before, b) && !changes) fail_msg("%s: article %u is another", words, n);
        if (b->story != a->story && !t->alone[n] && !changes)
            fail_msg("%s: article %u is in story %u, not %u", words, n, b->story, a->story);
    }
}

static void expect_whole(const struct told *t) {
    struct wp_check_counts counts;
    struct wp_error err = {0};
    struct wp_repair_counts again = {0};
    unsigned damages = 0;
    if (wp_index_check(damaged, count_damage, &damages, &counts, &err) != WP_OK || damages)
        fail_msg("%s: %u damages after the repair: %s", words, damages, err.reason);
    if (!read_contents(damaged, &after, &err)) fail_msg("%s: %s: %s", words, err.file, err.reason);
    compare(t);
    struct told none = {.files = 0};
    assert_int_equal(repair(damaged, NULL, &none, &again, &err), WP_OK);
    assert_int_equal(again.files + again.lost + again.alone + again.left + again.changes, 0);
}

/* ---- damaging ---- */

enum harm { HARM_FLIP, HARM_RUN_OVER, HARM_CUT, HARM_REMOVE, HARM_KINDS };

/* A copy of the sound index with one file harmed at a place. */
static void damage(const char *name, const struct disk_bytes *b, enum harm harm, size_t at) {
    static const char *const names[] = {"a byte turned at", "64 bytes run over from", "cut to", "removed"};
    char path[256];
    snprintf(words, sizeof words, "%s %s %zu", name, names[harm], at);
    disk_remove_directory(damaged);
    disk_copy_directory(sound, damaged);
    snprintf(path, sizeof path, "%s/%s", damaged, name);
    if (harm == HARM_REMOVE) {
        assert_int_equal(remove(path), 0);
        return;
    }
    uint8_t *copy = malloc(b->len + 1);
    memcpy(copy, b->data, b->len);
    for (size_t i = at; i < b->len && i < at + (harm == HARM_RUN_OVER ? 64 : 1) && harm != HARM_CUT; i++)
        copy[i] ^= (uint8_t)(harm == HARM_FLIP ? 1u << (at % 8) : 0xa5);
    disk_write_file(damaged, name, copy, harm == HARM_CUT ? at : b->len);
    free(copy);
}

static size_t samples(void) {
    return getenv("WIREPRINT_FAULT_SEEDS") ? SIZE_MAX : SAMPLES;
}

static unsigned in_block = 4; /* records of a text block, at most */
static unsigned segment_flips,
    free_flips; /* of a segment; and those that cost nothing, as of keys and headers */

/* One place costs what stands there and no more: of a text file a block of some articles, of a segment rows,
 * of what says where things are nothing. */
static void expect_little(const char *name, size_t len, enum harm harm, size_t at,
                          const struct wp_repair_counts *counts) {
    bool texts = strstr(name, ".txt") != NULL, segment = strstr(name, ".seg") != NULL;
    if (harm != HARM_FLIP || killed) return;
    if (segment && at + FOOTER_MOST > len && in_block > 4) return; /* no keys without it */
    uint64_t lost = texts && at >= WP_HEADER_BYTES ? in_block : 0, alone = segment ? ARTICLES_MAX : 0;
    segment_flips += segment;
    free_flips += segment && !counts->alone;
    if (counts->lost > lost || counts->alone > alone || counts->left)
        fail_msg("%s: %u lost, %u alone, %u left out", words, (unsigned)counts->lost, (unsigned)counts->alone,
                 (unsigned)counts->left);
}

static void harm_and_repair(const char *name, const struct disk_bytes *b, enum harm harm, size_t at) {
    struct told t = {.files = 0};
    struct wp_repair_counts counts;
    struct wp_error err = {0};
    damage(name, b, harm, at);
    enum wp_status status = repair(damaged, NULL, &t, &counts, &err);
    if (status != WP_OK) fail_msg("%s: %s: %s", words, err.file, err.reason);
    if (!killed && !t.files) fail_msg("%s: nothing was repaired", words);
    expect_whole(&t);
    expect_little(name, b->len, harm, at, &counts);
}

static void harm_all(void) {
    struct wp_names names = {0};
    struct wp_error err = {0};
    assert_int_equal(wp_names_add_directory(&names, sound, &err), WP_OK);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        if (strcmp(name, WP_LOCK_NAME) == 0) continue;
        struct disk_bytes b = disk_read_file(sound, name);
        size_t step = b.len / samples() + 1;
        for (int harm = 0; harm < HARM_REMOVE; harm++)
            for (size_t at = harm == HARM_CUT ? 0 : b.len % step / 2; at < b.len; at += step)
                harm_and_repair(name, &b, (enum harm)harm, at);
        bool needed = strcmp(name, WP_SETTINGS_NAME) != 0; /* an index that was told nothing has none */
        if (needed) harm_and_repair(name, &b, HARM_REMOVE, 0);
        free(b.data);
    }
    wp_names_release(&names);
}

/* ---- the indexes ---- */

static void make_sound(unsigned steps, unsigned flush_rows, bool leave_log) {
    struct load load;
    struct disk d;
    struct wp_error err = {0};
    killed = leave_log;
    disk_init(&d);
    disk_remove_directory(sound);
    load_init(&load, sound, steps);
    load.flush_rows = flush_rows;
    assert_int_equal(load_run_open(&load, &d.fs, leave_log, &err), WP_OK);
    disk_release(&d);
    if (!read_contents(sound, &before, &err)) fail_msg("%s: %s", err.file, err.reason);
}

static void test_segments(void **state) {
    (void)state;
    make_sound(STEPS, 7, false);
    harm_all();
    assert_true(free_flips > segment_flips / 5);
}

/* Records of articles that were deleted before the last compaction are gone, of those deleted since they are
 * not: how many records there are says nothing, but keys do. */
static void test_deleted(void **state) {
    (void)state;
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    struct wp_error err = {0};
    make_sound(STEPS, 7, false);
    assert_int_equal(wp_store_open(&store, sound, &options, &err), WP_OK);
    assert_int_equal(wp_store_compact(&store, &err), WP_OK);
    for (uint32_t n = 0, left = 4; left; n++) {
        if (!before.articles[n].living) continue;
        assert_int_equal(wp_store_kill(&store, n, &err), WP_OK);
        left--;
    }
    assert_int_equal(wp_store_close(&store, &err), WP_OK);
    assert_true(read_contents(sound, &before, &err));
    in_block = LOAD_IDS;
    harm_all();
    in_block = 4;
}

/* Rows and a text block: as many records may be missing as there are too many, of dead articles. */
static void test_rows_and_texts(void **state) {
    (void)state;
    struct wp_names names = {0};
    struct wp_error err = {0};
    make_sound(STEPS, 7, false);
    assert_int_equal(wp_names_add_directory(&names, sound, &err), WP_OK);
    for (size_t i = 0; i < names.count * names.count; i++) {
        const char *segment = names.items[i / names.count], *texts = names.items[i % names.count];
        if (!strstr(segment, ".seg") || !strstr(texts, ".txt")) continue;
        struct disk_bytes b = disk_read_file(sound, segment), c = disk_read_file(sound, texts);
        for (size_t at = WP_HEADER_BYTES, block = 0; at < c.len; block++) {
            size_t len = WP_BLOCK_HEAD_BYTES + wp_load32(c.data + at + 4);
            struct told t = {.files = 0};
            struct wp_repair_counts counts;
            damage(segment, &b, HARM_FLIP, WP_HEADER_BYTES + 5);
            snprintf(words + strlen(words), sizeof words - strlen(words), ", and %s at %zu", texts, at);
            c.data[at + len - 1] ^= 1;
            disk_write_file(damaged, texts, c.data, c.len);
            c.data[at + len - 1] ^= 1;
            assert_int_equal(repair(damaged, NULL, &t, &counts, &err), WP_OK);
            expect_whole(&t);
            at += len;
        }
        free(b.data);
        free(c.data);
    }
    wp_names_release(&names);
}

static void test_log(void **state) {
    (void)state;
    make_sound(STEPS, 20, true);
    harm_all();
}

/* Stopped at every operation, and then done to the end. What was told before it was stopped counts. */
static void stop_and_repair(const char *name, enum harm harm, size_t at) {
    struct disk_bytes b = disk_read_file(sound, name);
    for (unsigned long n = 1;; n++) {
        struct told t = {.files = 0};
        struct wp_repair_counts counts;
        struct wp_error err = {0};
        struct disk d;
        disk_init(&d);
        d.stop_at = n;
        damage(name, &b, harm, at % (b.len + 1));
        snprintf(words + strlen(words), sizeof words - strlen(words), ", stopped at %lu", n);
        enum wp_status status = repair(damaged, &d.fs, &t, &counts, &err);
        int stopped = d.stopped;
        disk_release(&d);
        if (status == WP_OK && !stopped) break;
        status = repair(damaged, NULL, &t, &counts, &err);
        if (status != WP_OK) fail_msg("%s: %s: %s", words, err.file, err.reason);
        expect_whole(&t);
    }
    free(b.data);
}

static void test_stopped(void **state) {
    (void)state;
    struct wp_names names = {0};
    struct wp_error err = {0};
    make_sound(STEPS, 20, true);
    assert_int_equal(wp_names_add_directory(&names, sound, &err), WP_OK);
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], WP_LOCK_NAME) == 0) continue;
        for (int harm = HARM_RUN_OVER; harm < HARM_KINDS; harm++)
            stop_and_repair(names.items[i], (enum harm)harm, 300);
    }
    wp_names_release(&names);
}

/* ---- what the disk does not give back ---- */

static struct {
    ino_t file; /* 0 = none */
    off_t begin, end;
} bad;

/* In place of the system's, for all that is linked here: bytes of one file cannot be read. */
ssize_t pread(int fd, void *out, size_t len, off_t at) {
    struct stat st;
    bool hits = bad.file && fstat(fd, &st) == 0 && st.st_ino == bad.file && at < bad.end;
    if (hits && at >= bad.begin) {
        errno = EIO;
        return -1;
    }
    if (hits && at + (off_t)len > bad.begin) len = (size_t)(bad.begin - at);
    return syscall(SYS_pread64, fd, out, len, at);
}

static void lose_and_repair(const char *name, size_t len, off_t begin, off_t end) {
    struct told t = {.files = 0};
    struct wp_repair_counts counts;
    struct wp_check_counts checked;
    struct wp_error err = {0};
    struct stat st;
    char path[256];
    unsigned damages = 0;
    snprintf(words, sizeof words, "%s of %zu bytes cannot be read from %d to %d", name, len, (int)begin,
             (int)end);
    disk_remove_directory(damaged);
    disk_copy_directory(sound, damaged);
    snprintf(path, sizeof path, "%s/%s", damaged, name);
    int fd = open(path, O_RDONLY); /* so that the new file is not given its number */
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    bad.file = st.st_ino;
    bad.begin = begin;
    bad.end = end;
    assert_int_equal(wp_index_check(damaged, count_first, &damages, &checked, &err), WP_OK);
    assert_int_equal(damages, 1);
    if (repair(damaged, NULL, &t, &counts, &err) != WP_OK)
        fail_msg("%s: %s: %s", words, err.file, err.reason);
    assert_true(t.files > 0);
    expect_whole(&t);
    bad.file = 0;
    close(fd);
}

/* Pages of every file, and every file as a whole. */
static void test_unreadable(void **state) {
    (void)state;
    struct wp_names names = {0};
    struct wp_error err = {0};
    make_sound(STEPS, 20, true);
    killed = false; /* all of it is told */
    assert_int_equal(wp_names_add_directory(&names, sound, &err), WP_OK);
    for (size_t i = 0; i < names.count; i++) {
        if (strcmp(names.items[i], WP_LOCK_NAME) == 0) continue;
        struct disk_bytes b = disk_read_file(sound, names.items[i]);
        for (off_t at = 0; at < (off_t)b.len; at += 4096)
            lose_and_repair(names.items[i], b.len, at, at + 4096);
        if (b.len > 3 * 4096) lose_and_repair(names.items[i], b.len, 4096, 3 * 4096);
        lose_and_repair(names.items[i], b.len, 0, (off_t)b.len);
        free(b.data);
    }
    wp_names_release(&names);
}

/* What must not be touched: an index that somebody writes to, one of a newer format, and none at all. */
static void test_refusals(void **state) {
    (void)state;
    struct wp_error err = {0};
    struct wp_repair_counts counts;
    struct told t = {.files = 0};
    struct wp_store store;
    struct wp_store_options options = {.write = true};
    make_sound(12, 7, false);
    assert_int_equal(wp_store_open(&store, sound, &options, &err), WP_OK);
    assert_int_equal(repair(sound, NULL, &t, &counts, &err), WP_EBUSY);
    wp_store_abandon(&store);
    assert_int_equal(repair("nowhere", NULL, &t, &counts, &err), WP_ENOENT);
    struct disk_bytes b = disk_read_file(sound, WP_MANIFEST_NAME);
    wp_store32(b.data + 12, WP_INDEX_VERSION + 1);
    wp_store64(b.data + 32, wp_hash64(b.data, 32));
    disk_remove_directory(damaged);
    disk_copy_directory(sound, damaged);
    disk_write_file(damaged, WP_MANIFEST_NAME, b.data, b.len);
    assert_int_equal(repair(damaged, NULL, &t, &counts, &err), WP_EVERSION);
    free(b.data);
}

int main(void) {
#if defined(__SANITIZE_THREAD__)
    return 77; /* one thread and a thousand repairs: nothing to learn */
#endif
    char scratch[] = "wp_repair.XXXXXX";
    if (!mkdtemp(scratch) || chdir(scratch) != 0) return 1;
    if (wp_remaker_init(&remaker, NULL) != WP_OK) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),       cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_rows_and_texts), cmocka_unit_test(test_log),
        cmocka_unit_test(test_stopped),        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_refusals)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    wp_remaker_release(&remaker);
    disk_remove_directory(sound);
    disk_remove_directory(damaged);
    if (chdir("..") != 0 || rmdir(scratch) != 0) return 1;
    return failed;
}
