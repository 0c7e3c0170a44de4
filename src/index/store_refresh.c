/*
 * store_refresh.c - a reader that takes in what the writer has committed since: see store.h.
 *
 * As long as the manifest is the same one, the log has grown and is read on from where it ended: the work is
 * that of the new articles. They go to the memtable that snapshots share, behind the end of each. When there
 * is another manifest everything is read anew, with the files that are open already.
 */
#include "base/memory.h"
#include "index/store.h"

/* Puts a view with what was read in the place of the last one; the state is taken over. */
static enum wp_status show(struct wp_store *s, const struct wp_recovery *r, struct wp_error *err) {
    uint32_t end = r->memtable->table->first + r->memtable->table->rows;
    struct wp_view *view = wp_view_clone(s->now, end, r->state);
    if (!view) {
        wp_state_drop(r->state);
        return wp_fail(err, WP_ENOMEM, "out of memory");
    }
    pthread_mutex_lock(&s->mutex);
    wp_view_drop(s->now);
    wp_state_drop(s->committed_state);
    s->now = view;
    s->committed_end = end;
    s->committed_state = r->state;
    pthread_mutex_unlock(&s->mutex);
    return WP_OK;
}

/* The log from where it ended. When that fails, what went to the memtable does not count. */
static enum wp_status read_on(struct wp_store *s, bool *changed, struct wp_error *err) {
    struct wp_recovery r = {.memtable = s->now->memtable,
                            .state = wp_state_share(s->committed_state),
                            .log_bytes = s->log_read,
                            .texts_bytes = s->texts_read};
    uint64_t before = s->log_read;
    s->log_read = 0;
    enum wp_status status = wp_recover_more(&r, s->dir, &s->now->files, err);
    *changed = status == WP_OK && r.log_bytes != before;
    if (*changed)
        status = show(s, &r, err);
    else
        wp_state_drop(r.state);
    if (status != WP_OK) return status;
    s->log_read = r.log_bytes;
    s->texts_read = r.texts_bytes;
    return WP_OK;
}

enum wp_status wp_store_refresh(struct wp_store *s, bool *changed, struct wp_error *err) {
    struct wp_manifest files;
    *changed = false;
    if (s->options.write) return WP_OK;
    enum wp_status status = wp_manifest_read(&files, s->dir, err);
    bool same_index = !s->lock.open || wp_file_is_current(&s->lock);
    bool same = status == WP_OK && same_index && wp_manifest_is_same(&files, &s->now->files);
    wp_manifest_release(&files);
    WP_TRY(status);
    if (same && !s->now->files.log) return WP_OK;
    if (same && s->log_read && read_on(s, changed, NULL) == WP_OK) return WP_OK;
    WP_TRY(wp_store_load(s, same_index ? s->now : NULL, err));
    *changed = true;
    return WP_OK;
}
