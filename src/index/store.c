/* store.c - opening, adding, committing: see store.h. */
#include "index/store.h"

#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "index/lock.h"
#include "index/settings.h"

/* Records kept for learning a dictionary: of each the beginning, until there is enough. */
enum { SAMPLE_BYTES = 4096, SAMPLES_BYTES_MAX = 4 << 20 };

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* ---- opening ---- */

/* Is it one of the index's names, and not in use? */
static bool is_left_over(const struct wp_manifest *m, const char *name) {
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    if (strcmp(name, WP_MANIFEST_ASIDE) == 0 || strcmp(name, WP_SETTINGS_ASIDE) == 0) return true;
    if (end - name < 6 || *end != '.' || number > UINT32_MAX) return false;
    const char *last = strrchr(end, '.');
    if (last && strcmp(last, WP_ASIDE_END) == 0) return true;
    if (strcmp(end, ".log") == 0) return number != m->log;
    if (strcmp(end, ".state") == 0) return number != m->state;
    bool texts = strcmp(end, ".txt") == 0, segment = strcmp(end, ".seg") == 0;
    for (size_t i = 0; texts && i < m->texts_count; i++) texts = m->texts[i].number != number;
    for (size_t i = 0; segment && i < m->segment_count; i++) segment = m->segments[i].number != number;
    return texts || segment;
}

/* Does the directory hold anything that a writer who did not get far would not have left? */
static bool has_foreign_files(const struct wp_store *s) {
    static const struct wp_manifest none;
    struct wp_names names = {0};
    bool foreign = false;
    if (wp_names_add_directory(&names, s->dir, NULL) != WP_OK) return false;
    for (size_t i = 0; i < names.count; i++)
        foreign |= strcmp(names.items[i], WP_LOCK_NAME) != 0 &&
                   strcmp(names.items[i], WP_SETTINGS_NAME) != 0 && !is_left_over(&none, names.items[i]);
    wp_names_release(&names);
    return foreign;
}

/* Is there anything that is written only once there is a manifest? */
static bool has_lost_manifest(const struct wp_store *s) {
    static const struct wp_manifest none;
    struct wp_names names = {0};
    bool lost = false;
    if (wp_names_add_directory(&names, s->dir, NULL) != WP_OK) return false;
    for (size_t i = 0; i < names.count; i++)
        lost |= is_left_over(&none, names.items[i]) && strcmp(names.items[i], WP_MANIFEST_ASIDE) != 0 &&
                strcmp(names.items[i], WP_SETTINGS_ASIDE) != 0;
    wp_names_release(&names);
    return lost;
}

/* Removes what a crash, or a file that could not be removed, left. A failure is no reason to stop. */
static void remove_left_overs(struct wp_store *s) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_names names = {0};
    if (wp_names_add_directory(&names, s->dir, NULL) == WP_OK) {
        for (size_t i = 0; i < names.count; i++) {
            char *path =
                is_left_over(&s->files, names.items[i]) ? wp_path_join(s->dir, names.items[i]) : NULL;
            if (path) fs->remove(fs->self, path, NULL);
            wp_free(path);
        }
    }
    wp_names_release(&names);
}

/* Log and text file go on where the recovery found their end. */
static enum wp_status resume(struct wp_store *s, const struct wp_recovery *r, struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    if (s->files.log) {
        s->log_open = true;
        WP_TRY(wp_log_resume(&s->log, fs, s->dir, s->files.log, r->log_bytes, err));
        s->log.synced = s->options.lazy ? 0 : r->log_bytes;
    }
    if (!s->files.growing) return WP_OK;
    for (size_t i = 0; i < s->now->texts_count; i++) {
        const struct wp_texts *t = &s->now->texts[i]->texts;
        if (t->number != s->files.growing) continue;
        s->texts_open = true;
        return wp_texts_resume(&s->texts, fs, s->dir, t, r->texts_bytes ? r->texts_bytes : t->first, err);
    }
    return wp_fail_file(err, WP_EDAMAGED, s->dir, "the manifest does not name its growing text file");
}

/* A log that was cut by a crash must be on the disk, cut, before anything follows: what stands behind the
 * end now must never come back. */
static enum wp_status settle(struct wp_store *s, struct wp_error *err) {
    if (s->texts_open) WP_TRY(wp_texts_sync(&s->texts, err));
    if (s->log_open) WP_TRY(wp_log_sync(&s->log, err));
    return WP_OK;
}

static enum wp_status read_manifest(struct wp_store *s, struct wp_error *err) {
    wp_manifest_release(&s->files);
    enum wp_status status = wp_manifest_read(&s->files, s->dir, err);
    if (status != WP_ENOENT || !s->options.write || !s->options.create) return status;
    s->files.next_file = 1;
    return wp_manifest_write(&s->files, &s->guard.fs, s->dir, err);
}

/* May numbers mean other articles than before, as after a repair, or furniture have gone? */
static bool is_another(const struct wp_store *s, const struct wp_view *view, const struct wp_view *older) {
    return !older || view->end < s->committed_end ||
           view->state->furniture_count < s->committed_state->furniture_count;
}

/* Everything from the disk. The writer opens text files anew: what is remembered of blocks that were taken
 * back is not to be found again. A reader has seen none of those. */
static enum wp_status load(struct wp_store *s, const struct wp_view *older, struct wp_error *err) {
    struct wp_recovery r;
    struct wp_view *view;
    WP_TRY(read_manifest(s, err));
    WP_TRY(wp_recover(&r, s->dir, &s->files, err));
    struct wp_state *state = wp_state_share(r.state);
    enum wp_status status = wp_view_new(&view, s->dir, &s->files, r.state, r.memtable, older, err);
    if (status != WP_OK) {
        wp_state_drop(state);
        return status;
    }
    view->owners = s->owners;
    status = wp_view_watch(view, s->resident, err);
    if (status != WP_OK) {
        wp_view_drop(view);
        wp_state_drop(state);
        return status;
    }
    if (s->now) view->incarnation = s->now->incarnation + is_another(s, view, older);
    pthread_mutex_lock(&s->mutex);
    wp_view_drop(s->now);
    wp_state_drop(s->committed_state);
    s->now = view;
    s->committed_end = view->end;
    s->committed_state = state;
    pthread_mutex_unlock(&s->mutex);
    s->log_read = r.log_bytes;
    s->texts_read = r.texts_bytes;
    if (!s->options.write) return WP_OK;
    WP_TRY(resume(s, &r, err));
    return settle(s, err);
}

/* A reader keeps the lock's file open, so that it knows this index from another one under its name. */
static enum wp_status know(struct wp_store *s, struct wp_error *err) {
    char *name = wp_path_join(s->dir, WP_LOCK_NAME);
    if (!name) return no_memory(err);
    wp_file_close(&s->lock, NULL);
    enum wp_status status = wp_file_open(&s->lock, name, err);
    wp_free(name);
    return status == WP_ENOENT ? WP_OK : status; /* whoever copied it left the lock away */
}

/* A reader may find a file gone that the writer has replaced since the manifest was read: it looks again. */
enum wp_status wp_store_load(struct wp_store *s, const struct wp_view *older, struct wp_error *err) {
    enum wp_status status = WP_OK;
    if (!older) WP_TRY(know(s, err));
    for (int i = 0; i < 50; i++) {
        status = load(s, older, err);
        if (status != WP_ENOENT && status != WP_EDAMAGED) return status;
        struct wp_manifest again = {0};
        bool same = wp_manifest_read(&again, s->dir, NULL) != WP_OK || again.next_file == s->files.next_file;
        wp_manifest_release(&again);
        if (same) return status;
    }
    return status;
}

/* Where there is no index yet: not among other files, which somebody else takes care of. */
static enum wp_status make_directory(struct wp_store *s, enum wp_file_kind kind, struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    char *manifest = wp_path_join(s->dir, WP_MANIFEST_NAME);
    if (!manifest) return no_memory(err);
    bool is_new = wp_file_kind(manifest) == WP_FILE_MISSING;
    wp_free(manifest);
    if (is_new && kind == WP_FILE_DIRECTORY && has_foreign_files(s))
        return wp_fail_file(err, WP_EINVAL, s->dir, "is no index and holds other files");
    if (is_new && kind == WP_FILE_DIRECTORY && has_lost_manifest(s))
        return wp_fail_file(err, WP_EDAMAGED, s->dir, "has lost its manifest (wireprint check --repair)");
    return fs->make_directory(fs->self, s->dir, err);
}

static enum wp_status open_store(struct wp_store *s, struct wp_error *err) {
    enum wp_file_kind kind = wp_file_kind(s->dir);
    if (kind == WP_FILE_REGULAR)
        return wp_fail_file(err, WP_EINVAL, s->dir, "is a file; an index is a directory");
    if (s->options.write && s->options.create) WP_TRY(make_directory(s, kind, err));
    if (wp_file_kind(s->dir) != WP_FILE_DIRECTORY)
        return wp_fail_file(err, WP_ENOENT, s->dir, "there is no index");
    if (!s->options.write) {
        enum wp_status status = wp_store_load(s, NULL, err);
        return status == WP_ENOENT ? wp_fail_file(err, status, s->dir, "there is no index") : status;
    }
    WP_TRY(wp_index_lock(&s->guard.fs, s->dir, &s->lock, err));
    WP_TRY(load(s, NULL, err));
    remove_left_overs(s);
    return WP_OK;
}

enum wp_status wp_store_open(struct wp_store *s, const char *dir, const struct wp_store_options *options,
                             struct wp_error *err) {
    struct wp_error unasked;
    if (!err) err = &unasked;
    *s = (struct wp_store){.options = *options};
    pthread_mutex_init(&s->mutex, NULL);
    wp_guard_init(&s->guard, options->fs ? options->fs : &wp_fs_real);
    s->dir = wp_string_copy(dir);
    s->resident =
        wp_resident_new(options->resident_bytes ? options->resident_bytes : WP_STORE_RESIDENT_BYTES);
    enum wp_status status = s->dir && s->resident ? open_store(s, err) : no_memory(err);
    if (status != WP_OK) wp_store_abandon(s);
    return status;
}

void wp_store_join_owners(struct wp_store *s, const struct wp_owner_map *owners) {
    pthread_mutex_lock(&s->mutex);
    s->owners = s->now->owners = owners;
    pthread_mutex_unlock(&s->mutex);
}

static void close_writers(struct wp_store *s) {
    wp_log_writer_release(&s->log);
    wp_texts_writer_release(&s->texts);
    s->log_open = s->texts_open = false;
    s->frame_row_count = 0;
}

void wp_store_abandon(struct wp_store *s) {
    if (!s->dir && !s->resident) return;
    close_writers(s);
    wp_view_drop(s->now);
    wp_state_drop(s->committed_state);
    wp_manifest_release(&s->files);
    wp_buffer_release(&s->samples);
    wp_free(s->sample_lengths);
    wp_free(s->frame_rows);
    wp_file_close(&s->lock, NULL);
    wp_resident_drop(s->resident);
    pthread_mutex_destroy(&s->mutex);
    wp_free(s->dir);
    *s = (struct wp_store){0};
}

enum wp_status wp_store_close(struct wp_store *s, struct wp_error *err) {
    enum wp_status status = WP_OK;
    if (s->options.write && s->now) {
        status = wp_store_commit(s, err);
        if (status == WP_OK && s->files.log) status = wp_store_flush_log(s, false, err);
        if (status == WP_OK) status = wp_store_compact_levels(s, err);
    }
    wp_store_abandon(s);
    return status;
}

struct wp_view *wp_store_snapshot(struct wp_store *s) {
    pthread_mutex_lock(&s->mutex);
    struct wp_view *v = wp_view_clone(s->now, s->committed_end, s->committed_state);
    pthread_mutex_unlock(&s->mutex);
    return v;
}

/* ---- adding ---- */

static enum wp_status check_writable(const struct wp_store *s, struct wp_error *err) {
    if (!s->options.write) return wp_fail_file(err, WP_EINVAL, s->dir, "the index is open for reading only");
    if (s->failure.status == WP_OK) return WP_OK;
    if (err) *err = s->failure;
    return s->failure.status;
}

/* Makes what a new generation needs: a log, and the first time a text file. Nothing of it counts before the
 * manifest names it. */
static enum wp_status begin_generation(struct wp_store *s, struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_manifest files;
    struct wp_buffer none = {0};
    if (wp_manifest_copy(&files, &s->files) != WP_OK) return no_memory(err);
    close_writers(s);
    enum wp_status status = WP_OK;
    if (!files.growing) {
        files.growing = files.next_file++;
        s->texts_open = true;
        status = wp_texts_create(&s->texts, fs, s->dir, files.growing, &none, err);
        if (status == WP_OK) status = wp_texts_write(&s->texts, err);
        if (status == WP_OK) status = wp_texts_sync(&s->texts, err);
        if (status == WP_OK && wp_manifest_add_texts(&files, files.growing, s->texts.written) != WP_OK)
            status = no_memory(err);
    }
    files.log = files.next_file++;
    if (status == WP_OK) {
        s->log_open = true;
        status = wp_log_create(&s->log, fs, s->dir, files.log, err);
    }
    if (status == WP_OK) status = wp_log_sync(&s->log, err);
    struct wp_shared_memtable *memtable = NULL;
    if (status == WP_OK && wp_shared_memtable_new(&memtable, files.next_number) != WP_OK)
        status = no_memory(err);
    if (status == WP_OK)
        status = wp_store_install(s, &files, memtable, err);
    else
        wp_manifest_release(&files);
    if (status != WP_OK) wp_store_go_back(s);
    return status;
}

/* The text file of the manifest, for writing. */
static enum wp_status resume_texts(struct wp_store *s, struct wp_error *err) {
    for (size_t i = 0; i < s->now->texts_count; i++) {
        const struct wp_texts *t = &s->now->texts[i]->texts;
        if (t->number != s->files.growing) continue;
        s->texts_open = true;
        return wp_texts_resume(&s->texts, &s->guard.fs, s->dir, t, s->files.texts[i].bytes, err);
    }
    return wp_fail_file(err, WP_EDAMAGED, s->dir, "the manifest does not name its growing text file");
}

static enum wp_status prepare(struct wp_store *s, struct wp_error *err) {
    WP_TRY(check_writable(s, err));
    if (!s->files.log) WP_TRY(begin_generation(s, err));
    if (!s->texts_open) WP_TRY(resume_texts(s, err));
    if (s->options.pack_ahead && !s->frame_row_count) wp_texts_pack_ahead(&s->texts);
    return WP_OK;
}

/* For the dictionary of a next text file. Not having a sample is no failure. */
static void keep_sample(struct wp_store *s, const uint8_t *record, size_t len) {
    if (s->samples.len >= SAMPLES_BYTES_MAX || s->texts.number != s->files.growing) return;
    if (s->now->texts_count && s->now->texts[s->now->texts_count - 1]->texts.dictionary.len) return;
    if (len > SAMPLE_BYTES) len = SAMPLE_BYTES;
    if (WP_GROW(s->sample_lengths, s->sample_count, s->sample_cap) != WP_OK) return;
    if (wp_buffer_add(&s->samples, record, len) == WP_OK) s->sample_lengths[s->sample_count++] = len;
}

/* Also as soon as enough was seen to learn a dictionary from: the sooner the texts have one, the better. */
static bool is_full(const struct wp_store *s) {
    const struct wp_memtable *m = s->now->memtable->table;
    return m->rows >= wp_store_rows_max(s) || wp_memtable_is_full(m) || s->samples.len >= SAMPLES_BYTES_MAX ||
           wp_texts_size(&s->texts) > WP_TEXTS_BYTES_MAX;
}

enum wp_status wp_store_make_room(struct wp_store *s, struct wp_error *err) {
    WP_TRY(prepare(s, err));
    if (!is_full(s)) return WP_OK;
    WP_TRY(wp_store_flush(s, err));
    return prepare(s, err);
}

enum wp_status wp_store_add(struct wp_store *s, struct wp_row *row, const uint8_t *record, size_t len,
                            const uint64_t *keys, struct wp_error *err) {
    WP_TRY(wp_store_make_room(s, err));
    if (s->now->end == WP_NUMBER_NONE) return wp_fail(err, WP_ETOOBIG, "the index has 2^32 articles");
    if (!row->added) row->added = 1;
    row->texts = 0;
    WP_TRY(wp_texts_add(&s->texts, record, len, &row->block, &row->place, err));
    size_t frame = s->log.frame.len;
    if (WP_GROW(s->frame_rows, s->frame_row_count, s->frame_row_cap) != WP_OK) return no_memory(err);
    if (wp_log_add_article(&s->log, row, keys, row->samples) != WP_OK) return no_memory(err);
    if (wp_memtable_add(s->now->memtable->table, row, keys, row->samples) != WP_OK) {
        s->log.frame.len = frame;
        return no_memory(err);
    }
    keep_sample(s, record, len);
    s->frame_rows[s->frame_row_count++] = frame;
    s->now->end++;
    return WP_OK;
}

enum wp_status wp_store_kill(struct wp_store *s, uint32_t number, struct wp_error *err) {
    WP_TRY(prepare(s, err));
    if (wp_state_edit(&s->now->state) != WP_OK || wp_log_add(&s->log, WP_LOG_DEAD, number, 0) != WP_OK ||
        wp_state_kill(s->now->state, number) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

enum wp_status wp_store_merge(struct wp_store *s, uint32_t story, uint32_t into, struct wp_error *err) {
    WP_TRY(prepare(s, err));
    if (wp_state_edit(&s->now->state) != WP_OK || wp_log_add(&s->log, WP_LOG_MERGE, story, into) != WP_OK ||
        wp_state_merge(s->now->state, story, into) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

enum wp_status wp_store_move(struct wp_store *s, uint32_t number, uint32_t story, struct wp_error *err) {
    WP_TRY(prepare(s, err));
    if (wp_state_edit(&s->now->state) != WP_OK || wp_log_add(&s->log, WP_LOG_MOVE, number, story) != WP_OK ||
        wp_state_move(s->now->state, number, story) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

enum wp_status wp_store_learn(struct wp_store *s, uint32_t owner, uint64_t shingle, struct wp_error *err) {
    WP_TRY(prepare(s, err));
    if (wp_state_edit(&s->now->state) != WP_OK || wp_log_add_furniture(&s->log, owner, shingle) != WP_OK ||
        wp_state_learn(s->now->state, owner, shingle) != WP_OK)
        return no_memory(err);
    return WP_OK;
}

enum wp_status wp_store_record(const struct wp_store *s, struct wp_text_reader *r, uint32_t number,
                               const struct wp_row *row, const uint8_t **data, size_t *len,
                               struct wp_error *err) {
    const struct wp_view *v = s->now;
    if (number < v->end - s->frame_row_count) return wp_view_record(v, r, number, row, data, len, err);
    const struct wp_texts *t = wp_view_texts(v, number, row, err);
    struct wp_texts_writer *texts =
        (struct wp_texts_writer *)&s->texts; /* may take in what was packed ahead */
    return t ? wp_texts_waiting(texts, t, r, row->block, row->place, data, len, err) : WP_EDAMAGED;
}

/* ---- committing ---- */

void wp_store_go_back(struct wp_store *s) {
    struct wp_error err = {0};
    close_writers(s);
    if (s->guard.broken.status != WP_OK)
        s->failure = s->guard.broken;
    else if (load(s, NULL, &err) != WP_OK)
        s->failure = err;
}

/* Blocks that were packed ahead have their places now. Nobody else looks at these rows before the commit. */
static void place_rows(struct wp_store *s) {
    uint32_t first = s->now->end - (uint32_t)s->frame_row_count;
    for (size_t i = 0; s->texts.ahead && i < s->frame_row_count; i++) {
        struct wp_row *row = (struct wp_row *)wp_memtable_row(s->now->memtable->table, first + (uint32_t)i);
        row->block = wp_texts_place(&s->texts, row->block);
        wp_log_change_row(&s->log, s->frame_rows[i], row);
    }
}

static enum wp_status write_commit(struct wp_store *s, struct wp_error *err) {
    WP_TRY(wp_texts_write(&s->texts, err));
    place_rows(s);
    if (wp_log_add(&s->log, WP_LOG_TEXTS, (uint32_t)s->texts.written, 0) != WP_OK) return no_memory(err);
    WP_TRY(wp_log_write(&s->log, err));
    if (s->options.lazy) return WP_OK;
    WP_TRY(wp_texts_sync(&s->texts, err));
    return wp_log_sync(&s->log, err);
}

enum wp_status wp_store_commit(struct wp_store *s, struct wp_error *err) {
    WP_TRY(check_writable(s, err));
    if (!s->log_open || !s->log.frame.len) return WP_OK;
    enum wp_status status = write_commit(s, err);
    if (status != WP_OK) {
        wp_store_go_back(s);
        return status;
    }
    s->frame_row_count = 0;
    pthread_mutex_lock(&s->mutex);
    s->committed_end = s->now->end;
    if (s->committed_state != s->now->state) {
        wp_state_drop(s->committed_state);
        s->committed_state = wp_state_share(s->now->state);
    }
    pthread_mutex_unlock(&s->mutex);
    return WP_OK;
}
