/* disk.c - see disk.h. */
#include "support/disk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "support/random.h"

enum { SECTOR = 512 };

/* A write, or a cut (data NULL: the file is then `offset` bytes long). */
struct edit {
    uint64_t offset;
    size_t len;
    uint8_t *data;
};

struct disk_file {
    uint8_t *lasting; /* contents at the last sync */
    size_t lasting_len;
    size_t len;         /* now */
    struct edit *edits; /* since the last sync */
    size_t edit_count;
};

static void *must(void *p) {
    if (!p) abort();
    return p;
}

static char *copy_name(const char *path) {
    return must(strdup(wp_path_base(path)));
}

/* ---- the directory ---- */

static struct disk_file *find(const struct disk_name *names, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].name, name) == 0) return names[i].file;
    return NULL;
}

static void set(struct disk_name **names, size_t *count, const char *name, struct disk_file *file) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp((*names)[i].name, name) != 0) continue;
        (*names)[i].file = file;
        return;
    }
    *names = must(realloc(*names, (*count + 1) * sizeof **names));
    (*names)[(*count)++] = (struct disk_name){must(strdup(name)), file};
}

static void unset(struct disk_name *names, size_t *count, const char *name) {
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(names[i].name, name) != 0) continue;
        free(names[i].name);
        names[i] = names[--*count];
        return;
    }
}

static void apply(struct disk_name **names, size_t *count, const struct disk_change *c) {
    struct disk_file *file = c->file;
    if (c->from && c->to) file = find(*names, *count, c->from);
    if (c->from) unset(*names, count, c->from);
    if (c->to && file) set(names, count, c->to, file);
}

static void change(struct disk *d, const char *from, const char *to, struct disk_file *file) {
    struct disk_change c = {from ? copy_name(from) : NULL, to ? copy_name(to) : NULL, file};
    apply(&d->now, &d->now_count, &c);
    d->changes = must(realloc(d->changes, (d->change_count + 1) * sizeof *d->changes));
    d->changes[d->change_count++] = c;
}

static void forget_changes(struct disk *d) {
    for (size_t i = 0; i < d->change_count; i++) {
        free(d->changes[i].from);
        free(d->changes[i].to);
    }
    d->change_count = 0;
}

static void release_names(struct disk_name *names, size_t count) {
    for (size_t i = 0; i < count; i++) free(names[i].name);
    free(names);
}

/* ---- files ---- */

static void add_edit(struct disk_file *f, uint64_t offset, const void *data, size_t len) {
    f->edits = must(realloc(f->edits, (f->edit_count + 1) * sizeof *f->edits));
    struct edit *e = &f->edits[f->edit_count++];
    *e = (struct edit){offset, len, NULL};
    if (!data) {
        f->len = offset;
        return;
    }
    e->data = must(malloc(len + 1));
    memcpy(e->data, data, len);
    if (offset + len > f->len) f->len = offset + len;
}

static void forget_edits(struct disk_file *f) {
    for (size_t i = 0; i < f->edit_count; i++) free(f->edits[i].data);
    f->edit_count = 0;
}

/* Contents with those sectors of the edits that the seed says (all when r is NULL). */
static uint8_t *contents(const struct disk_file *f, struct random *r, size_t *len) {
    size_t most = f->lasting_len, n = f->lasting_len;
    for (size_t i = 0; i < f->edit_count; i++)
        if (f->edits[i].offset + f->edits[i].len > most) most = f->edits[i].offset + f->edits[i].len;
    uint8_t *out = must(calloc(most + 1, 1));
    if (n) memcpy(out, f->lasting, n);
    uint64_t all = r ? random_below(r, 4) : 1; /* sometimes all of it, sometimes nothing */
    for (size_t i = 0; i < f->edit_count; i++) {
        const struct edit *e = &f->edits[i];
        if (!e->data) {
            if (all == 0 || (all > 1 && random_below(r, 2))) continue;
            if (e->offset < n) memset(out + e->offset, 0, n - e->offset);
            n = e->offset;
            continue;
        }
        for (size_t at = 0; at < e->len;) {
            size_t piece = SECTOR - (e->offset + at) % SECTOR;
            if (piece > e->len - at) piece = e->len - at;
            if (all == 1 || (all > 1 && random_below(r, 2))) {
                memcpy(out + e->offset + at, e->data + at, piece);
                if (e->offset + at + piece > n) n = e->offset + at + piece;
            }
            at += piece;
        }
    }
    *len = n;
    return out;
}

static void make_lasting(struct disk_file *f) {
    size_t len;
    uint8_t *all = contents(f, NULL, &len);
    forget_edits(f);
    free(f->lasting);
    f->lasting = all;
    f->lasting_len = len;
}

static struct disk_file *file_of(const struct disk *d, const struct wp_file *f) {
    return find(d->now, d->now_count, wp_path_base(f->name));
}

/* ---- the table ---- */

/* Should this operation fail? */
static enum wp_status begin(struct disk *d, enum disk_kind kind, const char *name, struct wp_error *err) {
    if (d->stopped) return wp_fail_file(err, WP_ESYSTEM, name, "the process was stopped");
    if (!d->fail_kinds || d->fail_kinds & kind) d->count++;
    if (d->stop_at && d->count >= d->stop_at) {
        d->stopped = 1;
        return wp_fail_file(err, WP_ESYSTEM, name, "the process was stopped");
    }
    if (d->count != d->fail_at || d->failed || (d->fail_kinds && !(d->fail_kinds & kind))) return WP_OK;
    d->failed = 1;
    return wp_fail_file(err, d->fail_with, name, "%s", wp_status_text(d->fail_with));
}

static enum wp_status disk_create(void *self, const char *name, struct wp_file *f, struct wp_error *err) {
    struct disk *d = self;
    *f = (struct wp_file){0};
    WP_TRY(begin(d, DISK_CREATE, name, err));
    WP_TRY(wp_file_create(f, name, err));
    struct disk_file *file = must(calloc(1, sizeof *file));
    d->files = must(realloc(d->files, (d->file_count + 1) * sizeof *d->files));
    d->files[d->file_count++] = file;
    change(d, NULL, name, file);
    return WP_OK;
}

static enum wp_status disk_append(void *self, const char *name, uint64_t bytes, struct wp_file *f,
                                  struct wp_error *err) {
    struct disk *d = self;
    *f = (struct wp_file){0};
    WP_TRY(begin(d, DISK_APPEND, name, err));
    WP_TRY(wp_fs_real.append(NULL, name, bytes, f, err));
    struct disk_file *file = file_of(d, f);
    if (file && file->len > bytes) add_edit(file, bytes, NULL, 0);
    return WP_OK;
}

static enum wp_status disk_write(void *self, struct wp_file *f, const void *data, size_t len,
                                 struct wp_error *err) {
    struct disk *d = self;
    struct disk_file *file = file_of(d, f);
    int before = d->stopped;
    enum wp_status status = begin(d, DISK_WRITE, f->name, err);
    if (status != WP_OK) {
        if (!before) { /* half of it is written */
            wp_file_write(f, data, len / 2, NULL);
            if (file) add_edit(file, file->len, data, len / 2);
        }
        return status;
    }
    WP_TRY(wp_file_write(f, data, len, err));
    if (file) add_edit(file, file->len, data, len);
    return WP_OK;
}

static enum wp_status disk_sync(void *self, struct wp_file *f, struct wp_error *err) {
    struct disk *d = self;
    struct disk_file *file = file_of(d, f);
    WP_TRY(begin(d, DISK_SYNC, f->name, err));
    if (file) make_lasting(file);
    return WP_OK;
}

static enum wp_status disk_rename(void *self, const char *from, const char *to, struct wp_error *err) {
    struct disk *d = self;
    WP_TRY(begin(d, DISK_RENAME, to, err));
    WP_TRY(wp_file_rename(from, to, err));
    change(d, from, to, NULL);
    return WP_OK;
}

static enum wp_status disk_remove(void *self, const char *name, struct wp_error *err) {
    struct disk *d = self;
    WP_TRY(begin(d, DISK_REMOVE, name, err));
    WP_TRY(wp_file_remove(name, err));
    change(d, name, NULL, NULL);
    return WP_OK;
}

static enum wp_status disk_sync_directory(void *self, const char *dir, struct wp_error *err) {
    struct disk *d = self;
    WP_TRY(begin(d, DISK_SYNC_DIRECTORY, dir, err));
    release_names(d->lasting, d->lasting_count);
    d->lasting = NULL;
    d->lasting_count = 0;
    for (size_t i = 0; i < d->now_count; i++)
        set(&d->lasting, &d->lasting_count, d->now[i].name, d->now[i].file);
    forget_changes(d);
    return WP_OK;
}

static enum wp_status disk_make_directory(void *self, const char *dir, struct wp_error *err) {
    (void)self;
    return wp_directory_make(dir, err);
}

void disk_init(struct disk *d) {
    memset(d, 0, sizeof *d);
    d->fs = (struct wp_fs){d,           disk_create, disk_append,         disk_write,         disk_sync,
                           disk_rename, disk_remove, disk_sync_directory, disk_make_directory};
}

void disk_release(struct disk *d) {
    for (size_t i = 0; i < d->file_count; i++) {
        forget_edits(d->files[i]);
        free(d->files[i]->edits);
        free(d->files[i]->lasting);
        free(d->files[i]);
    }
    free(d->files);
    release_names(d->now, d->now_count);
    release_names(d->lasting, d->lasting_count);
    forget_changes(d);
    free(d->changes);
    memset(d, 0, sizeof *d);
}

struct disk_bytes disk_read_file(const char *dir, const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = must(fopen(path, "rb"));
    fseek(f, 0, SEEK_END);
    long len = ftell(f);
    rewind(f);
    if (len < 0) abort();
    struct disk_bytes b = {must(malloc((size_t)len + 1)), (size_t)len};
    if (fread(b.data, 1, b.len, f) != b.len) abort();
    fclose(f);
    return b;
}

void disk_write_file(const char *dir, const char *name, const uint8_t *data, size_t len) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = must(fopen(path, "wb"));
    if (len && fwrite(data, 1, len, f) != len) abort();
    if (fclose(f) != 0) abort();
}

void disk_crash(const struct disk *d, const char *dir, uint64_t seed) {
    struct random r = {seed};
    struct disk_name *names = NULL;
    size_t count = 0, len;
    for (size_t i = 0; i < d->lasting_count; i++) set(&names, &count, d->lasting[i].name, d->lasting[i].file);
    uint64_t all = random_below(&r, 4);
    for (size_t i = 0; i < d->change_count; i++)
        if (all == 1 || (all > 1 && random_below(&r, 2))) apply(&names, &count, &d->changes[i]);
    if (mkdir(dir, 0777) != 0) abort();
    for (size_t i = 0; i < count; i++) {
        uint8_t *data = contents(names[i].file, &r, &len);
        disk_write_file(dir, names[i].name, data, len);
        free(data);
    }
    release_names(names, count);
}

void disk_remove_directory(const char *dir) {
    char path[1024];
    DIR *d = opendir(dir);
    if (!d) return;
    for (struct dirent *e; (e = readdir(d));) {
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        unlink(path);
    }
    closedir(d);
    rmdir(dir);
}

void disk_copy_directory(const char *from, const char *to) {
    DIR *d = must(opendir(from));
    if (mkdir(to, 0777) != 0) abort();
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        struct disk_bytes b = disk_read_file(from, e->d_name);
        disk_write_file(to, e->d_name, b.data, b.len);
        free(b.data);
    }
    closedir(d);
}
