/*
 * wireprint.h - finds every copy of the same wire story.
 *
 * The only public header. Three groups of calls:
 *   fingerprints   wp_fingerprint_*   what one text looks like
 *   comparison     wp_compare         how two texts overlap, exactly
 *   batch          wp_batch_*         many articles in, stories and matches out
 *
 * Conventions. Functions that can fail return enum wp_status: WP_OK (0) or a negative code; where a
 * struct wp_error is taken it may be NULL and is filled when the call fails. `new` makes, `free` takes
 * NULL. Pointers that a getter returns are borrowed and live as long as the handle they came from, or as
 * the comment says. The library keeps no changeable globals: different handles may be used from different
 * threads at once, one handle from one thread at a time. Text is UTF-8, lengths are bytes. Nothing is
 * printed and the process is never ended.
 */
#ifndef WIREPRINT_H
#define WIREPRINT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WP_VERSION "0.1.0"

#if defined(__GNUC__)
#define WP_API __attribute__((visibility("default")))
#else
#define WP_API
#endif

/* name, value, text */
#define WP_STATUS_MAP(X)                                                                                     \
    X(OK, 0, "success")                                                                                      \
    X(END, -1, "end of data")                                                                                \
    X(ENOMEM, -2, "out of memory")                                                                           \
    X(EINVAL, -3, "invalid argument")                                                                        \
    X(EIO, -4, "input/output error")                                                                         \
    X(ENOENT, -5, "no such file")                                                                            \
    X(ENOSPC, -6, "no space left on device")                                                                 \
    X(EFORMAT, -7, "not a record")                                                                           \
    X(EUTF8, -8, "not UTF-8")                                                                                \
    X(ETEXT, -9, "no text field")                                                                            \
    X(ETOOBIG, -10, "larger than the limit")                                                                 \
    X(EDAMAGED, -11, "damaged data")                                                                         \
    X(ECANCELED, -12, "interrupted")                                                                         \
    X(ESYSTEM, -13, "system error")                                                                          \
    X(ESCHEME, -14, "another fingerprint scheme")

enum wp_status {
#define WP_STATUS_ENUM(name, value, text) WP_##name = value,
    WP_STATUS_MAP(WP_STATUS_ENUM)
#undef WP_STATUS_ENUM
};

/* A fixed English sentence without a full stop for any status; never NULL. */
WP_API const char *wp_status_text(enum wp_status status);

/* Where and why a call failed. Fields that are not known are 0 or "". */
struct wp_error {
    enum wp_status status;
    uint64_t line;    /* 1-based line in `file`, 0 = unknown */
    uint64_t offset;  /* byte offset in `file`; valid when has_offset */
    int has_offset;   /* 0 or 1 */
    char file[512];   /* name as given; cut at the front if longer */
    char reason[256]; /* what was wrong, in words */
};

/* The library's version, as WP_VERSION was when it was built. */
WP_API const char *wp_version(void);

#ifdef __cplusplus
}
#endif
#endif
