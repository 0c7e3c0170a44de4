/*
 * repair_files.c - a manifest made again, from the files that are there. See salvage.h.
 *
 * Numbers of files rise, and every file is whole before one with a higher number is begun for the same step.
 * So
 *
 *     state      the newest sound one; what was flushed before it is in segments
 *     log        one that is newer than the state; else there is none
 *     segments   the newest ones that do not overlap: a merged one holds what it was made of
 *     texts      those that the segments name, and the newest one that has records
 *
 * What a flush or a merge had finished but not put in force says the same as what it would have replaced.
 */
#include <stdlib.h>
#include <string.h>
#include "base/map.h"
#include "base/memory.h"
#include "index/salvage.h"

enum { META_BYTES = 12, FILES_MAX = 1 << 20 };

/* The files of a kind, newest first. */
struct listed {
    uint32_t *numbers;
    size_t count, cap;
};

struct listing {
    struct listed kinds[WP_INDEX_STATE + 1];
    uint32_t highest;
};

static int newest_first(const void *x, const void *y) {
    const uint32_t *a = x, *b = y;
    return *a > *b ? -1 : *a < *b;
}

static enum wp_index_kind kind_of(const char *end) {
    static const struct {
        const char *end;
        enum wp_index_kind kind;
    } kinds[] = {{".log", WP_INDEX_LOG},
                 {".txt", WP_INDEX_TEXTS},
                 {".seg", WP_INDEX_SEGMENT},
                 {".state", WP_INDEX_STATE}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(end, kinds[i].end) == 0) return kinds[i].kind;
    return 0;
}

static enum wp_status list_files(struct wp_salvage *s, struct listing *l, struct wp_error *err) {
    struct wp_names names = {0};
    enum wp_status status = wp_names_add_directory(&names, s->dir, err);
    for (size_t i = 0; i < names.count && i < FILES_MAX && status == WP_OK; i++) {
        char *end;
        unsigned long number = strtoul(names.items[i], &end, 10);
        enum wp_index_kind kind = kind_of(end);
        if (end - names.items[i] < 6 || !number || number >= UINT32_MAX) continue;
        if (number > l->highest) l->highest = (uint32_t)number;
        if (!kind) continue;
        struct listed *of = &l->kinds[kind];
        if (WP_GROW(of->numbers, of->count, of->cap) != WP_OK)
            status = wp_salvage_no_memory(err);
        else
            of->numbers[of->count++] = (uint32_t)number;
    }
    wp_names_release(&names);
    for (int kind = 0; kind <= WP_INDEX_STATE; kind++)
        if (l->kinds[kind].count)
            qsort(l->kinds[kind].numbers, l->kinds[kind].count, sizeof(uint32_t), newest_first);
    return status;
}

static void release_listing(struct listing *l) {
    for (int kind = 0; kind <= WP_INDEX_STATE; kind++) wp_free(l->kinds[kind].numbers);
}

static enum wp_status mend_headers(struct wp_salvage *s, const struct listing *l, struct wp_error *err) {
    static const enum wp_index_kind kinds[] = {WP_INDEX_STATE, WP_INDEX_LOG, WP_INDEX_SEGMENT};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < l->kinds[kinds[k]].count; i++)
            WP_TRY(wp_salvage_header(s, kinds[k], l->kinds[kinds[k]].numbers[i], err));
    return WP_OK;
}

/* ---- state ---- */

static enum wp_status choose_state(struct wp_salvage *s, const struct listed *states, struct wp_error *err) {
    struct wp_error why = {0};
    for (size_t i = 0; i < states->count && !s->files.state; i++) {
        enum wp_status status = wp_state_read(&s->state, s->dir, states->numbers[i], UINT32_MAX, &why);
        if (status == WP_OK)
            s->files.state = states->numbers[i];
        else
            WP_TRY(wp_salvage_note_file(s, status, &why, err));
    }
    s->state_lost = states->count && !s->files.state;
    return WP_OK;
}

/* ---- segments ---- */

static enum wp_status describe(const struct wp_map *map, const char *name, uint32_t number,
                               struct wp_manifest_segment *entry, struct wp_error *err) {
    struct wp_section_entry sections[WP_SECTIONS_MAX];
    const uint8_t *meta;
    size_t meta_len;
    unsigned count;
    WP_TRY(wp_header_check(map->data, map->len, WP_INDEX_SEGMENT, number, name, err));
    WP_TRY(wp_sections_read(map->data, map->len, name, &meta, &meta_len, sections, &count, err));
    if (meta_len < META_BYTES) return wp_fail_file(err, WP_EDAMAGED, name, "the footer does not add up");
    *entry = (struct wp_manifest_segment){
        .number = number, .first = wp_load32(meta), .count = wp_load32(meta + 4), .bytes = map->len};
    if (entry->count > WP_NUMBER_NONE - entry->first)
        return wp_fail_file(err, WP_EDAMAGED, name, "the footer does not add up");
    for (uint32_t n = WP_MEMTABLE_ROWS; n < entry->count && entry->level < 16;
         n = n < 1u << 30 ? 4 * n : UINT32_MAX)
        entry->level++;
    return WP_OK;
}

/* What a segment's footer says. */
static enum wp_status describe_file(struct wp_salvage *s, uint32_t number, struct wp_manifest_segment *entry,
                                    struct wp_error *err) {
    struct wp_map map = {0};
    char *name = wp_index_name(s->dir, WP_INDEX_SEGMENT, number);
    if (!name) return wp_salvage_no_memory(err);
    enum wp_status status = wp_map_open(&map, name, 1, err);
    if (status == WP_OK) status = describe(&map, name, number, entry, err);
    wp_map_close(&map);
    wp_free(name);
    return status;
}

static bool overlaps(const struct wp_manifest *m, const struct wp_manifest_segment *e) {
    for (size_t i = 0; i < m->segment_count; i++)
        if (e->first < m->segments[i].first + m->segments[i].count &&
            m->segments[i].first < e->first + e->count)
            return true;
    return false;
}

static int by_articles(const void *x, const void *y) {
    const struct wp_manifest_segment *a = x, *b = y;
    return a->first < b->first ? -1 : a->first > b->first;
}

/* A flush of the log that was not put in force: the log is. */
static bool is_of_log(const struct wp_salvage *s, const struct wp_manifest_segment *e, uint32_t log_first) {
    return s->files.log && e->number > s->files.log && e->first >= log_first;
}

static enum wp_status choose_segments(struct wp_salvage *s, const struct listed *segments,
                                      struct wp_error *err) {
    struct wp_manifest_segment *all = wp_zalloc(segments->count, sizeof *all);
    struct wp_error why = {0};
    enum wp_status status = all ? WP_OK : wp_salvage_no_memory(err);
    uint32_t log_first = 0;
    for (size_t i = 0; i < segments->count && status == WP_OK; i++) {
        status = describe_file(s, segments->numbers[i], &all[i], &why);
        if (status == WP_OK && all[i].number < s->files.log && all[i].first + all[i].count > log_first)
            log_first = all[i].first + all[i].count;
        if (status == WP_OK) continue;
        all[i].count = 0;
        s->tail_unknown = true;
        status = wp_salvage_note_file(s, status, &why, err);
    }
    for (size_t i = 0; i < segments->count && status == WP_OK; i++) {
        if (!all[i].count || overlaps(&s->files, &all[i]) || is_of_log(s, &all[i], log_first)) continue;
        if (wp_manifest_add_segment(&s->files, &all[i]) != WP_OK) status = wp_salvage_no_memory(err);
        if (all[i].first + all[i].count > s->files.next_number)
            s->files.next_number = all[i].first + all[i].count;
    }
    if (s->files.segment_count)
        qsort(s->files.segments, s->files.segment_count, sizeof *s->files.segments, by_articles);
    wp_free(all);
    return status;
}

/* ---- text files ---- */

/* All that are there are opened: which of them count is seen by what refers to them. */
static enum wp_status open_texts(struct wp_salvage *s, const struct listed *texts, struct wp_error *err) {
    uint32_t growing = 0;
    for (size_t i = texts->count; i-- > 0;) WP_TRY(wp_salvage_texts(s, texts->numbers[i], 0, err));
    for (size_t i = 0; i < s->texts_count; i++) {
        const struct wp_salvaged_texts *t = &s->texts[i];
        if (!t->lost && (t->block_count || !growing)) growing = t->number;
    }
    s->files.growing = growing;
    return WP_OK;
}

/* Behind what segments refer to, the log's records begin. */
static enum wp_status find_ends(struct wp_salvage *s, struct wp_error *err) {
    for (size_t i = 0; i < s->texts_count; i++) {
        const struct wp_salvaged_texts *t = &s->texts[i];
        uint64_t end = t->lost ? 0 : t->texts.first;
        for (size_t j = 0; j < s->files.segment_count && !t->lost; j++) {
            struct wp_index_segment *segment;
            struct wp_row row;
            if (wp_segment_open(&segment, s->dir, &s->files.segments[j], NULL) != WP_OK) continue;
            for (uint32_t n = segment->first + segment->count; n-- > segment->first;) {
                if (wp_segment_row(segment, n, &row, NULL) != WP_OK || wp_row_is_gone(&row)) continue;
                if (segment->texts[row.texts] == t->number && row.block >= end) end = (uint64_t)row.block + 1;
                break; /* rows stand in the order of their records */
            }
            wp_segment_drop(segment);
        }
        if (wp_manifest_add_texts(&s->files, t->number, end) != WP_OK) return wp_salvage_no_memory(err);
    }
    return WP_OK;
}

enum wp_status wp_salvage_make_files(struct wp_salvage *s, struct wp_error *err) {
    struct listing l = {.highest = 0};
    wp_manifest_release(&s->files);
    s->files_made = true;
    enum wp_status status = list_files(s, &l, err);
    if (status == WP_OK && !l.highest) status = wp_fail_file(err, WP_ENOENT, s->dir, "there is no index");
    if (status == WP_OK) status = mend_headers(s, &l, err);
    if (status == WP_OK) status = choose_state(s, &l.kinds[WP_INDEX_STATE], err);
    if (status == WP_OK) {
        const struct listed *logs = &l.kinds[WP_INDEX_LOG];
        if (logs->count && logs->numbers[0] > s->files.state) s->files.log = logs->numbers[0];
        s->files.next_file = l.highest + 1;
        status = choose_segments(s, &l.kinds[WP_INDEX_SEGMENT], err);
    }
    if (status == WP_OK) status = open_texts(s, &l.kinds[WP_INDEX_TEXTS], err);
    if (status == WP_OK) status = find_ends(s, err);
    release_listing(&l);
    return status;
}
