/* unreadable.c - see unreadable.h. */
#include "index/unreadable.h"

#include <string.h>
#include "base/memory.h"
#include "index/manifest.h"
#include "index/settings.h"

enum { PIECE_BYTES = 1 << 20 };

/* The same range unit by unit: the first run of units that cannot be read, or begin == end == `end`. */
static enum wp_status look_closely(const struct wp_file *f, uint64_t at, uint64_t end, uint8_t *bytes,
                                   struct wp_unreadable *out, struct wp_error *err) {
    *out = (struct wp_unreadable){end, end};
    for (uint64_t next; at < end; at = next) {
        struct wp_error why = {0};
        next = at - at % WP_UNREADABLE_UNIT + WP_UNREADABLE_UNIT;
        if (next > end) next = end;
        enum wp_status status = wp_file_read_at(f, bytes, (size_t)(next - at), at, &why);
        if (status == WP_EIO && out->begin == end) out->begin = at;
        if (status == WP_EIO) continue;
        if (status != WP_OK) {
            if (err) *err = why;
            return status;
        }
        if (out->begin == end) continue;
        out->end = at;
        break;
    }
    return WP_OK;
}

enum wp_status wp_unreadable_next(const struct wp_file *f, uint64_t size, uint64_t from,
                                  struct wp_unreadable *out, struct wp_error *err) {
    uint8_t *bytes = wp_alloc(PIECE_BYTES, 1);
    enum wp_status status = bytes ? WP_OK : wp_fail(err, WP_ENOMEM, "out of memory");
    *out = (struct wp_unreadable){size, size};
    for (uint64_t next; from < size && status == WP_OK; from = next) {
        next = size - from < PIECE_BYTES ? size : from + PIECE_BYTES;
        status = wp_file_read_at(f, bytes, (size_t)(next - from), from, err);
        if (status != WP_EIO) continue;
        status = look_closely(f, from, next, bytes, out, err);
        if (out->begin < next) break;
        *out = (struct wp_unreadable){size, size}; /* it could be read after all */
    }
    wp_free(bytes);
    return status;
}

static bool is_of_index(const char *name) {
    static const char *const ends[] = {".txt", ".log", ".seg", ".state"};
    const char *end = strrchr(name, '.');
    bool found = strcmp(name, WP_MANIFEST_NAME) == 0 || strcmp(name, WP_SETTINGS_NAME) == 0;
    for (size_t i = 0; end && i < sizeof ends / sizeof *ends; i++) found |= strcmp(end, ends[i]) == 0;
    return found;
}

static enum wp_status look_at(const char *name, const struct wp_unreadable_visitor *visitor,
                              struct wp_error *err) {
    struct wp_file f = {0};
    struct wp_unreadable range;
    uint64_t size;
    enum wp_status status = wp_file_open(&f, name, err);
    if (status == WP_OK) status = wp_file_size(&f, &size, err);
    if (status == WP_OK) status = wp_unreadable_next(&f, size, 0, &range, err);
    if (status == WP_OK && range.begin < size) status = visitor->visit(visitor->self, &f, size, &range, err);
    wp_file_close(&f, NULL);
    /* The writer may replace files meanwhile, and cut one. */
    return status == WP_ENOENT || status == WP_EDAMAGED ? WP_OK : status;
}

enum wp_status wp_unreadable_look(const char *dir, const struct wp_unreadable_visitor *visitor,
                                  struct wp_error *err) {
    struct wp_names names = {0};
    if (wp_file_kind(dir) != WP_FILE_DIRECTORY) return WP_OK;
    enum wp_status status = wp_names_add_directory(&names, dir, err);
    for (size_t i = 0; i < names.count && status == WP_OK; i++) {
        char *name = is_of_index(names.items[i]) ? wp_path_join(dir, names.items[i]) : NULL;
        if (name) status = look_at(name, visitor, err);
        wp_free(name);
    }
    wp_names_release(&names);
    return status;
}

enum wp_status wp_unreadable_say(const struct wp_file *f, const struct wp_unreadable *range,
                                 struct wp_error *why) {
    wp_fail_file(why, WP_EDAMAGED, f->name, "%llu bytes cannot be read",
                 (unsigned long long)(range->end - range->begin));
    wp_error_offset(why, range->begin);
    return WP_EDAMAGED;
}
