/*
 * store_flush.c - from the log to segments, and from segments to fewer: see store.h.
 *
 * Everything here writes new files, syncs them, and then puts a manifest in force that names them. A crash
 * before that leaves files that nobody names; one behind it leaves old ones, likewise: the next writer
 * removes both.
 */
#include "base/memory.h"
#include "index/store.h"

enum {
    MOVE_WRITE_BYTES = 1 << 20,        /* packed records that are written at once */
    LEVEL_SEGMENTS = 4,                /* of one level that are merged to one of the next */
    DICTIONARY_SAMPLE_BYTES = 1 << 20, /* less teaches too little */
};

static uint64_t texts_full(const struct wp_store *s) {
    return s->options.texts_bytes ? s->options.texts_bytes : WP_STORE_TEXTS_BYTES;
}

static enum wp_status no_memory(struct wp_error *err) {
    return wp_fail(err, WP_ENOMEM, "out of memory");
}

/* ---- another manifest ---- */

static bool names_file(const struct wp_manifest *m, enum wp_index_kind kind, uint32_t number) {
    bool found = false;
    if (kind == WP_INDEX_LOG) return m->log == number;
    if (kind == WP_INDEX_STATE) return m->state == number;
    for (size_t i = 0; kind == WP_INDEX_SEGMENT && i < m->segment_count; i++)
        found |= m->segments[i].number == number;
    for (size_t i = 0; kind == WP_INDEX_TEXTS && i < m->texts_count; i++)
        found |= m->texts[i].number == number;
    return found;
}

/* Files that cannot be removed now are removed when a writer opens the index next. */
static void remove_if_gone(struct wp_store *s, const struct wp_manifest *now, enum wp_index_kind kind,
                           uint32_t number) {
    if (!number || names_file(now, kind, number)) return;
    char *name = wp_index_name(s->dir, kind, number);
    if (name) s->guard.fs.remove(s->guard.fs.self, name, NULL);
    wp_free(name);
}

static void remove_gone(struct wp_store *s, const struct wp_manifest *before, const struct wp_manifest *now) {
    remove_if_gone(s, now, WP_INDEX_LOG, before->log);
    remove_if_gone(s, now, WP_INDEX_STATE, before->state);
    for (size_t i = 0; i < before->segment_count; i++)
        remove_if_gone(s, now, WP_INDEX_SEGMENT, before->segments[i].number);
    for (size_t i = 0; i < before->texts_count; i++)
        remove_if_gone(s, now, WP_INDEX_TEXTS, before->texts[i].number);
}

enum wp_status wp_store_install(struct wp_store *s, struct wp_manifest *files,
                                struct wp_shared_memtable *memtable, struct wp_error *err) {
    struct wp_view *view;
    enum wp_status status = wp_manifest_write(files, &s->guard.fs, s->dir, err);
    if (status != WP_OK) {
        wp_shared_memtable_drop(memtable);
        wp_manifest_release(files);
        return status;
    }
    struct wp_manifest before = s->files;
    s->files = *files;
    status = wp_view_new(&view, s->dir, &s->files, wp_state_share(s->now->state), memtable, s->now, err);
    if (status != WP_OK) { /* it is in force, but this process could not follow: the caller goes back */
        wp_manifest_release(&before);
        return status;
    }
    view->owners = s->owners;
    status = wp_view_watch(view, s->resident, err);
    if (status != WP_OK) {
        wp_view_drop(view);
        wp_manifest_release(&before);
        return status;
    }
    pthread_mutex_lock(&s->mutex);
    wp_view_drop(s->now);
    s->now = view;
    pthread_mutex_unlock(&s->mutex);
    remove_gone(s, &before, &s->files);
    wp_manifest_release(&before);
    return WP_OK;
}

/* ---- flush ---- */

/* A new text file when the old one is full, or when there is a dictionary to be had for the first time. */
static enum wp_status rotate_texts(struct wp_store *s, struct wp_manifest *files, bool on,
                                   struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_buffer dictionary = {0};
    const struct wp_texts *last = &s->now->texts[s->now->texts_count - 1]->texts;
    bool full = s->texts.written > texts_full(s);
    bool learn = !last->dictionary.len && s->samples.len >= DICTIONARY_SAMPLE_BYTES && on;
    if (!full && !learn) return WP_OK;
    if (wp_buffer_add(&dictionary, last->dictionary.data, last->dictionary.len) != WP_OK ||
        wp_buffer_reserve(&dictionary, WP_TEXT_DICTIONARY_BYTES, SIZE_MAX) != WP_OK) {
        wp_buffer_release(&dictionary);
        return no_memory(err);
    }
    if (learn)
        dictionary.len = wp_dictionary_train(s->samples.data, s->sample_lengths, (unsigned)s->sample_count,
                                             dictionary.data, WP_TEXT_DICTIONARY_BYTES);
    s->samples.len = s->sample_count = 0;
    enum wp_status status = WP_OK;
    if (full || dictionary.len) {
        wp_texts_writer_release(&s->texts);
        s->texts_open = true;
        files->growing = files->next_file++;
        status = wp_texts_create(&s->texts, fs, s->dir, files->growing, &dictionary, err);
        if (status == WP_OK) status = wp_texts_write(&s->texts, err);
        if (status == WP_OK) status = wp_texts_sync(&s->texts, err);
        if (status == WP_OK && wp_manifest_add_texts(files, files->growing, s->texts.written) != WP_OK)
            status = no_memory(err);
    }
    wp_buffer_release(&dictionary);
    return status;
}

/* The files of the flush; *files is the manifest that names them. */
static enum wp_status write_files(struct wp_store *s, struct wp_manifest *files, bool on,
                                  struct wp_error *err) {
    const struct wp_fs *fs = &s->guard.fs;
    struct wp_memtable *m = s->now->memtable->table;
    if (m->rows) {
        struct wp_manifest_segment entry = {
            .number = files->next_file++, .first = m->first, .count = m->rows};
        WP_TRY(wp_segment_write(m, fs, s->dir, entry.number, s->files.growing, &entry.bytes, err));
        if (wp_manifest_add_segment(files, &entry) != WP_OK) return no_memory(err);
        files->next_number = m->first + m->rows;
    }
    files->state = files->next_file++;
    WP_TRY(wp_state_write(s->now->state, fs, s->dir, files->state, err));
    for (size_t i = 0; i < files->texts_count; i++)
        if (s->texts_open && files->texts[i].number == s->texts.number)
            files->texts[i].bytes = s->texts.written;
    files->log = 0;
    if (s->options.lazy && s->texts_open) WP_TRY(wp_texts_sync(&s->texts, err));
    if (s->texts_open) WP_TRY(rotate_texts(s, files, on, err));
    if (!on) return WP_OK;
    wp_log_writer_release(&s->log);
    files->log = files->next_file++;
    WP_TRY(wp_log_create(&s->log, fs, s->dir, files->log, err));
    return wp_log_sync(&s->log, err);
}

enum wp_status wp_store_flush_log(struct wp_store *s, bool on, struct wp_error *err) {
    struct wp_manifest files;
    struct wp_shared_memtable *memtable = NULL, *before = s->now->memtable;
    if (wp_manifest_copy(&files, &s->files) != WP_OK) return no_memory(err);
    wp_view_forget(s->now); /* makes room for sorted keys and the next memtable */
    enum wp_status status = write_files(s, &files, on, err);
    if (status == WP_OK && wp_shared_memtable_new(&memtable, files.next_number) != WP_OK)
        status = no_memory(err);
    atomic_fetch_add(&before->users, 1);
    if (status == WP_OK)
        status = wp_store_install(s, &files, memtable, err);
    else
        wp_manifest_release(&files);
    if (status == WP_OK && !on) {
        wp_log_writer_release(&s->log);
        s->log_open = false;
    }
    if (status == WP_OK && on && atomic_load(&before->users) == 1) /* no snapshot has it */
        wp_memtable_inherit(memtable->table, before->table, wp_store_rows_max(s));
    wp_shared_memtable_drop(before);
    if (status != WP_OK) wp_store_go_back(s);
    return status;
}

enum wp_status wp_store_flush(struct wp_store *s, struct wp_error *err) {
    WP_TRY(wp_store_commit(s, err));
    if (!s->files.log) return WP_OK;
    WP_TRY(wp_store_flush_log(s, true, err));
    return wp_store_compact_levels(s, err);
}

/* ---- compaction ---- */

static bool is_all_dead(const struct wp_store *s, const struct wp_manifest_segment *e) {
    for (uint32_t i = 0; i < e->count; i++)
        if (!wp_state_is_dead(s->now->state, e->first + i)) return false;
    return true;
}

/* Text files that no segment refers to have gone with their articles. */
static void forget_texts(struct wp_manifest *files, const struct wp_view *view, const uint32_t *merged_texts,
                         size_t merged_count) {
    size_t kept = 0;
    for (size_t i = 0; i < files->texts_count; i++) {
        bool used = files->texts[i].number == files->growing;
        for (size_t j = 0; j < merged_count; j++) used |= merged_texts[j] == files->texts[i].number;
        for (size_t j = 0; j < view->segment_count && !used; j++) {
            if (!names_file(files, WP_INDEX_SEGMENT, view->segments[j]->number)) continue;
            for (uint32_t k = 0; k < view->segments[j]->texts_count; k++)
                used |= view->segments[j]->texts[k] == files->texts[i].number;
        }
        files->texts[kept] = files->texts[i];
        kept += used;
    }
    files->texts_count = kept;
}

/* Records on their way to other text files, one after the other is filled. */
struct mover {
    struct wp_store *store;
    struct wp_manifest *files; /* where they are named; growing is the one at hand */
    struct wp_texts_writer texts;
    struct wp_text_reader reader;
};

static enum wp_status begin_texts(struct mover *m, struct wp_error *err) {
    const struct wp_view *v = m->store->now;
    m->files->growing = m->files->next_file++;
    return wp_texts_create(&m->texts, &m->store->guard.fs, m->store->dir, m->files->growing,
                           &v->texts[v->texts_count - 1]->texts.dictionary, err);
}

static enum wp_status end_texts(struct mover *m, struct wp_error *err) {
    WP_TRY(wp_texts_write(&m->texts, err));
    WP_TRY(wp_texts_sync(&m->texts, err));
    if (wp_manifest_add_texts(m->files, m->files->growing, m->texts.written) != WP_OK) return no_memory(err);
    wp_texts_writer_release(&m->texts);
    return WP_OK;
}

static enum wp_status move_record(void *self, uint32_t number, struct wp_row *row, uint32_t *texts,
                                  struct wp_error *err) {
    struct mover *m = self;
    const uint8_t *data;
    size_t len;
    if (wp_texts_size(&m->texts) > texts_full(m->store)) {
        WP_TRY(end_texts(m, err));
        WP_TRY(begin_texts(m, err));
    }
    *texts = m->files->growing;
    WP_TRY(wp_view_record(m->store->now, &m->reader, number, row, &data, &len, err));
    WP_TRY(wp_texts_add(&m->texts, data, len, &row->block, &row->place, err));
    return m->texts.packed.len < MOVE_WRITE_BYTES ? WP_OK : wp_texts_write(&m->texts, err);
}

/* Replaces segments [from, from + count) by one, or by none when all in them is dead. *files is the manifest
 * to be changed; merged is the new segment, or NULL. */
static void replace_segments(struct wp_manifest *files, size_t from, size_t count,
                             const struct wp_manifest_segment *entry, const struct wp_index_segment *merged) {
    size_t left = files->segment_count - from - count, any = merged != NULL;
    memmove(files->segments + from + any, files->segments + from + count, left * sizeof *files->segments);
    if (merged) files->segments[from] = *entry;
    files->segment_count = from + any + left;
}

/* *files is taken over; moves may be NULL. */
static enum wp_status merge_into(struct wp_store *s, size_t from, size_t count, struct wp_manifest *files,
                                 const struct wp_segment_moves *moves, struct wp_error *err) {
    struct wp_manifest_segment entry = {.level = s->files.segments[from].level + 1};
    struct wp_index_segment *merged = NULL;
    bool any = false;
    enum wp_status status = WP_OK;
    for (size_t i = 0; i < count; i++) any |= !is_all_dead(s, &s->files.segments[from + i]);
    if (any) {
        entry.number = files->next_file++;
        status = wp_segment_merge(s->now->segments + from, count, s->now->state, moves, &s->guard.fs, s->dir,
                                  &entry, err);
        if (status == WP_OK) status = wp_segment_open(&merged, s->dir, &entry, err);
    }
    if (status == WP_OK && moves) status = end_texts(moves->self, err);
    if (status == WP_OK) {
        replace_segments(files, from, count, &entry, merged);
        forget_texts(files, s->now, merged ? merged->texts : NULL, merged ? merged->texts_count : 0);
        atomic_fetch_add(&s->now->memtable->users, 1);
        status = wp_store_install(s, files, s->now->memtable, err);
    } else {
        wp_manifest_release(files);
    }
    wp_segment_drop(merged);
    if (status != WP_OK) wp_store_go_back(s);
    return status;
}

static enum wp_status merge_segments(struct wp_store *s, size_t from, size_t count, struct wp_error *err) {
    struct wp_manifest files;
    if (wp_manifest_copy(&files, &s->files) != WP_OK) return no_memory(err);
    return merge_into(s, from, count, &files, NULL, err);
}

enum wp_status wp_store_compact_levels(struct wp_store *s, struct wp_error *err) {
    for (;;) {
        size_t end = s->files.segment_count, begin = end;
        if (!end) return WP_OK;
        while (begin && s->files.segments[begin - 1].level == s->files.segments[end - 1].level) begin--;
        if (end - begin < LEVEL_SEGMENTS) return WP_OK;
        WP_TRY(merge_segments(s, begin, end - begin, err));
    }
}

/* Merges everything, and writes the living records to text files of their own. */
static enum wp_status merge_all_anew(struct wp_store *s, struct wp_error *err) {
    struct wp_manifest files;
    struct mover mover = {.store = s, .files = &files};
    struct wp_segment_moves moves = {move_record, &mover};
    if (wp_manifest_copy(&files, &s->files) != WP_OK) return no_memory(err);
    enum wp_status status = begin_texts(&mover, err);
    if (status == WP_OK)
        status = merge_into(s, 0, s->files.segment_count, &files, &moves, err);
    else
        wp_manifest_release(&files);
    wp_texts_writer_release(&mover.texts);
    wp_text_reader_release(&mover.reader);
    if (status != WP_OK) return status;
    wp_texts_writer_release(&s->texts); /* further records go to the last one */
    s->texts_open = false;
    return WP_OK;
}

/* Is there a dead article whose row is there? */
static enum wp_status has_dead_rows(struct wp_store *s, bool *any, struct wp_error *err) {
    *any = false;
    for (size_t i = 0; i < s->files.segment_count && !*any; i++) {
        const struct wp_manifest_segment *e = &s->files.segments[i];
        for (uint32_t n = e->first; n < e->first + e->count && !*any; n++) {
            struct wp_row row;
            if (!wp_state_is_dead(s->now->state, n)) continue;
            enum wp_status status = wp_view_any_row(s->now, n, &row, err);
            if (status != WP_OK && status != WP_END) return status;
            *any = status == WP_OK;
        }
    }
    return WP_OK;
}

/* Is there something that merging and writing anew would get rid of: records that no living article has, or
 * such as were packed before there was a dictionary? */
static enum wp_status has_waste(struct wp_store *s, bool *waste, struct wp_error *err) {
    const struct wp_view *v = s->now;
    uint64_t records = 0, rows = 0;
    WP_TRY(has_dead_rows(s, waste, err));
    for (size_t i = 0; i < v->segment_count; i++) rows += wp_row_table_there(&v->segments[i]->rows);
    for (size_t i = 0; i < v->texts_count && !*waste; i++) {
        const struct wp_texts *t = &v->texts[i]->texts, *last = &v->texts[v->texts_count - 1]->texts;
        uint64_t count;
        WP_TRY(wp_texts_count(t, s->files.texts[i].bytes, &count, err));
        records += count;
        *waste = count && !t->dictionary.len && last->dictionary.len;
    }
    *waste |= records > rows;
    return WP_OK;
}

enum wp_status wp_store_compact(struct wp_store *s, struct wp_error *err) {
    bool waste;
    WP_TRY(wp_store_commit(s, err));
    if (s->files.log) WP_TRY(wp_store_flush_log(s, true, err));
    if (!s->files.segment_count) return WP_OK;
    WP_TRY(has_waste(s, &waste, err));
    if (waste) return merge_all_anew(s, err);
    return s->files.segment_count > 1 ? merge_segments(s, 0, s->files.segment_count, err) : WP_OK;
}
