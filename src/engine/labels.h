/*
 * labels.h - names that many articles share: owners, languages.
 *
 * A row holds a 32-bit number, a hash of the name; here the names are found again by it. Threads note names
 * in a sender of their own as they read and send them on, a segment at a time, to the labels of the run. What
 * is found does not depend on who sent first: of two names with one number it is the one that sorts first,
 * and should the names of a run need more than WP_LABELS_MAX_BYTES, none of them is.
 */
#ifndef WP_ENGINE_LABELS_H
#define WP_ENGINE_LABELS_H

#include "base/hash.h"
#include "base/intern.h"

#define WP_LABELS_MAX_BYTES ((size_t)16 << 20)
/* What a name counts against that, besides its bytes. */
#define WP_LABEL_BYTES 32

enum { WP_LABELS_RECENT = 1024 };

/* The number of a name; never 0, which is for none. */
static inline uint32_t wp_label_number(const char *name, size_t len) {
    uint32_t number = (uint32_t)wp_hash64(name, len);
    return number ? number : 1;
}

/* Zero-initialised is empty. One thread. */
struct wp_label_sender {
    uint64_t recent[WP_LABELS_RECENT]; /* whole hashes of names noted; a place each, the last one stays */
    struct wp_buffer names;            /* to be sent: length (4 bytes), bytes */
};
void wp_label_sender_release(struct wp_label_sender *s);
/* len is 1 or more. WP_ENOMEM. */
enum wp_status wp_label_note(struct wp_label_sender *s, const char *name, size_t len);

struct wp_label {
    uint32_t number, text; /* text: in texts */
};

struct wp_labels {
    struct wp_intern texts;
    size_t bytes;
    bool full;
    struct wp_label *sorted; /* by number, then name; made by wp_labels_settle */
    size_t count;
};
void wp_labels_init(struct wp_labels *l);
void wp_labels_release(struct wp_labels *l);
/* Takes what waits in a sender, which is then empty. Not from two threads at once. WP_ENOMEM. */
enum wp_status wp_labels_take(struct wp_labels *l, struct wp_label_sender *from);
/* Behind the last wp_labels_take; then any thread may find. WP_ENOMEM. */
enum wp_status wp_labels_settle(struct wp_labels *l);
/* The name, with a NUL behind it; NULL when it is not known. */
const char *wp_labels_find(const struct wp_labels *l, uint32_t number, size_t *len);

#endif
