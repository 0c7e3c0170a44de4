/* index_load.c - see index_load.h. */
#include "support/index_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/online.h"
#include "index/check.h"
#include "support/random.h"

enum { LINE_MAX_BYTES = 4096, WORDS = 70 };

static void put_words(char *out, size_t size, uint64_t seed, unsigned words) {
    struct random r = {seed};
    size_t at = strlen(out);
    for (unsigned i = 0; i < words && at + 16 < size; i++)
        at += (size_t)snprintf(out + at, size - at, "w%llu ", (unsigned long long)random_below(&r, 9000));
}

/* Every third id is a copy of the id before it, with another beginning. */
size_t load_line(unsigned id, unsigned version, char *out, size_t size) {
    char text[2048] = "";
    unsigned base = id % 3 == 2 ? id - 1 : id;
    if (base != id) put_words(text, sizeof text, 5000 + id * 10 + version, 9);
    put_words(text, sizeof text, base * 100 + (base == id ? version : 1), WORDS);
    if (id % 7 == 5) text[20] = '\0'; /* a short one */
    return (size_t)snprintf(out, size,
                            "{\"id\":\"a%u\",\"text\":\"%s\",\"url\":\"https://outlet%u.com/%u\","
                            "\"date\":\"2021-03-%02u\"}",
                            id, text, id % 5, version, 1 + id);
}

/* What a step does: adds an id's version, or deletes it (version 0). */
static void step_of(unsigned step, unsigned *id, unsigned *version, const unsigned char *before) {
    struct random r = {step * 77 + 5};
    *id = (unsigned)(step <= LOAD_IDS ? step - 1 : random_below(&r, LOAD_IDS));
    unsigned what = (unsigned)random_below(&r, 6);
    *version = before[*id];
    if (!*version)
        *version = 1 + (unsigned)random_below(&r, 3);
    else if (what == 0)
        *version = 0;
    else if (what < 4)
        *version = *version % 5 + 1;
}

/* Sister outlets, which make the index keep settings. */
static const char owners_name[] = "load_owners";

static void write_owners(void) {
    FILE *f = fopen(owners_name, "wb");
    if (!f || fputs("outlet1.com outlet2.com\n", f) < 0 || fclose(f) != 0) abort();
}

void load_init(struct load *l, const char *dir, unsigned steps) {
    memset(l, 0, sizeof *l);
    l->dir = dir;
    l->steps = steps;
    l->commit_every = 3;
    l->flush_rows = 5;
    for (unsigned step = 1; step <= steps; step++) {
        unsigned id, version;
        memcpy(l->versions[step], l->versions[step - 1], LOAD_IDS);
        step_of(step, &id, &version, l->versions[step - 1]);
        l->versions[step][id] = (unsigned char)version;
    }
}

static enum wp_status do_step(struct wp_online *o, struct wp_record_parser *parser, const struct load *l,
                              unsigned step, struct wp_error *err) {
    char line[LINE_MAX_BYTES + WP_RECORD_PADDING] = "", name[16];
    unsigned id, version;
    uint32_t number;
    step_of(step, &id, &version, l->versions[step - 1]);
    if (!version) {
        int n = snprintf(name, sizeof name, "a%u", id);
        WP_TRY(wp_online_number(o, (const uint8_t *)name, (size_t)n, &number, err));
        return number == WP_NUMBER_NONE ? WP_OK : wp_online_delete(o, number, err);
    }
    size_t len = load_line(id, version, line, LINE_MAX_BYTES);
    struct wp_record record;
    const char *words;
    struct wp_online_verdict v;
    if (wp_record_parse(parser, (const uint8_t *)line, len, &record, &words) != WP_OK)
        return wp_fail(err, WP_ENOMEM, "%s", words);
    struct wp_online_article a = {.record = &record, .line = (const uint8_t *)line, .line_len = len};
    return wp_online_add(o, &a, &v, err);
}

static enum wp_status run_steps(struct load *l, struct wp_online *o, struct wp_record_parser *parser,
                                unsigned most, struct wp_error *err) {
    unsigned last = l->acknowledged + most;
    if (last > l->steps) last = l->steps;
    for (unsigned step = l->acknowledged + 1; step <= last; step++) {
        l->sent = step;
        WP_TRY(do_step(o, parser, l, step, err));
        if (step % l->commit_every && step < last) continue;
        WP_TRY(wp_online_commit(o, err));
        l->acknowledged = step;
    }
    return WP_OK;
}

static enum wp_status run_session(struct load *l, const struct wp_fs *fs, unsigned most, int killed,
                                  struct wp_error *err) {
    struct wp_online o;
    struct wp_record_parser *parser;
    struct wp_online_options options = {.store = {.fs = fs,
                                                  .write = true,
                                                  .create = true,
                                                  .pack_ahead = l->pack_ahead,
                                                  .flush_rows = l->flush_rows,
                                                  .texts_bytes = l->texts_bytes},
                                        .memory_bytes = 1 << 20,
                                        .terms = {.owners = owners_name}};
    write_owners();
    enum wp_status status = wp_online_open(&o, l->dir, &options, err);
    remove(owners_name);
    if (status != WP_OK) return status;
    status = wp_record_parser_new(&parser, NULL, err);
    if (status == WP_OK) status = run_steps(l, &o, parser, most, err);
    if (status == WP_OK && l->acknowledged <= l->compact_until) status = wp_store_compact(&o.store, err);
    wp_record_parser_free(parser);
    if (status != WP_OK || killed) {
        wp_online_abandon(&o);
        return status;
    }
    return wp_online_close(&o, err);
}

enum wp_status load_run(struct load *l, const struct wp_fs *fs, struct wp_error *err) {
    return run_session(l, fs, l->steps, 0, err);
}

enum wp_status load_run_open(struct load *l, const struct wp_fs *fs, int killed, struct wp_error *err) {
    return run_session(l, fs, l->steps, killed, err);
}

enum wp_status load_run_sessions(struct load *l, const struct wp_fs *fs, unsigned session,
                                 struct wp_error *err) {
    do WP_TRY(run_session(l, fs, session, 0, err));
    while (l->acknowledged < l->steps);
    return WP_OK;
}

/* ---- looking ---- */

/* Which version of which id is this line? 0 when it is none. */
static unsigned version_of(const uint8_t *line, size_t len, unsigned *id) {
    char want[LINE_MAX_BYTES];
    if (len < 10 || sscanf((const char *)line, "{\"id\":\"a%u\"", id) != 1 || *id >= LOAD_IDS) return 0;
    for (unsigned version = 1; version <= 5; version++)
        if (load_line(*id, version, want, sizeof want) == len && memcmp(want, line, len) == 0) return version;
    return 0;
}

static int read_all(const struct wp_view *view, unsigned char *found, struct wp_error *err) {
    struct wp_profiles p;
    int good = wp_profiles_init(&p, 0, err) == WP_OK;
    for (uint32_t n = 0; good && n < view->end; n++) {
        struct wp_row row, by_id;
        struct wp_stored_record stored;
        unsigned id = 0;
        uint32_t number;
        enum wp_status status = wp_view_row(view, n, &row, err);
        if (status == WP_END) continue;
        good = status == WP_OK && wp_profiles_record(&p, view, NULL, n, &row, &stored, err) == WP_OK;
        unsigned version = good ? version_of(stored.line, stored.line_len, &id) : 0;
        if (good && (!version || found[id])) {
            printf("article %u is %s: %.*s\n", n, version ? "there twice" : "none that was sent",
                   (int)stored.line_len, (const char *)stored.line);
            good = 0;
        }
        if (good) found[id] = (unsigned char)version;
        good = good &&
               wp_view_number(view, stored.record.id, stored.record.id_len, &number, &by_id, err) == WP_OK;
        if (good && number != n) {
            printf("article %u is not found by its id\n", n);
            good = 0;
        }
    }
    wp_profiles_release(&p);
    return good;
}

static int is_allowed(const struct load *l, const unsigned char *found) {
    for (unsigned step = l->acknowledged; step <= l->sent; step++)
        if (memcmp(l->versions[step], found, LOAD_IDS) == 0) return 1;
    printf("holds what it held after no step from %u to %u\n", l->acknowledged, l->sent);
    return 0;
}

static void print_damage(void *self, const struct wp_damage *damage) {
    char text[1024];
    (void)self;
    printf("damage: %s\n", wp_error_text(&damage->error, text, sizeof text));
}

int load_holds(const struct load *l, const char *dir, int write) {
    struct wp_store store;
    struct wp_store_options options = {.write = write};
    struct wp_error err = {0};
    unsigned char found[LOAD_IDS] = {0};
    char text[1024];
    struct wp_check_counts counts;
    enum wp_status status = wp_store_open(&store, dir, &options, &err);
    if (status == WP_ENOENT && l->acknowledged == 0) return 1; /* not even made */
    int good = status == WP_OK && read_all(store.now, found, &err);
    if (good) good = is_allowed(l, found);
    if (status == WP_OK && write && good)
        good = wp_store_close(&store, &err) == WP_OK;
    else if (status == WP_OK)
        wp_store_abandon(&store);
    if (good) good = wp_index_check(dir, print_damage, NULL, &counts, &err) == WP_OK && counts.damages == 0;
    if (!good) printf("%s: %s\n", dir, wp_error_text(&err, text, sizeof text));
    return good;
}
