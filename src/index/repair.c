/* repair.c - the order of things: see repair.h and salvage.h. */
#include "index/repair.h"

#include "base/memory.h"
#include "index/check.h"
#include "index/lock.h"
#include "index/salvage.h"
#include "index/settings.h"

enum wp_status wp_salvage_no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

char *wp_salvage_name(const struct wp_salvage *s, enum wp_index_kind kind, uint32_t number) {
    return kind == WP_INDEX_SETTINGS ? wp_path_join(s->dir, WP_SETTINGS_NAME)
                                     : wp_index_name(s->dir, kind, number);
}

void wp_salvage_note(struct wp_salvage *s, const struct wp_repair_note *note) {
    struct wp_repair_counts *c = s->counts;
    c->files += note->what == WP_REPAIR_FILE;
    c->lost += note->what == WP_REPAIR_LOST;
    c->alone += note->what == WP_REPAIR_ALONE;
    c->left += note->what == WP_REPAIR_LEFT;
    c->changes += note->what == WP_REPAIR_CHANGES;
    s->options->tell(s->options->self, note);
}

enum wp_status wp_salvage_note_file(struct wp_salvage *s, enum wp_status status, const struct wp_error *why,
                                    struct wp_error *err) {
    struct wp_repair_note note = {.what = WP_REPAIR_FILE, .why = *why};
    if (status != WP_EDAMAGED && status != WP_ENOENT) {
        if (err) *err = *why;
        return status;
    }
    wp_salvage_note(s, &note);
    return WP_OK;
}

static void note_changes(struct wp_salvage *s, bool state_lost, const char *words) {
    struct wp_repair_note note = {.what = WP_REPAIR_CHANGES, .state_lost = state_lost};
    wp_fail_file(&note.why, WP_EDAMAGED, s->dir, "%s", words);
    wp_salvage_note(s, &note);
}

/* ---- reading ---- */

static enum wp_status read_files(struct wp_salvage *s, struct wp_error *err) {
    struct wp_error why = {0};
    WP_TRY(wp_salvage_header(s, WP_INDEX_MANIFEST, 0, err));
    enum wp_status status = wp_manifest_read(&s->files, s->dir, &why);
    if (status == WP_OK) {
        if (s->files.state) WP_TRY(wp_salvage_header(s, WP_INDEX_STATE, s->files.state, err));
        if (s->files.log) WP_TRY(wp_salvage_header(s, WP_INDEX_LOG, s->files.log, err));
        for (size_t i = 0; i < s->files.segment_count; i++)
            WP_TRY(wp_salvage_header(s, WP_INDEX_SEGMENT, s->files.segments[i].number, err));
        for (size_t i = 0; i < s->files.texts_count; i++)
            WP_TRY(wp_salvage_texts(s, s->files.texts[i].number, s->files.texts[i].bytes, err));
    } else {
        WP_TRY(wp_salvage_note_file(s, status, &why, err));
        WP_TRY(wp_salvage_make_files(s, err));
    }
    wp_salvage_count_records(s);
    return WP_OK;
}

static enum wp_status read_state(struct wp_salvage *s, struct wp_error *err) {
    struct wp_error why = {0};
    if (s->files.state && !s->state) {
        enum wp_status status = wp_state_read(&s->state, s->dir, s->files.state, UINT32_MAX, &why);
        if (status != WP_OK) WP_TRY(wp_salvage_note_file(s, status, &why, err));
        s->state_lost = status != WP_OK;
    }
    if (s->state_lost)
        note_changes(
            s, true,
            "which articles were deleted, which stories became one, and what is furniture, is lost up to "
            "the last flush; what was deleted may be there again");
    return s->state || wp_state_new(&s->state) == WP_OK ? WP_OK : wp_salvage_no_memory(err);
}

/* Settings that cannot be read are put aside: without them the index has its defaults. */
static enum wp_status read_settings(struct wp_salvage *s, struct wp_error *err) {
    struct wp_index_settings settings;
    struct wp_error why = {0};
    WP_TRY(wp_salvage_header(s, WP_INDEX_SETTINGS, 0, err));
    enum wp_status status = wp_index_settings_read(&settings, s->dir, &why);
    wp_index_settings_release(&settings);
    if (status == WP_OK) return WP_OK;
    WP_TRY(wp_salvage_note_file(s, status, &why, err));
    s->settings_lost = true;
    note_changes(
        s, false,
        "which outlets are sisters, which further agencies there are, and whether furniture counts, is "
        "not known any more: give --owners and the like again");
    return WP_OK;
}

static enum wp_status add_range(struct wp_salvage *s, const struct wp_salvaged_range *r,
                                struct wp_error *err) {
    if (WP_GROW(s->ranges, s->range_count, s->range_cap) != WP_OK) return wp_salvage_no_memory(err);
    s->ranges[s->range_count++] = *r;
    return WP_OK;
}

/* Numbers that no segment holds are those of articles that have gone, or their segment is not there. */
static enum wp_status add_gap(struct wp_salvage *s, uint32_t first, uint32_t end, struct wp_error *err) {
    struct wp_salvaged_range r = {.first = first, .count = end - first};
    while (r.count && wp_state_is_dead(s->state, r.first)) {
        r.first++;
        r.count--;
    }
    while (r.count && wp_state_is_dead(s->state, r.first + r.count - 1)) r.count--;
    return r.count ? add_range(s, &r, err) : WP_OK;
}

static enum wp_status open_segment(struct wp_salvage *s, size_t i, struct wp_error *err) {
    const struct wp_manifest_segment *entry = &s->files.segments[i];
    struct wp_salvaged_range r = {.first = entry->first, .count = entry->count, .level = entry->level};
    struct wp_error why = {0};
    enum wp_status status = wp_segment_open(&r.segment, s->dir, entry, &why);
    if (status == WP_OK) status = wp_check_segment(r.segment, &why);
    if (status == WP_OK) {
        s->segments[i] = r.segment;
        return WP_OK;
    }
    status = wp_salvage_note_file(s, status, &why, err);
    if (status == WP_OK) status = add_range(s, &r, err);
    if (status != WP_OK) wp_segment_drop(r.segment);
    return status;
}

static enum wp_status open_segments(struct wp_salvage *s, struct wp_error *err) {
    uint32_t next = 0;
    s->segments = wp_zalloc(s->files.segment_count, sizeof *s->segments);
    if (!s->segments) return wp_salvage_no_memory(err);
    for (size_t i = 0; i < s->files.segment_count; i++) {
        WP_TRY(add_gap(s, next, s->files.segments[i].first, err));
        WP_TRY(open_segment(s, i, err));
        next = s->files.segments[i].first + s->files.segments[i].count;
    }
    return add_gap(s, next, s->files.next_number, err);
}

static enum wp_status salvage(struct wp_salvage *s, struct wp_error *err) {
    WP_TRY(read_files(s, err));
    WP_TRY(read_state(s, err));
    WP_TRY(read_settings(s, err));
    WP_TRY(wp_salvage_log(s, err));
    if (s->log_unreadable) s->log_damaged = s->tail_unknown = true;
    if (s->log_damaged)
        note_changes(s, false, "deletions and changes of stories in the damaged part of the log are lost");
    s->end = s->files.next_number + (uint32_t)s->log_count;
    WP_TRY(wp_salvage_apply_changes(s, err));
    WP_TRY(open_segments(s, err));
    WP_TRY(wp_salvage_rows(s, err));
    return wp_salvage_write(s, err);
}

static void release(struct wp_salvage *s) {
    for (size_t i = 0; i < s->texts_count; i++) wp_salvaged_texts_release(&s->texts[i]);
    for (size_t i = 0; s->segments && i < s->files.segment_count; i++) wp_segment_drop(s->segments[i]);
    for (size_t i = 0; i < s->range_count; i++) wp_segment_drop(s->ranges[i].segment);
    wp_free(s->texts);
    wp_free(s->segments);
    wp_free(s->ranges);
    wp_free(s->log);
    wp_free(s->changes);
    wp_free(s->places);
    wp_bits_release(&s->wanted);
    wp_bits_release(&s->taken);
    wp_text_reader_release(&s->reader);
    wp_buffer_release(&s->scratch);
    wp_state_drop(s->state);
    wp_manifest_release(&s->files);
    wp_manifest_release(&s->made);
    wp_file_close(&s->lock, NULL);
}

static void ignore(void *self, const struct wp_damage *damage) {
    (void)self;
    (void)damage;
}

enum wp_status wp_index_repair(const char *dir, const struct wp_repair_options *options,
                               struct wp_repair_counts *counts, struct wp_error *err) {
    struct wp_salvage s = {.dir = dir, .options = options, .counts = counts};
    struct wp_check_counts before;
    *counts = (struct wp_repair_counts){0};
    wp_guard_init(&s.guard, options->fs ? options->fs : &wp_fs_real);
    enum wp_status status = wp_file_kind(dir) == WP_FILE_DIRECTORY
                                ? wp_index_lock(&s.guard.fs, dir, &s.lock, err)
                                : wp_fail_file(err, WP_ENOENT, dir, "there is no index");
    if (status == WP_OK) status = wp_salvage_unreadable(&s, err);
    if (status == WP_OK) status = wp_index_check(dir, ignore, NULL, &before, err);
    if (status == WP_OK && before.damages) status = salvage(&s, err);
    release(&s);
    return status;
}
