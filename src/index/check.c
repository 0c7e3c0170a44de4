/* check.c - see check.h. */
#include "index/check.h"

#include "base/memory.h"
#include "index/recover.h"
#include "index/settings.h"
#include "index/unreadable.h"

struct checker {
    const char *dir;
    void (*tell)(void *self, const struct wp_damage *damage);
    void *self;
    struct wp_check_counts *counts;
    struct wp_manifest files;
    struct wp_recovery log;
    struct wp_shared_texts **texts; /* by place in the manifest; NULL when it cannot be opened */
    uint64_t **blocks;              /* offsets of the sound blocks of each, ascending */
    size_t *block_counts, *block_caps;
    uint32_t **records; /* how many each block has */
    struct wp_text_reader reader;
    bool alone; /* one segment: what it refers to is not looked at */
};

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* Tells a damage and goes on; what is no damage is passed up. */
static enum wp_status note(struct checker *c, enum wp_status status, const struct wp_error *why,
                           uint32_t first, uint32_t count, struct wp_error *err) {
    struct wp_damage damage = {.error = *why, .first = first, .count = count};
    if (status == WP_OK) return WP_OK;
    if (status == WP_ENOMEM || status == WP_EIO) {
        if (err) *err = *why;
        return status;
    }
    c->counts->damages++;
    c->tell(c->self, &damage);
    return WP_OK;
}

/* ---- text files ---- */

static enum wp_status keep_block(struct checker *c, size_t file, uint64_t offset, uint32_t records) {
    size_t n = c->block_counts[file], cap = c->block_caps[file];
    WP_TRY(WP_GROW(c->blocks[file], n, c->block_caps[file]));
    WP_TRY(WP_GROW(c->records[file], n, cap));
    c->blocks[file][n] = offset;
    c->records[file][n] = records;
    c->block_counts[file]++;
    c->counts->blocks++;
    return WP_OK;
}

/* The next place behind a damaged block where a sound one begins, or `end`. */
static uint64_t find_block(struct checker *c, const struct wp_texts *t, uint64_t at, uint64_t end) {
    uint8_t head[4];
    for (at++; at + WP_BLOCK_HEAD_BYTES < end; at++) {
        if (wp_file_read_at(&t->file, head, sizeof head, at, NULL) != WP_OK) return end;
        if (wp_load32(head) == WP_MAGIC_TEXT_BLOCK && wp_texts_load(t, &c->reader, at, NULL) == WP_OK)
            return at;
    }
    return end;
}

static enum wp_status check_texts(struct checker *c, size_t i, struct wp_error *err) {
    struct wp_manifest_texts *entry = &c->files.texts[i];
    uint64_t end = entry->number == c->files.growing ? c->log.texts_bytes : entry->bytes, size;
    struct wp_error why = {0};
    enum wp_status status = wp_shared_texts_open(&c->texts[i], c->dir, entry->number, &why);
    if (status != WP_OK) return note(c, status, &why, 0, 0, err);
    const struct wp_texts *t = &c->texts[i]->texts;
    WP_TRY(wp_file_size(&t->file, &size, err));
    c->counts->files++;
    c->counts->bytes += size;
    if (size < end) {
        wp_fail_file(&why, WP_EDAMAGED, t->file.name, "is %llu bytes shorter than it should be",
                     (unsigned long long)(end - size));
        WP_TRY(note(c, WP_EDAMAGED, &why, 0, 0, err));
        end = size;
    }
    for (uint64_t at = t->first; at < end;) {
        status = wp_texts_load(t, &c->reader, at, &why);
        if (status == WP_OK) {
            if (keep_block(c, i, at, c->reader.records) != WP_OK) return no_memory(err);
            at = c->reader.next;
            continue;
        }
        WP_TRY(note(c, status, &why, 0, 0, err));
        at = find_block(c, t, at, end);
    }
    return WP_OK;
}

/* Is the record that a row refers to in a sound block? */
static bool has_record(const struct checker *c, uint32_t file, const struct wp_row *row) {
    for (size_t i = 0; i < c->files.texts_count; i++) {
        if (c->files.texts[i].number != file) continue;
        size_t low = 0, high = c->block_counts[i];
        while (low < high) {
            size_t mid = low + (high - low) / 2;
            if (c->blocks[i][mid] < row->block)
                low = mid + 1;
            else
                high = mid;
        }
        return low < c->block_counts[i] && c->blocks[i][low] == row->block && row->place < c->records[i][low];
    }
    return false;
}

static enum wp_status check_reference(struct checker *c, const char *name, uint32_t file, uint32_t number,
                                      const struct wp_row *row, struct wp_error *err) {
    struct wp_error why = {0};
    c->counts->articles++;
    if (c->alone) return WP_OK;
    if (wp_state_is_dead(c->log.state, number)) {
        c->counts->dead++;
        return WP_OK;
    }
    if (has_record(c, file, row)) return WP_OK;
    wp_fail_file(&why, WP_EDAMAGED, name, "article %u has no sound record (text file %u, offset %u)", number,
                 file, row->block);
    return note(c, WP_EDAMAGED, &why, number, 1, err);
}

/* ---- segments ---- */

static enum wp_status check_section(struct checker *c, const struct wp_index_segment *s,
                                    const struct wp_section *section, uint32_t rows, struct wp_error *err) {
    for (uint64_t at = 0; at < section->len; at += WP_CHECK_BYTES) {
        uint64_t len = section->len - at < WP_CHECK_BYTES ? section->len - at : WP_CHECK_BYTES;
        struct wp_error why = {0};
        enum wp_status status = wp_section_check(section, at, len, &why);
        if (status == WP_OK) continue;
        uint32_t first = s->first, count = s->count;
        if (rows) wp_row_table_covers(&s->rows, at, len, &first, &count);
        WP_TRY(note(c, status, &why, first, count, err));
    }
    return WP_OK;
}

/* Keys ascend, name articles that are there, and are as many as the rows say. */
static enum wp_status check_keys(struct checker *c, const struct wp_index_segment *s, enum wp_key_kind kind,
                                 uint64_t expected, struct wp_error *err) {
    struct wp_key_cursor cursor;
    struct wp_error why = {0};
    uint64_t key, last = 0, n = 0;
    uint32_t article, last_article = 0;
    enum wp_status status;
    wp_key_cursor_init(&cursor, &s->keys[kind]);
    while ((status = wp_key_cursor_next(&cursor, &key, &article, &why)) == WP_OK) {
        bool ascends = !n || key > last || (key == last && article >= last_article);
        if (article >= s->count || !ascends) {
            status = wp_fail_file(&why, WP_EDAMAGED, s->name, "a list of keys is not in order");
            break;
        }
        last = key;
        last_article = article;
        n++;
    }
    c->counts->keys += n;
    if (status == WP_END && n != expected)
        status = wp_fail_file(&why, WP_EDAMAGED, s->name, "has %llu keys, and its rows speak of %llu",
                              (unsigned long long)n, (unsigned long long)expected);
    return status == WP_END ? WP_OK : note(c, status, &why, s->first, s->count, err);
}

static enum wp_status check_rows(struct checker *c, const struct wp_index_segment *s, uint64_t *samples,
                                 uint64_t *rows, struct wp_error *err) {
    *samples = *rows = 0;
    for (uint32_t n = s->first; n < s->first + s->count; n++) {
        struct wp_row row;
        struct wp_error why = {0};
        enum wp_status status = wp_segment_row(s, n, &row, &why);
        if (status == WP_OK && wp_row_is_gone(&row)) continue;
        if (status == WP_OK) {
            *samples += row.samples;
            ++*rows;
            WP_TRY(check_reference(c, s->name, s->texts[row.texts], n, &row, err));
        } else if (status == WP_EDAMAGED) {
            *rows = UINT64_MAX / 2; /* told with its block */
        } else {
            if (err) *err = why;
            return status;
        }
    }
    return WP_OK;
}

static enum wp_status check_parts(struct checker *c, const struct wp_index_segment *s, struct wp_error *err) {
    uint64_t damages = c->counts->damages, samples, rows;
    enum wp_status status = check_section(c, s, &s->rows.places, 0, err);
    if (status == WP_OK) status = check_section(c, s, &s->rows.rows, 1, err);
    for (int kind = 0; kind < WP_KEY_KINDS && status == WP_OK; kind++) {
        status = check_section(c, s, &s->keys[kind].entries, 0, err);
        if (status == WP_OK) status = check_section(c, s, &s->keys[kind].directory, 0, err);
    }
    bool sound = c->counts->damages == damages;
    if (status == WP_OK) status = check_rows(c, s, &samples, &rows, err);
    for (int kind = 0; kind < WP_KEY_KINDS && sound && status == WP_OK; kind++)
        status = check_keys(c, s, (enum wp_key_kind)kind, kind == WP_KEY_SHINGLE ? samples : rows, err);
    return status;
}

static enum wp_status check_segment(struct checker *c, const struct wp_manifest_segment *entry,
                                    struct wp_error *err) {
    struct wp_index_segment *s;
    struct wp_error why = {0};
    enum wp_status status = wp_segment_open(&s, c->dir, entry, &why);
    if (status != WP_OK) return note(c, status, &why, entry->first, entry->count, err);
    c->counts->files++;
    c->counts->bytes += s->map.len;
    status = check_parts(c, s, err);
    wp_segment_drop(s);
    return status;
}

static void keep_first(void *self, const struct wp_damage *damage) {
    struct wp_error *first = self;
    if (first->status == WP_OK) *first = damage->error;
}

enum wp_status wp_check_segment(const struct wp_index_segment *s, struct wp_error *err) {
    struct wp_error first = {0};
    struct wp_check_counts counts = {0};
    struct checker c = {.tell = keep_first, .self = &first, .counts = &counts, .alone = true};
    WP_TRY(check_parts(&c, s, err));
    if (err && first.status != WP_OK) *err = first;
    return first.status;
}

/* ---- all ---- */

static enum wp_status check_log(struct checker *c, struct wp_error *err) {
    const struct wp_memtable *m = c->log.memtable->table;
    if (!c->files.log) return WP_OK;
    char *name = wp_index_name(c->dir, WP_INDEX_LOG, c->files.log);
    if (!name) return no_memory(err);
    c->counts->files++;
    c->counts->bytes += c->log.log_bytes;
    enum wp_status status = WP_OK;
    for (uint32_t i = 0; i < m->rows && status == WP_OK; i++)
        status =
            check_reference(c, name, c->files.growing, m->first + i, wp_memtable_row(m, m->first + i), err);
    wp_free(name);
    return status;
}

static enum wp_status check_settings(struct checker *c, struct wp_error *err) {
    struct wp_index_settings settings;
    struct wp_error why = {0};
    char *name = wp_path_join(c->dir, WP_SETTINGS_NAME);
    if (!name) return no_memory(err);
    bool there = wp_file_kind(name) != WP_FILE_MISSING;
    wp_free(name);
    if (!there) return WP_OK;
    enum wp_status status = wp_index_settings_read(&settings, c->dir, &why);
    c->counts->files++;
    c->counts->bytes += settings.owners.len + settings.agencies.len;
    wp_index_settings_release(&settings);
    return note(c, status, &why, 0, 0, err);
}

/* WP_ENOENT unless there are files of an index. */
static enum wp_status look_for_files(const char *dir, struct wp_error *err) {
    struct wp_names names = {0};
    bool found = false;
    enum wp_status status = WP_OK;
    if (wp_file_kind(dir) == WP_FILE_DIRECTORY) status = wp_names_add_directory(&names, dir, err);
    for (size_t i = 0; i < names.count && status == WP_OK; i++) {
        const char *end = strrchr(names.items[i], '.');
        found |= end && (strcmp(end, ".txt") == 0 || strcmp(end, ".log") == 0);
    }
    wp_names_release(&names);
    WP_TRY(status);
    return found ? WP_OK : wp_fail_file(err, WP_ENOENT, dir, "there is no index");
}

static enum wp_status note_unreadable(void *self, const struct wp_file *f, uint64_t size,
                                      const struct wp_unreadable *first, struct wp_error *err) {
    struct checker *c = self;
    struct wp_unreadable range = *first;
    while (range.begin < size) {
        struct wp_error why = {0};
        WP_TRY(note(c, wp_unreadable_say(f, &range, &why), &why, 0, 0, err));
        WP_TRY(wp_unreadable_next(f, size, range.end, &range, err));
    }
    return WP_OK;
}

static enum wp_status check_all(struct checker *c, struct wp_error *err) {
    const struct wp_unreadable_visitor visitor = {note_unreadable, c};
    struct wp_error why = {0};
    struct wp_damage damage = {.whole_index = true};
    WP_TRY(wp_unreadable_look(c->dir, &visitor, err));
    if (c->counts->damages) return WP_OK; /* further reading would end here, or the process */
    enum wp_status status = wp_manifest_read(&c->files, c->dir, &why);
    if (status == WP_ENOENT) WP_TRY(look_for_files(c->dir, err));
    if (status == WP_OK) status = wp_recover(&c->log, c->dir, &c->files, &why);
    if (status == WP_ENOMEM || status == WP_EIO) {
        if (err) *err = why;
        return status;
    }
    if (status != WP_OK) {
        damage.error = why;
        c->counts->damages++;
        c->tell(c->self, &damage);
        return WP_OK;
    }
    size_t n = c->files.texts_count;
    c->counts->files += 1 + (c->files.state != 0);
    c->texts = wp_zalloc(n, sizeof *c->texts);
    c->blocks = wp_zalloc(n, sizeof *c->blocks);
    c->records = wp_zalloc(n, sizeof *c->records);
    c->block_counts = wp_zalloc(n, sizeof *c->block_counts);
    c->block_caps = wp_zalloc(n, sizeof *c->block_caps);
    if (!c->texts || !c->blocks || !c->records || !c->block_counts || !c->block_caps) return no_memory(err);
    for (size_t i = 0; i < n; i++) WP_TRY(check_texts(c, i, err));
    for (size_t i = 0; i < c->files.segment_count; i++) WP_TRY(check_segment(c, &c->files.segments[i], err));
    WP_TRY(check_settings(c, err));
    return check_log(c, err);
}

enum wp_status wp_index_check(const char *dir, void (*tell)(void *self, const struct wp_damage *damage),
                              void *self, struct wp_check_counts *counts, struct wp_error *err) {
    struct checker c = {.dir = dir, .tell = tell, .self = self, .counts = counts};
    *counts = (struct wp_check_counts){0};
    enum wp_status status = check_all(&c, err);
    for (size_t i = 0; i < c.files.texts_count; i++) {
        if (c.texts) wp_shared_texts_drop(c.texts[i]);
        if (c.blocks) wp_free(c.blocks[i]);
        if (c.records) wp_free(c.records[i]);
    }
    wp_free(c.texts);
    wp_free(c.blocks);
    wp_free(c.records);
    wp_free(c.block_counts);
    wp_free(c.block_caps);
    wp_text_reader_release(&c.reader);
    wp_recovery_release(&c.log);
    wp_manifest_release(&c.files);
    return status;
}
