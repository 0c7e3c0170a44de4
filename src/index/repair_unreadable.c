/*
 * repair_unreadable.c - files that the disk does not give back as a whole. See salvage.h.
 *
 * Such a file is written anew with zeros for what cannot be read, and takes the old one's name: from then on
 * it is damaged like any other, and repaired by what its checksums say. The rest of it is byte for byte the
 * same.
 */
#include <string.h>
#include "index/salvage.h"
#include "index/unreadable.h"

static enum wp_status write_zeros(struct wp_salvage *s, uint64_t len, struct wp_file *to,
                                  struct wp_error *err) {
    static const uint8_t zeros[WP_UNREADABLE_UNIT];
    for (size_t n; len; len -= n) {
        n = len < sizeof zeros ? (size_t)len : sizeof zeros;
        WP_TRY(s->guard.fs.write(s->guard.fs.self, to, zeros, n, err));
    }
    return WP_OK;
}

/* What is to be read, as it is told from the first range on. */
struct rescue {
    const struct wp_file *from;
    uint64_t size;
    struct wp_unreadable range;
};

static enum wp_status write_readable(struct wp_salvage *s, void *self, struct wp_file *to,
                                     struct wp_error *err) {
    struct rescue *r = self;
    for (uint64_t at = 0; at < r->size; at = r->range.end) {
        struct wp_repair_note note = {.what = WP_REPAIR_FILE};
        if (at) WP_TRY(wp_unreadable_next(r->from, r->size, at, &r->range, err));
        WP_TRY(wp_salvage_copy_bytes(s, r->from, at, r->range.begin, to, err));
        if (r->range.begin == r->size) return WP_OK;
        wp_unreadable_say(r->from, &r->range, &note.why);
        wp_salvage_note(s, &note);
        WP_TRY(write_zeros(s, r->range.end - r->range.begin, to, err));
    }
    return WP_OK;
}

static enum wp_status rescue(void *self, const struct wp_file *f, uint64_t size,
                             const struct wp_unreadable *first, struct wp_error *err) {
    struct wp_salvage *s = self;
    struct rescue r = {f, size, *first};
    const char *end = strrchr(f->name, '.');
    s->log_unreadable |= end && strcmp(end, ".log") == 0;
    return wp_salvage_replace(self, f->name, write_readable, &r, err);
}

enum wp_status wp_salvage_unreadable(struct wp_salvage *s, struct wp_error *err) {
    const struct wp_unreadable_visitor visitor = {rescue, s};
    return wp_unreadable_look(s->dir, &visitor, err);
}
