/* status.c - see status.h. */
#include "base/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *wp_version(void) {
    return WP_VERSION;
}

const char *wp_status_text(enum wp_status status) {
    switch (status) {
#define WP_STATUS_CASE(name, value, text)                                                                    \
    case WP_##name: return text;
        WP_STATUS_MAP(WP_STATUS_CASE)
#undef WP_STATUS_CASE
    }
    return "unknown status";
}

/* Keeps the end of a name that is too long: the end tells files apart. */
static void put_file(struct wp_error *err, const char *file) {
    size_t len = strlen(file), room = sizeof err->file - 1;
    memcpy(err->file, len > room ? file + (len - room) : file, (len > room ? room : len) + 1);
}

static enum wp_status fill(struct wp_error *err, enum wp_status status, const char *file, const char *reason,
                           va_list args) {
    if (!err) return status;
    memset(err, 0, sizeof *err);
    err->status = status;
    if (file) put_file(err, file);
    vsnprintf(err->reason, sizeof err->reason, reason, args);
    return status;
}

enum wp_status wp_fail(struct wp_error *err, enum wp_status status, const char *reason, ...) {
    va_list args;
    va_start(args, reason);
    fill(err, status, NULL, reason, args);
    va_end(args);
    return status;
}

enum wp_status wp_fail_file(struct wp_error *err, enum wp_status status, const char *file, const char *reason,
                            ...) {
    va_list args;
    va_start(args, reason);
    fill(err, status, file, reason, args);
    va_end(args);
    return status;
}

enum wp_status wp_fail_errno(struct wp_error *err, int code, const char *file, const char *what) {
    enum wp_status status = WP_ESYSTEM;
    char words[128];
    if (code == ENOSPC || code == EDQUOT) status = WP_ENOSPC;
    if (code == ENOENT) status = WP_ENOENT;
    if (code == EIO) status = WP_EIO;
    if (code == ENOMEM) status = WP_ENOMEM;
    const char *text =
        strerror_r(code, words, sizeof words); /* the GNU one: it may return a text of its own */
    return wp_fail_file(err, status, file ? file : "", "%s: %s", what, text);
}

void wp_error_place(struct wp_error *err, const char *file, uint64_t line) {
    if (!err) return;
    put_file(err, file);
    err->line = line;
}

void wp_error_offset(struct wp_error *err, uint64_t offset) {
    if (!err) return;
    err->offset = offset;
    err->has_offset = 1;
}

void wp_text_disarm(char *text, size_t len) {
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)text[i], next = i + 1 < len ? (uint8_t)text[i + 1] : 0;
        bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0; /* U+0080 to U+009F */
        if (c < 0x20 || c == 0x7f || c1) text[i] = '?';
        if (c1) text[++i] = '?';
    }
}

char *wp_error_text(const struct wp_error *err, char *out, size_t size) {
    char place[640] = "";
    if (err->file[0] && err->line)
        snprintf(place, sizeof place, "%s:%" PRIu64 ": ", err->file, err->line);
    else if (err->file[0] && err->has_offset)
        snprintf(place, sizeof place, "%s: at byte %" PRIu64 ": ", err->file, err->offset);
    else if (err->file[0])
        snprintf(place, sizeof place, "%s: ", err->file);
    snprintf(out, size, "%s%s", place, err->reason[0] ? err->reason : wp_status_text(err->status));
    wp_text_disarm(out, strlen(out));
    return out;
}
